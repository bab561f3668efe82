# SPDX-License-Identifier: GPL-2.0-only
#
# BPF objects: one a platform, in the byte order of the machine that will load them. Types of the
# kernel are declared in the sources with only the fields that are used; offsets come from the BTF
# of the running kernel, so no kernel header and no vmlinux.h is needed here.

# Linux 6.12's JIT for 32-bit PowerPC gets some things wrong; tests/unit/test_bpf.c looks that they
# are not in the programs:
# - called functions: the first argument is taken for a pointer as programs get one, and loses its
#   lower half; a fifth one is not passed. All functions are inlined;
# - a 32-bit move whose result is used in 64 bits: it is folded into the zero-extension that the
#   verifier puts behind it, and lost. Hence -mcpu=v2, which has no 32-bit operations;
# - a move right before a place that is jumped to, where an operation on the same register stands:
#   it is folded into that operation also for those who jump there;
# - atomic operations on 64 bits: the program is interpreted.
BPF_HEADERS := $(wildcard bpf/*.h)
BPF_CFLAGS := -g -O2 -mcpu=v2 -Wall -Wextra -Werror -Wno-unused-parameter \
	-idirafter /usr/include/$(shell $(CC_HOST) -print-multiarch)

$(BUILD_HOST)/%.bpf.o: bpf/%.bpf.c $(BPF_HEADERS) bpf/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -target bpf -I$(HOST_LIBBPF)/include -c $< -o $@
	$(Q)llvm-strip -g $@

$(BUILD_BOARD)/%.bpf.o: bpf/%.bpf.c $(BPF_HEADERS) bpf/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -target bpfeb -I$(HOST_LIBBPF)/include -c $< -o $@
	$(Q)llvm-strip -g $@

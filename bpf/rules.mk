# SPDX-License-Identifier: GPL-2.0-only
#
# BPF objects: one a platform, in the byte order of the machine that will load them. Types of the
# kernel are declared in the sources with only the fields that are used; offsets come from the BTF
# of the running kernel, so no kernel header and no vmlinux.h is needed here.

BPF_HEADERS := $(wildcard bpf/*.h)
BPF_CFLAGS := -g -O2 -mcpu=v3 -Wall -Wextra -Werror -Wno-unused-parameter \
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

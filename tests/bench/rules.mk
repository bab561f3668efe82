# SPDX-License-Identifier: GPL-2.0-only
# What the measurements need on the board beside kvmdbg and the test VMM.

BOARD_BINS += $(BUILD_BOARD)/kvmdbg-empty

$(BUILD_BOARD)/empty.bpf.o: tests/bench/empty.bpf.c bpf/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -target bpfeb -I$(HOST_LIBBPF)/include -c $< -o $@
	$(Q)llvm-strip -g $@

$(BUILD_BOARD)/kvmdbg-empty: tests/bench/empty.c tests/bench/empty_object.S \
		$(BUILD_BOARD)/empty.bpf.o $(SYSROOT_STAMP)
	$(call say,CC,$@)
	$(Q)$(CC_BOARD) $(CFLAGS_BOARD) -Wa,-I$(BUILD_BOARD) $(filter %.c %.S,$^) $(LDFLAGS_BOARD) \
		-lbpf -lelf -lz -o $@

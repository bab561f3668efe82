# SPDX-License-Identifier: GPL-2.0-only
# What the measurements need beside kvmdbg and the test VMM: on the board, and for `make bench`.

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

BENCH_EMPTY := $(BUILD_HOST)/bench/x86empty

$(BENCH_EMPTY): tests/bench/x86empty.c tests/bench/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) $(CFLAGS_HOST) $(LDFLAGS_HOST) $< -lbpf -lelf -lz -o $@

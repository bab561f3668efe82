# SPDX-License-Identifier: GPL-2.0-only
# The conformance test of the emulator's debug facility: what `make check-bare` runs on it.

BARE_BUILD := $(BUILD_BOARD)/bare
BARE_OBJ := $(BARE_BUILD)/start.o $(BARE_BUILD)/debug.o
BARE_ELF := $(BARE_BUILD)/debug.elf
# neither libraries nor headers; it runs where the address 0 is memory like any other
BARE_CFLAGS := -std=gnu11 -O2 $(WARN) -mcpu=8540 -ffreestanding -fno-pic -msdata=none \
	--param=min-pagesize=0 -fno-tree-loop-distribute-patterns

$(BARE_BUILD)/%.o: tests/bare/%.c tests/bare/rules.mk
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_BOARD) $(BARE_CFLAGS) -c $< -o $@

$(BARE_BUILD)/%.o: tests/bare/%.S tests/bare/rules.mk
	$(call say,AS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_BOARD) -mcpu=8540 -c $< -o $@

$(BARE_ELF): $(BARE_OBJ)
	$(call say,LD,$@)
	$(Q)$(CROSS_COMPILE)ld -Ttext=0x10000 -e _start -o $@ $^

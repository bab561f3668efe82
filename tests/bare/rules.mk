# SPDX-License-Identifier: GPL-2.0-only
# The conformance tests of the emulator's cores: what `make check-bare` runs on it.

BARE_BUILD := $(BUILD_BOARD)/bare
BARE_ELFS := $(BARE_BUILD)/debug.elf $(BARE_BUILD)/hv.elf
# neither libraries nor headers; it runs where the address 0 is memory like any other
BARE_CFLAGS := -std=gnu11 -O2 $(WARN) -mcpu=8540 -Wa,-me500mc -ffreestanding -fno-pic -msdata=none \
	--param=min-pagesize=0 -fno-tree-loop-distribute-patterns
BARE_HEADERS := $(wildcard tests/bare/*.h)

$(BARE_BUILD)/%.o: tests/bare/%.c $(BARE_HEADERS) tests/bare/rules.mk
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_GUEST) $(BARE_CFLAGS) -c $< -o $@

$(BARE_BUILD)/%.o: tests/bare/%.S $(BARE_HEADERS) tests/bare/rules.mk
	$(call say,AS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_GUEST) -mcpu=8540 -c $< -o $@

# not to be made again for each program
.SECONDARY: $(BARE_ELFS:.elf=.o) $(BARE_ELFS:.elf=-start.o) $(BARE_BUILD)/start.o $(BARE_BUILD)/bare.o

$(BARE_BUILD)/%.elf: $(BARE_BUILD)/%-start.o $(BARE_BUILD)/%.o $(BARE_BUILD)/start.o $(BARE_BUILD)/bare.o
	$(call say,LD,$@)
	$(Q)$(LD_GUEST) -Ttext=0x10000 -e _start -o $@ $^

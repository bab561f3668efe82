# SPDX-License-Identifier: GPL-2.0-only
# The board's test VMM and the guests' code in it.

VMM_BUILD := $(BUILD_BOARD)/vmm
VMM_SRC := $(filter-out tests/vmm/x86.c,$(wildcard tests/vmm/*.c))
VMM_OBJ := $(VMM_SRC:tests/vmm/%.c=$(VMM_BUILD)/%.o) $(VMM_BUILD)/guest_image.o
GUEST_SRC := $(wildcard tests/guest/*.S)
GUEST_OBJ := $(GUEST_SRC:tests/guest/%.S=$(VMM_BUILD)/guest/%.o)
GUEST_ELF := $(VMM_BUILD)/guest.elf

BOARD_BINS += $(BUILD_BOARD)/kvmdbg-vmm

$(VMM_BUILD)/guest/%.o: tests/guest/%.S tests/guest/guest.h
	$(call say,AS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_GUEST) -mcpu=8540 -c $< -o $@

$(GUEST_ELF): $(GUEST_OBJ) tests/guest/guest.lds
	$(call say,LD,$@)
	$(Q)$(LD_GUEST) -T tests/guest/guest.lds -o $@ $(GUEST_OBJ)

$(VMM_BUILD)/guest_image.o: tests/vmm/guest_image.S $(GUEST_ELF)
	$(call say,AS,$@)
	$(Q)$(CC_BOARD) -DGUEST_ELF='"$(GUEST_ELF)"' -c $< -o $@

$(VMM_BUILD)/%.o: tests/vmm/%.c $(SYSROOT_STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_BOARD) $(CFLAGS_BOARD) -MMD -MP -c $< -o $@

$(BUILD_BOARD)/kvmdbg-vmm: $(VMM_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC_BOARD) -o $@ $^ $(LDFLAGS_BOARD) -ljson-c -lfdt -lelf -lz -lpthread

# the one for x86 hosts, with its guest in it
ifeq ($(shell uname -m),x86_64)
HOST_BINS += $(BUILD_HOST)/kvmdbg-vmm
endif
VMM_X86_OBJ := $(addprefix $(BUILD_HOST)/vmm/,x86.o x86guest.o command.o tools.o)
# the same guest as a file with symbols and source lines
X86_GUEST := $(BUILD_HOST)/x86guest.elf

$(BUILD_HOST)/vmm/%.o: tests/vmm/%.c tests/vmm/rules.mk
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_HOST) $(CFLAGS_HOST) -D_GNU_SOURCE -MMD -MP -c $< -o $@

$(BUILD_HOST)/vmm/x86guest.o: tests/vmm/x86guest.S tests/vmm/rules.mk
	$(call say,AS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) -g -c $< -o $@

$(X86_GUEST): $(BUILD_HOST)/vmm/x86guest.o
	$(call say,LD,$@)
	$(Q)ld -m elf_x86_64 -e x86_guest --section-start=.guest=0x1000 \
		--section-start=.guest_data=0x9000 $< -o $@

$(BUILD_HOST)/kvmdbg-vmm: $(VMM_X86_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC_HOST) -o $@ $^ -ljson-c -lpthread

-include $(VMM_OBJ:.o=.d) $(VMM_X86_OBJ:.o=.d)

# the guest that QEMU runs and gdb debugs
X86_GDBGUEST := $(BUILD_HOST)/gdbguest.bin

$(X86_GDBGUEST): tests/x86/gdbguest.S tests/vmm/rules.mk
	$(call say,AS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_HOST) -m16 -c $< -o $(BUILD_HOST)/gdbguest.o
	$(Q)objcopy -O binary -j .text $(BUILD_HOST)/gdbguest.o $@

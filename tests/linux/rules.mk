# SPDX-License-Identifier: GPL-2.0-only
# Linux as the board's guest: the board's own kernel, and a first process that counts what it does.

LINUX_BUILD := $(BUILD_BOARD)/linux$(ON)
# the board's root with the guest in it
LINUX_INITRD := $(LINUX_BUILD)/initrd.gz

$(LINUX_BUILD)/init: tests/linux/init.c $(SYSROOT_STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC_BOARD) $(CFLAGS_BOARD) -o $@ $< $(LDFLAGS_BOARD)

# a second archive after the first, as the kernel takes them
$(LINUX_INITRD): $(INITRD) $(LINUX_BUILD)/init $(KERNEL_STAMP) tests/linux/rootfs.sh \
		tests/board/archive.sh tests/linux/50-linux.sh
	$(call say,ROOTFS,$@)
	$(Q)STRIP=$(STRIP_BOARD) tests/linux/rootfs.sh $(LINUX_BUILD) $(KERNEL_VMLINUX)
	$(Q)cat $(INITRD) $(LINUX_BUILD)/guest.gz >$@

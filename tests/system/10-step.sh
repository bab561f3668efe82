# SPDX-License-Identifier: GPL-2.0-only
# Single-step: every instruction reported once, in order.
exec kvmdbg-vmm run step step-emulated step-mmio step-interrupts step-syscall step-user

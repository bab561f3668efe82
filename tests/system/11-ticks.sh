# SPDX-License-Identifier: GPL-2.0-only
# Host interrupts lose no debug event.
exec kvmdbg-vmm run step-ticks guest-branch

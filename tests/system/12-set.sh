# SPDX-License-Identifier: GPL-2.0-only
# KVM_SET_GUEST_DEBUG: in force at once, or refused whole; watchpoints on MMIO.
exec kvmdbg-vmm run caps set-in-force set-invalid watch-mmio

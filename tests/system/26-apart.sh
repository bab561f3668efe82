# SPDX-License-Identifier: GPL-2.0-only
# VMs with the same addresses at the same time, and one after the other.
exec kvmdbg-vmm run same-addresses next-vm

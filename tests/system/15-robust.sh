# SPDX-License-Identifier: GPL-2.0-only
# What guests do leaves the host, and each other, alone.
exec kvmdbg-vmm run syscalls abuse tlb-initial two-vms ptrace

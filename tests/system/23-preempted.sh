# SPDX-License-Identifier: GPL-2.0-only
# A vCPU is preempted while its debug registers change: on a kernel with CONFIG_PREEMPT at any place.
exec kvmdbg-vmm run preempted

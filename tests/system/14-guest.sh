# SPDX-License-Identifier: GPL-2.0-only
# A guest that uses its own debug registers.
exec kvmdbg-vmm run guest-debug guest-inject guest-de guest-supervisor

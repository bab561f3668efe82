# SPDX-License-Identifier: GPL-2.0-only
# Software breakpoints: the user's, strays, and those given to the guest.
exec kvmdbg-vmm run swbp swbp-stray swbp-inject

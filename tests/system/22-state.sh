# SPDX-License-Identifier: GPL-2.0-only
# Interrupts of which KVM hears only by the processor, and what only 64-bit cores have.
exec kvmdbg-vmm run doorbell machine-check wide

# SPDX-License-Identifier: GPL-2.0-only
# Hardware breakpoints and watchpoints, where the emulator has them.
exec kvmdbg-vmm run hw hw-native

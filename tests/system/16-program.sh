# SPDX-License-Identifier: GPL-2.0-only
# What is programmed into debug registers, as the trace events tell; perf as their reader.
exec kvmdbg-vmm run hw-program guest-program switch-idle perf

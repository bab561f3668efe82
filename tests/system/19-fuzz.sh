# SPDX-License-Identifier: GPL-2.0-only
# Random requests to the debug stub, and a guest that writes random values to its debug registers.
# Words of the kernel's command line: fuzz_rounds, fuzz_secs, fuzz_seed.
exec kvmdbg-vmm fuzz --rounds "${fuzz_rounds:-2000}" --secs "${fuzz_secs:-0}" \
	${fuzz_seed:+--seed "$fuzz_seed"}

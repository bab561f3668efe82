#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Negative controls of the board's 26-apart.sh: with a rule of the hypervisor's cores switched off in
# the emulator (tests/bare/mutants), the test that is about it must fail. TAP.
# From the environment: BOARD, its KERNEL and INITRD, and the folder MUTANTS of qemu.sh --mutants.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# a rule, and what must fail without it; with all of them nothing must
controls='
none
tlpid			same addresses: the one that is debugged hits, and counts its own
tlbilx-partition	the next VM: runs its own code, and hits
'

report=build/results/apart-report console=build/results/apart-console
nr=0
while IFS=$'\t' read -r rule name; do
	nr=$((nr + 1))
	id=$(awk -v rule="$rule" '$2 == rule { print $1 }' "$MUTANTS/mutants")
	KVMDBG_MUTANT=${id:-0} tests/board/boot.sh --qemu "$MUTANTS/bin/qemu-system-ppc64" \
		--machine "$BOARD" --kernel "$KERNEL" --initrd "$INITRD" --timeout 120 \
		--report "$report" --console "$console" run:26-apart.sh </dev/null >/dev/null 2>&1
	found=$(tr -d '\r' <"$report" | grep '^not ok')
	if [ -n "$name" ]; then
		[ -n "$id" ] && grep -qF -- "- $name" <<<"$found"
	else
		[ -z "$found" ] && grep -q '^@@done 0' "$report"
	fi && result=ok || result='not ok'
	echo "$result $nr - $rule: ${name:-nothing fails}"
	[ "$result" = ok ] || tr -d '\r' <"$report" | tail -n 20 | sed 's/^/# /'
done < <(sed '/^$/d; s/\t\t*/\t/g' <<<"$controls")
echo "1..$nr"

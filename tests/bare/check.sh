#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the bare-metal test of the debug facility on an emulator, once for each kind of core. Counts go
# to build/results/check-bare for scripts/check.sh.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

usage()
{
	cat <<END
usage: tests/bare/check.sh --elf FILE [--qemu FILE] [CORE...]
The cores are e500v2 (debug interrupts are critical) and e500mc (a class of their own).
END
}

elf='' qemu=qemu-system-ppc cores=()
while [ $# -gt 0 ]; do
	case $1 in
	--elf|--qemu)
		[ -n "${2-}" ] || { usage >&2; exit 2; } ;;&
	--elf)		elf=$2; shift ;;
	--qemu)		qemu=$2; shift ;;
	-h|--help)	usage; exit 0 ;;
	e500v2|e500mc)	cores+=("$1") ;;
	*)		usage >&2; exit 2 ;;
	esac
	shift
done
[ -r "$elf" ] || { echo "check.sh: cannot read the program '$elf'" >&2; exit 2; }
command -v "$qemu" >/dev/null || { echo "check.sh: no emulator $qemu (make packages)" >&2; exit 2; }
[ ${#cores[@]} -gt 0 ] || cores=(e500v2 e500mc)

results=build/results
counts=$results/check-bare
mkdir -p $results
rm -f $counts

# run SUITE CORE OPTION...
run()
{
	local suite=$1 core=$2

	shift 2
	echo "@@suite bare-$suite"
	timeout 60 "$qemu" -M ppce500 -cpu "$core" -m 64 -nic none -display none -monitor none \
		-serial stdio -no-reboot -kernel "$elf" "$@" </dev/null 2>&1
	echo "@@end $?"
}

for core in "${cores[@]}"; do
	run "$core" "$core"
	# what is measured is measured like that
	run "$core-icount" "$core" -icount shift=2,sleep=off
done | awk -v counts=$counts.new -f scripts/tap.awk
mv $counts.new $counts || exit 1
read -r passed failed skipped <$counts
echo "check-bare: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

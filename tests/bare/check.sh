#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the bare-metal tests of the emulator's cores, or their negative controls: an emulator with one
# rule switched off must fail. Counts go to build/results/check-bare, or check-controls, for
# scripts/check.sh.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

usage()
{
	cat <<END
usage: tests/bare/check.sh --qemu FILE [--mutants LIST] DIR
DIR has the programs, debug.elf and hv.elf. With --mutants, instead, hv.elf must fail on the
emulator once for each rule in LIST, which it can switch off, and for each register of which it can
change who may access it.
END
}

qemu='' mutants='' dir=''
while [ $# -gt 0 ]; do
	case $1 in
	--qemu|--mutants)
		[ -n "${2-}" ] || { usage >&2; exit 2; } ;;&
	--qemu)		qemu=$2; shift ;;
	--mutants)	mutants=$2; shift ;;
	-h|--help)	usage; exit 0 ;;
	-*)		usage >&2; exit 2 ;;
	*)		dir=$1 ;;
	esac
	shift
done
for elf in debug hv; do
	[ -r "$dir/$elf.elf" ] || { echo "check.sh: no $elf.elf in '$dir'" >&2; exit 2; }
done
[ -x "$qemu" ] || { echo "check.sh: no emulator '$qemu'" >&2; exit 2; }

results=build/results
suite=check-bare
[ -z "$mutants" ] || suite=check-controls
counts=$results/$suite
mkdir -p $results
rm -f $counts
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# machine PROGRAM CORE OPTION...
machine()
{
	local elf=$dir/$1.elf core=$2

	shift 2
	timeout 60 "$qemu" -M ppce500 -cpu "$core" -m 64 -nic none -display none -no-reboot \
		-kernel "$elf" "$@" 2>&1
}

# run SUITE PROGRAM CORE OPTION...
run()
{
	local suite=$1

	shift
	echo "@@suite bare-$suite"
	# it waits for a key before its last cases
	keys | machine "$@" -monitor none -serial stdio
	echo "@@end ${PIPESTATUS[1]}"
}

keys()
{
	while sleep 0.05 && printf x; do :; done 2>/dev/null
}

# The first part of a run on one emulator, the rest on another one, to which it is migrated. It says
# when it wants to; prints the output of both.
migrate_run()
{
	local core=$1 rc

	rm -f "$tmp/first" "$tmp/state" "$tmp/monitor"
	mkfifo "$tmp/monitor"
	machine hv "$core" -monitor stdio -serial "file:$tmp/first" \
		<"$tmp/monitor" >"$tmp/log" &
	exec 3>"$tmp/monitor"
	while kill -0 $! 2>/dev/null && ! grep -q '^# move me' "$tmp/first" 2>/dev/null; do
		sleep 0.05
	done
	echo "migrate \"exec:cat >$tmp/state\"" >&3
	echo quit >&3
	exec 3>&-
	wait $!
	[ -s "$tmp/state" ] || { cat "$tmp/first" "$tmp/log"; return 1; }
	cat "$tmp/first"
	keys | machine hv "$core" -monitor none -serial stdio \
		-incoming "exec:cat $tmp/state"
	rc=${PIPESTATUS[1]}
	return "$rc"
}

# fails NAME CORE: on the emulator with a rule switched off the program must not pass
nr=0
fails()
{
	local out

	nr=$((nr + 1))
	case $1 in
	migrate-*)	out=$(migrate_run "$2") ;;
	*)
		out=$(keys | machine hv "$2" -monitor none -serial stdio) ;;
	esac
	out=${out//$'\r'/}
	if ! grep -q '^1\.\.' <<<"$out" || grep -q '^not ok' <<<"$out"; then
		echo "ok $nr - $1"
	else
		echo "not ok $nr - $1: nothing failed"
	fi
}

controls()
{
	local id name list

	# whom the program says a register belongs to
	list=$(sed -n 's/^\t\t{ \([0-9]*\), "\([rwV-]*\)", .*/\1 \2/p' tests/bare/hv.c)
	echo "@@suite bare-controls"
	# not switched off anything it is like the other one
	KVMDBG_MUTANT=0 fails none e5500 | sed 's/^not ok/ok/;t;s/^ok/not ok/'
	nr=1
	while read -r id name; do
		KVMDBG_MUTANT=$id fails "$name" e5500
	done <"$mutants"
	while read -r id name; do
		# what a user may access is not the list's, and PVR and SVR nobody writes
		case $id in
		256|260|268|515)	continue ;;
		287|1023)		name=r- ;;
		esac
		case $name in
		[rV]?)	KVMDBG_MUTANT=$((1000 + id)) fails "read of SPR $id" e5500 ;;&
		?[wV])	KVMDBG_MUTANT=$((3000 + id)) fails "write of SPR $id" e5500 ;;
		esac
	done <<<"$list"
	echo "1..$nr"
	echo "@@end 0"
}

programs()
{
	# what is measured is measured with -icount
	for core in e500v2 e500mc; do
		run "$core" debug "$core"
		run "$core-icount" debug "$core" -icount shift=2,sleep=off
	done
	for core in e500mc e5500; do
		run "hv-$core" hv "$core"
		run "hv-$core-icount" hv "$core" -icount shift=2,sleep=off
		echo "@@suite bare-hv-$core-migrated"
		migrate_run "$core"
		echo "@@end $?"
	done
}

{
	if [ -n "$mutants" ]; then controls; else programs; fi
} | awk -v counts=$counts.new -f scripts/tap.awk
mv $counts.new $counts || exit 1
read -r passed failed skipped <$counts
echo "$suite: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

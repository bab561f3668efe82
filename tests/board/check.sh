#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the tests of the board, or of the x86 host: boot, collect the TAP, look through the console
# for what the kernel complained about, sum up. The counts go to build/results/SUITE for
# scripts/check.sh.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

usage()
{
	cat <<END
usage: tests/board/check.sh --kernel VMLINUX --initrd FILE [--qemu FILE] [--machine NAME]
       [--cpus N] [--append WORDS] [--timeout SECS] [--suite NAME] [NN-name.sh...]
Report and console are kept in build/results/. The suite is check-board unless told.
END
}

results=build/results
limit=900
word=check
suite=check-board
boot=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel|--initrd|--append|--qemu|--cpus|--machine)
		boot+=("$1" "${2-}")
		shift ;;
	--suite)
		suite=${2-}
		shift ;;
	--timeout)
		limit=${2-}
		shift ;;
	-h|--help)
		usage
		exit 0 ;;
	[0-9][0-9]-*.sh)
		case $word in
		run:*)	word=$word,$1 ;;
		*)	word=run:$1 ;;
		esac ;;
	*)
		usage >&2
		exit 2 ;;
	esac
	shift
done

mkdir -p $results
report=$results/$suite-report console=$results/$suite-console counts=$results/$suite
rm -f "$report" "$console" "$counts"
tests/board/boot.sh "${boot[@]}" --timeout "$limit" --report "$report" --console "$console" "$word" &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# say that it is still at it, and in which suite
(
	for ((i = 1; ; i++)); do
		sleep 1
		kill -0 $pid 2>/dev/null || exit
		[ $((i % 10)) -ne 0 ] ||
			echo "  board: $i s, $(grep -a '^@@suite' "$report" | tail -n 1 | tr -d '\r')" >&2
	done
) &

# the suites as they end, until the board does
{ tail -q -s 0.2 --pid=$pid -F "$report" 2>/dev/null; } |
	awk -v counts="$counts.new" -f scripts/tap.awk
wait $pid
status=$?
[ -s "$counts.new" ] || exit 1
read -r passed failed skipped <"$counts.new"

# a recording that the board made is read here
if grep -aq '^# file ' "$report"; then
	{ echo "@@suite recording"; tests/board/recording.sh "$report" 2>&1; echo "@@end $?"; } |
		awk -v counts="$counts.new" -f scripts/tap.awk
	read -r p f s <"$counts.new"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
fi
rm -f "$counts.new"

show_console()
{
	echo "  --- the end of the console ($console):"
	tail -n 40 "$console" | tr -d '\r' | sed 's/^/  | /'
	echo "  ---"
}

case $status in
0) ;;
124)
	echo "  not ok the board hung or was too slow: ended after $limit s"
	failed=$((failed + 1))
	show_console ;;
*)
	echo "  not ok the board ended with status $status"
	failed=$((failed + 1))
	show_console ;;
esac

complaints='kernel BUG at|BUG: |Oops: |Kernel panic|WARNING: |INFO: (rcu|task)|soft lockup|Unable to handle kernel'
found=$(tr -d '\r' <"$console" | grep -m 1 -A 40 -E "$complaints")
if [ -n "$found" ]; then
	echo "  not ok the kernel complained ($console):"
	while read -r line; do echo "  | $line"; done <<<"$found"
	failed=$((failed + 1))
else
	passed=$((passed + 1))
	echo "ok the kernel has not complained"
fi
echo "$passed $failed $skipped" >"$counts"
echo "$suite: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run suites of tests, each a target of the Makefile, whatever becomes of the others, and sum up.
# A suite leaves "passed failed skipped" in build/results/<target>; one that leaves nothing failed.
#
# usage: scripts/check.sh [--ahead TARGET] SUITE... [-- READY SUITE...]
# TARGET is made meanwhile, with the time that the suites leave: what takes long to build, and one
# of them will need. That one waits for it (scripts/cache.sh), and tries for itself where it has
# failed; what was said is in build/results/TARGET.log.
# The suites after -- run two at a time, when READY has made all that more than one of them is made
# from; what one of them said comes when it has ended.

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

results=build/results

make_it()
{
	"${MAKE:-make}" --no-print-directory -j"$(nproc)" "$1"
}

# run SUITE: its counts, complete, in build/results/SUITE
run()
{
	local suite=$1 start=$SECONDS status p=0 f=1 s=0

	make_it "$suite"
	status=$?
	if [ -s "$results/$suite" ]; then
		read -r p f s <"$results/$suite"
	else
		echo "$suite could not be run"
	fi
	# a target that fails without a failed test is a failure as well
	[ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
	echo "$p $f $s" >"$results/$suite"
	echo "== $suite: $((SECONDS - start)) s"
}

# at_a_time N SUITE...: each says what it says into a file, how far it is to standard error
at_a_time()
{
	export -f run make_it
	export results
	# shellcheck disable=SC2016
	printf '%s\n' "${@:2}" | xargs -P "$1" -I '{}' bash -c '
		echo "== $1"
		run "$1" >"$results/$1.log"
		exec {lock}>>"$results/lock" && flock "$lock" && cat "$results/$1.log"' run '{}'
}

rm -rf "$results"
mkdir -p "$results"
if [ "${1-}" = --ahead ]; then
	# in a process group of its own, to end all of it
	set -m
	nice -n 19 "${MAKE:-make}" --no-print-directory "$2" >"$results/$2.log" 2>&1 </dev/null &
	ahead=$!
	set +m
	trap '[ -z "$(jobs -rp)" ] || kill -- "-$ahead"' EXIT
	shift 2
fi
suites=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	echo "== $1"
	run "$1"
	suites+=("$1")
	shift
done
if [ $# -gt 0 ]; then
	echo "== $2"
	together=2
	# not two that would make the same thing
	make_it "$2" || together=1
	at_a_time $together "${@:3}"
	suites+=("${@:3}")
fi

passed=0 failed=0 skipped=0
for suite in "${suites[@]}"; do
	p=0 f=1 s=0
	[ ! -s "$results/$suite" ] || read -r p f s <"$results/$suite"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
line="$passed passed, $failed failed"
[ $skipped -eq 0 ] || line="$line, $skipped skipped"
echo "$line" | tee "$results/total"
[ $failed -eq 0 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run suites of tests, each a target of the Makefile, whatever becomes of the others, and sum up.
# A suite leaves "passed failed skipped" in build/results/<target>; one that leaves nothing failed.
#
# usage: scripts/check.sh [--ahead TARGET] SUITE...
# TARGET is made meanwhile, with the time that the suites leave: what takes long to build, and one
# of them will need. That one waits for it (scripts/cache.sh), and tries for itself where it has
# failed; what was said is in build/results/TARGET.log.

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

results=build/results
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
passed=0 failed=0 skipped=0
for suite; do
	echo "== $suite"
	start=$SECONDS
	"${MAKE:-make}" --no-print-directory -j"$(nproc)" "$suite"
	status=$?
	if [ -s "$results/$suite" ]; then
		read -r p f s <"$results/$suite"
	else
		echo "$suite could not be run"
		p=0 f=1 s=0
	fi
	# a target that fails without a failed test is a failure as well
	[ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	echo "== $suite: $((SECONDS - start)) s"
done
line="$passed passed, $failed failed"
[ $skipped -eq 0 ] || line="$line, $skipped skipped"
echo "$line" | tee "$results/total"
[ $failed -eq 0 ]

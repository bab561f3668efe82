#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run suites of tests, each a target of the Makefile, whatever becomes of the others, and sum up.
# A suite leaves "passed failed skipped" in build/results/<target>; one that leaves nothing failed.

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

results=build/results
rm -rf "$results"
mkdir -p "$results"
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

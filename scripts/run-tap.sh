#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run programs that print TAP and sum them up: run-tap.sh NAME PROGRAM... The counts go to
# build/results/NAME for scripts/check.sh. None may take longer than TAP_TIMEOUT seconds (300).

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

name=$1
shift
results=build/results
mkdir -p $results
rm -f "$results/$name"
export CMOCKA_MESSAGE_OUTPUT=TAP
for program; do
	echo "@@suite $(basename "$program")"
	timeout "${TAP_TIMEOUT:-300}" "$program" </dev/null 2>&1
	echo "@@end $?"
done | awk -v counts="$results/$name.new" -f scripts/tap.awk
mv "$results/$name.new" "$results/$name" || exit 1
read -r passed failed skipped <"$results/$name"
echo "$name: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

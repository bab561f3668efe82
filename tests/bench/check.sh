#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Is what `make bench-board` has measured what tests/bench/baseline*.json says, within 0.5 %? TAP.
# A change for the better has to be acknowledged like one for the worse: make bench-accept.

cd "$(dirname "$0")/../.." || exit 1
base=tests/bench/baseline${ON-}.json
new=build/results/bench-board${ON-}.json

# what KEY FILE: a value of the environment
what()
{
	sed -n "s/^ *\"$1\": \"\\(.*\\)\",\$/\\1/p" "$2"
}

echo 1..1
for key in kernel compiler machine; do
	was=$(what $key $base) is=$(what $key $new)
	if [ "$was" != "$is" ]; then
		echo "ok 1 - instructions # SKIP the baseline was made with $was, this is $is"
		exit
	fi
done
build/host/kvmdbg diff --threshold 0.5% $base $new >build/results/bench-diff 2>&1 &&
	build/host/kvmdbg diff --threshold 0.5% $new $base >/dev/null 2>&1
status=$?
if [ $status -eq 0 ]; then
	echo "ok 1 - instructions within 0.5 % of the baseline"
else
	sed 's/^/# /' build/results/bench-diff
	echo "not ok 1 - instructions within 0.5 % of the baseline (else: make bench-accept, and say why)"
fi

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests of tests/x86 in emulated x86 hosts, one with each kernel, at the same time: check.sh
# SUITE QEMU INITRD VMLINUZ... The counts go to build/results/SUITE for scripts/check.sh.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

suite=$1 qemu=$2 initrd=$3
shift 3
results=build/results
mkdir -p $results
rm -f "$results/$suite"
tmp=$(mktemp -d)
trap 'kill $(jobs -rp) 2>/dev/null; rm -rf "$tmp"' EXIT
pids=()
for kernel; do
	package=$(basename "$(dirname "$kernel")")
	tests/board/check.sh --machine x86 --qemu "$qemu" --kernel "$kernel" --initrd "$initrd" \
		--suite "$suite-$package" --timeout 600 >"$tmp/$package" 2>&1 &
	pids+=($!)
done
passed=0 failed=0 skipped=0
for kernel; do
	package=$(basename "$(dirname "$kernel")")
	echo "-- $package"
	tail -q -s 0.2 -n +1 -f --pid="${pids[0]}" "$tmp/$package"
	pids=("${pids[@]:1}")
	if ! read -r p f s <"$results/$suite-$package"; then
		p=0 f=1 s=0
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed $failed $skipped" >"$results/$suite"
echo "$suite: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests of tests/x86 in the emulated x86 host, once with each kernel: check.sh SUITE QEMU INITRD
# VMLINUZ... The counts go to build/results/SUITE for scripts/check.sh.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

suite=$1 qemu=$2 initrd=$3
shift 3
results=build/results
mkdir -p $results
rm -f "$results/$suite"
passed=0 failed=0 skipped=0
for kernel; do
	package=$(basename "$(dirname "$kernel")")
	echo "-- $package"
	tests/board/check.sh --machine x86 --qemu "$qemu" --kernel "$kernel" --initrd "$initrd" \
		--suite "$suite-$package" --timeout 300
	if ! read -r p f s <"$results/$suite-$package"; then
		p=0 f=1 s=0
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed $failed $skipped" >"$results/$suite"
echo "$suite: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

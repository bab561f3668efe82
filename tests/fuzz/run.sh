#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzz the reader of recordings for KVMDBG_FUZZ_SECS seconds (20), after all of tests/fuzz/corpus: TAP.
# What it finds is left in build/fuzz.

cd "$(dirname "$0")/../.." || exit 1
fuzz=build/host/fuzz/recording
work=build/fuzz
secs=${KVMDBG_FUZZ_SECS:-20}
mkdir -p $work/new

# try NAME ARGUMENT...
try()
{
	name=$1
	shift
	if nice $fuzz -artifact_prefix=$work/ "$@" >$work/log 2>&1; then
		echo "ok $test - $name: $(grep -a '^Done' $work/log | tail -n 1)"
	else
		echo "not ok $test - $name"
		tail -n 40 $work/log | sed 's/^/# /'
	fi
}

echo 1..2
test=1 try "the corpus" -runs=0 tests/fuzz/corpus
test=2 try "$secs seconds" -max_total_time="$secs" -max_len=8192 $work/new tests/fuzz/corpus

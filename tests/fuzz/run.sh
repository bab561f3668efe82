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

# try NUMBER NAME ARGUMENT...
try()
{
	number=$1 name=$2
	shift 2
	if nice $fuzz -artifact_prefix=$work/ "$@" >$work/log 2>&1; then
		echo "ok $number - $name: $(grep -a '^Done' $work/log | tail -n 1)"
	else
		echo "not ok $number - $name"
		tail -n 40 $work/log | sed 's/^/# /'
	fi
}

echo 1..2
try 1 "the corpus" -runs=0 tests/fuzz/corpus
try 2 "$secs seconds" -max_total_time="$secs" -max_len=8192 $work/new tests/fuzz/corpus

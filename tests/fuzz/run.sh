#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzz the reader of recordings for KVMDBG_FUZZ_SECS seconds (20), that of the benchmark's results
# and the screen for a quarter of it each, each after all of its tests/fuzz/corpus: TAP. What it finds is left in
# build/fuzz.

cd "$(dirname "$0")/../.." || exit 1
work=build/fuzz
secs=${KVMDBG_FUZZ_SECS:-20}
# libFuzzer takes 0 for no end
short=$(((secs + 3) / 4))
mkdir -p $work/recording $work/bench $work/screen

# try NUMBER READER NAME ARGUMENT...
try()
{
	number=$1 reader=$2 name="$2: $3"
	shift 3
	if nice "build/host/fuzz/$reader" -artifact_prefix=$work/ "$@" >$work/log 2>&1; then
		echo "ok $number - $name: $(grep -a '^Done' $work/log | tail -n 1)"
	else
		echo "not ok $number - $name"
		tail -n 40 $work/log | sed 's/^/# /'
	fi
}

echo 1..6
try 1 recording "the corpus" -runs=0 tests/fuzz/corpus/recording
try 2 recording "$secs seconds" -max_total_time="$secs" -max_len=8192 $work/recording \
	tests/fuzz/corpus/recording
try 3 bench "the corpus" -runs=0 tests/fuzz/corpus/bench
try 4 bench "$short seconds" -max_total_time=$short -max_len=2048 $work/bench \
	tests/fuzz/corpus/bench
try 5 screen "the corpus" -runs=0 tests/fuzz/corpus/screen
try 6 screen "$short seconds" -max_total_time=$short -max_len=1024 $work/screen \
	tests/fuzz/corpus/screen

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzz the reader of recordings for KVMDBG_FUZZ_SECS seconds (20), and others for a quarter of it
# each: the benchmark's results, the screen, ELF files with symbols, command lines and what people write. Before
# that each reads all of tests/fuzz/corpus, or, of ELF files, those that the unit tests have. TAP.
# What it finds is left in build/fuzz.

cd "$(dirname "$0")/../.." || exit 1
work=build/fuzz
secs=${KVMDBG_FUZZ_SECS:-20}
# libFuzzer takes 0 for no end
short=$(((secs + 3) / 4))
elf=build/host/fuzz/corpus-symbols
mkdir -p $work/recording $work/bench $work/screen $work/symbols $work/text $elf
cp build/host/unit/symbols-*.elf $elf

number=0
# try READER NAME ARGUMENT...
try()
{
	number=$((number + 1)) reader=$1 name="$1: $2"
	shift 2
	if nice "build/host/fuzz/$reader" -artifact_prefix=$work/ "$@" >$work/log 2>&1; then
		echo "ok $number - $name: $(grep -a '^Done' $work/log | tail -n 1)"
	else
		echo "not ok $number - $name"
		tail -n 40 $work/log | sed 's/^/# /'
	fi
}

# fuzz READER SECONDS LENGTH CORPUS
fuzz()
{
	try "$1" "the corpus" -runs=0 "$4"
	try "$1" "$2 seconds" -max_total_time="$2" -max_len="$3" $work/"$1" "$4"
}

echo 1..10
fuzz recording "$secs" 8192 tests/fuzz/corpus/recording
fuzz bench $short 2048 tests/fuzz/corpus/bench
fuzz screen $short 1024 tests/fuzz/corpus/screen
fuzz symbols $short 8192 $elf
fuzz text $short 512 tests/fuzz/corpus/text

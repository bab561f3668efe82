#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the board has recorded is read here, on a machine of the other byte order and word size: TAP.
# usage: tests/board/recording.sh REPORT, the board's, with the file and the reports that it made of
# it in comments (tests/system/40-record.sh).

cd "$(dirname "$0")/../.." || exit 1
report=$(realpath "$1")
kvmdbg=$PWD/build/host/kvmdbg
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tests=0

is()
{
	tests=$((tests + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $tests - $3"
	else
		echo "not ok $tests - $3"
		echo "# expected $2, got $1"
	fi
}

tr -d '\r' <"$report" | sed -n 's/^# file r.kvmdbg //p' |
	perl -ne 's/[^0-9a-f]//g; print pack("H*", $_)' >"$dir/r.kvmdbg"
cd "$dir" || exit 1
for format in text json csv trace; do
	want=$(tr -d '\r' <"$report" | sed -n "s/^# report $format //p")
	is "$("$kvmdbg" report --format $format r.kvmdbg | sha256sum | cut -d' ' -f1)" \
		"${want:-none}" "report --format $format: the same bytes as on the board"
done
backend=$(tr -d '\r' <"$report" | sed -n 's/^# backend //p')
"$kvmdbg" top --replay r.kvmdbg --json | tail -n 1 | grep -q "\"backend\":\"${backend:-none}\""
is $? 0 "a replay of what the board did"
"$kvmdbg" report --format html r.kvmdbg | grep -q 'exit:DTLB_MISS'
is $? 0 "a page of what the board did"
echo "1..$tests"

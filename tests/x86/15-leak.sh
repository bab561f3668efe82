#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# No address of the kernel is in any output.
. "$(dirname "$0")/lib.sh"

# leaks FILE: lines with a number of 64 bits whose upper 8 are set (all of the kernel, also where
# page tables have five levels), in hexadecimal or decimal
leaks()
{
	grep -caiE '(^|[^0-9a-f])(0x)?ff[0-9a-f]{14}([^0-9a-f]|$)|(^|[^0-9])-[0-9]{13,}|(^|[^0-9])18(3[7-9]|4[0-4])[0-9]{16}([^0-9]|$)' "$1"
}

for known in ffffffff81000000 0xffff888100000000 0xff11000123456780 18446744071578845184 \
	18379190079298994176 -2130706432000; do
	echo "at $known, for example" >"$dir/known"
	is "$(leaks "$dir/known")" 1 "the pattern knows $known"
done
top_start --verbose --hits-rate 1000
load step=200,hw=50,io=20
top_end
cat "$dir/top.err" >>"$dir/top.json"
true_ "there are hits to look at" grep -q '"kind":"step"' "$dir/top.json"
is "$(leaks "$dir/top.json")" 0 "none in JSON and messages"
kvmdbg top --batch -d 0.5 -n 4 --hits-rate 1000 >"$dir/batch" 2>&1 &
top=$!
within 20 grep -q watching "$dir/batch"
load step=200,hw=50,io=20
wait $top
top=
true_ "there are frames of text" grep -q "LAST HITS" "$dir/batch"
is "$(leaks "$dir/batch")" 0 "none in text"
kvmdbg top --json --armed -n 1 >"$dir/armed" 2>&1
is "$(leaks "$dir/armed")" 0 "none in what is armed"
kvmdbg record -o "$dir/rec" -- kvmdbg-vmm load step=200,hw=50,io=20 >/dev/null 2>&1
is $? 0 "a recording"
for format in text json csv html; do
	kvmdbg report --format $format "$dir/rec" >"$dir/report" 2>&1
	true_ "a report: $format" test -s "$dir/report"
	is "$(leaks "$dir/report")" 0 "none in it"
done
kvmdbg doctor >"$dir/doctor" 2>&1
kvmdbg doctor --json >>"$dir/doctor" 2>&1
is "$(leaks "$dir/doctor")" 0 "none from the doctor"
plan

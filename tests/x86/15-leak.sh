#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# No address of the kernel is in any output.
. "$(dirname "$0")/lib.sh"

# leaks FILE: lines with a number of 64 bits whose upper 16 are set, in hexadecimal or decimal
leaks()
{
	grep -ciE '(^|[^0-9a-f])(0x)?ffff[0-9a-f]{12}([^0-9a-f]|$)|(^|[^0-9])-[0-9]{13,}|(^|[^0-9])1844(6[4-9]|[7-9][0-9])[0-9]{14}([^0-9]|$)' "$1"
}

echo "ffffffff81000000 ffff888100000000 18446744071578845184 -2130706432000" >"$dir/known"
is "$(leaks "$dir/known")" 1 "the pattern knows one"
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
kvmdbg doctor >"$dir/doctor" 2>&1
kvmdbg doctor --json >>"$dir/doctor" 2>&1
is "$(leaks "$dir/doctor")" 0 "none from the doctor"
plan

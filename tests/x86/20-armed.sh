#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# What is armed is shown also if it never hits.
. "$(dirname "$0")/lib.sh"

# armed: of vCPU 0, in the last frame that has it
armed()
{
	grep -o '"vcpu":0,.*' "$dir/top.json" | tail -n 1 | grep -oE '"armed":\[[^]]*\]'
}

has()
{
	[ "$(armed)" = "\"armed\":[$1]" ]
}

top_start --json --armed --vm armed
load_start --wait --name armed step=3,arm=1
within 20 grep -q '^done' "$dir/load"
# by KVM_SET_GUEST_DEBUG: an instruction, what is written, what is read or written
within 10 has '{"slot":"0","kind":"hw_break","origin":"user","addr":"0x1006","in_force":true},{"slot":"1","kind":"watch_write","origin":"user","addr":"0x9000","in_force":true},{"slot":"3","kind":"watch","origin":"user","addr":"0x9010","in_force":true},{"kind":"sw_break","origin":"user","in_force":true}'
is $? 0 "three registers and software breakpoints, none of which has hit"
armed | sed 's/^/# /'
is "$(grep -c '"kind":"hw_break","origin":"user","pc"' "$dir/top.json")" 0 "nor does a hit say so"
load_end
top_end
is "$(kvmdbg top --armed --batch -n 1 2>&1 >/dev/null | head -n 1)" \
	"kvmdbg top: --armed is for --json, and not for --replay" "only where it is shown"
plan

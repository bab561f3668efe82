#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# Software breakpoints, where the processor gives them to KVM.
. "$(dirname "$0")/lib.sh"

if [ -z "$processor" ]; then
	skip "KVM emulates this guest, and gives it its int3" "software breakpoints"
	plan
	exit
fi
top_start --hits-rate 1000
load sw=300,step=20
top_end
is "$(get 1 0 events.sw_break)" 300 "300 sw_break"
is "$(get 1 0 events.step)" 20 "20 steps"
is "$(get 1 0 origin.user)" 320 "of origin user"
plan

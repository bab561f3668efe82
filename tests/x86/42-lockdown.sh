#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that is locked down: of the one kind kvmdbg takes no notice, of the other it says so.
. "$(dirname "$0")/lib.sh"

[ "$(hostname)" = board ] || skip_all "there is no way back, so in the emulated host alone"
lockdown=/sys/kernel/security/lockdown

mount -t securityfs securityfs /sys/kernel/security
echo integrity >$lockdown
true_ "integrity: fine" doctor_says lockdown ok
top_start
load step=7
top_end
is "$(get 1 0 events.step)" 7 "and kvmdbg top counts"

echo confidentiality >$lockdown
true_ "confidentiality: not fine" doctor_says lockdown missing
kvmdbg top --json -n 1 >"$dir/out" 2>"$dir/err"
is $? 3 "kvmdbg top does not run"
true_ "and says who knows more" grep -q "kvmdbg doctor" "$dir/err"
umount /sys/kernel/security
true_ "who knows it without securityfs, too" doctor_says bpf missing
true_ "and why" sh -c "kvmdbg doctor | grep -q lockdown=confidentiality"
plan

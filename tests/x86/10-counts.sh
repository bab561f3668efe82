#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# What kvmdbg top counts on this host is what the guests did.
. "$(dirname "$0")/lib.sh"

top_start --hits-rate 1000
load step=1234,io=50
steps=$pid
load hw=321,eintr=40
hw=$pid
load step=200,hw=30,io=5/hw=11/step=7 step=400 hw=17/hw=19
mixed=$pid
# few, so that each is sent as a hit
load step=3,hw=4
few=$pid
load --stats step=90,hw=40/hw=70
stats=$pid
kvm_first=$(kvm_counts 1 0 exits)
kvm_second=$(kvm_counts 1 1 exits)
top_end

pid=$steps
is "$(get 1 0 events.step)" 1234 "1234 steps"
is "$(get 1 0 events.hw_break)" 0 "no hw_break"
is "$(get 1 0 exits.debug)" 1234 "1234 debug exits: other exits to user space are none"
is "$(get 1 0 debug_exit_ns.count)" 1234 "each was timed"
is "$(get 1 0 origin.user)" 1234 "of origin user"
for kind in watch watch_write dr_access sw_break; do
	is "$(get 1 0 events.$kind)" 0 "no $kind"
done
for origin in guest stray; do
	is "$(get 1 0 origin.$origin)" 0 "none of origin $origin"
done
is "$(get 1 0 origin.host)" absent "x86 has no origin host"
is "$(get 1 0 events.watch_read)" absent "x86 has no watchpoint on reads alone"
[ -n "$processor" ] || is "$(get 1 0 switch)" absent "no switches are made up"

pid=$hw
is "$(get 1 0 events.hw_break)" 321 "321 hw_break"
is "$(get 1 0 events.step)" 0 "no step"
is "$(get 1 0 exits.debug)" 321 "what a KVM_RUN leaves that was interrupted is no debug exit"
is "$(get 1 0 origin.user)" 321 "of origin user"
# the last one is followed by those that are interrupted alone
is "$(get 1 0 debug_exit_ns.count)" 320 "and none is over when one is told to end at once"

pid=$mixed
# VMs of a process are numbered in the order in which they are seen: that of three vCPUs, the others
steps=0
hw=0
for n in 1 2 3; do
	if [ "$(get $n 2 events.step)" != "no such vCPU" ]; then
		large=$n
	else
		steps=$((steps + $(get $n 0 events.step)))
		hw=$((hw + $(get $n 0 events.hw_break)))
	fi
done
is "$(get "$large" 0 events.step)" 200 "VM of 3, vCPU 0: steps"
is "$(get "$large" 0 events.hw_break)" 30 "VM of 3, vCPU 0: breakpoints"
is "$(get "$large" 1 events.hw_break)" 11 "VM of 3, vCPU 1: breakpoints"
is "$(get "$large" 1 events.step)" 0 "VM of 3, vCPU 1: no steps"
is "$(get "$large" 2 events.step)" 7 "VM of 3, vCPU 2: steps"
is "$steps" 400 "the other VMs: steps"
is "$hw" 17 "the other VMs: breakpoints"

pid=$few
is "$(hits '"kind":"step","origin":"user","pc":"0x100[0-3]","raw":"0xffff4ff0"')" 3 "hits: steps"
is "$(hits '"kind":"hw_break","origin":"user","pc":"0x1006","slots":\[0\],"raw":"0xffff0ff1"')" 4 \
	"hits: breakpoints, with their slot"
is "$(hits '"kind"')" 7 "hits: and no other"
is "$(grep -c '"backend":"x86"' "$dir/top.json")" "$(wc -l <"$dir/top.json")" "the backend"
# where KVM emulates the guest, it counts what goes to user space, and what interrupts it
pid=$stats
exits=exits.debug same=-ge
[ -z "$processor" ] || exits=exits.total same=-eq
for vcpu in "0 $kvm_first" "1 $kvm_second"; do
	true_ "vCPU ${vcpu% *}: exits agree with what KVM itself has counted" \
		test "${vcpu#* }" $same "$(get 1 "${vcpu% *}" $exits)"
done
plan

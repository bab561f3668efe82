#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# What there is only where the processor runs the guest: watchpoints, the guest's own debugging,
# exits and their reasons, entries with and without breakpoints in the registers.
. "$(dirname "$0")/lib.sh"

[ -n "$processor" ] || skip_all "KVM emulates guests here: there are no exits"

top_start --hits-rate 1000
load write=30,read=20,io=5
watch=$pid
load bits32=1,step=15,hw=12,write=11,sw=10,io=9
bits32=$pid
load sw=6,given=25
given=$pid
load dr=40
dr=$pid
load own=35
own=$pid
load own-user=45
own_user=$pid
load io=100
io=$pid
load_start --wait --stats step=50,hw=60/io=70
within 20 grep -q "^done" "$dir/load"
stats=$pid
oracle=$(cat /sys/kernel/debug/kvm/"$pid"-*/exits)
oracle_io=$(kvm_counts 1 1 io_exits)
load_end
top_end

pid=$watch
is "$(get 1 0 events.watch_write)" 30 "watchpoints on writes"
is "$(get 1 0 events.watch)" 20 "watchpoints on reads and writes"
is "$(get 1 0 exits.debug)" 50 "no other debug exits"
is "$(get 1 0 origin.user)" 50 "of origin user"
is "$(hits '"kind":"watch_write","origin":"user","pc":"0x1[0-9a-f]*","slots":\[0\],"addr":"0x9000"')" 30 \
	"hits with the address that is watched"

pid=$bits32
is "$(get 1 0 events.step)" 15 "32 bits: steps"
is "$(get 1 0 events.hw_break)" 12 "32 bits: breakpoints"
is "$(get 1 0 events.watch_write)" 11 "32 bits: watchpoints"
is "$(get 1 0 events.sw_break)" 10 "32 bits: software breakpoints"

pid=$given
is "$(get 1 0 events.sw_break)" 31 "software breakpoints"
is "$(get 1 0 injected)" 25 "those that the guest was given"

pid=$dr
reads=$(get 1 0 exit_reason_ns.read_dr7.count)
[ "$reads" != absent ] || reads=$(get 1 0 exit_reason_ns.DR_ACCESS.count)
is "$reads" 40 "exits for the guest's use of debug registers"
is "$(get 1 0 switch.skipped)" 0 "no entry without breakpoints in the registers"
is "$(get 1 0 switch.to_guest)" "$(get 1 0 exits.total)" "all with"
is "$(get 1 0 exits.debug)" 0 "and user space is not told"

pid=$own
is "$(get 1 0 injected)" 35 "the guest's own steps are given to it"
is "$(get 1 0 exits.debug)" 0 "not to user space"
is "$(get 1 0 switch.to_guest)" 0 "no entry with breakpoints in the registers"

pid=$own_user
is "$(get 1 0 events.step)" 45 "the guest's own steps while user space has breakpoints"
is "$(get 1 0 origin.guest)" 45 "of origin guest"
is "$(get 1 0 origin.user)" 0 "not of origin user"
is "$(get 1 0 injected)" 45 "and user space has given them to the guest"

pid=$io
ios=$(get 1 0 exit_reason_ns.io.count)
[ "$ios" != absent ] || ios=$(get 1 0 exit_reason_ns.IO_INSTRUCTION.count)
is "$ios" 99 "exits for I/O: all but the last one, which no entry has followed"
is "$(get 1 0 exits.debug)" 0 "none is a debug exit"

pid=$stats
is $(($(get 1 0 exits.total) + $(get 1 1 exits.total))) "$oracle" \
	"exits: as many as KVM itself has counted"
ios=$(get 1 1 exit_reason_ns.io.count)
[ "$ios" != absent ] || ios=$(get 1 1 exit_reason_ns.IO_INSTRUCTION.count)
is $((ios + 1)) "$oracle_io" "exits for I/O: as many as KVM itself, and the last one"
is "$(get 1 0 exits.debug)" 110 "debug exits: as many as the guest was to make"
is "$(($(get 1 0 exit_reason_ns | grep -o '"count": *[0-9]*' | sed 's/.*[: ]/+/')))" \
	"$(($(get 1 0 exits.total) - 1))" "each exit has the kernel's time by reason, but the last one"
is "$(get 1 0 switch.to_host)" absent "switches to the host cannot be seen"
is "$(get 1 0 switch.ns)" absent "nor the time that they take"
plan

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Not a test: tests/bench/board.sh runs it under -icount. Prints "row ARM/NAME INSTRUCTIONS" for
# each arm in $bench (a word of the kernel's command line: arms, separated by commas):
#
#   out, off   nothing is attached (tracepoints left out of the kernel, or in it and off)
#   empty      an empty program on each event that kvmdbg counts
#   kvmdbg     kvmdbg top
#   switch     what the switches of debug registers take, as their event says: from one reading of
#              the time base to the other

. ./lib.sh
event=/sys/kernel/tracing/events/kvm_booke_debug/kvm_booke_debug_switch

# switches NAME PATTERN: median ticks of the switches in /tmp/trace that match, as instructions
switches()
{
	grep "$2" /tmp/trace | sed 's/.*ticks=//' | sort -n >/tmp/ticks
	count=$(wc -l </tmp/ticks)
	[ "$count" -ge 100 ] || return 1
	hz=$(sed -n 's/^timebase.*: //p' /proc/cpuinfo)
	sed -n "$((count / 2))p" /tmp/ticks |
		awk -v hz="$hz" -v name="$1" '{ printf "row switch/%s %d\n", name, $1 * 1e9 / hz / 8 + 0.5 }'
}

for arm in $(echo "$bench" | tr , ' '); do
	case $arm in
	out|off)
		kvmdbg-vmm bench --prefix $arm/ ;;
	empty)
		kvmdbg-empty kvmdbg-vmm bench --prefix empty/ ;;
	kvmdbg)
		top_start && kvmdbg-vmm bench --prefix kvmdbg/ && top_stop ;;
	switch)
		echo 1 >$event/enable &&
		kvmdbg-vmm bench >/dev/null &&
		echo 0 >$event/enable &&
		cat /sys/kernel/tracing/trace >/tmp/trace &&
		switches to_guest_armed 'to_guest dbcr0.* sprs=[1-9]' &&
		switches to_host_armed 'to_host dbcr0.* sprs=[1-9]' &&
		switches to_guest_skipped 'to_guest skipped' &&
		switches to_host_skipped 'to_host skipped' ;;
	*)
		false ;;
	esac || { echo "Bail out! $arm"; exit 1; }
done

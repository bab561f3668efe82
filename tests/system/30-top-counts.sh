# SPDX-License-Identifier: GPL-2.0-only
# What kvmdbg top counts is what the guests did.
. ./lib.sh

top_start || { plan; exit 1; }

check "300 software breakpoints" load sw=300
top_settle
is "$(top_get "$pid" events.sw_break)" 300 "300 sw_break"
is "$(top_get "$pid" origin.user)" 300 "of origin user"
is "$(top_get "$pid" exits.debug)" 300 "300 debug exits"
for kind in step hw_break watch_read watch_write branch trap interrupt return imprecise; do
	is "$(top_get "$pid" events.$kind)" 0 "no $kind"
done
for origin in guest stray host; do
	is "$(top_get "$pid" origin.$origin)" 0 "none of origin $origin"
done

check "everything at once" load sw=100,step=200,stray=3,guest=50,mmio=40
top_settle
is "$(top_get "$pid" events.sw_break)" 103 "breakpoints and strays are sw_break"
is "$(top_get "$pid" events.step)" 250 "the user's steps and the guest's are step"
is "$(top_get "$pid" origin.user)" 300 "origin user"
is "$(top_get "$pid" origin.guest)" 50 "origin guest"
is "$(top_get "$pid" origin.stray)" 3 "origin stray"
is "$(top_get "$pid" origin.host)" 0 "origin host"
is "$(top_get "$pid" exits.debug)" 353 "debug exits"
# an MMIO exit each, and more for what is emulated
check "all exits are counted" test "$(top_get "$pid" exits.total)" -ge 393
is "$(top_get "$pid" debug_exit_ns.count)" 353 "each debug exit was timed"
check "switches to the guest" test "$(top_get "$pid" switch.to_guest)" -ge 200
check "switches to the host" test "$(top_get "$pid" switch.to_host)" -ge 200
check "switches skipped" test "$(top_get "$pid" switch.skipped)" -ge 40
check "switches are timed" test "$(top_get "$pid" switch.ns.max)" -gt 0

# hits PATTERN: hits of the last guest's process in all frames
hits()
{
	grep -oE "\"pid\":$pid,\"vcpu\":0,$1" /tmp/top.json | wc -l
}

check "few events, so that each is shown" load sw=5,stray=2,guest=3
top_settle
is "$(hits '"kind":"sw_break","origin":"user","pc":"0x[0-9a-f]+","raw":"0x0"')" 5 "hits: breakpoints"
is "$(hits '"kind":"sw_break","origin":"stray"')" 2 "hits: strays"
is "$(hits '"kind":"step","origin":"guest","pc":"0x[0-9a-f]+","raw":"0x8000000"')" 3 \
	"hits: the guest's own"
is "$(hits '"kind"')" 10 "hits: and no other"

check "hardware breakpoints and watchpoints" load hw=30
top_settle
is "$(top_get "$pid" events.hw_break)" 10 "hw_break"
is "$(top_get "$pid" events.watch_write)" 10 "watch_write"
is "$(top_get "$pid" events.watch_read)" 10 "watch_read"
is "$(top_get "$pid" events.step)" 30 "a step over each"
is "$(top_get "$pid" origin.user)" 60 "all of them the user's"
is "$(hits '"kind":"hw_break","origin":"user","pc":"0x[0-9a-f]+","raw":"0x800000"')" 10 \
	"hits: breakpoints"
is "$(hits '"kind":"watch_write","origin":"user","pc":"0x[0-9a-f]+","addr":"0x20000","raw"')" 10 \
	"hits: watched stores, with the address"
is "$(hits '"kind":"watch_read","origin":"user","pc":"0x[0-9a-f]+","addr":"0x20008","raw"')" 10 \
	"hits: watched loads, with the address"

is "$(tail -n 1 /tmp/top.json | kvmdbg-vmm json schema)" kvmdbg.top/1 "the schema's name"
is "$(tail -n 1 /tmp/top.json | kvmdbg-vmm json backend)" "$backend" "the backend"
is "$(tail -n 1 /tmp/top.json | kvmdbg-vmm json vcpus.length)" 0 "a vCPU that is gone is not shown on"
plan

# SPDX-License-Identifier: GPL-2.0-only
# A million debug events: totals exact, hits dropped and the drops counted. What counts them is the
# same on every board: on the others it is as many as take a quarter of a minute.
. ./lib.sh

n=1000000
[ $backend = booke-pr ] || n=150000

top_start -d 1 || { plan; exit 1; }
check "$n software breakpoints" load sw=$n,mmio=1
top_settle
is "$(top_get "$pid" events.sw_break)" $n "all of them counted"
is "$(top_get "$pid" origin.user)" $n "of origin user"
is "$(top_get "$pid" exits.debug)" $n "as many debug exits"
is "$(top_get "$pid" debug_exit_ns.count)" $n "all of them timed"
dropped=$(tail -n 1 /tmp/top.json | kvmdbg-vmm json dropped_hits)
hits=$(grep -o '"raw":' /tmp/top.json | wc -l)
check "hits were dropped ($dropped)" test "$dropped" -gt 0
check "hits were shown ($hits)" test "$hits" -gt 0
is $((dropped + hits)) $n "dropped and shown make all of them"
plan

#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# QEMU and gdb as people use them: each of gdb's commands is the events that it should be.
. "$(dirname "$0")/lib.sh"

PATH=$PWD/build/qemu/bin:$PATH
guest=build/host/gdbguest.bin
[ -e $guest ] || guest=tests/gdbguest.bin

# gdb_runs COMMAND...: in a guest of QEMU's that waits for it; $pid is QEMU
gdb_runs()
{
	qemu-system-x86_64 -accel kvm -M q35 -m 16 -nodefaults -display none -L /usr/share/qemu \
		-bios $guest -name gdbguest -S -gdb "unix:$dir/gdb,server=on,wait=off" \
		2>"$dir/qemu.err" &
	vmm=$!
	pid=$vmm
	within 20 test -S "$dir/gdb"
	# a frame must find the process, for the guest's name
	printf '%s\n' "set pagination off" "set confirm off" "set remotetimeout 60" \
		"target remote $dir/gdb" "$@" "shell sleep 0.5" detach >"$dir/commands"
	timeout 60 gdb -nx -batch -x "$dir/commands" >"$dir/gdb.out" 2>&1
	status=$?
	is $status 0 "gdb has done it"
	[ $status -eq 0 ] || sed 's/^/# /' "$dir/gdb.out"
	kill "$vmm"
	wait "$vmm"
	vmm=
}

# of the last frame that has the guest
count()
{
	grep "\"pid\":$pid,\"vm\"" "$dir/top.json" | tail -n 1 |
		kvmdbg-vmm json "vcpus[pid=$pid].$1" 2>/dev/null || echo absent
}

top_start --hits-rate 1000
gdb_runs "hbreak *0x1003" continue continue continue delete "stepi 7"
hbreak=$pid
if [ -n "$processor" ]; then
	gdb_runs "hbreak *0x1003" continue delete "watch *(char *)0x9000" continue continue delete \
		"rwatch *(char *)0x9000" continue continue continue continue delete \
		"break *0x1006" continue continue continue
	all=$pid
	is "$(grep -c '^Value = ' "$dir/gdb.out")" 4 "gdb has seen 4 reads"
fi
top_end

pid=$hbreak
is "$(count events.hw_break)" 3 "hbreak: 3 execution breakpoints"
# gdb steps off a breakpoint to go on
is "$(count events.step)" 9 "stepi 7, and 2 steps off the breakpoint"
is "$(count exits.debug)" 12 "no other debug exit"
is "$(count origin.user)" 12 "of origin user"
is "$(count vm)" gdbguest "the guest has the name that QEMU was given"
if [ -n "$processor" ]; then
	pid=$all
	is "$(count events.hw_break)" 1 "hbreak: 1"
	is "$(count events.watch_write)" 2 "watch: 2"
	# x86 cannot watch reads alone: gdb passes over the 3 writes in between
	is "$(count events.watch)" 7 "rwatch: 4 reads, and 3 writes that gdb is silent about"
	is "$(count events.sw_break)" 3 "break: 3"
	is "$(count origin.user)" "$(count exits.debug)" "all of origin user"
fi
plan

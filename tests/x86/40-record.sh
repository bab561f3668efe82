#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# kvmdbg record on this host: what the guests did, whatever becomes of the recording.
. "$(dirname "$0")/lib.sh"

r=$dir/r.kvmdbg

# of FILE PATH: a value of the report
of()
{
	kvmdbg report --format json "$1" 2>/dev/null | kvmdbg-vmm json "$2" 2>/dev/null || echo absent
}

# record_start OPTION...: in the background; returns when its programs are attached
record_start()
{
	rm -f "$dir/err"
	kvmdbg record "$@" 2>"$dir/err" &
	top=$!
	within 20 grep -q recording "$dir/err"
}

# record_end SIGNAL STATUS
record_end()
{
	kill "-$1" "$top"
	wait "$top"
	is $? "$2" "record ended by SIG$1: exit status $2"
	top=
}

# what must be the same live and replayed
totals()
{
	for counter in events.step events.hw_break events.watch origin.user origin.stray \
		exits.debug debug_exit_ns.count switch.to_guest switch.skipped; do
		for vcpu in "1 0" "1 1" "2 0"; do
			# shellcheck disable=SC2086
			get $vcpu $counter
		done
	done
}

# has FILE STEPS: as many have been written
has()
{
	[ "$(of "$1" total.events.step)" = "$2" ]
}

# a command, and kvmdbg top at the same time
# shellcheck disable=SC2119
top_start
kvmdbg record -o "$r" --window 100 -- kvmdbg-vmm load step=1234,hw=21,io=50/hw=400 step=77 \
	>"$dir/load" 2>"$dir/err"
is $? 0 "record ends with its command"
pid=$(sed -n 's/^pid=//p' "$dir/load")
top_end
totals >"$dir/live"
kvmdbg top --replay "$r" --json >"$dir/top.json"
is "$(of "$r" "vcpus[vm=kvmdbg-vmm:$pid,vcpu=0].switch.to_guest")" "$(get 1 0 switch.to_guest)" \
	"entries with debug registers to load, if the processor makes them"
# of two VMs that start at the same time the first is the one that is seen first
first=1 second=2
[ "$(get 1 0 events.step)" != 77 ] || first=2 second=1
is "$(get $first 0 events.step),$(get $first 0 events.hw_break)" "1234,21" \
	"a replay has the VM of two vCPUs, vCPU 0"
is "$(get $first 1 events.hw_break)" 400 "a replay has the VM of two vCPUs, vCPU 1"
is "$(get $second 0 events.step)" 77 "a replay has the other VM"
is "$(totals)" "$(cat "$dir/live")" "and ends with what top has seen live"
is "$(of "$r" environment.status)" "exit status 0" "how the command ended"
is "$(of "$r" environment.backend)" x86 "the backend"
is "$(of "$r" environment.kernel)" "$(uname -r)" "the kernel"
is "$(of "$r" complete)" true "the recording is complete"
# KVM_EXIT_IO, or what Intel or AMD calls it; no entry follows the last one
true_ "exits by their reason" test "$(kvmdbg report "$r" |
	sed -nE 's/^exit:(IO|io|IO_INSTRUCTION)  *([0-9]*) .*/\2/p')" -eq 49
kvmdbg top --replay "$r" --json --pid 1 >"$dir/top.json"
is "$(get 1 0 events.step)" "no such vCPU" "--replay --pid of another process: nothing"

# the command's fate
kvmdbg record --force -o "$r" -- sh -c 'exit 7' 2>"$dir/err"
is $? 0 "a command that fails: the recording is fine"
true_ "and it is told" grep -q "the command: exit status 7" "$dir/err"
kvmdbg record --force -o "$r" -- sh -c 'kill -9 $$' 2>"$dir/err"
is "$(of "$r" environment.status)" "killed by signal 9" "a command that is killed"
kvmdbg record --force -o "$r" -- /nonexistent 2>"$dir/err"
is $? 4 "a command that is not there: exit status 4"
true_ "and which it is" grep -q "cannot run '/nonexistent': No such file" "$dir/err"
kvmdbg record --force -o "$r" -d 0.3 -- sleep 100 2>"$dir/err"
is $? 0 "the time is over before the command is"
is "$(of "$r" environment.status)" "killed by signal 15" "which is told to end"
kvmdbg record --force -o "$r" -- grep -E "^(Sig(Blk|Ign)|CapEff)" /proc/self/status \
	>"$dir/child" 2>/dev/null
grep -E "^(Sig(Blk|Ign)|CapEff)" /proc/self/status >"$dir/self"
is "$(cat "$dir/child")" "$(cat "$dir/self")" "the command has our signals and privileges"

# told to end
for sig in INT TERM; do
	record_start --force -o "$r" --window 50
	load step=300
	record_end $sig 0
	is "$(of "$r" total.events.step)" 300 "SIG$sig: all that was counted is there"
	is "$(of "$r" environment.end)" "told to end" "SIG$sig: and why it ended"
done

# killed
record_start --force -o "$r" --window 50
load step=2000
true_ "it can be read while it is written" within 5 has "$r" 2000
record_end KILL 137
kvmdbg report "$r" >"$dir/out" 2>"$dir/err"
is $? 0 "killed: it can be read"
is "$(wc -l <"$dir/err")" 1 "killed: one sentence says that there was more"
is "$(of "$r" total.events.step)" 2000 "killed: up to the last window"

# a disk that fills up
mkdir "$dir/small"
if mount -t tmpfs -o size=16k tmpfs "$dir/small"; then
	kvmdbg record -o "$dir/small/r" --window 10 --hits-rate 10000 -- \
		kvmdbg-vmm load step=200000 >/dev/null 2>"$dir/err"
	is $? 4 "a full disk: exit status 4"
	is "$(grep -v recording "$dir/err" | grep -c '^kvmdbg: cannot write .*No space left')" 1 \
		"a full disk: one sentence"
	kvmdbg report "$dir/small/r" >/dev/null 2>&1
	is $? 0 "a full disk: what was written can be read"
	umount "$dir/small"
else
	skip "no tmpfs can be mounted" "a full disk"
fi

# what is there already
kvmdbg record -o "$r" -d 0.05 2>"$dir/err"
is $? 4 "what is there is not overwritten"
true_ "unless told, which it says" grep -q -- --force "$dir/err"
kvmdbg record -o "$dir/none/r" -d 0.05 2>/dev/null
is $? 4 "a folder that is not there: exit status 4"
kvmdbg record --force -o /dev/full -d 0.05 2>"$dir/err"
is $? 4 "/dev/full: exit status 4"
true_ "/dev/full: says so" grep -q "cannot write /dev/full: No space left" "$dir/err"
kvmdbg record --force -o "$r" -d 0.05 2>/dev/null
kvmdbg report "$r" >/dev/full 2>"$dir/err"
is $? 4 "a report that cannot be written: exit status 4"

# what is no recording
for file in /dev/null /bin/sh "$dir" /nonexistent; do
	for command in report "top --batch --replay"; do
		# shellcheck disable=SC2086
		kvmdbg $command "$file" >"$dir/out" 2>"$dir/err"
		is "$?,$(wc -c <"$dir/out"),$(wc -l <"$dir/err")" "4,0,1" "$command $file: a sentence"
	done
done

# the filters
record_start --force -o "$r" --vcpu 1
load step=100/step=50
record_end TERM 0
is "$(of "$r" total.events.step)" 50 "--vcpu"
record_start --force -o "$r" --vm "no such VM"
load step=100
record_end TERM 0
is "$(of "$r" total.events.step)" 0 "--vm"
plan

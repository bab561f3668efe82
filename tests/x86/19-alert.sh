#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# What must not happen is told at once, and by the exit status.
. "$(dirname "$0")/lib.sh"

# alert STATUS OPTION...: kvmdbg top while the guest does 20 steps and 4 breakpoints
alert()
{
	want=$1
	shift
	rm -f "$dir/top.err"
	kvmdbg top -d 0.2 --vm alerted "$@" >"$dir/top.out" 2>"$dir/top.err" &
	top=$!
	within 20 grep -q watching "$dir/top.err"
	load_start --wait --name alerted step=20,hw=4
	within 20 grep -q '^done' "$dir/load"
	sleep 0.6
	load_end
	kill "$top"
	wait "$top"
	is $? "$want" "exit status with $*"
	top=
}

alert 0 --json --alert 'stray>0' --alert 'hw_break>4' --alert 'debug_exit_p50>1000s'
is "$(grep -c alert/1 "$dir/top.out")" 0 "nothing is told that is not so"
alert 1 --json --alert 'stray>0' --alert 'hw_break:total>=4' --alert 'debug_exit_p50 > 1ns'
is "$(grep -cE '^\{"schema":"kvmdbg.alert/1",.*"alert":"hw_break:total>=4","value":4,.*"vm":"alerted","vcpu":0,"hit":\{.*"pc":"0x1006"' \
	"$dir/top.out")" 1 "JSON: a line of its own, once"
is "$(grep -cE '^\{"schema":"kvmdbg.alert/1",.*"alert":"debug_exit_p50 > 1ns","value":[0-9]+,' \
	"$dir/top.out")" 1 "JSON: a time"
alert 1 --batch --alert 'step>0'
is "$(grep -cE "^ALERT step>0: [0-9]+: vCPU 0 of alerted, pid $pid, at 0x100[0-3]$" "$dir/top.out")" 1 \
	"text: a line of its own, once" || grep ALERT "$dir/top.out" | sed 's/^/# /'

# refuses STATUS SENTENCE CONDITION
refuses()
{
	kvmdbg top --json -n 1 --alert "$3" >"$dir/out" 2>"$dir/err"
	is "$?:$(grep -c "$2" "$dir/err")" "$1:1" "$3: $2"
}
refuses 2 "no metric 'strays', see --alert help" 'strays>0'
refuses 2 'a time is a number and ns, us, ms or s' 'exit_p99>50'
refuses 3 'is not known on x86' 'host>0'
is "$(kvmdbg top --alert help | grep -c '^  stray  *events that nobody armed$')" 1 "--alert help"

# a recording tells it as well, at once
record_alert()
{
	want=$1
	shift
	rm -f "$dir/rec" "$dir/rec.err"
	kvmdbg record -o "$dir/rec" --window 200 --vm alerted "$@" 2>"$dir/rec.err" &
	top=$!
	within 20 grep -q recording "$dir/rec.err"
	load_start --wait --name alerted step=20,hw=4
	within 20 grep -q '^done' "$dir/load"
	[ "$want" -eq 0 ] || within 5 grep -q ALERT "$dir/rec.err"
	is $? 0 "record: told, if it is to be told, before it ends"
	load_end
	kill "$top"
	wait "$top"
	is $? "$want" "record: exit status with $*"
	top=
}

record_alert 0 --alert 'stray>0' --alert 'hw_break>4'
is "$(grep -c ALERT "$dir/rec.err")" 0 "record: nothing is told that is not so"
record_alert 1 --alert 'step>0' --alert 'hw_break:total>=4'
is "$(grep -cE "^kvmdbg: ALERT hw_break:total>=4: 4: vCPU 0 of alerted, pid $pid, at 0x1006$" "$dir/rec.err")" 1 \
	"record: what, how much, who, where"
is "$(kvmdbg report -f json "$dir/rec" | kvmdbg-vmm json 'total.events.step' 2>/dev/null)" 20 \
	"record: the file has what it has without"
kvmdbg record -o "$dir/rec.3" -d 0.3 --alert 'host>0' 2>"$dir/err"
is "$?:$(grep -c 'is not known on x86' "$dir/err")" 3:1 "record: what this platform cannot tell"
plan

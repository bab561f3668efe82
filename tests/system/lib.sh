# SPDX-License-Identifier: GPL-2.0-only
# For the board's tests: TAP, and kvmdbg top in the background.

tests=0
top=
# what kvmdbg has to find out by itself
backend=booke-hv
[ "$(sed -n 's/^cpu[^:]*: //p' /proc/cpuinfo | head -n 1)" != e500v2 ] || backend=booke-pr

# ok STATUS NAME
ok()
{
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
	return "$1"
}

# is GOT WANT NAME
is()
{
	[ "$1" = "$2" ]
	ok $? "$3" && return
	echo "# expected $2, got $1"
	return 1
}

# check NAME COMMAND...
check()
{
	name=$1
	shift
	"$@"
	ok $? "$name" && return
	echo "# failed: $*"
	return 1
}

plan()
{
	top_stop
	echo "1..$tests"
}

# within SECONDS COMMAND...: until the command succeeds
within()
{
	left=$(($1 * 10))
	shift
	until "$@" 2>/dev/null; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		usleep 100000
	done
}

# top_start OPTION...: kvmdbg top --json; returns when its programs are attached
top_start()
{
	: >/tmp/top.json
	kvmdbg top --json -d 0.5 "$@" >/tmp/top.json 2>/tmp/top.err &
	top=$!
	within 30 test -s /tmp/top.json && return
	ok 1 "kvmdbg top prints a frame"
	sed 's/^/# /' /tmp/top.err
	return 1
}

top_stop()
{
	[ -n "$top" ] || return 0
	kill "$top" 2>/dev/null
	wait "$top"
	top=
}

frames()
{
	wc -l </tmp/top.json
}

more_frames()
{
	[ "$(frames)" -ge "$1" ]
}

# Two frames more: what has happened is in the first or the second.
top_settle()
{
	within 20 more_frames $(($(frames) + 2))
}

# top_get PID PATH: a value of the first vCPU of a process, from the last frame that shows it
top_get()
{
	grep "\"pid\":$1,\"vm\"" /tmp/top.json | tail -n 1 | kvmdbg-vmm json "vcpus[pid=$1].$2"
}

# load VM...: runs kvmdbg-vmm load; $pid is its process, its output in /tmp/load
load()
{
	kvmdbg-vmm load "$@" >/tmp/load 2>&1 </dev/null
	status=$?
	pid=$(sed -n 's/.*pid=\([0-9]*\).*/\1/p;' /tmp/load | head -n 1)
	[ $status -eq 0 ] || sed 's/^/# /' /tmp/load
	return $status
}

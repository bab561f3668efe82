# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# For the tests on this host's own kernel, and in the emulated x86 host: TAP, kvmdbg top in the
# background, guests to watch.

cd "$(dirname "$0")/../.." || exit 1
PATH=$PWD/build/host:$PATH
vmm=
top=
tests=0
pid=
dir=

# why kvmdbg cannot be tested here: nothing of it is a failure
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

[ "$(uname -m)" = x86_64 ] || skip_all "not an x86-64 host"
[ "$(id -u)" -eq 0 ] || skip_all "not root"
[ -w /dev/kvm ] || skip_all "no /dev/kvm"
missing=$(kvmdbg doctor 2>/dev/null | grep '^missing' | head -n 1 | tr -s ' ')
[ -z "$missing" ] || skip_all "kvmdbg doctor: $missing"

# does the processor run the guests, or does KVM emulate them?
# shellcheck disable=SC2034 # for the tests
processor=$(grep -owE -m 1 'svm|vmx' /proc/cpuinfo | head -n 1)

dir=$(mktemp -d) || exit 1

end()
{
	exec 9>&-
	[ -z "$vmm" ] || kill "$vmm" 2>/dev/null
	[ -z "$top" ] || kill "$top" 2>/dev/null
	wait
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 143' INT TERM HUP

# is GOT WANT NAME
is()
{
	tests=$((tests + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $tests - $3"
	else
		echo "not ok $tests - $3"
		echo "# expected $2, got $1"
		return 1
	fi
}

# true_ NAME COMMAND...
true_()
{
	name=$1
	shift
	"$@" >/dev/null 2>&1
	is $? 0 "$name"
}

skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $2 # SKIP $1"
}

plan()
{
	echo "1..$tests"
}

# within SECONDS COMMAND...: until the command succeeds
within()
{
	left=$(($1 * 20))
	shift
	until "$@" 2>/dev/null; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.05
	done
}

# top_start OPTION...: kvmdbg top --json; returns when its programs are attached
top_start()
{
	# not to be taken in by what the last one said
	rm -f "$dir/top.err"
	kvmdbg top --json -d 0.2 "$@" >"$dir/top.json" 2>"$dir/top.err" &
	top=$!
	within 20 grep -q watching "$dir/top.err" || {
		sed 's/^/# /' "$dir/top.err"
		echo "Bail out! kvmdbg top does not start"
		exit 1
	}
}

# its last frame has all that has happened
top_end()
{
	kill "$top"
	wait "$top"
	is $? 0 "kvmdbg top ends well"
	top=
}

# load VM...: to its end; $pid is its process
load()
{
	timeout 60 kvmdbg-vmm load "$@" >"$dir/load" 2>&1 </dev/null
	status=$?
	pid=$(sed -n 's/^pid=//p' "$dir/load")
	[ $status -eq 0 ] || sed 's/^/# /' "$dir/load"
	is $status 0 "guests do $*"
}

# load_start OPTION VM...: in the background; its standard input is file 9
load_start()
{
	rm -f "$dir/load"
	mkfifo "$dir/in"
	kvmdbg-vmm load "$@" <"$dir/in" >"$dir/load" 2>&1 &
	vmm=$!
	exec 9>"$dir/in"
	within 20 grep -q '^pid=' "$dir/load"
	pid=$(sed -n 's/^pid=//p' "$dir/load")
}

load_end()
{
	exec 9>&-
	wait "$vmm"
	is $? 0 "guests have done their work"
	vmm=
	rm -f "$dir/in"
}

# doctor_says NAME STATUS [WHAT]: a check has that status, and WHAT (a pattern) in its text
doctor_says()
{
	kvmdbg doctor --json 2>/dev/null | grep -qE "\"name\":\"$1\",\"status\":\"$2\",\"what\":\"[^\"]*${3-}"
}

# kvm_counts VM VCPU NAME: what KVM itself has counted, of a load with --stats
kvm_counts()
{
	sed -n "s/^stats $1 $2 .*\<$3=\([0-9]*\).*/\1/p" "$dir/load"
}

# get VM VCPU PATH: of the last frame that shows vCPU number VCPU of the process' VM number VM
get()
{
	want=kvmdbg-vmm:$pid
	[ "$1" -eq 1 ] || want=$want#$1
	grep "\"vm\":\"$want\",\"vcpu\":$2," "$dir/top.json" | tail -n 1 >"$dir/frame"
	if [ -s "$dir/frame" ]; then
		kvmdbg-vmm json "vcpus[vm=$want,vcpu=$2].$3" <"$dir/frame" 2>/dev/null || echo absent
	else
		echo "no such vCPU"
	fi
}

# hits PATTERN: hits of the process in all frames
hits()
{
	grep -oE "\"pid\":$pid,\"vcpu\":[0-9]+,$1" "$dir/top.json" | wc -l
}

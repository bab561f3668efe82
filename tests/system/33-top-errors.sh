# SPDX-License-Identifier: GPL-2.0-only
# What kvmdbg cannot do it says, with the exit status that goes with it.
. ./lib.sh

# refused STATUS PATTERN COMMAND...
refused()
{
	want=$1
	pattern=$2
	shift 2
	"$@" >/tmp/out 2>/tmp/err </dev/null
	is $? "$want" "$*: exit status $want"
	check "$*: says why" grep -qE "$pattern" /tmp/err || sed 's/^/# /' /tmp/err
	is "$(wc -c </tmp/out)" 0 "$*: nothing on standard output"
}

refused 2 'kvmdbg.*nosuch' kvmdbg nosuch
refused 2 'Usage' kvmdbg
refused 2 'bogus' kvmdbg top --bogus
refused 2 'kvmdbg top' kvmdbg top -d 0
refused 2 'kvmdbg top' kvmdbg top -d soon
refused 2 'kvmdbg top' kvmdbg top -n 0
refused 2 'kvmdbg top' kvmdbg top -n 1x
refused 2 'kvmdbg top' kvmdbg top --pid -1
refused 2 'kvmdbg top' kvmdbg top --vcpu one
refused 2 'argument' kvmdbg top something
refused 3 'CAP_BPF|root' setuidgid nobody kvmdbg top --json -n 1
check "kvmdbg-top is kvmdbg top" sh -c 'kvmdbg-top --json -d 0.1 -n 1 | kvmdbg-vmm json schema'
kvmdbg top --json -d 0.1 -n 1 2>/tmp/err >/dev/full
is $? 4 "a full disk: exit status 4"
check "a full disk: says so" grep -q 'cannot write' /tmp/err
check "doctor finds all it needs" sh -c 'kvmdbg doctor >/tmp/out 2>&1' || sed 's/^/# /' /tmp/out
setuidgid nobody kvmdbg doctor >/tmp/out 2>&1
is $? 3 "doctor without privilege: exit status 3"
plan

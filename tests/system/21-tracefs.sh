# SPDX-License-Identifier: GPL-2.0-only
# The trace events through trace_pipe, without kvmdbg.
. ./lib.sh

tracing=/sys/kernel/tracing
events=$tracing/events/kvm_booke_debug

# count PATTERN: lines that trace_pipe has given
count()
{
	grep -cE "$1" /tmp/pipe
}

seen()
{
	[ "$(count "$1")" -ge "$2" ]
}

check "events can be switched on" sh -c "echo 1 >$events/enable"
cat $tracing/trace_pipe >/tmp/pipe &
reader=$!
check "a guest with 50 breakpoints, 40 steps, 3 strays, 7 events of its own" \
	load sw=50,step=40,stray=3,guest=7
within 10 seen 'kvm_booke_vcpu_free: vcpu=0' 1
echo 0 >$events/enable
usleep 300000
kill $reader
wait $reader 2>/dev/null

is "$(count 'kvm_booke_debug_exit: .* dbsr=0x0\(\) .* origin=user status=0x0 flags=0x2$')" 50 \
	"50 breakpoints in trace_pipe"
is "$(count 'kvm_booke_debug_exit: .* dbsr=0x8000000\(ICMP\) .* origin=user status=0x0 flags=0x1$')" 40 \
	"40 steps in trace_pipe"
is "$(count 'kvm_booke_debug_exit: .* origin=stray status=0x0 flags=0x80000002$')" 3 \
	"3 strays in trace_pipe"
is "$(count 'kvm_booke_debug_exit: .* origin=guest ')" 7 "7 events of the guest's in trace_pipe"
is "$(count 'kvm_booke_debug_inject: vcpu=0 dbsr=0x8000000\(ICMP\) dbcr0=0x48000000$')" 7 \
	"and all of them given to the guest"
is "$(count 'kvm_booke_debug_set: .* control=0x10001 .* result=0$')" 1 "the setting in trace_pipe"
check "entries in trace_pipe" seen 'kvm_booke_entry: vcpu=0 pc=0x[0-9a-f]+ heavyweight$' 90
check "switches in trace_pipe" seen 'kvm_booke_debug_switch: vcpu=0 to_guest dbcr0=0x48000000 ' 40
is "$(count 'kvm_booke_vcpu_free: vcpu=0$')" 1 "the vCPU's end in trace_pipe"
is "$(count 'LOST')" 0 "nothing lost on the way"
plan

# SPDX-License-Identifier: GPL-2.0-only
# VMs are kept apart, and filters let one of them through.
. ./lib.sh

# two_loads: two processes, one VM each, that wait for the go
two_loads()
{
	rm -f /tmp/go1 /tmp/go2
	mkfifo /tmp/go1 /tmp/go2
	kvmdbg-vmm load --gate sw=111,step=40 </tmp/go1 >/tmp/load1 &
	one=$!
	kvmdbg-vmm load --gate sw=37,step=80 </tmp/go2 >/tmp/load2 &
	two=$!
	exec 4>/tmp/go1 5>/tmp/go2
}

go()
{
	echo >&4
	echo >&5
	exec 4>&- 5>&-
	wait $one
	is $? 0 "the first VM is done"
	wait $two
	is $? 0 "the second VM is done"
	top_settle
}

top_start || { plan; exit 1; }
two_loads
go
is "$(top_get $one events.sw_break)" 111 "breakpoints of the first process"
is "$(top_get $one events.step)" 40 "steps of the first process"
is "$(top_get $two events.sw_break)" 37 "breakpoints of the second process"
is "$(top_get $two events.step)" 80 "steps of the second process"

check "two VMs of one process" load sw=70,step=10 sw=30,step=20
top_settle
# one of them may have ended, and been shown for the last time, a frame before the other
vms=$(grep -o "\"pid\":$pid,\"vm\":\"[^\"]*" /tmp/top.json | sort -u | cut -d '"' -f 6)
is "$(echo "$vms" | wc -l)" 2 "two vCPUs"
counts=$(for vm in $vms; do
	last=$(grep -F "\"pid\":$pid,\"vm\":\"$vm\"" /tmp/top.json | tail -n 1)
	sw=$(echo "$last" | kvmdbg-vmm json "vcpus[pid=$pid,vm=$vm].events.sw_break")
	step=$(echo "$last" | kvmdbg-vmm json "vcpus[pid=$pid,vm=$vm].events.step")
	echo "$sw,$step"
done | sort | tr '\n' ' ')
is "$counts" "30,20 70,10 " "with the counts of each"
top_stop

two_loads
top_start --pid $two || { plan; exit 1; }
go
is "$(top_get $two events.sw_break)" 37 "--pid: the process asked for"
check "--pid: not the other" test "$(grep -c "\"pid\":$one," /tmp/top.json)" -eq 0
top_stop

top_start --vcpu 1 || { plan; exit 1; }
check "a VM with vCPU 0" load sw=20
top_settle
check "--vcpu 1: nothing of vCPU 0" test "$(grep -c "\"pid\":$pid," /tmp/top.json)" -eq 0
top_stop

top_start --vcpu 0 --pid 1 || { plan; exit 1; }
check "a VM of a process not asked for" load sw=20
top_settle
check "--vcpu 0 --pid 1: nothing of it" test "$(grep -c "\"pid\":$pid," /tmp/top.json)" -eq 0
plan

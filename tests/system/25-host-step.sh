# SPDX-License-Identifier: GPL-2.0-only
# The host's own kernel can be stepped where guests are debugged: a kprobe on an instruction that
# kprobes do not emulate, in what forgets a process's translations and each fork calls.
. ./lib.sh

# an oops in _tlbil_pid, where interrupts are off, and a hang in read_pir
if [ "$(uname -m)" = ppc64 ]; then
	echo "1..0 # SKIP an e5500 kernel does not survive it, guest or not"
	exit
fi

tracing=/sys/kernel/tracing
forks=100
# mfspr on both
at=_tlbil_pid+12
[ $backend = booke-hv ] || at=_tlbil_pid+8

hits()
{
	sed -n 's/^ *host_step *\([0-9]*\) *0$/\1/p' $tracing/kprobe_profile
}

# forks_step NAME
forks_step()
{
	before=$(hits)
	i=0
	while [ $i -lt $forks ]; do
		(:)
		i=$((i + 1))
	done
	check "$1" test $(($(hits) - before)) -ge $forks
}

echo "p:host_step $at" >$tracing/kprobe_events
echo 1 >$tracing/events/kprobes/host_step/enable
forks_step "before any guest"
check "a guest is debugged" load step=200,hw=30
forks_step "after it"
# the guest's MSR[DE] must not outlive an exit, into the thread that the CPU goes on with
for guests in "demo 60" "load sw=1000000000"; do
	# shellcheck disable=SC2086
	kvmdbg-vmm $guests >/dev/null 2>&1 &
	vmm=$!
	sleep 1
	forks_step "while guests are debugged: $guests"
	check "those are still there: $guests" kill $vmm
	wait $vmm
done
echo 0 >$tracing/events/kprobes/host_step/enable
echo >$tracing/kprobe_events
plan

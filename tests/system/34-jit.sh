# SPDX-License-Identifier: GPL-2.0-only
# kvmdbg's BPF programs run as machine code.
. ./lib.sh

jit=/proc/sys/net/core/bpf_jit_enable
was=$(cat $jit)
echo 1 >$jit
is "$(kvmdbg-vmm bpf | grep -c booke_)" 0 "nothing loaded before"
top_start || { plan; exit 1; }
kvmdbg-vmm bpf >/tmp/bpf
check "programs are loaded" test "$(grep -c booke_ /tmp/bpf)" -ge 7
is "$(grep booke_ /tmp/bpf | grep -c 'jited=0$')" 0 "each of them is machine code"
sed 's/^/# /' /tmp/bpf
top_stop
# the kernel frees programs a grace period after their last user has gone
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ "$(kvmdbg-vmm bpf | grep -c booke_)" -gt 0 ] || break
	sleep 1
done
is "$(kvmdbg-vmm bpf | grep -c booke_)" 0 "nothing is left behind"
echo "$was" >$jit
plan

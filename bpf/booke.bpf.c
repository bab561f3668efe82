// SPDX-License-Identifier: GPL-2.0-only
/*
 * PowerPC BookE: e500v2 (guest in MSR[PR]=1) and e500mc and later (MSR[GS]=1).
 * The trace events are described in tracepoints/README.md.
 */
#include "core.bpf.h"
#include "booke.h"

struct debug_reg {
	__u32 dbcr0;
} __attribute__((preserve_access_index));

SEC("tp_btf/kvm_exit")
int BPF_PROG(booke_exit, unsigned int exit_nr, struct kvm_vcpu *vcpu)
{
	return count_exit(vcpu, 0, false);
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(booke_exit_detail, unsigned int exit_nr, struct kvm_vcpu *vcpu)
{
	return count_exit(vcpu, BOOKE_REASON(exit_nr), true);
}

SEC("tp_btf/kvm_booke_entry")
int BPF_PROG(booke_entry, struct kvm_vcpu *vcpu)
{
	return count_entry(vcpu, 0, false);
}

SEC("tp_btf/kvm_booke_entry")
int BPF_PROG(booke_entry_detail, struct kvm_vcpu *vcpu, unsigned long pc, __u32 heavyweight)
{
	return count_entry(vcpu, heavyweight, true);
}

SEC("tp_btf/kvm_booke_debug_exit")
int BPF_PROG(booke_debug_exit, struct kvm_vcpu *vcpu, __u64 pc, __u32 dbsr, __u64 addr,
	     __u32 origin, __u32 status, __u32 flags)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);

	if (!v)
		return 0;
	v->debug_exits++;
	v->in_debug = 1;
#define COUNT(kind, word, bits)		\
	if ((word) & (bits))		\
		v->events[kind]++;
	BOOKE_KINDS_COMMON(COUNT)
	if (dbsr & BOOKE_DBSR_RARE) {
		BOOKE_KINDS_RARE(COUNT)
	}
#undef COUNT
	count_origin(v, origin, 1);
	send_hit(v, v->exit_ns, pc, addr, dbsr, flags, origin);
	return vcpu_end(v);
}

SEC("tp_btf/kvm_booke_debug_switch")
int BPF_PROG(booke_debug_switch, struct kvm_vcpu *vcpu, const struct debug_reg *regs,
	     __u32 to_guest, __u32 sprs, __u64 ticks)
{
	return count_switch(vcpu, to_guest, sprs, 0, ticks, false);
}

SEC("tp_btf/kvm_booke_debug_switch")
int BPF_PROG(booke_debug_switch_detail, struct kvm_vcpu *vcpu, const struct debug_reg *regs,
	     __u32 to_guest, __u32 sprs, __u64 ticks)
{
	return count_switch(vcpu, to_guest, sprs, regs->dbcr0 & BOOKE_DBCR0_IDM, ticks, true);
}

SEC("tp_btf/kvm_booke_debug_inject")
int BPF_PROG(booke_debug_inject, struct kvm_vcpu *vcpu)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);

	if (!v)
		return 0;
	v->injected++;
	return vcpu_end(v);
}

SEC("tp_btf/kvm_booke_debug_host")
int BPF_PROG(booke_debug_host, struct kvm_vcpu *vcpu, __u64 pc, __u32 dbsr, __u32 count)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);

	if (!v)
		return 0;
	count_origin(v, KVMDBG_HOST, count);
	return vcpu_end(v);
}

SEC("tp_btf/kvm_booke_vcpu_free")
int BPF_PROG(booke_vcpu_free, struct kvm_vcpu *vcpu)
{
	return count_free(vcpu);
}

char LICENSE[] SEC("license") = "GPL";

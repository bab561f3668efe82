// SPDX-License-Identifier: GPL-2.0-only
/*
 * PowerPC BookE: e500v2 (guest in MSR[PR]=1) and e500mc and later (MSR[GS]=1).
 * The trace events are described in tracepoints/README.md.
 */
#include "core.bpf.h"
#include "booke.h"

struct debug_reg {
	__u32 dbcr0;
	__u32 dbcr1;
	__u32 dbcr2;
	unsigned long iac1;
	unsigned long iac2;
	unsigned long dac1;
	unsigned long dac2;
} __attribute__((preserve_access_index));

struct kvm_vcpu_arch {
	struct debug_reg dbg_reg;
	struct debug_reg shadow_dbg_reg;
} __attribute__((preserve_access_index));

/* The vCPU once more, with what only this platform has. */
struct kvm_vcpu___booke {
	unsigned long guest_debug;
	struct kvm_vcpu_arch arch;
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

/* An unsigned long or a pointer of the kernel's, which has 32 or 64 bits. */
#define READ_LONG(from, field) ({							\
	__u64 whole_ = 0;								\
	__u32 half_ = 0;								\
											\
	if (bpf_core_field_size((from)->field) == sizeof(half_)) {			\
		bpf_probe_read_kernel(&half_, sizeof(half_),				\
				      __builtin_preserve_access_index(&(from)->field));	\
		whole_ = half_;								\
	} else {									\
		bpf_probe_read_kernel(&whole_, sizeof(whole_),				\
				      __builtin_preserve_access_index(&(from)->field));	\
	}										\
	whole_;										\
})

static __always_inline void read_regs(struct kvmdbg_regs *regs, struct debug_reg *from)
{
	__u32 dbcr[3] = {};

	bpf_core_read(&dbcr[0], sizeof(dbcr[0]), &from->dbcr0);
	bpf_core_read(&dbcr[1], sizeof(dbcr[1]), &from->dbcr1);
	bpf_core_read(&dbcr[2], sizeof(dbcr[2]), &from->dbcr2);
	regs->control = dbcr[0];
	regs->ranges = (dbcr[1] & BOOKE_DBCR_RANGE ? 1 : 0) | (dbcr[2] & BOOKE_DBCR_RANGE ? 2 : 0);
	regs->address[0] = READ_LONG(from, iac1);
	regs->address[1] = READ_LONG(from, iac2);
	regs->address[2] = READ_LONG(from, dac1);
	regs->address[3] = READ_LONG(from, dac2);
}

/*
 * Looks at each vCPU that a process has open: it cannot go away meanwhile.
 *
 * The verifier lets nobody load less than 8 bytes of what is handed over, of which a 32-bit
 * pointer is the upper half: it is copied. For the same reason bpf_seq_write() is out of reach.
 */
SEC("iter/task_file")
int booke_armed(struct bpf_iter__task_file *ctx)
{
	struct kvmdbg_armed now = {};
	struct kvm_vcpu___booke *vcpu;
	struct file *file;
	__u32 *slot;
	__u64 key;

	file = (struct file *)READ_LONG(ctx, file);
	if (!file)
		return 0;
	key = READ_LONG(file, private_data);
	slot = bpf_map_lookup_elem(&slots, &key);
	if (!slot)
		return 0;
	vcpu = (struct kvm_vcpu___booke *)key;
	now.guest_debug = READ_LONG(vcpu, guest_debug);
	read_regs(&now.guest, __builtin_preserve_access_index(&vcpu->arch.dbg_reg));
	/* Else what is in force is the guest's own. */
	if (now.guest_debug)
		read_regs(&now.user, __builtin_preserve_access_index(&vcpu->arch.shadow_dbg_reg));
	bpf_map_update_elem(&armed, slot, &now, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

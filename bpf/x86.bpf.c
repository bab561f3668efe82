// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86: the trace events of an unchanged kernel.
 *
 * A debug exit is a kvm_userspace_exit, which does not say of what vCPU. While a thread has a
 * vCPU loaded, the vCPU's notifier is in the thread's list of those to call at a context switch;
 * kvm_fpu fires then, at the start and at the end of each KVM_RUN. In between a guest that KVM
 * emulates makes no kvm_exit and no kvm_entry at all, so neither is relied on.
 */
#define vcpu_field(vcpu, field)	BPF_CORE_READ(vcpu, field)

#include "core.bpf.h"
#include "x86.h"

struct hlist_node {
	struct hlist_node *next;
} __attribute__((preserve_access_index));

struct hlist_head {
	struct hlist_node *first;
} __attribute__((preserve_access_index));

struct preempt_notifier {
	struct hlist_node link;
} __attribute__((preserve_access_index));

struct pid;

struct task_struct {
	struct hlist_head preempt_notifiers;
} __attribute__((preserve_access_index));

struct kvm_debug_exit_arch {
	__u32 exception;
	__u64 pc;
	__u64 dr6;
} __attribute__((preserve_access_index));

struct kvm_run {
	struct {
		struct kvm_debug_exit_arch arch;
	} debug;
} __attribute__((preserve_access_index));

struct kvm_vcpu_arch {
	unsigned long dr7;
	unsigned long guest_debug_dr7;
	unsigned long eff_db[X86_NR_SLOTS];
} __attribute__((preserve_access_index));

/* The vCPU once more, with what only this platform has. */
struct kvm_vcpu___x86 {
	struct preempt_notifier preempt_notifier;
	unsigned long guest_debug;
	struct kvm_run *run;
	struct pid *pid;
	struct kvm_vcpu_arch arch;
} __attribute__((preserve_access_index));

struct file {
	void *private_data;
} __attribute__((preserve_access_index));

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} __attribute__((preserve_access_index));

/* Since Linux 6.2: what is at an address, read with plain loads. */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/* Part of a debug exit, read one way or the other. */
#define READ_CAUSE(cause, read, vcpu, run) do {					\
	(cause)->control = read(vcpu, guest_debug);				\
	(cause)->exception = read(run, debug.arch.exception);			\
	(cause)->dr6 = read(run, debug.arch.dr6);				\
	(cause)->pc = read(run, debug.arch.pc);					\
	/* Each look costs: a step needs none at DR7. */			\
	if ((cause)->dr6 & X86_DR6_SLOTS) {					\
		(cause)->user_dr7 = read(vcpu, arch.guest_debug_dr7);		\
		(cause)->guest_dr7 = read(vcpu, arch.dr7);			\
	}									\
} while (0)

#define LOAD(from, field)	((from)->field)

static __always_inline void read_cause(struct x86_cause *cause, struct kvm_vcpu___x86 *vcpu)
{
	struct kvm_vcpu___x86 *known;
	struct kvm_run *run;

	if (bpf_ksym_exists(bpf_rdonly_cast)) {
		known = bpf_rdonly_cast(vcpu, bpf_core_type_id_kernel(struct kvm_vcpu___x86));
		run = known->run;
		READ_CAUSE(cause, LOAD, known, run);
	} else {
		run = BPF_CORE_READ(vcpu, run);
		READ_CAUSE(cause, BPF_CORE_READ, vcpu, run);
	}
}

/* The address of the vCPU that a thread runs, until the thread runs another one. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} running SEC(".maps");

/* The vCPU that the current thread has loaded, or NULL. */
static __always_inline struct kvm_vcpu *loaded_vcpu(struct task_struct *task)
{
	__u64 link = (__u64)task->preempt_notifiers.first;

	if (!link)
		return NULL;
	link -= bpf_core_field_offset(struct preempt_notifier, link);
	return (void *)(link - bpf_core_field_offset(struct kvm_vcpu___x86, preempt_notifier));
}

static __always_inline int run_begins_or_ends(int load, const bool detail)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kvm_vcpu *vcpu = loaded_vcpu(task);
	struct kvmdbg_hist *hist;
	struct kvmdbg_vcpu *v;
	__u64 *where;

	if (!vcpu)
		return 0;
	/* At the end, so that a KVM_RUN that had begun before us is known as well. */
	if (!load) {
		where = bpf_task_storage_get(&running, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (where)
			*where = (__u64)vcpu;
		else
			count_lost();
		return 0;
	}
	v = vcpu_find(vcpu, 1);
	if (!v || !v->debug_ns)
		return 0;
	v->seq++;
	barrier();
	hist = &v->hist[KVMDBG_DEBUG_EXIT];
	if (detail && v->reason != X86_EXIT_DEBUG)
		hist = extra_hist(v, v->reason, NULL);
	if (hist)
		hist_add(hist, bpf_ktime_get_ns() - v->debug_ns);
	v->debug_ns = 0;
	return vcpu_end(v);
}

SEC("tp_btf/kvm_fpu")
int BPF_PROG(x86_fpu, int load)
{
	return run_begins_or_ends(load, false);
}

SEC("tp_btf/kvm_fpu")
int BPF_PROG(x86_fpu_detail, int load)
{
	return run_begins_or_ends(load, true);
}

/* User space gets the vCPU for something else: how long it has it counts for a recording only. */
static __always_inline int other_userspace_exit(__u32 reason)
{
	struct kvmdbg_vcpu *v;
	__u64 *where;

	where = bpf_task_storage_get(&running, bpf_get_current_task_btf(), 0, 0);
	v = where ? vcpu_begin((struct kvm_vcpu *)*where) : NULL;
	if (!v)
		return 0;
	v->reason = reason < KVMDBG_EXTRA_REASONS ? reason : X86_EXIT_BEYOND;
	v->debug_ns = bpf_ktime_get_ns();
	return vcpu_end(v);
}

static __always_inline int userspace_exit(__u32 reason, int error, const bool detail)
{
	struct kvm_vcpu___x86 *vcpu;
	struct x86_cause cause = {};
	struct kvmdbg_vcpu *v;
	__u32 flags, origin, i;
	__u64 *where, addr = 0;

	/* With an error, the reason is that of the exit before. */
	if (reason != X86_EXIT_DEBUG || error)
		return detail ? other_userspace_exit(error ? X86_EXIT_INTR : reason) : 0;
	where = bpf_task_storage_get(&running, bpf_get_current_task_btf(), 0, 0);
	if (!where)
		return 0;
	v = vcpu_begin((struct kvm_vcpu *)*where);
	if (!v)
		return 0;
	vcpu = (struct kvm_vcpu___x86 *)*where;
	read_cause(&cause, vcpu);
	flags = x86_decode(&cause, &origin);

	v->debug_exits++;
	for (i = 0; i < KVMDBG_NR_KINDS; i++)
		if (flags & 1U << i)
			v->events[i]++;
	count_origin(v, origin, 1);
	for (i = 0; i < X86_NR_SLOTS; i++)
		if (flags & 1U << (X86_FLAG_SLOT_SHIFT + i))
			addr = BPF_CORE_READ(vcpu, arch.eff_db[i]);
	/* Its own kind of time: user space's share of it ends with the next KVM_RUN. */
	v->debug_ns = bpf_ktime_get_ns();
	v->reason = X86_EXIT_DEBUG;
	v->exit_ns = v->debug_ns;
	send_hit(v, cause.pc, addr, cause.dr6, flags, origin);
	v->exit_ns = 0;
	return vcpu_end(v);
}

SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(x86_userspace_exit, __u32 reason, int error)
{
	return userspace_exit(reason, error, false);
}

SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(x86_userspace_exit_detail, __u32 reason, int error)
{
	return userspace_exit(reason, error, true);
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(x86_exit, struct kvm_vcpu *vcpu)
{
	return count_exit(vcpu, 0, false);
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(x86_entry, struct kvm_vcpu *vcpu)
{
	return count_entry(vcpu, 0, false);
}

/* Fires when a vCPU is made: what else had its address is gone. */
SEC("tp_btf/kvm_write_tsc_offset")
int BPF_PROG(x86_write_tsc_offset, unsigned int id)
{
	struct kvm_vcpu *vcpu = loaded_vcpu(bpf_get_current_task_btf());

	/* Who has never run has no thread. */
	if (vcpu && !BPF_CORE_READ((struct kvm_vcpu___x86 *)vcpu, pid))
		count_free(vcpu);
	return 0;
}

/* Writes the slot of each vCPU that some process has open. */
SEC("iter/task_file")
int x86_open_files(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	__u32 *slot;
	__u64 key;

	if (!file)
		return 0;
	key = (__u64)file->private_data;
	slot = bpf_map_lookup_elem(&slots, &key);
	if (slot)
		bpf_seq_write(ctx->meta->seq, slot, sizeof(*slot));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

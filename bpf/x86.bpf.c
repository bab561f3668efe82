// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86: the trace events of an unchanged kernel.
 *
 * KVM may be a module, whose types nobody without CAP_SYS_ADMIN can hand to the verifier: these are
 * raw tracepoints, and all that is read of KVM is read by its address.
 *
 * A debug exit is a kvm_userspace_exit, which does not say of what vCPU. While a thread has a
 * vCPU loaded, the vCPU's notifier is in the thread's list of those to call at a context switch;
 * kvm_fpu fires then, at the start and at the end of each KVM_RUN, and of few other ioctls. In
 * between a guest that KVM emulates makes no kvm_exit and no kvm_entry at all, so neither is relied
 * on.
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
	unsigned long db[X86_NR_SLOTS];
	unsigned long dr7;
	unsigned long guest_debug_dr7;
	unsigned long eff_db[X86_NR_SLOTS];
	__u32 switch_db_regs;
} __attribute__((preserve_access_index));

/* The vCPU once more, with what only this platform has. */
struct kvm_vcpu___x86 {
	struct preempt_notifier preempt_notifier;
	unsigned long guest_debug;
	struct kvm_run *run;
	struct pid *pid;
	_Bool wants_to_run;
	struct kvm_vcpu_arch arch;
} __attribute__((preserve_access_index));

/* Where AMD's and Intel's halves of KVM keep the reason of an exit; the vCPU is their start. */
struct vmcb_control_area {
	__u32 exit_code;
} __attribute__((preserve_access_index));

struct vmcb {
	struct vmcb_control_area control;
} __attribute__((preserve_access_index));

struct vcpu_svm {
	struct vmcb *vmcb;
} __attribute__((preserve_access_index));

union vmx_exit_reason {
	__u32 full;
} __attribute__((preserve_access_index));

struct vcpu_vmx {
	union vmx_exit_reason exit_reason;
} __attribute__((preserve_access_index));

/* Since Linux 6.16 */
struct vcpu_vt {
	union vmx_exit_reason exit_reason;
} __attribute__((preserve_access_index));

struct vcpu_vmx___vt {
	struct vcpu_vt vt;
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

	if (cfg.kvm_builtin && bpf_ksym_exists(bpf_rdonly_cast)) {
		known = bpf_rdonly_cast(vcpu, bpf_core_type_id_kernel(struct kvm_vcpu___x86));
		run = known->run;
		READ_CAUSE(cause, LOAD, known, run);
	} else {
		run = BPF_CORE_READ(vcpu, run);
		READ_CAUSE(cause, BPF_CORE_READ, vcpu, run);
	}
}

/* Is it loaded by a KVM_RUN that is to run it? Not KVM_GET_MP_STATE, nor one that is to end at once. */
static __always_inline bool wants_to_run(struct kvm_vcpu___x86 *vcpu)
{
	struct kvm_vcpu___x86 *known;

	/* Before Linux 6.10, which stable kernels have it from, nothing tells. */
	if (!bpf_core_field_exists(vcpu->wants_to_run))
		return true;
	if (cfg.kvm_builtin && bpf_ksym_exists(bpf_rdonly_cast)) {
		known = bpf_rdonly_cast(vcpu, bpf_core_type_id_kernel(struct kvm_vcpu___x86));
		return known->wants_to_run;
	}
	return BPF_CORE_READ(vcpu, wants_to_run);
}

/* Where the entry of the vCPU is that a thread runs or has run last, or NO_ENTRY; by thread id. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4 * KVMDBG_MAX_VCPUS);
	__type(key, __u32);
	__type(value, __u32);
} running SEC(".maps");

#define NO_ENTRY	0xffffffffU

/* in_debug of struct kvmdbg_vcpu: a debug exit, and whether the guest was given an exception since */
#define IN_DEBUG	1
#define IN_DEBUG_GIVEN	2

/*
 * The same for most threads, without a helper: the id, and in the lower half where the entry is.
 * What is here is in the map as well.
 */
static __u64 threads[KVMDBG_MAX_VCPUS];

static __always_inline __u32 thread_id(void)
{
	return bpf_get_current_pid_tgid();
}

/* The current thread runs a vCPU; v is NULL if that is not to be counted. */
static __always_inline void set_running(__u32 id, struct kvmdbg_vcpu *v)
{
	__u32 offset = v ? v->slot * sizeof(*v) : NO_ENTRY;
	__u64 *known = &threads[id & (KVMDBG_MAX_VCPUS - 1)];
	__u64 now = (__u64)id << 32 | offset;

	if (*known == now)
		return;
	if (bpf_map_update_elem(&running, &id, &offset, BPF_ANY))
		count_lost();
	else
		*known = now;
}

/* The entry of the vCPU that the current thread has run, or NULL. */
static __always_inline struct kvmdbg_vcpu *get_running(void)
{
	__u32 id = thread_id(), *slow, offset;
	__u64 known = threads[id & (KVMDBG_MAX_VCPUS - 1)];

	if (known >> 32 == id) {
		offset = known;
	} else {
		slow = bpf_map_lookup_elem(&running, &id);
		offset = slow ? *slow : NO_ENTRY;
	}
	return offset == NO_ENTRY ? NULL : entry_at(offset);
}

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
	__u32 id = thread_id();
	struct kvmdbg_hist *hist;
	struct kvmdbg_vcpu *v;
	struct kvm_vcpu *vcpu;
	__u64 ns;

	/* At the end only for a KVM_RUN that had begun before us. */
	if (!load && threads[id & (KVMDBG_MAX_VCPUS - 1)] >> 32 == id)
		return 0;
	vcpu = loaded_vcpu(bpf_get_current_task_btf());
	if (!vcpu)
		return 0;
	v = vcpu_find(vcpu, 1);
	set_running(id, v);
	if (!load || !v || !v->debug_ns || !wants_to_run((struct kvm_vcpu___x86 *)vcpu))
		return 0;
	v->seq++;
	barrier();
	hist = &v->hist[KVMDBG_DEBUG_EXIT];
	if (detail && !v->in_debug)
		hist = extra_hist(v, v->reason, NULL);
	ns = bpf_ktime_get_ns() - v->debug_ns;
	if (hist)
		hist_add(hist, ns);
	v->debug_ns = 0;
	/* What is left of the exit is the kernel's part. */
	if (v->in_debug && v->exit_ns)
		v->exit_ns += ns;
	return vcpu_end(v);
}

SEC("raw_tp/kvm_fpu")
int BPF_PROG(x86_fpu, int load)
{
	return run_begins_or_ends(load, false);
}

SEC("raw_tp/kvm_fpu")
int BPF_PROG(x86_fpu_detail, int load)
{
	return run_begins_or_ends(load, true);
}

/* User space gets the vCPU for something else, for a recording. */
static __always_inline int other_userspace_exit(__u32 reason)
{
	struct kvmdbg_vcpu *v = get_running();

	if (!v || !v->key)
		return 0;
	v->seq++;
	barrier();
	if (v->exit_ns) {
		/* Part of an exit that the processor has made, and timed with it. */
		if (v->reason >= KVMDBG_EXTRA_MORE)
			v->reason |= 1;
	} else if (!v->debug_ns) {
		v->in_debug = 0;
		v->reason = reason < KVMDBG_EXTRA_REASONS ? reason : X86_EXIT_BEYOND;
		v->debug_ns = bpf_ktime_get_ns();
	}
	return vcpu_end(v);
}

static __always_inline int userspace_exit(__u32 reason, int error, const bool detail)
{
	struct kvm_vcpu___x86 *vcpu;
	struct x86_cause cause = {};
	struct kvmdbg_vcpu *v;
	__u32 flags, origin, i;
	__u64 addr = 0;

	/* With an error, the reason is that of the exit before. */
	if (reason != X86_EXIT_DEBUG || error)
		return detail ? other_userspace_exit(error ? X86_EXIT_INTR : reason) : 0;
	v = get_running();
	if (!v || !v->key)
		return 0;
	v->seq++;
	barrier();
	vcpu = (struct kvm_vcpu___x86 *)v->key;
	read_cause(&cause, vcpu);
	flags = x86_decode(&cause, &origin);

	v->debug_exits++;
	/* Most are this. */
	if (flags == 1U << KVMDBG_STEP) {
		v->events[KVMDBG_STEP]++;
	} else {
		for (i = 0; i < KVMDBG_NR_KINDS; i++)
			if (flags & 1U << i)
				v->events[i]++;
		for (i = 0; i < X86_NR_SLOTS; i++)
			if (flags & 1U << (X86_FLAG_SLOT_SHIFT + i))
				addr = BPF_CORE_READ(vcpu, arch.eff_db[i]);
	}
	count_origin(v, origin, 1);
	/* Its own kind of time: user space's share of it ends with the next KVM_RUN. */
	v->debug_ns = bpf_ktime_get_ns();
	v->in_debug = IN_DEBUG;
	send_hit(v, v->debug_ns, cause.pc, addr, cause.dr6, flags, origin);
	return vcpu_end(v);
}

SEC("raw_tp/kvm_userspace_exit")
int BPF_PROG(x86_userspace_exit, __u32 reason, int error)
{
	return userspace_exit(reason, error, false);
}

SEC("raw_tp/kvm_userspace_exit")
int BPF_PROG(x86_userspace_exit_detail, __u32 reason, int error)
{
	return userspace_exit(reason, error, true);
}

/* Before Linux 5.18 the event carried the reason, since then one has to look. */
static __always_inline __u32 exit_reason(struct kvm_vcpu *vcpu)
{
	if (cfg.isa == X86_ISA_SVM && bpf_core_field_exists(struct vcpu_svm, vmcb))
		return BPF_CORE_READ((struct vcpu_svm *)vcpu, vmcb, control.exit_code);
	if (cfg.isa == X86_ISA_VMX && bpf_core_field_exists(struct vcpu_vmx___vt, vt))
		return BPF_CORE_READ((struct vcpu_vmx___vt *)vcpu, vt.exit_reason.full);
	if (cfg.isa == X86_ISA_VMX && bpf_core_field_exists(struct vcpu_vmx, exit_reason))
		return BPF_CORE_READ((struct vcpu_vmx *)vcpu, exit_reason.full);
	return X86_NO_REASON;
}

SEC("raw_tp/kvm_exit")
int x86_exit(const volatile __u64 *args)
{
	struct kvm_vcpu *vcpu = (void *)args[cfg.exit_vcpu_arg ? 1 : 0];
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);
	__u32 reason;

	if (!v)
		return 0;
	v->exits++;
	v->in_debug = 0;
	if (cfg.isa) {
		reason = cfg.exit_vcpu_arg ? args[0] : exit_reason(vcpu);
		v->reason = X86_REASON(x86_reason_index(cfg.isa, reason));
	}
	v->exit_ns = bpf_ktime_get_ns();
	return vcpu_end(v);
}

SEC("raw_tp/kvm_entry")
int BPF_PROG(x86_entry, struct kvm_vcpu *vcpu)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);
	struct kvmdbg_hist *hist;
	__u64 ns;

	if (!v)
		return 0;
	if (BPF_CORE_READ((struct kvm_vcpu___x86 *)vcpu, arch.switch_db_regs) & X86_DB_REGS_USED)
		v->to_guest++;
	else
		v->skipped++;
	/* No exit yet: the tool was started while the vCPU was on its way in. */
	if (v->exit_ns) {
		ns = bpf_ktime_get_ns() - v->exit_ns;
		v->exit_ns = 0;
		hist = &v->hist[KVMDBG_OTHER_EXIT];
		if (cfg.isa)
			hist = extra_hist(v, v->reason, hist);
		hist_add(hist, ns);
	}
	return vcpu_end(v);
}

SEC("raw_tp/kvm_inj_exception")
int BPF_PROG(x86_inj_exception, __u8 exception, __u8 has_error, __u32 error_code, __u8 again)
{
	struct kvmdbg_vcpu *v;
	struct kvm_vcpu *vcpu;

	if (exception != X86_DB_VECTOR && exception != X86_BP_VECTOR)
		return 0;
	vcpu = loaded_vcpu(bpf_get_current_task_btf());
	v = vcpu ? vcpu_begin(vcpu) : NULL;
	if (!v)
		return 0;
	/*
	 * "Again" are those that user space gives to the guest after a debug exit, and those whose
	 * delivery was interrupted: by another exit, or before the guest was entered.
	 */
	if (!again || v->in_debug == IN_DEBUG)
		v->injected++;
	if (v->in_debug)
		v->in_debug = IN_DEBUG_GIVEN;
	return vcpu_end(v);
}

/* Fires when a vCPU is made: what else had its address is gone. */
SEC("raw_tp/kvm_write_tsc_offset")
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

/* Looks at each vCPU that a process has open: it cannot go away meanwhile. */
SEC("iter/task_file")
int x86_armed(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct kvmdbg_armed now = {};
	struct kvm_vcpu___x86 *vcpu;
	__u32 *slot, i;
	__u64 key;

	if (!file)
		return 0;
	vcpu = file->private_data;
	key = (__u64)vcpu;
	slot = bpf_map_lookup_elem(&slots, &key);
	if (!slot)
		return 0;
	now.guest_debug = BPF_CORE_READ(vcpu, guest_debug);
	now.guest.control = BPF_CORE_READ(vcpu, arch.dr7);
	for (i = 0; i < X86_NR_SLOTS; i++)
		now.guest.address[i] = BPF_CORE_READ(vcpu, arch.db[i]);
	/* Else what is in force is the guest's own. */
	if (now.guest_debug & X86_GUESTDBG_HW_BP) {
		now.user.control = BPF_CORE_READ(vcpu, arch.guest_debug_dr7);
		for (i = 0; i < X86_NR_SLOTS; i++)
			now.user.address[i] = BPF_CORE_READ(vcpu, arch.eff_db[i]);
	}
	bpf_map_update_elem(&armed, slot, &now, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

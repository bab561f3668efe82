/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-vCPU accounting, the same for every platform.
 *
 * A vCPU is run by one thread at a time and trace events fire with preemption
 * off, so its counters are plain increments: nothing here needs an atomic
 * operation on 64 bits, which the 32-bit PowerPC JIT does not have.
 *
 * The counters are a global array of which every entry is a page.  Finding the
 * entry of a vCPU is the hot path and calls no helper: a hash of the vCPU's
 * address gives a hint, and the entry itself says whether the hint is right.
 */
#ifndef KVMDBG_CORE_BPF_H
#define KVMDBG_CORE_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "kvmdbg.h"

/* What we read of the kernel's types; offsets and sizes come from its BTF. */
struct kvm;

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
} __attribute__((preserve_access_index));

struct file {
	void *private_data;
} __attribute__((preserve_access_index));

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} __attribute__((preserve_access_index));

/* A platform whose events do not carry the vCPU, but only where it lies, has its own. */
#ifndef vcpu_field
#define vcpu_field(vcpu, field)	((vcpu)->field)
#endif

#define HINT_BITS	10

const volatile struct kvmdbg_config cfg = {};

/* In a section of its own: user space finds a map by its section's name. */
struct kvmdbg_vcpu vcpus[KVMDBG_MAX_VCPUS] SEC(".bss.vcpus");

/* Offsets into vcpus. */
static __u32 hints[1U << HINT_BITS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KVMDBG_MAX_VCPUS);
	__type(key, __u64);
	__type(value, __u32);
} slots SEC(".maps");

/* User space puts all in at the start, and those that are GONE when it has read them. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, KVMDBG_MAX_VCPUS);
	__uint(value_size, sizeof(__u32));
} free_slots SEC(".maps");

/*
 * Number 0 is never used. Where nothing of this is, user space makes all three as small as can be:
 * kvmdbg record needs them, and a platform that always tells exits apart.
 */
struct kvmdbg_hist more_hists[KVMDBG_MAX_HISTS] SEC(".bss.hists");

/* By struct kvmdbg_vcpu.extra_at and enum kvmdbg_extra: which one it is; 0 for none yet. */
__u16 extras[KVMDBG_MAX_VCPUS * KVMDBG_NR_EXTRA] SEC(".bss.extras");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, KVMDBG_MAX_HISTS);
	__uint(value_size, sizeof(__u32));
} free_hists SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} hits SEC(".maps");

/* Events of vCPUs for which there was no entry. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

/* What vCPUs are set to do, by their slot; user space empties it and lets an iterator fill it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KVMDBG_MAX_VCPUS);
	__type(key, __u32);
	__type(value, struct kvmdbg_armed);
} armed SEC(".maps");

static __always_inline __u32 hint_of(struct kvm_vcpu *vcpu)
{
	__u64 low;

	/*
	 * The verifier lets nobody compute with a pointer, but half of one is a number.  Without
	 * the addition the JIT of bpf/rules.mk would lose the first move.
	 */
	asm volatile("r0 = %1; r0 += 0; w0 = w0; %0 = r0" : "=r"(low) : "r"(vcpu) : "r0");
	low >>= 6;
	return (low ^ low >> HINT_BITS) & ((1U << HINT_BITS) - 1);
}

static __always_inline void count_lost(void)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&lost, &zero);

	if (count)
		(*count)++;
}

/*
 * Where the entry of a vCPU is that the hint did not find, or -1; a new one if @create.
 *
 * Inlined like all functions here, see bpf/rules.mk.
 */
static __always_inline int find_entry(struct kvm_vcpu *vcpu, __u32 create)
{
	__u32 *known, slot, tgid, id = vcpu_field(vcpu, vcpu_id);
	__u64 key = (__u64)vcpu;
	struct kvmdbg_vcpu *v;

	if (cfg.vcpu != KVMDBG_ANY && cfg.vcpu != id)
		return -1;
	known = bpf_map_lookup_elem(&slots, &key);
	if (known) {
		slot = *known & (KVMDBG_MAX_VCPUS - 1);
		goto found;
	}
	if (!create)
		return -1;
	tgid = bpf_get_current_pid_tgid() >> 32;
	if (cfg.tgid != KVMDBG_ANY && cfg.tgid != tgid)
		return -1;
	if (bpf_map_pop_elem(&free_slots, &slot))
		goto full;
	if (bpf_map_update_elem(&slots, &key, &slot, BPF_NOEXIST)) {
		bpf_map_push_elem(&free_slots, &slot, BPF_ANY);
		goto full;
	}
	slot &= KVMDBG_MAX_VCPUS - 1;
	v = &vcpus[slot];
	v->vm = (__u64)vcpu_field(vcpu, kvm);
	v->id = id;
	v->tgid = tgid;
	v->slot = slot;
	v->extra_at = slot * KVMDBG_NR_EXTRA;
	v->born_ns = bpf_ktime_get_ns();
	bpf_get_current_comm(v->comm, sizeof(v->comm));
	v->key = key;
	v->state = KVMDBG_LIVE;
found:
	return hints[hint_of(vcpu)] = slot * sizeof(*v);
full:
	count_lost();
	return -1;
}

static __always_inline struct kvmdbg_vcpu *entry_at(__u32 offset)
{
	return (void *)vcpus + (offset & ((KVMDBG_MAX_VCPUS - 1) * sizeof(struct kvmdbg_vcpu)));
}

static __always_inline struct kvmdbg_vcpu *vcpu_find(struct kvm_vcpu *vcpu, __u32 create)
{
	__u64 key = (__u64)vcpu;
	struct kvmdbg_vcpu *v;
	int offset;

	/* Who does not pass the filters has no entry. */
	v = entry_at(hints[hint_of(vcpu)]);
	if (v->key == key)
		return v;
	offset = find_entry(vcpu, create);
	return offset < 0 ? NULL : entry_at(offset);
}

/* The entry of a vCPU to add to, or NULL if it is not to be counted. */
static __always_inline struct kvmdbg_vcpu *vcpu_begin(struct kvm_vcpu *vcpu)
{
	struct kvmdbg_vcpu *v = vcpu_find(vcpu, 1);

	/* A 32-bit reader could see half of a 64-bit sum: seq tells it to look again. */
	if (v) {
		v->seq++;
		barrier();
	}
	return v;
}

static __always_inline int vcpu_end(struct kvmdbg_vcpu *v)
{
	barrier();
	v->seq++;
	return 0;
}

static __always_inline void hist_add(struct kvmdbg_hist *hist, __u64 value)
{
	__u64 i = kvmdbg_hist_index(value);

	/* What is compared has to be what is used, or the verifier does not see the limit. */
	barrier_var(i);
	if (i >= KVMDBG_HIST_BUCKETS)
		i = KVMDBG_HIST_BUCKETS - 1;
	hist->buckets[i]++;
	hist->sum += value;
	if (value > hist->max)
		hist->max = value;
}

/* A further histogram of a vCPU; @hist if there is none left. */
static __always_inline struct kvmdbg_hist *extra_hist(struct kvmdbg_vcpu *v, __u32 extra,
						      struct kvmdbg_hist *hist)
{
	__u64 i = v->extra_at + (__u64)extra;
	__u16 *known;

	barrier_var(i);
	if (i >= KVMDBG_MAX_VCPUS * KVMDBG_NR_EXTRA)
		return hist;
	known = &extras[i];
	i = *known;
	if (!i) {
		__u32 number = KVMDBG_NO_HIST;

		bpf_map_pop_elem(&free_hists, &number);
		*known = number;
		i = number;
	}
	if (i == KVMDBG_NO_HIST)
		return hist;
	return &more_hists[i & (KVMDBG_MAX_HISTS - 1)];
}

/*
 * Programs of which there are two know by @detail, a constant, which one they are: that of
 * kvmdbg record, or the one for who does not want to pay for what it needs.
 */
static __always_inline int count_exit(struct kvm_vcpu *vcpu, __u32 reason, const bool detail)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);

	if (!v)
		return 0;
	v->exits++;
	v->in_debug = 0;
	if (detail)
		v->reason = reason;
	v->exit_ns = bpf_ktime_get_ns();
	return vcpu_end(v);
}

/* @heavy: user space has had the vCPU since its exit. */
static __always_inline int count_entry(struct kvm_vcpu *vcpu, __u32 heavy, const bool detail)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);
	struct kvmdbg_hist *hist;
	__u64 ns;

	if (!v)
		return 0;
	/* No exit yet: the tool was started while the vCPU was on its way in. */
	if (v->exit_ns) {
		ns = bpf_ktime_get_ns() - v->exit_ns;
		v->exit_ns = 0;
		hist = &v->hist[KVMDBG_OTHER_EXIT];
		if (v->in_debug)
			hist = &v->hist[KVMDBG_DEBUG_EXIT];
		if (detail && !v->in_debug)
			hist = extra_hist(v, v->reason + (heavy ? 1 : 0), hist);
		else if (detail && heavy)
			hist = extra_hist(v, KVMDBG_DEBUG_HEAVY, hist);
		hist_add(hist, ns);
	}
	return vcpu_end(v);
}

/*
 * @armed: does the side that comes into force have debug registers armed?
 * @ticks: on the clock that user space is told of by its backend
 */
static __always_inline int count_switch(struct kvm_vcpu *vcpu, __u32 to_guest, __u32 done,
					__u32 armed, __u64 ticks, const bool detail)
{
	struct kvmdbg_vcpu *v = vcpu_begin(vcpu);
	struct kvmdbg_hist *hist;

	if (!v)
		return 0;
	if (detail && to_guest)
		v->armed = armed;
	if (!done) {
		v->skipped++;
		hist = detail ? extra_hist(v, KVMDBG_SWITCH_SKIPPED, NULL) : NULL;
	} else {
		if (to_guest)
			v->to_guest++;
		else
			v->to_host++;
		hist = &v->hist[KVMDBG_SWITCH];
		if (detail && !v->armed)
			hist = extra_hist(v, KVMDBG_SWITCH_UNARMED, hist);
	}
	if (hist)
		hist_add(hist, ticks);
	return vcpu_end(v);
}

static __always_inline void count_origin(struct kvmdbg_vcpu *v, __u32 origin, __u32 count)
{
	if (origin < KVMDBG_NR_ORIGINS)
		v->origin[origin] += count;
}

/*
 * Sends one hit; what cannot be sent is counted. @ns is about now: the exit's time is good enough
 * for a window, and needs no second look at the clock.
 */
static __always_inline void send_hit(struct kvmdbg_vcpu *v, __u64 ns, __u64 pc, __u64 addr,
				     __u32 raw, __u32 flags, __u32 origin)
{
	struct kvmdbg_hit *hit;

	if (ns - v->hit_window >= cfg.hits_window_ns) {
		v->hit_window = ns;
		v->hit_count = 0;
	}
	if (v->hit_count >= cfg.hits_per_window)
		goto drop;
	hit = bpf_ringbuf_reserve(&hits, sizeof(*hit), 0);
	if (!hit)
		goto drop;
	v->hit_count++;
	hit->time_ns = bpf_ktime_get_ns();
	hit->vm = v->vm;
	hit->pc = pc;
	hit->addr = addr;
	hit->tgid = v->tgid;
	hit->vcpu = v->id;
	hit->raw = raw;
	hit->flags = flags;
	hit->origin = origin;
	hit->pad = 0;
	/* User space looks by the clock: waking it for each hit would cost more than the hit. */
	bpf_ringbuf_submit(hit, BPF_RB_NO_WAKEUP);
	return;
drop:
	v->dropped_hits++;
}

/* The vCPU is about to be freed: its totals are final and its address may be used again. */
static __always_inline int count_free(struct kvm_vcpu *vcpu)
{
	struct kvmdbg_vcpu *v = vcpu_find(vcpu, 0);
	__u64 key = (__u64)vcpu;

	if (!v)
		return 0;
	bpf_map_delete_elem(&slots, &key);
	v->key = 0;
	barrier();
	v->state = KVMDBG_GONE;
	return 0;
}

#endif /* KVMDBG_CORE_BPF_H */

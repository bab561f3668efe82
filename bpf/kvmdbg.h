/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types and small pure functions shared by the BPF programs and user space.
 *
 * Fixed width, explicit padding, no pointers: the same layout on a 32-bit
 * board and in the (64-bit) BPF machine.
 */
#ifndef KVMDBG_H
#define KVMDBG_H

#include <linux/types.h>

/** KVMDBG_MAX_VCPUS - vCPUs that can be counted at one time, on the whole host */
#define KVMDBG_MAX_VCPUS	1024

/** KVMDBG_MAX_HISTS - histograms that all vCPUs can have beyond their own */
#define KVMDBG_MAX_HISTS	4096

/** KVMDBG_ANY - value of a filter in struct kvmdbg_config that lets all pass */
#define KVMDBG_ANY		0xffffffffU

/**
 * KVMDBG_HIST_BUCKETS - buckets that a histogram keeps
 *
 * Power-of-two ranges with 8 linear steps each, up to 2^40; what is larger is
 * counted in the last bucket (and exactly in sum and max).
 */
#define KVMDBG_HIST_BITS	40
#define KVMDBG_HIST_BUCKETS	((KVMDBG_HIST_BITS - 2) * 8)

/** enum kvmdbg_kind - kinds of debug events; one exit can be of several */
enum kvmdbg_kind {
	KVMDBG_STEP,
	KVMDBG_HW_BREAK,
	KVMDBG_WATCH_READ,
	KVMDBG_WATCH_WRITE,
	KVMDBG_BRANCH,
	KVMDBG_TRAP,
	KVMDBG_SW_BREAK,
	KVMDBG_INTERRUPT,
	KVMDBG_RETURN,
	KVMDBG_IMPRECISE,
	KVMDBG_NR_KINDS,
};

/** enum kvmdbg_origin - who armed what caused an event */
enum kvmdbg_origin {
	KVMDBG_USER,
	KVMDBG_GUEST,
	KVMDBG_STRAY,
	KVMDBG_HOST,
	KVMDBG_NR_ORIGINS,
};

/** enum kvmdbg_latency - what histograms are kept for a vCPU */
enum kvmdbg_latency {
	KVMDBG_DEBUG_EXIT,	/* ns from a debug exit to the next entry */
	KVMDBG_OTHER_EXIT,	/* ns from any other exit to the next entry */
	KVMDBG_SWITCH,		/* clock ticks of a switch of debug registers */
	KVMDBG_NR_LATENCIES,
};

/**
 * enum kvmdbg_extra - what a vCPU may have further histograms of
 *
 * Below KVMDBG_EXTRA_REASONS, and from KVMDBG_EXTRA_MORE on: an exit's reason, as the platform
 * numbers them.
 */
enum kvmdbg_extra {
	KVMDBG_EXTRA_REASONS = 64,
	KVMDBG_DEBUG_HEAVY = KVMDBG_EXTRA_REASONS,	/* debug exits to user space */
	KVMDBG_SWITCH_SKIPPED,		/* switches that had nothing to write */
	KVMDBG_SWITCH_UNARMED,		/* switches done although nothing was armed */
	KVMDBG_EXTRA_MORE = 68,
	KVMDBG_NR_EXTRA = KVMDBG_EXTRA_MORE + 2 * 256,
};

/** KVMDBG_NO_HIST - instead of a histogram's number: there was none left */
#define KVMDBG_NO_HIST		0xffff

/** enum kvmdbg_state - life of a struct kvmdbg_vcpu */
enum kvmdbg_state {
	KVMDBG_FREE,		/* all zero, BPF may take it */
	KVMDBG_LIVE,		/* BPF writes, user space reads */
	KVMDBG_GONE,		/* final; user space reads, zeroes and gives it back */
};

/**
 * struct kvmdbg_config - knobs, constant once the programs are loaded
 * @tgid: process to watch, or KVMDBG_ANY
 * @vcpu: vCPU id to watch, or KVMDBG_ANY
 * @hits_window_ns: a stretch of time in which a vCPU may send
 * @hits_per_window: that many hits to user space; others are counted as dropped
 * @exit_vcpu_arg: which argument of kvm_exit is the vCPU; set by the session
 * @kvm_builtin: KVM's types are in the kernel's own BTF; set by the session
 * @isa: x86: whose exit reasons, Intel's or AMD's; 0: exits are not counted by reason; set by the
 *	session
 */
struct kvmdbg_config {
	__u32 tgid;
	__u32 vcpu;
	__u32 hits_window_ns;
	__u32 hits_per_window;
	__u32 exit_vcpu_arg;
	__u32 kvm_builtin;
	__u32 isa;
};

_Static_assert(sizeof(struct kvmdbg_config) == 28, "layout");

/**
 * struct kvmdbg_hist - log-linear histogram
 * @sum: sum of the values
 * @max: largest value
 * @buckets: how many values by kvmdbg_hist_index(); these wrap, user space
 *	adds up the differences
 */
struct kvmdbg_hist {
	__u64 sum;
	__u64 max;
	__u32 buckets[KVMDBG_HIST_BUCKETS];
};

/**
 * struct kvmdbg_vcpu - what is counted for one vCPU
 * @key: address of the kernel's vCPU while it is LIVE, else 0; never printed
 * @state: enum kvmdbg_state
 * @seq: odd while BPF changes the entry
 * @exit_ns: time of the exit that is being handled, or 0
 * @debug_ns: x86: when user space was told of a debug exit that it still handles (when recording
 *	of any exit that the processor did not make), or 0
 * @slot: its place in the table
 * @in_debug: the exit that is being handled is a debug exit
 * @reason: of the exit that is being handled, by enum kvmdbg_extra
 * @extra_at: its slot's place in the table of further histograms' numbers
 * @hit_window: start of the window in which @hit_count hits were sent
 * @dropped_hits: hits that could not be sent
 * @debug_exits: debug exits
 * @origin: debug events by enum kvmdbg_origin
 * @events: debug exits by enum kvmdbg_kind
 * @exits: guest exits of any kind
 * @to_guest: debug register switches done towards the guest
 * @to_host: debug register switches done towards the host
 * @skipped: debug register switches that had nothing to write
 * @injected: debug events queued to the guest
 * @vm: address of the kernel's VM, tells VMs of one process apart; never printed
 * @born_ns: when it was first seen (CLOCK_MONOTONIC)
 * @tgid: process the VM belongs to
 * @id: vCPU id within the VM
 * @hit_count: hits sent since @hit_window
 * @armed: the guest was entered with debug registers armed
 * @comm: name of the thread that was first seen to run it
 * @pad: zero
 * @hist: by enum kvmdbg_latency
 *
 * A page each: the slot number turns into an address with one shift. What each debug exit touches
 * lies together.
 */
struct kvmdbg_vcpu {
	__u64 key;
	__u32 state;
	__u32 seq;
	__u64 exit_ns;
	__u64 debug_ns;
	__u32 slot;
	__u32 in_debug;
	__u32 reason;
	__u32 extra_at;
	__u64 hit_window;
	__u64 dropped_hits;
	__u64 debug_exits;
	__u64 origin[KVMDBG_NR_ORIGINS];
	__u64 events[KVMDBG_NR_KINDS];
	__u64 exits;
	__u64 to_guest;
	__u64 to_host;
	__u64 skipped;
	__u64 injected;
	__u64 vm;
	__u64 born_ns;
	__u32 tgid;
	__u32 id;
	__u32 hit_count;
	__u32 armed;
	char comm[16];
	__u64 pad[16];
	struct kvmdbg_hist hist[KVMDBG_NR_LATENCIES];
};

_Static_assert(sizeof(struct kvmdbg_vcpu) == 4096, "layout");

/**
 * struct kvmdbg_hit - one debug exit
 * @time_ns: CLOCK_MONOTONIC
 * @vm: as in struct kvmdbg_vcpu
 * @pc: guest address of the instruction
 * @addr: data address, or 0
 * @tgid: process the VM belongs to
 * @vcpu: vCPU id
 * @raw: the platform's cause register
 * @flags: the platform's other flags of this exit
 * @origin: enum kvmdbg_origin
 * @pad: zero
 */
struct kvmdbg_hit {
	__u64 time_ns;
	__u64 vm;
	__u64 pc;
	__u64 addr;
	__u32 tgid;
	__u32 vcpu;
	__u32 raw;
	__u32 flags;
	__u32 origin;
	__u32 pad;
};

_Static_assert(sizeof(struct kvmdbg_hit) == 56, "layout");

/** KVMDBG_ADDRESSES - debug registers that hold an address, of any platform */
#define KVMDBG_ADDRESSES	4

/**
 * struct kvmdbg_regs - a set of debug registers
 * @address: x86: DR0 to DR3; BookE: IAC1, IAC2, DAC1, DAC2
 * @control: x86: DR7; BookE: DBCR0
 * @ranges: BookE: bit 0: IAC1 and IAC2 are the ends of a range, bit 1: DAC1 and DAC2 are
 */
struct kvmdbg_regs {
	__u64 address[KVMDBG_ADDRESSES];
	__u32 control;
	__u32 ranges;
};

/**
 * struct kvmdbg_armed - what debug events a vCPU is set to make
 * @user: what user space has set with KVM_SET_GUEST_DEBUG, or zero
 * @guest: what the guest has set itself
 * @guest_debug: control of KVM_SET_GUEST_DEBUG
 */
struct kvmdbg_armed {
	struct kvmdbg_regs user;
	struct kvmdbg_regs guest;
	__u64 guest_debug;
};

_Static_assert(sizeof(struct kvmdbg_armed) == 88, "layout");

/*
 * Bisection for the shift, in the shape that BPF (which has no instruction
 * that counts zeros) runs in the fewest steps: the leaves know their shift.
 */
#define KVMDBG_HIST_1(s, x)	(8U * (s) + ((x) >> (s)))
#define KVMDBG_HIST_2(s, x)	\
	((x) < 16U << (s) ? KVMDBG_HIST_1(s, x) : KVMDBG_HIST_1((s) + 1, x))
#define KVMDBG_HIST_4(s, x)	\
	((x) < 32U << (s) ? KVMDBG_HIST_2(s, x) : KVMDBG_HIST_2((s) + 2, x))
#define KVMDBG_HIST_8(s, x)	\
	((x) < 128U << (s) ? KVMDBG_HIST_4(s, x) : KVMDBG_HIST_4((s) + 4, x))
#define KVMDBG_HIST_16(s, x)	\
	((x) < 2048U << (s) ? KVMDBG_HIST_8(s, x) : KVMDBG_HIST_8((s) + 8, x))

/**
 * kvmdbg_hist_index - histogram bucket of a value, before any limit
 * @value: what was measured
 *
 * Values below 8 have a bucket each; above, each range [2^n, 2^(n+1)) has 8 of
 * equal width.  With s such that value >> s is in 8..15 that is 8 * s + (value >> s).
 *
 * Return: 0 to 495.
 */
static inline __attribute__((always_inline)) __u32 kvmdbg_hist_index(__u64 value)
{
	__u32 s;

	if (value >> 32) {
		for (s = 29; s < 60 && value >> s >= 16; s++)
			;
		return 8 * s + (__u32)(value >> s);
	}
	if (value < 1U << 19)
		return KVMDBG_HIST_16(0, value);
	if (value < 1U << 27)
		return KVMDBG_HIST_8(16, value);
	if (value < 1U << 31)
		return KVMDBG_HIST_4(24, value);
	return KVMDBG_HIST_1(28, value);
}

#endif /* KVMDBG_H */

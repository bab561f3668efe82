/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cause of an x86 debug exit means, shared by the BPF program and user space: pure
 * functions of what KVM gives to user space and of the vCPU's debug registers.
 */
#ifndef KVMDBG_X86_H
#define KVMDBG_X86_H

#include "kvmdbg.h"

/* KVM_EXIT_* */
#define X86_EXIT_DEBUG		4
#define X86_EXIT_INTR		10
#define X86_EXIT_BEYOND		63	/* all from here on */

/* exception of struct kvm_debug_exit_arch */
#define X86_DB_VECTOR		1
#define X86_BP_VECTOR		3

/* control of KVM_SET_GUEST_DEBUG */
#define X86_GUESTDBG_STEP	0x2
#define X86_GUESTDBG_SW_BP	0x10000
#define X86_GUESTDBG_HW_BP	0x20000

#define X86_DR6_SLOTS		0xfU
#define X86_DR6_BD		0x2000U	/* the guest touched a debug register */
#define X86_DR6_BS		0x4000U

#define X86_NR_SLOTS		4

/* isa of the event kvm_exit */
#define X86_ISA_VMX		1
#define X86_ISA_SVM		2

/* What is not known, and what has no place of its own. */
#define X86_NO_REASON		0xfffffffeU
#define X86_REASON_OTHER	255

/**
 * X86_REASON - struct kvmdbg_vcpu.reason of an exit that the processor has made, from its
 * x86_reason_index(); the next one is that of exits that user space gets to see
 *
 * A guest that KVM emulates has none of these: its reasons are those that user space is told,
 * KVM_EXIT_*, below KVMDBG_EXTRA_REASONS.
 */
#define X86_REASON(index)	(KVMDBG_EXTRA_MORE + 2 * (index))

/* switch_db_regs of a vCPU: user space or the guest have breakpoints in the registers */
#define X86_DB_REGS_USED	0x3

/* What kinds mean here that is not quite what enum kvmdbg_kind calls them. */
#define X86_WATCH		KVMDBG_WATCH_READ	/* a read or a write: not told apart */
#define X86_DR_ACCESS		KVMDBG_TRAP

/* struct kvmdbg_hit.flags: bits by enum kvmdbg_kind, and what slots have hit */
#define X86_FLAG_KINDS		0xffffU
#define X86_FLAG_SLOT_SHIFT	16

/**
 * struct x86_cause - a debug exit
 * @pc: as given to user space
 * @control: of KVM_SET_GUEST_DEBUG
 * @exception: as given to user space
 * @dr6: as given to user space
 * @user_dr7: as set by user space, counts if @control has X86_GUESTDBG_HW_BP
 * @guest_dr7: the guest's own
 */
struct x86_cause {
	__u64 pc;
	__u64 control;
	__u32 exception;
	__u32 dr6;
	__u32 user_dr7;
	__u32 guest_dr7;
};

/* The slots that a DR7 enables, locally or globally. */
static inline __attribute__((always_inline)) __u32 x86_enabled(__u32 dr7)
{
	__u32 both = (dr7 | dr7 >> 1) & 0x55;

	both = (both | both >> 1) & 0x33;
	return (both | both >> 2) & 0xf;
}

/**
 * x86_decode - kinds, slots and origin of a debug exit
 * @c: the cause
 * @origin: enum kvmdbg_origin
 *
 * A processor may also report slots that match and are not enabled: those count only
 * where nothing else explains the exit.
 *
 * Return: flags of struct kvmdbg_hit; no kind if the cause is not known
 */
static inline __attribute__((always_inline)) __u32 x86_decode(const struct x86_cause *c,
							      __u32 *origin)
{
	__u32 hit, slots, user = 0, guest, dr7, kinds = 0, i, type;

	*origin = KVMDBG_STRAY;
	if (c->exception == X86_BP_VECTOR) {
		if (c->control & X86_GUESTDBG_SW_BP)
			*origin = KVMDBG_USER;
		return 1U << KVMDBG_SW_BREAK;
	}
	if (c->exception != X86_DB_VECTOR)
		return 0;

	hit = c->dr6 & X86_DR6_SLOTS;
	dr7 = c->guest_dr7;
	/* While user space has breakpoints set, the guest's own are not in the processor. */
	if (c->control & X86_GUESTDBG_HW_BP) {
		dr7 = c->user_dr7;
		user = hit & x86_enabled(dr7);
		guest = 0;
	} else {
		guest = hit & x86_enabled(dr7);
	}
	slots = user | guest;
	if (!slots && !(c->dr6 & (X86_DR6_BS | X86_DR6_BD)))
		slots = hit;
	for (i = 0; i < X86_NR_SLOTS; i++) {
		if (!(slots & 1U << i))
			continue;
		type = dr7 >> (16 + 4 * i) & 3;
		if (type == 0)
			kinds |= 1U << KVMDBG_HW_BREAK;
		else if (type == 1)
			kinds |= 1U << KVMDBG_WATCH_WRITE;
		else if (type == 3)
			kinds |= 1U << X86_WATCH;
	}
	if (c->dr6 & X86_DR6_BS) {
		kinds |= 1U << KVMDBG_STEP;
		/* Who does not single-step from outside does it by the guest's own flag. */
		if (c->control & X86_GUESTDBG_STEP)
			user = 1;
		else
			guest = 1;
	}
	if (c->dr6 & X86_DR6_BD) {
		kinds |= 1U << X86_DR_ACCESS;
		guest = 1;
	}
	if (user)
		*origin = KVMDBG_USER;
	else if (guest)
		*origin = KVMDBG_GUEST;
	return kinds | slots << X86_FLAG_SLOT_SHIFT;
}

/**
 * x86_reason_index - exit reasons without gaps
 * @isa: X86_ISA_VMX or X86_ISA_SVM
 * @reason: as the processor gives it
 *
 * Return: 1 to X86_REASON_OTHER; 0 if the reason is not known
 */
static inline __attribute__((always_inline)) __u32 x86_reason_index(__u32 isa, __u32 reason)
{
	if (reason == X86_NO_REASON)
		return 0;
	/* The upper half of Intel's are flags. */
	if (isa == X86_ISA_VMX)
		reason &= 0xffff;
	if (reason < 0xc0)
		return reason + 1;
	if (reason >= 0x400 && reason < 0x420)
		return reason - 0x400 + 0xc1;
	/* AMD's for software, and for an entry that failed */
	if (reason >= 0x80000000 && reason < 0x80000018)
		return reason - 0x80000000 + 0xe1;
	if (reason == 0xf0000000)
		return 0xf9;
	if (reason == 0xffffffff)
		return 0xfa;
	return X86_REASON_OTHER;
}

/** x86_reason_value - the reason that has that index; not for 0 and X86_REASON_OTHER */
static inline __u32 x86_reason_value(__u32 index)
{
	if (index <= 0xc0)
		return index - 1;
	if (index <= 0xe0)
		return index - 0xc1 + 0x400;
	if (index <= 0xf8)
		return index - 0xe1 + 0x80000000;
	return index == 0xf9 ? 0xf0000000 : 0xffffffff;
}

#endif /* KVMDBG_X86_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cause of a BookE debug exit means: one table for the BPF program
 * that counts and for user space that names.
 */
#ifndef KVMDBG_BOOKE_H
#define KVMDBG_BOOKE_H

#include "kvmdbg.h"

/* Debug interrupts are enabled: without it nothing fires. */
#define BOOKE_DBCR0_IDM		0x40000000U

/**
 * BOOKE_REASON - struct kvmdbg_vcpu.reason of an exit number, two for each: the second one is that
 * of exits that user space gets to see
 *
 * Exit numbers are 0 to 15 and 32 to 42 (asm/kvm_asm.h).
 */
#define BOOKE_REASON(nr)	((((nr) & 15) | ((nr) & 32) >> 1) << 1)

/* DBSR, as in the e500 core manuals */
#define BOOKE_DBSR_IDE		0x80000000U
#define BOOKE_DBSR_ICMP		0x08000000U
#define BOOKE_DBSR_BRT		0x04000000U
#define BOOKE_DBSR_IRPT		0x02000000U
#define BOOKE_DBSR_TRAP		0x01000000U
#define BOOKE_DBSR_IAC		0x00f00000U	/* IAC1 to IAC4 */
#define BOOKE_DBSR_DACR		0x000a0000U	/* DAC1R, DAC2R */
#define BOOKE_DBSR_DACW		0x00050000U	/* DAC1W, DAC2W */
#define BOOKE_DBSR_RET		0x00008000U
#define BOOKE_DBSR_CIRPT	0x00000040U
#define BOOKE_DBSR_CRET		0x00000020U

/* KVMPPC_DEBUG_EXIT_SW_BP in the flags of the trace event */
#define BOOKE_FLAG_SW_BP	0x00000002U

/* DBCR0: what a debug register that is armed is armed for; each has its place of DBSR */
#define BOOKE_DBCR0_IAC1	0x00800000U
#define BOOKE_DBCR0_IAC2	0x00400000U
#define BOOKE_DBCR0_DAC1R	0x00080000U
#define BOOKE_DBCR0_DAC1W	0x00040000U
#define BOOKE_DBCR0_DAC2R	0x00020000U
#define BOOKE_DBCR0_DAC2W	0x00010000U

/* DBCR1, DBCR2: both registers are the ends of a range */
#define BOOKE_DBCR_RANGE	0x00c00000U

/* control of KVM_SET_GUEST_DEBUG */
#define BOOKE_GUESTDBG_SW_BP	0x10000

/**
 * BOOKE_KINDS - calls X(kind, word, bits) for each kind: an exit is of that
 * kind if any of the bits is set in the word, which is dbsr or flags
 *
 * If nothing of BOOKE_DBSR_RARE is set, those of BOOKE_KINDS_RARE need no look.
 */
#define BOOKE_KINDS(X)		\
	BOOKE_KINDS_COMMON(X)	\
	BOOKE_KINDS_RARE(X)

#define BOOKE_KINDS_COMMON(X)						\
	X(KVMDBG_STEP, dbsr, BOOKE_DBSR_ICMP)				\
	X(KVMDBG_SW_BREAK, flags, BOOKE_FLAG_SW_BP)

#define BOOKE_DBSR_RARE		(~BOOKE_DBSR_ICMP)

#define BOOKE_KINDS_RARE(X)						\
	X(KVMDBG_HW_BREAK, dbsr, BOOKE_DBSR_IAC)			\
	X(KVMDBG_WATCH_READ, dbsr, BOOKE_DBSR_DACR)			\
	X(KVMDBG_WATCH_WRITE, dbsr, BOOKE_DBSR_DACW)			\
	X(KVMDBG_BRANCH, dbsr, BOOKE_DBSR_BRT)				\
	X(KVMDBG_TRAP, dbsr, BOOKE_DBSR_TRAP)				\
	X(KVMDBG_INTERRUPT, dbsr, BOOKE_DBSR_IRPT | BOOKE_DBSR_CIRPT)	\
	X(KVMDBG_RETURN, dbsr, BOOKE_DBSR_RET | BOOKE_DBSR_CRET)	\
	X(KVMDBG_IMPRECISE, dbsr, BOOKE_DBSR_IDE)

#endif /* KVMDBG_BOOKE_H */

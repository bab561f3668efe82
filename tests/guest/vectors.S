/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt handlers.  The VMM points the guest's IVORs at them. */
#include "guest.h"

	.text

/* An interrupt nobody expected: its number goes to the panic port. */
	.macro	panic n
	.balign	16
	.globl	panic_\n
panic_\n:
	li	26, \n
	stw	26, PORT_PANIC(28)
	b	.
	.endm

	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 32, 33, 34, 35, 36, 37
	panic	\n
	.endr

/* Skips the instruction that was interrupted and counts in r22. */
	.balign	16
	.globl	h_skip, h_skip_end
h_skip:
	addi	22, 22, 1
	mfspr	21, SPR_SRR0
	addi	21, 21, 4
	mtspr	SPR_SRR0, 21
h_skip_end:
	rfi

/* Goes back to where SRR0 says: system calls and external interrupts. */
	.balign	16
	.globl	h_return, h_return_end
h_return:
	addi	23, 23, 1
h_return_end:
	rfi

/* Goes back to the link register: a fetch from an unmapped address. */
	.balign	16
	.globl	h_link, h_link_end
h_link:
	mflr	21
	mtspr	SPR_SRR0, 21
h_link_end:
	rfi

/* Decrementer: counts in r23. */
	.balign	16
	.globl	h_dec, h_dec_end
h_dec:
	lis	21, 0x0800
	mtspr	SPR_TSR, 21
	addi	23, 23, 1
h_dec_end:
	rfi

/*
 * Debug interrupts are critical ones on e500v2, and a class of their own, which
 * has its own registers and way back, on later cores: the second set is theirs.
 */
	.macro	debug_handlers on, srr0, rfxi:vararg
/* Debug: appends where it came from to the log at r24, collects DBSR in r25, counts in r23. */
	.balign	16
	.globl	h_debug\on, h_debug_end\on
h_debug\on:
	mfspr	21, \srr0
	stwu	21, 4(24)
	mfspr	22, SPR_DBSR
	or	25, 25, 22
	mtspr	SPR_DBSR, 22
	addi	23, 23, 1
h_debug_end\on:
	\rfxi

/* Debug: like h_debug, and disarms what it was, so that it can go on. */
	.balign	16
	.globl	h_disarm\on
h_disarm\on:
	li	21, 0
	mtspr	SPR_DBCR0, 21
	mfspr	21, \srr0
	stw	21, 4(24)
	mfspr	22, SPR_DBSR
	or	25, 25, 22
	mtspr	SPR_DBSR, 22
	addi	23, 23, 1
	\rfxi

/*
 * Debug: counts branch events in r23 and goes on with a step: the event comes
 * before the branch, which would be interrupted again. (Debian's emulator
 * raises it at the branch's target: the step is then that instruction's.)
 */
	.balign	16
	.globl	h_branch\on
h_branch\on:
	mfspr	22, SPR_DBSR
	mtspr	SPR_DBSR, 22
	lis	21, (DBCR0_IDM | DBCR0_BT)@h
	andis.	22, 22, DBSR_BT@h
	beq	1f
	addi	23, 23, 1
	lis	21, (DBCR0_IDM | DBCR0_IC)@h
1:	mtspr	SPR_DBCR0, 21
	\rfxi

/* Debug, in a hurry: counts in r23 and goes to burst_end at r27 of them. */
	.balign	16
	.globl	h_burst\on
h_burst\on:
	mtspr	SPR_DBSR, 26
	addi	23, 23, 1
	cmplw	23, 27
	beq	burst_end
	\rfxi
	.endm

	debug_handlers "", SPR_CSRR0, rfci
	debug_handlers _hv, SPR_DSRR0, RFDI

burst_end:
	stw	23, PORT_DONE(28)
	b	burst_end

/* Doorbells: count in r23, critical ones in r22. */
	.balign	16
	.globl	h_dbell, h_dbell_end
h_dbell:
	addi	23, 23, 1
h_dbell_end:
	rfi
	.balign	16
	.globl	h_dbell_crit, h_dbell_crit_end
h_dbell_crit:
	addi	22, 22, 1
h_dbell_crit_end:
	rfci

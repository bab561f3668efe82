/* SPDX-License-Identifier: GPL-2.0-only */
/* What matters on cores with a state of their own for guests, where few instructions come to KVM. */
#include "guest.h"

	.text
	.balign	16

/*
 * Switches MSR[DE] off (r12), on (r11), and off again; r14 is its MSR before,
 * r15 and r16 after the first two. de_trap is answered with an interrupt.
 */
	.globl	de_start, de_off, de_on, de_trap, de_end
de_start:
	mfmsr	14
de_off:
	mtmsr	12
	mfmsr	15
de_on:
	mtmsr	11
	mfmsr	16
	nop
de_trap:
	trap
	mtmsr	12
de_end:
	stw	4, PORT_SYNC(28)
	b	de_start

/* The MSR that is in r10, by way of a debug interrupt that was none (HV); then it shows it in r14. */
	.globl	de_rfdi
de_rfdi:
	bl	1f
1:	mflr	6
	addi	6, 6, 2f - 1b
	mtspr	SPR_DSRR0, 6
	mtspr	SPR_DSRR1, 10
	RFDI
2:	stw	4, PORT_SYNC(28)
	b	de_start

/* Skips what was interrupted, and shows the MSR it came from in r25. */
	.balign	16
	.globl	h_srr1
h_srr1:
	mfspr	25, SPR_SRR1
	mfspr	21, SPR_SRR0
	addi	21, 21, 4
	mtspr	SPR_SRR0, 21
	rfi

/* The message in r5 to itself, and then on with interrupts (r11). */
	.globl	db_start, db_on, db_next, db_end
db_start:
	MSGSND(5)
	addi	4, 4, 1
db_on:
	mtmsr	11
db_next:
	addi	4, 4, 1
db_end:
	stw	4, PORT_DONE(28)
	b	.

/* Like that, but they stay off. */
	.globl	db_pending
db_pending:
	MSGSND(5)
	stw	4, PORT_SYNC(28)
	b	.

/*
 * Off to where something is mapped, but no memory, with MSR[ME] off: a machine
 * check that waits. The decrementer (r4) comes, and allows it; r6 counts until
 * it is there.
 */
	.globl	mc_start
mc_start:
	lis	5, 0x0400
	mtspr	SPR_TCR, 5
	mtspr	SPR_DEC, 4
	li	6, 0
	mtctr	28
	wrteei	1
	bctr

	.balign	16
	.globl	h_mc_dec
h_mc_dec:
	lis	21, 0x0800
	mtspr	SPR_TSR, 21
	mfspr	21, SPR_SRR0
	cmplw	21, 28
	beq	1f
	/* too early: it has not got there yet */
	mtspr	SPR_DEC, 4
	rfi
1:	li	21, 0
	mtspr	SPR_TCR, 21
	mfmsr	21
	ori	21, 21, MSR_ME
	mtmsr	21
1:	addi	6, 6, 1
	b	1b

	.balign	16
	.globl	h_mc
h_mc:
	stw	6, PORT_DONE(28)
	b	.

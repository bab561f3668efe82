/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt vectors and the code that the cases of debug.c run.
 *
 * sc ends the code under test.
 */

#include "frame.h"

	.text
	.balign	0x10000
	.globl	vectors
vectors:
	handler	vec_debug_critical, 'D', frame1, SPRG1, CSRR0, CSRR1, RFCI
	handler	vec_debug, 'D', frame1, SPRG1, DSRR0, DSRR1, RFDI
	handler	vec_program, 'P', frame0, SPRG0, SRR0, SRR1, RFI
	handler	vec_decrementer, 'T', frame0, SPRG0, SRR0, SRR1, RFI
	handler	vec_other, 'X', frame0, SPRG0, SRR0, SRR1, RFI

	.balign	0x100
	.globl	vec_sc
vec_sc:
	li	%r3, 0
	mtspr	DBCR0, %r3
	mfmsr	%r3
	rlwinm	%r3, %r3, 0, 23, 21	/* not DE */
	mtmsr	%r3
	b	leave

/*
 * The code under test. In: r10 = data, r9 = 0x55, r8 = 0, r7 = CTR = 3, LR = 0, r11 and r12 =
 * args[0] and [1].
 */
	.balign	64
	.globl	c_plain, c_plain_end
c_plain:
	nop				/* 0 */
	nop				/* 1 */
	lwz	%r9, 0(%r10)		/* 2 */
	stw	%r9, 0(%r10)		/* 3 */
	lwz	%r8, 4(%r10)		/* 4 */
	stb	%r9, 7(%r10)		/* 5 */
	nop				/* 6 */
	sc				/* 7 */
c_plain_end:

	.balign	64
	.globl	c_access
c_access:
	lhz	%r9, 2(%r10)		/* 0 */
	stw	%r9, 2(%r10)		/* 1: across a word */
	dcbz	0, %r10		/* 2 */
	lwarx	%r9, 0, %r10		/* 3 */
	stwcx.	%r9, 0, %r10		/* 4 */
	stmw	%r30, 0(%r10)		/* 5 */
	lbz	%r9, 8(%r10)		/* 6 */
	sc

	.balign	64
	.globl	c_loop
c_loop:
	addi	%r8, %r8, 1		/* 0 */
	stw	%r8, 0(%r10)		/* 1 */
	bdnz	c_loop			/* 2 */
	sc

	.globl	c_branch
c_branch:
	cmpwi	%r8, 1			/* 0: not equal */
	beq	1f			/* 1: not taken */
	bl	1f			/* 2: taken */
	nop				/* 3 */
1:	mflr	%r8			/* 4 */
	stw	%r8, 0(%r10)		/* 5 */
	bdnzl	2f			/* 6: taken, CTR and LR */
	nop
2:	mflr	%r8			/* 8 */
	stw	%r8, 4(%r10)
	mfctr	%r8
	stw	%r8, 8(%r10)
	sc

/* r11 to the MSR */
	.globl	c_mtmsr
c_mtmsr:
	nop				/* 0 */
	mtmsr	%r11			/* 1 */
	nop				/* 2 */
	nop				/* 3 */
	sc

/* first with r8 = 0, then with r11, both times the same code */
	.globl	c_mtdbcr0
c_mtdbcr0:
	mtspr	DBCR0, %r8		/* 0 */
	lwz	%r9, 0(%r10)		/* 1 */
	nop				/* 2 */
	mr	%r8, %r11		/* 3 */
	addi	%r7, %r7, -1		/* 4 */
	cmpwi	%r7, 1			/* 5 */
	bne	c_mtdbcr0		/* 6 */
	sc

/* the same with another register, DBCR0 being armed already */
.macro	mtloop name, spr
	.globl	\name
\name:
	mtspr	\spr, %r12		/* 0 */
	lwz	%r9, 0(%r10)		/* 1 */
	mr	%r12, %r11		/* 2 */
	addi	%r7, %r7, -1		/* 3 */
	cmpwi	%r7, 1			/* 4 */
	bne	\name			/* 5 */
	sc
.endm
	mtloop	c_mtiac1, 0x138
	mtloop	c_mtdac1, 0x13c
	mtloop	c_mtdbcr1, 0x135
	mtloop	c_mtdbcr2, 0x136

/* clear in the DBSR what is in r11, set the MSR to r12 */
	.globl	c_clear
c_clear:
	mtspr	DBSR, %r11		/* 0 */
	mtmsr	%r12			/* 1 */
	nop				/* 2 */
	sc

	.globl	c_trap
c_trap:
	nop				/* 0 */
	twi	31, %r0, 0		/* 1 */
	nop				/* 2 */
	sc

	.globl	c_rfi
c_rfi:
	mtspr	DBCR0, %r12		/* 0: not before, run() has an rfi too */
	lis	%r8, 1f@h		/* 1 */
	ori	%r8, %r8, 1f@l		/* 2 */
	mtspr	SRR0, %r8		/* 3 */
	mtspr	SRR1, %r11		/* 4 */
	rfi				/* 5 */
	nop				/* 6 */
1:	nop				/* 7 */
	nop
	sc

	.globl	c_rfci
c_rfci:
	mtspr	DBCR0, %r12		/* 0: not before, run() has an rfi too */
	lis	%r8, 1f@h		/* 1 */
	ori	%r8, %r8, 1f@l		/* 2 */
	mtspr	CSRR0, %r8		/* 3 */
	mtspr	CSRR1, %r11		/* 4 */
	rfci				/* 5 */
	nop				/* 6 */
1:	nop				/* 7 */
	nop
	sc

/* a decrementer interrupt as soon as EE is set; TCR[DIE] and EE in r11 */
	.globl	c_decrementer
c_decrementer:
	li	%r8, 1			/* 0 */
	mtspr	22, %r8			/* 1: DEC */
	mtmsr	%r11			/* 2 */
1:	lwz	%r8, 0(%r12)		/* 3: until it was there */
	cmpwi	%r8, 0
	beq	1b
	sc

	.section .note.GNU-stack, "", @progbits
	.section .bss
	.balign	4096
	.globl	data
	.space	4096
data:	.space	4096

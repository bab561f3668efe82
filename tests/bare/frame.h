/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt handlers of the bare-metal programs: one saves everything in a frame (struct frame of
 * bare.h), calls interrupt() and goes back to what that has made of the frame.
 */

#define SPRG0		0x110
#define SPRG1		0x111
#define DBCR0		0x134
#define DBSR		0x130
#define SRR0		0x01a
#define SRR1		0x01b
#define CSRR0		0x03a
#define CSRR1		0x03b
#define DSRR0		0x23e
#define DSRR1		0x23f

#define RFI		rfi
#define RFCI		rfci
#define RFDI		".long 0x4c00004e"

.macro	handler name, nr, frame, scratch, srr0, srr1, ret
	.balign	0x100
	.globl	\name
\name:
	mtspr	\scratch, %r1
	lis	%r1, \frame@h
	ori	%r1, %r1, \frame@l
	stmw	%r0, 32(%r1)
	mfspr	%r3, \scratch
	stw	%r3, 36(%r1)
	mfcr	%r3
	stw	%r3, 16(%r1)
	mflr	%r3
	stw	%r3, 20(%r1)
	mfctr	%r3
	stw	%r3, 24(%r1)
	mfspr	%r3, \srr0
	stw	%r3, 8(%r1)
	mfspr	%r3, \srr1
	stw	%r3, 12(%r1)
	addi	%r3, %r1, 8
	li	%r4, \nr
	bl	interrupt
	lwz	%r3, 8(%r1)
	mtspr	\srr0, %r3
	lwz	%r3, 12(%r1)
	mtspr	\srr1, %r3
	lwz	%r3, 16(%r1)
	mtcr	%r3
	lwz	%r3, 20(%r1)
	mtlr	%r3
	lwz	%r3, 24(%r1)
	mtctr	%r3
	lwz	%r0, 32(%r1)
	lmw	%r2, 40(%r1)
	lwz	%r1, 36(%r1)
	\ret
.endm

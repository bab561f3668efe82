/* SPDX-License-Identifier: GPL-2.0-only */
/* How a bare-metal program starts, and how it runs the code under test and comes back. */

#include "frame.h"

	.text
	.globl	_start
_start:
	lis	%r1, stack_top@h
	ori	%r1, %r1, stack_top@l
	bl	main
1:	b	1b

/*
 * void run(const u32 *code, u32 msr): until an interrupt's handler goes to leave(). The code finds
 * r10 = data, r9 = 0x55, r8 = 0, r7 = CTR = 3, LR = 0, r11 and r12 = args[0] and [1].
 */
	.globl	run
run:
	lis	%r5, saved@h
	ori	%r5, %r5, saved@l
	stmw	%r13, 16(%r5)
	stw	%r1, 0(%r5)
	stw	%r2, 4(%r5)
	mflr	%r0
	stw	%r0, 8(%r5)
	mtspr	SRR0, %r3
	mtspr	SRR1, %r4
	lis	%r10, data@h
	ori	%r10, %r10, data@l
	lis	%r11, args@h
	ori	%r11, %r11, args@l
	lwz	%r12, 4(%r11)
	lwz	%r11, 0(%r11)
	li	%r9, 0x55
	li	%r8, 0
	li	%r7, 3
	mtctr	%r7
	mtlr	%r8
	rfi

	.globl	leave
leave:
	lis	%r5, saved@h
	ori	%r5, %r5, saved@l
	lwz	%r1, 0(%r5)
	lwz	%r2, 4(%r5)
	lwz	%r0, 8(%r5)
	lmw	%r13, 16(%r5)
	mtlr	%r0
	blr

	.section .note.GNU-stack, "", @progbits
	.section .bss
	.balign	16
saved:	.space	128
	.globl	frame0, frame1
	.space	4096
frame0:	.space	256
	.space	4096
frame1:	.space	256
	.space	16384
stack_top:
	.space	64

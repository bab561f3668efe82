/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt vectors and the code that the cases of hv.c run, most of it in guest state.
 *
 * The hypervisor's handlers are those of frame.h. The guest's write down what the guest sees and
 * call the hypervisor, and that ends the code under test.
 */

#include "frame.h"

#define ESR		0x03e
#define DEAR		0x03d
#define EPR		0x2be
#define GSRR0		0x17a
#define GSRR1		0x17b
#define MCSRR0		0x23a
#define MCSRR1		0x23b
#define SPRG2		0x112
#define SPRG3		0x113

#define RFGI		".long 0x4c0000cc"
#define RFMCI		".long 0x4c00004c"
#define HCALL		.long 0x44000022	/* sc 1 */
#define EHPRIV		.long 0x7c00021c

	.text
.macro	base name, nr
	handler	\name, \nr, frame0, SPRG0, SRR0, SRR1, RFI
.endm
.macro	critical name, nr
	handler	\name, \nr, frame1, SPRG1, CSRR0, CSRR1, RFCI
.endm

/* the guest's own handler of an interrupt */
.macro	guest name, nr
	.balign	0x80
	.globl	\name
\name:
	mtspr	SPRG2, %r3
	mtspr	SPRG3, %r4
	lis	%r3, guest_hit@h
	ori	%r3, %r3, guest_hit@l
	li	%r4, \nr
	stw	%r4, 0(%r3)
	mfspr	%r4, SRR0
	stw	%r4, 4(%r3)
	mfspr	%r4, SRR1
	stw	%r4, 8(%r3)
	mfmsr	%r4
	stw	%r4, 12(%r3)
	mfspr	%r4, ESR
	stw	%r4, 16(%r3)
	mfspr	%r4, DEAR
	stw	%r4, 20(%r3)
	mfspr	%r4, EPR
	stw	%r4, 24(%r3)
	mfspr	%r4, SPRG3
	mfspr	%r3, SPRG2
	HCALL
.endm

	.balign	0x10000
	.globl	vectors
vectors:
	critical vec_critical, 'x'
	handler	vec_mcheck, 'M', frame1, SPRG1, MCSRR0, MCSRR1, RFMCI
	base	vec_dsi, 'D'
	base	vec_isi, 'I'
	base	vec_external, 'E'
	base	vec_program, 'P'
	base	vec_sc, 'S'
	base	vec_decrementer, 'T'
	base	vec_fit, 'F'
	critical vec_watchdog, 'W'
	base	vec_dtlb, 'd'
	base	vec_itlb, 'i'
	handler	vec_debug, 'B', frame1, SPRG1, DSRR0, DSRR1, RFDI
	base	vec_doorbell, 'b'
	critical vec_doorbell_critical, 'c'
	handler	vec_guest_doorbell, 'g', frame0, SPRG0, GSRR0, GSRR1, RFGI
	critical vec_guest_doorbell_critical, 'G'
	base	vec_hcall, 'H'
	base	vec_hypervisor, 'V'
	base	vec_other, 'X'

	.balign	0x10000
	.globl	guest_vectors
guest_vectors:
	guest	guest_dsi, 'D'
	guest	guest_isi, 'I'
	guest	guest_external, 'E'
	guest	guest_sc, 'S'
	guest	guest_dtlb, 'd'
	guest	guest_itlb, 'i'

/* The code under test. In: r10 = data, r9 = 0x55, r8 = 0, LR = 0, r11 and r12 = args[0] and [1]. */
	.balign	64
	.globl	c_plain
c_plain:
	nop				/* 0 */
	nop				/* 1 */
	HCALL				/* 2 */

	.globl	c_sc
c_sc:
	nop				/* 0 */
	sc				/* 1 */
	HCALL

	.globl	c_load
c_load:
	lwz	%r9, 0(%r11)		/* 0 */
	HCALL

	.globl	c_store
c_store:
	stw	%r9, 0(%r11)		/* 0 */
	HCALL

	.globl	c_jump
c_jump:
	mtlr	%r11			/* 0 */
	blr				/* 1 */

	.globl	c_mtmsr
c_mtmsr:
	nop				/* 0 */
	mtmsr	%r11			/* 1 */
	mfmsr	%r9			/* 2 */
	HCALL				/* 3 */

	.globl	c_rfi
c_rfi:
	lis	%r8, 1f@h		/* 0 */
	ori	%r8, %r8, 1f@l		/* 1 */
	mtspr	SRR0, %r8		/* 2 */
	mtspr	SRR1, %r11		/* 3 */
	rfi				/* 4 */
	nop				/* 5 */
1:	mfmsr	%r9			/* 6 */
	HCALL				/* 7 */

	.globl	c_rfgi
c_rfgi:
	lis	%r8, 1f@h		/* 0 */
	ori	%r8, %r8, 1f@l		/* 1 */
	mtspr	GSRR0, %r8		/* 2 */
	mtspr	GSRR1, %r11		/* 3 */
	.long	0x4c0000cc		/* 4: rfgi */
	nop				/* 5 */
1:	mfmsr	%r9			/* 6 */
	HCALL				/* 7 */

	.globl	c_ehpriv
c_ehpriv:
	EHPRIV				/* 0 */
	HCALL

/* the user's SPRG3 */
	.globl	c_usprg3
c_usprg3:
	mfspr	%r9, 0x103
	HCALL

/* one instruction, put there by the case, with r11 and r12 in, r9 out */
	.balign	64
	.globl	c_any
c_any:
	nop				/* 0 */
	nop				/* 1 */
	HCALL				/* 2 */
	.balign	64

/* what an access by external PID reads at r11, and writes there */
	.globl	c_lwepx
c_lwepx:
	.long	0x7d20583e		/* lwepx r9, 0, r11 */
	HCALL

	.globl	c_stwepx
c_stwepx:
	.long	0x7d20593e		/* stwepx r9, 0, r11 */
	HCALL

	.section .note.GNU-stack, "", @progbits
	.section .bss
	.globl	guest_hit
guest_hit: .space 32
	.balign	4096
	.globl	data, page_a, page_b
data:	.space	4096
page_a:	.space	4096
page_b:	.space	4096

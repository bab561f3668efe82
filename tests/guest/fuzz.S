/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random values into every debug register that a guest can reach, and in between what makes
 * interrupts of all kinds. r4 is the state of the random numbers, r23 counts debug interrupts,
 * r22 other ones, r3 the rounds.
 */
#include "guest.h"

	.text
	.balign	16

	/* xorshift32 */
	.macro	random
	slwi	5, 4, 13
	xor	4, 4, 5
	srwi	5, 4, 17
	xor	4, 4, 5
	slwi	5, 4, 5
	xor	4, 4, 5
	.endm

	.macro	put spr
	random
	mtspr	\spr, 4
	.endm

	/* One of the first 256 instructions of the loop, or anything. */
	.macro	put_code spr
	random
	rlwinm	5, 4, 0, 22, 29
	add	5, 5, 10
	mtspr	\spr, 5
	.endm

	/* One of 64 bytes of the data that are read and written here. */
	.macro	put_data spr
	random
	rlwinm	5, 4, 8, 26, 31
	add	5, 5, 29
	mtspr	\spr, 5
	.endm

	/* Those bits of MSR that leave a guest on its feet: see h_fuzz. */
	.macro	random_msr
	random
	and	5, 4, 11
	ori	5, 5, MSR_ME
	.endm

	/* Go on here if one random bit says so, past the label if not. */
	.macro	maybe label
	random
	andi.	5, 4, 0x80
	beq	\label
	.endm

	.globl	fuzz_start, fuzz_loop, fuzz_end
fuzz_start:
	lis	10, fuzz_loop@h
	ori	10, 10, fuzz_loop@l
	lis	11, (MSR_DE | MSR_EE | MSR_CE | MSR_PR | MSR_SPE)@h
	ori	11, 11, (MSR_DE | MSR_EE | MSR_CE | MSR_PR | MSR_SPE)@l
fuzz_loop:
	addi	3, 3, 1
	put_code SPR_IAC1
	put_data SPR_DAC1
	maybe	1f
	put	SPR_IAC2
	put	SPR_DAC2
	b	2f
1:	put_code SPR_IAC2
	put_data SPR_DAC2
2:	maybe	3f
	put	SPR_DBCR1
	put	SPR_DBCR2
	b	4f
3:	li	5, 0
	mtspr	SPR_DBCR1, 5
	mtspr	SPR_DBCR2, 5
4:	put	SPR_DBSR
	put	SPR_DBCR0
	random_msr
	mtmsr	5
	mfspr	6, SPR_DBCR0
	stw	6, 0(29)
	lwz	7, 8(29)
	lbz	7, 17(29)
	sth	7, 34(29)
	mfspr	6, SPR_DBCR1
	mfspr	6, SPR_DBCR2
	mfspr	6, SPR_DBSR
	mfspr	6, SPR_IAC1
	mfspr	6, SPR_IAC2
	mfspr	6, SPR_DAC1
	mfspr	6, SPR_DAC2
	maybe	5f
	sc
	trap
	.long	0
5:	maybe	6f
	lwz	7, 0(30)
	stw	7, 0(31)
	lwz	7, 0(31)
	lwarx	7, 0, 29
	stwcx.	7, 0, 29
	evxor	7, 7, 7
6:	maybe	7f
	/* what e500v2 does not have, or keeps to itself */
	put	SPR_IAC3
	put	SPR_IAC4
	put	SPR_DVC1
	put	SPR_DVC2
	put	SPR_DSRR0
	put	SPR_DSRR1
	put	SPR_EPCR
	mfspr	6, SPR_DSRR0
	mfspr	6, SPR_IAC4
7:	maybe	8f
	/* back from a critical interrupt that was none, into any mode */
	.globl	fuzz_back, fuzz_back_end
fuzz_back:
	bl	1f
1:	mflr	6
	addi	6, 6, 1f - 1b
	mtspr	SPR_CSRR0, 6
	random_msr
	mtspr	SPR_CSRR1, 5
	rfci
fuzz_back_end:
1:	put	SPR_DBCR0
8:	maybe	9f
	/* a decrementer interrupt soon */
	lis	6, 0x0400
	mtspr	SPR_TCR, 6
	random
	rlwinm	5, 4, 0, 20, 31
	mtspr	SPR_DEC, 5
	wrteei	1
9:	maybe	1f
	put	SPR_DBSR
	stw	7, PORT_IO(28)
	lwz	7, PORT_IO+4(28)
1:	random
	andi.	5, 4, 0x0100
	bne	fuzz_loop
	stw	3, PORT_SYNC(28)
fuzz_end:
	b	fuzz_loop

/* All but debug interrupts: over what did it, in supervisor mode. */
	.balign	16
	.globl	h_fuzz
h_fuzz:
	addi	22, 22, 1
	mfspr	21, SPR_SRR0
	addi	21, 21, 4
	mtspr	SPR_SRR0, 21
	mfspr	21, SPR_SRR1
	rlwinm	21, 21, 0, 18, 16
	mtspr	SPR_SRR1, 21
	rfi

/* The same, but back: system calls, decrementer, external interrupts. */
	.balign	16
	.globl	h_fuzz_back
h_fuzz_back:
	addi	22, 22, 1
	lis	21, 0x0800
	mtspr	SPR_TSR, 21
	mfspr	21, SPR_SRR1
	rlwinm	21, 21, 0, 18, 15
	mtspr	SPR_SRR1, 21
	rfi

/* Debug, also out of the other handlers: disarms, so that it can go on. See vectors.S for _hv. */
	.macro	fuzz_debug on, rfxi:vararg
	.balign	16
	.globl	h_fuzz_debug\on
h_fuzz_debug\on:
	li	24, 0
	mtspr	SPR_DBCR0, 24
	mfspr	24, SPR_DBSR
	mtspr	SPR_DBSR, 24
	addi	23, 23, 1
	\rfxi
	.endm

	fuzz_debug "", rfci
	fuzz_debug _hv, RFDI

/* SPDX-License-Identifier: GPL-2.0-only */
/* What an exit costs, as the guest sees it: r3 rounds, time base differences logged at r5. */
#include "guest.h"

	.text
	.balign	16

/* The log begins below r5. A round: read the time, the instruction in question, read the time. */
.macro TIMED label inst:vararg
	.globl	\label
\label:
	mtctr	3
	addi	5, 5, -4
1:	mfspr	6, SPR_TBL
	\inst
	mfspr	8, SPR_TBL
	subf	8, 6, 8
	stwu	8, 4(5)
	bdnz	1b
	stw	4, PORT_DONE(28)
	b	.
.endm

	TIMED	bench_plain, nop
	TIMED	bench_emulated, mfspr 7, SPR_SPRG0
	TIMED	bench_emulated_hv, mfspr 7, SPR_IVPR

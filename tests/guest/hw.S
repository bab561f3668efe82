/* SPDX-License-Identifier: GPL-2.0-only */
/* For hardware breakpoints and watchpoints. */
#include "guest.h"

	.text
	.balign	16

/* r3 times round: one of each; r4 counts. */
	.globl	hw_start, hw_loop, hw_store, hw_load, hw_other, hw_emul, hw_bdnz
	.globl	hw_done
hw_start:
	li	4, 0
	mtctr	3
hw_loop:
	addi	4, 4, 1
hw_store:
	stw	4, 0(29)
hw_load:
	lwz	5, 0(29)
hw_other:
	lbz	6, 8(29)
hw_emul:
	mfspr	7, SPR_IVPR
hw_bdnz:
	bdnz	hw_loop
hw_done:
	stw	4, PORT_DONE(28)
	b	.

/* A breakpoint of its own at r13, and goes there. */
	.globl	hw_own
hw_own:
	mtspr	SPR_IAC1, 13
	mtspr	SPR_DBCR0, 10
	mtspr	SPR_SRR0, 13
	mtspr	SPR_SRR1, 11
	rfi

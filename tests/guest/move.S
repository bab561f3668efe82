/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests whose vCPU is moved, or shares its CPU with somebody who debugs as well. */
#include "guest.h"

	.text
	.balign	16

/* r3 times round, r5 iterations without an exit in each; r4 counts. */
	.globl	mv_start, mv_loop, mv_bp, mv_store, mv_end
mv_start:
	li	4, 0
mv_loop:
	mtctr	5
1:	bdnz	1b
mv_bp:
	addi	4, 4, 1
mv_store:
	stw	4, 0(29)
	cmplw	4, 3
	bne	mv_loop
mv_end:
	stw	4, PORT_DONE(28)
	b	.

/* Reads the page at MAPPED_RO and says so, for ever. */
	.globl	ro_start, ro_load
ro_start:
	addi	4, 4, 1
ro_load:
	lwz	5, 0(31)
	stw	4, PORT_SYNC(28)
	b	ro_start

/*
 * A breakpoint of its own at late_at (r13), with MSR[DE] off: the processor
 * makes a note of it and interrupts nobody. r10 is DBCR0.
 */
	.globl	late_start, late_at
late_start:
	mtspr	SPR_IAC1, 13
	mtspr	SPR_DBCR0, 10
	nop
late_at:
	addi	4, 4, 1
	stw	4, PORT_SYNC(28)
	b	late_at

/*
 * r3 times: arms watchpoints from DAC1 (r13) to DAC2 (r14) once more, with
 * DBCR2 (r15), DBCR0 (r10), and MSR[DE] on (r11).
 */
	.globl	pr_start
pr_start:
	li	4, 0
	mtspr	SPR_DAC1, 13
	mtspr	SPR_DAC2, 14
	mtspr	SPR_DBCR2, 15
	mtmsr	11
1:	mtspr	SPR_DBCR0, 10
	addi	4, 4, 1
	cmplw	4, 3
	bne	1b
	stw	4, PORT_DONE(28)
	b	.

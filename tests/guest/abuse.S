/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that makes KVM hand an exception back to the guest, in a loop. */
#include "guest.h"

	.text
	.balign	16

/* r3 times round; in the guest's supervisor or user mode, as the VMM says. */
	.globl	abuse_start, abuse_user_only
abuse_start:
	mtctr	3
1:	addi	4, 4, 1
	sc
	trap
	mfspr	5, SPR_SPRG0
	mtspr	SPR_SPRG0, 5
	mfmsr	5
	lwz	6, 0(30)
	stw	6, 0(30)
	lwz	6, 0(31)
	stw	6, 0(31)
	.long	0x10a52a00		/* evaddw: SPE unavailable */
	wrteei	0
	lwz	6, PORT_IO(28)
	sc
	sc
	trap
	mfspr	5, SPR_DBCR0
abuse_user_only:
	nop				/* illegal instruction, in user mode */
	bdnz	1b
	stw	4, PORT_DONE(28)
	b	.

/* A system call, a counter, a system call, for ever. */
	.globl	sc_start
sc_start:
	mtctr	3
1:	sc
	addi	4, 4, 1
	bdnz	1b
	stw	4, PORT_DONE(28)
	b	.

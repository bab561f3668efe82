/* SPDX-License-Identifier: GPL-2.0-only */
/* Software breakpoints. */
#include "guest.h"

	.text
	.balign	16

/* r3 times round, one breakpoint each; r4 counts what was executed. */
	.globl	bp_start, bp_loop, bp_at, bp_next
bp_start:
	li	4, 0
	mtctr	3
bp_loop:
	addi	4, 4, 1
bp_at:
	.long	GUEST_SW_BP
bp_next:
	addi	5, 5, 1
	bdnz	bp_loop
	stw	4, PORT_DONE(28)
	b	.

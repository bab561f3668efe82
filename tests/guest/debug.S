/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest that uses its own debug registers. */
#include "guest.h"

	.text
	.balign	16

/*
 * Steps itself through gd_first..gd_last, round after round: r10 is the DBCR0
 * it wants, r11 its MSR with DE, r12 without.  Between the rounds it shows
 * what it reads: r14 MSR with DE on, r15 DBCR0, r16 IAC1, r17 DBCR1, r18 DBSR.
 */
	.globl	gd_start, gd_round, gd_first, gd_last, gd_off
gd_start:
	mtspr	SPR_IAC1, 13
	mtspr	SPR_DBCR1, 19
	mtspr	SPR_DBCR0, 10
gd_round:
	mtmsr	11
gd_first:
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
gd_last:
	nop
	mfmsr	14
	mtmsr	12
gd_off:
	mfspr	15, SPR_DBCR0
	mfspr	16, SPR_IAC1
	mfspr	17, SPR_DBCR1
	mfspr	18, SPR_DBSR
	stw	4, PORT_SYNC(28)
	b	gd_round

/* Tries to change its debug registers, says what it reads, and goes on. */
	.globl	gd_write
gd_write:
	mtspr	SPR_DBCR0, 5
	mtspr	SPR_IAC1, 5
	mtspr	SPR_DBCR1, 5
	mfspr	15, SPR_DBCR0
	mfspr	16, SPR_IAC1
	mfspr	17, SPR_DBCR1
	stw	4, PORT_SYNC(28)
	b	gd_round

/* Ready to take debug interrupts, none of its own making; then a loop. */
	.globl	gi_start, gi_sync, gi_loop
gi_start:
	mtspr	SPR_DBCR0, 10
	mtmsr	11
gi_sync:
	stw	4, PORT_SYNC(28)
gi_loop:
	addi	4, 4, 1
	addi	4, 4, 1
	addi	4, 4, 1
	b	gi_loop

/*
 * Branch event after a long straight way without an exit; ctr is its start.
 * No branch leads to another one: see h_branch.
 */
	.globl	gb_start, gb_branch, gb_landed, gb_end
gb_start:
	mtspr	SPR_DBCR0, 10
	mtmsr	11
	bctr
gb_branch:
	nop
	b	gb_landed
	nop
gb_landed:
	nop
	mtmsr	12
gb_end:
	stw	4, PORT_DONE(28)
	b	.

/* A watchpoint of its own on a device: r13 is the address, r10 its DBCR0. */
	.globl	gw_start, gw_at
gw_start:
	mtspr	SPR_DAC1, 13
	mtspr	SPR_DBCR0, 10
	mtmsr	11
	lwz	5, PORT_IO(28)
gw_at:
	stw	4, PORT_IO(28)
	mtmsr	12
	stw	4, PORT_DONE(28)
	b	.

/* Every instruction of the loop is an event of the guest's own: see h_burst. */
	.globl	burst_start
burst_start:
	mtspr	SPR_DBCR0, 10
	mtmsr	11
1:	addi	4, 4, 1
	b	1b

/*
 * Asks for everything it can: all of DBCR0 but what resets the machine,
 * supervisor-mode events, and addresses of the host's kernel (0xc...), new
 * ones each time round, between exits of several kinds.  r3 times; r4 is the
 * state of the random numbers, r11 the MSR with DE.
 */
	.globl	sv_start
sv_start:
	mtctr	3
	lis	6, 1664525@h
	ori	6, 6, 1664525@l
	lis	7, 1013904223@h
	ori	7, 7, 1013904223@l
	lis	8, 0xc000
	mtmsr	11
1:	mullw	4, 4, 6
	add	4, 4, 7
	mtspr	SPR_DBCR1, 4
	nor	5, 4, 4
	mtspr	SPR_DBCR2, 5
	srwi	5, 4, 10
	rlwinm	5, 5, 0, 0, 29
	or	5, 5, 8
	mtspr	SPR_IAC1, 5
	addi	5, 5, 4
	mtspr	SPR_IAC2, 5
	mtspr	SPR_DAC1, 5
	mtspr	SPR_DAC2, 8
	rlwinm	5, 4, 7, 0, 31
	oris	5, 5, 0x40ff
	rlwinm	5, 5, 0, 4, 1
	mtspr	SPR_DBCR0, 5
	mfspr	9, SPR_SPRG0
	lwz	9, PORT_IO(28)
	mfspr	9, SPR_DBCR0
	bdnz	1b
	mtmsr	12
	stw	4, PORT_DONE(28)
	b	.

/* One round with the supervisor-mode bits (US = 10) of every IAC and DAC. */
	.globl	us_start
us_start:
	mtspr	SPR_IAC1, 3
	mtspr	SPR_DAC1, 3
	mtspr	SPR_DBCR1, 5
	mtspr	SPR_DBCR2, 6
	mtspr	SPR_DBCR0, 10
	mtmsr	11
	mfspr	7, SPR_DBCR1
	mfspr	8, SPR_DBCR2
	stw	4, PORT_DONE(28)
	b	.

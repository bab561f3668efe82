/* SPDX-License-Identifier: GPL-2.0-only */
/* Sequences to step through; the labels are what the scenarios expect. */
#include "guest.h"

	.text
	.balign	16

	.globl	unmapped
	.set	unmapped, UNMAPPED

	.globl	step_plain, sp_second, sp_third, step_plain_end
step_plain:
	li	4, 1
sp_second:
	addi	4, 4, 1
sp_third:
	stw	4, 0(29)
	lwz	5, 0(29)
	cmpwi	5, 2
	mtctr	5
	nop
step_plain_end:
	nop

	.globl	step_branch, sb_loop, sb_bdnz, sb_bl, sb_ret, sb_beq, sb_fn, sb_fn_end
	.globl	sb_far, step_branch_end
step_branch:
	li	4, 3
	li	5, 0
	mtctr	4
sb_loop:
	addi	5, 5, 1
sb_bdnz:
	bdnz	sb_loop
sb_bl:
	bl	sb_fn
sb_ret:
	cmpwi	5, 3
sb_beq:
	beq	sb_far
	b	.
	.balign	64
sb_fn:
	nop
sb_fn_end:
	blr
	.balign	4096
sb_far:
	addi	5, 5, 1
step_branch_end:
	nop

/* One emulated instruction between two plain ones, of each kind. */
	.globl	step_emul, step_emul_end
step_emul:
	nop
	mfspr	4, SPR_PVR
	nop
	mtspr	SPR_SPRG0, 4
	nop
	mfspr	6, SPR_SPRG0
	nop
	mfmsr	5
	nop
	mtmsr	5
	nop
	wrteei	0
	nop
	wrtee	5
	nop
	mtspr	SPR_MAS0, 7
	nop
	mtspr	SPR_MAS1, 8
	nop
	tlbwe
	nop
	tlbsx	0, 29
	nop
	mfspr	9, SPR_MAS2
	nop
	mfspr	9, SPR_IVPR
	nop
step_emul_end:
	nop

/* Nothing but emulated instructions, an rfi among them. */
	.globl	step_chain, sc_rfi, sc_target, step_chain_end
step_chain:
	mfspr	4, SPR_PVR
	mtspr	SPR_SPRG0, 4
	mfspr	5, SPR_SPRG0
	mfmsr	6
	mtspr	SPR_SRR0, 10
	mtspr	SPR_SRR1, 6
	wrteei	0
	mfspr	9, SPR_IVPR
	mtspr	SPR_CSRR0, 9
	mfspr	9, SPR_CSRR0
sc_rfi:
	rfi
	b	.
	.balign	32
sc_target:
	mfmsr	7
	mtmsr	7
	mfspr	8, SPR_SRR0
step_chain_end:
	mfspr	9, SPR_SPRG0

/* Loads and stores that user space completes, alone and back to back. */
	.globl	step_mmio, step_mmio_end
step_mmio:
	nop
	lwz	4, PORT_IO(28)
	addi	5, 4, 1
	stw	5, PORT_IO+4(28)
	nop
	lwz	6, PORT_IO+4(28)
	lwz	7, PORT_IO(28)
	stw	6, PORT_IO+8(28)
	stw	7, PORT_IO+12(28)
	lhz	8, PORT_IO+2(28)
	lha	9, PORT_IO(28)
	mr	10, 28
	lwzu	11, PORT_IO+8(10)
	mfspr	12, SPR_PVR
	stwu	12, 4(10)
	nop
step_mmio_end:
	nop

/* A load and a store that a device in the kernel completes. */
	.globl	step_mpic, step_mpic_end
step_mpic:
	nop
	lwz	4, 0(10)
	nop
	lwz	5, 0(10)
	stw	6, 0(11)
	lwz	7, 0(11)
	nop
step_mpic_end:
	nop

	.globl	step_sc, step_sc_at, step_sc_next, step_sc_end
step_sc:
	nop
step_sc_at:
	sc
step_sc_next:
	nop
step_sc_end:
	nop

	.globl	step_trap, step_trap_at, step_trap_next, step_trap_end
step_trap:
	nop
step_trap_at:
	trap
step_trap_next:
	nop
step_trap_end:
	nop

	.globl	step_illegal, step_illegal_at, step_illegal_next, step_illegal_end
step_illegal:
	nop
step_illegal_at:
	.long	0
step_illegal_next:
	nop
step_illegal_end:
	nop

	.globl	step_dtlb, step_dtlb_at, step_dtlb_next, step_dtlb_end
step_dtlb:
	nop
step_dtlb_at:
	lwz	4, 0(30)
step_dtlb_next:
	nop
step_dtlb_end:
	nop

	.globl	step_dsi, step_dsi_at, step_dsi_next, step_dsi_end
step_dsi:
	lwz	4, 0(31)
step_dsi_at:
	stw	4, 0(31)
step_dsi_next:
	nop
step_dsi_end:
	nop

	.globl	step_itlb, step_itlb_at, step_itlb_next, step_itlb_end
step_itlb:
	mtctr	30
step_itlb_at:
	bctrl
step_itlb_next:
	nop
step_itlb_end:
	nop

/* A privileged instruction of the guest's user mode. */
	.globl	step_priv, step_priv_at, step_priv_next, step_priv_end
step_priv:
	nop
step_priv_at:
	mfspr	4, SPR_SPRG0
step_priv_next:
	nop
step_priv_end:
	nop

/* The decrementer comes while the loop is stepped: r4 ticks, ctr iterations. */
	.globl	step_dec, sd_loop, sd_bdnz, step_dec_end
step_dec:
	lis	5, 0x0400
	mtspr	SPR_TCR, 5
	mtspr	SPR_DEC, 4
	wrteei	1
sd_loop:
	addi	7, 7, 1
sd_bdnz:
	bdnz	sd_loop
step_dec_end:
	nop

/* Four instructions for ever; r4 counts. */
	.globl	loop_start, loop_end
loop_start:
	addi	4, 4, 1
	xor	5, 4, 6
	add	6, 6, 5
loop_end:
	b	loop_start

/* An emulated instruction each time round; r4 counts. */
	.globl	emul_start, emul_end
emul_start:
	addi	4, 4, 1
	mfspr	5, SPR_IVPR
emul_end:
	b	emul_start

/* MMIO for ever: each write is a trip to user space; r4 counts. */
	.globl	mmio_start
mmio_start:
	addi	4, 4, 1
	stw	4, PORT_SYNC(28)
	b	mmio_start

/* ctr iterations without an exit, then a software breakpoint. */
	.globl	long_start, long_bp, long_next, long_end
long_start:
	mtctr	3
1:	bdnz	1b
long_bp:
	.long	GUEST_SW_BP
long_next:
	nop
long_end:
	b	long_start

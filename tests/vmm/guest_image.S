/* SPDX-License-Identifier: GPL-2.0-only */
/* The guests' code, a linked ELF file with its symbols. */
	.section .rodata
	.balign	16
	.globl	guest_image, guest_image_end
guest_image:
	.incbin	GUEST_ELF
guest_image_end:
	.section .note.GNU-stack, "", @progbits

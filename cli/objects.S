/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF objects, as part of the program. */
	.section .rodata
	.balign	16
	.globl	booke_bpf_object, booke_bpf_object_end
booke_bpf_object:
	.incbin	"booke.bpf.o"
booke_bpf_object_end:
	.balign	16

	.section .note.GNU-stack, "", %progbits

/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF objects, as part of the program. */
	.section .rodata
	.balign	16
	.globl	booke_bpf_object, booke_bpf_object_end
booke_bpf_object:
	.incbin	"booke.bpf.o"
booke_bpf_object_end:
	.balign	16

#ifndef __powerpc__
	.globl	x86_bpf_object, x86_bpf_object_end
x86_bpf_object:
	.incbin	"x86.bpf.o"
x86_bpf_object_end:
	.balign	16
#endif

	.section .note.GNU-stack, "", %progbits

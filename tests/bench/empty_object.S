/* SPDX-License-Identifier: GPL-2.0-only */
	.section .rodata
	.balign	16
	.globl	empty_bpf_object, empty_bpf_object_end
empty_bpf_object:
	.incbin	"empty.bpf.o"
empty_bpf_object_end:
	.section .note.GNU-stack, "", %progbits

/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF objects, and what completes command lines in shells, as part of the program. */
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

	.globl	completion_bash, completion_zsh
completion_bash:
	.incbin	"cli/completion.bash"
	.byte	0
completion_zsh:
	.incbin	"cli/completion.zsh"
	.byte	0

	.section .note.GNU-stack, "", %progbits

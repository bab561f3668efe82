/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guests of kvmdbg-vmm on x86, in real mode: a loop for each thing to do. It is copied to
 * 0x1000. All but the last part means the same in protected mode with 32 bits.
 *
 * It is also linked to that address, as a file with symbols that is loaded like a kernel.
 */
	.section .guest, "ax"
	.code16

	.macro label name
	.globl \name
\name:
	.endm

label x86_guest
label x86_step
	inc	%ax
	inc	%bx
	nop
	jmp	x86_step
label x86_hw
	inc	%cx
label x86_hw_here
	nop
	jmp	x86_hw
label x86_sw
	inc	%dx
label x86_sw_here
	int3
	jmp	x86_sw
label x86_io
	out	%al, $0x10
	jmp	x86_io
label x86_trap
	out	%al, $0x11		/* TRAP_PORT */
	jmp	x86_trap
label x86_write
	mov	%al, (%bx)		/* or (%edi) */
label x86_written
	out	%al, $0x11
label x86_read
	mov	(%bx), %al
label x86_was_read
	out	%al, $0x11
label x86_dr
	mov	%dr7, %eax
	dec	%cx
	jnz	x86_dr
	out	%al, $0x10		/* DONE_PORT */
label x86_own				/* single-steps itself, one instruction at a time */
	pushf
	pop	%ax
	or	$0x100, %ax
	push	%ax
	popf
	nop
	dec	%cx
	jnz	x86_own
	out	%al, $0x10
label x86_handler
	push	%bp
	mov	%sp, %bp
	andw	$0xfeff, 6(%bp)
	pop	%bp
	iret
label x86_guest_end

	/* what it reads and writes */
	.globl	x86_data
	.section .guest_data, "aw", @nobits
	.type	x86_data, @object
x86_data:
	.skip	16
	.size	x86_data, 16
	.section .note.GNU-stack, "", @progbits

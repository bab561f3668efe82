/* SPDX-License-Identifier: GPL-2.0-only */
/* A PC's firmware that only loops, for QEMU and gdb. It copies the loop to RAM at 0x1000. */
	.code16
	.globl _start
_start:
	cld
	xor %ax, %ax
	mov %ax, %es
	mov %ax, %ss
	mov $0x8000, %sp
	mov $0xf000, %ax
	mov %ax, %ds
	mov $loop_start, %si
	mov $0x1000, %di
	mov $(loop_end - loop_start), %cx
	rep movsb
	xor %ax, %ax
	mov %ax, %ds
	mov $0x9000, %bx
	ljmp $0, $0x1000
loop_start:
	inc %ax			/* 1000 */
	mov %al, (%bx)		/* 1001 */
	nop			/* 1003 */
	mov (%bx), %al		/* 1004 */
	nop			/* 1006 */
	nop			/* 1007 */
	jmp loop_start		/* 1008 */
loop_end:
	.org 0xfff0
	ljmp $0xf000, $_start
	.org 0x10000

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests/unit/test_symbols.c looks for, for every machine that has a nop. Functions begin 64
 * bytes apart.
 */
	.macro function name
	.ifdef OPD
	.globl \name
	.type \name, %function
	.section .opd, "aw"
\name:
	.quad .L\name, .TOC.@tocbase, 0
	.text
	.balign 64
.L\name:
	.else
	.text
	.balign 64
	.globl \name
	.type \name, %function
\name:
	.endif
	.endm

	.macro done name
	.ifdef OPD
	.size \name, . - .L\name
	.else
	.size \name, . - \name
	.endif
	.endm

	.file 1 "guest/first.c"
	function first
	.loc 1 10
	nop
	.loc 1 11
	nop
	.balign 16
	.loc 1 12
	nop
	.balign 32
	done first

	/* 0x40: a label within a function, and a function within a function */
	function outer
	.loc 1 20
	nop
	.balign 16
label_in_outer:
	.loc 1 21
	nop
	.balign 16
	.type inner, %function
inner:
	nop
	.balign 8
	.size inner, 8
	.balign 64
	done outer

	/* 0x80: several names for one place */
	function named
	.ifndef OPD
	.globl __named
	.weak weak_named
	.set __named, named
	.set weak_named, named
local_named:
$x:
	.endif
	nop
	.balign 16
	done named

	/* 0xc0: to the end */
	.text
	.balign 64
unsized:
	nop
	.balign 16
	nop
	.set number, 0x1234

	.data
	.balign 16
	.globl counter
	.type counter, %object
counter:
	.long 0, 0
	.size counter, 8
	.type evil_name, %object
evil_name:
	.long 0
	.size evil_name, 4

	.section .note.none, "", %note
	.long 0
not_loaded:
	.long 0

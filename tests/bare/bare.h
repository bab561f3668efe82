/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the bare-metal programs share: registers, TLB entries, and TAP on the serial port.
 */
#ifndef BARE_H
#define BARE_H

typedef unsigned int u32;
typedef unsigned char u8;

#define SPR_CSRR0	0x03a
#define SPR_CSRR1	0x03b
#define SPR_IVPR	0x03f
#define SPR_PVR		0x11f
#define SPR_DBSR	0x130
#define SPR_DBCR0	0x134
#define SPR_DBCR1	0x135
#define SPR_DBCR2	0x136
#define SPR_IAC1	0x138
#define SPR_IAC2	0x139
#define SPR_DAC1	0x13c
#define SPR_DAC2	0x13d
#define SPR_TSR		0x150
#define SPR_TCR		0x154
#define SPR_IVOR0	0x190
#define SPR_MAS0	0x270
#define SPR_MAS1	0x271
#define SPR_MAS2	0x272
#define SPR_MAS3	0x273
#define SPR_MAS7	0x3b0

#define mtspr(spr, val)	asm volatile("mtspr %0, %1; isync" : : "i" (spr), "r" (val) : "memory")
#define mfspr(spr)	({ u32 val; asm volatile("mfspr %0, %1" : "=r" (val) : "i" (spr)); val; })
#define IVOR(n, vec)	mtspr(SPR_IVOR0 + (n), (u32)(vec) & 0xfff0)
#define mtmsr(val)	asm volatile("mtmsr %0; isync" : : "r" (val) : "memory")
#define mfmsr()		({ u32 val; asm volatile("mfmsr %0" : "=r" (val)); val; })

#define MSR_CE		0x20000u
#define MSR_EE		0x08000u
#define MSR_PR		0x04000u
#define MSR_ME		0x01000u
#define MSR_DE		0x00200u
#define MSR_IS		0x00020u
#define MSR_DS		0x00010u

/* DBCR0 and DBSR */
#define IDE		0x80000000u
#define IDM		0x40000000u
#define ICMP		0x08000000u
#define BRT		0x04000000u
#define IRPT		0x02000000u
#define TRAP		0x01000000u
#define IAC(n)		(0x01000000u >> (n))
#define DACR(n)		(0x00200000u >> 2 * (n))
#define DACW(n)		(0x00100000u >> 2 * (n))
#define RET		0x00008000u
#define CIRPT		0x00000040u
#define CRET		0x00000020u
#define EVENTS		0xcfff8060u

/* as the handlers of frame.h lay it out */
struct frame {
	u32 pc, msr, cr, lr, ctr, pad, r[32];
};

extern u32 tests, failed;

void print(const char *s);
void print_char(char c);
void print_hex(u32 val);
void print_dec(u32 val);
/* a case's result; true if it is one that failed */
int result(int good, const char *what);
void plan(void);
void quit(void) __attribute__((noreturn));
/* one entry of TLB1, for all */
void map(u32 entry, u32 size, u32 ts, u32 ea, u32 pa_high, u32 pa, u32 flags);
/* the devices' registers: after this, print() works */
void map_devices(void);

void *memcpy(void *to, const void *from, unsigned long size);
void *memset(void *to, int c, unsigned long size);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bare-metal programs share.
 */

#include "bare.h"

#define SERIAL		((volatile u8 *)0xe0004500u)
#define RESET		((volatile u32 *)0xe00e00b0u)

u32 tests, failed;

/* the compiler's own */
void *memcpy(void *to, const void *from, unsigned long size)
{
	unsigned long i;

	for (i = 0; i < size; i++)
		((u8 *)to)[i] = ((const u8 *)from)[i];
	return to;
}

void *memset(void *to, int c, unsigned long size)
{
	unsigned long i;

	for (i = 0; i < size; i++)
		((u8 *)to)[i] = c;
	return to;
}

void print_char(char c)
{
	*SERIAL = c;
}

void print(const char *s)
{
	while (*s)
		print_char(*s++);
}

void print_hex(u32 val)
{
	int shift;

	print("0x");
	for (shift = 28; shift >= 0; shift -= 4)
		print_char("0123456789abcdef"[val >> shift & 15]);
}

void print_dec(u32 val)
{
	if (val >= 10)
		print_dec(val / 10);
	print_char('0' + val % 10);
}

int result(int good, const char *what)
{
	tests++;
	print(good ? "ok " : "not ok ");
	print_dec(tests);
	print(" - ");
	print(what);
	print("\n");
	failed += !good;
	return !good;
}

void plan(void)
{
	print("1..");
	print_dec(tests);
	print("\n");
}

void quit(void)
{
	*RESET = 2;
	for (;;)
		;
}

void map(u32 entry, u32 size, u32 ts, u32 ea, u32 pa_high, u32 pa, u32 flags)
{
	mtspr(SPR_MAS0, 0x10000000u | entry << 16);
	mtspr(SPR_MAS1, 0xc0000000u | ts << 12 | size << 8);
	mtspr(SPR_MAS2, ea | flags);
	mtspr(SPR_MAS3, pa | 0x3f);
	mtspr(SPR_MAS7, pa_high);
	asm volatile("isync; tlbwe; isync" : : : "memory");
}

void map_devices(void)
{
	/* they are at the physical 0xf_e0000000 */
	map(5, 5, 0, 0xe0000000, 0xf, 0xe0000000, 0xa);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "decode.h"

/* As in the e500 core manuals. */
static const struct cause_bit dbsr_bits[] = {
	{ 0x80000000, 0, "IDE", "an event that came while MSR[DE] was off" },
	{ 0x40000000, 0, "UDE", "an unconditional debug event" },
	{ 0x30000000, 0, "MRR", "the reset before" },
	{ 0x08000000, 0, "ICMP", "an instruction was completed (single-step)" },
	{ 0x04000000, 0, "BRT", "a branch was to be taken" },
	{ 0x02000000, 0, "IRPT", "an interrupt was taken" },
	{ 0x01000000, 0, "TRAP", "a trap instruction's condition was met" },
	{ 0x00800000, 0, "IAC1", "the instruction's address matched IAC1" },
	{ 0x00400000, 0, "IAC2", "the instruction's address matched IAC2" },
	{ 0x00200000, 0, "IAC3", "the instruction's address matched IAC3" },
	{ 0x00100000, 0, "IAC4", "the instruction's address matched IAC4" },
	{ 0x00080000, 0, "DAC1R", "a load's address matched DAC1" },
	{ 0x00040000, 0, "DAC1W", "a store's address matched DAC1" },
	{ 0x00020000, 0, "DAC2R", "a load's address matched DAC2" },
	{ 0x00010000, 0, "DAC2W", "a store's address matched DAC2" },
	{ 0x00008000, 0, "RET", "rfi was to be executed" },
	{ 0x00000040, 0, "CIRPT", "a critical interrupt was taken" },
	{ 0x00000020, 0, "CRET", "rfci was to be executed" },
	{ 0, 0, NULL, NULL },
};

static const struct cause_bit dr6_bits[] = {
	{ 0x00000001, 0, "B0", "breakpoint 0 (DR0) matched" },
	{ 0x00000002, 0, "B1", "breakpoint 1 (DR1) matched" },
	{ 0x00000004, 0, "B2", "breakpoint 2 (DR2) matched" },
	{ 0x00000008, 0, "B3", "breakpoint 3 (DR3) matched" },
	{ 0x00000800, 1, "BLD", "a bus lock was taken" },
	{ 0x00002000, 0, "BD", "a debug register was to be used while DR7[GD] was on" },
	{ 0x00004000, 0, "BS", "an instruction was completed (single-step)" },
	{ 0x00008000, 0, "BT", "a task was switched to that wants it" },
	{ 0x00010000, 1, "RTM", "in a transaction" },
	{ 0, 0, NULL, NULL },
};

/* These are always set in what a processor gives; a number that a person types may lack them. */
#define DR6_ALWAYS	0xfffe07f0U

static const struct cause_bit no_bits[] = { { 0, 0, NULL, NULL } };

const struct cause_bit *cause_bits(const char *raw_name)
{
	if (!strcmp(raw_name, "dbsr"))
		return dbsr_bits;
	return strcmp(raw_name, "dr6") ? no_bits : dr6_bits;
}

int cause_has(const struct cause_bit *bit, uint32_t raw)
{
	if (!bit->off)
		return (raw & bit->mask) != 0;
	return (raw & DR6_ALWAYS) == DR6_ALWAYS && !(raw & bit->mask);
}

void cause_text(const char *raw_name, uint32_t raw, char *text, size_t size)
{
	const struct cause_bit *bit;
	size_t len = 0;

	*text = 0;
	for (bit = cause_bits(raw_name); bit->name && len < size; bit++)
		if (cause_has(bit, raw))
			len += snprintf(text + len, size - len, "%s%s", len ? " " : "", bit->name);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "sentences.h"

#define DBCR0_IDM	0x40000000U
#define DBSR_IDE	0x80000000U
/* DBSR's bits of events that have the same place in DBCR0. */
#define DBCR0_EVENTS	0x0fff8060U
#define DR7_GD		0x2000U
#define DR6_SLOTS	0xfU
#define NR_SLOTS	4

static const struct {
	const char *name, *cause;
	bool armed;
} registers[] = {
	{ "dbsr=", "dbsr", false }, { "dbcr0=", "dbsr", true },
	{ "dr6=", "dr6", false }, { "dr7=", "dr6", true },
};

#define NR_REGISTERS	(sizeof(registers) / sizeof(registers[0]))

const char *explain_register(size_t i)
{
	return i < NR_REGISTERS ? registers[i].name : NULL;
}

bool explain_parse(struct explain_values *values, const char *text, char *why, size_t size)
{
	unsigned long long value;
	size_t i, len;
	char *end;

	for (i = 0; i < NR_REGISTERS; i++)
		if (!strncasecmp(text, registers[i].name, strlen(registers[i].name)))
			break;
	if (i == NR_REGISTERS) {
		snprintf(why, size, "neither dbsr=, dbcr0=, dr6= nor dr7=");
		return false;
	}
	len = strlen(registers[i].name);
	errno = 0;
	value = strtoull(text + len, &end, 0);
	if (!isdigit((unsigned char)text[len]) || errno || *end || value > UINT32_MAX) {
		snprintf(why, size, "no number of 32 bits behind the '='");
		return false;
	}
	if (values->cause && strcmp(values->cause, registers[i].cause)) {
		snprintf(why, size, "of another platform than what stands before it");
		return false;
	}
	values->cause = registers[i].cause;
	if (registers[i].armed) {
		values->armed = value;
		values->armed_known = true;
	} else {
		values->raw = value;
		values->raw_known = true;
	}
	return true;
}

/* The register's name as in the manuals. */
static const char *shown_name(const char *raw_name)
{
	return !strcmp(raw_name, "dbsr") ? "DBSR" : !strcmp(raw_name, "dr6") ? "DR6" : raw_name;
}

static void put_cause(FILE *out, const char *raw_name, uint32_t raw)
{
	const struct cause_bit *bit;
	bool any = false;

	for (bit = cause_bits(raw_name); bit->name; bit++) {
		if (!cause_has(bit, raw))
			continue;
		fprintf(out, "  %s 0x%08x has %s: %s.\n", shown_name(raw_name), raw, bit->name,
			bit->words);
		any = true;
	}
	if (!any)
		fprintf(out, "  %s 0x%08x names no event.\n", shown_name(raw_name), raw);
}

/* Names of the bits of DBSR, "IAC1 or ICMP". */
static void put_events(FILE *out, uint32_t events, const char *between)
{
	const struct cause_bit *bit;
	const char *before = "";

	for (bit = cause_bits("dbsr"); bit->name; bit++) {
		if (!(events & bit->mask))
			continue;
		fprintf(out, "%s%s", before, bit->name);
		before = between;
	}
}

static void put_dbcr0(FILE *out, uint32_t raw, uint32_t dbcr0)
{
	const uint32_t armed = dbcr0 & DBCR0_EVENTS, events = raw & DBCR0_EVENTS;

	fprintf(out, "  DBCR0 0x%08x arms ", dbcr0);
	if (armed)
		put_events(out, armed, ", ");
	else
		fputs("nothing", out);
	fprintf(out, "%s.\n", dbcr0 & DBCR0_IDM ? "" : ", and IDM is off: nothing fires");
	if (!events)
		return;
	if ((dbcr0 & DBCR0_IDM) && (armed & events)) {
		fputs("  Whoever has set it has armed ", out);
		put_events(out, armed & events, " and ");
		fputs(": the event is theirs.\n", out);
	} else {
		fputs("  Whoever has set it has not armed ", out);
		put_events(out, events, " or ");
		fputs(": the event is not theirs.\n", out);
	}
}

static void put_dr7(FILE *out, uint32_t raw, uint32_t dr7)
{
	static const char *const types[] = { "execution", "a write", "I/O", "a read or write" };
	static const unsigned int lengths[] = { 1, 2, 8, 4 };
	unsigned int slot, type;
	bool any = false, on;

	for (slot = 0; slot < NR_SLOTS; slot++) {
		on = dr7 >> 2 * slot & 3;
		type = dr7 >> (16 + 4 * slot) & 3;
		any |= on;
		if (on && type)
			fprintf(out, "  DR7 0x%08x arms breakpoint %u: %s of %u bytes.\n", dr7, slot,
				types[type], lengths[dr7 >> (18 + 4 * slot) & 3]);
		else if (on)
			fprintf(out, "  DR7 0x%08x arms breakpoint %u: execution.\n", dr7, slot);
	}
	if (!any)
		fprintf(out, "  DR7 0x%08x arms no breakpoint.\n", dr7);
	if (dr7 & DR7_GD)
		fprintf(out, "  DR7 0x%08x has GD: the use of a debug register is an event.\n", dr7);
	for (slot = 0; slot < NR_SLOTS; slot++) {
		if (!(raw & 1U << slot))
			continue;
		if (dr7 >> 2 * slot & 3)
			fprintf(out, "  Breakpoint %u matched and is armed: the event is of whoever has set DR7.\n",
				slot);
		else
			fprintf(out, "  Breakpoint %u matched and is not armed: a processor may say so beside an event of another kind.\n",
				slot);
	}
}

void explain_values(FILE *out, const struct explain_values *values)
{
	if (values->raw_known)
		put_cause(out, values->cause, values->raw);
	if (!values->armed_known)
		return;
	if (!strcmp(values->cause, "dbsr"))
		put_dbcr0(out, values->raw, values->armed);
	else
		put_dr7(out, values->raw, values->armed);
}

static void stray_dbsr(FILE *out, uint32_t raw, uint32_t kinds)
{
	if (kinds & 1U << KVMDBG_SW_BREAK)
		fputs("  The guest executed KVM's breakpoint instruction; user space had not asked for software breakpoints (KVM_GUESTDBG_USE_SW_BP).\n",
		      out);
	if (raw & DBCR0_EVENTS) {
		fputs("  Nobody had armed ", out);
		put_events(out, raw & DBCR0_EVENTS, " or ");
		fputs(": neither user space, if it debugged (KVM_SET_GUEST_DEBUG), nor the guest in its DBCR0.\n",
		      out);
	}
	if (raw & DBSR_IDE)
		fputs("  MSR[DE] was off when it happened; KVM keeps it on while user space debugs, so user space did not debug this vCPU then.\n",
		      out);
}

static void stray_dr6(FILE *out, uint32_t kinds, uint32_t slots)
{
	unsigned int slot;

	if (kinds & 1U << KVMDBG_SW_BREAK)
		fputs("  An int3 came to user space, which had not asked for software breakpoints (KVM_GUESTDBG_USE_SW_BP).\n",
		      out);
	for (slot = 0; slot < NR_SLOTS; slot++)
		if (slots & 1U << slot)
			fprintf(out, "  Breakpoint %u was not armed in the DR7 in force: user space's, if it had breakpoints set (KVM_SET_GUEST_DEBUG), else the guest's.\n",
				slot);
	if (!kinds && !slots)
		fputs("  Nothing in it tells who could have asked for it.\n", out);
}

void explain_stray(FILE *out, const char *raw_name, uint32_t raw, uint32_t kinds, uint32_t slots)
{
	/* A software breakpoint leaves no trace there. */
	if (!(kinds & 1U << KVMDBG_SW_BREAK))
		put_cause(out, raw_name, raw);
	if (!strcmp(raw_name, "dbsr"))
		stray_dbsr(out, raw, kinds);
	else if (!strcmp(raw_name, "dr6"))
		stray_dr6(out, kinds, slots);
}

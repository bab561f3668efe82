/* SPDX-License-Identifier: GPL-2.0-only */
/* In sentences: what is known of a debug event, and nothing else. */
#ifndef KVMDBG_SENTENCES_H
#define KVMDBG_SENTENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model.h"

/**
 * struct explain_values - registers whose values are known
 * @cause: "dbsr" or "dr6"
 * @raw_known: its value is known
 * @raw: its value
 * @armed_known: that of DBCR0 or DR7 is known
 * @armed: its value
 */
struct explain_values {
	const char *cause;
	bool raw_known;
	uint32_t raw;
	bool armed_known;
	uint32_t armed;
};

/**
 * explain_parse - a value that was given: "dbsr=0x800000", "dbcr0=...", "dr6=...", "dr7=..."
 * @values: zeroed before the first one
 * @text: any bytes, with a NUL behind them
 * @why: for the reason if that fails
 * @size: of @why
 *
 * Return: false if it is anything else, or of another platform than the one before
 */
bool explain_parse(struct explain_values *values, const char *text, char *why, size_t size);

/** explain_register - what explain_parse() knows, "dbsr="; NULL behind the last one */
const char *explain_register(size_t i);

/** explain_values - what the values say, a sentence a line */
void explain_values(FILE *out, const struct explain_values *values);

/**
 * explain_stray - why a hit is of nobody, a sentence a line
 * @kinds: of the hit
 * @slots: breakpoints that it is of, 0 where the platform does not tell
 */
void explain_stray(FILE *out, const char *raw_name, uint32_t raw, uint32_t kinds, uint32_t slots);

#endif /* KVMDBG_SENTENCES_H */

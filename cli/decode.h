/* SPDX-License-Identifier: GPL-2.0-only */
/* The bits of the registers that tell the cause of a debug exit, of all platforms. */
#ifndef KVMDBG_DECODE_H
#define KVMDBG_DECODE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct cause_bit - a bit of a cause register
 * @mask: it, or a field of several that is named as a whole
 * @off: set where the processor means no: DR6 has two of these
 * @name: in the manuals
 * @words: what it says
 */
struct cause_bit {
	uint32_t mask;
	int off;
	const char *name;
	const char *words;
};

/**
 * cause_bits - the bits of a register
 * @raw_name: as in struct backend: "dbsr", "dr6"
 *
 * Return: a table that ends with a NULL name; an empty one if the register is not known
 */
const struct cause_bit *cause_bits(const char *raw_name);

/** cause_has - does a value say what a bit stands for? */
int cause_has(const struct cause_bit *bit, uint32_t raw);

/**
 * cause_text - the names of what a value says, "ICMP IAC1"; empty for none
 * @raw_name: as in struct backend
 * @raw: the value
 */
void cause_text(const char *raw_name, uint32_t raw, char *text, size_t size);

#endif /* KVMDBG_DECODE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the user says about guests: their names, and where their symbols are. */
#ifndef KVMDBG_GUESTS_H
#define KVMDBG_GUESTS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** GUESTS_MAX_SYMBOLS - times that --guest-symbols can be given */
#define GUESTS_MAX_SYMBOLS	64

struct guests;
struct symbols;

/**
 * struct guest_options - options of all commands that show hits
 * @symbols: VM=FILE[@OFFSET] each
 * @nr_symbols: how many
 * @no_symbols: nor are they looked for
 * @names: file with names, or NULL
 */
struct guest_options {
	const char *symbols[GUESTS_MAX_SYMBOLS];
	size_t nr_symbols;
	bool no_symbols;
	const char *names;
};

/** guests_argp - reads them; names_argp: only names; input is a struct guest_options, zeroed */
extern const struct argp guests_argp, names_argp;

/**
 * guests_parse_symbols - the parts of VM=FILE[@OFFSET]
 * @arg: all of it
 * @vm_len: result: length of VM
 * @file: result: where FILE begins
 * @file_len: result: length of FILE
 * @offset: result: OFFSET, 0 if there is none
 *
 * Return: false if it is not of that form
 */
bool guests_parse_symbols(const char *arg, size_t *vm_len, const char **file, size_t *file_len,
			  uint64_t *offset);

/**
 * guests_open - read the files that the options name
 * @guests: result
 * @live: VMs are processes of this host: what their command lines say is looked at, too
 *
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int guests_open(struct guests **guests, const struct guest_options *options, bool live);

/**
 * guests_rename - the name that the user has given a VM
 * @guests: or NULL
 * @pid: its process
 * @name: as found, and the result, escaped
 * @size: of @name
 */
void guests_rename(const struct guests *guests, uint32_t pid, char *name, size_t size);

/**
 * guests_take - the symbols of a VM
 * @guests: or NULL
 * @pid: its process
 * @name: its name
 *
 * Return: to be given back with guests_put(); NULL if none are known
 */
const struct symbols *guests_take(struct guests *guests, uint32_t pid, const char *name);

/** guests_hold - @symbols, which may be NULL, are used once more */
void guests_hold(struct guests *guests, const struct symbols *symbols);

/** guests_put - they are not used any more; @symbols may be NULL */
void guests_put(struct guests *guests, const struct symbols *symbols);

/** guests_close - release all; NULL is fine */
void guests_close(struct guests *guests);

#endif /* KVMDBG_GUESTS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for a guest's addresses, from the ELF file that it was loaded from: of either byte order,
 * 32 or 64 bits. The file may be anything: who runs a guest may have chosen it.
 */
#ifndef KVMDBG_SYMBOLS_H
#define KVMDBG_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** SYMBOL_SIZE - what symbols_text() writes at most, with the NUL */
#define SYMBOL_SIZE	160

/** SYMBOLS_MAX - a file with more symbols than that is not read */
#define SYMBOLS_MAX	(4U << 20)

struct lines;
struct symbols;

/**
 * symbols_open - read the symbols of an ELF file
 * @symbols: result
 * @fd: the file, stays the caller's
 * @offset: how far the guest has it from the addresses that it was linked to
 * @why: for the reason if that fails: words that go behind "FILE: "
 * @size: of @why
 *
 * Return: false if it has none, or is no such file
 */
bool symbols_open(struct symbols **symbols, int fd, uint64_t offset, char *why, size_t size);

/**
 * symbols_find - the symbol that an address belongs to
 * @name: result: as in the file, any bytes; until symbols_close()
 * @offset: result: how far behind its start
 *
 * Where several do it is the one that starts last. One without a size reaches to the next.
 *
 * Return: false if it belongs to none
 */
bool symbols_find(const struct symbols *symbols, uint64_t address, const char **name,
		  uint64_t *offset);

/**
 * symbols_text - the same in words: "name" or "name+0x1c", escaped
 * @symbols: or NULL for none
 * @text: result, empty if the address belongs to no symbol
 * @size: of @text, at least 32
 *
 * Return: is there one?
 */
bool symbols_text(const struct symbols *symbols, uint64_t address, char *text, size_t size);

/** symbols_count - how many there are */
size_t symbols_count(const struct symbols *symbols);

/**
 * symbols_line - the place in the source, "kernel/sched/core.c:6624", escaped
 * @symbols: or NULL
 * @text: result, empty if that is not known
 * @size: of @text
 *
 * Return: is it known?
 */
bool symbols_line(const struct symbols *symbols, uint64_t address, char *text, size_t size);

/** symbols_lines - where symbols_line() gets it from; @lines is closed with @symbols */
void symbols_lines(struct symbols *symbols, struct lines *lines);

/** symbols_close - release; NULL is fine */
void symbols_close(struct symbols *symbols);

#endif /* KVMDBG_SYMBOLS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Source lines from DWARF. What reads it is a process of its own: there is too much in such a file
 * to have all of it in memory, or to trust that nothing in it is made to break a reader.
 */
#ifndef KVMDBG_LINES_H
#define KVMDBG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** LINE_SIZE - what lines_find() writes at most, with the NUL */
#define LINE_SIZE	256

struct lines;

/** lines_built - false in a build without libdw */
bool lines_built(void);

/**
 * lines_open - source lines of an ELF file
 * @fd: the file, stays the caller's; nothing is read yet
 * @name: for messages, escaped
 *
 * Return: NULL if there is no memory, or in a build without libdw
 */
struct lines *lines_open(int fd, const char *name);

/**
 * lines_find - "FILE:LINE" of an address as linked, escaped
 * @text: result, empty if that is not known
 * @size: of @text
 *
 * The first call starts the process; who does not answer in time is not asked again.
 */
bool lines_find(struct lines *lines, uint64_t address, char *text, size_t size);

/** lines_close - release; tells on standard error if the file could not be read; NULL is fine */
void lines_close(struct lines *lines);

#endif /* KVMDBG_LINES_H */

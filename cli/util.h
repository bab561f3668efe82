/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages, exit codes, numbers and foreign text. */
#ifndef KVMDBG_UTIL_H
#define KVMDBG_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum exit_code - the same for every command; see EXIT STATUS in kvmdbg(1) */
enum exit_code {
	EXIT_OK = 0,
	EXIT_NO = 1,		/* the command's own "no" */
	EXIT_USAGE = 2,
	EXIT_FEATURE = 3,	/* privilege or kernel feature missing */
	EXIT_IO = 4,		/* unreadable or unwritable */
	EXIT_COMPARE = 5,	/* not comparable */
};

/**
 * complain - print "kvmdbg: message" on standard error
 * @code: returned as it is, so that a function can `return complain(EXIT_IO, ...)`
 * @fmt: what failed: why: what to do
 */
int complain(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * complain_later - keep messages, the first few of them, while the screen has the terminal
 * @later: false: print those that were kept, and all that come
 */
void complain_later(bool later);

/** flush_stdout - write what was printed; EXIT_OK, or EXIT_IO after a message */
int flush_stdout(void);

/**
 * open_signals - a file to read from the signals that end a command, SIGWINCH and SIGCHLD
 *
 * They are blocked. A closed pipe and a limit of file sizes become errors of write().
 *
 * Return: a file, or -1 after a message
 */
int open_signals(void);

/** monotonic_ns - now, on the clock that BPF uses */
uint64_t monotonic_ns(void);

/**
 * parse_u32 - a whole decimal number between two limits
 * Return: false if it is anything else
 */
bool parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value);

/**
 * parse_seconds - a decimal number of seconds, fractions allowed
 * Return: false unless it lies between a millisecond and a day
 */
bool parse_seconds(const char *text, uint64_t *ns);

/**
 * read_file - the start of a file, with a NUL behind it
 * Return: its length (at most @size - 1), or -1 with errno set
 */
long read_file(const char *path, char *buf, size_t size);

/**
 * escape - make text that others wrote harmless
 * @dst: result: valid UTF-8 without control characters, NUL-terminated, never cut inside a
 *	character
 * @size: of @dst, at least 1
 * @src: the text, of any bytes
 * @len: of @src
 *
 * Control characters, backslash, what reverses the direction of text and bytes that are not
 * UTF-8 come out as C escapes.
 */
void escape(char *dst, size_t size, const char *src, size_t len);

/**
 * escape_again - the same for text that may have gone through escape() before
 *
 * A backslash stays as it is.
 */
void escape_again(char *dst, size_t size, const char *src, size_t len);

/**
 * utf8_next - next character of valid or invalid UTF-8
 * @text: the bytes
 * @len: how many, at least 1
 * @code: the code point, or -1 for a byte that does not belong to one
 *
 * Return: the number of bytes taken, 1 for an invalid one
 */
int utf8_next(const char *text, size_t len, long *code);

/** char_columns - columns that a printable character takes on a terminal: 0, 1 or 2 */
int char_columns(long code);

/**
 * hide_addresses - write x over the digits of what looks like an address of a 64-bit kernel
 *
 * That is 0xffff and 12 digits or more; the kernel's own messages may have them.
 */
void hide_addresses(char *text);

#endif /* KVMDBG_UTIL_H */

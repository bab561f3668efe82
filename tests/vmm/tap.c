// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

static unsigned int tests, failures;

static void result(bool ok, const char *fmt, va_list ap)
{
	printf("%sok %u - ", ok ? "" : "not ", ++tests);
	vprintf(fmt, ap);
	if (!ok)
		failures++;
}

/**
 * tap_ok() - report one test
 * @ok: whether it passed
 * @fmt: its name
 *
 * Return: @ok
 */
bool tap_ok(bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(ok, fmt, ap);
	va_end(ap);
	putchar('\n');
	return ok;
}

/** tap_eq() - report one test of two numbers; says both if they differ */
bool tap_eq(unsigned long long got, unsigned long long want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(got == want, fmt, ap);
	va_end(ap);
	putchar('\n');
	if (got != want)
		tap_diag("expected %llu (0x%llx), got %llu (0x%llx)", want, want, got, got);
	return got == want;
}

/** tap_skip() - report one test that cannot be made here */
void tap_skip(const char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(true, fmt, ap);
	va_end(ap);
	printf(" # SKIP %s\n", why);
}

/** tap_diag() - say something about the test just reported */
void tap_diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

/** tap_bail() - end the run: nothing further can be tested */
void tap_bail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("Bail out! ");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	exit(2);
}

/**
 * tap_done() - print the plan
 *
 * Return: the exit status, 1 if a test failed
 */
int tap_done(void)
{
	printf("1..%u\n", tests);
	return failures ? 1 : 0;
}

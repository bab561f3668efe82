/* SPDX-License-Identifier: GPL-2.0-only */
/* Test Anything Protocol, the producer's side. */
#ifndef KVMDBG_TAP_H
#define KVMDBG_TAP_H

#include <stdbool.h>

bool tap_ok(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tap_diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void tap_skip(const char *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tap_bail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
bool tap_eq(unsigned long long got, unsigned long long want, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int tap_done(void);

#endif /* KVMDBG_TAP_H */

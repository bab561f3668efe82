/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording, in the formats that kvmdbg report has. */
#ifndef KVMDBG_REPORT_H
#define KVMDBG_REPORT_H

#include <stdio.h>

#include "summary.h"

/**
 * struct report_format - a format
 * @name: on the command line
 * @begin: before the recording is read; returns what @frame gets, NULL if there is no memory
 * @frame: each window, as the model has it
 * @end: all has been read; also releases what @begin returned
 *
 * Functions that a format has no need of are NULL.
 */
struct report_format {
	const char *name;
	void *(*begin)(FILE *out, struct recording *recording);
	void (*frame)(void *ctx, const struct model *model);
	void (*end)(FILE *out, void *ctx, const struct summary *summary);
};

/** report_formats - all of them, ends with one without a name; the first one is the default */
extern const struct report_format report_formats[];

/** html_report, trace_begin, trace_frame, trace_end - the formats with a file of their own */
void html_report(FILE *out, void *ctx, const struct summary *summary);
void *trace_begin(FILE *out, struct recording *recording);
void trace_frame(void *ctx, const struct model *model);
void trace_end(FILE *out, void *ctx, const struct summary *summary);

/**
 * report_write - the report on a recording
 * @recording: just opened, stays the caller's
 *
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int report_write(FILE *out, struct recording *recording, const struct report_format *format);

/**
 * env_shown - is a key of the environment of interest to people?
 *
 * Others tell how to read the recording.
 */
bool env_shown(const char *key);

#endif /* KVMDBG_REPORT_H */

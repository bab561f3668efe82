/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames on standard output. */
#ifndef KVMDBG_OUTPUT_H
#define KVMDBG_OUTPUT_H

#include <stdio.h>

#include "model.h"
#include "view.h"

struct json_object;
struct symbols;

/**
 * frame_json - a frame as one line of JSON, schema kvmdbg.top/1
 * Return: to be freed by the caller; NULL if there is no memory
 */
char *frame_json(const struct model *model);

/** latency_json - a histogram as JSON: count and sum, and percentiles where there are any */
struct json_object *latency_json(const struct latency *latency, uint64_t hz);

/** counters_json - add a vCPU's events, origins and exits to an object */
void counters_json(struct json_object *object, const struct model *model,
		   const struct counters *counters, bool exits_known);

/** hit_json - a hit as JSON; @symbols: of its VM, or NULL */
struct json_object *hit_json(const struct model *model, const struct kvmdbg_hit *hit,
			     const struct symbols *symbols);

/** place_json - add what is known of an address: "symbol" and "source", with this before them */
void place_json(struct json_object *object, const char *prefix, const struct symbols *symbols,
		uint64_t address);

/** print_json, print_batch - write a frame; EXIT_OK, or EXIT_IO after a message */
int print_json(const struct model *model);
int print_batch(const struct model *model, const struct view *view);

/**
 * write_batch - the same to any file
 * @columns: at most 200
 * @ascii: only ASCII
 *
 * Return: EXIT_OK, or EXIT_IO after a message; errors of @out are left for the caller to see
 */
int write_batch(FILE *out, int columns, bool ascii, const struct model *model,
		const struct view *view);

/** put_text - text that was escaped, for a terminal that may have ASCII only */
void put_text(FILE *out, const char *text);

/** output_is_ascii - does the locale's character set lack what a name may have? */
bool output_is_ascii(void);

#endif /* KVMDBG_OUTPUT_H */

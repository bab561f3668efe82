/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames on standard output. */
#ifndef KVMDBG_OUTPUT_H
#define KVMDBG_OUTPUT_H

#include "model.h"
#include "view.h"

/**
 * frame_json - a frame as one line of JSON, schema kvmdbg.top/1
 * Return: to be freed by the caller; NULL if there is no memory
 */
char *frame_json(const struct model *model);

/** print_json, print_batch - write a frame; EXIT_OK, or EXIT_IO after a message */
int print_json(const struct model *model);
int print_batch(const struct model *model, const char *host);

/** output_is_ascii - does the locale's character set lack what a name may have? */
bool output_is_ascii(void);

#endif /* KVMDBG_OUTPUT_H */

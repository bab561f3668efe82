/* SPDX-License-Identifier: GPL-2.0-only */
/* The file in which kvmdbg top remembers its columns. */
#ifndef KVMDBG_CONFIG_H
#define KVMDBG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "rows.h"

#define CONFIG_SIZE	4096

/**
 * config_parse - read settings from text of any kind
 * @settings: what the text does not tell stays as it is
 * @text: lines "key = value", empty ones, and comments from # on
 * @len: of it
 * @why: what is wrong, harmless to print; such lines are passed over
 * @size: of @why
 *
 * Return: false if some line is wrong
 */
bool config_parse(struct settings *settings, const char *text, size_t len, char *why, size_t size);

/** config_text - the same settings as text; its length */
size_t config_text(const struct settings *settings, char *text, size_t size);

/**
 * config_path - where the file is
 * Return: false if the environment does not tell
 */
bool config_path(char *path, size_t size);

/**
 * config_load - read the file, if there is one
 * @why: what is wrong with it, or empty
 */
void config_load(struct settings *settings, char *why, size_t size);

/**
 * config_save - write the file, and its folders; all of it or nothing
 * Return: false with @why set
 */
bool config_save(const struct settings *settings, char *why, size_t size);

#endif /* KVMDBG_CONFIG_H */

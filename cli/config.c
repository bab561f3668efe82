// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "util.h"

/* Place of a word in a list of words, or -1. */
static int word_of(const char *word, const char *const *words, int nr)
{
	while (nr--)
		if (!strcmp(words[nr], word))
			return nr;
	return -1;
}

static int column_of(const char *key)
{
	int i;

	for (i = 0; i <= NR_COLUMNS; i++)
		if (!strcmp(column_infos[i].key, key))
			return i;
	return -1;
}

static bool set_columns(struct settings *settings, char *value)
{
	unsigned char own[NR_COLUMNS];
	unsigned int nr = 0;
	char *word;
	int column;

	while ((word = strsep(&value, " \t"))) {
		if (!*word)
			continue;
		column = column_of(word);
		if (column < 0 || column == COLUMN_NAME || memchr(own, column, nr))
			return false;
		own[nr++] = column;
	}
	if (!nr)
		return false;
	memcpy(settings->own, own, nr);
	settings->nr_own = nr;
	return true;
}

static bool set_bool(bool *to, const char *value)
{
	static const char *const words[] = { "no", "yes" };
	int i = word_of(value, words, 2);

	if (i >= 0)
		*to = i;
	return i >= 0;
}

static bool set_one(struct settings *settings, const char *key, char *value)
{
	int i;

	if (!strcmp(key, "view")) {
		i = word_of(value, set_names, NR_SETS);
		if (i >= 0)
			settings->set = i;
		return i >= 0;
	}
	if (!strcmp(key, "sort")) {
		i = column_of(value);
		if (i >= 0)
			settings->sort = i;
		return i >= 0;
	}
	if (!strcmp(key, "columns"))
		return set_columns(settings, value);
	if (!strcmp(key, "ascending"))
		return set_bool(&settings->ascending, value);
	if (!strcmp(key, "totals"))
		return set_bool(&settings->totals, value);
	if (!strcmp(key, "folded"))
		return set_bool(&settings->folded, value);
	if (!strcmp(key, "vm_names")) {
		/* Where kvmdbg top is started does not matter. */
		if (*value != '/' || strlen(value) >= sizeof(settings->vm_names))
			return false;
		strcpy(settings->vm_names, value);
		return true;
	}
	return false;
}

/* Without the blanks at both ends. */
static char *trimmed(char *text)
{
	char *end;

	text += strspn(text, " \t\r");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]))
		*--end = 0;
	return text;
}

bool config_parse(struct settings *settings, const char *text, size_t len, char *why, size_t size)
{
	char line[512], shown[128], *value, *key;
	unsigned int number = 0;
	bool ok = true, good;
	size_t n, at;

	for (at = 0; at < len; at += n + 1) {
		const char *end = memchr(text + at, '\n', len - at);

		number++;
		n = end ? (size_t)(end - text) - at : len - at;
		good = n < sizeof(line) && !memchr(text + at, 0, n);
		snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : 0), text + at);
		line[strcspn(line, "#")] = 0;
		key = trimmed(line);
		escape(shown, sizeof(shown), key, strlen(key));
		if (good && !*key)
			continue;
		value = strchr(key, '=');
		if (value)
			*value++ = 0;
		if (good && value && set_one(settings, trimmed(key), trimmed(value)))
			continue;
		if (ok)
			snprintf(why, size, "line %u: '%s': not a setting", number, shown);
		ok = false;
	}
	/* a view of no columns */
	if (settings->set == SET_OWN && !settings->nr_own)
		settings->set = SET_OVERVIEW;
	return ok;
}

size_t config_text(const struct settings *settings, char *text, size_t size)
{
	size_t len;
	unsigned int i;

	len = snprintf(text, size, "# kvmdbg top keeps its view here when it ends.\nview = %s\nsort = %s\nascending = %s\ntotals = %s\nfolded = %s\n",
		       set_names[settings->set], column_infos[settings->sort].key,
		       settings->ascending ? "yes" : "no", settings->totals ? "yes" : "no",
		       settings->folded ? "yes" : "no");
	for (i = 0; i < settings->nr_own && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s", i ? " " : "columns = ",
				column_infos[settings->own[i]].key);
	if (settings->nr_own && len < size)
		len += snprintf(text + len, size - len, "\n");
	if (*settings->vm_names && len < size)
		len += snprintf(text + len, size - len, "vm_names = %s\n", settings->vm_names);
	return len;
}

bool config_path(char *path, size_t size)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len;

	/* The rules for it say that others than absolute paths are to be ignored. */
	if (base && *base == '/')
		len = snprintf(path, size, "%s/kvmdbg/top.conf", base);
	else if (home && *home == '/')
		len = snprintf(path, size, "%s/.config/kvmdbg/top.conf", home);
	else
		return false;
	return len > 0 && (size_t)len < size;
}

void config_load(struct settings *settings, char *why, size_t size)
{
	char path[PATH_MAX], text[CONFIG_SIZE], shown[96], what[200];
	long len;

	*why = 0;
	if (!config_path(path, sizeof(path)))
		return;
	escape(shown, sizeof(shown), path, strlen(path));
	len = read_file(path, text, sizeof(text));
	if (len < 0 && errno != ENOENT && errno != ENOTDIR)
		snprintf(why, size, "%s: %s", shown, strerror(errno));
	else if (len >= 0 && !config_parse(settings, text, len, what, sizeof(what)))
		snprintf(why, size, "%s: %s", shown, what);
}

/* The folders of a path, private as the rules have it. */
static void make_folders(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0700);
		*slash = '/';
	}
}

bool config_save(const struct settings *settings, char *why, size_t size)
{
	char path[PATH_MAX], temporary[PATH_MAX + 8], text[CONFIG_SIZE], shown[96];
	size_t len = config_text(settings, text, sizeof(text));
	bool ok;
	int fd;

	if (!config_path(path, sizeof(path)))
		return true;
	make_folders(path);
	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	ok = fd >= 0 && write(fd, text, len) == (ssize_t)len && !fsync(fd);
	ok = (fd < 0 || !close(fd)) && ok;
	ok = ok && !rename(temporary, path);
	if (ok)
		return true;
	escape(shown, sizeof(shown), path, strlen(path));
	snprintf(why, size, "%s: %s", shown, strerror(errno));
	if (fd >= 0)
		unlink(temporary);
	return false;
}

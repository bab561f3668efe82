// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "vmname.h"

/* libvirt's are a few KiB; beyond that nothing is looked for. */
#define MAX_CMDLINE	(256 * 1024)
#define MAX_MAP		(1024 * 1024)

/* QEMU's option syntax: key=value,... where the first key may be left out; ",," is a comma. */
static bool option_value(const char *arg, size_t len, char *name, size_t size)
{
	char value[1024];
	size_t at = 0, n;
	bool first = true;

	while (at < len) {
		for (n = 0; at < len; at++) {
			if (arg[at] == ',') {
				if (at + 1 == len || arg[at + 1] != ',')
					break;
				at++;
			}
			if (n < sizeof(value))
				value[n++] = arg[at];
		}
		at++;
		if (n >= 6 && !memcmp(value, "guest=", 6)) {
			escape(name, size, value + 6, n - 6);
			return n > 6;
		}
		if (first && n && !memchr(value, '=', n)) {
			escape(name, size, value, n);
			return true;
		}
		first = false;
	}
	return false;
}

/* Arguments, each with a NUL behind it, but maybe the last one. */
struct arguments {
	const char *next, *end;
};

static bool next_argument(struct arguments *arguments, const char **arg, size_t *len)
{
	const char *end;

	if (arguments->next >= arguments->end)
		return false;
	end = memchr(arguments->next, 0, arguments->end - arguments->next);
	if (!end)
		end = arguments->end;
	*arg = arguments->next;
	*len = end - arguments->next;
	arguments->next = end + 1;
	return true;
}

/* An option's value: "-option value", "--option value" or "--option=value". */
static bool argument_of(const char *cmdline, size_t len, const char *option, const char **value,
			size_t *value_len)
{
	struct arguments arguments = { cmdline, cmdline + len };
	const size_t n = strlen(option);
	const char *arg;
	size_t arg_len, dashes;

	while (next_argument(&arguments, &arg, &arg_len)) {
		dashes = arg_len > 1 && arg[0] == '-' ? 1 + (arg[1] == '-') : 0;
		if (!dashes || arg_len < dashes + n || memcmp(arg + dashes, option, n))
			continue;
		if (arg_len == dashes + n)
			return next_argument(&arguments, value, value_len);
		if (dashes == 2 && arg[dashes + n] == '=') {
			*value = arg + dashes + n + 1;
			*value_len = arg_len - dashes - n - 1;
			return true;
		}
	}
	return false;
}

/* Does the name of the program start like this? */
static bool is_program(const char *cmdline, size_t len, const char *start)
{
	const char *end = memchr(cmdline, 0, len), *name = cmdline;
	size_t i, n = end ? (size_t)(end - cmdline) : len;

	for (i = 0; i < n; i++)
		if (cmdline[i] == '/')
			name = cmdline + i + 1;
	return n - (name - cmdline) >= strlen(start) && !memcmp(name, start, strlen(start));
}

bool vm_name_from_cmdline(const char *cmdline, size_t len, char *name, size_t size)
{
	/* Where others keep it. -name is QEMU's, kvmtool's, crosvm's. */
	static const struct {
		const char *program, *option;
	} others[] = {
		{ "firecracker", "id" }, { "lkvm", "n" },
		{ "VBoxHeadless", "comment" }, { "VirtualBoxVM", "comment" },
	};
	const char *value;
	size_t n, i;

	if (argument_of(cmdline, len, "name", &value, &n))
		return option_value(value, n, name, size);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!is_program(cmdline, len, others[i].program) ||
		    !argument_of(cmdline, len, others[i].option, &value, &n) || !n)
			continue;
		escape(name, size, value, n);
		return true;
	}
	return false;
}

/* A command's line; to be freed. NULL if it has none. */
static char *read_cmdline(uint32_t pid, size_t *len)
{
	char *text = malloc(MAX_CMDLINE), path[64];
	long got;

	if (!text)
		return NULL;
	snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
	got = read_file(path, text, MAX_CMDLINE);
	if (got <= 0) {
		free(text);
		return NULL;
	}
	*len = got;
	return text;
}

static bool copy_argument(const char *cmdline, size_t len, const char *option, char *copy,
			  size_t size)
{
	const char *value;
	size_t n;

	if (!argument_of(cmdline, len, option, &value, &n) || !n || n >= size)
		return false;
	memcpy(copy, value, n);
	copy[n] = 0;
	return true;
}

bool vm_kernel_from_cmdline(const char *cmdline, size_t len, char *path, size_t size)
{
	return copy_argument(cmdline, len, "kernel", path, size);
}

bool vm_kernel(uint32_t pid, char *path, size_t size)
{
	size_t len;
	char *text = read_cmdline(pid, &len);
	bool found = text && vm_kernel_from_cmdline(text, len, path, size);

	free(text);
	return found;
}

void vm_name(uint32_t pid, const char *comm, char *name, size_t size)
{
	char path[64], text[256], shown[80], *cmdline;
	bool found;
	size_t n;
	long len;

	cmdline = read_cmdline(pid, &n);
	found = cmdline && vm_name_from_cmdline(cmdline, n, name, size);
	free(cmdline);
	if (found)
		return;
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	len = read_file(path, text, sizeof(text));
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0)
		escape(shown, sizeof(shown), text, len);
	else
		escape(shown, sizeof(shown), comm, strlen(comm));
	snprintf(name, size, "%s:%u", shown, pid);
}

void vcpu_vm_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	char comm[sizeof(raw->comm) + 1];

	(void)ctx;
	memcpy(comm, raw->comm, sizeof(raw->comm));
	comm[sizeof(raw->comm)] = 0;
	vm_name(raw->tgid, comm, name, size);
}

/*
 * struct entry - a line of the map
 * @pid: process, 0 if it is not told by that
 * @pattern: of the name that was found, or NULL
 * @uuid: of QEMU's -uuid, or NULL
 * @name: what it is called, not escaped
 */
struct entry {
	uint32_t pid;
	char *pattern;
	char *uuid;
	char *name;
};

struct vm_names {
	struct entry *entries;
	size_t count;
};

/* A line is "WHO NAME"; blanks around both are not part of them. */
static bool parse_line(struct entry *entry, char *who)
{
	char *name = who + strcspn(who, " \t"), *end;

	memset(entry, 0, sizeof(*entry));
	if (*name)
		*name++ = 0;
	name += strspn(name, " \t");
	for (end = name + strlen(name); end > name && strchr(" \t\r", end[-1]); end--)
		end[-1] = 0;
	if (!*name)
		return false;
	if (!strncmp(who, "pid:", 4)) {
		if (!parse_u32(who + 4, 1, INT32_MAX, &entry->pid))
			return false;
	} else if (!strncmp(who, "uuid:", 5)) {
		if (!who[5])
			return false;
		entry->uuid = strdup(who + 5);
	} else {
		entry->pattern = strdup(who);
	}
	entry->name = strdup(name);
	return true;
}

struct vm_names *vm_names_parse(const char *text, size_t len, char *why, size_t size)
{
	struct vm_names *names = calloc(1, sizeof(*names));
	char *copy = malloc(len + 1), *line, *next;
	struct entry entry, *entries;
	unsigned int number = 0;

	if (!names || !copy)
		goto no_memory;
	memcpy(copy, text, len);
	copy[len] = 0;
	if (strlen(copy) != len) {
		snprintf(why, size, "is no text");
		goto fail;
	}
	for (line = copy; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		number++;
		line += strspn(line, " \t\r");
		if (!*line || *line == '#')
			continue;
		if (!parse_line(&entry, line)) {
			snprintf(why, size,
				 "line %u: not 'PATTERN NAME', 'pid:NUMBER NAME' or 'uuid:UUID NAME'",
				 number);
			goto fail;
		}
		entries = realloc(names->entries, (names->count + 1) * sizeof(*entries));
		if (!entries) {
			free(entry.pattern);
			free(entry.uuid);
			free(entry.name);
			goto no_memory;
		}
		names->entries = entries;
		entries[names->count++] = entry;
		if (!entry.name || (!entry.pid && !entry.pattern && !entry.uuid))
			goto no_memory;
	}
	free(copy);
	return names;
no_memory:
	snprintf(why, size, "no memory for it");
fail:
	free(copy);
	vm_names_free(names);
	return NULL;
}

struct vm_names *vm_names_open(const char *path, char *why, size_t size)
{
	char *text = malloc(MAX_MAP + 2);
	struct vm_names *names = NULL;
	long len;

	if (!text) {
		snprintf(why, size, "no memory for it");
		return NULL;
	}
	len = read_file(path, text, MAX_MAP + 2);
	if (len < 0)
		snprintf(why, size, "cannot be read: %s", strerror(errno));
	else if (len > MAX_MAP)
		snprintf(why, size, "is larger than 1 MiB");
	else
		names = vm_names_parse(text, len, why, size);
	free(text);
	return names;
}

bool vm_names_find(const struct vm_names *names, uint32_t pid, const char *uuid, char *name,
		   size_t size)
{
	const struct entry *entry;
	size_t i;

	for (i = 0; names && i < names->count; i++) {
		entry = &names->entries[i];
		if (entry->pid ? entry->pid != pid :
		    entry->uuid ? !uuid || strcasecmp(entry->uuid, uuid) :
				  fnmatch(entry->pattern, name, FNM_NOESCAPE))
			continue;
		escape(name, size, entry->name, strlen(entry->name));
		return true;
	}
	return false;
}

void vm_names_free(struct vm_names *names)
{
	size_t i;

	if (!names)
		return;
	for (i = 0; i < names->count; i++) {
		free(names->entries[i].pattern);
		free(names->entries[i].uuid);
		free(names->entries[i].name);
	}
	free(names->entries);
	free(names);
}

bool vm_uuid(uint32_t pid, char *uuid, size_t size)
{
	size_t len;
	char *text = read_cmdline(pid, &len);
	bool found = text && copy_argument(text, len, "uuid", uuid, size);

	free(text);
	return found;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: any bytes as the texts that people and other processes write: command lines of VMs, the
 * map of VMs' names, conditions of alerts, and the arguments that have a form. The first byte says
 * which.
 */
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "guests.h"
#include "sentences.h"
#include "util.h"
#include "vmname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Harmless on a terminal, and no more than there was room for. */
static void check_name(const char *name, size_t size)
{
	size_t len = strnlen(name, size), i = 0;
	long code;

	if (len == size)
		abort();
	while (i < len) {
		i += utf8_next(name + i, len - i, &code);
		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			abort();
	}
}

static void try_cmdline(const char *text, size_t len)
{
	char name[64], path[32];

	if (vm_name_from_cmdline(text, len, name, sizeof(name)))
		check_name(name, sizeof(name));
	if (vm_kernel_from_cmdline(text, len, path, sizeof(path)) &&
	    (!*path || strlen(path) >= sizeof(path)))
		abort();
}

static void try_map(const char *text, size_t len)
{
	char why[160] = "", name[64] = "web";
	struct vm_names *names = vm_names_parse(text, len, why, sizeof(why));

	if (!names) {
		if (!*why)
			abort();
		return;
	}
	vm_names_find(names, 7, "0-1", name, sizeof(name));
	check_name(name, sizeof(name));
	vm_names_find(names, 8, NULL, name, sizeof(name));
	check_name(name, sizeof(name));
	vm_names_free(names);
}

static void try_alert(const char *text)
{
	struct alert alert;
	char why[160] = "";

	if (!alert_parse(&alert, text, why, sizeof(why))) {
		if (!*why)
			abort();
		check_name(why, sizeof(why));
		return;
	}
	check_name(alert.text, sizeof(alert.text));
	if (!alert.metric || !(alert.limit >= 0 && alert.limit <= 1e18))
		abort();
}

static void try_symbols(const char *text)
{
	size_t vm_len, file_len, len = strlen(text);
	const char *file;
	uint64_t offset;

	if (guests_parse_symbols(text, &vm_len, &file, &file_len, &offset) &&
	    (!vm_len || !file_len || file <= text || file + file_len > text + len))
		abort();
}

static void try_value(const char *text)
{
	struct explain_values values = { 0 };
	char why[160] = "";

	if (explain_parse(&values, text, why, sizeof(why)) != !*why ||
	    (*why != 0) != !values.cause)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes;
	char *text;

	if (!size)
		return 0;
	bytes = (const char *)data + 1;
	/* With a NUL behind it, and exactly as long. */
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, bytes, size - 1);
	text[size - 1] = 0;
	switch ((unsigned int)(data[0] - '0') % 5) {
	case 0:
		try_cmdline(bytes, size - 1);
		break;
	case 1:
		try_map(bytes, size - 1);
		break;
	case 2:
		try_alert(text);
		break;
	case 3:
		try_symbols(text);
		break;
	case 4:
		try_value(text);
		break;
	}
	free(text);
	return 0;
}

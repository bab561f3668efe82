// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "util.h"
#include "vmname.h"

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

bool vm_name_from_cmdline(const char *cmdline, size_t len, char *name, size_t size)
{
	const char *end = cmdline + len, *arg, *next;
	bool value = false;
	size_t n;

	for (arg = cmdline; arg < end; arg = next + 1) {
		next = memchr(arg, 0, end - arg);
		if (!next)
			next = end;
		n = next - arg;
		if (value)
			return option_value(arg, n, name, size);
		value = (n == 5 && !memcmp(arg, "-name", 5)) ||
			(n == 6 && !memcmp(arg, "--name", 6));
		if (n > 7 && !memcmp(arg, "--name=", 7))
			return option_value(arg + 7, n - 7, name, size);
	}
	return false;
}

void vm_name(uint32_t pid, const char *comm, char *name, size_t size)
{
	char path[64], text[8192], shown[80];
	long len;

	snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
	len = read_file(path, text, sizeof(text));
	if (len > 0 && vm_name_from_cmdline(text, len, name, size))
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

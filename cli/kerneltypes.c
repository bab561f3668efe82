// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "kerneltypes.h"

static struct btf *load_module(const char *name, struct btf *base)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	return btf__parse_split(path, base);
}

int kernel_types_load(struct kernel_types *types)
{
	static const char *const vendors[] = { "kvm_amd", "kvm_intel" };
	size_t i;

	memset(types, 0, sizeof(*types));
	types->vmlinux = btf__load_vmlinux_btf();
	if (!types->vmlinux)
		return -errno;
	types->kvm = load_module("kvm", types->vmlinux);
	if (!types->kvm) {
		types->kvm = types->vmlinux;
		types->vendor = types->vmlinux;
		return 0;
	}
	for (i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		types->vendor = load_module(vendors[i], types->vmlinux);
		types->vendor_name = vendors[i];
		if (types->vendor)
			return 0;
	}
	types->vendor = types->kvm;
	types->vendor_name = "kvm";
	return 0;
}

void kernel_types_free(struct kernel_types *types)
{
	if (types->vendor != types->kvm)
		btf__free(types->vendor);
	if (types->kvm != types->vmlinux)
		btf__free(types->kvm);
	btf__free(types->vmlinux);
	memset(types, 0, sizeof(*types));
}

/* A part of BTF as it lies in memory. */
struct part {
	const void *data;
	uint32_t size;
};

static int get_parts(const struct btf *btf, struct part *types, struct part *strings)
{
	const struct btf_header *header;
	uint32_t size;

	header = btf__raw_data(btf, &size);
	if (!header)
		return -ENOMEM;
	types->data = (const char *)header + header->hdr_len + header->type_off;
	types->size = header->type_len;
	strings->data = (const char *)header + header->hdr_len + header->str_off;
	strings->size = header->str_len;
	return 0;
}

static int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;
	ssize_t n;

	for (; size; at += n, size -= n) {
		n = write(fd, at, size);
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* A module's types and strings are numbered as if they came behind the kernel's: there they go. */
int kernel_types_file(const struct kernel_types *types)
{
	struct part base_types, base_strings, own_types, own_strings;
	struct btf_header header = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(header),
	};
	int fd, err;

	err = get_parts(types->vmlinux, &base_types, &base_strings);
	if (!err)
		err = get_parts(types->vendor, &own_types, &own_strings);
	if (err)
		return err;
	header.type_len = base_types.size + own_types.size;
	header.str_off = header.type_len;
	header.str_len = base_strings.size + own_strings.size;
	fd = memfd_create("kvmdbg-types", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_all(fd, &header, sizeof(header));
	if (!err)
		err = write_all(fd, base_types.data, base_types.size);
	if (!err)
		err = write_all(fd, own_types.data, own_types.size);
	if (!err)
		err = write_all(fd, base_strings.data, base_strings.size);
	if (!err)
		err = write_all(fd, own_strings.data, own_strings.size);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel's types, with those of KVM where it is a module. */
#ifndef KVMDBG_KERNELTYPES_H
#define KVMDBG_KERNELTYPES_H

#include <stdbool.h>

struct btf;

/**
 * struct kernel_types - types of the running kernel
 * @vmlinux: those of the kernel itself
 * @kvm: the same and those of the module kvm; or just @vmlinux, where KVM is built in or not there
 * @vendor: the same for kvm_amd or kvm_intel; or @kvm
 * @vendor_name: that module, or "kvm", or NULL where KVM is no module
 */
struct kernel_types {
	struct btf *vmlinux;
	struct btf *kvm;
	struct btf *vendor;
	const char *vendor_name;
};

/**
 * kernel_types_load - read them from /sys/kernel/btf, which needs no privilege
 * Return: 0, or a negative errno and nothing to release
 */
int kernel_types_load(struct kernel_types *types);

/** kernel_types_free - release */
void kernel_types_free(struct kernel_types *types);

/**
 * kernel_types_file - @vendor as one self-contained file, to relocate BPF programs with
 *
 * libbpf itself finds the types of modules only with CAP_SYS_ADMIN.
 *
 * Return: file descriptor, or a negative errno
 */
int kernel_types_file(const struct kernel_types *types);

#endif /* KVMDBG_KERNELTYPES_H */

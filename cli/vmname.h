/* SPDX-License-Identifier: GPL-2.0-only */
/* What a virtual machine is called. */
#ifndef KVMDBG_VMNAME_H
#define KVMDBG_VMNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"

struct vm_names;

/**
 * vm_name_from_cmdline - the value of -name (or --name), as QEMU and others take it; Firecracker's
 *	--id, kvmtool's -n, VirtualBox's --comment
 * @cmdline: arguments, each with a NUL behind it, as in /proc/<pid>/cmdline
 * @len: of @cmdline
 * @name: result, escaped
 * @size: of @name
 *
 * Return: false if there is none
 */
bool vm_name_from_cmdline(const char *cmdline, size_t len, char *name, size_t size);

/**
 * vm_name - what to call the VM of a process
 * @pid: the process, which may be gone
 * @comm: name of a thread of it, for that case
 * @name: result, escaped: the value of -name, else the process' name and pid
 * @size: of @name
 */
void vm_name(uint32_t pid, const char *comm, char *name, size_t size);

/**
 * vm_kernel_from_cmdline - the value of -kernel (or --kernel)
 * @cmdline: see vm_name_from_cmdline()
 * @len: of @cmdline
 * @path: result, as it stands there
 * @size: of @path
 *
 * Return: false if there is none, or one that is too long
 */
bool vm_kernel_from_cmdline(const char *cmdline, size_t len, char *path, size_t size);

/** vm_kernel, vm_uuid - the value of -kernel, of -uuid, of a process; false if there is none */
bool vm_kernel(uint32_t pid, char *path, size_t size);
bool vm_uuid(uint32_t pid, char *uuid, size_t size);

/**
 * vm_names_parse - a user's map of names
 * @text: a line is "PATTERN NAME", "pid:NUMBER NAME" or "uuid:UUID NAME"; empty lines and those
 *	that begin with # are comments
 * @len: of @text
 * @why: for the reason if that fails: words that go behind "FILE: "
 * @size: of @why
 *
 * Return: to be released with vm_names_free(), or NULL
 */
struct vm_names *vm_names_parse(const char *text, size_t len, char *why, size_t size);

/** vm_names_open - the same from a file */
struct vm_names *vm_names_open(const char *path, char *why, size_t size);

/**
 * vm_names_find - what a VM is called by the map; the first line that is of it counts
 * @names: or NULL
 * @pid: its process
 * @uuid: as QEMU was told, or NULL
 * @name: what was found, and the result, escaped
 * @size: of @name
 *
 * Return: false if no line is of it; then @name stays
 */
bool vm_names_find(const struct vm_names *names, uint32_t pid, const char *uuid, char *name,
		   size_t size);

/** vm_names_free - release; NULL is fine */
void vm_names_free(struct vm_names *names);

/** vcpu_vm_name - the same for a vCPU as BPF counts it; @ctx is not used */
void vcpu_vm_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size);

#endif /* KVMDBG_VMNAME_H */

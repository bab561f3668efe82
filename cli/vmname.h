/* SPDX-License-Identifier: GPL-2.0-only */
/* What a virtual machine is called. */
#ifndef KVMDBG_VMNAME_H
#define KVMDBG_VMNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"

/**
 * vm_name_from_cmdline - the value of -name (or --name), as QEMU and others take it
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

/** vcpu_vm_name - the same for a vCPU as BPF counts it; @ctx is not used */
void vcpu_vm_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size);

#endif /* KVMDBG_VMNAME_H */

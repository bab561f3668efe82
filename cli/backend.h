/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between platforms: the BPF object, the trace events it needs,
 * and how a hit's cause decodes.  A new platform is a new struct backend.
 */
#ifndef KVMDBG_BACKEND_H
#define KVMDBG_BACKEND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"

/**
 * struct backend_event - a trace event that a backend's programs attach to
 * @event: its name
 * @program: the BPF program for it
 * @vcpu_arg: which argument (from 0) is the struct kvm_vcpu; other kernels have
 *	had it elsewhere, so it is checked against the kernel's BTF; or NO_VCPU_ARG
 * @optional: what it counts is left out on a kernel that does not have it
 */
struct backend_event {
	const char *event;
	const char *program;
	unsigned int vcpu_arg;
	bool optional;
};

#define NO_VCPU_ARG	UINT_MAX

/**
 * struct backend - a platform
 * @object: BPF object
 * @object_end: byte behind it
 * @events: what it attaches to, in the order of attaching; ends with a NULL event
 * @probe: the event that tells whether a kernel is of this platform
 * @missing: what a kernel without it lacks
 * @remedy: what to do about that
 * @name: as shown, from the contents of /proc/cpuinfo
 * @switch_hz: ticks a second of the clock that register switches are timed
 *	with, from the contents of /proc/cpuinfo; 0 if unknown
 * @kinds: bits (1 << enum kvmdbg_kind) of a hit
 * @raw_name: what struct kvmdbg_hit.raw is called in the platform's manuals
 * @slots: bits (1 << slot) of the breakpoints that a hit is of, or NULL
 * @kind_names: by enum kvmdbg_kind, NULL for kinds it does not have; or NULL for
 *	all, under their own names
 * @lacks: enum model_lack bits: what it cannot count
 * @open_files: program of an iterator over all open files, which tells what vCPUs
 *	there still are; NULL where an event tells that a vCPU goes away
 */
struct backend {
	const unsigned char *object;
	const unsigned char *object_end;
	const struct backend_event *events;
	const char *probe;
	const char *missing;
	const char *remedy;
	const char *(*name)(const char *cpuinfo);
	uint64_t (*switch_hz)(const char *cpuinfo);
	uint32_t (*kinds)(const struct kvmdbg_hit *hit);
	const char *raw_name;
	uint32_t (*slots)(const struct kvmdbg_hit *hit);
	const char *const *kind_names;
	uint32_t lacks;
	const char *open_files;
};

/** backends - all that this build has, ends with NULL */
extern const struct backend *const backends[];

extern const struct backend booke_backend;
extern const struct backend x86_backend;	/* x86 hosts only */

#endif /* KVMDBG_BACKEND_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between platforms: the BPF object, the trace events it needs,
 * and how a hit's cause decodes.  A new platform is a new struct backend.
 */
#ifndef KVMDBG_BACKEND_H
#define KVMDBG_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"

/**
 * struct backend_event - a trace event that a backend's programs attach to
 * @event: its name
 * @program: the BPF program for it
 * @vcpu_arg: which argument (from 0) is the struct kvm_vcpu; other kernels have
 *	had it elsewhere, so it is checked against the kernel's BTF
 */
struct backend_event {
	const char *event;
	const char *program;
	unsigned int vcpu_arg;
};

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
};

/** backends - all that this build has, ends with NULL */
extern const struct backend *const backends[];

extern const struct backend booke_backend;

#endif /* KVMDBG_BACKEND_H */

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
 *	where the first one is a number;
 *	or ANY_VCPU_ARG for one of the first two, and the programs are told by
 *	exit_vcpu_arg of struct kvmdbg_config
 * @optional: what it counts is left out on a kernel that does not have it, or
 *	not with the arguments that the program looks at
 * @lack: enum model_lack bits: what is left out then
 * @detail: the BPF program for it when recording, NULL if that is the same
 */
struct backend_event {
	const char *event;
	const char *program;
	unsigned int vcpu_arg;
	bool optional;
	uint32_t lack;
	const char *detail;
};

struct armed_place;

#define NO_VCPU_ARG	UINT_MAX
#define ANY_VCPU_ARG	(UINT_MAX - 1)

/* The histograms that a vCPU can have: by enum kvmdbg_latency, then by enum kvmdbg_extra. */
#define NR_CLASSES	(KVMDBG_NR_LATENCIES + KVMDBG_NR_EXTRA)
#define EXTRA_CLASS(extra)	(KVMDBG_NR_LATENCIES + (extra))

/** enum class_flag - what a histogram is part of; each bit has its place in recordings */
enum class_flag {
	CLASS_DEBUG = 1,	/* debug exits */
	CLASS_OTHER = 2,	/* exits that are no debug exits */
	CLASS_HEAVY = 4,	/* exits that user space got to see */
	CLASS_SWITCH = 8,	/* switches of debug registers that were done */
	CLASS_TICKS = 16,	/* in ticks of the switch clock, not in nanoseconds */
	CLASS_REASON = 32,	/* its name is the reason of the exit */
};

/**
 * struct latency_class - what a histogram is of
 * @flags: bits of enum class_flag; 0: the platform has no such histogram
 * @name: [A-Za-z0-9_]; those of one name are parts of one
 */
struct latency_class {
	uint32_t flags;
	char name[32];
};

/** class_whole - the histogram that a class with these flags is a part of, or -1 */
static inline int class_whole(uint32_t flags)
{
	if (flags & CLASS_DEBUG)
		return KVMDBG_DEBUG_EXIT;
	if (flags & CLASS_OTHER)
		return KVMDBG_OTHER_EXIT;
	if (flags & CLASS_SWITCH)
		return KVMDBG_SWITCH;
	return -1;
}

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
 * @armed: program of an iterator over open files, which tells what their vCPUs are set to do
 * @places: that in places, see struct model
 * @open_files: program of an iterator over all open files, which tells what vCPUs
 *	there still are; NULL where an event tells that a vCPU goes away
 * @latency_class: what the histogram of that number, below NR_CLASSES, is of; where @isa is that
 *	of the processor
 * @isa: NULL, or exits are counted by reason not only when recording, from the contents of
 *	/proc/cpuinfo: whose reasons; 0 if the processor makes no exits that we know
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
	const char *armed;
	unsigned int (*places)(const struct kvmdbg_armed *armed, struct armed_place *places);
	const char *open_files;
	struct latency_class (*latency_class)(unsigned int class, uint32_t isa);
	uint32_t (*isa)(const char *cpuinfo);
};

/** backends - all that this build has, ends with NULL */
extern const struct backend *const backends[];

extern const struct backend booke_backend;
extern const struct backend x86_backend;	/* x86 hosts only */

#endif /* KVMDBG_BACKEND_H */

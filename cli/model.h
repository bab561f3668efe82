/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a frame shows.  Pure: it is fed with copies of what BPF counted and
 * knows neither BPF nor a terminal.
 */
#ifndef KVMDBG_MODEL_H
#define KVMDBG_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"

#define VM_NAME_SIZE	128

struct guests;
struct latency_class;
struct symbols;

/** WINDOW_NS - sliding percentiles are of at least the last half of it, of at most all of it */
#define WINDOW_NS	10000000000ULL

/** WATCH_KINDS - kinds of hits that have the address of data */
#define WATCH_KINDS	(1U << KVMDBG_WATCH_READ | 1U << KVMDBG_WATCH_WRITE)

/** hit_address - what a hit of these kinds is of: data that is watched, or an instruction */
static inline uint64_t hit_address(const struct kvmdbg_hit *hit, uint32_t kinds)
{
	return kinds & WATCH_KINDS ? hit->addr : hit->pc;
}

/** VCPU_HITS - its last hits that a vCPU keeps */
#define VCPU_HITS	16

/** MODEL_MAX_HITS - hits that one frame can hold; more are counted as dropped */
#define MODEL_MAX_HITS	16384

/**
 * struct latency - a histogram in 64 bits
 * @count: values
 * @sum: of the values, exact
 * @max: largest value, exact; after a reset the upper end of its bucket
 * @buckets: by kvmdbg_hist_index(), the last one also counts what is beyond
 */
struct latency {
	uint64_t count;
	uint64_t sum;
	uint64_t max;
	uint64_t buckets[KVMDBG_HIST_BUCKETS];
};

/**
 * struct frame_sink - who takes what BPF has counted, frame by frame
 * @ctx: for the functions
 * @begin: a frame, counters as of @now_ns
 * @add: one vCPU as BPF has it now, LIVE or GONE; @slot is its own until it is GONE; @classes
 *	are its NR_CLASSES histograms, no value in two of them, NULL where there is none; those
 *	of @raw are the sums of their parts; false if there is no memory
 * @end: the frame is complete; @lost: events that BPF could not count
 * @hit: at any time, belongs to the next frame at the latest
 */
struct frame_sink {
	void *ctx;
	void (*begin)(void *ctx, uint64_t now_ns);
	bool (*add)(void *ctx, uint32_t slot, const struct kvmdbg_vcpu *raw,
		    const struct kvmdbg_hist *const *classes);
	void (*end)(void *ctx, uint64_t lost);
	void (*hit)(void *ctx, const struct kvmdbg_hit *hit);
};

/** ARMED_MAX - debug events that a vCPU can be set to make at one time, of any platform */
#define ARMED_MAX	16

/**
 * struct armed_place - a debug event that a vCPU is set to make
 * @slot: the register that it is in, or empty
 * @kinds: mask of enum kvmdbg_kind
 * @origin: enum kvmdbg_origin: who has set it
 * @anywhere: not at an address
 * @addr: where else
 * @range: one of the two ends of a range of addresses
 * @in_force: false while user space debugs and it is the guest's own
 */
struct armed_place {
	char slot[8];
	uint32_t kinds;
	uint32_t origin;
	bool anywhere;
	uint64_t addr;
	bool range;
	bool in_force;
};

/** struct counters - the plain counters of struct kvmdbg_vcpu; only uint64_t members */
struct counters {
	uint64_t exits;
	uint64_t debug_exits;
	uint64_t events[KVMDBG_NR_KINDS];
	uint64_t origin[KVMDBG_NR_ORIGINS];
	uint64_t to_guest;
	uint64_t to_host;
	uint64_t skipped;
	uint64_t injected;
	uint64_t dropped_hits;
};

/** enum model_lack - what a platform may not be able to tell; then it is left out, not 0 */
enum model_lack {
	LACKS_SWITCHES = 1,	/* switches of debug registers to the host, and their time */
	LACKS_HOST = 2,		/* events of origin host */
	LACKS_SOME_EXITS = 4,	/* a guest may make exits that are not seen */
	LACKS_INJECTED = 8,	/* debug events given to the guest */
};

/**
 * struct model_reason - exits of a vCPU that one histogram is of
 * @class: its number
 * @count: since start, or since model_reset()
 * @ns: sum of the times to the next entry, likewise
 * @max: longest of them, since the vCPU was first seen
 * @raw_count: as last read; wraps
 * @raw_ns: as last read
 */
struct model_reason {
	unsigned int class;
	uint64_t count;
	uint64_t ns;
	uint64_t max;
	uint32_t raw_count;
	uint64_t raw_ns;
};

/**
 * struct model_vm - a virtual machine that is shown
 * @key: the kernel's VM, tells VMs of a process apart; never printed
 * @pid: its process
 * @name: escaped
 * @nth: number among the VMs of its process, from 1
 * @shown: it passes the filter
 * @symbols: of its addresses, NULL if none are known
 * @vcpus: how many vCPUs refer to it
 * @apart: on the screen: shown in one row where the others are not, or the other way round
 * @next: list
 */
struct model_vm {
	uint64_t key;
	uint32_t pid;
	char name[VM_NAME_SIZE];
	unsigned int nth;
	bool shown;
	const struct symbols *symbols;
	uint32_t vcpus;
	bool apart;
	struct model_vm *next;
};

/**
 * struct model_vcpu - a vCPU that is shown
 * @vm: its VM
 * @id: vCPU id
 * @gone: these are its final totals, the next frame is without it
 * @total: since start, or since model_reset()
 * @delta: since the last frame
 * @latency: since start, or since model_reset(), by enum kvmdbg_latency; switches in ticks
 * @reasons: exits by reason, in the order of classes
 * @nr_reasons: how many
 * @hits: its last hits, a ring
 * @nr_hits: how many there were ever, the next one goes to that place
 * @frame: values of the last frame, by enum kvmdbg_latency, if they are kept; else NULL
 * @alerts: conditions that it meets, a bit each
 * @armed: what it is set to do, if @armed_known
 * @armed_known: it was read for what is shown
 * @born_ns: when BPF saw it first
 * @raw: counters as last read
 * @base: counters at model_reset()
 * @acknowledged: how many of the stray events in @total somebody has taken note of
 * @raw_hist: histograms as last read
 * @mark: the same at two times before, the first is where the sliding window begins
 * @mark_ns: when the second one was
 */
struct model_vcpu {
	struct model_vm *vm;
	uint32_t id;
	bool gone;
	struct counters total;
	struct counters delta;
	struct latency latency[KVMDBG_NR_LATENCIES];
	struct model_reason *reasons;
	size_t nr_reasons;
	struct kvmdbg_hit hits[VCPU_HITS];
	size_t nr_hits;
	struct latency *frame;
	uint32_t alerts;
	struct kvmdbg_armed armed;
	bool armed_known;

	uint64_t born_ns;
	struct counters raw;
	struct counters base;
	uint64_t acknowledged;
	struct kvmdbg_hist raw_hist[KVMDBG_NR_LATENCIES];
	struct kvmdbg_hist mark[2][KVMDBG_NR_LATENCIES];
	uint64_t mark_ns;
};

/**
 * struct model - a frame, and what is needed to make the next one
 * @vm_filter: shell pattern that a VM's name must match, or NULL
 * @vm_name: writes the escaped name of a vCPU's VM
 * @vm_name_ctx: for it
 * @guests: what the user says about VMs, or NULL
 * @backend: name of the platform
 * @switch_hz: ticks a second of the switch clock, 0 if unknown
 * @kinds: kinds of a hit
 * @raw_name: what a hit's raw value is called
 * @slots: which breakpoints a hit is of, or NULL
 * @places: puts what is armed into at most ARMED_MAX places, and returns how many; or NULL
 * @kind_names: names of the platform's own, or NULL
 * @lacks: bits of enum model_lack
 * @keep_frames: have the last frame's values apart
 * @classes: what the NR_CLASSES histograms are of; NULL: exits are not told apart
 * @time_ns: when the frame was made (CLOCK_MONOTONIC)
 * @start_ns: when counting began, or model_reset()
 * @interval_ns: since the frame before
 * @vcpus: sorted by process, VM and id
 * @nr_vcpus: how many
 * @hits: hits of this frame, oldest first
 * @nr_hits: how many
 * @dropped_hits: since start: hits counted but not sent, or not kept
 * @lost_events: events of vCPUs for which BPF had no room
 * @gone: totals of vCPUs that are gone
 * @gone_stray: their stray events that nobody has taken note of
 * @unkept_hits: the part of @dropped_hits that did not fit into a frame
 * @pending: hits that came in since the frame
 * @nr_pending: how many
 * @vms: all VMs
 * @by_slot: vCPUs that are not gone, by their place in the table of BPF
 * @max_vcpus: room in @vcpus
 */
struct model {
	const char *vm_filter;
	void (*vm_name)(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size);
	void *vm_name_ctx;
	struct guests *guests;
	const char *backend;
	uint64_t switch_hz;
	uint32_t (*kinds)(const struct kvmdbg_hit *hit);
	const char *raw_name;
	uint32_t (*slots)(const struct kvmdbg_hit *hit);
	unsigned int (*places)(const struct kvmdbg_armed *armed, struct armed_place *places);
	const char *const *kind_names;
	uint32_t lacks;
	const struct latency_class *classes;
	bool keep_frames;

	uint64_t time_ns;
	uint64_t start_ns;
	uint64_t interval_ns;
	struct model_vcpu **vcpus;
	size_t nr_vcpus;
	struct kvmdbg_hit *hits;
	size_t nr_hits;
	uint64_t dropped_hits;
	uint64_t lost_events;

	struct counters gone;
	uint64_t gone_stray;
	uint64_t unkept_hits;
	struct kvmdbg_hit *pending;
	size_t nr_pending;
	struct model_vm *vms;
	struct model_vcpu *by_slot[KVMDBG_MAX_VCPUS];
	size_t max_vcpus;
};

/** model_init - allocate; the caller sets the first group of members afterwards */
bool model_init(struct model *model, uint64_t now_ns);

/** model_free - release all */
void model_free(struct model *model);

/** model_begin - start the next frame; what was gone in the last one is forgotten */
void model_begin(struct model *model, uint64_t now_ns);

/**
 * model_add - one vCPU as BPF has it now
 * @model: between model_begin() and model_end()
 * @slot: its place in the table of BPF, its own until it is GONE
 * @raw: a copy of its counters, LIVE or GONE
 * @classes: its NR_CLASSES histograms, or NULL
 *
 * Return: the vCPU, until the next model_begin(); NULL if there is no memory
 */
struct model_vcpu *model_add(struct model *model, uint32_t slot, const struct kvmdbg_vcpu *raw,
			     const struct kvmdbg_hist *const *classes);

/** model_end - the frame is complete; @lost_events as BPF counts them */
void model_end(struct model *model, uint64_t lost_events);

/** model_hit - a hit, for the next frame */
void model_hit(struct model *model, const struct kvmdbg_hit *hit);

/** model_sink - what feeds a model */
struct frame_sink model_sink(struct model *model);

/** model_armed - what a vCPU is set to do, as BPF has read it */
void model_armed(struct model *model, uint32_t slot, const struct kvmdbg_armed *armed);

/**
 * model_places - the same in places
 * @places: ARMED_MAX of them
 *
 * Return: how many, 0 also if that is not known
 */
unsigned int model_places(const struct model *model, const struct model_vcpu *vcpu,
			  struct armed_place *places);

/** model_reset - totals, percentiles and drops start from here */
void model_reset(struct model *model);

/**
 * model_window - a histogram of the last time only
 * @window: result
 * @vcpu: of this vCPU
 * @which: enum kvmdbg_latency
 */
void model_window(struct latency *window, const struct model_vcpu *vcpu, unsigned int which);

/** model_totals - of all vCPUs that there are or were */
void model_totals(const struct model *model, struct counters *totals);

/** model_stray - stray events that nobody has taken note of */
uint64_t model_stray(const struct model *model);

/**
 * model_acknowledge - take note of stray events
 * @model: where they are
 * @seen: what the user saw: @model itself, or an earlier model_copy() of it
 */
void model_acknowledge(struct model *model, struct model *seen);

/**
 * model_copy - a model that stays as it is, which can be shown and not be fed
 * Return: false if there is no memory
 */
bool model_copy(struct model *copy, const struct model *model);

/** model_rate - a difference between frames, in events a second */
double model_rate(const struct model *model, uint64_t delta);

/**
 * model_vm_of - the VM that a hit belongs to
 * Return: NULL if no vCPU of it has been seen yet
 */
const struct model_vm *model_vm_of(const struct model *model, const struct kvmdbg_hit *hit);

/**
 * latency_percentile - value below which a share of the values lies
 * @latency: with a count above 0
 * @permille: the share, 0 to 1000
 *
 * Return: the middle of the bucket, at most the largest value
 */
uint64_t latency_percentile(const struct latency *latency, unsigned int permille);

/** latency_add - add what came between two readings of a histogram */
void latency_add(struct latency *latency, const struct kvmdbg_hist *before,
		 const struct kvmdbg_hist *now);

/** latency_merge - add all of another one's values */
void latency_merge(struct latency *latency, const struct latency *other);

/** counters_of - the plain counters of a vCPU */
void counters_of(struct counters *counters, const struct kvmdbg_vcpu *raw);

/** counters_sub - @out = @a - @b, member by member */
void counters_sub(struct counters *out, const struct counters *a, const struct counters *b);

/** counters_add - add to @sum, member by member */
void counters_add(struct counters *sum, const struct counters *more);

/** bucket_low - smallest value of a bucket of kvmdbg_hist_index() */
uint64_t bucket_low(unsigned int index);

/** ticks_to_ns - @ticks of a clock of @hz (above 0), without overflow on the way */
uint64_t ticks_to_ns(uint64_t ticks, uint64_t hz);

/** kind_name - as in JSON; NULL if the platform has no such kind */
const char *kind_name(const struct model *model, enum kvmdbg_kind kind);

/** origin_name - as in JSON */
const char *origin_name(uint32_t origin);

/** model_exits - are the totals of exits those of all exits? */
bool model_exits(const struct model *model, const struct model_vcpu *vcpu);

/** model_switches - are there counts of switches of debug registers? */
bool model_switches(const struct model *model, const struct model_vcpu *vcpu);

/** kinds_text - names of the kinds in a mask, joined with '+'; "unknown" for none */
void kinds_text(const struct model *model, char *text, size_t size, uint32_t kinds);

#endif /* KVMDBG_MODEL_H */

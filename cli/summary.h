/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording comes to: totals, histograms, a timeline, the places that were hit. */
#ifndef KVMDBG_SUMMARY_H
#define KVMDBG_SUMMARY_H

#include "recfile.h"

/** SUMMARY_COLUMNS - parts of the timeline at most; a longer recording has longer parts */
#define SUMMARY_COLUMNS	240

/** SUMMARY_VCPUS - vCPUs that are told apart; what comes after them is taken together */
#define SUMMARY_VCPUS	2048

/** SUMMARY_PLACES, SUMMARY_HITS - places and single hits that are kept, the first ones */
#define SUMMARY_PLACES	4096
#define SUMMARY_HITS	10000

/** struct summary_column - what happened in a part of the timeline */
struct summary_column {
	uint64_t exits, debug_exits, stray, switches;
};

/**
 * struct summary_vcpu - a vCPU, or all of them
 * @vm: name of its VM, escaped
 * @pid: process of the VM
 * @id: vCPU id
 * @many: several vCPUs
 * @exits_known: the totals of exits are those of all exits
 * @born_ns: when it was first seen
 * @total: counters
 * @classes: histograms, NULL where there was nothing
 * @columns: the timeline, SUMMARY_COLUMNS of them
 */
struct summary_vcpu {
	char vm[VM_NAME_SIZE];
	uint32_t pid;
	uint32_t id;
	bool many;
	bool exits_known;
	uint64_t born_ns;
	struct counters total;
	struct latency *classes[NR_CLASSES];
	struct summary_column *columns;
};

/**
 * struct summary_place - an address that was hit
 * @vm: name of the VM, escaped
 * @symbols: of the VM, or NULL
 * @pc: of the instruction
 * @kinds: bits by enum kvmdbg_kind
 * @origin: enum kvmdbg_origin
 * @hits: how many single hits the recording has of it
 * @first_ns: time of the first
 */
struct summary_place {
	char vm[VM_NAME_SIZE];
	const struct symbols *symbols;
	uint64_t pc;
	uint32_t kinds;
	uint32_t origin;
	uint64_t hits;
	uint64_t first_ns;
};

/**
 * struct summary_hit - a single hit
 * @hit: as recorded
 * @symbols: of its VM, or NULL
 * @vm: name of its VM, escaped
 */
struct summary_hit {
	struct kvmdbg_hit hit;
	const struct symbols *symbols;
	char vm[VM_NAME_SIZE];
};

/**
 * struct summary_group - a cost: histograms that belong together
 * @name: "debug_exit", "heavyweight", "exit:DTLB_MISS", ...
 * @hz: of the clock of its values, 1000000000 for nanoseconds, 0 if unknown
 * @latency: the values
 */
struct summary_group {
	char name[40];
	uint64_t hz;
	struct latency latency;
};

/** struct summary - what summary_read() found; names of vCPUs and VMs are as kvmdbg top has them */
struct summary {
	struct recording *recording;
	struct model model;
	struct summary_vcpu total;
	struct summary_vcpu **vcpus;
	size_t nr_vcpus;
	struct summary_place *places;
	size_t nr_places;
	uint64_t other_places;
	struct summary_hit *hits;
	size_t nr_hits;
	uint64_t all_hits;
	uint64_t windows;
	uint64_t duration_ns;
	uint64_t column_ns;
	size_t nr_columns;
};

/**
 * summary_read - read a recording to its end
 * @summary: result, to be released with summary_free() whatever is returned
 * @recording: just opened, stays the caller's
 * @frame: called for each window, its counters are the model's; or NULL
 * @ctx: for it
 *
 * Tells on standard error when a recording is not whole.
 *
 * Return: EXIT_OK, or EXIT_IO after a message if nothing could be read
 */
int summary_read(struct summary *summary, struct recording *recording,
		 void (*frame)(void *ctx, const struct model *model), void *ctx);

/** summary_free - release all but the recording */
void summary_free(struct summary *summary);

/**
 * summary_groups - the costs of a vCPU, or of all
 * @groups: result, to be freed by the caller; only those that have values
 *
 * Return: how many, -1 if there is no memory
 */
int summary_groups(const struct summary *summary, const struct summary_vcpu *vcpu,
		   struct summary_group **groups);

/**
 * recording_to_run - what kvmdbg diff compares
 * @recording: just opened
 * @run: zeroed; to be released with run_free(), whatever is returned
 *
 * Mean, median and 99th percentile of each cost; where a command was recorded to its end also how
 * many exits and switches it took.
 *
 * Return: false after a message
 */
bool recording_to_run(struct recording *recording, struct run *run);

#endif /* KVMDBG_SUMMARY_H */

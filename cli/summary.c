// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "summary.h"
#include "util.h"

#define PLACE_SLOTS	(2 * SUMMARY_PLACES)

/*
 * struct reader - what is needed while a recording is read
 * @summary: the result
 * @to_model: makes the model's frame
 * @frame: see summary_read()
 * @ctx: for it
 * @slots: vCPUs by their place in the recording
 * @last: histograms as they were, by place and class
 * @others: all vCPUs that are not told apart
 * @table: places by their hash, numbers from 1
 * @failed: there is no memory
 */
struct reader {
	struct summary *summary;
	struct frame_sink to_model;
	void (*frame)(void *ctx, const struct model *model);
	void *ctx;
	struct summary_vcpu *slots[KVMDBG_MAX_VCPUS];
	struct kvmdbg_hist *last[KVMDBG_MAX_VCPUS][NR_CLASSES];
	struct summary_vcpu *others;
	uint32_t table[PLACE_SLOTS];
	bool failed;
};

static void add_counters(struct counters *to, const struct counters *from)
{
	uint64_t *x = (uint64_t *)to;
	const uint64_t *y = (const uint64_t *)from;
	size_t i;

	for (i = 0; i < sizeof(*to) / sizeof(*x); i++)
		x[i] += y[i];
}

static void add_column(struct summary_column *to, const struct summary_column *from)
{
	to->exits += from->exits;
	to->debug_exits += from->debug_exits;
	to->stray += from->stray;
	to->switches += from->switches;
}

/* Two parts become one. */
static void halve(struct summary_column *columns)
{
	size_t i;

	for (i = 0; i < SUMMARY_COLUMNS; i++) {
		struct summary_column sum = { 0 };

		if (2 * i < SUMMARY_COLUMNS) {
			sum = columns[2 * i];
			add_column(&sum, &columns[2 * i + 1]);
		}
		columns[i] = sum;
	}
}

static void fit_timeline(struct summary *summary, uint64_t now_ns)
{
	uint64_t at = now_ns - recording_start_ns(summary->recording);
	size_t i;

	if (!summary->column_ns)
		summary->column_ns = at ? at : 1;
	while ((at ? at - 1 : 0) / summary->column_ns >= SUMMARY_COLUMNS) {
		summary->column_ns *= 2;
		halve(summary->total.columns);
		for (i = 0; i < summary->nr_vcpus; i++)
			halve(summary->vcpus[i]->columns);
	}
	summary->duration_ns = at;
	summary->nr_columns = at ? (at - 1) / summary->column_ns + 1 : 1;
}

static void reader_begin(void *ctx, uint64_t now_ns)
{
	struct reader *reader = ctx;

	reader->to_model.begin(reader->to_model.ctx, now_ns);
	fit_timeline(reader->summary, now_ns);
}

/* A window's counts over the parts that it lies in, in proportion; their sum stays what it is. */
static void spread(const struct summary *summary, struct summary_column *columns,
		   const struct summary_column *counts)
{
	const uint64_t to = summary->duration_ns;
	const uint64_t from = to - summary->model.interval_ns;
	const uint64_t first = from / summary->column_ns;
	struct summary_column done = { 0 };
	uint64_t i, last = to > from ? (to - 1) / summary->column_ns : first;

	if (last >= SUMMARY_COLUMNS)
		last = SUMMARY_COLUMNS - 1;
	for (i = first; i <= last; i++) {
		uint64_t end = (i + 1) * summary->column_ns;
		double share = i == last ? 1 : (double)(end - from) / (to - from);
		struct summary_column upto = {
			.exits = i == last ? counts->exits : counts->exits * share,
			.debug_exits = i == last ? counts->debug_exits :
				       counts->debug_exits * share,
			.stray = i == last ? counts->stray : counts->stray * share,
			.switches = i == last ? counts->switches : counts->switches * share,
		};

		columns[i].exits += upto.exits - done.exits;
		columns[i].debug_exits += upto.debug_exits - done.debug_exits;
		columns[i].stray += upto.stray - done.stray;
		columns[i].switches += upto.switches - done.switches;
		done = upto;
	}
}

static struct summary_vcpu *new_vcpu(struct summary *summary)
{
	struct summary_vcpu *vcpu = calloc(1, sizeof(*vcpu));

	if (vcpu)
		vcpu->columns = calloc(SUMMARY_COLUMNS, sizeof(*vcpu->columns));
	if (!vcpu || !vcpu->columns) {
		free(vcpu);
		return NULL;
	}
	summary->vcpus[summary->nr_vcpus++] = vcpu;
	return vcpu;
}

static struct summary_vcpu *get_vcpu(struct reader *reader, uint32_t slot,
				     const struct model_vcpu *from)
{
	struct summary *summary = reader->summary;
	struct summary_vcpu *vcpu = reader->slots[slot];

	if (vcpu)
		return vcpu;
	if (summary->nr_vcpus < SUMMARY_VCPUS) {
		vcpu = new_vcpu(summary);
		if (!vcpu)
			return NULL;
		snprintf(vcpu->vm, sizeof(vcpu->vm), "%s", from->vm->name);
		vcpu->pid = from->vm->pid;
		vcpu->id = from->id;
		vcpu->born_ns = from->born_ns;
	} else {
		if (!reader->others) {
			reader->others = new_vcpu(summary);
			if (!reader->others)
				return NULL;
			snprintf(reader->others->vm, sizeof(reader->others->vm), "(others)");
			reader->others->many = true;
		}
		vcpu = reader->others;
	}
	return reader->slots[slot] = vcpu;
}

static bool add_class(struct summary_vcpu *vcpu, unsigned int class,
		      const struct kvmdbg_hist *before, const struct kvmdbg_hist *now)
{
	if (!vcpu->classes[class])
		vcpu->classes[class] = calloc(1, sizeof(*vcpu->classes[class]));
	if (!vcpu->classes[class])
		return false;
	latency_add(vcpu->classes[class], before, now);
	return true;
}

static bool add_classes(struct reader *reader, uint32_t slot, struct summary_vcpu *vcpu,
			const struct kvmdbg_hist *const *classes)
{
	unsigned int i;

	for (i = 0; i < NR_CLASSES; i++) {
		struct kvmdbg_hist **last = &reader->last[slot][i];

		if (!classes[i])
			continue;
		if (!*last)
			*last = calloc(1, sizeof(**last));
		if (!*last)
			return false;
		if (!memcmp(*last, classes[i], sizeof(**last)))
			continue;
		if (!add_class(vcpu, i, *last, classes[i]) ||
		    !add_class(&reader->summary->total, i, *last, classes[i]))
			return false;
		**last = *classes[i];
	}
	return true;
}

static void forget_slot(struct reader *reader, uint32_t slot)
{
	unsigned int i;

	reader->slots[slot] = NULL;
	for (i = 0; i < NR_CLASSES; i++) {
		free(reader->last[slot][i]);
		reader->last[slot][i] = NULL;
	}
}

static bool reader_add(void *ctx, uint32_t slot, const struct kvmdbg_vcpu *raw,
		       const struct kvmdbg_hist *const *classes)
{
	struct reader *reader = ctx;
	struct summary *summary = reader->summary;
	const struct model_vcpu *from = model_add(&summary->model, slot, raw, NULL);
	struct summary_vcpu *vcpu = from ? get_vcpu(reader, slot, from) : NULL;
	struct summary_column column;

	if (!vcpu || !add_classes(reader, slot, vcpu, classes)) {
		reader->failed = true;
		return false;
	}
	column = (struct summary_column){
		.exits = from->delta.exits,
		.debug_exits = from->delta.debug_exits,
		.stray = from->delta.origin[KVMDBG_STRAY],
		.switches = from->delta.to_guest + from->delta.to_host,
	};
	spread(summary, vcpu->columns, &column);
	spread(summary, summary->total.columns, &column);
	add_counters(&vcpu->total, &from->delta);
	add_counters(&summary->total.total, &from->delta);
	vcpu->exits_known |= model_exits(&summary->model, from);
	summary->total.exits_known |= vcpu->exits_known;
	if (raw->state == KVMDBG_GONE)
		forget_slot(reader, slot);
	return true;
}

static void add_place(struct reader *reader, const struct kvmdbg_hit *hit, const char *vm,
		      const struct symbols *symbols)
{
	struct summary *summary = reader->summary;
	uint32_t kinds = summary->model.kinds(hit);
	uint64_t hash = (hit->pc ^ (uint64_t)kinds << 32 ^ hit->origin) * 0x9e3779b97f4a7c15;
	struct summary_place *place;
	uint32_t *entry;
	const char *s;

	for (s = vm; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3;
	for (hash >>= 32;; hash++) {
		entry = &reader->table[hash % PLACE_SLOTS];
		if (!*entry)
			break;
		place = &summary->places[*entry - 1];
		if (place->pc == hit->pc && place->kinds == kinds &&
		    place->origin == hit->origin && !strcmp(place->vm, vm)) {
			place->hits++;
			return;
		}
	}
	if (summary->nr_places == SUMMARY_PLACES) {
		summary->other_places++;
		return;
	}
	place = &summary->places[summary->nr_places++];
	*entry = summary->nr_places;
	*place = (struct summary_place){ .pc = hit->pc, .kinds = kinds, .origin = hit->origin,
					 .hits = 1, .first_ns = hit->time_ns,
					 .symbols = symbols };
	snprintf(place->vm, sizeof(place->vm), "%s", vm);
}

static void reader_end(void *ctx, uint64_t lost)
{
	struct reader *reader = ctx;
	struct summary *summary = reader->summary;
	struct summary_hit *kept;
	size_t i;

	reader->to_model.end(reader->to_model.ctx, lost);
	for (i = 0; i < summary->model.nr_hits; i++) {
		const struct kvmdbg_hit *hit = &summary->model.hits[i];
		const struct model_vm *vm = model_vm_of(&summary->model, hit);

		summary->all_hits++;
		add_place(reader, hit, vm ? vm->name : "?", vm ? vm->symbols : NULL);
		if (summary->nr_hits == SUMMARY_HITS)
			continue;
		kept = &summary->hits[summary->nr_hits++];
		kept->hit = *hit;
		kept->symbols = vm ? vm->symbols : NULL;
		snprintf(kept->vm, sizeof(kept->vm), "%s", vm ? vm->name : "?");
	}
	if (reader->frame)
		reader->frame(reader->ctx, &summary->model);
}

static void reader_hit(void *ctx, const struct kvmdbg_hit *hit)
{
	struct reader *reader = ctx;

	reader->to_model.hit(reader->to_model.ctx, hit);
}

static int by_hits(const void *a, const void *b)
{
	const struct summary_place *x = a, *y = b;

	if (x->hits != y->hits)
		return x->hits > y->hits ? -1 : 1;
	return x->pc < y->pc ? -1 : x->pc > y->pc;
}

static int by_name(const void *a, const void *b)
{
	const struct summary_vcpu *x = *(struct summary_vcpu *const *)a;
	const struct summary_vcpu *y = *(struct summary_vcpu *const *)b;

	if (x->many != y->many)
		return x->many - y->many;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (strcmp(x->vm, y->vm))
		return strcmp(x->vm, y->vm);
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->born_ns < y->born_ns ? -1 : x->born_ns > y->born_ns;
}

int summary_read(struct summary *summary, struct recording *recording,
		 void (*frame)(void *ctx, const struct model *model), void *ctx)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	const struct frame_sink sink = { .ctx = reader, .begin = reader_begin, .add = reader_add,
					 .end = reader_end, .hit = reader_hit };
	const char *damage;
	bool failed = true;
	uint32_t i;

	memset(summary, 0, sizeof(*summary));
	summary->recording = recording;
	summary->vcpus = calloc(SUMMARY_VCPUS + 1, sizeof(*summary->vcpus));
	summary->places = calloc(SUMMARY_PLACES, sizeof(*summary->places));
	summary->hits = calloc(SUMMARY_HITS, sizeof(*summary->hits));
	summary->total.columns = calloc(SUMMARY_COLUMNS, sizeof(*summary->total.columns));
	summary->total.many = true;
	if (!reader || !summary->vcpus || !summary->places || !summary->hits ||
	    !summary->total.columns ||
	    !model_init(&summary->model, recording_start_ns(recording))) {
		free(reader);
		return complain(EXIT_IO, "no memory");
	}
	recording_setup_model(recording, &summary->model);
	reader->summary = summary;
	reader->to_model = model_sink(&summary->model);
	reader->frame = frame;
	reader->ctx = ctx;
	while (recording_next(recording, &sink))
		;
	failed = reader->failed;
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++)
		forget_slot(reader, i);
	free(reader);
	if (failed)
		return complain(EXIT_IO, "%s: no memory for all that is in it",
				recording_name(recording));
	summary->windows = recording_windows(recording);
	qsort(summary->places, summary->nr_places, sizeof(*summary->places), by_hits);
	qsort(summary->vcpus, summary->nr_vcpus, sizeof(*summary->vcpus), by_name);
	damage = recording_damage(recording);
	if (damage && !summary->windows)
		return complain(EXIT_IO, "%s: is %s: it holds no window", recording_name(recording),
				damage);
	if (damage)
		complain(0, "%s: is %s: the first %.3f s can be read (%llu windows)",
			 recording_name(recording), damage, summary->duration_ns / 1e9,
			 (unsigned long long)summary->windows);
	return EXIT_OK;
}

static void free_vcpu(struct summary_vcpu *vcpu)
{
	unsigned int i;

	for (i = 0; i < NR_CLASSES; i++)
		free(vcpu->classes[i]);
	free(vcpu->columns);
}

void summary_free(struct summary *summary)
{
	size_t i;

	for (i = 0; i < summary->nr_vcpus; i++) {
		free_vcpu(summary->vcpus[i]);
		free(summary->vcpus[i]);
	}
	free_vcpu(&summary->total);
	free(summary->vcpus);
	free(summary->places);
	free(summary->hits);
	model_free(&summary->model);
	memset(summary, 0, sizeof(*summary));
}

/* Adds a histogram to the group of that name. */
static void add_to_group(struct summary_group *groups, int *count, const char *name,
			 uint64_t hz, const struct latency *latency)
{
	struct summary_group *group;
	int i;

	for (i = 0; i < *count && strcmp(groups[i].name, name); i++)
		;
	group = &groups[i];
	if (i == *count) {
		(*count)++;
		snprintf(group->name, sizeof(group->name), "%s", name);
		group->hz = hz;
	}
	latency_merge(&group->latency, latency);
}

static int group_order(const void *a, const void *b)
{
	static const char *const first[] = { "debug_exit", "heavyweight", "other_exit",
					     "switch_armed", "switch_unarmed", "switch_skipped" };
	const size_t n = sizeof(first) / sizeof(first[0]);
	const struct summary_group *x = a, *y = b;
	size_t i, j;

	for (i = 0; i < n && strcmp(x->name, first[i]); i++)
		;
	for (j = 0; j < n && strcmp(y->name, first[j]); j++)
		;
	if (i != j)
		return i < j ? -1 : 1;
	return strcmp(x->name, y->name);
}

int summary_groups(const struct summary *summary, const struct summary_vcpu *vcpu,
		   struct summary_group **result)
{
	struct summary_group *groups = calloc(2 * NR_CLASSES + 3, sizeof(*groups));
	const uint64_t ns = 1000000000;
	int count = 0;
	unsigned int i;
	char name[48];

	if (!groups)
		return -1;
	for (i = 0; i < NR_CLASSES; i++) {
		struct latency_class class = recording_class(summary->recording, i);
		const struct latency *latency = vcpu->classes[i];

		if (!latency || !latency->count || !class.flags)
			continue;
		if (class.flags & CLASS_DEBUG)
			add_to_group(groups, &count, "debug_exit", ns, latency);
		if (class.flags & CLASS_OTHER)
			add_to_group(groups, &count, "other_exit", ns, latency);
		if (class.flags & CLASS_HEAVY)
			add_to_group(groups, &count, "heavyweight", ns, latency);
		if (class.flags & CLASS_TICKS)
			add_to_group(groups, &count, class.name, summary->model.switch_hz,
				     latency);
		if (class.flags & CLASS_REASON) {
			snprintf(name, sizeof(name), "exit:%s", class.name);
			add_to_group(groups, &count, name, ns, latency);
		}
	}
	qsort(groups, count, sizeof(*groups), group_order);
	*result = groups;
	return count;
}

static bool run_row(struct run *run, const char *name, const char *what, const char *unit,
		    double value)
{
	char full[64];

	snprintf(full, sizeof(full), "%s_%s", name, what);
	return run_add_row(run, full, strlen(full), unit, strlen(unit), false) &&
	       run_add_value(run, value);
}

static bool run_group(struct run *run, const struct summary_group *group, bool counts)
{
	static const struct {
		const char *name;
		unsigned int permille;
	} percentiles[] = { { "p50", 500 }, { "p99", 990 } };
	const struct latency *l = &group->latency;
	uint64_t value;
	size_t i;

	if (counts && !run_row(run, group->name, "count", "count", l->count))
		return false;
	if (!group->hz)
		return true;
	if (!run_row(run, group->name, "mean", "ns", l->sum * 1e9 / group->hz / l->count))
		return false;
	for (i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
		value = ticks_to_ns(latency_percentile(l, percentiles[i].permille), group->hz);
		if (!run_row(run, group->name, percentiles[i].name, "ns", value))
			return false;
	}
	return true;
}

bool recording_to_run(struct recording *recording, struct run *run)
{
	struct summary_group *groups = NULL;
	struct summary summary;
	const char *value;
	int count = 0, i;
	bool ok;

	ok = !summary_read(&summary, recording, NULL, NULL);
	if (ok) {
		for (i = 0; i < RUN_NR_ENV; i++) {
			value = recording_env(recording, run_env_key(i));
			if (value && !run_set_env(run, i, value, strlen(value)))
				goto failed;
		}
		value = recording_env(recording, "end");
		count = summary_groups(&summary, &summary.total, &groups);
		if (count < 0)
			goto failed;
		for (i = 0; i < count; i++)
			if (!run_group(run, &groups[i], value && !strcmp(value, "the command ended")))
				goto failed;
	}
	if (ok && !count) {
		complain(EXIT_IO, "%s: nothing happened while it was recorded",
			 recording_name(recording));
		ok = false;
	}
	if (ok && !run_check(run))
		goto failed;
out:
	free(groups);
	summary_free(&summary);
	return ok;
failed:
	complain(EXIT_IO, "%s: %s", recording_name(recording), *run->why ? run->why : "no memory");
	ok = false;
	goto out;
}

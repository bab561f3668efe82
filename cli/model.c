// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "guests.h"
#include "model.h"

static const char *const kind_names[KVMDBG_NR_KINDS] = {
	[KVMDBG_STEP] = "step",
	[KVMDBG_HW_BREAK] = "hw_break",
	[KVMDBG_WATCH_READ] = "watch_read",
	[KVMDBG_WATCH_WRITE] = "watch_write",
	[KVMDBG_BRANCH] = "branch",
	[KVMDBG_TRAP] = "trap",
	[KVMDBG_SW_BREAK] = "sw_break",
	[KVMDBG_INTERRUPT] = "interrupt",
	[KVMDBG_RETURN] = "return",
	[KVMDBG_IMPRECISE] = "imprecise",
};

static const char *const origin_names[KVMDBG_NR_ORIGINS] = {
	[KVMDBG_USER] = "user",
	[KVMDBG_GUEST] = "guest",
	[KVMDBG_STRAY] = "stray",
	[KVMDBG_HOST] = "host",
};

const char *kind_name(const struct model *model, enum kvmdbg_kind kind)
{
	return (model->kind_names ? model->kind_names : kind_names)[kind];
}

bool model_exits(const struct model *model, const struct model_vcpu *vcpu)
{
	/* One that has made none at all is emulated. */
	return !(model->lacks & LACKS_SOME_EXITS) || vcpu->raw.exits;
}

bool model_switches(const struct model *model, const struct model_vcpu *vcpu)
{
	/* Without them an entry tells whether there were any to the guest. */
	return !(model->lacks & LACKS_SWITCHES) || vcpu->raw.to_guest || vcpu->raw.skipped;
}

const char *origin_name(uint32_t origin)
{
	return origin < KVMDBG_NR_ORIGINS ? origin_names[origin] : "unknown";
}

void kinds_text(const struct model *model, char *text, size_t size, uint32_t kinds)
{
	size_t len = 0;
	int kind;

	snprintf(text, size, "unknown");
	for (kind = 0; kind < KVMDBG_NR_KINDS && len < size; kind++)
		if (kinds & 1U << kind && kind_name(model, kind))
			len += snprintf(text + len, size - len, "%s%s", len ? "+" : "",
					kind_name(model, kind));
}

uint64_t bucket_low(unsigned int index)
{
	unsigned int s = index / 8;

	/* index is 8 * s + x with x in 8..15, but for the first eight */
	return s < 2 ? index : (uint64_t)(index % 8 + 8) << (s - 1);
}

uint64_t latency_percentile(const struct latency *latency, unsigned int permille)
{
	uint64_t want = latency->count / 1000 * permille +
			(latency->count % 1000 * permille + 999) / 1000;
	uint64_t seen = 0, low, middle;
	unsigned int i;

	if (!want)
		want = 1;
	for (i = 0; i < KVMDBG_HIST_BUCKETS - 1; i++) {
		seen += latency->buckets[i];
		if (seen >= want) {
			low = bucket_low(i);
			middle = low + (bucket_low(i + 1) - low) / 2;
			return middle < latency->max ? middle : latency->max;
		}
	}
	/* the last bucket has no upper end */
	return latency->max;
}

uint64_t ticks_to_ns(uint64_t ticks, uint64_t hz)
{
	return ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
}

double model_rate(const struct model *model, uint64_t delta)
{
	return model->interval_ns ? delta * 1e9 / model->interval_ns : 0;
}

void counters_sub(struct counters *out, const struct counters *a, const struct counters *b)
{
	const uint64_t *x = (const uint64_t *)a, *y = (const uint64_t *)b;
	uint64_t *z = (uint64_t *)out;
	size_t i;

	for (i = 0; i < sizeof(*out) / sizeof(*z); i++)
		z[i] = x[i] - y[i];
}

void counters_of(struct counters *c, const struct kvmdbg_vcpu *raw)
{
	c->exits = raw->exits;
	c->debug_exits = raw->debug_exits;
	memcpy(c->events, raw->events, sizeof(c->events));
	memcpy(c->origin, raw->origin, sizeof(c->origin));
	c->to_guest = raw->to_guest;
	c->to_host = raw->to_host;
	c->skipped = raw->skipped;
	c->injected = raw->injected;
	c->dropped_hits = raw->dropped_hits;
}

/* The buckets that BPF keeps wrap at 2^32. */
void latency_add(struct latency *latency, const struct kvmdbg_hist *last,
		 const struct kvmdbg_hist *now)
{
	unsigned int i, top = 0;
	uint64_t high;
	uint32_t delta;

	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++) {
		delta = now->buckets[i] - last->buckets[i];
		/* Memory that is not written to takes none. */
		if (!delta)
			continue;
		latency->buckets[i] += delta;
		latency->count += delta;
		top = i + 1;
	}
	latency->sum += now->sum - last->sum;
	/*
	 * BPF's max is since the vCPU's start.  If it moved it is the new one, else what is
	 * new is known from its bucket.
	 */
	if (now->max != last->max) {
		latency->max = now->max;
	} else if (top) {
		high = top < KVMDBG_HIST_BUCKETS ? bucket_low(top) - 1 : now->max;
		if (high > now->max)
			high = now->max;
		if (high > latency->max)
			latency->max = high;
	}
}

void latency_merge(struct latency *latency, const struct latency *other)
{
	unsigned int i;

	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++)
		latency->buckets[i] += other->buckets[i];
	latency->count += other->count;
	latency->sum += other->sum;
	if (other->max > latency->max)
		latency->max = other->max;
}

bool model_init(struct model *model, uint64_t now_ns)
{
	memset(model, 0, sizeof(*model));
	model->time_ns = now_ns;
	model->start_ns = now_ns;
	model->hits = calloc(MODEL_MAX_HITS, sizeof(*model->hits));
	model->pending = calloc(MODEL_MAX_HITS, sizeof(*model->pending));
	if (model->hits && model->pending)
		return true;
	model_free(model);
	return false;
}

static void vm_put(struct model *model, struct model_vm *vm)
{
	struct model_vm **p;

	if (--vm->vcpus)
		return;
	for (p = &model->vms; *p != vm; p = &(*p)->next)
		;
	*p = vm->next;
	guests_put(model->guests, vm->symbols);
	free(vm);
}

static void vcpu_free(struct model_vcpu *vcpu)
{
	free(vcpu->reasons);
	free(vcpu->frame);
	free(vcpu);
}

void model_free(struct model *model)
{
	size_t i;

	for (i = 0; i < model->nr_vcpus; i++) {
		vm_put(model, model->vcpus[i]->vm);
		vcpu_free(model->vcpus[i]);
	}
	free(model->vcpus);
	free(model->hits);
	free(model->pending);
	memset(model, 0, sizeof(*model));
}

static struct model_vm *vm_find(const struct model *model, uint32_t pid, uint64_t key)
{
	struct model_vm *vm;

	for (vm = model->vms; vm; vm = vm->next)
		if (vm->pid == pid && vm->key == key)
			return vm;
	return NULL;
}

static struct model_vm *vm_get(struct model *model, const struct kvmdbg_vcpu *raw)
{
	struct model_vm *vm = vm_find(model, raw->tgid, raw->vm), **p;
	char suffix[16];
	size_t len;

	if (vm)
		return vm;
	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return NULL;
	vm->key = raw->vm;
	vm->pid = raw->tgid;
	model->vm_name(model->vm_name_ctx, raw, vm->name, sizeof(vm->name));
	guests_rename(model->guests, vm->pid, vm->name, sizeof(vm->name));
	/* Filter by the name as the user knows it, before VMs of a process get numbers. */
	vm->shown = !model->vm_filter || !fnmatch(model->vm_filter, vm->name, FNM_NOESCAPE);
	vm->symbols = guests_take(model->guests, vm->pid, vm->name);
	vm->nth = 1;
	for (p = &model->vms; *p; p = &(*p)->next)
		if ((*p)->pid == vm->pid && (*p)->nth >= vm->nth)
			vm->nth = (*p)->nth + 1;
	*p = vm;
	if (vm->nth > 1) {
		len = strlen(vm->name);
		snprintf(suffix, sizeof(suffix), "#%u", vm->nth);
		if (len + strlen(suffix) >= sizeof(vm->name)) {
			len = sizeof(vm->name) - sizeof(suffix);
			while (len && ((unsigned char)vm->name[len] & 0xc0) == 0x80)
				len--;
		}
		strcpy(vm->name + len, suffix);
	}
	return vm;
}

void counters_add(struct counters *sum, const struct counters *more)
{
	const uint64_t *from = (const uint64_t *)more;
	uint64_t *to = (uint64_t *)sum;
	size_t i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static uint64_t vcpu_stray(const struct model_vcpu *vcpu)
{
	return vcpu->total.origin[KVMDBG_STRAY] - vcpu->acknowledged;
}

void model_begin(struct model *model, uint64_t now_ns)
{
	struct kvmdbg_hit *hits = model->hits;
	struct model_vcpu *vcpu;
	size_t i, kept = 0;

	for (i = 0; i < model->nr_vcpus; i++) {
		vcpu = model->vcpus[i];
		if (vcpu->gone) {
			if (vcpu->vm->shown) {
				counters_add(&model->gone, &vcpu->total);
				model->gone_stray += vcpu_stray(vcpu);
			}
			vm_put(model, vcpu->vm);
			vcpu_free(vcpu);
			continue;
		}
		model->vcpus[kept++] = vcpu;
	}
	model->nr_vcpus = kept;
	model->interval_ns = now_ns - model->time_ns;
	model->time_ns = now_ns;
	model->hits = model->pending;
	model->nr_hits = model->nr_pending;
	model->pending = hits;
	model->nr_pending = 0;
}

static struct model_vcpu *vcpu_new(struct model *model, const struct kvmdbg_vcpu *raw)
{
	struct model_vcpu **vcpus, *vcpu;
	size_t room;

	if (model->nr_vcpus == model->max_vcpus) {
		room = model->max_vcpus ? 2 * model->max_vcpus : 16;
		vcpus = realloc(model->vcpus, room * sizeof(*vcpus));
		if (!vcpus)
			return NULL;
		model->vcpus = vcpus;
		model->max_vcpus = room;
	}
	vcpu = calloc(1, sizeof(*vcpu));
	if (!vcpu)
		return NULL;
	vcpu->vm = vm_get(model, raw);
	if (!vcpu->vm) {
		free(vcpu);
		return NULL;
	}
	vcpu->vm->vcpus++;
	vcpu->id = raw->id;
	vcpu->born_ns = raw->born_ns;
	vcpu->mark_ns = model->time_ns;
	model->vcpus[model->nr_vcpus++] = vcpu;
	return vcpu;
}

static struct model_reason *reason_at(struct model_vcpu *vcpu, size_t i, unsigned int class)
{
	struct model_reason *reasons = vcpu->reasons;

	if (i < vcpu->nr_reasons && reasons[i].class == class)
		return &reasons[i];
	reasons = realloc(reasons, (vcpu->nr_reasons + 1) * sizeof(*reasons));
	if (!reasons)
		return NULL;
	vcpu->reasons = reasons;
	memmove(reasons + i + 1, reasons + i, (vcpu->nr_reasons++ - i) * sizeof(*reasons));
	reasons[i] = (struct model_reason){ .class = class };
	return &reasons[i];
}

/* Adds what is new since the last look. */
static bool reasons_add(struct model_vcpu *vcpu, const struct latency_class *known,
			const struct kvmdbg_hist *const *classes)
{
	struct model_reason *reason;
	uint32_t count;
	size_t i = 0;
	int class, j;

	for (class = 0; class < NR_CLASSES; class++) {
		if (!classes[class] || !(known[class].flags & CLASS_OTHER) ||
		    !(known[class].flags & CLASS_REASON))
			continue;
		while (i < vcpu->nr_reasons && vcpu->reasons[i].class < (unsigned int)class)
			i++;
		reason = reason_at(vcpu, i, class);
		if (!reason)
			return false;
		for (j = 0, count = 0; j < KVMDBG_HIST_BUCKETS; j++)
			count += classes[class]->buckets[j];
		reason->count += (uint32_t)(count - reason->raw_count);
		reason->ns += classes[class]->sum - reason->raw_ns;
		reason->max = classes[class]->max;
		reason->raw_count = count;
		reason->raw_ns = classes[class]->sum;
	}
	return true;
}

/* The last frame becomes a mark. */
static void move_window(const struct model *model, struct model_vcpu *vcpu)
{
	memcpy(vcpu->mark[0], vcpu->mark[1], sizeof(vcpu->mark[0]));
	memcpy(vcpu->mark[1], vcpu->raw_hist, sizeof(vcpu->mark[1]));
	vcpu->mark_ns = model->time_ns - model->interval_ns;
}

/* The values since the last look, apart. */
static bool frame_add(struct model_vcpu *vcpu, const struct kvmdbg_vcpu *raw)
{
	const size_t size = KVMDBG_NR_LATENCIES * sizeof(*vcpu->frame);
	size_t i;

	if (!vcpu->frame)
		vcpu->frame = malloc(size);
	if (!vcpu->frame)
		return false;
	memset(vcpu->frame, 0, size);
	for (i = 0; i < KVMDBG_NR_LATENCIES; i++)
		latency_add(&vcpu->frame[i], &vcpu->raw_hist[i], &raw->hist[i]);
	return true;
}

struct model_vcpu *model_add(struct model *model, uint32_t slot, const struct kvmdbg_vcpu *raw,
			     const struct kvmdbg_hist *const *classes)
{
	struct model_vcpu *vcpu = model->by_slot[slot];
	struct counters now;
	size_t i;

	if (!vcpu)
		vcpu = vcpu_new(model, raw);
	if (!vcpu)
		return NULL;
	model->by_slot[slot] = raw->state == KVMDBG_GONE ? NULL : vcpu;
	counters_of(&now, raw);
	counters_sub(&vcpu->delta, &now, &vcpu->raw);
	counters_sub(&vcpu->total, &now, &vcpu->base);
	vcpu->raw = now;
	if (model->time_ns - vcpu->mark_ns >= WINDOW_NS / 2)
		move_window(model, vcpu);
	for (i = 0; i < KVMDBG_NR_LATENCIES; i++)
		latency_add(&vcpu->latency[i], &vcpu->raw_hist[i], &raw->hist[i]);
	if (model->keep_frames && !frame_add(vcpu, raw))
		return NULL;
	memcpy(vcpu->raw_hist, raw->hist, sizeof(vcpu->raw_hist));
	if (model->classes && classes && !reasons_add(vcpu, model->classes, classes))
		return NULL;
	vcpu->gone = raw->state == KVMDBG_GONE;
	return vcpu;
}

static int vcpu_order(const void *a, const void *b)
{
	const struct model_vcpu *x = *(struct model_vcpu *const *)a;
	const struct model_vcpu *y = *(struct model_vcpu *const *)b;
	int order;

	if (x->vm != y->vm) {
		if (x->vm->pid != y->vm->pid)
			return x->vm->pid < y->vm->pid ? -1 : 1;
		order = strcmp(x->vm->name, y->vm->name);
		return order ? order : x->vm->nth < y->vm->nth ? -1 : 1;
	}
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->born_ns < y->born_ns ? -1 : x->born_ns > y->born_ns;
}


/* The vCPU of a hit: they are sorted by process. */
static struct model_vcpu *vcpu_of(const struct model *model, const struct kvmdbg_hit *hit)
{
	size_t low = 0, high = model->nr_vcpus, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (model->vcpus[middle]->vm->pid < hit->tgid)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < model->nr_vcpus && model->vcpus[low]->vm->pid == hit->tgid; low++)
		if (model->vcpus[low]->id == hit->vcpu && model->vcpus[low]->vm->key == hit->vm)
			return model->vcpus[low];
	return NULL;
}

static void keep_hit(struct model *model, const struct kvmdbg_hit *hit)
{
	struct model_vcpu *vcpu = vcpu_of(model, hit);

	if (vcpu)
		vcpu->hits[vcpu->nr_hits++ % VCPU_HITS] = *hit;
}

void model_end(struct model *model, uint64_t lost_events)
{
	size_t i, kept = 0;

	model->dropped_hits = model->gone.dropped_hits + model->unkept_hits;
	for (i = 0; i < model->nr_vcpus; i++)
		if (model->vcpus[i]->vm->shown)
			model->dropped_hits += model->vcpus[i]->total.dropped_hits;
	if (model->nr_vcpus)
		qsort(model->vcpus, model->nr_vcpus, sizeof(*model->vcpus),
		      vcpu_order);
	for (i = 0; i < model->nr_hits; i++) {
		const struct model_vm *vm = model_vm_of(model, &model->hits[i]);

		if (vm ? vm->shown : !model->vm_filter)
			model->hits[kept++] = model->hits[i];
	}
	model->nr_hits = kept;
	for (i = 0; i < kept; i++)
		keep_hit(model, &model->hits[i]);
	model->lost_events = lost_events;
}

void model_hit(struct model *model, const struct kvmdbg_hit *hit)
{
	if (model->nr_pending == MODEL_MAX_HITS)
		model->unkept_hits++;
	else
		model->pending[model->nr_pending++] = *hit;
}

static void sink_begin(void *ctx, uint64_t now_ns)
{
	model_begin(ctx, now_ns);
}

static bool sink_add(void *ctx, uint32_t slot, const struct kvmdbg_vcpu *raw,
		     const struct kvmdbg_hist *const *classes)
{
	return model_add(ctx, slot, raw, classes);
}

static void sink_end(void *ctx, uint64_t lost)
{
	model_end(ctx, lost);
}

static void sink_hit(void *ctx, const struct kvmdbg_hit *hit)
{
	model_hit(ctx, hit);
}

struct frame_sink model_sink(struct model *model)
{
	return (struct frame_sink){ .ctx = model, .begin = sink_begin, .add = sink_add,
				    .end = sink_end, .hit = sink_hit };
}

void model_reset(struct model *model)
{
	size_t i, j;

	for (i = 0; i < model->nr_vcpus; i++) {
		struct model_vcpu *vcpu = model->vcpus[i];

		vcpu->base = vcpu->raw;
		vcpu->acknowledged = 0;
		memset(&vcpu->total, 0, sizeof(vcpu->total));
		memset(vcpu->latency, 0, sizeof(vcpu->latency));
		memcpy(vcpu->mark[0], vcpu->raw_hist, sizeof(vcpu->mark[0]));
		memcpy(vcpu->mark[1], vcpu->raw_hist, sizeof(vcpu->mark[1]));
		vcpu->mark_ns = model->time_ns;
		for (j = 0; j < vcpu->nr_reasons; j++) {
			vcpu->reasons[j].count = 0;
			vcpu->reasons[j].ns = 0;
		}
	}
	model->start_ns = model->time_ns;
	memset(&model->gone, 0, sizeof(model->gone));
	model->gone_stray = 0;
	model->unkept_hits = 0;
	model->dropped_hits = 0;
}

const struct model_vm *model_vm_of(const struct model *model, const struct kvmdbg_hit *hit)
{
	return vm_find(model, hit->tgid, hit->vm);
}

void model_window(struct latency *window, const struct model_vcpu *vcpu, unsigned int which)
{
	memset(window, 0, sizeof(*window));
	latency_add(window, &vcpu->mark[0][which], &vcpu->raw_hist[which]);
}

void model_totals(const struct model *model, struct counters *totals)
{
	size_t i;

	*totals = model->gone;
	for (i = 0; i < model->nr_vcpus; i++)
		if (model->vcpus[i]->vm->shown)
			counters_add(totals, &model->vcpus[i]->total);
}

uint64_t model_stray(const struct model *model)
{
	uint64_t stray = model->gone_stray;
	size_t i;

	for (i = 0; i < model->nr_vcpus; i++)
		if (model->vcpus[i]->vm->shown)
			stray += vcpu_stray(model->vcpus[i]);
	return stray;
}

void model_acknowledge(struct model *model, struct model *seen)
{
	uint64_t gone = seen->gone_stray;
	size_t i, j;

	for (i = 0; i < seen->nr_vcpus; i++) {
		struct model_vcpu *vcpu = seen->vcpus[i];

		if (!vcpu_stray(vcpu))
			continue;
		for (j = 0; j < model->nr_vcpus; j++)
			if (model->vcpus[j]->vm->pid == vcpu->vm->pid &&
			    model->vcpus[j]->vm->key == vcpu->vm->key &&
			    model->vcpus[j]->id == vcpu->id &&
			    model->vcpus[j]->born_ns == vcpu->born_ns)
				break;
		if (j < model->nr_vcpus)
			model->vcpus[j]->acknowledged = vcpu->total.origin[KVMDBG_STRAY];
		else if (vcpu->vm->shown)
			gone += vcpu_stray(vcpu);
		vcpu->acknowledged = vcpu->total.origin[KVMDBG_STRAY];
	}
	seen->gone_stray = 0;
	if (seen != model)
		model->gone_stray -= gone < model->gone_stray ? gone : model->gone_stray;
}

static bool copy_vcpus(struct model *copy, const struct model *model)
{
	struct model_vcpu *vcpu;
	struct model_vm *vm, *vms;
	size_t i;

	for (i = 0; i < model->nr_vcpus; i++) {
		vcpu = malloc(sizeof(*vcpu));
		if (!vcpu)
			return false;
		*vcpu = *model->vcpus[i];
		vcpu->reasons = NULL;
		vcpu->nr_reasons = 0;
		vcpu->frame = NULL;
		vm = vm_find(copy, vcpu->vm->pid, vcpu->vm->key);
		if (!vm) {
			vm = malloc(sizeof(*vm));
			if (!vm) {
				free(vcpu);
				return false;
			}
			vms = copy->vms;
			*vm = *vcpu->vm;
			guests_hold(copy->guests, vm->symbols);
			vm->vcpus = 0;
			vm->next = vms;
			copy->vms = vm;
		}
		vm->vcpus++;
		vcpu->vm = vm;
		copy->vcpus[copy->nr_vcpus++] = vcpu;
	}
	return true;
}

bool model_copy(struct model *copy, const struct model *model)
{
	*copy = *model;
	copy->vms = NULL;
	copy->nr_vcpus = 0;
	copy->pending = NULL;
	copy->nr_pending = 0;
	memset(copy->by_slot, 0, sizeof(copy->by_slot));
	copy->max_vcpus = model->nr_vcpus;
	copy->vcpus = calloc(model->nr_vcpus + 1, sizeof(*copy->vcpus));
	copy->hits = calloc(model->nr_hits + 1, sizeof(*copy->hits));
	if (copy->vcpus && copy->hits && copy_vcpus(copy, model)) {
		memcpy(copy->hits, model->hits, model->nr_hits * sizeof(*copy->hits));
		return true;
	}
	model_free(copy);
	return false;
}

void model_armed(struct model *model, uint32_t slot, const struct kvmdbg_armed *armed)
{
	struct model_vcpu *vcpu = slot < KVMDBG_MAX_VCPUS ? model->by_slot[slot] : NULL;

	if (!vcpu)
		return;
	vcpu->armed = *armed;
	vcpu->armed_known = true;
}

unsigned int model_places(const struct model *model, const struct model_vcpu *vcpu,
			  struct armed_place *places)
{
	return vcpu->armed_known && model->places ? model->places(&vcpu->armed, places) : 0;
}

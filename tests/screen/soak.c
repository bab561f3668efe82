// SPDX-License-Identifier: GPL-2.0-only
/* A day of frames, and more events than there is room for, through the model and the screen: TAP. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "util.h"
#include "view.h"

#define SEC	1000000000ULL
#define VCPUS	16
#define DAY	86400

static int tests, failed;

static void is(bool ok, const char *name)
{
	failed += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, name);
}

static void make_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	(void)ctx;
	snprintf(name, size, "vm-%u", raw->tgid);
}

static void setup(struct model *model)
{
	if (!model_init(model, SEC))
		exit(EXIT_IO);
	model->backend = "soak";
	model->raw_name = "raw";
	model->switch_hz = 1000000000;
	model->kinds = booke_backend.kinds;
	model->vm_name = make_name;
}

/* What a vCPU does in a second; each hundredth second one is replaced by one of a new process. */
static bool second(struct model *model, struct kvmdbg_vcpu *raw, unsigned int slot, uint64_t t,
		   uint64_t *events)
{
	const uint64_t value = 1000 + (t * 7919 + slot * 104729) % 1000000;
	struct kvmdbg_hist *hist = &raw->hist[KVMDBG_DEBUG_EXIT];
	struct kvmdbg_hit hit = { .time_ns = t * SEC, .vm = 1, .tgid = raw->tgid, .vcpu = raw->id,
				  .pc = t, .raw = 0x08000000 };

	raw->debug_exits++;
	raw->origin[t % 1000 ? KVMDBG_USER : KVMDBG_STRAY]++;
	raw->events[KVMDBG_STEP]++;
	hist->buckets[kvmdbg_hist_index(value)]++;
	hist->sum += value;
	if (value > hist->max)
		hist->max = value;
	if (raw->state == KVMDBG_LIVE && (t + slot) % 100 == 0)
		raw->state = KVMDBG_GONE;
	++*events;
	model_hit(model, &hit);
	return model_add(model, slot, raw, NULL);
}

static void new_vcpu(struct kvmdbg_vcpu *raw, unsigned int slot, uint64_t t)
{
	static uint32_t pid = 1;

	memset(raw, 0, sizeof(*raw));
	raw->state = KVMDBG_LIVE;
	raw->tgid = pid++;
	raw->vm = 1;
	raw->id = slot % 4;
	raw->born_ns = t * SEC;
}

static void day(void)
{
	static struct history history;
	struct kvmdbg_vcpu *raw = calloc(VCPUS, sizeof(*raw));
	struct canvas canvas = { 0 };
	size_t hour = 0, most = 0, now;
	struct counters totals;
	uint64_t events = 0, t;
	struct model model;
	unsigned int slot;
	struct view view;
	bool ok = raw;

	setup(&model);
	view_init(&view, &history);
	for (t = 2; t < DAY && ok; t++) {
		model_begin(&model, t * SEC);
		for (slot = 0; slot < VCPUS && ok; slot++) {
			if (raw[slot].state != KVMDBG_LIVE)
				new_vcpu(&raw[slot], slot, t);
			ok = second(&model, &raw[slot], slot, t, &events);
		}
		model_end(&model, 0);
		history_take(&history, &model);
		/* also the pages of the screen, and a pause with its copy */
		view.page = t % 2 ? PAGE_TABLE : PAGE_DETAIL;
		ok = ok && canvas_resize(&canvas, 24, 80) && view_update(&view, &model, 24, 80);
		if (ok && t % 16 == 0)
			view_draw(&canvas, &model, &view);
		if (ok && t % 60 == 0) {
			struct model copy;

			ok = model_copy(&copy, &model);
			model_free(&copy);
		}
		if (t % 600)
			continue;
		now = mallinfo2().uordblks;
		if (t == 3600)
			hour = now;
		if (now > most)
			most = now;
	}
	is(ok, "24 hours of frames");
	model_totals(&model, &totals);
	is(totals.debug_exits == events && totals.events[KVMDBG_STEP] == events,
	   "totals are exact, also of vCPUs that are gone");
	printf("# %zu bytes after an hour, at most %zu; %llu events\n", hour, most,
	       (unsigned long long)events);
	/* Names and lists are of the same length at any hour, but for a few bytes. */
	is(hour && most < hour + 4096, "memory does not grow");
	model_free(&model);
	view_free(&view);
	canvas_free(&canvas);
	free(raw);
}

/* A million events a second for ten seconds: what there is no room for is told. */
static void flood(void)
{
	struct kvmdbg_vcpu raw = { .state = KVMDBG_LIVE, .vm = 1, .tgid = 1 };
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 1, .raw = 0x08000000 };
	uint64_t t, i, kept = 0;
	struct model model;
	bool ok = true;

	setup(&model);
	for (t = 2; t < 12; t++) {
		for (i = 0; i < 1000000; i++) {
			hit.time_ns = t * SEC - SEC + i * 1000;
			model_hit(&model, &hit);
		}
		raw.debug_exits += 1000000;
		model_begin(&model, t * SEC);
		ok = ok && model_add(&model, 0, &raw, NULL);
		model_end(&model, 0);
		kept += model.nr_hits;
	}
	is(ok && model.vcpus[0]->total.debug_exits == 10000000, "ten million events are counted");
	is(kept == 10 * MODEL_MAX_HITS, "of the hits each frame has as many as fit");
	is(model.dropped_hits == 10000000 - kept, "the others are told");
	model_free(&model);
}

int main(void)
{
	day();
	flood();
	printf("1..%d\n", tests);
	return failed != 0;
}

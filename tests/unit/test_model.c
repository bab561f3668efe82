// SPDX-License-Identifier: GPL-2.0-only
/* What a frame shows, from made-up counters. */
#include "fixture.h"

/* One frame of up to two vCPUs, in slots 0 and 1. */
static void frame(struct model *model, uint64_t now, const struct kvmdbg_vcpu *a,
		  const struct kvmdbg_vcpu *b)
{
	model_begin(model, now);
	if (a)
		assert_true(model_add(model, 0, a, NULL));
	if (b)
		assert_true(model_add(model, 1, b, NULL));
	model_end(model, 0);
}

static void test_rates(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(10, 1, 0);
	struct model_vcpu *vcpu;
	struct model model;

	(void)state;
	fixture_model(&model);
	raw.events[KVMDBG_STEP] = 100;
	raw.origin[KVMDBG_USER] = 100;
	raw.exits = 150;
	frame(&model, 3 * SEC, &raw, NULL);
	assert_int_equal(model.nr_vcpus, 1);
	vcpu = model.vcpus[0];
	assert_true(model.interval_ns == 2 * SEC);
	assert_int_equal(vcpu->total.events[KVMDBG_STEP], 100);
	assert_true(model_rate(&model, vcpu->delta.events[KVMDBG_STEP]) == 50.0);
	raw.events[KVMDBG_STEP] = 110;
	frame(&model, 3 * SEC + SEC / 2, &raw, NULL);
	assert_true(model_rate(&model, vcpu->delta.events[KVMDBG_STEP]) == 20.0);
	assert_int_equal(vcpu->total.events[KVMDBG_STEP], 110);
	assert_int_equal(vcpu->total.exits, 150);
	/* an idle vCPU does not keep its last rate */
	frame(&model, 4 * SEC, &raw, NULL);
	assert_int_equal(vcpu->delta.events[KVMDBG_STEP], 0);
	assert_int_equal(vcpu->total.origin[KVMDBG_USER], 100);
	model_free(&model);
}

/* No time has passed: no rate, and no division by it. */
static void test_no_interval(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(10, 1, 0);
	struct model model;

	(void)state;
	fixture_model(&model);
	raw.exits = 5;
	frame(&model, SEC, &raw, NULL);
	assert_true(model_rate(&model, model.vcpus[0]->delta.exits) == 0.0);
	model_free(&model);
}

static void test_wrap(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(10, 1, 0);
	struct latency *l;
	struct model model;
	uint32_t i = kvmdbg_hist_index(1000);

	(void)state;
	fixture_model(&model);
	raw.exits = UINT64_MAX - 4;
	raw.hist[KVMDBG_OTHER_EXIT].buckets[i] = UINT32_MAX - 9;
	raw.hist[KVMDBG_OTHER_EXIT].max = 1000;
	frame(&model, 2 * SEC, &raw, NULL);
	raw.exits += 10;
	raw.hist[KVMDBG_OTHER_EXIT].buckets[i] += 20;
	assert_int_equal(raw.hist[KVMDBG_OTHER_EXIT].buckets[i], 10);
	frame(&model, 3 * SEC, &raw, NULL);
	assert_int_equal(model.vcpus[0]->delta.exits, 10);
	l = &model.vcpus[0]->latency[KVMDBG_OTHER_EXIT];
	assert_true(l->count == (uint64_t)UINT32_MAX - 9 + 20);
	assert_true(l->buckets[i] == l->count);
	model_free(&model);
}

static void test_reset(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(10, 1, 0);
	struct model_vcpu *vcpu;
	struct model model;
	uint64_t max;

	(void)state;
	fixture_model(&model);
	raw.origin[KVMDBG_STRAY] = 3;
	raw.dropped_hits = 8;
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 1000000, 4);
	frame(&model, 2 * SEC, &raw, NULL);
	vcpu = model.vcpus[0];
	assert_int_equal(model.dropped_hits, 8);
	assert_int_equal(vcpu->latency[KVMDBG_DEBUG_EXIT].max, 1000000);
	model_reset(&model);
	assert_int_equal(vcpu->total.origin[KVMDBG_STRAY], 0);
	assert_int_equal(vcpu->latency[KVMDBG_DEBUG_EXIT].count, 0);
	assert_int_equal(model.dropped_hits, 0);
	assert_true(model.start_ns == 2 * SEC);
	raw.origin[KVMDBG_STRAY] = 5;
	raw.dropped_hits = 9;
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 2000, 1);
	frame(&model, 3 * SEC, &raw, NULL);
	assert_int_equal(vcpu->total.origin[KVMDBG_STRAY], 2);
	assert_int_equal(vcpu->delta.origin[KVMDBG_STRAY], 2);
	assert_int_equal(model.dropped_hits, 1);
	assert_int_equal(vcpu->latency[KVMDBG_DEBUG_EXIT].count, 1);
	assert_int_equal(vcpu->latency[KVMDBG_DEBUG_EXIT].sum, 2000);
	/* BPF's maximum is the old one: the new one is known from its bucket */
	max = vcpu->latency[KVMDBG_DEBUG_EXIT].max;
	assert_true(max >= 2000 && max < 2000 + 2000 / 8);
	/* and exact again once there is a larger one */
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 3000001, 1);
	frame(&model, 4 * SEC, &raw, NULL);
	assert_int_equal(vcpu->latency[KVMDBG_DEBUG_EXIT].max, 3000001);
	model_free(&model);
}

/* Shown once more, with its final totals; its slot may already be another vCPU's then. */
static void test_gone(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(10, 1, 0), next = fixture_vcpu(11, 2, 5);
	struct model model;

	(void)state;
	fixture_model(&model);
	raw.exits = 7;
	frame(&model, 2 * SEC, &raw, NULL);
	raw.exits = 9;
	raw.dropped_hits = 4;
	raw.state = KVMDBG_GONE;
	frame(&model, 3 * SEC, &raw, NULL);
	assert_int_equal(model.nr_vcpus, 1);
	assert_true(model.vcpus[0]->gone);
	assert_int_equal(model.vcpus[0]->total.exits, 9);
	next.exits = 1;
	frame(&model, 4 * SEC, &next, NULL);
	assert_int_equal(model.nr_vcpus, 1);
	assert_false(model.vcpus[0]->gone);
	assert_int_equal(model.vcpus[0]->id, 5);
	assert_int_equal(model.vcpus[0]->total.exits, 1);
	assert_string_equal(model.vcpus[0]->vm->name, "vmm:11");
	/* what it dropped stays counted */
	assert_int_equal(model.dropped_hits, 4);
	assert_null(model.vms->next);
	/* one that lived and died between two frames */
	next.state = KVMDBG_GONE;
	raw.born_ns = 5 * SEC;
	frame(&model, 5 * SEC, &next, &raw);
	assert_int_equal(model.nr_vcpus, 2);
	assert_int_equal(model.vcpus[0]->total.exits, 9);
	frame(&model, 6 * SEC, NULL, NULL);
	assert_int_equal(model.nr_vcpus, 0);
	assert_null(model.vms);
	model_free(&model);
}

static void test_vms_of_a_process(void **state)
{
	struct kvmdbg_vcpu a = fixture_vcpu(10, 0xc1000000, 0);
	struct kvmdbg_vcpu b = fixture_vcpu(10, 0xc2000000, 0);
	struct model model;

	(void)state;
	fixture_model(&model);
	a.exits = 1;
	b.exits = 2;
	frame(&model, 2 * SEC, &a, &b);
	assert_int_equal(model.nr_vcpus, 2);
	assert_string_equal(model.vcpus[0]->vm->name, "vmm:10");
	assert_string_equal(model.vcpus[1]->vm->name, "vmm:10#2");
	assert_int_equal(model.vcpus[0]->total.exits, 1);
	assert_int_equal(model.vcpus[1]->total.exits, 2);
	/* the first goes, another comes: no number twice */
	a.state = KVMDBG_GONE;
	frame(&model, 3 * SEC, &a, &b);
	a = fixture_vcpu(10, 0xc3000000, 0);
	frame(&model, 4 * SEC, &a, &b);
	assert_string_equal(model.vcpus[0]->vm->name, "vmm:10#2");
	assert_string_equal(model.vcpus[1]->vm->name, "vmm:10#3");
	model_free(&model);
}

static void name_long(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	size_t i;

	(void)ctx;
	(void)raw;
	for (i = 0; i + 3 < size; i += 3)
		memcpy(name + i, "\xe8\x99\x9a", 3);
	name[i] = 0;
}

/* The number of a second VM fits even if the name leaves no room, whole characters stay. */
static void test_vm_name_full(void **state)
{
	struct kvmdbg_vcpu a = fixture_vcpu(10, 1, 0), b = fixture_vcpu(10, 2, 0);
	struct model model;
	const char *name;
	size_t len;

	(void)state;
	fixture_model(&model);
	model.vm_name = name_long;
	frame(&model, 2 * SEC, &a, &b);
	name = model.vms->next->name;
	len = strlen(name);
	assert_string_equal(name + len - 2, "#2");
	assert_int_equal((len - 2) % 3, 0);
	model_free(&model);
}

static void test_order(void **state)
{
	static const struct {
		uint32_t pid, vm, id;
	} in[] = { { 20, 1, 0 }, { 3, 9, 11 }, { 3, 9, 2 }, { 3, 9, 10 } };
	struct model model;
	size_t i;

	(void)state;
	fixture_model(&model);
	model_begin(&model, 2 * SEC);
	for (i = 0; i < 4; i++) {
		struct kvmdbg_vcpu raw = fixture_vcpu(in[i].pid, in[i].vm, in[i].id);

		assert_true(model_add(&model, i, &raw, NULL));
	}
	model_end(&model, 17);
	assert_int_equal(model.vcpus[0]->id, 2);
	assert_int_equal(model.vcpus[1]->id, 10);
	assert_int_equal(model.vcpus[2]->id, 11);
	assert_int_equal(model.vcpus[3]->vm->pid, 20);
	assert_int_equal(model.lost_events, 17);
	model_free(&model);
}

static void test_hits(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(10, 1, 0);
	struct kvmdbg_hit hit = { .tgid = 10, .vm = 1 };
	struct model model;
	unsigned int i;

	(void)state;
	fixture_model(&model);
	hit.pc = 0x1000;
	model_hit(&model, &hit);
	hit.pc = 0x1004;
	model_hit(&model, &hit);
	assert_int_equal(model.nr_hits, 0);
	frame(&model, 2 * SEC, &raw, NULL);
	assert_int_equal(model.nr_hits, 2);
	assert_int_equal(model.hits[0].pc, 0x1000);
	assert_int_equal(model.hits[1].pc, 0x1004);
	frame(&model, 3 * SEC, &raw, NULL);
	assert_int_equal(model.nr_hits, 0);
	/* more than a frame holds */
	for (i = 0; i < MODEL_MAX_HITS + 5; i++)
		model_hit(&model, &hit);
	frame(&model, 4 * SEC, &raw, NULL);
	assert_int_equal(model.nr_hits, MODEL_MAX_HITS);
	assert_int_equal(model.dropped_hits, 5);
	model_free(&model);
}

static void test_filter(void **state)
{
	struct kvmdbg_vcpu a = fixture_vcpu(10, 1, 0), b = fixture_vcpu(11, 2, 0);
	struct kvmdbg_hit hit = { 0 };
	struct model model;

	(void)state;
	fixture_model(&model);
	model.vm_filter = "vmm:?1";
	a.dropped_hits = 100;
	b.dropped_hits = 1;
	hit.tgid = 10;
	hit.vm = 1;
	model_hit(&model, &hit);
	hit.tgid = 11;
	hit.vm = 2;
	model_hit(&model, &hit);
	/* of a VM that was never seen: it cannot be told whether it passes */
	hit.vm = 3;
	model_hit(&model, &hit);
	frame(&model, 2 * SEC, &a, &b);
	assert_false(model.vcpus[0]->vm->shown);
	assert_true(model.vcpus[1]->vm->shown);
	assert_int_equal(model.nr_hits, 1);
	assert_int_equal(model.hits[0].vm, 2);
	assert_int_equal(model.dropped_hits, 1);
	model_free(&model);
}

static void test_many(void **state)
{
	struct kvmdbg_vcpu raw;
	struct model model;
	uint32_t i;

	(void)state;
	fixture_model(&model);
	model_begin(&model, 2 * SEC);
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++) {
		raw = fixture_vcpu(1 + i / 4, 1 + i / 2, i);
		raw.exits = i;
		assert_true(model_add(&model, i, &raw, NULL));
	}
	model_end(&model, 0);
	assert_int_equal(model.nr_vcpus, KVMDBG_MAX_VCPUS);
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++)
		assert_int_equal(model.vcpus[i]->total.exits, model.vcpus[i]->id);
	model_free(&model);
}

static void test_kinds_text(void **state)
{
	const struct model model = { 0 };
	char text[128];

	(void)state;
	kinds_text(&model, text, sizeof(text), 0);
	assert_string_equal(text, "unknown");
	kinds_text(&model, text, sizeof(text), 1U << KVMDBG_STEP);
	assert_string_equal(text, "step");
	kinds_text(&model, text, sizeof(text), 1U << KVMDBG_STEP | 1U << KVMDBG_WATCH_WRITE);
	assert_string_equal(text, "step+watch_write");
	kinds_text(&model, text, sizeof(text), UINT32_MAX);
	assert_string_equal(text,
			    "step+hw_break+watch_read+watch_write+branch+trap+sw_break+interrupt+return+imprecise");
	kinds_text(&model, text, 7, UINT32_MAX);
	assert_string_equal(text, "step+h");
	assert_string_equal(origin_name(99), "unknown");
}

static void timed_frame(struct model *model, uint64_t secs, struct kvmdbg_vcpu *raw, uint64_t value)
{
	fixture_latency(raw, KVMDBG_DEBUG_EXIT, value, 100);
	model_begin(model, secs * SEC);
	assert_true(model_add(model, 0, raw, NULL));
	model_end(model, 0);
}

/* What was long ago is not in the window, what was in the last five seconds is. */
static void test_window(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(1, 1, 0);
	struct latency window;
	struct model model;
	uint64_t t;

	(void)state;
	fixture_model(&model);
	for (t = 2; t < 30; t++) {
		timed_frame(&model, t, &raw, t < 15 ? 1000000 : 1000);
		model_window(&window, model.vcpus[0], KVMDBG_DEBUG_EXIT);
		assert_true(window.count >= (t < 6 ? (t - 1) * 100 : 500));
		assert_true(window.count <= 1200);
		/* the times of before 15 s */
		if (t < 19)
			assert_true(window.max > 900000);
		if (t >= 26)
			assert_true(window.max < 1100 && latency_percentile(&window, 990) < 1100);
	}
	assert_int_equal(model.vcpus[0]->latency[KVMDBG_DEBUG_EXIT].count, 2800);
	/* an idle one has nothing */
	for (; t < 50; t++) {
		model_begin(&model, t * SEC);
		assert_true(model_add(&model, 0, &raw, NULL));
		model_end(&model, 0);
	}
	model_window(&window, model.vcpus[0], KVMDBG_DEBUG_EXIT);
	assert_int_equal(window.count, 0);
	timed_frame(&model, t, &raw, 1000);
	model_reset(&model);
	model_window(&window, model.vcpus[0], KVMDBG_DEBUG_EXIT);
	assert_int_equal(window.count, 0);
	model_free(&model);
}

/* Unasked events stay until somebody takes note, also those of vCPUs that are gone. */
static void test_acknowledge(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(1, 1, 0), gone = fixture_vcpu(2, 1, 0);
	struct counters totals;
	struct model model, seen;

	(void)state;
	fixture_model(&model);
	raw.origin[KVMDBG_STRAY] = 3;
	gone.origin[KVMDBG_STRAY] = 5;
	gone.state = KVMDBG_GONE;
	model_begin(&model, 2 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	assert_true(model_add(&model, 1, &gone, NULL));
	model_end(&model, 0);
	assert_int_equal(model_stray(&model), 8);
	assert_true(model_copy(&seen, &model));
	/* two more, that who sees the copy does not see */
	raw.origin[KVMDBG_STRAY] = 5;
	model_begin(&model, 3 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	model_totals(&model, &totals);
	assert_int_equal(totals.origin[KVMDBG_STRAY], 10);
	assert_int_equal(model_stray(&model), 10);
	assert_int_equal(model_stray(&seen), 8);
	model_acknowledge(&model, &seen);
	assert_int_equal(model_stray(&seen), 0);
	assert_int_equal(model_stray(&model), 2);
	model_acknowledge(&model, &model);
	assert_int_equal(model_stray(&model), 0);
	/* totals stay */
	model_totals(&model, &totals);
	assert_int_equal(totals.origin[KVMDBG_STRAY], 10);
	model_reset(&model);
	model_totals(&model, &totals);
	assert_int_equal(totals.origin[KVMDBG_STRAY], 0);
	model_free(&seen);
	model_free(&model);
}

/* A copy stays as it was when the model goes on, and when that is gone. */
static void test_copy(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(1, 1, 0);
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 1, .pc = 0x1000 };
	struct model model, copy;

	(void)state;
	fixture_model(&model);
	model_hit(&model, &hit);
	timed_frame(&model, 2, &raw, 1000);
	assert_true(model_copy(&copy, &model));
	raw.exits = 77;
	raw.state = KVMDBG_GONE;
	timed_frame(&model, 3, &raw, 1000);
	model_begin(&model, 4 * SEC);
	model_end(&model, 0);
	model_free(&model);
	assert_int_equal(copy.nr_vcpus, 1);
	assert_string_equal(copy.vcpus[0]->vm->name, "vmm:1");
	assert_int_equal(copy.vcpus[0]->total.exits, 0);
	assert_int_equal(copy.vcpus[0]->latency[KVMDBG_DEBUG_EXIT].count, 100);
	assert_int_equal(copy.nr_hits, 1);
	assert_int_equal(copy.vcpus[0]->nr_hits, 1);
	model_free(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_acknowledge),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_no_interval),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_vms_of_a_process),
		cmocka_unit_test(test_vm_name_full),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_hits),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_kinds_text),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}

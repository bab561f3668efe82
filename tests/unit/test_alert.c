// SPDX-License-Identifier: GPL-2.0-only
/* Conditions: how they are written, and when they come true. */
#include <stdlib.h>

#include "alert.h"
#include "fixture.h"
#include "util.h"

static void test_good(void **state)
{
	static const struct {
		const char *text;
		enum alert_window window;
		enum alert_operator operator;
		double limit;
	} good[] = {
		{ "stray>0", ALERT_FRAME, ALERT_GREATER, 0 },
		{ " stray\t>= 1.5k ", ALERT_FRAME, ALERT_GREATER_EQUAL, 1500 },
		{ "step:rate<2M", ALERT_RATE, ALERT_LESS, 2e6 },
		{ "exits:total<=1G", ALERT_TOTAL, ALERT_LESS_EQUAL, 1e9 },
		{ "exit_p99>50us", ALERT_FRAME, ALERT_GREATER, 50000 },
		{ "debug_exit_max:total>=0.5 s", ALERT_TOTAL, ALERT_GREATER_EQUAL, 5e8 },
		{ "switch_mean==3ms", ALERT_FRAME, ALERT_EQUAL, 3e6 },
		{ "switch_p50!=7ns", ALERT_FRAME, ALERT_UNEQUAL, 7 },
		{ "watch_read>0", ALERT_FRAME, ALERT_GREATER, 0 },
	};
	struct alert alert;
	char why[160];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!alert_parse(&alert, good[i].text, why, sizeof(why)))
			fail_msg("%s: %s", good[i].text, why);
		if (alert.window != good[i].window || alert.operator != good[i].operator ||
		    alert.limit != good[i].limit)
			fail_msg("%s: %d %d %f", good[i].text, alert.window, alert.operator,
				 alert.limit);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "no metric ''" }, { ">0", "no metric ''" }, { "strays>0", "no metric 'strays'" },
		{ "Stray>0", "no metric ''" }, { "\x1b[31m>0", "no metric ''" },
		{ "stray", "no operator" }, { "stray=0", "no operator" },
		{ "stray~0", "no operator" }, { "stray:>0", "rate or total" },
		{ "stray:max>0", "rate or total" }, { "stray:rates>0", "rate or total" },
		{ "exit_p99:rate>1us", "only total" },
		{ "stray>", "no number" }, { "stray>-1", "no number" }, { "stray>x", "no number" },
		{ "stray>.5", "no number" }, { "stray>inf", "no number" }, { "stray>nan", "no number" },
		{ "stray>>1", "no number" }, { "stray>1.2.3", "no number up to" },
		{ "stray>0x10", "only k, M or G" }, { "stray>1e3", "only k, M or G" },
		{ "stray>1us", "only k, M or G" }, { "stray>1 k k", "only k, M or G" },
		{ "exit_p99>50", "ns, us, ms or s" }, { "exit_p99>50k", "ns, us, ms or s" },
		{ "exit_p99>9999999999s", "no number up to" },
		{ "stray>11111111111111111111111111111111111111", "no number" },
		{ "stray>0;step>0", "only k, M or G" },
	};
	struct alert alert;
	char why[160];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (alert_parse(&alert, bad[i].text, why, sizeof(why)))
			fail_msg("%s: taken", bad[i].text);
		if (!strstr(why, bad[i].why))
			fail_msg("%s: '%s' instead of '%s'", bad[i].text, why, bad[i].why);
	}
}

/* What has come true, as text. */
struct seen {
	char text[2048];
	unsigned int count;
};

static void see(void *ctx, const struct alert_event *event)
{
	struct seen *seen = ctx;
	size_t len = strlen(seen->text);

	alert_text(event, seen->text + len, sizeof(seen->text) - len);
	strcat(seen->text, "|");
	seen->count++;
}

static void add_alert(struct alerts *alerts, const char *text)
{
	char why[160];

	if (!alert_parse(&alerts->list[alerts->count++], text, why, sizeof(why)))
		fail_msg("%s: %s", text, why);
}

static void next_frame(struct model *model, const struct kvmdbg_vcpu *raw, size_t count)
{
	size_t i;

	model_begin(model, model->time_ns + 2 * SEC);
	for (i = 0; i < count; i++)
		assert_non_null(model_add(model, i, &raw[i], NULL));
	model_end(model, 0);
}

#define CHECK(want) do {						\
	memset(&seen, 0, sizeof(seen));					\
	alerts_check(&alerts, &model, see, &seen);			\
	assert_string_equal(seen.text, want);				\
} while (0)

/* Once when it begins, and once more when it begins again. */
static void test_counts(void **state)
{
	struct kvmdbg_vcpu raw[2] = { fixture_vcpu(42, 7, 0), fixture_vcpu(42, 7, 1) };
	struct kvmdbg_hit hit = { .vm = 7, .pc = 0x1234, .tgid = 42, .vcpu = 1,
				  .origin = KVMDBG_STRAY };
	struct alerts alerts = { 0 };
	struct model model;
	struct seen seen;

	(void)state;
	fixture_model(&model);
	add_alert(&alerts, "stray>0");
	add_alert(&alerts, "debug_exits:rate>=5");
	add_alert(&alerts, "step:total>100");
	assert_int_equal(alerts_open(&alerts, &model), EXIT_OK);
	next_frame(&model, raw, 2);
	CHECK("");
	raw[1].origin[KVMDBG_STRAY] = 3;
	raw[0].debug_exits = 9;
	model_hit(&model, &hit);
	hit.pc = 0x5678;
	model_hit(&model, &hit);
	hit.origin = KVMDBG_USER;
	hit.pc = 0x9;
	model_hit(&model, &hit);
	next_frame(&model, raw, 2);
	CHECK("stray>0: 3: vCPU 1 of vmm:42, pid 42, at 0x5678|");
	assert_int_equal(model.vcpus[1]->alerts, 1);
	assert_int_equal(model.vcpus[0]->alerts, 0);
	/* still so */
	raw[1].origin[KVMDBG_STRAY] = 4;
	raw[0].debug_exits = 20;
	next_frame(&model, raw, 2);
	CHECK("debug_exits:rate>=5: 5.5/s: vCPU 0 of vmm:42, pid 42|");
	assert_int_equal(model.vcpus[1]->alerts, 1);
	/* no more */
	next_frame(&model, raw, 2);
	CHECK("");
	assert_int_equal(model.vcpus[1]->alerts, 0);
	raw[1].origin[KVMDBG_STRAY] = 5;
	raw[0].events[KVMDBG_STEP] = 101;
	next_frame(&model, raw, 2);
	CHECK("step:total>100: 101: vCPU 0 of vmm:42, pid 42|stray>0: 1: vCPU 1 of vmm:42, pid 42|");
	next_frame(&model, raw, 2);
	CHECK("");
	assert_int_equal(model.vcpus[0]->alerts, 4);
	assert_int_equal(alerts_fired(&alerts), 4);
	/* counted in this frame, but sent while it was read: shown with the next one */
	raw[1].origin[KVMDBG_STRAY] = 6;
	next_frame(&model, raw, 2);
	hit.origin = KVMDBG_STRAY;
	hit.pc = 0xabc;
	model_hit(&model, &hit);
	CHECK("stray>0: 1: vCPU 1 of vmm:42, pid 42, at 0xabc|");
	next_frame(&model, raw, 2);
	CHECK("");
	/* who is not shown is not looked at */
	model.vcpus[0]->vm->shown = false;
	raw[1].origin[KVMDBG_STRAY] = 7;
	next_frame(&model, raw, 2);
	CHECK("");
	model_free(&model);
}

/* A percentile is that of the frame, or of all; without values there is none. */
static void test_times(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 7, 0);
	struct alerts alerts = { 0 };
	struct model model;
	struct seen seen;

	(void)state;
	fixture_model(&model);
	add_alert(&alerts, "exit_p99>50us");
	add_alert(&alerts, "exit_p99:total>50us");
	add_alert(&alerts, "switch_max<=1us");
	add_alert(&alerts, "debug_exit_mean<1s");
	assert_int_equal(alerts_open(&alerts, &model), EXIT_OK);
	fixture_latency(&raw, KVMDBG_OTHER_EXIT, 10000, 10000);
	next_frame(&model, &raw, 1);
	CHECK("");
	/* 100 ticks are a microsecond */
	fixture_latency(&raw, KVMDBG_OTHER_EXIT, 100000, 10);
	fixture_latency(&raw, KVMDBG_SWITCH, 100, 1);
	next_frame(&model, &raw, 1);
	CHECK("exit_p99>50us: 100u: vCPU 0 of vmm:42, pid 42|"
	      "switch_max<=1us: 1.0u: vCPU 0 of vmm:42, pid 42|");
	next_frame(&model, &raw, 1);
	CHECK("");
	assert_int_equal(model.vcpus[0]->alerts, 0);
	fixture_latency(&raw, KVMDBG_OTHER_EXIT, 100000, 200);
	next_frame(&model, &raw, 1);
	CHECK("exit_p99>50us: 100u: vCPU 0 of vmm:42, pid 42|"
	      "exit_p99:total>50us: 100u: vCPU 0 of vmm:42, pid 42|");
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 3000, 1);
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 5000, 1);
	next_frame(&model, &raw, 1);
	CHECK("debug_exit_mean<1s: 4.0u: vCPU 0 of vmm:42, pid 42|");
	model_free(&model);
}

/* What a platform cannot tell is said before anything is watched. */
static void test_unknown(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} x86[] = {
		{ "host>0", EXIT_FEATURE }, { "watch_read>0", EXIT_FEATURE }, { "watch>0", EXIT_OK },
		{ "trap>0", EXIT_FEATURE }, { "dr_access>0", EXIT_OK }, { "branch>0", EXIT_FEATURE },
		{ "switch_p50>1us", EXIT_FEATURE }, { "exits>0", EXIT_OK }, { "stray>0", EXIT_OK },
		{ "exit_p99>1us", EXIT_OK },
	};
	struct alerts alerts;
	struct model model;
	size_t i;

	(void)state;
	fixture_model(&model);
	for (i = 0; i < sizeof(x86) / sizeof(x86[0]); i++) {
		memset(&alerts, 0, sizeof(alerts));
		add_alert(&alerts, x86[i].text);
		model.backend = "booke-pr";
		model.kind_names = NULL;
		model.lacks = 0;
		if (strcmp(x86[i].text, "watch>0") && strcmp(x86[i].text, "dr_access>0"))
			assert_int_equal(alerts_open(&alerts, &model), EXIT_OK);
		else
			assert_int_equal(alerts_open(&alerts, &model), EXIT_FEATURE);
		model.backend = "x86";
		model.kind_names = x86_backend.kind_names;
		model.lacks = x86_backend.lacks;
		assert_int_equal(alerts_open(&alerts, &model), x86[i].ret);
	}
	model_free(&model);
}

/* The manual has them all. */
static void test_manual(void **state)
{
	char *manual = malloc(1 << 18), name[64];
	size_t i;

	(void)state;
	assert_non_null(manual);
	assert_true(read_file("cli/man/kvmdbg-top.1", manual, 1 << 18) > 0);
	for (i = 0; alert_metric_name(i); i++) {
		/* "exit_p99" stands there as "exit_" and "_p99" do */
		snprintf(name, sizeof(name), "%s", alert_metric_name(i));
		if (strstr(name, "_p") || strstr(name, "_m"))
			*(strrchr(name, '_') + 1) = 0;
		if (!strstr(manual, name))
			fail_msg("%s is not in kvmdbg-top(1)", name);
	}
	free(manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What the cause of an x86 debug exit means, and that what x86 cannot tell is left out. */
#include <stdlib.h>

#include "../../bpf/x86.h"
#include "fixture.h"
#include "output.h"

#define STEP		(1U << KVMDBG_STEP)
#define HW_BREAK	(1U << KVMDBG_HW_BREAK)
#define WATCH		(1U << X86_WATCH)
#define WATCH_WRITE	(1U << KVMDBG_WATCH_WRITE)
#define DR_ACCESS	(1U << X86_DR_ACCESS)
#define SW_BREAK	(1U << KVMDBG_SW_BREAK)
#define SLOT(n)		(1U << (16 + (n)))

/* KVM_GUESTDBG_*, with ENABLE */
#define BY_STEP		0x3
#define BY_SW		0x10001
#define BY_HW		0x20001

static void test_decode(void **state)
{
	static const struct {
		struct x86_cause cause;
		uint32_t flags, origin;
	} cases[] = {
		/* { pc, control, exception, dr6, user's dr7, guest's dr7 } */
		{ { 0, BY_STEP, 1, 0xffff4ff0, 0, 0x400 }, STEP, KVMDBG_USER },
		{ { 0, BY_SW, 3, 0, 0, 0 }, SW_BREAK, KVMDBG_USER },
		{ { 0, BY_HW, 3, 0, 0, 0 }, SW_BREAK, KVMDBG_STRAY },
		/* each slot, enabled locally or globally, of each type */
		{ { 0, BY_HW, 1, 0xffff0ff1, 0x1, 0 }, HW_BREAK | SLOT(0), KVMDBG_USER },
		{ { 0, BY_HW, 1, 0xffff0ff2, 0x8, 0 }, HW_BREAK | SLOT(1), KVMDBG_USER },
		{ { 0, BY_HW, 1, 0xffff0ff4, 0x01000010, 0 }, WATCH_WRITE | SLOT(2), KVMDBG_USER },
		{ { 0, BY_HW, 1, 0xffff0ff8, 0x30000080, 0 }, WATCH | SLOT(3), KVMDBG_USER },
		/* two at once, and with a step */
		{ { 0, BY_HW | BY_STEP, 1, 0xffff4ff3, 0x00100005, 0 },
		  STEP | HW_BREAK | WATCH_WRITE | SLOT(0) | SLOT(1), KVMDBG_USER },
		/* what matches and is not enabled does not count if something else does */
		{ { 0, BY_STEP, 1, 0xffff4ff1, 0, 0 }, STEP, KVMDBG_USER },
		{ { 0, BY_HW, 1, 0xffff0ff3, 0x1, 0 }, HW_BREAK | SLOT(0), KVMDBG_USER },
		{ { 0, BY_HW, 1, 0xffff0ff2, 0x1, 0x8 }, HW_BREAK | SLOT(1), KVMDBG_STRAY },
		/* the guest's own while it is single-stepped */
		{ { 0, BY_STEP, 1, 0xffff0ff1, 0, 0x00010002 }, WATCH_WRITE | SLOT(0),
		  KVMDBG_GUEST },
		{ { 0, BY_HW, 1, 0xffff4ff0, 0x1, 0 }, STEP, KVMDBG_GUEST },
		{ { 0, BY_HW, 1, 0xffff2ff0, 0x1, 0x2000 }, DR_ACCESS, KVMDBG_GUEST },
		/* an I/O breakpoint, and what no manual knows: no kind, the raw value is shown */
		{ { 0, BY_HW, 1, 0xffff0ff1, 0x00020001, 0 }, SLOT(0), KVMDBG_USER },
		{ { 0, BY_HW, 1, 0xffff0ff0, 0x1, 0 }, 0, KVMDBG_STRAY },
		{ { 0, BY_STEP, 6, 0xffff4ff0, 0, 0 }, 0, KVMDBG_STRAY },
	};
	struct kvmdbg_hit hit = { 0 };
	uint32_t origin;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hit.flags = x86_decode(&cases[i].cause, &origin);
		if (hit.flags != cases[i].flags || origin != cases[i].origin)
			fail_msg("case %zu: flags 0x%x origin %u", i, hit.flags, origin);
		assert_int_equal(x86_backend.kinds(&hit), hit.flags & 0xffff);
		assert_int_equal(x86_backend.slots(&hit), hit.flags >> 16);
	}
}

static void setup(struct model *model, struct kvmdbg_vcpu *raw)
{
	fixture_model(model);
	model->backend = "x86";
	model->switch_hz = 0;
	model->kinds = x86_backend.kinds;
	model->raw_name = x86_backend.raw_name;
	model->slots = x86_backend.slots;
	model->kind_names = x86_backend.kind_names;
	model->lacks = x86_backend.lacks;
	model_begin(model, 2 * SEC);
	assert_true(model_add(model, 0, raw));
	model_end(model, 0);
}

static void test_left_out(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 7, 0);
	struct model model;
	char *text;

	(void)state;
	raw.events[KVMDBG_STEP] = 5;
	raw.debug_exits = 5;
	setup(&model, &raw);
	text = frame_json(&model);
	assert_non_null(strstr(text, "\"events\":{\"step\":5,\"hw_break\":0,\"watch\":0,"
			       "\"watch_write\":0,\"dr_access\":0,\"sw_break\":0}"));
	assert_non_null(strstr(text, "\"origin\":{\"user\":0,\"guest\":0,\"stray\":0}"));
	/* emulated: there is no exit that the processor has made */
	assert_non_null(strstr(text, "\"exits\":{\"debug\":5}"));
	assert_null(strstr(text, "switch"));
	assert_null(strstr(text, "other_exit_ns"));
	free(text);
	model_free(&model);

	raw.exits = 9;
	setup(&model, &raw);
	text = frame_json(&model);
	assert_non_null(strstr(text, "\"exits\":{\"total\":9,\"debug\":5}"));
	assert_non_null(strstr(text, "other_exit_ns"));
	free(text);
	model_free(&model);
}

static void test_hit(void **state)
{
	const struct kvmdbg_hit hit = { .pc = 0x1006, .tgid = 42, .raw = 0xffff0ff3,
					.addr = 0x2000,
					.flags = HW_BREAK | WATCH | SLOT(0) | SLOT(1) };
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 7, 0);
	struct model model;
	char *text;

	(void)state;
	setup(&model, &raw);
	model_hit(&model, &hit);
	model_begin(&model, 3 * SEC);
	model_end(&model, 0);
	text = frame_json(&model);
	assert_non_null(strstr(text, "\"kind\":\"hw_break+watch\",\"origin\":\"user\","
			       "\"pc\":\"0x1006\",\"slots\":[0,1],\"addr\":\"0x2000\","
			       "\"raw\":\"0xffff0ff3\""));
	free(text);
	model_free(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_hit),
	};

	return cmocka_run_group_tests_name("x86", tests, NULL, NULL);
}

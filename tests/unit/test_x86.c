// SPDX-License-Identifier: GPL-2.0-only
/* What the cause of an x86 debug exit means, and that what x86 cannot tell is left out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "../../bpf/x86.h"
#include "fixture.h"
#include "output.h"
#include "session.h"

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

static void setup_empty(struct model *model)
{
	fixture_model(model);
	model->backend = "x86";
	model->switch_hz = 0;
	model->kinds = x86_backend.kinds;
	model->raw_name = x86_backend.raw_name;
	model->slots = x86_backend.slots;
	model->kind_names = x86_backend.kind_names;
	model->lacks = x86_backend.lacks;
}

static void add_frame(struct model *model, const struct kvmdbg_vcpu *raw)
{
	model_begin(model, model->time_ns + 2 * SEC);
	assert_true(model_add(model, 0, raw, NULL));
	model_end(model, 0);
}

static void setup(struct model *model, const struct kvmdbg_vcpu *raw)
{
	setup_empty(model);
	add_frame(model, raw);
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

static void test_reasons(void **state)
{
	static const struct {
		uint32_t isa, reason;
		const char *name;
	} cases[] = {
		{ X86_ISA_SVM, 0x41, "DB_excp" }, { X86_ISA_SVM, 0x7b, "io" },
		{ X86_ISA_SVM, 0x27, "read_dr7" }, { X86_ISA_SVM, 0x400, "npf" },
		{ X86_ISA_SVM, 0x9e, NULL }, { X86_ISA_SVM, 0x41e, NULL },
		{ X86_ISA_SVM, 0xffffffff, "invalid_guest_state" }, { X86_ISA_SVM, 0x80000016, NULL },
		{ X86_ISA_SVM, 0xf0000000, NULL },
		{ X86_ISA_VMX, 0, "EXCEPTION_NMI" }, { X86_ISA_VMX, 29, "DR_ACCESS" },
		{ X86_ISA_VMX, 48, "EPT_VIOLATION" }, { X86_ISA_VMX, 99, NULL },
	};
	struct latency_class light, heavy;
	uint32_t index;
	char number[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		index = x86_reason_index(cases[i].isa, cases[i].reason);
		assert_in_range(index, 1, X86_REASON_OTHER - 1);
		light = x86_backend.latency_class(EXTRA_CLASS(X86_REASON(index)), cases[i].isa);
		heavy = x86_backend.latency_class(EXTRA_CLASS(X86_REASON(index) | 1),
						  cases[i].isa);
		assert_int_equal(light.flags, CLASS_OTHER | CLASS_REASON);
		assert_int_equal(heavy.flags, CLASS_OTHER | CLASS_REASON | CLASS_HEAVY);
		snprintf(number, sizeof(number), "0x%x", cases[i].reason);
		assert_string_equal(light.name, cases[i].name ? cases[i].name : number);
		assert_string_equal(heavy.name, light.name);
	}
	/* the flags in the upper half of Intel's */
	assert_int_equal(x86_reason_index(X86_ISA_VMX, 0x80000021),
			 x86_reason_index(X86_ISA_VMX, 0x21));
	/* without a place of its own, and not known */
	assert_int_equal(x86_reason_index(X86_ISA_SVM, 0x420), X86_REASON_OTHER);
	light = x86_backend.latency_class(EXTRA_CLASS(X86_REASON(X86_REASON_OTHER)), X86_ISA_SVM);
	assert_string_equal(light.name, "other");
	assert_int_equal(x86_reason_index(X86_ISA_SVM, X86_NO_REASON), 0);
	light = x86_backend.latency_class(EXTRA_CLASS(X86_REASON(0)), X86_ISA_SVM);
	assert_int_equal(light.flags, CLASS_OTHER);
	/* a guest that KVM emulates: what user space is told */
	heavy = x86_backend.latency_class(EXTRA_CLASS(X86_EXIT_INTR), 0);
	assert_int_equal(heavy.flags, CLASS_REASON | CLASS_HEAVY);
	assert_string_equal(heavy.name, "INTR");
}

static void test_exits_by_reason(void **state)
{
	static struct latency_class classes[NR_CLASSES];
	static struct kvmdbg_hist io, io_heavy, other;
	const struct kvmdbg_hist *hists[NR_CLASSES] = { NULL };
	const uint32_t at = EXTRA_CLASS(X86_REASON(x86_reason_index(X86_ISA_SVM, 0x7b)));
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 7, 0);
	struct model model;
	unsigned int i;
	char *text;

	(void)state;
	for (i = 0; i < NR_CLASSES; i++)
		classes[i] = x86_backend.latency_class(i, X86_ISA_SVM);
	raw.exits = 12;
	raw.to_guest = 3;
	raw.skipped = 9;
	io = (struct kvmdbg_hist){ .sum = 900, .max = 700, .buckets[40] = 4 };
	io_heavy = (struct kvmdbg_hist){ .sum = 100, .max = 100, .buckets[30] = 1 };
	other = (struct kvmdbg_hist){ .buckets[0] = 2 };
	hists[at] = &io;
	hists[at + 1] = &io_heavy;
	hists[EXTRA_CLASS(X86_REASON(X86_REASON_OTHER))] = &other;
	setup_empty(&model);
	model.classes = classes;
	model_begin(&model, model.time_ns + 2 * SEC);
	assert_non_null(model_add(&model, 0, &raw, hists));
	model_end(&model, 0);
	text = frame_json(&model);
	assert_non_null(strstr(text, "\"exit_reason_ns\":{"
			       "\"io\":{\"count\":5,\"sum\":1000,\"max\":700},"
			       "\"other\":{\"count\":2,\"sum\":0,\"max\":0}}"));
	assert_non_null(strstr(text, "\"switch\":{\"to_guest\":3,\"skipped\":9}"));
	free(text);

	/* what is new, across the wrap of what BPF counts; and from zero after a reset */
	other.buckets[0] = 1;
	model_begin(&model, model.time_ns + 2 * SEC);
	assert_non_null(model_add(&model, 0, &raw, hists));
	assert_int_equal(model.vcpus[0]->reasons[2].count, 2ULL + UINT32_MAX);
	model_reset(&model);
	other.buckets[0] = 8;
	model_begin(&model, model.time_ns + 2 * SEC);
	assert_non_null(model_add(&model, 0, &raw, hists));
	assert_int_equal(model.vcpus[0]->reasons[2].count, 7);
	model_free(&model);
}

/* Which argument is the vCPU, where the event has these: "v" is the vCPU, "i" a number. */
static int vcpu_argument(const char *arguments, unsigned int expected)
{
	const struct backend_event event = { .event = "kvm_exit", .vcpu_arg = expected };
	int number, vcpu, data, proto, result;
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	number = btf__add_int(btf, "unsigned int", 4, 0);
	vcpu = btf__add_struct(btf, "kvm_vcpu", 8);
	vcpu = btf__add_ptr(btf, vcpu);
	data = btf__add_ptr(btf, 0);
	proto = btf__add_func_proto(btf, 0);
	assert_int_equal(btf__add_func_param(btf, "__data", data), 0);
	for (; *arguments; arguments++)
		assert_int_equal(btf__add_func_param(btf, "", *arguments == 'v' ? vcpu : number), 0);
	assert_true(btf__add_typedef(btf, "btf_trace_kvm_exit", btf__add_ptr(btf, proto)) > 0);
	result = backend_event_check(btf, &event);
	btf__free(btf);
	return result;
}

static void test_arguments(void **state)
{
	(void)state;
	/* since Linux 5.18, and before */
	assert_int_equal(vcpu_argument("vi", ANY_VCPU_ARG), 0);
	assert_int_equal(vcpu_argument("ivi", ANY_VCPU_ARG), 1);
	assert_int_equal(vcpu_argument("iiv", ANY_VCPU_ARG), -EPROTO);
	assert_int_equal(vcpu_argument("i", ANY_VCPU_ARG), -EPROTO);
	assert_int_equal(vcpu_argument("iv", 1), 1);
	assert_int_equal(vcpu_argument("vi", 1), -EPROTO);
	assert_int_equal(vcpu_argument("i", NO_VCPU_ARG), 0);
	assert_int_equal(vcpu_argument("iv", NO_VCPU_ARG), 0);
	assert_int_equal(vcpu_argument("vi", NO_VCPU_ARG), -EPROTO);
	assert_int_equal(vcpu_argument("", NO_VCPU_ARG), -EPROTO);
}

/* DR7 in words, of user space and of the guest, whose own are held back meanwhile. */
static void test_places(void **state)
{
	struct kvmdbg_armed armed = {
		.user = { .control = 0x00d10000 | 0x2 | 0x4, .address = { 0x9000, 0xa000 } },
		.guest = { .control = 0x10, .address = { 0, 0, 0xffffffff81001000, 0 } },
		.guest_debug = X86_GUESTDBG_HW_BP | X86_GUESTDBG_STEP | X86_GUESTDBG_SW_BP,
	};
	struct armed_place places[ARMED_MAX];

	(void)state;
	assert_int_equal(x86_backend.places(&armed, places), 5);
	assert_string_equal(places[0].slot, "0");
	assert_int_equal(places[0].kinds, 1U << KVMDBG_WATCH_WRITE);
	assert_int_equal(places[0].addr, 0x9000);
	assert_true(places[0].in_force && !places[0].anywhere);
	assert_string_equal(places[1].slot, "1");
	assert_int_equal(places[1].kinds, 1U << KVMDBG_WATCH_WRITE);
	assert_int_equal(places[1].addr, 0xa000);
	assert_string_equal(places[2].slot, "2");
	assert_int_equal(places[2].kinds, 1U << KVMDBG_HW_BREAK);
	assert_int_equal(places[2].origin, KVMDBG_GUEST);
	assert_int_equal(places[2].addr, 0xffffffff81001000);
	assert_false(places[2].in_force);
	assert_true(places[3].anywhere && places[3].kinds == 1U << KVMDBG_STEP);
	assert_true(places[4].anywhere && places[4].kinds == 1U << KVMDBG_SW_BREAK);
	/* user space only steps: the guest's own are in force, what it once set is not */
	armed.guest_debug = X86_GUESTDBG_STEP;
	assert_int_equal(x86_backend.places(&armed, places), 2);
	assert_int_equal(places[0].origin, KVMDBG_GUEST);
	assert_true(places[0].in_force);
	/* all that there can be has room */
	armed.guest_debug = X86_GUESTDBG_HW_BP | X86_GUESTDBG_STEP | X86_GUESTDBG_SW_BP;
	armed.user.control = armed.guest.control = 0xff;
	assert_in_range(x86_backend.places(&armed, places), 10, ARMED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_hit),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_exits_by_reason),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("x86", tests, NULL, NULL);
}

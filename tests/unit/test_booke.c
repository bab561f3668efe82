// SPDX-License-Identifier: GPL-2.0-only
/* What the cause of a BookE debug exit means, and what kind of CPU this is. */
#include "../../bpf/booke.h"
#include "fixture.h"

static uint32_t kinds(uint32_t dbsr, uint32_t flags)
{
	const struct kvmdbg_hit hit = { .raw = dbsr, .flags = flags };

	return booke_backend.kinds(&hit);
}

/* Each bit on its own, numbers as printed in the e500 core manual. */
static void test_bits(void **state)
{
	static const struct {
		uint32_t dbsr, flags;
		int kind;
	} bits[] = {
		{ 0x80000000, 0, KVMDBG_IMPRECISE },
		{ 0x08000000, 0, KVMDBG_STEP },
		{ 0x04000000, 0, KVMDBG_BRANCH },
		{ 0x02000000, 0, KVMDBG_INTERRUPT },
		{ 0x01000000, 0, KVMDBG_TRAP },
		{ 0x00800000, 0, KVMDBG_HW_BREAK },
		{ 0x00400000, 0, KVMDBG_HW_BREAK },
		{ 0x00200000, 0, KVMDBG_HW_BREAK },
		{ 0x00100000, 0, KVMDBG_HW_BREAK },
		{ 0x00080000, 0, KVMDBG_WATCH_READ },
		{ 0x00040000, 0, KVMDBG_WATCH_WRITE },
		{ 0x00020000, 0, KVMDBG_WATCH_READ },
		{ 0x00010000, 0, KVMDBG_WATCH_WRITE },
		{ 0x00008000, 0, KVMDBG_RETURN },
		{ 0x00000040, 0, KVMDBG_INTERRUPT },
		{ 0x00000020, 0, KVMDBG_RETURN },
		{ 0, 0x2, KVMDBG_SW_BREAK },
	};
	uint32_t known = 0;
	size_t i;
	int bit;

	(void)state;
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		assert_int_equal(kinds(bits[i].dbsr, bits[i].flags), 1U << bits[i].kind);
		known |= bits[i].dbsr;
	}
	/* what is no event (UDE's neighbours: MRR, IAC12ATS...) is no kind */
	for (bit = 0; bit < 32; bit++)
		if (!(known & 1U << bit))
			assert_int_equal(kinds(1U << bit, 0), 0);
	/* other flags say who, not what */
	assert_int_equal(kinds(0, ~0x2U), 0);
}

static void test_several(void **state)
{
	(void)state;
	assert_int_equal(kinds(0x08800000, 0), 1U << KVMDBG_STEP | 1U << KVMDBG_HW_BREAK);
	/* both DACs, both directions: each kind once */
	assert_int_equal(kinds(0x000f0000, 0),
			 1U << KVMDBG_WATCH_READ | 1U << KVMDBG_WATCH_WRITE);
	assert_int_equal(kinds(0x08000000, 2), 1U << KVMDBG_STEP | 1U << KVMDBG_SW_BREAK);
	assert_int_equal(kinds(0xffffffff, 0xffffffff), (1U << KVMDBG_NR_KINDS) - 1);
}

static void test_cpu(void **state)
{
	static const char v2[] = "processor\t: 0\ncpu\t\t: e500v2\nclock\t\t: 400.0MHz\n"
				 "timebase\t: 41666666\nplatform\t: QEMU e500\n";
	static const char mc[] = "processor\t: 0\ncpu\t\t: e500mc\n\ntimebase\t: 50000000\n";

	(void)state;
	assert_string_equal(booke_backend.name(v2), "booke-pr");
	assert_string_equal(booke_backend.name("cpu\t\t: e500\n"), "booke-pr");
	assert_string_equal(booke_backend.name(mc), "booke-hv");
	assert_string_equal(booke_backend.name("cpu : e5500\n"), "booke-hv");
	assert_string_equal(booke_backend.name("cpu : e6500, altivec supported\n"), "booke-hv");
	assert_true(booke_backend.switch_hz(v2) == 41666666);
	assert_true(booke_backend.switch_hz(mc) == 50000000);
	/* unknown is 0, not a guess */
	assert_true(booke_backend.switch_hz("cpu\t\t: e500v2\n") == 0);
	assert_true(booke_backend.switch_hz("timebase\t: ?\n") == 0);
	assert_true(booke_backend.switch_hz("timebases\t: 5\n") == 0);
	assert_true(booke_backend.switch_hz("timebase") == 0);
	assert_true(booke_backend.switch_hz("") == 0);
}

/* Every event has a program, and the probe is one of them. */
static void test_events(void **state)
{
	const struct backend_event *event;
	int probes = 0;

	(void)state;
	for (event = booke_backend.events; event->event; event++) {
		assert_non_null(event->program);
		probes += !strcmp(event->event, booke_backend.probe);
	}
	assert_int_equal(probes, 1);
	assert_true(booke_backend.object_end - booke_backend.object > 1000);
}

/* Every exit number has a histogram of its own, one more for what user space gets to see. */
static void test_reasons(void **state)
{
	bool used[KVMDBG_EXTRA_REASONS] = { false };
	struct latency_class light, heavy;
	unsigned int nr, reason;

	(void)state;
	for (nr = 0; nr <= 42; nr = nr == 15 ? 32 : nr + 1) {
		reason = BOOKE_REASON(nr);
		assert_true(reason + 1 < KVMDBG_EXTRA_REASONS);
		assert_false(used[reason] || used[reason + 1]);
		used[reason] = used[reason + 1] = true;
		light = booke_backend.latency_class(EXTRA_CLASS(reason), 0);
		heavy = booke_backend.latency_class(EXTRA_CLASS(reason + 1), 0);
		assert_int_equal(light.flags, CLASS_OTHER | CLASS_REASON);
		assert_int_equal(heavy.flags, CLASS_OTHER | CLASS_REASON | CLASS_HEAVY);
		assert_true(*light.name);
		assert_string_equal(light.name, heavy.name);
	}
	light = booke_backend.latency_class(EXTRA_CLASS(BOOKE_REASON(13)), 0);
	assert_string_equal(light.name, "DTLB_MISS");
	light = booke_backend.latency_class(EXTRA_CLASS(BOOKE_REASON(35)), 0);
	assert_string_equal(light.name, "PERFORMANCE_MONITOR");
	light = booke_backend.latency_class(NR_CLASSES - 1, 0);
	assert_int_equal(light.flags, 0);
}

/* DBCR0 in words, of user space and of the guest. */
static void test_places(void **state)
{
	struct kvmdbg_armed armed = {
		.guest = { .control = BOOKE_DBCR0_IDM | BOOKE_DBCR0_DAC2R, .ranges = 2,
			   .address = { 1, 2, 3, 0x20008 } },
	};
	struct armed_place places[ARMED_MAX];

	(void)state;
	assert_int_equal(booke_backend.places(&armed, places), 1);
	assert_string_equal(places[0].slot, "DAC2");
	assert_int_equal(places[0].kinds, 1U << KVMDBG_WATCH_READ);
	assert_int_equal(places[0].origin, KVMDBG_GUEST);
	assert_int_equal(places[0].addr, 0x20008);
	assert_true(places[0].in_force && places[0].range);
	/* without IDM nothing fires */
	armed.guest.control &= ~BOOKE_DBCR0_IDM;
	assert_int_equal(booke_backend.places(&armed, places), 0);
	/* all that there can be has room */
	armed.guest_debug = 1 | BOOKE_GUESTDBG_SW_BP;
	armed.guest.control = armed.user.control = 0xffffffff;
	assert_int_equal(booke_backend.places(&armed, places), 15);
	assert_true(ARMED_MAX >= 15);
	assert_false(places[14].in_force);
	assert_string_equal(places[0].slot, "IAC1");
	assert_string_equal(places[2].slot, "DAC1");
	assert_int_equal(places[2].kinds, WATCH_KINDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("booke", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The histogram: BPF's index function against a slow reference, and percentiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"

/*
 * The definition, step by step: below 8 a bucket each, then every range
 * [2^n, 2^(n+1)) in 8 equal parts.
 */
static unsigned int reference(uint64_t value)
{
	unsigned int n, bucket = 8, part;
	uint64_t width;

	if (value < 8)
		return value;
	for (n = 3; n < 64; n++) {
		width = (1ULL << n) / 8;
		for (part = 0; part < 8; part++, bucket++)
			if (value - (1ULL << n) < width * (part + 1) && value >> n == 1 &&
			    value - (1ULL << n) >= width * part)
				return bucket;
	}
	fail();
	return 0;
}

static void check_index(uint64_t value)
{
	if (kvmdbg_hist_index(value) != reference(value))
		fail_msg("value %llu: bucket %u, not %u", (unsigned long long)value,
			 kvmdbg_hist_index(value), reference(value));
}

static void test_index_small(void **state)
{
	uint64_t v;

	(void)state;
	for (v = 0; v < 70000; v++)
		check_index(v);
}

static void test_index_bounds(void **state)
{
	unsigned int n, part;
	uint64_t low;
	int d;

	(void)state;
	for (n = 3; n < 64; n++)
		for (part = 0; part < 8; part++) {
			low = (1ULL << n) + (1ULL << (n - 3)) * part;
			for (d = -2; d <= 2; d++)
				check_index(low + d);
		}
	check_index(UINT64_MAX);
	assert_int_equal(kvmdbg_hist_index(UINT64_MAX), 495);
	assert_int_equal(kvmdbg_hist_index(0), 0);
}

static void test_index_random(void **state)
{
	uint64_t x = 88172645463325252ULL;
	int i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		check_index(x >> i % 64);
	}
}

/* The limit of the stored table is where its constant says. */
static void test_index_limit(void **state)
{
	(void)state;
	assert_int_equal(kvmdbg_hist_index((1ULL << KVMDBG_HIST_BITS) - 1),
			 KVMDBG_HIST_BUCKETS - 1);
	assert_int_equal(kvmdbg_hist_index(1ULL << KVMDBG_HIST_BITS), KVMDBG_HIST_BUCKETS);
}

static void test_bucket_low(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 496; i++) {
		assert_int_equal(kvmdbg_hist_index(bucket_low(i)), i);
		if (i)
			assert_int_equal(kvmdbg_hist_index(bucket_low(i) - 1), i - 1);
	}
}

static void add(struct latency *l, uint64_t value, uint64_t times)
{
	unsigned int i = kvmdbg_hist_index(value);

	if (i >= KVMDBG_HIST_BUCKETS)
		i = KVMDBG_HIST_BUCKETS - 1;
	l->buckets[i] += times;
	l->count += times;
	l->sum += value * times;
	if (value > l->max)
		l->max = value;
}

static void test_percentile_exact(void **state)
{
	struct latency l = { 0 };
	uint64_t v;

	(void)state;
	/* 1..8 have a bucket each but for 8, whose middle is 8 too */
	for (v = 1; v <= 7; v++)
		add(&l, v, 1);
	assert_int_equal(latency_percentile(&l, 500), 4);
	assert_int_equal(latency_percentile(&l, 0), 1);
	assert_int_equal(latency_percentile(&l, 1000), 7);
	add(&l, 2, 1000000);
	assert_int_equal(latency_percentile(&l, 990), 2);
	assert_int_equal(latency_percentile(&l, 1000), 7);
}

/* The rank is rounded up: p99 of 100 values is the 99th, of 101 the 100th. */
static void test_percentile_rank(void **state)
{
	struct latency l = { 0 };

	(void)state;
	add(&l, 1, 99);
	add(&l, 5, 1);
	assert_int_equal(latency_percentile(&l, 990), 1);
	add(&l, 5, 1);
	assert_int_equal(latency_percentile(&l, 990), 5);
}

static void test_percentile_error(void **state)
{
	struct latency l;
	uint64_t v, got;
	double error;

	(void)state;
	for (v = 1; v < 1ULL << 39; v = v * 17 / 16 + 1) {
		memset(&l, 0, sizeof(l));
		add(&l, v, 3);
		add(&l, v * 2, 1);
		got = latency_percentile(&l, 500);
		error = got > v ? (got - v) / (double)v : (v - got) / (double)v;
		assert_true(error <= 0.0625);
	}
}

static void test_percentile_top(void **state)
{
	struct latency l = { 0 };

	(void)state;
	/* beyond the table: only the maximum is known */
	add(&l, 1ULL << 50, 2);
	assert_true(latency_percentile(&l, 500) == 1ULL << 50);
	/* never above what was measured, although the middle of the bucket is */
	memset(&l, 0, sizeof(l));
	add(&l, 1ULL << 20, 1);
	assert_int_equal(latency_percentile(&l, 990), 1ULL << 20);
}

static void test_percentile_large_counts(void **state)
{
	struct latency l = { 0 };

	(void)state;
	/* count * permille must not overflow */
	add(&l, 1, UINT64_MAX / 2);
	add(&l, 3, UINT64_MAX / 4);
	assert_int_equal(latency_percentile(&l, 500), 1);
	assert_int_equal(latency_percentile(&l, 900), 3);
}

static void test_ticks(void **state)
{
	(void)state;
	assert_int_equal(ticks_to_ns(0, 41666666), 0);
	assert_int_equal(ticks_to_ns(41666666, 41666666), 1000000000);
	assert_int_equal(ticks_to_ns(1, 400000000), 2);
	/* ten years of ticks */
	assert_true(ticks_to_ns(41666666ULL * 315360000, 41666666) == 315360000000000000ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_small),
		cmocka_unit_test(test_index_bounds),
		cmocka_unit_test(test_index_random),
		cmocka_unit_test(test_index_limit),
		cmocka_unit_test(test_bucket_low),
		cmocka_unit_test(test_percentile_exact),
		cmocka_unit_test(test_percentile_rank),
		cmocka_unit_test(test_percentile_error),
		cmocka_unit_test(test_percentile_top),
		cmocka_unit_test(test_percentile_large_counts),
		cmocka_unit_test(test_ticks),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}

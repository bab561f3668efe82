// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often kvmdbg diff is wrong, on simulated hosts: A/A comparisons that it flags, true shifts
 * that it misses. The figures are printed, and are those of kvmdbg-diff(1).
 *
 * Runs are made one after another, in the order ABBA. A run's cost is the true one times
 * exp(cv * e), e of variance 1: half of it drifts with the host (an AR(1) process of coefficient
 * 0.6, the same for all rows), half is a row's own, with the heavy tails of Student's t with 3
 * degrees of freedom. In one run of twenty something else ran, which adds up to three cv. A host
 * without a drift is the harder one: interleaving takes out none of its noise.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <cmocka.h>

#include "compare.h"
#include "util.h"

#define RUNS		10	/* a side */
#define ROWS		5
#define COMPARISONS	1000
#define CALIBRATIONS	50	/* hosts; each calibrated once, then used for 20 comparisons */

/*
 * struct host - what is simulated
 * @cv: coefficient of variation
 * @steady: it does not drift; then a row's own noise has the normal distribution, and all of cv
 * @buckets: costs are those of a log-linear histogram, so that many are the same
 * @calibrated: with a noise floor
 * @shift: share by which row 0 really is slower
 */
struct host {
	double cv;
	bool steady;
	bool buckets;
	bool calibrated;
	double shift;
};

struct outcome {
	int flagged;	/* comparisons with a row that is regressed or improved */
	int found;	/* those where it is row 0, in the right direction */
	int others;	/* those where it is another row */
};

static unsigned short seed[3];

static double uniform(void)
{
	double u;

	do
		u = erand48(seed);
	while (u == 0);
	return u;
}

/* The middle of the bucket that kvmdbg's histograms put a value into. */
static double bucket_middle(double value)
{
	double step = exp2(floor(log2(value)) - 3);

	return (floor(value / step) + 0.5) * step;
}

/* Row 0 of the runs of @sides[1] is slower. */
static void measure(const struct host *host, struct run **sides, size_t nr_sides, int runs)
{
	static const int abba[] = { 0, 1, 1, 0 };
	double drift = qnorm(uniform(), 0, 1, 1, 0), value, noise;
	double values[ROWS][4 * RUNS];
	int side[4 * RUNS], i, r;
	char name[16];
	size_t s;

	for (i = 0; i < runs; i++) {
		side[i] = nr_sides == 2 ? abba[i % 4] : 0;
		drift = 0.6 * drift + sqrt(1 - 0.36) * qnorm(uniform(), 0, 1, 1, 0);
		for (r = 0; r < ROWS; r++) {
			if (host->steady)
				noise = qnorm(uniform(), 0, 1, 1, 0);
			else
				noise = (drift + qt(uniform(), 3, 1, 0) / sqrt(3)) * sqrt(0.5);
			value = (1000 + 777 * r) * exp(host->cv * noise);
			if (erand48(seed) < 0.05)
				value *= 1 + 3 * host->cv * erand48(seed);
			if (side[i] && !r)
				value *= 1 + host->shift;
			values[r][i] = host->buckets ? bucket_middle(value) : value;
		}
	}
	for (s = 0; s < nr_sides; s++)
		for (r = 0; r < ROWS; r++) {
			snprintf(name, sizeof(name), "row%d", r);
			assert_true(run_add_row(sides[s], name, strlen(name), "ns", 2, false));
			for (i = 0; i < runs; i++)
				if (side[i] == (int)s)
					assert_true(run_add_value(sides[s], values[r][i]));
		}
}

static void count(const struct compare *compare, double shift, struct outcome *outcome)
{
	enum verdict right = shift > 0 ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	bool others = false;
	size_t i;

	for (i = 0; i < compare->nr_rows; i++) {
		assert_true(compare->rows[i].tested);
		if (i || !shift)
			others |= compare->rows[i].verdict == VERDICT_REGRESSED ||
				  compare->rows[i].verdict == VERDICT_IMPROVED;
	}
	outcome->others += others;
	outcome->found += shift && compare->rows[0].verdict == right;
	outcome->flagged += compare->count[VERDICT_REGRESSED] || compare->count[VERDICT_IMPROVED];
}

static void simulate(const char *title, const struct host *host, struct outcome *outcome)
{
	struct run base, new, again, noise, *sides[] = { &base, &new }, *calibration = &again;
	const struct compare_set sets[] = {
		{ "base", &base, 1 }, { "new", &new, 1 }, { "calibration", &again, 1 },
	};
	struct compare_options options = { .threshold = 0.02 };
	struct compare compare;
	int i;

	memset(outcome, 0, sizeof(*outcome));
	memset(&noise, 0, sizeof(noise));
	seed[0] = 1;
	seed[1] = 2;
	seed[2] = 3;
	for (i = 0; i < COMPARISONS; i++) {
		if (host->calibrated && i % (COMPARISONS / CALIBRATIONS) == 0) {
			run_free(&noise);
			memset(&again, 0, sizeof(again));
			measure(host, &calibration, 1, 2 * RUNS);
			assert_int_equal(compare_calibrate(&sets[2], NULL, &noise), EXIT_OK);
			options.noise = &noise;
			run_free(&again);
		}
		memset(&base, 0, sizeof(base));
		memset(&new, 0, sizeof(new));
		measure(host, sides, 2, 2 * RUNS);
		assert_true(compare_runs(&compare, &sets[0], &sets[1], &options));
		count(&compare, host->shift, outcome);
		compare_free(&compare);
		run_free(&base);
		run_free(&new);
	}
	run_free(&noise);
	print_message("# %s, %d comparisons of %d rows, %d runs a side: %.1f %% flagged", title,
		      COMPARISONS, ROWS, RUNS, outcome->flagged * 100.0 / COMPARISONS);
	if (host->shift)
		print_message(", the shift found in %.1f %%", outcome->found * 100.0 / COMPARISONS);
	print_message("\n");
}

static void check_flagged(const char *title, const struct host *host)
{
	struct outcome outcome;

	simulate(title, host, &outcome);
	assert_true(outcome.flagged <= COMPARISONS / 100);
}

static void test_quiet(void **state)
{
	(void)state;
	check_flagged("A/A, cv 1 %, threshold 2 %", &(struct host){ .cv = 0.01 });
}

static void test_noisy(void **state)
{
	(void)state;
	check_flagged("A/A, cv 3 %, calibrated", &(struct host){ .cv = 0.03, .calibrated = true });
	check_flagged("A/A, cv 3 %, no drift, calibrated",
		      &(struct host){ .cv = 0.03, .steady = true, .calibrated = true });
	check_flagged("A/A, cv 10 %, calibrated", &(struct host){ .cv = 0.1, .calibrated = true });
}

static void test_buckets(void **state)
{
	(void)state;
	check_flagged("A/A, cv 3 %, percentiles of histograms, calibrated",
		      &(struct host){ .cv = 0.03, .buckets = true, .calibrated = true });
}

/* Without a noise floor, Holm's correction alone holds for any noise: 5 %. */
static void test_noisy_uncalibrated(void **state)
{
	struct outcome outcome;

	(void)state;
	simulate("A/A, cv 10 %, not calibrated", &(struct host){ .cv = 0.1 }, &outcome);
	assert_true(outcome.flagged <= COMPARISONS / 20);
}

static void check_power(const char *title, const struct host *host)
{
	struct outcome outcome;

	simulate(title, host, &outcome);
	assert_true(outcome.found >= COMPARISONS * 95 / 100);
	assert_true(outcome.others <= COMPARISONS / 100);
}

static void test_power(void **state)
{
	(void)state;
	check_power("3 % slower, cv 1 %, threshold 2 %", &(struct host){ .cv = 0.01, .shift = 0.03 });
	check_power("3 % faster, cv 1 %, threshold 2 %", &(struct host){ .cv = 0.01, .shift = -0.03 });
	check_power("3 % slower, cv 1 %, calibrated",
		    &(struct host){ .cv = 0.01, .shift = 0.03, .calibrated = true });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_noisy),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_noisy_uncalibrated),
		cmocka_unit_test(test_power),
	};

	return cmocka_run_group_tests_name("diff_power", tests, NULL, NULL);
}

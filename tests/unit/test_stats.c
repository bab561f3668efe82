// SPDX-License-Identifier: GPL-2.0-only
/* The statistics, against published tables, other programs and slow definitions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats.h"

#include "data/mann_whitney.h"

#define SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define MAX_N		80

static void check_near(double value, double expected, double relative, const char *what, size_t i)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%s %zu: %.15g, not %.15g", what, i, value, expected);
}

/*
 * Two samples without ties that have a given U: @nx values x with @ny values 1, 2, ... of y around
 * them, so that @u times a y lies below an x.
 */
static void samples_of_u(double *x, size_t nx, double *y, size_t ny, size_t u)
{
	size_t i, below;

	for (i = 0; i < ny; i++)
		y[i] = i + 1;
	for (i = 0; i < nx; i++) {
		below = u < ny ? u : ny;
		u -= below;
		x[i] = below + 0.5 + i * 0.001;
	}
	stats_sort(x, nx);
}

static double p_of_u(size_t nx, size_t ny, size_t u)
{
	double x[MAX_N], y[MAX_N];

	samples_of_u(x, nx, y, ny, u);
	return stats_mann_whitney(x, nx, y, ny, NULL);
}

/*
 * Critical values of U, two-tailed, 0.05: the largest that is significant. From the table that
 * textbooks print (Siegel, Nonparametric Statistics, 1956, table K); of its rows those are here
 * that have no misprint (known ones are at 4 and 20, and at 14 and 17). n2 is 5 to 20.
 */
static void test_critical_values(void **state)
{
	static const struct {
		size_t n1;
		size_t u[16];
	} table[] = {
		{ 5, { 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 17, 18, 19, 20 } },
		{ 6, { 3, 5, 6, 8, 10, 11, 13, 14, 16, 17, 19, 21, 22, 24, 25, 27 } },
		{ 8, { 6, 8, 10, 13, 15, 17, 19, 22, 24, 26, 29, 31, 34, 36, 38, 41 } },
		{ 10, { 8, 11, 14, 17, 20, 23, 26, 29, 33, 36, 39, 42, 45, 48, 52, 55 } },
		{ 12, { 11, 14, 18, 22, 26, 29, 33, 37, 41, 45, 49, 53, 57, 61, 65, 69 } },
		{ 15, { 14, 19, 24, 29, 34, 39, 44, 49, 54, 59, 64, 70, 75, 80, 85, 90 } },
		{ 20, { 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 98, 105, 112, 119, 127 } },
	};
	size_t i, n2, u;

	(void)state;
	for (i = 0; i < SIZE(table); i++)
		for (n2 = 5; n2 <= 20; n2++) {
			u = table[i].u[n2 - 5];
			assert_true(p_of_u(table[i].n1, n2, u) <= 0.05);
			assert_true(p_of_u(table[i].n1, n2, u + 1) > 0.05);
			/* from the other side */
			assert_true(p_of_u(table[i].n1, n2, table[i].n1 * n2 - u) <= 0.05);
			assert_true(p_of_u(table[i].n1, n2, table[i].n1 * n2 - u - 1) > 0.05);
		}
}

/* Hollander and Wolfe, Nonparametric Statistical Methods, 1973, p. 69: W = 35, P 0.127, one tail */
static void test_hollander_wolfe(void **state)
{
	double x[] = { 0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 };
	double y[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };

	(void)state;
	stats_sort(x, SIZE(x));
	stats_sort(y, SIZE(y));
	check_near(stats_mann_whitney(x, SIZE(x), y, SIZE(y), NULL), 2 * 0.127, 0.005, "p", 0);
	check_near(stats_shift(x, SIZE(x), y, SIZE(y)), -0.305, 1e-9, "shift", 0);
}

static void test_samples(void **state)
{
	double x[60], y[70];
	size_t i, nx, ny;

	(void)state;
	for (i = 0; i < SIZE(samples); i++) {
		nx = samples[i].nx;
		ny = samples[i].ny;
		memcpy(x, samples[i].x, sizeof(x));
		memcpy(y, samples[i].y, sizeof(y));
		stats_sort(x, nx);
		stats_sort(y, ny);
		check_near(stats_mann_whitney(x, nx, y, ny, NULL), samples[i].r_p, 1e-12, "R", i);
		check_near(stats_mann_whitney(x, nx, y, ny, NULL), samples[i].scipy_p, 1e-12,
			   "SciPy", i);
		/* the other way round: the same p, the opposite shift */
		check_near(stats_mann_whitney(y, ny, x, nx, NULL), samples[i].r_p, 1e-12, "R", i);
		if (fabs(stats_shift(x, nx, y, ny) - samples[i].shift) > 1e-6 ||
		    fabs(stats_shift(y, ny, x, nx) + samples[i].shift) > 1e-6)
			fail_msg("shift of %zu: %.15g, not %.15g", i, stats_shift(x, nx, y, ny),
				 samples[i].shift);
	}
}

/* By hand: all ways to choose which of 8 places are those of x are equally likely. */
static void test_exact_by_counting(void **state)
{
	size_t u, places, below, ys, i, hits, all;
	const size_t nx = 3, ny = 5;

	(void)state;
	for (u = 0; u <= nx * ny / 2; u++) {
		hits = 0;
		all = 0;
		for (places = 0; places < 256; places++) {
			if (__builtin_popcount(places) != (int)nx)
				continue;
			for (i = 0, below = 0, ys = 0; i < nx + ny; i++)
				if (places & 1 << i)
					below += ys;
				else
					ys++;
			all++;
			hits += below <= u || nx * ny - below <= u;
		}
		check_near(p_of_u(nx, ny, u), hits / (double)all, 1e-12, "U", u);
	}
}

static void test_least(void **state)
{
	double x[60], y[60], least;
	size_t i;

	(void)state;
	/* 10 against 10 that do not overlap: 2 of 184,756 ways */
	samples_of_u(x, 10, y, 10, 37);
	stats_mann_whitney(x, 10, y, 10, &least);
	check_near(least, 2 / 184756.0, 1e-12, "least", 10);
	check_near(p_of_u(10, 10, 0), least, 1e-12, "p", 10);
	/* with ties it is the approximation's */
	x[0] = x[1];
	stats_mann_whitney(x, 10, y, 10, &least);
	assert_true(least > 1e-4 && least < 2e-4);
	/* what is all the same is no matter of too few */
	for (i = 0; i < 10; i++)
		x[i] = y[i] = 7;
	assert_true(stats_mann_whitney(x, 10, y, 10, &least) == 1);
	assert_true(least == 0);
}

/* Neither scale nor place matter; @p of huge values as of small ones. */
static void test_scale(void **state)
{
	double x[60], y[70], p, shift;
	size_t i, j;

	(void)state;
	for (i = 0; i < SIZE(samples); i++) {
		memcpy(x, samples[i].x, sizeof(x));
		memcpy(y, samples[i].y, sizeof(y));
		for (j = 0; j < samples[i].nx; j++)
			x[j] = ldexp(x[j], 30);
		for (j = 0; j < samples[i].ny; j++)
			y[j] = ldexp(y[j], 30);
		stats_sort(x, samples[i].nx);
		stats_sort(y, samples[i].ny);
		p = stats_mann_whitney(x, samples[i].nx, y, samples[i].ny, NULL);
		check_near(p, samples[i].r_p, 1e-12, "scaled", i);
		shift = ldexp(stats_shift(x, samples[i].nx, y, samples[i].ny), -30);
		assert_true(fabs(shift - samples[i].shift) < 1e-6);
	}
}

/* The example of encyclopedias: 0.005 and 0.01 are rejected at 0.05, 0.03 and 0.04 are not. */
static void test_holm_example(void **state)
{
	double p[] = { 0.01, 0.03, 0.04, 0.005 };

	(void)state;
	assert_true(stats_holm(p, SIZE(p)));
	check_near(p[0], 0.03, 1e-12, "p", 0);
	check_near(p[1], 0.06, 1e-12, "p", 1);
	check_near(p[2], 0.06, 1e-12, "p", 2);
	check_near(p[3], 0.02, 1e-12, "p", 3);
}

/* R 4.2.2: p.adjust(p, method = "holm") */
static void test_holm_r(void **state)
{
	static const struct {
		size_t n;
		double p[12], adjusted[12];
	} cases[] = {
		{ 12, { 0.031655, 0.491067, 0.005675, 0.062968, 0.222862, 0.312573, 0.004355,
			0.756956, 0.088868, 0.004441, 0.003198, 0.506601 },
		  { 0.25324, 1, 0.051075, 0.440776, 1, 1, 0.047905, 1, 0.533208, 0.047905,
		    0.038376, 1 } },
		{ 5, { 0.02, 0.02, 0.02, 1, 0.9 }, { 0.1, 0.1, 0.1, 1, 1 } },
		{ 8, { 0.001591513, 0.430478999, 0.006719535, 4.3722e-05, 0.003361832, 0.068688156,
		       2.377e-06, 0.006830684 },
		  { 0.009549078, 0.430478999, 0.02687814, 0.000306054, 0.01680916, 0.137376312,
		    1.9016e-05, 0.02687814 } },
		{ 1, { 0.04 }, { 0.04 } },
		{ 0, { 0 }, { 0 } },
	};
	double p[12];
	size_t i, j;

	(void)state;
	for (i = 0; i < SIZE(cases); i++) {
		memcpy(p, cases[i].p, sizeof(p));
		assert_true(stats_holm(p, cases[i].n));
		for (j = 0; j < cases[i].n; j++)
			check_near(p[j], cases[i].adjusted[j], 1e-12, "case", i);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double slow_shift(const double *x, size_t nx, const double *y, size_t ny)
{
	static double all[MAX_N * MAX_N];
	size_t i, j, n = 0;

	for (i = 0; i < nx; i++)
		for (j = 0; j < ny; j++)
			all[n++] = y[j] - x[i];
	qsort(all, n, sizeof(*all), compare);
	return n % 2 ? all[n / 2] : (all[n / 2 - 1] + all[n / 2]) / 2;
}

/* The bisection, against all differences: few and many, with and without ties, huge and tiny. */
static void test_shift_by_sorting(void **state)
{
	unsigned short seed[3] = { 3, 1, 4 };
	double x[MAX_N], y[MAX_N], scale;
	size_t i, j, nx, ny;

	(void)state;
	for (i = 0; i < 3000; i++) {
		nx = 1 + nrand48(seed) % (i % 10 ? 12 : MAX_N);
		ny = 1 + nrand48(seed) % (i % 10 ? 12 : MAX_N);
		scale = i % 7 ? 10 : 1e15;
		for (j = 0; j < nx; j++)
			x[j] = i % 3 ? erand48(seed) * scale : nrand48(seed) % 5;
		for (j = 0; j < ny; j++)
			y[j] = i % 3 ? erand48(seed) * (i % 2 ? scale : 1e-9) : nrand48(seed) % 6;
		stats_sort(x, nx);
		stats_sort(y, ny);
		if (stats_shift(x, nx, y, ny) != slow_shift(x, nx, y, ny))
			fail_msg("%zu and %zu values: %.17g, not %.17g", nx, ny,
				 stats_shift(x, nx, y, ny), slow_shift(x, nx, y, ny));
	}
}

/*
 * Percentile intervals from 20,000 resamples by R 4.2.2 of some of the samples:
 * quantile(replicate(20000, median(outer(sample(y, replace = T), sample(x, replace = T), "-"))),
 * c(.025, .975), type = 1), and the standard deviation of those. Ours are of 1,000 resamples, so
 * that an end is off by a tenth of that or so.
 */
static void test_bootstrap_r(void **state)
{
	static const struct {
		size_t sample;
		double low, high, sd;
	} cases[] = {
		{ 4, -98.5065, 27.0845, 31.98769 },
		{ 6, 88.153, 274.811, 57.59841 },
		{ 9, -83.484, 372.713, 119.1937 },
		{ 17, 1, 3, 0.599214 },
	};
	struct stats_interval interval, again;
	double x[60], y[70];
	size_t i, s, nx, ny;

	(void)state;
	for (i = 0; i < SIZE(cases); i++) {
		s = cases[i].sample;
		nx = samples[s].nx;
		ny = samples[s].ny;
		memcpy(x, samples[s].x, sizeof(x));
		memcpy(y, samples[s].y, sizeof(y));
		stats_sort(x, nx);
		stats_sort(y, ny);
		assert_true(stats_bootstrap(x, nx, y, ny, &interval));
		if (fabs(interval.low - cases[i].low) > cases[i].sd / 3 ||
		    fabs(interval.high - cases[i].high) > cases[i].sd / 3)
			fail_msg("sample %zu: %g..%g, not %g..%g", s, interval.low, interval.high,
				 cases[i].low, cases[i].high);
		/* the same numbers, the same answer */
		assert_true(stats_bootstrap(x, nx, y, ny, &again));
		assert_true(again.low == interval.low && again.high == interval.high);
	}
}

/* How often the interval holds the true shift: about 95 %, at 10 a side a little less. */
static void test_bootstrap_coverage(void **state)
{
	unsigned short seed[3] = { 2, 7, 1 };
	struct stats_interval interval;
	double x[10], y[10];
	int round, hits = 0;
	size_t i;

	(void)state;
	for (round = 0; round < 400; round++) {
		for (i = 0; i < 10; i++) {
			/* near enough to the normal distribution, sigma 1 */
			x[i] = erand48(seed) + erand48(seed) + erand48(seed) - erand48(seed) -
			       erand48(seed) - erand48(seed);
			y[i] = erand48(seed) + erand48(seed) + erand48(seed) - erand48(seed) -
			       erand48(seed) - erand48(seed) + 3;
		}
		stats_sort(x, 10);
		stats_sort(y, 10);
		assert_true(stats_bootstrap(x, 10, y, 10, &interval));
		hits += interval.low <= 3 && interval.high >= 3;
	}
	if (hits < 400 * 0.90 || hits > 400 * 0.98)
		fail_msg("%d of 400 intervals hold the shift", hits);
}

static void test_noise(void **state)
{
	double same[] = { 5, 5, 5, 5 }, zeros[] = { 0, 0, 1, 1 }, drift[20];
	double chance[20], noise, again;
	unsigned short seed[3] = { 5, 5, 5 };
	size_t i;

	(void)state;
	assert_true(stats_noise(same, SIZE(same), &noise));
	assert_true(noise == 0);
	/* the second half lies 10 % above the first: no shuffling hides that */
	for (i = 0; i < SIZE(drift); i++)
		drift[i] = (i < SIZE(drift) / 2 ? 100 : 110) + i % 3 * 0.1;
	assert_true(stats_noise(drift, SIZE(drift), &noise));
	assert_true(noise >= 0.0999 && noise < 0.2);
	/* without a drift it is some standard errors, 1 % * sqrt(2 / 10) */
	for (i = 0; i < SIZE(chance); i++)
		chance[i] = 100 + erand48(seed) + erand48(seed) + erand48(seed) - erand48(seed) -
			    erand48(seed) - erand48(seed);
	assert_true(stats_noise(chance, SIZE(chance), &noise));
	assert_true(noise > 2 * 0.01 * sqrt(0.2) && noise < 5 * 0.01 * sqrt(0.2));
	assert_true(stats_noise(chance, SIZE(chance), &again));
	assert_true(again == noise);
	assert_true(stats_noise(zeros, SIZE(zeros), &noise));
	assert_true(isinf(noise));
}

static void test_share(void **state)
{
	(void)state;
	assert_true(stats_share(0, 0) == 0);
	assert_true(stats_share(1, 4) == 0.25);
	assert_true(isinf(stats_share(1, 0)) && stats_share(1, 0) > 0);
	assert_true(isinf(stats_share(-1, 0)) && stats_share(-1, 0) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_critical_values),
		cmocka_unit_test(test_hollander_wolfe),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_exact_by_counting),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_holm_example),
		cmocka_unit_test(test_holm_r),
		cmocka_unit_test(test_shift_by_sorting),
		cmocka_unit_test(test_bootstrap_r),
		cmocka_unit_test(test_bootstrap_coverage),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_share),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}

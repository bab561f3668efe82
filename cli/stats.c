// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats.h"

#define EXACT_BELOW	50	/* values a side; as R's wilcox.test() has it */
#define RESAMPLES	1000

static int compare_values(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare_values);
}

double stats_median(const double *values, size_t n)
{
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double stats_share(double part, double whole)
{
	if (part == 0)
		return 0;
	return whole == 0 ? copysign(INFINITY, part) : part / whole;
}

/*
 * How often a y lies below an x, a tie counting half: Mann and Whitney's U. @ties is the sum of
 * t^3 - t over the groups of t equal values.
 */
static double count_below(const double *x, size_t nx, const double *y, size_t ny, double *ties)
{
	size_t i = 0, j = 0, same_x, same_y;
	double u = 0, value, t;

	*ties = 0;
	while (i < nx || j < ny) {
		value = j == ny || (i < nx && x[i] <= y[j]) ? x[i] : y[j];
		for (same_x = 0; i + same_x < nx && x[i + same_x] == value; same_x++)
			;
		for (same_y = 0; j + same_y < ny && y[j + same_y] == value; same_y++)
			;
		u += same_x * (j + same_y / 2.0);
		t = same_x + same_y;
		*ties += t * t * t - t;
		i += same_x;
		j += same_y;
	}
	return u;
}

/* Two-sided p-value of @u, which lies below the mean or on it. */
static double exact_p(double u, size_t nx, size_t ny)
{
	return fmin(2 * pwilcox(u, nx, ny, 1, 0), 1);
}

static double normal_p(double u, double mean, double sigma)
{
	/* A count that moves in steps of one covers half a step to each side. */
	return fmin(2 * pnorm((u - mean + 0.5) / sigma, 0, 1, 1, 0), 1);
}

double stats_mann_whitney(const double *x, size_t nx, const double *y, size_t ny, double *least)
{
	double n = nx + ny, mean = nx * (double)ny / 2, u, ties, sigma, unused;

	if (!least)
		least = &unused;
	u = count_below(x, nx, y, ny, &ties);
	/* Both tails are alike. */
	u = fmin(u, 2 * mean - u);
	if (!ties && nx < EXACT_BELOW && ny < EXACT_BELOW) {
		*least = exact_p(0, nx, ny);
		return exact_p(u, nx, ny);
	}
	sigma = sqrt(mean / 6 * (n + 1 - ties / (n * (n - 1))));
	if (!(sigma > 0)) {
		/* All values are the same; had they not been, this would not stand in the way. */
		*least = 0;
		return 1;
	}
	*least = normal_p(0, mean, sigma);
	return normal_p(u, mean, sigma);
}

static int compare_pointers(const void *a, const void *b)
{
	return compare_values(*(const double *const *)a, *(const double *const *)b);
}

bool stats_holm(double *p, size_t n)
{
	double **order = calloc(n, sizeof(*order)), at_least = 0;
	size_t i;

	if (!order)
		return !n;
	for (i = 0; i < n; i++)
		order[i] = &p[i];
	qsort(order, n, sizeof(*order), compare_pointers);
	/* The smallest times n, the next one times n - 1, ... but never below the one before. */
	for (i = 0; i < n; i++) {
		at_least = fmax(at_least, fmin(*order[i] * (n - i), 1));
		*order[i] = at_least;
	}
	free(order);
	return true;
}

/*
 * struct sweep - where a value lies among all differences y - x
 * @not_above: how many are at most the value
 * @below: the largest of them
 * @above: the smallest that is larger
 */
struct sweep {
	size_t not_above;
	double below;
	double above;
};

static struct sweep sweep(const double *x, size_t nx, const double *y, size_t ny, double value)
{
	struct sweep s = { .below = -INFINITY, .above = INFINITY };
	size_t i, j = 0;

	/* A larger x lets more of the y in: j only goes up. */
	for (i = 0; i < nx; i++) {
		while (j < ny && y[j] - x[i] <= value)
			j++;
		s.not_above += j;
		if (j)
			s.below = fmax(s.below, y[j - 1] - x[i]);
		if (j < ny)
			s.above = fmin(s.above, y[j] - x[i]);
	}
	return s;
}

double stats_shift(const double *x, size_t nx, const double *y, size_t ny)
{
	double low = y[0] - x[nx - 1], high = y[ny - 1] - x[0], middle;
	size_t half = (nx * ny + 1) / 2;
	struct sweep s;

	/* Bisect to the difference number `half`; low and high always are differences. */
	while (low < high) {
		middle = low + (high - low) / 2;
		s = sweep(x, nx, y, ny, middle < high ? middle : low);
		if (s.not_above >= half)
			high = s.below;
		else
			low = s.above;
	}
	if (nx * ny % 2)
		return low;
	s = sweep(x, nx, y, ny, low);
	return s.not_above > half ? low : (low + s.above) / 2;
}

/* The generator of POSIX: everywhere the same numbers. */
static size_t draw(unsigned short seed[3], size_t n)
{
	return erand48(seed) * n;
}

/* @n draws from as many sorted values, sorted. */
static void resample(double *to, const double *from, size_t n, uint32_t *times,
		     unsigned short seed[3])
{
	size_t i;

	memset(times, 0, n * sizeof(*times));
	for (i = 0; i < n; i++)
		times[draw(seed, n)]++;
	for (i = 0; i < n; i++)
		for (; times[i]; times[i]--)
			*to++ = from[i];
}

bool stats_bootstrap(const double *x, size_t nx, const double *y, size_t ny,
		     struct stats_interval *interval)
{
	unsigned short seed[3] = { 1, 2, 3 };
	double shifts[RESAMPLES], *values;
	uint32_t *times;
	size_t i;
	bool ok;

	values = calloc(nx + ny, sizeof(*values));
	times = calloc(nx > ny ? nx : ny, sizeof(*times));
	ok = values && times;
	if (ok) {
		for (i = 0; i < RESAMPLES; i++) {
			resample(values, x, nx, times, seed);
			resample(values + nx, y, ny, times, seed);
			shifts[i] = stats_shift(values, nx, values + nx, ny);
		}
		stats_sort(shifts, RESAMPLES);
		interval->low = shifts[RESAMPLES / 40];
		interval->high = shifts[RESAMPLES - 1 - RESAMPLES / 40];
	}
	free(values);
	free(times);
	return ok;
}

/* Deal sorted values out to two sorted halves, by chance. */
static void deal(const double *from, size_t n, double *half[2], unsigned short seed[3])
{
	size_t used[2] = { 0, 0 }, i;
	int to;

	for (i = 0; i < n; i++) {
		to = draw(seed, n - i) >= n / 2 - used[0];
		half[to][used[to]++] = from[i];
	}
}

bool stats_noise(const double *values, size_t n, double *noise)
{
	unsigned short seed[3] = { 1, 2, 3 };
	double *sorted, *halves, *half[2], shifts[RESAMPLES], share;
	size_t i;
	bool ok;

	sorted = calloc(n, sizeof(*sorted));
	halves = calloc(n, sizeof(*halves));
	ok = sorted && halves;
	if (ok) {
		half[0] = halves;
		half[1] = halves + n / 2;
		memcpy(halves, values, n * sizeof(*halves));
		for (i = 0; i < 2; i++)
			stats_sort(half[i], n / 2);
		share = stats_share(stats_shift(half[0], n / 2, half[1], n / 2),
				    stats_median(half[0], n / 2));
		memcpy(sorted, values, n * sizeof(*sorted));
		stats_sort(sorted, n);
		for (i = 0; i < RESAMPLES; i++) {
			deal(sorted, n, half, seed);
			shifts[i] = fabs(stats_share(stats_shift(half[0], n / 2, half[1], n / 2),
						     stats_median(half[0], n / 2)));
		}
		stats_sort(shifts, RESAMPLES);
		*noise = fmax(fabs(share), shifts[RESAMPLES - 1 - RESAMPLES / 1000]);
	}
	free(sorted);
	free(halves);
	return ok;
}

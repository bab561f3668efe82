/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of whether two sets of numbers differ. Distributions come from R's mathematics library;
 * here is what it lacks. All results are the same for the same numbers, on any machine.
 */
#ifndef KVMDBG_STATS_H
#define KVMDBG_STATS_H

#include <stdbool.h>
#include <stddef.h>

/** stats_sort - in ascending order, as the functions below that take sorted values want them */
void stats_sort(double *values, size_t n);

/** stats_median - of @n sorted values, at least 1 */
double stats_median(const double *values, size_t n);

/**
 * stats_mann_whitney - do two samples come from the same distribution?
 * @x: sorted
 * @nx: at least 1
 * @y: sorted
 * @ny: at least 1
 * @least: the p-value if the samples did not overlap at all, or NULL
 *
 * The exact distribution below 50 values a side without ties; otherwise the normal
 * approximation, corrected for ties and continuity.
 *
 * Return: two-sided p-value
 */
double stats_mann_whitney(const double *x, size_t nx, const double *y, size_t ny, double *least);

/**
 * stats_holm - p-values as they are when that many tests are made at once
 * @p: replaced by the adjusted ones
 * @n: how many
 *
 * Return: false if there is no memory
 */
bool stats_holm(double *p, size_t n);

/**
 * stats_shift - Hodges-Lehmann: the median of all differences y - x
 * @x: sorted
 * @nx: at least 1
 * @y: sorted
 * @ny: at least 1
 */
double stats_shift(const double *x, size_t nx, const double *y, size_t ny);

/** struct stats_interval - of 95 % confidence */
struct stats_interval {
	double low;
	double high;
};

/**
 * stats_bootstrap - interval of the shift, from resampling both sides
 * @x: sorted
 * @nx: at least 1
 * @y: sorted
 * @ny: at least 1
 * @interval: the result
 *
 * Return: false if there is no memory
 */
bool stats_bootstrap(const double *x, size_t nx, const double *y, size_t ny,
		     struct stats_interval *interval);

/**
 * stats_noise - how far two halves of runs of the same code come to lie apart
 * @values: in the order they were measured
 * @n: how many, even, at least 2
 * @noise: the larger of the shift between first and second half, and of that which only 1 in 1000
 *	random halves exceeds; a share of the median (0.01 is 1 %), infinite if that is 0 and the
 *	shift is not
 *
 * Return: false if there is no memory
 */
bool stats_noise(const double *values, size_t n, double *noise);

/** stats_share - @part of @whole: 0.01 is 1 %; infinite if @whole is 0 and @part is not */
double stats_share(double part, double whole);

#endif /* KVMDBG_STATS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Two sets of runs, row by row: which costs went up. */
#ifndef KVMDBG_COMPARE_H
#define KVMDBG_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "run.h"
#include "stats.h"

/** COMPARE_MIN_RUNS - with fewer a side no sampled row is judged */
#define COMPARE_MIN_RUNS	10

/** COMPARE_ALPHA - significant is what has a smaller p-value, after Holm's correction */
#define COMPARE_ALPHA		0.05

/** enum verdict - on a row; in the order they are told */
enum verdict {
	VERDICT_REGRESSED,
	VERDICT_IMPROVED,
	VERDICT_NOT_COMPARABLE,
	VERDICT_MISSING,	/* base has it, new does not */
	VERDICT_INCONCLUSIVE,
	VERDICT_ADDED,		/* new has it, base does not */
	VERDICT_NO_CHANGE,
	NR_VERDICTS
};

/**
 * struct compare_set - runs of one kernel on one host
 * @name: what messages call it
 * @runs: loaded; must outlive what is made of them
 * @nr_runs: at least 1
 */
struct compare_set {
	const char *name;
	const struct run *runs;
	size_t nr_runs;
};

/**
 * struct compare_options - what is asked for
 * @threshold: share that a shift has to exceed, for a sampled row
 * @exact_threshold: the same for an exact one
 * @noise: noise floors, of compare_calibrate(), or NULL
 * @pattern: shell pattern of the rows to take, or NULL for all
 */
struct compare_options {
	double threshold;
	double exact_threshold;
	const struct run *noise;
	const char *pattern;
};

/**
 * struct compare_row - a row of both sets
 * @name: as in struct run_row
 * @unit: see @name
 * @exact: see @name
 * @values: base and new, sorted
 * @nr_values: how many; 0 where the row is missing
 * @median: of the values, where there are some
 * @verdict: the result
 * @why: reason of a verdict that does not come from the numbers, else empty
 * @judged: @share and @limit are set
 * @tested: @p and @interval are set as well
 * @shift: of the new values against base
 * @share: the same as a share of base's median
 * @limit: share that @share has to exceed
 * @p: after Holm's correction
 * @interval: of @shift
 * @least: smallest p that could have been, before the correction
 * @order: of its first appearance in the files
 */
struct compare_row {
	const char *name;
	const char *unit;
	bool exact;
	double *values[2];
	size_t nr_values[2];
	double median[2];
	enum verdict verdict;
	char why[160];
	bool judged;
	bool tested;
	double shift;
	double share;
	double limit;
	double p;
	struct stats_interval interval;
	double least;
	size_t order;
};

/**
 * struct compare - the result
 * @rows: in the order of the files
 * @nr_rows: how many
 * @nr_tested: tests that Holm's correction is for
 * @count: rows by verdict
 */
struct compare {
	struct compare_row *rows;
	size_t nr_rows;
	size_t nr_tested;
	size_t count[NR_VERDICTS];
};

/** verdict_name - as in text and JSON */
const char *verdict_name(enum verdict verdict);

/**
 * compare_env - can the numbers of these sets be compared?
 * @sets: each of one kernel; they may differ in that, not in what changes a number's meaning
 * @nr_sets: how many
 * @ignore_tuning: go on if what can be set on a host (governor, SMT) differs
 *
 * Return: EXIT_OK, or EXIT_COMPARE after a message for each reason
 */
int compare_env(const struct compare_set *sets, size_t nr_sets, bool ignore_tuning);

/**
 * compare_runs - compare
 * @compare: the result, to be released with compare_free(), whatever is returned
 * @base: the set before
 * @new: the set after
 * @options: what is asked for
 *
 * compare_intervals() has to follow.
 *
 * Return: false if there is no memory
 */
bool compare_runs(struct compare *compare, const struct compare_set *base,
		  const struct compare_set *new, const struct compare_options *options);

/**
 * compare_intervals - set the intervals, and take back "no change" where they reach above the limit
 *
 * Apart from compare_runs() because it takes a thousand times as long.
 *
 * Return: false if there is no memory
 */
bool compare_intervals(struct compare *compare);

/** compare_exit - the exit code that a result means */
int compare_exit(const struct compare *compare);

/** compare_free - release all */
void compare_free(struct compare *compare);

/**
 * compare_calibrate - how far runs of the same code lie apart
 * @set: the runs, in the order they were made
 * @pattern: shell pattern of the rows to take, or NULL for all
 * @noise: zeroed; a row for each sampled one, its value the floor in percent; to be released with
 *	run_free(), whatever is returned
 *
 * Return: EXIT_OK, or another code after a message
 */
int compare_calibrate(const struct compare_set *set, const char *pattern, struct run *noise);

#endif /* KVMDBG_COMPARE_H */

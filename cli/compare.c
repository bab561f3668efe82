// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "util.h"

/*
 * A calibration is only an estimate, from few runs. Without this margin, 2 % of simulated
 * comparisons of the same code were flagged, with it less than 1 % (tests/unit/test_diff_power.c).
 */
#define NOISE_MARGIN	1.5

/* A row whose noise is a thousand times its median has no floor worth the name. */
#define MAX_NOISE	1000

/* What a difference in the environment means. */
static const struct {
	enum run_env env;
	enum {
		WITHIN,		/* is what is compared; must be the same in a set */
		ALWAYS,		/* gives numbers another meaning */
		TUNING,		/* explains a difference, but can be ignored */
		TOLD,		/* may explain one */
	} rule;
} env_rules[] = {
	{ RUN_KERNEL, WITHIN },
	{ RUN_SERIES, WITHIN },
	{ RUN_CPU, ALWAYS },
	{ RUN_MACHINE, ALWAYS },
	{ RUN_BACKEND, ALWAYS },
	{ RUN_CLOCK, ALWAYS },
	{ RUN_ICOUNT, ALWAYS },
	{ RUN_EMULATED, ALWAYS },
	{ RUN_GOVERNOR, TUNING },
	{ RUN_SMT, TUNING },
	{ RUN_TOOL, TOLD },
	{ RUN_COMMAND, TOLD },
};

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[NR_VERDICTS] = {
		[VERDICT_REGRESSED] = "regressed",
		[VERDICT_IMPROVED] = "improved",
		[VERDICT_NOT_COMPARABLE] = "not comparable",
		[VERDICT_MISSING] = "missing",
		[VERDICT_INCONCLUSIVE] = "inconclusive",
		[VERDICT_ADDED] = "added",
		[VERDICT_NO_CHANGE] = "no change",
	};

	return names[verdict];
}

static const char *env_text(const struct run *run, enum run_env env)
{
	const char *text = run->env[env], *workload;

	if (!text)
		return "unknown";
	/* What was run, not how kvmdbg record was told where to write. */
	workload = env == RUN_COMMAND ? strstr(text, " -- ") : NULL;
	return workload ? workload + 4 : text;
}

int compare_env(const struct compare_set *sets, size_t nr_sets, bool ignore_tuning)
{
	const struct run *first, *run;
	size_t i, s, r;
	int ret = EXIT_OK, code;
	enum run_env env;

	for (i = 0; i < sizeof(env_rules) / sizeof(env_rules[0]); i++) {
		env = env_rules[i].env;
		first = &sets[0].runs[0];
		code = env_rules[i].rule == TOLD || (env_rules[i].rule == TUNING && ignore_tuning) ?
		       EXIT_OK : EXIT_COMPARE;
		for (s = 0; s < nr_sets; s++) {
			if (env_rules[i].rule == WITHIN)
				first = &sets[s].runs[0];
			for (r = 0; r < sets[s].nr_runs; r++) {
				run = &sets[s].runs[r];
				if (!strcmp(env_text(first, env), env_text(run, env)))
					continue;
				complain(code, "%s: the %s is %.200s in %s and %.200s in %s%s",
					 code ? "not comparable" : "warning", run_env_key(env),
					 env_text(first, env), first->path, env_text(run, env),
					 run->path, !code || env_rules[i].rule != TUNING ? "" :
					 ": set it alike and measure again, or use --ignore-env");
				ret = code ? code : ret;
				/* One message for each key is enough. */
				s = nr_sets;
				break;
			}
		}
	}
	return ret;
}

/* Numbers of an emulator without -icount depend on what else its host does. */
static bool is_wall_time(const struct run *run)
{
	return !strcmp(env_text(run, RUN_EMULATED), "yes") &&
	       strcmp(env_text(run, RUN_ICOUNT), "yes");
}

/* A row of a file, on its way to its struct compare_row. */
struct entry {
	const struct run_row *row;
	const struct run *run;
	size_t set;
	size_t order;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int names = strcmp(x->row->name, y->row->name);

	return names ? names : (x->order > y->order) - (x->order < y->order);
}

static int compare_order(const void *a, const void *b)
{
	const struct compare_row *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static void __attribute__((format(printf, 3, 4)))
decide(struct compare_row *row, enum verdict verdict, const char *fmt, ...)
{
	va_list args;

	row->verdict = verdict;
	va_start(args, fmt);
	vsnprintf(row->why, sizeof(row->why), fmt, args);
	va_end(args);
}

/* Make a row of all entries of one name; values stay in the order of the files. */
static bool merge(struct compare_row *row, const struct entry *entries, size_t nr)
{
	const struct run_row *first = entries[0].row, *other;
	size_t total[2] = { 0, 0 }, i, *n;
	int s;

	memset(row, 0, sizeof(*row));
	row->name = first->name;
	row->unit = first->unit;
	row->exact = first->exact;
	row->order = entries[0].order;
	row->verdict = VERDICT_NO_CHANGE;
	for (i = 0; i < nr; i++)
		total[entries[i].set] += entries[i].row->nr_values;
	for (s = 0; s < 2; s++) {
		row->values[s] = calloc(total[s] ? total[s] : 1, sizeof(double));
		if (!row->values[s])
			return false;
	}
	for (i = 0; i < nr; i++) {
		other = entries[i].row;
		n = &row->nr_values[entries[i].set];
		memcpy(row->values[entries[i].set] + *n, other->values,
		       other->nr_values * sizeof(double));
		*n += other->nr_values;
		if (strcmp(other->unit, first->unit))
			decide(row, VERDICT_NOT_COMPARABLE, "in %.40s in one file, in %.40s in another",
			       first->unit, other->unit);
		else if (other->exact != first->exact)
			decide(row, VERDICT_NOT_COMPARABLE, "exact in one file, sampled in another");
		else if (!other->exact && is_wall_time(entries[i].run))
			decide(row, VERDICT_NOT_COMPARABLE, "an emulator's time without icount");
	}
	return true;
}

/* All rows of one or two sets, in the order of the files. */
static bool gather(struct compare *compare, const struct compare_set *const *sets, size_t nr_sets,
		   const char *pattern)
{
	size_t nr = 0, max = 0, s, r, i, j;
	struct entry *entries;
	const struct run *run;
	bool ok = true;

	memset(compare, 0, sizeof(*compare));
	for (s = 0; s < nr_sets; s++)
		for (r = 0; r < sets[s]->nr_runs; r++)
			max += sets[s]->runs[r].nr_rows;
	entries = calloc(max, sizeof(*entries));
	compare->rows = calloc(max, sizeof(*compare->rows));
	if (!entries || !compare->rows) {
		free(entries);
		return false;
	}
	for (s = 0; s < nr_sets; s++)
		for (r = 0; r < sets[s]->nr_runs; r++) {
			run = &sets[s]->runs[r];
			for (i = 0; i < run->nr_rows; i++) {
				if (pattern && fnmatch(pattern, run->rows[i].name, 0))
					continue;
				entries[nr].row = &run->rows[i];
				entries[nr].run = run;
				entries[nr].set = s;
				entries[nr].order = nr;
				nr++;
			}
		}
	qsort(entries, nr, sizeof(*entries), compare_entries);
	for (i = 0; i < nr && ok; i = j) {
		for (j = i + 1; j < nr && !strcmp(entries[i].row->name, entries[j].row->name); j++)
			;
		ok = merge(&compare->rows[compare->nr_rows++], entries + i, j - i);
	}
	free(entries);
	qsort(compare->rows, compare->nr_rows, sizeof(*compare->rows), compare_order);
	return ok;
}

void compare_free(struct compare *compare)
{
	size_t i;

	for (i = 0; i < compare->nr_rows; i++) {
		free(compare->rows[i].values[0]);
		free(compare->rows[i].values[1]);
	}
	free(compare->rows);
	memset(compare, 0, sizeof(*compare));
}

/* The floor for @runs a side as a share, or -1 if there is none. */
static double noise_floor(const struct run *noise, const struct compare_row *row, size_t runs)
{
	size_t i;

	for (i = 0; i < noise->nr_rows; i++)
		if (!strcmp(noise->rows[i].name, row->name))
			/* With fewer runs than in the calibration, chance is larger. */
			return noise->rows[i].values[0] / 100 *
			       (runs < noise->noise_runs ?
				sqrt(noise->noise_runs / (double)runs) : 1);
	return -1;
}

static void judge_shift(struct compare_row *row)
{
	if (row->share > row->limit)
		row->verdict = VERDICT_REGRESSED;
	else if (row->share < -row->limit)
		row->verdict = VERDICT_IMPROVED;
}

/* Everything but significance, which depends on the other rows. */
static void measure(struct compare_row *row, const struct compare_options *options)
{
	size_t nx = row->nr_values[0], ny = row->nr_values[1], n = nx < ny ? nx : ny;
	double *x = row->values[0], *y = row->values[1], floor = 0;
	int s;

	for (s = 0; s < 2; s++) {
		stats_sort(row->values[s], row->nr_values[s]);
		if (row->nr_values[s])
			row->median[s] = stats_median(row->values[s], row->nr_values[s]);
	}
	if (row->verdict != VERDICT_NO_CHANGE)
		return;
	if (!ny) {
		decide(row, VERDICT_MISSING, "in base, not in new");
		return;
	}
	if (!nx) {
		decide(row, VERDICT_ADDED, "in new, not in base");
		return;
	}
	if (row->exact && (x[0] != x[nx - 1] || y[0] != y[ny - 1])) {
		decide(row, VERDICT_NOT_COMPARABLE, "said to be exact, but runs of one side differ: %.16g and %.16g",
		       x[0] != x[nx - 1] ? x[0] : y[0], x[0] != x[nx - 1] ? x[nx - 1] : y[ny - 1]);
		return;
	}
	row->judged = true;
	row->shift = stats_shift(x, nx, y, ny);
	row->share = stats_share(row->shift, row->median[0]);
	row->limit = row->exact ? options->exact_threshold : options->threshold;
	if (row->exact) {
		judge_shift(row);
		return;
	}
	if (n < COMPARE_MIN_RUNS) {
		decide(row, VERDICT_INCONCLUSIVE, "%zu against %zu: it takes %d runs a side", nx, ny,
		       COMPARE_MIN_RUNS);
		return;
	}
	if (options->noise) {
		floor = noise_floor(options->noise, row, n);
		if (floor < 0) {
			decide(row, VERDICT_INCONCLUSIVE, "no noise floor is known for it");
			return;
		}
		row->limit = fmax(row->limit, floor);
	}
	row->tested = true;
	row->p = stats_mann_whitney(x, nx, y, ny, &row->least);
}

bool compare_runs(struct compare *compare, const struct compare_set *base,
		  const struct compare_set *new, const struct compare_options *options)
{
	const struct compare_set *const sets[] = { base, new };
	struct compare_row *row;
	size_t i, tested = 0;
	double *p;

	if (!gather(compare, sets, 2, options->pattern))
		return false;
	p = calloc(compare->nr_rows + 1, sizeof(*p));
	if (!p)
		return false;
	for (i = 0; i < compare->nr_rows; i++) {
		measure(&compare->rows[i], options);
		if (compare->rows[i].tested)
			p[compare->nr_tested++] = compare->rows[i].p;
	}
	if (!stats_holm(p, compare->nr_tested)) {
		free(p);
		return false;
	}
	for (i = 0; i < compare->nr_rows; i++) {
		row = &compare->rows[i];
		if (row->tested) {
			row->p = p[tested++];
			if (row->p < COMPARE_ALPHA)
				judge_shift(row);
			else if (row->least * compare->nr_tested >= COMPARE_ALPHA)
				decide(row, VERDICT_INCONCLUSIVE, "too few runs for a result among %zu rows",
				       compare->nr_tested);
		}
		compare->count[row->verdict]++;
	}
	free(p);
	return true;
}

bool compare_intervals(struct compare *compare)
{
	struct compare_row *row;
	size_t i;

	for (i = 0; i < compare->nr_rows; i++) {
		row = &compare->rows[i];
		if (row->tested &&
		    !stats_bootstrap(row->values[0], row->nr_values[0], row->values[1],
				     row->nr_values[1], &row->interval))
			return false;
		/* To see nothing in a lot of noise is not to see that nothing is there. */
		if (row->tested && row->verdict == VERDICT_NO_CHANGE &&
		    stats_share(row->interval.high, row->median[0]) > row->limit) {
			compare->count[VERDICT_NO_CHANGE]--;
			decide(row, VERDICT_INCONCLUSIVE, "it may be above the limit: take more runs");
			compare->count[VERDICT_INCONCLUSIVE]++;
		}
	}
	return true;
}

int compare_exit(const struct compare *compare)
{
	if (compare->count[VERDICT_REGRESSED])
		return EXIT_NO;
	/* A row that could not be judged is no good news. */
	if (compare->count[VERDICT_NOT_COMPARABLE] || compare->count[VERDICT_MISSING] ||
	    compare->count[VERDICT_INCONCLUSIVE] || !compare->nr_rows)
		return EXIT_COMPARE;
	return EXIT_OK;
}

int compare_calibrate(const struct compare_set *set, const char *pattern, struct run *noise)
{
	struct compare_row *row;
	struct compare all;
	size_t i, runs = 0;
	const char *env;
	int ret = EXIT_OK;
	double share;

	if (!gather(&all, &set, 1, pattern)) {
		ret = complain(EXIT_IO, "no memory for %s", set->name);
		goto out;
	}
	for (i = 0; i < all.nr_rows; i++) {
		row = &all.rows[i];
		if (row->verdict == VERDICT_NO_CHANGE && !row->exact &&
		    row->nr_values[0] >= 2 * COMPARE_MIN_RUNS)
			runs = !runs || row->nr_values[0] / 2 < runs ? row->nr_values[0] / 2 : runs;
	}
	if (!runs) {
		ret = complain(EXIT_COMPARE, "nothing to calibrate: no sampled row has %d runs: measure the same kernel that often, and give all files",
			       2 * COMPARE_MIN_RUNS);
		goto out;
	}
	noise->noise_runs = runs;
	for (i = 0; i < all.nr_rows; i++) {
		row = &all.rows[i];
		if (row->verdict == VERDICT_NO_CHANGE && !row->exact &&
		    row->nr_values[0] < 2 * COMPARE_MIN_RUNS)
			decide(row, VERDICT_INCONCLUSIVE, "%zu runs: it takes %d", row->nr_values[0],
			       2 * COMPARE_MIN_RUNS);
		if (row->verdict != VERDICT_NO_CHANGE) {
			complain(EXIT_OK, "warning: %s is left out: %s", row->name, row->why);
			continue;
		}
		if (row->exact)
			continue;
		if (!stats_noise(row->values[0], 2 * runs, &share)) {
			ret = complain(EXIT_IO, "no memory for %s", set->name);
			goto out;
		}
		if (share > MAX_NOISE) {
			complain(EXIT_OK, "warning: %s is left out: it is mostly 0", row->name);
			continue;
		}
		if (!run_add_row(noise, row->name, strlen(row->name), "%", 1, false) ||
		    !run_add_value(noise, 100 * NOISE_MARGIN * share)) {
			ret = complain(EXIT_IO, "%s: %s", row->name, noise->why);
			goto out;
		}
	}
	if (!noise->nr_rows)
		ret = complain(EXIT_COMPARE, "nothing to calibrate: all rows were left out");
	for (i = 0; i < RUN_NR_ENV && !ret; i++) {
		env = set->runs[0].env[i];
		if (env && !run_set_env(noise, i, env, strlen(env)))
			ret = complain(EXIT_IO, "no memory for %s", set->name);
	}
out:
	compare_free(&all);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg diff: did entering and leaving a guest become slower? */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "compare.h"
#include "summary.h"
#include "util.h"

#define DEFAULT_THRESHOLD	0.02

#define COLUMNS			80
#define SHIFT_COLUMNS		8
#define INTERVAL_COLUMNS	14
#define P_COLUMNS		6
#define LIMIT_COLUMNS		6

/* A count has up to 16 digits, an estimate far fewer. */
#define COUNT		"%.16g"
#define ESTIMATE	"%.6g"

enum {
	OPT_CALIBRATE = 256,
	OPT_NOISE,
	OPT_ROWS,
	OPT_IGNORE_ENV,
	OPT_FORCE,
};

static const struct argp_option diff_argp_options[] = {
	{ "threshold", 't', "PERCENT", 0,
	  "A shift up to this is no change (default: 2% for sampled rows, 0 for exact ones)", 0 },
	{ "noise", OPT_NOISE, "FILE", 0, "A shift must also exceed the noise floor in FILE", 0 },
	{ "rows", OPT_ROWS, "PATTERN", 0, "Only rows of such names; a shell pattern", 0 },
	{ "ignore-env", OPT_IGNORE_ENV, NULL, 0,
	  "Compare although the governor or SMT differs", 0 },
	{ "json", 'j', NULL, 0, "Print one object of JSON", 0 },
	{ "calibrate", OPT_CALIBRATE, NULL, 0,
	  "Measure the noise floor: all files are runs of the same kernel", 1 },
	{ "output", 'o', "FILE", 0, "Where --calibrate writes it", 1 },
	{ "force", OPT_FORCE, NULL, 0, "Overwrite FILE", 1 },
	{ 0 },
};

/* Command line of kvmdbg diff; @threshold is a share, or negative if not given. */
struct diff_options {
	double threshold;
	const char *noise;
	const char *rows;
	const char *output;
	bool ignore_env;
	bool json;
	bool calibrate;
	bool force;
	char **base;
	int nr_base;
	char **new;
	int nr_new;
};

static bool parse_percent(const char *text, double *share)
{
	double percent;
	char *end;

	/* strtod() also takes "inf", "nan", hexadecimal and leading space. */
	if (!*text || !strchr("0123456789.", *text) || text[strspn(text, "0123456789.%")])
		return false;
	percent = strtod(text, &end);
	if (end == text || (*end && strcmp(end, "%")) || percent > 1000)
		return false;
	*share = percent / 100;
	return true;
}

static void check_options(struct diff_options *options, struct argp_state *state)
{
	if (options->calibrate) {
		if (options->new)
			argp_error(state, "--calibrate takes one set of files, without --");
		if (!options->nr_base)
			argp_error(state, "--calibrate: no files");
		if (!options->output)
			argp_error(state, "--calibrate: where to? give -o FILE");
		if (options->noise || options->json || options->threshold >= 0)
			argp_error(state, "--calibrate takes no --noise, --threshold or --json");
		return;
	}
	if (options->output || options->force)
		argp_error(state, "-o and --force are for --calibrate");
	if (options->new) {
		if (!options->nr_base || !options->nr_new)
			argp_error(state, "no files %s --", options->nr_base ? "behind" : "before");
		return;
	}
	if (options->nr_base != 2)
		argp_error(state, "two files, or sets of files with -- between them");
	options->nr_base = 1;
	options->new = options->base + 1;
	options->nr_new = 1;
}

static error_t diff_option(int key, char *arg, struct argp_state *state)
{
	struct diff_options *options = state->input;

	switch (key) {
	case 't':
		if (!parse_percent(arg, &options->threshold))
			argp_error(state, "--threshold '%s': not a percentage from 0 to 1000", arg);
		return 0;
	case OPT_NOISE:
		options->noise = arg;
		return 0;
	case OPT_ROWS:
		options->rows = arg;
		return 0;
	case OPT_IGNORE_ENV:
		options->ignore_env = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case OPT_CALIBRATE:
		options->calibrate = true;
		return 0;
	case 'o':
		options->output = arg;
		return 0;
	case OPT_FORCE:
		options->force = true;
		return 0;
	case ARGP_KEY_ARGS:
		options->base = state->argv + state->next;
		options->nr_base = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		check_options(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp diff_argp = {
	.options = diff_argp_options,
	.parser = diff_option,
	.args_doc = "BASE NEW\nBASE... -- NEW...\n--calibrate -o FILE RUN...",
	.doc = "Compare what entering and leaving a guest costs, before and after a change. Exit status: 0 same or better, 1 regressed, 5 not comparable.\vSee kvmdbg-diff(1).",
};

/* A set that owns what it holds. */
struct loaded {
	struct compare_set set;
	struct run *runs;
};

/* Read a file of any kind; @run is to be released whatever is returned. */
static int load_run(const char *path, struct run *run)
{
	struct recording *recording = NULL;
	int ret = EXIT_OK, err;
	struct stat st;
	long len = -1;
	char *text;

	memset(run, 0, sizeof(*run));
	text = malloc(RUN_MAX_FILE + 2);
	run->path = run_escape(path, strlen(path));
	if (!text || !run->path) {
		ret = complain(EXIT_IO, "no memory to read a file");
		goto out;
	}
	if (!stat(path, &st))
		len = read_file(path, text, RUN_MAX_FILE + 2);
	err = errno;
	if (len < 0) {
		ret = complain(EXIT_IO, "cannot read %s: %s", run->path, strerror(err));
		goto out;
	}
	run->dev = st.st_dev;
	run->ino = st.st_ino;
	if (recording_is(text, len)) {
		ret = recording_open(&recording, path);
		if (!ret && !recording_to_run(recording, run))
			ret = EXIT_IO;
		recording_close(recording);
	} else if (!run_parse(run, text, len)) {
		ret = complain(EXIT_IO, "cannot use %s: %s", run->path, run->why);
	}
out:
	free(text);
	return ret;
}

static bool is_same_file(const struct run *a, const struct run *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

static int load_set(struct loaded *loaded, const char *name, char **files, int nr_files)
{
	size_t i, n = 0;
	int ret, f;

	loaded->set.name = name;
	loaded->runs = calloc(nr_files, sizeof(*loaded->runs));
	if (!loaded->runs)
		return complain(EXIT_IO, "no memory for %d files", nr_files);
	loaded->set.runs = loaded->runs;
	for (f = 0; f < nr_files; f++) {
		ret = load_run(files[f], &loaded->runs[n]);
		loaded->set.nr_runs = n + 1;
		if (ret)
			return ret;
		if (loaded->runs[n].noise_runs)
			return complain(EXIT_IO, "cannot use %s: it is a noise floor, for --noise",
					loaded->runs[n].path);
		for (i = 0; i < n; i++)
			if (is_same_file(&loaded->runs[i], &loaded->runs[n]))
				break;
		if (i == n) {
			n++;
			continue;
		}
		/* Copies would pretend to be independent. */
		complain(EXIT_OK, "warning: %s is given twice and counts once", loaded->runs[n].path);
		run_free(&loaded->runs[n]);
	}
	loaded->set.nr_runs = n;
	return EXIT_OK;
}

static void free_set(struct loaded *loaded)
{
	size_t i;

	for (i = 0; i < loaded->set.nr_runs; i++)
		run_free(&loaded->runs[i]);
	free(loaded->runs);
}

/* Text that breaks between its parts, behind a first word in a column of its own. */
static void __attribute__((format(printf, 2, 3))) print_part(size_t *column, const char *fmt, ...)
{
	char text[256];
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	len = strlen(text);
	if (*column > 7) {
		putchar(',');
		*column += 1;
	}
	if (*column > 7 && *column + 1 + len + 1 > COLUMNS) {
		printf("\n      ");
		*column = 6;
	}
	printf(" %s", text);
	*column += 1 + len;
}

static void print_set(const char *title, const struct compare_set *set)
{
	const struct run *run = &set->runs[0];
	size_t column = 6;

	printf("%-6s", title);
	print_part(&column, "%s", run->env[RUN_KERNEL] ? run->env[RUN_KERNEL] : "unknown kernel");
	if (run->env[RUN_SERIES])
		print_part(&column, "series %s", run->env[RUN_SERIES]);
	print_part(&column, "%zu file%s", set->nr_runs, set->nr_runs == 1 ? "" : "s");
	putchar('\n');
}

static void print_env(const struct run *run)
{
	static const enum run_env named[] = { RUN_CLOCK, RUN_GOVERNOR, RUN_SMT };
	static const enum run_env plain[] = { RUN_CPU, RUN_MACHINE, RUN_BACKEND };
	static const enum run_env flags[] = { RUN_ICOUNT, RUN_EMULATED };
	size_t column = 6, i;

	printf("%-6s", "on");
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (run->env[plain[i]])
			print_part(&column, "%s", run->env[plain[i]]);
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (run->env[named[i]])
			print_part(&column, "%s %s", run_env_key(named[i]), run->env[named[i]]);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (run->env[flags[i]] && !strcmp(run->env[flags[i]], "yes"))
			print_part(&column, "%s", run_env_key(flags[i]));
	if (column == 6)
		print_part(&column, "unknown");
	putchar('\n');
}

/* Digits that mean something, and all of what is exact. */
static void number_text(char *text, size_t size, double value, bool exact)
{
	if (exact)
		snprintf(text, size, COUNT, value);
	else if (value >= 1000)
		snprintf(text, size, "%.0f", value);
	else
		snprintf(text, size, "%.4g", value);
}

static int decimals(double value)
{
	return fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
}

static void percent_text(char *text, size_t size, double share)
{
	double percent = 100 * share;

	if (!isfinite(percent))
		snprintf(text, size, "from 0");
	else if (fabs(percent) < 1e5)
		snprintf(text, size, "%+.*f%%", decimals(percent), percent);
	else
		snprintf(text, size, "%+.2g%%", percent);
}

/*
 * struct table - widths of what is printed
 * @name: names longer than this have a line of their own
 * @value: of the columns for base and new
 * @tests: are there columns for interval and p?
 */
struct table {
	int name;
	int value;
	bool tests;
};

static void measure_table(const struct compare *compare, struct table *table)
{
	const struct compare_row *row;
	int len, room, s;
	char text[32];
	size_t i;

	table->value = 7;
	table->tests = compare->nr_tested;
	for (i = 0; i < compare->nr_rows; i++) {
		row = &compare->rows[i];
		for (s = 0; s < 2; s++) {
			if (!row->nr_values[s])
				continue;
			number_text(text, sizeof(text), row->median[s], row->exact);
			len = strlen(text);
			table->value = len > table->value ? len : table->value;
		}
	}
	room = COLUMNS - 2 - 2 * (1 + table->value) - 1 - SHIFT_COLUMNS;
	if (table->tests)
		room -= 1 + INTERVAL_COLUMNS + 1 + P_COLUMNS + 1 + LIMIT_COLUMNS;
	table->name = 0;
	for (i = 0; i < compare->nr_rows; i++) {
		len = strlen(compare->rows[i].name);
		if (len <= room && len > table->name)
			table->name = len;
	}
}

static void print_row(const struct compare_row *row, const struct table *table)
{
	char text[2][32], interval[64] = "", p[32] = "";
	double low, high;
	int s;

	for (s = 0; s < 2; s++) {
		if (row->nr_values[s])
			number_text(text[s], sizeof(text[s]), row->median[s], row->exact);
		else
			strcpy(text[s], "-");
	}
	if (row->verdict == VERDICT_NOT_COMPARABLE) {
		printf("  %s\n", row->name);
		return;
	}
	if ((int)strlen(row->name) > table->name)
		printf("  %s\n  %-*s", row->name, table->name, "");
	else
		printf("  %-*s", table->name, row->name);
	printf(" %*s %*s", table->value, text[0], table->value, text[1]);
	if (row->judged) {
		percent_text(text[0], sizeof(text[0]), row->share);
		printf(" %*s", SHIFT_COLUMNS, text[0]);
	}
	if (row->tested) {
		low = 100 * stats_share(row->interval.low, row->median[0]);
		high = 100 * stats_share(row->interval.high, row->median[0]);
		if (isfinite(low) && isfinite(high))
			snprintf(interval, sizeof(interval), "%+.*f..%+.*f%%", decimals(low), low,
				 decimals(high), high);
		snprintf(p, sizeof(p), row->p < 0.0001 ? "<.0001" : "%.4f", row->p);
		printf(" %*s %*s %*.3g%%", INTERVAL_COLUMNS, interval, P_COLUMNS, p,
		       LIMIT_COLUMNS - 1, 100 * row->limit);
	} else if (row->judged && row->exact && table->tests) {
		printf(" %*s", INTERVAL_COLUMNS, "exact");
	}
	putchar('\n');
}

static bool same_heading(const struct compare_row *a, const struct compare_row *b)
{
	return a->verdict == b->verdict && !strcmp(a->unit, b->unit) && !strcmp(a->why, b->why);
}

/* All rows of a verdict, those of one unit together. */
static void print_rows(const struct compare *compare, const struct table *table,
		       enum verdict verdict)
{
	const struct compare_row *row, *rows = compare->rows;
	size_t i, j;

	for (i = 0; i < compare->nr_rows; i++) {
		row = &rows[i];
		if (row->verdict != verdict)
			continue;
		for (j = 0; j < i && !same_heading(&rows[j], row); j++)
			;
		if (j < i)
			continue;
		printf("%s (%s)%s%s\n", verdict_name(verdict), row->unit, *row->why ? ": " : "",
		       row->why);
		for (; j < compare->nr_rows; j++)
			if (same_heading(&rows[j], row))
				print_row(&rows[j], table);
	}
}

static void print_summary(const struct compare *compare)
{
	const char *comma = "";
	int v;

	for (v = 0; v < NR_VERDICTS; v++) {
		if (!compare->count[v])
			continue;
		printf("%s%zu %s", comma, compare->count[v], verdict_name(v));
		comma = ", ";
	}
	putchar('\n');
}

static int print_text(const struct compare *compare, const struct compare_set *base,
		      const struct compare_set *new, const struct compare_options *options)
{
	struct table table;
	int v;

	print_set("base", base);
	print_set("new", new);
	print_env(&base->runs[0]);
	printf("limit  threshold %g%%, exact rows %g%%; noise floor: %s\n\n",
	       100 * options->threshold, 100 * options->exact_threshold,
	       options->noise ? options->noise->path : "none");
	measure_table(compare, &table);
	printf("  %-*s %*s %*s %*s", table.name, "", table.value, "base", table.value, "new",
	       SHIFT_COLUMNS, "shift");
	if (table.tests)
		printf(" %*s %*s %*s", INTERVAL_COLUMNS, "95% interval", P_COLUMNS, "p",
		       LIMIT_COLUMNS, "limit");
	putchar('\n');
	for (v = 0; v < NR_VERDICTS; v++)
		print_rows(compare, &table, v);
	putchar('\n');
	print_summary(compare);
	return flush_stdout();
}

static void add_text(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

static struct json_object *number_json(double value, const char *format)
{
	char text[40];

	snprintf(text, sizeof(text), format, value);
	return json_object_new_double_s(value, text);
}

static void add_number(struct json_object *object, const char *key, double value,
		       const char *format)
{
	/* JSON has no infinity: what a base of 0 makes of a share is left out. */
	if (isfinite(value))
		json_object_object_add(object, key, number_json(value, format));
}

static struct json_object *env_json(const struct run *run)
{
	struct json_object *env = json_object_new_object();
	int i;

	for (i = 0; i < RUN_NR_ENV; i++)
		if (run->env[i])
			add_text(env, run_env_key(i), run->env[i]);
	return env;
}

static struct json_object *set_json(const struct compare_set *set)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "files", json_object_new_uint64(set->nr_runs));
	json_object_object_add(object, "env", env_json(&set->runs[0]));
	return object;
}

static struct json_object *row_json(const struct compare_row *row)
{
	static const char *const sides[] = { "base", "new" };
	struct json_object *object = json_object_new_object(), *part;
	int s;

	add_text(object, "name", row->name);
	add_text(object, "unit", row->unit);
	json_object_object_add(object, "exact", json_object_new_boolean(row->exact));
	add_text(object, "verdict", verdict_name(row->verdict));
	if (*row->why)
		add_text(object, "why", row->why);
	for (s = 0; s < 2; s++) {
		part = json_object_new_object();
		json_object_object_add(part, "runs", json_object_new_uint64(row->nr_values[s]));
		if (row->nr_values[s] && row->verdict != VERDICT_NOT_COMPARABLE)
			add_number(part, "median", row->median[s], COUNT);
		json_object_object_add(object, sides[s], part);
	}
	if (row->judged) {
		add_number(object, "shift", row->shift, row->exact ? COUNT : ESTIMATE);
		add_number(object, "shift_percent", 100 * row->share, ESTIMATE);
		add_number(object, "limit_percent", 100 * row->limit, ESTIMATE);
	}
	if (row->tested) {
		part = json_object_new_array();
		json_object_array_add(part, number_json(row->interval.low, ESTIMATE));
		json_object_array_add(part, number_json(row->interval.high, ESTIMATE));
		json_object_object_add(object, "interval", part);
		add_number(object, "p", row->p, ESTIMATE);
	}
	return object;
}

static int print_json(const struct compare *compare, const struct compare_set *base,
		      const struct compare_set *new)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array();
	struct json_object *counts = json_object_new_object();
	size_t i;
	int v;

	add_text(root, "schema", "kvmdbg.diff/1");
	json_object_object_add(root, "exit", json_object_new_int(compare_exit(compare)));
	json_object_object_add(root, "base", set_json(base));
	json_object_object_add(root, "new", set_json(new));
	for (v = 0; v < NR_VERDICTS; v++)
		json_object_object_add(counts, verdict_name(v),
				       json_object_new_uint64(compare->count[v]));
	json_object_object_add(root, "count", counts);
	for (i = 0; i < compare->nr_rows; i++)
		json_object_array_add(list, row_json(&compare->rows[i]));
	json_object_object_add(root, "rows", list);
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN |
						  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
	return flush_stdout();
}

static int load_noise(const char *path, struct run *noise)
{
	int ret = load_run(path, noise);

	if (!ret && !noise->noise_runs)
		ret = complain(EXIT_IO, "cannot use %s as a noise floor: these are measurements: make one with --calibrate",
			       noise->path);
	return ret;
}

static int diff(const struct diff_options *options)
{
	struct compare_options limits = {
		.threshold = options->threshold >= 0 ? options->threshold : DEFAULT_THRESHOLD,
		.exact_threshold = options->threshold >= 0 ? options->threshold : 0,
		.pattern = options->rows,
	};
	struct loaded base = { 0 }, new = { 0 };
	struct compare compare = { 0 };
	struct compare_set sets[3];
	struct run noise = { 0 };
	size_t i, j;
	int ret;

	ret = load_set(&base, "base", options->base, options->nr_base);
	if (!ret)
		ret = load_set(&new, "new", options->new, options->nr_new);
	if (!ret && options->noise)
		ret = load_noise(options->noise, &noise);
	if (ret)
		goto out;
	for (i = 0; i < base.set.nr_runs; i++)
		for (j = 0; j < new.set.nr_runs; j++)
			if (is_same_file(&base.runs[i], &new.runs[j]))
				complain(EXIT_OK, "warning: %s is on both sides", new.runs[j].path);
	sets[0] = base.set;
	sets[1] = new.set;
	sets[2] = (struct compare_set){ .name = "noise", .runs = &noise, .nr_runs = 1 };
	limits.noise = options->noise ? &noise : NULL;
	ret = compare_env(sets, options->noise ? 3 : 2, options->ignore_env);
	if (ret)
		goto out;
	if (!compare_runs(&compare, &base.set, &new.set, &limits) || !compare_intervals(&compare)) {
		ret = complain(EXIT_IO, "no memory to compare");
		goto out;
	}
	if (!compare.nr_rows) {
		ret = complain(EXIT_COMPARE, "no row has a name like '%s'", options->rows);
		goto out;
	}
	ret = options->json ? print_json(&compare, &base.set, &new.set) :
	      print_text(&compare, &base.set, &new.set, &limits);
	if (ret)
		goto out;
	ret = compare_exit(&compare);
	if (ret == EXIT_COMPARE && !options->json)
		complain(ret, "nothing regressed, but not all rows could be compared: see above");
out:
	compare_free(&compare);
	run_free(&noise);
	free_set(&base);
	free_set(&new);
	return ret;
}

static char *noise_json(const struct run *noise)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array(), *row;
	const char *text;
	char *copy;
	size_t i;

	add_text(root, "schema", "kvmdbg.noise/1");
	json_object_object_add(root, "env", env_json(noise));
	json_object_object_add(root, "runs", json_object_new_uint64(noise->noise_runs));
	for (i = 0; i < noise->nr_rows; i++) {
		row = json_object_new_object();
		add_text(row, "name", noise->rows[i].name);
		add_text(row, "unit", noise->rows[i].unit);
		json_object_object_add(row, "exact", json_object_new_boolean(false));
		add_number(row, "value", noise->rows[i].values[0], ESTIMATE);
		json_object_array_add(list, row);
	}
	json_object_object_add(root, "rows", list);
	text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE);
	copy = text ? strdup(text) : NULL;
	json_object_put(root);
	return copy;
}

static int write_noise(const struct run *noise, const char *path, bool force)
{
	char *text = noise_json(noise);
	int fd, err = 0, ret = EXIT_OK;
	char shown[512];
	FILE *file;

	escape(shown, sizeof(shown), path, strlen(path));
	if (!text)
		return complain(EXIT_IO, "no memory to write %s", shown);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0666);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file) {
		err = errno;
		ret = complain(EXIT_IO, "cannot write %s: %s%s", shown, strerror(err),
			       err == EEXIST ? ": --force overwrites it" : "");
		goto out;
	}
	if (fprintf(file, "%s\n", text) < 0)
		err = errno;
	if (fclose(file) && !err)
		err = errno;
	if (err)
		ret = complain(EXIT_IO, "cannot write %s: %s: it is not complete", shown,
			       strerror(err));
out:
	free(text);
	return ret;
}

static int calibrate(const struct diff_options *options)
{
	struct loaded runs = { 0 };
	struct run noise = { 0 };
	size_t i;
	int ret;

	ret = load_set(&runs, "the runs", options->base, options->nr_base);
	if (!ret)
		ret = compare_env(&runs.set, 1, options->ignore_env);
	if (!ret)
		ret = compare_calibrate(&runs.set, options->rows, &noise);
	if (!ret)
		ret = write_noise(&noise, options->output, options->force);
	if (ret)
		goto out;
	print_set("runs", &runs.set);
	print_env(&runs.runs[0]);
	printf("\nnoise floor, with %zu runs a side\n", noise.noise_runs);
	for (i = 0; i < noise.nr_rows; i++)
		printf("%9.2f%%  %s\n", noise.rows[i].values[0], noise.rows[i].name);
	ret = flush_stdout();
out:
	run_free(&noise);
	free_set(&runs);
	return ret;
}

int diff_main(int argc, char **argv)
{
	struct diff_options options = { .threshold = -1 };
	int i;

	/* What is behind it is not for the parser, which forgets where it was. */
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	if (i < argc) {
		options.new = argv + i + 1;
		options.nr_new = argc - i - 1;
	}
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&diff_argp, i, argv, 0, NULL, &options);
	return options.calibrate ? calibrate(&options) : diff(&options);
}

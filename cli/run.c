// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "util.h"

#define BENCH_SCHEMA	"kvmdbg.bench/1"
#define NOISE_SCHEMA	"kvmdbg.noise/1"

#define MAX_NAME	200
#define MAX_ENV		4096
#define MAX_DEPTH	16

static const char *const env_keys[RUN_NR_ENV] = {
	[RUN_KERNEL] = "kernel",
	[RUN_SERIES] = "series",
	[RUN_CPU] = "cpu",
	[RUN_MACHINE] = "machine",
	[RUN_BACKEND] = "backend",
	[RUN_CLOCK] = "clock",
	[RUN_ICOUNT] = "icount",
	[RUN_EMULATED] = "emulated",
	[RUN_GOVERNOR] = "governor",
	[RUN_SMT] = "smt",
	[RUN_TOOL] = "tool",
	[RUN_COMMAND] = "command",
};

const char *run_env_key(enum run_env env)
{
	return env_keys[env];
}

static bool __attribute__((format(printf, 2, 3)))
refuse(struct run *run, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(run->why, sizeof(run->why), fmt, args);
	va_end(args);
	return false;
}

char *run_escape(const char *text, size_t len)
{
	/* No byte takes more than ten. */
	size_t size = len * 10 + 1;
	char *copy = malloc(size);

	if (copy)
		escape(copy, size, text, len);
	return copy;
}

bool run_set_env(struct run *run, enum run_env env, const char *value, size_t len)
{
	free(run->env[env]);
	run->env[env] = run_escape(value, len < MAX_ENV ? len : MAX_ENV);
	return run->env[env] || refuse(run, "no memory");
}

/* Room for one more, at each power of two for as many again; NULL if there is no memory. */
static void *grow(void *array, size_t nr, size_t size)
{
	return nr & (nr - 1) ? array : reallocarray(array, nr ? 2 * nr : 1, size);
}

/* They are keys, too, so they must look alike only if they are the same. */
static bool is_name(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '\\')
			return false;
	return len && len <= MAX_NAME;
}

bool run_add_row(struct run *run, const char *name, size_t name_len, const char *unit,
		 size_t unit_len, bool exact)
{
	struct run_row *row;

	if (!is_name(name, name_len) || !is_name(unit, unit_len))
		return refuse(run, "row %zu: a name or unit is not 1 to %d printable characters of ASCII",
			      run->nr_rows + 1, MAX_NAME);
	row = grow(run->rows, run->nr_rows, sizeof(*row));
	if (!row)
		return refuse(run, "no memory");
	run->rows = row;
	row += run->nr_rows++;
	memset(row, 0, sizeof(*row));
	row->exact = exact;
	row->name = strndup(name, name_len);
	row->unit = strndup(unit, unit_len);
	return (row->name && row->unit) || refuse(run, "no memory");
}

bool run_add_value(struct run *run, double value)
{
	struct run_row *row = &run->rows[run->nr_rows - 1];
	double *values;

	if (!(value >= 0 && value <= RUN_MAX_VALUE))
		return refuse(run, "row '%.150s': %g is not a cost: it takes a number from 0 to 2^53",
			      row->name, value);
	if (row->nr_values == RUN_MAX_SAMPLES)
		return refuse(run, "row '%.150s': more than %d samples", row->name,
			      RUN_MAX_SAMPLES);
	values = grow(row->values, row->nr_values, sizeof(*values));
	if (!values)
		return refuse(run, "no memory");
	row->values = values;
	/* -0 becomes 0 */
	values[row->nr_values++] = value + 0.0;
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool run_check(struct run *run)
{
	const char **names;
	bool ok = true;
	size_t i;

	if (!run->nr_rows)
		return refuse(run, "it has no rows");
	names = calloc(run->nr_rows, sizeof(*names));
	if (!names)
		return refuse(run, "no memory");
	for (i = 0; i < run->nr_rows && ok; i++) {
		names[i] = run->rows[i].name;
		if (!run->rows[i].nr_values)
			ok = refuse(run, "row '%.150s': no value", names[i]);
	}
	if (ok)
		qsort(names, run->nr_rows, sizeof(*names), compare_names);
	for (i = 1; i < run->nr_rows && ok; i++)
		if (!strcmp(names[i - 1], names[i]))
			ok = refuse(run, "row '%.150s' is there twice", names[i]);
	free(names);
	return ok;
}

void run_free(struct run *run)
{
	size_t i;

	free(run->path);
	for (i = 0; i < RUN_NR_ENV; i++)
		free(run->env[i]);
	for (i = 0; i < run->nr_rows; i++) {
		free(run->rows[i].name);
		free(run->rows[i].unit);
		free(run->rows[i].values);
	}
	free(run->rows);
	memset(run, 0, sizeof(*run));
}

/* A member of a given type, or NULL. */
static struct json_object *member(struct json_object *object, const char *key,
				  enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

static bool parse_env(struct run *run, struct json_object *env)
{
	struct json_object *value;
	const char *text;
	size_t i, len;

	for (i = 0; i < RUN_NR_ENV; i++) {
		if (!json_object_object_get_ex(env, env_keys[i], &value) || !value)
			continue;
		if (json_object_is_type(value, json_type_string)) {
			text = json_object_get_string(value);
			len = json_object_get_string_len(value);
		} else if (json_object_is_type(value, json_type_boolean)) {
			text = json_object_get_boolean(value) ? "yes" : "no";
			len = strlen(text);
		} else {
			return refuse(run, "env.%s is neither text nor true or false", env_keys[i]);
		}
		if (!run_set_env(run, i, text, len))
			return false;
	}
	return true;
}

static bool parse_value(struct run *run, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_int) &&
	    !json_object_is_type(value, json_type_double))
		return refuse(run, "row '%.150s': a value is not a number",
			      run->rows[run->nr_rows - 1].name);
	return run_add_value(run, json_object_get_double(value));
}

static bool parse_row(struct run *run, struct json_object *object)
{
	struct json_object *name = member(object, "name", json_type_string);
	struct json_object *unit = member(object, "unit", json_type_string);
	struct json_object *exact = member(object, "exact", json_type_boolean);
	struct json_object *value, *samples = NULL;
	size_t i;

	if (!name || !unit || !exact)
		return refuse(run, "row %zu: name and unit have to be text, exact true or false",
			      run->nr_rows + 1);
	if (!run_add_row(run, json_object_get_string(name), json_object_get_string_len(name),
			 json_object_get_string(unit), json_object_get_string_len(unit),
			 json_object_get_boolean(exact)))
		return false;
	if (json_object_object_get_ex(object, "value", &value) ==
	    json_object_object_get_ex(object, "samples", &samples))
		return refuse(run, "row '%.150s': it takes either a value or samples",
			      run->rows[run->nr_rows - 1].name);
	if (!samples)
		return parse_value(run, value);
	if (!json_object_is_type(samples, json_type_array))
		return refuse(run, "row '%.150s': samples is not a list",
			      run->rows[run->nr_rows - 1].name);
	for (i = 0; i < json_object_array_length(samples); i++)
		if (!parse_value(run, json_object_array_get_idx(samples, i)))
			return false;
	return true;
}

static bool parse_root(struct run *run, struct json_object *root)
{
	struct json_object *schema = member(root, "schema", json_type_string);
	struct json_object *env = member(root, "env", json_type_object);
	struct json_object *rows = member(root, "rows", json_type_array);
	struct json_object *runs = member(root, "runs", json_type_int);
	const char *name = schema ? json_object_get_string(schema) : "";
	bool noise = !strcmp(name, NOISE_SCHEMA);
	char shown[64];
	size_t i;

	if (!noise && strcmp(name, BENCH_SCHEMA)) {
		escape(shown, sizeof(shown), name, strlen(name));
		return refuse(run, "it is JSON, but of schema '%s'; this kvmdbg reads %s and %s",
			      shown, BENCH_SCHEMA, NOISE_SCHEMA);
	}
	if (!env || !rows)
		return refuse(run, "env or rows is missing");
	if (noise) {
		if (!runs || json_object_get_int64(runs) < 1)
			return refuse(run, "a noise floor takes the number of runs it is for");
		run->noise_runs = json_object_get_int64(runs);
	}
	if (!parse_env(run, env))
		return false;
	for (i = 0; i < json_object_array_length(rows); i++)
		if (!parse_row(run, json_object_array_get_idx(rows, i)))
			return false;
	return run_check(run);
}

bool run_parse(struct run *run, const char *text, size_t len)
{
	struct json_tokener *tokener;
	struct json_object *root;
	enum json_tokener_error error;
	size_t at;
	bool ok;

	if (!len)
		return refuse(run, "it is empty");
	if (len > RUN_MAX_FILE)
		return refuse(run, "it is larger than %u MiB", RUN_MAX_FILE >> 20);
	/* The parser takes a NUL for the end. */
	if (memchr(text, 0, len))
		return refuse(run, "it is not text");
	tokener = json_tokener_new_ex(MAX_DEPTH);
	if (!tokener)
		return refuse(run, "no memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	root = json_tokener_parse_ex(tokener, text, len);
	error = json_tokener_get_error(tokener);
	at = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_continue)
		return refuse(run, "it ends in the middle: it was cut short");
	if (error != json_tokener_success)
		return refuse(run, "it is not a result that kvmdbg wrote: no JSON at byte %zu (%s)",
			      at, json_tokener_error_desc(error));
	ok = parse_root(run, root);
	json_object_put(root);
	return ok;
}

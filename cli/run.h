/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kvmdbg diff compares: a file's measurements, and the environment they were made in.
 * Whatever the file's format, it becomes a struct run.
 */
#ifndef KVMDBG_RUN_H
#define KVMDBG_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** RUN_MAX_VALUE - above it a double does not tell two whole numbers apart */
#define RUN_MAX_VALUE	9007199254740992.0

/** RUN_MAX_FILE - ten times what thousands of rows take; JSON in memory is many times its text */
#define RUN_MAX_FILE	(16U << 20)

/** RUN_MAX_SAMPLES - values that a row of one file may have */
#define RUN_MAX_SAMPLES	10000

/** enum run_env - what is known of where a run was made; keys of "env" in JSON */
enum run_env {
	RUN_KERNEL,
	RUN_SERIES,
	RUN_CPU,
	RUN_MACHINE,
	RUN_BACKEND,
	RUN_CLOCK,
	RUN_ICOUNT,
	RUN_EMULATED,
	RUN_GOVERNOR,
	RUN_SMT,
	RUN_TOOL,
	RUN_COMMAND,
	RUN_NR_ENV
};

/**
 * struct run_row - a cost that was measured: more is worse
 * @name: unique in a run; printable ASCII
 * @unit: "ns", "instructions", ...; printable ASCII
 * @exact: deterministic, the same in each run of the same code
 * @values: one for each run that the file holds, in the order they were made
 * @nr_values: how many, at least 1
 */
struct run_row {
	char *name;
	char *unit;
	bool exact;
	double *values;
	size_t nr_values;
};

/**
 * struct run - what a file holds
 * @path: escaped
 * @dev: with @ino, tells whether a file is given twice
 * @ino: see @dev
 * @env: by enum run_env, escaped; yes or no for what is true or false; NULL if unknown
 * @rows: in the file's order
 * @nr_rows: how many, at least 1
 * @noise_runs: 0; or how many runs a side the rows are a noise floor for, in percent
 * @why: why a function below returned false
 */
struct run {
	char *path;
	dev_t dev;
	ino_t ino;
	char *env[RUN_NR_ENV];
	struct run_row *rows;
	size_t nr_rows;
	size_t noise_runs;
	char why[256];
};

/** run_env_key - the key of an enum run_env in JSON */
const char *run_env_key(enum run_env env);

/**
 * run_parse - read a result of the benchmark (schema kvmdbg.bench/1) or a noise floor
 *	(kvmdbg.noise/1)
 * @run: zeroed; to be released with run_free(), whatever is returned
 * @text: the bytes, of any kind
 * @len: how many
 *
 * Return: false if it is anything else, with run.why set
 */
bool run_parse(struct run *run, const char *text, size_t len);

/** run_escape - a copy of foreign text that is safe to print; NULL if there is no memory */
char *run_escape(const char *text, size_t len);

/** run_free - release all; @run is zeroed */
void run_free(struct run *run);

/*
 * To make a run of another format: false if there is no memory, or the value cannot be one, with
 * run.why set.
 */

/** run_set_env - @value is foreign text of @len bytes, and is escaped */
bool run_set_env(struct run *run, enum run_env env, const char *value, size_t len);

/** run_add_row - a row without values; @name and @unit have to be printable ASCII */
bool run_add_row(struct run *run, const char *name, size_t name_len, const char *unit,
		 size_t unit_len, bool exact);

/** run_add_value - a value of the last row: a finite number from 0 to RUN_MAX_VALUE */
bool run_add_value(struct run *run, double value);

/** run_check - after the last row: each has a value, and no two have the same name */
bool run_check(struct run *run);

#endif /* KVMDBG_RUN_H */

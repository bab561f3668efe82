// SPDX-License-Identifier: GPL-2.0-only
/* What kvmdbg diff reads: good files, and all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run.h"

#define BENCH(env, rows) \
	"{\"schema\":\"kvmdbg.bench/1\",\"env\":{" env "},\"rows\":[" rows "]}"
#define ROW(rest)	"{\"name\":\"a\",\"unit\":\"ns\",\"exact\":false," rest "}"

static const char good[] = BENCH(
	"\"kernel\":\"6.12.117+\",\"cpu\":\"e500v2\",\"icount\":true,\"clock\":null,\"else\":1",
	"{\"name\":\"lazy/off/lightweight_exit\",\"unit\":\"instructions\",\"exact\":true,\"value\":2115},"
	"{\"name\":\"debug_exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[7050.5,7061,0,-0.0]}");

/* Malloc'd to the length, so that the sanitizer sees a read beyond it. */
static bool parse(struct run *run, const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(run, 0, sizeof(*run));
	ok = run_parse(run, copy, len);
	free(copy);
	/* there is always a reason, and it is safe to print */
	assert_true(ok || *run->why);
	assert_true(run->why[strcspn(run->why, "\n\033")] == 0);
	return ok;
}

static void test_good(void **state)
{
	struct run run;

	(void)state;
	assert_true(parse(&run, good, strlen(good)));
	assert_string_equal(run.env[RUN_KERNEL], "6.12.117+");
	assert_string_equal(run.env[RUN_CPU], "e500v2");
	assert_string_equal(run.env[RUN_ICOUNT], "yes");
	assert_null(run.env[RUN_CLOCK]);
	assert_null(run.env[RUN_GOVERNOR]);
	assert_int_equal(run.nr_rows, 2);
	assert_int_equal(run.noise_runs, 0);
	assert_string_equal(run.rows[0].name, "lazy/off/lightweight_exit");
	assert_string_equal(run.rows[0].unit, "instructions");
	assert_true(run.rows[0].exact);
	assert_int_equal(run.rows[0].nr_values, 1);
	assert_true(run.rows[0].values[0] == 2115);
	assert_false(run.rows[1].exact);
	assert_int_equal(run.rows[1].nr_values, 4);
	assert_true(run.rows[1].values[0] == 7050.5);
	assert_true(1 / run.rows[1].values[3] > 0);
	run_free(&run);
	assert_null(run.rows);
}

static void test_noise(void **state)
{
	static const char noise[] =
		"{\"schema\":\"kvmdbg.noise/1\",\"env\":{},\"runs\":10,\"rows\":[" ROW("\"value\":1.5") "]}\n";
	struct run run;

	(void)state;
	assert_true(parse(&run, noise, strlen(noise)));
	assert_int_equal(run.noise_runs, 10);
	run_free(&run);
}

/* Foreign text is kept, but harmless. */
static void test_escapes(void **state)
{
	static const char text[] = BENCH("\"cpu\":\"x\\u001b[2J\\\\\\u202e\"", ROW("\"value\":1"));
	struct run run;

	(void)state;
	assert_true(parse(&run, text, strlen(text)));
	assert_string_equal(run.env[RUN_CPU], "x\\x1b[2J\\\\\\u202e");
	run_free(&run);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} bad[] = {
		{ "", "empty" },
		{ "   \n", "cut short" },
		{ "hello", "not a result that kvmdbg wrote" },
		{ "\x7f" "ELF", "not a result that kvmdbg wrote" },
		{ "[]", "schema" },
		{ "null ", "schema" },
		{ "3 ", "schema" },
		{ "{}", "schema" },
		{ "{\"schema\":1}", "schema" },
		{ "{\"schema\":\"kvmdbg.top/1\"}", "kvmdbg.top/1" },
		{ "{\"schema\":\"kvmdbg.bench/2\"}", "kvmdbg.bench/2" },
		{ "{\"schema\":\"\\u001b[2J\"}", "\\x1b[2J" },
		{ "{\"schema\":\"kvmdbg.bench/1\"}", "env or rows" },
		{ "{\"schema\":\"kvmdbg.bench/1\",\"env\":[],\"rows\":[]}", "env or rows" },
		{ "{\"schema\":\"kvmdbg.bench/1\",\"env\":{},\"rows\":{}}", "env or rows" },
		{ BENCH("", ""), "no rows" },
		{ "{\"schema\":1}x", "no JSON at byte 12" },
		{ BENCH("\"cpu\":7", ROW("\"value\":1")), "env.cpu" },
		{ BENCH("\"cpu\":{}", ROW("\"value\":1")), "env.cpu" },
		{ BENCH("", "null"), "row 1" },
		{ BENCH("", "1"), "row 1" },
		{ BENCH("", "[]"), "row 1" },
		{ BENCH("", ROW("\"value\":1") ",{\"name\":\"b\"}"), "row 2" },
		{ BENCH("", "{\"name\":\"a\",\"unit\":\"ns\",\"exact\":1,\"value\":1}"), "exact" },
		{ BENCH("", "{\"name\":\"\",\"unit\":\"ns\",\"exact\":true,\"value\":1}"), "ASCII" },
		{ BENCH("", "{\"name\":\"a\",\"unit\":\"\",\"exact\":true,\"value\":1}"), "ASCII" },
		{ BENCH("", "{\"name\":\"a\\n\",\"unit\":\"ns\",\"exact\":true,\"value\":1}"), "ASCII" },
		{ BENCH("", "{\"name\":\"a\\u0000b\",\"unit\":\"ns\",\"exact\":true,\"value\":1}"),
		  "ASCII" },
		{ BENCH("", "{\"name\":\"a\",\"unit\":\"\xc2\xb5s\",\"exact\":true,\"value\":1}"),
		  "ASCII" },
		{ BENCH("", ROW("\"x\":1")), "either" },
		{ BENCH("", ROW("\"value\":1,\"samples\":[1]")), "either" },
		{ BENCH("", ROW("\"value\":null")), "not a number" },
		{ BENCH("", ROW("\"value\":\"1\"")), "not a number" },
		{ BENCH("", ROW("\"value\":true")), "not a number" },
		{ BENCH("", ROW("\"value\":[1]")), "not a number" },
		{ BENCH("", ROW("\"samples\":1")), "not a list" },
		{ BENCH("", ROW("\"samples\":[]")), "no value" },
		{ BENCH("", ROW("\"samples\":[1,null]")), "not a number" },
		{ BENCH("", ROW("\"samples\":[1,[2]]")), "not a number" },
		{ BENCH("", ROW("\"value\":NaN")), "" },
		{ BENCH("", ROW("\"value\":Infinity")), "" },
		{ BENCH("", ROW("\"value\":-Infinity")), "" },
		{ BENCH("", ROW("\"value\":1e999")), "not a cost" },
		{ BENCH("", ROW("\"value\":-1")), "not a cost" },
		{ BENCH("", ROW("\"value\":-1e-300")), "not a cost" },
		{ BENCH("", ROW("\"value\":9007199254740994")), "not a cost" },
		{ BENCH("", ROW("\"value\":99999999999999999999999")), "not a cost" },
		{ BENCH("", ROW("\"value\":1") "," ROW("\"value\":1")), "'a' is there twice" },
		{ "{\"schema\":\"kvmdbg.noise/1\",\"env\":{},\"rows\":[" ROW("\"value\":1") "]}",
		  "number of runs" },
		{ "{\"schema\":\"kvmdbg.noise/1\",\"env\":{},\"runs\":0,\"rows\":[" ROW("\"value\":1") "]}",
		  "number of runs" },
	};
	struct run run;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(&run, bad[i].text, strlen(bad[i].text)))
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(run.why, bad[i].why))
			fail_msg("%s: '%s' does not say '%s'", bad[i].text, run.why, bad[i].why);
		run_free(&run);
	}
}

/* A NUL must not hide what is behind it. */
static void test_nul(void **state)
{
	char text[sizeof(good) + 8] = { 0 };
	struct run run;

	(void)state;
	memcpy(text, good, sizeof(good));
	assert_false(parse(&run, text, sizeof(good)));
	run_free(&run);
	assert_false(parse(&run, text, sizeof(text)));
	run_free(&run);
}

static void test_truncated(void **state)
{
	struct run run;
	size_t len;

	(void)state;
	for (len = 0; len < strlen(good); len++) {
		if (parse(&run, good, len))
			fail_msg("taken: the first %zu bytes", len);
		assert_non_null(strstr(run.why, len ? "cut short" : "empty"));
		run_free(&run);
	}
}

static void test_flipped(void **state)
{
	char text[sizeof(good)];
	struct run run;
	size_t i;
	int bit;

	(void)state;
	for (i = 0; i < strlen(good); i++)
		for (bit = 0; bit < 8; bit++) {
			memcpy(text, good, sizeof(good));
			text[i] ^= 1 << bit;
			parse(&run, text, strlen(good));
			run_free(&run);
		}
}

static void test_deep(void **state)
{
	struct run run;
	char *text;

	(void)state;
	text = malloc(1000000);
	assert_non_null(text);
	memset(text, '[', 1000000);
	assert_false(parse(&run, text, 1000000));
	run_free(&run);
	free(text);
}

/* Rows by the thousand are fine, a million samples are not. */
static void test_large(void **state)
{
	char *text, *end;
	struct run run;
	int i;

	(void)state;
	text = malloc(8 << 20);
	assert_non_null(text);
	end = text + sprintf(text, "{\"schema\":\"kvmdbg.bench/1\",\"env\":{},\"rows\":[");
	for (i = 0; i < 20000; i++)
		end += sprintf(end, "%s{\"name\":\"row %d\",\"unit\":\"ns\",\"exact\":true,\"value\":%d}",
			       i ? "," : "", i, i);
	end += sprintf(end, "]}");
	assert_true(parse(&run, text, end - text));
	assert_int_equal(run.nr_rows, 20000);
	assert_string_equal(run.rows[19999].name, "row 19999");
	run_free(&run);

	end = text + sprintf(text, "{\"schema\":\"kvmdbg.bench/1\",\"env\":{},\"rows\":[{\"name\":\"a\",\"unit\":\"ns\",\"exact\":false,\"samples\":[1");
	for (i = 0; i < 1000000; i++)
		end += sprintf(end, ",1");
	end += sprintf(end, "]}]}");
	assert_false(parse(&run, text, end - text));
	assert_non_null(strstr(run.why, "more than 10000 samples"));
	run_free(&run);
	free(text);
}

static void test_too_large(void **state)
{
	size_t len = (16 << 20) + 1;
	struct run run;
	char *text;

	(void)state;
	text = malloc(len);
	assert_non_null(text);
	memset(text, ' ', len);
	memcpy(text + len - strlen(good), good, strlen(good));
	assert_true(parse(&run, text + 1, len - 1));
	run_free(&run);
	assert_false(parse(&run, text, len));
	assert_non_null(strstr(run.why, "larger than 16 MiB"));
	run_free(&run);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests_name("diff_load", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg diff as it is used: files in, verdicts, messages and exit codes out. */
#include <fcntl.h>
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands.h"
#include "compare.h"
#include "util.h"

#define MAX_ARGS	64
#define ENV		"\"kernel\":\"6.12.1\",\"cpu\":\"e500v2\",\"clock\":\"timebase\""

static char dir[] = "/tmp/kvmdbg-diff-XXXXXX";
static char top[512], out[1 << 18], err[1 << 16];

static int setup(void **state)
{
	(void)state;
	return !getcwd(top, sizeof(top)) || !mkdtemp(dir) || chdir(dir);
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return chdir("/") || system(command);
}

static void write_text(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* A file of the benchmark, of an environment and of rows as they are in JSON. */
static void __attribute__((format(printf, 3, 4)))
write_bench(const char *name, const char *env, const char *rows, ...)
{
	static char text[1 << 16];
	size_t len;
	va_list args;

	len = snprintf(text, sizeof(text), "{\"schema\":\"kvmdbg.bench/1\",\"env\":{%s},\"rows\":[", env);
	va_start(args, rows);
	len += vsnprintf(text + len, sizeof(text) - len, rows, args);
	va_end(args);
	assert_true(len + 3 < sizeof(text));
	strcpy(text + len, "]}");
	write_text(name, text);
}

/* @value_of each of @n runs, as text for "samples". */
static const char *samples(int n, double around)
{
	static char text[4][4096];
	static int next;
	char *to = text[next++ % 4];
	size_t len = 0;
	int i;

	for (i = 0; i < n; i++)
		len += snprintf(to + len, sizeof(text[0]) - len, "%s%.3f", i ? "," : "",
				around * (1 + (i * 7 % 10 - 4.5) * 0.001 + i * 0.00001));
	return to;
}

static void write_exact(const char *name, double value)
{
	write_bench(name, ENV, "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":%.17g}",
		    value);
}

static void write_samples(const char *name, int n, double around)
{
	write_bench(name, ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]}",
		    samples(n, around));
}

static void read_back(const char *name, char *text, size_t size)
{
	assert_true(read_file(name, text, size) >= 0);
}

static void redirect(int fd, const char *name)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (file < 0 || dup2(file, fd) != fd)
		_exit(99);
	close(file);
}

/* Run a command line in a process of its own; its exit code, and what it said in @out and @err. */
static int diff(const char *line)
{
	char copy[1200], *argv[MAX_ARGS] = { "kvmdbg diff" }, *word, *rest;
	int argc = 1, status;
	pid_t pid;

	assert_true(strlen(line) < sizeof(copy));
	strcpy(copy, line);
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < MAX_ARGS - 1);
		argv[argc++] = word;
	}
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		redirect(STDOUT_FILENO, ".out");
		redirect(STDERR_FILENO, ".err");
		status = diff_main(argc, argv);
		_exit(status ? status : flush_stdout());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	read_back(".out", out, sizeof(out));
	read_back(".err", err, sizeof(err));
	if (!WIFEXITED(status))
		fail_msg("'%s' died: %s", line, err);
	return WEXITSTATUS(status);
}

static void check(const char *line, int code, const char *said)
{
	int got = diff(line);

	if (got != code || (said && !strstr(out, said) && !strstr(err, said)))
		fail_msg("'%s': exit code %d, not %d, or not '%s':\n%s%s", line, got, code,
			 said ? said : "", out, err);
}

static void test_exact(void **state)
{
	(void)state;
	write_exact("base", 1000000);
	write_exact("same", 1000000);
	write_exact("more", 1000001);
	write_exact("less", 999999);
	check("base same", EXIT_OK, "\n1 no change\n");
	assert_string_equal(err, "");
	check("base more", EXIT_NO, "\n1 regressed\n");
	assert_string_equal(err, "");
	check("base less", EXIT_OK, "\n1 improved\n");
	/* the threshold is for them, too; what is on it has not exceeded it */
	write_exact("base", 2000);
	write_exact("on", 2010);
	write_exact("over", 2010.01);
	check("--threshold 0.5% base on", EXIT_OK, "\n1 no change\n");
	check("--threshold 0.5% base over", EXIT_NO, "\n1 regressed\n");
	check("-t 0.4 base on", EXIT_NO, "\n1 regressed\n");
	check("--threshold=0.5% over base", EXIT_OK, "\n1 no change\n");
	check("--threshold=0.4% on base", EXIT_OK, "\n1 improved\n");
}

/* All digits of a count are told, and nothing is a share of 0. */
static void test_exact_ends(void **state)
{
	(void)state;
	write_exact("base", 9007199254740992);
	write_exact("new", 9007199254740990);
	check("base new", EXIT_OK, "9007199254740990");
	write_exact("base", 0);
	check("base base", EXIT_OK, "no change");
	check("base new", EXIT_NO, "from 0");
	check("new base", EXIT_OK, "-100%");
	check("--threshold 1000% base new", EXIT_NO, "from 0");
	check("--json base new", EXIT_NO, "\"shift\":9007199254740990,");
	assert_null(strstr(out, "shift_percent"));
	assert_null(strstr(out, "inf"));
}

/* What is called exact and is not is no basis for a verdict. */
static void test_exact_differs(void **state)
{
	(void)state;
	write_exact("base", 2000);
	write_exact("base2", 2001);
	write_exact("new", 2000);
	check("base base2 -- new", EXIT_COMPARE, "said to be exact, but runs of one side differ: 2000 and 2001");
	check("new -- base base2", EXIT_COMPARE, "not comparable");
}

static void test_samples(void **state)
{
	(void)state;
	write_samples("base", 10, 7000);
	write_samples("same", 10, 7001);
	write_samples("slow", 10, 7000 * 1.03);
	write_samples("fast", 10, 7000 * 0.97);
	write_samples("near", 10, 7000 * 1.015);
	check("base same", EXIT_OK, "\n1 no change\n");
	check("base slow", EXIT_NO, "\n1 regressed\n");
	check("base fast", EXIT_OK, "\n1 improved\n");
	/* significant, but within the threshold */
	check("base near", EXIT_OK, "\n1 no change\n");
	check("--threshold 1% base near", EXIT_NO, "\n1 regressed\n");
	check("--threshold 4% base slow", EXIT_OK, "\n1 no change\n");
	/* beyond any threshold, but not significant */
	write_bench("wild", ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,"
		    "\"samples\":[1,20000,2,20001,3,20002,4,20003,5,20004]}");
	check("base wild", EXIT_COMPARE, "inconclusive (ns): it may be above the limit: take more runs\n");
	assert_non_null(strstr(out, "\n1 inconclusive\n"));
	/* it may also be far below: then it is not worse */
	check("wild base", EXIT_COMPARE, "\n1 inconclusive\n");
	check("--threshold 1000% wild base", EXIT_OK, "\n1 no change\n");
	/* nothing moves at all */
	write_bench("flat", ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,"
		    "\"samples\":[5,5,5,5,5,5,5,5,5,5]}");
	check("flat flat", EXIT_OK, "\n1 no change\n");
}

/* Nine runs are never enough, whatever they say; ten files are as good as ten samples. */
static void test_too_few(void **state)
{
	char line[256] = "";
	char name[16];
	int i;

	(void)state;
	write_samples("base", 10, 7000);
	write_samples("nine", 9, 14000);
	check("base nine", EXIT_COMPARE, "10 against 9: it takes 10 runs a side");
	assert_non_null(strstr(out, "\n1 inconclusive\n"));
	check("nine base", EXIT_COMPARE, "inconclusive");
	strcpy(line, "base --");
	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		write_samples(name, 1, 14000 + i);
		if (i == 9)
			check(line, EXIT_COMPARE, "10 against 9");
		strcat(strcat(line, " "), name);
	}
	check(line, EXIT_NO, "\n1 regressed\n");
}

static void add_rows(struct run *run, int rows, double around)
{
	char name[16];
	int r, i;

	memset(run, 0, sizeof(*run));
	for (r = 0; r < rows; r++) {
		snprintf(name, sizeof(name), "row%d", r);
		assert_true(run_add_row(run, name, strlen(name), "ns", 2, false));
		for (i = 0; i < 10; i++)
			assert_true(run_add_value(run, around * (1 + (i + 1) * (r % 7 + 1) * 1e-4)));
	}
	assert_true(run_check(run));
}

/* Among thousands of rows ten runs cannot be significant, and that is not "no change". */
static void test_many_rows(void **state)
{
	const struct compare_options options = { .threshold = 0.02 };
	struct compare_set base, new;
	struct compare compare;
	struct run runs[2];

	(void)state;
	base = (struct compare_set){ "base", &runs[0], 1 };
	new = (struct compare_set){ "new", &runs[1], 1 };
	/* 2 / 184,756 times 4,619 rows is 0.05 */
	add_rows(&runs[0], 4618, 1000);
	add_rows(&runs[1], 4618, 2000);
	assert_true(compare_runs(&compare, &base, &new, &options));
	assert_int_equal(compare.count[VERDICT_REGRESSED], 4618);
	compare_free(&compare);
	run_free(&runs[0]);
	run_free(&runs[1]);
	add_rows(&runs[0], 4620, 1000);
	add_rows(&runs[1], 4620, 2000);
	assert_true(compare_runs(&compare, &base, &new, &options));
	assert_int_equal(compare.count[VERDICT_INCONCLUSIVE], 4620);
	assert_int_equal(compare_exit(&compare), EXIT_COMPARE);
	assert_string_equal(compare.rows[0].why, "too few runs for a result among 4620 rows");
	compare_free(&compare);
	run_free(&runs[0]);
	run_free(&runs[1]);
}

/* Ten rows, one of them with p = 0.02: significant alone, not among ten. */
static void test_holm(void **state)
{
	char base[4096] = "", new[4096] = "", *b = base, *n = new;
	int r;

	(void)state;
	for (r = 0; r < 10; r++) {
		b += sprintf(b, "%s{\"name\":\"row%d\",\"unit\":\"ns\",\"exact\":false,\"samples\":"
			     "[100,101,102,103,104,105,106,107,108,109]}", r ? "," : "", r);
		n += sprintf(n, "%s{\"name\":\"row%d\",\"unit\":\"ns\",\"exact\":false,\"samples\":%s}",
			     r ? "," : "", r, r ? "[100.5,101.5,102.5,103.5,104.5,105.5,106.5,107.5,108.5,99.5]" :
			     "[103.5,105.5,106.5,107.5,109.5,110,111,112,113,104.5]");
	}
	write_bench("base", ENV, "%s", base);
	write_bench("new", ENV, "%s", new);
	check("--rows row0 base new", EXIT_NO, "\n1 regressed\n");
	check("base new", EXIT_COMPARE, "\n10 inconclusive\n");
	check("--rows row[1-9] base new", EXIT_COMPARE, "\n9 inconclusive\n");
	check("--rows row[1-9] -t 5% base new", EXIT_OK, "\n9 no change\n");
	check("--rows nothing base new", EXIT_COMPARE, "no row has a name like 'nothing'");
}

/* A row that is gone is not a row that is fine. */
static void test_missing(void **state)
{
	(void)state;
	write_exact("one", 2000);
	write_bench("two", ENV, "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":2000},"
		    "{\"name\":\"more\",\"unit\":\"instructions\",\"exact\":true,\"value\":7}");
	write_bench("three", ENV, "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":2001}");
	check("one two", EXIT_OK, "\n1 added, 1 no change\n");
	assert_non_null(strstr(out, "added (instructions): in new, not in base\n  more"));
	check("two one", EXIT_COMPARE, "\n1 missing, 1 no change\n");
	assert_non_null(strstr(err, "not all rows could be compared"));
	check("two three", EXIT_NO, "\n1 regressed, 1 missing\n");
}

static void test_units(void **state)
{
	(void)state;
	write_bench("ns", ENV, "{\"name\":\"a\",\"unit\":\"ns\",\"exact\":true,\"value\":1}");
	write_bench("us", ENV, "{\"name\":\"a\",\"unit\":\"us\",\"exact\":true,\"value\":1}");
	write_bench("sampled", ENV, "{\"name\":\"a\",\"unit\":\"ns\",\"exact\":false,\"value\":1}");
	check("ns us", EXIT_COMPARE, "in ns in one file, in us in another");
	check("ns us -- ns", EXIT_COMPARE, "\n1 not comparable\n");
	check("ns sampled", EXIT_COMPARE, "exact in one file, sampled in another");
}

/* Two files that differ in one key of the environment. */
static void write_env(const char *key, const char *base, const char *new)
{
	const char *row = "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":1}";
	char env[256];

	snprintf(env, sizeof(env), "\"%s\":%s", key, base);
	write_bench("base", env, "%s", row);
	snprintf(env, sizeof(env), "\"%s\":%s", key, new);
	write_bench("new", new ? env : "", "%s", row);
}

static void test_env(void **state)
{
	static const char *const refused[] = { "cpu", "machine", "backend", "clock" };
	static const char *const tuned[] = { "governor", "smt" };
	static const char *const fine[] = { "kernel", "series" };
	char said[128];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(said, sizeof(said), "not comparable: the %s is x in base and y in new\n",
			 refused[i]);
		write_env(refused[i], "\"x\"", "\"y\"");
		check("base new", EXIT_COMPARE, said);
		assert_string_equal(out, "");
		check("--ignore-env --json base new", EXIT_COMPARE, said);
		write_env(refused[i], "\"x\"", NULL);
		check("base new", EXIT_COMPARE, "is x in base and unknown in new\n");
		check("new base", EXIT_COMPARE, "is unknown in new and x in base\n");
	}
	write_env("icount", "true", "false");
	check("base new", EXIT_COMPARE, "the icount is yes in base and no in new\n");
	for (i = 0; i < 2; i++) {
		write_env(tuned[i], "\"x\"", "\"y\"");
		check("base new", EXIT_COMPARE, "or use --ignore-env");
		check("--ignore-env base new", EXIT_OK, "warning: the");
	}
	for (i = 0; i < 2; i++) {
		write_env(fine[i], "\"x\"", "\"y\"");
		check("base new", EXIT_OK, NULL);
		assert_string_equal(err, "");
		/* but a set is of one kernel */
		check("base new -- base", EXIT_COMPARE, "is x in base and y in new");
		check("base -- new base", EXIT_COMPARE, "is y in new and x in base");
	}
	write_env("tool", "\"0.1\"", "\"0.2\"");
	check("base new", EXIT_OK, "warning: the tool is 0.1 in base and 0.2 in new\n");
	write_env("command", "\"kvmdbg record -o a -- vmm x\"", "\"kvmdbg record -o b -- vmm x\"");
	check("base new", EXIT_OK, NULL);
	assert_string_equal(err, "");
	write_env("command", "\"kvmdbg record -o a -- vmm x\"", "\"kvmdbg record -o a -- vmm y\"");
	check("base new", EXIT_OK, "warning: the command is vmm x in base and vmm y in new\n");
}

/* Of several differences each is told. */
static void test_env_all(void **state)
{
	const char *row = "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":1}";

	(void)state;
	write_bench("base", "\"cpu\":\"a\",\"clock\":\"b\",\"smt\":true", "%s", row);
	write_bench("new", "\"cpu\":\"c\",\"clock\":\"d\",\"smt\":false", "%s", row);
	check("base new", EXIT_COMPARE, "the cpu is a");
	assert_non_null(strstr(err, "the clock is b"));
	assert_non_null(strstr(err, "the smt is yes"));
}

/* The time that passes while an emulator runs says nothing, what it counts does. */
static void test_emulator(void **state)
{
	const char *rows = "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":5},"
			   "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]}";

	(void)state;
	write_bench("wall", "\"emulated\":true", rows, samples(10, 100));
	check("wall wall", EXIT_COMPARE, "an emulator's time without icount");
	assert_non_null(strstr(out, "\n1 not comparable, 1 no change\n"));
	write_bench("wall", "\"emulated\":true,\"icount\":false", rows, samples(10, 100));
	check("wall wall", EXIT_COMPARE, "an emulator's time without icount");
	write_bench("icount", "\"emulated\":true,\"icount\":true", rows, samples(10, 100));
	check("icount icount", EXIT_OK, "\n2 no change\n");
	write_bench("real", "\"emulated\":false", rows, samples(10, 100));
	check("real real", EXIT_OK, "\n2 no change\n");
}

/* A copy is no second run. */
static void test_twice(void **state)
{
	(void)state;
	write_samples("a", 5, 7000);
	write_samples("b", 10, 7000);
	assert_int_equal(link("a", "alink"), 0);
	check("a a -- b", EXIT_COMPARE, "warning: a is given twice and counts once");
	assert_non_null(strstr(out, "5 against 10"));
	check("b -- a ./alink a", EXIT_COMPARE, "warning: ./alink is given twice and counts once");
	check("b b", EXIT_OK, "warning: b is on both sides");
}

static void test_noise(void **state)
{
	char text[4096], *at;

	(void)state;
	/* two times ten runs of which the second are 5 % slower: what happens on this host */
	write_samples("c1", 10, 7000);
	write_samples("c2", 10, 7350);
	check("--calibrate -o floor c1 c2", EXIT_OK, "noise floor, with 10 runs a side\n");
	assert_string_equal(err, "");
	read_back("floor", text, sizeof(text));
	at = strstr(text, "\"value\":");
	assert_non_null(at);
	/* with a margin of a half */
	assert_true(atof(at + 8) > 7.3 && atof(at + 8) < 7.7);

	write_samples("base", 10, 7000);
	write_samples("slow", 10, 7000 * 1.06);
	write_samples("slower", 10, 7000 * 1.09);
	check("base slow", EXIT_NO, "\n1 regressed\n");
	check("--noise floor base slow", EXIT_OK, "\n1 no change\n");
	check("--noise floor base slower", EXIT_NO, "\n1 regressed\n");
	check("--noise floor --threshold 10% base slower", EXIT_OK, "\n1 no change\n");

	/* it is not for rows and hosts that it does not know */
	write_bench("other", ENV, "{\"name\":\"other\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]}",
		    samples(10, 7000));
	check("--noise floor other other", EXIT_COMPARE, "no noise floor is known for it");
	write_bench("cpu", "\"cpu\":\"e5500\"", "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]}",
		    samples(10, 7000));
	check("--noise floor cpu cpu", EXIT_COMPARE, "the cpu is e5500 in cpu and e500v2 in floor");

	/* nor are the two kinds of files for each other */
	check("--noise base base slow", EXIT_IO, "these are measurements");
	check("floor base", EXIT_IO, "it is a noise floor, for --noise");
	check("--noise nothing base slow", EXIT_IO, "cannot read nothing");
}

/* A floor measured with more runs than there are now is too low. */
static void test_noise_runs(void **state)
{
	(void)state;
	write_text("floor", "{\"schema\":\"kvmdbg.noise/1\",\"env\":{" ENV "},\"runs\":40,\"rows\":["
		   "{\"name\":\"exit\",\"unit\":\"%\",\"exact\":false,\"value\":3}]}");
	write_samples("base", 40, 7000);
	write_samples("slow", 40, 7000 * 1.05);
	check("--noise floor base slow", EXIT_NO, "     3%\n");
	write_samples("slow", 10, 7000 * 1.05);
	check("--noise floor base slow", EXIT_OK, "     6%\n");
	write_samples("slow", 10, 7000 * 1.07);
	check("--noise floor base slow", EXIT_NO, "     6%\n");
}

static void test_calibrate(void **state)
{
	(void)state;
	write_bench("runs", ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]},"
		    "{\"name\":\"few\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]},"
		    "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":5}",
		    samples(20, 7000), samples(19, 7000));
	check("--calibrate -o cal runs", EXIT_OK, "warning: few is left out: 19 runs: it takes 20\n");
	assert_null(strstr(out, "few"));
	/* no file is overwritten by mistake */
	check("--calibrate -o cal runs", EXIT_IO, "cannot write cal: File exists: --force overwrites it");
	check("--calibrate --force -o cal runs", EXIT_OK, NULL);
	check("--calibrate -o no/such runs", EXIT_IO, "cannot write no/such: No such file");
	check("--calibrate --force -o /dev/full runs", EXIT_IO, "cannot write /dev/full: No space");
	check("--calibrate --rows few -o cal2 runs", EXIT_COMPARE, "nothing to calibrate");
	assert_int_equal(access("cal2", F_OK), -1);
	write_exact("exact", 5);
	check("--calibrate -o cal2 exact", EXIT_COMPARE, "nothing to calibrate");
	write_bench("zeros", ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,"
		    "\"samples\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,9,9,9,9]}");
	check("--calibrate -o cal3 zeros", EXIT_OK, NULL);
	write_bench("zeros", ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,"
		    "\"samples\":[0,0,0,0,0,0,0,0,0,0,9,9,9,9,9,9,9,9,9,9]}");
	check("--calibrate -o cal2 zeros", EXIT_COMPARE, "exit is left out: it is mostly 0");
	/* two kernels are no A/A */
	write_bench("kernel", "\"kernel\":\"6.12.2\",\"cpu\":\"e500v2\",\"clock\":\"timebase\"",
		    "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]}",
		    samples(10, 7000));
	check("--calibrate -o cal2 runs kernel", EXIT_COMPARE, "the kernel is 6.12.1 in runs");
}

static void test_unreadable(void **state)
{
	(void)state;
	write_exact("good", 1);
	write_text("empty", "");
	write_text("cut", "{\"schema\":\"kvmdbg.bench/1\",\"env\":{");
	check("nothing good", EXIT_IO, "cannot read nothing: No such file");
	check("good nothing", EXIT_IO, "cannot read nothing: No such file");
	check("good /tmp", EXIT_IO, "cannot read /tmp: Is a directory");
	check("good empty", EXIT_IO, "cannot use empty: it is empty");
	check("good cut", EXIT_IO, "cannot use cut: it ends in the middle");
	check("good /proc/self/exe", EXIT_IO, "cannot use /proc/self/exe: it is");
	check("good -- good good\033[2J", EXIT_IO, "cannot read good\\x1b[2J");
	assert_null(strchr(err, '\033'));
}

/* A recording is a run as well; of one side, here, of a host that is no emulator. */
static void test_recording(void **state)
{
	char line[1200];

	(void)state;
	snprintf(line, sizeof(line), "%s/tests/fuzz/corpus/recording/x86 %s/tests/fuzz/corpus/recording/x86",
		 top, top);
	check(line, EXIT_COMPARE, "  debug_exit_mean");
	assert_non_null(strstr(out, "inconclusive (ns): 1 against 1: it takes 10 runs a side"));
	/* the board's is of an emulator */
	snprintf(line, sizeof(line), "%s/tests/fuzz/corpus/recording/board %s/tests/fuzz/corpus/recording/board",
		 top, top);
	check(line, EXIT_COMPARE, "an emulator's time without icount\n  debug_exit_mean\n");
	write_text("damaged", "KVMDBG");
	check("damaged damaged", EXIT_IO, "cannot use damaged");
}

static void test_usage(void **state)
{
	static const char *const bad[] = {
		"", "one", "one two three", "--", "one --", "-- one", "--threshold x one two",
		"--threshold -1 one two", "--threshold 2%% one two", "--threshold nan one two",
		"--threshold 1001 one two", "--threshold 0x1 one two", "--threshold= one two",
		"--nothing one two", "-o file one two", "--force one two", "--calibrate one",
		"--calibrate -o file", "--calibrate -o file one -- two",
		"--calibrate -o file --json one", "--calibrate -o file --noise x one",
		"--calibrate -o file -t 1 one", "--rows",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		check(bad[i], EXIT_USAGE, "kvmdbg diff:");
		assert_string_equal(out, "");
	}
	check("--help", EXIT_OK, "BASE... -- NEW...");
	/* behind -- all are files */
	check("absent -- --json", EXIT_IO, "cannot read absent");
}

/* Columns that a terminal, and a changelog, has. */
static void test_width(void **state)
{
	char *line, *rest;

	(void)state;
	write_bench("base", "\"kernel\":\"6.12.117+\",\"series\":\"0123456789abcdef0123456789abcdef01234567\","
		    "\"cpu\":\"Intel(R) Xeon(R) Platinum 8488C CPU @ 2.40GHz\",\"machine\":\"some server of some vendor\","
		    "\"backend\":\"x86\",\"clock\":\"CLOCK_MONOTONIC\",\"governor\":\"performance\",\"smt\":true",
		    "{\"name\":\"a/name/of/fifty/characters/that/has/a/line/to/self\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]},"
		    "{\"name\":\"short\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]},"
		    "{\"name\":\"tiny\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]},"
		    "{\"name\":\"count\",\"unit\":\"instructions\",\"exact\":true,\"value\":123456789012}",
		    samples(10, 7000), samples(10, 1e12), samples(10, 1));
	check("base base", EXIT_OK, "  a/name/of/fifty/characters/that/has/a/line/to/self\n");
	assert_non_null(strstr(out, "123456789012"));
	for (line = strtok_r(out, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strlen(line) > 80)
			fail_msg("%zu columns: %s", strlen(line), line);
}

static void test_text(void **state)
{
	static const char *const expected =
		"base   6.12.1, 1 file\n"
		"new    6.12.1, 1 file\n"
		"on     e500v2, clock timebase\n"
		"limit  threshold 2%, exact rows 0%; noise floor: none\n"
		"\n"
		"           base     new    shift   95% interval      p  limit\n"
		"regressed (instructions)\n"
		"  exits    2115    2179   +3.03%          exact\n"
		"regressed (ns)\n"
		"  exit     7000    7210   +3.00%  +2.70..+3.30% <.0001     2%\n"
		"\n"
		"2 regressed\n";
	const char *rows = "{\"name\":\"exits\",\"unit\":\"instructions\",\"exact\":true,\"value\":%d},"
			   "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]}";

	(void)state;
	write_bench("base", ENV, rows, 2115, samples(10, 7000));
	write_bench("new", ENV, rows, 2179, samples(10, 7210));
	check("base new", EXIT_NO, NULL);
	assert_string_equal(out, expected);
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value))
		fail_msg("no %s in %s", key, json_object_to_json_string(object));
	return value;
}

static void test_json(void **state)
{
	struct json_object *root, *rows, *row;

	(void)state;
	write_bench("base", ENV, "{\"name\":\"exit\",\"unit\":\"ns\",\"exact\":false,\"samples\":[%s]},"
		    "{\"name\":\"gone\",\"unit\":\"ns\",\"exact\":true,\"value\":3}", samples(10, 7000));
	write_samples("new", 11, 7210);
	check("--json base new", EXIT_NO, NULL);
	root = json_tokener_parse(out);
	assert_non_null(root);
	assert_string_equal(json_object_get_string(get(root, "schema")), "kvmdbg.diff/1");
	assert_int_equal(json_object_get_int(get(root, "exit")), EXIT_NO);
	assert_int_equal(json_object_get_int(get(get(root, "base"), "files")), 1);
	assert_string_equal(json_object_get_string(get(get(get(root, "new"), "env"), "cpu")), "e500v2");
	assert_int_equal(json_object_get_int(get(get(root, "count"), "regressed")), 1);
	assert_int_equal(json_object_get_int(get(get(root, "count"), "missing")), 1);
	rows = get(root, "rows");
	assert_int_equal(json_object_array_length(rows), 2);
	row = json_object_array_get_idx(rows, 0);
	assert_string_equal(json_object_get_string(get(row, "verdict")), "regressed");
	assert_int_equal(json_object_get_int(get(get(row, "new"), "runs")), 11);
	assert_true(json_object_get_double(get(row, "shift_percent")) > 2.5);
	assert_true(json_object_get_double(get(row, "p")) < 0.001);
	assert_true(json_object_get_double(json_object_array_get_idx(get(row, "interval"), 0)) > 100);
	assert_true(json_object_get_double(get(row, "limit_percent")) == 2);
	row = json_object_array_get_idx(rows, 1);
	assert_string_equal(json_object_get_string(get(row, "verdict")), "missing");
	assert_false(json_object_object_get_ex(row, "p", NULL));
	assert_false(json_object_object_get_ex(get(row, "new"), "median", NULL));
	json_object_put(root);
	/* one line, and nothing else */
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
	assert_string_equal(err, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_exact_ends),
		cmocka_unit_test(test_exact_differs),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_holm),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_env),
		cmocka_unit_test(test_env_all),
		cmocka_unit_test(test_emulator),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_noise_runs),
		cmocka_unit_test(test_calibrate),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_recording),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("diff", tests, setup, teardown);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The command lines of kvmdbg top and kvmdbg record. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands.h"
#include "util.h"

#define ARGS(...) ((char *[]){ "kvmdbg top", __VA_ARGS__, NULL })

static int count(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return argc;
}

/* Exit status of a command line, read by a process of its own; message in @text. */
static int status_of(char **argv, char *text, size_t size)
{
	struct record_options record;
	struct top_options options;
	int fds[2], status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fds[1], STDERR_FILENO);
		if (!strcmp(argv[0], "kvmdbg record"))
			record_parse(&record, count(argv), argv);
		else
			top_parse(&options, count(argv), argv);
		_exit(0);
	}
	close(fds[1]);
	got = read(fds[0], text, size - 1);
	text[got > 0 ? got : 0] = 0;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_bad(void **state)
{
	char **const bad[] = {
		ARGS("-d", "0"), ARGS("-d", "x"), ARGS("-d", "-1"), ARGS("-d", "1s"),
		ARGS("--delay=99999"), ARGS("-d", ""), ARGS("-n", "0"), ARGS("-n", "-1"),
		ARGS("-n", "1.5"), ARGS("-n", "99999999999"), ARGS("--pid", "0"),
		ARGS("--pid", "abc"), ARGS("--pid=99999999999"), ARGS("--vcpu", "-1"),
		ARGS("--vcpu", "4294967295"), ARGS("--vm", ""), ARGS("--hits-rate", "many"),
		ARGS("extra"), ARGS("-x"), ARGS("--nothing"), ARGS("-d"),
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (status_of(bad[i], text, sizeof(text)) != EXIT_USAGE)
			fail_msg("'%s' is taken", bad[i][1]);
		/* it says who speaks, and what was wrong */
		assert_memory_equal(text, "kvmdbg top: ", 12);
		if (bad[i][1][0] == '-' && bad[i][2] && bad[i][2][0])
			assert_non_null(strstr(text, bad[i][2]));
	}
}

static void test_defaults(void **state)
{
	struct top_options options;
	char **argv = ((char *[]){ "kvmdbg top", NULL });

	(void)state;
	memset(&options, 0x55, sizeof(options));
	top_parse(&options, count(argv), argv);
	assert_int_equal(options.watch.config.tgid, KVMDBG_ANY);
	assert_int_equal(options.watch.config.vcpu, KVMDBG_ANY);
	assert_int_equal(options.watch.config.hits_per_window, 100);
	assert_int_equal(options.watch.config.hits_window_ns, 100000000);
	assert_true(options.interval_ns == 1000000000);
	assert_int_equal(options.frames, 0);
	assert_false(options.batch || options.json || options.verbose);
	assert_null(options.watch.vm);
}

static void test_good(void **state)
{
	struct top_options options;
	char **argv = ARGS("-b", "--json", "-d", "0.25", "-n3", "--pid=12", "--vcpu", "0", "--vm",
			   "web*", "--hits-rate=0", "-v");

	(void)state;
	top_parse(&options, count(argv), argv);
	assert_int_equal(options.watch.config.tgid, 12);
	assert_int_equal(options.watch.config.vcpu, 0);
	assert_int_equal(options.watch.config.hits_per_window, 0);
	assert_true(options.interval_ns == 250000000);
	assert_int_equal(options.frames, 3);
	assert_true(options.batch && options.json && options.verbose);
	assert_string_equal(options.watch.vm, "web*");
}

/* A rate is never exceeded, nor is a small one lost. */
static void test_hits_rate(void **state)
{
	static const struct {
		char *rate;
		uint32_t count, ns;
	} rates[] = {
		{ "1", 1, 1000000000 }, { "9", 9, 1000000000 }, { "10", 1, 100000000 },
		{ "25", 2, 100000000 }, { "4294967295", 429496729, 100000000 },
	};
	struct top_options options;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		top_parse(&options, 3, ARGS("--hits-rate", rates[i].rate));
		assert_int_equal(options.watch.config.hits_per_window, rates[i].count);
		assert_int_equal(options.watch.config.hits_window_ns, rates[i].ns);
	}
}

/* Help is no error, and goes to standard output. */
static void test_help(void **state)
{
	char text[64];
	int null = open("/dev/null", O_WRONLY), out = dup(STDOUT_FILENO), status;

	(void)state;
	dup2(null, STDOUT_FILENO);
	status = status_of(ARGS("--help"), text, sizeof(text));
	dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
	assert_int_equal(status, 0);
	assert_string_equal(text, "");
}

#define RECORD(...) ((char *[]){ "kvmdbg record", __VA_ARGS__, NULL })

static void test_record_bad(void **state)
{
	char **const bad[] = {
		RECORD("-d", "1"), RECORD("-o", ""), RECORD("-o", "f", "-d", "0"),
		RECORD("-o", "f", "--window", "9"), RECORD("-o", "f", "--window", "1e3"),
		RECORD("-o", "f", "--window=3600001"), RECORD("-o", "f", "--pid", "0"),
		RECORD("-o", "f", "--vcpu", "x"), RECORD("-o", "f", "--vm", ""),
		RECORD("-o", "f", "--hits-rate", "-1"), RECORD("-o", "f", "--nothing"),
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (status_of(bad[i], text, sizeof(text)) != EXIT_USAGE)
			fail_msg("command line %zu is taken", i);
		assert_memory_equal(text, "kvmdbg record: ", 15);
	}
}

static void test_record(void **state)
{
	char **argv = RECORD("-o", "f", "-d2.5", "--window=200", "--force", "--hits-rate", "100",
			     "--vm", "w*", "--", "cmd", "-d", "--force");
	struct record_options options;

	(void)state;
	record_parse(&options, count(argv), argv);
	assert_string_equal(options.output, "f");
	assert_true(options.duration_ns == 2500000000 && options.window_ns == 200000000);
	assert_true(options.force);
	assert_int_equal(options.watch.config.tgid, KVMDBG_ANY);
	assert_int_equal(options.watch.config.hits_per_window, 10);
	/* of 100 a second, in 200 ms */
	assert_int_equal(options.max_hits, 20);
	assert_string_equal(options.watch.vm, "w*");
	assert_string_equal(options.command[0], "cmd");
	assert_string_equal(options.command[2], "--force");
	assert_null(options.command[3]);

	/* what follows the command is its own, also without -- */
	argv = RECORD("-o", "f", "cmd", "-d", "x");
	record_parse(&options, count(argv), argv);
	assert_true(options.duration_ns == 0);
	assert_string_equal(options.command[1], "-d");
	argv = RECORD("-o", "f", "--hits-rate=0");
	record_parse(&options, count(argv), argv);
	assert_int_equal(options.max_hits, 0);
	assert_null(options.command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_hits_rate),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_record_bad),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}

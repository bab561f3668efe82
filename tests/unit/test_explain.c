// SPDX-License-Identifier: GPL-2.0-only
/* What kvmdbg explain says, and that it says no more than it knows. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "fixture.h"
#include "recfile.h"
#include "sentences.h"
#include "util.h"

#define PID	0x7fff0001

static char path[64];

static char *read_back(FILE *file)
{
	static char text[8192];
	size_t len;

	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = 0;
	fclose(file);
	return text;
}

static void values(const char *first, const char *second, const char *want)
{
	struct explain_values values = { 0 };
	FILE *out = tmpfile();
	char why[128], *got;

	assert_non_null(out);
	assert_true(explain_parse(&values, first, why, sizeof(why)));
	if (second)
		assert_true(explain_parse(&values, second, why, sizeof(why)));
	explain_values(out, &values);
	got = read_back(out);
	assert_string_equal(got, want);
}

static void test_values(void **state)
{
	(void)state;
	values("dbsr=0x08800000", NULL,
	       "  DBSR 0x08800000 has ICMP: an instruction was completed (single-step).\n"
	       "  DBSR 0x08800000 has IAC1: the instruction's address matched IAC1.\n");
	values("DBSR=0", NULL, "  DBSR 0x00000000 names no event.\n");
	values("dbsr=0x00840000", "dbcr0=0x40800000",
	       "  DBSR 0x00840000 has IAC1: the instruction's address matched IAC1.\n"
	       "  DBSR 0x00840000 has DAC1W: a store's address matched DAC1.\n"
	       "  DBCR0 0x40800000 arms IAC1.\n"
	       "  Whoever has set it has armed IAC1: the event is theirs.\n");
	values("dbcr0=0x00800000", "dbsr=0x00800000",
	       "  DBSR 0x00800000 has IAC1: the instruction's address matched IAC1.\n"
	       "  DBCR0 0x00800000 arms IAC1, and IDM is off: nothing fires.\n"
	       "  Whoever has set it has not armed IAC1: the event is not theirs.\n");
	values("dbcr0=0x40000000", NULL, "  DBCR0 0x40000000 arms nothing.\n");
	values("dr6=4294905842", "dr7=0x00010404",
	       "  DR6 0xffff0ff2 has B1: breakpoint 1 (DR1) matched.\n"
	       "  DR7 0x00010404 arms breakpoint 1: execution.\n"
	       "  Breakpoint 1 matched and is armed: the event is of whoever has set DR7.\n");
	values("dr6=0x1", "dr7=0x000d2001",
	       "  DR6 0x00000001 has B0: breakpoint 0 (DR0) matched.\n"
	       "  DR7 0x000d2001 arms breakpoint 0: a write of 4 bytes.\n"
	       "  DR7 0x000d2001 has GD: the use of a debug register is an event.\n"
	       "  Breakpoint 0 matched and is armed: the event is of whoever has set DR7.\n");
	values("dr7=0x400", NULL, "  DR7 0x00000400 arms no breakpoint.\n");
	/* both bits that mean no where they are set */
	values("dr6=0xfffe47f0", NULL,
	       "  DR6 0xfffe47f0 has BLD: a bus lock was taken.\n"
	       "  DR6 0xfffe47f0 has BS: an instruction was completed (single-step).\n"
	       "  DR6 0xfffe47f0 has RTM: in a transaction.\n");
}

static void test_bad_values(void **state)
{
	static const char *const bad[] = {
		"", "dbsr", "dbsr=", "dbsr=x", "dbsr=-1", "dbsr= 1", "dbsr=1 ", "dbsr=0x100000000",
		"dbsr=99999999999999999999", "msr=1", "dr8=1",
	};
	struct explain_values values = { 0 };
	char why[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(explain_parse(&values, bad[i], why, sizeof(why)));
	assert_null(values.cause);
	assert_true(explain_parse(&values, "dbsr=1", why, sizeof(why)));
	assert_false(explain_parse(&values, "dr7=1", why, sizeof(why)));
	assert_non_null(strstr(why, "of another platform"));
}

static void stray(const char *raw_name, uint32_t raw, uint32_t kinds, uint32_t slots,
		  const char *want)
{
	FILE *out = tmpfile();

	assert_non_null(out);
	explain_stray(out, raw_name, raw, kinds, slots);
	assert_string_equal(read_back(out), want);
}

static void test_stray(void **state)
{
	(void)state;
	stray("dbsr", 0x00c00000, 1U << KVMDBG_HW_BREAK, 0,
	      "  DBSR 0x00c00000 has IAC1: the instruction's address matched IAC1.\n"
	      "  DBSR 0x00c00000 has IAC2: the instruction's address matched IAC2.\n"
	      "  Nobody had armed IAC1 or IAC2: neither user space, if it debugged (KVM_SET_GUEST_DEBUG), nor the guest in its DBCR0.\n");
	stray("dbsr", 0x80040000, 1U << KVMDBG_WATCH_WRITE | 1U << KVMDBG_IMPRECISE, 0,
	      "  DBSR 0x80040000 has IDE: an event that came while MSR[DE] was off.\n"
	      "  DBSR 0x80040000 has DAC1W: a store's address matched DAC1.\n"
	      "  Nobody had armed DAC1W: neither user space, if it debugged (KVM_SET_GUEST_DEBUG), nor the guest in its DBCR0.\n"
	      "  MSR[DE] was off when it happened; KVM keeps it on while user space debugs, so user space did not debug this vCPU then.\n");
	stray("dbsr", 0, 1U << KVMDBG_SW_BREAK, 0,
	      "  The guest executed KVM's breakpoint instruction; user space had not asked for software breakpoints (KVM_GUESTDBG_USE_SW_BP).\n");
	stray("dr6", 0xffff0ff4, 1U << KVMDBG_HW_BREAK, 4,
	      "  DR6 0xffff0ff4 has B2: breakpoint 2 (DR2) matched.\n"
	      "  Breakpoint 2 was not armed in the DR7 in force: user space's, if it had breakpoints set (KVM_SET_GUEST_DEBUG), else the guest's.\n");
	stray("dr6", 0xffff0ff0, 0, 0,
	      "  DR6 0xffff0ff0 names no event.\n"
	      "  Nothing in it tells who could have asked for it.\n");
	/* of a platform that is not known here: what it says is all there is */
	stray("esr", 5, 0, 0, "  esr 0x00000005 names no event.\n");
}

static void hit(const struct frame_sink *sink, const struct kvmdbg_vcpu *raw, uint64_t ms,
		uint64_t pc, uint64_t addr, uint32_t dbsr, uint32_t origin)
{
	const struct kvmdbg_hit hit = { .time_ns = SEC + ms * 1000000, .vm = raw->vm, .pc = pc,
					.addr = addr, .tgid = raw->tgid, .vcpu = raw->id,
					.raw = dbsr, .origin = origin };

	sink->hit(sink->ctx, &hit);
}

static void frame(const struct frame_sink *sink, const struct kvmdbg_vcpu *raw, uint64_t now)
{
	const struct kvmdbg_hist *classes[NR_CLASSES] = { &raw->hist[0], &raw->hist[1],
							  &raw->hist[2] };

	sink->begin(sink->ctx, now);
	assert_true(sink->add(sink->ctx, 0, raw, classes));
	sink->end(sink->ctx, 0);
}

/* A breakpoint of user space that hits once more, late; a watchpoint that nobody ever had. */
static void write_recording(uint32_t counted_only)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(PID, 7, 0);
	struct recorder *recorder;
	struct frame_sink sink;

	assert_int_equal(recorder_open(&recorder, path, true), EXIT_OK);
	assert_int_equal(recorder_start(recorder, &booke_backend, 0, 0, SEC, NULL, 100), EXIT_OK);
	sink = recorder_sink(recorder);
	hit(&sink, &raw, 100, 0x1748, 0, 0x00800000, KVMDBG_USER);
	hit(&sink, &raw, 200, 0x1748, 0, 0x00800000, KVMDBG_USER);
	frame(&sink, &raw, 2 * SEC);
	raw.origin[KVMDBG_STRAY] = 4 + counted_only;
	raw.dropped_hits = counted_only;
	hit(&sink, &raw, 500, 0x1748, 0, 0x00800000, KVMDBG_STRAY);
	hit(&sink, &raw, 550, 0x1000, 0x2000, 0x00040000, KVMDBG_STRAY);
	hit(&sink, &raw, 600, 0x1748, 0, 0x00800000, KVMDBG_STRAY);
	hit(&sink, &raw, 1500, 0x1748, 0, 0x00800000, KVMDBG_GUEST);
	hit(&sink, &raw, 1600, 0x1000, 0x2000, 0x00040000, KVMDBG_STRAY);
	frame(&sink, &raw, 3 * SEC);
	assert_int_equal(recorder_end(recorder, "the time was over", NULL), EXIT_OK);
	recorder_close(recorder);
}

/* What the command writes; it ends with that status. */
static char *explain(int status, char **argv)
{
	FILE *out = tmpfile();
	int argc = 0, got;
	pid_t pid;

	assert_non_null(out);
	while (argv[argc])
		argc++;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(out), STDERR_FILENO);
		got = explain_main(argc, argv);
		fflush(stdout);
		_exit(got);
	}
	assert_int_equal(waitpid(pid, &got, 0), pid);
	assert_true(WIFEXITED(got));
	assert_int_equal(WEXITSTATUS(got), status);
	return read_back(out);
}

#define EXPLAIN(status, ...) \
	explain(status, (char *[]){ "kvmdbg explain", __VA_ARGS__, NULL })

static void test_recording(void **state)
{
	char *got;

	(void)state;
	write_recording(0);
	got = EXPLAIN(0, path);
	assert_string_equal(got,
		"vmm:2147418113 vCPU 0: stray hw_break at 0x1748, 2 times, first at 0.500000 s\n"
		"  DBSR 0x00800000 has IAC1: the instruction's address matched IAC1.\n"
		"  Nobody had armed IAC1: neither user space, if it debugged (KVM_SET_GUEST_DEBUG), nor the guest in its DBCR0.\n"
		"  User space had armed something for this instruction before: 2 hits are known, the last one 0.300000 s earlier.\n"
		"  The guest has armed something for this instruction since: 1 hits are known, the last one 1.000000 s later.\n"
		"vmm:2147418113 vCPU 0: stray watch_write at 0x1000, data 0x2000, 2 times, first at 0.550000 s\n"
		"  DBSR 0x00040000 has DAC1W: a store's address matched DAC1.\n"
		"  Nobody had armed DAC1W: neither user space, if it debugged (KVM_SET_GUEST_DEBUG), nor the guest in its DBCR0.\n"
		"  No hit of anybody else is known for this data.\n");
	/* what was not kept is not passed over */
	write_recording(3);
	got = EXPLAIN(0, path);
	assert_non_null(strstr(got, "No hit of anybody else is known for this data; there may have been some, as not all hits are kept.\n"));
	assert_non_null(strstr(got, "Further 3 stray events were counted; nothing else is known of them"));
	/* of others */
	assert_string_equal(EXPLAIN(0, "--vcpu", "1", path), "No stray events.\n");
	assert_string_equal(EXPLAIN(0, "--pid", "1", path), "No stray events.\n");
	assert_string_equal(EXPLAIN(0, "--vm", "web", path), "No stray events.\n");
	got = EXPLAIN(0, "--guest-symbols", "vmm:*=" SYMBOLS_ELF "@-0xbffff900", path);
	assert_non_null(strstr(got, "stray hw_break at 0x1748 <outer+0x8> "));
	assert_non_null(strstr(got, "guest/first.c:20, 2 times"));
	unlink(path);
}

static void test_errors(void **state)
{
	(void)state;
	assert_non_null(strstr(EXPLAIN(EXIT_IO, path), "kvmdbg: "));
	assert_non_null(strstr(EXPLAIN(EXIT_USAGE, "dbsr=x"), "no number of 32 bits"));
	assert_non_null(strstr(EXPLAIN(EXIT_USAGE, "dbsr=1", "file"), "either a FILE or values"));
	assert_non_null(strstr(EXPLAIN(EXIT_USAGE, "a", "b"), "one FILE only"));
	assert_non_null(strstr(EXPLAIN(EXIT_OK, "dbsr=0x08000000"), "has ICMP: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_stray),
		cmocka_unit_test(test_recording),
		cmocka_unit_test(test_errors),
	};

	snprintf(path, sizeof(path), "/tmp/kvmdbg-test-%d", getpid());
	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Recordings: what is written is what is read, and what is damaged is said to be. */
#include <fcntl.h>
#include <signal.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../bpf/booke.h"
#include "fixture.h"
#include "output.h"
#include "recfile.h"
#include "report.h"
#include "run.h"
#include "summary.h"
#include "util.h"

/* No such processes: the VMs are called by their thread. */
#define PID	0x7fff0001
/* data TLB misses that user space gets to see */
#define DTLB_HEAVY	(BOOKE_REASON(13) + 1)

static char dir[] = "/tmp/kvmdbg-test-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/r", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* What complain() says goes there meanwhile. */
static char said[1024];
static int err_was;

static void listen(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fflush(stderr);
	err_was = dup(STDERR_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	fclose(file);
}

static void heard(void)
{
	ssize_t got;

	fflush(stderr);
	lseek(STDERR_FILENO, 0, SEEK_SET);
	got = read(STDERR_FILENO, said, sizeof(said) - 1);
	said[got > 0 ? got : 0] = 0;
	dup2(err_was, STDERR_FILENO);
	close(err_was);
}

struct writer {
	struct recorder *recorder;
	struct frame_sink sink;
};

static struct writer start_with(const struct backend *backend, const char *filter, size_t max_hits)
{
	struct writer w;

	unlink(path);
	assert_int_equal(recorder_open(&w.recorder, path, false), EXIT_OK);
	recorder_env(w.recorder, "backend", "booke-pr");
	recorder_env(w.recorder, "switch_hz", "%u", 100000000);
	recorder_env(w.recorder, "command", "kvmdbg record \"<a>\" \x1b[1m\\n");
	assert_int_equal(recorder_start(w.recorder, backend, 0, backend->lacks, SEC, filter, max_hits), EXIT_OK);
	w.sink = recorder_sink(w.recorder);
	return w;
}

static struct writer start(void)
{
	return start_with(&booke_backend, NULL, 100);
}

static void finish(struct writer *w)
{
	assert_int_equal(recorder_end(w->recorder, "the command ended", "exit status 0"), EXIT_OK);
	recorder_close(w->recorder);
}

/* The histograms of a vCPU as a session has them. */
static void add(struct writer *w, uint32_t slot, const struct kvmdbg_vcpu *raw,
		unsigned int extra, const struct kvmdbg_hist *hist)
{
	const struct kvmdbg_hist *classes[NR_CLASSES] = { &raw->hist[0], &raw->hist[1],
							  &raw->hist[2] };

	if (hist)
		classes[EXTRA_CLASS(extra)] = hist;
	assert_true(w->sink.add(w->sink.ctx, slot, raw, classes));
}

static void hit(struct writer *w, const struct kvmdbg_vcpu *raw, uint64_t time_ns, uint64_t pc,
		uint32_t dbsr)
{
	const struct kvmdbg_hit hit = { .time_ns = time_ns, .vm = raw->vm, .pc = pc, .addr = 0x1234,
					.tgid = raw->tgid, .vcpu = raw->id, .raw = dbsr };

	w->sink.hit(w->sink.ctx, &hit);
}

static void value(struct kvmdbg_hist *hist, uint64_t value, uint32_t times)
{
	uint32_t i = kvmdbg_hist_index(value);

	hist->buckets[i < KVMDBG_HIST_BUCKETS ? i : KVMDBG_HIST_BUCKETS - 1] += times;
	hist->sum += value * times;
	if (value > hist->max)
		hist->max = value;
}

/* Three windows of two vCPUs; the second one is gone in the second window. */
static void write_some(void)
{
	struct kvmdbg_vcpu a = fixture_vcpu(PID, 0xc0001000, 0), b = fixture_vcpu(PID + 1, 7, 3);
	struct kvmdbg_hist dtlb = { 0 };
	struct writer w = start();

	a.exits = 150;
	a.debug_exits = 100;
	a.events[KVMDBG_STEP] = 100;
	a.origin[KVMDBG_USER] = 100;
	a.dropped_hits = 98;
	a.to_guest = 5;
	fixture_latency(&a, KVMDBG_DEBUG_EXIT, 20000, 100);
	fixture_latency(&a, KVMDBG_SWITCH, 50, 5);
	value(&dtlb, 3000, 50);
	hit(&w, &a, SEC + 10, 0x1000, 0x08000000);
	hit(&w, &a, SEC + 20, 0xfffffffffffffffc, 0x000c0000);
	w.sink.begin(w.sink.ctx, 2 * SEC);
	add(&w, 0, &a, DTLB_HEAVY, &dtlb);
	add(&w, 5, &b, 0, NULL);
	w.sink.end(w.sink.ctx, 0);

	a.exits = 1ULL << 40;
	b.origin[KVMDBG_STRAY] = 1;
	b.debug_exits = 1;
	b.events[KVMDBG_SW_BREAK] = 1;
	b.state = KVMDBG_GONE;
	hit(&w, &b, 2 * SEC + 1, 0x2000, 0);
	w.sink.begin(w.sink.ctx, 3 * SEC);
	add(&w, 0, &a, DTLB_HEAVY, &dtlb);
	add(&w, 5, &b, 0, NULL);
	w.sink.end(w.sink.ctx, 3);

	w.sink.begin(w.sink.ctx, 4 * SEC);
	add(&w, 0, &a, DTLB_HEAVY, &dtlb);
	w.sink.end(w.sink.ctx, 3);
	finish(&w);
}

static struct recording *open_it(void)
{
	struct recording *recording;

	assert_int_equal(recording_open(&recording, path), EXIT_OK);
	return recording;
}

static void test_round_trip(void **state)
{
	struct recording *recording;
	const struct model_vcpu *vcpu;
	struct frame_sink sink;
	struct model model;

	(void)state;
	write_some();
	recording = open_it();
	assert_true(recording_start_ns(recording) == SEC);
	assert_string_equal(recording_env(recording, "backend"), "booke-pr");
	assert_null(recording_env(recording, "end"));
	/* control characters are escaped, a backslash is what it was */
	assert_string_equal(recording_env(recording, "command"),
			    "kvmdbg record \"<a>\" \\x1b[1m\\n");
	assert_true(model_init(&model, recording_start_ns(recording)));
	recording_setup_model(recording, &model);
	assert_string_equal(model.backend, "booke-pr");
	assert_string_equal(model.raw_name, "dbsr");
	assert_true(model.switch_hz == 100000000);
	sink = model_sink(&model);

	assert_true(recording_next(recording, &sink));
	assert_true(model.time_ns == 2 * SEC && model.interval_ns == SEC);
	assert_int_equal(model.nr_vcpus, 2);
	vcpu = model.vcpus[0];
	assert_string_equal(vcpu->vm->name, "vmm:2147418113");
	assert_int_equal(vcpu->id, 0);
	assert_int_equal(vcpu->total.exits, 150);
	assert_int_equal(vcpu->total.events[KVMDBG_STEP], 100);
	assert_int_equal(vcpu->total.to_guest, 5);
	assert_int_equal(vcpu->latency[KVMDBG_DEBUG_EXIT].count, 100);
	assert_true(vcpu->latency[KVMDBG_DEBUG_EXIT].sum == 2000000);
	assert_true(vcpu->latency[KVMDBG_DEBUG_EXIT].max == 20000);
	/* what is counted by its reason is one of the other exits */
	assert_int_equal(vcpu->latency[KVMDBG_OTHER_EXIT].count, 50);
	assert_true(vcpu->latency[KVMDBG_OTHER_EXIT].max == 3000);
	assert_int_equal(vcpu->latency[KVMDBG_SWITCH].count, 5);
	assert_int_equal(model.nr_hits, 2);
	assert_true(model.hits[0].time_ns == SEC + 10 && model.hits[0].pc == 0x1000);
	assert_int_equal(model.kinds(&model.hits[0]), 1U << KVMDBG_STEP);
	assert_true(model.hits[1].pc == 0xfffffffffffffffc && model.hits[1].addr == 0x1234);
	assert_int_equal(model.hits[1].raw, 0x000c0000);
	assert_int_equal(model.dropped_hits, 98);

	assert_true(recording_next(recording, &sink));
	assert_true(model.vcpus[0]->total.exits == 1ULL << 40);
	assert_true(model.vcpus[1]->gone);
	assert_int_equal(model.vcpus[1]->id, 3);
	assert_int_equal(model.vcpus[1]->total.origin[KVMDBG_STRAY], 1);
	assert_int_equal(model.lost_events, 3);
	assert_int_equal(model.nr_hits, 1);

	/* an idle vCPU is there, and has no rate */
	assert_true(recording_next(recording, &sink));
	assert_int_equal(model.nr_vcpus, 1);
	assert_int_equal(model.vcpus[0]->delta.exits, 0);
	assert_false(recording_next(recording, &sink));
	assert_null(recording_damage(recording));
	assert_int_equal(recording_windows(recording), 3);
	assert_string_equal(recording_env(recording, "end"), "the command ended");
	assert_string_equal(recording_env(recording, "status"), "exit status 0");

	/* and once more */
	assert_true(recording_rewind(recording));
	assert_null(recording_env(recording, "end"));
	model_free(&model);
	assert_true(model_init(&model, recording_start_ns(recording)));
	recording_setup_model(recording, &model);
	assert_true(recording_next(recording, &sink));
	assert_int_equal(model.vcpus[0]->total.exits, 150);
	model_free(&model);
	recording_close(recording);
}

/* Nothing of the kernel's addresses gets into a file. */
static void test_no_addresses(void **state)
{
	static const unsigned char address[] = { 0x00, 0x10, 0x00, 0xc0 };
	static char bytes[65536];
	struct kvmdbg_vcpu raw = fixture_vcpu(PID, 0xc0001000, 0);
	struct writer w = start();
	long len, i;

	(void)state;
	w.sink.begin(w.sink.ctx, 2 * SEC);
	add(&w, 0, &raw, 0, NULL);
	w.sink.end(w.sink.ctx, 0);
	finish(&w);
	len = read_file(path, bytes, sizeof(bytes));
	assert_true(len > 100);
	for (i = 0; i + 4 <= len; i++)
		assert_memory_not_equal(bytes + i, address, 4);
}

/* The counters that BPF keeps in 32 bits wrap; those of a long recording do not. */
static void test_wrap(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(PID, 1, 0);
	struct recording *recording;
	struct summary summary;
	struct writer w = start();
	uint32_t i = kvmdbg_hist_index(1000);
	int n;

	(void)state;
	for (n = 1; n <= 4; n++) {
		raw.hist[KVMDBG_OTHER_EXIT].buckets[i] += 2000000000;
		raw.hist[KVMDBG_OTHER_EXIT].sum += 2000000000ULL * 1000;
		raw.hist[KVMDBG_OTHER_EXIT].max = 1000;
		w.sink.begin(w.sink.ctx, (n + 1) * SEC);
		add(&w, 0, &raw, 0, NULL);
		w.sink.end(w.sink.ctx, 0);
	}
	finish(&w);
	recording = open_it();
	assert_int_equal(summary_read(&summary, recording, NULL, NULL), EXIT_OK);
	assert_true(summary.total.classes[KVMDBG_OTHER_EXIT]->count == 8000000000);
	assert_true(summary.total.classes[KVMDBG_OTHER_EXIT]->sum == 8000000000000);
	summary_free(&summary);
	recording_close(recording);
}

/* Hits beyond what a window may have are counted, also those of a vCPU that goes away. */
static void test_bounded_hits(void **state)
{
	struct kvmdbg_vcpu a = fixture_vcpu(PID, 1, 0), b = fixture_vcpu(PID, 1, 1);
	struct recorder_totals totals;
	struct recording *recording;
	struct summary summary;
	struct writer w = start_with(&booke_backend, NULL, 10);
	int i;

	(void)state;
	for (i = 0; i < 25; i++)
		hit(&w, i % 2 ? &a : &b, SEC + i, 0x1000 + 4 * i, 0x08000000);
	b.state = KVMDBG_GONE;
	b.dropped_hits = 3;
	w.sink.begin(w.sink.ctx, 2 * SEC);
	add(&w, 0, &a, 0, NULL);
	add(&w, 1, &b, 0, NULL);
	w.sink.end(w.sink.ctx, 0);
	/* a hit of a vCPU that is first seen in the window after */
	b.id = 2;
	b.state = KVMDBG_LIVE;
	b.dropped_hits = 0;
	hit(&w, &b, 2 * SEC + 1, 0x3000, 0x08000000);
	w.sink.begin(w.sink.ctx, 3 * SEC);
	add(&w, 0, &a, 0, NULL);
	w.sink.end(w.sink.ctx, 0);
	w.sink.begin(w.sink.ctx, 4 * SEC);
	add(&w, 0, &a, 0, NULL);
	add(&w, 1, &b, 0, NULL);
	w.sink.end(w.sink.ctx, 0);
	recorder_get_totals(w.recorder, &totals);
	assert_int_equal(totals.hits, 11);
	assert_int_equal(totals.dropped, 18);
	finish(&w);
	recording = open_it();
	assert_int_equal(summary_read(&summary, recording, NULL, NULL), EXIT_OK);
	assert_int_equal(summary.all_hits, 11);
	assert_int_equal(summary.model.dropped_hits, 18);
	assert_int_equal(summary.nr_vcpus, 3);
	assert_int_equal(summary.nr_places, 11);
	summary_free(&summary);
	recording_close(recording);
}

static void test_filter(void **state)
{
	struct kvmdbg_vcpu a = fixture_vcpu(PID, 1, 0), b = fixture_vcpu(PID + 1, 2, 0);
	struct recording *recording;
	struct summary summary;
	struct writer w = start_with(&booke_backend, "*:2147418114", 10);

	(void)state;
	hit(&w, &a, SEC + 1, 0x1000, 0x08000000);
	hit(&w, &b, SEC + 2, 0x2000, 0x08000000);
	w.sink.begin(w.sink.ctx, 2 * SEC);
	add(&w, 0, &a, 0, NULL);
	add(&w, 1, &b, 0, NULL);
	w.sink.end(w.sink.ctx, 0);
	finish(&w);
	recording = open_it();
	assert_int_equal(summary_read(&summary, recording, NULL, NULL), EXIT_OK);
	assert_int_equal(summary.nr_vcpus, 1);
	assert_string_equal(summary.vcpus[0]->vm, "vmm:2147418114");
	assert_int_equal(summary.all_hits, 1);
	summary_free(&summary);
	recording_close(recording);
}

static const struct summary_group *find_group(const struct summary_group *groups, int count,
					      const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(groups[i].name, name))
			return &groups[i];
	fail_msg("no group %s", name);
	return NULL;
}

static void test_groups(void **state)
{
	struct recording *recording;
	struct summary_group *groups;
	struct summary summary;
	int count;

	(void)state;
	write_some();
	recording = open_it();
	assert_int_equal(summary_read(&summary, recording, NULL, NULL), EXIT_OK);
	count = summary_groups(&summary, &summary.total, &groups);
	assert_int_equal(count, 5);
	assert_string_equal(groups[0].name, "debug_exit");
	assert_int_equal(find_group(groups, count, "debug_exit")->latency.count, 100);
	assert_int_equal(find_group(groups, count, "heavyweight")->latency.count, 50);
	assert_int_equal(find_group(groups, count, "other_exit")->latency.count, 50);
	assert_int_equal(find_group(groups, count, "exit:DTLB_MISS")->latency.count, 50);
	assert_int_equal(find_group(groups, count, "switch_armed")->latency.count, 5);
	assert_true(find_group(groups, count, "switch_armed")->hz == 100000000);
	free(groups);
	/* the timeline has everything once */
	assert_int_equal(summary.nr_columns, 3);
	assert_int_equal(summary.total.columns[0].debug_exits, 100);
	assert_int_equal(summary.total.columns[1].stray, 1);
	assert_true(summary.total.columns[1].exits == (1ULL << 40) - 150);
	summary_free(&summary);
	recording_close(recording);
}

/* A long recording has longer parts, and their sum is the same. */
static void test_long_timeline(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(PID, 1, 0);
	struct recording *recording;
	struct summary summary;
	struct writer w = start();
	uint64_t sum = 0;
	size_t i;

	(void)state;
	for (i = 1; i <= 1000; i++) {
		raw.debug_exits += i;
		w.sink.begin(w.sink.ctx, SEC + i * 1000003);
		add(&w, 0, &raw, 0, NULL);
		w.sink.end(w.sink.ctx, 0);
	}
	finish(&w);
	recording = open_it();
	assert_int_equal(summary_read(&summary, recording, NULL, NULL), EXIT_OK);
	assert_in_range(summary.nr_columns, SUMMARY_COLUMNS / 2, SUMMARY_COLUMNS);
	for (i = 0; i < SUMMARY_COLUMNS; i++)
		sum += summary.vcpus[0]->columns[i].debug_exits;
	assert_int_equal(sum, 1000 * 1001 / 2);
	assert_true(summary.total.columns[summary.nr_columns - 2].debug_exits >
		    summary.total.columns[1].debug_exits);
	summary_free(&summary);
	recording_close(recording);
}

static void copy_file(unsigned char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Windows that can be read, or -1 with a message if it cannot be opened or has none. */
static int windows_of(void)
{
	struct recording *recording = NULL;
	struct summary summary;
	int windows = -1;

	listen();
	if (!recording_open(&recording, path)) {
		if (!summary_read(&summary, recording, NULL, NULL))
			windows = summary.windows;
		summary_free(&summary);
	}
	recording_close(recording);
	heard();
	return windows;
}

/* Exactly one line was said. */
static bool one_sentence(void)
{
	const char *end = strchr(said, '\n');

	return end && !end[1] && !strncmp(said, "kvmdbg: ", 8);
}

static void test_truncated(void **state)
{
	static unsigned char bytes[65536];
	long len, i;
	int windows, last = -1;

	(void)state;
	write_some();
	len = read_file(path, (char *)bytes, sizeof(bytes));
	assert_int_equal(windows_of(), 3);
	assert_string_equal(said, "");
	for (i = 0; i < len; i++) {
		copy_file(bytes, i);
		windows = windows_of();
		if (!one_sentence())
			fail_msg("%ld bytes: said '%s'", i, said);
		/* the longer, the more */
		assert_true(windows >= last);
		last = windows;
	}
	assert_int_equal(last, 3);
}

/* In each byte a bit turned over: never more than there was, and never in silence. */
static void test_flipped(void **state)
{
	static unsigned char bytes[65536];
	long len, i;

	(void)state;
	write_some();
	len = read_file(path, (char *)bytes, sizeof(bytes));
	for (i = 0; i < len; i++) {
		bytes[i] ^= 1 << i % 8;
		copy_file(bytes, len);
		assert_true(windows_of() <= 3);
		if (!one_sentence())
			fail_msg("byte %ld: said '%s'", i, said);
		bytes[i] ^= 1 << i % 8;
	}
}

static void test_foreign(void **state)
{
	static unsigned char bytes[65536];
	struct recording *recording;
	long len;
	int fd;

	(void)state;
	copy_file((unsigned char *)"", 0);
	assert_int_equal(windows_of(), -1);
	assert_non_null(strstr(said, "is empty"));
	copy_file((unsigned char *)"\177ELF and so on, no recording", 28);
	assert_int_equal(windows_of(), -1);
	assert_non_null(strstr(said, "is not a recording"));

	/* of a later version: 2.7, with a checksum that is right */
	write_some();
	len = read_file(path, (char *)bytes, sizeof(bytes));
	memcpy(bytes + 8, "\x07\x00\x02\x00\xa3\xe1\x12\xef", 8);
	copy_file(bytes, len);
	assert_int_equal(windows_of(), -1);
	if (!strstr(said, "has format 2.7"))
		fail_msg("said '%s'", said);

	/* 5 GiB, and nothing behind what was written */
	write_some();
	fd = open(path, O_WRONLY);
	assert_int_equal(ftruncate(fd, 5LL << 30), 0);
	close(fd);
	assert_int_equal(windows_of(), 3);
	write_some();
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(ftruncate(fd, 5LL << 30), 0);
	close(fd);
	assert_int_equal(windows_of(), -1);
	assert_true(one_sentence());

	listen();
	assert_int_equal(recording_open(&recording, dir), EXIT_IO);
	heard();
	assert_non_null(strstr(said, "Is a directory"));
	listen();
	assert_int_equal(recording_open(&recording, "/nonexistent/\x1b[1m"), EXIT_IO);
	heard();
	assert_non_null(strstr(said, "/nonexistent/\\x1b[1m: No such file"));
}

static void test_overwrite(void **state)
{
	struct recorder *recorder;
	struct stat before, now;

	(void)state;
	write_some();
	assert_int_equal(stat(path, &before), 0);
	listen();
	assert_int_equal(recorder_open(&recorder, path, false), EXIT_IO);
	heard();
	assert_non_null(strstr(said, "--force"));
	assert_true(one_sentence());
	/* until there is something to write, what was there stays */
	assert_int_equal(recorder_open(&recorder, path, true), EXIT_OK);
	recorder_close(recorder);
	assert_int_equal(stat(path, &now), 0);
	assert_true(now.st_size == before.st_size);
	assert_int_equal(recorder_open(&recorder, path, true), EXIT_OK);
	assert_int_equal(recorder_start(recorder, &booke_backend, 0, 0, 0, NULL, 0), EXIT_OK);
	recorder_close(recorder);
	assert_int_equal(stat(path, &now), 0);
	assert_true(now.st_size < before.st_size);
	/* one that was made for nothing goes away */
	unlink(path);
	assert_int_equal(recorder_open(&recorder, path, false), EXIT_OK);
	recorder_close(recorder);
	assert_int_equal(access(path, F_OK), -1);
}

/* The disk is full in the middle: what is there can be read, and ends with a whole block. */
static void test_no_space(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(PID, 1, 0);
	struct rlimit limit = { 0, RLIM_INFINITY };
	struct writer w = start();
	struct stat now;
	int i;

	(void)state;
	assert_int_equal(stat(path, &now), 0);
	limit.rlim_cur = now.st_size + 150;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	listen();
	for (i = 1; i <= 100; i++) {
		raw.exits += 12345;
		raw.debug_exits += 12345;
		w.sink.begin(w.sink.ctx, (i + 1) * SEC);
		add(&w, 0, &raw, 0, NULL);
		w.sink.end(w.sink.ctx, 0);
	}
	heard();
	limit.rlim_cur = RLIM_INFINITY;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(recorder_status(w.recorder), EXIT_IO);
	assert_true(one_sentence());
	assert_non_null(strstr(said, "File too large: it has the first"));
	assert_int_equal(recorder_end(w.recorder, "", NULL), EXIT_IO);
	recorder_close(w.recorder);
	i = windows_of();
	assert_in_range(i, 1, 20);
	assert_non_null(strstr(said, "cut short"));
}

/* Made-up times as they are seen: most within a factor of two, some far beyond. */
static uint64_t some_latency(uint64_t *random)
{
	uint64_t ns;

	*random = *random * 6364136223846793005 + 1442695040888963407;
	ns = 5000 + (*random >> 33) % 10000;
	while ((*random = *random * 6364136223846793005 + 1442695040888963407) >> 61 == 0)
		ns *= 2;
	return ns;
}

/* A minute of four vCPUs, 100,000 debug exits a second together, every hit that is kept: 1 MiB. */
static void test_size(void **state)
{
	static const unsigned int reasons[] = { 6, 9, 27, 28, 20 };
	static struct kvmdbg_hist hists[4][5];
	const struct kvmdbg_hist *classes[NR_CLASSES];
	struct kvmdbg_vcpu raw[4];
	struct recorder_totals totals;
	uint64_t random = 1, now = SEC;
	struct writer w;
	int second, i, n;

	(void)state;
	w = start_with(&booke_backend, NULL, 500);
	for (i = 0; i < 4; i++)
		raw[i] = fixture_vcpu(PID + i, i + 1, 0);
	for (second = 0; second < 60; second++) {
		now += SEC;
		for (n = 0; n < 600; n++)
			hit(&w, &raw[n % 4], now - SEC + n * 1666667ULL,
			    0x10000 + (some_latency(&random) & 0xfffc), 0x08000000);
		w.sink.begin(w.sink.ctx, now);
		for (i = 0; i < 4; i++) {
			memset(classes, 0, sizeof(classes));
			for (n = 0; n < KVMDBG_NR_LATENCIES; n++)
				classes[n] = &raw[i].hist[n];
			for (n = 0; n < 25000; n++) {
				uint64_t ns = some_latency(&random);

				value(&raw[i].hist[KVMDBG_DEBUG_EXIT], ns, 1);
				value(&raw[i].hist[KVMDBG_SWITCH], ns / 100, 2);
				value(&hists[i][n % 5], ns, 1);
			}
			for (n = 0; n < 5; n++)
				classes[EXTRA_CLASS(reasons[n])] = &hists[i][n];
			raw[i].exits += 50000;
			raw[i].debug_exits += 25000;
			raw[i].events[KVMDBG_STEP] += 20000;
			raw[i].events[KVMDBG_SW_BREAK] += 5000;
			raw[i].origin[KVMDBG_USER] += 25000;
			raw[i].to_guest += 25000;
			raw[i].to_host += 25000;
			raw[i].dropped_hits += 24850;
			assert_true(w.sink.add(w.sink.ctx, i, &raw[i], classes));
		}
		w.sink.end(w.sink.ctx, 0);
	}
	recorder_get_totals(w.recorder, &totals);
	finish(&w);
	assert_int_equal(totals.events, 6000000);
	assert_int_equal(totals.hits, 30000);
	print_message("# a minute of 100,000 debug exits a second: %llu bytes\n",
		      (unsigned long long)totals.bytes);
	assert_in_range(totals.bytes, 100000, 1 << 20);
}

/* Text from elsewhere: in a name, in the environment. */
static struct latency_class hostile_class(unsigned int class, uint32_t isa)
{
	if (class == KVMDBG_OTHER_EXIT)
		return (struct latency_class){ CLASS_OTHER, "</script>" };
	return booke_backend.latency_class(class, isa);
}

static char *report_of(const char *format)
{
	const struct report_format *f = report_formats;
	struct recording *recording = open_it();
	char *text = NULL;
	size_t size;
	FILE *out;

	while (strcmp(f->name, format))
		f++;
	out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(report_write(out, recording, f), EXIT_OK);
	fclose(out);
	recording_close(recording);
	return text;
}

static void write_hostile(void)
{
	static const char *const names[] = { "<img src=x>", "=1+\"&'", "\x1b]0;x\a\xff" };
	struct backend backend = booke_backend;
	struct kvmdbg_vcpu raw;
	struct writer w;
	uint32_t i;

	backend.latency_class = hostile_class;
	w = start_with(&backend, NULL, 100);
	for (i = 0; i < 3; i++) {
		raw = fixture_vcpu(PID + i, 1 + i, 0);
		snprintf(raw.comm, sizeof(raw.comm), "%s", names[i]);
		hit(&w, &raw, SEC + 5 + i, 0x1000, 0x08000000);
	}
	w.sink.begin(w.sink.ctx, 2 * SEC);
	for (i = 0; i < 3; i++) {
		raw = fixture_vcpu(PID + i, 1 + i, 0);
		snprintf(raw.comm, sizeof(raw.comm), "%s", names[i]);
		raw.exits = 10;
		raw.debug_exits = 1;
		fixture_latency(&raw, KVMDBG_OTHER_EXIT, 1000, 9);
		add(&w, i, &raw, 0, NULL);
	}
	w.sink.end(w.sink.ctx, 0);
	finish(&w);
}

static void test_html(void **state)
{
	static const char *const never[] = { "<img", "</script", "<script", "\x1b", "\a", "\xff",
					     "http:", "https:", "url(", "@import", "<a>", "=\"nan",
					     "=\"-nan", "=\"inf" };
	const char *at;
	char *text;
	size_t i;

	(void)state;
	write_hostile();
	text = report_of("html");
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strstr(text, never[i]))
			fail_msg("'%s' is in the page", never[i]);
	assert_non_null(strstr(text, "&lt;img src=x&gt;"));
	assert_non_null(strstr(text, "=1+&quot;&amp;&#39;"));
	assert_non_null(strstr(text, "default-src 'none'"));
	assert_non_null(strstr(text, "prefers-color-scheme:dark"));
	assert_non_null(strstr(text, "@media print"));
	assert_non_null(strstr(text, "<svg "));
	/* each picture says what it is */
	for (at = strstr(text, "<svg "); at; at = strstr(at + 1, "<svg "))
		assert_true(strstr(at, "role=\"img\" aria-label=\"") < strchr(at, '>'));
	free(text);
}

/* The rules of the trace event format, for each event. */
static void test_trace(void **state)
{
	struct json_object *trace, *events, *event, *part, *args;
	int hits = 0, counters = 0, names = 0;
	const char *phase;
	char *text;
	size_t i;

	(void)state;
	write_some();
	text = report_of("trace");
	trace = json_tokener_parse(text);
	free(text);
	assert_non_null(trace);
	assert_true(json_object_object_get_ex(trace, "traceEvents", &events));
	for (i = 0; i < json_object_array_length(events); i++) {
		event = json_object_array_get_idx(events, i);
		assert_true(json_object_object_get_ex(event, "ph", &part));
		phase = json_object_get_string(part);
		assert_true(json_object_object_get_ex(event, "name", &part));
		assert_true(json_object_is_type(part, json_type_string));
		assert_true(json_object_object_get_ex(event, "pid", &part));
		assert_true(json_object_get_int64(part) > 0);
		assert_true(json_object_object_get_ex(event, "args", &args));
		assert_true(json_object_is_type(args, json_type_object));
		if (!strcmp(phase, "M")) {
			names++;
			assert_true(json_object_object_get_ex(args, "name", &part));
			continue;
		}
		assert_true(json_object_object_get_ex(event, "ts", &part));
		assert_true(json_object_is_type(part, json_type_double));
		assert_in_range(json_object_get_double(part), 0, 3000000);
		if (!strcmp(phase, "i")) {
			hits++;
			assert_true(json_object_object_get_ex(event, "s", &part));
			assert_string_equal(json_object_get_string(part), "t");
			assert_true(json_object_object_get_ex(event, "tid", &part));
			assert_true(json_object_get_int64(part) > 0);
			continue;
		}
		assert_string_equal(phase, "C");
		counters++;
		json_object_object_foreach(args, key, value) {
			(void)key;
			assert_true(json_object_is_type(value, json_type_double));
		}
	}
	/* 2 of a process and a thread each; exits and switches: 3 windows and the end, 2 and it */
	assert_int_equal(names, 4);
	assert_int_equal(hits, 3);
	assert_int_equal(counters, 2 * (3 + 1) + 2 * (2 + 1));
	json_object_put(trace);
}

static void test_csv(void **state)
{
	char *text, *line, *end;
	int lines = 0, commas, want = 0;

	(void)state;
	write_hostile();
	text = report_of("csv");
	for (line = text; *line; line = end + 2) {
		bool quoted = false;
		char *c;

		end = strstr(line, "\r\n");
		assert_non_null(end);
		for (c = line, commas = 0; c < end; c++) {
			if (*c == '"')
				quoted = !quoted;
			commas += *c == ',' && !quoted;
		}
		assert_false(quoted);
		if (!lines++)
			want = commas;
		assert_int_equal(commas, want);
	}
	assert_int_equal(lines, 4);
	/* no formula for a spreadsheet */
	assert_non_null(strstr(text, ",\"'=1+\"\"&':"));
	free(text);
}

static void test_json(void **state)
{
	struct json_object *report, *part;
	char *text;

	(void)state;
	write_some();
	text = report_of("json");
	report = json_tokener_parse(text);
	free(text);
	assert_non_null(report);
	assert_true(json_object_object_get_ex(report, "schema", &part));
	assert_string_equal(json_object_get_string(part), "kvmdbg.report/1");
	assert_true(json_object_object_get_ex(report, "complete", &part));
	assert_true(json_object_get_boolean(part));
	assert_true(json_object_object_get_ex(report, "vcpus", &part));
	assert_int_equal(json_object_array_length(part), 2);
	assert_true(json_object_object_get_ex(report, "hits", &part));
	assert_int_equal(json_object_array_length(part), 3);
	assert_true(json_object_object_get_ex(report, "total", &part));
	assert_true(json_object_object_get_ex(part, "costs_ns", &part));
	assert_true(json_object_object_get_ex(part, "exit:DTLB_MISS", &part));
	assert_true(json_object_object_get_ex(part, "buckets", &part));
	/* 3000 lies in 2816 to 3072 */
	assert_string_equal(json_object_to_json_string_ext(part, JSON_C_TO_STRING_PLAIN),
			    "[[2816,3072,50]]");
	json_object_put(report);
}

static double run_value(const struct run *run, const char *name)
{
	size_t i;

	for (i = 0; i < run->nr_rows; i++)
		if (!strcmp(run->rows[i].name, name))
			return run->rows[i].values[0];
	fail_msg("no row %s", name);
	return 0;
}

static void test_run(void **state)
{
	struct recording *recording;
	struct run run;

	(void)state;
	write_some();
	memset(&run, 0, sizeof(run));
	recording = open_it();
	assert_true(recording_to_run(recording, &run));
	assert_string_equal(run.env[RUN_BACKEND], "booke-pr");
	assert_true(run_value(&run, "debug_exit_mean") == 20000);
	assert_true(run_value(&run, "debug_exit_count") == 100);
	assert_true(run_value(&run, "exit:DTLB_MISS_mean") == 3000);
	assert_true(run_value(&run, "switch_armed_mean") == 500);
	run_free(&run);
	recording_close(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_no_addresses),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_bounded_hits),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_long_timeline),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_overwrite),
		cmocka_unit_test(test_no_space),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests_name("recording", tests, set_up, tear_down);
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg record: what happens, window by window, into a file. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "output.h"
#include "recfile.h"
#include "session.h"
#include "util.h"

/* The buffer of hits is emptied this often, whatever the length of a window is. */
#define HITS_NS		100000000ULL
#define DEFAULT_HITS	500
/* A command that was told to end gets so long to do it. */
#define PATIENCE_MS	5000

enum {
	OPT_WINDOW = 256,
	OPT_FORCE,
};

static const struct argp_option record_argp_options[] = {
	{ "output", 'o', "FILE", 0, "Write to FILE, which must not exist yet", 0 },
	{ "force", OPT_FORCE, NULL, 0, "Overwrite FILE", 0 },
	{ "duration", 'd', "SECS", 0, "End after SECS seconds, 0.001 to 86400", 0 },
	{ "window", OPT_WINDOW, "MS", 0, "Length of a window, 10 to 3600000 (default 1000)", 0 },
	{ "verbose", 'v', NULL, 0, "Tell what is loaded into the kernel", 2 },
	{ 0 },
};

static error_t record_option(int key, char *arg, struct argp_state *state)
{
	struct record_options *options = state->input;
	uint32_t ms;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->watch;
		state->child_inputs[1] = &options->guests;
		state->child_inputs[2] = &options->alerts;
		return 0;
	case 'o':
		if (!*arg)
			argp_error(state, "-o '': no file has an empty name");
		options->output = arg;
		return 0;
	case OPT_FORCE:
		options->force = true;
		return 0;
	case 'd':
		delay_option(state, arg, &options->duration_ns);
		return 0;
	case OPT_WINDOW:
		if (!parse_u32(arg, 10, 3600000, &ms))
			argp_error(state, "--window '%s': not a number of milliseconds from 10 to 3600000",
				   arg);
		options->window_ns = ms * 1000000ULL;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case ARGP_KEY_ARGS:
		options->command = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		if (!options->output)
			argp_error(state, "-o FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child record_children[] = {
	{ &watch_argp, 0, NULL, 1 }, { &names_argp, 0, NULL, 1 }, { &alert_argp, 0, NULL, 1 }, { 0 }
};

const struct argp record_argp = {
	.options = record_argp_options,
	.parser = record_option,
	.children = record_children,
	.args_doc = "[-- COMMAND [ARG...]]",
	.doc = "Write to a file which debug events hit on which vCPU, how long exits take by their reason, and what debug registers' switches cost: until the time is over, COMMAND ends, or Ctrl-C.\vAll VMs of this host are recorded, whatever COMMAND does. 'kvmdbg report FILE' and 'kvmdbg top --replay FILE' show the file. See kvmdbg-record(1).",
};

void record_parse(struct record_options *options, int argc, char **argv)
{
	uint64_t hits;

	memset(options, 0, sizeof(*options));
	options->window_ns = 1000000000;
	/* What follows the command's name is the command's. */
	watch_parse(&record_argp, argc, argv, ARGP_IN_ORDER, &options->watch, DEFAULT_HITS,
		    options);
	hits = options->watch.hits_rate * (options->window_ns / 1000000) / 1000;
	options->max_hits = hits < UINT32_MAX ? hits : UINT32_MAX;
	/* Who wants few still gets some. */
	if (!hits && options->watch.hits_rate)
		options->max_hits = 1;
}

/*
 * struct child - the command
 * @pid: 0 for none, or once it has ended
 * @go: a byte here starts it, closing it does not
 * @failed: errno where it could not be started
 * @status: in words, once it has ended
 */
struct child {
	pid_t pid;
	int go;
	int failed;
	char status[64];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * Made before we give up our privileges, and waits: what it does is recorded from the start. It
 * keeps the signals as they were.
 */
static int child_make(struct child *child, char **argv)
{
	int go[2], failed[2];
	char byte;
	int err;

	child->go = child->failed = -1;
	if (!argv)
		return EXIT_OK;
	if (pipe2(go, O_CLOEXEC))
		return complain(EXIT_IO, "pipe: %s", strerror(errno));
	if (pipe2(failed, O_CLOEXEC)) {
		err = errno;
		close(go[0]);
		close(go[1]);
		return complain(EXIT_IO, "pipe: %s", strerror(err));
	}
	fflush(NULL);
	child->pid = fork();
	if (!child->pid) {
		close(go[1]);
		if (read(go[0], &byte, 1) == 1) {
			execvp(argv[0], argv);
			err = errno;
			if (write(failed[1], &err, sizeof(err)) < 0)
				_exit(126);
		}
		_exit(127);
	}
	err = errno;
	close(go[0]);
	close(failed[1]);
	child->go = go[1];
	child->failed = failed[0];
	if (child->pid > 0)
		return EXIT_OK;
	child->pid = 0;
	return complain(EXIT_IO, "fork: %s", strerror(err));
}

static int child_start(struct child *child, char **argv)
{
	char shown[128];
	ssize_t got;
	int err;

	if (!child->pid)
		return EXIT_OK;
	if (write(child->go, "", 1) != 1)
		return complain(EXIT_IO, "the command's process is gone");
	close_fd(&child->go);
	/* The file closes when the command begins. */
	do
		got = read(child->failed, &err, sizeof(err));
	while (got < 0 && errno == EINTR);
	close_fd(&child->failed);
	if (got != sizeof(err))
		return EXIT_OK;
	escape(shown, sizeof(shown), argv[0], strlen(argv[0]));
	return complain(EXIT_IO, "cannot run '%s': %s", shown, strerror(err));
}

static void child_reap(struct child *child, int options)
{
	int status;

	if (!child->pid || waitpid(child->pid, &status, options) != child->pid)
		return;
	child->pid = 0;
	if (WIFSIGNALED(status))
		snprintf(child->status, sizeof(child->status), "killed by signal %d",
			 WTERMSIG(status));
	else
		snprintf(child->status, sizeof(child->status), "exit status %d",
			 WEXITSTATUS(status));
}

/* Recording is over and the command is not: it is told so. */
static void child_end(struct child *child, int sig)
{
	uint64_t end = monotonic_ns() + PATIENCE_MS * 1000000ULL;
	const struct timespec pause = { .tv_nsec = 10000000 };

	if (child->go >= 0) {
		close_fd(&child->go);
		close_fd(&child->failed);
		child_reap(child, 0);
		return;
	}
	child_reap(child, WNOHANG);
	if (!child->pid)
		return;
	kill(child->pid, sig);
	while (child->pid && monotonic_ns() < end) {
		nanosleep(&pause, NULL);
		child_reap(child, WNOHANG);
	}
	if (child->pid) {
		complain(0, "the command has been told to end and is still running");
		snprintf(child->status, sizeof(child->status), "still running");
	}
}

/* The first line of a file; false if there is none. */
static bool first_line(const char *path, char *line, size_t size)
{
	if (read_file(path, line, size) <= 0)
		return false;
	line[strcspn(line, "\n")] = 0;
	return *line;
}

/* The value of the first line of /proc/cpuinfo that begins with a key. */
static bool cpuinfo_line(const char *cpuinfo, const char *key, char *value, size_t size)
{
	const char *line = cpuinfo;
	size_t len = strlen(key);

	while (line && (strncmp(line, key, len) || !strchr(" \t:", line[len]))) {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	line = line ? strchr(line, ':') : NULL;
	if (!line)
		return false;
	line += 1 + strspn(line + 1, " \t");
	snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
	return true;
}

/* GNU build ID of the running kernel: tells kernels apart that have the same version. */
static void env_build_id(struct recorder *recorder)
{
	static const char name[4] = "GNU";
	char notes[4096], text[129];
	uint32_t note[3];
	long len = read_file("/sys/kernel/notes", notes, sizeof(notes)), at;
	size_t i;

	for (at = 0; at + (long)sizeof(note) <= len;) {
		memcpy(note, notes + at, sizeof(note));
		at += sizeof(note);
		if (note[0] > 256 || note[1] > 4096)
			return;
		if (note[2] == 3 && note[0] == sizeof(name) && note[1] <= 64 &&
		    at + 4 + (long)note[1] <= len && !memcmp(notes + at, name, sizeof(name))) {
			for (i = 0; i < note[1]; i++)
				sprintf(text + 2 * i, "%02x", (unsigned char)notes[at + 4 + i]);
			recorder_env(recorder, "kernel_id", "%s", text);
			return;
		}
		at += ((note[0] + 3) & ~3U) + ((note[1] + 3) & ~3U);
	}
}

static void env_machine(struct recorder *recorder)
{
	char cpuinfo[4096] = "", cpu[256] = "", model[256] = "", line[4096];
	bool emulated;

	if (read_file("/proc/cpuinfo", cpuinfo, sizeof(cpuinfo)) > 0 &&
	    (cpuinfo_line(cpuinfo, "model name", cpu, sizeof(cpu)) ||
	     cpuinfo_line(cpuinfo, "cpu", cpu, sizeof(cpu))))
		recorder_env(recorder, "cpu", "%s", cpu);
	recorder_env(recorder, "cpus", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	if (first_line("/proc/device-tree/model", model, sizeof(model)) ||
	    first_line("/sys/class/dmi/id/product_name", model, sizeof(model)))
		recorder_env(recorder, "machine", "%s", model);
	/* There times are the emulator's, unless it counts instructions, which a guest cannot see. */
	emulated = !strncmp(model, "QEMU ppce500", 12) || strstr(cpu, "QEMU TCG");
	recorder_env(recorder, "emulated", "%s", emulated ? "yes" : "no");
	if (emulated && read_file("/proc/cmdline", line, sizeof(line)) > 0)
		recorder_env(recorder, "icount", "%s",
			     strstr(line, "kvmdbg_icount=1") ? "yes" : "no");
	if (first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", line, sizeof(line)))
		recorder_env(recorder, "governor", "%s", line);
	if (first_line("/sys/devices/system/cpu/smt/active", line, sizeof(line)))
		recorder_env(recorder, "smt", "%s", *line == '1' ? "yes" : "no");
	if (first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", line,
		       sizeof(line)))
		recorder_env(recorder, "clock", "%s", line);
}

static void env_all(struct recorder *recorder, const struct session *session,
		    const struct record_options *options, int argc, char **argv)
{
	char text[4096];
	struct utsname name;
	size_t len = 0;
	time_t now = time(NULL);
	struct tm tm;
	int i;

	recorder_env(recorder, "tool", "kvmdbg %s", KVMDBG_VERSION);
	recorder_env(recorder, "backend", "%s", session_name(session));
	*text = 0;
	for (i = 0; i < argc && len < sizeof(text); i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s", i ? " " : "", argv[i]);
	recorder_env(recorder, "command", "%s", text);
	if (gmtime_r(&now, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		recorder_env(recorder, "date", "%s", text);
	if (!uname(&name)) {
		recorder_env(recorder, "host", "%s", name.nodename);
		recorder_env(recorder, "kernel", "%s", name.release);
		recorder_env(recorder, "kernel_build", "%s", name.version);
		recorder_env(recorder, "architecture", "%s", name.machine);
	}
	env_build_id(recorder);
	env_machine(recorder);
	session_events(session, text, sizeof(text));
	recorder_env(recorder, "probes", "%s", text);
	recorder_env(recorder, "switch_hz", "%llu",
		     (unsigned long long)session_switch_hz(session));
	recorder_env(recorder, "window_ns", "%llu", (unsigned long long)options->window_ns);
	recorder_env(recorder, "hits_rate", "%u", options->watch.hits_rate);
}

/*
 * struct record - a run
 * @options: command line
 * @guests: names
 * @session: BPF
 * @recorder: the file
 * @model: frames, where there are alerts
 * @to_recorder: where frames go
 * @to_model: and there, where there are alerts
 * @sink: what feeds them
 * @child: the command
 * @signals: file to read them from
 * @start_ns: when it began
 * @reason: why it ended, NULL while it has not
 * @signal: what to tell the command then
 */
struct record {
	struct record_options options;
	struct guests *guests;
	struct session *session;
	struct recorder *recorder;
	struct model model;
	struct frame_sink to_recorder;
	struct frame_sink to_model;
	struct frame_sink sink;
	struct child child;
	int signals;
	uint64_t start_ns;
	const char *reason;
	int signal;
};

static void both_begin(void *ctx, uint64_t now_ns)
{
	struct record *record = ctx;

	record->to_recorder.begin(record->to_recorder.ctx, now_ns);
	record->to_model.begin(record->to_model.ctx, now_ns);
}

static bool both_add(void *ctx, uint32_t slot, const struct kvmdbg_vcpu *raw,
		     const struct kvmdbg_hist *const *classes)
{
	struct record *record = ctx;

	return record->to_recorder.add(record->to_recorder.ctx, slot, raw, classes) &&
	       record->to_model.add(record->to_model.ctx, slot, raw, classes);
}

static void record_alert(void *ctx, const struct alert_event *event)
{
	char text[ALERT_SIZE];

	(void)ctx;
	alert_text(event, text, sizeof(text));
	fputs("kvmdbg: ALERT ", stderr);
	put_text(stderr, text);
	fputc('\n', stderr);
}

static void both_end(void *ctx, uint64_t lost)
{
	struct record *record = ctx;

	record->to_recorder.end(record->to_recorder.ctx, lost);
	record->to_model.end(record->to_model.ctx, lost);
	alerts_check(&record->options.alerts, &record->model, record_alert, NULL);
}

static void both_hit(void *ctx, const struct kvmdbg_hit *hit)
{
	struct record *record = ctx;

	record->to_recorder.hit(record->to_recorder.ctx, hit);
	record->to_model.hit(record->to_model.ctx, hit);
}

/* A model only for who has asked for something that is looked at in it. */
static int record_open_alerts(struct record *record)
{
	if (!record->options.alerts.count)
		return EXIT_OK;
	if (!model_init(&record->model, monotonic_ns()))
		return complain(EXIT_IO, "no memory");
	session_setup_model(record->session, &record->model);
	record->model.guests = record->guests;
	record->model.vm_filter = record->options.watch.vm;
	return alerts_open(&record->options.alerts, &record->model);
}

static void record_set_sink(struct record *record)
{
	record->to_recorder = recorder_sink(record->recorder);
	record->sink = record->to_recorder;
	if (!record->options.alerts.count)
		return;
	record->to_model = model_sink(&record->model);
	record->sink = (struct frame_sink){ .ctx = record, .begin = both_begin, .add = both_add,
					    .end = both_end, .hit = both_hit };
}

static void record_signals(struct record *record)
{
	struct signalfd_siginfo info;

	while (read(record->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			child_reap(&record->child, WNOHANG);
			if (*record->child.status && !record->reason)
				record->reason = "the command ended";
		} else if (info.ssi_signo != SIGWINCH && !record->reason) {
			record->reason = "told to end";
			record->signal = info.ssi_signo;
		}
	}
}

static int record_loop(struct record *record)
{
	uint64_t next = record->start_ns + record->options.window_ns, now, until;
	const uint64_t end = record->options.duration_ns ?
			     record->start_ns + record->options.duration_ns : UINT64_MAX;
	struct pollfd fd = { .fd = record->signals, .events = POLLIN };
	int ret = EXIT_OK;

	while (!ret && !record->reason) {
		now = monotonic_ns();
		until = next < end ? next : end;
		if (until > now + HITS_NS)
			until = now + HITS_NS;
		if (poll(&fd, 1, now < until ? (until - now + 999999) / 1000000 : 0) < 0 &&
		    errno != EINTR)
			return complain(EXIT_IO, "poll: %s", strerror(errno));
		record_signals(record);
		now = monotonic_ns();
		if (now >= end && !record->reason)
			record->reason = "the time was over";
		if (record->reason || now >= next) {
			ret = session_frame(record->session, &record->sink);
			/* A window that ends late does not make the next ones shorter. */
			next += record->options.window_ns;
			if (next <= now)
				next = now + record->options.window_ns;
		} else {
			ret = session_hits(record->session, &record->sink);
		}
		if (!ret)
			ret = recorder_status(record->recorder);
	}
	return ret;
}

static void tell(const struct record *record)
{
	struct recorder_totals totals;
	char shown[256];

	recorder_get_totals(record->recorder, &totals);
	escape(shown, sizeof(shown), record->options.output, strlen(record->options.output));
	if (*record->child.status)
		complain(0, "the command: %s", record->child.status);
	complain(0, "%s: %.3f s, %llu windows, %llu debug exits, %llu hits (%llu dropped), %llu bytes",
		 shown, totals.time_ns / 1e9, (unsigned long long)totals.windows,
		 (unsigned long long)totals.events, (unsigned long long)totals.hits,
		 (unsigned long long)totals.dropped, (unsigned long long)totals.bytes);
	if (totals.lost)
		complain(0, "%llu events were NOT COUNTED: more than %d vCPUs",
			 (unsigned long long)totals.lost, KVMDBG_MAX_VCPUS);
}

int record_main(int argc, char **argv)
{
	static struct record record = { .signals = -1, .signal = SIGTERM };
	const struct record_options *options = &record.options;
	int ret;

	record_parse(&record.options, argc, argv);
	ret = child_make(&record.child, options->command);
	if (ret)
		return ret;
	record.signals = open_signals();
	ret = record.signals < 0 ? EXIT_FEATURE :
	      guests_open(&record.guests, &options->guests, true);
	if (!ret)
		ret = recorder_open(&record.recorder, options->output, options->force);
	if (!ret)
		ret = session_open(&record.session, &options->watch.config, true, options->verbose);
	if (!ret)
		ret = record_open_alerts(&record);
	if (ret)
		goto out;
	recorder_guests(record.recorder, record.guests);
	env_all(record.recorder, record.session, options, argc, argv);
	record.start_ns = monotonic_ns();
	ret = recorder_start(record.recorder, session_backend(record.session),
			     session_isa(record.session), session_lacks(record.session),
			     record.start_ns, options->watch.vm, options->max_hits);
	if (ret)
		goto out;
	record_set_sink(&record);
	/* For who starts guests only when they are recorded. */
	complain(0, "recording (%s)", session_name(record.session));
	ret = child_start(&record.child, options->command);
	if (!ret)
		ret = record_loop(&record);
	child_end(&record.child, record.signal);
	if (!ret)
		ret = recorder_end(record.recorder, record.reason,
				   *record.child.status ? record.child.status : NULL);
	if (!ret)
		tell(&record);
	if (!ret && alerts_fired(&options->alerts))
		ret = EXIT_NO;
out:
	child_end(&record.child, record.signal);
	model_free(&record.model);
	session_close(record.session);
	recorder_close(record.recorder);
	guests_close(record.guests);
	if (record.signals >= 0)
		close(record.signals);
	return ret;
}

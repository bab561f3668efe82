// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg top: what guest debugging does to this host, live. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "config.h"
#include "output.h"
#include "recfile.h"
#include "screen.h"
#include "session.h"
#include "symbols.h"
#include "util.h"

/* The buffer of hits is emptied this often, whatever the interval between frames is. */
#define HITS_NS		100000000ULL
#define DEFAULT_HITS	1000
/* A replay jumps that far. */
#define SEEK_NS		10000000000ULL
#define LEAST_PACE_NS	20000000ULL

enum {
	OPT_REPLAY = 256,
	OPT_ARMED,
};

static const struct argp_option top_argp_options[] = {
	{ "batch", 'b', NULL, 0, "Print frames as text (default if the output is no terminal)", 0 },
	{ "json", 'j', NULL, 0, "Print frames as JSON, one a line", 0 },
	{ "armed", OPT_ARMED, NULL, 0, "With --json: also what is armed in each vCPU", 0 },
	{ "delay", 'd', "SECS", 0, "Time between frames, 0.001 to 86400 (default 1)", 0 },
	{ "frames", 'n', "FRAMES", 0, "End after that many frames", 0 },
	{ "replay", OPT_REPLAY, "FILE", 0,
	  "Show a recording of 'kvmdbg record' instead of this host; -d is then the time that each window is shown",
	  2 },
	{ "verbose", 'v', NULL, 0, "Tell what is loaded into the kernel", 2 },
	{ 0 },
};

static error_t top_option(int key, char *arg, struct argp_state *state)
{
	struct top_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->watch;
		state->child_inputs[1] = &options->guests;
		state->child_inputs[2] = &options->alerts;
		return 0;
	case 'b':
		options->batch = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case OPT_ARMED:
		options->armed = true;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case 'd':
		delay_option(state, arg, &options->interval_ns);
		options->pace_ns = options->interval_ns;
		return 0;
	case 'n':
		if (!parse_u32(arg, 1, UINT32_MAX, &options->frames))
			argp_error(state, "-n '%s': not a number of frames from 1", arg);
		return 0;
	case OPT_REPLAY:
		options->replay = arg;
		return 0;
	case ARGP_KEY_END:
		if (options->armed && (!options->json || options->replay))
			argp_error(state, "--armed is for --json, and not for --replay");
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': no such argument", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child top_children[] = {
	{ &watch_argp, 0, NULL, 1 }, { &guests_argp, 0, NULL, 1 }, { &alert_argp, 0, NULL, 1 }, { 0 }
};

const struct argp top_argp = {
	.options = top_argp_options,
	.parser = top_option,
	.children = top_children,
	.doc = "Show which debug events hit on which vCPU, whether anyone asked for them, and what they and the switching of debug registers cost.\vKeys on the screen: q quit, p pause, r reset, h help. See kvmdbg-top(1).",
};

void top_parse(struct top_options *options, int argc, char **argv)
{
	memset(options, 0, sizeof(*options));
	options->interval_ns = 1000000000;
	watch_parse(&top_argp, argc, argv, 0, &options->watch, DEFAULT_HITS, options);
}

/*
 * struct top - a run
 * @options: command line
 * @guests: names and symbols
 * @session: BPF, NULL in a replay
 * @recording: what is replayed, or NULL
 * @to_model: in a replay: what the filter lets through goes there
 * @windows: of the recording
 * @checked: so many of them were looked at for alerts
 * @end_ns: time of its last window
 * @position: where we are in it
 * @model: frame
 * @frozen: what is shown while the model goes on, where it was paused
 * @history: last hits of the model
 * @frozen_history: those shown with @frozen
 * @sink: what feeds it
 * @canvas: of the screen
 * @view: what the screen shows of it
 * @host: for the title
 * @alert: the last one
 * @screen: the terminal is ours
 * @next_ns: when the next frame is due
 * @cpu_ns: time on a CPU that we had taken when that was last looked at
 * @cpu_at_ns: when that was
 * @frames: shown so far
 * @done: end, with @ret
 */
struct top {
	struct top_options options;
	struct guests *guests;
	struct session *session;
	struct recording *recording;
	struct frame_sink to_model;
	uint64_t windows;
	uint64_t checked;
	uint64_t end_ns;
	char position[64];
	struct model model;
	struct model frozen;
	struct history history;
	struct history frozen_history;
	struct frame_sink sink;
	struct canvas canvas;
	struct view view;
	char host[160];
	char alert[ALERT_SIZE];
	bool screen;
	uint64_t next_ns;
	uint64_t cpu_ns;
	uint64_t cpu_at_ns;
	uint32_t frames;
	bool done;
	int ret;
};

static void top_end(struct top *top, int ret)
{
	top->done = true;
	if (!top->ret)
		top->ret = ret;
}

static void format_time(char *text, size_t size, uint64_t ns)
{
	uint64_t secs = ns / 1000000000;

	snprintf(text, size, "%llu:%02u:%02u.%u", (unsigned long long)secs / 3600,
		 (unsigned int)(secs / 60 % 60), (unsigned int)(secs % 60),
		 (unsigned int)(ns / 100000000 % 10));
}

static void replay_position(struct top *top)
{
	char now[32], end[32];

	format_time(now, sizeof(now), top->model.time_ns - recording_start_ns(top->recording));
	format_time(end, sizeof(end), top->end_ns - recording_start_ns(top->recording));
	snprintf(top->position, sizeof(top->position), "%s/%s", now, end);
}


/* What is shown: the model itself, or what it was when it was paused. */
static struct model *top_shown(struct top *top)
{
	return top->view.paused && !top->recording ? &top->frozen : &top->model;
}

static void top_take_armed(void *ctx, uint32_t slot, const struct kvmdbg_armed *armed)
{
	struct top *top = ctx;

	model_armed(&top->model, slot, armed);
}

/* What is armed in vCPUs, of this process or of all: read anew, where that can be known. */
static void top_armed(struct top *top, uint32_t tgid)
{
	size_t i;

	if (!top->session)
		return;
	for (i = 0; i < top->model.nr_vcpus; i++)
		top->model.vcpus[i]->armed_known = false;
	session_armed(top->session, tgid, top_take_armed, top);
}

static void top_draw(struct top *top)
{
	const struct model *model = top_shown(top);
	int rows, columns, ret;

	screen_size(&rows, &columns);
	if (!canvas_resize(&top->canvas, rows, columns) ||
	    !view_update(&top->view, model, rows, columns)) {
		top_end(top, complain(EXIT_IO, "no memory for the screen"));
		return;
	}
	if (top->recording)
		replay_position(top);
	/* A page that is paused stays as it is. */
	if (top->view.page == PAGE_DETAIL && top->view.rows.nr && !top->view.paused)
		top_armed(top, top->view.rows.rows[top->view.selected].vm->pid);
	view_draw(&top->canvas, model, &top->view);
	ret = screen_draw(&top->canvas);
	if (ret)
		top_end(top, ret);
}

static void top_alert(void *ctx, const struct alert_event *event)
{
	struct top *top = ctx;

	if (top->screen) {
		alert_text(event, top->alert, sizeof(top->alert));
		top->view.alert = top->alert;
	} else if (print_alert(&top->model, event, top->options.json)) {
		top_end(top, EXIT_IO);
	}
}

/* Each window of a recording counts once, however often it is gone through. */
static void top_check(struct top *top)
{
	const uint64_t window = top->recording ? recording_windows(top->recording) : 0;
	const bool again = top->recording && window <= top->checked;

	alerts_check(&top->options.alerts, &top->model, again ? NULL : top_alert, top);
	if (!again)
		top->checked = window;
}

/* The filters that act in the kernel when it is live. */
static bool replay_passes(const struct top *top, uint32_t tgid, uint32_t vcpu)
{
	const struct kvmdbg_config *config = &top->options.watch.config;

	return (config->tgid == KVMDBG_ANY || config->tgid == tgid) &&
	       (config->vcpu == KVMDBG_ANY || config->vcpu == vcpu);
}

static void replay_begin(void *ctx, uint64_t now_ns)
{
	struct top *top = ctx;

	top->to_model.begin(top->to_model.ctx, now_ns);
}

static bool replay_add(void *ctx, uint32_t slot, const struct kvmdbg_vcpu *raw,
		       const struct kvmdbg_hist *const *classes)
{
	struct top *top = ctx;

	return !replay_passes(top, raw->tgid, raw->id) ||
	       top->to_model.add(top->to_model.ctx, slot, raw, classes);
}

static void replay_end(void *ctx, uint64_t lost)
{
	struct top *top = ctx;

	top->to_model.end(top->to_model.ctx, lost);
	history_take(&top->history, &top->model);
}

static void replay_hit(void *ctx, const struct kvmdbg_hit *hit)
{
	struct top *top = ctx;

	if (replay_passes(top, hit->tgid, hit->vcpu))
		top->to_model.hit(top->to_model.ctx, hit);
}

static bool replay_model(struct top *top)
{
	const bool keep_frames = top->model.keep_frames;

	model_free(&top->model);
	top->history.nr = 0;
	top->history.nr_strays = 0;
	if (!model_init(&top->model, recording_start_ns(top->recording)))
		return false;
	recording_setup_model(top->recording, &top->model);
	top->model.keep_frames = keep_frames;
	top->model.vm_filter = top->options.watch.vm;
	return true;
}

/* Also a window that is passed over is looked at. */
static bool replay_read(struct top *top)
{
	if (!recording_next(top->recording, &top->sink))
		return false;
	top_check(top);
	return true;
}

/* The last window stays. */
static void replay_next(struct top *top)
{
	if (!replay_read(top))
		top->view.paused = true;
}

/* The frame of a window, from 1; those before it have to be read for that. */
static void replay_seek(struct top *top, uint64_t window)
{
	if (window < 1)
		window = 1;
	if (window > top->windows)
		window = top->windows;
	if (window < recording_windows(top->recording) &&
	    (!recording_rewind(top->recording) || !replay_model(top))) {
		top_end(top, EXIT_IO);
		return;
	}
	while (recording_windows(top->recording) < window && replay_read(top))
		;
}

static void replay_seek_time(struct top *top, bool back)
{
	const uint64_t now = top->model.time_ns, start = recording_start_ns(top->recording);
	const uint64_t to = !back ? now + SEEK_NS : now - start > SEEK_NS ? now - SEEK_NS : start;

	if (back)
		replay_seek(top, 1);
	while (top->model.time_ns < to && replay_read(top))
		;
}

static void replay_action(struct top *top, enum action action)
{
	const uint64_t window = recording_windows(top->recording);

	switch (action) {
	case ACTION_STEP:
		top->view.paused = true;
		replay_seek(top, window + 1);
		break;
	case ACTION_STEP_BACK:
		top->view.paused = true;
		replay_seek(top, window - 1);
		break;
	case ACTION_SEEK:
	case ACTION_SEEK_BACK:
		replay_seek_time(top, action == ACTION_SEEK_BACK);
		break;
	case ACTION_START:
		replay_seek(top, 1);
		break;
	case ACTION_END:
		top->view.paused = true;
		replay_seek(top, top->windows);
		break;
	default:
		return;
	}
}

static int replay_open(struct top *top)
{
	const char *host, *kernel;
	int ret = recording_open(&top->recording, top->options.replay);

	if (ret)
		return ret;
	recording_guests(top->recording, top->guests);
	if (!replay_model(top))
		return complain(EXIT_IO, "no memory");
	top->to_model = model_sink(&top->model);
	top->sink = (struct frame_sink){ .ctx = top, .begin = replay_begin, .add = replay_add,
					 .end = replay_end, .hit = replay_hit };
	host = recording_env(top->recording, "host");
	kernel = recording_env(top->recording, "kernel");
	snprintf(top->host, sizeof(top->host), "%s %s", host ? host : "", kernel ? kernel : "");
	top->view.replay = top->position;
	return alerts_open(&top->options.alerts, &top->model);
}

/* What is not there cannot be shown. */
static int replay_result(const struct top *top)
{
	const char *damage = recording_damage(top->recording);
	uint64_t windows = recording_windows(top->recording);

	if (damage && !windows)
		return complain(EXIT_IO, "%s: is %s: it holds no window",
				recording_name(top->recording), damage);
	if (damage)
		complain(0, "%s: is %s: the first %llu windows can be read",
			 recording_name(top->recording), damage, (unsigned long long)windows);
	return EXIT_OK;
}

/* How long it is, to show that, and to jump in it. */
static int replay_measure(struct top *top)
{
	int ret;

	while (recording_next(top->recording, &top->sink))
		;
	top->windows = recording_windows(top->recording);
	top->end_ns = top->model.time_ns;
	ret = replay_result(top);
	if (ret || !top->windows)
		return ret;
	return recording_rewind(top->recording) && replay_model(top) ? EXIT_OK : EXIT_IO;
}

static int top_print(struct top *top)
{
	return top->options.json ? print_json(&top->model) : print_batch(&top->model, &top->view);
}

/* A frame as text has its own hits, no older ones. */
static void forget_hits(struct top *top)
{
	top->history.nr = 0;
	top->history.nr_strays = 0;
}

static int replay_print(struct top *top)
{
	int ret = EXIT_OK;

	while (!ret && recording_next(top->recording, &top->sink)) {
		ret = top_print(top);
		top_check(top);
		forget_hits(top);
		if (++top->frames == top->options.frames)
			return ret;
	}
	return ret ? ret : replay_result(top);
}


/* What we cost, since the last look. */
static void own_cost(struct top *top)
{
	const uint64_t now = monotonic_ns();
	unsigned long long pages;
	struct rusage usage;
	char text[128];
	uint64_t cpu;

	if (getrusage(RUSAGE_SELF, &usage))
		return;
	cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ULL +
	      (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ULL;
	if (read_file("/proc/self/statm", text, sizeof(text)) > 0 &&
	    sscanf(text, "%*u %llu", &pages) == 1 && now > top->cpu_at_ns) {
		top->view.own_cpu = 100.0 * (cpu - top->cpu_ns) / (now - top->cpu_at_ns);
		top->view.own_memory = pages * sysconf(_SC_PAGESIZE);
	}
	top->cpu_ns = cpu;
	top->cpu_at_ns = now;
}

static void tell_time(struct top *top)
{
	const time_t now = time(NULL);
	struct tm tm;

	if (!top->recording && localtime_r(&now, &tm))
		strftime(top->view.clock, sizeof(top->view.clock), "%H:%M:%S", &tm);
}

static void top_frame(struct top *top)
{
	int ret = 0;

	if (!top->recording) {
		ret = session_frame(top->session, &top->sink);
		history_take(&top->history, &top->model);
	} else if (!top->view.paused) {
		replay_next(top);
	}
	if (top->options.armed)
		top_armed(top, 0);
	if (!ret && !top->screen) {
		ret = top_print(top);
		forget_hits(top);
	}
	if (ret) {
		top_end(top, ret);
		return;
	}
	if (!top->recording)
		top_check(top);
	if (top->screen) {
		own_cost(top);
		tell_time(top);
		top_draw(top);
	}
	if (++top->frames == top->options.frames)
		top_end(top, EXIT_OK);
}

/* The model of a host goes on. */
static void top_pause(struct top *top)
{
	top->view.paused = !top->view.paused;
	if (top->recording)
		return;
	if (!top->view.paused) {
		model_free(&top->frozen);
		top->view.history = &top->history;
	} else if (model_copy(&top->frozen, &top->model)) {
		top->frozen_history = top->history;
		top->view.history = &top->frozen_history;
	} else {
		top->view.paused = false;
		top_end(top, complain(EXIT_IO, "no memory for a copy of what is shown"));
	}
}

static void top_acknowledge(struct top *top)
{
	model_acknowledge(&top->model, top_shown(top));
	history_acknowledge(&top->history);
	history_acknowledge(&top->frozen_history);
	top->view.alert = NULL;
}

static void top_reset(struct top *top)
{
	model_reset(&top->model);
	if (top_shown(top) != &top->model)
		model_reset(&top->frozen);
	history_acknowledge(&top->history);
	history_acknowledge(&top->frozen_history);
}

static void top_interval(struct top *top)
{
	char shown[2 * FILTER_SIZE];
	uint64_t ns;

	if (!parse_seconds(top->view.typed, &ns)) {
		escape(shown, sizeof(shown), top->view.typed, strlen(top->view.typed));
		snprintf(top->view.message, sizeof(top->view.message),
			 "'%.60s': not a number of seconds from 0.001 to 86400", shown);
		return;
	}
	top->options.interval_ns = ns;
	top->options.pace_ns = ns;
	top->next_ns = monotonic_ns() + ns;
}

/* A new file: nothing is overwritten. */
static void top_write(struct top *top)
{
	const time_t now = time(NULL);
	struct tm tm;
	char name[64];
	FILE *file;
	int fd;

	if (!localtime_r(&now, &tm) ||
	    !strftime(name, sizeof(name), "kvmdbg-top-%Y%m%d-%H%M%S.txt", &tm))
		return;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file && fd >= 0)
		close(fd);
	if (file) {
		write_batch(file, 132, output_is_ascii(), top_shown(top), &top->view);
		if (!ferror(file) & !fclose(file)) {
			snprintf(top->view.message, sizeof(top->view.message), "written to %s", name);
			return;
		}
	}
	snprintf(top->view.message, sizeof(top->view.message), "%s: %s", name, strerror(errno));
}

static void top_action(struct top *top, enum action action)
{
	switch (action) {
	case ACTION_QUIT:
		top_end(top, EXIT_OK);
		break;
	case ACTION_PAUSE:
		top_pause(top);
		break;
	case ACTION_ACKNOWLEDGE:
		top_acknowledge(top);
		break;
	case ACTION_RESET:
		top_reset(top);
		break;
	case ACTION_INTERVAL:
		top_interval(top);
		break;
	case ACTION_WRITE:
		top_write(top);
		break;
	default:
		if (top->recording)
			replay_action(top, action);
	}
}

static void top_keys(struct top *top)
{
	int key;

	while (!top->done && (key = screen_key()) != KEY_NOTHING) {
		top_action(top, view_key(&top->view, top_shown(top), key));
		/* The next key is for what this one has made. */
		if (!top->done)
			top_draw(top);
	}
}

static void top_signal(struct top *top, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	/* What reads a file's debug information. */
	if (info.ssi_signo == SIGCHLD)
		return;
	if (info.ssi_signo == SIGWINCH) {
		if (top->screen) {
			screen_resize();
			top_draw(top);
		}
		return;
	}
	/* What has been counted since the last frame must not be lost. */
	if (!top->screen)
		top_frame(top);
	top_end(top, EXIT_OK);
}

/* Time to the next frame. */
static uint64_t top_pace(const struct top *top)
{
	if (!top->recording)
		return top->options.interval_ns;
	if (top->options.pace_ns)
		return top->options.pace_ns;
	return top->model.interval_ns > LEAST_PACE_NS ? top->model.interval_ns : LEAST_PACE_NS;
}

static void top_loop(struct top *top, int signals)
{
	uint64_t now, wait;
	struct pollfd fds[2] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = top->screen && isatty(STDIN_FILENO) ? STDIN_FILENO : -1, .events = POLLIN },
	};
	int ret;

	top->next_ns = monotonic_ns() + top_pace(top);
	while (!top->done) {
		now = monotonic_ns();
		wait = now < top->next_ns ? top->next_ns - now : 0;
		if (wait > HITS_NS)
			wait = HITS_NS;
		if (poll(fds, 2, (wait + 999999) / 1000000) < 0 && errno != EINTR) {
			top_end(top, complain(EXIT_IO, "poll: %s", strerror(errno)));
			return;
		}
		ret = top->session ? session_hits(top->session, &top->sink) : EXIT_OK;
		if (ret) {
			top_end(top, ret);
			return;
		}
		if (fds[0].revents)
			top_signal(top, signals);
		if (fds[1].revents & POLLIN)
			top_keys(top);
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
			top_end(top, complain(EXIT_IO, "the terminal is gone"));
		now = monotonic_ns();
		if (!top->done && now >= top->next_ns) {
			top_frame(top);
			/* A frame that comes late does not make the next ones early. */
			top->next_ns += top_pace(top);
			if (top->next_ns <= now)
				top->next_ns = now + top_pace(top);
		}
	}
}

static void describe_host(char *host, size_t size)
{
	struct utsname name;
	char text[sizeof(name.nodename) + sizeof(name.release) + 2];

	if (uname(&name))
		return;
	snprintf(text, sizeof(text), "%s %s", name.nodename, name.release);
	escape(host, size, text, strlen(text));
}

static int top_open(struct top *top)
{
	int ret;

	config_load(&top->view.settings, top->view.message, sizeof(top->view.message));
	/* The screen has it in its last line. */
	if (*top->view.message && (top->options.batch || top->options.json))
		complain(0, "%s", top->view.message);
	if (!top->options.guests.names && *top->view.settings.vm_names)
		top->options.guests.names = top->view.settings.vm_names;
	ret = guests_open(&top->guests, &top->options.guests, !top->options.replay);

	if (ret)
		return ret;
	if (top->options.replay)
		return replay_open(top);
	describe_host(top->host, sizeof(top->host));
	ret = session_open(&top->session, &top->options.watch.config, false, top->options.verbose);
	if (ret)
		return ret;
	if (!model_init(&top->model, monotonic_ns()))
		return complain(EXIT_IO, "no memory");
	session_setup_model(top->session, &top->model);
	top->model.guests = top->guests;
	top->sink = model_sink(&top->model);
	top->model.vm_filter = top->options.watch.vm;
	return alerts_open(&top->options.alerts, &top->model);
}

/* Frames on a screen. */
static int top_show(struct top *top, int signals)
{
	char why[256];

	if (top->recording) {
		top->ret = replay_measure(top);
		if (top->ret)
			return top->ret;
	}
	top->ret = screen_open();
	if (top->ret)
		return top->ret;
	complain_later(true);
	top->screen = true;
	/* A replay begins with its first window. */
	if (top->recording && top->windows)
		replay_next(top);
	own_cost(top);
	tell_time(top);
	top_draw(top);
	top_loop(top, signals);
	screen_close();
	complain_later(false);
	if (top->view.changed && !config_save(&top->view.settings, why, sizeof(why)))
		complain(0, "cannot keep the columns: %s", why);
	return top->ret;
}

/* What the screen has shown is gone by now. */
static void top_alerts(struct top *top)
{
	const struct alerts *alerts = &top->options.alerts;
	size_t i;

	for (i = 0; i < alerts->count && top->screen; i++)
		if (alerts->list[i].count)
			complain(0, "alert %s: %llu times", alerts->list[i].text,
				 (unsigned long long)alerts->list[i].count);
	if (!top->ret && alerts_fired(alerts))
		top->ret = EXIT_NO;
}

int top_main(int argc, char **argv)
{
	static struct top top;
	int signals;

	top_parse(&top.options, argc, argv);
	view_init(&top.view, &top.history);
	top.view.host = top.host;
	top.view.alerts = &top.options.alerts;
	signals = open_signals();
	if (signals < 0)
		return EXIT_FEATURE;
	top.ret = top_open(&top);
	if (top.ret)
		goto out;
	if (!top.options.batch && !top.options.json && isatty(STDOUT_FILENO)) {
		top.ret = top_show(&top, signals);
	} else if (top.recording) {
		top.ret = replay_print(&top);
	} else {
		/* For who starts guests only when they are watched. */
		fprintf(stderr, "kvmdbg: watching (%s)\n", top.model.backend);
		top_loop(&top, signals);
	}
	top_alerts(&top);
out:
	canvas_free(&top.canvas);
	view_free(&top.view);
	model_free(&top.frozen);
	model_free(&top.model);
	session_close(top.session);
	recording_close(top.recording);
	guests_close(top.guests);
	close(signals);
	return top.ret;
}

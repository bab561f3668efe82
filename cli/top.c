// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg top: what guest debugging does to this host, live. */
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commands.h"
#include "output.h"
#include "recfile.h"
#include "screen.h"
#include "session.h"
#include "util.h"

/* The buffer of hits is emptied this often, whatever the interval between frames is. */
#define HITS_NS		100000000ULL
#define DEFAULT_HITS	1000
/* A replay jumps that far. */
#define SEEK_NS		10000000000ULL
#define LEAST_PACE_NS	20000000ULL

enum {
	OPT_REPLAY = 256,
};

static const struct argp_option top_argp_options[] = {
	{ "batch", 'b', NULL, 0, "Print frames as text (default if the output is no terminal)", 0 },
	{ "json", 'j', NULL, 0, "Print frames as JSON, one a line", 0 },
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
		return 0;
	case 'b':
		options->batch = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case 'd':
		if (!parse_seconds(arg, &options->interval_ns))
			argp_error(state, "-d '%s': not a number of seconds from 0.001 to 86400",
				   arg);
		options->pace_ns = options->interval_ns;
		return 0;
	case 'n':
		if (!parse_u32(arg, 1, UINT32_MAX, &options->frames))
			argp_error(state, "-n '%s': not a number of frames from 1", arg);
		return 0;
	case OPT_REPLAY:
		options->replay = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': no such argument", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void top_parse(struct top_options *options, int argc, char **argv)
{
	static const struct argp_child children[] = { { &watch_argp, 0, NULL, 1 }, { 0 } };
	static const struct argp argp = {
		.options = top_argp_options,
		.parser = top_option,
		.children = children,
		.doc = "Show which debug events hit on which vCPU, whether anyone asked for them, and what they and the switching of debug registers cost.\vKeys on the screen: q quit, p pause, r reset, h help. See kvmdbg-top(1).",
	};

	memset(options, 0, sizeof(*options));
	watch_init(&options->watch, DEFAULT_HITS);
	options->interval_ns = 1000000000;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, options);
	watch_done(&options->watch);
}

/*
 * struct top - a run
 * @options: command line
 * @session: BPF, NULL in a replay
 * @recording: what is replayed, or NULL
 * @to_model: in a replay: what the filter lets through goes there
 * @windows: of the recording
 * @end_ns: time of its last window
 * @position: where we are in it
 * @model: frame
 * @sink: what feeds it
 * @canvas: of the screen
 * @view: what the keys have changed
 * @host: for the title
 * @screen: the terminal is ours
 * @help: it shows the help
 * @frames: shown so far
 * @done: end, with @ret
 */
struct top {
	struct top_options options;
	struct session *session;
	struct recording *recording;
	struct frame_sink to_model;
	uint64_t windows;
	uint64_t end_ns;
	char position[64];
	struct model model;
	struct frame_sink sink;
	struct canvas canvas;
	struct view_options view;
	char host[160];
	bool screen;
	bool help;
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

	format_time(now, sizeof(now), top->model.time_ns - top->model.start_ns);
	format_time(end, sizeof(end), top->end_ns - recording_start_ns(top->recording));
	snprintf(top->position, sizeof(top->position), "%s/%s", now, end);
}

static void top_draw(struct top *top)
{
	int rows, columns, ret;

	screen_size(&rows, &columns);
	if (!canvas_resize(&top->canvas, rows, columns)) {
		top_end(top, complain(EXIT_IO, "no memory for the screen"));
		return;
	}
	if (top->recording)
		replay_position(top);
	if (top->help)
		view_help(&top->canvas, top->recording);
	else
		view_frame(&top->canvas, &top->model, &top->view);
	ret = screen_draw(&top->canvas);
	if (ret)
		top_end(top, ret);
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
}

static void replay_hit(void *ctx, const struct kvmdbg_hit *hit)
{
	struct top *top = ctx;

	if (replay_passes(top, hit->tgid, hit->vcpu))
		top->to_model.hit(top->to_model.ctx, hit);
}

static bool replay_model(struct top *top)
{
	model_free(&top->model);
	if (!model_init(&top->model, recording_start_ns(top->recording)))
		return false;
	recording_setup_model(top->recording, &top->model);
	top->model.vm_filter = top->options.watch.vm;
	return true;
}

/* The last window stays. */
static void replay_next(struct top *top)
{
	if (!recording_next(top->recording, &top->sink))
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
	while (recording_windows(top->recording) < window &&
	       recording_next(top->recording, &top->sink))
		;
}

static void replay_seek_time(struct top *top, bool back)
{
	const uint64_t now = top->model.time_ns, start = recording_start_ns(top->recording);
	const uint64_t to = !back ? now + SEEK_NS : now - start > SEEK_NS ? now - SEEK_NS : start;

	if (back)
		replay_seek(top, 1);
	while (top->model.time_ns < to && recording_next(top->recording, &top->sink))
		;
}

static bool replay_key(struct top *top, enum screen_key key)
{
	const uint64_t window = recording_windows(top->recording);

	switch (key) {
	case SCREEN_RIGHT:
		top->view.paused = true;
		replay_seek(top, window + 1);
		return true;
	case SCREEN_LEFT:
		top->view.paused = true;
		replay_seek(top, window - 1);
		return true;
	case SCREEN_PAGE_DOWN:
	case SCREEN_PAGE_UP:
		replay_seek_time(top, key == SCREEN_PAGE_UP);
		return true;
	case SCREEN_HOME:
		replay_seek(top, 1);
		return true;
	case SCREEN_END:
		top->view.paused = true;
		replay_seek(top, top->windows);
		return true;
	default:
		return false;
	}
}

static int replay_open(struct top *top)
{
	const char *host, *kernel;
	int ret = recording_open(&top->recording, top->options.replay);

	if (ret)
		return ret;
	if (!replay_model(top))
		return complain(EXIT_IO, "no memory");
	top->to_model = model_sink(&top->model);
	top->sink = (struct frame_sink){ .ctx = top, .begin = replay_begin, .add = replay_add,
					 .end = replay_end, .hit = replay_hit };
	host = recording_env(top->recording, "host");
	kernel = recording_env(top->recording, "kernel");
	snprintf(top->host, sizeof(top->host), "%s %s", host ? host : "", kernel ? kernel : "");
	top->view.replay = top->position;
	return EXIT_OK;
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
	return top->options.json ? print_json(&top->model) : print_batch(&top->model, top->host);
}

static int replay_print(struct top *top)
{
	int ret = EXIT_OK;

	while (!ret && recording_next(top->recording, &top->sink)) {
		ret = top_print(top);
		if (++top->frames == top->options.frames)
			return ret;
	}
	return ret ? ret : replay_result(top);
}

static void top_frame(struct top *top)
{
	int ret = 0;

	if (top->recording && !top->view.paused)
		replay_next(top);
	else if (!top->view.paused)
		ret = session_frame(top->session, &top->sink);
	if (!ret && !top->screen)
		ret = top_print(top);
	if (ret) {
		top_end(top, ret);
		return;
	}
	if (top->screen)
		top_draw(top);
	if (++top->frames == top->options.frames)
		top_end(top, EXIT_OK);
}

static void top_keys(struct top *top)
{
	enum screen_key key;

	while ((key = screen_key()) != SCREEN_NONE) {
		if (key == SCREEN_QUIT) {
			top_end(top, EXIT_OK);
			return;
		}
		if (top->help) {
			top->help = false;
			continue;
		}
		if (key == SCREEN_PAUSE)
			top->view.paused = !top->view.paused;
		else if (top->recording && replay_key(top, key))
			continue;
		else if (key == SCREEN_RESET)
			model_reset(&top->model);
		else if (key == SCREEN_HELP)
			top->help = true;
		else if (key == SCREEN_DOWN && top->view.scroll + 1 < top->model.nr_vcpus)
			top->view.scroll++;
		else if (key == SCREEN_UP && top->view.scroll)
			top->view.scroll--;
	}
	top_draw(top);
}

static void top_signal(struct top *top, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
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
	uint64_t next = monotonic_ns() + top_pace(top), now, wait;
	struct pollfd fds[2] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = top->screen ? STDIN_FILENO : -1, .events = POLLIN },
	};
	int ret;

	while (!top->done) {
		now = monotonic_ns();
		wait = now < next ? next - now : 0;
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
		if (!top->done && now >= next) {
			top_frame(top);
			/* A frame that comes late does not make the next ones early. */
			next += top_pace(top);
			if (next <= now)
				next = now + top_pace(top);
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

	if (top->options.replay)
		return replay_open(top);
	describe_host(top->host, sizeof(top->host));
	ret = session_open(&top->session, &top->options.watch.config, false, top->options.verbose);
	if (ret)
		return ret;
	if (!model_init(&top->model, monotonic_ns()))
		return complain(EXIT_IO, "no memory");
	session_setup_model(top->session, &top->model);
	top->sink = model_sink(&top->model);
	top->model.vm_filter = top->options.watch.vm;
	return EXIT_OK;
}

/* Frames on a screen. */
static int top_show(struct top *top, int signals)
{
	if (top->recording) {
		top->ret = replay_measure(top);
		if (top->ret)
			return top->ret;
		if (top->windows)
			replay_next(top);
	}
	top->ret = screen_open();
	if (top->ret)
		return top->ret;
	top->screen = true;
	top_draw(top);
	top_loop(top, signals);
	screen_close();
	return top->ret;
}

int top_main(int argc, char **argv)
{
	static struct top top;
	int signals;

	top_parse(&top.options, argc, argv);
	top.view.interactive = true;
	top.view.host = top.host;
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
out:
	canvas_free(&top.canvas);
	model_free(&top.model);
	session_close(top.session);
	recording_close(top.recording);
	close(signals);
	return top.ret;
}

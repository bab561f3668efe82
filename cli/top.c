// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg top: what guest debugging does to this host, live. */
#include <argp.h>
#include <errno.h>
#include <limits.h>
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
#include "screen.h"
#include "session.h"
#include "util.h"

/* The buffer of hits is emptied this often, whatever the interval between frames is. */
#define HITS_NS		100000000ULL
#define DEFAULT_HITS	1000

enum {
	OPT_PID = 256,
	OPT_VM,
	OPT_VCPU,
	OPT_HITS_RATE,
};

static const struct argp_option top_argp_options[] = {
	{ "batch", 'b', NULL, 0, "Print frames as text (default if the output is no terminal)", 0 },
	{ "json", 'j', NULL, 0, "Print frames as JSON, one a line", 0 },
	{ "delay", 'd', "SECS", 0, "Time between frames, 0.001 to 86400 (default 1)", 0 },
	{ "frames", 'n', "FRAMES", 0, "End after that many frames", 0 },
	{ "pid", OPT_PID, "PID", 0, "Only the VMs of this process", 1 },
	{ "vm", OPT_VM, "NAME", 0, "Only VMs of this name; a shell pattern", 1 },
	{ "vcpu", OPT_VCPU, "ID", 0, "Only vCPUs with this number", 1 },
	{ "hits-rate", OPT_HITS_RATE, "N", 0,
	  "Show at most N hits a second and vCPU, 0 for none (default 1000); totals always count all",
	  1 },
	{ "verbose", 'v', NULL, 0, "Tell what is loaded into the kernel", 2 },
	{ 0 },
};

static error_t top_option(int key, char *arg, struct argp_state *state)
{
	struct top_options *options = state->input;

	switch (key) {
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
		return 0;
	case 'n':
		if (!parse_u32(arg, 1, UINT32_MAX, &options->frames))
			argp_error(state, "-n '%s': not a number of frames from 1", arg);
		return 0;
	case OPT_PID:
		if (!parse_u32(arg, 1, INT_MAX, &options->config.tgid))
			argp_error(state, "--pid '%s': not a process ID", arg);
		return 0;
	case OPT_VM:
		if (!*arg)
			argp_error(state, "--vm '': no VM has an empty name");
		options->vm = arg;
		return 0;
	case OPT_VCPU:
		if (!parse_u32(arg, 0, INT_MAX, &options->config.vcpu))
			argp_error(state, "--vcpu '%s': not a vCPU number", arg);
		return 0;
	case OPT_HITS_RATE:
		if (!parse_u32(arg, 0, UINT32_MAX, &options->hits_rate))
			argp_error(state, "--hits-rate '%s': not a number of hits", arg);
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
	static const struct argp argp = {
		.options = top_argp_options,
		.parser = top_option,
		.doc = "Show which debug events hit on which vCPU, whether anyone asked for them, and what they and the switching of debug registers cost.\vKeys on the screen: q quit, p pause, r reset, h help. See kvmdbg-top(1).",
	};

	memset(options, 0, sizeof(*options));
	options->config.tgid = KVMDBG_ANY;
	options->config.vcpu = KVMDBG_ANY;
	options->hits_rate = DEFAULT_HITS;
	options->interval_ns = 1000000000;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, options);
	config_hits(&options->config, options->hits_rate);
}

/* So that at any time the last hits shown are recent ones. */
void config_hits(struct kvmdbg_config *config, uint32_t rate)
{
	uint32_t parts = rate >= 10 ? 10 : 1;

	config->hits_window_ns = 1000000000 / parts;
	config->hits_per_window = rate / parts;
}

/*
 * struct top - a run
 * @options: command line
 * @session: BPF
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

static void top_draw(struct top *top)
{
	int rows, columns, ret;

	screen_size(&rows, &columns);
	if (!canvas_resize(&top->canvas, rows, columns)) {
		top_end(top, complain(EXIT_IO, "no memory for the screen"));
		return;
	}
	if (top->help)
		view_help(&top->canvas);
	else
		view_frame(&top->canvas, &top->model, &top->view);
	ret = screen_draw(&top->canvas);
	if (ret)
		top_end(top, ret);
}

static void top_frame(struct top *top)
{
	int ret = 0;

	if (!top->view.paused)
		ret = session_frame(top->session, &top->sink);
	if (!ret && !top->screen)
		ret = top->options.json ? print_json(&top->model) :
					  print_batch(&top->model, top->host);
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

static void top_loop(struct top *top, int signals)
{
	uint64_t next = monotonic_ns() + top->options.interval_ns, now, wait;
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
		ret = session_hits(top->session, &top->sink);
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
			next += top->options.interval_ns;
			if (next <= now)
				next = now + top->options.interval_ns;
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

int top_main(int argc, char **argv)
{
	static struct top top;
	int signals;

	top_parse(&top.options, argc, argv);
	describe_host(top.host, sizeof(top.host));
	top.view.interactive = true;
	top.view.host = top.host;
	signals = open_signals();
	if (signals < 0)
		return EXIT_FEATURE;
	top.ret = session_open(&top.session, &top.options.config, false,
			       top.options.verbose);
	if (top.ret)
		goto out;
	if (!model_init(&top.model, monotonic_ns())) {
		top.ret = complain(EXIT_IO, "no memory");
		goto out;
	}
	session_setup_model(top.session, &top.model);
	top.sink = model_sink(&top.model);
	top.model.vm_filter = top.options.vm;
	if (!top.options.batch && !top.options.json && isatty(STDOUT_FILENO)) {
		top.ret = screen_open();
		if (top.ret)
			goto out;
		top.screen = true;
		top_draw(&top);
	} else {
		/* For who starts guests only when they are watched. */
		fprintf(stderr, "kvmdbg: watching (%s)\n", top.model.backend);
	}
	top_loop(&top, signals);
out:
	screen_close();
	canvas_free(&top.canvas);
	model_free(&top.model);
	session_close(top.session);
	close(signals);
	return top.ret;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <stdio.h>

#include "commands.h"
#include "util.h"

enum {
	/* apart from the commands' own */
	OPT_PID = 512,
	OPT_VM,
	OPT_VCPU,
	OPT_HITS_RATE,
};

static const struct argp_option watch_argp_options[] = {
	{ "pid", OPT_PID, "PID", 0, "Only the VMs of this process", 0 },
	{ "vm", OPT_VM, "NAME", 0, "Only VMs of this name; a shell pattern", 0 },
	{ "vcpu", OPT_VCPU, "ID", 0, "Only vCPUs with this number", 0 },
	{ "hits-rate", OPT_HITS_RATE, "N", 0,
	  "At most N single hits a second (top: of each vCPU, record: in all), 0 for none (default %u); totals always count all",
	  0 },
	{ 0 },
};

static error_t watch_option(int key, char *arg, struct argp_state *state)
{
	struct watch_options *watch = state->input;

	switch (key) {
	case OPT_PID:
		if (!parse_u32(arg, 1, INT_MAX, &watch->config.tgid))
			argp_error(state, "--pid '%s': not a process ID", arg);
		return 0;
	case OPT_VM:
		if (!*arg)
			argp_error(state, "--vm '': no VM has an empty name");
		watch->vm = arg;
		return 0;
	case OPT_VCPU:
		if (!parse_u32(arg, 0, INT_MAX, &watch->config.vcpu))
			argp_error(state, "--vcpu '%s': not a vCPU number", arg);
		return 0;
	case OPT_HITS_RATE:
		if (!parse_u32(arg, 0, UINT32_MAX, &watch->hits_rate))
			argp_error(state, "--hits-rate '%s': not a number of hits", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The commands' defaults differ. */
static char *watch_help(int key, const char *text, void *input)
{
	const struct watch_options *watch = input;
	char *own;

	if (key != OPT_HITS_RATE || !watch ||
	    asprintf(&own, text, watch->hits_default) < 0)
		return (char *)text;
	return own;
}

const struct argp watch_argp = {
	.options = watch_argp_options,
	.parser = watch_option,
	.help_filter = watch_help,
};

void delay_option(struct argp_state *state, const char *arg, uint64_t *ns)
{
	if (!parse_seconds(arg, ns))
		argp_error(state, "-d '%s': not a number of seconds from 0.001 to 86400", arg);
}

void watch_parse(const struct argp *argp, int argc, char **argv, unsigned int flags,
		 struct watch_options *watch, uint32_t hits_rate, void *input)
{
	uint32_t parts;

	*watch = (struct watch_options){ .config = { .tgid = KVMDBG_ANY, .vcpu = KVMDBG_ANY },
					 .hits_rate = hits_rate, .hits_default = hits_rate };
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(argp, argc, argv, flags, NULL, input);
	/* In short windows, so that at any time the last hits shown are recent ones. */
	parts = watch->hits_rate >= 10 ? 10 : 1;
	watch->config.hits_window_ns = 1000000000 / parts;
	watch->config.hits_per_window = watch->hits_rate / parts;
}

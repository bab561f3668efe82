// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg-vmm COMMAND ARG...: on the board and on an x86 host, each with commands of its own. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

/**
 * struct choice - what was asked for
 * @from: all there are
 * @command: which of them, or NULL
 */
struct choice {
	const struct command *from, *command;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct choice *choice = state->input;
	const struct command *c;

	switch (key) {
	case ARGP_KEY_ARG:
		for (c = choice->from; c->name; c++) {
			if (!strcmp(arg, c->name)) {
				choice->command = c;
				/* the rest is the command's own */
				state->next = state->argc;
				return 0;
			}
		}
		argp_error(state, "no command %s", arg);
		return EINVAL;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return EINVAL;
	}
	return ARGP_ERR_UNKNOWN;
}

/**
 * command_main() - what main() does
 * @commands: which there are; the name of the last one is NULL
 * @doc: for --help
 *
 * Return: the exit status
 */
int command_main(const struct command *commands, const char *doc, int argc, char **argv)
{
	const struct argp argp = { .parser = parse, .args_doc = "COMMAND [ARG...]", .doc = doc };
	struct choice choice = { .from = commands };
	char name[32];
	int at;

	setvbuf(stdout, NULL, _IOLBF, 0);
	argp_err_exit_status = 2;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice))
		return 2;
	for (at = 1; at < argc && strcmp(argv[at], choice.command->name); at++)
		;
	/* what messages call the command */
	snprintf(name, sizeof(name), "kvmdbg-vmm %s", choice.command->name);
	argv[at] = name;
	return choice.command->run(argc - at, argv + at);
}

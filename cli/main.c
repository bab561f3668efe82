// SPDX-License-Identifier: GPL-2.0-only
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "lines.h"
#include "util.h"

static void print_help(FILE *out)
{
	const struct command *command;

	fputs("Usage: kvmdbg COMMAND [OPTION...]\n"
	      "See what guest debugging does to a KVM host.\n\n", out);
	for (command = commands; command->name; command++)
		fprintf(out, "  %-10s %s\n", command->name, command->what);
	fputs("\n  --help     this text; 'kvmdbg COMMAND --help' for a command's options\n"
	      "  --version  print the version\n", out);
}

static void print_version(void)
{
	const struct command *command;

	puts("kvmdbg " KVMDBG_VERSION);
	for (command = commands; command->name; command++)
		if (!command->run)
			printf("without kvmdbg %s\n", command->name);
	if (!lines_built())
		puts("without places in the source of guests (libdw)");
}

static int run(const struct command *command, int argc, char **argv)
{
	char name[32];
	int ret;

	if (!command->run)
		return complain(EXIT_FEATURE, "'%s' is not in this build: copy the files to a host whose kvmdbg has it",
				command->name);
	/* What messages call the command */
	snprintf(name, sizeof(name), "kvmdbg %s", command->name);
	argv[0] = name;
	ret = command->run(argc, argv);
	return ret ? ret : flush_stdout();
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0] ? argv[0] : "", '/');
	const struct command *command;

	setlocale(LC_ALL, "");
	/* Numbers are read and written as in JSON, whatever the language. */
	setlocale(LC_NUMERIC, "C");
	name = name ? name + 1 : argc ? argv[0] : "";
	for (command = commands; command->name; command++)
		if (!strncmp(name, "kvmdbg-", 7) && !strcmp(name + 7, command->name))
			return run(command, argc, argv);
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return flush_stdout();
	}
	if (!strcmp(argv[1], "--version")) {
		print_version();
		return flush_stdout();
	}
	for (command = commands; command->name; command++)
		if (!strcmp(argv[1], command->name))
			return run(command, argc - 1, argv + 1);
	return complain(EXIT_USAGE, "'%s': no such command: see 'kvmdbg --help'", argv[1]);
}

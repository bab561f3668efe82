// SPDX-License-Identifier: GPL-2.0-only
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "lines.h"
#include "util.h"

/* It needs a library that a board does without. */
#ifndef HAVE_RMATH
#define diff_main NULL
#endif

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "top", top_main, "live view of debug events and what they cost" },
	{ "record", record_main, "keep in a file what happens, for kvmdbg report" },
	{ "report", report_main, "show a recording: text, JSON, CSV, HTML, trace" },
	{ "explain", explain_main, "what is known of events that nobody armed, and of raw values" },
	{ "diff", diff_main, "compare what entering and leaving a guest costs, before and after" },
	{ "doctor", doctor_main, "what this host offers, what is missing, and the remedy" },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	size_t i;

	fputs("Usage: kvmdbg COMMAND [OPTION...]\n"
	      "See what guest debugging does to a KVM host.\n\n", out);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].what);
	fputs("\n  --help     this text; 'kvmdbg COMMAND --help' for a command's options\n"
	      "  --version  print the version\n", out);
}

static void print_version(void)
{
	size_t i;

	puts("kvmdbg " KVMDBG_VERSION);
	for (i = 0; i < NR_COMMANDS; i++)
		if (!commands[i].run)
			printf("without kvmdbg %s\n", commands[i].name);
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
	size_t i;

	setlocale(LC_ALL, "");
	/* Numbers are read and written as in JSON, whatever the language. */
	setlocale(LC_NUMERIC, "C");
	name = name ? name + 1 : argc ? argv[0] : "";
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strncmp(name, "kvmdbg-", 7) && !strcmp(name + 7, commands[i].name))
			return run(&commands[i], argc, argv);
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
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run(&commands[i], argc - 1, argv + 1);
	return complain(EXIT_USAGE, "'%s': no such command: see 'kvmdbg --help'", argv[1]);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvmdbg completion: a script that makes a shell complete command lines of kvmdbg. Tables of what
 * there is, from the tables that read the command lines; behind them cli/completion.bash or .zsh.
 */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alert.h"
#include "commands.h"
#include "report.h"
#include "sentences.h"
#include "util.h"

extern const char completion_bash[], completion_zsh[];

/* What argp adds to the options of each command. */
static const struct argp_option common_options[] = {
	{ "help", '?', NULL, 0, "List the options", 0 },
	{ "usage", 0, NULL, 0, "List the options, in short", 0 },
	{ 0 },
};

static const struct argp common_argp = { .options = common_options };

static const char *format_name(size_t i)
{
	return report_formats[i].name;
}

static const char *metric_name(size_t i)
{
	return i ? alert_metric_name(i - 1) : "help";
}

static const char *shell_name(size_t i);

/*
 * struct argument - what an option's value or an argument of a command can be
 * @name: in the help
 * @brief: to be shown for @name, NULL for that itself
 * @kind: for the scripts: files, symbols (PATTERN=file), pids, command
 * @word: the words that it can be, NULL behind the last one; or NULL
 */
static const struct argument {
	const char *name;
	const char *brief;
	const char *kind;
	const char *(*word)(size_t i);
} arguments[] = {
	{ "FILE", NULL, "files", NULL },
	{ "VM=FILE[@OFFSET]", NULL, "symbols", NULL },
	{ "PID", NULL, "pids", NULL },
	{ "FORMAT", NULL, "words", format_name },
	{ "CONDITION", NULL, "words", metric_name },
	{ "SHELL", NULL, "words", shell_name },
	{ "[FILE]\nREGISTER=VALUE [REGISTER=VALUE]", "FILE or REGISTER=VALUE",
	  "files", explain_register },
	{ "[-- COMMAND [ARG...]]", "COMMAND", "command", NULL },
	/* of what else there is, nothing is known */
	{ NULL, NULL, "none", NULL },
};

static const struct argument *argument_of(const char *name)
{
	const struct argument *argument = arguments;

	while (argument->name && strcmp(argument->name, name))
		argument++;
	/* Several files, or sets of them. */
	return argument->name || (!strstr(name, "BASE") && !strstr(name, "RUN")) ? argument :
									      arguments;
}

static void put_words(FILE *out, const char *(*word)(size_t i))
{
	size_t i;

	for (i = 0; word(i); i++)
		fprintf(out, "%s%s", i ? " " : "", word(i));
}

/* The names that a command has as a program of its own. */
static void put_programs(FILE *out)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		if (command->run)
			fprintf(out, " kvmdbg-%s", command->name);
	fputc('\n', out);
}

/* Calls a function for each option of a command. */
static void each_option(FILE *out, const char *command, const struct argp *argp,
			void (*put)(FILE *out, const char *command,
				    const struct argp_option *option))
{
	const struct argp_option *option;
	const struct argp_child *child;

	for (option = argp->options; option && (option->name || option->key); option++)
		put(out, command, option);
	for (child = argp->children; child && child->argp; child++)
		each_option(out, command, child->argp, put);
}

static bool has_letter(const struct argp_option *option)
{
	return option->key < 0x7f && isalnum(option->key);
}

static void bash_option(FILE *out, const char *command, const struct argp_option *option)
{
	(void)command;
	fprintf(out, " --%s", option->name);
	if (has_letter(option))
		fprintf(out, " -%c", option->key);
}

static void bash_argument(FILE *out, const char *name)
{
	const struct argument *argument = argument_of(name);

	fprintf(out, ") kind='%s'", argument->kind);
	if (argument->word) {
		fputs(" list=\"", out);
		put_words(out, argument->word);
		fputc('"', out);
	}
	fputs(" ;;\n", out);
}

static void bash_value(FILE *out, const char *command, const struct argp_option *option)
{
	if (!option->arg)
		return;
	fprintf(out, "\t%s:--%s", command, option->name);
	if (has_letter(option))
		fprintf(out, " | %s:-%c", command, option->key);
	bash_argument(out, option->arg);
}

static void put_bash(FILE *out)
{
	const struct command *command;

	fputs("# bash completion for kvmdbg, made by 'kvmdbg completion bash'\n\n"
	      "# the words that can stand behind a command, or kvmdbg\n"
	      "_kvmdbg_words()\n{\n\tcase $1 in\n\t'') list=\"", out);
	for (command = commands; command->name; command++)
		if (command->run)
			fprintf(out, "%s ", command->name);
	fputs("--help --version\" ;;\n", out);
	for (command = commands; command->name; command++) {
		if (!command->run)
			continue;
		fprintf(out, "\t%s) list=\"", command->name);
		each_option(out, command->name, command->argp, bash_option);
		each_option(out, command->name, &common_argp, bash_option);
		fputs("\" ;;\n", out);
	}
	fputs("\tesac\n}\n\n# what COMMAND:OPTION or, of arguments, COMMAND: takes\n"
	      "_kvmdbg_value()\n{\n\tcase $1 in\n", out);
	for (command = commands; command->name; command++) {
		if (!command->run)
			continue;
		each_option(out, command->name, command->argp, bash_value);
		fprintf(out, "\t%s:", command->name);
		bash_argument(out, command->argp->args_doc ? command->argp->args_doc : "");
	}
	fputs("\tesac\n}\n\n", out);
	fputs(completion_bash, out);
	fputs("complete -F _kvmdbg kvmdbg", out);
	put_programs(out);
}

/* The first words of a help text, as _arguments and _describe take them in single quotes. */
static void put_brief(FILE *out, const char *text)
{
	size_t len = strcspn(text, ",;");
	const char *end = text + len, *c;

	for (c = text; c < end; c++) {
		if (!strncmp(c, " (", 2) || !strncmp(c, ": ", 2))
			break;
		if (*c == '\'')
			fputs("'\\''", out);
		else if (strchr(":[]\\", *c))
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	}
}

/* ":MESSAGE:ACTION" */
static void zsh_argument(FILE *out, const char *name)
{
	const struct argument *argument = argument_of(name);

	fputc(':', out);
	put_brief(out, argument->brief ? argument->brief : name);
	fputc(':', out);
	if (!strcmp(argument->kind, "files") && argument->word) {
		fputs("_kvmdbg_files_or ", out);
		put_words(out, argument->word);
	} else if (argument->word) {
		fputc('(', out);
		put_words(out, argument->word);
		fputc(')', out);
	} else if (!strcmp(argument->kind, "none")) {
		fputc(' ', out);
	} else {
		fprintf(out, "_kvmdbg_%s", argument->kind);
	}
}

static void zsh_option(FILE *out, const char *command, const struct argp_option *option)
{
	(void)command;
	fputs(" \\\n\t\t", out);
	/* What has a value may be given again. */
	if (option->arg)
		fputs("\\*", out);
	else if (has_letter(option))
		fprintf(out, "'(-%c --%s)'", option->key, option->name);
	if (has_letter(option))
		fprintf(out, "{-%c%s,--%s%s}", option->key, option->arg ? "+" : "", option->name,
			option->arg ? "=" : "");
	else
		fprintf(out, "--%s%s", option->name, option->arg ? "=" : "");
	fputs("'[", out);
	put_brief(out, option->doc);
	fputc(']', out);
	if (option->arg)
		zsh_argument(out, option->arg);
	fputc('\'', out);
}

static void put_zsh(FILE *out)
{
	const struct command *command;

	fputs("#compdef kvmdbg", out);
	put_programs(out);
	fputs("# zsh completion for kvmdbg, made by 'kvmdbg completion zsh'\n\n", out);
	for (command = commands; command->name; command++) {
		if (!command->run)
			continue;
		fprintf(out, "_kvmdbg_command_%s()\n{\n\t_arguments -s -S", command->name);
		each_option(out, command->name, command->argp, zsh_option);
		each_option(out, command->name, &common_argp, zsh_option);
		if (command->argp->args_doc) {
			fprintf(out, " \\\n\t\t'*%s", command->argp->args_doc[0] == '[' &&
				command->argp->args_doc[1] == '-' ? ":" : "");
			zsh_argument(out, command->argp->args_doc);
			fputc('\'', out);
		}
		fputs("\n}\n\n", out);
	}
	fputs("_kvmdbg_commands()\n{\n\tlocal -a commands=(", out);
	for (command = commands; command->name; command++) {
		if (!command->run)
			continue;
		fprintf(out, "\n\t\t'%s:", command->name);
		put_brief(out, command->what);
		fputc('\'', out);
	}
	fputs("\n\t)\n\n\t_describe -t commands command commands\n}\n\n", out);
	fputs(completion_zsh, out);
}

static const struct shell {
	const char *name;
	void (*put)(FILE *out);
} shells[] = {
	{ "bash", put_bash },
	{ "zsh", put_zsh },
	{ 0 },
};

static const char *shell_name(size_t i)
{
	return shells[i].name;
}

static error_t completion_option(int key, char *arg, struct argp_state *state)
{
	const struct shell **shell = state->input;
	char shown[64];

	switch (key) {
	case ARGP_KEY_ARG:
		escape(shown, sizeof(shown), arg, strlen(arg));
		if (*shell)
			argp_error(state, "'%s': one SHELL only", shown);
		for (*shell = shells; (*shell)->name; (*shell)++)
			if (!strcmp((*shell)->name, arg))
				return 0;
		argp_error(state, "'%s': not a shell that is known: bash or zsh", shown);
		return EINVAL;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "SHELL is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp completion_argp = {
	.parser = completion_option,
	.args_doc = "SHELL",
	.doc = "Print a script that makes SHELL, bash or zsh, complete command lines of kvmdbg.\vSee kvmdbg(1).",
};

int completion_main(int argc, char **argv)
{
	const struct shell *shell = NULL;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&completion_argp, argc, argv, 0, NULL, &shell);
	shell->put(stdout);
	return EXIT_OK;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMDBG_COMMAND_H
#define KVMDBG_COMMAND_H

/**
 * struct command - a word that kvmdbg-vmm knows
 * @name: the word
 * @run: does it, with the arguments from the word on; returns the exit status
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
};

int command_main(const struct command *commands, const char *doc, int argc, char **argv);

#endif /* KVMDBG_COMMAND_H */

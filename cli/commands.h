/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands and their options. */
#ifndef KVMDBG_COMMANDS_H
#define KVMDBG_COMMANDS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"
#include "alert.h"
#include "guests.h"

/**
 * struct watch_options - what to watch: options of all commands that watch this host
 * @config: filters and knobs for BPF
 * @vm: pattern of VM names, or NULL
 * @hits_rate: hits a second
 * @hits_default: the same where no option says otherwise
 */
struct watch_options {
	struct kvmdbg_config config;
	const char *vm;
	uint32_t hits_rate;
	uint32_t hits_default;
};

/** watch_argp - reads them; input is a struct watch_options */
extern const struct argp watch_argp;

/**
 * watch_parse - read the command line of a command that watches this host
 * @argp: of the command, with watch_argp among its children
 * @flags: for argp_parse()
 * @watch: part of @input
 * @hits_rate: hits a second where no option says otherwise
 * @input: for @argp
 *
 * Ends the program with EXIT_USAGE if the command line is wrong.
 */
void watch_parse(const struct argp *argp, int argc, char **argv, unsigned int flags,
		 struct watch_options *watch, uint32_t hits_rate, void *input);

/** delay_option - the value of -d, a number of seconds; ends the program where it is none */
void delay_option(struct argp_state *state, const char *arg, uint64_t *ns);

/**
 * struct top_options - command line of kvmdbg top
 * @watch: what to watch
 * @guests: names and symbols
 * @alerts: conditions
 * @interval_ns: between frames
 * @frames: how many, 0 for no end
 * @batch: frames of text
 * @json: frames of JSON
 * @armed: and in them what is armed
 * @verbose: tell what is loaded
 * @replay: recording to show instead of this host, or NULL
 * @pace_ns: in a replay: time between frames, 0 for as long as they took
 */
struct top_options {
	struct watch_options watch;
	struct guest_options guests;
	struct alerts alerts;
	uint64_t interval_ns;
	uint32_t frames;
	bool batch;
	bool json;
	bool armed;
	bool verbose;
	const char *replay;
	uint64_t pace_ns;
};

/**
 * struct record_options - command line of kvmdbg record
 * @watch: what to watch
 * @guests: names
 * @alerts: conditions
 * @output: file to make
 * @force: it may be there already
 * @duration_ns: how long, 0 for no end
 * @window_ns: length of a window
 * @max_hits: hits a window
 * @verbose: tell what is loaded
 * @command: what to run, NULL for nothing
 */
struct record_options {
	struct watch_options watch;
	struct guest_options guests;
	struct alerts alerts;
	const char *output;
	bool force;
	uint64_t duration_ns;
	uint64_t window_ns;
	uint32_t max_hits;
	bool verbose;
	char **command;
};

/** record_parse - read the command line; ends the program with EXIT_USAGE if it is wrong */
void record_parse(struct record_options *options, int argc, char **argv);

/** top_parse - read the command line; ends the program with EXIT_USAGE if it is wrong */
void top_parse(struct top_options *options, int argc, char **argv);

/** top_argp and others - options of a command */
extern const struct argp top_argp, record_argp, report_argp, explain_argp, doctor_argp,
			 completion_argp;
extern const struct argp diff_argp;	/* builds with R's library only */

/** top_main and others - a command; argv[0] is what to call it in messages */
int top_main(int argc, char **argv);
int record_main(int argc, char **argv);
int report_main(int argc, char **argv);
int diff_main(int argc, char **argv);	/* builds with R's library only */
int explain_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int completion_main(int argc, char **argv);

/**
 * struct command - a command
 * @name: of it
 * @run: NULL where this build does not have it
 * @argp: its options; not to be looked at without @run
 * @what: it does
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const struct argp *argp;
	const char *what;
};

/** commands - all, ends with one without a name */
extern const struct command commands[];

#endif /* KVMDBG_COMMANDS_H */

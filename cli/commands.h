/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMDBG_COMMANDS_H
/* The commands and their options. */
#define KVMDBG_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "../bpf/kvmdbg.h"

/**
 * struct top_options - command line of kvmdbg top
 * @config: filters and knobs for BPF
 * @vm: pattern of VM names, or NULL
 * @hits_rate: hits a second and vCPU
 * @interval_ns: between frames
 * @frames: how many, 0 for no end
 * @batch: frames of text
 * @json: frames of JSON
 * @verbose: tell what is loaded
 */
struct top_options {
	struct kvmdbg_config config;
	const char *vm;
	uint32_t hits_rate;
	uint64_t interval_ns;
	uint32_t frames;
	bool batch;
	bool json;
	bool verbose;
};

/** top_parse - read the command line; ends the program with EXIT_USAGE if it is wrong */
void top_parse(struct top_options *options, int argc, char **argv);

/** top_main, doctor_main - a command; argv[0] is what to call it in messages */
int top_main(int argc, char **argv);
int doctor_main(int argc, char **argv);

#endif /* KVMDBG_COMMANDS_H */

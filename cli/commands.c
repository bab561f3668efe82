// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"

/* It needs a library that a board does without. */
#ifdef HAVE_RMATH
#define DIFF_MAIN	diff_main
#define DIFF_ARGP	&diff_argp
#else
#define DIFF_MAIN	NULL
#define DIFF_ARGP	NULL
#endif

const struct command commands[] = {
	{ "top", top_main, &top_argp, "live view of debug events and what they cost" },
	{ "record", record_main, &record_argp, "keep in a file what happens, for kvmdbg report" },
	{ "report", report_main, &report_argp, "show a recording: text, JSON, CSV, HTML, trace" },
	{ "explain", explain_main, &explain_argp,
	  "what is known of events that nobody armed, and of raw values" },
	{ "diff", DIFF_MAIN, DIFF_ARGP,
	  "compare what entering and leaving a guest costs, before and after" },
	{ "doctor", doctor_main, &doctor_argp,
	  "what this host offers, what is missing, and the remedy" },
	{ "completion", completion_main, &completion_argp,
	  "what makes bash or zsh complete command lines of kvmdbg" },
	{ 0 },
};

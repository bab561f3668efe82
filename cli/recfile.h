/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file of a recording: written on one machine, read on any other.  What it looks like is
 * described in kvmdbg-recording(5).
 */
#ifndef KVMDBG_RECFILE_H
#define KVMDBG_RECFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "backend.h"
#include "model.h"

/** REC_VERSION - a file of another major version (upper 16 bits) is not read */
#define REC_VERSION	0x00010000U

/** REC_MAX_BLOCK - no block is larger */
#define REC_MAX_BLOCK	(16U << 20)

struct guests;
struct recorder;
struct recording;
struct run;

/**
 * recorder_open - make the file
 * @recorder: result
 * @path: its name
 * @force: it may exist; it is emptied by recorder_start() only
 *
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int recorder_open(struct recorder **recorder, const char *path, bool force);

/** recorder_guests - how the user calls VMs; @guests stays the caller's */
void recorder_guests(struct recorder *recorder, const struct guests *guests);

/** recorder_env - what is to be known about the recording; any bytes, before recorder_start() */
void recorder_env(struct recorder *recorder, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * recorder_start - write all that comes before the first window
 * @recorder: open
 * @backend: the platform
 * @isa: whose exit reasons, see struct backend
 * @lacks: enum model_lack bits: what is not counted
 * @start_ns: when counting began (CLOCK_MONOTONIC)
 * @vm_filter: shell pattern of the VMs to record, or NULL
 * @max_hits: hits a window at most; others are counted as dropped
 *
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int recorder_start(struct recorder *recorder, const struct backend *backend, uint32_t isa,
		   uint32_t lacks, uint64_t start_ns, const char *vm_filter, size_t max_hits);

/** recorder_sink - what writes a window for each frame; see recorder_status() */
struct frame_sink recorder_sink(struct recorder *recorder);

/** recorder_status - EXIT_OK, or EXIT_IO after a message if something could not be written */
int recorder_status(struct recorder *recorder);

/**
 * struct recorder_totals - what has been written
 * @windows: how many
 * @bytes: size of the file
 * @events: debug exits
 * @hits: single hits
 * @dropped: hits that are not in the file
 * @lost: events that BPF could not count
 * @time_ns: from the start to the last window's end
 */
struct recorder_totals {
	uint64_t windows, bytes, events, hits, dropped, lost, time_ns;
};

/** recorder_get_totals - so far */
void recorder_get_totals(const struct recorder *recorder, struct recorder_totals *totals);

/**
 * recorder_end - write how it ended
 * @status: of the command that was run, in words, or NULL
 * @reason: why recording ended
 *
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int recorder_end(struct recorder *recorder, const char *reason, const char *status);

/** recorder_close - release; a file that was made and never written to is removed; NULL is fine */
void recorder_close(struct recorder *recorder);

/**
 * recording_open - read the start of a file
 * @recording: result
 * @path: its name
 *
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int recording_open(struct recording **recording, const char *path);

/**
 * recording_open_stream - the same of an open file
 * @file: closed with the recording, also if this fails
 * @name: for messages
 */
int recording_open_stream(struct recording **recording, FILE *file, const char *name);

/** recording_is - do these bytes, the first of a file, begin a recording? */
bool recording_is(const void *bytes, size_t len);

/**
 * recording_next - hand over the next window as a frame
 * @sink: gets the counters as they were when the window ended, and its hits
 *
 * Return: false at the end; recording_damage() tells whether it is the end that was written
 */
bool recording_next(struct recording *recording, const struct frame_sink *sink);

/** recording_rewind - the next window is the first one again; false after a message */
bool recording_rewind(struct recording *recording);

/**
 * recording_damage - what is wrong with the end of the file, after recording_next() was false
 * Return: NULL if nothing is
 */
const char *recording_damage(const struct recording *recording);

/** recording_windows - how many have been read since the start, or the last rewind */
uint64_t recording_windows(const struct recording *recording);

/** recording_offset - bytes that these and what is before them take */
uint64_t recording_offset(const struct recording *recording);

/** recording_name - for messages, escaped */
const char *recording_name(const struct recording *recording);

/** recording_start_ns - when counting began, of the clock of the windows */
uint64_t recording_start_ns(const struct recording *recording);

/** recording_env - what a key of the environment says, escaped; NULL if nothing */
const char *recording_env(const struct recording *recording, const char *key);

/**
 * recording_env_at - the environment one by one, as it was written
 * @i: from 0
 * @key: result
 * Return: its text, escaped; NULL behind the last one
 */
const char *recording_env_at(const struct recording *recording, size_t i, const char **key);

/** recording_class - what a histogram is of; flags are 0 if the recording does not know */
struct latency_class recording_class(const struct recording *recording, unsigned int class);

/** recording_guests - for the models that are set up from now on; @guests stays the caller's */
void recording_guests(struct recording *recording, struct guests *guests);

/** recording_setup_model - what the model must know of the platform and its VMs */
void recording_setup_model(struct recording *recording, struct model *model);

/** recording_close - release; NULL is fine */
void recording_close(struct recording *recording);

#endif /* KVMDBG_RECFILE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF side of a command: open, load, attach, read, close. */
#ifndef KVMDBG_SESSION_H
#define KVMDBG_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "backend.h"
#include "model.h"

struct btf;
struct session;

/**
 * session_open - load and attach the programs of the platform this kernel has
 * @session: result
 * @config: filters and knobs
 * @verbose: tell what is loaded, and libbpf's messages, on standard error
 *
 * Gives up all capabilities of the process once attached.
 *
 * Return: EXIT_OK, or another enum exit_code after a message
 */
int session_open(struct session **session, const struct kvmdbg_config *config, bool verbose);

/** session_setup_model - what the model must know of the platform */
void session_setup_model(const struct session *session, struct model *model);

/**
 * session_hits - move the hits that came in to the model
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int session_hits(struct session *session, struct model *model);

/**
 * session_frame - make the model's next frame from what BPF has counted
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int session_frame(struct session *session, struct model *model);

/** session_close - detach and release; also of NULL */
void session_close(struct session *session);

/**
 * backend_find - the platform whose trace events this kernel has
 * @btf: the kernel's types
 *
 * Return: NULL if there is none
 */
const struct backend *backend_find(const struct btf *btf);

/**
 * backend_event_check - has the kernel this event, with the arguments we expect?
 * @btf: the kernel's types
 * @event: what is wanted
 *
 * Return: 0, -ENOENT if there is no such event, -EPROTO if its arguments are others
 */
int backend_event_check(const struct btf *btf, const struct backend_event *event);

/** drop_capabilities - give up all of them for good; false with errno set */
bool drop_capabilities(void);

#endif /* KVMDBG_SESSION_H */

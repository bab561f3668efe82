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
 * @detail: count by the reason of exits as well
 * @verbose: tell what is loaded, and libbpf's messages, on standard error
 *
 * Gives up all capabilities of the process once attached.
 *
 * Return: EXIT_OK, or another enum exit_code after a message
 */
int session_open(struct session **session, const struct kvmdbg_config *config, bool detail,
		 bool verbose);

/** session_setup_model - what the model must know of the platform */
void session_setup_model(const struct session *session, struct model *model);

/**
 * session_backend, session_isa, session_lacks, session_name, session_switch_hz - the platform,
 * whose exit reasons it has, what is not counted here, as it is shown, its clock
 */
const struct backend *session_backend(const struct session *session);
uint32_t session_isa(const struct session *session);
uint32_t session_lacks(const struct session *session);
const char *session_name(const struct session *session);
uint64_t session_switch_hz(const struct session *session);

/**
 * session_events - names of the trace events that are attached to, with blanks between them
 * @text: result
 * @size: of @text
 */
void session_events(const struct session *session, char *text, size_t size);

/**
 * session_hits - hand over the hits that came in
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int session_hits(struct session *session, const struct frame_sink *sink);

/**
 * session_frame - hand over the next frame, from what BPF has counted
 * Return: EXIT_OK, or EXIT_IO after a message
 */
int session_frame(struct session *session, const struct frame_sink *sink);

/**
 * session_armed - what the vCPUs that are counted are set to do
 * @tgid: those of this process; 0: of all
 * @take: called for each
 * @ctx: for it
 *
 * Looks through the process' open files once. Return: false if this kernel does not let us look.
 */
bool session_armed(struct session *session, uint32_t tgid,
		   void (*take)(void *ctx, uint32_t slot, const struct kvmdbg_armed *armed),
		   void *ctx);

/** session_close - detach and release; also of NULL */
void session_close(struct session *session);

/**
 * backend_find - the platform whose trace events this kernel has
 * @btf: the kernel's types, with those of KVM
 *
 * Return: NULL if there is none
 */
const struct backend *backend_find(const struct btf *btf);

/**
 * backend_event_check - has the kernel this event, with the arguments we expect?
 * @btf: the kernel's types, with those of KVM
 * @event: what is wanted
 *
 * Return: which argument is the vCPU (0 if that does not matter), -ENOENT if there is no such
 *	event, -EPROTO if its arguments are others
 */
int backend_event_check(const struct btf *btf, const struct backend_event *event);

/** drop_capabilities - give up all of them for good; false with errno set */
bool drop_capabilities(void);

#endif /* KVMDBG_SESSION_H */

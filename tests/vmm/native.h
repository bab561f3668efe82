/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's own hardware breakpoints and watchpoints, set in another process through ptrace, and
 * threads that are moved between its CPUs.
 */
#ifndef KVMDBG_NATIVE_H
#define KVMDBG_NATIVE_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/* Linux numbers the slots of its IACs and DACs. */
#define NATIVE_IAC(n)	(n)
#define NATIVE_DAC(n)	((n) + 4)

pid_t traced_start(void (*body)(void *arg), void *arg);
unsigned long traced_nip(pid_t pid);
bool traced_go(pid_t pid, int how, int *status);
int traced_arm(pid_t pid, unsigned int trigger, unsigned long addr);
unsigned long code_of(void (*function)(void));
bool traced_disarm(pid_t pid, int slot);
void traced_end(pid_t pid);

enum guard { GUARD_FINE, GUARD_LOST, GUARD_ENDED };

enum guard guard_next(pid_t pid);
void guard_mark(void);

pid_t native_start(void);
bool native_round(pid_t pid);

/**
 * struct mover - moves a thread to the other CPU and back
 * @thread: does so
 * @tid: the thread that is moved
 * @us: how long it stays
 * @stop: when to end
 * @moves: how often it did
 */
struct mover {
	pthread_t thread;
	pid_t tid;
	unsigned int us;
	volatile bool stop;
	unsigned long moves;
};

void pin(pid_t tid, int cpu);
void unpin(pid_t tid);
void mover_start(struct mover *m, unsigned int us);
void mover_end(struct mover *m);

#endif /* KVMDBG_NATIVE_H */

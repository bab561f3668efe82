// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <asm/ptrace.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "native.h"
#include "tap.h"

/** code_of() - where a function's code is; with the 64-bit ABI a pointer to it is not that */
unsigned long code_of(void (*function)(void))
{
#if defined(__powerpc64__) && (!defined(_CALL_ELF) || _CALL_ELF == 1)
	return *(unsigned long *)function;
#else
	return (unsigned long)function;
#endif
}

/** traced_start() - a child that is traced, stopped before it calls @body */
pid_t traced_start(void (*body)(void *arg), void *arg)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		body(arg);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		tap_bail("no process to trace: %s", strerror(errno));
	return pid;
}

/** traced_nip() - where the traced process is */
unsigned long traced_nip(pid_t pid)
{
	return ptrace(PTRACE_PEEKUSER, pid, (void *)(PT_NIP * sizeof(long)), NULL);
}

/**
 * traced_go() - let the traced process go on until it is trapped, with signals of its own on the way
 * @pid: the process
 * @how: PTRACE_CONT or PTRACE_SINGLESTEP
 * @status: gets its status as of waitpid(), or NULL
 *
 * Return: false when it has ended; @status is as it was if it had before
 */
bool traced_go(pid_t pid, int how, int *status)
{
	int own, sig = 0;

	status = status ?: &own;
	do {
		if (ptrace((enum __ptrace_request)how, pid, NULL, (void *)(long)sig) ||
		    waitpid(pid, status, 0) != pid || !WIFSTOPPED(*status))
			return false;
		sig = WSTOPSIG(*status);
	} while (sig != SIGTRAP);
	return true;
}

/** traced_arm() - a PPC_BREAKPOINT_TRIGGER_*, which is good for one event; returns its slot or < 0 */
int traced_arm(pid_t pid, unsigned int trigger, unsigned long addr)
{
	struct ppc_hw_breakpoint bp = {
		.version = 1, .trigger_type = trigger, .addr = addr,
		.addr_mode = PPC_BREAKPOINT_MODE_EXACT,
		.condition_mode = PPC_BREAKPOINT_CONDITION_NONE,
	};

	return ptrace((enum __ptrace_request)PPC_PTRACE_SETHWDEBUG, pid, NULL, &bp);
}

/** traced_disarm() - false if it was not armed */
bool traced_disarm(pid_t pid, int slot)
{
	return !ptrace((enum __ptrace_request)PPC_PTRACE_DELHWDEBUG, pid, NULL,
		       (void *)(long)slot);
}

void traced_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A breakpoint is on it. */
static __attribute__((noinline)) void never(void)
{
	asm volatile("nop" : : : "memory");
}

/** guard_mark() - a guarded process calls it when its registers are due for a look */
__attribute__((noinline)) void guard_mark(void)
{
	asm volatile("" : : : "memory");
	/* so that the compiler takes neither for unreachable */
	if (!getpid())
		never();
}

/* The kernel's records have what was armed in the process, and nothing else. */
static bool as_armed(pid_t pid)
{
	unsigned long dac1 = 0;

	return !ptrace((enum __ptrace_request)PTRACE_GET_DEBUGREG, pid, NULL, &dac1) &&
	       dac1 == MAPPED_RO && traced_disarm(pid, NATIVE_IAC(1)) &&
	       traced_disarm(pid, NATIVE_DAC(1)) && !traced_disarm(pid, NATIVE_IAC(2)) &&
	       !traced_disarm(pid, NATIVE_DAC(2));
}

/**
 * guard_next() - with breakpoints and a watchpoint of its own, to the process' next guard_mark()
 * @pid: a traced process that runs guests
 *
 * The watchpoint is where the process reads nothing, and guests do.
 *
 * Return: GUARD_FINE when that breakpoint has fired, no other has, and they are armed as they were
 */
enum guard guard_next(pid_t pid)
{
	if (traced_arm(pid, PPC_BREAKPOINT_TRIGGER_EXECUTE, code_of(never)) != NATIVE_IAC(1) ||
	    traced_arm(pid, PPC_BREAKPOINT_TRIGGER_READ, MAPPED_RO) != NATIVE_DAC(1) ||
	    traced_arm(pid, PPC_BREAKPOINT_TRIGGER_EXECUTE, code_of(guard_mark)) != NATIVE_IAC(2))
		return GUARD_LOST;
	if (!traced_go(pid, PTRACE_CONT, NULL))
		return GUARD_ENDED;
	if (traced_nip(pid) != code_of(guard_mark) || !as_armed(pid)) {
		tap_diag("the VMM was trapped at 0x%lx, expected 0x%lx", traced_nip(pid),
			 code_of(guard_mark));
		return GUARD_LOST;
	}
	/* off the breakpoint */
	return traced_go(pid, PTRACE_SINGLESTEP, NULL) ? GUARD_FINE : GUARD_ENDED;
}

static volatile uint32_t native_word;
extern const char native_loop[], native_store[];

/* An endless loop with a store in it. */
static void native(void *arg)
{
	(void)arg;
	asm volatile("mr 15, %0\n"
		     ".globl native_loop, native_store\n"
		     "native_loop: addi 14, 14, 1\n"
		     "native_store: stw 14, 0(15)\n"
		     "b native_loop" : : "r" (&native_word) : "14", "15", "memory");
}

/** native_start() - a process that does nothing but run into breakpoints */
pid_t native_start(void)
{
	return traced_start(native, NULL);
}

static bool native_at(pid_t pid, int how, const char *pc)
{
	return traced_go(pid, how, NULL) && traced_nip(pid) == (uintptr_t)pc;
}

/** native_round() - a breakpoint and a watchpoint of the process, each at its place and once */
bool native_round(pid_t pid)
{
	if (traced_arm(pid, PPC_BREAKPOINT_TRIGGER_EXECUTE, (uintptr_t)native_loop) > 0 &&
	    native_at(pid, PTRACE_CONT, native_loop) &&
	    native_at(pid, PTRACE_SINGLESTEP, native_store) &&
	    traced_arm(pid, PPC_BREAKPOINT_TRIGGER_WRITE, (uintptr_t)&native_word) > 0 &&
	    native_at(pid, PTRACE_CONT, native_store) &&
	    native_at(pid, PTRACE_SINGLESTEP, native_store + 4))
		return true;
	tap_diag("the process is at 0x%lx (loop 0x%lx)", traced_nip(pid),
		 (unsigned long)native_loop);
	return false;
}

/** pin() - let a thread run on one CPU only */
void pin(pid_t tid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(tid, sizeof(set), &set))
		tap_bail("sched_setaffinity of %d to CPU %d: %s", tid, cpu, strerror(errno));
}

/** unpin() - let it run where it likes */
void unpin(pid_t tid)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(tid, sizeof(all), &all);
}

static void *move(void *arg)
{
	struct mover *m = arg;

	while (!m->stop) {
		pin(m->tid, ++m->moves & 1);
		usleep(m->us);
	}
	return NULL;
}

/** mover_start() - from now on the calling thread is moved to the other of two CPUs each @us */
void mover_start(struct mover *m, unsigned int us)
{
	m->tid = syscall(SYS_gettid);
	m->us = us;
	if (pthread_create(&m->thread, NULL, move, m))
		tap_bail("pthread_create");
}

/** mover_end() - the thread that called mover_start() runs where it likes */
void mover_end(struct mover *m)
{
	m->stop = true;
	pthread_join(m->thread, NULL);
	unpin(m->tid);
}

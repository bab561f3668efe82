// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's clocks, read on one CPU while another one adjusts them. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "native.h"
#include "scenarios.h"
#include "tap.h"

#define ADJUSTMENTS	400000
#define MIN_READS	100
/* how often the reader is interrupted */
#define INTERRUPT_US	50

#define CALL_KTIME	{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_ns }
#define TEN(x)		x, x, x, x, x, x, x, x, x, x

/* A BPF program that reads the clock a hundred times, or -1. */
static int load_program(void)
{
	static const struct bpf_insn insns[] = {
		TEN(TEN(CALL_KTIME)),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static bool run_program(int prog)
{
	/* a packet, as such a program wants one */
	static char packet[64];
	union bpf_attr attr = {
		.test = {
			.prog_fd = prog,
			.data_in = (uintptr_t)packet,
			.data_size_in = sizeof(packet),
			.repeat = 100,
		},
	};

	return !syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) || errno == EINTR;
}

/* Past the vDSO, which has a copy of the clock. */
static bool call_kernel(int unused)
{
	struct timespec now;

	(void)unused;
	return !syscall(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &now);
}

static void interrupted(int sig)
{
	(void)sig;
}

/* A process that reads on the second CPU, now and then for long, and counts how often. */
static pid_t start_reader(bool (*look)(int arg), int arg, volatile unsigned long *reads)
{
	const struct itimerval timer = {
		.it_interval.tv_usec = INTERRUPT_US, .it_value.tv_usec = INTERRUPT_US
	};
	pid_t pid = fork();

	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(0, 1);
	signal(SIGALRM, interrupted);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (look(arg))
		++*reads;
	_exit(errno);
}

static void adjust_meanwhile(const char *who, bool (*look)(int arg), int arg)
{
	volatile unsigned long *reads = mmap(NULL, sizeof(*reads), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct timex tx = { 0 };
	int i = 0, status = 0;
	bool ended = false;
	pid_t reader;

	/* its frequency, to set it to what it is */
	if (reads == MAP_FAILED || adjtimex(&tx) < 0)
		tap_bail("adjtimex: %s", strerror(errno));
	tx.modes = ADJ_FREQUENCY;
	reader = start_reader(look, arg, reads);
	pin(0, 0);
	while (i < ADJUSTMENTS && !ended) {
		if (*reads) {
			if (adjtimex(&tx) < 0)
				tap_bail("adjtimex: %s", strerror(errno));
			i++;
		}
		ended = waitpid(reader, &status, WNOHANG) == reader;
	}
	unpin(0);
	if (!tap_ok(!ended && *reads >= MIN_READS, "clock: adjusted while %s it", who))
		tap_diag("%d adjustments, %lu reads, status 0x%x", i, *reads, status);
	if (!ended) {
		kill(reader, SIGKILL);
		waitpid(reader, NULL, 0);
	}
	munmap((void *)reads, sizeof(*reads));
}

void scenario_clock(void)
{
	int prog = load_program();

	if (prog < 0)
		tap_bail("BPF_PROG_LOAD: %s", strerror(errno));
	adjust_meanwhile("a BPF program reads", run_program, prog);
	adjust_meanwhile("a process asks for", call_kernel, 0);
	close(prog);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The clock that BPF programs read, on one CPU while another one adjusts it. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"
#include "scenarios.h"
#include "tap.h"

#define ADJUSTMENTS	300000

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
			.repeat = 1000,
		},
	};

	return !syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr));
}

void scenario_clock(void)
{
	struct timex tx = { .modes = ADJ_FREQUENCY };
	int i, status = 0, prog = load_program();
	pid_t reader;

	if (prog < 0)
		tap_bail("BPF_PROG_LOAD: %s", strerror(errno));
	reader = fork();
	if (reader < 0)
		tap_bail("fork: %s", strerror(errno));
	pin(0, !reader);
	if (!reader) {
		while (run_program(prog))
			;
		_exit(errno);
	}
	for (i = 0; i < ADJUSTMENTS && !waitpid(reader, &status, WNOHANG); i++)
		if (adjtimex(&tx) < 0)
			break;
	if (!tap_eq(i, ADJUSTMENTS, "clock: adjusted while a BPF program reads it"))
		tap_diag(status ? "the reader has ended, status 0x%x" : "adjtimex fails", status);
	kill(reader, SIGKILL);
	waitpid(reader, &status, 0);
	close(prog);
}

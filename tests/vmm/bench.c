// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the way into and out of the guest costs, in instructions: to be run
 * where time is a fixed number of nanoseconds an instruction (the emulator's
 * -icount).  A median is exact there: the odd round with a host interrupt in
 * it does not move it.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define ROUNDS		501		/* odd, for the median */
#define WARM_UP		20		/* the first ones fault pages in */
#define NOWHERE		0x00700000	/* no code there, and no data */

static unsigned int insn_ns = 8;
static double tick_ns;
static const char *prefix = "";

static uint32_t timebase(void)
{
	uint32_t t;

	__asm__ volatile("mfspr %0, %1" : "=r" (t) : "i" (SPR_TBL));
	return t;
}

static void read_timebase_frequency(void)
{
	unsigned long hz = 0;
	char line[80];
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "timebase : %lu", &hz);
	if (f)
		fclose(f);
	if (!hz)
		tap_bail("no timebase frequency in /proc/cpuinfo");
	tick_ns = 1e9 / hz;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Median of the rounds after the warm-up, in instructions. */
static unsigned int median(uint32_t *ticks)
{
	qsort(ticks + WARM_UP, ROUNDS, sizeof(*ticks), compare);
	return ticks[WARM_UP + ROUNDS / 2] * tick_ns / insn_ns + 0.5;
}

static void row(const char *name, unsigned int insns)
{
	printf("row %s%s %u\n", prefix, name, insns);
}

static const struct kvm_guest_debug none;
static const struct kvm_guest_debug step = {
	.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
};
/* Two breakpoints and two watchpoints where the guest never comes. */
static const struct kvm_guest_debug armed = {
	.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP,
	.arch.bp = {
		{ .addr = NOWHERE, .type = KVMPPC_DEBUG_BREAKPOINT },
		{ .addr = NOWHERE + 0x100, .type = KVMPPC_DEBUG_BREAKPOINT },
		{ .addr = NOWHERE + 0x200, .type = KVMPPC_DEBUG_WATCH_WRITE },
		{ .addr = NOWHERE + 0x300, .type = KVMPPC_DEBUG_WATCH_READ },
	},
};

static void debug(struct vm *vm, const struct kvm_guest_debug *request)
{
	struct kvm_guest_debug dbg = *request;

	if (vm_debug_bp(vm, &dbg))
		tap_bail("KVM_SET_GUEST_DEBUG: %s", strerror(errno));
	/* an unmended kernel brings MSR[DE] in force only here */
	vm_set_regs(vm);
}

/* An instruction of the guest's, timed by the guest. */
static unsigned int guest_time(const char *label, const struct kvm_guest_debug *dbg)
{
	static uint32_t ticks[WARM_UP + ROUNDS];
	struct vm *vm = vm_new(0);
	int r;

	vm_start(vm, label, 0);
	vm->regs.gpr[3] = WARM_UP + ROUNDS;
	vm->regs.gpr[5] = GUEST_LOG;
	debug(vm, dbg);
	r = vm_run(vm, DEFAULT_MS * 10);
	if (r != KVM_EXIT_MMIO || vm_port(vm) != PORT_DONE)
		tap_bail("%s: %s", label, vm_exit_str(vm, r));
	memcpy(ticks, vm_word(vm, GUEST_LOG), sizeof(ticks));
	vm_free(vm);
	return median(ticks);
}

/* A KVM_RUN from its call to its return. */
static unsigned int run_time(const char *label, const struct kvm_guest_debug *dbg, int reason)
{
	static uint32_t ticks[WARM_UP + ROUNDS];
	struct vm *vm = vm_new(0);
	unsigned int i;

	vm_start(vm, label, 0);
	/* an unmended kernel hangs at a breakpoint where nothing is mapped yet */
	debug(vm, &step);
	if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG)
		tap_bail("%s: no step", label);
	debug(vm, dbg);
	for (i = 0; i < WARM_UP + ROUNDS; i++) {
		uint32_t start = timebase();
		int r = ioctl(vm->fd, KVM_RUN, 0);

		ticks[i] = timebase() - start;
		if (r || (int)vm->run->exit_reason != reason)
			tap_bail("%s: %s", label, vm_exit_str(vm, vm->run->exit_reason));
	}
	vm_free(vm);
	return median(ticks);
}

static bool is_hv(void)
{
	struct vm *vm = vm_new(0);
	bool hv = vm->hv;

	vm_free(vm);
	return hv;
}

static unsigned int set_time(void)
{
	static uint32_t ticks[WARM_UP + ROUNDS];
	struct kvm_guest_debug dbg = armed;
	struct vm *vm = vm_new(0);
	unsigned int i;

	for (i = 0; i < WARM_UP + ROUNDS; i++) {
		uint32_t start = timebase();
		int r = vm_debug_bp(vm, &dbg);

		ticks[i] = timebase() - start;
		if (r)
			tap_bail("KVM_SET_GUEST_DEBUG: %s", strerror(-r));
	}
	vm_free(vm);
	return median(ticks);
}

static const struct argp_option options[] = {
	{ "insn-ns", 'i', "NS", 0, "Virtual time of an instruction (8)", 0 },
	{ "prefix", 'p', "TEXT", 0, "Put before each row's name", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	char *end;

	switch (key) {
	case 'i':
		insn_ns = strtoul(arg, &end, 10);
		if (!insn_ns || *end)
			argp_error(state, "not a time in ns: %s", arg);
		return 0;
	case 'p':
		prefix = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "no arguments wanted");
	}
	return ARGP_ERR_UNKNOWN;
}

/** cmd_bench() - print a "row NAME INSTRUCTIONS" for each way in and out */
int cmd_bench(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "Rows of instructions spent, under -icount.",
	};
	struct kvm_guest_debug here = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP,
		.arch.bp = { { .addr = sym("loop_start"), .type = KVMPPC_DEBUG_BREAKPOINT } },
	};
	const char *emulated = is_hv() ? "bench_emulated_hv" : "bench_emulated";
	unsigned int plain;

	if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
		return 2;
	read_timebase_frequency();
	plain = guest_time("bench_plain", &none);
	row("lightweight_exit", guest_time(emulated, &none) - plain);
	row("lightweight_exit_armed", guest_time(emulated, &armed) - plain);
	row("run", run_time("mmio_start", &none, KVM_EXIT_MMIO));
	row("run_armed", run_time("mmio_start", &armed, KVM_EXIT_MMIO));
	row("step", run_time("loop_start", &step, KVM_EXIT_DEBUG));
	row("breakpoint", run_time("loop_start", &here, KVM_EXIT_DEBUG));
	row("set_guest_debug", set_time());
	return 0;
}

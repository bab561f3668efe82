// SPDX-License-Identifier: GPL-2.0-only
/* Guests that make a known number of debug events, for the tool's tests and the demo. */
#include <argp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define SW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)
#define MAX_VMS		16

/**
 * struct guest - a VM, its thread, and what it shall do
 * @thread: runs it
 * @index: its place on the command line
 * @step: single-steps
 * @hw: hardware breakpoints and watchpoints, a step over each
 * @sw: software breakpoints
 * @guest: debug events of the guest's own
 * @stray: software breakpoints nobody asked for
 * @mmio: exits that are not debug exits
 * @arm: at the end breakpoints are left armed that nothing meets
 * @ok: whether it did
 */
struct guest {
	pthread_t thread;
	unsigned int index;
	unsigned int step, hw, sw, guest, stray, mmio, arm;
	bool ok;
};

static bool timing, gate, hold;
static pthread_barrier_t done;

static bool do_steps(struct vm *vm, unsigned int n)
{
	vm_start(vm, "loop_start", 0);
	vm_debug(vm, STEP);
	while (n--)
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG)
			return false;
	return !vm_debug(vm, 0);
}

static bool do_bps(struct vm *vm, unsigned int n, uint32_t control)
{
	vm_start(vm, "bp_at", 0);
	vm_debug(vm, control);
	/* left where it is the guest runs into the same breakpoint again */
	while (n--)
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG)
			return false;
	return !vm_debug(vm, 0);
}

/* A breakpoint, a watched store, a watched load, and round again: as a debugger goes on. */
static bool do_hw(struct vm *vm, unsigned int n)
{
	struct kvm_guest_debug dbg = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP,
		.arch.bp = {
			{ .addr = sym("hw_loop"), .type = KVMPPC_DEBUG_BREAKPOINT },
			{ .addr = GUEST_DATA, .type = KVMPPC_DEBUG_WATCH_WRITE },
			{ .addr = GUEST_DATA + 8, .type = KVMPPC_DEBUG_WATCH_READ },
		},
	};

	vm_start(vm, "hw_start", 0);
	vm->regs.gpr[3] = n + 1;
	vm_set_regs(vm);
	while (n--)
		if (vm_debug_bp(vm, &dbg) || vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG ||
		    vm_debug(vm, STEP) || vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG)
			return false;
	return !vm_debug(vm, 0);
}

static bool do_guest(struct vm *vm, unsigned int n)
{
	int r;

	if (!n)
		return true;
	vm_ivor(vm, IVOR_DEBUG, "h_burst");
	vm_start(vm, "burst_start", 0);
	vm->regs.gpr[10] = DBCR0_IDM | DBCR0_IC;
	vm->regs.gpr[11] = MSR_DE;
	vm->regs.gpr[23] = 0;
	vm->regs.gpr[26] = 0xffffffff;
	vm->regs.gpr[27] = n;
	vm_set_regs(vm);
	/* all of them are one KVM_RUN */
	r = vm_run(vm, 600000);
	vm_get_regs(vm);
	return r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[23] == n;
}

static bool do_mmio(struct vm *vm, unsigned int n)
{
	vm_start(vm, "mmio_start", 0);
	while (n--)
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_MMIO)
			return false;
	return true;
}

/* Left armed: an instruction and data, which nothing meets. */
static bool leave_armed(struct vm *vm)
{
	struct kvm_guest_debug dbg = {
		.control = SW | KVM_GUESTDBG_USE_HW_BP,
		.arch.bp = {
			{ .addr = 0x3000, .type = KVMPPC_DEBUG_BREAKPOINT },
			{ .addr = GUEST_DATA, .type = KVMPPC_DEBUG_WATCH_WRITE },
			{ .addr = GUEST_DATA + 8,
			  .type = KVMPPC_DEBUG_WATCH_READ | KVMPPC_DEBUG_WATCH_WRITE },
		},
	};

	return !vm_debug_bp(vm, &dbg);
}

static bool work(struct vm *vm, const struct guest *g)
{
	return do_steps(vm, g->step) && do_hw(vm, g->hw) && do_bps(vm, g->sw, SW) &&
	       do_bps(vm, g->stray, 0) && do_guest(vm, g->guest) && do_mmio(vm, g->mmio) &&
	       (!g->arm || leave_armed(vm));
}

/* KVM's own account of the exits (CONFIG_KVM_EXIT_TIMING), in microseconds. */
static void print_timing(unsigned int index, int vm_fd)
{
	char path[96], line[160], name[32];
	unsigned long long min, max, sum;
	unsigned int count;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%ld-%d/vcpu0/timing",
		 syscall(SYS_gettid), vm_fd);
	f = fopen(path, "r");
	if (!f) {
		printf("# %s cannot be read\n", path);
		return;
	}
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " %31s %u %llu %llu %llu", name, &count, &min, &max, &sum) == 5 &&
		    count)
			printf("timing vm=%u %s count=%u min=%llu max=%llu sum=%llu\n", index, name,
			       count, min, max, sum);
	fclose(f);
}

static void *guest_thread(void *arg)
{
	struct guest *g = arg;
	struct vm *vm = vm_new(0);

	vm->bulk = 1024;
	/* the name of a VM is the thread that made it */
	printf("vm=%u pid=%d tid=%ld fd=%d\n", g->index, getpid(), syscall(SYS_gettid), vm->vm_fd);
	g->ok = work(vm, g);
	if (timing)
		print_timing(g->index, vm->vm_fd);
	pthread_barrier_wait(&done);
	if (hold)
		pthread_barrier_wait(&done);
	vm_free(vm);
	return NULL;
}

static int set_count(struct guest *g, char *text)
{
	static char *const token[] = { "step", "hw", "sw", "guest", "stray", "mmio", "arm", NULL };
	unsigned int *count[] = { &g->step, &g->hw, &g->sw, &g->guest, &g->stray, &g->mmio,
				  &g->arm };
	char *value, *end;

	while (*text) {
		int i = getsubopt(&text, token, &value);

		if (i < 0 || !value)
			return -1;
		*count[i] = strtoul(value, &end, 10);
		if (end == value || *end)
			return -1;
	}
	return 0;
}

static struct guest guests[MAX_VMS];
static unsigned int nr_guests;

static error_t load_opt(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 't':
		timing = true;
		return 0;
	case 'g':
		gate = true;
		return 0;
	case 'w':
		hold = true;
		return 0;
	case ARGP_KEY_ARG:
		if (nr_guests == MAX_VMS)
			argp_error(state, "at most %d VMs", MAX_VMS);
		if (set_count(&guests[nr_guests++], arg))
			argp_error(state, "not what a VM can do: %s", arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return EINVAL;
	}
	return ARGP_ERR_UNKNOWN;
}

/* kvmdbg-vmm load VM...: each VM a list of step=N, hw=N, sw=N, stray=N, guest=N, mmio=N, arm=1 */
int cmd_load(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "timing", 't', NULL, 0, "Show KVM's own exit statistics (debugfs)", 0 },
		{ "gate", 'g', NULL, 0, "Start when a line comes from standard input", 0 },
		{ "wait", 'w', NULL, 0, "When done, keep the VMs until standard input ends", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options, .parser = load_opt,
		.args_doc = "step=N,hw=N,sw=N,stray=N,guest=N,mmio=N,arm=1...",
		.doc = "Guests that make so many debug events, each in a thread of its own.",
	};
	bool ok = true;
	unsigned int i;
	int c;

	if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
		return 2;
	if (gate)
		for (c = getchar(); c != '\n' && c != EOF; c = getchar())
			;
	pthread_barrier_init(&done, NULL, nr_guests + 1);
	for (i = 0; i < nr_guests; i++) {
		guests[i].index = i;
		if (pthread_create(&guests[i].thread, NULL, guest_thread, &guests[i]))
			tap_bail("pthread_create");
	}
	pthread_barrier_wait(&done);
	for (i = 0; i < nr_guests; i++) {
		printf("vm=%u %s\n", i, guests[i].ok ? "done" : "FAILED");
		ok = ok && guests[i].ok;
	}
	if (hold) {
		while (getchar() != EOF)
			;
		pthread_barrier_wait(&done);
	}
	for (i = 0; i < nr_guests; i++)
		pthread_join(guests[i].thread, NULL);
	return ok ? 0 : 1;
}

static unsigned int demo_secs = 20, demo_vms = 2;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Some of everything, at a pace that a person can follow. */
static void *demo_thread(void *arg)
{
	struct guest *g = arg;
	struct vm *vm = vm_new(0);
	double end = now() + demo_secs;
	unsigned int round = 0;

	g->ok = true;
	while (g->ok && now() < end) {
		struct guest part = {
			.step = 60 / (g->index + 1),
			.hw = 120 * (g->index + 1),
			.sw = 20 * (g->index + 1),
			.mmio = 20,
			.guest = round % 4 == 3 ? 25 : 0,
			.stray = round % 16 == 15 ? 1 : 0,
		};

		g->ok = work(vm, &part);
		usleep(150000);
		round++;
	}
	vm_free(vm);
	return NULL;
}

static error_t demo_opt(int key, char *arg, struct argp_state *state)
{
	unsigned int *value = key == 'v' ? &demo_vms : &demo_secs;
	char *end;

	if (key != 'v' && key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	*value = strtoul(arg, &end, 10);
	if (end == arg || *end || !*value)
		argp_error(state, "not a number above 0: %s", arg);
	if (key == 'v' && *value > MAX_VMS)
		argp_error(state, "at most %d VMs", MAX_VMS);
	if (key != 'v' && state->arg_num)
		argp_error(state, "one number of seconds only");
	return 0;
}

/* kvmdbg-vmm demo: guests that are stepped and hit breakpoints and watchpoints for a while */
int cmd_demo(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "vms", 'v', "N", 0, "How many guests (default 2)", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options, .parser = demo_opt, .args_doc = "[SECS]",
		.doc = "Guests that are single-stepped and hit breakpoints for SECS seconds (20).",
	};
	bool ok = true;
	unsigned int i;

	if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
		return 2;
	for (i = 0; i < demo_vms; i++) {
		guests[i].index = i;
		if (pthread_create(&guests[i].thread, NULL, demo_thread, &guests[i]))
			tap_bail("pthread_create");
	}
	for (i = 0; i < demo_vms; i++) {
		pthread_join(guests[i].thread, NULL);
		ok = ok && guests[i].ok;
	}
	return ok ? 0 : 1;
}

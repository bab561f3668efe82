// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug registers follow the thread: a vCPU that is moved between the host's CPUs, a VMM that is
 * itself debugged, and what the processor has noted for one and must not tell another.
 */
#define _GNU_SOURCE
#include <asm/ptrace.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "native.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define HW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP)
#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define BP		KVMPPC_DEBUG_BREAKPOINT
#define RD		KVMPPC_DEBUG_WATCH_READ
#define WR		KVMPPC_DEBUG_WATCH_WRITE

static struct vm *mv_vm(unsigned int rounds, unsigned int spin)
{
	struct vm *vm = vm_new(0);

	vm_start(vm, "mv_start", 0);
	vm->regs.gpr[3] = rounds;
	vm->regs.gpr[5] = spin;
	vm_set_regs(vm);
	vm->bulk = 100;
	return vm;
}

static int arm(struct vm *vm, uint32_t control, uint32_t bp, uint32_t wp, uint32_t type)
{
	struct kvm_guest_debug dbg = { .control = control };

	dbg.arch.bp[0].addr = bp;
	dbg.arch.bp[0].type = bp ? BP : 0;
	dbg.arch.bp[1].addr = wp;
	dbg.arch.bp[1].type = wp ? type : 0;
	return vm_debug_bp(vm, &dbg);
}

/**
 * struct tally - what came of a guest in mv_start
 * @hits: breakpoints and watchpoints that came when they were due
 * @odd: other debug exits
 * @moved: runs that ended on another CPU than they began on
 * @finished: the guest came to its end with the right count
 */
struct tally {
	unsigned int hits, odd, moved;
	bool finished;
};

/* The breakpoint and the watchpoint in turn, armed once and for all; the pc is moved over each. */
static void run_hits(struct vm *vm, unsigned int rounds, struct tally *t)
{
	bool store = false;
	unsigned int exits;
	int r, cpu;

	arm(vm, HW, sym("mv_bp"), GUEST_DATA, WR);
	for (exits = 0;; exits++) {
		cpu = sched_getcpu();
		r = vm_run_port(vm, DEFAULT_MS);
		t->moved += cpu != sched_getcpu();
		if (r != KVM_EXIT_DEBUG || exits > 2 * rounds)
			break;
		vm_get_regs(vm);
		if (vm->regs.pc == sym(store ? "mv_store" : "mv_bp") &&
		    vm_flags(vm) == (store ? KVMPPC_DEBUG_EXIT_DAC(1) : KVMPPC_DEBUG_EXIT_IAC(1)))
			t->hits++;
		else
			t->odd++;
		/* what is passed over at the breakpoint is the guest's count */
		vm->regs.gpr[4] += !store;
		vm->regs.pc += 4;
		vm_set_regs(vm);
		store = !store;
	}
	vm_get_regs(vm);
	t->finished = r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[4] == rounds;
	if (!t->finished)
		tap_diag("r4 %llu, %s", (unsigned long long)vm->regs.gpr[4], vm_exit_str(vm, r));
}

static void report_hits(const char *name, unsigned int rounds, const struct tally *t)
{
	tap_eq(t->hits, 2 * rounds, "%s: %u hits, none missed", name, 2 * rounds);
	tap_eq(t->odd, 0, "%s: none doubled and none out of place", name);
	tap_ok(t->finished, "%s: then the guest comes to its end", name);
}

static void moved_hits(void)
{
	const unsigned int rounds = 1500, enough = 100, most = 20;
	unsigned int guests = 0;
	struct tally t = { 0 };
	struct mover m = { 0 };

	mover_start(&m, 300);
	/* the faster the machine, the more of them it takes */
	do {
		struct vm *vm = mv_vm(rounds, 20000);

		run_hits(vm, rounds, &t);
		vm_free(vm);
		guests++;
	} while (t.finished && t.moved <= enough && guests < most);
	mover_end(&m);
	report_hits("moved", guests * rounds, &t);
	if (!tap_ok(t.moved > enough, "moved: in the middle of KVM_RUN (%u times)", t.moved))
		tap_diag("%lu moves in all", m.moves);
}

static void moved_steps(void)
{
	const unsigned int steps = 20000;
	uint32_t first = sym("emul_start"), last = sym("emul_end"), pc = first;
	struct vm *vm = vm_new(0);
	struct mover m = { 0 };
	unsigned int good = 0;

	vm_start(vm, "emul_start", 0);
	vm->regs.gpr[4] = 0;
	vm_set_regs(vm);
	vm->bulk = 100;
	vm_debug(vm, STEP);
	mover_start(&m, 300);
	for (; good < steps; good++) {
		pc = pc == last ? first : pc + 4;
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG ||
		    vm->run->debug.arch.address != pc ||
		    vm_flags(vm) != KVMPPC_DEBUG_EXIT_STEP)
			break;
	}
	mover_end(&m);
	vm_get_regs(vm);
	tap_eq(good, steps, "moved: every step, emulated instructions included");
	tap_eq(vm->regs.gpr[4], (steps + 2) / 3, "moved: as many instructions as steps");
	vm_free(vm);
}

/**
 * struct other - a process with hardware breakpoints of its own, pinned to a CPU
 * @thread: traces it
 * @cpu: where it runs
 * @stop: when to end
 * @rounds: how often it hit breakpoint and watchpoint
 * @ok: each of them was as it should be
 */
struct other {
	pthread_t thread;
	int cpu;
	volatile bool stop;
	unsigned int rounds;
	bool ok;
};

static void *trace_other(void *arg)
{
	struct other *o = arg;
	pid_t pid = native_start();

	pin(pid, o->cpu);
	o->ok = true;
	while (!o->stop && o->ok) {
		o->ok = native_round(pid);
		o->rounds += o->ok;
	}
	traced_end(pid);
	return NULL;
}

/* The vCPU is moved between a CPU that somebody else debugs on, and another such. */
static void moved_among_others(void)
{
	const unsigned int rounds = 1000;
	struct vm *vm = mv_vm(rounds, 20000);
	struct other other[2] = { { .cpu = 0 }, { .cpu = 1 } };
	struct tally t = { 0 };
	struct mover m = { 0 };
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&other[i].thread, NULL, trace_other, &other[i]))
			tap_bail("pthread_create");
	mover_start(&m, 300);
	run_hits(vm, rounds, &t);
	mover_end(&m);
	for (i = 0; i < 2; i++) {
		other[i].stop = true;
		pthread_join(other[i].thread, NULL);
		if (!tap_ok(other[i].ok && other[i].rounds > 50,
			    "CPU %u: a process with breakpoints of its own sees all of them (%u) and no other",
			    i, other[i].rounds))
			tap_diag("%u rounds", other[i].rounds);
	}
	report_hits("moved between them", rounds, &t);
	vm_free(vm);
}

void scenario_move(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		tap_bail("a vCPU cannot be moved: there is one CPU");
	moved_hits();
	moved_steps();
	moved_among_others();
}

#define DEBUGGED_ROUNDS	300

/* What the debugged VMM and its tracer share. */
struct shared {
	unsigned int hits, odd;
	volatile uint32_t word;
};

static struct shared *shared;

/* The guest reads at MAPPED_RO, an address that the host watches in the VMM. */
static void debugged_vmm(void *arg)
{
	/* its watchdog only in KVM_RUN: else the signal's handler is what is stepped into */
	struct vm *vm = vm_new(0);
	unsigned int i;

	(void)arg;
	for (i = 0; i < DEBUGGED_ROUNDS; i++) {
		vm_start(vm, "ro_start", 0);
		arm(vm, HW, sym("ro_start"), 0, 0);
		if (vm_run(vm, DEFAULT_MS) == KVM_EXIT_DEBUG &&
		    vm_flags(vm) == KVMPPC_DEBUG_EXIT_IAC(1))
			shared->hits++;
		else
			shared->odd++;
		/* with nothing of the guest's armed */
		vm_debug(vm, 0);
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_MMIO)
			shared->odd++;
		/* and with other things armed: first the access is completed */
		vm_start(vm, "ro_start", 0);
		arm(vm, HW | STEP, 0, GUEST_DATA, WR);
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG ||
		    vm_run(vm, DEFAULT_MS) != KVM_EXIT_DEBUG)
			shared->odd++;
		guard_mark();
		shared->word++;
	}
}

void scenario_host_debug(void)
{
	unsigned int marks, writes = 0;
	pid_t pid;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		tap_bail("mmap");
	pid = traced_start(debugged_vmm, NULL);
	for (marks = 0; marks < DEBUGGED_ROUNDS; marks++) {
		if (guard_next(pid) != GUARD_FINE)
			break;
		if (traced_arm(pid, PPC_BREAKPOINT_TRIGGER_WRITE,
			       (uintptr_t)&shared->word) < 0 ||
		    !traced_go(pid, PTRACE_CONT, NULL))
			break;
		writes += shared->word == marks && traced_go(pid, PTRACE_SINGLESTEP, NULL) &&
			  shared->word == marks + 1;
	}
	traced_end(pid);
	tap_eq(marks, DEBUGGED_ROUNDS,
	       "a debugged VMM: its breakpoint fires after each KVM_RUN, its registers are as armed");
	tap_eq(writes, marks, "a debugged VMM: its watchpoint fires");
	tap_eq(shared->hits, marks, "its guest: each breakpoint");
	tap_eq(shared->odd, 0, "its guest: no event of the host's, and no other");
	munmap(shared, sizeof(*shared));
}

static struct vm *late_vm(void)
{
	struct vm *vm = vm_new(0);

	vm_start(vm, "late_start", 0);
	vm->regs.gpr[10] = DBCR0_IDM | DBCR0_IAC1;
	vm->regs.gpr[13] = sym("late_at");
	vm_set_regs(vm);
	vm->bulk = 1000;
	return vm;
}

static bool late_round(struct vm *vm)
{
	return vm_run(vm, DEFAULT_MS) == KVM_EXIT_MMIO && vm_port(vm) == PORT_SYNC;
}

/*
 * The guest has MSR[DE] off and runs into its own breakpoint: the processor makes a note in DBSR,
 * to interrupt when debug interrupts are on again. Nobody else may get that.
 */
void scenario_late(void)
{
	const unsigned int rounds = 300;
	struct vm *vm = late_vm(), *other = vm_new(0);
	unsigned int i, good = 0, native_good = 0, steps = 0;
	pid_t pid = native_start();

	vm_start(other, "loop_start", 0);
	other->bulk = 1000;
	vm_debug(other, STEP);
	for (i = 0; i < rounds; i++) {
		good += late_round(vm);
		native_good += native_round(pid);
	}
	tap_eq(good, rounds, "a guest in its own breakpoint, with MSR[DE] off: no interrupt");
	tap_eq(native_good, rounds, "a native process next: its own events and no other");
	for (i = good = 0; i < rounds; i++) {
		uint32_t pc = sym("loop_start") + (i + 1) % 4 * 4;

		good += late_round(vm);
		steps += vm_run(other, DEFAULT_MS) == KVM_EXIT_DEBUG &&
			 vm_flags(other) == KVMPPC_DEBUG_EXIT_STEP &&
			 other->run->debug.arch.address == pc;
	}
	tap_eq(steps, rounds, "another guest next, stepped: its steps and no other event");
	traced_end(pid);
	vm_free(other);
	vm_free(vm);
}

static volatile sig_atomic_t traps;

static void on_trap(int sig)
{
	(void)sig;
	traps++;
}

/*
 * A vCPU that is preempted while KVM changes its debug registers: what is half done must not get
 * into hardware when it is back. The guest has watchpoints on all addresses of the host's kernel,
 * in whatever mode; there a hit is a SIGTRAP to the process.
 */
void scenario_preempted(void)
{
	const unsigned int rounds = 500;
	const long enough = 200;
	unsigned int runs = 0, finished = 0;
	struct vm *vm = vm_new(0);
	struct rusage before, now;
	pid_t pid = fork();

	if (pid < 0)
		tap_bail("fork");
	pin(0, 0);
	if (!pid)
		for (;;)
			;
	signal(SIGTRAP, on_trap);
	getrusage(RUSAGE_SELF, &before);
	do {
		vm_start(vm, "pr_start", 0);
		vm->regs.gpr[3] = rounds;
		vm->regs.gpr[10] = DBCR0_IDM | DBCR0_DAC1R | DBCR0_DAC1W;
		vm->regs.gpr[11] = MSR_DE;
		vm->regs.gpr[13] = 0xc0000000;
		vm->regs.gpr[14] = 0xffffffff;
		vm->regs.gpr[15] = DBCR2_DAC12_RANGE;
		vm_set_regs(vm);
		runs++;
		finished += vm_run_port(vm, DEFAULT_MS) == KVM_EXIT_MMIO &&
			    vm_port(vm) == PORT_DONE;
		getrusage(RUSAGE_SELF, &now);
	} while (finished == runs && now.ru_nivcsw - before.ru_nivcsw < enough);
	signal(SIGTRAP, SIG_DFL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	tap_eq(finished, runs,
	       "a guest that arms watchpoints all the time, preempted %ld times: each run",
	       enough);
	tap_eq(traps, 0, "none has hit in the host");
	vm_free(vm);
}

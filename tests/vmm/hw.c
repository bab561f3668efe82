// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware breakpoints and watchpoints that the processor itself raises. An emulator without them
 * is found out by a first try, and the rest is skipped.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>

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
#define IAC(n)		KVMPPC_DEBUG_EXIT_IAC(n)
#define DAC(n)		KVMPPC_DEBUG_EXIT_DAC(n)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct hw_hit {
	const char *pc;
	uint32_t address, status, flags;
};

static struct vm *hw_vm(const char *start, uint32_t n, uint32_t msr)
{
	struct vm *vm = vm_new(0);

	/* the mfspr, in user mode */
	vm_ivor(vm, IVOR_PROGRAM, "h_skip");
	vm_start(vm, start, msr);
	vm->regs.gpr[3] = n;
	vm_set_regs(vm);
	return vm;
}

static int arm(struct vm *vm, uint32_t control, uint32_t addr1, uint32_t type1, uint32_t addr2,
	       uint32_t type2)
{
	struct kvm_guest_debug dbg = { .control = control };

	dbg.arch.bp[0].addr = addr1;
	dbg.arch.bp[0].type = type1;
	dbg.arch.bp[1].addr = addr2;
	dbg.arch.bp[1].type = type2;
	return vm_debug_bp(vm, &dbg);
}

static bool hit(struct vm *vm, int r, const struct hw_hit *want)
{
	uint32_t pc = sym(want->pc);

	vm_get_regs(vm);
	if (r == KVM_EXIT_DEBUG && vm->regs.pc == pc &&
	    vm->run->debug.arch.address == (want->address ?: pc) &&
	    vm->run->debug.arch.status == want->status && vm_flags(vm) == want->flags)
		return true;
	tap_diag("expected pc 0x%x (%s) address 0x%x status 0x%x flags 0x%x, got %s", pc, want->pc,
		 want->address ?: pc, want->status, want->flags, vm_exit_str(vm, r));
	return false;
}

/* The debugger's way on: nothing armed, a step. True if it got to the next instruction. */
static bool step(struct vm *vm)
{
	uint64_t pc = vm->regs.pc;
	int r;

	vm_debug(vm, STEP);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	return r == KVM_EXIT_DEBUG && vm->regs.pc == pc + 4 &&
	       vm_flags(vm) == KVMPPC_DEBUG_EXIT_STEP;
}

static bool finished(struct vm *vm)
{
	int r = vm_run_port(vm, DEFAULT_MS);

	vm_get_regs(vm);
	if (r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE)
		return true;
	tap_diag("%s", vm_exit_str(vm, r));
	return false;
}

static bool have_hw(void)
{
	struct vm *vm = hw_vm("hw_start", 1, 0);
	int r;

	arm(vm, HW, sym("hw_loop"), BP, 0, 0);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_free(vm);
	return r == KVM_EXIT_DEBUG;
}

static void breakpoint(const char *name, uint32_t msr)
{
	const struct hw_hit want = { "hw_loop", 0, BP, IAC(1) };
	const unsigned int n = 20;
	struct vm *vm = hw_vm("hw_start", n, msr);
	unsigned int hits = 0, early = 0, twice = 0, stepped = 0;

	while (hits <= n) {
		arm(vm, HW, sym("hw_loop"), BP, 0, 0);
		if (!hit(vm, vm_run_port(vm, DEFAULT_MS), &want))
			break;
		early += vm->regs.gpr[4] == hits;
		twice += hit(vm, vm_run_port(vm, DEFAULT_MS), &want);
		stepped += step(vm);
		if (++hits == n)
			break;
	}
	tap_eq(hits, n, "%s: a breakpoint, at every pass", name);
	tap_eq(early, n, "%s: before the instruction is executed", name);
	tap_eq(twice, n, "%s: again, while it is armed and the pc there", name);
	tap_eq(stepped, n, "%s: a step goes over it", name);
	vm_debug(vm, 0);
	tap_ok(finished(vm) && vm->regs.gpr[4] == n, "%s: nothing is left when it is switched off",
	       name);
	vm_free(vm);
}

static void both_kinds(const char *name, uint32_t msr)
{
	const struct hw_hit want[] = {
		{ "hw_loop", 0, BP, IAC(1) },
		{ "hw_store", GUEST_DATA, WR, DAC(1) },
		{ "hw_other", GUEST_DATA + 8, RD, DAC(2) },
		{ "hw_bdnz", 0, BP, IAC(2) },
	};
	struct kvm_guest_debug dbg = { .control = HW };
	struct vm *vm = hw_vm("hw_start", 3, msr);
	unsigned int i, good = 0;

	dbg.arch.bp[0].addr = sym("hw_loop");
	dbg.arch.bp[0].type = BP;
	dbg.arch.bp[1].addr = GUEST_DATA;
	dbg.arch.bp[1].type = WR;
	dbg.arch.bp[2].addr = sym("hw_bdnz");
	dbg.arch.bp[2].type = BP;
	dbg.arch.bp[3].addr = GUEST_DATA + 8;
	dbg.arch.bp[3].type = RD;
	for (i = 0; i < 3 * ARRAY_SIZE(want); i++) {
		vm_debug_bp(vm, &dbg);
		if (!hit(vm, vm_run_port(vm, DEFAULT_MS), &want[i % ARRAY_SIZE(want)]))
			break;
		good++;
		vm_debug(vm, STEP);
		vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
	}
	tap_eq(good, 3 * ARRAY_SIZE(want), "%s: two breakpoints and two watchpoints at once", name);
	vm_free(vm);
}

static void one(const char *name, uint32_t addr1, uint32_t type1, uint32_t addr2, uint32_t type2,
		const struct hw_hit *want)
{
	struct vm *vm = hw_vm("hw_start", 2, 0);

	*vm_word(vm, GUEST_DATA) = 0x1234;
	arm(vm, HW, addr1, type1, addr2, type2);
	tap_ok(hit(vm, vm_run_port(vm, DEFAULT_MS), want), "%s", name);
	if (want->status == WR)
		tap_eq(*vm_word(vm, GUEST_DATA), 0x1234, "%s: before the store", name);
	vm_free(vm);
}

/* Of a breakpoint and a watchpoint on one instruction the breakpoint is first, as it comes first. */
static void both_of_one(void)
{
	const struct hw_hit broke = { "hw_store", 0, BP, IAC(1) };
	const struct hw_hit watched = { "hw_store", GUEST_DATA, WR, DAC(1) };
	struct vm *vm = hw_vm("hw_start", 2, 0);

	arm(vm, HW, sym("hw_store"), BP, GUEST_DATA, WR);
	tap_ok(hit(vm, vm_run_port(vm, DEFAULT_MS), &broke),
	       "a breakpoint and a watchpoint, one instruction: the breakpoint");
	arm(vm, HW, 0, 0, GUEST_DATA, WR);
	tap_ok(hit(vm, vm_run_port(vm, DEFAULT_MS), &watched),
	       "a breakpoint and a watchpoint, one instruction: then the watchpoint");
	vm_free(vm);
}

/* Whatever was armed and has hit: once it is switched off there is no trace of it. */
static void let_go(const char *name, uint32_t control, uint32_t bp, uint32_t wp)
{
	struct vm *vm = hw_vm("hw_start", 3, 0);
	struct kvm_sregs sregs = { 0 };
	bool hits;

	arm(vm, control, bp, bp ? BP : 0, wp, wp ? RD | WR : 0);
	hits = vm_run_port(vm, DEFAULT_MS) == KVM_EXIT_DEBUG;
	vm_debug(vm, 0);
	if (!tap_ok(hits && finished(vm) && !ioctl(vm->fd, KVM_GET_SREGS, &sregs) &&
		    !sregs.u.e.dbsr, "%s switched off: no exit, and nothing in the guest's DBSR", name))
		tap_diag("hit %u, DBSR 0x%x", hits, sregs.u.e.dbsr);
	vm_free(vm);
}

/* Switched off between an access and its completion, on which the step would be due. */
static void let_go_of_mmio(void)
{
	struct vm *vm = vm_new(0);
	bool good;

	vm_start(vm, "mmio_start", 0);
	vm_debug(vm, STEP);
	good = vm_run(vm, DEFAULT_MS) == KVM_EXIT_DEBUG && vm_run(vm, DEFAULT_MS) == KVM_EXIT_MMIO;
	vm_debug(vm, 0);
	tap_ok(good && vm_run(vm, DEFAULT_MS) == KVM_EXIT_MMIO,
	       "a step switched off before it is told: no exit");
	vm_free(vm);
}

static void with_step(void)
{
	const struct hw_hit stepped = { "hw_store", 0, 0, KVMPPC_DEBUG_EXIT_STEP };
	const struct hw_hit broke = { "hw_store", 0, BP, IAC(1) };
	struct vm *vm = hw_vm("hw_start", 2, 0);
	bool good;

	vm->regs.pc = sym("hw_loop");
	vm_set_regs(vm);
	arm(vm, HW | STEP, sym("hw_store"), BP, 0, 0);
	good = hit(vm, vm_run_port(vm, DEFAULT_MS), &stepped) &&
	       hit(vm, vm_run_port(vm, DEFAULT_MS), &broke);
	tap_ok(good, "stepping onto a breakpoint: the step, then the breakpoint");
	vm_free(vm);
}

static void in_handler(void)
{
	const struct hw_hit want = { "h_return", 0, BP, IAC(1) };
	struct vm *vm = hw_vm("step_sc", 0, 0);

	vm_ivor(vm, IVOR_SYSCALL, "h_return");
	arm(vm, HW, sym("h_return"), BP, 0, 0);
	tap_ok(hit(vm, vm_run_port(vm, DEFAULT_MS), &want), "a breakpoint in an interrupt handler");
	vm_free(vm);
}

/*
 * A breakpoint comes before a TLB miss for the same instruction: nothing there can be read then,
 * neither in a new vCPU, nor in one that has moved to another CPU, nor where the guest maps nothing.
 */
static void not_mapped(void)
{
	const struct hw_hit want = { "hw_start", 0, BP, IAC(1) };
	struct vm *vm = hw_vm("hw_start", 2, 0);
	bool good;
	int r;

	arm(vm, HW, sym("hw_start"), BP, 0, 0);
	good = hit(vm, vm_run_port(vm, DEFAULT_MS), &want);
	vm_debug(vm, 0);
	tap_ok(good && finished(vm), "a breakpoint at the first instruction of a new vCPU");
	vm_free(vm);

	vm = hw_vm("hw_own", 0, 0);
	vm_ivor(vm, IVOR_DEBUG, "h_disarm");
	vm_ivor(vm, IVOR_ITLB, "h_link");
	vm->regs.lr = sym("hw_done");
	vm->regs.gpr[10] = DBCR0_IDM | DBCR0_IAC1;
	vm->regs.gpr[11] = MSR_DE;
	vm->regs.gpr[13] = UNMAPPED;
	vm->regs.gpr[23] = 0;
	vm->regs.gpr[24] = GUEST_LOG;
	vm->regs.gpr[25] = 0;
	vm_set_regs(vm);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[23] == 1 &&
		    vm->regs.gpr[25] == DBCR0_IAC1 && *vm_word(vm, GUEST_LOG + 4) == UNMAPPED,
		    "the guest's own where it maps nothing: its debug interrupt, then the TLB miss"))
		tap_diag("%llu interrupts, DBSR 0x%llx, CSRR0 0x%x, %s",
			 (unsigned long long)vm->regs.gpr[23],
			 (unsigned long long)vm->regs.gpr[25], *vm_word(vm, GUEST_LOG + 4),
			 vm_exit_str(vm, r));
	vm_free(vm);
}

static void after_ticks(void)
{
	const struct hw_hit want = { "long_bp", 0, BP, IAC(1) };
	unsigned int i, good = 0;

	for (i = 0; i < 5; i++) {
		struct vm *vm = hw_vm("long_start", 1 << 20, 0);

		arm(vm, HW, sym("long_bp"), BP, 0, 0);
		good += hit(vm, vm_run_port(vm, DEFAULT_MS), &want);
		vm_free(vm);
	}
	tap_eq(good, 5, "a breakpoint after 2^20 iterations and many host ticks, 5 of 5");
}

struct many {
	pthread_t thread;
	unsigned int n, hits, odd;
	bool finished;
};

/* A breakpoint and a watchpoint n times in turn; the pc is moved over each. */
static void *run_many(void *arg)
{
	struct many *m = arg;
	struct vm *vm = hw_vm("hw_start", m->n, 0);
	int r;

	vm->bulk = 100;
	arm(vm, HW, sym("hw_loop"), BP, GUEST_DATA + 8, RD);
	for (;;) {
		r = vm_run_port(vm, DEFAULT_MS);
		if (r != KVM_EXIT_DEBUG || m->hits > 2 * m->n)
			break;
		vm_get_regs(vm);
		m->odd += vm->regs.pc != sym(m->hits & 1 ? "hw_other" : "hw_loop");
		m->hits++;
		vm->regs.pc += 4;
		vm_set_regs(vm);
	}
	m->finished = r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE;
	vm_free(vm);
	return NULL;
}

static void report_many(const char *name, const struct many *m)
{
	tap_eq(m->hits, 2 * m->n, "%s: %u hits, none missed and none doubled", name, 2 * m->n);
	tap_eq(m->odd, 0, "%s: each at its pc, in turn", name);
	tap_ok(m->finished, "%s: then the guest comes to its end", name);
}

/* The host's own breakpoints, in a process on the same CPU, while a guest has some. */
void scenario_hw_native(void)
{
	struct many m = { .n = 3000 };
	unsigned int hits = 0, rounds = 1500;
	pid_t pid;

	if (!have_hw()) {
		tap_skip("IAC and DAC do not fire on this processor or emulator",
			 "the host's breakpoints and the guest's");
		return;
	}
	pid = native_start();
	if (pthread_create(&m.thread, NULL, run_many, &m))
		tap_bail("pthread_create");
	while (hits < rounds && native_round(pid))
		hits++;
	pthread_join(m.thread, NULL);
	traced_end(pid);
	tap_eq(hits, rounds, "a native process: breakpoint and watchpoint, %u times", rounds);
	report_many("the guest meanwhile", &m);
}

void scenario_hw(void)
{
	struct many m = { .n = 5000 };

	if (!have_hw()) {
		tap_skip("IAC and DAC do not fire on this processor or emulator",
			 "hardware breakpoints and watchpoints");
		return;
	}
	breakpoint("supervisor", 0);
	breakpoint("user", MSR_PR);
	both_kinds("supervisor", 0);
	both_kinds("user", MSR_PR);
	one("watch a write", GUEST_DATA, WR, 0, 0,
	    &(struct hw_hit){ "hw_store", GUEST_DATA, WR, DAC(1) });
	one("watch a read", GUEST_DATA, RD, 0, 0,
	    &(struct hw_hit){ "hw_load", GUEST_DATA, RD, DAC(1) });
	one("watch an access", GUEST_DATA + 8, RD | WR, 0, 0,
	    &(struct hw_hit){ "hw_other", GUEST_DATA + 8, RD, DAC(1) });
	one("watch an access, which is a write", GUEST_DATA, RD | WR, 0, 0,
	    &(struct hw_hit){ "hw_store", GUEST_DATA, WR, DAC(1) });
	one("watch a byte of a word", GUEST_DATA + 3, WR, 0, 0,
	    &(struct hw_hit){ "hw_store", GUEST_DATA + 3, WR, DAC(1) });
	one("two watchpoints, one access", GUEST_DATA, RD, GUEST_DATA + 2, RD,
	    &(struct hw_hit){ "hw_load", GUEST_DATA, RD, DAC(1) | DAC(2) });
	both_of_one();
	one("a breakpoint on what KVM emulates", sym("hw_emul"), BP, 0, 0,
	    &(struct hw_hit){ "hw_emul", 0, BP, IAC(1) });
	with_step();
	let_go("a breakpoint", HW, sym("hw_loop"), 0);
	let_go("a watchpoint", HW, 0, GUEST_DATA);
	let_go("a step", STEP, 0, 0);
	let_go("all three", HW | STEP, sym("hw_loop"), GUEST_DATA);
	let_go_of_mmio();
	in_handler();
	not_mapped();
	after_ticks();
	run_many(&m);
	report_many("alone", &m);
}

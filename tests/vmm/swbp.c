// SPDX-License-Identifier: GPL-2.0-only
/* Software breakpoints. */
#include <stdio.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define SW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)

static struct vm *bp_vm(unsigned int n, uint32_t msr)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_PROGRAM, "h_skip");
	vm_start(vm, "bp_start", msr);
	vm->regs.gpr[3] = n;
	vm->regs.gpr[22] = 0;
	vm_set_regs(vm);
	return vm;
}

/* Runs to the end of the loop, moving the pc past each breakpoint. */
static void count_bps(const char *name, unsigned int n, uint32_t msr)
{
	struct vm *vm = bp_vm(n, msr);
	uint32_t at = sym("bp_at");
	unsigned int hits = 0, odd = 0, unflagged = 0;
	int r;

	vm_debug(vm, SW);
	for (;;) {
		r = vm_run_port(vm, DEFAULT_MS);
		if (r != KVM_EXIT_DEBUG || hits == 2 * n)
			break;
		vm_get_regs(vm);
		hits++;
		if (vm->regs.pc != at || vm->run->debug.arch.address != at ||
		    vm->run->debug.arch.status) {
			if (!odd++)
				tap_diag("hit %u: %s", hits, vm_exit_str(vm, r));
		}
		if (vm_flags(vm) != KVMPPC_DEBUG_EXIT_SW_BP)
			unflagged++;
		vm->regs.pc += 4;
		vm_set_regs(vm);
	}
	tap_eq(hits, n, "%s: %u breakpoints, %u exits", name, n, n);
	tap_eq(odd, 0, "%s: each at its pc", name);
	tap_eq(unflagged, 0, "%s: each flagged as a software breakpoint", name);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE,
		    "%s: the guest came to its end", name))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);
}

/* The debugger's way over a breakpoint: the instruction back, a step, the breakpoint back. */
static void step_over(void)
{
	const uint32_t nop = 0x60000000;
	unsigned int n = 20, hits = 0;
	struct vm *vm = bp_vm(n, 0);
	uint32_t at = sym("bp_at"), inst = vm_sw_bp_inst(vm);
	int r;

	for (;;) {
		vm_debug(vm, SW);
		r = vm_run_port(vm, DEFAULT_MS);
		if (r != KVM_EXIT_DEBUG || vm->run->debug.arch.address != at || hits == 2 * n)
			break;
		hits++;
		vm_patch(vm, at, nop);
		vm_debug(vm, SW | KVM_GUESTDBG_SINGLESTEP);
		vm_get_regs(vm);
		vm_set_regs(vm);
		r = vm_run_port(vm, DEFAULT_MS);
		vm_patch(vm, at, inst);
		if (r != KVM_EXIT_DEBUG || vm->run->debug.arch.address != sym("bp_next"))
			break;
	}
	if (!tap_ok(hits == n && r == KVM_EXIT_MMIO,
		    "%u breakpoints stepped over, none twice and none missed", n))
		tap_diag("hits %u, %s", hits, vm_exit_str(vm, r));
	vm_free(vm);
}

void scenario_swbp(void)
{
	count_bps("supervisor mode", 500, 0);
	count_bps("user mode", 500, MSR_PR);
	step_over();
}

static void stray(const char *name, uint32_t control, uint32_t msr)
{
	const uint32_t flags = KVMPPC_DEBUG_EXIT_SW_BP | KVMPPC_DEBUG_EXIT_STRAY;
	struct vm *vm = bp_vm(2, msr);
	uint32_t at = sym("bp_at");
	int r;

	vm_debug(vm, control);
	vm_set_regs(vm);
	if (control & KVM_GUESTDBG_SINGLESTEP) {
		unsigned int i;

		for (i = 0; i < 3; i++)
			vm_run_port(vm, DEFAULT_MS);
	}
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == at &&
		    vm->run->debug.arch.address == at && !vm->run->debug.arch.status &&
		    vm_flags(vm) == flags,
		    "%s: an exit at the breakpoint, flagged as stray", name))
		tap_diag("expected address and pc 0x%x flags 0x%x, got %s", at,
			 flags, vm_exit_str(vm, r));
	vm_free(vm);
}

void scenario_swbp_stray(void)
{
	stray("nobody debugs", 0, 0);
	stray("without USE_SW_BP", KVM_GUESTDBG_ENABLE, 0);
	stray("single-step without USE_SW_BP", KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP, 0);
}

/* A breakpoint that is not ours is given to the guest: an illegal instruction. */
static void inject(const char *name, uint32_t control, uint32_t msr)
{
	unsigned int n = 5, hits = 0;
	struct vm *vm = bp_vm(n, msr);
	uint32_t at = sym("bp_at");
	int r;

	vm_debug(vm, control);
	for (;;) {
		r = vm_run_port(vm, DEFAULT_MS);
		if (r != KVM_EXIT_DEBUG || vm->run->debug.arch.address != at || hits == 2 * n)
			break;
		vm_get_regs(vm);
		if (!tap_ok(vm->regs.gpr[22] == hits && vm->regs.gpr[4] == hits + 1,
			    "%s: breakpoint %u came to us first", name, hits))
			break;
		hits++;
		if (!tap_ok(!vm_debug(vm, control | KVM_GUESTDBG_INJECT_BP),
			    "%s: KVM_GUESTDBG_INJECT_BP %u", name, hits))
			break;
	}
	tap_eq(hits, n, "%s: %u breakpoints, %u exits", name, n, n);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[22] == n,
		    "%s: and as many program interrupts of the guest", name))
		tap_diag("%llu interrupts, %s", (unsigned long long)vm->regs.gpr[22],
			 vm_exit_str(vm, r));
	vm_free(vm);
}

void scenario_swbp_inject(void)
{
	inject("inject", SW, 0);
	inject("inject a stray one", 0, 0);
	inject("inject, user mode", SW, MSR_PR);
}

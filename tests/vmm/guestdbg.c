// SPDX-License-Identifier: GPL-2.0-only
/* A guest that uses its own debug registers, with and without userspace debugging it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define SW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)
#define GUEST_IAC1	0x7770

static struct vm *debug_vm(const char *label, uint32_t dbcr0)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_DEBUG, "h_debug");
	vm_ivor(vm, IVOR_SYSCALL, "h_return");
	vm_start(vm, label, 0);
	vm->regs.gpr[4] = 0;
	vm->regs.gpr[10] = dbcr0;
	vm->regs.gpr[11] = MSR_DE;
	vm->regs.gpr[12] = 0;
	vm->regs.gpr[13] = GUEST_IAC1;
	vm->regs.gpr[19] = 0;
	vm->regs.gpr[23] = 0;
	vm->regs.gpr[24] = GUEST_LOG;
	vm->regs.gpr[25] = 0;
	vm_set_regs(vm);
	return vm;
}

/* One round of the guest, up to its PORT_SYNC; a fresh log. */
static bool round_of(struct vm *vm)
{
	int r;

	memset(vm_word(vm, GUEST_LOG), 0, 64 * 4);
	vm_get_regs(vm);
	vm->regs.gpr[23] = 0;
	vm->regs.gpr[24] = GUEST_LOG;
	vm->regs.gpr[25] = 0;
	vm_set_regs(vm);
	r = vm_run_port(vm, DEFAULT_MS);
	if (r != KVM_EXIT_MMIO || vm_port(vm) != PORT_SYNC) {
		tap_diag("no round: %s", vm_exit_str(vm, r));
		return false;
	}
	vm_get_regs(vm);
	return true;
}

/*
 * The guest's log must hold each pc after gd_first up to gd_last once, in
 * order; what the instructions that switch MSR[DE] on and off add is theirs.
 */
static bool own_events(struct vm *vm, const char *name)
{
	uint32_t *log = vm_word(vm, GUEST_LOG + 4), first = sym("gd_first"), last = sym("gd_last");
	uint32_t want = first + 4;
	unsigned int i, n = vm->regs.gpr[23];
	bool ok = true;

	for (i = 0; i < n && i < 60; i++) {
		if (log[i] <= first || log[i] > last)
			continue;
		if (log[i] != want)
			ok = false;
		want += 4;
	}
	ok = ok && want == last + 4;
	if (!tap_ok(ok && vm->regs.gpr[25] == DBSR_IC, "%s", name))
		tap_diag("expected 0x%x to 0x%x, DBSR 0x%x; got %u events, DBSR 0x%llx, 0x%x 0x%x ...",
			 first + 4, last, DBSR_IC, n, (unsigned long long)vm->regs.gpr[25], log[0],
			 log[1]);
	return ok;
}

static void reads(struct vm *vm, const char *name, uint32_t dbcr0)
{
	tap_eq(vm->regs.gpr[15], dbcr0, "%s: its DBCR0", name);
	tap_eq(vm->regs.gpr[16], GUEST_IAC1, "%s: its IAC1", name);
	tap_eq(vm->regs.gpr[17], 0, "%s: its DBCR1", name);
	tap_eq(vm->regs.gpr[14] & MSR_DE, MSR_DE, "%s: its MSR[DE]", name);
}

void scenario_guest_debug(void)
{
	const uint32_t own = DBCR0_IDM | DBCR0_IC;
	struct vm *vm = debug_vm("gd_start", own);
	uint32_t pc, first = sym("gd_first"), last = sym("gd_last");
	unsigned int i, steps = 0, lost_de = 0;
	int r = 0;

	if (!tap_ok(round_of(vm), "the guest steps itself: a round"))
		goto out;
	own_events(vm, "the guest steps itself: its own debug interrupts");
	reads(vm, "the guest reads", own);

	vm_debug(vm, SW);
	for (i = 0; i < 3; i++) {
		if (!tap_ok(round_of(vm), "userspace debugs: round %u", i))
			goto out;
		tap_eq(vm->regs.gpr[23], 0, "userspace debugs: the guest's events stop");
		reads(vm, "userspace debugs, the guest reads", own | DBCR0_EDM);
	}

	/* Its writes are ignored: neither in force nor there afterwards. */
	vm->regs.pc = sym("gd_write");
	vm->regs.gpr[5] = 0x5550;
	vm_set_regs(vm);
	if (!tap_ok(round_of(vm), "userspace debugs: the guest writes"))
		goto out;
	reads(vm, "userspace debugs, after its writes", own | DBCR0_EDM);

	/* Userspace's steps go to userspace, also where the guest is stepping itself. */
	vm->regs.pc = first;
	vm->regs.msr = MSR_DE;
	vm->regs.gpr[23] = 0;
	vm_debug(vm, STEP);
	vm_set_regs(vm);
	for (pc = first; pc < last; pc += 4, steps++) {
		r = vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
		if (r != KVM_EXIT_DEBUG || vm->regs.pc != pc + 4)
			break;
		if (!(vm->regs.msr & MSR_DE))
			lost_de++;
	}
	if (!tap_ok(steps == (last - first) / 4 && !vm->regs.gpr[23],
		    "userspace steps: each step goes to userspace, none to the guest"))
		tap_diag("%u steps, %llu guest events, %s", steps,
			 (unsigned long long)vm->regs.gpr[23], vm_exit_str(vm, r));
	tap_eq(lost_de, 0, "userspace steps: MSR[DE] of the guest is what the guest set");

	vm_debug(vm, 0);
	vm_get_regs(vm);
	vm->regs.pc = sym("gd_off");
	vm->regs.msr = 0;
	vm_set_regs(vm);
	round_of(vm);
	for (i = 0; i < 2; i++) {
		if (!tap_ok(round_of(vm), "userspace lets go: round %u", i))
			goto out;
		own_events(vm, "userspace lets go: the guest's own debug interrupts are back");
		reads(vm, "userspace lets go, the guest reads", own);
	}
out:
	vm_free(vm);
}

/* The DBSR events of a debug exit can be handed to the guest. */
void scenario_guest_inject(void)
{
	struct vm *vm = debug_vm("gi_start", DBCR0_IDM);
	uint32_t first = sym("gi_loop"), handler = vm_debug_handler(vm, "h_debug");
	int r;

	if (!tap_ok(round_of(vm), "a guest that can take debug interrupts"))
		goto out;
	vm->regs.pc = first;
	vm_debug(vm, STEP);
	vm_set_regs(vm);
	tap_ok(vm_debug(vm, STEP | KVM_GUESTDBG_INJECT_DB) == -EINVAL,
	       "nothing reported yet, nothing to inject");
	r = vm_run_port(vm, DEFAULT_MS);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->run->debug.arch.address == first + 4, "a step"))
		tap_diag("%s", vm_exit_str(vm, r));
	if (!tap_ok(!vm_debug(vm, STEP | KVM_GUESTDBG_INJECT_DB), "KVM_GUESTDBG_INJECT_DB"))
		goto out;
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == handler,
		    "the guest's debug interrupt: its handler, unexecuted"))
		tap_diag("expected pc 0x%x, got %s", handler, vm_exit_str(vm, r));
	/* on through the handler: CSRR0 to the log, DBSR to r25, and back */
	while (r == KVM_EXIT_DEBUG && vm->regs.pc >= handler &&
	       vm->regs.pc <= vm_debug_handler(vm, "h_debug_end")) {
		r = vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
	}
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == first + 4 &&
		    *vm_word(vm, GUEST_LOG + 4) == first + 4,
		    "it goes back to where the step had ended"))
		tap_diag("CSRR0 0x%x, %s", *vm_word(vm, GUEST_LOG + 4), vm_exit_str(vm, r));
	tap_eq(vm->regs.gpr[25], DBSR_IC, "its DBSR had the step");
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == first + 8 && vm->regs.gpr[23] == 1,
		    "once only: the next step is the user's"))
		tap_diag("%s", vm_exit_str(vm, r));
out:
	vm_free(vm);
}

/*
 * A branch event after code that takes the emulator many host ticks: it is
 * straight, without an exit, and never run before.
 */
void scenario_guest_branch(void)
{
	const uint32_t nop = 0x60000000, b = 0x48000000;
	unsigned int i, seen = 0, rounds = 3;
	uint32_t end = GUEST_LONG + (1 << 20), a;
	struct vm *vm;
	int r = 0;

	for (i = 0; i < rounds; i++) {
		vm = debug_vm("gb_start", DBCR0_IDM | DBCR0_BT);
		vm_ivor(vm, IVOR_DEBUG, "h_branch");
		for (a = GUEST_LONG; a < end; a += 4)
			*vm_word(vm, a) = nop;
		*vm_word(vm, end) = b | ((sym("gb_branch") - end) & 0x03fffffc);
		__builtin___clear_cache((char *)vm->mem, (char *)vm->mem + GUEST_MEM);
		vm->regs.ctr = GUEST_LONG;
		vm_set_regs(vm);
		r = vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
		/* the bctr, the long branch back, and the one it goes to */
		if (r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[23] == 3)
			seen++;
		else
			tap_diag("round %u: %llu branch events, %s", i,
				 (unsigned long long)vm->regs.gpr[23], vm_exit_str(vm, r));
		vm_free(vm);
	}
	tap_eq(seen, rounds, "a guest's own branch events after host ticks in between");
}

void scenario_guest_supervisor(void)
{
	struct vm *vm = debug_vm("sv_start", 0);
	const unsigned int rounds = 3000;
	int r;

	vm_ivor(vm, IVOR_DEBUG, "h_disarm");
	vm->regs.gpr[3] = rounds;
	vm->regs.gpr[4] = 12345;
	vm_set_regs(vm);
	r = vm_run_port(vm, DEFAULT_MS);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE,
		    "supervisor-mode events on host addresses asked for %u times: the host is fine",
		    rounds))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);
}

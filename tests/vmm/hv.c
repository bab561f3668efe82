// SPDX-License-Identifier: GPL-2.0-only
/*
 * What matters where the guest has a state of the processor for itself (e500mc and later): few of
 * its instructions come to KVM, interrupts can go past it, and entries of several guests share the
 * TLB. What holds everywhere is tested everywhere.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define SW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)
#define HW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP)
#define MSR_CM		0x80000000
#define DBELL_CRIT	0x08000000	/* message type 1 */

static int arm(struct vm *vm, uint64_t bp, uint64_t wp)
{
	struct kvm_guest_debug dbg = { .control = HW };

	dbg.arch.bp[0].addr = bp;
	dbg.arch.bp[0].type = bp ? KVMPPC_DEBUG_BREAKPOINT : 0;
	dbg.arch.bp[1].addr = wp;
	dbg.arch.bp[1].type = wp ? KVMPPC_DEBUG_WATCH_WRITE : 0;
	return vm_debug_bp(vm, &dbg);
}

/* On to the next PORT_SYNC or PORT_DONE; false, and a word about it, if that does not come. */
static bool to_port(struct vm *vm, uint32_t port)
{
	int r = vm_run_port(vm, DEFAULT_MS);

	vm_get_regs(vm);
	if (r == KVM_EXIT_MMIO && vm_port(vm) == port)
		return true;
	tap_diag("%s", vm_exit_str(vm, r));
	return false;
}

static struct vm *de_vm(const char *label, uint32_t msr)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_PROGRAM, "h_srr1");
	vm_start(vm, label, msr);
	vm->regs.gpr[10] = 0;
	vm->regs.gpr[11] = MSR_DE;
	vm->regs.gpr[12] = 0;
	vm_set_regs(vm);
	return vm;
}

static void de_is(uint64_t msr, bool set, const char *name)
{
	tap_eq(msr & MSR_DE, set ? MSR_DE : 0, "%s: MSR[DE] %s", name, set ? "set" : "clear");
}

/* The guest changes MSR[DE] while it is debugged: neither loses anything by it. */
static void changes_de(const char *name, uint32_t msr)
{
	struct vm *vm = de_vm("de_start", msr);
	uint32_t pc = sym("de_start"), trap = sym("de_trap"), end = sym("de_end");
	unsigned int steps = 0;
	bool own = msr & MSR_DE;
	char text[80];
	int r = 0;

	vm_debug(vm, STEP);
	for (; pc != end; steps++) {
		uint32_t next = pc == trap ? sym("h_srr1") : pc + 4;

		if (pc == sym("h_srr1") + 16)
			next = trap + 4;
		r = vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
		if (r != KVM_EXIT_DEBUG || vm->regs.pc != next)
			break;
		/* what it wants while it is debugged it gets where KVM sees that */
		if (!vm->hv && (pc == sym("de_on") || (pc == sym("de_off"))))
			own = pc == sym("de_on");
		if (next == sym("h_srr1") + 4) {
			snprintf(text, sizeof(text), "%s: what its interrupt came from", name);
			de_is(vm->regs.gpr[25], own, text);
		}
		pc = next;
	}
	if (!tap_eq(pc, end, "%s: stepped all the way, %u steps", name, steps))
		tap_diag("%s", vm_exit_str(vm, r));
	own = vm->hv && (msr & MSR_DE);
	snprintf(text, sizeof(text), "%s: its MSR as userspace reads it", name);
	de_is(vm->regs.msr, own, text);
	vm_debug(vm, 0);
	vm_get_regs(vm);
	snprintf(text, sizeof(text), "%s: and when userspace has let go", name);
	de_is(vm->regs.msr, own, text);
	to_port(vm, PORT_SYNC);
	to_port(vm, PORT_SYNC);
	snprintf(text, sizeof(text), "%s: as the guest reads it", name);
	de_is(vm->regs.gpr[14], own, text);
	tap_ok(!(vm->regs.gpr[15] & MSR_DE) && (vm->regs.gpr[16] & MSR_DE),
	       "%s: and it is its own to change again", name);
	vm_free(vm);
}

/* Userspace, and instructions that KVM emulates, change the guest's own all the while. */
static void own_de(void)
{
	struct vm *vm = de_vm("de_start", 0);

	vm_debug(vm, SW);
	vm->regs.msr = MSR_DE;
	vm_set_regs(vm);
	vm_get_regs(vm);
	de_is(vm->regs.msr, true, "set by KVM_SET_REGS while userspace debugs");
	vm_debug(vm, SW);
	vm_debug(vm, 0);
	to_port(vm, PORT_SYNC);
	de_is(vm->regs.gpr[14], true, "set by KVM_SET_REGS, and userspace has let go");

	if (vm->hv) {
		vm->regs.pc = sym("de_rfdi");
		vm->regs.msr = 0;
		vm->regs.gpr[10] = MSR_DE;
		vm_set_regs(vm);
		vm_debug(vm, SW);
		to_port(vm, PORT_SYNC);
		vm_debug(vm, 0);
		to_port(vm, PORT_SYNC);
		de_is(vm->regs.gpr[14], true, "set by rfdi while userspace debugs");
		vm->regs.pc = sym("de_rfdi");
		vm->regs.gpr[10] = 0;
		vm->regs.msr = MSR_DE;
		vm_set_regs(vm);
		vm_debug(vm, SW);
		to_port(vm, PORT_SYNC);
		vm_debug(vm, 0);
		to_port(vm, PORT_SYNC);
		de_is(vm->regs.gpr[14], false, "cleared by rfdi while userspace debugs");
	}
	vm_free(vm);
}

void scenario_guest_de(void)
{
	changes_de("a guest with MSR[DE] clear", 0);
	changes_de("a guest with MSR[DE] set", MSR_DE);
	own_de();
}

static struct vm *db_vm(const char *label, uint32_t message)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_DBELL, "h_dbell");
	vm_ivor(vm, IVOR_DBELL_CRIT, "h_dbell_crit");
	vm_start(vm, label, 0);
	vm->regs.gpr[4] = 0;
	vm->regs.gpr[5] = message;
	vm->regs.gpr[11] = MSR_EE | MSR_CE;
	vm->regs.gpr[22] = 0;
	vm->regs.gpr[23] = 0;
	vm_set_regs(vm);
	return vm;
}

static void doorbell(const char *name, uint32_t message, const char *handler)
{
	bool crit = message == DBELL_CRIT;
	uint32_t start = sym(handler), pc, next, at;
	unsigned int entered = 0;
	struct vm *vm;
	bool good;
	int r;

	vm = db_vm("db_start", message);
	good = to_port(vm, PORT_DONE);
	if (!tap_ok(good && vm->regs.gpr[crit ? 22 : 23] == 1 && !vm->regs.gpr[crit ? 23 : 22],
		    "%s: it comes when it is allowed, once, and as what it is", name))
		tap_diag("%llu plain ones, %llu critical ones",
			 (unsigned long long)vm->regs.gpr[23],
			 (unsigned long long)vm->regs.gpr[22]);
	vm_free(vm);

	/* in a breakpoint on its handler */
	vm = db_vm("db_start", message);
	arm(vm, start, 0);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == start && vm->regs.gpr[4] == 1,
		    "%s: a breakpoint on its handler", name))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);

	/* stepped: it may come with the report of the instruction that allows it, or right after */
	vm = db_vm("db_start", message);
	vm_debug(vm, STEP);
	for (pc = sym("db_start"); pc != sym("db_end"); pc = at) {
		next = pc == start + 4 ? sym("db_next") : pc + 4;
		r = vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
		at = vm->regs.pc;
		if (r != KVM_EXIT_DEBUG)
			break;
		if (at == start && (pc == sym("db_on") || pc == sym("db_next")))
			entered++;
		else if (at != next)
			break;
	}
	if (!tap_ok(pc == sym("db_end") && entered == 1 && vm->regs.gpr[4] == 2,
		    "%s: stepped, its handler too", name))
		tap_diag("at 0x%x, handler entered %u times, %s", pc, entered, vm_exit_str(vm, r));
	vm_free(vm);
}

/* Doorbells of a guest that is debugged. */
void scenario_doorbell(void)
{
	struct vm *vm = vm_new(0);
	bool hv = vm->hv;

	vm_free(vm);
	if (!hv) {
		tap_skip("the core has none", "doorbells");
		return;
	}
	doorbell("a doorbell", 0, "h_dbell");
	doorbell("a critical doorbell", DBELL_CRIT, "h_dbell_crit");
}

/* A machine check that waited comes as soon as the guest allows it. */
void scenario_machine_check(void)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_DECREMENTER, "h_mc_dec");
	vm_ivor(vm, IVOR_MACHINE_CHECK, "h_mc");
	vm_start(vm, "mc_start", 0);
	vm->regs.gpr[4] = 200000;
	vm_set_regs(vm);
	if (tap_ok(to_port(vm, PORT_DONE), "a machine check of the guest's"))
		tap_eq(vm->regs.gpr[6], 0, "it comes as soon as MSR[ME] is set");
	vm_free(vm);
}

/* r4 grows by n in each of the three rounds. */
static struct vm *counting_vm(uint32_t n)
{
	const uint32_t addi_4_4 = 0x38840000;
	struct vm *vm = vm_new(0);

	vm_patch(vm, sym("hw_loop"), addi_4_4 | n);
	vm_start(vm, "hw_start", 0);
	vm->regs.gpr[3] = 3;
	vm_set_regs(vm);
	return vm;
}

/* It hits what is armed at first, and nothing when it is switched off. */
static bool hits_and_counts(struct vm *vm, uint32_t n)
{
	int r = vm_run_port(vm, DEFAULT_MS);

	vm_get_regs(vm);
	if (r != KVM_EXIT_DEBUG || vm->regs.pc != sym("hw_store") || vm->regs.gpr[4] != n) {
		tap_diag("r4 %llu, expected %u; %s", (unsigned long long)vm->regs.gpr[4], n,
			 vm_exit_str(vm, r));
		return false;
	}
	return true;
}

static bool counts(struct vm *vm, uint32_t n)
{
	return to_port(vm, PORT_DONE) && vm->regs.gpr[4] == 3 * n &&
	       *vm_word(vm, GUEST_DATA) == 3 * n;
}

/* Two VMs with other code and other data at the same addresses, in turn; one of them is debugged. */
void scenario_same_addresses(void)
{
	const unsigned int rounds = 200;
	struct vm *vm = counting_vm(1), *other = counting_vm(0x1000);
	unsigned int hits = 0, free = 0, i;

	vm->bulk = other->bulk = 1000;
	for (i = 0; i < rounds && hits == 2 * i && free == i; i++) {
		vm_start(vm, "hw_start", 0);
		vm_start(other, "hw_start", 0);
		arm(vm, i & 1 ? sym("hw_store") : 0, i & 1 ? 0 : GUEST_DATA);
		hits += hits_and_counts(vm, 1);
		free += counts(other, 0x1000);
		vm_debug(vm, 0);
		hits += counts(vm, 1);
	}
	tap_eq(hits, 2 * rounds, "same addresses: the one that is debugged hits, and counts its own");
	tap_eq(free, rounds, "same addresses: the other neither stops nor sees anything of it");
	vm_free(vm);
	vm_free(other);
}

/*
 * A VM that is gone leaves nothing to the next, which gets its identity in the TLB: no mapping, no
 * breakpoint, no interrupt that was on its way.
 */
void scenario_next_vm(void)
{
	const unsigned int rounds = 100;
	unsigned int armed = 0, free = 0, i;
	struct vm *vm;

	for (i = 0; i < rounds && armed == i && free == i; i++) {
		vm = counting_vm(i + 1);
		arm(vm, 0, GUEST_DATA);
		armed += hits_and_counts(vm, i + 1);
		if (vm->hv) {
			/* interrupts are on their way, and it is still armed */
			vm_start(vm, "db_pending", 0);
			vm->regs.gpr[5] = i & 1 ? DBELL_CRIT : 0;
			vm_set_regs(vm);
			to_port(vm, PORT_SYNC);
		}
		vm_free(vm);
		vm = counting_vm(i + 1000);
		vm->regs.msr = MSR_EE | MSR_CE;
		vm_set_regs(vm);
		free += counts(vm, i + 1000);
		vm_free(vm);
	}
	tap_eq(armed, rounds, "the next VM: runs its own code, and hits");
	tap_eq(free, rounds, "the next VM: nothing is left of what was armed, or on its way");
}

/* Addresses beyond 32 bits, in the guest's 64-bit mode. */
static void wide(const char *name, uint64_t at, uint64_t armed_at, bool hits)
{
	const uint32_t msr = at ? MSR_CM : 0;
	struct vm *vm = vm_new(at ? VM_HIGH : 0);
	unsigned int i;
	int r;

	/* a breakpoint, then a watchpoint */
	for (i = 0; i < 2; i++) {
		vm_start(vm, "hw_start", msr);
		vm->regs.pc += at;
		vm->regs.gpr[3] = 2;
		vm->regs.gpr[28] += at;
		vm->regs.gpr[29] += at;
		vm_set_regs(vm);
		arm(vm, i ? 0 : armed_at + sym("hw_loop"), i ? armed_at + GUEST_DATA : 0);
		if (hits) {
			r = vm_run_port(vm, DEFAULT_MS);
			vm_get_regs(vm);
			if (!tap_ok(r == KVM_EXIT_DEBUG &&
				    vm->regs.pc == at + sym(i ? "hw_store" : "hw_loop") &&
				    vm->run->debug.arch.address ==
				    armed_at + (i ? GUEST_DATA : sym("hw_loop")),
				    "%s: %s", name, i ? "a watchpoint" : "a breakpoint"))
				tap_diag("%s", vm_exit_str(vm, r));
		} else {
			tap_ok(to_port(vm, PORT_DONE), "%s: no %s", name,
			       i ? "watchpoint" : "breakpoint");
		}
	}
	vm_free(vm);
}

void scenario_wide(void)
{
	if (sizeof(long) < 8) {
		tap_skip("the registers have 32 bits", "addresses beyond 32 bits");
		return;
	}
	wide("beyond 32 bits", GUEST_HIGH, GUEST_HIGH, true);
	wide("beyond 32 bits, armed below", GUEST_HIGH, 0, false);
	wide("below, armed beyond 32 bits", 0, GUEST_HIGH, false);
}

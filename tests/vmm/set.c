// SPDX-License-Identifier: GPL-2.0-only
/* KVM_SET_GUEST_DEBUG: in force at once, refused as a whole, and described. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define HW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP)
#define BP		KVMPPC_DEBUG_BREAKPOINT
#define WR		KVMPPC_DEBUG_WATCH_WRITE
#define RD		KVMPPC_DEBUG_WATCH_READ
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

void scenario_caps(void)
{
	uint32_t controls = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
			    KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW_BP |
			    KVM_GUESTDBG_INJECT_DB | KVM_GUESTDBG_INJECT_BP;
	struct vm *vm = vm_new(0);

	tap_eq(ioctl(kvm_fd(), KVM_CHECK_EXTENSION, KVM_CAP_GUEST_DEBUG_HW_BPS), 2,
	       "KVM_CAP_GUEST_DEBUG_HW_BPS");
	tap_eq(ioctl(kvm_fd(), KVM_CHECK_EXTENSION, KVM_CAP_GUEST_DEBUG_HW_WPS), 2,
	       "KVM_CAP_GUEST_DEBUG_HW_WPS");
	tap_eq(ioctl(kvm_fd(), KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG2), controls,
	       "KVM_CAP_SET_GUEST_DEBUG2 is the mask of control bits");
	tap_ok(ioctl(kvm_fd(), KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG) > 0,
	       "KVM_CAP_SET_GUEST_DEBUG");
	tap_eq(vm_sw_bp_inst(vm), GUEST_SW_BP, "KVM_REG_PPC_DEBUG_INST");
	vm_free(vm);
}

void scenario_set_in_force(void)
{
	struct vm *vm = vm_new(0);
	uint64_t pc;
	int r;

	/* the guest has run before; nothing touches its registers from here on */
	vm_start(vm, "mmio_start", 0);
	r = vm_run(vm, DEFAULT_MS);
	tap_ok(r == KVM_EXIT_MMIO, "the guest runs");
	vm_run(vm, DEFAULT_MS);
	vm_get_regs(vm);
	pc = vm->regs.pc;
	tap_eq(vm_debug(vm, STEP), 0, "KVM_SET_GUEST_DEBUG with single-step");
	r = vm_run(vm, DEFAULT_MS);
	if (!tap_ok(r == KVM_EXIT_DEBUG, "single-step is in force at the next KVM_RUN"))
		tap_diag("from pc 0x%llx: %s", (unsigned long long)pc, vm_exit_str(vm, r));
	vm_free(vm);

	vm = vm_new(0);
	vm_start(vm, "loop_start", 0);
	tap_eq(vm_debug(vm, STEP), 0, "single-step on a vCPU that has not run yet");
	r = vm_run(vm, DEFAULT_MS);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->run->debug.arch.address == sym("loop_start") + 4,
		    "the very first instruction is a step"))
		tap_diag("%s", vm_exit_str(vm, r));
	tap_eq(vm_debug(vm, 0), 0, "KVM_SET_GUEST_DEBUG without ENABLE lets go");
	r = vm_run(vm, 300);
	if (!tap_ok(r == RUN_TIMEOUT, "and the guest runs on undisturbed"))
		tap_diag("%s", vm_exit_str(vm, r));
	tap_eq(vm->run->exit_reason, KVM_EXIT_INTR, "an interrupted KVM_RUN is no debug exit");
	tap_eq(vm_debug(vm, STEP), 0, "single-step again");
	r = vm_run(vm, DEFAULT_MS);
	if (!tap_ok(r == KVM_EXIT_DEBUG, "it steps again"))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);
}

/**
 * struct request - a KVM_SET_GUEST_DEBUG request
 * @name: what is bad or good about it
 * @control: its control word
 * @slot: where in bp[] its entries start
 * @bp: the entries
 */
struct request {
	const char *name;
	uint32_t control;
	unsigned int slot;
	struct {
		uint64_t addr;
		uint32_t type;
	} bp[4];
};

static const struct request bad[] = {
	{ .name = "control bit 2", .control = STEP | 0x4 },
	{ .name = "control bit 8", .control = STEP | 0x100 },
	{ .name = "control bit 20", .control = STEP | 0x100000 },
	{ .name = "control bit 31", .control = STEP | 0x80000000 },
	{ "type 1", HW, 0, { { 0x1000, 1 } } },
	{ "type 0x10", HW, 0, { { 0x1000, 0x10 } } },
	{ "type with bit 31", HW, 0, { { 0x1000, 0x80000000 | BP } } },
	{ "breakpoint and watchpoint in one", HW, 0, { { 0x1000, BP | WR } } },
	{ "breakpoint and read watchpoint in one", HW, 0, { { 0x1000, BP | RD } } },
	{ "breakpoint at an odd address", HW, 0, { { 0x1001, BP } } },
	{ "breakpoint at half an instruction", HW, 0, { { 0x1002, BP } } },
	{ "breakpoint above 32 bits", HW, 0, { { 0x100001000ULL, BP } } },
	{ "watchpoint above 32 bits", HW, 0, { { 0x8000000000001000ULL, WR } } },
	{ "three breakpoints", HW, 0, { { 0x1000, BP }, { 0x1004, BP }, { 0x1008, BP } } },
	{ "three watchpoints", HW, 0, { { 0x1000, WR }, { 0x1004, RD }, { 0x1008, WR } } },
	{ "a good breakpoint before a bad type", HW, 0, { { 0x1000, BP }, { 0x1004, 1 } } },
	{ "a good watchpoint before a bad address", HW, 0, { { 0x1000, WR }, { 0x1002, BP } } },
	{ "a bad type in the last slot", HW, 15, { { 0x1000, 1 } } },
	{ "a third breakpoint in the last slot", HW, 13,
	  { { 0x1000, BP }, { 0x1004, BP }, { 0x1008, BP } } },
	{ "single-step and a bad breakpoint", STEP | HW, 0, { { 0x1002, BP } } },
};

static const struct request good[] = {
	{ "unused slots with addresses", HW | STEP, 0, { { 0x1001, 0 }, { ~0ULL, 0 } } },
	{ "bad slots without USE_HW_BP", STEP, 0, { { 0x1001, BP }, { 0x1000, 0xff } } },
	{ "two breakpoints and two watchpoints", HW | STEP, 6,
	  { { 0x1000, BP }, { 0x1001, WR }, { 0x1004, BP }, { 0x2000, RD | WR } } },
	{ "a breakpoint in the last slot", HW | STEP, 15, { { 0xfffffffc, BP } } },
};

static int set(struct vm *vm, const struct request *rq)
{
	struct kvm_guest_debug dbg = { .control = rq->control };
	unsigned int i;

	for (i = 0; i < 4 && rq->slot + i < 16; i++) {
		dbg.arch.bp[rq->slot + i].addr = rq->bp[i].addr;
		dbg.arch.bp[rq->slot + i].type = rq->bp[i].type;
	}
	return vm_debug_bp(vm, &dbg);
}

/* The next KVM_RUN must be a step of the loop. */
static bool steps(struct vm *vm)
{
	uint64_t pc = vm->regs.pc;
	int r = vm_run(vm, 1500);

	vm_get_regs(vm);
	return r == KVM_EXIT_DEBUG &&
	       vm->regs.pc == (pc == sym("loop_end") ? sym("loop_start") : pc + 4);
}

void scenario_set_invalid(void)
{
	struct vm *vm = vm_new(0);
	struct kvm_regs before;
	unsigned int i;
	int r;

	vm_start(vm, "loop_start", 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		/* a fresh start each time, so that each case can fail alone */
		vm_debug(vm, 0);
		vm_debug(vm, STEP);
		vm_set_regs(vm);
		if (!steps(vm))
			tap_diag("no step before the request");
		before = vm->regs;
		/* a 64-bit host has registers for these */
		if (sizeof(long) == 8 && bad[i].bp[0].addr >> 32) {
			tap_eq(-set(vm, &bad[i]), 0, "%s: accepted", bad[i].name);
			continue;
		}
		tap_eq(-set(vm, &bad[i]), EINVAL, "%s: EINVAL", bad[i].name);
		vm_get_regs(vm);
		tap_ok(!memcmp(&before, &vm->regs, sizeof(before)) && steps(vm) && steps(vm),
		       "%s: the guest is as it was and still steps", bad[i].name);
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		vm_debug(vm, 0);
		tap_eq(-set(vm, &good[i]), 0, "%s: accepted", good[i].name);
		tap_ok(steps(vm), "%s: in force", good[i].name);
	}
	vm_free(vm);

	vm = vm_new(0);
	vm_start(vm, "bp_start", 0);
	vm->regs.gpr[3] = 3;
	vm_set_regs(vm);
	vm_debug(vm, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP);
	tap_eq(-set(vm, &bad[1]), EINVAL, "bad request while software breakpoints are in use");
	r = vm_run(vm, DEFAULT_MS);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->run->debug.arch.address == sym("bp_at") &&
		    vm_flags(vm) == KVMPPC_DEBUG_EXIT_SW_BP,
		    "software breakpoints are still reported as the user's own"))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watchpoints on MMIO: the hardware never sees these accesses, KVM itself has
 * to compare them.  (Those on memory need hardware, or an emulator, in which
 * DAC1 and DAC2 fire.)
 */
#include <stdio.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define HW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP)
#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define RD		KVMPPC_DEBUG_WATCH_READ
#define WR		KVMPPC_DEBUG_WATCH_WRITE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define IO(n)		(PORT_BASE + PORT_IO + (n))

/* step_mmio: where it reads word 0 for the first time, and writes word 1 */
#define READ_AT		4
#define WRITE_AT	12

struct watch {
	const char *name;
	uint32_t addr[2], type[2];
	/* what the first hit must be; at 0 there must be none */
	uint32_t at, hit, status, flags;
};

static const struct watch watches[] = {
	{ .name = "write", .addr = { IO(4) }, .type = { WR },
	  .at = WRITE_AT, .hit = IO(4), .status = WR, .flags = KVMPPC_DEBUG_EXIT_DAC(1) },
	{ .name = "read", .addr = { IO(0) }, .type = { RD },
	  .at = READ_AT, .hit = IO(0), .status = RD, .flags = KVMPPC_DEBUG_EXIT_DAC(1) },
	{ .name = "access", .addr = { IO(0) }, .type = { RD | WR },
	  .at = READ_AT, .hit = IO(0), .status = RD, .flags = KVMPPC_DEBUG_EXIT_DAC(1) },
	{ .name = "the second of two", .addr = { IO(28), IO(4) }, .type = { WR, WR },
	  .at = WRITE_AT, .hit = IO(4), .status = WR, .flags = KVMPPC_DEBUG_EXIT_DAC(2) },
	{ .name = "a byte within the word", .addr = { IO(2) }, .type = { RD },
	  .at = READ_AT, .hit = IO(2), .status = RD, .flags = KVMPPC_DEBUG_EXIT_DAC(1) },
	{ .name = "both at once", .addr = { IO(0), IO(3) }, .type = { RD, RD },
	  .at = READ_AT, .hit = IO(0), .status = RD,
	  .flags = KVMPPC_DEBUG_EXIT_DAC(1) | KVMPPC_DEBUG_EXIT_DAC(2) },
	{ .name = "a write where only reads are", .addr = { IO(16) }, .type = { WR } },
};

static bool hit(struct vm *vm, int r, const struct watch *w, uint32_t pc)
{
	vm_get_regs(vm);
	return r == KVM_EXIT_DEBUG && vm->regs.pc == pc &&
	       vm->run->debug.arch.address == w->hit &&
	       vm->run->debug.arch.status == w->status && vm_flags(vm) == w->flags;
}

static void watch(const struct watch *w)
{
	struct kvm_guest_debug dbg = { .control = HW };
	struct vm *vm = vm_new(0);
	uint32_t pc = sym("step_mmio") + w->at;
	unsigned int before, i;
	int r;

	vm_start(vm, "step_mmio", 0);
	for (i = 0; i < 2; i++) {
		dbg.arch.bp[i].addr = w->addr[i];
		dbg.arch.bp[i].type = w->type[i];
	}
	vm_patch(vm, sym("step_mmio_end"), GUEST_SW_BP);
	vm_debug_bp(vm, &dbg);
	vm_set_regs(vm);
	r = vm_run_port(vm, DEFAULT_MS);
	if (!w->at) {
		vm_get_regs(vm);
		if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == sym("step_mmio_end"),
			    "%s: no hit", w->name))
			tap_diag("%s", vm_exit_str(vm, r));
		goto out;
	}
	if (!tap_ok(hit(vm, r, w, pc), "%s: an exit before the access", w->name)) {
		tap_diag("expected pc 0x%x address 0x%x status 0x%x flags 0x%x, got %s", pc, w->hit,
			 w->status, w->flags, vm_exit_str(vm, r));
		goto out;
	}
	before = vm->mmio;
	r = vm_run_port(vm, DEFAULT_MS);
	tap_ok(hit(vm, r, w, pc) && vm->mmio == before, "%s: again, as nothing was done", w->name);
	/* a debugger goes on with a step */
	vm_debug(vm, STEP);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == pc + 4 && vm->mmio == before + 1 &&
		    !vm->run->debug.arch.status && vm_flags(vm) == KVMPPC_DEBUG_EXIT_STEP,
		    "%s: a step does the access", w->name))
		tap_diag("%lu accesses, %s", vm->mmio - before, vm_exit_str(vm, r));
out:
	vm_free(vm);
}

/* The same where the access does not even leave the kernel. */
static void watch_mpic(void)
{
	const uint32_t reg = MPIC_BASE + 0x10e0;	/* spurious vector */
	const struct watch w = { .name = "in the kernel", .hit = reg, .status = WR,
				 .flags = KVMPPC_DEBUG_EXIT_DAC(1) };
	struct kvm_guest_debug dbg = { .control = HW };
	struct vm *vm = vm_new(0);
	uint32_t pc = sym("step_mpic") + 16;
	int r;

	if (!tap_ok(vm_add_mpic(vm), "in the kernel: an MPIC"))
		goto out;
	vm_start(vm, "step_mpic", 0);
	vm->regs.gpr[6] = 0x35;
	vm->regs.gpr[10] = MPIC_BASE + 0x1000;
	vm->regs.gpr[11] = reg;
	vm_set_regs(vm);
	dbg.arch.bp[0].addr = reg;
	dbg.arch.bp[0].type = WR;
	vm_debug_bp(vm, &dbg);
	r = vm_run_port(vm, DEFAULT_MS);
	if (!tap_ok(hit(vm, r, &w, pc), "in the kernel: an exit before the store"))
		tap_diag("expected pc 0x%x, got %s", pc, vm_exit_str(vm, r));
	vm_debug(vm, STEP);
	vm_run_port(vm, DEFAULT_MS);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == pc + 8 && vm->regs.gpr[7] == 0x35 &&
		    !vm->mmio, "in the kernel: a step does the store, the next one reads it back"))
		tap_diag("r7 0x%llx, %s", (unsigned long long)vm->regs.gpr[7], vm_exit_str(vm, r));
out:
	vm_free(vm);
}

void scenario_watch_mmio(void)
{
	struct vm *vm = vm_new(0);
	unsigned int i;
	int r;

	for (i = 0; i < ARRAY_SIZE(watches); i++)
		watch(&watches[i]);
	watch_mpic();

	vm_ivor(vm, IVOR_DEBUG, "h_disarm");
	vm_start(vm, "gw_start", 0);
	vm->regs.gpr[4] = 77;
	vm->regs.gpr[10] = DBCR0_IDM | DBCR0_DAC1W;
	vm->regs.gpr[11] = MSR_DE;
	vm->regs.gpr[12] = 0;
	vm->regs.gpr[13] = IO(0);
	vm->regs.gpr[23] = 0;
	vm->regs.gpr[24] = GUEST_LOG;
	vm->regs.gpr[25] = 0;
	vm_set_regs(vm);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[23] == 1 &&
		    vm->regs.gpr[25] == DBSR_DAC1W &&
		    *vm_word(vm, GUEST_LOG + 4) == sym("gw_at") && vm->io[0] == 77,
		    "the guest's own: its debug interrupt, then the access"))
		tap_diag("%llu interrupts, DBSR 0x%llx, CSRR0 0x%x, %s",
			 (unsigned long long)vm->regs.gpr[23],
			 (unsigned long long)vm->regs.gpr[25], *vm_word(vm, GUEST_LOG + 4),
			 vm_exit_str(vm, r));
	vm_free(vm);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Single-stepping: every instruction reported once, in order, with no gap. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define MAX_STEPS	256
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct span - a straight stretch of the expected path
 * @from: label of its first instruction
 * @to: label of its last one
 */
struct span {
	const char *from;
	const char *to;
};

static unsigned int expand(const struct span *spans, unsigned int n, uint32_t *pcs)
{
	unsigned int count = 0, i;

	for (i = 0; i < n; i++) {
		uint32_t pc = sym(spans[i].from), to = sym(spans[i].to);

		for (; pc <= to; pc += 4) {
			if (count == MAX_STEPS)
				tap_bail("more than %d steps", MAX_STEPS);
			pcs[count++] = pc;
		}
	}
	return count;
}

static const char *step_problem(struct vm *vm, int r, uint32_t pc)
{
	if (r != KVM_EXIT_DEBUG)
		return "not a debug exit";
	if (vm->regs.pc != pc)
		return "wrong pc";
	if (vm->run->debug.arch.address != pc)
		return "wrong address";
	if (vm->run->debug.arch.status)
		return "status not 0";
	return NULL;
}

/* That a setting is in force by itself is set-in-force's business, not that of these. */
static bool start_stepping(struct vm *vm)
{
	bool ok = !vm_debug(vm, STEP);

	vm_get_regs(vm);
	vm_set_regs(vm);
	return ok;
}

/*
 * Steps along the path; the vCPU is set up and stands at its first
 * instruction.  Each further one is one report.
 */
static bool step_path(struct vm *vm, const char *name, const struct span *spans, unsigned int n)
{
	uint32_t pcs[MAX_STEPS], unflagged = 0;
	unsigned int count = expand(spans, n, pcs), i;
	int r;

	if (!start_stepping(vm))
		return tap_ok(false, "%s: KVM_SET_GUEST_DEBUG", name);
	for (i = 1; i < count; i++) {
		const char *problem;

		r = vm_run_port(vm, DEFAULT_MS);
		vm_get_regs(vm);
		problem = step_problem(vm, r, pcs[i]);
		if (problem) {
			tap_ok(false, "%s: all %u steps reported in order", name, count - 1);
			tap_diag("step %u from 0x%x: expected a step to 0x%x, got %s (%s)", i,
				 pcs[i - 1], pcs[i], vm_exit_str(vm, r), problem);
			return false;
		}
		if (vm_flags(vm) != KVMPPC_DEBUG_EXIT_STEP)
			unflagged++;
	}
	tap_ok(true, "%s: all %u steps reported in order", name, count - 1);
	return tap_eq(unflagged, 0, "%s: each flagged as a step and as nothing else", name);
}

static struct vm *step_vm(const char *label, uint32_t msr)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_PROGRAM, "h_skip");
	vm_ivor(vm, IVOR_DTLB, "h_skip");
	vm_ivor(vm, IVOR_DSI, "h_skip");
	vm_ivor(vm, IVOR_ITLB, "h_link");
	vm_ivor(vm, IVOR_SYSCALL, "h_return");
	vm_ivor(vm, IVOR_EXTERNAL, "h_return");
	vm_ivor(vm, IVOR_DECREMENTER, "h_dec");
	vm_start(vm, label, msr);
	return vm;
}

#define PATH(vm, name, ...) ({ \
	static const struct span spans_[] = { __VA_ARGS__ }; \
	step_path(vm, name, spans_, ARRAY_SIZE(spans_)); \
})

void scenario_step(void)
{
	struct vm *vm = step_vm("step_plain", 0);

	PATH(vm, "plain", { "step_plain", "step_plain_end" });
	tap_eq(vm->regs.gpr[5], 2, "plain: the instructions did their work");
	vm_free(vm);

	vm = step_vm("step_branch", 0);
	PATH(vm, "branches",
	     { "step_branch", "sb_bdnz" }, { "sb_loop", "sb_bdnz" }, { "sb_loop", "sb_bl" },
	     { "sb_fn", "sb_fn_end" }, { "sb_ret", "sb_beq" }, { "sb_far", "step_branch_end" });
	tap_eq(vm->regs.gpr[5], 4, "branches: the instructions did their work");
	vm_free(vm);
}

void scenario_step_emulated(void)
{
	struct vm *vm = step_vm("step_emul", 0);

	vm->regs.gpr[7] = 0x10140000;	/* MAS0: TLB1, entry 20 */
	vm->regs.gpr[8] = 0;		/* MAS1: not valid */
	vm_set_regs(vm);
	PATH(vm, "emulated", { "step_emul", "step_emul_end" });
	tap_eq(vm->regs.gpr[6], vm->regs.gpr[4], "emulated: the instructions did their work");
	vm_free(vm);

	vm = step_vm("step_chain", 0);
	vm->regs.gpr[10] = sym("sc_target");
	vm_set_regs(vm);
	PATH(vm, "chain of emulated ones",
	     { "step_chain", "sc_rfi" }, { "sc_target", "step_chain_end" });
	tap_eq(vm->regs.gpr[8], sym("sc_target"), "chain: the instructions did their work");
	vm_free(vm);
}

void scenario_step_mmio(void)
{
	struct vm *vm = step_vm("step_mmio", 0);

	vm->io[0] = 0x12345678;
	if (PATH(vm, "MMIO by user space", { "step_mmio", "step_mmio_end" })) {
		tap_eq(vm->mmio, 10, "MMIO by user space: one exit for each access");
		tap_ok(vm->regs.gpr[6] == 0x12345679 && vm->regs.gpr[7] == 0x12345678 &&
		       vm->regs.gpr[8] == 0x5678 && vm->regs.gpr[9] == 0x1234 &&
		       vm->io[2] == 0x12345679 && vm->io[3] == vm->regs.gpr[12],
		       "MMIO by user space: the accesses did their work");
	}
	vm_free(vm);

	vm = step_vm("step_mpic", 0);
	if (!vm_add_mpic(vm)) {
		tap_skip(strerror(errno), "MMIO in the kernel");
	} else {
		vm->regs.gpr[4] = 0;
		vm->regs.gpr[10] = MPIC_BASE + 0x1000;	/* feature register */
		vm->regs.gpr[11] = MPIC_BASE + 0x10e0;	/* spurious vector */
		vm->regs.gpr[6] = 0x35;
		vm_set_regs(vm);
		if (PATH(vm, "MMIO in the kernel", { "step_mpic", "step_mpic_end" })) {
			tap_eq(vm->mmio, 0, "MMIO in the kernel: no exit to user space");
			tap_ok(vm->regs.gpr[4] && vm->regs.gpr[4] == vm->regs.gpr[5] &&
			       vm->regs.gpr[7] == 0x35,
			       "MMIO in the kernel: the accesses did their work");
		}
	}
	vm_free(vm);
}

static void step_dec(void)
{
	struct vm *vm = step_vm("step_dec", 0);
	uint32_t handler = sym("h_dec"), handler_end = sym("h_dec_end"), end = sym("step_dec_end");
	uint32_t loop = sym("sd_loop"), bdnz = sym("sd_bdnz"), expect = 0, pc;
	unsigned int iterations = 400, taken = 0, steps = 0;
	bool in_handler = false;

	vm->regs.gpr[4] = 100000;
	vm->regs.gpr[7] = 0;
	vm->regs.ctr = iterations;
	vm_set_regs(vm);
	start_stepping(vm);
	for (pc = sym("step_dec"); pc != end; steps++) {
		int r = vm_run_port(vm, DEFAULT_MS);

		vm_get_regs(vm);
		if (in_handler)
			expect = pc == handler_end ? vm->regs.srr0 : pc + 4;
		else
			expect = pc == bdnz && vm->regs.ctr ? loop : pc + 4;
		if (r == KVM_EXIT_DEBUG && !in_handler && vm->regs.pc == handler) {
			/* where it goes back to: what would have been reported, or,
			 * with nothing executed since the last report, where that was
			 */
			if (vm->regs.srr0 != expect && vm->regs.srr0 != pc)
				break;
			in_handler = true;
			taken++;
		} else if (r != KVM_EXIT_DEBUG || vm->regs.pc != expect) {
			tap_diag("at 0x%x: %s", pc, vm_exit_str(vm, r));
			break;
		} else if (pc == handler_end) {
			in_handler = false;
		}
		pc = vm->regs.pc;
	}
	tap_eq(pc, end, "decrementer: every step reported, the handler's among them");
	tap_ok(taken >= 1, "decrementer: it came while stepping (%u times, %u steps)", taken, steps);
	tap_eq(vm->regs.gpr[7], iterations, "decrementer: the loop ran as often as it had to");
	vm_free(vm);
}

static void step_external(void)
{
	struct vm *vm = step_vm("step_plain", MSR_EE);
	struct kvm_interrupt irq = { .irq = KVM_INTERRUPT_SET };
	uint32_t first = sym("step_plain");
	int r;

	start_stepping(vm);
	vm_run_port(vm, DEFAULT_MS);
	if (ioctl(vm->fd, KVM_INTERRUPT, &irq))
		tap_bail("KVM_INTERRUPT: %s", strerror(errno));
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_DEBUG && vm->regs.pc == sym("h_return") &&
		    vm->regs.srr0 == first + 4,
		    "external interrupt: the step ends at the handler's first instruction"))
		tap_diag("expected pc 0x%x srr0 0x%x, got srr0 0x%llx and %s", sym("h_return"),
			 first + 4, (unsigned long long)vm->regs.srr0, vm_exit_str(vm, r));
	PATH(vm, "external interrupt", { "h_return", "h_return_end" },
	     { "sp_second", "sp_third" });
	vm_free(vm);
}

void scenario_step_interrupts(void)
{
	struct vm *vm = step_vm("step_trap", 0);

	PATH(vm, "trap", { "step_trap", "step_trap_at" }, { "h_skip", "h_skip_end" },
	     { "step_trap_next", "step_trap_end" });
	vm_free(vm);

	vm = step_vm("step_illegal", 0);
	PATH(vm, "illegal instruction", { "step_illegal", "step_illegal_at" },
	     { "h_skip", "h_skip_end" }, { "step_illegal_next", "step_illegal_end" });
	/* where the hardware tells it from a privileged one KVM does not look at it */
	tap_eq(vm->emul_fails, !vm->hv, "illegal instruction: reported to user space as before");
	vm_free(vm);

	vm = step_vm("step_dtlb", 0);
	PATH(vm, "data TLB miss", { "step_dtlb", "step_dtlb_at" },
	     { "h_skip", "h_skip_end" }, { "step_dtlb_next", "step_dtlb_end" });
	vm_free(vm);

	vm = step_vm("step_dsi", 0);
	PATH(vm, "data storage", { "step_dsi", "step_dsi_at" },
	     { "h_skip", "h_skip_end" }, { "step_dsi_next", "step_dsi_end" });
	vm_free(vm);

	vm = step_vm("step_itlb", 0);
	PATH(vm, "instruction TLB miss", { "step_itlb", "step_itlb_at" }, { "unmapped", "unmapped" },
	     { "h_link", "h_link_end" }, { "step_itlb_next", "step_itlb_end" });
	vm_free(vm);

	step_external();
	step_dec();
}

void scenario_step_syscall(void)
{
	struct vm *vm = step_vm("step_sc", 0);

	PATH(vm, "system call", { "step_sc", "step_sc_at" }, { "h_return", "h_return_end" },
	     { "step_sc_next", "step_sc_end" });
	vm_free(vm);
}

void scenario_step_user(void)
{
	struct vm *vm = step_vm("step_plain", MSR_PR);

	PATH(vm, "user mode", { "step_plain", "step_plain_end" });
	vm_free(vm);

	vm = step_vm("step_trap", MSR_PR);
	PATH(vm, "user mode, trap", { "step_trap", "step_trap_at" }, { "h_skip", "h_skip_end" },
	     { "step_trap_next", "step_trap_end" });
	vm_free(vm);

	vm = step_vm("step_illegal", MSR_PR);
	PATH(vm, "user mode, illegal instruction", { "step_illegal", "step_illegal_at" },
	     { "h_skip", "h_skip_end" }, { "step_illegal_next", "step_illegal_end" });
	vm_free(vm);

	vm = step_vm("step_priv", MSR_PR);
	PATH(vm, "user mode, privileged instruction", { "step_priv", "step_priv_at" },
	     { "h_skip", "h_skip_end" }, { "step_priv_next", "step_priv_end" });
	vm_free(vm);

	vm = step_vm("step_dtlb", MSR_PR);
	PATH(vm, "user mode, data TLB miss", { "step_dtlb", "step_dtlb_at" },
	     { "h_skip", "h_skip_end" }, { "step_dtlb_next", "step_dtlb_end" });
	vm_free(vm);
}

/* Steps round a loop; returns how many steps were as they should be. */
static unsigned int step_round(struct vm *vm, const char *start, const char *end, unsigned int n)
{
	uint32_t first = sym(start), last = sym(end), pc = first;
	unsigned int i;

	vm_start(vm, start, 0);
	vm->regs.gpr[4] = 0;
	vm_set_regs(vm);
	if (!start_stepping(vm))
		return 0;
	for (i = 0; i < n; i++) {
		int r = vm_run(vm, DEFAULT_MS);
		uint32_t next = pc == last ? first : pc + 4;

		if (r != KVM_EXIT_DEBUG || vm->run->debug.arch.address != next) {
			tap_diag("step %u from 0x%x: expected 0x%x, got %s", i, pc, next,
				 vm_exit_str(vm, r));
			break;
		}
		pc = next;
	}
	vm_get_regs(vm);
	return i;
}

static unsigned long ticks(void)
{
	unsigned long n = 0;
	char line[256];
	FILE *f = fopen("/proc/interrupts", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " LOC: %lu", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/*
 * A host interrupt between two steps must not disarm the next one.  The loop
 * spans hundreds of host ticks, and so does the long way without an exit.
 */
void scenario_step_ticks(void)
{
	const unsigned int plain = 200000, emulated = 30000;
	struct vm *vm = vm_new(0);
	unsigned long before = ticks(), spent;
	unsigned int n, i, good = 0;
	int r = 0;

	vm->bulk = 1024;
	n = step_round(vm, "loop_start", "loop_end", plain);
	spent = ticks() - before;
	tap_eq(n, plain, "ticks: no step of %u lost", plain);
	tap_ok(vm->regs.gpr[4] == n / 4, "ticks: the guest went round as often as was reported");
	tap_ok(spent > 200, "ticks: the steps span hundreds of host ticks (%lu)", spent);
	n = step_round(vm, "emul_start", "emul_end", emulated);
	tap_eq(n, emulated, "ticks: no step of %u lost, one in three emulated", emulated);
	tap_ok(vm->regs.gpr[4] == n / 3, "ticks: that guest, too, went round as often");
	vm_free(vm);

	vm = vm_new(0);
	vm_start(vm, "long_start", 0);
	vm->regs.gpr[3] = 1 << 20;
	vm_set_regs(vm);
	for (i = 0; i < 5; i++) {
		vm_debug(vm, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP);
		r = vm_run(vm, DEFAULT_MS);
		if (r != KVM_EXIT_DEBUG || vm->run->debug.arch.address != sym("long_bp"))
			break;
		vm_get_regs(vm);
		vm->regs.pc += 4;
		vm_set_regs(vm);
		start_stepping(vm);
		r = vm_run(vm, DEFAULT_MS);
		if (r != KVM_EXIT_DEBUG || vm->run->debug.arch.address != sym("long_end"))
			break;
		good++;
	}
	if (!tap_eq(good, 5, "ticks: a breakpoint after 2^20 iterations, and a step"))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);
}

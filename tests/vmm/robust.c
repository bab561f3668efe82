// SPDX-License-Identifier: GPL-2.0-only
/* What a guest does must not reach the host, nor another guest. */
#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "native.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define SW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)

static struct vm *abused_vm(const char *label, unsigned int rounds, uint32_t msr)
{
	struct vm *vm = vm_new(0);

	vm_ivor(vm, IVOR_SYSCALL, "h_return");
	vm_ivor(vm, IVOR_PROGRAM, "h_skip");
	vm_ivor(vm, IVOR_DTLB, "h_skip");
	vm_ivor(vm, IVOR_DSI, "h_skip");
	vm_ivor(vm, IVOR_ALIGNMENT, "h_skip");
	vm_ivor(vm, IVOR_SPE, "h_skip");
	if (msr & MSR_PR)
		vm_patch(vm, sym("abuse_user_only"), 0);
	vm_start(vm, label, msr);
	vm->regs.gpr[3] = rounds;
	vm->regs.gpr[4] = 0;
	vm->regs.gpr[22] = 0;
	vm->regs.gpr[23] = 0;
	vm_set_regs(vm);
	vm->bulk = 1024;
	return vm;
}

static void abuse(const char *name, unsigned int rounds, uint32_t msr, uint32_t control)
{
	struct vm *vm = abused_vm("abuse_start", rounds, msr);
	/* skipped in each round; the user's also at five privileged ones and the illegal one */
	unsigned int skips = msr & MSR_PR ? 12 : 6;
	unsigned long steps = 0;
	int r;

	vm_debug(vm, control);
	vm_set_regs(vm);
	do {
		r = vm_run_port(vm, DEFAULT_MS * 5);
		steps++;
	} while (r == KVM_EXIT_DEBUG);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_DONE && vm->regs.gpr[4] == rounds,
		    "%s: %u rounds", name, rounds))
		tap_diag("r4 %llu, %s", (unsigned long long)vm->regs.gpr[4], vm_exit_str(vm, r));
	tap_eq(vm->regs.gpr[23], 3 * rounds, "%s: each system call went to the guest", name);
	tap_eq(vm->regs.gpr[22], skips * rounds, "%s: each exception went to the guest", name);
	if (control & KVM_GUESTDBG_SINGLESTEP)
		tap_ok(steps > 20 * rounds, "%s: it was stepped all the way (%lu)", name, steps);
	vm_free(vm);
}

void scenario_abuse(void)
{
	abuse("abuse", 400, 0, 0);
	abuse("abuse, user mode", 400, MSR_PR, 0);
	abuse("abuse under breakpoints", 200, 0, SW);
	abuse("abuse under breakpoints, user mode", 200, MSR_PR, SW);
	abuse("abuse stepped", 100, 0, STEP);
	abuse("abuse stepped, user mode", 100, MSR_PR, STEP);
}

void scenario_syscalls(void)
{
	const unsigned int rounds = 10000;
	struct vm *vm = abused_vm("sc_start", rounds, 0);
	int r = vm_run_port(vm, DEFAULT_MS);

	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm->regs.gpr[23] == rounds && vm->regs.gpr[4] == rounds,
		    "%u system calls, each taken by the guest", rounds))
		tap_diag("%llu taken, %s", (unsigned long long)vm->regs.gpr[23],
			 vm_exit_str(vm, r));
	vm_free(vm);
}

void scenario_tlb_initial(void)
{
	struct vm *vm = vm_new(VM_BARE_TLB);
	int r;

	if (vm->hv) {
		tap_skip("KVM makes none on this core", "KVM's first mapping");
		vm_free(vm);
		return;
	}
	vm_start(vm, "mmio_start", 0);
	vm->regs.gpr[4] = 41;
	vm_set_regs(vm);
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	if (!tap_ok(r == KVM_EXIT_MMIO && vm_port(vm) == PORT_SYNC && vm->regs.gpr[4] == 42,
		    "a guest without a TLB of its own runs in KVM's first mapping"))
		tap_diag("%s", vm_exit_str(vm, r));
	vm_free(vm);
}

/**
 * struct worker - a thread with a VM of its own
 * @thread: runs it
 * @start: first instruction of the loop it steps
 * @end: and the last
 * @steps: how far
 * @good: how many steps were as they should be
 * @r4: the guest's own count of its rounds
 */
struct worker {
	pthread_t thread;
	const char *start, *end;
	unsigned int steps;
	unsigned int good;
	uint64_t r4;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	uint32_t first = sym(w->start), last = sym(w->end), pc = first;
	struct vm *vm = vm_new(0);

	vm_start(vm, w->start, 0);
	vm->regs.gpr[4] = 0;
	vm_debug(vm, STEP);
	vm_set_regs(vm);
	for (; w->good < w->steps; w->good++) {
		uint32_t next = pc == last ? first : pc + 4;

		if (vm_run(vm, 3 * DEFAULT_MS) != KVM_EXIT_DEBUG ||
		    vm->run->debug.arch.address != next)
			break;
		pc = next;
	}
	vm_get_regs(vm);
	w->r4 = vm->regs.gpr[4];
	vm_free(vm);
	return NULL;
}

void scenario_two_vms(void)
{
	struct worker w[] = {
		{ .start = "loop_start", .end = "loop_end", .steps = 20000 },
		{ .start = "emul_start", .end = "emul_end", .steps = 9000 },
	};
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			tap_bail("pthread_create");
	for (i = 0; i < 2; i++)
		pthread_join(w[i].thread, NULL);
	tap_eq(w[0].good, w[0].steps, "two VMs at once: every step of the first");
	tap_eq(w[0].r4, w[0].steps / 4, "two VMs at once: the first went round as often");
	tap_eq(w[1].good, w[1].steps, "two VMs at once: every step of the second");
	tap_eq(w[1].r4, w[1].steps / 3, "two VMs at once: the second went round as often");
}

/* An endless loop of three instructions, in registers alone. */
static void loop_body(void *arg)
{
	(void)arg;
	asm volatile("li 14, 0\n1: addi 14, 14, 1\nxor 15, 14, 14\nb 1b" : : : "14", "15");
}

static bool step(pid_t pid)
{
	return traced_go(pid, PTRACE_SINGLESTEP, NULL);
}

/* Runs an undebugged guest: no debug exit may come of its being traced itself. */
static void vmm_body(void *arg)
{
	struct vm *vm = vm_new(0);
	int i;

	(void)arg;
	vm_start(vm, "mmio_start", 0);
	raise(SIGTRAP);
	for (i = 0; i < 20; i++)
		if (vm_run(vm, DEFAULT_MS) != KVM_EXIT_MMIO)
			_exit(1);
	_exit(0);
}

/* The host's own debugging with the same registers, while guests are debugged. */
void scenario_ptrace(void)
{
	struct worker w = { .start = "loop_start", .end = "loop_end", .steps = 10000 };
	const unsigned int steps = 6000;
	unsigned long pc, first = 0;
	unsigned int i, good = 0;
	int status = 0;
	pid_t pid;

	pid = traced_start(loop_body, NULL);
	if (pthread_create(&w.thread, NULL, work, &w))
		tap_bail("pthread_create");
	/* out of the C library and into the loop: there three steps lead back */
	for (i = 0; i < 2000; i++) {
		pc = traced_nip(pid);
		if (!step(pid) || !step(pid) || !step(pid))
			break;
		if (traced_nip(pid) == pc) {
			first = pc;
			break;
		}
	}
	tap_ok(first, "a native process is single-stepped into its loop");
	for (pc = first; first && good < steps; good += 3)
		if (!step(pid) || traced_nip(pid) == pc || !step(pid) ||
		    traced_nip(pid) == pc || !step(pid) || traced_nip(pid) != pc)
			break;
	traced_end(pid);
	pthread_join(w.thread, NULL);
	tap_eq(good, steps, "while a guest is stepped: every step of the native process");
	tap_eq(w.good, w.steps, "while a native process is stepped: every step of the guest");

	pid = traced_start(vmm_body, NULL);
	if (!traced_go(pid, PTRACE_CONT, &status))
		tap_bail("the VMM that is to be traced has ended, status 0x%x", status);
	for (i = 0; traced_go(pid, PTRACE_SINGLESTEP, &status); i++)
		;
	if (!tap_ok(WIFEXITED(status) && !WEXITSTATUS(status),
		    "a single-stepped VMM's guest is not stepped"))
		tap_diag("wait status 0x%x after %u steps", status, i);
	tap_ok(i > 200, "and the VMM itself was, around its KVM_RUNs (%u)", i);
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg-vmm: guests to debug, and the tests of what debugging them does. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "scenarios.h"
#include "tap.h"

static const struct {
	const char *name;
	void (*run)(void);
	const char *what;
} scenarios[] = {
	{ "step", scenario_step, "plain instructions and branches" },
	{ "step-emulated", scenario_step_emulated, "instructions that KVM emulates" },
	{ "step-mmio", scenario_step_mmio, "MMIO, by user space and in the kernel" },
	{ "step-interrupts", scenario_step_interrupts, "a guest interrupt in the middle" },
	{ "step-syscall", scenario_step_syscall, "a system call in the middle" },
	{ "step-user", scenario_step_user, "all that in the guest's user mode" },
	{ "step-ticks", scenario_step_ticks, "host interrupts lose no event" },
	{ "caps", scenario_caps, "capabilities" },
	{ "set-in-force", scenario_set_in_force, "a setting counts at the next KVM_RUN" },
	{ "set-invalid", scenario_set_invalid, "bad settings change nothing" },
	{ "swbp", scenario_swbp, "software breakpoints" },
	{ "swbp-stray", scenario_swbp_stray, "software breakpoints nobody set" },
	{ "swbp-inject", scenario_swbp_inject, "software breakpoints given to the guest" },
	{ "watch-mmio", scenario_watch_mmio, "watchpoints on what KVM emulates" },
	{ "guest-debug", scenario_guest_debug, "the guest's own debug registers" },
	{ "guest-inject", scenario_guest_inject, "debug events given to the guest" },
	{ "guest-branch", scenario_guest_branch, "the guest's events across host ticks" },
	{ "guest-supervisor", scenario_guest_supervisor, "a guest that aims at the host" },
	{ "abuse", scenario_abuse, "exceptions in a loop, debugged and not" },
	{ "syscalls", scenario_syscalls, "system calls in a loop" },
	{ "tlb-initial", scenario_tlb_initial, "KVM's first TLB mapping" },
	{ "two-vms", scenario_two_vms, "two VMs stepped at once" },
	{ "ptrace", scenario_ptrace, "the host's own single-stepping meanwhile" },
	{ "hw-program", scenario_hw_program, "what hardware breakpoints program" },
	{ "guest-program", scenario_guest_program, "what a guest's own settings program" },
	{ "switch-idle", scenario_switch_idle, "no register written when nothing is armed" },
	{ "hw", scenario_hw, "hardware breakpoints and watchpoints" },
	{ "hw-native", scenario_hw_native, "the host's own, meanwhile" },
	{ "move", scenario_move, "a vCPU that is moved between CPUs" },
	{ "host-debug", scenario_host_debug, "a VMM that is debugged itself" },
	{ "late", scenario_late, "what the processor has noted for one, and another runs" },
	{ "preempted", scenario_preempted, "a vCPU that is preempted while its registers change" },
	{ "clock", scenario_clock, "the kernel's clocks while they are adjusted" },
	{ "guest-de", scenario_guest_de, "a guest that changes MSR[DE] while it is debugged" },
	{ "doorbell", scenario_doorbell, "a guest's doorbells to itself" },
	{ "machine-check", scenario_machine_check, "a machine check that waits" },
	{ "same-addresses", scenario_same_addresses, "two VMs at the same addresses" },
	{ "next-vm", scenario_next_vm, "what a VM that is gone leaves to the next" },
	{ "wide", scenario_wide, "addresses beyond 32 bits" },
	{ "perf", scenario_perf, "the trace events through perf" },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static int cmd_list(int argc, char **argv)
{
	unsigned int i;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "kvmdbg-vmm list: no arguments wanted\n");
		return 2;
	}
	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		printf("%-18s %s\n", scenarios[i].name, scenarios[i].what);
	return 0;
}

static int find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		if (!strcmp(scenarios[i].name, name))
			return i;
	return -1;
}

static int cmd_run(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "kvmdbg-vmm run: which scenario? See kvmdbg-vmm list\n");
		return 2;
	}
	for (i = 1; i < argc; i++) {
		if (find(argv[i]) < 0) {
			fprintf(stderr, "kvmdbg-vmm run: no scenario %s; see kvmdbg-vmm list\n",
				argv[i]);
			return 2;
		}
	}
	for (i = 1; i < argc; i++)
		scenarios[find(argv[i])].run();
	return tap_done();
}

static const struct command commands[] = {
	{ "list", cmd_list },
	{ "run", cmd_run },
	{ "load", cmd_load },
	{ "demo", cmd_demo },
	{ "linux", cmd_linux },
	{ "fuzz", cmd_fuzz },
	{ "bench", cmd_bench },
	{ "json", cmd_json },
	{ "bpf", cmd_bpf },
	{ 0 }
};

static const char doc[] =
	"Guests on /dev/kvm to debug, and tests of what debugging them does.\v"
	"Commands:\n"
	"  list            the scenarios\n"
	"  run NAME...     run scenarios; TAP on standard output\n"
	"  load VM...      guests that make so many debug events (load --help)\n"
	"  demo            guests that are debugged for a while (demo --help)\n"
	"  linux           Linux in a guest, debugged (linux --help)\n"
	"  fuzz            random requests to the debug stub (fuzz --help)\n"
	"  bench           what the guest's way in and out costs (bench --help)\n"
	"  json PATH       a value of the last line of JSON on standard input\n"
	"  bpf             the loaded BPF programs and how large their machine code is\n";

int main(int argc, char **argv)
{
	return command_main(commands, doc, argc, argv);
}

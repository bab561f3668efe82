/* SPDX-License-Identifier: GPL-2.0-only */
/* The scenarios, one function each; main.c has the table that names them. */
#ifndef KVMDBG_SCENARIOS_H
#define KVMDBG_SCENARIOS_H

/* step.c */
void scenario_step(void);
void scenario_step_emulated(void);
void scenario_step_mmio(void);
void scenario_step_interrupts(void);
void scenario_step_syscall(void);
void scenario_step_user(void);
void scenario_step_ticks(void);

/* set.c */
void scenario_caps(void);
void scenario_set_in_force(void);
void scenario_set_invalid(void);

/* swbp.c */
void scenario_swbp(void);
void scenario_swbp_stray(void);
void scenario_swbp_inject(void);

/* guestdbg.c */
void scenario_guest_debug(void);
void scenario_guest_inject(void);
void scenario_guest_branch(void);
void scenario_guest_supervisor(void);

/* watch.c */
void scenario_watch_mmio(void);

/* hw.c */
void scenario_hw(void);
void scenario_hw_native(void);

/* move.c */
void scenario_move(void);
void scenario_host_debug(void);
void scenario_late(void);
void scenario_preempted(void);

/* hv.c */
void scenario_guest_de(void);
void scenario_doorbell(void);
void scenario_machine_check(void);
void scenario_same_addresses(void);
void scenario_next_vm(void);
void scenario_wide(void);

/* clock.c */
void scenario_clock(void);

/* robust.c */
void scenario_abuse(void);
void scenario_syscalls(void);
void scenario_tlb_initial(void);
void scenario_two_vms(void);
void scenario_ptrace(void);

/* trace.c */
void scenario_hw_program(void);
void scenario_guest_program(void);
void scenario_switch_idle(void);
void scenario_perf(void);

/* load.c */
int cmd_load(int argc, char **argv);
int cmd_demo(int argc, char **argv);

/* linux.c */
int cmd_linux(int argc, char **argv);

/* fuzz.c */
int cmd_fuzz(int argc, char **argv);

/* bench.c */
int cmd_bench(int argc, char **argv);

/* tools.c */
int cmd_json(int argc, char **argv);
int cmd_bpf(int argc, char **argv);

#endif /* KVMDBG_SCENARIOS_H */

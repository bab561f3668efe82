/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VM with one vCPU, on /dev/kvm directly: as little as the tests of guest
 * debugging need.  What cannot be set up ends the program: there is nothing to
 * test then.
 */
#ifndef KVMDBG_VM_H
#define KVMDBG_VM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define RUN_TIMEOUT	(-1)	/* vm_run(): no exit in time */
#define DEFAULT_MS	4000

#define VM_HIGH		0x2	/* vm_new(): the guest can be run at GUEST_HIGH, too */
#define VM_BARE_TLB	0x1	/* vm_new(): no KVM_CAP_SW_TLB, KVM's own first mapping */

enum ivor {
	IVOR_MACHINE_CHECK = 1, IVOR_DSI = 2, IVOR_EXTERNAL = 4, IVOR_ALIGNMENT = 5, IVOR_PROGRAM = 6,
	IVOR_SYSCALL = 8, IVOR_DECREMENTER = 10, IVOR_DTLB = 13, IVOR_ITLB = 14,
	IVOR_DEBUG = 15, IVOR_SPE = 32, IVOR_DBELL = 36, IVOR_DBELL_CRIT = 37,
};

/**
 * struct vm - a VM and its vCPU
 * @vm_fd: the VM
 * @fd: the vCPU
 * @run: its shared page
 * @hv: the core has a state of its own for guests (e500mc and later)
 * @regs: registers as of the last vm_regs()
 * @mem: guest memory, at guest physical address 0
 * @io: the eight words of the device at PORT_IO
 * @mmio: MMIO exits since the owner last cleared it
 * @emul_fails: exits for instructions KVM could not emulate, likewise
 * @panic: the interrupt nobody expected, or -1
 * @bulk: runs between two settings of the watchdog timer; 1 is exact
 */
struct vm {
	int vm_fd;
	int fd;
	struct kvm_run *run;
	bool hv;
	struct kvm_regs regs;
	unsigned char *mem;
	uint32_t io[8];
	unsigned long mmio;
	unsigned long emul_fails;
	int panic;
	unsigned int bulk;

	/* private */
	size_t mem_size;
	size_t run_size;
	void *tlb;
	timer_t timer;
	bool has_timer;
	unsigned int runs;
	unsigned int armed_ms;
	volatile bool fired;
};

int kvm_fd(void);
struct vm *vm_create(size_t size);
void vm_setup_tlb(struct vm *vm, bool high);
struct vm *vm_new(unsigned int flags);
void vm_free(struct vm *vm);
bool vm_add_mpic(struct vm *vm);
uint32_t sym(const char *name);
uint32_t vm_debug_handler(struct vm *vm, const char *name);
uint32_t *vm_word(struct vm *vm, uint32_t addr);
void vm_patch(struct vm *vm, uint32_t addr, uint32_t inst);
void vm_ivor(struct vm *vm, enum ivor n, const char *handler);
void vm_get_regs(struct vm *vm);
void vm_set_regs(struct vm *vm);
void vm_start(struct vm *vm, const char *label, uint32_t msr);
int vm_run(struct vm *vm, unsigned int ms);
int vm_run_port(struct vm *vm, unsigned int ms);
uint32_t vm_port(struct vm *vm);
uint32_t vm_sw_bp_inst(struct vm *vm);
int vm_debug(struct vm *vm, uint32_t control);
int vm_debug_bp(struct vm *vm, struct kvm_guest_debug *dbg);
uint32_t vm_flags(struct vm *vm);
const char *vm_exit_str(struct vm *vm, int reason);

#endif /* KVMDBG_VM_H */

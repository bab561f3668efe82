// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "tap.h"
#include "vm.h"

#define TLB0_ENTRIES	512
#define TLB1_ENTRIES	64
#define TLB_ENTRIES	(TLB0_ENTRIES + TLB1_ENTRIES)

/* MAS1: valid, page size 4^n KiB.  MAS3: permissions of the user and the supervisor. */
#define MAS1_VALID	0x80000000
#define MAS1_TSIZE(n)	((n) << 8)
#define MAS3_ALL	0x3f
#define MAS3_READ	0x03

extern const unsigned char guest_image[], guest_image_end[];

static void *must_map(size_t size, int flags, int fd)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		tap_bail("mmap of %zu bytes: %s", size, strerror(errno));
	return p;
}

static int must_ioctl(int fd, unsigned long req, void *arg, const char *name)
{
	int r = ioctl(fd, req, arg);

	if (r < 0)
		tap_bail("%s: %s", name, strerror(errno));
	return r;
}

#define MUST(fd, req, arg) must_ioctl(fd, req, (void *)(unsigned long)(arg), #req)

/** kvm_fd() - /dev/kvm, opened once */
int kvm_fd(void)
{
	static int fd = -1;

	if (fd < 0) {
		fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			tap_bail("/dev/kvm: %s", strerror(errno));
	}
	return fd;
}

static const Elf32_Shdr *guest_section(unsigned int n)
{
	const Elf32_Ehdr *eh = (const void *)guest_image;

	return (const Elf32_Shdr *)(guest_image + eh->e_shoff) + n;
}

/** sym() - address of a label of the guests' code */
uint32_t sym(const char *name)
{
	const Elf32_Ehdr *eh = (const void *)guest_image;
	unsigned int i, j;

	for (i = 0; i < eh->e_shnum; i++) {
		const Elf32_Shdr *sh = guest_section(i);
		const Elf32_Sym *syms = (const void *)(guest_image + sh->sh_offset);
		const char *names;

		if (sh->sh_type != SHT_SYMTAB)
			continue;
		names = (const char *)guest_image + guest_section(sh->sh_link)->sh_offset;
		for (j = 0; j < sh->sh_size / sizeof(*syms); j++)
			if (!strcmp(names + syms[j].st_name, name))
				return syms[j].st_value;
	}
	tap_bail("the guest has no label %s", name);
}

static void load_image(struct vm *vm)
{
	const Elf32_Ehdr *eh = (const void *)guest_image;
	unsigned int i;

	for (i = 0; i < eh->e_shnum; i++) {
		const Elf32_Shdr *sh = guest_section(i);

		if (sh->sh_type != SHT_PROGBITS || !(sh->sh_flags & SHF_ALLOC))
			continue;
		if (sh->sh_addr + sh->sh_size > GUEST_STACK - 0x1000)
			tap_bail("guest code ends at 0x%x, beyond its place",
				 sh->sh_addr + sh->sh_size);
		memcpy(vm->mem + sh->sh_addr, guest_image + sh->sh_offset, sh->sh_size);
		__builtin___clear_cache((char *)vm->mem + sh->sh_addr,
					(char *)vm->mem + sh->sh_addr + sh->sh_size);
	}
}

/** vm_setup_tlb() - the guest's first mappings; @high: its memory at GUEST_HIGH as well */
void vm_setup_tlb(struct vm *vm, bool high)
{
	struct kvm_book3e_206_tlb_entry *tlb;
	struct kvm_book3e_206_tlb_params params = {
		.tlb_sizes = { TLB0_ENTRIES, TLB1_ENTRIES },
		.tlb_ways = { 4, TLB1_ENTRIES },
	};
	struct kvm_config_tlb config = {
		.params = (unsigned long)&params,
		.mmu_type = KVM_MMU_FSL_BOOKE_NOHV,
		.array_len = TLB_ENTRIES * sizeof(*tlb),
	};
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_SW_TLB,
		.args = { (unsigned long)&config },
	};
	unsigned char bitmap[TLB_ENTRIES / 8];
	struct kvm_dirty_tlb dirty = {
		.bitmap = (unsigned long)bitmap,
		.num_dirty = TLB_ENTRIES,
	};

	vm->tlb = must_map(TLB_ENTRIES * sizeof(*tlb), MAP_SHARED | MAP_ANONYMOUS, -1);
	tlb = vm->tlb;
	/* 256 MiB at 0: RAM, and the MMIO ports above it. */
	tlb[TLB0_ENTRIES].mas1 = MAS1_VALID | MAS1_TSIZE(9);
	tlb[TLB0_ENTRIES].mas7_3 = MAS3_ALL;
	tlb[TLB0_ENTRIES + 1].mas1 = MAS1_VALID | MAS1_TSIZE(1);
	tlb[TLB0_ENTRIES + 1].mas2 = MAPPED_RO;
	tlb[TLB0_ENTRIES + 1].mas7_3 = GUEST_DATA | MAS3_READ;
	if (high) {
		tlb[TLB0_ENTRIES + 2] = tlb[TLB0_ENTRIES];
		tlb[TLB0_ENTRIES + 2].mas2 = GUEST_HIGH;
	}

	config.array = (unsigned long)tlb;
	memset(bitmap, 0xff, sizeof(bitmap));
	MUST(vm->fd, KVM_ENABLE_CAP, &cap);
	MUST(vm->fd, KVM_DIRTY_TLB, &dirty);
}

/* Every vector goes to its panic stub until a scenario says otherwise. */
static void setup_vectors(struct vm *vm)
{
	struct kvm_sregs sregs = { 0 };
	char name[16];
	int i;

	MUST(vm->fd, KVM_GET_SREGS, &sregs);
	sregs.u.e.features |= KVM_SREGS_E_IVOR;
	sregs.u.e.update_special = 0;
	sregs.u.e.ivpr = 0;
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "panic_%d", i);
		sregs.u.e.ivor_low[i] = sym(name);
	}
	for (i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "panic_%d", 32 + i);
		sregs.u.e.ivor_high[i] = sym(name);
	}
	MUST(vm->fd, KVM_SET_SREGS, &sregs);
}

/** vm_debug_handler() - that one of the two of a name that goes with the core's debug interrupt */
uint32_t vm_debug_handler(struct vm *vm, const char *name)
{
	char full[32];

	snprintf(full, sizeof(full), "%s%s", name, vm->hv ? "_hv" : "");
	return sym(full);
}

/** vm_ivor() - point an interrupt vector of the guest at one of its handlers */
void vm_ivor(struct vm *vm, enum ivor n, const char *handler)
{
	uint32_t addr = n == IVOR_DEBUG ? vm_debug_handler(vm, handler) : sym(handler);
	struct kvm_sregs sregs = { 0 };

	MUST(vm->fd, KVM_GET_SREGS, &sregs);
	sregs.u.e.features |= KVM_SREGS_E_IVOR;
	sregs.u.e.update_special = 0;
	if (n < 16)
		sregs.u.e.ivor_low[n] = addr;
	else
		sregs.u.e.ivor_high[n - 32] = addr;
	MUST(vm->fd, KVM_SET_SREGS, &sregs);
}

/**
 * vm_create() - a VM with one vCPU
 * @size: of its memory, which begins at guest physical address 0, in bytes
 */
struct vm *vm_create(size_t size)
{
	struct kvm_userspace_memory_region region = { .memory_size = size };
	struct kvm_sregs sregs = { 0 };
	struct vm *vm = calloc(1, sizeof(*vm));
	int kvm = kvm_fd();

	if (!vm)
		tap_bail("out of memory");
	vm->panic = -1;
	vm->bulk = 1;
	vm->vm_fd = MUST(kvm, KVM_CREATE_VM, 0);
	vm->mem_size = size;
	vm->mem = must_map(size, MAP_SHARED | MAP_ANONYMOUS, -1);
	region.userspace_addr = (unsigned long)vm->mem;
	MUST(vm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region);
	vm->fd = MUST(vm->vm_fd, KVM_CREATE_VCPU, 0);
	vm->run_size = MUST(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	vm->run = must_map(vm->run_size, MAP_SHARED, vm->fd);
	MUST(vm->fd, KVM_GET_SREGS, &sregs);
	vm->hv = sregs.u.e.features & KVM_SREGS_E_PC;
	return vm;
}

/** vm_new() - a VM with the guests' code loaded and one vCPU */
struct vm *vm_new(unsigned int flags)
{
	struct vm *vm = vm_create(GUEST_MEM);

	load_image(vm);
	setup_vectors(vm);
	if (!(flags & VM_BARE_TLB))
		vm_setup_tlb(vm, flags & VM_HIGH);
	vm_get_regs(vm);
	return vm;
}

/** vm_free() - undo vm_new() */
void vm_free(struct vm *vm)
{
	if (vm->has_timer)
		timer_delete(vm->timer);
	munmap(vm->run, vm->run_size);
	close(vm->fd);
	close(vm->vm_fd);
	munmap(vm->mem, vm->mem_size);
	if (vm->tlb)
		munmap(vm->tlb, TLB_ENTRIES * sizeof(struct kvm_book3e_206_tlb_entry));
	free(vm);
}

/** vm_add_mpic() - an MPIC in the kernel: its registers are MMIO that never leaves the kernel */
bool vm_add_mpic(struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_IRQ_MPIC };
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_FSL_MPIC_20 };
	uint64_t base = MPIC_BASE;
	struct kvm_device_attr attr = {
		.group = KVM_DEV_MPIC_GRP_MISC,
		.attr = KVM_DEV_MPIC_BASE_ADDR,
		.addr = (unsigned long)&base,
	};

	if (ioctl(vm->vm_fd, KVM_CREATE_DEVICE, &dev))
		return false;
	MUST(dev.fd, KVM_SET_DEVICE_ATTR, &attr);
	cap.args[0] = dev.fd;
	MUST(vm->fd, KVM_ENABLE_CAP, &cap);
	return true;
}

/** vm_word() - where a word of the guest's memory is */
uint32_t *vm_word(struct vm *vm, uint32_t addr)
{
	if (addr > vm->mem_size - 4 || addr % 4)
		tap_bail("0x%x is no word of the guest's memory", addr);
	return (uint32_t *)(vm->mem + addr);
}

/** vm_patch() - put an instruction into the guest's memory */
void vm_patch(struct vm *vm, uint32_t addr, uint32_t inst)
{
	uint32_t *p = vm_word(vm, addr);

	*p = inst;
	__builtin___clear_cache((char *)p, (char *)(p + 1));
}

void vm_get_regs(struct vm *vm)
{
	MUST(vm->fd, KVM_GET_REGS, &vm->regs);
}

void vm_set_regs(struct vm *vm)
{
	MUST(vm->fd, KVM_SET_REGS, &vm->regs);
}

/** vm_start() - put the vCPU at a label, with the registers guest.h promises */
void vm_start(struct vm *vm, const char *label, uint32_t msr)
{
	vm_get_regs(vm);
	vm->regs.pc = sym(label);
	vm->regs.msr = msr;
	vm->regs.gpr[1] = GUEST_STACK;
	vm->regs.gpr[28] = PORT_BASE;
	vm->regs.gpr[29] = GUEST_DATA;
	vm->regs.gpr[30] = UNMAPPED;
	vm->regs.gpr[31] = MAPPED_RO;
	vm_set_regs(vm);
}

/* The kick: KVM_RUN returns for the signal, or does not start. */
static void on_timer(int sig, siginfo_t *info, void *context)
{
	struct vm *vm = info->si_value.sival_ptr;

	(void)sig;
	(void)context;
	vm->fired = true;
	vm->run->immediate_exit = 1;
}

static void set_timer(struct vm *vm, unsigned int ms)
{
	struct itimerspec when = {
		.it_value = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 },
	};

	if (!vm->has_timer) {
		struct sigaction sa = { .sa_sigaction = on_timer, .sa_flags = SA_SIGINFO };
		struct sigevent ev = {
			.sigev_notify = SIGEV_THREAD_ID,
			.sigev_signo = SIGRTMIN,
			.sigev_value.sival_ptr = vm,
		};

		ev._sigev_un._tid = syscall(SYS_gettid);
		sigaction(SIGRTMIN, &sa, NULL);
		if (timer_create(CLOCK_MONOTONIC, &ev, &vm->timer))
			tap_bail("timer_create: %s", strerror(errno));
		vm->has_timer = true;
	}
	if (timer_settime(vm->timer, 0, &when, NULL))
		tap_bail("timer_settime: %s", strerror(errno));
	vm->armed_ms = ms;
	vm->runs = 0;
}

/**
 * vm_run() - KVM_RUN, once
 * @vm: the VM; only one thread may run it
 * @ms: an exit must come within this time
 *
 * Return: the exit reason, RUN_TIMEOUT, or -errno of the ioctl below that
 */
int vm_run(struct vm *vm, unsigned int ms)
{
	int r;

again:
	if (vm->bulk == 1 || !vm->runs || vm->runs >= vm->bulk || ms != vm->armed_ms)
		set_timer(vm, ms);
	vm->runs++;
	r = ioctl(vm->fd, KVM_RUN, 0) ? -errno : (int)vm->run->exit_reason;
	if (vm->fired) {
		vm->fired = false;
		vm->run->immediate_exit = 0;
		if (r == -EINTR) {
			bool alone = vm->runs == 1;

			vm->runs = 0;
			if (alone)
				return RUN_TIMEOUT;
			/* the time was for many runs, not for this one */
			goto again;
		}
	}
	if (vm->bulk == 1)
		set_timer(vm, 0);
	return r;
}

/** vm_port() - the port of the MMIO exit just taken */
uint32_t vm_port(struct vm *vm)
{
	return vm->run->mmio.phys_addr - PORT_BASE;
}

/* The device at PORT_IO: eight words that remember. */
static bool device(struct vm *vm)
{
	uint32_t port = vm_port(vm);
	void *p = (char *)vm->io + port - PORT_IO;

	if (port < PORT_IO || port + vm->run->mmio.len > PORT_IO + sizeof(vm->io))
		return false;
	if (vm->run->mmio.is_write)
		memcpy(p, vm->run->mmio.data, vm->run->mmio.len);
	else
		memcpy(vm->run->mmio.data, p, vm->run->mmio.len);
	return true;
}

/**
 * vm_run_port() - run until something that is not the device's business
 *
 * Return: as vm_run(); the device's accesses are done and counted on the way,
 * an unexpected guest interrupt is said
 */
int vm_run_port(struct vm *vm, unsigned int ms)
{
	int r;

	for (;;) {
		r = vm_run(vm, ms);
		if (r == KVM_EXIT_MMIO) {
			vm->mmio++;
			if (device(vm))
				continue;
			if (vm_port(vm) == PORT_PANIC) {
				vm_get_regs(vm);
				vm->panic = vm->regs.gpr[26];
				tap_diag("guest interrupt IVOR%d nobody expected, srr0 0x%llx",
					 vm->panic, (unsigned long long)vm->regs.srr0);
			}
		} else if (r == KVM_EXIT_UNKNOWN &&
			   vm->run->hw.hardware_exit_reason >> 32 == 0xffffffff) {
			/* KVM reports what it cannot emulate, and tells the guest */
			vm->emul_fails++;
			continue;
		}
		return r;
	}
}

/** vm_sw_bp_inst() - KVM's software breakpoint instruction */
uint32_t vm_sw_bp_inst(struct vm *vm)
{
	uint32_t inst = 0;
	struct kvm_one_reg reg = {
		.id = KVM_REG_PPC_DEBUG_INST,
		.addr = (unsigned long)&inst,
	};

	MUST(vm->fd, KVM_GET_ONE_REG, &reg);
	return inst;
}

/** vm_debug_bp() - KVM_SET_GUEST_DEBUG; returns 0 or -errno */
int vm_debug_bp(struct vm *vm, struct kvm_guest_debug *dbg)
{
	return ioctl(vm->fd, KVM_SET_GUEST_DEBUG, dbg) ? -errno : 0;
}

/** vm_debug() - KVM_SET_GUEST_DEBUG without hardware breakpoints */
int vm_debug(struct vm *vm, uint32_t control)
{
	struct kvm_guest_debug dbg = { .control = control };

	return vm_debug_bp(vm, &dbg);
}

/** vm_exit_str() - the last exit in words, for diagnostics */
const char *vm_exit_str(struct vm *vm, int reason)
{
	static char text[160];

	vm_get_regs(vm);
	switch (reason) {
	case RUN_TIMEOUT:
		snprintf(text, sizeof(text), "no exit in time, pc 0x%llx msr 0x%llx",
			 (unsigned long long)vm->regs.pc, (unsigned long long)vm->regs.msr);
		break;
	case KVM_EXIT_DEBUG:
		snprintf(text, sizeof(text),
			 "debug exit address 0x%llx status 0x%x flags 0x%x, pc 0x%llx",
			 (unsigned long long)vm->run->debug.arch.address,
			 vm->run->debug.arch.status, vm_flags(vm),
			 (unsigned long long)vm->regs.pc);
		break;
	case KVM_EXIT_MMIO:
		snprintf(text, sizeof(text), "MMIO exit 0x%llx, pc 0x%llx",
			 (unsigned long long)vm->run->mmio.phys_addr,
			 (unsigned long long)vm->regs.pc);
		break;
	default:
		snprintf(text, sizeof(text), "exit %d (hardware reason 0x%llx), pc 0x%llx",
			 reason, (unsigned long long)vm->run->hw.hardware_exit_reason,
			 (unsigned long long)vm->regs.pc);
	}
	return text;
}

/** vm_flags() - which events the debug exit reports (0 from a kernel that does not say) */
uint32_t vm_flags(struct vm *vm)
{
	return vm->run->debug.arch.flags;
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg-vmm for x86 hosts: guests that make a known number of debug events. */
#include <argp.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "scenarios.h"

#define MAX_VMS		32
#define MAX_VCPUS	8
#define MEMORY_SIZE	0x10000
#define GUEST_BASE	0x1000

#define STACK_TOP	0x8000
#define DATA		0x9000	/* what the guest reads and writes */

#define DONE_PORT	0x10
#define TRAP_PORT	0x11	/* what was to happen has not, or an int3 was given to the guest */

#define DR6_B0		0x1
#define DR6_BS		0x4000
#define DR7_L0		0x1
#define DR7_G0		0x2
#define DR7_WRITE0	0x10000	/* and a byte long */
#define DR7_ACCESS0	0x30000

#define CR0_PE		0x1

/* The guest, see x86guest.S. */
extern const char x86_guest[], x86_step[], x86_hw[], x86_hw_here[], x86_sw[], x86_sw_here[],
		  x86_io[], x86_trap[], x86_write[], x86_written[], x86_read[], x86_was_read[],
		  x86_dr[], x86_own[], x86_handler[], x86_guest_end[];

static uint64_t guest_address(const char *label)
{
	return GUEST_BASE + (label - x86_guest);
}

/*
 * struct vcpu - a vCPU, its thread, and what it shall do
 * @vm: file of its VM
 * @fd: its file
 * @run: shared with the kernel
 * @thread: runs it
 * @step: single-steps
 * @hw: execution breakpoints
 * @write: watchpoints on a write
 * @read: watchpoints on a read
 * @sw: software breakpoints
 * @given: software breakpoints that are given to the guest
 * @dr: reads of a debug register by the guest while user space has them
 * @own: single-steps that the guest does by itself and handles
 * @own_user: the same while user space has breakpoints: it is told, and gives them to the guest
 * @io: exits that are not debug exits
 * @eintr: KVM_RUNs that end at once, with the exit reason of before
 * @bits32: in protected mode
 * @arm: at the end breakpoints are left armed that nothing meets
 * @ran: it has been in KVM_RUN, or will not be
 * @ok: whether it did
 */
struct vcpu {
	int vm;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	unsigned int step, hw, write, read, sw, given, dr, own, own_user, io, eintr, bits32, arm;
	bool ran, ok;
};

struct vm {
	int fd;
	void *memory;
	struct vcpu vcpus[MAX_VCPUS];
	unsigned int nr_vcpus;
};

static struct vm vms[MAX_VMS];
static unsigned int nr_vms, rounds = 1, demo_secs;
static bool gate, hold, timing, stats;
static const char *kernel;
static int kvm = -1;
static size_t run_size;
static sem_t has_run;

static bool fail(const char *what)
{
	fprintf(stderr, "kvmdbg-vmm: %s: %s\n", what, strerror(errno));
	return false;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Of this thread: what else runs on the machine is not in it. */
static double cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static bool vcpu_open(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = &vm->vcpus[id];
	struct kvm_sregs sregs;

	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, id);
	if (vcpu->fd < 0)
		return fail("KVM_CREATE_VCPU");
	vcpu->run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED) {
		vcpu->run = NULL;
		return fail("mmap of a vCPU");
	}
	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs))
		return fail("KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (vcpu->bits32) {
		sregs.cr0 |= CR0_PE;
		sregs.cs.db = 1;
		sregs.cs.g = 1;
		sregs.cs.limit = 0xffffffff;
		sregs.cs.selector = 8;
		sregs.ss.db = 1;
		sregs.ds.db = 1;
	}
	if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs))
		return fail("KVM_SET_SREGS");
	return true;
}

/* The guest from a file, as a kernel is loaded; it has to be this one, whose labels are known. */
static bool load_kernel(char *memory)
{
	const Elf64_Ehdr *header;
	const Elf64_Phdr *parts;
	struct stat st;
	bool ok = false;
	char *file;
	int fd, i;

	fd = open(kernel, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return fail(kernel);
	file = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		return fail(kernel);
	header = (const Elf64_Ehdr *)file;
	parts = (const Elf64_Phdr *)(file + header->e_phoff);
	for (i = 0; i < header->e_phnum; i++) {
		if (parts[i].p_type != PT_LOAD || parts[i].p_paddr + parts[i].p_filesz > MEMORY_SIZE)
			continue;
		memcpy(memory + parts[i].p_paddr, file + parts[i].p_offset, parts[i].p_filesz);
	}
	ok = !memcmp(memory + GUEST_BASE, x86_guest, x86_guest_end - x86_guest);
	if (!ok)
		fprintf(stderr, "kvmdbg-vmm: %s: not the guest that is known here\n", kernel);
	munmap(file, st.st_size);
	return ok;
}

static bool vm_open(struct vm *vm)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY_SIZE };
	uint32_t vector;
	unsigned int i;

	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		return fail("KVM_CREATE_VM");
	vm->memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->memory == MAP_FAILED) {
		vm->memory = NULL;
		return fail("mmap of guest memory");
	}
	if (!kernel)
		memcpy((char *)vm->memory + GUEST_BASE, x86_guest, x86_guest_end - x86_guest);
	else if (!load_kernel(vm->memory))
		return false;
	/* Where KVM emulates the guest, the int3 is the guest's own, whoever debugs. */
	vector = guest_address(x86_trap);
	memcpy((char *)vm->memory + 4 * 3, &vector, sizeof(vector));
	vector = guest_address(x86_handler);
	memcpy((char *)vm->memory + 4 * 1, &vector, sizeof(vector));
	region.userspace_addr = (uintptr_t)vm->memory;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		return fail("KVM_SET_USER_MEMORY_REGION");
	for (i = 0; i < vm->nr_vcpus; i++)
		if (!vcpu_open(vm, i))
			return false;
	return true;
}

static void vm_close(struct vm *vm)
{
	struct vcpu *vcpu;

	for (vcpu = vm->vcpus; vcpu < vm->vcpus + vm->nr_vcpus; vcpu++) {
		if (vcpu->run)
			munmap(vcpu->run, run_size);
		if (vcpu->fd >= 0)
			close(vcpu->fd);
		vcpu->run = NULL;
		vcpu->fd = -1;
	}
	if (vm->memory)
		munmap(vm->memory, MEMORY_SIZE);
	if (vm->fd >= 0)
		close(vm->fd);
	vm->memory = NULL;
	vm->fd = -1;
}

/* @count: how often the guest does what it finds there, where it counts itself */
static bool set_pc_count(struct vcpu *vcpu, uint64_t pc, unsigned int count)
{
	struct kvm_regs regs;

	if (ioctl(vcpu->fd, KVM_GET_REGS, &regs))
		return fail("KVM_GET_REGS");
	regs.rip = pc;
	regs.rsp = STACK_TOP;
	regs.rbx = DATA;
	regs.rdi = DATA;
	regs.rcx = count;
	/* The bit that is always set, and no interrupts. */
	regs.rflags = 2;
	if (ioctl(vcpu->fd, KVM_SET_REGS, &regs))
		return fail("KVM_SET_REGS");
	return true;
}

static bool set_pc(struct vcpu *vcpu, uint64_t pc)
{
	return set_pc_count(vcpu, pc, 0);
}

/* @type: of the breakpoint, in DR7 */
static bool set_debug(struct vcpu *vcpu, uint32_t control, uint64_t breakpoint, uint64_t type)
{
	struct kvm_guest_debug debug = { .control = control };

	if (control & KVM_GUESTDBG_USE_HW_BP) {
		debug.arch.debugreg[0] = breakpoint;
		debug.arch.debugreg[7] = DR7_L0 | DR7_G0 | type;
	}
	if (ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug))
		return fail("KVM_SET_GUEST_DEBUG");
	return true;
}

/* KVM emulates this guest: its int3 is its own, whoever debugs. */
static bool guest_got_int3(const struct vcpu *vcpu)
{
	return vcpu->run->exit_reason == KVM_EXIT_IO && vcpu->run->io.port == TRAP_PORT;
}

/* The next one may start. */
static void set_ran(struct vcpu *vcpu)
{
	if (vcpu->ran)
		return;
	vcpu->ran = true;
	sem_post(&has_run);
}

static bool run_to(struct vcpu *vcpu, uint32_t reason)
{
	if (ioctl(vcpu->fd, KVM_RUN, 0))
		return fail("KVM_RUN");
	set_ran(vcpu);
	if (vcpu->run->exit_reason == reason)
		return true;
	if (!guest_got_int3(vcpu))
		fprintf(stderr, "kvmdbg-vmm: exit %u, expected %u\n", vcpu->run->exit_reason,
			reason);
	return false;
}

/* A debug exit of just this kind, and at this place unless that is 0. */
static bool run_to_debug(struct vcpu *vcpu, uint32_t exception, uint64_t dr6, uint64_t pc)
{
	const struct kvm_debug_exit_arch *arch = &vcpu->run->debug.arch;

	if (!run_to(vcpu, KVM_EXIT_DEBUG))
		return false;
	if (arch->exception == exception && (!pc || arch->pc == pc) &&
	    (!dr6 || (arch->dr6 & (DR6_BS | 0xf)) == dr6))
		return true;
	fprintf(stderr, "kvmdbg-vmm: exception %u, dr6 0x%llx, pc 0x%llx: not what was set\n",
		arch->exception, (unsigned long long)arch->dr6, (unsigned long long)arch->pc);
	return false;
}

/* Gives an exception to the guest that user space has been told of. */
static bool give_exception(struct vcpu *vcpu, unsigned int vector)
{
	struct kvm_vcpu_events events;

	if (ioctl(vcpu->fd, KVM_GET_VCPU_EVENTS, &events))
		return fail("KVM_GET_VCPU_EVENTS");
	events.exception.injected = 1;
	events.exception.nr = vector;
	events.exception.has_error_code = 0;
	if (ioctl(vcpu->fd, KVM_SET_VCPU_EVENTS, &events))
		return fail("KVM_SET_VCPU_EVENTS");
	return true;
}

static bool watch(struct vcpu *vcpu, unsigned int count, uint64_t type, uint64_t at, uint64_t after)
{
	unsigned int i;

	if (!count)
		return true;
	if (!set_debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP, DATA, type))
		return false;
	for (i = 0; i < count; i++)
		if (!set_pc(vcpu, at) || !run_to_debug(vcpu, 1, DR6_B0, after))
			return false;
	return true;
}

/* What the guest does with the debug registers and by single-stepping itself. */
static bool work_of_guest(struct vcpu *vcpu)
{
	const uint32_t elsewhere = GUEST_BASE - 1;
	unsigned int i;

	if (vcpu->dr &&
	    (!set_debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP, elsewhere, 0) ||
	     !set_pc_count(vcpu, guest_address(x86_dr), vcpu->dr) || !run_to(vcpu, KVM_EXIT_IO)))
		return false;
	if (vcpu->own &&
	    (!set_debug(vcpu, 0, 0, 0) ||
	     !set_pc_count(vcpu, guest_address(x86_own), vcpu->own) || !run_to(vcpu, KVM_EXIT_IO)))
		return false;
	if (!vcpu->own_user)
		return true;
	if (!set_debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP, elsewhere, 0) ||
	    !set_pc_count(vcpu, guest_address(x86_own), vcpu->own_user))
		return false;
	for (i = 0; i < vcpu->own_user; i++)
		if (!run_to_debug(vcpu, 1, DR6_BS, 0) || !give_exception(vcpu, 1))
			return false;
	return run_to(vcpu, KVM_EXIT_IO);
}

/* How many exits are timed together: what interrupts the host is in few of such blocks. */
#define TIMED 250

/* Prints what a block has taken, at the end of each; start holds the time when it began. */
static void time_block(const char *kind, unsigned int done, double *start)
{
	double end;

	if (!timing || done % TIMED)
		return;
	end = cpu_time();
	if (done)
		printf("%s %.1f\n", kind, (end - *start) * 1e9 / TIMED);
	*start = end;
}

/* Left armed: execution, a write, a read or write; none of them is met. */
static bool leave_armed(struct vcpu *vcpu)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP | KVM_GUESTDBG_USE_SW_BP,
		.arch.debugreg = {
			[0] = guest_address(x86_hw_here), [1] = DATA, [3] = DATA + 16,
			[7] = DR7_L0 | DR7_L0 << 2 | DR7_L0 << 6 | DR7_WRITE0 << 4 |
			      (uint64_t)DR7_ACCESS0 << 12,
		},
	};

	if (ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug))
		return fail("KVM_SET_GUEST_DEBUG");
	return true;
}

static bool work(struct vcpu *vcpu)
{
	const uint64_t hw = guest_address(x86_hw_here), sw = guest_address(x86_sw_here);
	unsigned int i;
	double start = 0;

	/* In this order: KVM steps from where the vCPU is when it is told to. */
	if (!set_pc(vcpu, guest_address(x86_step)) ||
	    !set_debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP, 0, 0))
		return false;
	for (i = 0; i < vcpu->step; i++) {
		time_block("step", i, &start);
		if (!run_to_debug(vcpu, 1, DR6_BS, 0))
			return false;
	}
	time_block("step", i, &start);
	if (!set_debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP, hw, 0) ||
	    !set_pc(vcpu, guest_address(x86_hw)))
		return false;
	for (i = 0; i < vcpu->hw; i++)
		/* The instruction there is a nop. */
		if (!run_to_debug(vcpu, 1, DR6_B0, hw) || !set_pc(vcpu, hw + 1))
			return false;
	if (!watch(vcpu, vcpu->write, DR7_WRITE0, guest_address(x86_write),
		   guest_address(x86_written)) ||
	    !watch(vcpu, vcpu->read, DR7_ACCESS0, guest_address(x86_read),
		   guest_address(x86_was_read)))
		return false;
	vcpu->run->immediate_exit = 1;
	for (i = 0; i < vcpu->eintr; i++)
		if (!ioctl(vcpu->fd, KVM_RUN, 0) || errno != EINTR)
			return fail("KVM_RUN that was to end at once");
	vcpu->run->immediate_exit = 0;
	if (!set_debug(vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP, 0, 0) ||
	    !set_pc(vcpu, guest_address(x86_sw)))
		return false;
	for (i = 0; i < vcpu->sw; i++) {
		if (!run_to_debug(vcpu, 3, 0, sw)) {
			if (!guest_got_int3(vcpu))
				return false;
			/* The demo shows what there is. */
			if (!demo_secs) {
				fprintf(stderr,
					"kvmdbg-vmm: KVM emulates the guest, and gives it its int3\n");
				return false;
			}
			vcpu->sw = 0;
			break;
		}
		if (!set_pc(vcpu, sw + 1))
			return false;
	}
	for (i = 0; i < vcpu->given; i++)
		if (!set_pc(vcpu, sw) || !run_to_debug(vcpu, 3, 0, sw) ||
		    !give_exception(vcpu, 3) || !run_to(vcpu, KVM_EXIT_IO))
			return false;
	if (!work_of_guest(vcpu))
		return false;
	if (!set_debug(vcpu, 0, 0, 0) || !set_pc(vcpu, guest_address(x86_io)))
		return false;
	for (i = 0; i < vcpu->io; i++) {
		time_block("io", i, &start);
		if (!run_to(vcpu, KVM_EXIT_IO))
			return false;
	}
	time_block("io", i, &start);
	return !vcpu->arm || leave_armed(vcpu);
}

static void *vcpu_thread(void *arg)
{
	double end = now() + demo_secs;
	struct vcpu *vcpu = arg;

	do {
		vcpu->ok = work(vcpu);
		/* At a pace that a person can follow. */
		if (demo_secs)
			usleep(100000);
	} while (vcpu->ok && now() < end);
	set_ran(vcpu);
	return NULL;
}

/* Who watches sees the vCPUs in the order of the command line, and names the VMs by it. */
static void start_vcpu(struct vcpu *vcpu)
{
	vcpu->ran = false;
	if (pthread_create(&vcpu->thread, NULL, vcpu_thread, vcpu))
		exit(fail("pthread_create") + 1);
	while (sem_wait(&has_run))
		;
}

/* All VMs once, from their creation until all have done their work. */
static bool run_vms(void)
{
	unsigned int i, j;
	bool ok = true;

	for (i = 0; i < nr_vms; i++)
		if (!vm_open(&vms[i]))
			return false;
	if (gate && getchar() == EOF)
		return false;
	for (i = 0; i < nr_vms; i++)
		for (j = 0; j < vms[i].nr_vcpus; j++)
			start_vcpu(&vms[i].vcpus[j]);
	for (i = 0; i < nr_vms; i++) {
		for (j = 0; j < vms[i].nr_vcpus; j++) {
			pthread_join(vms[i].vcpus[j].thread, NULL);
			ok = ok && vms[i].vcpus[j].ok;
		}
	}
	return ok;
}

/* A statistic that KVM has of a vCPU, by its name; Documentation/virt/kvm/api.rst has the layout. */
static bool vcpu_stat(struct vcpu *vcpu, const char *name, uint64_t *value)
{
	int fd = ioctl(vcpu->fd, KVM_GET_STATS_FD, 0);
	struct kvm_stats_header header;
	struct kvm_stats_desc *desc = NULL;
	size_t size;
	uint32_t i;
	bool ok = false;

	if (fd < 0)
		return fail("KVM_GET_STATS_FD");
	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		goto out;
	size = sizeof(*desc) + header.name_size;
	desc = malloc(size);
	for (i = 0; desc && i < header.num_desc && !ok; i++) {
		if (pread(fd, desc, size, header.desc_offset + i * size) != (ssize_t)size)
			break;
		ok = !strcmp(desc->name, name) &&
		     pread(fd, value, sizeof(*value), header.data_offset + desc->offset) ==
		     sizeof(*value);
	}
out:
	free(desc);
	close(fd);
	return ok || fail("KVM's statistics");
}

static bool print_stats(void)
{
	uint64_t exits, io;
	unsigned int i, j;

	for (i = 0; i < nr_vms; i++) {
		for (j = 0; j < vms[i].nr_vcpus; j++) {
			if (!vcpu_stat(&vms[i].vcpus[j], "exits", &exits) ||
			    !vcpu_stat(&vms[i].vcpus[j], "io_exits", &io))
				return false;
			printf("stats %u %u exits=%llu io_exits=%llu\n", i + 1, j,
			       (unsigned long long)exits, (unsigned long long)io);
		}
	}
	return true;
}

static int run_all(void)
{
	unsigned int i, round;
	bool ok = true;

	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		return fail("/dev/kvm") + 1;
	run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	sem_init(&has_run, 0, 0);
	printf("pid=%d\n", getpid());
	for (round = 0; round < rounds && ok; round++) {
		ok = run_vms();
		if (round + 1 == rounds) {
			if (stats && !print_stats())
				ok = false;
			printf("%s\n", ok ? "done" : "FAILED");
			while (hold && getchar() != EOF)
				;
		}
		for (i = 0; i < nr_vms; i++)
			vm_close(&vms[i]);
	}
	close(kvm);
	return ok ? 0 : 1;
}

static bool set_count(struct vcpu *vcpu, const char *text)
{
	const struct {
		const char *name;
		unsigned int *count;
	} names[] = {
		{ "step=", &vcpu->step }, { "hw=", &vcpu->hw },
		{ "write=", &vcpu->write }, { "read=", &vcpu->read },
		{ "sw=", &vcpu->sw }, { "given=", &vcpu->given },
		{ "dr=", &vcpu->dr }, { "own=", &vcpu->own }, { "own-user=", &vcpu->own_user },
		{ "io=", &vcpu->io }, { "eintr=", &vcpu->eintr }, { "bits32=", &vcpu->bits32 },
		{ "arm=", &vcpu->arm },
	};
	unsigned long value;
	size_t i, len;
	char *end;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		len = strlen(names[i].name);
		if (strncmp(text, names[i].name, len))
			continue;
		errno = 0;
		value = strtoul(text + len, &end, 10);
		if (end == text + len || *end || errno || value > UINT32_MAX)
			return false;
		*names[i].count = value;
		return true;
	}
	return false;
}

/* vCPUs are separated by '/', what each does by ','. */
static bool add_vm(char *text)
{
	char *vcpu_text, *part, *in_vm, *in_vcpu;
	struct vm *vm = &vms[nr_vms];

	if (nr_vms == MAX_VMS)
		return false;
	vm->fd = -1;
	for (vcpu_text = strtok_r(text, "/", &in_vm); vcpu_text;
	     vcpu_text = strtok_r(NULL, "/", &in_vm)) {
		struct vcpu *vcpu = &vm->vcpus[vm->nr_vcpus];

		if (vm->nr_vcpus == MAX_VCPUS)
			return false;
		vcpu->fd = -1;
		for (part = strtok_r(vcpu_text, ",", &in_vcpu); part;
		     part = strtok_r(NULL, ",", &in_vcpu))
			if (!set_count(vcpu, part))
				return false;
		vm->nr_vcpus++;
	}
	nr_vms++;
	return vm->nr_vcpus;
}

static error_t load_opt(int key, char *arg, struct argp_state *state)
{
	char *end;

	switch (key) {
	case 'g':
		gate = true;
		return 0;
	case 'w':
		hold = true;
		return 0;
	case 't':
		timing = true;
		return 0;
	case 'S':
		stats = true;
		return 0;
	case 'k':
		kernel = arg;
		return 0;
	case 'n':
		/* For who looks at the command line. */
		return 0;
	case 's':
		demo_secs = strtoul(arg, &end, 10);
		if (*end || !demo_secs)
			argp_error(state, "not a number of seconds above 0: %s", arg);
		return 0;
	case 'r':
		rounds = strtoul(arg, &end, 10);
		if (*end || !rounds)
			argp_error(state, "not a number above 0: %s", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (!add_vm(arg))
			argp_error(state, "not what a VM can do, or too many: %s", arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return EINVAL;
	}
	return ARGP_ERR_UNKNOWN;
}

int cmd_load(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "gate", 'g', NULL, 0, "Start when a line comes from standard input", 0 },
		{ "wait", 'w', NULL, 0, "When done, keep the VMs until standard input ends", 0 },
		{ "time", 't', NULL, 0, "Print the nanoseconds of processor time that a step and an exit for I/O have taken", 0 },
		{ "stats", 'S', NULL, 0, "When done, print how many exits KVM itself has counted of each vCPU", 0 },
		{ "kernel", 'k', "FILE", 0, "The guests' code as an ELF file, which is loaded", 0 },
		{ "name", 'n', "NAME", 0, "What the guests are called", 0 },
		{ "rounds", 'r', "N", 0, "Make the VMs, run and remove them N times", 0 },
		{ "secs", 's', "SECS", 0, "Do all that again and again, ten times a second, for so long", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options, .parser = load_opt,
		.args_doc = "KIND=N,...[/...]...",
		.doc = "Guests that make so many debug events. An argument is a VM; its vCPUs, each in a thread of its own, are separated by '/'.\v"
		       "Kinds, in the order in which a vCPU does them:\n"
		       "  step      single-steps\n"
		       "  hw        execution breakpoints\n"
		       "  write     watchpoints on a write\n"
		       "  read      watchpoints on a read\n"
		       "  eintr     KVM_RUNs that end at once\n"
		       "  sw        software breakpoints\n"
		       "  given     software breakpoints that are given to the guest\n"
		       "  dr        reads of a debug register by the guest, while user space has them\n"
		       "  own       single-steps that the guest does by itself, while nobody debugs it\n"
		       "  own-user  the same while user space has breakpoints, and gives them to the guest\n"
		       "  io        exits that are not debug exits\n"
		       "  arm       1: leave breakpoints armed that nothing meets\n"
		       "  bits32    1: in protected mode with 32 bits (not for own, own-user, given)\n",
	};

	if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
		return 2;
	return run_all();
}

static error_t demo_opt(int key, char *arg, struct argp_state *state)
{
	char *end;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	demo_secs = strtoul(arg, &end, 10);
	if (*end || !demo_secs || state->arg_num)
		argp_error(state, "not a number of seconds above 0: %s", arg);
	return 0;
}

int cmd_demo(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = demo_opt, .args_doc = "[SECS]",
		.doc = "Guests that are single-stepped and hit breakpoints for SECS seconds (20).",
	};
	char first[] = "step=300,hw=20,sw=40,io=20/hw=15", second[] = "step=150,hw=60,sw=10";

	demo_secs = 20;
	if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
		return 2;
	add_vm(first);
	add_vm(second);
	return run_all();
}

static const struct command commands[] = {
	{ "load", cmd_load },
	{ "demo", cmd_demo },
	{ "json", cmd_json },
	{ "bpf", cmd_bpf },
	{ 0 }
};

static const char doc[] =
	"Guests on /dev/kvm to debug.\v"
	"Commands:\n"
	"  load VM...      guests that make so many debug events (load --help)\n"
	"  demo            guests that are debugged for a while (demo --help)\n"
	"  json PATH       a value of the last line of JSON on standard input\n"
	"  bpf             the loaded BPF programs and how large their machine code is\n";

int main(int argc, char **argv)
{
	return command_main(commands, doc, argc, argv);
}

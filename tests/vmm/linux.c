// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole Linux as the guest, with tests/linux/init.c as its only process: hardware breakpoints,
 * software breakpoints and single-steps in its kernel, watchpoints on its kernel's variables, while
 * its vCPU is moved between the host's CPUs. What has hit is compared with what the guest counted.
 *
 * Its machine is the least that Linux boots on: memory, an MPIC in the kernel, a serial port.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <libfdt.h>
#include <linux/serial_reg.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "native.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		KVM_GUESTDBG_SINGLESTEP
#define HW		KVM_GUESTDBG_USE_HW_BP
#define SW		KVM_GUESTDBG_USE_SW_BP
#define BP		KVMPPC_DEBUG_BREAKPOINT
#define RD		KVMPPC_DEBUG_WATCH_READ
#define WR		KVMPPC_DEBUG_WATCH_WRITE

#define MEM_SIZE	0x04000000
#define INITRD		0x02000000
#define TREE		0x03000000
#define TREE_SIZE	0x4000
#define SERIAL_OFFSET	0x01004500	/* from the MPIC, where the SoC's devices begin */
#define SERIAL		(MPIC_BASE + SERIAL_OFFSET)
#define EPAPR_MAGIC	0x45504150	/* r6: ePAPR 1.1, 5.4.1 "Boot CPU initial register state" */
#define EPCR_ICM	0x02000000	/* interrupts are taken in 64-bit mode */
#define QUIET_MS	60000		/* an exit must come within this time */
#define MOVE_US		20000		/* a move costs the guest its TLB */
#define MAX_GUESTS	2
#define LOOP_SIZE	8		/* two instructions, of which the first one counts */

/* What the guest counts, in the order in which it tells. */
enum place_nr { CALL, STEPS, STORE, LOAD, GROUP, USER, PLACES };

/* From one breakpoint on the guest is stepped: in that function, and in a loop of its process. */
enum phase { RUNNING, IN_FUNCTION, TO_LOOP, IN_LOOP };

static const struct {
	const char *symbol;
	uint32_t flag, type;
	const char *what;
} place_kinds[PLACES] = {
	[CALL] = { "sys_getppid", KVMPPC_DEBUG_EXIT_IAC(1), BP, "a hardware breakpoint" },
	[STEPS] = { "sys_getegid", KVMPPC_DEBUG_EXIT_IAC(2), BP,
		    "a hardware breakpoint where stepping begins" },
	[STORE] = { "panic_timeout", KVMPPC_DEBUG_EXIT_DAC(1), WR, "a watchpoint for writes" },
	[LOAD] = { "overflowuid", KVMPPC_DEBUG_EXIT_DAC(2), RD, "a watchpoint for reads" },
	[GROUP] = { "sys_getpgrp", KVMPPC_DEBUG_EXIT_SW_BP, 0, "a software breakpoint" },
	[USER] = { "sys_getgid", KVMPPC_DEBUG_EXIT_SW_BP, 0, "another one" },
};

/* Kinds of debug exits, as kvmdbg names them. */
static const struct {
	const char *name;
	uint32_t flags;
} exit_kinds[] = {
	{ "hw_break", KVMPPC_DEBUG_EXIT_IAC(1) | KVMPPC_DEBUG_EXIT_IAC(2) },
	{ "watch_write", KVMPPC_DEBUG_EXIT_DAC(1) },
	{ "watch_read", KVMPPC_DEBUG_EXIT_DAC(2) },
	{ "sw_break", KVMPPC_DEBUG_EXIT_SW_BP },
	{ "step", KVMPPC_DEBUG_EXIT_STEP },
};

#define EXIT_KINDS	(sizeof(exit_kinds) / sizeof(exit_kinds[0]))

/**
 * struct image - the guest's kernel
 * @fd: the file
 * @elf: with symbols
 * @entry: physical address of its first instruction
 * @base: what its virtual addresses are above the physical ones
 */
struct image {
	int fd;
	Elf *elf;
	uint64_t entry, base;
};

/**
 * struct place - a breakpoint or watchpoint
 * @addr: of the instruction or variable
 * @inst: what a software breakpoint stands for
 * @hits: how often the guest came there
 * @sp: its stack pointer there if an interrupt kept it from going on, so that it comes again
 */
struct place {
	uint64_t addr;
	uint32_t inst;
	unsigned long hits;
	uint64_t sp;
};

/**
 * struct guest - a VM with Linux
 * @thread: runs it
 * @vm: the VM
 * @nr: the first is 1
 * @image: its kernel
 * @initrd: the file with its first process
 * @secs: for how long it works
 * @places: as enum place_nr
 * @back: where an interrupt came while the guest was stepped
 * @over: the place that is being stepped over, or NULL
 * @phase: what is stepped
 * @away: an interrupt came meanwhile; it goes on when the guest is at @back again
 * @ready: it has come up, and is debugged
 * @finished: it has told its counts
 * @uart: registers of its serial port, as written
 * @line: what the console's line has so far
 * @len: how long that is
 * @loop: address of the loop whose iterations are counted
 * @counts: what the guest has counted
 * @loops: and of the loop
 * @to: where the function that is stepped returns to
 * @inside: instructions of that function that were single-stepped
 * @once: those of the first time
 * @stepped: iterations of the loop that were single-stepped
 * @led_away: interrupts meanwhile
 * @again: hits that are the same one, after an interrupt
 * @exits: debug exits as exit_kinds has them
 * @odd: exits that are not as they should be
 * @moved: runs that ended on another CPU than they began on
 * @first_odd: the first odd one in words
 */
struct guest {
	pthread_t thread;
	struct vm *vm;
	unsigned int nr;
	const struct image *image;
	const char *initrd;
	unsigned int secs;

	struct place places[PLACES], back;
	struct place *over;
	enum phase phase;
	bool away, ready, finished;
	uint8_t uart[8];
	char line[120];
	unsigned int len;

	unsigned long loop, counts[PLACES], loops;
	uint64_t to;
	unsigned long inside, once, stepped, led_away, again, exits[EXIT_KINDS], odd, moved;
	char first_odd[200];
};

static void image_open(struct image *image, const char *path)
{
	size_t i, n;
	GElf_Phdr ph;
	GElf_Ehdr eh;

	elf_version(EV_CURRENT);
	image->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (image->fd < 0)
		tap_bail("%s: %s", path, strerror(errno));
	image->elf = elf_begin(image->fd, ELF_C_READ, NULL);
	if (!image->elf || !gelf_getehdr(image->elf, &eh) || elf_getphdrnum(image->elf, &n))
		tap_bail("%s: %s", path, elf_errmsg(-1));
	for (i = 0; i < n; i++) {
		if (!gelf_getphdr(image->elf, i, &ph) || ph.p_type != PT_LOAD ||
		    eh.e_entry - ph.p_vaddr >= ph.p_memsz)
			continue;
		image->base = ph.p_vaddr - ph.p_paddr;
		image->entry = eh.e_entry - image->base;
		return;
	}
	tap_bail("%s: no segment has its entry", path);
}

static void image_load(const struct image *image, struct vm *vm)
{
	size_t i, n = 0;
	GElf_Phdr ph;

	elf_getphdrnum(image->elf, &n);
	for (i = 0; i < n; i++) {
		if (!gelf_getphdr(image->elf, i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (ph.p_paddr > INITRD || ph.p_memsz > INITRD - ph.p_paddr)
			tap_bail("the guest's kernel is too large");
		if (pread(image->fd, vm->mem + ph.p_paddr, ph.p_filesz, ph.p_offset) !=
		    (ssize_t)ph.p_filesz)
			tap_bail("the guest's kernel: %s", strerror(errno));
		__builtin___clear_cache((char *)vm->mem + ph.p_paddr,
					(char *)vm->mem + ph.p_paddr + ph.p_filesz);
	}
}

static uint64_t image_symbol(const struct image *image, const char *name)
{
	Elf_Scn *scn = NULL;
	const char *other;
	GElf_Shdr sh;
	GElf_Sym sym;
	size_t i;

	while ((scn = elf_nextscn(image->elf, scn))) {
		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB)
			continue;
		for (i = 0; gelf_getsym(elf_getdata(scn, NULL), i, &sym); i++) {
			other = elf_strptr(image->elf, sh.sh_link, sym.st_name);
			if (other && !strcmp(other, name))
				return sym.st_value;
		}
	}
	tap_bail("the guest's kernel has no %s", name);
}

static uint32_t load_initrd(struct vm *vm, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, vm->mem + INITRD, TREE - INITRD);

	if (n < 0)
		tap_bail("%s: %s", path, strerror(errno));
	close(fd);
	return n;
}

/* The guest's time base is the host's. */
static uint32_t timebase(void)
{
	fdt32_t value = 0;
	FILE *file = NULL;
	glob_t found;

	if (!glob("/proc/device-tree/cpus/*/timebase-frequency", 0, NULL, &found))
		file = fopen(found.gl_pathv[0], "r");
	if (!file || fread(&value, sizeof(value), 1, file) != 1)
		tap_bail("the device tree has no frequency of the time base");
	fclose(file);
	globfree(&found);
	return fdt32_to_cpu(value);
}

static void tree_ok(int err)
{
	if (err)
		tap_bail("device tree: %s", fdt_strerror(err));
}

static void tree_cells(void *fdt, const char *name, unsigned int n, const uint32_t *cells)
{
	fdt32_t value[4];
	unsigned int i;

	for (i = 0; i < n; i++)
		value[i] = cpu_to_fdt32(cells[i]);
	tree_ok(fdt_property(fdt, name, value, n * sizeof(*value)));
}

#define CELLS(fdt, name, ...) \
	tree_cells(fdt, name, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })

/* What Linux wants to be told of a machine that it knows as "fsl,qemu-e500". */
static void make_tree(struct guest *g, uint32_t initrd_size)
{
	void *fdt = g->vm->mem + TREE;
	uint32_t frequency = timebase();
	char args[160];

	snprintf(args, sizeof(args), "console=ttyS0 loglevel=3 panic=0 kunit.enable=0 guest_secs=%u "
		 "guest_seed=%u", g->secs, g->nr);
	tree_ok(fdt_create(fdt, TREE_SIZE));
	tree_ok(fdt_finish_reservemap(fdt));
	tree_ok(fdt_begin_node(fdt, ""));
	tree_ok(fdt_property_string(fdt, "compatible", "fsl,qemu-e500"));
	tree_ok(fdt_property_string(fdt, "model", "kvmdbg-vmm"));
	CELLS(fdt, "#address-cells", 1);
	CELLS(fdt, "#size-cells", 1);

	tree_ok(fdt_begin_node(fdt, "chosen"));
	tree_ok(fdt_property_string(fdt, "bootargs", args));
	tree_ok(fdt_property_string(fdt, "stdout-path", "/soc/serial"));
	CELLS(fdt, "linux,initrd-start", INITRD);
	CELLS(fdt, "linux,initrd-end", INITRD + initrd_size);
	tree_ok(fdt_end_node(fdt));

	tree_ok(fdt_begin_node(fdt, "memory"));
	tree_ok(fdt_property_string(fdt, "device_type", "memory"));
	CELLS(fdt, "reg", 0, MEM_SIZE);
	tree_ok(fdt_end_node(fdt));

	tree_ok(fdt_begin_node(fdt, "cpus"));
	CELLS(fdt, "#address-cells", 1);
	CELLS(fdt, "#size-cells", 0);
	tree_ok(fdt_begin_node(fdt, "cpu"));
	tree_ok(fdt_property_string(fdt, "device_type", "cpu"));
	CELLS(fdt, "reg", 0);
	CELLS(fdt, "timebase-frequency", frequency);
	CELLS(fdt, "clock-frequency", frequency);
	CELLS(fdt, "bus-frequency", 0);
	CELLS(fdt, "i-cache-line-size", g->vm->hv ? 64 : 32);
	CELLS(fdt, "d-cache-line-size", g->vm->hv ? 64 : 32);
	CELLS(fdt, "i-cache-size", 0x8000);
	CELLS(fdt, "d-cache-size", 0x8000);
	tree_ok(fdt_end_node(fdt));
	tree_ok(fdt_end_node(fdt));

	tree_ok(fdt_begin_node(fdt, "soc"));
	tree_ok(fdt_property_string(fdt, "device_type", "soc"));
	tree_ok(fdt_property_string(fdt, "compatible", "simple-bus"));
	CELLS(fdt, "#address-cells", 1);
	CELLS(fdt, "#size-cells", 1);
	CELLS(fdt, "ranges", 0, MPIC_BASE, 0x02000000);
	CELLS(fdt, "bus-frequency", 0);
	tree_ok(fdt_begin_node(fdt, "pic"));
	tree_ok(fdt_property_string(fdt, "device_type", "open-pic"));
	tree_ok(fdt_property_string(fdt, "compatible", "fsl,mpic"));
	tree_ok(fdt_property(fdt, "interrupt-controller", NULL, 0));
	CELLS(fdt, "#address-cells", 0);
	CELLS(fdt, "#interrupt-cells", 2);
	CELLS(fdt, "reg", 0, 0x40000);
	tree_ok(fdt_end_node(fdt));
	tree_ok(fdt_begin_node(fdt, "serial"));
	tree_ok(fdt_property_string(fdt, "device_type", "serial"));
	tree_ok(fdt_property_string(fdt, "compatible", "ns16550"));
	CELLS(fdt, "reg", SERIAL_OFFSET, sizeof(g->uart));
	CELLS(fdt, "clock-frequency", frequency);
	tree_ok(fdt_end_node(fdt));
	tree_ok(fdt_end_node(fdt));

	tree_ok(fdt_end_node(fdt));
	tree_ok(fdt_finish(fdt));
}

/* As ePAPR 5.4.1 has it, with 256 MiB mapped at 0. */
static void set_entry(struct guest *g)
{
	struct vm *vm = g->vm;
#ifdef __powerpc64__
	uint32_t epcr = EPCR_ICM;
	struct kvm_one_reg reg = { .id = KVM_REG_PPC_EPCR, .addr = (unsigned long)&epcr };

	if (ioctl(vm->fd, KVM_SET_ONE_REG, &reg))
		tap_bail("EPCR: %s", strerror(errno));
#endif
	vm_get_regs(vm);
	memset(vm->regs.gpr, 0, sizeof(vm->regs.gpr));
	vm->regs.gpr[1] = INITRD - 16;
	vm->regs.gpr[3] = TREE;
	vm->regs.gpr[6] = EPAPR_MAGIC;
	vm->regs.gpr[7] = 256 << 20;
	vm->regs.pc = g->image->entry;
	vm->regs.msr = 0;
	vm_set_regs(vm);
}

/* What is in force where the guest is now, with nothing to be stepped over. */
static void arm(struct guest *g)
{
	struct kvm_guest_debug dbg = { .control = KVM_GUESTDBG_ENABLE | SW };
	unsigned int i, slot = 0;

	if (!g->away && (g->phase == IN_FUNCTION || g->phase == IN_LOOP)) {
		dbg.control |= STEP;
	} else if (g->away || g->phase == TO_LOOP) {
		dbg.control |= HW;
		dbg.arch.bp[0].addr = g->away ? g->back.addr : g->loop;
		dbg.arch.bp[0].type = BP;
	} else {
		dbg.control |= HW;
		for (i = 0; i < PLACES; i++) {
			if (!place_kinds[i].type)
				continue;
			dbg.arch.bp[slot].addr = g->places[i].addr;
			dbg.arch.bp[slot++].type = place_kinds[i].type;
		}
	}
	if (vm_debug_bp(g->vm, &dbg))
		tap_bail("KVM_SET_GUEST_DEBUG with control 0x%x failed", dbg.control);
}

static bool is_software(const struct guest *g, const struct place *place)
{
	return place != &g->back &&
	       place_kinds[place - g->places].flag == KVMPPC_DEBUG_EXIT_SW_BP;
}

/* The guest is at a breakpoint, or at the access that a watchpoint is for: on with that alone. */
static void step_over(struct guest *g, struct place *place)
{
	g->over = place;
	if (is_software(g, place))
		vm_patch(g->vm, place->addr - g->image->base, place->inst);
	if (vm_debug(g->vm, KVM_GUESTDBG_ENABLE | STEP))
		tap_bail("KVM_SET_GUEST_DEBUG: no stepping");
}

static void begin(struct guest *g)
{
	unsigned int i;
	uint32_t pa;

	for (i = 0; i < PLACES; i++) {
		if (!is_software(g, g->places + i))
			continue;
		pa = g->places[i].addr - g->image->base;
		g->places[i].inst = *vm_word(g->vm, pa);
		vm_patch(g->vm, pa, vm_sw_bp_inst(g->vm));
	}
	arm(g);
	g->ready = true;
}

/* A line of the guest's console. */
static void said(struct guest *g)
{
	unsigned long *c = g->counts;

	tap_diag("guest %u: %s", g->nr, g->line);
	if (sscanf(g->line, "guest: ready %lx", &g->loop) == 1)
		begin(g);
	else if (sscanf(g->line, "guest: counted %lu %lu %lu %lu %lu %lu %lu", c, c + 1, c + 2, c + 3,
			c + 4, c + 5, &g->loops) == PLACES + 1)
		g->finished = true;
}

/* A 16550 that has sent at once what it got, and never receives. Linux polls it. */
static void serial(struct guest *g)
{
	struct kvm_run *run = g->vm->run;
	uint32_t reg = run->mmio.phys_addr - SERIAL;
	uint8_t c = run->mmio.data[0];
	bool dlab = g->uart[UART_LCR] & UART_LCR_DLAB;

	if (!run->mmio.is_write) {
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		if (reg == UART_IIR)
			c = g->uart[UART_IER] & UART_IER_THRI ? UART_IIR_THRI : UART_IIR_NO_INT;
		else if (reg == UART_LSR)
			c = UART_LSR_THRE | UART_LSR_TEMT;
		else if (reg == UART_MSR)
			c = UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD;
		else
			c = reg == UART_RX ? 0 : g->uart[reg];
		run->mmio.data[0] = c;
		return;
	}
	if (dlab && (reg == UART_DLL || reg == UART_DLM))
		return;
	g->uart[reg] = c;
	if (reg != UART_TX || c == '\r')
		return;
	if (c != '\n') {
		if (g->len < sizeof(g->line) - 1)
			g->line[g->len++] = isprint(c) ? c : '?';
		return;
	}
	g->line[g->len] = 0;
	g->len = 0;
	said(g);
}

static void odd(struct guest *g, const char *what, int r)
{
	if (!g->odd++)
		snprintf(g->first_odd, sizeof(g->first_odd), "%s%s", what, vm_exit_str(g->vm, r));
}

/*
 * Whether the instruction that was to be stepped was not executed: the guest has taken an interrupt
 * instead, be it for a page. A branch that leaves MSR[EE] as it is does not look like that.
 */
static bool interrupted(const struct guest *g, const struct kvm_regs *before)
{
	const struct kvm_regs *now = &g->vm->regs;

	return now->srr0 == before->pc && now->pc != before->pc + 4 &&
	       !(now->msr & (MSR_EE | MSR_PR));
}

static struct place *place_of(struct guest *g, uint32_t flags)
{
	uint64_t at = g->vm->run->debug.arch.address;
	unsigned int i;

	if (g->away && flags == KVMPPC_DEBUG_EXIT_IAC(1))
		return at == g->back.addr ? &g->back : NULL;
	for (i = 0; i < PLACES; i++)
		if (flags == place_kinds[i].flag && at == g->places[i].addr)
			return g->places + i;
	return NULL;
}

static void on_hit(struct guest *g, struct place *place)
{
	uint64_t sp = g->vm->regs.gpr[1];

	if (place == &g->back && place->sp == sp) {
		g->away = false;
		arm(g);
		return;
	}
	if (place != &g->back && place->sp == sp)
		g->again++;
	else
		place->hits++;
	if (place == g->places + STEPS) {
		g->phase = IN_FUNCTION;
		g->to = g->vm->regs.lr;
		arm(g);
	} else {
		step_over(g, place);
	}
}

static void on_step(struct guest *g, const struct kvm_regs *before)
{
	uint64_t pc = g->vm->regs.pc;

	if (interrupted(g, before)) {
		/* on without stepping until it is back */
		g->led_away++;
		g->away = true;
		g->back.addr = before->pc;
		g->back.sp = before->gpr[1];
	} else if (g->phase == IN_FUNCTION) {
		g->inside++;
		if (pc != g->to)
			return;
		if (!g->once)
			g->once = g->inside;
		g->phase = TO_LOOP;
	} else {
		g->stepped += before->pc == g->loop && pc == g->loop + 4;
		if (pc != g->loop + LOOP_SIZE)
			return;
		g->phase = RUNNING;
	}
	arm(g);
}

static void on_debug_exit(struct guest *g)
{
	const struct kvm_regs before = g->vm->regs;
	uint32_t flags = vm_flags(g->vm);
	struct place *place = g->over;
	unsigned int i;

	for (i = 0; i < EXIT_KINDS; i++)
		g->exits[i] += !!(flags & exit_kinds[i].flags);
	vm_get_regs(g->vm);
	if (place && flags == KVMPPC_DEBUG_EXIT_STEP) {
		if (is_software(g, place))
			vm_patch(g->vm, place->addr - g->image->base, vm_sw_bp_inst(g->vm));
		if (place != &g->back)
			place->sp = interrupted(g, &before) ? before.gpr[1] : 0;
		g->over = NULL;
		arm(g);
	} else if (!place && flags == KVMPPC_DEBUG_EXIT_STEP) {
		on_step(g, &before);
	} else if (g->phase == TO_LOOP && !g->away && flags == KVMPPC_DEBUG_EXIT_IAC(1) &&
		   g->vm->regs.pc == g->loop) {
		g->phase = IN_LOOP;
		arm(g);
	} else if (!place && (place = place_of(g, flags))) {
		on_hit(g, place);
	} else {
		odd(g, "", KVM_EXIT_DEBUG);
	}
}

static void *run_guest(void *arg)
{
	struct guest *g = arg;
	struct mover mover = { 0 };
	int r, cpu;

	g->vm = vm_create(MEM_SIZE);
	if (!vm_add_mpic(g->vm))
		tap_bail("no MPIC: %s", strerror(errno));
	image_load(g->image, g->vm);
	make_tree(g, load_initrd(g->vm, g->initrd));
	vm_setup_tlb(g->vm, false);
	set_entry(g);
	g->vm->bulk = 1000;
	while (!g->finished && g->odd < 100) {
		if (g->ready && !mover.tid)
			mover_start(&mover, MOVE_US);
		cpu = sched_getcpu();
		r = vm_run(g->vm, QUIET_MS);
		g->moved += g->ready && cpu != sched_getcpu();
		if (r == KVM_EXIT_MMIO && g->vm->run->mmio.phys_addr - SERIAL < sizeof(g->uart)) {
			serial(g);
		} else if (r == KVM_EXIT_DEBUG && g->ready) {
			on_debug_exit(g);
		} else {
			odd(g, g->ready ? "" : "on the way up: ", r);
			if (r == RUN_TIMEOUT)
				break;
		}
	}
	if (mover.tid)
		mover_end(&mover);
	vm_free(g->vm);
	return NULL;
}

static void report(const struct guest *g)
{
	unsigned int i;

	tap_ok(g->ready, "guest %u: Linux comes up", g->nr);
	tap_ok(g->finished, "guest %u: it works to its end", g->nr);
	for (i = 0; i < PLACES; i++) {
		tap_eq(g->places[i].hits, g->counts[i], "guest %u: %s, %s, as often as it counted",
		       g->nr, place_kinds[i].symbol, place_kinds[i].what);
		tap_ok(g->counts[i], "guest %u: %lu times", g->nr, g->counts[i]);
	}
	tap_eq(g->stepped, g->loops, "guest %u: a loop of its process, stepped as often as it counted",
	       g->nr);
	tap_ok(g->once > 1 && g->inside == g->once * g->counts[STEPS],
	       "guest %u: its kernel's %s, stepped, %lu instructions each time (%lu in all)", g->nr,
	       place_kinds[STEPS].symbol, g->once, g->inside);
	if (!tap_eq(g->odd, 0, "guest %u: no other exit", g->nr))
		tap_diag("first: %s", g->first_odd);
	tap_ok(g->moved > g->secs, "guest %u: its vCPU was moved in KVM_RUN (%lu times)", g->nr,
	       g->moved);
	tap_diag("guest %u: %lu interrupts while it was stepped, %lu at a breakpoint", g->nr,
		 g->led_away, g->again);
}

/**
 * struct options - of kvmdbg-vmm linux
 * @kernel: the guests' vmlinux
 * @initrd: with their first process
 * @guests: how many
 * @secs: for how long, by the guests' clocks
 */
struct options {
	const char *kernel, *initrd;
	unsigned int guests, secs;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	unsigned long value;
	char *end;

	switch (key) {
	case 'k':
		o->kernel = arg;
		return 0;
	case 'i':
		o->initrd = arg;
		return 0;
	case 'g':
	case 't':
		errno = 0;
		value = strtoul(arg, &end, 0);
		if (errno || *end || end == arg || *arg == '-' || value > 1000000)
			argp_error(state, "not a number: %s", arg);
		if (key == 't') {
			o->secs = value;
			return 0;
		}
		if (!value || value > MAX_GUESTS)
			argp_error(state, "1 to %d guests", MAX_GUESTS);
		o->guests = value;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

int cmd_linux(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "kernel", 'k', "FILE", 0, "the guests' vmlinux, with symbols (/guest/vmlinux)", 0 },
		{ "initrd", 'i', "FILE", 0, "their initramfs (/guest/initrd)", 0 },
		{ "guests", 'g', "N", 0, "so many at once, 1 or 2 (1)", 0 },
		{ "secs", 't', "N", 0, "they end after that many seconds (10); 0: never", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "Linux in a guest, debugged; TAP on standard output",
	};
	struct options o = {
		.kernel = "/guest/vmlinux", .initrd = "/guest/initrd", .guests = 1, .secs = 10,
	};
	struct guest guests[MAX_GUESTS] = { 0 };
	struct image image = { 0 };
	unsigned int i, j;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return 2;
	image_open(&image, o.kernel);
	for (i = 0; i < o.guests; i++) {
		guests[i].nr = i + 1;
		guests[i].image = &image;
		guests[i].initrd = o.initrd;
		guests[i].secs = o.secs;
		for (j = 0; j < PLACES; j++)
			guests[i].places[j].addr = image_symbol(&image, place_kinds[j].symbol);
		if (pthread_create(&guests[i].thread, NULL, run_guest, guests + i))
			tap_bail("pthread_create");
	}
	for (i = 0; i < o.guests; i++) {
		pthread_join(guests[i].thread, NULL);
		report(guests + i);
	}
	for (j = 0; j < EXIT_KINDS; j++) {
		for (i = 1; i < o.guests; i++)
			guests[0].exits[j] += guests[i].exits[j];
		tap_diag("debug exits: %s %lu", exit_kinds[j].name, guests[0].exits[j]);
	}
	elf_end(image.elf);
	close(image.fd);
	return tap_done();
}

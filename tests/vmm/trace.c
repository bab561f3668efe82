// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's trace events say: the values it programs into debug
 * registers, and the events as perf sees them, with none of kvmdbg involved.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define SW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)
#define TRACEFS		"/sys/kernel/tracing"
#define INSTANCE	TRACEFS "/instances/kvmdbg-vmm"
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define DBCR0_IAC2	0x00400000
#define DBCR0_DAC2R	0x00020000
#define DBCR0_DAC2W	0x00010000
#define DBCR1_US	0xcc000000	/* IAC1 and IAC2: user mode only is 11 */
#define DBCR1_US34	0x0000cc00
#define DBCR2_US	0xcc000000	/* DAC1 and DAC2 */

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* A trace buffer of our own with all of kvm_booke_debug switched on. */
static bool trace_on(void)
{
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		return false;
	put(INSTANCE "/trace", "");
	put(INSTANCE "/buffer_size_kb", "2048");
	return put(INSTANCE "/events/kvm_booke_debug/enable", "1");
}

static FILE *trace_read(void)
{
	put(INSTANCE "/events/kvm_booke_debug/enable", "0");
	return fopen(INSTANCE "/trace", "r");
}

static void trace_off(FILE *f)
{
	if (f)
		fclose(f);
	rmdir(INSTANCE);
}

/* The nth number, from 0, of the list after "name=" in a line of the trace. */
static unsigned long long field(const char *line, const char *name, unsigned int nth)
{
	char key[32];
	const char *p;

	snprintf(key, sizeof(key), " %s=", name);
	p = strstr(line, key);
	if (!p)
		return ~0ULL;
	p += strlen(key);
	while (nth--) {
		p = strchr(p, ',');
		if (!p)
			return ~0ULL;
		p++;
	}
	return strtoll(p, NULL, 0);
}

/* What a switch to the guest puts into the registers. */
struct programmed {
	uint32_t dbcr0, dbcr1, dbcr2, iac1, iac2, dac1, dac2;
};

/* The last switch to the guest that armed something; counts them. */
static unsigned int last_armed(FILE *f, struct programmed *p)
{
	unsigned int n = 0;
	char line[512];

	memset(p, 0, sizeof(*p));
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, "kvm_booke_debug_switch:") || !strstr(line, "to_guest") ||
		    !field(line, "dbcr0", 0) || !field(line, "sprs", 0))
			continue;
		p->dbcr0 = field(line, "dbcr0", 0);
		p->dbcr1 = field(line, "dbcr1", 0);
		p->dbcr2 = field(line, "dbcr2", 0);
		p->iac1 = field(line, "iac", 0);
		p->iac2 = field(line, "iac", 1);
		p->dac1 = field(line, "dac", 0);
		p->dac2 = field(line, "dac", 1);
		n++;
	}
	return n;
}

/* The last kvm_booke_debug_set line, or an empty one. */
static void last_set(FILE *f, char *line, size_t size)
{
	char buf[512];

	*line = 0;
	rewind(f);
	while (fgets(buf, sizeof(buf), f))
		if (strstr(buf, "kvm_booke_debug_set:"))
			snprintf(line, size, "%s", buf);
}

void scenario_hw_program(void)
{
	static const struct {
		const char *name;
		struct {
			uint64_t addr;
			uint32_t type;
		} bp[4];
		struct programmed want;
		unsigned int nr_bp, nr_wp;
	} cases[] = {
		{ "one breakpoint", { { 0x7770, KVMPPC_DEBUG_BREAKPOINT } },
		  { .dbcr0 = DBCR0_IAC1, .iac1 = 0x7770 }, 1, 0 },
		{ "a write watchpoint", { { 0x8001, KVMPPC_DEBUG_WATCH_WRITE } },
		  { .dbcr0 = DBCR0_DAC1W, .dac1 = 0x8001 }, 0, 1 },
		{ "an access watchpoint",
		  { { 0x8002, KVMPPC_DEBUG_WATCH_WRITE | KVMPPC_DEBUG_WATCH_READ } },
		  { .dbcr0 = DBCR0_DAC1R | DBCR0_DAC1W, .dac1 = 0x8002 }, 0, 1 },
		{ "two of each",
		  { { 0xfffffffc, KVMPPC_DEBUG_BREAKPOINT }, { 0x9000, KVMPPC_DEBUG_WATCH_READ },
		    { 0xc0001234, KVMPPC_DEBUG_BREAKPOINT }, { 0xa003, KVMPPC_DEBUG_WATCH_WRITE } },
		  { .dbcr0 = DBCR0_IAC1 | DBCR0_IAC2 | DBCR0_DAC1R | DBCR0_DAC2W,
		    .iac1 = 0xfffffffc, .iac2 = 0xc0001234, .dac1 = 0x9000, .dac2 = 0xa003 }, 2, 2 },
	};
	struct kvm_guest_debug dbg;
	struct programmed got = { 0 };
	char line[512];
	unsigned int i, j;
	FILE *f;
	int r;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct programmed *want = &cases[i].want;
		const char *name = cases[i].name;
		struct vm *vm = vm_new(0);
		uint32_t dbcr0 = want->dbcr0 | DBCR0_IDM | DBCR0_IC;

		vm_start(vm, "loop_start", 0);
		memset(&dbg, 0, sizeof(dbg));
		/* a step with it, so that the guest comes back at once */
		dbg.control = STEP | KVM_GUESTDBG_USE_HW_BP;
		for (j = 0; j < 4; j++) {
			dbg.arch.bp[j].addr = cases[i].bp[j].addr;
			dbg.arch.bp[j].type = cases[i].bp[j].type;
		}
		if (!tap_ok(trace_on(), "%s: trace events of kvm_booke_debug", name)) {
			vm_free(vm);
			break;
		}
		vm_debug_bp(vm, &dbg);
		r = vm_run(vm, DEFAULT_MS);
		tap_ok(r == KVM_EXIT_DEBUG, "%s: the guest steps", name);
		dbg.control |= 0x80;
		vm_debug_bp(vm, &dbg);
		f = trace_read();
		if (!tap_ok(f && last_armed(f, &got) >= 1, "%s: a switch to the guest is traced", name))
			goto next;
		tap_eq(got.dbcr0, dbcr0, "%s: DBCR0", name);
		/* in a state of its own the guest has two modes, and both are meant */
		tap_eq(got.dbcr1 & ~DBCR1_US34, vm->hv ? 0 : DBCR1_US, "%s: DBCR1 keeps IACs %s",
		       name, vm->hv ? "to no mode" : "to user mode");
		tap_eq(got.dbcr2, vm->hv ? 0 : DBCR2_US, "%s: DBCR2 keeps DACs %s", name,
		       vm->hv ? "to no mode" : "to user mode");
		if (!tap_ok(got.iac1 == want->iac1 && got.iac2 == want->iac2 &&
			    got.dac1 == want->dac1 && got.dac2 == want->dac2,
			    "%s: IAC1-2, DAC1-2", name))
			tap_diag("iac 0x%x 0x%x dac 0x%x 0x%x", got.iac1, got.iac2, got.dac1, got.dac2);
		last_set(f, line, sizeof(line));
		tap_ok(field(line, "control", 0) == dbg.control &&
		       (int)field(line, "result", 0) == -EINVAL,
		       "%s: the refused request is traced with its result", name);
		/* the one before that */
		rewind(f);
		while (fgets(line, sizeof(line), f))
			if (strstr(line, "kvm_booke_debug_set:"))
				break;
		tap_ok(!field(line, "result", 0) && field(line, "dbcr0", 0) == dbcr0 &&
		       field(line, "bp", 0) == cases[i].nr_bp && field(line, "wp", 0) == cases[i].nr_wp,
		       "%s: the request is traced: DBCR0, %u bp, %u wp", name, cases[i].nr_bp,
		       cases[i].nr_wp);
next:
		trace_off(f);
		vm_free(vm);
	}
}

/* What a guest puts into its registers comes into force for guest state only. */
void scenario_guest_program(void)
{
	const uint32_t dbcr1 = 0x88000000, dbcr2 = 0x88000000;
	struct vm *vm = vm_new(0);
	struct programmed got = { 0 };
	FILE *f;
	int r;

	vm_ivor(vm, IVOR_DEBUG, "h_debug");
	vm_start(vm, "us_start", 0);
	vm->regs.gpr[3] = 0xc0001000;
	vm->regs.gpr[5] = dbcr1;
	vm->regs.gpr[6] = dbcr2;
	vm->regs.gpr[10] = DBCR0_IDM | DBCR0_IAC1 | DBCR0_DAC1R | DBCR0_DAC1W;
	vm->regs.gpr[11] = MSR_DE;
	vm_set_regs(vm);
	if (!tap_ok(trace_on(), "guest: trace events of kvm_booke_debug"))
		goto out;
	/* twice: the second entry is a heavyweight one with all of it set */
	r = vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	tap_ok(r == KVM_EXIT_MMIO && vm->regs.gpr[7] == dbcr1 && vm->regs.gpr[8] == dbcr2,
	       "guest: it reads what it wrote");
	vm->regs.pc = sym("mmio_start");
	vm_set_regs(vm);
	vm_run_port(vm, DEFAULT_MS);
	f = trace_read();
	if (tap_ok(f && last_armed(f, &got) >= 1, "guest: a switch to the guest is traced")) {
		tap_eq(got.dbcr0, vm->regs.gpr[10], "guest: its DBCR0 is in force");
		tap_eq(got.iac1, 0xc0001000, "guest: its IAC1 is in force");
		if (vm->hv) {
			tap_eq(got.dbcr1, dbcr1, "guest: IAC1 and 2 for the mode it wants");
			tap_eq(got.dbcr2, dbcr2, "guest: DAC1 and 2 for the mode it wants");
		} else {
			tap_eq(got.dbcr1 & 0xc0000000, 0xc0000000, "guest: IAC1 for user mode only");
			tap_eq(got.dbcr2 & 0xc0000000, 0xc0000000, "guest: DAC1 for user mode only");
		}
	}
	trace_off(f);
out:
	vm_free(vm);
}

/* Where nothing is armed, a trip to user space touches no debug register. */
void scenario_switch_idle(void)
{
	const unsigned int runs = 200;
	unsigned int to_guest = 0, to_host = 0, written = 0, i;
	struct vm *vm = vm_new(0);
	char line[512];
	FILE *f;

	vm_start(vm, "mmio_start", 0);
	if (!tap_ok(trace_on(), "idle: trace events of kvm_booke_debug"))
		goto out;
	for (i = 0; i < runs; i++)
		vm_run(vm, DEFAULT_MS);
	f = trace_read();
	while (f && fgets(line, sizeof(line), f)) {
		if (!strstr(line, "kvm_booke_debug_switch:"))
			continue;
		if (strstr(line, "to_guest"))
			to_guest++;
		else
			to_host++;
		if (!strstr(line, "skipped") || field(line, "sprs", 0))
			written++;
	}
	tap_ok(to_guest >= runs && to_host >= runs, "idle: each switch is traced (%u, %u)",
	       to_guest, to_host);
	tap_eq(written, 0, "idle: all of them skipped, no register written");
	trace_off(f);
out:
	vm_free(vm);
}

static int perf_open(const char *event)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
	};
	char path[160], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), TRACEFS "/events/kvm_booke_debug/%s/id", event);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	attr.config = strtoull(text, NULL, 10);
	/* this thread, on any CPU */
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static unsigned long long perf_read(int fd)
{
	uint64_t n = 0;

	if (fd >= 0 && read(fd, &n, sizeof(n)) != sizeof(n))
		n = 0;
	return n;
}

void scenario_perf(void)
{
	enum { ENTRY, SWITCH, EXIT, SET, INJECT, HOST, FREE, NR };
	static const char *const name[NR] = {
		"kvm_booke_entry", "kvm_booke_debug_switch", "kvm_booke_debug_exit",
		"kvm_booke_debug_set", "kvm_booke_debug_inject", "kvm_booke_debug_host",
		"kvm_booke_vcpu_free",
	};
	const unsigned int steps = 300, sets = 4;
	unsigned long long n[NR];
	struct vm *vm = vm_new(0);
	unsigned int good = 0, i;
	int fd[NR];

	for (i = 0; i < NR; i++) {
		fd[i] = perf_open(name[i]);
		if (!tap_ok(fd[i] >= 0, "perf_event_open of %s", name[i]))
			tap_diag("%s", strerror(errno));
	}
	vm_start(vm, "emul_start", 0);
	for (i = 0; i < sets; i++)
		vm_debug(vm, STEP);
	while (good < steps && vm_run(vm, DEFAULT_MS) == KVM_EXIT_DEBUG)
		good++;
	/* a guest's own event: its debug interrupt is an injection */
	vm_debug(vm, 0);
	vm_ivor(vm, IVOR_DEBUG, "h_burst");
	vm_start(vm, "burst_start", 0);
	vm->regs.gpr[4] = 0;
	vm->regs.gpr[10] = DBCR0_IDM | DBCR0_IC;
	vm->regs.gpr[11] = MSR_DE;
	vm->regs.gpr[23] = 0;
	vm->regs.gpr[26] = 0xffffffff;
	vm->regs.gpr[27] = 50;
	vm_set_regs(vm);
	vm_run_port(vm, DEFAULT_MS);
	vm_get_regs(vm);
	vm_free(vm);
	for (i = 0; i < NR; i++)
		n[i] = perf_read(fd[i]);
	tap_eq(good, steps, "perf: %u steps", steps);
	tap_eq(n[EXIT], steps + 50, "perf: kvm_booke_debug_exit for each step and each guest's event");
	tap_eq(n[SET], sets + 1, "perf: kvm_booke_debug_set for each request");
	tap_eq(n[INJECT], 50, "perf: kvm_booke_debug_inject for each interrupt given to the guest");
	tap_eq(n[HOST], 0, "perf: kvm_booke_debug_host not at all");
	tap_eq(n[FREE], 1, "perf: kvm_booke_vcpu_free for the one vCPU");
	tap_ok(n[ENTRY] > steps * 2 / 3, "perf: kvm_booke_entry counts (%llu)", n[ENTRY]);
	tap_ok(n[SWITCH] > steps, "perf: kvm_booke_debug_switch counts (%llu)", n[SWITCH]);
	for (i = 0; i < NR; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

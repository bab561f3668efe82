// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random requests to the debug stub, while the guest writes random values to its debug registers.
 *
 * The vCPU thread is debugged itself, and another process has breakpoints of its own: both see
 * their own events and no others, whatever is asked for here. What the kernel answers is compared
 * with what it should, as is whom an event is told to be of, while only one thread asks.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "native.h"
#include "scenarios.h"
#include "tap.h"
#include "vm.h"

#define BP		KVMPPC_DEBUG_BREAKPOINT
#define RW		(KVMPPC_DEBUG_WATCH_READ | KVMPPC_DEBUG_WATCH_WRITE)
#define STEP		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP)
#define HW		(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP)
#define CONTROLS	(STEP | HW | KVM_GUESTDBG_USE_SW_BP | INJECT)
#define INJECT		(KVM_GUESTDBG_INJECT_DB | KVM_GUESTDBG_INJECT_BP)
#define PHASE		250	/* rounds between two looks at the host's registers */
#define AND_MSR_MASK	0x7c855838	/* and r5,r4,r11, see random_msr in tests/guest/fuzz.S */
#define STUCK_SECS	120	/* of the board, without a round */
#define UNKNOWN		0xffffffff
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct results - what the process that fuzzes tells the one that watches it
 * @rounds: requests made, each followed by KVM_RUNs
 * @refused: those that got EINVAL
 * @wrong: answers and events that are not as they should be
 * @steps: debug exits for steps
 * @breaks: for breakpoints
 * @watches: for watchpoints
 * @injected: events given to the guest
 * @guest: the guest's own debug interrupts
 * @others: its other interrupts
 * @kicks: runs ended by a signal
 * @odd_exits: exits that nothing here can have made
 * @passed: breakpoints of the process itself that it is past
 * @first: the first wrong thing, in words
 */
struct results {
	volatile unsigned long rounds, passed;
	unsigned long refused, wrong, steps, breaks, watches, injected, guest, others;
	unsigned long kicks, odd_exits;
	char first[240];
};

/**
 * struct fuzz - the process that fuzzes
 * @r: shared with the parent
 * @vm: the guest
 * @seed: where the random numbers begin
 * @rounds: how many rounds
 * @secs: and for how long, at least
 * @state: the vCPU thread's random numbers
 * @dbg: the request in force
 * @reported: flags of the debug exit whose events can still be injected, or UNKNOWN
 * @together: another thread asks as well
 * @stop: it is to end
 * @timer: ends KVM_RUN by a signal
 * @guest: what r23 was at the last look
 * @others: and r22
 */
struct fuzz {
	struct results *r;
	struct vm *vm;
	uint32_t seed;
	unsigned long rounds;
	unsigned long secs;
	uint64_t state;
	struct kvm_guest_debug dbg;
	uint32_t reported;
	bool together;
	volatile bool stop;
	timer_t timer;
	uint32_t guest, others;
};

/* splitmix64 */
static uint32_t rnd(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31)) >> 16;
}

static bool one_in(uint64_t *state, unsigned int n)
{
	return rnd(state) % n == 0;
}

static void wrong(struct fuzz *f, const char *what, const char *more)
{
	struct results *r = f->r;

	if (!r->wrong++)
		snprintf(r->first, sizeof(r->first), "round %lu, control 0x%x: %s %s", r->rounds,
			 f->dbg.control, what, more);
}

static uint64_t random_address(uint64_t *s)
{
	static const uint64_t extreme[] = {
		0, 1, 3, 0x7fffffff, 0x80000000, 0xbffffffc, 0xc0000000, 0xc0000003, 0xfffffffc,
		0xffffffff, 0x100000000ULL, 0x8000000000000000ULL, ~0ULL, UNMAPPED, MAPPED_RO,
		PORT_BASE + PORT_IO, PORT_BASE + PORT_SYNC, GUEST_DATA,
	};

	switch (rnd(s) % 4) {
	case 0:
		return extreme[rnd(s) % ARRAY_SIZE(extreme)];
	case 1:
		return GUEST_DATA + rnd(s) % 64;
	case 2:
		return one_in(s, 8) ? (uint64_t)rnd(s) << 32 | rnd(s) : rnd(s);
	default:
		/* the guest's code */
		return sym("fuzz_start") + rnd(s) % (sym("h_fuzz_debug") - sym("fuzz_start") + 24);
	}
}

/* Half of them are as they should be. */
static void random_request(uint64_t *s, struct kvm_guest_debug *dbg)
{
	bool good = rnd(s) & 1;
	unsigned int i, n;
	uint32_t addr;

	memset(dbg, 0, sizeof(*dbg));
	dbg->control = rnd(s) & CONTROLS;
	if (good || !one_in(s, 3))
		dbg->control |= KVM_GUESTDBG_ENABLE;
	if (good || !one_in(s, 4))
		dbg->control &= ~INJECT;
	if (!good && one_in(s, 4))
		dbg->control = rnd(s);
	if (good) {
		for (i = 0; i < 4; i++) {
			n = i * 4 + rnd(s) % 4;
			addr = (uint32_t)random_address(s);
			if (i & 1) {
				dbg->arch.bp[n].addr = addr;
				dbg->arch.bp[n].type = rnd(s) & RW;
			} else {
				dbg->arch.bp[n].addr = addr & ~3;
				dbg->arch.bp[n].type = rnd(s) & BP;
			}
		}
		return;
	}
	n = one_in(s, 16) ? 16 : 1 + rnd(s) % 5;
	while (n--) {
		i = rnd(s) % ARRAY_SIZE(dbg->arch.bp);
		dbg->arch.bp[i].addr = random_address(s);
		dbg->arch.bp[i].type = one_in(s, 8) ? rnd(s) : 1u << (rnd(s) % 4);
	}
}

/* What KVM_SET_GUEST_DEBUG has to say, on a core with two registers of each kind. */
static int expected(const struct kvm_guest_debug *dbg, uint32_t reported)
{
	unsigned int i, bps = 0, wps = 0;

	if (dbg->control & ~CONTROLS)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(dbg->arch.bp) && (dbg->control & HW) == HW; i++) {
		uint32_t type = dbg->arch.bp[i].type;

		if (!type)
			continue;
		if (sizeof(long) == 4 && dbg->arch.bp[i].addr >> 32)
			return -EINVAL;
		if (type == BP && !(dbg->arch.bp[i].addr & 3) && bps++ < 2)
			continue;
		if (!(type & ~RW) && wps++ < 2)
			continue;
		return -EINVAL;
	}
	if (dbg->control & KVM_GUESTDBG_INJECT_BP)
		return -EINVAL;		/* no software breakpoint is ever reported */
	if (dbg->control & KVM_GUESTDBG_INJECT_DB)
		return reported ? 0 : -EINVAL;
	return 0;
}

/* The nth breakpoint or watchpoint of a request that was accepted. */
static bool armed(const struct kvm_guest_debug *dbg, bool bp, unsigned int nth, uint64_t *addr,
		  uint32_t *type)
{
	unsigned int i;

	if ((dbg->control & HW) != HW)
		return false;
	for (i = 0; i < ARRAY_SIZE(dbg->arch.bp); i++) {
		*addr = dbg->arch.bp[i].addr;
		*type = dbg->arch.bp[i].type;
		if (*type && (*type == BP) == bp && !--nth)
			return true;
	}
	return false;
}

/* A debug exit tells of what was asked for, and of all that it tells. */
static void check_debug_exit(struct fuzz *f)
{
	const struct kvm_debug_exit_arch *arch = &f->vm->run->debug.arch;
	uint32_t flags = arch->flags, left = flags, status = 0, type, n;
	uint64_t addr;
	bool ok = true;

	f->r->steps += !!(flags & KVMPPC_DEBUG_EXIT_STEP);
	f->r->breaks += !!(flags & (KVMPPC_DEBUG_EXIT_IAC(1) | KVMPPC_DEBUG_EXIT_IAC(2)));
	f->r->watches += !!(flags & (KVMPPC_DEBUG_EXIT_DAC(1) | KVMPPC_DEBUG_EXIT_DAC(2)));
	if (flags & KVMPPC_DEBUG_EXIT_STRAY)
		wrong(f, "a stray event:", vm_exit_str(f->vm, KVM_EXIT_DEBUG));
	/* the other thread may have asked for something else meanwhile */
	if (f->together)
		return;
	vm_get_regs(f->vm);
	if (flags & KVMPPC_DEBUG_EXIT_STEP) {
		ok = (f->dbg.control & STEP) == STEP;
		left &= ~KVMPPC_DEBUG_EXIT_STEP;
	}
	for (n = 1; n <= 2 && ok; n++) {
		if (!(flags & KVMPPC_DEBUG_EXIT_IAC(n)))
			continue;
		ok = armed(&f->dbg, true, n, &addr, &type) && addr == f->vm->regs.pc &&
		     arch->address == addr;
		status |= BP;
		left &= ~KVMPPC_DEBUG_EXIT_IAC(n);
	}
	for (n = 1; n <= 2 && ok; n++) {
		if (!(flags & KVMPPC_DEBUG_EXIT_DAC(n)))
			continue;
		ok = armed(&f->dbg, false, n, &addr, &type) && (arch->status & type & RW) &&
		     (status || arch->address == addr);
		status |= arch->status & type;
		left &= ~KVMPPC_DEBUG_EXIT_DAC(n);
	}
	if (!ok || left || !flags || status != arch->status)
		wrong(f, "an event nobody asked for:", vm_exit_str(f->vm, KVM_EXIT_DEBUG));
}

static void restart(struct fuzz *f)
{
	vm_start(f->vm, "fuzz_start", 0);
	f->vm->regs.gpr[4] = rnd(&f->state) | 1;
	vm_set_regs(f->vm);
}

/* Other ways to change the vCPU; errors are as good as success. */
static void random_ioctl(int fd, uint64_t *s)
{
	static const uint64_t ids[] = {
		KVM_REG_PPC_IAC1, KVM_REG_PPC_IAC2, KVM_REG_PPC_IAC3, KVM_REG_PPC_IAC4,
		KVM_REG_PPC_DAC1, KVM_REG_PPC_DAC2, KVM_REG_PPC_TSR, KVM_REG_PPC_OR_TSR,
		KVM_REG_PPC_CLEAR_TSR, KVM_REG_PPC_EPCR, KVM_REG_PPC_DEBUG_INST,
	};
	struct kvm_sregs sregs;
	struct kvm_interrupt irq;
	uint64_t value = (uint64_t)rnd(s) << 32 | random_address(s);
	struct kvm_one_reg reg = { .id = ids[rnd(s) % ARRAY_SIZE(ids)],
				   .addr = (unsigned long)&value };

	switch (rnd(s) % 4) {
	case 0:
		ioctl(fd, KVM_SET_ONE_REG, &reg);
		break;
	case 1:
		ioctl(fd, KVM_GET_ONE_REG, &reg);
		break;
	case 2:
		if (ioctl(fd, KVM_GET_SREGS, &sregs))
			break;
		sregs.u.e.update_special = rnd(s) & (KVM_SREGS_E_UPDATE_DBSR |
						     KVM_SREGS_E_UPDATE_DEC |
						     KVM_SREGS_E_UPDATE_TSR);
		sregs.u.e.dbsr = rnd(s);
		sregs.u.e.dec = rnd(s) >> (rnd(s) % 32);
		sregs.u.e.tsr = rnd(s);
		ioctl(fd, KVM_SET_SREGS, &sregs);
		break;
	default:
		irq.irq = rnd(s) & 1 ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET;
		ioctl(fd, KVM_INTERRUPT, &irq);
	}
}

/*
 * Can the guest do without the instruction that it is at? An address to go back to is made and
 * used, or neither; and what it takes for its MSR has only bits that leave it where it is mapped.
 */
static bool can_be_skipped(struct vm *vm)
{
	uint64_t pc = vm->regs.pc;

	if (pc < sym("fuzz_loop") || pc > sym("fuzz_end"))
		return true;
	return (pc < sym("fuzz_back") || pc >= sym("fuzz_back_end")) &&
	       *vm_word(vm, pc) != AND_MSR_MASK;
}

static void random_registers(struct fuzz *f)
{
	struct vm *vm = f->vm;
	uint64_t *s = &f->state;

	vm_get_regs(vm);
	if (!(rnd(s) & 1))
		vm->regs.pc = sym("fuzz_loop");
	else if (can_be_skipped(vm))
		vm->regs.pc += 4;
	vm->regs.msr = rnd(s) & (MSR_DE | MSR_PR | MSR_EE | MSR_CE);
	if (vm->regs.pc < sym("fuzz_loop") || vm->regs.pc > sym("fuzz_end"))
		restart(f);
	else
		vm_set_regs(vm);
}

static void random_cpu(uint64_t *s)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(rnd(s) % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void on_tick(int sig)
{
	(void)sig;
}

/* A signal, at times in the middle of what the guest does, at the latest when that takes long. */
static void set_timer(struct fuzz *f)
{
	struct itimerspec when = {
		.it_value.tv_nsec = one_in(&f->state, 8) ? 1000 + rnd(&f->state) % 2000000 : 50000000,
		/* should it come before KVM_RUN, there is another */
		.it_interval.tv_nsec = 50000000,
	};

	if (timer_settime(f->timer, 0, &when, NULL))
		tap_bail("timer_settime: %s", strerror(errno));
}

static void run_once(struct fuzz *f)
{
	struct vm *vm = f->vm;
	char text[80];
	int r;

	set_timer(f);
	vm->run->immediate_exit = one_in(&f->state, 64);
	r = ioctl(vm->fd, KVM_RUN, 0) ? -errno : (int)vm->run->exit_reason;
	vm->run->immediate_exit = 0;
	if (r == -EINTR) {
		f->r->kicks++;
		/* it may have been before the guest was entered, which forgets what was reported */
		if (f->reported)
			f->reported = UNKNOWN;
		return;
	}
	f->reported = 0;
	switch (r) {
	case KVM_EXIT_DEBUG:
		f->reported = vm->run->debug.arch.flags & ~KVMPPC_DEBUG_EXIT_STRAY;
		check_debug_exit(f);
		break;
	case KVM_EXIT_MMIO:
		if (vm_port(vm) == PORT_PANIC) {
			vm_get_regs(vm);
			snprintf(text, sizeof(text), "IVOR%llu srr0 0x%llx r21 0x%llx",
				 (unsigned long long)vm->regs.gpr[26],
				 (unsigned long long)vm->regs.srr0,
				 (unsigned long long)vm->regs.gpr[21]);
			wrong(f, "a guest interrupt nobody expected:", text);
			restart(f);
		} else if (!vm->run->mmio.is_write) {
			memset(vm->run->mmio.data, rnd(&f->state), sizeof(vm->run->mmio.data));
		}
		break;
	case KVM_EXIT_UNKNOWN:
		/* KVM tells what it cannot emulate, and tells the guest */
		if (vm->run->hw.hardware_exit_reason >> 32 == 0xffffffff)
			break;
		/* fall through */
	default:
		f->r->odd_exits++;
		wrong(f, r < 0 ? strerror(-r) : "an odd exit:", r < 0 ? "" : vm_exit_str(vm, r));
		restart(f);
	}
}

static void request(struct fuzz *f, uint64_t *s)
{
	struct kvm_guest_debug dbg;
	char text[64];
	int r, want;

	random_request(s, &dbg);
	want = expected(&dbg, f->reported);
	r = vm_debug_bp(f->vm, &dbg);
	if (r)
		f->r->refused++;
	if (!r && dbg.control & INJECT)
		f->r->injected++;
	if (r && r != -EINVAL) {
		wrong(f, "KVM_SET_GUEST_DEBUG:", strerror(-r));
	} else if (!f->together && r != want &&
		   !(dbg.control & INJECT && f->reported == UNKNOWN)) {
		snprintf(text, sizeof(text), "control 0x%x: %d, expected %d", dbg.control, r, want);
		wrong(f, "KVM_SET_GUEST_DEBUG with", text);
	}
	if (r)
		return;
	if (dbg.control & INJECT)
		f->reported = 0;
	f->dbg = dbg;
}

/* The other thread's part: all that the first one does between its KVM_RUNs. */
static void *meddle(void *arg)
{
	struct fuzz *f = arg;
	uint64_t state = f->seed + f->r->rounds * 2 + 1;
	struct kvm_guest_debug dbg;

	while (!f->stop) {
		if (rnd(&state) & 1) {
			random_request(&state, &dbg);
			vm_debug_bp(f->vm, &dbg);
		} else {
			random_ioctl(f->vm->fd, &state);
		}
		usleep(rnd(&state) % 1000);
	}
	return NULL;
}

static void make_timer(struct fuzz *f)
{
	struct sigaction sa = { .sa_handler = on_tick };
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };

	ev._sigev_un._tid = syscall(SYS_gettid);
	sigaction(SIGRTMIN, &sa, NULL);
	if (timer_create(CLOCK_MONOTONIC, &ev, &f->timer))
		tap_bail("timer_create: %s", strerror(errno));
}

static void one_round(struct fuzz *f)
{
	unsigned int runs = one_in(&f->state, 4) ? 1 + rnd(&f->state) % 6 : 1;

	request(f, &f->state);
	if (one_in(&f->state, 8))
		random_ioctl(f->vm->fd, &f->state);
	if (one_in(&f->state, 8))
		random_registers(f);
	if (one_in(&f->state, 64))
		random_cpu(&f->state);
	while (runs--)
		run_once(f);
	f->r->rounds++;
}

static void phase(struct fuzz *f)
{
	pthread_t other;
	unsigned int i;

	f->together = f->r->rounds / PHASE & 1;
	f->stop = false;
	if (f->together && pthread_create(&other, NULL, meddle, f))
		tap_bail("pthread_create");
	for (i = 0; i < PHASE; i++)
		one_round(f);
	if (f->together) {
		f->stop = true;
		pthread_join(other, NULL);
		/* what is in force is the other's */
		memset(&f->dbg, 0, sizeof(f->dbg));
		vm_debug(f->vm, 0);
		f->reported = UNKNOWN;
	}
	vm_get_regs(f->vm);
	f->r->guest += (uint32_t)f->vm->regs.gpr[23] - f->guest;
	f->r->others += (uint32_t)f->vm->regs.gpr[22] - f->others;
	f->guest = f->vm->regs.gpr[23];
	f->others = f->vm->regs.gpr[22];
}

static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void fuzz_body(void *arg)
{
	static const enum ivor over[] = { IVOR_DSI, IVOR_ALIGNMENT, IVOR_PROGRAM, IVOR_DTLB, IVOR_SPE };
	static const enum ivor back[] = { IVOR_SYSCALL, IVOR_DECREMENTER, IVOR_EXTERNAL };
	struct fuzz *f = arg;
	time_t start = seconds();
	unsigned int i;
	sigset_t tick;

	f->state = f->seed;
	f->vm = vm_new(0);
	for (i = 0; i < ARRAY_SIZE(over); i++)
		vm_ivor(f->vm, over[i], "h_fuzz");
	for (i = 0; i < ARRAY_SIZE(back); i++)
		vm_ivor(f->vm, back[i], "h_fuzz_back");
	vm_ivor(f->vm, IVOR_DEBUG, "h_fuzz_debug");
	f->vm->regs.gpr[22] = 0;
	f->vm->regs.gpr[23] = 0;
	vm_set_regs(f->vm);
	restart(f);
	make_timer(f);
	sigemptyset(&tick);
	sigaddset(&tick, SIGRTMIN);
	while (f->r->rounds < f->rounds || seconds() - start < (time_t)f->secs) {
		phase(f);
		/* its handler would be stepped into, and come back to the breakpoint */
		sigprocmask(SIG_BLOCK, &tick, NULL);
		guard_mark();
		f->r->passed++;
		sigprocmask(SIG_UNBLOCK, &tick, NULL);
	}
}

/**
 * struct neighbour - a process on the same CPUs with breakpoints of its own
 * @thread: traces it
 * @stop: when to end
 * @rounds: how often it saw all of its own events, and no others
 * @ok: it never did not
 */
struct neighbour {
	pthread_t thread;
	volatile bool stop;
	unsigned long rounds;
	bool ok;
};

/**
 * struct watch - a look from outside at the process that fuzzes
 * @thread: looks
 * @pid: the process
 * @r: what it tells
 * @marks: how often its breakpoint has fired
 * @stop: when to end
 */
struct watch {
	pthread_t thread;
	pid_t pid;
	struct results *r;
	volatile unsigned long marks;
	volatile bool stop;
};

static void *trace_neighbour(void *arg)
{
	struct neighbour *n = arg;
	pid_t pid = native_start();

	n->ok = true;
	while (!n->stop && n->ok) {
		n->ok = native_round(pid);
		n->rounds += n->ok;
		usleep(50000);
	}
	traced_end(pid);
	return NULL;
}

/* Where the threads of a process are, in the kernel or out of it. */
static void tell_threads(pid_t pid)
{
	char path[64], line[160];
	struct dirent *task;
	FILE *stack;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (task = readdir(dir))) {
		if (task->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/stack", (int)pid, task->d_name);
		stack = fopen(path, "r");
		tap_diag("thread %.16s:", task->d_name);
		while (stack && fgets(line, sizeof(line), stack))
			tap_diag("  %s", strtok(line, "\n"));
		if (stack)
			fclose(stack);
	}
	if (dir)
		closedir(dir);
}

/* Ends a process that does not come to its breakpoint any more, and says which way. */
static void *watch_progress(void *arg)
{
	struct watch *w = arg;
	time_t since = seconds();
	unsigned long rounds = 0;

	while (!w->stop) {
		usleep(200000);
		if (w->r->rounds != rounds) {
			rounds = w->r->rounds;
			since = seconds();
		}
		if (w->r->passed <= w->marks && seconds() - since < STUCK_SECS)
			continue;
		tap_diag("%lu rounds, the last %ld s ago; the VMM is past %lu of its breakpoints, %lu fired",
			 rounds, (long)(seconds() - since), w->r->passed, w->marks);
		tell_threads(w->pid);
		kill(w->pid, SIGKILL);
		break;
	}
	return NULL;
}

static void seen(unsigned long n, const char *what)
{
	tap_ok(n, "it has come to %s (%lu)", what, n);
}

static int fuzz(struct fuzz *f)
{
	struct neighbour n = { 0 };
	struct watch w = { 0 };
	struct results *r;
	time_t start = seconds();
	enum guard guard;

	printf("# to run this again: kvmdbg-vmm fuzz --seed %u --rounds %lu --secs %lu\n", f->seed,
	       f->rounds, f->secs);
	r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r == MAP_FAILED)
		tap_bail("mmap");
	f->r = w.r = r;
	w.pid = traced_start(fuzz_body, f);
	if (pthread_create(&n.thread, NULL, trace_neighbour, &n) ||
	    pthread_create(&w.thread, NULL, watch_progress, &w))
		tap_bail("pthread_create");
	while ((guard = guard_next(w.pid)) == GUARD_FINE) {
		if (++w.marks % 20 == 0)
			tap_diag("%lu rounds, %ld s", r->rounds, (long)(seconds() - start));
	}
	n.stop = w.stop = true;
	pthread_join(n.thread, NULL);
	pthread_join(w.thread, NULL);
	traced_end(w.pid);

	tap_ok(r->rounds >= f->rounds && seconds() - start >= (time_t)f->secs,
	       "%lu rounds in %ld s", r->rounds, (long)(seconds() - start));
	tap_ok(guard == GUARD_ENDED && w.marks && w.marks == r->rounds / PHASE,
	       "the vCPU thread's own debug registers were in force, and as set, at each of %lu looks",
	       w.marks);
	tap_ok(n.ok && n.rounds, "a neighbour's breakpoints and watchpoints, %lu of each", n.rounds);
	if (!tap_eq(r->wrong, 0, "each request was answered, and each event attributed, as it should be"))
		tap_diag("first: %s", r->first);
	seen(r->refused, "requests that are refused");
	seen(r->steps, "steps");
	seen(r->breaks, "breakpoints");
	seen(r->watches, "watchpoints");
	seen(r->injected, "events given to the guest");
	seen(r->guest, "debug interrupts of the guest's own");
	seen(r->others, "its other interrupts");
	seen(r->kicks, "runs ended by a signal");
	return tap_done();
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct fuzz *f = state->input;
	unsigned long value;
	char *end;

	switch (key) {
	case 's':
	case 'n':
	case 't':
		errno = 0;
		value = strtoul(arg, &end, 0);
		if (errno || *end || end == arg || *arg == '-')
			argp_error(state, "not a number: %s", arg);
		if (key == 's')
			f->seed = value;
		else if (key == 'n')
			f->rounds = value;
		else
			f->secs = value;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

int cmd_fuzz(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "seed", 's', "N", 0, "where the random numbers begin (random)", 0 },
		{ "rounds", 'n', "N", 0, "at least so many rounds (10000)", 0 },
		{ "secs", 't', "N", 0, "for at least so many seconds (0)", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "Random requests to the debug stub; TAP on standard output",
	};
	struct fuzz f = { .rounds = 10000 };

	if (getrandom(&f.seed, sizeof(f.seed), 0) != sizeof(f.seed))
		tap_bail("getrandom: %s", strerror(errno));
	if (argp_parse(&argp, argc, argv, 0, NULL, &f))
		return 2;
	return fuzz(&f);
}

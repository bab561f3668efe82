// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debug facility of a BookE core, rule by rule, without an operating system: what is armed,
 * what code runs, and which interrupts that must cause. TAP on the serial port.
 *
 * The numbers are sections of the PowerPC e500 Core Family Reference Manual, Rev. 1.
 */

#include "bare.h"

/* DBCR1 and DBCR2: one register of a pair, and the pair's mode */
#define USER		0xc0000000u
#define SUPER		0x80000000u
#define AS0		0x20000000u
#define AS1		0x30000000u
#define MASK		0x00400000u
#define INCLUSIVE	0x00800000u
#define EXCLUSIVE	0x00c00000u

extern const u32 c_plain[], c_plain_end[], c_access[], c_loop[], c_branch[], c_mtmsr[], c_mtdbcr0[],
	c_mtiac1[], c_mtdac1[], c_mtdbcr1[], c_mtdbcr2[], c_clear[], c_trap[], c_rfi[], c_rfci[],
	c_decrementer[];
extern const u32 vectors[], vec_debug_critical[], vec_debug[], vec_program[], vec_decrementer[],
	vec_other[], vec_sc[];
extern u32 data[];

void run(const u32 *code, u32 msr);
void interrupt(struct frame *frame, int kind);
int main(void);

/* an interrupt: 'D'ebug, 'P'rogram, decrementer ('T'), another one ('X') */
struct hit {
	u32 kind, pc, dbsr, msr;
};

#define D(pc, dbsr)		{ 'D', (u32)(pc), dbsr, 0 }
#define D_MSR(pc, dbsr, msr)	{ 'D', (u32)(pc), dbsr, msr }
#define P(pc)			{ 'P', (u32)(pc), 0, 0 }

/* what a debug interrupt does about its cause */
enum action {
	SKIP,		/* go on after the instruction */
	OFF,		/* go on with MSR[DE] cleared */
	GO,		/* go on: what caused it is over */
	DISARM,		/* clear DBCR0, and go on */
};

struct arm {
	u32 dbcr0, dbcr1, dbcr2, iac1, iac2, dac1, dac2;
};

static struct hit hits[16];
static volatile u32 nr_hits, in_msr, keep_dbsr, ticked;
static enum action action;
static u32 ran_msr;
u32 args[2];

/* this core has DSRR0/1, rfdi, CIRPT and CRET */
static int enhanced;

void interrupt(struct frame *frame, int kind)
{
	u32 msr = mfmsr();
	u32 dbsr = mfspr(SPR_DBSR);
	struct hit *hit = &hits[nr_hits & 15];

	/* a base class interrupt leaves it set */
	mtmsr(msr & ~MSR_DE);
	if (kind == 'X') {
		print("Bail out! unexpected interrupt at ");
		print_hex(frame->pc);
		print("\n");
		quit();
	}
	hit->kind = kind;
	hit->pc = frame->pc;
	hit->msr = frame->msr;
	hit->dbsr = kind == 'D' ? dbsr : 0;
	in_msr = msr;
	nr_hits++;

	if (kind == 'P') {
		frame->pc += 4;
		return;
	}
	if (kind == 'T') {
		mtspr(SPR_TCR, 0);
		mtspr(SPR_TSR, 0xffffffff);
		ticked = 1;
		return;
	}
	if (!keep_dbsr)
		mtspr(SPR_DBSR, dbsr);
	if (action == SKIP)
		frame->pc += 4;
	/* in a handler's prolog it is another one's event */
	if (action == OFF || frame->pc == (u32)vec_sc)
		frame->msr &= ~MSR_DE;
	/* a wrong model may come here for ever */
	if (action == DISARM || nr_hits > 300)
		mtspr(SPR_DBCR0, 0);
}

static void arm(const struct arm *a)
{
	mtspr(SPR_DBCR0, 0);
	mtspr(SPR_DBCR1, a->dbcr1);
	mtspr(SPR_DBCR2, a->dbcr2);
	mtspr(SPR_IAC1, a->iac1);
	mtspr(SPR_IAC2, a->iac2);
	mtspr(SPR_DAC1, a->dac1);
	mtspr(SPR_DAC2, a->dac2);
	mtspr(SPR_DBSR, 0xffffffff);
	mtspr(SPR_DBCR0, a->dbcr0);
}

static void report(int good, const char *what)
{
	u32 i;

	if (!result(good, what))
		return;
	for (i = 0; i < nr_hits && i < 16; i++) {
		print("#  ");
		print_char(hits[i].kind);
		print(" pc ");
		print_hex(hits[i].pc);
		print(" dbsr ");
		print_hex(hits[i].dbsr);
		print(" msr ");
		print_hex(hits[i].msr);
		print("\n");
	}
}

static void report_final(u32 dbsr, u32 expected)
{
	if (dbsr == expected)
		return;
	print("#  dbsr at the end ");
	print_hex(dbsr);
	print(", expected ");
	print_hex(expected);
	print("\n");
}

static u32 run_armed(const u32 *code, u32 msr, enum action what, const struct arm *a)
{
	u32 dbsr;

	nr_hits = 0;
	ran_msr = msr | MSR_ME;
	action = what;
	if (a)
		arm(a);
	run(code, ran_msr);
	dbsr = mfspr(SPR_DBSR) & EVENTS;
	mtspr(SPR_DBSR, 0xffffffff);
	return dbsr;
}

static int same(const struct hit *expected, u32 count)
{
	u32 i;

	if (nr_hits != count)
		return 0;
	for (i = 0; i < count; i++) {
		const struct hit *hit = &hits[i];
		u32 msr = expected[i].msr ? expected[i].msr | MSR_ME : ran_msr;

		if (hit->kind != expected[i].kind || hit->pc != expected[i].pc ||
		    hit->dbsr != expected[i].dbsr ||
		    (hit->kind == 'D' && action != OFF && hit->msr != msr))
			return 0;
	}
	return 1;
}

/* a case: arm, run, and these interrupts and nothing else */
#define check(what, code, msr, action, arm, final, ...) do {				\
	const struct hit expected[] = { __VA_ARGS__ };					\
	u32 dbsr = run_armed(code, msr, action, arm);					\
											\
	report(same(expected, sizeof(expected) / sizeof(expected[0])) &&		\
	       dbsr == (final), what);							\
	report_final(dbsr, final);							\
} while (0)

#define ARM(...)	(&(struct arm){ __VA_ARGS__ })

static void iac(void)
{
	const u32 *c = c_plain;
	u32 a = (u32)c;

	check("IAC1 interrupts before the instruction, with the address saved (8.4.1)", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = a + 4), 0, D(c + 1, IAC(1)));
	check("IAC2 as well", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(2), .iac2 = a + 8), 0, D(c + 2, IAC(2)));
	check("the low bits of IAC do not count", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = a + 4 + 3), 0, D(c + 1, IAC(1)));
	check("IAC1 and IAC2 at two instructions", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1) | IAC(2), .iac1 = a + 4, .iac2 = a + 24), 0,
	      D(c + 1, IAC(1)), D(c + 6, IAC(2)));
	check("IAC1 and IAC2 at the same instruction: both bits, one interrupt", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1) | IAC(2), .iac1 = a + 4, .iac2 = a + 4), 0,
	      D(c + 1, IAC(1) | IAC(2)));
	check("an IAC that is not enabled does nothing", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(2), .iac1 = a + 4), 0);
	check("IAC with DE = 0 is recorded with IDE, and the instruction completes", c, 0, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = a + 4), IDE | IAC(1));
	check("IAC with IDM = 0 is recorded", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IAC(1), .iac1 = a + 4), IAC(1));
	check("IAC1US = user: not in supervisor state", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER, .iac1 = a + 4), 0);
	check("IAC1US = user: in user state", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER, .iac1 = a + 4), 0, D(c + 1, IAC(1)));
	check("IAC1US = supervisor: not in user state", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = SUPER, .iac1 = a + 4), 0);
	check("IAC1US = supervisor: in supervisor state", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = SUPER, .iac1 = a + 4), 0, D(c + 1, IAC(1)));
	check("IAC2 has its own selectors", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1) | IAC(2), .dbcr1 = SUPER | USER >> 4, .iac1 = a + 4,
		  .iac2 = a + 8), 0, D(c + 2, IAC(2)));
	check("IAC1ER = IS 0: in address space 0", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = AS0, .iac1 = a + 4), 0, D(c + 1, IAC(1)));
	check("IAC1ER = IS 1: not in address space 0", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = AS1, .iac1 = a + 4), 0);
	check("IAC1ER = IS 1: in address space 1", c, MSR_DE | MSR_IS, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = AS1, .iac1 = a + 4), 0, D(c + 1, IAC(1)));
	check("IAC1ER = IS 0: not in address space 1", c, MSR_DE | MSR_IS, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = AS0, .iac1 = a + 4), 0);
	check("IAC12M inclusive: from IAC1 to below IAC2", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = INCLUSIVE, .iac1 = a + 4, .iac2 = a + 16), 0,
	      D(c + 1, IAC(1)), D(c + 2, IAC(1)), D(c + 3, IAC(1)));
	check("IAC12M inclusive, both enabled: both bits", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1) | IAC(2), .dbcr1 = INCLUSIVE, .iac1 = a + 20, .iac2 = a + 28),
	      0, D(c + 5, IAC(1) | IAC(2)), D(c + 6, IAC(1) | IAC(2)));
	check("IAC12M inclusive, user only: not in supervisor state", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER | INCLUSIVE, .iac1 = a + 4, .iac2 = a + 16), 0);
	check("IAC12M exclusive: from IAC2 on", c, MSR_DE | MSR_PR, OFF,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER | EXCLUSIVE, .iac1 = a, .iac2 = a + 24),
	      IDE | IAC(1), D(c + 6, IAC(1)));
	check("IAC12M exclusive: below IAC1", c, MSR_DE | MSR_PR, DISARM,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER | EXCLUSIVE, .iac1 = a + 4, .iac2 = a + 24), 0,
	      D(c, IAC(1)));
	check("IAC12M with DE = 0 is recorded with IDE", c, MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER | INCLUSIVE, .iac1 = a, .iac2 = a + 24),
	      IDE | IAC(1));
	check("IAC12M mask: IAC1 where IAC2 has ones", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .dbcr1 = USER | MASK, .iac1 = a + 4, .iac2 = ~0x10u), 0,
	      D(c + 1, IAC(1)), D(c + 5, IAC(1)));
	check("IAC3 and IAC4 do not exist (8.2.4)", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(3) | IAC(4), .dbcr1 = EXCLUSIVE >> 16), 0);
}

static void dac(void)
{
	const u32 *c = c_plain;
	u32 d = (u32)data;

	check("DAC1 read interrupts before the load (8.4.2)", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1), .dac1 = d), 0, D(c + 2, DACR(1)));
	data[0] = 0x1234;
	check("DAC1 write interrupts before the store", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1), .dac1 = d), 0, D(c + 3, DACW(1)));
	report(data[0] == 0x1234 && nr_hits == 1, "the store has not been executed");
	check("DAC2 read", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(2), .dac2 = d + 4), 0, D(c + 4, DACR(2)));
	check("DAC2 write", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACW(2), .dac2 = d + 7), 0, D(c + 5, DACW(2)));
	check("DAC1 read and write", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dac1 = d), 0,
	      D(c + 2, DACR(1)), D(c + 3, DACW(1)));
	check("DAC1 at the last byte of a word", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dac1 = d + 3), 0,
	      D(c + 2, DACR(1)), D(c + 3, DACW(1)));
	check("DAC1 just past an access", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1), .dac1 = d + 4), 0);
	check("DAC1 write and DAC2 read", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1) | DACR(2), .dac1 = d, .dac2 = d + 4), 0,
	      D(c + 3, DACW(1)), D(c + 4, DACR(2)));
	check("one access, both DACs: both bits", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACR(2), .dac1 = d, .dac2 = d), 0,
	      D(c + 2, DACR(1) | DACR(2)));
	check("one access, both DACs at two of its bytes: both bits", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1) | DACW(2), .dac1 = d + 2, .dac2 = d), 0,
	      D(c + 3, DACW(1) | DACW(2)));
	check("one access, one DAC for reads and one for writes", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(2), .dac1 = d, .dac2 = d), 0,
	      D(c + 2, DACR(1)), D(c + 3, DACW(2)));
	check("DAC with DE = 0 is recorded with IDE, and the instruction completes", c, 0, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1), .dac1 = d), IDE | DACW(1));
	check("DAC with DE = 0, both: both recorded", c, 0, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1) | DACW(2), .dac1 = d, .dac2 = d + 1),
	      IDE | DACW(1) | DACW(2));
	check("DAC with IDM = 0 is recorded", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = DACR(1), .dac1 = d), DACR(1));
	check("DAC1US = user: not in supervisor state", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1), .dbcr2 = USER, .dac1 = d), 0);
	check("DAC1US = user: in user state", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1), .dbcr2 = USER, .dac1 = d), 0, D(c + 2, DACR(1)));
	check("DAC2 has its own selectors", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACR(2), .dbcr2 = SUPER | USER >> 4, .dac1 = d, .dac2 = d),
	      0, D(c + 2, DACR(2)));
	check("DAC1ER = DS 1: not in address space 0", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1), .dbcr2 = AS1, .dac1 = d), 0);
	check("DAC1ER = DS 1: in address space 1", c, MSR_DE | MSR_DS, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1), .dbcr2 = AS1, .dac1 = d), 0, D(c + 2, DACR(1)));
	check("DAC12M inclusive: from DAC1 to below DAC2", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dbcr2 = INCLUSIVE, .dac1 = d + 4, .dac2 = d + 8),
	      0, D(c + 4, DACR(1)), D(c + 5, DACW(1)));
	check("DAC12M inclusive over pages", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1), .dbcr2 = USER | INCLUSIVE, .dac1 = d - 4096,
		  .dac2 = d + 4096), 0, D(c + 3, DACW(1)), D(c + 5, DACW(1)));
	check("DAC12M exclusive: outside of the two", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dbcr2 = USER | EXCLUSIVE, .dac1 = d,
		  .dac2 = d + 4), 0, D(c + 4, DACR(1)), D(c + 5, DACW(1)));
	check("DAC12M mask: DAC1 where DAC2 has ones", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dbcr2 = MASK, .dac1 = d, .dac2 = ~3u), 0,
	      D(c + 2, DACR(1)), D(c + 3, DACW(1)));
	check("DAC12M mask with a hole", c, MSR_DE | MSR_PR, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dbcr2 = USER | MASK, .dac1 = d + 7,
		  .dac2 = 0x00000007), 0, D(c + 4, DACR(1)), D(c + 5, DACW(1)));
	check("IAC and DAC of one instruction: IAC first, and alone", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1) | DACR(1), .iac1 = (u32)(c + 2), .dac1 = d), 0,
	      D(c + 2, IAC(1)));

	check("DAC: every kind of access", c_access, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1) | DACW(1), .dac1 = d + 3), 0,
	      D(c_access, DACR(1)), D(c_access + 1, DACW(1)), D(c_access + 2, DACW(1)),
	      D(c_access + 3, DACR(1)), D(c_access + 5, DACW(1)));
}

static void again(void)
{
	u32 i, n = 0;

	check("a breakpoint in a loop, at every pass", c_loop, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = (u32)(c_loop + 1)), 0,
	      D(c_loop + 1, IAC(1)), D(c_loop + 1, IAC(1)), D(c_loop + 1, IAC(1)));
	check("a watchpoint in a loop, at every pass", c_loop, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACW(1), .dac1 = (u32)data), 0,
	      D(c_loop + 1, DACW(1)), D(c_loop + 1, DACW(1)), D(c_loop + 1, DACW(1)));
	for (i = 0; i < 3000; i++) {
		run_armed(c_loop, MSR_DE, SKIP,
			  ARM(.dbcr0 = IDM | IAC(1) | DACW(1), .iac1 = (u32)c_loop,
			      .dac1 = (u32)data + i % 4));
		n += nr_hits;
	}
	report(n == 18000, "9,000 breakpoints and 9,000 watchpoints: none missed, none doubled");

	/* the same translated code: pass 1 with nothing armed, pass 2 armed by its own mtspr */
	args[0] = IDM | IAC(1);
	check("DBCR0 is in force at the next instruction: IAC", c_mtdbcr0, MSR_DE, SKIP,
	      ARM(.iac1 = (u32)(c_mtdbcr0 + 1)), 0, D(c_mtdbcr0 + 1, IAC(1)));
	args[0] = IDM | DACR(1);
	check("DBCR0 is in force at the next instruction: DAC", c_mtdbcr0, MSR_DE, SKIP,
	      ARM(.dac1 = (u32)data), 0, D(c_mtdbcr0 + 1, DACR(1)));
	args[0] = IDM | IAC(1);
	check("DBCR0 is in force at the next instruction: a range", c_mtdbcr0, MSR_DE, DISARM,
	      ARM(.dbcr1 = INCLUSIVE, .iac1 = (u32)(c_mtdbcr0 + 1), .iac2 = (u32)(c_mtdbcr0 + 2)), 0,
	      D(c_mtdbcr0 + 1, IAC(1)));
	args[0] = (u32)(c_mtiac1 + 1), args[1] = 0;
	check("IAC1 is in force at the next instruction", c_mtiac1, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1)), 0, D(c_mtiac1 + 1, IAC(1)));
	args[0] = (u32)data, args[1] = 0;
	check("DAC1 is in force at the next instruction", c_mtdac1, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1)), 0, D(c_mtdac1 + 1, DACR(1)));
	args[0] = SUPER, args[1] = USER;
	check("DBCR1 is in force at the next instruction", c_mtdbcr1, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = (u32)(c_mtdbcr1 + 1)), 0,
	      D(c_mtdbcr1 + 1, IAC(1)));
	check("DBCR2 is in force at the next instruction", c_mtdbcr2, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | DACR(1), .dac1 = (u32)data), 0, D(c_mtdbcr2 + 1, DACR(1)));
}

/* "Later, if the debug exception has not been reset, ... a delayed debug interrupt occurs." */
static void delayed(void)
{
	u32 dbsr;

	args[0] = MSR_ME | MSR_DE;
	check("delayed: the interrupt comes after the mtmsr that sets DE", c_mtmsr, 0, GO,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = (u32)c_mtmsr), 0,
	      D_MSR(c_mtmsr + 2, IDE | IAC(1), MSR_DE));
	nr_hits = 0;
	arm(ARM(.dbcr0 = IAC(1) | IAC(2), .iac1 = (u32)c_plain, .iac2 = (u32)(c_plain + 1)));
	run(c_plain, MSR_ME);
	dbsr = mfspr(SPR_DBSR) & EVENTS;
	mtspr(SPR_DBSR, IAC(1));
	report(dbsr == (IDE | IAC(1) | IAC(2)) && (mfspr(SPR_DBSR) & EVENTS) == (IDE | IAC(2)),
	       "DBSR adds up; writing a one clears that bit and no other");

	/* recorded with DE = 0; r11 of c_clear says what is cleared before DE is set */
	args[0] = 0, args[1] = MSR_ME | MSR_DE;
	check("delayed: nothing cleared in the DBSR", c_clear, 0, GO,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = (u32)c_clear), 0,
	      D_MSR(c_clear + 2, IDE | IAC(1), MSR_DE));
	args[0] = IAC(1);
	check("delayed: not if software has cleared the bit", c_clear, 0, GO,
	      ARM(.dbcr0 = IDM | IAC(1), .iac1 = (u32)c_clear), IDE);
	args[0] = IAC(1);
	check("delayed: while another bit is left", c_clear, 0, GO,
	      ARM(.dbcr0 = IDM | IAC(1) | IAC(2), .iac1 = (u32)c_clear, .iac2 = (u32)(c_clear + 1)),
	      0, D_MSR(c_clear + 2, IDE | IAC(2), MSR_DE));

	args[0] = IDM | IAC(1);
	check("delayed: by IDM", c_mtdbcr0, MSR_DE, DISARM,
	      ARM(.dbcr0 = IAC(1), .iac1 = (u32)c_mtdbcr0), 0, D(c_mtdbcr0 + 1, IAC(1)));

	/* by rfi: it is pending when run() returns to user state */
	arm(ARM(.dbcr0 = IDM | DACW(1), .dac1 = (u32)data));
	data[0] = 0;
	nr_hits = 0;
	ran_msr = MSR_ME | MSR_PR | MSR_DE;
	action = GO;
	keep_dbsr = 0;
	mtspr(SPR_DAC1, 0);
	run(c_plain, ran_msr);
	report(nr_hits == 1 && hits[0].pc == (u32)c_plain && hits[0].dbsr == (IDE | DACW(1)) &&
	       hits[0].msr == ran_msr, "delayed: by rfi, at its target");

	/* a handler that does not clear the DBSR comes back for ever: let it be twice */
	keep_dbsr = 1;
	nr_hits = 299;
	action = GO;
	ran_msr = MSR_ME | MSR_DE;
	arm(ARM(.dbcr0 = IDM | IAC(1), .iac1 = (u32)(c_plain + 1)));
	run(c_plain, ran_msr);
	keep_dbsr = 0;
	mtspr(SPR_DBSR, 0xffffffff);
	report(nr_hits == 301, "a bit left in the DBSR interrupts again");
}

static void icmp(void)
{
	u32 *low = (u32 *)0x400, i;
	const u32 *c = c_plain;

	check("ICMP: each instruction, the next one's address saved (8.4.5); sc at its vector", c, MSR_DE,
	      GO, ARM(.dbcr0 = IDM | ICMP), 0,
	      D(c + 1, ICMP), D(c + 2, ICMP), D(c + 3, ICMP), D(c + 4, ICMP), D(c + 5, ICMP),
	      D(c + 6, ICMP), D(c + 7, ICMP), D_MSR(vec_sc, ICMP, MSR_DE));
	check("ICMP and IAC: the step ends at the breakpoint, then that", c, MSR_DE, OFF,
	      ARM(.dbcr0 = IDM | ICMP | IAC(1), .iac1 = (u32)(c + 1)), IDE | IAC(1), D(c + 1, ICMP));
	check("ICMP of an instruction that a watchpoint stops: only the watchpoint", c + 2, MSR_DE,
	      DISARM, ARM(.dbcr0 = IDM | ICMP | DACR(1), .dac1 = (u32)data), 0,
	      D(c + 2, DACR(1)));
	check("ICMP with IDM = 0 is recorded", c, MSR_DE, GO, ARM(.dbcr0 = ICMP), ICMP);
	check("ICMP with DE = 0 is not", c, 0, GO, ARM(.dbcr0 = IDM | ICMP), 0);
	args[0] = MSR_ME;
	check("ICMP of the mtmsr that clears DE waits for DE", c_mtmsr, MSR_DE, GO,
	      ARM(.dbcr0 = IDM | ICMP), ICMP, D(c_mtmsr + 1, ICMP));

	for (i = 0; c + i < c_plain_end; i++)
		low[i] = c[i];
	asm volatile("sync; isync" : : : "memory");
	for (i = 0; i < 64; i += 4)
		asm volatile("dcbst 0, %0; sync; icbi 0, %0; isync" : : "r" (0x400 + i) : "memory");
	check("ICMP below 0xf00", low, MSR_DE, OFF, ARM(.dbcr0 = IDM | ICMP), 0, D(low + 1, ICMP));
}

static void brt(void)
{
	const u32 *c = c_branch;

	check("BRT interrupts before a taken branch, and only that (8.4.4)", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | BRT), 0, D(c + 2, BRT), D(c + 6, BRT));
	report(nr_hits == 2 && data[0] == 0 && data[1] == 0 && data[2] == 3,
	       "the branch has not been executed: LR and CTR are as before");
	check("BRT with DE = 0 is not recorded", c, 0, GO, ARM(.dbcr0 = IDM | BRT), 0);
	report(data[0] == (u32)(c + 3) && data[1] == (u32)(c + 7) && data[2] == 2,
	       "branches work");
}

static void trap(void)
{
	const u32 *c = c_trap;

	check("TRAP takes the program interrupt's place (8.4.3)", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM | TRAP), 0, D(c + 1, TRAP));
	check("TRAP with DE = 0: the program interrupt, and IDE", c, 0, SKIP,
	      ARM(.dbcr0 = IDM | TRAP), IDE | TRAP, P(c + 1));
	check("TRAP with IDM = 0: the program interrupt", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = TRAP), TRAP, P(c + 1));
	check("TRAP not enabled: the program interrupt", c, MSR_DE, SKIP,
	      ARM(.dbcr0 = IDM), 0, P(c + 1));
}

static void irpt(void)
{
	check("IRPT interrupts at the vector (8.4.6)", c_trap, MSR_DE, GO,
	      ARM(.dbcr0 = IDM | IRPT), 0, D(vec_program, IRPT), P(c_trap + 1),
	      D(vec_sc, IRPT));
	check("IRPT with DE = 0 is recorded with IDE", c_trap, 0, GO,
	      ARM(.dbcr0 = IDM | IRPT), IDE | IRPT, P(c_trap + 1));
	ticked = 0;
	args[0] = MSR_ME | MSR_DE | MSR_EE;
	args[1] = (u32)&ticked;
	mtspr(SPR_TSR, 0xffffffff);
	mtspr(SPR_TCR, 0x04000000);
	run_armed(c_decrementer, MSR_DE, DISARM, ARM(.dbcr0 = IDM | IRPT));
	report(nr_hits == 2 && hits[0].kind == 'D' && hits[0].pc == (u32)vec_decrementer &&
	       hits[0].dbsr == IRPT && hits[1].kind == 'T', "IRPT of an asynchronous interrupt");
	mtspr(SPR_TCR, 0);
}

static void ret(void)
{
	const u32 *c = c_rfi;

	args[0] = MSR_ME | MSR_DE;
	args[1] = IDM | RET;
	if (enhanced)
		check("RET interrupts before the rfi (Power ISA III-E)", c, MSR_DE, DISARM, ARM(0), 0,
		      D(c + 5, RET));
	else
		check("RET interrupts after the rfi (8.4.7)", c, MSR_DE, GO, ARM(0), 0, D(c + 7, RET));
	check("RET with DE = 0: recorded with IDE, the interrupt comes if the rfi sets DE", c, 0, GO,
	      ARM(0), 0, D_MSR(c + 7, IDE | RET, MSR_DE));
	args[0] = MSR_ME;
	if (!enhanced)
		check("RET with an rfi that clears DE: recorded, without IDE", c, MSR_DE, GO, ARM(0), RET);
	check("RET with DE = 0 throughout", c, 0, GO, ARM(0), IDE | RET);

	if (enhanced) {
		args[0] = MSR_ME | MSR_DE;
		check("RET does not count rfci", c_rfci, MSR_DE, GO, ARM(0), 0);
		args[1] = IDM | CRET;
		check("CRET interrupts before the rfci", c_rfci, MSR_DE, DISARM, ARM(0), 0,
		      D(c_rfci + 5, CRET));
		check("CRET does not count rfi", c, MSR_DE, GO, ARM(0), 0);
	} else {
		check("an rfci with DE = 0 does not count (8.2.4)", c_rfci, 0, GO, ARM(0), 0);
	}
}

static void levels(void)
{
	u32 msr = MSR_DE | MSR_CE;

	run_armed(c_trap, msr, SKIP, ARM(.dbcr0 = 0));
	report(nr_hits == 1 && (in_msr & (MSR_CE | MSR_DE | MSR_ME)) == (msr | MSR_ME),
	       "a base class interrupt leaves CE, DE and ME as they are (5.6)");
	run_armed(c_trap, 0, SKIP, ARM(.dbcr0 = 0));
	report(nr_hits == 1 && !(in_msr & (MSR_CE | MSR_DE)), "and does not set them");
	report(nr_hits == 1 && hits[0].msr == MSR_ME, "a trap saves the MSR as it is (5.7.7)");

	mtspr(SPR_CSRR0, 0x1234);
	mtspr(SPR_CSRR1, 0x1000);
	run_armed(c_plain, msr, SKIP, ARM(.dbcr0 = IDM | ICMP | IAC(1), .iac1 = (u32)c_plain));
	report(nr_hits && !(in_msr & MSR_DE), "a debug interrupt clears DE");
	if (enhanced)
		report(nr_hits && mfspr(SPR_CSRR0) == 0x1234 && mfspr(SPR_CSRR1) == 0x1000,
		       "a debug interrupt leaves CSRR0 and CSRR1 alone");
	else
		report(nr_hits && !(in_msr & MSR_CE), "a debug interrupt clears CE: it is critical");
}

int main(void)
{
	map_devices();
	/* an address space 1 like the 0 */
	map(6, 8, 1, 0, 0, 0, 0);

	enhanced = mfspr(SPR_PVR) >> 16 == 0x8023;	/* e500mc */
	print("# PVR ");
	print_hex(mfspr(SPR_PVR));
	print("\n");

	mtspr(SPR_IVPR, (u32)vectors);
	IVOR(0, vec_other);
	IVOR(1, vec_other);
	IVOR(2, vec_other);
	IVOR(3, vec_other);
	IVOR(4, vec_other);
	IVOR(5, vec_other);
	IVOR(6, vec_program);
	IVOR(7, vec_other);
	IVOR(8, vec_sc);
	IVOR(10, vec_decrementer);
	IVOR(11, vec_other);
	IVOR(12, vec_other);
	IVOR(13, vec_other);
	IVOR(14, vec_other);
	IVOR(15, enhanced ? vec_debug : vec_debug_critical);

	iac();
	dac();
	again();
	delayed();
	icmp();
	brt();
	trap();
	irpt();
	ret();
	levels();

	plan();
	quit();
}

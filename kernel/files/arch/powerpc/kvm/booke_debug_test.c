// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of guest debugging on BookE: what is programmed for a request,
 * what a guest may have in hardware, and who an event belongs to.
 */

#include <kunit/test.h>
#include <linux/kvm_host.h>
#include <linux/string.h>

#include "booke_debug.h"

static struct kvm_guest_debug request(u32 control)
{
	struct kvm_guest_debug dbg;

	memset(&dbg, 0, sizeof(dbg));
	dbg.control = control;
	return dbg;
}

static void add(struct kvm_guest_debug *dbg, int slot, u64 addr, u32 type)
{
	dbg->arch.bp[slot].addr = addr;
	dbg->arch.bp[slot].type = type;
}

#define HW	(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP)

static void program_nothing(struct kunit *test)
{
	static const u32 quiet[] = {
		0, KVM_GUESTDBG_ENABLE,
		KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP, HW,
		KVM_GUESTDBG_SINGLESTEP,	/* not enabled */
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(quiet); i++) {
		struct kvm_guest_debug dbg = request(quiet[i]);
		struct debug_reg regs;
		u32 bp, wp;

		KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_program(&dbg, &regs, &bp, &wp));
		KUNIT_EXPECT_EQ(test, 0, regs.dbcr0);
		KUNIT_EXPECT_EQ(test, 0, bp);
		KUNIT_EXPECT_EQ(test, 0, wp);
	}
}

static void program_step(struct kunit *test)
{
	struct kvm_guest_debug dbg = request(KVM_GUESTDBG_ENABLE |
					     KVM_GUESTDBG_SINGLESTEP);
	struct debug_reg regs;
	u32 bp, wp;

	/* Without USE_HW_BP the slots are not looked at. */
	add(&dbg, 0, 0x1001, 0xff);
	KUNIT_ASSERT_EQ(test, 0, kvmppc_debug_program(&dbg, &regs, &bp, &wp));
	KUNIT_EXPECT_EQ(test, DBCR0_IDM | DBCR0_IC, regs.dbcr0);
}

static void program_slots(struct kunit *test)
{
	struct kvm_guest_debug dbg = request(HW);
	struct debug_reg regs;
	u32 bp, wp;

	add(&dbg, 3, 0x1000, KVMPPC_DEBUG_BREAKPOINT);
	add(&dbg, 5, 0x8001, KVMPPC_DEBUG_WATCH_READ);
	add(&dbg, 9, 0xfffffffc, KVMPPC_DEBUG_BREAKPOINT);
	add(&dbg, 15, 0x8002,
	    KVMPPC_DEBUG_WATCH_READ | KVMPPC_DEBUG_WATCH_WRITE);
	KUNIT_ASSERT_EQ(test, 0, kvmppc_debug_program(&dbg, &regs, &bp, &wp));
	KUNIT_EXPECT_EQ(test, DBCR0_IDM | DBCR0_IAC1 | DBCR0_IAC2 |
			DBCR0_DAC1R | DBCR0_DAC2R | DBCR0_DAC2W, regs.dbcr0);
	KUNIT_EXPECT_EQ(test, 0x1000, regs.iac1);
	KUNIT_EXPECT_EQ(test, 0xfffffffc, regs.iac2);
	KUNIT_EXPECT_EQ(test, 0x8001, regs.dac1);
	KUNIT_EXPECT_EQ(test, 0x8002, regs.dac2);
	KUNIT_EXPECT_EQ(test, 2, bp);
	KUNIT_EXPECT_EQ(test, 2, wp);
#ifdef CONFIG_KVM_BOOKE_HV
	KUNIT_EXPECT_EQ(test, 0, regs.dbcr1);
	KUNIT_EXPECT_EQ(test, 0, regs.dbcr2);
#else
	KUNIT_EXPECT_EQ(test, 0xcc00cc00, regs.dbcr1);
	KUNIT_EXPECT_EQ(test, 0xcc000000, regs.dbcr2);
#endif
}

static void program_refused(struct kunit *test)
{
	static const struct {
		u32 control;
		u64 addr;
		u32 type;
		int entries;
	} bad[] = {
		{ HW | 0x4, 0, 0, 0 },
		{ HW | 0x80000000, 0, 0, 0 },
		{ 0x100000, 0, 0, 0 },
		{ HW, 0x1002, KVMPPC_DEBUG_BREAKPOINT, 1 },
		{ HW, 0x1001, KVMPPC_DEBUG_BREAKPOINT, 1 },
		{ HW, 0x1000, 1, 1 },
		{ HW, 0x1000, 0x10, 1 },
		{ HW, 0x1000, 0x80000000, 1 },
		{ HW, 0x1000,
		  KVMPPC_DEBUG_BREAKPOINT | KVMPPC_DEBUG_WATCH_READ, 1 },
		{ HW, 0x1000, KVMPPC_DEBUG_BREAKPOINT,
		  CONFIG_PPC_ADV_DEBUG_IACS + 1 },
		{ HW, 0x1000, KVMPPC_DEBUG_WATCH_WRITE,
		  CONFIG_PPC_ADV_DEBUG_DACS + 1 },
#ifndef CONFIG_64BIT
		{ HW, 0x100001000ULL, KVMPPC_DEBUG_BREAKPOINT, 1 },
		{ HW, 0x100001000ULL, KVMPPC_DEBUG_WATCH_READ, 1 },
#endif
	};
	int i, j;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct kvm_guest_debug dbg = request(bad[i].control);
		struct debug_reg regs;
		u32 bp, wp;

		/* The last slots: all of them must be looked at. */
		for (j = 0; j < bad[i].entries; j++)
			add(&dbg, 15 - j, bad[i].addr, bad[i].type);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    kvmppc_debug_program(&dbg, &regs, &bp, &wp),
				    "request %d", i);
	}
}

static void contain_disarmed(struct kunit *test)
{
	struct debug_reg guest = { .dbcr0 = DBCR0_IC | DBCR0_IAC1 };
	struct debug_reg hw;

	kvmppc_debug_contain(&guest, 0, &hw);
	KUNIT_EXPECT_EQ(test, 0, hw.dbcr0);
}

static void contain_control(struct kunit *test)
{
	struct debug_reg guest = { .dbcr0 = ~0, .dbcr1 = 0, .dbcr2 = 0 };
	struct debug_reg hw;

	/* No reset, no events that would fire in the host. */
	kvmppc_debug_contain(&guest, 0, &hw);
#ifdef CONFIG_KVM_BOOKE_HV
	KUNIT_EXPECT_EQ(test, KVMPPC_DEBUG_GUEST_DBCR0, hw.dbcr0);
#else
	KUNIT_EXPECT_EQ(test, KVMPPC_DEBUG_GUEST_DBCR0 & ~DBCR0_TIE, hw.dbcr0);
#endif
	KUNIT_EXPECT_EQ(test, 0, hw.dbcr0 & (DBCR0_EDM | DBCR0_RST |
			DBCR0_IRPT | DBCR0_RET | DBCR0_CIRPT | DBCR0_CRET |
			DBCR0_FT));
}

#ifndef CONFIG_KVM_BOOKE_HV
static void contain_mode(struct kunit *test)
{
	static const struct {
		u32 dbcr1;
		ulong msr;
		bool armed;
	} iac1[] = {
		{ 0x00000000, 0, true },		/* either mode */
		{ 0x00000000, MSR_PR, true },
		{ 0x80000000, 0, true },		/* supervisor only */
		{ 0x80000000, MSR_PR, false },
		{ 0xc0000000, 0, false },		/* user only */
		{ 0xc0000000, MSR_PR, true },
		{ 0x40000000, 0, false },		/* reserved */
		{ 0x20000000, 0, true },		/* address space 0 */
		{ 0x20000000, MSR_IS, false },
		{ 0x30000000, 0, false },		/* address space 1 */
		{ 0x30000000, MSR_IS, true },
		{ 0x30000000, MSR_DS, false },
		{ 0x10000000, 0, false },		/* real address */
		{ 0xf0000000, MSR_PR | MSR_IS, true },
	};
	struct debug_reg guest, hw;
	int i;

	for (i = 0; i < ARRAY_SIZE(iac1); i++) {
		memset(&guest, 0, sizeof(guest));
		guest.dbcr0 = DBCR0_IDM | DBCR0_IAC1 | DBCR0_IAC2;
		guest.dbcr1 = iac1[i].dbcr1;
		kvmppc_debug_contain(&guest, iac1[i].msr, &hw);
		KUNIT_EXPECT_EQ_MSG(test, iac1[i].armed,
				    !!(hw.dbcr0 & DBCR0_IAC1), "IAC1 %d", i);
		KUNIT_EXPECT_TRUE(test, hw.dbcr0 & DBCR0_IAC2);

		guest.dbcr0 = DBCR0_IDM | DBCR0_DAC2R | DBCR0_DAC1W;
		guest.dbcr2 = iac1[i].dbcr1 >> 4;	/* the same for DAC2 */
		kvmppc_debug_contain(&guest, iac1[i].msr & MSR_IS ?
				     (iac1[i].msr & ~MSR_IS) | MSR_DS :
				     iac1[i].msr & ~MSR_DS, &hw);
		KUNIT_EXPECT_EQ_MSG(test, iac1[i].armed,
				    !!(hw.dbcr0 & DBCR0_DAC2R), "DAC2 %d", i);
		KUNIT_EXPECT_TRUE(test, hw.dbcr0 & DBCR0_DAC1W);
	}
}

static void contain_user_only(struct kunit *test)
{
	struct debug_reg guest, hw;
	u32 bits = 0x12345678;
	int i;

	/* Whatever the guest writes, hardware compares in user mode only. */
	for (i = 0; i < 1000; i++) {
		bits = bits * 1664525 + 1013904223;
		guest = (struct debug_reg){
			.dbcr0 = bits ^ (bits << 7),
			.dbcr1 = bits * 3, .dbcr2 = bits * 5,
			.iac1 = bits, .dac1 = ~bits,
		};
		kvmppc_debug_contain(&guest, bits & 1 ? MSR_PR : 0, &hw);
		KUNIT_ASSERT_EQ(test, 0xcc00cc00, hw.dbcr1 & 0xff00ff00);
		KUNIT_ASSERT_EQ(test, 0xcc000000, hw.dbcr2 & 0xff0fffff);
		KUNIT_ASSERT_EQ(test, 0, hw.dbcr0 & ~KVMPPC_DEBUG_GUEST_DBCR0);
		KUNIT_ASSERT_EQ(test, guest.iac1, hw.iac1);
		KUNIT_ASSERT_EQ(test, guest.dac1, hw.dac1);
	}
}
#endif

static void attribute(struct kunit *test)
{
	const u32 step = DBCR0_IDM | DBCR0_IC;
	const u32 iac1 = DBCR0_IDM | DBCR0_IAC1;
	static const enum kvmppc_debug_origin u = KVMPPC_DEBUG_USER,
		g = KVMPPC_DEBUG_GUEST, s = KVMPPC_DEBUG_STRAY;

	KUNIT_EXPECT_EQ(test, u, kvmppc_debug_attribute(DBSR_IC, step, 0));
	KUNIT_EXPECT_EQ(test, g, kvmppc_debug_attribute(DBSR_IC, 0, step));
	KUNIT_EXPECT_EQ(test, u, kvmppc_debug_attribute(DBSR_IC, step, step));
	KUNIT_EXPECT_EQ(test, s, kvmppc_debug_attribute(DBSR_IC, iac1, iac1));
	KUNIT_EXPECT_EQ(test, s, kvmppc_debug_attribute(DBSR_IC, 0, 0));
	/* Enabled, but not in internal debug mode. */
	KUNIT_EXPECT_EQ(test, s, kvmppc_debug_attribute(DBSR_IC, DBCR0_IC, 0));
	KUNIT_EXPECT_EQ(test, u, kvmppc_debug_attribute(DBSR_IAC1 | DBSR_IC,
							iac1, step));
	KUNIT_EXPECT_EQ(test, g, kvmppc_debug_attribute(DBSR_IAC1 | DBSR_IC,
							0, step));
	/* IDE and MRR share bits with IDM's neighbours: they are no events. */
	KUNIT_EXPECT_EQ(test, s, kvmppc_debug_attribute(DBSR_IDE | DBSR_MRR |
							0x40000000, ~0, ~0));
}

static void report(struct kunit *test)
{
	const struct debug_reg regs = { .dac1 = 0x8000, .dac2 = 0x9000 };
	static const struct {
		u32 dbsr, status, flags;
		u64 address;
	} t[] = {
		{ DBSR_IC, 0, KVMPPC_DEBUG_EXIT_STEP, 0x1000 },
		{ DBSR_BT, 0, KVMPPC_DEBUG_EXIT_BRANCH, 0x1000 },
		{ DBSR_TIE, 0, KVMPPC_DEBUG_EXIT_TRAP, 0x1000 },
		{ DBSR_IAC1, KVMPPC_DEBUG_BREAKPOINT,
		  KVMPPC_DEBUG_EXIT_IAC(1), 0x1000 },
		{ DBSR_IAC4, KVMPPC_DEBUG_BREAKPOINT,
		  KVMPPC_DEBUG_EXIT_IAC(4), 0x1000 },
		{ DBSR_DAC1R, KVMPPC_DEBUG_WATCH_READ,
		  KVMPPC_DEBUG_EXIT_DAC(1), 0x8000 },
		{ DBSR_DAC2W, KVMPPC_DEBUG_WATCH_WRITE,
		  KVMPPC_DEBUG_EXIT_DAC(2), 0x9000 },
		{ DBSR_DAC1R | DBSR_DAC1W,
		  KVMPPC_DEBUG_WATCH_READ | KVMPPC_DEBUG_WATCH_WRITE,
		  KVMPPC_DEBUG_EXIT_DAC(1), 0x8000 },
		{ DBSR_DAC1W | DBSR_DAC2W, KVMPPC_DEBUG_WATCH_WRITE,
		  KVMPPC_DEBUG_EXIT_DAC(1) | KVMPPC_DEBUG_EXIT_DAC(2), 0x8000 },
		{ DBSR_IAC2 | DBSR_DAC2R | DBSR_IC,
		  KVMPPC_DEBUG_BREAKPOINT | KVMPPC_DEBUG_WATCH_READ,
		  KVMPPC_DEBUG_EXIT_IAC(2) | KVMPPC_DEBUG_EXIT_DAC(2) |
		  KVMPPC_DEBUG_EXIT_STEP, 0x1000 },
		{ DBSR_IDE, 0, 0, 0x1000 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct kvm_debug_exit_arch r;

		kvmppc_debug_report(t[i].dbsr, 0x1000, &regs, &r);
		KUNIT_EXPECT_EQ_MSG(test, t[i].status, r.status, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, t[i].flags, r.flags, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, t[i].address, r.address, "case %d", i);
	}
}

static void match_dac(struct kunit *test)
{
	struct debug_reg regs = {
		.dbcr0 = DBCR0_IDM | DBCR0_DAC1W | DBCR0_DAC2R,
		.dac1 = 0x8002, .dac2 = 0x9000,
	};

	/* Exact: any byte of the access. */
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W, kvmppc_debug_match_dac(&regs, 0x8000, 4, true));
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x8000, 4, false));
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x8000, 2, true));
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x8003, 1, true));
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W, kvmppc_debug_match_dac(&regs, 0x8002, 1, true));
	KUNIT_EXPECT_EQ(test, DBSR_DAC2R, kvmppc_debug_match_dac(&regs, 0x8ffd, 4, false));
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x8ffc, 4, false));

	/* Both by one access. */
	regs.dac2 = 0x8000;
	regs.dbcr0 |= DBCR0_DAC2W;
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W | DBSR_DAC2W,
			kvmppc_debug_match_dac(&regs, 0x8000, 4, true));

	/* Ranges, inclusive and exclusive, are DAC1's. */
	regs.dac1 = 0x8000;
	regs.dac2 = 0x8100;
	regs.dbcr2 = DBCR2_DAC12M;
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W, kvmppc_debug_match_dac(&regs, 0x80ff, 1, true));
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x8100, 1, true));
	regs.dbcr2 = DBCR2_DAC12MX;
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x80ff, 1, true));
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W, kvmppc_debug_match_dac(&regs, 0x8100, 1, true));
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W, kvmppc_debug_match_dac(&regs, 0x7fff, 1, true));

	/* Mask: DAC2 says which bits count. */
	regs.dac2 = 0xff00;
	regs.dbcr2 = DBCR2_DAC12MM;
	KUNIT_EXPECT_EQ(test, DBSR_DAC1W, kvmppc_debug_match_dac(&regs, 0x10080aa, 1, true));
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x81aa, 1, true));

	/* Not armed. */
	regs.dbcr0 &= ~DBCR0_IDM;
	KUNIT_EXPECT_EQ(test, 0, kvmppc_debug_match_dac(&regs, 0x10080aa, 1, true));
}

static struct kunit_case kvm_booke_debug_cases[] = {
	KUNIT_CASE(program_nothing),
	KUNIT_CASE(program_step),
	KUNIT_CASE(program_slots),
	KUNIT_CASE(program_refused),
	KUNIT_CASE(contain_disarmed),
	KUNIT_CASE(contain_control),
#ifndef CONFIG_KVM_BOOKE_HV
	KUNIT_CASE(contain_mode),
	KUNIT_CASE(contain_user_only),
#endif
	KUNIT_CASE(attribute),
	KUNIT_CASE(report),
	KUNIT_CASE(match_dac),
	{}
};

static struct kunit_suite kvm_booke_debug_suite = {
	.name = "kvm-booke-debug",
	.test_cases = kvm_booke_debug_cases,
};

kunit_test_suite(kvm_booke_debug_suite);

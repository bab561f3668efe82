// SPDX-License-Identifier: GPL-2.0-only
/*
 * Category Embedded.Hypervisor of a BookE core, rule by rule, without an operating system: what the
 * hypervisor sets up, what code runs in guest state, and which interrupts that must cause. TAP on
 * the serial port. The rules are those of the Power ISA, Version 2.06, Book III-E.
 */

#include "bare.h"

#define SPR_DEC		0x016
#define SPR_SRR0	0x01a
#define SPR_SRR1	0x01b
#define SPR_PID		0x030
#define SPR_DEAR	0x03d
#define SPR_ESR		0x03e
#define SPR_SPRG0	0x110
#define SPR_SPRG3	0x113
#define SPR_PIR		0x11e
#define SPR_EPCR	0x133
#define SPR_MSRP	0x137
#define SPR_LPIDR	0x152
#define SPR_MAS5	0x153
#define SPR_MAS8	0x155
#define SPR_GSPRG0	0x170
#define SPR_GSPRG3	0x173
#define SPR_GSRR0	0x17a
#define SPR_GSRR1	0x17b
#define SPR_GEPR	0x17c
#define SPR_GDEAR	0x17d
#define SPR_GPIR	0x17e
#define SPR_GESR	0x17f
#define SPR_IVOR38	0x1b0
#define SPR_GIVOR2	0x1b8
#define SPR_GIVOR3	0x1b9
#define SPR_GIVOR4	0x1ba
#define SPR_GIVOR8	0x1bb
#define SPR_GIVOR13	0x1bc
#define SPR_GIVOR14	0x1bd
#define SPR_GIVPR	0x1bf
#define SPR_IVOR36	0x214
#define SPR_MAS4	0x274
#define SPR_MAS6	0x276
#define SPR_EPR		0x2be
#define SPR_EPLC	0x3b3
#define SPR_EPSC	0x3b4
#define SPR_MMUCFG	0x3f7

#define MSR_CM		0x80000000u
#define MSR_GS		0x10000000u
#define MSR_UCLE	0x04000000u
#define MSR_RI		0x00000002u

#define EXTGS		0x80000000u
#define DTLBGS		0x40000000u
#define ITLBGS		0x20000000u
#define DSIGS		0x10000000u
#define ISIGS		0x08000000u
#define DUVD		0x04000000u
#define GICM		0x01000000u
#define DGTMI		0x00800000u
#define DMIUH		0x00400000u

#define UCLEP		0x04000000u
#define DEP		0x00000200u

#define TGS		0x80000000u	/* MAS8, and MAS5[SGS] */
#define VF		0x40000000u

#define EPR_PR		0x80000000u	/* EPLC and EPSC */
#define EPR_EGS		0x20000000u
#define EPR_LPID(n)	((u32)(n) << 16)

#define ESR_PIL		0x08000000u
#define ESR_PPR		0x04000000u
#define ESR_ST		0x00800000u

/* msgsnd */
#define DBELL		0x00000000u
#define DBELL_CRIT	0x08000000u
#define G_DBELL		0x10000000u
#define G_DBELL_CRIT	0x18000000u
#define G_DBELL_MC	0x20000000u
#define BROADCAST	0x04000000u
#define LPIDTAG(n)	((u32)(n) << 14)

/* TLB entries */
#define V		0x80000000u
#define IPROT		0x40000000u
#define SIZE_4K		0x00000100u
#define SIZE_256M	0x00000900u
#define RWX		0x3fu
#define READ		0x03u		/* SR, UR */
#define NOEXEC		0x0fu		/* all but SX, UX */

/* the interrupt controller */
#define MPIC(reg)	((volatile u32 *)(0xe0040000u + (reg)))
#define MPIC_IPIDR0	MPIC(0x40)
#define MPIC_CTPR	MPIC(0x80)
#define MPIC_IACK	MPIC(0xa0)
#define MPIC_EOI	MPIC(0xb0)
#define MPIC_GCR	MPIC(0x1020)
#define MPIC_IPIVPR0	MPIC(0x10a0)
#define MPIC_PROXY	0x60000000u
#define IPI_VECTOR	0x5au

/* addresses of the cases, where nothing else is mapped */
#define EA		0x20000000u
#define EA_NONE		0x30000000u

extern const u32 c_plain[], c_sc[], c_load[], c_store[], c_jump[], c_mtmsr[], c_rfi[], c_rfgi[],
	c_ehpriv[], c_usprg3[], c_lwepx[], c_stwepx[];
extern u32 c_any[];
extern const u32 vectors[], vec_critical[], vec_mcheck[], vec_dsi[], vec_isi[], vec_external[],
	vec_program[], vec_sc[], vec_decrementer[], vec_fit[], vec_watchdog[], vec_dtlb[],
	vec_itlb[], vec_debug[], vec_doorbell[], vec_doorbell_critical[], vec_guest_doorbell[],
	vec_guest_doorbell_critical[], vec_hcall[], vec_hypervisor[], vec_other[];
extern const u32 guest_vectors[], guest_dsi[], guest_isi[], guest_external[], guest_sc[],
	guest_dtlb[], guest_itlb[];
extern u32 data[], page_a[], page_b[];

/* an interrupt, kinds as in hv-start.S; as the guest's handlers write it down */
struct hit {
	u32 kind, pc, srr1, msr, esr, dear, epr;
};

/* the guest's own handler has it */
#define G(kind)		((kind) | 0x100u)

extern struct hit guest_hit;

static struct hit hits[8];
static u32 nr_hits, skip, proxy;
/* registers at the last interrupt of the hypervisor */
static struct frame last;
u32 args[2];

void run(const u32 *code, u32 msr);
void leave(void);
void interrupt(struct frame *frame, int kind);
int main(void);

void interrupt(struct frame *frame, int kind)
{
	struct hit *hit = &hits[nr_hits & 7];

	last = *frame;
	hit->kind = kind;
	hit->pc = frame->pc;
	hit->srr1 = frame->msr;
	hit->msr = mfmsr();
	hit->esr = mfspr(SPR_ESR);
	hit->dear = mfspr(SPR_DEAR);
	hit->epr = mfspr(SPR_EPR);
	/* with what is armed the cases' own code is meant */
	mtspr(SPR_DBCR0, 0);
	if (kind == 'H' && guest_hit.kind) {
		*hit = guest_hit;
		hit->kind = G(hit->kind);
		guest_hit.kind = 0;
	}
	nr_hits++;
	if ((hit->kind & 0xff) == 'E') {
		if (!proxy)
			(void)*MPIC_IACK;
		*MPIC_EOI = 0;
	}
	if (skip && (kind == 'V' || kind == 'P') && nr_hits < 8) {
		frame->pc += 4;
		return;
	}
	frame->pc = (u32)leave;
	frame->msr = MSR_ME;
}

static void check(const char *what, int good)
{
	u32 i;

	if (!result(good, what))
		return;
	for (i = 0; i < nr_hits && i < 8; i++) {
		print("#  ");
		print(hits[i].kind & 0x100 ? "guest " : "");
		print_char(hits[i].kind);
		print(" pc ");
		print_hex(hits[i].pc);
		print(" srr1 ");
		print_hex(hits[i].srr1);
		print(" msr ");
		print_hex(hits[i].msr);
		print(" esr ");
		print_hex(hits[i].esr);
		print(" dear ");
		print_hex(hits[i].dear);
		print(" r9 ");
		print_hex(last.r[9]);
		print("\n");
	}
}

static void go(const u32 *code, u32 msr)
{
	nr_hits = 0;
	run(code, msr);
}

/* in guest state; MSR[ME] as usual */
static void guest(const u32 *code, u32 msr)
{
	go(code, MSR_GS | MSR_ME | msr);
}

static int one(u32 kind, const u32 *pc)
{
	return nr_hits == 1 && hits[0].kind == kind && hits[0].pc == (u32)pc;
}

/* it came to its end */
static int through(const u32 *code, u32 nr)
{
	return one('H', code + nr);
}

/* the instruction of c_any */
static const u32 *any(u32 insn)
{
	c_any[0] = insn;
	asm volatile("dcbst 0, %0; sync; icbi 0, %0; sync; isync" : : "r" (c_any) : "memory");
	return c_any;
}

#define SPR_FIELD(spr)	(((spr) & 0x1f) << 16 | (spr) >> 5 << 11)
#define MFSPR(spr)	(0x7d2002a6u | SPR_FIELD(spr))		/* to r9 */
#define MTSPR(spr)	(0x7d6003a6u | SPR_FIELD(spr))		/* from r11 */

static u32 get_spr(u32 spr)
{
	go(any(MFSPR(spr)), MSR_ME);
	return last.r[9];
}

static void set_spr(u32 spr, u32 val)
{
	args[0] = val;
	go(any(MTSPR(spr)), MSR_ME);
}

/* an entry of TLB1 for the cases, of one page unless told */
static void tlb(u32 entry, u32 mas1, u32 ea, const void *to, u32 perm, u32 mas8)
{
	mtspr(SPR_MAS0, 0x10000000u | entry << 16);
	mtspr(SPR_MAS1, mas1);
	mtspr(SPR_MAS2, ea);
	mtspr(SPR_MAS3, (u32)to | perm);
	mtspr(SPR_MAS7, 0);
	mtspr(SPR_MAS8, mas8);
	asm volatile("isync; tlbwe; isync" : : : "memory");
	mtspr(SPR_MAS8, 0);
}

static u32 tlb_valid(u32 entry)
{
	mtspr(SPR_MAS0, 0x10000000u | entry << 16);
	mtspr(SPR_MAS2, 0);
	asm volatile("isync; tlbre; isync" : : : "memory");
	return mfspr(SPR_MAS1) & V;
}

/* what was set up for one group of cases */
static void reset(void)
{
	u32 i;

	mtspr(SPR_EPCR, 0);
	mtspr(SPR_MSRP, 0);
	mtspr(SPR_LPIDR, 0);
	mtspr(SPR_PID, 0);
	mtspr(SPR_MAS5, 0);
	mtspr(SPR_MAS8, 0);
	mtspr(SPR_EPLC, 0);
	mtspr(SPR_EPSC, 0);
	mtspr(SPR_GPIR, 0);
	mtspr(SPR_DBCR0, 0);
	mtspr(SPR_DBSR, 0xffffffff);
	mtspr(SPR_TCR, 0);
	mtspr(SPR_TSR, 0xffffffff);
	skip = 0;
	for (i = 8; i < 12; i++)
		tlb(i, 0, 0, 0, 0, 0);
}

static void states(void)
{
	const u32 keep = MSR_CE | MSR_ME | MSR_DE | MSR_RI;
	u32 msr;

	reset();
	msr = MSR_GS | MSR_ME | MSR_CE | MSR_DE | MSR_RI | MSR_EE | MSR_PR | MSR_UCLE;
	go(c_plain, msr);
	check("rfi enters guest state, sc 1 is a system call to the hypervisor",
	      through(c_plain, 3) && hits[0].srr1 == msr);
	check("the interrupt clears MSR[GS] with the rest", nr_hits == 1 && !(hits[0].msr & ~keep));
	check("and leaves CE, ME, DE and RI as they were set", (hits[0].msr & keep) == keep);
	go(c_plain, MSR_GS);
	check("or as they were clear", through(c_plain, 3) && hits[0].msr == 0);
	go(c_plain, MSR_ME);
	check("sc 1 in hypervisor state is the same", through(c_plain, 3) && hits[0].srr1 == MSR_ME);
	go(c_sc, MSR_ME);
	check("sc in hypervisor state is the hypervisor's", one('S', c_sc + 2));

	args[0] = MSR_GS | MSR_ME | MSR_RI;
	go(c_rfgi, MSR_ME);
	check("rfgi in hypervisor state enters guest state by GSRR0 and GSRR1",
	      through(c_rfgi, 8) && hits[0].srr1 == args[0]);
	args[0] = MSR_ME;
	guest(c_rfi, 0);
	check("rfi in guest state is by GSRR0 and GSRR1, and stays there",
	      through(c_rfi, 8) && hits[0].srr1 == (MSR_GS | MSR_ME) &&
	      last.r[9] == (MSR_GS | MSR_ME) && mfspr(SPR_GSRR1) == MSR_ME);
	guest(c_rfgi, 0);
	check("rfgi in guest state too", through(c_rfgi, 8) && hits[0].srr1 == (MSR_GS | MSR_ME));
	guest(any(0x4c0000cc), MSR_PR);				/* rfgi */
	check("not in user state", one('P', c_any) && hits[0].esr == ESR_PPR);
	args[0] = MSR_ME | MSR_CE;
	guest(c_mtmsr, 0);
	check("mtmsr in guest state cannot clear GS", through(c_mtmsr, 4) &&
	      last.r[9] == (MSR_GS | MSR_ME | MSR_CE));
	args[0] = 0;
	guest(c_mtmsr, 0);
	check("it can clear ME", through(c_mtmsr, 4) && last.r[9] == MSR_GS);
	args[0] = MSR_GS | MSR_ME;
	go(c_mtmsr, MSR_ME);
	check("mtmsr in hypervisor state can set GS",
	      through(c_mtmsr, 4) && hits[0].srr1 == (MSR_GS | MSR_ME));

	guest(c_ehpriv, 0);
	check("ehpriv interrupts a guest operating system", one('V', c_ehpriv) &&
	      hits[0].srr1 == (MSR_GS | MSR_ME));
	guest(c_ehpriv, MSR_PR);
	check("and its user", one('V', c_ehpriv));
	go(c_ehpriv, MSR_ME);
	check("in hypervisor state it is illegal", one('P', c_ehpriv) && hits[0].esr == ESR_PIL);
	go(any(MFSPR(SPR_SRR0)), MSR_GS | MSR_ME | MSR_PR);
	check("what is privileged is a program interrupt in user state", one('P', c_any) &&
	      hits[0].esr == ESR_PPR && !(hits[0].msr & MSR_GS));
	guest(any(0), 0);
	check("what is illegal is a program interrupt of the hypervisor", one('P', c_any) &&
	      hits[0].esr == ESR_PIL);
}

/* bits of the MSR that MSRP protects */
static void protect(u32 bit, u32 msrp, const char *const what[4])
{
	u32 off, on;

	reset();
	args[0] = MSR_GS | MSR_ME | bit;
	guest(c_mtmsr, 0);
	on = last.r[9];
	args[0] = MSR_GS | MSR_ME;
	guest(c_mtmsr, bit);
	off = last.r[9];
	check(what[0], (on & bit) && !(off & bit));

	mtspr(SPR_MSRP, msrp);
	args[0] = MSR_GS | MSR_ME | bit;
	guest(c_mtmsr, 0);
	on = last.r[9];
	args[0] = MSR_GS | MSR_ME;
	guest(c_mtmsr, bit);
	off = last.r[9];
	check(what[1], nr_hits == 1 && !(on & bit) && (off & bit));
	args[0] = MSR_GS | MSR_ME | bit;
	guest(c_rfi, 0);
	on = last.r[9];
	args[0] = MSR_GS | MSR_ME;
	guest(c_rfgi, bit);
	off = last.r[9];
	check(what[2], nr_hits == 1 && !(on & bit) && (off & bit));
	args[0] = MSR_ME | bit;
	go(c_mtmsr, MSR_ME);
	check(what[3], through(c_mtmsr, 4) && (last.r[9] & bit));
}

static void protection(void)
{
	static const char *const ucle[4] = {
		"a guest can change MSR[UCLE]", "not by mtmsr if MSRP[UCLEP] is set",
		"nor by rfi and rfgi", "the hypervisor can",
	}, *const de[4] = {
		"a guest can change MSR[DE]", "not by mtmsr if MSRP[DEP] is set",
		"nor by rfi and rfgi", "the hypervisor can",
	};

	protect(MSR_UCLE, UCLEP, ucle);
	protect(MSR_DE, DEP, de);

	reset();
	guest(c_sc, MSR_UCLE);
	check("an interrupt of the guest's own clears MSR[UCLE]", one(G('S'), c_sc + 2) &&
	      !(hits[0].msr & MSR_UCLE));
	mtspr(SPR_MSRP, UCLEP);
	guest(c_sc, MSR_UCLE);
	check("not if MSRP[UCLEP] is set", one(G('S'), c_sc + 2) && (hits[0].msr & MSR_UCLE));
	guest(any(0x7c00594c), 0);			/* dcbtls 0, 0, r11 */
	check("MSRP[UCLEP]: dcbtls is the hypervisor's", one('V', c_any));
	mtspr(SPR_MSRP, 0);
	args[0] = (u32)data;
	guest(any(0x7c00594c), 0);
	check("else it is not", through(c_any, 3));
}

/* a guest's mtspr and mfspr of one name another register */
static void remapped(void)
{
	static const struct {
		u32 spr, own;
		const char *what;
	} regs[] = {
		{ SPR_SRR0, SPR_GSRR0, "SRR0 is GSRR0" },
		{ SPR_SRR1, SPR_GSRR1, "SRR1 is GSRR1" },
		{ SPR_DEAR, SPR_GDEAR, "DEAR is GDEAR" },
		{ SPR_ESR, SPR_GESR, "ESR is GESR" },
		{ SPR_SPRG0, SPR_GSPRG0, "SPRG0 is GSPRG0" },
		{ SPR_SPRG0 + 1, SPR_GSPRG0 + 1, "SPRG1 is GSPRG1" },
		{ SPR_SPRG0 + 2, SPR_GSPRG0 + 2, "SPRG2 is GSPRG2" },
		{ SPR_SPRG3, SPR_GSPRG3, "SPRG3 is GSPRG3" },
	};
	u32 i, read, own, real, kept;

	reset();
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		/* these two are used on the way in and out, and SPRG0 by the handlers */
		kept = regs[i].spr != SPR_SRR0 && regs[i].spr != SPR_SRR1 &&
		       regs[i].spr != SPR_SPRG0;
		set_spr(regs[i].own, 0x2222220);
		if (kept)
			set_spr(regs[i].spr, 0x1111110);
		guest(any(MFSPR(regs[i].spr)), 0);
		read = last.r[9];
		args[0] = 0x3333330;
		guest(any(MTSPR(regs[i].spr)), 0);
		own = get_spr(regs[i].own);
		real = kept ? get_spr(regs[i].spr) : 0x1111110;
		check(regs[i].what, read == 0x2222220 && own == 0x3333330 && real == 0x1111110);
	}
	mtspr(SPR_GEPR, 0x123);
	guest(any(MFSPR(SPR_EPR)), 0);
	check("EPR is GEPR", through(c_any, 3) && last.r[9] == 0x123);
	mtspr(SPR_GPIR, 0x45);
	guest(any(MFSPR(SPR_PIR)), 0);
	check("PIR is GPIR", through(c_any, 3) && last.r[9] == 0x45 && get_spr(SPR_PIR) != 0x45);
	mtspr(SPR_GSPRG3, 0x678);
	mtspr(SPR_SPRG3, 0x9ab);
	guest(c_usprg3, MSR_PR);
	check("the user's SPRG3 is GSPRG3", through(c_usprg3, 2) && last.r[9] == 0x678);
	guest(c_usprg3, 0);
	check("also to the operating system", through(c_usprg3, 2) && last.r[9] == 0x678);
	go(c_usprg3, MSR_ME | MSR_PR);
	check("and SPRG3 to a user of the hypervisor", through(c_usprg3, 2) && last.r[9] == 0x9ab);
	mtspr(SPR_GPIR, 0);
}

/* reads or writes; what a guest may not the hypervisor does for it */
static void sprs(void)
{
	static const struct {
		u32 spr;
		const char *access;	/* the guest's: r, w, and V where there is an interrupt */
		const char *what;
	} regs[] = {
		{ 22, "VV", "DEC" },
		{ 48, "rw", "PID" },
		{ 54, "-V", "DECAR" },
		{ 58, "VV", "CSRR0" },
		{ 59, "VV", "CSRR1" },
		{ 63, "VV", "IVPR" },
		{ 256, "rw", "USPRG0" },
		{ 260, "r-", "USPRG4" },
		{ 268, "r-", "TBL, to read" },
		{ 276, "rw", "SPRG4" },
		{ 277, "rw", "SPRG5" },
		{ 278, "rw", "SPRG6" },
		{ 279, "rw", "SPRG7" },
		{ 284, "-V", "TBL, to write" },
		{ 285, "-V", "TBU, to write" },
		{ 286, "rV", "PIR" },
		{ 287, "rV", "PVR" },
		{ 304, "VV", "DBSR" },
		{ 307, "VV", "EPCR" },
		{ 308, "VV", "DBCR0" },
		{ 309, "VV", "DBCR1" },
		{ 310, "VV", "DBCR2" },
		{ 311, "VV", "MSRP" },
		{ 312, "VV", "IAC1" },
		{ 313, "VV", "IAC2" },
		{ 316, "VV", "DAC1" },
		{ 317, "VV", "DAC2" },
		{ 336, "VV", "TSR" },
		{ 338, "VV", "LPIDR" },
		{ 339, "VV", "MAS5" },
		{ 340, "VV", "TCR" },
		{ 341, "VV", "MAS8" },
		{ 368, "rw", "GSPRG0" },
		{ 369, "rw", "GSPRG1" },
		{ 370, "rw", "GSPRG2" },
		{ 371, "rw", "GSPRG3" },
		{ 378, "rw", "GSRR0" },
		{ 379, "rw", "GSRR1" },
		{ 380, "rV", "GEPR" },
		{ 381, "rw", "GDEAR" },
		{ 382, "rV", "GPIR" },
		{ 383, "rw", "GESR" },
		{ 400, "VV", "IVOR0" },
		{ 401, "VV", "IVOR1" },
		{ 402, "VV", "IVOR2" },
		{ 403, "VV", "IVOR3" },
		{ 404, "VV", "IVOR4" },
		{ 405, "VV", "IVOR5" },
		{ 406, "VV", "IVOR6" },
		{ 407, "VV", "IVOR7" },
		{ 408, "VV", "IVOR8" },
		{ 409, "VV", "IVOR9" },
		{ 410, "VV", "IVOR10" },
		{ 411, "VV", "IVOR11" },
		{ 412, "VV", "IVOR12" },
		{ 413, "VV", "IVOR13" },
		{ 414, "VV", "IVOR14" },
		{ 415, "VV", "IVOR15" },
		{ 432, "VV", "IVOR38" },
		{ 433, "VV", "IVOR39" },
		{ 434, "VV", "IVOR40" },
		{ 435, "VV", "IVOR41" },
		{ 440, "rV", "GIVOR2" },
		{ 441, "rV", "GIVOR3" },
		{ 442, "rV", "GIVOR4" },
		{ 443, "rV", "GIVOR8" },
		{ 444, "rV", "GIVOR13" },
		{ 445, "rV", "GIVOR14" },
		{ 447, "rV", "GIVPR" },
		{ 515, "r-", "L1CFG0" },
		{ 517, "rw", "NPIDR" },
		{ 531, "VV", "IVOR35" },
		{ 532, "VV", "IVOR36" },
		{ 533, "VV", "IVOR37" },
		{ 570, "VV", "MCSRR0" },
		{ 571, "VV", "MCSRR1" },
		{ 572, "VV", "MCSR" },
		{ 573, "VV", "MCAR" },
		{ 574, "VV", "DSRR0" },
		{ 575, "VV", "DSRR1" },
		{ 604, "VV", "SPRG8" },
		{ 605, "rw", "SPRG9" },
		{ 624, "rw", "MAS0" },
		{ 625, "rw", "MAS1" },
		{ 626, "rw", "MAS2" },
		{ 627, "rw", "MAS3" },
		{ 628, "rw", "MAS4" },
		{ 630, "rw", "MAS6" },
		{ 688, "V-", "TLB0CFG" },
		{ 689, "V-", "TLB1CFG" },
		{ 702, "rV", "EPR" },
		{ 944, "rw", "MAS7" },
		{ 947, "rw", "EPLC" },
		{ 948, "rw", "EPSC" },
		{ 1008, "VV", "HID0" },
		{ 1010, "VV", "L1CSR0" },
		{ 1011, "VV", "L1CSR1" },
		{ 1012, "VV", "MMUCSR0" },
		{ 1013, "VV", "BUCSR" },
		{ 1015, "V-", "MMUCFG" },
		{ 1017, "VV", "L2CSR0" },
		{ 1023, "rV", "SVR" },
	};
	u32 i, old, ok;

	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		const char *access = regs[i].access;

		reset();
		ok = 1;
		if (access[0] == 'r') {
			guest(any(MFSPR(regs[i].spr)), 0);
			ok = through(c_any, 3);
		} else if (access[0] == 'V') {
			guest(any(MFSPR(regs[i].spr)), 0);
			ok = one('V', c_any) && (hits[0].srr1 & MSR_GS) && !(hits[0].msr & MSR_GS) &&
			     last.r[9] == 0x55;
		}
		if (access[1] == 'w' && ok) {
			old = get_spr(regs[i].spr);
			args[0] = 0x40;
			guest(any(MTSPR(regs[i].spr)), 0);
			ok = through(c_any, 3);
			guest(any(MFSPR(regs[i].spr)), 0);
			ok = ok && last.r[9] == 0x40;
			set_spr(regs[i].spr, old);
		} else if (access[1] == 'V' && ok) {
			old = access[0] == '-' ? 0 : get_spr(regs[i].spr);
			args[0] = ~old;
			guest(any(MTSPR(regs[i].spr)), 0);
			ok = one('V', c_any) && (hits[0].srr1 & MSR_GS);
		}
		print("# ");
		print(regs[i].what);
		print("\n");
		check(access[0] == 'V' || access[1] == 'V' ? access[0] == 'r' ?
		      "a guest reads it, and writes it by the hypervisor" :
		      "a guest has it by the hypervisor" : "a guest has it", ok);
	}
}

static void instructions(void)
{
	static const struct {
		u32 insn;
		const char *what;
	} insns[] = {
		{ 0x4c000066, "rfci is the hypervisor's" },
		{ 0x4c00004e, "rfdi is the hypervisor's" },
		{ 0x4c00004c, "rfmci is the hypervisor's" },
		{ 0x7c000764, "tlbre is the hypervisor's" },
		{ 0x7c0007a4, "tlbwe is the hypervisor's" },
		{ 0x7c005f24, "tlbsx is the hypervisor's" },
		{ 0x7c005e24, "tlbivax is the hypervisor's" },
		{ 0x7c00046c, "tlbsync is the hypervisor's" },
		{ 0x7c00599c, "msgsnd is the hypervisor's" },
		{ 0x7c0059dc, "msgclr is the hypervisor's" },
	};
	u32 i;

	reset();
	args[0] = G_DBELL_MC | LPIDTAG(0x3f);
	for (i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
		guest(any(insns[i].insn), 0);
		check(insns[i].what, one('V', c_any) && (hits[0].srr1 & MSR_GS));
	}
	mtspr(SPR_EPCR, DGTMI);
	args[0] = EA;
	guest(any(0x7c605824), 0);		/* tlbilx 3, 0, r11 */
	check("tlbilx is the hypervisor's if EPCR[DGTMI] is set", one('V', c_any));
	mtspr(SPR_EPCR, 0);
	guest(any(0x7c605824), 0);
	check("else it is not", through(c_any, 3));
}

static void ring_ipi(void)
{
	*MPIC_IPIDR0 = 1;
}

static void directed_one(u32 bit, u32 kind, const u32 *code, const u32 *pc, u32 esr, u32 dear,
			 const char *const what[4])
{
	mtspr(SPR_GDEAR, 0x7770);
	mtspr(SPR_GESR, 0x10);
	guest(code, MSR_CE | MSR_DE | MSR_RI);
	check(what[0], one(kind, pc) && hits[0].esr == esr && (!dear || hits[0].dear == dear) &&
	      (hits[0].srr1 & MSR_GS) && !(hits[0].msr & MSR_GS) &&
	      mfspr(SPR_GDEAR) == 0x7770 && mfspr(SPR_GESR) == 0x10);

	mtspr(SPR_EPCR, bit);
	mtspr(SPR_DEAR, 0x6660);
	mtspr(SPR_ESR, 0x20);
	guest(code, MSR_CE | MSR_DE | MSR_RI);
	check(what[1], one(G(kind), pc) && hits[0].esr == esr && (!dear || hits[0].dear == dear) &&
	      mfspr(SPR_DEAR) == 0x6660 && mfspr(SPR_ESR) == 0x20);
	check(what[2], nr_hits == 1 && hits[0].srr1 == (MSR_GS | MSR_ME | MSR_CE | MSR_DE | MSR_RI) &&
	      hits[0].msr == hits[0].srr1);
	mtspr(SPR_EPCR, ~bit & (EXTGS | DTLBGS | ITLBGS | DSIGS | ISIGS));
	guest(code, 0);
	check(what[3], one(kind, pc));
	mtspr(SPR_EPCR, 0);
}

static void directed(void)
{
	static const char *const dsi[4] = {
		"a data storage interrupt is the hypervisor's", "EPCR[DSIGS]: it is the guest's",
		"in guest state, CE, DE, ME and RI unchanged", "no other bit does that",
	}, *const isi[4] = {
		"an instruction storage interrupt is the hypervisor's", "EPCR[ISIGS]: it is the guest's",
		"in guest state, CE, DE, ME and RI unchanged", "no other bit does that",
	}, *const dtlb[4] = {
		"a data TLB error is the hypervisor's", "EPCR[DTLBGS]: it is the guest's",
		"in guest state, CE, DE, ME and RI unchanged", "no other bit does that",
	}, *const itlb[4] = {
		"an instruction TLB error is the hypervisor's", "EPCR[ITLBGS]: it is the guest's",
		"in guest state, CE, DE, ME and RI unchanged", "no other bit does that",
	};

	reset();
	tlb(8, V | SIZE_4K, EA, page_a, READ, TGS);
	args[0] = EA;
	directed_one(DSIGS, 'D', c_store, c_store, ESR_ST, EA, dsi);
	args[0] = EA_NONE;
	directed_one(DTLBGS, 'd', c_store, c_store, ESR_ST, EA_NONE, dtlb);
	tlb(8, V | SIZE_4K, EA, page_a, NOEXEC, TGS);
	args[0] = EA;
	directed_one(ISIGS, 'I', c_jump, (u32 *)EA, 0, 0, isi);
	args[0] = EA_NONE;
	directed_one(ITLBGS, 'i', c_jump, (u32 *)EA_NONE, 0, 0, itlb);

	mtspr(SPR_EPCR, DSIGS | ISIGS | DTLBGS | ITLBGS);
	tlb(8, V | SIZE_4K, EA, page_a, READ, 0);
	args[0] = EA;
	go(c_store, MSR_ME);
	check("what is the guest's is the hypervisor's in hypervisor state: data storage",
	      one('D', c_store));
	args[0] = EA_NONE;
	go(c_load, MSR_ME);
	check("data TLB error", one('d', c_load));
	go(c_jump, MSR_ME);
	check("instruction TLB error", one('i', (u32 *)EA_NONE));
	guest(any(0), 0);
	check("a program interrupt is never the guest's", one('P', c_any));
	guest(any(0x7fe00008), MSR_PR);				/* trap */
	check("a trap neither", one('P', c_any));

	reset();
	mtspr(SPR_GSRR0, 0x1230);
	mtspr(SPR_GSRR1, 0x4560);
	guest(c_ehpriv, 0);
	check("an interrupt of the hypervisor's leaves GSRR0 and GSRR1 alone",
	      mfspr(SPR_GSRR0) == 0x1230 && mfspr(SPR_GSRR1) == 0x4560);
	guest(c_sc, MSR_PR | MSR_EE);
	check("a system call is the guest's own", one(G('S'), c_sc + 2) &&
	      hits[0].srr1 == (MSR_GS | MSR_ME | MSR_PR | MSR_EE) &&
	      hits[0].msr == (MSR_GS | MSR_ME));
	if (mfspr(SPR_PVR) >> 16 == 0x8024) {
		mtspr(SPR_EPCR, GICM);
		guest(c_sc, 0);
		check("EPCR[GICM]: with MSR[CM] set", one(G('S'), c_sc + 2) &&
		      hits[0].msr == (MSR_CM | MSR_GS | MSR_ME));
		guest(c_ehpriv, 0);
		check("but not the hypervisor's", one('V', c_ehpriv) && !(hits[0].msr & MSR_CM));
	}
}

static void external(void)
{
	reset();
	ring_ipi();
	guest(c_plain, 0);
	check("an external input is the hypervisor's, which a guest's EE = 0 does not disable",
	      one('E', c_plain) && (hits[0].srr1 & MSR_GS));
	ring_ipi();
	go(c_plain, MSR_ME);
	check("its own EE = 0 does", through(c_plain, 3));
	go(c_plain, MSR_ME | MSR_EE);
	check("and EE = 1 enables it", one('E', c_plain));

	mtspr(SPR_EPCR, EXTGS);
	ring_ipi();
	guest(c_plain, 0);
	check("EPCR[EXTGS]: the guest disables it with EE = 0", through(c_plain, 3));
	go(c_plain, MSR_ME | MSR_EE);
	check("EPCR[EXTGS]: it does not interrupt the hypervisor", through(c_plain, 3));
	args[0] = MSR_ME | MSR_EE;
	guest(c_mtmsr, 0);
	check("EPCR[EXTGS]: it comes when the guest sets EE, and is its own",
	      one(G('E'), c_mtmsr + 2));
	ring_ipi();
	args[0] = 0;
	go(any(MTSPR(SPR_EPCR)), MSR_ME | MSR_EE);
	check("it comes when the hypervisor clears EPCR[EXTGS]", one('E', c_any + 1));

	proxy = 1;
	*MPIC_GCR = MPIC_PROXY;
	mtspr(SPR_GEPR, 0x111);
	ring_ipi();
	guest(c_plain, 0);
	check("external proxy: the vector is in EPR", one('E', c_plain) &&
	      hits[0].epr == IPI_VECTOR && mfspr(SPR_GEPR) == 0x111);
	ring_ipi();
	mtspr(SPR_EPCR, EXTGS);
	guest(c_plain, MSR_EE);
	check("in GEPR, if it is the guest's", one(G('E'), c_plain) &&
	      mfspr(SPR_GEPR) == IPI_VECTOR);
	*MPIC_GCR = 0;
	proxy = 0;
}

static void wait_tsr(u32 bit)
{
	while (!(mfspr(SPR_TSR) & bit))
		;
}

/* of the timers the decrementer is the one that the emulator has running */
static void masks(void)
{
	reset();
	mtspr(SPR_TCR, 0x04000000);		/* DIE */
	mtspr(SPR_DEC, 1);
	wait_tsr(0x08000000);
	go(c_plain, MSR_ME);
	check("a decrementer interrupt waits for the hypervisor's EE", through(c_plain, 3));
	guest(c_plain, 0);
	check("not for a guest's", one('T', c_plain) && (hits[0].srr1 & MSR_GS));
	reset();

	args[0] = DBELL | mfspr(SPR_PIR);
	asm volatile("msgsnd %0" : : "r" (args[0]) : "memory");
	go(c_plain, MSR_ME);
	check("a doorbell waits for the hypervisor's EE", through(c_plain, 3));
	guest(c_plain, 0);
	check("not for a guest's", one('b', c_plain));
	args[0] = DBELL_CRIT | mfspr(SPR_PIR);
	asm volatile("msgsnd %0" : : "r" (args[0]) : "memory");
	go(c_plain, MSR_ME | MSR_EE);
	check("a critical doorbell waits for the hypervisor's CE", through(c_plain, 3));
	guest(c_plain, MSR_EE | MSR_CE | MSR_DE | MSR_RI);
	check("not for a guest's", one('c', c_plain));
	check("and clears CE, not ME, DE and RI", hits[0].msr == (MSR_ME | MSR_DE | MSR_RI));
	asm volatile("msgsnd %0" : : "r" (args[0]) : "memory");
	guest(c_plain, 0);
	check("whose CE = 0 does not disable it", one('c', c_plain));
}

static u32 guest_word(u32 ea)
{
	args[0] = ea;
	guest(c_load, 0);
	return through(c_load, 2) ? last.r[9] : 0;
}

static u32 own_word(u32 ea)
{
	args[0] = ea;
	go(c_load, MSR_ME);
	return through(c_load, 2) ? last.r[9] : 0;
}

static void spaces(void)
{
	page_a[0] = 0xaaaa;
	page_b[0] = 0xbbbb;
	reset();
	tlb(8, V | SIZE_4K, EA, page_a, RWX, 0);
	check("a guest does not see the hypervisor's pages",
	      own_word(EA) == 0xaaaa && !guest_word(EA) && one('d', c_load));
	tlb(9, V | SIZE_4K, EA, page_b, RWX, TGS);
	check("TGS tells two entries apart", guest_word(EA) == 0xbbbb && own_word(EA) == 0xaaaa);
	tlb(8, 0, EA, page_a, RWX, 0);
	check("nor the hypervisor a guest's", !own_word(EA) && one('d', c_load));

	reset();
	mtspr(SPR_LPIDR, 1);
	tlb(8, V | SIZE_4K, EA, page_a, RWX, TGS | 1);
	tlb(9, V | SIZE_4K, EA, page_b, RWX, TGS | 2);
	check("TLPID tells two entries apart", guest_word(EA) == 0xaaaa);
	mtspr(SPR_LPIDR, 2);
	check("the other one", guest_word(EA) == 0xbbbb);
	mtspr(SPR_LPIDR, 3);
	check("a third guest sees neither", !guest_word(EA) && one('d', c_load));
	tlb(10, V | SIZE_4K, EA, page_a, RWX, TGS);
	check("TLPID 0 is for all", guest_word(EA) == 0xaaaa);
	tlb(10, 0, EA, page_a, RWX, TGS);
	tlb(8, V | SIZE_4K, EA, page_a, RWX, 1);
	mtspr(SPR_LPIDR, 1);
	check("TLPID counts in hypervisor state", own_word(EA) == 0xaaaa);
	mtspr(SPR_LPIDR, 2);
	check("as in guest state", !own_word(EA) && one('d', c_load));
	mtspr(SPR_LPIDR, 0xffffffff);
	check("LPIDR has as many bits as MMUCFG says",
	      mfspr(SPR_LPIDR) == (1u << (mfspr(SPR_MMUCFG) >> 24 & 15)) - 1);
}

static u32 search(u32 mas5)
{
	mtspr(SPR_MAS5, mas5);
	mtspr(SPR_MAS6, 0);
	asm volatile("tlbsx 0, %0; isync" : : "r" (EA) : "memory");
	mtspr(SPR_MAS5, 0);
	return mfspr(SPR_MAS1) & V ? mfspr(SPR_MAS0) >> 16 & 0x3f : 0;
}

static void two_guests(void)
{
	reset();
	tlb(8, V | SIZE_4K, EA, page_a, RWX, TGS | 1);
	tlb(9, V | SIZE_4K, EA, page_b, RWX, TGS | 2);
	tlb(10, V | SIZE_4K, EA, page_b, RWX, 1);
}

static u32 left(void)
{
	return (tlb_valid(8) ? 1 : 0) + (tlb_valid(9) ? 2 : 0) + (tlb_valid(10) ? 4 : 0);
}

static void manage(void)
{
	u32 found;

	two_guests();
	mtspr(SPR_MAS0, 0x10000000u | 9 << 16);
	mtspr(SPR_MAS8, 0);
	asm volatile("isync; tlbre; isync" : : : "memory");
	check("tlbre puts TGS and TLPID into MAS8", mfspr(SPR_MAS8) == (TGS | 2));
	found = search(TGS | 1);
	check("tlbsx finds by MAS5[SLPID]", found == 8 && mfspr(SPR_MAS8) == (TGS | 1));
	found = search(TGS | 2);
	check("the other one", found == 9 && mfspr(SPR_MAS8) == (TGS | 2));
	found = search(1);
	check("and by MAS5[SGS]", found == 10 && mfspr(SPR_MAS8) == 1);
	check("not what is a third one's", search(TGS | 3) == 0);

	mtspr(SPR_MAS5, TGS | 1);
	asm volatile(".long 0x7c000024" : : : "memory");		/* tlbilx 0 */
	check("tlbilx of a partition is about MAS5[SLPID]", left() == 2);
	two_guests();
	mtspr(SPR_MAS5, 2);
	mtspr(SPR_MAS6, 0);
	asm volatile(".long 0x7c200024" : : : "memory");		/* tlbilx 1 */
	check("tlbilx of a PID too", left() == 5);
	two_guests();
	mtspr(SPR_MAS5, TGS | 1);
	mtspr(SPR_MAS6, 0);
	asm volatile("mr %%r11, %0; .long 0x7c605824" : : "r" (EA) : "r11", "memory");
	check("tlbilx of an address is about MAS5[SGS] as well", left() == 6);
	two_guests();
	mtspr(SPR_MAS5, TGS | 1);
	asm volatile("tlbivax 0, %0" : : "r" (EA | 8) : "memory");
	check("and tlbivax", left() == 6);
	two_guests();
	tlb(11, V | SIZE_4K, EA + 0x1000, page_a, RWX, TGS);
	mtspr(SPR_MAS5, TGS | 1);
	asm volatile(".long 0x7c000024" : : : "memory");
	check("what is all partitions' they leave alone", tlb_valid(11) && left() == 2);
	two_guests();
	mtspr(SPR_MAS5, 2);
	mtspr(SPR_LPIDR, 1);
	args[0] = EA;
	guest(any(0x7c605824), 0);
	check("a guest's tlbilx is about the guest's own", through(c_any, 3) && left() == 6);
}

static void faults(void)
{
	u32 mas0, mas1, mas2;

	reset();
	tlb(8, V | SIZE_4K, EA, page_a, RWX, TGS | VF);
	mtspr(SPR_EPCR, DSIGS);
	args[0] = EA;
	guest(c_load, 0);
	check("VF: a load is a data storage interrupt, and the hypervisor's", one('D', c_load) &&
	      hits[0].esr == 0 && hits[0].dear == EA && !(hits[0].msr & MSR_GS));
	guest(c_store, 0);
	check("a store too", one('D', c_store) && hits[0].esr == ESR_ST);
	tlb(8, V | SIZE_4K, EA, (void *)((u32)c_plain & ~0xfffu), RWX, TGS | VF);
	args[0] = EA | ((u32)c_plain & 0xfff);
	guest(c_jump, 0);
	check("not an instruction fetch", one('H', (u32 *)args[0] + 3));
	tlb(8, V | SIZE_4K, EA, page_a, READ, TGS);
	args[0] = EA;
	guest(c_store, 0);
	check("and without VF the guest's interrupt is the guest's", one(G('D'), c_store));

	reset();
	mtspr(SPR_MAS4, 0);
	mtspr(SPR_MAS5, TGS | 5);
	mtspr(SPR_MAS8, TGS | 6);
	mtspr(SPR_MAS2, 0x70000000);
	args[0] = EA_NONE;
	guest(c_load, 0);
	check("a TLB error sets up the MAS registers", one('d', c_load) &&
	      mfspr(SPR_MAS2) == EA_NONE);
	check("but MAS5 and MAS8", mfspr(SPR_MAS5) == (TGS | 5) && mfspr(SPR_MAS8) == (TGS | 6));
	mtspr(SPR_EPCR, DMIUH);
	mtspr(SPR_MAS0, 0x10030000);
	mtspr(SPR_MAS1, 0x00770000);
	mtspr(SPR_MAS2, 0x70000000);
	mas0 = mfspr(SPR_MAS0);
	mas1 = mfspr(SPR_MAS1);
	mas2 = mfspr(SPR_MAS2);
	guest(c_load, 0);
	check("EPCR[DMIUH]: not for the hypervisor", one('d', c_load) && mfspr(SPR_MAS0) == mas0 &&
	      mfspr(SPR_MAS1) == mas1 && mfspr(SPR_MAS2) == mas2);
	mtspr(SPR_EPCR, DMIUH | DTLBGS);
	guest(c_load, 0);
	check("EPCR[DMIUH]: for a guest's own", one(G('d'), c_load) && mfspr(SPR_MAS2) == EA_NONE);
	reset();
}

static void external_pid(void)
{
	page_a[0] = 0xaaaa;
	page_b[0] = 0xbbbb;
	reset();
	tlb(8, V | SIZE_4K, EA, page_a, RWX, 0);
	tlb(9, V | SIZE_4K, EA, page_b, RWX, TGS | 2);
	args[0] = EA;
	mtspr(SPR_EPLC, EPR_EGS | EPR_LPID(2));
	go(c_lwepx, MSR_ME);
	check("a load by external PID is by EGS and ELPID", through(c_lwepx, 2) &&
	      last.r[9] == 0xbbbb);
	mtspr(SPR_EPLC, EPR_EGS | EPR_LPID(3));
	go(c_lwepx, MSR_ME);
	check("another guest's page it misses", one('d', c_lwepx));
	mtspr(SPR_EPLC, 0);
	go(c_lwepx, MSR_ME);
	check("without EGS it is the hypervisor's own", through(c_lwepx, 2) && last.r[9] == 0xaaaa);
	mtspr(SPR_EPSC, EPR_EGS | EPR_LPID(2));
	go(c_stwepx, MSR_ME);
	check("a store as well", through(c_stwepx, 2) && page_b[0] == 0x55 && page_a[0] == 0xaaaa);
	mtspr(SPR_EPLC, EPR_EGS | EPR_LPID(2));
	args[0] = EPR_PR | EPR_LPID(5) | 7;
	guest(any(MTSPR(SPR_EPLC)), 0);
	check("a guest cannot change EGS and ELPID of EPLC", through(c_any, 3) &&
	      mfspr(SPR_EPLC) == (EPR_PR | EPR_EGS | EPR_LPID(2) | 7));
	guest(any(MTSPR(SPR_EPSC)), 0);
	check("nor of EPSC", through(c_any, 3) &&
	      mfspr(SPR_EPSC) == (EPR_PR | EPR_EGS | EPR_LPID(2) | 7));
	reset();
}

static void send(u32 message)
{
	asm volatile("msgsnd %0" : : "r" (message) : "memory");
}

static void forget(u32 message)
{
	asm volatile("msgclr %0" : : "r" (message) : "memory");
}

static void doorbells(void)
{
	const u32 lpid = 4, pir = 9;
	u32 to = LPIDTAG(lpid) | pir;

	reset();
	mtspr(SPR_LPIDR, lpid);
	mtspr(SPR_GPIR, pir);

	send(G_DBELL | to);
	go(c_plain, MSR_ME | MSR_EE | MSR_CE);
	check("a guest doorbell does not interrupt the hypervisor", through(c_plain, 3));
	guest(c_plain, MSR_CE);
	check("it waits for the guest's EE", through(c_plain, 3));
	mtspr(SPR_GSRR0, 0);
	mtspr(SPR_GSRR1, 0);
	args[0] = MSR_ME | MSR_EE | MSR_CE | MSR_RI;
	guest(c_mtmsr, 0);
	check("comes then, saves to GSRR0 and GSRR1, but interrupts to the hypervisor",
	      one('g', c_mtmsr + 2) && hits[0].srr1 == (MSR_GS | args[0]) &&
	      hits[0].msr == (MSR_ME | MSR_CE | MSR_RI));
	guest(c_plain, MSR_EE);
	check("once", through(c_plain, 3));

	send(G_DBELL_CRIT | to);
	guest(c_plain, MSR_EE);
	check("a guest critical doorbell waits for CE", through(c_plain, 3));
	guest(c_plain, MSR_CE | MSR_DE);
	check("and is critical", one('G', c_plain) && hits[0].msr == (MSR_ME | MSR_DE));
	send(G_DBELL_MC | to);
	go(c_plain, MSR_GS | MSR_EE | MSR_CE);
	check("a guest machine check doorbell waits for ME", through(c_plain, 3));
	guest(c_plain, 0);
	check("and is critical", one('G', c_plain));

	send(G_DBELL | LPIDTAG(lpid + 1) | pir);
	guest(c_plain, MSR_EE);
	check("another partition's is not accepted", through(c_plain, 3));
	send(G_DBELL | LPIDTAG(lpid) | (pir + 1));
	guest(c_plain, MSR_EE);
	check("another CPU's neither", through(c_plain, 3));
	send(G_DBELL | LPIDTAG(lpid) | mfspr(SPR_PIR));
	guest(c_plain, MSR_EE);
	check("it goes by GPIR, not PIR", through(c_plain, 3));
	send(G_DBELL | BROADCAST | LPIDTAG(lpid));
	guest(c_plain, MSR_EE);
	check("one to all CPUs of the partition is", one('g', c_plain));
	send(G_DBELL | BROADCAST | LPIDTAG(lpid + 1));
	guest(c_plain, MSR_EE);
	check("one to all of another one is not", through(c_plain, 3));
	send(G_DBELL | to);
	forget(G_DBELL | to);
	guest(c_plain, MSR_EE);
	check("msgclr takes it back", through(c_plain, 3));
	mtspr(SPR_LPIDR, 0);
	send(DBELL | LPIDTAG(lpid) | mfspr(SPR_PIR));
	guest(c_plain, 0);
	check("a doorbell of the hypervisor's is by PIR alone", one('b', c_plain));
	reset();
}

static void arm(u32 dbcr0, u32 iac, u32 dac)
{
	mtspr(SPR_DBSR, 0xffffffff);
	mtspr(SPR_DBCR1, 0);
	mtspr(SPR_DBCR2, 0);
	mtspr(SPR_IAC1, iac);
	mtspr(SPR_DAC1, dac);
	mtspr(SPR_DBCR0, dbcr0);
}

static void debug_one(u32 dbcr0, const u32 *code, const u32 *pc, u32 msr)
{
	args[0] = (u32)data;
	arm(IDM | dbcr0, (u32)pc, (u32)data);
	go(code, MSR_ME | MSR_DE | msr);
	mtspr(SPR_DBCR0, 0);
}

static void debug(void)
{
	u32 dbsr;

	reset();
	debug_one(IAC(1), c_plain, c_plain + 1, 0);
	check("IAC in hypervisor state", one('B', c_plain + 1));
	mtspr(SPR_EPCR, DUVD);
	debug_one(IAC(1), c_plain, c_plain + 1, 0);
	dbsr = mfspr(SPR_DBSR) & EVENTS;
	check("EPCR[DUVD]: not any more, and no bit in the DBSR", through(c_plain, 3) && !dbsr);
	debug_one(IAC(1), c_plain, c_plain + 1, MSR_GS);
	check("in guest state", one('B', c_plain + 1));
	check("interrupting the hypervisor, CE and DE clear, ME kept", hits[0].msr == MSR_ME);
	debug_one(IAC(1), c_plain, c_plain + 1, MSR_GS | MSR_PR);
	check("and its user's", one('B', c_plain + 1));
	debug_one(IAC(1), c_plain, c_plain + 1, MSR_PR);
	check("and the hypervisor's user's", one('B', c_plain + 1));
	debug_one(DACR(1), c_load, 0, 0);
	check("EPCR[DUVD]: DAC not in hypervisor state", through(c_load, 2));
	debug_one(DACR(1), c_load, 0, MSR_GS);
	check("but in guest state", one('B', c_load));
	debug_one(ICMP, c_plain, 0, 0);
	check("EPCR[DUVD]: ICMP not in hypervisor state", through(c_plain, 3));
	debug_one(ICMP, c_plain, 0, MSR_GS);
	check("but in guest state", one('B', c_plain + 1));
	debug_one(BRT, c_jump, 0, 0);
	check("EPCR[DUVD]: BRT not in hypervisor state", nr_hits == 1 && hits[0].kind != 'B');
	debug_one(BRT, c_jump, 0, MSR_GS);
	check("but in guest state", one('B', c_jump + 1));

	/* the interrupt leaves DE set: what is armed is armed in the hypervisor's handler */
	debug_one(IAC(1), c_ehpriv, vec_hypervisor, MSR_GS);
	check("EPCR[DUVD]: IAC not in the hypervisor's handler", one('V', c_ehpriv));
	debug_one(IRPT, c_ehpriv, 0, MSR_GS);
	dbsr = mfspr(SPR_DBSR) & EVENTS;
	check("EPCR[DUVD]: nor an interrupt taken event on the way there", one('V', c_ehpriv) &&
	      !dbsr);
	debug_one(IRPT, c_sc, 0, MSR_GS);
	check("but on the way to a guest's", one('B', guest_sc));
	mtspr(SPR_EPCR, 0);
	debug_one(IAC(1), c_ehpriv, vec_hypervisor, MSR_GS);
	check("else both are there: IAC", one('B', vec_hypervisor));
	debug_one(IRPT, c_ehpriv, 0, MSR_GS);
	check("and interrupt taken", one('B', vec_hypervisor));
	reset();
}

/* What the CPU holds must survive a move to another emulator; the script does that meanwhile */
static void move(void)
{
	volatile u8 *lsr = (volatile u8 *)0xe0004505u, *rbr = (volatile u8 *)0xe0004500u;

	page_a[0] = 0xaaaa;
	reset();
	mtspr(SPR_LPIDR, 4);
	mtspr(SPR_GPIR, 9);
	mtspr(SPR_GSPRG0, 0x777);
	tlb(8, V | SIZE_4K, EA, page_a, RWX, TGS | 4);
	send(G_DBELL | LPIDTAG(4) | 9);
	print("# move me\n");
	while (!(*lsr & 1))
		;
	(void)*rbr;
	guest(c_plain, MSR_EE);
	check("a doorbell is still there", one('g', c_plain));
	guest(any(MFSPR(SPR_SPRG0)), 0);
	check("and the guest's registers", through(c_any, 3) && last.r[9] == 0x777);
	check("and its TLB entries", guest_word(EA) == 0xaaaa);
	mtspr(SPR_LPIDR, 5);
	check("its alone", !guest_word(EA) && one('d', c_load));
	guest(c_sc, 0);
	check("and its interrupt vectors", one(G('S'), c_sc + 2));
	reset();
}

static void set_vectors(void)
{
	mtspr(SPR_IVPR, (u32)vectors);
	IVOR(0, vec_critical);
	IVOR(1, vec_mcheck);
	IVOR(2, vec_dsi);
	IVOR(3, vec_isi);
	IVOR(4, vec_external);
	IVOR(5, vec_other);
	IVOR(6, vec_program);
	IVOR(7, vec_other);
	IVOR(8, vec_sc);
	IVOR(9, vec_other);
	IVOR(10, vec_decrementer);
	IVOR(11, vec_fit);
	IVOR(12, vec_watchdog);
	IVOR(13, vec_dtlb);
	IVOR(14, vec_itlb);
	IVOR(15, vec_debug);
	mtspr(SPR_IVOR36, (u32)vec_doorbell & 0xfff0);
	mtspr(SPR_IVOR36 + 1, (u32)vec_doorbell_critical & 0xfff0);
	mtspr(SPR_IVOR38, (u32)vec_guest_doorbell & 0xfff0);
	mtspr(SPR_IVOR38 + 1, (u32)vec_guest_doorbell_critical & 0xfff0);
	mtspr(SPR_IVOR38 + 2, (u32)vec_hcall & 0xfff0);
	mtspr(SPR_IVOR38 + 3, (u32)vec_hypervisor & 0xfff0);
	mtspr(SPR_GIVPR, (u32)guest_vectors);
	mtspr(SPR_GIVOR2, (u32)guest_dsi & 0xfff0);
	mtspr(SPR_GIVOR3, (u32)guest_isi & 0xfff0);
	mtspr(SPR_GIVOR4, (u32)guest_external & 0xfff0);
	mtspr(SPR_GIVOR8, (u32)guest_sc & 0xfff0);
	mtspr(SPR_GIVOR13, (u32)guest_dtlb & 0xfff0);
	mtspr(SPR_GIVOR14, (u32)guest_itlb & 0xfff0);
}

int main(void)
{
	map_devices();
	print("# PVR ");
	print_hex(mfspr(SPR_PVR));
	print("\n");
	set_vectors();
	/* the guest has the memory where the hypervisor has it */
	tlb(7, V | IPROT | SIZE_256M, 0, 0, RWX, TGS);
	*MPIC_CTPR = 0;
	*MPIC_IPIVPR0 = 0xf << 16 | IPI_VECTOR;

	states();
	protection();
	remapped();
	sprs();
	instructions();
	directed();
	external();
	masks();
	spaces();
	manage();
	faults();
	external_pid();
	doorbells();
	debug();
	move();

	plan();
	quit();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest debugging on BookE, for userspace and for the guest itself.
 *
 * Bit layouts: DBCR0-2 and DBSR as in the e500 core family reference manual,
 * "Debug registers", and in asm/reg_booke.h.
 */

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include <asm/kvm_ppc.h>
#include <asm/sstep.h>
#include <asm/switch_to.h>
#include <asm/time.h>

#include "booke.h"
#include "booke_debug.h"
#include "timing.h"

#define CREATE_TRACE_POINTS
#include "trace_booke_debug.h"

#define DEBUG_INJECT	(KVM_GUESTDBG_INJECT_DB | KVM_GUESTDBG_INJECT_BP)

static bool debug_armed(const struct debug_reg *regs)
{
	return regs->dbcr0 & DBCR0_IDM;
}

static ulong *debug_address_reg(struct debug_reg *regs, int sprn)
{
	switch (sprn) {
	case SPRN_IAC1:
		return &regs->iac1;
	case SPRN_IAC2:
		return &regs->iac2;
#if CONFIG_PPC_ADV_DEBUG_IACS > 2
	case SPRN_IAC3:
		return &regs->iac3;
	case SPRN_IAC4:
		return &regs->iac4;
#endif
	case SPRN_DAC1:
		return &regs->dac1;
	case SPRN_DAC2:
		return &regs->dac2;
	default:
		return NULL;
	}
}

static int debug_program_breakpoint(struct debug_reg *regs, u64 addr, u32 n)
{
	static const struct {
		u32 dbcr0;
		int sprn;
	} slot[] = {
		{ DBCR0_IAC1, SPRN_IAC1 },
		{ DBCR0_IAC2, SPRN_IAC2 },
#if CONFIG_PPC_ADV_DEBUG_IACS > 2
		{ DBCR0_IAC3, SPRN_IAC3 },
		{ DBCR0_IAC4, SPRN_IAC4 },
#endif
	};

	if (n >= ARRAY_SIZE(slot) || addr & 3)
		return -EINVAL;

	regs->dbcr0 |= DBCR0_IDM | slot[n].dbcr0;
	*debug_address_reg(regs, slot[n].sprn) = addr;
	return 0;
}

static int debug_program_watchpoint(struct debug_reg *regs, u64 addr, u32 type,
				    u32 n)
{
	static const struct {
		u32 read, write;
		int sprn;
	} slot[] = {
		{ DBCR0_DAC1R, DBCR0_DAC1W, SPRN_DAC1 },
		{ DBCR0_DAC2R, DBCR0_DAC2W, SPRN_DAC2 },
	};

	if (n >= ARRAY_SIZE(slot))
		return -EINVAL;

	regs->dbcr0 |= DBCR0_IDM;
	if (type & KVMPPC_DEBUG_WATCH_READ)
		regs->dbcr0 |= slot[n].read;
	if (type & KVMPPC_DEBUG_WATCH_WRITE)
		regs->dbcr0 |= slot[n].write;
	*debug_address_reg(regs, slot[n].sprn) = addr;
	return 0;
}

/**
 * kvmppc_debug_program - turn a KVM_SET_GUEST_DEBUG request into registers
 * @dbg: the request, looked at whole
 * @regs: set to what the hardware is to hold while the vCPU runs
 * @nr_bp: set to the number of hardware breakpoints found so far
 * @nr_wp: set to the number of watchpoints found so far
 *
 * Return: 0, or -EINVAL for an unknown control bit or type, an address that
 * the register cannot hold, or more of a kind than there are registers.
 */
int kvmppc_debug_program(const struct kvm_guest_debug *dbg,
			 struct debug_reg *regs, u32 *nr_bp, u32 *nr_wp)
{
	int i, r;

	memset(regs, 0, sizeof(*regs));
	kvmppc_debug_guest_only(regs);
	*nr_bp = 0;
	*nr_wp = 0;

	if (dbg->control & ~KVM_GUESTDBG_VALID_MASK)
		return -EINVAL;
	if (!(dbg->control & KVM_GUESTDBG_ENABLE))
		return 0;
	if (dbg->control & KVM_GUESTDBG_SINGLESTEP)
		regs->dbcr0 |= DBCR0_IDM | DBCR0_IC;
	if (!(dbg->control & KVM_GUESTDBG_USE_HW_BP))
		return 0;

	for (i = 0; i < ARRAY_SIZE(dbg->arch.bp); i++) {
		u64 addr = dbg->arch.bp[i].addr;
		u32 type = dbg->arch.bp[i].type;

		if (type == KVMPPC_DEBUG_NONE)
			continue;
		if (!IS_ENABLED(CONFIG_64BIT) && upper_32_bits(addr))
			return -EINVAL;

		if (type == KVMPPC_DEBUG_BREAKPOINT)
			r = debug_program_breakpoint(regs, addr, (*nr_bp)++);
		else if (!(type & ~(KVMPPC_DEBUG_WATCH_READ |
				    KVMPPC_DEBUG_WATCH_WRITE)))
			r = debug_program_watchpoint(regs, addr, type,
						     (*nr_wp)++);
		else
			r = -EINVAL;
		if (r)
			return r;
	}

	return 0;
}

/**
 * kvmppc_debug_contain - confine the guest's debug registers to guest state
 * @guest: what the guest has written
 * @msr: the guest's MSR
 * @hw: set to what the hardware may hold for it
 *
 * On PR whatever the guest asks for fires in user mode only, so that no
 * address it chooses can match in the host kernel; a comparator that the guest
 * wants in a mode it is not in is left out until it gets there. Trap events
 * know no mode, and MSR[DE] outlives an interrupt: the guest has none.
 */
void kvmppc_debug_contain(const struct debug_reg *guest, ulong msr,
			  struct debug_reg *hw)
{
	*hw = *guest;
	hw->dbcr0 &= KVMPPC_DEBUG_GUEST_DBCR0;
	if (!debug_armed(hw))
		hw->dbcr0 = 0;

	kvmppc_debug_confine(guest, msr, hw);
}

/**
 * kvmppc_debug_attribute - who asked for the events in a DBSR value
 * @dbsr: the debug status
 * @user_dbcr0: what userspace has armed, 0 while it does not debug
 * @guest_dbcr0: what the guest has armed, 0 while userspace has priority
 *
 * Return: userspace if it asked for any of them, else the guest likewise,
 * else nobody: a stray event.
 */
enum kvmppc_debug_origin kvmppc_debug_attribute(u32 dbsr, u32 user_dbcr0,
						u32 guest_dbcr0)
{
	u32 events = dbsr & KVMPPC_DEBUG_EVENTS;

	if ((user_dbcr0 & DBCR0_IDM) && (events & user_dbcr0))
		return KVMPPC_DEBUG_USER;
	if ((guest_dbcr0 & DBCR0_IDM) && (events & guest_dbcr0))
		return KVMPPC_DEBUG_GUEST;
	return KVMPPC_DEBUG_STRAY;
}

/**
 * kvmppc_debug_report - describe the events in a DBSR value to userspace
 * @dbsr: the debug status; every event in it is reported
 * @pc: where the guest is
 * @regs: the registers in force when they fired
 * @report: filled in
 *
 * The address is the pc where a breakpoint is among the events, as debuggers
 * look the breakpoint up by it, else that of the watchpoint that hit.
 */
void kvmppc_debug_report(u32 dbsr, ulong pc, const struct debug_reg *regs,
			 struct kvm_debug_exit_arch *report)
{
	static const struct {
		u32 dbsr, status, flags;
	} map[] = {
		{ DBSR_IC, 0, KVMPPC_DEBUG_EXIT_STEP },
		{ DBSR_BT, 0, KVMPPC_DEBUG_EXIT_BRANCH },
		{ DBSR_TIE, 0, KVMPPC_DEBUG_EXIT_TRAP },
		{ DBSR_IAC1, KVMPPC_DEBUG_BREAKPOINT, KVMPPC_DEBUG_EXIT_IAC(1) },
		{ DBSR_IAC2, KVMPPC_DEBUG_BREAKPOINT, KVMPPC_DEBUG_EXIT_IAC(2) },
		{ DBSR_IAC3, KVMPPC_DEBUG_BREAKPOINT, KVMPPC_DEBUG_EXIT_IAC(3) },
		{ DBSR_IAC4, KVMPPC_DEBUG_BREAKPOINT, KVMPPC_DEBUG_EXIT_IAC(4) },
		{ DBSR_DAC1R, KVMPPC_DEBUG_WATCH_READ, KVMPPC_DEBUG_EXIT_DAC(1) },
		{ DBSR_DAC1W, KVMPPC_DEBUG_WATCH_WRITE, KVMPPC_DEBUG_EXIT_DAC(1) },
		{ DBSR_DAC2R, KVMPPC_DEBUG_WATCH_READ, KVMPPC_DEBUG_EXIT_DAC(2) },
		{ DBSR_DAC2W, KVMPPC_DEBUG_WATCH_WRITE, KVMPPC_DEBUG_EXIT_DAC(2) },
	};
	int i;

	memset(report, 0, sizeof(*report));
	for (i = 0; i < ARRAY_SIZE(map); i++) {
		if (!(dbsr & map[i].dbsr))
			continue;
		report->status |= map[i].status;
		report->flags |= map[i].flags;
	}

	if (report->status & KVMPPC_DEBUG_BREAKPOINT)
		report->address = pc;
	else if (dbsr & (DBSR_DAC1R | DBSR_DAC1W))
		report->address = regs->dac1;
	else if (dbsr & (DBSR_DAC2R | DBSR_DAC2W))
		report->address = regs->dac2;
	else
		report->address = pc;
}

/* Does [ea, ea + size) hold, or with a range lie as asked to, DAC @n? */
static bool debug_dac_matches(const struct debug_reg *regs, int n, ulong ea,
			      int size)
{
	ulong dac = n == 1 ? regs->dac1 : regs->dac2;

	switch (regs->dbcr2 & DBCR2_DAC12MODE) {
	case 0:
		return dac - ea < size;
	case DBCR2_DAC12MM:
		return n == 1 && !((ea ^ dac) & regs->dac2);
	case DBCR2_DAC12M:
		return n == 1 && ea >= dac && ea < regs->dac2;
	default:
		return n == 1 && (ea < dac || ea >= regs->dac2);
	}
}

/**
 * kvmppc_debug_match_dac - which watchpoints would an access have hit
 * @regs: the registers in force
 * @ea: the effective address accessed
 * @size: how many bytes of it
 * @store: whether it writes
 *
 * For accesses that KVM does on the guest's behalf, which the hardware never
 * sees.
 *
 * Return: the DBSR bits that the hardware would have set.
 */
u32 kvmppc_debug_match_dac(const struct debug_reg *regs, ulong ea, int size,
			   bool store)
{
	u32 dbsr = 0;

	if (debug_dac_matches(regs, 1, ea, size))
		dbsr |= store ? DBSR_DAC1W : DBSR_DAC1R;
	if (debug_dac_matches(regs, 2, ea, size))
		dbsr |= store ? DBSR_DAC2W : DBSR_DAC2R;

	return debug_armed(regs) ? dbsr & regs->dbcr0 : 0;
}

/* Put registers into hardware.  Return: how many SPRs were written. */
static u32 debug_write(struct debug_reg *regs)
{
	/* Nothing else means anything then. */
	if (!debug_armed(regs)) {
		mtspr(SPRN_DBCR0, 0);
		return 1;
	}

	switch_booke_debug_regs(regs);
	return KVMPPC_DEBUG_NR_SPRS;
}

static noinline u32 debug_load_armed(struct kvm_vcpu *vcpu)
{
	u32 sprs;

	/* What is in hardware and what dbg_state says must change as one. */
	preempt_disable();
	sprs = debug_write(&vcpu->arch.shadow_dbg_reg);
	vcpu->arch.dbg_state = KVMPPC_DEBUG_LOADED;
	preempt_enable();

	return sprs;
}

/*
 * Put the shadow registers into hardware if they, or what is there now, are
 * armed.
 */
static __always_inline u32 debug_load(struct kvm_vcpu *vcpu)
{
	if (unlikely(debug_armed(&vcpu->arch.shadow_dbg_reg) ||
		     debug_armed(&current->thread.debug) ||
		     vcpu->arch.dbg_state == KVMPPC_DEBUG_LOADED))
		return debug_load_armed(vcpu);

	vcpu->arch.dbg_state = KVMPPC_DEBUG_SKIPPED;
	return 0;
}

/* Apart, so that the time read costs nothing where nobody wants it. */
static noinline void debug_load_traced(struct kvm_vcpu *vcpu)
{
	u64 start = mftb();
	u32 sprs = debug_load(vcpu);

	trace_kvm_booke_debug_switch(vcpu, &vcpu->arch.shadow_dbg_reg, 1, sprs,
				     mftb() - start);
}

static void debug_to_guest_context(struct kvm_vcpu *vcpu)
{
	if (trace_kvm_booke_debug_switch_enabled())
		debug_load_traced(vcpu);
	else
		debug_load(vcpu);
}

/* Tell of the events that the low-level code dropped in host context. */
static void debug_host_events(struct kvm_vcpu *vcpu)
{
	u32 count = kvmppc_debug_host_count(vcpu);
	u32 dbsr = vcpu->arch.dbg_host_dbsr;

	if (likely(!count))
		return;

	vcpu->arch.dbg_host_count = 0;
	vcpu->arch.dbg_host_dbsr = 0;
	/* MSR[DE] outlives an interrupt: these come with each while stepping. */
	if (!(dbsr & KVMPPC_DEBUG_EVENTS & ~(DBSR_IC | DBSR_BT)))
		return;
	trace_kvm_booke_debug_host(vcpu, vcpu->arch.dbg_host_pc, dbsr, count);
}

/**
 * kvmppc_debug_enter - KVM_RUN begins: bring the vCPU's debug context in force
 * @vcpu: the vCPU, about to be entered, interrupts hard-disabled
 *
 * Nothing is copied and no SPR touched where neither side has anything armed.
 */
void kvmppc_debug_enter(struct kvm_vcpu *vcpu)
{
	vcpu->arch.dbg_reported_flags = 0;
	vcpu->arch.dbg_de_rose = false;
	debug_to_guest_context(vcpu);
}

static noinline u32 debug_unload_armed(struct kvm_vcpu *vcpu)
{
	u32 sprs = 0;

	preempt_disable();
	/* Unless the guest has disarmed what it had armed meanwhile. */
	if (debug_armed(&vcpu->arch.shadow_dbg_reg) ||
	    debug_armed(&current->thread.debug))
		sprs = debug_write(&current->thread.debug);
	vcpu->arch.dbg_state = KVMPPC_DEBUG_OUTSIDE;
	preempt_enable();
	debug_host_events(vcpu);

	return sprs;
}

static __always_inline u32 debug_unload(struct kvm_vcpu *vcpu)
{
	if (unlikely(vcpu->arch.dbg_state == KVMPPC_DEBUG_LOADED))
		return debug_unload_armed(vcpu);

	vcpu->arch.dbg_state = KVMPPC_DEBUG_OUTSIDE;
	return 0;
}

static noinline void debug_unload_traced(struct kvm_vcpu *vcpu)
{
	u64 start = mftb();
	u32 sprs = debug_unload(vcpu);

	trace_kvm_booke_debug_switch(vcpu, &current->thread.debug, 0, sprs,
				     mftb() - start);
}

/**
 * kvmppc_debug_leave - KVM_RUN ends: give the thread its own context back
 * @vcpu: the vCPU that has just been left
 */
void kvmppc_debug_leave(struct kvm_vcpu *vcpu)
{
	if (trace_kvm_booke_debug_switch_enabled())
		debug_unload_traced(vcpu);
	else
		debug_unload(vcpu);
}

/**
 * kvmppc_debug_sched_in - a vCPU whose registers were loaded is back on a CPU
 * @vcpu: the vCPU
 */
void kvmppc_debug_sched_in(struct kvm_vcpu *vcpu)
{
	debug_write(&vcpu->arch.shadow_dbg_reg);
}

/**
 * kvmppc_debug_sched_out - a vCPU whose registers are loaded leaves the CPU
 * @vcpu: the vCPU
 *
 * What the next thread finds is what thread.debug says, as everywhere else.
 */
void kvmppc_debug_sched_out(struct kvm_vcpu *vcpu)
{
	debug_write(&current->thread.debug);
}

/**
 * kvmppc_debug_update - the guest's registers or mode changed
 * @vcpu: the vCPU
 *
 * Takes effect at once in a running guest, at the next KVM_RUN otherwise.
 */
void kvmppc_debug_update(struct kvm_vcpu *vcpu)
{
	struct debug_reg hw;

	if (vcpu->guest_debug)
		return;

	kvmppc_debug_contain(&vcpu->arch.dbg_reg, vcpu->arch.shared->msr, &hw);
	/*
	 * The interrupt that preempts this may return with the guest's MSR[DE]
	 * on: kvmppc_debug_sched_in() must not find new registers before that
	 * bit is off, nor any that are not contained.
	 */
	preempt_disable();
	vcpu->arch.shadow_dbg_reg = hw;
	if (vcpu->arch.dbg_state != KVMPPC_DEBUG_OUTSIDE)
		debug_to_guest_context(vcpu);
	preempt_enable();
}

/**
 * kvmppc_debug_sync_msr - bring MSR[DE] in force
 * @vcpu: the vCPU
 * @old_msr: the guest's MSR before this change
 *
 * Debug interrupts are on while userspace debugs, else as the guest wants.
 */
void kvmppc_debug_sync_msr(struct kvm_vcpu *vcpu, ulong old_msr)
{
	ulong msr = vcpu->arch.shared->msr;

	kvmppc_debug_force_de(vcpu, msr);

	if (likely(!debug_armed(&vcpu->arch.dbg_reg)))
		return;
	vcpu->arch.dbg_de_rose = msr & ~old_msr & MSR_DE;
	/* Some of the guest's comparators may be for one mode only. */
	if ((msr ^ old_msr) & (MSR_PR | MSR_IS | MSR_DS))
		kvmppc_debug_update(vcpu);
}

/* The guest's debug interrupt is level triggered: DBSR and DBCR0[IDM]. */
static void debug_requeue(struct kvm_vcpu *vcpu)
{
	if (debug_armed(&vcpu->arch.dbg_reg) &&
	    (vcpu->arch.dbsr & KVMPPC_DEBUG_EVENTS))
		kvmppc_core_queue_debug(vcpu);
	else
		kvmppc_core_dequeue_debug(vcpu);
}

static void debug_to_guest(struct kvm_vcpu *vcpu, u32 dbsr)
{
	bool enabled = vcpu->arch.shared->msr & MSR_DE;

	vcpu->arch.dbsr |= dbsr & KVMPPC_DEBUG_EVENTS;
	if (!enabled)
		vcpu->arch.dbsr |= DBSR_IDE;
	debug_requeue(vcpu);
	trace_kvm_booke_debug_inject(vcpu, vcpu->arch.dbsr,
				     vcpu->arch.dbg_reg.dbcr0);

	/* A trap that cannot be a debug event is the program interrupt. */
	if ((dbsr & DBSR_TIE) && !enabled)
		kvmppc_core_queue_program(vcpu, ESR_PTR);
}

/* Exit to userspace, telling it what happened and where it came from. */
static int debug_to_user(struct kvm_vcpu *vcpu, u32 dbsr,
			 enum kvmppc_debug_origin origin,
			 const struct kvm_debug_exit_arch *report)
{
	struct kvm_run *run = vcpu->run;
	u32 flags = report->flags;

	if (origin == KVMPPC_DEBUG_STRAY)
		flags |= KVMPPC_DEBUG_EXIT_STRAY;

	run->exit_reason = KVM_EXIT_DEBUG;
	run->debug.arch = *report;
	run->debug.arch.flags = flags;

	/* Not from kvm_run, which userspace can write to. */
	vcpu->arch.dbg_reported_dbsr = dbsr;
	vcpu->arch.dbg_reported_flags = flags;
	trace_kvm_booke_debug_exit(vcpu, vcpu->arch.regs.nip, dbsr,
				   report->address, origin, report->status,
				   flags);
	return RESUME_HOST;
}

static int debug_event(struct kvm_vcpu *vcpu, u32 dbsr)
{
	struct debug_reg *shadow = &vcpu->arch.shadow_dbg_reg;
	struct kvm_debug_exit_arch report;
	enum kvmppc_debug_origin origin;
	ulong pc = vcpu->arch.regs.nip;

	kvmppc_account_exit(vcpu, DEBUG_EXITS);

	/* Userspace has priority: the guest's are not armed while it debugs. */
	if (vcpu->guest_debug)
		origin = kvmppc_debug_attribute(dbsr, shadow->dbcr0, 0);
	else
		origin = kvmppc_debug_attribute(dbsr, 0,
						vcpu->arch.dbg_reg.dbcr0);
	kvmppc_debug_report(dbsr, pc, shadow, &report);

	if (origin == KVMPPC_DEBUG_GUEST) {
		trace_kvm_booke_debug_exit(vcpu, pc, dbsr, report.address,
					   origin, 0, report.flags);
		debug_to_guest(vcpu, dbsr);
		return RESUME_GUEST;
	}

	/*
	 * Late news of something that came while MSR[DE] was off, which it is
	 * not while userspace debugs: maybe of what another vCPU had armed.
	 */
	if ((dbsr & DBSR_IDE) || !(dbsr & KVMPPC_DEBUG_EVENTS)) {
		trace_kvm_booke_debug_exit(vcpu, pc, dbsr, pc, origin, 0, 0);
		return RESUME_GUEST;
	}

	return debug_to_user(vcpu, dbsr, origin, &report);
}

/**
 * kvmppc_debug_interrupt - the guest took a debug interrupt
 * @vcpu: the vCPU, its dbg_event the DBSR at that time
 *
 * Return: RESUME_GUEST for the guest's own events, else RESUME_HOST with
 * kvm_run filled in.
 */
int kvmppc_debug_interrupt(struct kvm_vcpu *vcpu)
{
	u32 dbsr = vcpu->arch.dbg_event & ~DBSR_MRR;

	vcpu->arch.dbg_event = 0;
	return debug_event(vcpu, dbsr);
}

/**
 * kvmppc_debug_sw_breakpoint - the guest ran into the breakpoint instruction
 * @vcpu: the vCPU, its pc at the instruction
 *
 * Return: RESUME_HOST with kvm_run filled in.
 */
int kvmppc_debug_sw_breakpoint(struct kvm_vcpu *vcpu)
{
	struct kvm_debug_exit_arch report = {
		.address = vcpu->arch.regs.nip,
		.flags = KVMPPC_DEBUG_EXIT_SW_BP,
	};
	bool asked = vcpu->guest_debug & KVM_GUESTDBG_USE_SW_BP;

	kvmppc_account_exit(vcpu, DEBUG_EXITS);
	return debug_to_user(vcpu, 0, asked ? KVMPPC_DEBUG_USER :
			     KVMPPC_DEBUG_STRAY, &report);
}

/*
 * Can a watchpoint hit an access that @ea is one byte of?  Whatever the access
 * is, lmw and stmw make the longest.
 */
static bool debug_dac_near(const struct debug_reg *regs, ulong ea)
{
	const ulong max = 32 * sizeof(u32);

	return regs->dbcr2 & DBCR2_DAC12MODE ||
	       regs->dac1 - ea + max < 2 * max ||
	       regs->dac2 - ea + max < 2 * max;
}

/**
 * kvmppc_debug_access - a load or store is about to be emulated
 * @vcpu: the vCPU, its pc at the instruction
 * @ea: an address that it accesses
 * @resume: set to a RESUME_* code if a watchpoint hits
 *
 * Return: whether a watchpoint hits, in which case the access is not to be
 * done: the event comes before it, as in hardware.
 */
bool kvmppc_debug_access(struct kvm_vcpu *vcpu, ulong ea, int *resume)
{
	struct instruction_op op;
	ppc_inst_t inst;
	u32 dbsr;

	if (!vcpu->guest_debug && !(vcpu->arch.shared->msr & MSR_DE))
		return false;
	if (!debug_dac_near(&vcpu->arch.shadow_dbg_reg, ea))
		return false;
	if (kvmppc_get_last_inst(vcpu, INST_GENERIC, &inst) != EMULATE_DONE)
		return false;

	vcpu->arch.regs.msr = kvmppc_get_msr(vcpu);
	if (analyse_instr(&op, &vcpu->arch.regs, inst) ||
	    !OP_IS_LOAD_STORE(op.type & INSTR_TYPE_MASK))
		return false;

	dbsr = kvmppc_debug_match_dac(&vcpu->arch.shadow_dbg_reg, op.ea,
				      max(GETSIZE(op.type), 1),
				      OP_IS_STORE(op.type & INSTR_TYPE_MASK));
	if (!dbsr)
		return false;

	*resume = debug_event(vcpu, dbsr);
	return true;
}

/**
 * kvmppc_debug_completed - an instruction was completed while stepping
 * @vcpu: the vCPU, its pc past the instruction
 *
 * For userspace the event is raised at the next attempt to enter the guest,
 * which may be after it has completed the instruction's MMIO.
 */
void kvmppc_debug_completed(struct kvm_vcpu *vcpu)
{
	/* A guest that steps itself gets no event for going back to it. */
	bool de_rose = vcpu->arch.dbg_de_rose;

	vcpu->arch.dbg_de_rose = false;

	/* Not completed: the interrupt it raised ends the step instead. */
	if (vcpu->arch.pending_exceptions & BOOKE_IRQMASK_SYNC)
		return;

	if (vcpu->guest_debug)
		kvm_make_request(KVM_REQ_DEBUG_EXIT, vcpu);
	else if ((vcpu->arch.shared->msr & MSR_DE) && !de_rose)
		debug_event(vcpu, DBSR_IC);
}

/**
 * kvmppc_debug_step_exit - carry out KVM_REQ_DEBUG_EXIT
 * @vcpu: the vCPU
 *
 * Return: whether to exit to userspace; kvm_run is filled in then.
 */
bool kvmppc_debug_step_exit(struct kvm_vcpu *vcpu)
{
	if (!(vcpu->guest_debug & KVM_GUESTDBG_SINGLESTEP))
		return false;

	return debug_event(vcpu, DBSR_IC) == RESUME_HOST;
}

/**
 * kvmppc_debug_emulate_mtspr - the guest writes one of its debug registers
 * @vcpu: the vCPU
 * @sprn: the register
 * @val: the value
 *
 * While userspace debugs the control and address registers take no writes, as
 * under an external debugger, which DBCR0[EDM] tells the guest of.
 *
 * Return: EMULATE_DONE, or EMULATE_FAIL if it is no debug register.
 */
int kvmppc_debug_emulate_mtspr(struct kvm_vcpu *vcpu, int sprn, ulong val)
{
	struct debug_reg *regs = &vcpu->arch.dbg_reg;
	ulong *addr;

	if (sprn == SPRN_DBSR) {
		vcpu->arch.dbsr &= ~val;
		debug_requeue(vcpu);
		return EMULATE_DONE;
	}

	addr = debug_address_reg(regs, sprn);
	if (!addr && sprn != SPRN_DBCR0 && sprn != SPRN_DBCR1 &&
	    sprn != SPRN_DBCR2)
		return EMULATE_FAIL;
	if (vcpu->guest_debug)
		return EMULATE_DONE;

	if (addr)
		*addr = val;
	else if (sprn == SPRN_DBCR0)
		regs->dbcr0 = val & KVMPPC_DEBUG_GUEST_DBCR0;
	else if (sprn == SPRN_DBCR1)
		regs->dbcr1 = val & KVMPPC_DEBUG_GUEST_DBCR1;
	else
		regs->dbcr2 = val & KVMPPC_DEBUG_GUEST_DBCR2;

	debug_requeue(vcpu);
	kvmppc_debug_update(vcpu);
	return EMULATE_DONE;
}

/**
 * kvmppc_debug_emulate_mfspr - the guest reads one of its debug registers
 * @vcpu: the vCPU
 * @sprn: the register
 * @val: set to what the guest last wrote, whoever debugs
 *
 * Return: EMULATE_DONE, or EMULATE_FAIL if it is no debug register.
 */
int kvmppc_debug_emulate_mfspr(struct kvm_vcpu *vcpu, int sprn, ulong *val)
{
	struct debug_reg *regs = &vcpu->arch.dbg_reg;
	ulong *addr;

	switch (sprn) {
	case SPRN_DBCR0:
		*val = regs->dbcr0;
		if (vcpu->guest_debug)
			*val |= DBCR0_EDM;
		return EMULATE_DONE;
	case SPRN_DBCR1:
		*val = regs->dbcr1;
		return EMULATE_DONE;
	case SPRN_DBCR2:
		*val = regs->dbcr2;
		return EMULATE_DONE;
	case SPRN_DBSR:
		*val = vcpu->arch.dbsr;
		return EMULATE_DONE;
	}

	addr = debug_address_reg(regs, sprn);
	if (!addr)
		return EMULATE_FAIL;
	*val = *addr;
	return EMULATE_DONE;
}

/* Can what userspace wants to hand to the guest be handed over? */
static int debug_may_inject(struct kvm_vcpu *vcpu, u32 control)
{
	u32 flags = vcpu->arch.dbg_reported_flags;

	if (control & KVM_GUESTDBG_INJECT_BP)
		return flags & KVMPPC_DEBUG_EXIT_SW_BP &&
		       !(control & KVM_GUESTDBG_INJECT_DB) ? 0 : -EINVAL;
	if (control & KVM_GUESTDBG_INJECT_DB)
		return flags & ~(KVMPPC_DEBUG_EXIT_SW_BP |
				 KVMPPC_DEBUG_EXIT_STRAY) ? 0 : -EINVAL;
	return 0;
}

/**
 * kvm_arch_vcpu_ioctl_set_guest_debug - KVM_SET_GUEST_DEBUG
 * @vcpu: the vCPU
 * @dbg: what userspace asks for, and what it hands back to the guest
 *
 * All or nothing: a request that is refused leaves the former one in force.
 *
 * Return: 0 or -EINVAL.
 */
int kvm_arch_vcpu_ioctl_set_guest_debug(struct kvm_vcpu *vcpu,
					struct kvm_guest_debug *dbg)
{
	struct debug_reg regs;
	u32 nr_bp, nr_wp;
	int r;

	vcpu_load(vcpu);

	r = kvmppc_debug_program(dbg, &regs, &nr_bp, &nr_wp);
	if (!r)
		r = debug_may_inject(vcpu, dbg->control);
	trace_kvm_booke_debug_set(vcpu, dbg->control, &regs, nr_bp, nr_wp, r);
	if (r)
		goto out;

	if (dbg->control & KVM_GUESTDBG_INJECT_DB)
		debug_to_guest(vcpu, vcpu->arch.dbg_reported_dbsr);
	if (dbg->control & KVM_GUESTDBG_INJECT_BP)
		kvmppc_core_queue_program(vcpu, ESR_PIL);
	if (dbg->control & DEBUG_INJECT)
		vcpu->arch.dbg_reported_flags = 0;

	vcpu->guest_debug = dbg->control & KVM_GUESTDBG_ENABLE ?
			    dbg->control & ~DEBUG_INJECT : 0;
	vcpu->arch.shadow_dbg_reg = regs;
	kvmppc_debug_update(vcpu);
	kvmppc_debug_control(vcpu);
	kvmppc_debug_sync_msr(vcpu, vcpu->arch.shared->msr);
out:
	vcpu_put(vcpu);
	return r;
}

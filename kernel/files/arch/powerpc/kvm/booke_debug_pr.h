/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest debugging where the guest is a user mode program (e500v2): what differs
 * from booke_debug_hv.h, which has the same functions.
 *
 * The hardware sees MSR[PR] set and address space 1 whatever the guest is in,
 * and a shadow of its MSR.
 */

#ifndef __KVM_BOOKE_DEBUG_PR_H__
#define __KVM_BOOKE_DEBUG_PR_H__

/* In user mode only: the host kernel is not. */
static inline void kvmppc_debug_guest_only(struct debug_reg *regs)
{
	regs->dbcr1 = DBCR1_IAC1US | DBCR1_IAC2US | DBCR1_IAC3US |
		      DBCR1_IAC4US;
	regs->dbcr2 = DBCR2_DAC1US | DBCR2_DAC2US;
}

/*
 * Would the comparator described by one user/supervisor field and one
 * effective/real field (both right-aligned) match in the guest's present mode?
 */
static inline bool kvmppc_debug_mode_matches(u32 us, u32 er, bool user,
					     bool as1)
{
	bool us_ok = us == 0 || us == (user ? 3 : 2);
	bool er_ok = er == 0 || er == (as1 ? 3 : 2);

	return us_ok && er_ok;
}

/*
 * The guest's own comparators: those that it wants in the mode it is in, for
 * user mode only.  Trap events know no mode.
 */
static inline void kvmppc_debug_confine(const struct debug_reg *guest,
					ulong msr, struct debug_reg *hw)
{
	/* Where in DBCR1 or DBCR2 a comparator's US and ER fields are. */
	static const struct {
		u32 enable;
		u8 dbcr2, us, er;
	} cmp[] = {
		{ DBCR0_IAC1, 0, 30, 28 },
		{ DBCR0_IAC2, 0, 26, 24 },
		{ DBCR0_IAC3, 0, 14, 12 },
		{ DBCR0_IAC4, 0, 10, 8 },
		{ DBCR0_DAC1R | DBCR0_DAC1W, 1, 30, 28 },
		{ DBCR0_DAC2R | DBCR0_DAC2W, 1, 26, 24 },
	};
	bool user = msr & MSR_PR;
	int i;

	for (i = 0; i < ARRAY_SIZE(cmp); i++) {
		u32 ctl = cmp[i].dbcr2 ? guest->dbcr2 : guest->dbcr1;
		bool as1 = msr & (cmp[i].dbcr2 ? MSR_DS : MSR_IS);

		if (!kvmppc_debug_mode_matches((ctl >> cmp[i].us) & 3,
					       (ctl >> cmp[i].er) & 3,
					       user, as1))
			hw->dbcr0 &= ~cmp[i].enable;
	}

	kvmppc_debug_guest_only(hw);
	hw->dbcr1 |= guest->dbcr1 & (DBCR1_IAC12MX | DBCR1_IAC34MX) &
		     KVMPPC_DEBUG_GUEST_DBCR1;
	hw->dbcr2 |= guest->dbcr2 & DBCR2_DAC12MODE;
	hw->dbcr0 &= ~DBCR0_TIE;
}

/* How many events the low-level code has dropped in host context. */
static inline u32 kvmppc_debug_host_count(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.dbg_host_count;
}

/* Debug interrupts are on while userspace debugs, else as the guest wants. */
static inline void kvmppc_debug_force_de(struct kvm_vcpu *vcpu, ulong msr)
{
	vcpu->arch.shadow_msr &= ~MSR_DE;
	if (vcpu->guest_debug)
		vcpu->arch.shadow_msr |= MSR_DE;
	else
		vcpu->arch.shadow_msr |= msr & MSR_DE;
}

/* What the guest may do with its MSR[DE] needs no control: KVM emulates it. */
static inline void kvmppc_debug_control(struct kvm_vcpu *vcpu)
{
}

#endif /* __KVM_BOOKE_DEBUG_PR_H__ */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest debugging where KVM is a hypervisor (e500mc and later): what differs
 * from booke_debug_pr.h, which has the same functions.
 *
 * The guest runs with MSR[GS] set and has MSR[PR] and MSR[DE] to itself, and
 * EPCR[DUVD] keeps debug events out of the hypervisor.
 */

#ifndef __KVM_BOOKE_DEBUG_HV_H__
#define __KVM_BOOKE_DEBUG_HV_H__

/* Userspace's comparators: in whatever mode the guest is. */
static inline void kvmppc_debug_guest_only(struct debug_reg *regs)
{
	regs->dbcr1 = 0;
	regs->dbcr2 = 0;
}

/* The guest's own comparators: in the modes that it wants. */
static inline void kvmppc_debug_confine(const struct debug_reg *guest,
					ulong msr, struct debug_reg *hw)
{
	hw->dbcr1 &= KVMPPC_DEBUG_GUEST_DBCR1;
	hw->dbcr2 &= KVMPPC_DEBUG_GUEST_DBCR2;
}

/* How many events were dropped in host context: there are none. */
static inline u32 kvmppc_debug_host_count(struct kvm_vcpu *vcpu)
{
	return 0;
}

/*
 * Debug interrupts are on while userspace debugs.  There is no shadow MSR;
 * MSRP[DEP] keeps the guest from clearing it.
 */
static inline void kvmppc_debug_force_de(struct kvm_vcpu *vcpu, ulong msr)
{
	if (vcpu->guest_debug)
		vcpu->arch.shared->msr |= MSR_DE;
}

/* With userspace debugging, keep the guest's hands off MSR[DE]. */
static inline void kvmppc_debug_control(struct kvm_vcpu *vcpu)
{
	if (vcpu->guest_debug)
		vcpu->arch.shadow_msrp |= MSRP_DEP;
	else
		vcpu->arch.shadow_msrp &= ~MSRP_DEP;
}

#endif /* __KVM_BOOKE_DEBUG_HV_H__ */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest debugging on BookE: who owns which debug register, and when.
 *
 * There are three owners.  The vCPU thread's own registers (it may itself be
 * debugged through ptrace) live in thread.debug, the guest's in
 * vcpu->arch.dbg_reg; what userspace asks for with KVM_SET_GUEST_DEBUG is
 * programmed into vcpu->arch.shadow_dbg_reg.  The shadow registers are what
 * the hardware holds while the vCPU runs: userspace's while it debugs, a
 * contained copy of the guest's otherwise.
 */

#ifndef __KVM_BOOKE_DEBUG_H__
#define __KVM_BOOKE_DEBUG_H__

#include <linux/kvm_host.h>

/* SPRs written by one switch: DBCR0-2, the IACs and the DACs. */
#define KVMPPC_DEBUG_NR_SPRS	(3 + CONFIG_PPC_ADV_DEBUG_IACS + \
				 CONFIG_PPC_ADV_DEBUG_DACS)

/* DBCR0 bits a guest can have: what KVM is able to keep inside the guest. */
#define KVMPPC_DEBUG_GUEST_DBCR0	(DBCR0_IDM | DBCR0_IC | DBCR0_BT | \
					 DBCR0_TIE | KVMPPC_DEBUG_IACS | \
					 KVMPPC_DEBUG_DACS)
#define KVMPPC_DEBUG_DACR	(DBSR_DAC1R | DBSR_DAC2R)
#define KVMPPC_DEBUG_DACW	(DBSR_DAC1W | DBSR_DAC2W)
#define KVMPPC_DEBUG_DACS	(KVMPPC_DEBUG_DACR | KVMPPC_DEBUG_DACW)
#if CONFIG_PPC_ADV_DEBUG_IACS > 2
#define KVMPPC_DEBUG_IACS	(DBSR_IAC1 | DBSR_IAC2 | DBSR_IAC3 | DBSR_IAC4)
#else
#define KVMPPC_DEBUG_IACS	(DBSR_IAC1 | DBSR_IAC2)
#endif

/* Bits of the guest's DBCR1 and DBCR2 that mean something on these cores. */
#define KVMPPC_DEBUG_GUEST_DBCR1	(DBCR1_IAC1US | DBCR1_IAC1ER | \
					 DBCR1_IAC2US | DBCR1_IAC2ER | \
					 DBCR1_IAC12MX | KVMPPC_DEBUG_IAC34)
#define KVMPPC_DEBUG_GUEST_DBCR2	(DBCR2_DAC1US | DBCR2_DAC1ER | \
					 DBCR2_DAC2US | DBCR2_DAC2ER | \
					 DBCR2_DAC12MODE)
#if CONFIG_PPC_ADV_DEBUG_IACS > 2
#define KVMPPC_DEBUG_IAC34	(DBCR1_IAC3US | DBCR1_IAC3ER | DBCR1_IAC4US | \
				 DBCR1_IAC4ER | DBCR1_IAC34MX)
#else
#define KVMPPC_DEBUG_IAC34	0
#endif

/* DBSR bits that are debug events; each has the same place in DBCR0. */
#define KVMPPC_DEBUG_EVENTS	(DBSR_IC | DBSR_BT | DBSR_IRPT | DBSR_TIE | \
				 DBSR_IAC1 | DBSR_IAC2 | DBSR_IAC3 | \
				 DBSR_IAC4 | KVMPPC_DEBUG_DACS | DBSR_RET | \
				 DBSR_CIRPT | DBSR_CRET)

/**
 * enum kvmppc_debug_origin - who asked for a debug event
 * @KVMPPC_DEBUG_USER: userspace armed it through KVM_SET_GUEST_DEBUG
 * @KVMPPC_DEBUG_GUEST: the guest armed it in its own debug registers
 * @KVMPPC_DEBUG_STRAY: neither did
 * @KVMPPC_DEBUG_HOST: it fired in the host's entry/exit path
 *
 * The values are part of the trace events' ABI.
 */
enum kvmppc_debug_origin {
	KVMPPC_DEBUG_USER,
	KVMPPC_DEBUG_GUEST,
	KVMPPC_DEBUG_STRAY,
	KVMPPC_DEBUG_HOST,
};

/* kvm_vcpu_arch.dbg_state: where the shadow registers are. */
enum {
	KVMPPC_DEBUG_OUTSIDE,	/* not in KVM_RUN */
	KVMPPC_DEBUG_SKIPPED,	/* in KVM_RUN, nothing armed, nothing switched */
	KVMPPC_DEBUG_LOADED,	/* in hardware whenever the vCPU is on a CPU */
};

/* What PR and HV do differently, and nothing else. */
#ifdef CONFIG_KVM_BOOKE_HV
#include "booke_debug_hv.h"
#else
#include "booke_debug_pr.h"
#endif

/* Pure functions, no hardware touched: what the KUnit tests cover. */
int kvmppc_debug_program(const struct kvm_guest_debug *dbg,
			 struct debug_reg *regs, u32 *nr_bp, u32 *nr_wp);
void kvmppc_debug_contain(const struct debug_reg *guest, ulong msr,
			  struct debug_reg *hw);
enum kvmppc_debug_origin kvmppc_debug_attribute(u32 dbsr, u32 user_dbcr0,
						u32 guest_dbcr0);
void kvmppc_debug_report(u32 dbsr, ulong pc, const struct debug_reg *regs,
			 struct kvm_debug_exit_arch *report);
u32 kvmppc_debug_match_dac(const struct debug_reg *regs, ulong ea, int size,
			   bool store);

/*
 * Switching, lazily: on KVM_RUN, when a running guest arms something, and when
 * its thread leaves the CPU.
 */
void kvmppc_debug_enter(struct kvm_vcpu *vcpu);
void kvmppc_debug_leave(struct kvm_vcpu *vcpu);
void kvmppc_debug_sched_in(struct kvm_vcpu *vcpu);
void kvmppc_debug_sched_out(struct kvm_vcpu *vcpu);
void kvmppc_debug_update(struct kvm_vcpu *vcpu);
void kvmppc_debug_sync_msr(struct kvm_vcpu *vcpu, ulong old_msr);

/* What happens while the guest runs; each returns a RESUME_* code. */
int kvmppc_debug_interrupt(struct kvm_vcpu *vcpu);
int kvmppc_debug_sw_breakpoint(struct kvm_vcpu *vcpu);
bool kvmppc_debug_access(struct kvm_vcpu *vcpu, ulong ea, int *resume);

static inline void kvmppc_debug_vcpu_load(struct kvm_vcpu *vcpu)
{
	if (unlikely(vcpu->arch.dbg_state == KVMPPC_DEBUG_LOADED))
		kvmppc_debug_sched_in(vcpu);
}

static inline void kvmppc_debug_vcpu_put(struct kvm_vcpu *vcpu)
{
	if (unlikely(vcpu->arch.dbg_state == KVMPPC_DEBUG_LOADED))
		kvmppc_debug_sched_out(vcpu);
}

/* Single-step over what the hardware does not step. */
void kvmppc_debug_completed(struct kvm_vcpu *vcpu);
bool kvmppc_debug_step_exit(struct kvm_vcpu *vcpu);

/**
 * kvmppc_debug_complete - an instruction was completed by emulation
 * @vcpu: the vCPU, its pc past the instruction
 *
 * The hardware raises no instruction complete event for what KVM emulates.
 */
static inline void kvmppc_debug_complete(struct kvm_vcpu *vcpu)
{
	/* Set for userspace and for the guest alike: one test on a hot path. */
	if (unlikely(vcpu->arch.shadow_dbg_reg.dbcr0 & DBCR0_IC))
		kvmppc_debug_completed(vcpu);
}

/**
 * kvmppc_debug_interrupted - an interrupt is being delivered to the guest
 * @vcpu: the vCPU, its pc at the handler
 *
 * A step ends at the first instruction of the handler, before it is executed,
 * so that none is passed over.
 */
static inline void kvmppc_debug_interrupted(struct kvm_vcpu *vcpu)
{
	if (unlikely(vcpu->guest_debug & KVM_GUESTDBG_SINGLESTEP))
		kvm_make_request(KVM_REQ_DEBUG_EXIT, vcpu);
}

/* The guest's own debug registers. */
int kvmppc_debug_emulate_mtspr(struct kvm_vcpu *vcpu, int sprn, ulong val);
int kvmppc_debug_emulate_mfspr(struct kvm_vcpu *vcpu, int sprn, ulong *val);

#endif /* __KVM_BOOKE_DEBUG_H__ */

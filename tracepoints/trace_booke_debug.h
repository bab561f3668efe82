/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of guest debugging on PowerPC BookE: what was armed, what hit,
 * and what switching the debug registers cost.
 *
 * All of them fire from C with the vCPU loaded; none from the low-level
 * entry/exit assembly.  Every address and count has the same width on 32-bit
 * and 64-bit hosts, so that one reader serves both.
 */
#if !defined(_TRACE_KVM_BOOKE_DEBUG_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_KVM_BOOKE_DEBUG_H

#include <linux/tracepoint.h>

#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm_booke_debug

/* Values of the origin field; enum kvmppc_debug_origin. */
#define kvm_trace_symbol_debug_origin \
	{0, "user"}, \
	{1, "guest"}, \
	{2, "stray"}, \
	{3, "host"}

/* DBSR bits by their names in the e500 core manuals. */
#define kvm_trace_symbol_dbsr \
	{0x80000000, "IDE"}, \
	{0x08000000, "ICMP"}, \
	{0x04000000, "BRT"}, \
	{0x02000000, "IRPT"}, \
	{0x01000000, "TRAP"}, \
	{0x00800000, "IAC1"}, \
	{0x00400000, "IAC2"}, \
	{0x00200000, "IAC3"}, \
	{0x00100000, "IAC4"}, \
	{0x00080000, "DAC1R"}, \
	{0x00040000, "DAC1W"}, \
	{0x00020000, "DAC2R"}, \
	{0x00010000, "DAC2W"}, \
	{0x00008000, "RET"}, \
	{0x00000040, "CIRPT"}, \
	{0x00000020, "CRET"}

TRACE_EVENT(kvm_booke_entry,
	TP_PROTO(struct kvm_vcpu *vcpu, unsigned long pc, u32 heavyweight),
	TP_ARGS(vcpu, pc, heavyweight),

	TP_STRUCT__entry(
		__field(u64, pc)
		__field(u32, vcpu_id)
		__field(u32, heavyweight)
	),

	TP_fast_assign(
		__entry->pc		= pc;
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->heavyweight	= heavyweight;
	),

	TP_printk("vcpu=%u pc=0x%llx %s", __entry->vcpu_id, __entry->pc,
		  __entry->heavyweight ? "heavyweight" : "lightweight")
);

TRACE_EVENT(kvm_booke_debug_switch,
	TP_PROTO(struct kvm_vcpu *vcpu, const struct debug_reg *regs,
		 u32 to_guest, u32 sprs, u64 ticks),
	TP_ARGS(vcpu, regs, to_guest, sprs, ticks),

	TP_STRUCT__entry(
		__field(u64, ticks)
		__field(u64, iac1)
		__field(u64, iac2)
		__field(u64, iac3)
		__field(u64, iac4)
		__field(u64, dac1)
		__field(u64, dac2)
		__field(u32, vcpu_id)
		__field(u32, to_guest)
		__field(u32, skipped)
		__field(u32, dbcr0)
		__field(u32, dbcr1)
		__field(u32, dbcr2)
		__field(u32, sprs)
	),

	TP_fast_assign(
		__entry->ticks		= ticks;
		__entry->iac1		= regs->iac1;
		__entry->iac2		= regs->iac2;
#if CONFIG_PPC_ADV_DEBUG_IACS > 2
		__entry->iac3		= regs->iac3;
		__entry->iac4		= regs->iac4;
#else
		__entry->iac3		= 0;
		__entry->iac4		= 0;
#endif
		__entry->dac1		= regs->dac1;
		__entry->dac2		= regs->dac2;
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->to_guest	= to_guest;
		__entry->skipped	= !sprs;
		__entry->dbcr0		= regs->dbcr0;
		__entry->dbcr1		= regs->dbcr1;
		__entry->dbcr2		= regs->dbcr2;
		__entry->sprs		= sprs;
	),

	TP_printk("vcpu=%u to_%s%s dbcr0=0x%x dbcr1=0x%x dbcr2=0x%x iac=0x%llx,0x%llx,0x%llx,0x%llx dac=0x%llx,0x%llx sprs=%u ticks=%llu",
		  __entry->vcpu_id, __entry->to_guest ? "guest" : "host",
		  __entry->skipped ? " skipped" : "", __entry->dbcr0,
		  __entry->dbcr1, __entry->dbcr2, __entry->iac1, __entry->iac2,
		  __entry->iac3, __entry->iac4, __entry->dac1, __entry->dac2,
		  __entry->sprs, __entry->ticks)
);

TRACE_EVENT(kvm_booke_debug_exit,
	TP_PROTO(struct kvm_vcpu *vcpu, unsigned long pc, u32 dbsr,
		 unsigned long addr, u32 origin, u32 status, u32 flags),
	TP_ARGS(vcpu, pc, dbsr, addr, origin, status, flags),

	TP_STRUCT__entry(
		__field(u64, pc)
		__field(u64, addr)
		__field(u32, vcpu_id)
		__field(u32, dbsr)
		__field(u32, origin)
		__field(u32, status)
		__field(u32, flags)
	),

	TP_fast_assign(
		__entry->pc		= pc;
		__entry->addr		= addr;
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->dbsr		= dbsr;
		__entry->origin		= origin;
		__entry->status		= status;
		__entry->flags		= flags;
	),

	TP_printk("vcpu=%u pc=0x%llx dbsr=0x%x(%s) addr=0x%llx origin=%s status=0x%x flags=0x%x",
		  __entry->vcpu_id, __entry->pc, __entry->dbsr,
		  __print_flags(__entry->dbsr, "|", kvm_trace_symbol_dbsr),
		  __entry->addr,
		  __print_symbolic(__entry->origin,
				   kvm_trace_symbol_debug_origin),
		  __entry->status, __entry->flags)
);

TRACE_EVENT(kvm_booke_debug_set,
	TP_PROTO(struct kvm_vcpu *vcpu, u32 control,
		 const struct debug_reg *regs, u32 nr_bp, u32 nr_wp,
		 int result),
	TP_ARGS(vcpu, control, regs, nr_bp, nr_wp, result),

	TP_STRUCT__entry(
		__field(u32, vcpu_id)
		__field(u32, control)
		__field(u32, dbcr0)
		__field(u32, nr_bp)
		__field(u32, nr_wp)
		__field(s32, result)
	),

	TP_fast_assign(
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->control	= control;
		__entry->dbcr0		= regs->dbcr0;
		__entry->nr_bp		= nr_bp;
		__entry->nr_wp		= nr_wp;
		__entry->result		= result;
	),

	TP_printk("vcpu=%u control=0x%x dbcr0=0x%x bp=%u wp=%u result=%d",
		  __entry->vcpu_id, __entry->control, __entry->dbcr0,
		  __entry->nr_bp, __entry->nr_wp, __entry->result)
);

TRACE_EVENT(kvm_booke_debug_inject,
	TP_PROTO(struct kvm_vcpu *vcpu, u32 dbsr, u32 dbcr0),
	TP_ARGS(vcpu, dbsr, dbcr0),

	TP_STRUCT__entry(
		__field(u32, vcpu_id)
		__field(u32, dbsr)
		__field(u32, dbcr0)
	),

	TP_fast_assign(
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->dbsr		= dbsr;
		__entry->dbcr0		= dbcr0;
	),

	TP_printk("vcpu=%u dbsr=0x%x(%s) dbcr0=0x%x", __entry->vcpu_id,
		  __entry->dbsr,
		  __print_flags(__entry->dbsr, "|", kvm_trace_symbol_dbsr),
		  __entry->dbcr0)
);

TRACE_EVENT(kvm_booke_debug_host,
	TP_PROTO(struct kvm_vcpu *vcpu, unsigned long pc, u32 dbsr, u32 count),
	TP_ARGS(vcpu, pc, dbsr, count),

	TP_STRUCT__entry(
		__field(u64, pc)
		__field(u32, vcpu_id)
		__field(u32, dbsr)
		__field(u32, count)
	),

	TP_fast_assign(
		__entry->pc		= pc;
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->dbsr		= dbsr;
		__entry->count		= count;
	),

	TP_printk("vcpu=%u pc=0x%llx dbsr=0x%x(%s) count=%u",
		  __entry->vcpu_id, __entry->pc, __entry->dbsr,
		  __print_flags(__entry->dbsr, "|", kvm_trace_symbol_dbsr),
		  __entry->count)
);

TRACE_EVENT(kvm_booke_vcpu_free,
	TP_PROTO(struct kvm_vcpu *vcpu),
	TP_ARGS(vcpu),

	TP_STRUCT__entry(
		__field(u32, vcpu_id)
	),

	TP_fast_assign(
		__entry->vcpu_id	= vcpu->vcpu_id;
	),

	TP_printk("vcpu=%u", __entry->vcpu_id)
);

#endif /* _TRACE_KVM_BOOKE_DEBUG_H */

/* This part must be outside protection */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_booke_debug

#include <trace/define_trace.h>

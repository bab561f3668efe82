// SPDX-License-Identifier: GPL-2.0-only
/* x86: an unchanged kernel, Intel's or AMD's virtualisation, or guests that KVM emulates. */
#include "../bpf/x86.h"
#include "backend.h"
#include "model.h"

extern const unsigned char x86_bpf_object[], x86_bpf_object_end[];

/*
 * In this order: that a vCPU is new must not be missed once others are counted, and what vCPU a
 * thread runs has to be known before its debug exits are.
 */
static const struct backend_event x86_events[] = {
	{ "kvm_write_tsc_offset", "x86_write_tsc_offset", NO_VCPU_ARG, false, NULL },
	{ "kvm_fpu", "x86_fpu", NO_VCPU_ARG, false, "x86_fpu_detail" },
	{ "kvm_exit", "x86_exit", 0, true, NULL },
	{ "kvm_entry", "x86_entry", 0, true, NULL },
	{ "kvm_userspace_exit", "x86_userspace_exit", NO_VCPU_ARG, false,
	  "x86_userspace_exit_detail" },
	{ NULL, NULL, 0, false, NULL },
};

static const char *const x86_kind_names[KVMDBG_NR_KINDS] = {
	[KVMDBG_STEP] = "step",
	[KVMDBG_HW_BREAK] = "hw_break",
	[X86_WATCH] = "watch",
	[KVMDBG_WATCH_WRITE] = "watch_write",
	[X86_DR_ACCESS] = "dr_access",
	[KVMDBG_SW_BREAK] = "sw_break",
};

static const char *x86_name(const char *cpuinfo)
{
	(void)cpuinfo;
	return "x86";
}

static uint64_t x86_switch_hz(const char *cpuinfo)
{
	(void)cpuinfo;
	return 0;
}

static uint32_t x86_kinds(const struct kvmdbg_hit *hit)
{
	return hit->flags & X86_FLAG_KINDS;
}

static uint32_t x86_slots(const struct kvmdbg_hit *hit)
{
	return hit->flags >> X86_FLAG_SLOT_SHIFT;
}

static struct latency_class x86_class(unsigned int class)
{
	/* KVM_EXIT_*, without those of other platforms */
	static const char *const reasons[KVMDBG_EXTRA_REASONS] = {
		[0] = "UNKNOWN", [1] = "EXCEPTION", [2] = "IO", [3] = "HYPERCALL", [5] = "HLT",
		[6] = "MMIO", [7] = "IRQ_WINDOW_OPEN", [8] = "SHUTDOWN", [9] = "FAIL_ENTRY",
		[X86_EXIT_INTR] = "INTR", [11] = "SET_TPR", [12] = "TPR_ACCESS", [16] = "NMI",
		[17] = "INTERNAL_ERROR", [24] = "SYSTEM_EVENT", [26] = "IOAPIC_EOI",
		[27] = "HYPERV", [29] = "X86_RDMSR", [30] = "X86_WRMSR", [31] = "DIRTY_RING_FULL",
		[32] = "AP_RESET_HOLD", [33] = "X86_BUS_LOCK", [34] = "XEN", [37] = "NOTIFY",
		[39] = "MEMORY_FAULT", [40] = "TDX", [X86_EXIT_BEYOND] = "BEYOND_62",
	};
	unsigned int extra = class - KVMDBG_NR_LATENCIES;

	if (class == KVMDBG_DEBUG_EXIT)
		return (struct latency_class){ CLASS_DEBUG | CLASS_HEAVY, "debug_exit" };
	if (class == KVMDBG_OTHER_EXIT)
		return (struct latency_class){ CLASS_OTHER, "other_exit" };
	if (class > KVMDBG_SWITCH && extra < KVMDBG_EXTRA_REASONS)
		return (struct latency_class){ CLASS_HEAVY | CLASS_REASON, reasons[extra] };
	return (struct latency_class){ 0, NULL };
}

const struct backend x86_backend = {
	.object = x86_bpf_object,
	.object_end = x86_bpf_object_end,
	.events = x86_events,
	.probe = "kvm_userspace_exit",
	.missing = "KVM's trace events (kvm_userspace_exit) in its BTF",
	.remedy = "boot a kernel with CONFIG_KVM=y built in, CONFIG_TRACEPOINTS=y and CONFIG_DEBUG_INFO_BTF=y",
	.name = x86_name,
	.switch_hz = x86_switch_hz,
	.kinds = x86_kinds,
	.raw_name = "dr6",
	.slots = x86_slots,
	.kind_names = x86_kind_names,
	.lacks = LACKS_SWITCHES | LACKS_HOST | LACKS_SOME_EXITS,
	.open_files = "x86_open_files",
	.latency_class = x86_class,
};

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
	{ "kvm_write_tsc_offset", "x86_write_tsc_offset", NO_VCPU_ARG, false },
	{ "kvm_fpu", "x86_fpu", NO_VCPU_ARG, false },
	{ "kvm_exit", "x86_exit", 0, true },
	{ "kvm_entry", "x86_entry", 0, true },
	{ "kvm_userspace_exit", "x86_userspace_exit", NO_VCPU_ARG, false },
	{ NULL, NULL, 0, false },
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
};

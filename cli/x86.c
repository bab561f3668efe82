// SPDX-License-Identifier: GPL-2.0-only
/* x86: an unchanged kernel, Intel's or AMD's virtualisation, or guests that KVM emulates. */
#include <asm/kvm.h>	/* the numbers of exceptions, for svm.h */
#include <asm/svm.h>
#include <asm/vmx.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../bpf/x86.h"
#include "backend.h"
#include "model.h"

extern const unsigned char x86_bpf_object[], x86_bpf_object_end[];

/*
 * In this order: that a vCPU is new must not be missed once others are counted, and what vCPU a
 * thread runs has to be known before its debug exits are.
 */
static const struct backend_event x86_events[] = {
	{ "kvm_write_tsc_offset", "x86_write_tsc_offset", NO_VCPU_ARG, false, 0, NULL },
	{ "kvm_fpu", "x86_fpu", NO_VCPU_ARG, false, 0, "x86_fpu_detail" },
	{ "kvm_exit", "x86_exit", ANY_VCPU_ARG, true, 0, NULL },
	{ "kvm_entry", "x86_entry", 0, true, 0, NULL },
	{ "kvm_inj_exception", "x86_inj_exception", NO_VCPU_ARG, true, LACKS_INJECTED, NULL },
	{ "kvm_userspace_exit", "x86_userspace_exit", NO_VCPU_ARG, false, 0,
	  "x86_userspace_exit_detail" },
	{ NULL, NULL, 0, false, 0, NULL },
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

static unsigned int x86_registers(const struct kvmdbg_regs *regs, struct armed_place *places,
				  uint32_t origin, bool in_force)
{
	static const uint32_t kinds[] = {
		1U << KVMDBG_HW_BREAK, 1U << KVMDBG_WATCH_WRITE, 0, 1U << X86_WATCH,
	};
	unsigned int nr = 0, i;

	for (i = 0; i < X86_NR_SLOTS; i++) {
		if (!(x86_enabled(regs->control) & 1U << i))
			continue;
		places[nr] = (struct armed_place){
			.kinds = kinds[regs->control >> (16 + 4 * i) & 3], .origin = origin,
			.addr = regs->address[i], .in_force = in_force,
		};
		snprintf(places[nr++].slot, sizeof(places->slot), "%u", i);
	}
	return nr;
}

static unsigned int x86_places(const struct kvmdbg_armed *armed, struct armed_place *places)
{
	const bool user = armed->guest_debug & X86_GUESTDBG_HW_BP;
	struct armed_place anywhere = { .origin = KVMDBG_USER, .anywhere = true, .in_force = true };
	unsigned int nr = 0;

	if (user)
		nr = x86_registers(&armed->user, places, KVMDBG_USER, true);
	nr += x86_registers(&armed->guest, places + nr, KVMDBG_GUEST, !user);
	if (armed->guest_debug & X86_GUESTDBG_STEP) {
		places[nr] = anywhere;
		places[nr++].kinds = 1U << KVMDBG_STEP;
	}
	if (armed->guest_debug & X86_GUESTDBG_SW_BP) {
		places[nr] = anywhere;
		places[nr++].kinds = 1U << KVMDBG_SW_BREAK;
	}
	return nr;
}

/* One that a processor has is one that KVM uses here; it has no other. */
static uint32_t x86_isa(const char *cpuinfo)
{
	const char *flags = strstr(cpuinfo, "\nflags");
	char line[4096];

	if (!flags)
		return 0;
	snprintf(line, sizeof(line), "%.*s ", (int)strcspn(flags + 1, "\n"), flags + 1);
	if (strstr(line, " svm "))
		return X86_ISA_SVM;
	return strstr(line, " vmx ") ? X86_ISA_VMX : 0;
}

struct reason {
	uint32_t value;
	const char *name;
};

static const struct reason svm_reasons[] = { SVM_EXIT_REASONS };
static const struct reason vmx_reasons[] = { VMX_EXIT_REASONS };

/* By the vendor's name; what has none has its number. */
static void reason_name(char *name, size_t size, uint32_t isa, uint32_t index)
{
	const struct reason *table = isa == X86_ISA_SVM ? svm_reasons : vmx_reasons;
	size_t count = isa == X86_ISA_SVM ? sizeof(svm_reasons) / sizeof(svm_reasons[0]) :
					    sizeof(vmx_reasons) / sizeof(vmx_reasons[0]), i;
	uint32_t value = x86_reason_value(index);

	snprintf(name, size, "0x%x", value);
	if (index == X86_REASON_OTHER) {
		snprintf(name, size, "other");
		return;
	}
	for (i = 0; i < count; i++) {
		if (table[i].value != value)
			continue;
		snprintf(name, size, "%s", table[i].name);
		for (; *name; name++)
			if (!isalnum((unsigned char)*name))
				*name = '_';
		return;
	}
}

static struct latency_class x86_class(unsigned int class, uint32_t isa)
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
	unsigned int extra = class - KVMDBG_NR_LATENCIES, index;
	struct latency_class result = { 0, "" };

	if (class == KVMDBG_DEBUG_EXIT)
		return (struct latency_class){ CLASS_DEBUG | CLASS_HEAVY, "debug_exit" };
	if (class == KVMDBG_OTHER_EXIT)
		return (struct latency_class){ CLASS_OTHER, "other_exit" };
	if (class < KVMDBG_NR_LATENCIES || class >= NR_CLASSES)
		return result;
	if (extra < KVMDBG_EXTRA_REASONS) {
		result.flags = CLASS_HEAVY | CLASS_REASON;
		if (reasons[extra])
			snprintf(result.name, sizeof(result.name), "%s", reasons[extra]);
		else
			snprintf(result.name, sizeof(result.name), "REASON_%u", extra);
		return result;
	}
	if (extra < KVMDBG_EXTRA_MORE || !isa)
		return result;
	index = (extra - KVMDBG_EXTRA_MORE) / 2;
	result.flags = CLASS_OTHER | (extra & 1 ? CLASS_HEAVY : 0);
	if (index) {
		result.flags |= CLASS_REASON;
		reason_name(result.name, sizeof(result.name), isa, index);
	} else {
		snprintf(result.name, sizeof(result.name), "other_exit");
	}
	return result;
}

const struct backend x86_backend = {
	.object = x86_bpf_object,
	.object_end = x86_bpf_object_end,
	.events = x86_events,
	.probe = "kvm_userspace_exit",
	.missing = "KVM's trace events (kvm_userspace_exit) in its BTF",
	.remedy = "load KVM (modprobe kvm_amd, or kvm_intel), or boot a kernel with CONFIG_KVM, CONFIG_TRACEPOINTS=y, CONFIG_DEBUG_INFO_BTF=y and, for KVM as a module, CONFIG_DEBUG_INFO_BTF_MODULES=y",
	.name = x86_name,
	.switch_hz = x86_switch_hz,
	.kinds = x86_kinds,
	.raw_name = "dr6",
	.slots = x86_slots,
	.kind_names = x86_kind_names,
	.lacks = LACKS_SWITCHES | LACKS_HOST | LACKS_SOME_EXITS,
	.armed = "x86_armed",
	.places = x86_places,
	.open_files = "x86_open_files",
	.latency_class = x86_class,
	.isa = x86_isa,
};

// SPDX-License-Identifier: GPL-2.0-only
/* PowerPC BookE: e500v2 ("PR") and e500mc and later ("HV"). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bpf/booke.h"
#include "backend.h"
#include "model.h"

extern const unsigned char booke_bpf_object[], booke_bpf_object_end[];

/* kvm_exit first: no debug exit is counted without the exit it belongs to. */
static const struct backend_event booke_events[] = {
	{ "kvm_exit", "booke_exit", 1, false, 0, "booke_exit_detail" },
	{ "kvm_booke_debug_exit", "booke_debug_exit", 0, false, 0, NULL },
	{ "kvm_booke_debug_switch", "booke_debug_switch", 0, false, 0,
	  "booke_debug_switch_detail" },
	{ "kvm_booke_debug_inject", "booke_debug_inject", 0, false, 0, NULL },
	{ "kvm_booke_debug_host", "booke_debug_host", 0, false, 0, NULL },
	{ "kvm_booke_vcpu_free", "booke_vcpu_free", 0, false, 0, NULL },
	{ "kvm_booke_entry", "booke_entry", 0, false, 0, "booke_entry_detail" },
	{ NULL, NULL, 0, false, 0, NULL },
};

/* Value of a "key : value" line of /proc/cpuinfo, or NULL. */
static const char *cpuinfo_value(const char *cpuinfo, const char *key)
{
	size_t len = strlen(key);
	const char *line;

	for (line = cpuinfo; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) || !strchr(" \t:", line[len]) || !line[len])
			continue;
		line += len;
		line += strspn(line, " \t:");
		return line;
	}
	return NULL;
}

/* Only e500v1 and e500v2 run their guests in user mode. */
static const char *booke_name(const char *cpuinfo)
{
	const char *cpu = cpuinfo_value(cpuinfo, "cpu");

	if (cpu && !strncmp(cpu, "e500", 4) && strncmp(cpu, "e500mc", 6))
		return "booke-pr";
	return "booke-hv";
}

static uint64_t booke_switch_hz(const char *cpuinfo)
{
	const char *timebase = cpuinfo_value(cpuinfo, "timebase");

	return timebase && isdigit((unsigned char)*timebase) ? strtoull(timebase, NULL, 10) : 0;
}

static uint32_t booke_kinds(const struct kvmdbg_hit *hit)
{
	uint32_t dbsr = hit->raw, flags = hit->flags, kinds = 0;

#define KIND(kind, word, bits)		\
	if ((word) & (bits))		\
		kinds |= 1U << (kind);
	BOOKE_KINDS(KIND)
#undef KIND
	return kinds;
}

static unsigned int booke_registers(const struct kvmdbg_regs *regs, struct armed_place *places,
				    uint32_t origin, bool in_force)
{
	static const struct {
		const char *slot;
		uint32_t bits, kind;
		unsigned int address;
	} events[] = {
		{ "IAC1", BOOKE_DBCR0_IAC1, KVMDBG_HW_BREAK, 0 },
		{ "IAC2", BOOKE_DBCR0_IAC2, KVMDBG_HW_BREAK, 1 },
		{ "DAC1", BOOKE_DBCR0_DAC1R, KVMDBG_WATCH_READ, 2 },
		{ "DAC1", BOOKE_DBCR0_DAC1W, KVMDBG_WATCH_WRITE, 2 },
		{ "DAC2", BOOKE_DBCR0_DAC2R, KVMDBG_WATCH_READ, 3 },
		{ "DAC2", BOOKE_DBCR0_DAC2W, KVMDBG_WATCH_WRITE, 3 },
		{ "", BOOKE_DBSR_ICMP, KVMDBG_STEP, 0 },
		{ "", BOOKE_DBSR_BRT, KVMDBG_BRANCH, 0 },
		{ "", BOOKE_DBSR_TRAP, KVMDBG_TRAP, 0 },
	};
	unsigned int nr = 0, i;

	if (!(regs->control & BOOKE_DBCR0_IDM))
		return 0;
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (!(regs->control & events[i].bits))
			continue;
		/* A watchpoint on reads and writes is one. */
		if (nr && *events[i].slot && !strcmp(places[nr - 1].slot, events[i].slot)) {
			places[nr - 1].kinds |= 1U << events[i].kind;
			continue;
		}
		places[nr] = (struct armed_place){
			.kinds = 1U << events[i].kind, .origin = origin,
			.anywhere = !*events[i].slot, .in_force = in_force,
			.addr = *events[i].slot ? regs->address[events[i].address] : 0,
			.range = *events[i].slot && regs->ranges & 1U << events[i].address / 2,
		};
		snprintf(places[nr++].slot, sizeof(places->slot), "%s", events[i].slot);
	}
	return nr;
}

static unsigned int booke_places(const struct kvmdbg_armed *armed, struct armed_place *places)
{
	unsigned int nr = 0;

	if (armed->guest_debug)
		nr = booke_registers(&armed->user, places, KVMDBG_USER, true);
	if (armed->guest_debug & BOOKE_GUESTDBG_SW_BP)
		places[nr++] = (struct armed_place){
			.kinds = 1U << KVMDBG_SW_BREAK, .origin = KVMDBG_USER, .anywhere = true,
			.in_force = true,
		};
	return nr + booke_registers(&armed->guest, places + nr, KVMDBG_GUEST, !armed->guest_debug);
}

static struct latency_class booke_class(unsigned int class, uint32_t isa)
{
	/* asm/kvm_asm.h; SPE and AltiVec are of different cores, and have the same numbers */
	static const char *const reasons[KVMDBG_EXTRA_REASONS / 2] = {
		[0] = "CRITICAL", [1] = "MACHINE_CHECK", [2] = "DATA_STORAGE",
		[3] = "INST_STORAGE", [4] = "EXTERNAL", [5] = "ALIGNMENT", [6] = "PROGRAM",
		[7] = "FP_UNAVAIL", [8] = "SYSCALL", [9] = "AP_UNAVAIL", [10] = "DECREMENTER",
		[11] = "FIT", [12] = "WATCHDOG", [13] = "DTLB_MISS", [14] = "ITLB_MISS",
		[15] = "DEBUG", [16] = "VECTOR_UNAVAIL", [17] = "VECTOR_ASSIST",
		[18] = "SPE_FP_ROUND", [19] = "PERFORMANCE_MONITOR", [20] = "DOORBELL",
		[21] = "DOORBELL_CRITICAL", [22] = "GUEST_DBELL", [23] = "GUEST_DBELL_CRIT",
		[24] = "HV_SYSCALL", [25] = "HV_PRIV", [26] = "LRAT_ERROR",
	};
	const uint32_t heavy = class % 2 == EXTRA_CLASS(1) % 2 ? CLASS_HEAVY : 0;
	unsigned int extra = class - KVMDBG_NR_LATENCIES;
	struct latency_class reason = { CLASS_OTHER | CLASS_REASON | heavy, "" };

	(void)isa;
	switch (class) {
	case KVMDBG_DEBUG_EXIT:
		return (struct latency_class){ CLASS_DEBUG, "debug_exit" };
	case KVMDBG_OTHER_EXIT:
		return (struct latency_class){ CLASS_OTHER, "other_exit" };
	case KVMDBG_SWITCH:
		return (struct latency_class){ CLASS_SWITCH | CLASS_TICKS, "switch_armed" };
	case EXTRA_CLASS(KVMDBG_DEBUG_HEAVY):
		return (struct latency_class){ CLASS_DEBUG | CLASS_HEAVY, "debug_exit" };
	case EXTRA_CLASS(KVMDBG_SWITCH_SKIPPED):
		return (struct latency_class){ CLASS_TICKS, "switch_skipped" };
	case EXTRA_CLASS(KVMDBG_SWITCH_UNARMED):
		return (struct latency_class){ CLASS_SWITCH | CLASS_TICKS, "switch_unarmed" };
	}
	if (extra >= KVMDBG_EXTRA_REASONS)
		return (struct latency_class){ 0, "" };
	if (reasons[extra / 2])
		snprintf(reason.name, sizeof(reason.name), "%s", reasons[extra / 2]);
	else
		snprintf(reason.name, sizeof(reason.name), "REASON_%u", extra);
	return reason;
}

const struct backend booke_backend = {
	.object = booke_bpf_object,
	.object_end = booke_bpf_object_end,
	.events = booke_events,
	.probe = "kvm_booke_debug_exit",
	.missing = "KVM's debug trace events (kvm_booke_*, PowerPC e500)",
	.remedy = "boot a kernel with the kvmdbg patches and CONFIG_KVM_E500V2=y or CONFIG_KVM_E500MC=y",
	.name = booke_name,
	.switch_hz = booke_switch_hz,
	.kinds = booke_kinds,
	.raw_name = "dbsr",
	.armed = "booke_armed",
	.places = booke_places,
	.latency_class = booke_class,
};

// SPDX-License-Identifier: GPL-2.0-only
/* PowerPC BookE: e500v2 ("PR") and e500mc and later ("HV"). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../bpf/booke.h"
#include "backend.h"

extern const unsigned char booke_bpf_object[], booke_bpf_object_end[];

/* kvm_exit first: no debug exit is counted without the exit it belongs to. */
static const struct backend_event booke_events[] = {
	{ "kvm_exit", "booke_exit", 1, false },
	{ "kvm_booke_debug_exit", "booke_debug_exit", 0, false },
	{ "kvm_booke_debug_switch", "booke_debug_switch", 0, false },
	{ "kvm_booke_debug_inject", "booke_debug_inject", 0, false },
	{ "kvm_booke_debug_host", "booke_debug_host", 0, false },
	{ "kvm_booke_vcpu_free", "booke_vcpu_free", 0, false },
	{ "kvm_booke_entry", "booke_entry", 0, false },
	{ NULL, NULL, 0, false },
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
};

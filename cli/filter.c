// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "util.h"

static bool parse_vcpus(struct filter *filter, char *text)
{
	char *dash = strchr(text, '-');

	if (dash)
		*dash++ = 0;
	return parse_u32(text, 0, UINT32_MAX, &filter->vcpu_min) &&
	       parse_u32(dash ? dash : text, filter->vcpu_min, UINT32_MAX, &filter->vcpu_max);
}

/* All that begin so. */
static uint32_t parse_kinds(const struct model *model, const char *start)
{
	uint32_t kinds = 0;
	int i;

	for (i = 0; i < KVMDBG_NR_KINDS; i++)
		if (kind_name(model, i) && !strncmp(kind_name(model, i), start, strlen(start)))
			kinds |= 1U << i;
	return kinds;
}

static uint32_t parse_origins(const char *start)
{
	uint32_t origins = 0;
	int i;

	for (i = 0; i < KVMDBG_NR_ORIGINS; i++)
		if (!strncmp(origin_name(i), start, strlen(start)))
			origins |= 1U << i;
	return origins;
}

bool filter_parse(struct filter *filter, const struct model *model, const char *text, char *why,
		  size_t size)
{
	struct filter new = { .vcpu_max = UINT32_MAX };
	char words[FILTER_SIZE], shown[2 * FILTER_SIZE], *rest = words, *word, *value;
	bool ok;

	if (strlen(text) >= FILTER_SIZE) {
		snprintf(why, size, "more than %d bytes", FILTER_SIZE - 1);
		return false;
	}
	strcpy(new.text, text);
	strcpy(words, text);
	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		escape(shown, sizeof(shown), word, strlen(word));
		value = strchr(word, '=');
		if (value)
			*value++ = 0;
		ok = true;
		if (!value || !strcmp(word, "vm"))
			strcpy(new.vm, value ? value : word);
		else if (!strcmp(word, "vcpu"))
			ok = parse_vcpus(&new, value);
		else if (!strcmp(word, "kind"))
			ok = (new.kinds = parse_kinds(model, value));
		else if (!strcmp(word, "origin"))
			ok = (new.origins = parse_origins(value));
		else
			ok = false;
		if (!ok) {
			snprintf(why, size, "'%s': use vm= vcpu= kind= origin=", shown);
			return false;
		}
	}
	*filter = new;
	return true;
}

static bool vm_passes(const struct filter *filter, const char *name)
{
	if (!*filter->vm)
		return true;
	if (strpbrk(filter->vm, "*?["))
		return !fnmatch(filter->vm, name, FNM_NOESCAPE | FNM_CASEFOLD);
	return strcasestr(name, filter->vm);
}

static bool any(const uint64_t *counts, int nr, uint32_t mask)
{
	int i;

	for (i = 0; i < nr; i++)
		if (mask & 1U << i && counts[i])
			return true;
	return !mask;
}

bool filter_vcpu(const struct filter *filter, const struct model_vcpu *vcpu)
{
	return vm_passes(filter, vcpu->vm->name) && vcpu->id >= filter->vcpu_min &&
	       vcpu->id <= filter->vcpu_max &&
	       any(vcpu->total.events, KVMDBG_NR_KINDS, filter->kinds) &&
	       any(vcpu->total.origin, KVMDBG_NR_ORIGINS, filter->origins);
}

bool filter_hit(const struct filter *filter, const char *vm, const struct kvmdbg_hit *hit,
		uint32_t kinds)
{
	return vm_passes(filter, vm) && hit->vcpu >= filter->vcpu_min &&
	       hit->vcpu <= filter->vcpu_max && (!filter->kinds || kinds & filter->kinds) &&
	       (!filter->origins ||
		(hit->origin < KVMDBG_NR_ORIGINS && filter->origins & 1U << hit->origin));
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the user of the screen wants to see of it. */
#ifndef KVMDBG_FILTER_H
#define KVMDBG_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define FILTER_SIZE	100

/**
 * struct filter - conditions that all have to hold
 * @text: as typed
 * @vm: part of the VM's name, or a shell pattern of all of it; empty for any
 * @vcpu_min: vCPU numbers from here
 * @vcpu_max: to here
 * @kinds: mask of enum kvmdbg_kind, of which there has to be an event; 0 for any
 * @origins: mask of enum kvmdbg_origin, likewise
 */
struct filter {
	char text[FILTER_SIZE];
	char vm[FILTER_SIZE];
	uint32_t vcpu_min;
	uint32_t vcpu_max;
	uint32_t kinds;
	uint32_t origins;
};

/**
 * filter_parse - read what the user typed: words with blanks between them
 * @filter: result; unchanged if the text is wrong
 * @model: knows the platform's kinds
 * @text: NAME, vm=NAME, vcpu=N, vcpu=N-M, kind=START, origin=START
 * @why: what is wrong
 * @size: of @why
 */
bool filter_parse(struct filter *filter, const struct model *model, const char *text, char *why,
		  size_t size);

/** filter_vcpu - does a vCPU pass? */
bool filter_vcpu(const struct filter *filter, const struct model_vcpu *vcpu);

/** filter_hit - does a hit pass? */
bool filter_hit(const struct filter *filter, const char *vm, const struct kvmdbg_hit *hit,
		uint32_t kinds);

#endif /* KVMDBG_FILTER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* A model with a clock and VMs of its own. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend.h"
#include "model.h"

#define SEC	1000000000ULL

static inline void fixture_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	(void)ctx;
	snprintf(name, size, "%s:%u", raw->comm, raw->tgid);
}

/* A model as session_setup_model() leaves it, started at one second. */
static inline void fixture_model(struct model *model)
{
	assert_true(model_init(model, SEC));
	model->backend = "booke-pr";
	model->switch_hz = 100000000;
	model->kinds = booke_backend.kinds;
	model->raw_name = booke_backend.raw_name;
	model->vm_name = fixture_name;
}

static inline struct kvmdbg_vcpu fixture_vcpu(uint32_t pid, uint64_t vm, uint32_t id)
{
	struct kvmdbg_vcpu raw;

	memset(&raw, 0, sizeof(raw));
	raw.key = 0xc0000000 + pid * 65536 + vm * 256 + id;
	raw.vm = vm;
	raw.tgid = pid;
	raw.id = id;
	raw.state = KVMDBG_LIVE;
	raw.born_ns = SEC + id;
	strcpy(raw.comm, "vmm");
	return raw;
}

/* A frame in which the first vCPUs of a process' VM have done nothing. */
static inline void fixture_frame(struct model *model, uint64_t now, uint32_t pid, unsigned int count)
{
	struct kvmdbg_vcpu raw;
	unsigned int i;

	model_begin(model, now);
	for (i = 0; i < count; i++) {
		raw = fixture_vcpu(pid, 1, i);
		assert_non_null(model_add(model, i, &raw, NULL));
	}
	model_end(model, 0);
}

static inline void fixture_latency(struct kvmdbg_vcpu *raw, enum kvmdbg_latency which,
				   uint64_t value, uint32_t times)
{
	struct kvmdbg_hist *hist = &raw->hist[which];
	uint32_t i = kvmdbg_hist_index(value);

	hist->buckets[i < KVMDBG_HIST_BUCKETS ? i : KVMDBG_HIST_BUCKETS - 1] += times;
	hist->sum += value * times;
	if (value > hist->max)
		hist->max = value;
}

#endif /* FIXTURE_H */

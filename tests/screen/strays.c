// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a recording with events that nobody armed, which no guest can be made to have at will: in
 * the second of six windows of a second one on vCPU 1, beside single-steps on vCPU 0.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "recfile.h"
#include "util.h"

#define SEC	1000000000ULL

static bool window(const struct frame_sink *sink, struct kvmdbg_vcpu *raw, unsigned int nr)
{
	const struct kvmdbg_hist *classes[NR_CLASSES] = { NULL };
	struct kvmdbg_hit hit = { .time_ns = nr * SEC + SEC / 2, .vm = 1, .tgid = raw->tgid };
	unsigned int i;

	raw[0].debug_exits += 5;
	raw[0].events[KVMDBG_STEP] += 5;
	raw[0].origin[KVMDBG_USER] += 5;
	hit.pc = 0x1000;
	hit.raw = 0xffff4ff0;
	hit.flags = 1U << KVMDBG_STEP;
	sink->hit(sink->ctx, &hit);
	if (nr == 2) {
		raw[1].debug_exits++;
		raw[1].events[KVMDBG_HW_BREAK]++;
		raw[1].origin[KVMDBG_STRAY]++;
		hit.vcpu = 1;
		hit.pc = 0xbad0;
		hit.raw = 0xffff0ff4;
		hit.flags = 1U << KVMDBG_HW_BREAK | 4 << 16;
		hit.origin = KVMDBG_STRAY;
		sink->hit(sink->ctx, &hit);
	}
	sink->begin(sink->ctx, (nr + 1) * SEC);
	for (i = 0; i < 2; i++)
		if (!sink->add(sink->ctx, i, &raw[i], classes))
			return false;
	sink->end(sink->ctx, 0);
	return true;
}

int main(int argc, char **argv)
{
	struct kvmdbg_vcpu raw[2];
	struct recorder *recorder;
	struct frame_sink sink;
	unsigned int i;
	int ret;

	if (argc != 2)
		return EXIT_USAGE;
	memset(raw, 0, sizeof(raw));
	for (i = 0; i < 2; i++) {
		raw[i].state = KVMDBG_LIVE;
		raw[i].vm = 1;
		raw[i].tgid = getpid();
		raw[i].id = i;
		raw[i].born_ns = SEC;
		raw[i].key = i + 1;
		strcpy(raw[i].comm, "strays");
	}
	ret = recorder_open(&recorder, argv[1], false);
	if (ret)
		return ret;
	recorder_env(recorder, "backend", "x86");
	ret = recorder_start(recorder, &x86_backend, 0, x86_backend.lacks, SEC, NULL, 100);
	sink = recorder_sink(recorder);
	for (i = 1; !ret && i <= 6; i++)
		ret = window(&sink, raw, i) ? recorder_status(recorder) : EXIT_IO;
	if (!ret)
		ret = recorder_end(recorder, "done", NULL);
	recorder_close(recorder);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Empty programs on trace events, until standard input ends: what being traced costs by itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

int main(int argc, char **argv)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char byte;
	int i, fd;

	if (argc < 2) {
		fprintf(stderr, "usage: x86empty EVENT...\n");
		return 2;
	}
	for (i = 1; i < argc; i++) {
		fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "empty", "GPL", program, 2, NULL);
		if (fd < 0 || bpf_raw_tracepoint_open(argv[i], fd) < 0) {
			fprintf(stderr, "x86empty: %s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	fprintf(stderr, "watching\n");
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg-empty COMMAND...: runs it with an empty program on each event that kvmdbg counts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

extern const char empty_bpf_object[], empty_bpf_object_end[];

int main(int argc, char **argv)
{
	struct bpf_object *obj;
	struct bpf_program *prog;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: kvmdbg-empty COMMAND [ARG...]\n");
		return 2;
	}
	obj = bpf_object__open_mem(empty_bpf_object, empty_bpf_object_end - empty_bpf_object, NULL);
	if (!obj || bpf_object__load(obj))
		return 3;
	bpf_object__for_each_program(prog, obj) {
		if (!bpf_program__attach(prog))
			return 3;
	}

	pid = fork();
	if (!pid) {
		execvp(argv[1], argv + 1);
		fprintf(stderr, "kvmdbg-empty: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		fprintf(stderr, "kvmdbg-empty: %s\n", strerror(errno));
		return 3;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

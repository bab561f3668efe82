// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvmdbg with a defect, see tests/screen/30-end.sh: it dies while it draws, or what it stands on
 * is taken from it: its right to ask BPF, the files of its maps.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "screen.h"

int __real_screen_draw(const struct canvas *canvas);
int __wrap_screen_draw(const struct canvas *canvas);

/* From now on the kernel refuses what only BPF is asked for. */
static void refuse_bpf(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = sizeof(insns) / sizeof(insns[0]), .filter = insns };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		exit(99);
}

static void close_maps(void)
{
	char path[64], target[64];
	ssize_t len;
	int fd;

	for (fd = 3; fd < 256; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = 0;
		if (!strcmp(target, "anon_inode:bpf-map"))
			close(fd);
	}
}

int __wrap_screen_draw(const struct canvas *canvas)
{
	const char *defect = getenv("KVMDBG_CRASH");
	volatile int *volatile nowhere = NULL;
	static int drawn;

	if (drawn++ == 2 && defect) {
		if (!strcmp(defect, "segv"))
			*nowhere = 0;
		else if (!strcmp(defect, "abort"))
			abort();
		else if (!strcmp(defect, "refused"))
			refuse_bpf();
		else if (!strcmp(defect, "maps"))
			close_maps();
	}
	return __real_screen_draw(canvas);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first and only process of a Linux that is a debugged guest. It does what breakpoints and
 * watchpoints are on, and counts it: the VMM compares with what hit.
 *
 * Words of the kernel's command line: guest_secs, for how long (0: until the VMM ends); guest_seed.
 *
 * It speaks to the VMM by lines on the console that begin with "guest: ", and goes on when they
 * are out: "ready 0xADDR", the address of the counted loop, and "counted", the counts in the order
 * of enum place_nr in tests/vmm/linux.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

extern const char iterated[];

static void must(int r, const char *what)
{
	if (r < 0) {
		printf("guest: failed %s: %s\n", what, strerror(errno));
		tcdrain(STDOUT_FILENO);
		for (;;)
			pause();
	}
}

/* One addi at the label for each iteration. */
static __attribute__((noinline)) unsigned long iterate(unsigned long n)
{
	unsigned long count = 0;

	asm volatile("mtctr %1\n"
		     ".globl iterated\n"
		     "iterated: addi %0, %0, 1\n"
		     "bdnz iterated" : "+b" (count) : "b" (n) : "ctr");
	return count;
}

static unsigned long word(const char *name)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 0) : 0;
}

static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

int main(void)
{
	unsigned long calls = 0, groups = 0, stepped = 0, users = 0, stores = 0, loads = 0, loops = 0;
	unsigned long secs = word("guest_secs");
	unsigned int seed = word("guest_seed"), n;
	struct timespec nap = { .tv_nsec = 100000 };
	int stored, loaded;
	time_t start;
	char buf[16];

	setvbuf(stdout, NULL, _IOLBF, 0);
	mkdir("/proc", 0555);
	must(mount("proc", "/proc", "proc", 0, NULL), "mount");
	stored = open("/proc/sys/kernel/panic", O_WRONLY);
	must(stored, "kernel.panic");
	loaded = open("/proc/sys/kernel/overflowuid", O_RDONLY);
	must(loaded, "kernel.overflowuid");

	printf("guest: ready %p\n", (const void *)iterated);
	tcdrain(STDOUT_FILENO);
	start = seconds();
	do {
		for (n = rand_r(&seed) % 4; n; n--, calls++)
			syscall(SYS_getppid);
		for (n = rand_r(&seed) % 3; n; n--, groups++)
			syscall(SYS_getpgrp);
		for (n = rand_r(&seed) % 3; n; n--, stores++)
			must(pwrite(stored, "5", 1, 0), "a store");
		for (n = rand_r(&seed) % 3; n; n--, loads++)
			must(pread(loaded, buf, sizeof(buf), 0), "a load");
		if (rand_r(&seed) % 32 == 0) {
			/* single-stepped in the one and in the other */
			syscall(SYS_getegid);
			stepped++;
			loops += iterate(20 + rand_r(&seed) % 50);
		}
		for (n = rand_r(&seed) % 2; n; n--, users++)
			syscall(SYS_getgid);
		if (rand_r(&seed) % 8 == 0)
			nanosleep(&nap, NULL);
	} while (!secs || seconds() - start < (time_t)secs);
	printf("guest: counted %lu %lu %lu %lu %lu %lu %lu\n", calls, stepped, stores, loads, groups,
	       users, loops);
	tcdrain(STDOUT_FILENO);
	for (;;)
		pause();
}

// SPDX-License-Identifier: GPL-2.0-only
#include "lines.h"

#ifndef HAVE_LIBDW

bool lines_built(void)
{
	return false;
}

struct lines *lines_open(int fd, const char *name)
{
	(void)fd;
	(void)name;
	return NULL;
}

bool lines_find(struct lines *lines, uint64_t address, char *text, size_t size)
{
	(void)lines;
	(void)address;
	(void)size;
	*text = 0;
	return false;
}

void lines_close(struct lines *lines)
{
	(void)lines;
}

#else

#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

/* A kernel's, compressed, takes a few seconds to open. */
#define OPEN_MS		10000
#define ANSWER_MS	2000
#define CACHED		256
/* What the reader of a large kernel needs, several times. */
#define MAX_MEMORY	(8ULL << 30)

/* Where the process has what it needs. */
#define CHANNEL_FD	3
#define FILE_FD		4

/*
 * struct lines
 * @fd: the file
 * @channel: to the process, -1 before it is started and when it has failed
 * @pid: the process, 0 for none
 * @asked: it has answered once
 * @failed: why it is not asked any more, empty if it is
 * @name: of the file, for messages
 * @cache: answers, by address
 */
struct lines {
	int fd;
	int channel;
	pid_t pid;
	bool asked;
	char failed[64];
	char name[LINE_SIZE];
	struct {
		bool used;
		uint64_t address;
		char text[LINE_SIZE];
	} cache[CACHED];
};

bool lines_built(void)
{
	return true;
}

struct lines *lines_open(int fd, const char *name)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		return NULL;
	lines->channel = -1;
	lines->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (lines->fd < 0) {
		free(lines);
		return NULL;
	}
	snprintf(lines->name, sizeof(lines->name), "%s", name);
	return lines;
}

/* The part of a compilation unit that lies together. */
struct range {
	uint64_t start, end;
	Dwarf_Off unit;
};

struct ranges {
	struct range *list;
	size_t count, room;
};

static bool add_range(struct ranges *ranges, uint64_t start, uint64_t end, Dwarf_Off unit)
{
	struct range *list;

	if (start >= end)
		return true;
	if (ranges->count == ranges->room) {
		ranges->room = ranges->room ? 2 * ranges->room : 1024;
		list = realloc(ranges->list, ranges->room * sizeof(*list));
		if (!list)
			return false;
		ranges->list = list;
	}
	ranges->list[ranges->count++] = (struct range){ start, end, unit };
	return true;
}

static int range_order(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Compilers may leave .debug_aranges out: where units are is what the units say. */
static bool read_ranges(Dwarf *dwarf, struct ranges *ranges)
{
	Dwarf_Off at = 0, next;
	size_t header;

	for (; !dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL); at = next) {
		Dwarf_Addr base, start, end;
		Dwarf_Die unit;
		ptrdiff_t part = 0;

		if (!dwarf_offdie(dwarf, at + header, &unit))
			continue;
		while ((part = dwarf_ranges(&unit, part, &base, &start, &end)) > 0)
			if (!add_range(ranges, start, end, dwarf_dieoffset(&unit)))
				return false;
	}
	if (ranges->count)
		qsort(ranges->list, ranges->count, sizeof(*ranges->list), range_order);
	return true;
}

static bool answer(Dwarf *dwarf, const struct ranges *ranges, uint64_t address, char *text,
		   size_t size)
{
	size_t low = 0, high = ranges->count, middle;
	const char *file;
	Dwarf_Line *line;
	Dwarf_Die unit;
	int number;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (ranges->list[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= ranges->list[low - 1].end ||
	    !dwarf_offdie(dwarf, ranges->list[low - 1].unit, &unit))
		return false;
	line = dwarf_getsrc_die(&unit, address);
	file = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (!file || dwarf_lineno(line, &number) || number <= 0)
		return false;
	snprintf(text, size, "%.200s:%d", file, number);
	return true;
}

static void limit_memory(void)
{
	/* The sanitizers' own maps are beyond any limit. */
#if !defined(__SANITIZE_ADDRESS__)
	const struct rlimit memory = { MAX_MEMORY, MAX_MEMORY };

	setrlimit(RLIMIT_AS, &memory);
#endif
}

/* Has nothing but the file, the channel, and no way back to a terminal. */
static void serve(int channel, int file)
{
	const struct rlimit none = { 0, 0 };
	struct ranges ranges = { 0 };
	char text[LINE_SIZE];
	uint64_t address;
	Dwarf *dwarf;
	int null;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &none);
	limit_memory();
	channel = fcntl(channel, F_DUPFD, 16);
	file = fcntl(file, F_DUPFD, 16);
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    dup2(channel, CHANNEL_FD) < 0 || dup2(file, FILE_FD) < 0 ||
	    close_range(FILE_FD + 1, ~0U, 0))
		_exit(1);
	dwarf = dwarf_begin(FILE_FD, DWARF_C_READ);
	if (dwarf && !read_ranges(dwarf, &ranges))
		_exit(1);
	while (recv(CHANNEL_FD, &address, sizeof(address), 0) == sizeof(address)) {
		/* Something, so that it is not taken for the end. */
		text[0] = 0;
		if (dwarf)
			answer(dwarf, &ranges, address, text, sizeof(text));
		if (send(CHANNEL_FD, text, strlen(text) + 1, MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

static void stop(struct lines *lines, const char *why)
{
	int status = 0;

	if (lines->pid) {
		if (why)
			kill(lines->pid, SIGKILL);
		if (lines->channel >= 0)
			close(lines->channel);
		while (waitpid(lines->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	lines->channel = -1;
	lines->pid = 0;
	if (why)
		snprintf(lines->failed, sizeof(lines->failed), "%s", why);
}

static bool start(struct lines *lines)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		stop(lines, strerror(errno));
		return false;
	}
	/* What is printed already is printed once. */
	fflush(NULL);
	lines->pid = fork();
	if (!lines->pid)
		serve(ends[1], lines->fd);
	close(ends[1]);
	if (lines->pid > 0) {
		lines->channel = ends[0];
		return true;
	}
	close(ends[0]);
	lines->pid = 0;
	stop(lines, strerror(errno));
	return false;
}

static bool ask(struct lines *lines, uint64_t address, char *text, size_t size)
{
	const uint64_t end = monotonic_ns() + (lines->asked ? ANSWER_MS : OPEN_MS) * 1000000ULL;
	struct pollfd fd = { .fd = lines->channel, .events = POLLIN };
	char raw[LINE_SIZE];
	ssize_t got = -1;
	uint64_t now;

	if (send(lines->channel, &address, sizeof(address), MSG_NOSIGNAL) == sizeof(address)) {
		while ((now = monotonic_ns()) < end &&
		       poll(&fd, 1, (end - now) / 1000000 + 1) < 0 && errno == EINTR)
			;
		if (!fd.revents) {
			stop(lines, "that takes too long");
			return false;
		}
		got = recv(lines->channel, raw, sizeof(raw), 0);
	}
	if (got <= 0) {
		stop(lines, "what reads it has crashed");
		return false;
	}
	lines->asked = true;
	escape(text, size, raw, strnlen(raw, got));
	return true;
}

bool lines_find(struct lines *lines, uint64_t address, char *text, size_t size)
{
	const size_t i = (address ^ address >> 8 ^ address >> 16) % CACHED;

	if (!lines->cache[i].used || lines->cache[i].address != address) {
		*text = 0;
		if (*lines->failed || (!lines->pid && !start(lines)) ||
		    !ask(lines, address, lines->cache[i].text, sizeof(lines->cache[i].text)))
			return false;
		lines->cache[i].used = true;
		lines->cache[i].address = address;
	}
	snprintf(text, size, "%s", lines->cache[i].text);
	return *text;
}

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	stop(lines, NULL);
	if (*lines->failed)
		complain(0, "%s: its debug information: %s: places in the source are left out",
			 lines->name, lines->failed);
	close(lines->fd);
	free(lines);
}

#endif /* HAVE_LIBDW */

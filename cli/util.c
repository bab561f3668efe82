// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

static bool later;
static char kept[2048];

int complain(int code, const char *fmt, ...)
{
	size_t len = strlen(kept);
	va_list args;

	va_start(args, fmt);
	if (later && len < sizeof(kept) - 2) {
		vsnprintf(kept + len, sizeof(kept) - len - 1, fmt, args);
		strcat(kept, "\n");
	} else if (!later) {
		/* What is printed already comes first, where both go to one place. */
		fflush(stdout);
		fputs("kvmdbg: ", stderr);
		vfprintf(stderr, fmt, args);
		fputc('\n', stderr);
	}
	va_end(args);
	return code;
}

void complain_later(bool set)
{
	char *rest = kept, *line;

	later = set;
	while (!later && (line = strsep(&rest, "\n")) && *line)
		complain(0, "%s", line);
	if (!later)
		kept[0] = 0;
}

int flush_stdout(void)
{
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_IO, "cannot write the output: %s: what was printed is not complete",
			    strerror(errno));
	return EXIT_OK;
}

int open_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCHLD };
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		complain(EXIT_FEATURE, "signalfd: %s: boot a kernel with CONFIG_SIGNALFD=y",
			 strerror(errno));
	return fd;
}

uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

bool parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || n < min || n > max)
		return false;
	*value = n;
	return true;
}

bool parse_seconds(const char *text, uint64_t *ns)
{
	double secs;
	char *end;

	/* strtod() also takes "inf", "nan", hexadecimal and leading space. */
	if (!*text || text[strspn(text, "0123456789.")])
		return false;
	secs = strtod(text, &end);
	if (*end || secs < 0.001 || secs > 86400)
		return false;
	*ns = secs * 1e9;
	return true;
}

long read_file(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (len < size - 1) {
		got = read(fd, buf + len, size - 1 - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int err = errno;

			close(fd);
			errno = err;
			return -1;
		}
		if (!got)
			break;
		len += got;
	}
	close(fd);
	buf[len] = 0;
	return len;
}

int utf8_next(const char *text, size_t len, long *code)
{
	static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	int bytes, i;
	long c;

	*code = -1;
	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 1;
	bytes = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len < (size_t)bytes)
		return 1;
	c = s[0] & (0x7f >> bytes);
	for (i = 1; i < bytes; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (s[i] & 0x3f);
	}
	/* overlong, surrogate, beyond Unicode */
	if (c < least[bytes] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 1;
	*code = c;
	return bytes;
}

/* Controls, line separators, and marks that turn the direction of the text around. */
static bool is_harmful(long c)
{
	return c < 0x20 || c == '\\' || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
	       (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c <= 0xe0fff);
}

static void escape_text(char *dst, size_t size, const char *src, size_t len, bool again)
{
	char out[16];
	int used, n;
	long code;

	while (len) {
		used = utf8_next(src, len, &code);
		if (code < 0)
			n = snprintf(out, sizeof(out), "\\x%02x", (unsigned char)*src);
		else if (code == '\\' && again)
			n = snprintf(out, sizeof(out), "\\");
		else if (code == '\\')
			n = snprintf(out, sizeof(out), "\\\\");
		else if (code == '\n')
			n = snprintf(out, sizeof(out), "\\n");
		else if (code == '\t')
			n = snprintf(out, sizeof(out), "\\t");
		else if (code < 0x80 && is_harmful(code))
			n = snprintf(out, sizeof(out), "\\x%02lx", code);
		else if (is_harmful(code))
			n = snprintf(out, sizeof(out), code > 0xffff ? "\\U%08lx" : "\\u%04lx",
				     code);
		else
			n = snprintf(out, sizeof(out), "%.*s", used, src);
		if ((size_t)n >= size)
			break;
		memcpy(dst, out, n);
		dst += n;
		size -= n;
		src += used;
		len -= used;
	}
	*dst = 0;
}

void escape(char *dst, size_t size, const char *src, size_t len)
{
	escape_text(dst, size, src, len, false);
}

void escape_again(char *dst, size_t size, const char *src, size_t len)
{
	escape_text(dst, size, src, len, true);
}

struct range {
	long first, last;
};

static bool in_ranges(long code, const struct range *ranges, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/*
 * wcwidth() answers by the locale, which on a small board is often "C"; and a name must take
 * the same columns wherever it is shown.
 */
int char_columns(long code)
{
	static const struct range none[] = {
		{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a },
		{ 0x64b, 0x65f }, { 0x900, 0x902 }, { 0x93c, 0x93c }, { 0x941, 0x948 },
		{ 0xe31, 0xe31 }, { 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0x302a, 0x302d }, { 0x3099, 0x309a },
		{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
	};
	static const struct range wide[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xa960, 0xa97f },
		{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};

	if (code < 0x300)
		return 1;
	if (in_ranges(code, none, sizeof(none) / sizeof(none[0])))
		return 0;
	return in_ranges(code, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

void hide_addresses(char *text)
{
	size_t digits;

	/* with five levels of page tables the kernel begins at 0xff00000000000000 */
	while ((text = strstr(text, "0xff"))) {
		text += 2;
		digits = strspn(text, "0123456789abcdef");
		if (digits >= 16)
			memset(text, 'x', digits);
		text += digits;
	}
}

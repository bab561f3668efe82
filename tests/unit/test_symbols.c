// SPDX-License-Identifier: GPL-2.0-only
/* Symbols and source lines of guests, of files that are well made and of those that are not. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "guests.h"
#include "lines.h"
#include "symbols.h"
#include "util.h"

/*
 * struct machine - a file that was made of data/symbols.S
 * @name: in its file name
 * @text: where its code is
 * @data: where its data is
 */
static const struct machine {
	const char *name;
	uint64_t text, data;
} machines[] = {
	{ "le64", 0xffffffff81001000, 0xffffffff81100000 },
	{ "le32", 0xc0001000, 0xc0100000 },
	{ "be32", 0xc0001000, 0xc0100000 },
	{ "be64", 0xc000000000001000, 0xc000000000100000 },
};

#define NR_MACHINES	(sizeof(machines) / sizeof(machines[0]))

static int open_machine(const struct machine *machine)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), SYMBOLS_ELF, machine->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	return fd;
}

static struct symbols *symbols_of(const struct machine *machine, uint64_t offset)
{
	int fd = open_machine(machine);
	struct symbols *symbols;
	char why[160];

	if (!symbols_open(&symbols, fd, offset, why, sizeof(why)))
		fail_msg("%s: %s", machine->name, why);
	symbols_lines(symbols, lines_open(fd, machine->name));
	close(fd);
	return symbols;
}

static void check(const struct symbols *symbols, uint64_t address, const char *want)
{
	char text[SYMBOL_SIZE];

	assert_int_equal(symbols_text(symbols, address, text, sizeof(text)), *want != 0);
	if (strcmp(text, want))
		fail_msg("0x%llx: '%s' instead of '%s'", (unsigned long long)address, text, want);
}

static void test_machines(void **state)
{
	static const struct {
		unsigned int at;
		const char *want;
	} places[] = {
		{ 0, "first" }, { 1, "first+0x1" }, { 0x1f, "first+0x1f" },
		/* behind its end */
		{ 0x20, "" }, { 0x3f, "" },
		{ 0x40, "outer" }, { 0x4c, "outer+0xc" },
		/* a label reaches to the next symbol, one with a size to its end */
		{ 0x50, "label_in_outer" }, { 0x5f, "label_in_outer+0xf" },
		{ 0x60, "inner" }, { 0x67, "inner+0x7" }, { 0x68, "outer+0x28" },
		{ 0x7f, "outer+0x3f" },
		{ 0x80, "named" }, { 0x8f, "named+0xf" }, { 0x90, "" },
		{ 0xc0, "unsized" }, { 0xd0, "unsized+0x10" }, { 0x100, "" },
	};
	struct symbols *symbols;
	size_t i, j;

	(void)state;
	for (i = 0; i < NR_MACHINES; i++) {
		symbols = symbols_of(&machines[i], 0);
		for (j = 0; j < sizeof(places) / sizeof(places[0]); j++)
			check(symbols, machines[i].text + places[j].at, places[j].want);
		check(symbols, machines[i].text - 1, "");
		check(symbols, machines[i].data, "counter");
		check(symbols, machines[i].data + 7, "counter+0x7");
		check(symbols, machines[i].data + 8, "evil_name");
		check(symbols, machines[i].data + 12, "");
		/* neither a number nor what is not loaded */
		check(symbols, 0x1234, "");
		check(symbols, 4, "");
		check(symbols, 0, "");
		check(symbols, UINT64_MAX, "");
		symbols_close(symbols);
	}
}

/* Moved by KASLR, up or down; 32-bit addresses go round at 2^32. */
static void test_offset(void **state)
{
	struct symbols *symbols;
	size_t i;

	(void)state;
	for (i = 0; i < NR_MACHINES; i++) {
		symbols = symbols_of(&machines[i], 0x1c000000);
		check(symbols, (machines[i].text + 0x1c000060) &
		      (machines[i].text >> 32 ? UINT64_MAX : UINT32_MAX), "inner");
		check(symbols, machines[i].text + 0x60, "");
		symbols_close(symbols);
		symbols = symbols_of(&machines[i], -(uint64_t)0x1000);
		check(symbols, machines[i].text - 0x1000 + 0x42, "outer+0x2");
		symbols_close(symbols);
	}
	/* as if it ran at its physical address */
	symbols = symbols_of(&machines[2], -(uint64_t)0xc0000000);
	check(symbols, 0x1040, "outer");
	symbols_close(symbols);
}

static void check_line(const struct symbols *symbols, uint64_t address, const char *want)
{
	char text[LINE_SIZE];
	size_t len;

	if (symbols_line(symbols, address, text, sizeof(text)) != (*want != 0))
		fail_msg("0x%llx: '%s' instead of '%s'", (unsigned long long)address, text, want);
	len = strlen(text);
	if (len < strlen(want) || strcmp(text + len - strlen(want), want))
		fail_msg("0x%llx: '%s' does not end with '%s'", (unsigned long long)address, text,
			 want);
}

static void test_lines(void **state)
{
	struct symbols *symbols;
	int round;
	size_t i;

	(void)state;
	assert_true(lines_built());
	for (i = 0; i < NR_MACHINES; i++) {
		symbols = symbols_of(&machines[i], 0x10000);
		/* the second time from what is remembered */
		for (round = 0; round < 2; round++) {
			check_line(symbols, machines[i].text + 0x10000, "guest/first.c:10");
			check_line(symbols, machines[i].text + 0x10010, "guest/first.c:12");
			check_line(symbols, machines[i].text + 0x10040, "guest/first.c:20");
			check_line(symbols, machines[i].text + 0x10054, "guest/first.c:21");
			check_line(symbols, machines[i].text, "");
			check_line(symbols, machines[i].data + 0x10000, "");
		}
		symbols_close(symbols);
	}
	symbols = NULL;
	check_line(symbols, 0, "");
	check(symbols, 0, "");
}

/* The process that reads them, a child of ours. */
static pid_t reader_of_lines(void)
{
	char path[64], text[64] = "";

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	assert_true(read_file(path, text, sizeof(text)) > 0);
	return atoi(text);
}

/* It crashes, or does not answer: there are no more lines, and nothing else happens. */
static void test_lines_crash(void **state)
{
	struct symbols *symbols;
	int fds[2], saved, i;
	char text[512] = "";

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(pipe(fds), 0);
		saved = dup(STDERR_FILENO);
		symbols = symbols_of(&machines[0], 0);
		check_line(symbols, machines[0].text, "guest/first.c:10");
		kill(reader_of_lines(), i ? SIGSTOP : SIGKILL);
		/* what it has said is known */
		check_line(symbols, machines[0].text, "guest/first.c:10");
		check_line(symbols, machines[0].text + 0x40, "");
		check_line(symbols, machines[0].text + 0x40, "");
		check(symbols, machines[0].text + 0x40, "outer");
		dup2(fds[1], STDERR_FILENO);
		symbols_close(symbols);
		dup2(saved, STDERR_FILENO);
		assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
		assert_non_null(strstr(text, i ? "le64: its debug information: that takes too long: " :
				       "le64: its debug information: what reads it has crashed: "));
		close(fds[0]);
		close(fds[1]);
		close(saved);
	}
}

/* A file in memory, to be changed. */
static int copy_machine(const struct machine *machine, unsigned char *bytes, size_t room,
			size_t *len)
{
	int fd = open_machine(machine), copy = memfd_create("elf", 0);
	ssize_t got = read(fd, bytes, room);

	assert_true(got > 0 && got < (ssize_t)room);
	assert_true(copy >= 0);
	assert_int_equal(write(copy, bytes, got), got);
	close(fd);
	*len = got;
	return copy;
}

/* Opened, or refused with a sentence. What was opened can be asked for anything. */
static bool try_open(int fd, const struct machine *machine, char *why, size_t size)
{
	struct symbols *symbols;
	char text[SYMBOL_SIZE];
	unsigned int i;

	memset(why, 0, size);
	if (!symbols_open(&symbols, fd, 0, why, size)) {
		assert_null(symbols);
		assert_true(*why);
		assert_null(strchr(why, '\n'));
		return false;
	}
	assert_true(symbols_count(symbols) > 0);
	for (i = 0; i < 0x120; i += 8) {
		symbols_text(symbols, machine->text + i, text, sizeof(text));
		symbols_text(symbols, i * 0x0123456789abcdefULL, text, sizeof(text));
	}
	symbols_close(symbols);
	return true;
}

#define ROOM	(256 * 1024)

static void test_truncated(void **state)
{
	unsigned char *bytes = malloc(ROOM);
	char why[160];
	size_t i, len, at, opened;
	int fd;

	(void)state;
	for (i = 0; i < NR_MACHINES; i++) {
		fd = copy_machine(&machines[i], bytes, ROOM, &len);
		opened = 0;
		assert_true(try_open(fd, &machines[i], why, sizeof(why)));
		for (at = len; at-- > 0; at -= at > 4096 ? 61 : 0) {
			assert_int_equal(ftruncate(fd, at), 0);
			opened += try_open(fd, &machines[i], why, sizeof(why));
		}
		/* the table of sections comes last: without its end it is none */
		assert_int_equal(opened, 0);
		close(fd);
	}
	free(bytes);
}

static void test_damaged(void **state)
{
	unsigned char *bytes = malloc(ROOM), *damaged = malloc(ROOM);
	size_t i, len, from;
	unsigned int round, n, opened = 0, refused = 0;
	char why[160];
	int fd;

	(void)state;
	srand(1);
	for (i = 0; i < NR_MACHINES; i++) {
		fd = copy_machine(&machines[i], bytes, ROOM, &len);
		for (round = 0; round < 3000; round++) {
			memcpy(damaged, bytes, len);
			/* the headers, and the tables at the end */
			for (n = 0; n < 1U + round % 4; n++) {
				from = rand() % 3 ? len / 3 : 0;
				damaged[from + rand() % (from ? len - from : 64)] =
					rand() % 3 ? rand() : 0xff;
			}
			assert_int_equal(pwrite(fd, damaged, len, 0), len);
			if (try_open(fd, &machines[i], why, sizeof(why)))
				opened++;
			else
				refused++;
		}
		close(fd);
	}
	/* they do get somewhere */
	assert_true(opened > 1000);
	assert_true(refused > 1000);
	free(bytes);
	free(damaged);
}

static Elf64_Shdr *section_of(unsigned char *bytes, unsigned int type)
{
	const Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(bytes + header->e_shoff);
	int i;

	for (i = 0; i < header->e_shnum; i++)
		if (sections[i].sh_type == type)
			return &sections[i];
	fail_msg("no section of type %u", type);
	return NULL;
}

static void refused(int fd, const char *want)
{
	char why[160];

	assert_false(try_open(fd, &machines[0], why, sizeof(why)));
	if (!strstr(why, want))
		fail_msg("'%s' instead of '%s'", why, want);
}

static void test_refused(void **state)
{
	unsigned char *bytes = calloc(1, ROOM), *good = malloc(ROOM);
	Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
	size_t len;
	int fd = copy_machine(&machines[0], good, ROOM, &len);

	(void)state;
#define REFUSED(change, want) do {					\
	memcpy(bytes, good, len);					\
	change;								\
	assert_int_equal(pwrite(fd, bytes, len, 0), len);		\
	refused(fd, want);						\
} while (0)
	REFUSED(bytes[0] = 0, "not an ELF file");
	REFUSED(header->e_type = ET_REL, "not linked yet");
	REFUSED(header->e_type = ET_CORE, "neither a program nor a kernel");
	/* extended numbers: as many sections as the first one says */
	REFUSED(header->e_shnum = 0, "has no sections");
	REFUSED(section_of(bytes, SHT_SYMTAB)->sh_type = SHT_PROGBITS, "is it stripped?");
	REFUSED(section_of(bytes, SHT_SYMTAB)->sh_link = 0, "its symbols have no names");
	REFUSED(section_of(bytes, SHT_SYMTAB)->sh_size = 1ULL << 40, "more than 4 million symbols");
	REFUSED(section_of(bytes, SHT_SYMTAB)->sh_offset = 1ULL << 40, "cannot be read");
	REFUSED(section_of(bytes, SHT_SYMTAB)->sh_size = 0, "cannot be read");
#undef REFUSED
	/* it is no larger than it says, but what it says is much */
	memcpy(bytes, good, len);
	section_of(bytes, SHT_STRTAB)->sh_size = 1ULL << 40;
	section_of(bytes, SHT_STRTAB)->sh_offset = 0;
	assert_int_equal(pwrite(fd, bytes, len, 0), len);
	assert_int_equal(ftruncate(fd, 1LL << 41), 0);
	refused(fd, "names take more than 256 MiB");
	close(fd);
	fd = memfd_create("empty", 0);
	refused(fd, "not an ELF file");
	close(fd);
	free(bytes);
	free(good);
}

/* A name that is made to do harm, and one that is longer than there is room for. */
static void test_names(void **state)
{
	static const char evil[] = "\x1b]0;x\x07\x9b\xff";
	unsigned char *bytes = malloc(ROOM), *at;
	char why[160], text[SYMBOL_SIZE], *longest;
	struct symbols *symbols;
	size_t len;
	int fd = copy_machine(&machines[0], bytes, ROOM, &len);

	(void)state;
	at = memmem(bytes, len, "evil_name", 9);
	assert_non_null(at);
	memcpy(at, evil, sizeof(evil));
	assert_int_equal(pwrite(fd, bytes, len, 0), len);
	assert_true(symbols_open(&symbols, fd, 0, why, sizeof(why)));
	check(symbols, machines[0].data + 9, "\\x1b]0;x\\x07\\x9b\\xff+0x1");
	symbols_close(symbols);

	/* The string table moves behind all else, and is one name. */
	longest = malloc(100000);
	memset(longest, 'n', 100000);
	assert_int_equal(pwrite(fd, longest, 100000, len), 100000);
	free(longest);
	section_of(bytes, SHT_STRTAB)->sh_offset = len;
	section_of(bytes, SHT_STRTAB)->sh_size = 100000;
	assert_int_equal(pwrite(fd, bytes, len, 0), len);
	assert_true(symbols_open(&symbols, fd, 0, why, sizeof(why)));
	memset(text, 0x55, sizeof(text));
	assert_true(symbols_text(symbols, machines[0].data + 9, text, sizeof(text)));
	assert_true(strlen(text) < sizeof(text));
	assert_non_null(strstr(text, "nnn+0x1"));
	assert_true(symbols_text(symbols, machines[0].data + 9, text, 32));
	assert_true(strlen(text) < 32);
	symbols_close(symbols);
	close(fd);
	free(bytes);
}

static void check_parse(const char *arg, const char *vm, const char *file, uint64_t offset)
{
	size_t vm_len, file_len;
	const char *name;
	uint64_t got;

	if (!vm) {
		assert_false(guests_parse_symbols(arg, &vm_len, &name, &file_len, &got));
		return;
	}
	assert_true(guests_parse_symbols(arg, &vm_len, &name, &file_len, &got));
	assert_int_equal(vm_len, strlen(vm));
	assert_memory_equal(arg, vm, vm_len);
	assert_int_equal(file_len, strlen(file));
	assert_memory_equal(name, file, file_len);
	assert_true(got == offset);
}

static void test_options(void **state)
{
	(void)state;
	check_parse("web=vmlinux", "web", "vmlinux", 0);
	check_parse("*=/boot/vm linux@0x1c000000", "*", "/boot/vm linux", 0x1c000000);
	check_parse("web=vmlinux@4096", "web", "vmlinux", 4096);
	check_parse("web=vmlinux@-0x1000", "web", "vmlinux", -(uint64_t)0x1000);
	check_parse("web=a=b@c", "web", "a=b@c", 0);
	check_parse("web=a@b@0x10", "web", "a@b", 0x10);
	check_parse("a@1=b", "a@1", "b", 0);
	check_parse("web=vmlinux@", "web", "vmlinux@", 0);
	check_parse("web=vmlinux@0x10z", "web", "vmlinux@0x10z", 0);
	check_parse("web=vmlinux@+1", "web", "vmlinux@+1", 0);
	check_parse("web=vmlinux@0x10000000000000000", NULL, NULL, 0);
	check_parse("web=@0x10", NULL, NULL, 0);
	check_parse("web=", NULL, NULL, 0);
	check_parse("=vmlinux", NULL, NULL, 0);
	check_parse("vmlinux", NULL, NULL, 0);
	check_parse("", NULL, NULL, 0);
}

/* guests_open() with its message. */
static int open_guests(const struct guest_options *options, struct guests **guests, char *text,
		       size_t size)
{
	int fds[2], saved = dup(STDERR_FILENO), ret;
	ssize_t got;

	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	dup2(fds[1], STDERR_FILENO);
	ret = guests_open(guests, options, true);
	dup2(saved, STDERR_FILENO);
	got = read(fds[0], text, size - 1);
	text[got > 0 ? got : 0] = 0;
	close(fds[0]);
	close(fds[1]);
	close(saved);
	return ret;
}

static void test_files(void **state)
{
	char dir[] = "/tmp/kvmdbg-test-XXXXXX", arg[300], other[300], text[512], path[128], name[64];
	struct guest_options options = { .nr_symbols = 1, .symbols = { arg } };
	static const char *const wrong[][2] = {
		{ "%s/none", "/none: cannot be read: No such file or directory\n" },
		{ "%s", ": no regular file\n" },
		/* would wait for a writer */
		{ "%s/fifo", "/fifo: no regular file\n" },
		{ "%s/text\x1b", "/text\\x1b: not an ELF file\n" },
		{ "/dev/zero%.0s", "/dev/zero: no regular file\n" },
	};
	const struct symbols *symbols;
	struct guests *guests;
	FILE *file;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/text\x1b", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("# one\npid:77  first  \n\nweb* the web\r\nuuid:0-1 other\n", file);
	fclose(file);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *at = arg + sprintf(arg, "vm=");

		snprintf(at, sizeof(arg) - 3, wrong[i][0], dir);
		assert_int_equal(open_guests(&options, &guests, text, sizeof(text)), EXIT_IO);
		if (!strstr(text, wrong[i][1]) || strchr(text, '\n') != text + strlen(text) - 1)
			fail_msg("'%s' instead of '%s'", text, wrong[i][1]);
		guests_close(guests);
	}
	/* the first one that is for it, by its name as it is shown */
	options.nr_symbols = 2;
	options.symbols[1] = other;
	sprintf(arg, "web=" SYMBOLS_ELF "@0x1000", "le64");
	sprintf(other, "w*=" SYMBOLS_ELF, "be32");
	options.names = path;
	assert_int_equal(open_guests(&options, &guests, text, sizeof(text)), EXIT_OK);
	symbols = guests_take(guests, 1, "web");
	check(symbols, machines[0].text + 0x1040, "outer");
	guests_put(guests, symbols);
	symbols = guests_take(guests, 1, "wiki");
	check(symbols, machines[2].text + 0x40, "outer");
	assert_null(guests_take(guests, 1, "other"));
	strcpy(name, "x");
	guests_rename(guests, 77, name, sizeof(name));
	assert_string_equal(name, "first");
	strcpy(name, "web-12");
	guests_rename(guests, 1, name, sizeof(name));
	assert_string_equal(name, "the web");
	strcpy(name, "db");
	guests_rename(guests, 1, name, sizeof(name));
	assert_string_equal(name, "db");
	guests_close(guests);
	assert_null(guests_take(NULL, 1, "web"));
	guests_rename(NULL, 1, name, sizeof(name));
	guests_close(NULL);
	snprintf(path, sizeof(path), "rm -r %s", dir);
	assert_int_equal(system(path), 0);
}

/* A process whose command line has a kernel, until it is killed. */
static pid_t run_with_kernel(const char *kernel)
{
	char path[64], text[512] = "";
	int ready[2], input[2];
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(input), 0);
	pid = fork();
	if (!pid) {
		/* Nobody writes to it, and it has it open itself. */
		dup2(input[0], STDIN_FILENO);
		dup2(ready[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", "echo; read x", "-kernel", kernel, NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], text, 1), 1);
	close(ready[0]);
	close(ready[1]);
	close(input[0]);
	close(input[1]);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	assert_true(read_file(path, text, sizeof(text)) > 0);
	return pid;
}

/* Read once for all VMs that have it, as long as there are any. */
static void test_found(void **state)
{
	const struct guest_options none = { .no_symbols = true }, search = { 0 };
	const struct symbols *first, *second;
	char file[256], path[PATH_MAX];
	struct guests *guests;
	pid_t pid;

	(void)state;
	snprintf(file, sizeof(file), SYMBOLS_ELF, "le64");
	assert_non_null(realpath(file, path));
	pid = run_with_kernel(path);
	assert_int_equal(guests_open(&guests, &search, true), EXIT_OK);
	first = guests_take(guests, pid, "web");
	assert_non_null(first);
	check(first, machines[0].text + 0x60, "inner");
	/* no lines: someone else has chosen it */
	check_line(first, machines[0].text, "");
	second = guests_take(guests, pid, "web");
	assert_ptr_equal(first, second);
	guests_hold(guests, first);
	guests_put(guests, second);
	guests_put(guests, second);
	check(first, machines[0].text + 0x60, "inner");
	guests_put(guests, first);
	first = guests_take(guests, pid, "web");
	check(first, machines[0].text + 0x60, "inner");
	assert_null(guests_take(guests, 0x7fffffff, "web"));
	guests_close(guests);

	assert_int_equal(guests_open(&guests, &none, true), EXIT_OK);
	assert_null(guests_take(guests, pid, "web"));
	guests_close(guests);
	/* a recording's processes are not this host's */
	assert_int_equal(guests_open(&guests, &search, false), EXIT_OK);
	assert_null(guests_take(guests, pid, "web"));
	guests_close(guests);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);

	pid = run_with_kernel("/etc/passwd");
	assert_int_equal(guests_open(&guests, &search, true), EXIT_OK);
	assert_null(guests_take(guests, pid, "web"));
	guests_close(guests);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_crash),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_found),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}

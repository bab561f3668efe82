// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guests.h"
#include "lines.h"
#include "symbols.h"
#include "util.h"
#include "vmname.h"

enum {
	/* apart from other options */
	OPT_GUEST_SYMBOLS = 768,
	OPT_VM_NAMES,
};

/*
 * struct table - symbols of a file
 * @pattern: of the VMs that they are of, NULL if found through a VM's process
 * @dev: with @ino, @size and @changed: the file
 * @ino: see @dev
 * @size: see @dev
 * @changed: see @dev
 * @users: VMs that use it, if it was found
 * @symbols: what was read
 * @next: list
 */
struct table {
	char *pattern;
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
	unsigned int users;
	struct symbols *symbols;
	struct table *next;
};

/*
 * struct guests
 * @names: the user's map, or NULL
 * @tables: the user's in the order of the command line, then those that were found
 * @search: look for further ones
 * @live: VMs are processes of this host
 */
struct guests {
	struct vm_names *names;
	struct table *tables;
	bool search;
	bool live;
};

static const struct argp_option guests_argp_options[] = {
	{ "guest-symbols", OPT_GUEST_SYMBOLS, "VM=FILE[@OFFSET]", 0,
	  "Name addresses of VMs of this name (a shell pattern) by the symbols of an ELF file, which the guest has OFFSET bytes behind where it was linked to (KASLR); may be repeated; 'none': not even those of QEMU's -kernel",
	  0 },
	{ "vm-names", OPT_VM_NAMES, "FILE", 0,
	  "What VMs are called: lines of 'PATTERN NAME', 'pid:NUMBER NAME' or 'uuid:UUID NAME'", 0 },
	{ 0 },
};

bool guests_parse_symbols(const char *arg, size_t *vm_len, const char **file, size_t *file_len,
			  uint64_t *offset)
{
	const char *equal = strchr(arg, '='), *at = strrchr(arg, '@'), *digits;
	bool back;
	char *end;

	if (!equal || equal == arg)
		return false;
	*vm_len = equal - arg;
	*file = equal + 1;
	*file_len = strlen(*file);
	*offset = 0;
	if (at && at > equal) {
		back = at[1] == '-';
		digits = at + 1 + back;
		errno = 0;
		*offset = strtoull(digits, &end, 0);
		/* What is no number is a part of the name. */
		if (*digits >= '0' && *digits <= '9' && !*end) {
			if (errno)
				return false;
			*file_len = at - *file;
			if (back)
				*offset = -*offset;
		} else {
			*offset = 0;
		}
	}
	return *file_len && *file_len < PATH_MAX;
}

static error_t guests_option(int key, char *arg, struct argp_state *state)
{
	struct guest_options *options = state->input;
	size_t vm_len, file_len;
	const char *file;
	uint64_t offset;
	char shown[128];

	switch (key) {
	case OPT_GUEST_SYMBOLS:
		if (!strcmp(arg, "none")) {
			options->no_symbols = true;
			return 0;
		}
		escape(shown, sizeof(shown), arg, strlen(arg));
		if (!guests_parse_symbols(arg, &vm_len, &file, &file_len, &offset))
			argp_error(state, "--guest-symbols '%s': not VM=FILE or VM=FILE@OFFSET",
				   shown);
		if (options->nr_symbols == GUESTS_MAX_SYMBOLS)
			argp_error(state, "--guest-symbols: more than %d of them",
				   GUESTS_MAX_SYMBOLS);
		options->symbols[options->nr_symbols++] = arg;
		return 0;
	case OPT_VM_NAMES:
		options->names = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp guests_argp = {
	.options = guests_argp_options,
	.parser = guests_option,
};

const struct argp names_argp = {
	.options = guests_argp_options + 1,
	.parser = guests_option,
};

/*
 * A regular file, or -1 with a reason. To open anything else may wait, or have an effect: it is
 * looked at first.
 */
static int open_file(const char *path, struct stat *st, char *why, size_t size)
{
	int place = open(path, O_PATH | O_CLOEXEC), fd = -1;
	int err = errno;
	char again[64];

	if (place >= 0 && !fstat(place, st)) {
		if (!S_ISREG(st->st_mode)) {
			snprintf(why, size, "no regular file");
			close(place);
			errno = EINVAL;
			return -1;
		}
		snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
		fd = open(again, O_RDONLY | O_CLOEXEC);
		/* Without /proc: that it is a file is known by now. */
		if (fd < 0 && errno == ENOENT)
			fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		err = errno;
	}
	if (place >= 0)
		close(place);
	if (fd >= 0)
		return fd;
	snprintf(why, size, "cannot be read: %s", strerror(err));
	errno = err;
	return -1;
}

/* At the end: who comes first counts. */
static struct table *add_table(struct guests *guests, int fd, const struct stat *st,
			       uint64_t offset, char *why, size_t size)
{
	struct table *table = calloc(1, sizeof(*table)), **p;

	if (!table) {
		snprintf(why, size, "no memory for its symbols");
		return NULL;
	}
	if (!symbols_open(&table->symbols, fd, offset, why, size)) {
		free(table);
		return NULL;
	}
	table->dev = st->st_dev;
	table->ino = st->st_ino;
	table->size = st->st_size;
	table->changed = st->st_mtim;
	for (p = &guests->tables; *p; p = &(*p)->next)
		;
	*p = table;
	return table;
}

static void free_table(struct table *table)
{
	symbols_close(table->symbols);
	free(table->pattern);
	free(table);
}

static int open_symbols(struct guests *guests, const char *arg)
{
	char path[PATH_MAX], shown[LINE_SIZE], why[160];
	struct table *table = NULL;
	size_t vm_len, file_len;
	const char *file;
	uint64_t offset;
	struct stat st;
	int fd;

	if (!guests_parse_symbols(arg, &vm_len, &file, &file_len, &offset))
		return complain(EXIT_USAGE, "--guest-symbols: not VM=FILE or VM=FILE@OFFSET");
	snprintf(path, sizeof(path), "%.*s", (int)file_len, file);
	escape(shown, sizeof(shown), path, file_len);
	fd = open_file(path, &st, why, sizeof(why));
	if (fd >= 0) {
		table = add_table(guests, fd, &st, offset, why, sizeof(why));
		if (table)
			symbols_lines(table->symbols, lines_open(fd, shown));
		close(fd);
	}
	if (!table)
		return complain(EXIT_IO, "%s: %s", shown, why);
	table->pattern = strndup(arg, vm_len);
	return table->pattern ? EXIT_OK : complain(EXIT_IO, "no memory");
}

int guests_open(struct guests **result, const struct guest_options *options, bool live)
{
	struct guests *guests = calloc(1, sizeof(*guests));
	char shown[LINE_SIZE], why[160];
	int ret = EXIT_OK;
	size_t i;

	*result = guests;
	if (!guests)
		return complain(EXIT_IO, "no memory");
	guests->live = live;
	guests->search = live && !options->no_symbols;
	if (options->names) {
		guests->names = vm_names_open(options->names, why, sizeof(why));
		escape(shown, sizeof(shown), options->names, strlen(options->names));
		if (!guests->names)
			return complain(EXIT_IO, "%s: %s", shown, why);
	}
	for (i = 0; i < options->nr_symbols && !ret; i++)
		ret = open_symbols(guests, options->symbols[i]);
	return ret;
}

void guests_rename(const struct guests *guests, uint32_t pid, char *name, size_t size)
{
	char uuid[64];
	bool known;

	if (!guests || !guests->names)
		return;
	known = guests->live && vm_uuid(pid, uuid, sizeof(uuid));
	vm_names_find(guests->names, pid, known ? uuid : NULL, name, size);
}

/* What a process has as its root: "MAJOR:MINOR DIRECTORY" */
static bool root_of(const char *process, char *root, size_t size)
{
	char path[64], line[1024], device[32], directory[256], place[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/mountinfo", process);
	file = fopen(path, "re");
	if (!file)
		return false;
	/* The last one is on top of others. */
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %*s %31s %255s %255s", device, directory, place) != 3 ||
		    strcmp(place, "/"))
			continue;
		found = true;
		snprintf(root, size, "%s %s", device, directory);
	}
	fclose(file);
	return found;
}

/* libvirt gives its QEMUs a name space of their own, with the same root; containers have others. */
static bool same_root(uint32_t pid)
{
	char process[16], ours[300], theirs[300];

	snprintf(process, sizeof(process), "%u", pid);
	return root_of("self", ours, sizeof(ours)) && root_of(process, theirs, sizeof(theirs)) &&
	       !strcmp(ours, theirs);
}

/* The file as the process sees it; where we may not look that way, by the same path. */
static int open_kernel(uint32_t pid, const char *kernel, struct stat *st)
{
	char path[PATH_MAX + 64], why[160];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s%s", pid, *kernel == '/' ? "root" : "cwd/",
		 kernel);
	fd = open_file(path, st, why, sizeof(why));
	if (fd < 0 && errno == EACCES && *kernel == '/' && same_root(pid))
		fd = open_file(kernel, st, why, sizeof(why));
	return fd;
}

/* Only names: a kernel that someone else has chosen is not handed to the reader of DWARF. */
static struct table *find_kernel(struct guests *guests, uint32_t pid)
{
	char kernel[PATH_MAX], why[160];
	struct table *table;
	struct stat st;
	int fd;

	if (!vm_kernel(pid, kernel, sizeof(kernel)))
		return NULL;
	fd = open_kernel(pid, kernel, &st);
	if (fd < 0)
		return NULL;
	for (table = guests->tables; table; table = table->next)
		if (!table->pattern && table->dev == st.st_dev && table->ino == st.st_ino &&
		    table->size == st.st_size &&
		    !memcmp(&table->changed, &st.st_mtim, sizeof(st.st_mtim)))
			break;
	if (!table)
		table = add_table(guests, fd, &st, 0, why, sizeof(why));
	close(fd);
	return table;
}

const struct symbols *guests_take(struct guests *guests, uint32_t pid, const char *name)
{
	struct table *table;

	if (!guests)
		return NULL;
	for (table = guests->tables; table; table = table->next)
		if (table->pattern && !fnmatch(table->pattern, name, FNM_NOESCAPE))
			return table->symbols;
	table = guests->search ? find_kernel(guests, pid) : NULL;
	if (!table)
		return NULL;
	table->users++;
	return table->symbols;
}

void guests_hold(struct guests *guests, const struct symbols *symbols)
{
	struct table *table;

	for (table = guests ? guests->tables : NULL; table; table = table->next)
		if (table->symbols == symbols)
			table->users++;
}

void guests_put(struct guests *guests, const struct symbols *symbols)
{
	struct table **p, *table;

	for (p = guests ? &guests->tables : NULL; p && *p; p = &(*p)->next) {
		table = *p;
		if (table->pattern || table->symbols != symbols)
			continue;
		if (!--table->users) {
			*p = table->next;
			free_table(table);
		}
		return;
	}
}

void guests_close(struct guests *guests)
{
	struct table *table;

	if (!guests)
		return;
	while ((table = guests->tables)) {
		guests->tables = table->next;
		free_table(table);
	}
	vm_names_free(guests->names);
	free(guests);
}

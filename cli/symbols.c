// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"
#include "symbols.h"
#include "util.h"

/* Ten times what a kernel with everything in it has. */
#define MAX_STRINGS	(256U << 20)
/* Symbols within symbols: files that make sense have two or three. */
#define MAX_NESTED	64
#define NO_OUTER	UINT32_MAX

/*
 * struct symbol
 * @start: its address, as linked
 * @end: the first one that is not its
 * @name: where its name is in the strings
 * @outer: the last one before it that reaches beyond its start, or NO_OUTER
 */
struct symbol {
	uint64_t start, end;
	uint32_t name;
	uint32_t outer;
};

/*
 * struct symbols
 * @table: sorted by start, no two have the same
 * @count: how many
 * @strings: names, each with a NUL behind it
 * @offset: of the guest's addresses to those in the file
 * @mask: bits that an address has
 * @lines: source lines, or NULL
 */
struct symbols {
	struct symbol *table;
	size_t count;
	char *strings;
	uint64_t offset;
	uint64_t mask;
	struct lines *lines;
};

/*
 * struct found - a symbol as it was found
 * @start: its address
 * @size: as the file says, 0 for unknown
 * @limit: where its section ends
 * @name: where its name is
 * @rank: of several at one address, that with the lowest gives the name
 */
struct found {
	uint64_t start, size, limit;
	uint32_t name;
	uint32_t rank;
};

/*
 * struct reader - a file that is read
 * @elf: the file
 * @machine: EM_*
 * @sections: headers, by number
 * @nr_sections: how many
 * @opd: where a 64-bit PowerPC has its functions' descriptors, or NULL
 * @opd_address: of these
 * @found: symbols
 * @count: how many
 * @strings: names
 * @strings_size: of these
 * @why: see symbols_open()
 * @size: of @why
 */
struct reader {
	Elf *elf;
	unsigned int machine;
	GElf_Shdr *sections;
	size_t nr_sections;
	Elf_Data *opd;
	uint64_t opd_address;
	struct found *found;
	size_t count;
	char *strings;
	size_t strings_size;
	char *why;
	size_t size;
};

static bool refuse(struct reader *r, const char *why)
{
	snprintf(r->why, r->size, "%s", why);
	return false;
}

/* What libelf says; it is a text of its own, and not the file's. */
static bool refuse_elf(struct reader *r, const char *what)
{
	const char *error = elf_errmsg(-1);

	snprintf(r->why, r->size, "%s: %s", what, error ? error : "not valid");
	return false;
}

/*
 * libelf makes room for as many sections as the file says. Without extended numbers, which no
 * linked program has, that is harmless.
 */
static bool check_start(struct reader *r, int fd)
{
	unsigned char start[64];
	ssize_t got = pread(fd, start, sizeof(start), 0);
	size_t at;

	if (got < 0) {
		snprintf(r->why, r->size, "cannot be read: %s", strerror(errno));
		return false;
	}
	if (got < EI_NIDENT || memcmp(start, ELFMAG, SELFMAG))
		return refuse(r, "not an ELF file");
	if (got < (ssize_t)sizeof(Elf32_Ehdr))
		return refuse(r, "cut short: not even its header is there");
	at = start[EI_CLASS] == ELFCLASS64 ? offsetof(Elf64_Ehdr, e_shnum) :
					     offsetof(Elf32_Ehdr, e_shnum);
	if (!start[at] && !start[at + 1])
		return refuse(r, "has no sections, and so no symbols");
	return true;
}

static bool read_sections(struct reader *r)
{
	Elf_Scn *scn = NULL;
	size_t number, count;

	if (elf_getshdrnum(r->elf, &count))
		return refuse_elf(r, "its sections cannot be read");
	r->sections = calloc(count ? count : 1, sizeof(*r->sections));
	if (!r->sections)
		return refuse(r, "no memory for its sections");
	r->nr_sections = count;
	while ((scn = elf_nextscn(r->elf, scn))) {
		number = elf_ndxscn(scn);
		if (number < count && !gelf_getshdr(scn, &r->sections[number]))
			return refuse_elf(r, "its sections cannot be read");
	}
	return true;
}

static bool read_header(struct reader *r)
{
	GElf_Ehdr header;

	if (elf_kind(r->elf) != ELF_K_ELF || !gelf_getehdr(r->elf, &header))
		return refuse_elf(r, "not an ELF file that can be read");
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return refuse(r, header.e_type == ET_REL ?
			      "not linked yet: its symbols have no addresses" :
			      "neither a program nor a kernel");
	r->machine = header.e_machine;
	return read_sections(r);
}

/* With version 1 of its ABI, a function's symbol is that of a descriptor, which has the address. */
static void find_descriptors(struct reader *r)
{
	const char *name;
	size_t names, i;

	if (r->machine != EM_PPC64 || elf_getshdrstrndx(r->elf, &names))
		return;
	for (i = 1; i < r->nr_sections; i++) {
		if (r->sections[i].sh_type != SHT_PROGBITS ||
		    r->sections[i].sh_size > MAX_STRINGS)
			continue;
		name = elf_strptr(r->elf, names, r->sections[i].sh_name);
		if (!name || strcmp(name, ".opd"))
			continue;
		r->opd = elf_rawdata(elf_getscn(r->elf, i), NULL);
		r->opd_address = r->sections[i].sh_addr;
		return;
	}
}

/* Address of the code that a descriptor is for; false if it is none. */
static bool follow_descriptor(const struct reader *r, uint64_t *address)
{
	const uint64_t at = *address - r->opd_address;
	const unsigned char *bytes;
	uint64_t value = 0;
	bool little;
	int i;

	if (!r->opd || !r->opd->d_buf || *address < r->opd_address || r->opd->d_size < 8 ||
	    at > r->opd->d_size - 8)
		return false;
	bytes = (const unsigned char *)r->opd->d_buf + at;
	little = elf_getident(r->elf, NULL)[EI_DATA] == ELFDATA2LSB;
	for (i = 0; i < 8; i++)
		value = value << 8 | bytes[little ? 7 - i : i];
	*address = value;
	return true;
}

static const GElf_Shdr *section_at(const struct reader *r, uint64_t address)
{
	size_t i;

	/* A kernel has a hundred; who has thousands does not make us look long. */
	for (i = 1; i < r->nr_sections && i < 1024; i++)
		if (r->sections[i].sh_flags & SHF_EXECINSTR &&
		    address - r->sections[i].sh_addr < r->sections[i].sh_size)
			return &r->sections[i];
	return NULL;
}

/* Those that mark what is code and what is data, and the compiler's own labels. */
static bool is_mark(const char *name)
{
	return !*name || (*name == '$' && strchr("adtx", name[1]) &&
			  (!name[1] || !name[2] || name[2] == '.')) ||
	       !strncmp(name, ".L", 2);
}

static unsigned int rank_of(const GElf_Sym *sym, const char *name)
{
	unsigned int type = GELF_ST_TYPE(sym->st_info), bind = GELF_ST_BIND(sym->st_info);
	unsigned int rank = type == STT_FUNC || type == STT_GNU_IFUNC ? 0 :
			    type == STT_OBJECT ? 1 : 2;

	rank = rank * 3 + (bind == STB_GLOBAL ? 0 : bind == STB_WEAK ? 1 : 2);
	return rank * 8 + (strspn(name, "_.") < 7 ? strspn(name, "_.") : 7);
}

static void add_symbol(struct reader *r, const GElf_Sym *sym, uint32_t section)
{
	struct found *found = &r->found[r->count];
	const GElf_Shdr *in;
	const char *name;

	switch (GELF_ST_TYPE(sym->st_info)) {
	case STT_NOTYPE:
	case STT_OBJECT:
	case STT_FUNC:
	case STT_GNU_IFUNC:
		break;
	default:
		return;
	}
	/* Without a section: not here, or a number that is no address. */
	if (section == SHN_UNDEF || section >= r->nr_sections ||
	    sym->st_name >= r->strings_size)
		return;
	name = r->strings + sym->st_name;
	in = &r->sections[section];
	if (is_mark(name) || !(in->sh_flags & SHF_ALLOC))
		return;
	found->start = sym->st_value;
	if (r->opd && GELF_ST_TYPE(sym->st_info) == STT_FUNC &&
	    sym->st_value - r->opd_address < r->opd->d_size) {
		if (!follow_descriptor(r, &found->start))
			return;
		in = section_at(r, found->start);
	}
	/* A linker's own may lie at the end of a section. */
	if (!in || found->start - in->sh_addr >= in->sh_size)
		return;
	found->size = sym->st_size;
	found->limit = in->sh_addr + in->sh_size;
	/* A section that goes round the end of all addresses. */
	if (found->limit < found->start)
		return;
	found->name = sym->st_name;
	found->rank = rank_of(sym, name);
	r->count++;
}

static bool read_strings(struct reader *r, size_t section)
{
	Elf_Data *data;

	if (!section || section >= r->nr_sections || r->sections[section].sh_type != SHT_STRTAB)
		return refuse(r, "damaged: its symbols have no names");
	if (r->sections[section].sh_size > MAX_STRINGS)
		return refuse(r, "its symbols' names take more than 256 MiB");
	data = elf_rawdata(elf_getscn(r->elf, section), NULL);
	if (!data)
		return refuse_elf(r, "the names of its symbols cannot be read");
	if (!data->d_buf || !data->d_size)
		return refuse(r, "damaged: its symbols have no names");
	r->strings = malloc(data->d_size + 1);
	if (!r->strings)
		return refuse(r, "no memory for the names of its symbols");
	memcpy(r->strings, data->d_buf, data->d_size);
	r->strings[data->d_size] = 0;
	r->strings_size = data->d_size;
	return true;
}

/* Sections of numbers that do not fit into a symbol are told in a table of their own. */
static Elf_Data *section_numbers(const struct reader *r, size_t table)
{
	size_t i;

	for (i = 1; i < r->nr_sections; i++)
		if (r->sections[i].sh_type == SHT_SYMTAB_SHNDX && r->sections[i].sh_link == table)
			return elf_getdata(elf_getscn(r->elf, i), NULL);
	return NULL;
}

static bool read_table(struct reader *r, size_t table)
{
	const size_t entry = gelf_fsize(r->elf, ELF_T_SYM, 1, EV_CURRENT);
	Elf_Data *data, *numbers;
	size_t count, i;

	if (!entry || r->sections[table].sh_size / entry > SYMBOLS_MAX)
		return refuse(r, "has more than 4 million symbols");
	data = elf_getdata(elf_getscn(r->elf, table), NULL);
	if (!data || !data->d_buf)
		return refuse_elf(r, "its symbols cannot be read");
	count = data->d_size / entry;
	if (!read_strings(r, r->sections[table].sh_link))
		return false;
	r->found = calloc(count ? count : 1, sizeof(*r->found));
	if (!r->found)
		return refuse(r, "no memory for its symbols");
	numbers = section_numbers(r, table);
	find_descriptors(r);
	for (i = 0; i < count; i++) {
		Elf32_Word number = 0;
		GElf_Sym sym;

		if (!gelf_getsymshndx(data, numbers, i, &sym, &number))
			return refuse_elf(r, "its symbols cannot be read");
		if (sym.st_shndx != SHN_XINDEX)
			number = sym.st_shndx < SHN_LORESERVE ? sym.st_shndx : SHN_UNDEF;
		add_symbol(r, &sym, number);
	}
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* One symbol for each address, with its end and what is around it. */
static void make_table(struct symbols *symbols, const struct found *found, size_t count)
{
	uint32_t outer = NO_OUTER;
	uint64_t end, next;
	size_t i, j;

	for (i = 0; i < count; i = j) {
		struct symbol *symbol = &symbols->table[symbols->count];

		for (j = i + 1; j < count && found[j].start == found[i].start; j++)
			;
		next = j < count ? found[j].start : UINT64_MAX;
		end = found[i].size ? found[i].start + found[i].size : next;
		if (end <= found[i].start || end > found[i].limit)
			end = found[i].limit;
		while (outer != NO_OUTER && symbols->table[outer].end <= found[i].start)
			outer = symbols->table[outer].outer;
		if (!found[i].size && outer != NO_OUTER && end > symbols->table[outer].end)
			end = symbols->table[outer].end;
		symbol->start = found[i].start;
		symbol->end = end;
		symbol->name = found[i].name;
		symbol->outer = outer;
		outer = symbols->count++;
	}
}

static bool read_symbols(struct reader *r, struct symbols *symbols)
{
	size_t table, i;

	for (table = 0, i = 1; i < r->nr_sections; i++)
		if (r->sections[i].sh_type == SHT_SYMTAB ||
		    (r->sections[i].sh_type == SHT_DYNSYM && !table))
			table = i;
	if (!table)
		return refuse(r, "has no symbols: is it stripped?");
	if (!read_table(r, table))
		return false;
	if (!r->count)
		return refuse(r, "has no symbols that have an address");
	qsort(r->found, r->count, sizeof(*r->found), by_start);
	symbols->table = calloc(r->count, sizeof(*symbols->table));
	if (!symbols->table)
		return refuse(r, "no memory for its symbols");
	make_table(symbols, r->found, r->count);
	symbols->strings = r->strings;
	r->strings = NULL;
	symbols->mask = gelf_getclass(r->elf) == ELFCLASS32 ? UINT32_MAX : UINT64_MAX;
	return true;
}

bool symbols_open(struct symbols **result, int fd, uint64_t offset, char *why, size_t size)
{
	struct reader r = { .why = why, .size = size };
	struct symbols *symbols = NULL;
	bool ok = false;

	*result = NULL;
	if (elf_version(EV_CURRENT) == EV_NONE)
		return refuse_elf(&r, "libelf");
	if (!check_start(&r, fd))
		return false;
	/* Not mapped: it may be cut while we look at it. */
	r.elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!r.elf)
		return refuse_elf(&r, "not an ELF file that can be read");
	symbols = calloc(1, sizeof(*symbols));
	if (!symbols) {
		refuse(&r, "no memory for its symbols");
		goto out;
	}
	symbols->offset = offset;
	ok = read_header(&r) && read_symbols(&r, symbols);
out:
	free(r.sections);
	free(r.found);
	free(r.strings);
	elf_end(r.elf);
	if (ok)
		*result = symbols;
	else
		symbols_close(symbols);
	return ok;
}

bool symbols_find(const struct symbols *symbols, uint64_t address, const char **name,
		  uint64_t *offset)
{
	size_t low = 0, high = symbols->count, middle;
	uint32_t at;
	int nested;

	address = (address - symbols->offset) & symbols->mask;
	/* The first one that starts behind it. */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (symbols->table[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	at = low ? low - 1 : NO_OUTER;
	for (nested = 0; at != NO_OUTER && nested < MAX_NESTED; nested++) {
		const struct symbol *symbol = &symbols->table[at];

		if (address < symbol->end) {
			*name = symbols->strings + symbol->name;
			*offset = address - symbol->start;
			return true;
		}
		at = symbol->outer;
	}
	return false;
}

bool symbols_text(const struct symbols *symbols, uint64_t address, char *text, size_t size)
{
	uint64_t offset;
	const char *name;
	size_t len;

	*text = 0;
	if (!symbols || !symbols_find(symbols, address, &name, &offset))
		return false;
	/* Room for the offset is left, however long the name is. */
	escape(text, size - 20, name, strnlen(name, size));
	len = strlen(text);
	if (offset)
		snprintf(text + len, size - len, "+0x%llx", (unsigned long long)offset);
	return true;
}

size_t symbols_count(const struct symbols *symbols)
{
	return symbols->count;
}

bool symbols_line(const struct symbols *symbols, uint64_t address, char *text, size_t size)
{
	*text = 0;
	if (!symbols || !symbols->lines)
		return false;
	return lines_find(symbols->lines, (address - symbols->offset) & symbols->mask, text,
			  size);
}

void symbols_lines(struct symbols *symbols, struct lines *lines)
{
	symbols->lines = lines;
}

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	lines_close(symbols->lines);
	free(symbols->table);
	free(symbols->strings);
	free(symbols);
}

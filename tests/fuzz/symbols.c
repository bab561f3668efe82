// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer: any bytes as the ELF file of a guest's symbols. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbols.h"

static int file;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	file = memfd_create("fuzz", MFD_CLOEXEC);
	return file < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[160], text[SYMBOL_SIZE];
	struct symbols *symbols;
	uint64_t address = 0, offset;
	const char *name;
	unsigned int i;

	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	memset(why, 0, sizeof(why));
	if (!symbols_open(&symbols, file, size, why, sizeof(why))) {
		if (symbols || !*why)
			abort();
		return 0;
	}
	if (!symbols_count(symbols))
		abort();
	for (i = 0; i < 64; i++) {
		/* What the file itself has as numbers are the interesting ones. */
		if (size >= sizeof(address))
			memcpy(&address, data + (i * 16) % (size - sizeof(address) + 1),
			       sizeof(address));
		address += i % 3 + size;
		if (symbols_text(symbols, address, text, sizeof(text)) !=
		    symbols_find(symbols, address, &name, &offset))
			abort();
		if (strlen(text) >= sizeof(text))
			abort();
	}
	symbols_close(symbols);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer: any bytes as a result of the benchmark. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run;
	size_t i, j;
	bool ok;

	memset(&run, 0, sizeof(run));
	ok = run_parse(&run, (const char *)data, size);
	/* What was taken is as run.h says, and what was not has a reason. */
	if (ok != !*run.why || (ok && !run.nr_rows))
		abort();
	for (i = 0; ok && i < run.nr_rows; i++) {
		if (!*run.rows[i].name || !*run.rows[i].unit || !run.rows[i].nr_values)
			abort();
		for (j = 0; j < run.rows[i].nr_values; j++)
			if (!(run.rows[i].values[j] >= 0 && run.rows[i].values[j] <= RUN_MAX_VALUE))
				abort();
	}
	run_free(&run);
	return 0;
}

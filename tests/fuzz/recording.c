// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer: any bytes as a recording, in all the ways in which one is read. */
#include <stdio.h>
#include <stdlib.h>

#include "output.h"
#include "report.h"

static FILE *null;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the reader says about bad files would be most of the time; libFuzzer has its own stream. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	null = fopen("/dev/null", "w");
	stderr = fopen("/dev/null", "w");
	stdout = null;
	return null && stderr ? 0 : 1;
}

/* As kvmdbg top --replay does, which can also go back. */
static void replay(struct recording *recording)
{
	struct frame_sink sink;
	struct model model;
	uint64_t windows;
	int round;

	for (round = 0; round < 2; round++) {
		if (!model_init(&model, recording_start_ns(recording)))
			abort();
		recording_setup_model(recording, &model);
		sink = model_sink(&model);
		while (recording_next(recording, &sink)) {
			char *text = frame_json(&model);

			free(text);
			print_batch(&model, "host");
		}
		model_free(&model);
		if (round && recording_windows(recording) != windows)
			abort();
		windows = recording_windows(recording);
		if (!recording_rewind(recording))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned int way = size ? data[size - 1] % 6 : 0;
	struct recording *recording;
	FILE *file;

	file = fmemopen((void *)data, size, "r");
	if (!file || recording_open_stream(&recording, file, "fuzz"))
		return 0;
	if (way < 5)
		report_write(null, recording, &report_formats[way]);
	else
		replay(recording);
	recording_close(recording);
	return 0;
}

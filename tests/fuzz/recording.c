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
	static struct history history;
	struct canvas canvas = { 0 };
	struct frame_sink sink;
	struct model model;
	struct view view;
	uint64_t windows;
	int round;

	history.nr = 0;
	history.nr_strays = 0;
	view_init(&view, &history);
	for (round = 0; round < 2; round++) {
		if (!model_init(&model, recording_start_ns(recording)))
			abort();
		recording_setup_model(recording, &model);
		sink = model_sink(&model);
		while (recording_next(recording, &sink)) {
			char *text = frame_json(&model);

			free(text);
			history_take(&history, &model);
			print_batch(&model, &view);
			/* a page, and the other one */
			view.page = view.page == PAGE_TABLE ? PAGE_DETAIL : PAGE_TABLE;
			if (!canvas_resize(&canvas, 24, 80) || !view_update(&view, &model, 24, 80))
				abort();
			view_draw(&canvas, &model, &view);
		}
		model_free(&model);
		if (round && recording_windows(recording) != windows)
			abort();
		windows = recording_windows(recording);
		if (!recording_rewind(recording))
			abort();
	}
	view_free(&view);
	canvas_free(&canvas);
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

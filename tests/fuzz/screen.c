// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer: any bytes as a configuration, as a filter, as keys, and as the name of a VM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "util.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *name;
static size_t name_len;

static void given_name(void *ctx, const struct kvmdbg_vcpu *raw, char *text, size_t size)
{
	(void)ctx;
	(void)raw;
	escape(text, size, (const char *)name, name_len);
}

static uint32_t raw_kinds(const struct kvmdbg_hit *hit)
{
	return hit->raw;
}

static void make(struct model *model, struct history *history)
{
	struct kvmdbg_hit hit = { .time_ns = 1500000000, .vm = 1, .tgid = 1, .raw = 2,
				  .origin = KVMDBG_STRAY };
	struct kvmdbg_vcpu raw = { .state = KVMDBG_LIVE, .vm = 1, .tgid = 1, .debug_exits = 5 };

	if (!model_init(model, 1000000000))
		abort();
	model->backend = "fuzz";
	model->raw_name = "raw";
	model->switch_hz = 1000000;
	model->kinds = raw_kinds;
	model->vm_name = given_name;
	raw.origin[KVMDBG_STRAY] = 5;
	raw.hist[KVMDBG_DEBUG_EXIT].buckets[100] = 5;
	raw.hist[KVMDBG_DEBUG_EXIT].max = 1000000;
	model_hit(model, &hit);
	model_begin(model, 2000000000);
	for (raw.id = 0; raw.id < 12; raw.id++)
		if (!model_add(model, raw.id, &raw, NULL))
			abort();
	model_end(model, 0);
	history->nr = 0;
	history->nr_strays = 0;
	history_take(history, model);
}

/* Whatever was shown, it is text of the columns that there are. */
static void look(const struct canvas *canvas)
{
	char text[4096];
	size_t i;
	int row;

	for (row = 0; row < canvas->rows; row++) {
		canvas_row(canvas, row, false, text, sizeof(text));
		if (text_columns(text) > canvas->columns)
			abort();
		for (i = 0; text[i]; i++)
			if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
				abort();
	}
}

static void press_keys(const uint8_t *data, size_t size)
{
	static struct history history;
	struct canvas canvas = { 0 };
	struct model model;
	struct view view;
	int rows, columns;
	size_t i;

	name = data;
	name_len = size;
	make(&model, &history);
	view_init(&view, &history);
	rows = size ? data[0] % 60 + 1 : 24;
	columns = size > 1 ? data[1] % 200 + 1 : 80;
	for (i = 2; i < size && i < 100; i++) {
		/* some of them are keys that are no characters */
		view_key(&view, &model, data[i] < 0xc0 ? data[i] : KEY_NOTHING + data[i] % 16);
		if (!view_update(&view, &model, rows, columns))
			abort();
		if (i % 8 && i + 1 < size)
			continue;
		if (!canvas_resize(&canvas, rows, columns))
			abort();
		view_draw(&canvas, &model, &view);
		look(&canvas);
	}
	view_free(&view);
	canvas_free(&canvas);
	model_free(&model);
}

/* What was read and is written is read again as the same. */
static void configure(const uint8_t *data, size_t size)
{
	struct settings settings, again;
	char why[256], text[CONFIG_SIZE];
	size_t len;

	settings_init(&settings);
	config_parse(&settings, (const char *)data, size, why, sizeof(why));
	len = config_text(&settings, text, sizeof(text));
	settings_init(&again);
	if (len >= sizeof(text) || !config_parse(&again, text, len, why, sizeof(why)) ||
	    memcmp(&settings, &again, sizeof(again)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && data[size - 1] & 1)
		press_keys(data, size - 1);
	else
		configure(data, size ? size - 1 : 0);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The layout of the screen and of batch output. */
#include <stdlib.h>

#include "fixture.h"
#include "util.h"
#include "view.h"

static const struct view_options screen = { .interactive = true, .host = "board 6.12" };

static const char *row_text(const struct canvas *canvas, int row)
{
	static char text[4096];

	assert_in_range(row, 0, canvas->rows - 1);
	canvas_row(canvas, row, false, text, sizeof(text));
	return text;
}

/* First row that has this, or -1. */
static int find_row(const struct canvas *canvas, const char *what)
{
	int row;

	for (row = 0; row < canvas->rows; row++)
		if (strstr(row_text(canvas, row), what))
			return row;
	return -1;
}

static void draw(struct canvas *canvas, const struct model *model, int rows, int columns,
		 const struct view_options *options)
{
	assert_true(canvas_resize(canvas, rows, columns));
	view_frame(canvas, model, options);
}

/* @count vCPUs of one VM; the first has all that can be shown. */
static void make(struct model *model, unsigned int count)
{
	struct kvmdbg_hit hit = { .time_ns = 2 * SEC - SEC / 4, .vm = 1, .pc = 0x101c, .tgid = 42,
				  .raw = 0x08000000 };
	struct kvmdbg_vcpu raw;
	unsigned int i;

	fixture_model(model);
	for (i = 0; i < 20; i++) {
		hit.pc = 0x1000 + 4 * i;
		model_hit(model, &hit);
	}
	model_begin(model, 2 * SEC);
	for (i = 0; i < count; i++) {
		raw = fixture_vcpu(42, 1, i);
		if (!i) {
			raw.events[KVMDBG_STEP] = 12345;
			raw.events[KVMDBG_SW_BREAK] = 67;
			raw.debug_exits = 12412;
			raw.origin[KVMDBG_USER] = 12412;
			raw.exits = 250000;
			raw.skipped = 8;
			raw.to_guest = 1;
			raw.to_host = 1;
			fixture_latency(&raw, KVMDBG_SWITCH, 6, 2);
			fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 20480, 12412);
		}
		assert_true(model_add(model, i, &raw, NULL));
	}
	model_end(model, 0);
}

static void test_80x24(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	make(&model, 2);
	draw(&canvas, &model, 24, 80, &screen);
	assert_string_equal(row_text(&canvas, 0),
			    "kvmdbg top booke-pr  every 1s  up 0:00:01  board 6.12");
	assert_string_equal(row_text(&canvas, 1),
			    "vCPUs 2  events/s 12412  stray 0  hits dropped 0");
	assert_string_equal(row_text(&canvas, 2),
			    "EVENTS/s        VCPU  STEP HWBRK SWBRK RDWAT WRWAT OTHER  USER GUEST STRAY  HOST");
	assert_string_equal(row_text(&canvas, 3),
			    "vmm:42             0 12345     0    67     0     0     0 12412     0     0     0");
	assert_string_equal(row_text(&canvas, 5),
			    "COST            VCPU EXITS SWTCH  SKIP  SW50  SW99 SWMAX DBG50 DBG99 EXT50 EXT99");
	assert_string_equal(row_text(&canvas, 6),
			    "vmm:42             0  250k     2     8   60n   60n   60n 20.5u 20.5u     -     -");
	assert_string_equal(row_text(&canvas, 7),
			    "vmm:42             1     0     0     0     -     -     -     -     -     -     -");
	assert_string_equal(row_text(&canvas, 8), "LAST HITS");
	assert_string_equal(row_text(&canvas, 22),
			    "-0.250s pc 0x0000104c step user vcpu 0 vmm:42 dbsr 0x08000000");
	assert_string_equal(row_text(&canvas, 23), "q quit  p pause  r reset  h help");
	canvas_free(&canvas);
	model_free(&model);
}

static void test_40x10(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	make(&model, 2);
	draw(&canvas, &model, 10, 40, &screen);
	/* what matters most is there, and nothing is over the edge */
	assert_string_equal(row_text(&canvas, 2), "EVENTS/s    VCPU  STEP HWBRK SWBRK STRAY");
	assert_string_equal(row_text(&canvas, 3), "vmm:42         0 12345     0    67     0");
	assert_int_equal(find_row(&canvas, "q quit"), 9);
	assert_true(find_row(&canvas, "DBG50") > 0);
	canvas_free(&canvas);
	model_free(&model);
}

/* No size crashes (the sanitizers watch), nor does any scroll. */
static void test_any_size(void **state)
{
	static const unsigned int counts[] = { 0, 1, 3, 40 };
	struct view_options options = screen;
	struct canvas canvas = { 0 };
	struct model model;
	int rows, columns;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		make(&model, counts[i]);
		for (rows = 1; rows < 60; rows += 1 + rows / 12)
			for (columns = 1; columns < 200; columns += 1 + columns / 12) {
				options.scroll = (rows + columns) % 50;
				options.paused = rows & 1;
				draw(&canvas, &model, rows, columns, &options);
				assert_true(canvas_resize(&canvas, rows, columns));
				view_help(&canvas, false);
			}
		model_free(&model);
	}
	canvas_free(&canvas);
}

static void test_more_vcpus(void **state)
{
	struct view_options options = screen;
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	make(&model, 256);
	draw(&canvas, &model, 24, 80, &options);
	assert_true(find_row(&canvas, " more vCPUs") > 0);
	assert_true(find_row(&canvas, "COST") > 0);
	assert_true(find_row(&canvas, "LAST HITS") > 0);
	options.scroll = 255;
	draw(&canvas, &model, 24, 80, &options);
	assert_string_equal(row_text(&canvas, 3),
			    "vmm:42           255     0     0     0     0     0     0     0     0     0     0");
	canvas_free(&canvas);
	model_free(&model);
}

static void test_paused(void **state)
{
	struct view_options options = screen;
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	make(&model, 1);
	options.paused = true;
	draw(&canvas, &model, 10, 40, &options);
	assert_int_equal(find_row(&canvas, "PAUSED"), 0);
	options.paused = false;
	draw(&canvas, &model, 10, 40, &options);
	assert_int_equal(find_row(&canvas, "PAUSED"), -1);
	canvas_free(&canvas);
	model_free(&model);
}

static int count_attr(const struct canvas *canvas, enum attr attr)
{
	int i, n = 0;

	for (i = 0; i < canvas->rows * canvas->columns; i++)
		n += canvas->cells[i].attr == attr;
	return n;
}

static void test_stray(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 1, 0);
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 42, .origin = KVMDBG_STRAY };
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	fixture_model(&model);
	model_begin(&model, 2 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	draw(&canvas, &model, 24, 80, &screen);
	assert_int_equal(count_attr(&canvas, ATTR_STRAY), 0);

	raw.origin[KVMDBG_STRAY] = 1;
	model_hit(&model, &hit);
	model_begin(&model, 3 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	draw(&canvas, &model, 24, 80, &screen);
	/* in the summary, in the table, and the hit's whole line */
	assert_int_equal(count_attr(&canvas, ATTR_STRAY),
			 strlen("stray 1") + strlen("1") +
			 strlen("-3.000s pc 0x00000000 unknown stray vcpu 0 vmm:42 dbsr 0x00000000"));

	/* it stays marked when no more come */
	model_begin(&model, 4 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	draw(&canvas, &model, 24, 80, &screen);
	assert_int_equal(count_attr(&canvas, ATTR_STRAY), strlen("stray 1") + strlen("0"));
	canvas_free(&canvas);
	model_free(&model);
}

static void test_unknown(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	make(&model, 1);
	model.switch_hz = 0;
	draw(&canvas, &model, 24, 80, &screen);
	assert_string_equal(row_text(&canvas, 5),
			    "vmm:42             0  250k     2     8   n/a   n/a   n/a 20.5u 20.5u     -     -");
	model.lost_events = 5;
	draw(&canvas, &model, 24, 80, &screen);
	assert_int_equal(find_row(&canvas, "NOT COUNTED 5"), 1);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_batch(void **state)
{
	const struct view_options options = { .host = "h" };
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	make(&model, 30);
	draw(&canvas, &model, view_rows(&model), 100, &options);
	/* all vCPUs in both tables, ten hits, no keys, no row left over */
	assert_int_equal(canvas.rows, 2 + 2 * 31 + 11);
	assert_int_equal(find_row(&canvas, "more vCPUs"), -1);
	assert_int_equal(find_row(&canvas, "q quit"), -1);
	assert_int_equal(find_row(&canvas, "LAST HITS"), 64);
	assert_non_null(strstr(row_text(&canvas, 74), "0x0000104c"));
	assert_non_null(strstr(row_text(&canvas, 65), "0x00001028"));
	model_free(&model);

	make(&model, 0);
	draw(&canvas, &model, view_rows(&model), 100, &options);
	assert_true(find_row(&canvas, "no vCPU") > 0);
	canvas_free(&canvas);
	model_free(&model);
}

static const char *name_given;

static void given_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	(void)ctx;
	(void)raw;
	escape(name, size, name_given, strlen(name_given));
}

/* Whatever a VM is called, its columns stay where they are. */
static void test_names(void **state)
{
	static const struct {
		const char *name, *want;
	} names[] = {
		{ "web", "web                0     0" },
		{ "exactly15column", "exactly15column    0     0" },
		{ "one-more-than-15", "one-mor~than-15    0     0" },
		{ "instance-0000001a-production", "instanc~duction    0     0" },
		/* two columns each: an odd width leaves one blank */
		{ "\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba", "\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba             0     0" },
		{ "\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba\xe8\x99\x9a\xe6\x8b\x9f",
		  "\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba~\xe6\x8b\x9f\xe6\x9c\xba\xe8\x99\x9a\xe6\x8b\x9f    0     0" },
		{ "\x1b[31m\xff", "\\x1b[31m\\xff       0     0" },
		/* a mark on the letter before it takes no column */
		{ "e\xcc\x81tat", "e\xcc\x81tat               0     0" },
	};
	struct canvas canvas = { 0 };
	struct kvmdbg_vcpu raw;
	struct model model;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		name_given = names[i].name;
		fixture_model(&model);
		model.vm_name = given_name;
		raw = fixture_vcpu(1, 1, 0);
		model_begin(&model, 2 * SEC);
		assert_true(model_add(&model, 0, &raw, NULL));
		model_end(&model, 0);
		draw(&canvas, &model, 24, 80, &screen);
		if (strncmp(row_text(&canvas, 3), names[i].want, strlen(names[i].want)))
			fail_msg("'%s' is not '%s'", row_text(&canvas, 3), names[i].want);
		canvas_row(&canvas, 3, true, text, sizeof(text));
		for (char *s = text; *s; s++)
			assert_true(*s >= 0x20 && *s < 0x7f);
		model_free(&model);
	}
	canvas_free(&canvas);
}

static void test_put_edges(void **state)
{
	struct canvas canvas = { 0 };
	char many[100] = "a";
	int i;

	(void)state;
	assert_true(canvas_resize(&canvas, 2, 5));
	/* half of a wide character does not fit */
	assert_int_equal(canvas_put(&canvas, 0, 4, ATTR_PLAIN, "\xe8\x99\x9a"), 4);
	assert_string_equal(row_text(&canvas, 0), "");
	assert_int_equal(canvas_put(&canvas, 5, 0, ATTR_PLAIN, "x"), 0);
	/* more marks than a cell holds, and one without a letter */
	for (i = 0; i < 40; i++)
		strcat(many, "\xcc\x81");
	assert_int_equal(canvas_put(&canvas, 1, 0, ATTR_PLAIN, many), 1);
	assert_int_equal(canvas_put(&canvas, 1, 1, ATTR_PLAIN, "\xcc\x81" "b"), 2);
	assert_non_null(strstr(row_text(&canvas, 1), "\x81" "b"));
	canvas_free(&canvas);
}

static void test_format(void **state)
{
	static const struct {
		double value;
		const char *want;
	} counts[] = {
		{ 0, "0" }, { 2, "2" }, { 0.5, "0.5" }, { 9.94, "9.9" }, { 9.96, "10" }, { 99999, "99999" },
		{ 99999.6, "100k" }, { 999499, "999k" }, { 999999, "1.0M" }, { 99960000, "100M" },
		{ 1.8e19, "18.0E" },
	};
	static const struct {
		uint64_t ns;
		const char *want;
	} times[] = {
		{ 0, "0n" }, { 999, "999n" }, { 1000, "1.0u" }, { 20500, "20.5u" },
		{ 99949, "99.9u" }, { 99960, "100u" }, { 999400, "999u" }, { 999600, "1.0m" },
		{ 1500000000, "1.5s" }, { 3600000000000, "3600s" },
	};
	char text[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		format_count(text, sizeof(text), counts[i].value);
		assert_string_equal(text, counts[i].want);
	}
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		format_ns(text, sizeof(text), times[i].ns);
		assert_string_equal(text, times[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80x24),
		cmocka_unit_test(test_40x10),
		cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_more_vcpus),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_stray),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_put_edges),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}

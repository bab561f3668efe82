// SPDX-License-Identifier: GPL-2.0-only
/* The layout of the screen and of batch output. */
#include <stdlib.h>

#include "fixture.h"
#include "guests.h"
#include "util.h"
#include "view.h"

static struct history history;
static struct view view;

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

/* A screen as it is when kvmdbg top has just started. */
static void start(void)
{
	memset(&history, 0, sizeof(history));
	view_free(&view);
	view_init(&view, &history);
	view.host = "board 6.12";
	strcpy(view.clock, "12:34:56");
	view.own_cpu = 0.25;
	view.own_memory = 6 << 20;
}

static void draw(struct canvas *canvas, const struct model *model, int rows, int columns)
{
	assert_true(canvas_resize(canvas, rows, columns));
	assert_true(view_update(&view, model, rows, columns));
	view_draw(canvas, model, &view);
}

static void keys(const struct model *model, const char *text)
{
	for (; *text; text++) {
		assert_true(view_update(&view, model, 24, 80));
		view_key(&view, model, *text == '\n' ? KEY_RETURN : (unsigned char)*text);
	}
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

/* As the screen does it for each frame. */
static void take(const struct model *model)
{
	history_take(&history, model);
}

static void test_80x24(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 2);
	take(&model);
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 0),
			    "kvmdbg top booke-pr  board 6.12                   every 1s  up 0:00:01  12:34:56");
	assert_string_equal(row_text(&canvas, 1),
			    "VMs 1  vCPUs 2  events/s 12412  stray 0  hits dropped 0         kvmdbg 0.2% 6.0M");
	assert_string_equal(row_text(&canvas, 2),
			    "+VM             VCPU EVENT STRAY DBG99  SW99  STEP HWBRK SWBRK RDWAT WRWAT EXITS");
	assert_string_equal(row_text(&canvas, 3),
			    "vmm:42             0 12412     0 20.5u   60n 12345     0    67     0     0  250k");
	assert_string_equal(row_text(&canvas, 4),
			    "vmm:42             1     0     0     -     -     0     0     0     0     0     0");
	assert_string_equal(row_text(&canvas, 5),
			    "LAST HITS                    KIND        FROM  PC");
	assert_string_equal(row_text(&canvas, 22),
			    "-0.250s  vmm:42           /0 step        user  0x0000104c dbsr 08000000 ICMP");
	assert_string_equal(row_text(&canvas, 23),
			    "q quit  h help  p pause  a ack  Enter detail  / filter  v view  t totals  f fold");

	/* the other columns, and the totals */
	keys(&model, "vv");
	view.message[0] = 0;
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 2),
			    "+VM             VCPU DBG50 DBG99  SW50  SW99 EXITS SWTCH  SKIP EXT50 EXT99 DBGMX");
	assert_string_equal(row_text(&canvas, 3),
			    "vmm:42             0 20.5u 20.5u   60n   60n  250k     2     8     -     - 20.5u");
	canvas_free(&canvas);
	model_free(&model);
}

/* Nothing is over the edge, cut in the middle, or left empty; what matters most is there. */
static void test_40x10(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 2);
	take(&model);
	draw(&canvas, &model, 10, 40);
	assert_string_equal(row_text(&canvas, 0), "kvmdbg top booke-pr   every 1s  12:34:56");
	assert_string_equal(row_text(&canvas, 1), "VMs 1  vCPUs 2  events/s 12412  stray 0");
	assert_string_equal(row_text(&canvas, 2), "+VM         VCPU EVENT STRAY DBG99  SW99");
	assert_string_equal(row_text(&canvas, 3), "vmm:42         0 12412     0 20.5u   60n");
	assert_string_equal(row_text(&canvas, 8), "-0.250s  step        user  0x0000104c");
	assert_string_equal(row_text(&canvas, 9), "q quit  h help  p pause  a ack  / filter");
	canvas_free(&canvas);
	model_free(&model);
}

/* More room shows more columns, in one table. */
static void test_200x60(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;
	int i;

	(void)state;
	start();
	make(&model, 2);
	take(&model);
	draw(&canvas, &model, 60, 200);
	for (i = 0; i < NR_COLUMNS; i++)
		assert_non_null(strstr(row_text(&canvas, 2), column_infos[i].title));
	assert_non_null(strstr(row_text(&canvas, 59), "w write"));
	canvas_free(&canvas);
	model_free(&model);
}

/* No size crashes (the sanitizers watch), on no page. */
static void test_any_size(void **state)
{
	static const unsigned int counts[] = { 0, 1, 3, 40 };
	static const enum page pages[] = { PAGE_TABLE, PAGE_DETAIL, PAGE_COLUMNS, PAGE_HELP };
	struct canvas canvas = { 0 };
	struct model model;
	int rows, columns;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		start();
		make(&model, counts[i]);
		take(&model);
		for (rows = 1; rows < 60; rows += 1 + rows / 12)
			for (columns = 1; columns < 200; columns += 1 + columns / 12) {
				view.page = pages[(rows + columns) % 4];
				view.paused = rows & 1;
				view.chosen = columns % NR_COLUMNS;
				view.prompt = rows % 5 ? PROMPT_NONE : PROMPT_FILTER;
				draw(&canvas, &model, rows, columns);
			}
		model_free(&model);
	}
	canvas_free(&canvas);
}

/* Of 256 the table shows those around the selected one. */
static void test_many(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 256);
	take(&model);
	draw(&canvas, &model, 24, 80);
	assert_int_equal(find_row(&canvas, "LAST HITS"), 17);
	keys(&model, "G");
	draw(&canvas, &model, 24, 80);
	assert_non_null(strstr(row_text(&canvas, 16), "  255 "));
	assert_non_null(strstr(row_text(&canvas, 3), "  242 "));
	keys(&model, "k");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(canvas.cells[15 * 80].attr, ATTR_SELECTED);
	keys(&model, "g");
	keys(&model, "\x06");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.selected, 14);
	/* all of them in one row, and apart again */
	keys(&model, "F");
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 3),
			    "vmm:42          x256 12412     0 20.5u   60n 12345     0    67     0     0  250k");
	keys(&model, "f");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.rows.nr, 256);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_paused(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 1);
	view.paused = true;
	draw(&canvas, &model, 10, 40);
	assert_int_equal(find_row(&canvas, "PAUSED"), 0);
	view.paused = false;
	draw(&canvas, &model, 10, 40);
	assert_int_equal(find_row(&canvas, "PAUSED"), -1);
	assert_int_equal(view_key(&view, &model, ' '), ACTION_PAUSE);
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
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 42, .origin = KVMDBG_STRAY, .pc = 0xbad };
	struct canvas canvas = { 0 };
	struct model model;
	int i;

	(void)state;
	start();
	fixture_model(&model);
	model_begin(&model, 2 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	draw(&canvas, &model, 24, 80);
	assert_int_equal(count_attr(&canvas, ATTR_STRAY), 0);

	raw.origin[KVMDBG_STRAY] = 1;
	model_hit(&model, &hit);
	model_begin(&model, 3 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	take(&model);
	/* it stays marked when others come: in the summary, in the table, and its own line */
	hit.origin = KVMDBG_USER;
	hit.pc = 0x1000;
	for (i = 0; i < 1000; i++)
		model_hit(&model, &hit);
	model_begin(&model, 4 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	take(&model);
	draw(&canvas, &model, 24, 80);
	assert_int_equal(find_row(&canvas, "stray 1, 1 new"), 1);
	assert_non_null(strstr(row_text(&canvas, 3), " !0 "));
	assert_int_equal(find_row(&canvas, "0x00000bad"), 5);
	assert_true(count_attr(&canvas, ATTR_STRAY) > (int)strlen("stray 1, 1 new" "!0" "0x00000bad"));

	/* until somebody has taken note of it */
	assert_int_equal(view_key(&view, &model, 'a'), ACTION_ACKNOWLEDGE);
	model_acknowledge(&model, &model);
	history_acknowledge(&history);
	draw(&canvas, &model, 24, 80);
	assert_int_equal(count_attr(&canvas, ATTR_STRAY), 0);
	assert_int_equal(find_row(&canvas, "stray 1 "), 1);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_unknown(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 1);
	take(&model);
	view.settings.set = SET_COST;
	model.switch_hz = 0;
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 3),
			    "vmm:42             0 20.5u 20.5u   n/a   n/a  250k     2     8     -     - 20.5u");
	model.lost_events = 5;
	draw(&canvas, &model, 24, 80);
	assert_int_equal(find_row(&canvas, "NOT COUNTED 5"), 1);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_batch(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 30);
	take(&model);
	assert_true(view_print(&canvas, 100, &model, &view));
	/* all vCPUs in both tables, ten hits, no keys, no row left over */
	assert_int_equal(canvas.rows, 2 + 2 * 31 + 11);
	assert_int_equal(find_row(&canvas, "q quit"), -1);
	assert_int_equal(find_row(&canvas, "LAST HITS"), 64);
	assert_non_null(strstr(row_text(&canvas, 74), "0x0000104c"));
	assert_non_null(strstr(row_text(&canvas, 65), "0x00001028"));
	assert_string_equal(row_text(&canvas, 2),
			    "EVENTS/s                VCPU  STEP HWBRK SWBRK STRAY RDWAT WRWAT OTHER  USER GUEST  HOST");
	assert_string_equal(row_text(&canvas, 33),
			    "COST                    VCPU DBG50 DBG99  SW50  SW99 EXITS SWTCH  SKIP EXT50 EXT99 DBGMX SWMAX EXTMX");
	assert_string_equal(row_text(&canvas, 34),
			    "vmm:42                     0 20.5u 20.5u   60n   60n  250k     2     8     -     - 20.5u   60n     -");
	model_free(&model);

	make(&model, 0);
	assert_true(view_print(&canvas, 100, &model, &view));
	assert_true(find_row(&canvas, "no vCPU") > 0);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_detail(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;
	int row;

	(void)state;
	start();
	make(&model, 2);
	take(&model);
	keys(&model, "\n");
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 2), "vmm:42  pid 42  vCPU 0");
	assert_string_equal(row_text(&canvas, 3),
			    "         STRAY  STEP HWBRK SWBRK RDWAT WRWAT OTHER  USER GUEST  HOST EXITS SWTCH");
	assert_string_equal(row_text(&canvas, 5),
			    "TOTAL        0 12345     0    67     0     0     0 12412     0     0  250k     2");
	assert_string_equal(row_text(&canvas, 6),
			    "DEBUG EXITS LAST 10 s     OTHER EXITS LAST 10 s     SWITCHES LAST 10 s");
	assert_string_equal(row_text(&canvas, 7),
			    "20.5u 99% 20.5u max 20.5u none                      60n 99% 60n max 60n");
	/* a bar as long as there is room for, of the one range there is */
	assert_string_equal(row_text(&canvas, 8),
			    "20.5u \xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88"
			    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88 12412"
			    "                              60n \xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88"
			    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88"
			    "\xe2\x96\x88     2");
	row = find_row(&canvas, "LAST HITS");
	assert_in_range(row, 12, 20);
	/* without Unicode it is made of # */
	assert_int_equal(cell_ascii(&canvas.cells[8 * 80 + 6]), '#');
	keys(&model, "v");
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 6),
			    "OTHER EXITS LAST 10 s     SWITCHES LAST 10 s        DEBUG EXITS LAST 10 s");
	keys(&model, "\n");
	assert_int_equal(view.page, PAGE_TABLE);
	canvas_free(&canvas);
	model_free(&model);
}

/* What is armed, from what has hit; and a quiet vCPU's hits beside a busy one's. */
static void test_places(void **state)
{
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 42, .vcpu = 1, .pc = 0x1234, .raw = 0x00800000 };
	struct canvas canvas = { 0 };
	struct model model;
	int i;

	(void)state;
	start();
	make(&model, 2);
	take(&model);
	model_hit(&model, &hit);
	hit.vcpu = 0;
	hit.raw = 0x08000000;
	for (i = 0; i < 5000; i++)
		model_hit(&model, &hit);
	fixture_frame(&model, 3 * SEC, 42, 2);
	take(&model);
	keys(&model, "j\n");
	draw(&canvas, &model, 24, 80);
	i = find_row(&canvas, "ARMED BY");
	assert_true(i > 0);
	assert_string_equal(row_text(&canvas, i + 1), "-    0x00001234 user          1 hw_break");
	assert_string_equal(row_text(&canvas, i + 3), "-3.000s  hw_break    user  0x00001234 dbsr 00800000 IAC1");
	/* with a filter the table has them, too */
	keys(&model, "\n/vcpu=1\n");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(find_row(&canvas, "0x00001234"), 5);
	canvas_free(&canvas);
	model_free(&model);
}

/* What is armed by the registers: hit, not hit, held back; and what was armed when it hit. */
static void test_armed(void **state)
{
	const struct kvmdbg_armed armed = {
		.user = { .control = 0x40000000 | 0x00800000 | 0x000c0000 | 0x08000000,
			  .address = { 0x1234, 0, 0x20000, 0 } },
		.guest = { .control = 0x40000000 | 0x00c00000, .ranges = 1,
			   .address = { 0x8000, 0x9000, 0, 0 } },
		.guest_debug = 1,
	};
	static const char *const lines[] = {
		"IAC1 0x00001234 user          3 hw_break",
		"DAC1 0x00020000 user          0 watch_read+watch_write",
		"-    any        user          0 step",
		"IAC1 0x00008000 (guest)       0 hw_break range",
		"IAC2 0x00009000 (guest)       0 hw_break range",
		"-    0x00005678 was user      2 hw_break",
		NULL
	};
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 42, .vcpu = 1, .pc = 0x1234, .raw = 0x00800000 };
	struct canvas canvas = { 0 };
	struct model model;
	int i, row;

	(void)state;
	start();
	make(&model, 2);
	model.places = booke_backend.places;
	for (i = 0; i < 5; i++) {
		hit.pc = i < 3 ? 0x1234 : 0x5678;
		model_hit(&model, &hit);
	}
	fixture_frame(&model, 3 * SEC, 42, 2);
	model_armed(&model, 1, &armed);
	/* of a vCPU that is not shown, or beyond the table */
	model_armed(&model, 2, &armed);
	model_armed(&model, KVMDBG_MAX_VCPUS, &armed);
	keys(&model, "j\n");
	draw(&canvas, &model, 40, 80);
	row = find_row(&canvas, "ARMED BY");
	assert_true(row > 0);
	for (i = 0; lines[i]; i++)
		assert_string_equal(row_text(&canvas, row + 1 + i), lines[i]);
	assert_int_equal(strncmp(row_text(&canvas, row + 1 + i), "LAST HITS", 9), 0);
	canvas_free(&canvas);
	model_free(&model);
}

/* What there is to say of a stray event, until somebody has taken note of it. */
static void test_stray_sentences(void **state)
{
	const struct kvmdbg_armed armed = {
		.guest = { .control = 0x40000000 | 0x00800000, .address = { 0x1234 } },
	}, other = { .guest_debug = 1 };
	struct kvmdbg_hit hit = { .vm = 1, .tgid = 42, .vcpu = 1, .pc = 0x1234, .raw = 0x80800000,
				  .origin = KVMDBG_STRAY };
	struct canvas canvas = { 0 };
	struct model model;
	int i, row;

	(void)state;
	start();
	make(&model, 2);
	model.places = booke_backend.places;
	model_hit(&model, &hit);
	model_hit(&model, &hit);
	fixture_frame(&model, 3 * SEC, 42, 2);
	take(&model);
	keys(&model, "j\n");
	draw(&canvas, &model, 60, 60);
	row = find_row(&canvas, "vCPU 1: stray hw_break+imprecise at 0x1234");
	assert_true(row > 0);
	assert_true(find_row(&canvas, "  Nobody had armed IAC1: ") > row);
	/* no line is wider than the screen, no word is lost */
	assert_true(find_row(&canvas, "MSR[DE] was off when it happened; KVM keeps it on") > row);
	assert_true(find_row(&canvas, "  then.") > row);
	/* both are alike */
	for (i = row + 1; i < canvas.rows; i++)
		assert_null(strstr(row_text(&canvas, i), "vCPU 1: stray"));
	/* registers that nobody could read tell nothing */
	assert_int_equal(find_row(&canvas, "there now"), -1);
	model_armed(&model, 1, &armed);
	draw(&canvas, &model, 60, 60);
	assert_true(find_row(&canvas, "  It is armed there now, by the guest.") > row);
	model_armed(&model, 1, &other);
	draw(&canvas, &model, 60, 60);
	assert_true(find_row(&canvas, "  Nothing is armed there now.") > row);
	/* at any size */
	for (i = 1; i < 300; i++)
		draw(&canvas, &model, i % 40 + 1, i);
	/* the other vCPU has none */
	keys(&model, "k");
	draw(&canvas, &model, 60, 60);
	assert_int_equal(find_row(&canvas, "stray hw_break"), -1);
	keys(&model, "j");
	history_acknowledge(&history);
	draw(&canvas, &model, 60, 60);
	assert_int_equal(find_row(&canvas, "stray hw_break"), -1);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_help(void **state)
{
	const struct action_info *info;
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 1);
	keys(&model, "h");
	draw(&canvas, &model, 50, 80);
	for (info = action_infos; info->action; info++)
		assert_int_equal(find_row(&canvas, info->help) >= 0, info->when != REPLAY_ONLY);
	view.replay = "0:00:00.0/0:00:01.0";
	draw(&canvas, &model, 50, 80);
	for (info = action_infos; info->action; info++)
		assert_true(find_row(&canvas, info->help) >= 0);
	/* in few rows it scrolls, to its end */
	draw(&canvas, &model, 10, 40);
	assert_int_equal(find_row(&canvas, "EXTMX"), -1);
	view.replay = NULL;
	keys(&model, "G");
	draw(&canvas, &model, 10, 40);
	assert_int_equal(find_row(&canvas, "EXTMX"), 8);
	keys(&model, "x");
	assert_int_equal(view.page, PAGE_TABLE);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_columns(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 1);
	/* STRAY off, EVENT one to the right */
	keys(&model, "cjxk>");
	assert_true(view.changed);
	keys(&model, "\n");
	draw(&canvas, &model, 24, 80);
	assert_string_equal(row_text(&canvas, 2),
			    "+VM                   VCPU DBG99 EVENT  SW99  STEP HWBRK SWBRK RDWAT WRWAT EXITS");
	/* the last one stays */
	keys(&model, "cxxxxxxxxxxxxx\n");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.settings.nr_own, 1);
	canvas_free(&canvas);
	model_free(&model);
}

static void test_prompt(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	make(&model, 4);
	/* each letter counts at once */
	keys(&model, "/vcpu=2");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.rows.nr, 1);
	assert_string_equal(row_text(&canvas, 23), "filter: vcpu=2");
	/* what is wrong is told, and changes nothing */
	keys(&model, "x");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.rows.nr, 1);
	assert_non_null(strstr(row_text(&canvas, 23), "'vcpu=2x': use vm= vcpu= kind= origin="));
	keys(&model, "\n");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.rows.nr, 4);
	/* erase, also characters of several bytes */
	keys(&model, "/");
	view_key(&view, &model, 0x865a);
	assert_string_equal(view.typed, "\xe8\x99\x9a");
	view_key(&view, &model, KEY_ERASE);
	assert_string_equal(view.typed, "");
	keys(&model, "nosuch\n");
	draw(&canvas, &model, 24, 80);
	assert_int_equal(find_row(&canvas, "no vCPU passes the filter"), 3);
	/* Esc takes it away */
	view_key(&view, &model, KEY_ESCAPE);
	draw(&canvas, &model, 24, 80);
	assert_int_equal(view.rows.nr, 4);
	keys(&model, "d0.5");
	assert_int_equal(view_key(&view, &model, KEY_RETURN), ACTION_INTERVAL);
	assert_string_equal(view.typed, "0.5");
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
		start();
		draw(&canvas, &model, 24, 80);
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

/* Names of places in the last hits and in the detail view, where there is room for the source, too. */
static void test_symbols(void **state)
{
	const struct guest_options options = { .nr_symbols = 1,
					       .symbols = { "vmm:42=" SYMBOLS_ELF "@-0xc0000000" } };
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 1, 0);
	struct kvmdbg_hit hit = { .time_ns = 2 * SEC, .vm = 1, .pc = 0x1044, .tgid = 42,
				  .raw = 0x00800000 };
	struct kvmdbg_hit watch = { .time_ns = 2 * SEC, .vm = 1, .pc = 0x1000, .addr = 0x100004,
				    .tgid = 42, .raw = 0x00040000 };
	struct canvas canvas = { 0 };
	struct model model;

	(void)state;
	start();
	fixture_model(&model);
	assert_int_equal(guests_open(&model.guests, &options, false), EXIT_OK);
	model_hit(&model, &hit);
	model_hit(&model, &watch);
	model_begin(&model, 2 * SEC);
	assert_non_null(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	take(&model);
	draw(&canvas, &model, 24, 80);
	assert_true(find_row(&canvas, "0x00001044 outer+0x4 IAC1") > 0);
	assert_true(find_row(&canvas, "0x00001000 @0x00100004 first") > 0);
	draw(&canvas, &model, 24, 130);
	assert_true(find_row(&canvas, "0x00001044 outer+0x4 dbsr 00800000 IAC1  guest/first.c:20") > 0);
	assert_true(find_row(&canvas, "0x00001000 @0x00100004 first @counter+0x4 dbsr 00040000 DAC1W") > 0);
	keys(&model, "\n");
	draw(&canvas, &model, 24, 120);
	assert_true(find_row(&canvas, "0x00001044 user          1 hw_break outer+0x4 ") > 0);
	assert_true(find_row(&canvas, "outer+0x4 guest/first.c:20") > 0);
	assert_true(find_row(&canvas, "0x00100004 user          1 watch_write counter+0x4") > 0);
	keys(&model, "\n");
	/* with a 64-bit address among them there is no room for two */
	hit.pc = 0xc000000000000000;
	model_hit(&model, &hit);
	model_begin(&model, 3 * SEC);
	assert_non_null(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);
	take(&model);
	draw(&canvas, &model, 24, 80);
	assert_true(find_row(&canvas, "0x0000000000001000 @counter+0x4") > 0);
	canvas_free(&canvas);
	guests_close(model.guests);
	model.guests = NULL;
	model_free(&model);
}

/* In the first line, and at the name of whom it is about. */
static void test_alert(void **state)
{
	struct canvas canvas = { 0 };
	struct model model;
	int row;

	(void)state;
	start();
	make(&model, 2);
	take(&model);
	model.vcpus[1]->alerts = 1;
	view.alert = "step>0: 5: vCPU 1 of vmm:42, pid 42";
	draw(&canvas, &model, 24, 80);
	assert_non_null(strstr(row_text(&canvas, 0), "  ALERT step>0: 5: vCPU 1"));
	for (row = 3; row < 5; row++)
		assert_int_equal(canvas.cells[row * canvas.columns].attr == ATTR_STRAY, row == 4);
	canvas_free(&canvas);
	model_free(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80x24),
		cmocka_unit_test(test_40x10),
		cmocka_unit_test(test_200x60),
		cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_stray),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_alert),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_armed),
		cmocka_unit_test(test_stray_sentences),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_prompt),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_put_edges),
		cmocka_unit_test(test_format),
	};
	int ret = cmocka_run_group_tests_name("view", tests, NULL, NULL);

	view_free(&view);
	return ret;
}

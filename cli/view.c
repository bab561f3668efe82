// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "view.h"

#define CELL_COLUMNS	6	/* a number of five columns and a blank */
#define VCPU_COLUMNS	5
#define NAME_LEAST	6
#define NAME_MOST	32

bool canvas_resize(struct canvas *canvas, int rows, int columns)
{
	struct cell *cells = calloc((size_t)rows * columns, sizeof(*cells));
	size_t i;

	if (!cells)
		return false;
	for (i = 0; i < (size_t)rows * columns; i++)
		cells[i].text[0] = ' ';
	free(canvas->cells);
	canvas->cells = cells;
	canvas->rows = rows;
	canvas->columns = columns;
	return true;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	memset(canvas, 0, sizeof(*canvas));
}

int canvas_put(struct canvas *canvas, int row, int column, enum attr attr, const char *text)
{
	size_t len = strlen(text), have;
	struct cell *cells, *last = NULL;
	int used, width;
	long code;

	if (row < 0 || row >= canvas->rows)
		return column;
	cells = canvas->cells + (size_t)row * canvas->columns;
	for (; len; text += used, len -= used) {
		used = utf8_next(text, len, &code);
		width = code < 0 ? 1 : char_columns(code);
		if (!width) {
			/* A mark joins the character before it, as far as there is room. */
			have = last ? strlen(last->text) : CELL_SIZE;
			if (have + used < CELL_SIZE) {
				memcpy(last->text + have, text, used);
				last->text[have + used] = 0;
			}
			continue;
		}
		if (column + width > canvas->columns)
			break;
		last = &cells[column];
		snprintf(last->text, CELL_SIZE, "%.*s", used, code < 0x20 ? "?" : text);
		last->attr = attr;
		if (width == 2) {
			cells[column + 1].text[0] = 0;
			cells[column + 1].attr = attr;
		}
		column += width;
	}
	return column;
}

static int __attribute__((format(printf, 5, 6)))
put(struct canvas *canvas, int row, int column, enum attr attr, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return canvas_put(canvas, row, column, attr, text);
}

char cell_ascii(const struct cell *cell)
{
	unsigned char first = cell->text[0];

	return first && first < 0x80 ? first : '?';
}

void canvas_row(const struct canvas *canvas, int row, bool ascii, char *text, size_t size)
{
	const struct cell *cells = canvas->cells + (size_t)row * canvas->columns;
	size_t len = 0, end = 0, n;
	char one[2] = "";
	const char *s;
	int i;

	for (i = 0; i < canvas->columns; i++) {
		one[0] = cell_ascii(&cells[i]);
		s = ascii ? one : cells[i].text;
		n = strlen(s);
		if (len + n >= size)
			break;
		memcpy(text + len, s, n);
		len += n;
		if (strcmp(s, " "))
			end = len;
	}
	text[end] = 0;
}

/* Fills the rest of a row with an attribute. */
static void fill(struct canvas *canvas, int row, int column, enum attr attr)
{
	for (; column < canvas->columns; column++)
		column = canvas_put(canvas, row, column, attr, " ") - 1;
}

static void format_scaled(char *text, size_t size, double value, const char *const *units)
{
	while (value >= 999.5 && units[1]) {
		value /= 1000;
		units++;
	}
	/* 9.96 must not become 10.0 */
	if (value < 99.95 && **units)
		snprintf(text, size, "%.1f%s", value, *units);
	else
		snprintf(text, size, "%.0f%s", value, *units);
}

void format_count(char *text, size_t size, double value)
{
	static const char *const units[] = { "k", "M", "G", "T", "P", "E", NULL };

	if (value > 0 && value < 9.95 && value != (int)value)
		snprintf(text, size, "%.1f", value);
	else if (value < 99999.5)
		snprintf(text, size, "%.0f", value);
	else
		format_scaled(text, size, value / 1000, units);
}

void format_ns(char *text, size_t size, uint64_t ns)
{
	static const char *const units[] = { "u", "m", "s", NULL };

	if (ns < 1000)
		snprintf(text, size, "%un", (unsigned int)ns);
	else
		format_scaled(text, size, ns / 1000.0, units);
}

/* What a column of a table shows. */
enum what {
	RATE_STEP, RATE_HW_BREAK, RATE_SW_BREAK, RATE_READ, RATE_WRITE, RATE_REST,
	RATE_USER, RATE_GUEST, RATE_STRAY, RATE_HOST,
	RATE_EXITS, RATE_SWITCH, RATE_SKIPPED,
	SWITCH_P50, SWITCH_P99, SWITCH_MAX, DEBUG_P50, DEBUG_P99, OTHER_P50, OTHER_P99,
};

/* A column; when not all fit, those of lowest priority (the largest number) go first. */
struct column {
	enum what what;
	const char *title;
	int priority;
};

/* With ten columns each, and names of 15, both tables fill 80. */
static const struct column event_columns[] = {
	{ RATE_STEP, "STEP", 1 },
	{ RATE_HW_BREAK, "HWBRK", 3 },
	{ RATE_SW_BREAK, "SWBRK", 2 },
	{ RATE_READ, "RDWAT", 5 },
	{ RATE_WRITE, "WRWAT", 6 },
	{ RATE_REST, "OTHER", 9 },
	{ RATE_USER, "USER", 8 },
	{ RATE_GUEST, "GUEST", 7 },
	{ RATE_STRAY, "STRAY", 4 },
	{ RATE_HOST, "HOST", 10 },
};

static const struct column cost_columns[] = {
	{ RATE_EXITS, "EXITS", 6 },
	{ RATE_SWITCH, "SWTCH", 4 },
	{ RATE_SKIPPED, "SKIP", 5 },
	{ SWITCH_P50, "SW50", 3 },
	{ SWITCH_P99, "SW99", 7 },
	{ SWITCH_MAX, "SWMAX", 8 },
	{ DEBUG_P50, "DBG50", 1 },
	{ DEBUG_P99, "DBG99", 2 },
	{ OTHER_P50, "EXT50", 9 },
	{ OTHER_P99, "EXT99", 10 },
};

struct table {
	const char *title;
	const struct column *columns;
	int count;
};

static const struct table tables[] = {
	{ "EVENTS/s", event_columns, sizeof(event_columns) / sizeof(event_columns[0]) },
	{ "COST", cost_columns, sizeof(cost_columns) / sizeof(cost_columns[0]) },
};

#define NR_TABLES	((int)(sizeof(tables) / sizeof(tables[0])))

/* switch_hz is 0 if times cannot be told; permille above 1000 means the maximum. */
static void format_latency(char *text, size_t size, const struct latency *latency,
			   unsigned int permille, uint64_t hz)
{
	uint64_t value;

	if (!hz) {
		snprintf(text, size, "n/a");
		return;
	}
	if (!latency->count) {
		snprintf(text, size, "-");
		return;
	}
	value = permille > 1000 ? latency->max : latency_percentile(latency, permille);
	format_ns(text, size, ticks_to_ns(value, hz));
}

/* What watches reads may be a kind of its platform's own. */
static const char *column_title(const struct model *model, const struct column *column)
{
	return column->what == RATE_READ && model->kind_names ? "WATCH" : column->title;
}

static bool column_known(const struct model *model, const struct model_vcpu *vcpu, enum what what)
{
	switch (what) {
	case RATE_HOST:
		return !(model->lacks & LACKS_HOST);
	case RATE_SWITCH:
	case RATE_SKIPPED:
		return model_switches(model, vcpu);
	case SWITCH_P50:
	case SWITCH_P99:
	case SWITCH_MAX:
		return !(model->lacks & LACKS_SWITCHES);
	case RATE_EXITS:
	case OTHER_P50:
	case OTHER_P99:
		return model_exits(model, vcpu);
	default:
		return true;
	}
}

static void format_cell(char *text, size_t size, const struct model *model,
			const struct model_vcpu *vcpu, enum what what)
{
	const struct counters *d = &vcpu->delta;
	const struct latency *l = vcpu->latency;
	const uint64_t ns = 1000000000;
	uint64_t count = 0;

	if (!column_known(model, vcpu, what)) {
		snprintf(text, size, "n/a");
		return;
	}
	switch (what) {
	case RATE_STEP:
		count = d->events[KVMDBG_STEP];
		break;
	case RATE_HW_BREAK:
		count = d->events[KVMDBG_HW_BREAK];
		break;
	case RATE_SW_BREAK:
		count = d->events[KVMDBG_SW_BREAK];
		break;
	case RATE_READ:
		count = d->events[KVMDBG_WATCH_READ];
		break;
	case RATE_WRITE:
		count = d->events[KVMDBG_WATCH_WRITE];
		break;
	case RATE_REST:
		count = d->events[KVMDBG_BRANCH] + d->events[KVMDBG_TRAP] +
			d->events[KVMDBG_INTERRUPT] + d->events[KVMDBG_RETURN] +
			d->events[KVMDBG_IMPRECISE];
		break;
	case RATE_USER:
	case RATE_GUEST:
	case RATE_STRAY:
	case RATE_HOST:
		count = d->origin[what - RATE_USER + KVMDBG_USER];
		break;
	case RATE_EXITS:
		count = d->exits;
		break;
	case RATE_SWITCH:
		count = d->to_guest + d->to_host;
		break;
	case RATE_SKIPPED:
		count = d->skipped;
		break;
	case SWITCH_P50:
		format_latency(text, size, &l[KVMDBG_SWITCH], 500, model->switch_hz);
		return;
	case SWITCH_P99:
		format_latency(text, size, &l[KVMDBG_SWITCH], 990, model->switch_hz);
		return;
	case SWITCH_MAX:
		format_latency(text, size, &l[KVMDBG_SWITCH], 1001, model->switch_hz);
		return;
	case DEBUG_P50:
		format_latency(text, size, &l[KVMDBG_DEBUG_EXIT], 500, ns);
		return;
	case DEBUG_P99:
		format_latency(text, size, &l[KVMDBG_DEBUG_EXIT], 990, ns);
		return;
	case OTHER_P50:
		format_latency(text, size, &l[KVMDBG_OTHER_EXIT], 500, ns);
		return;
	case OTHER_P99:
		format_latency(text, size, &l[KVMDBG_OTHER_EXIT], 990, ns);
		return;
	}
	format_count(text, size, model_rate(model, count));
}

/* The n-th vCPU that passes the filter, or NULL. */
static const struct model_vcpu *vcpu_shown(const struct model *model, size_t n)
{
	size_t i;

	for (i = 0; i < model->nr_vcpus; i++)
		if (model->vcpus[i]->vm->shown && !n--)
			return model->vcpus[i];
	return NULL;
}

static size_t vcpus_shown(const struct model *model)
{
	size_t i, n = 0;

	for (i = 0; i < model->nr_vcpus; i++)
		n += model->vcpus[i]->vm->shown;
	return n;
}

/* Name in exactly that many columns: its start and, if it does not fit, its last characters. */
static void put_name(struct canvas *canvas, int row, int width, enum attr attr, const char *name)
{
	size_t len = strlen(name), skip = 0, at;
	int total = 0, used, head = width / 2, column;
	struct canvas part = *canvas;
	long code;

	for (at = 0; at < len; at += used) {
		used = utf8_next(name + at, len - at, &code);
		total += code < 0 ? 1 : char_columns(code);
	}
	if (total <= width) {
		canvas_put(canvas, row, 0, attr, name);
		return;
	}
	/* Cut at the middle: libvirt's names differ at the end, others at the start. */
	part.columns = head;
	part.rows = 1;
	part.cells = canvas->cells + (size_t)row * canvas->columns;
	column = canvas_put(&part, 0, 0, attr, name);
	for (at = 0; at < len && total > width - column - 1; at += used) {
		used = utf8_next(name + at, len - at, &code);
		total -= code < 0 ? 1 : char_columns(code);
		skip = at + used;
	}
	column = canvas_put(canvas, row, column, attr, "~");
	canvas_put(canvas, row, column, attr, name + skip);
}

static int table_draw(struct canvas *canvas, int row, int rows, const struct table *table,
		      const struct model *model, size_t scroll)
{
	int room = (canvas->columns - NAME_LEAST - VCPU_COLUMNS) / CELL_COLUMNS;
	int last = room < table->count ? room : table->count;
	int name, column, width, i, end = row + rows;
	const struct model_vcpu *vcpu;
	char text[32];
	enum attr attr;
	size_t n = scroll, left;

	name = canvas->columns - last * CELL_COLUMNS - VCPU_COLUMNS;
	if (name > NAME_MOST)
		name = NAME_MOST;
	if (name < NAME_LEAST)
		name = NAME_LEAST;
	fill(canvas, row, 0, ATTR_HEADER);
	canvas_put(canvas, row, 0, ATTR_HEADER, table->title);
	put(canvas, row, name, ATTR_HEADER, "%*s", VCPU_COLUMNS, name < 9 ? "CPU" : "VCPU");
	column = name + VCPU_COLUMNS;
	for (i = 0; i < table->count; i++) {
		if (table->columns[i].priority > last)
			continue;
		put(canvas, row, column, ATTR_HEADER, "%*s", CELL_COLUMNS,
		    column_title(model, &table->columns[i]));
		column += CELL_COLUMNS;
	}
	left = vcpus_shown(model);
	left = left > n ? left - n : 0;
	for (row++; row < end && left; row++, n++, left--) {
		if (row == end - 1 && left > 1) {
			put(canvas, row, 0, ATTR_BOLD, "%zu more vCPUs", left);
			row++;
			break;
		}
		vcpu = vcpu_shown(model, n);
		attr = vcpu->gone ? ATTR_GONE : ATTR_PLAIN;
		put_name(canvas, row, name, attr, vcpu->vm->name);
		put(canvas, row, name, attr, "%*u", VCPU_COLUMNS, vcpu->id);
		column = name + VCPU_COLUMNS;
		for (i = 0; i < table->count; i++) {
			bool stray = table->columns[i].what == RATE_STRAY &&
				     vcpu->total.origin[KVMDBG_STRAY];

			if (table->columns[i].priority > last)
				continue;
			format_cell(text, sizeof(text), model, vcpu, table->columns[i].what);
			width = strlen(text);
			canvas_put(canvas, row, column + CELL_COLUMNS - width,
				   stray ? ATTR_STRAY : attr, text);
			column += CELL_COLUMNS;
		}
	}
	return row;
}

static void put_hit(struct canvas *canvas, int row, const struct model *model,
		    const struct kvmdbg_hit *hit)
{
	const struct model_vm *vm = model_vm_of(model, hit);
	enum attr attr = hit->origin == KVMDBG_STRAY ? ATTR_STRAY : ATTR_PLAIN;
	uint64_t age = model->time_ns > hit->time_ns ? model->time_ns - hit->time_ns : 0;
	char kinds[128], addr[32] = "";
	int digits = hit->pc >> 32 ? 16 : 8;
	uint32_t mask = model->kinds(hit);

	kinds_text(model, kinds, sizeof(kinds), mask);
	if (mask & (1U << KVMDBG_WATCH_READ | 1U << KVMDBG_WATCH_WRITE))
		snprintf(addr, sizeof(addr), " addr 0x%0*llx", digits,
			 (unsigned long long)hit->addr);
	put(canvas, row, 0, attr, "-%.3fs pc 0x%0*llx %s %s%s vcpu %u %s %s 0x%08x", age / 1e9,
	    digits, (unsigned long long)hit->pc, kinds, origin_name(hit->origin), addr, hit->vcpu,
	    vm ? vm->name : "?", model->raw_name, hit->raw);
}

static int hits_draw(struct canvas *canvas, int row, int rows, const struct model *model)
{
	size_t first = 0;
	int column;

	fill(canvas, row, 0, ATTR_HEADER);
	column = put(canvas, row++, 0, ATTR_HEADER, "LAST HITS");
	if (!model->nr_hits) {
		put(canvas, row - 1, column, ATTR_HEADER, ": none in this interval");
		return row;
	}
	if (model->nr_hits > (size_t)rows - 1)
		first = model->nr_hits - (rows - 1);
	for (; first < model->nr_hits; first++)
		put_hit(canvas, row++, model, &model->hits[first]);
	return row;
}

/* Sums for the second line. */
static void put_summary(struct canvas *canvas, int row, const struct model *model, size_t vcpus)
{
	uint64_t events = 0, stray = 0;
	char rate[32], count[32];
	size_t i;
	int column;

	for (i = 0; i < model->nr_vcpus; i++) {
		const struct model_vcpu *vcpu = model->vcpus[i];

		if (!vcpu->vm->shown)
			continue;
		events += vcpu->delta.debug_exits;
		stray += vcpu->total.origin[KVMDBG_STRAY];
	}
	format_count(rate, sizeof(rate), model_rate(model, events));
	format_count(count, sizeof(count), stray);
	column = put(canvas, row, 0, ATTR_PLAIN, "vCPUs %zu  events/s %s  ", vcpus, rate);
	column = put(canvas, row, column, stray ? ATTR_STRAY : ATTR_PLAIN, "stray %s", count);
	format_count(count, sizeof(count), model->dropped_hits);
	column = put(canvas, row, column, ATTR_PLAIN, "  hits dropped %s", count);
	if (model->lost_events)
		put(canvas, row, column, ATTR_STRAY, "  NOT COUNTED %llu (more than %d vCPUs)",
		    (unsigned long long)model->lost_events, KVMDBG_MAX_VCPUS);
}

static void put_title(struct canvas *canvas, int row, const struct model *model,
		      const struct view_options *options)
{
	uint64_t up = (model->time_ns - model->start_ns) / 1000000000;
	char text[64];
	int column;

	fill(canvas, row, 0, ATTR_HEADER);
	column = canvas_put(canvas, row, 0, ATTR_HEADER, "kvmdbg top ");
	if (options->paused)
		column = canvas_put(canvas, row, column, ATTR_STRAY, "PAUSED") + 1;
	if (options->replay)
		column = put(canvas, row, column, ATTR_BOLD, "REPLAY %s", options->replay) + 1;
	column = put(canvas, row, column, ATTR_HEADER, "%s  ", model->backend);
	snprintf(text, sizeof(text), "every %.3gs  up %llu:%02u:%02u", model->interval_ns / 1e9,
		 (unsigned long long)up / 3600, (unsigned int)(up / 60 % 60),
		 (unsigned int)(up % 60));
	column = put(canvas, row, column, ATTR_HEADER, "%s  ", text);
	canvas_put(canvas, row, column, ATTR_HEADER, options->host);
}

#define BATCH_HITS	10

int view_rows(const struct model *model)
{
	size_t vcpus = vcpus_shown(model);
	size_t hits = model->nr_hits < BATCH_HITS ? model->nr_hits : BATCH_HITS;

	return 2 + NR_TABLES * (1 + vcpus) + 1 + hits;
}

void view_frame(struct canvas *canvas, const struct model *model,
		const struct view_options *options)
{
	size_t vcpus = vcpus_shown(model), scroll = options->scroll;
	int row = 2, end = canvas->rows, room, hits, each = vcpus + 1, i;

	if (scroll >= vcpus)
		scroll = vcpus ? vcpus - 1 : 0;
	put_title(canvas, 0, model, options);
	put_summary(canvas, 1, model, vcpus);
	if (options->interactive && end > 3) {
		end--;
		canvas_put(canvas, end, 0, ATTR_BOLD, options->replay ?
			   "q quit  p pause  left right step  pgup pgdn 10 s  home end  h help" :
			   "q quit  p pause  r reset  h help");
	}
	room = end - row;
	if (room < 1)
		return;
	if (!vcpus) {
		put(canvas, row, 0, ATTR_PLAIN, "no vCPU has run yet");
		return;
	}
	/* A few rows for hits first, then the tables; what these leave goes to the hits. */
	hits = room >= 14 ? 6 : room >= 8 ? 3 : 0;
	if (!options->interactive)
		hits = room - NR_TABLES * each;
	for (i = 0; i < NR_TABLES; i++) {
		int share = (room - hits) / NR_TABLES;

		/* Below two rows of numbers each, one table gets all. */
		if (share < 3 && share < each)
			share = room - hits;
		if (share > end - hits - row)
			break;
		row = table_draw(canvas, row, share < each ? share : each, &tables[i], model,
				 scroll);
	}
	if (end - row >= 2 || !options->interactive)
		hits_draw(canvas, row, end - row, model);
}

void view_help(struct canvas *canvas, bool replay)
{
	static const char *const lines[] = {
		"kvmdbg top: keys",
		" q  quit          p  pause",
		" r  totals and percentiles start anew",
		" h ?  this help; any key leaves it",
		" down/j up/k  scroll the vCPUs",
		"EVENTS/s by kind: step, hard- and software",
		" breakpoint, read and write watch, other;",
		" by who armed it: USER, GUEST, STRAY nobody,",
		" HOST fired in the hypervisor",
		"COST: exits/s, debug register switches/s",
		" done and SKIPped; times of: SW a switch,",
		" DBG debug exit to next entry, EXT other",
		" exit; 50/99 percentile, MAX",
		" n/a not known here, - nothing yet",
	};
	static const char *const replay_lines[] = {
		"In a replay:",
		" left/, right/.  one window back, on",
		" pgup/[ pgdn/]  10 seconds back, on",
		" home/g end/G  to the start, the end",
	};
	const size_t n = sizeof(lines) / sizeof(lines[0]);
	size_t i;

	fill(canvas, 0, 0, ATTR_HEADER);
	for (i = 0; i < n; i++)
		canvas_put(canvas, i, 0, i ? ATTR_PLAIN : ATTR_HEADER, lines[i]);
	for (i = 0; replay && i < sizeof(replay_lines) / sizeof(replay_lines[0]); i++)
		canvas_put(canvas, n + i, 0, ATTR_PLAIN, replay_lines[i]);
}

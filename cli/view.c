// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "lines.h"
#include "util.h"
#include "view.h"

#define CELL_COLUMNS	6	/* a number of five columns and a blank */
#define VCPU_COLUMNS	5
#define NAME_MOST	32
#define BATCH_HITS	10

void view_init(struct view *view, const struct history *history)
{
	memset(view, 0, sizeof(*view));
	view->history = history;
	settings_init(&view->settings);
	view->page = PAGE_TABLE;
	view->own_cpu = -1;
	view->filter.vcpu_max = UINT32_MAX;
}

void view_free(struct view *view)
{
	rows_free(&view->rows);
}

/* Columns of numbers that have room; names get what they leave. */
static unsigned int columns_fit(int width)
{
	int name = width >= 80 ? 15 : width >= 60 ? 10 : 6;

	return width > name + VCPU_COLUMNS ? (width - name - VCPU_COLUMNS) / CELL_COLUMNS : 0;
}

static int name_width(int width, unsigned int columns)
{
	int name = width - VCPU_COLUMNS - (int)columns * CELL_COLUMNS;

	return name > NAME_MOST ? NAME_MOST : name > 0 ? name : 0;
}

static void table_header(struct canvas *canvas, int row, const char *title,
			 const struct model *model, const struct settings *settings,
			 const unsigned char *columns, unsigned int nr, int name)
{
	const char *mark = settings->ascending ? "+" : "-";
	bool sorted = settings->sort == COLUMN_NAME;
	int column = name + VCPU_COLUMNS;
	char text[32];
	unsigned int i;

	canvas_fill(canvas, row, 0, ATTR_HEADER);
	snprintf(text, sizeof(text), "%s%s", sorted ? mark : "", title);
	canvas_cut(canvas, row, 0, name, sorted ? ATTR_SORTED : ATTR_HEADER, text);
	canvas_print(canvas, row, name, ATTR_HEADER, "%*s", VCPU_COLUMNS, "VCPU");
	for (i = 0; i < nr; i++, column += CELL_COLUMNS) {
		sorted = settings->sort == columns[i];
		snprintf(text, sizeof(text), "%s%s", sorted ? mark : "",
			 column_title(model, columns[i]));
		canvas_print(canvas, row, column, sorted ? ATTR_SORTED : ATTR_HEADER, "%*s",
			     CELL_COLUMNS, text);
	}
}

static bool has_alert(const struct row *what)
{
	size_t i;

	for (i = 0; i < what->nr_vcpus; i++)
		if (what->vcpus[i]->alerts)
			return true;
	return false;
}

/* Is this what a condition is about that one of them meets? */
static bool has_alert_in(const struct row *what, const struct alerts *alerts,
			 enum table_column column)
{
	size_t i, n;

	for (i = 0; alerts && i < alerts->count; i++)
		for (n = 0; n < what->nr_vcpus; n++)
			if (what->vcpus[n]->alerts & 1U << i &&
			    alert_column(&alerts->list[i]) == column)
				return true;
	return false;
}

static void table_row(struct canvas *canvas, int row, const struct model *model,
		      const struct row *what, const struct alerts *alerts,
		      const unsigned char *columns, unsigned int nr, int name, bool totals,
		      bool selected)
{
	const bool gone = what->nr_vcpus == 1 && what->vcpus[0]->gone;
	enum attr attr = gone ? ATTR_GONE : ATTR_PLAIN, cell;
	int column = name + VCPU_COLUMNS;
	struct value value;
	char text[32];
	unsigned int i;

	if (selected) {
		attr = ATTR_SELECTED;
		canvas_fill(canvas, row, 0, attr);
	}
	canvas_cut(canvas, row, 0, name, has_alert(what) ? ATTR_STRAY : attr, what->vm->name);
	if (what->folded)
		snprintf(text, sizeof(text), "x%zu", what->nr_vcpus);
	else
		snprintf(text, sizeof(text), "%u", what->vcpus[0]->id);
	canvas_print(canvas, row, name, attr, "%*s", VCPU_COLUMNS, text);
	for (i = 0; i < nr; i++) {
		value = row_value(model, what, columns[i], totals);
		cell = attr;
		if (!selected && !gone && (value.kind == VALUE_UNKNOWN ||
					   value.kind == VALUE_NONE || !value.number))
			cell = ATTR_NOTHING;
		text[0] = '!';
		value_text(text + 1, sizeof(text) - 1, &value);
		if ((columns[i] == COLUMN_STRAY && what->stray) ||
		    has_alert_in(what, alerts, columns[i]))
			cell = ATTR_STRAY;
		column += CELL_COLUMNS;
		/* Without colours it still is told from those that were acknowledged. */
		if (cell == ATTR_STRAY)
			canvas_put(canvas, row, column - (int)strlen(text), cell, text);
		else
			canvas_put(canvas, row, column - (int)strlen(text) + 1, cell, text + 1);
	}
}

/* From right to left, whole: what is left for the rest of the row. */
static int put_right(struct canvas *canvas, int row, int end, int least, enum attr attr,
		     const char *text)
{
	int columns = text_columns(text);

	if (!*text || end - columns < least)
		return end;
	canvas_put(canvas, row, end - columns, attr, text);
	return end - columns - 2;
}

static int title_draw(struct canvas *canvas, int row, const struct model *model,
		      const struct view *view)
{
	uint64_t up = (model->time_ns - model->start_ns) / 1000000000;
	int column, end = canvas->columns;
	char text[64];

	canvas_fill(canvas, row, 0, ATTR_HEADER);
	column = canvas_put(canvas, row, 0, ATTR_HEADER, "kvmdbg top ");
	if (view->paused)
		column = canvas_put(canvas, row, column, ATTR_PAUSED, "PAUSED") + 1;
	if (view->replay)
		column = canvas_print(canvas, row, column, ATTR_HEADER, "REPLAY %s",
				      view->replay) + 1;
	column = canvas_put(canvas, row, column, ATTR_HEADER, model->backend) + 2;
	end = put_right(canvas, row, end, column, ATTR_HEADER, view->clock);
	/* What is wrong has the room. */
	if (view->alert) {
		column = canvas_put(canvas, row, column, ATTR_STRAY, "ALERT ");
		canvas_cut(canvas, row, column, end - column, ATTR_STRAY, view->alert);
		return row + 1;
	}
	snprintf(text, sizeof(text), "up %llu:%02u:%02u", (unsigned long long)up / 3600,
		 (unsigned int)(up / 60 % 60), (unsigned int)(up % 60));
	end = put_right(canvas, row, end, column, ATTR_HEADER, text);
	snprintf(text, sizeof(text), "every %.2gs", model->interval_ns / 1e9);
	end = put_right(canvas, row, end, column, ATTR_HEADER, text);
	if (end - column >= 8 && view->host)
		canvas_cut(canvas, row, column, end - column, ATTR_HEADER, view->host);
	return row + 1;
}

/* Words that are not cut: those that do not fit are left out. */
static int put_item(struct canvas *canvas, int row, int column, int end, enum attr attr,
		    const char *text)
{
	if (column + text_columns(text) > end)
		return column;
	return canvas_put(canvas, row, column, attr, text) + 2;
}

static int summary_draw(struct canvas *canvas, int row, const struct model *model,
			const struct view *view, const struct rows *rows)
{
	const uint64_t fresh = model_stray(model);
	int column = 0, end = canvas->columns;
	char text[160], count[16], more[16];
	struct counters totals;
	uint64_t events = 0;
	size_t i;

	model_totals(model, &totals);
	for (i = 0; i < model->nr_vcpus; i++)
		if (model->vcpus[i]->vm->shown)
			events += model->vcpus[i]->delta.debug_exits;
	if (model->lost_events) {
		snprintf(text, sizeof(text), "NOT COUNTED %llu (more than %d vCPUs)",
			 (unsigned long long)model->lost_events, KVMDBG_MAX_VCPUS);
		column = put_item(canvas, row, column, end, ATTR_STRAY, text);
	}
	format_count(count, sizeof(count), totals.origin[KVMDBG_STRAY]);
	format_count(more, sizeof(more), fresh);
	snprintf(text, sizeof(text), fresh ? "stray %s, %s new" : "stray %s", count, more);
	if (fresh)
		column = put_item(canvas, row, column, end, ATTR_STRAY, text);
	snprintf(count, sizeof(count), "%zu", rows->nr_vms);
	snprintf(more, sizeof(more), "%zu", rows->nr_vcpus);
	snprintf(text, sizeof(text), "VMs %s  vCPUs %s", count, more);
	column = put_item(canvas, row, column, end, ATTR_PLAIN, text);
	format_count(count, sizeof(count), model_rate(model, events));
	format_count(more, sizeof(more), totals.debug_exits);
	snprintf(text, sizeof(text), "events/s %s", count);
	column = put_item(canvas, row, column, end, ATTR_PLAIN, text);
	if (!fresh) {
		snprintf(count, sizeof(count), "stray 0");
		if (totals.origin[KVMDBG_STRAY])
			format_count(count + 6, sizeof(count) - 6, totals.origin[KVMDBG_STRAY]);
		column = put_item(canvas, row, column, end, ATTR_PLAIN, count);
	}
	format_count(count, sizeof(count), model->dropped_hits);
	snprintf(text, sizeof(text), "hits dropped %s", count);
	column = put_item(canvas, row, column, end, ATTR_PLAIN, text);
	snprintf(text, sizeof(text), "in all %s", more);
	column = put_item(canvas, row, column, end - (view->own_cpu < 0 ? 0 : 21), ATTR_PLAIN,
			  text);
	if (view->own_cpu >= 0) {
		snprintf(text, sizeof(text), "kvmdbg %.1f%% %.1fM", view->own_cpu,
			 view->own_memory / 1048576.0);
		put_right(canvas, row, end, column, ATTR_PLAIN, text);
	}
	return row + 1;
}

/* A hit's age; a frame that has not ended has younger ones. */
static void format_age(char *text, size_t size, uint64_t now, uint64_t time)
{
	double secs = now > time ? (now - time) / 1e9 : 0;

	if (secs < 99.9995)
		snprintf(text, size, "-%.3fs", secs);
	else if (secs < 9999.95)
		snprintf(text, size, "-%.1fs", secs);
	else
		snprintf(text, size, "-%.1fh", secs / 3600);
}

#define HIT_AGE		9
#define HIT_KIND	12
#define HIT_ORIGIN	6

static void hit_line(struct canvas *canvas, int row, const struct model *model,
		     const struct shown_hit *shown, int name, bool wide)
{
	const struct kvmdbg_hit *hit = &shown->hit;
	enum attr attr = hit->origin == KVMDBG_STRAY ? ATTR_STRAY : ATTR_PLAIN;
	int digits = wide ? 16 : 8, column, end = canvas->columns;
	const struct model_vm *vm = model_vm_of(model, hit);
	char kinds[128], cause[96], text[LINE_SIZE];
	int before;

	format_age(text, sizeof(text), model->time_ns, hit->time_ns);
	canvas_put(canvas, row, 0, attr, text);
	column = HIT_AGE;
	if (name) {
		snprintf(text, sizeof(text), "/%u", hit->vcpu);
		canvas_cut(canvas, row, column, name - 1 - (int)strlen(text), attr, shown->vm);
		canvas_put(canvas, row, column + name - 1 - (int)strlen(text), attr, text);
		column += name;
	}
	kinds_text(model, kinds, sizeof(kinds), shown->kinds);
	canvas_cut(canvas, row, column, HIT_KIND - 1, attr, kinds);
	column += HIT_KIND;
	canvas_put(canvas, row, column, attr, origin_name(hit->origin));
	column += HIT_ORIGIN;
	snprintf(text, sizeof(text), "0x%0*llx", digits, (unsigned long long)hit->pc);
	column = put_item(canvas, row, column, end, attr, text) - 1;
	if (shown->kinds & WATCH_KINDS) {
		snprintf(text, sizeof(text), "@0x%0*llx", digits, (unsigned long long)hit->addr);
		before = column;
		column = put_item(canvas, row, column, end, attr, text);
		if (column > before) {
			column--;
		} else if (*shown->addr_symbol) {
			/* What is watched says more than what code it was. */
			snprintf(text, sizeof(text), "@%s", shown->addr_symbol);
			canvas_cut(canvas, row, column, end - column, attr, text);
			return;
		}
	}
	if (*shown->symbol)
		column = canvas_cut(canvas, row, column, end - column, attr, shown->symbol) + 1;
	if (*shown->addr_symbol) {
		snprintf(text, sizeof(text), "@%s", shown->addr_symbol);
		before = column;
		column = put_item(canvas, row, column, end, attr, text);
		column -= column > before;
	}
	cause_text(model->raw_name, hit->raw, cause, sizeof(cause));
	snprintf(text, sizeof(text), "%s %08x%s%s", model->raw_name, hit->raw, *cause ? " " : "",
		 cause);
	before = column;
	column = put_item(canvas, row, column, end, attr, text);
	if (column == before)
		put_item(canvas, row, column, end, attr, cause);
	else if (column < end && symbols_line(vm ? vm->symbols : NULL, hit->pc, text, sizeof(text)))
		put_item(canvas, row, column, end, attr, text);
}

static int hit_order(const void *a, const void *b)
{
	const struct kvmdbg_hit *x = *(const struct kvmdbg_hit *const *)a;
	const struct kvmdbg_hit *y = *(const struct kvmdbg_hit *const *)b;

	return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

/* What vCPUs keep themselves is there also when others are much busier. */
static size_t collect_hits(const struct kvmdbg_hit **list, size_t max, struct model_vcpu **vcpus,
			   size_t nr_vcpus, const struct filter *filter, const struct model *model)
{
	size_t nr = 0, i, j;

	for (i = 0; i < nr_vcpus; i++) {
		const struct model_vcpu *vcpu = vcpus[i];
		size_t have = vcpu->nr_hits < VCPU_HITS ? vcpu->nr_hits : VCPU_HITS;

		for (j = 0; j < have && nr < max; j++)
			if (filter_hit(filter, vcpu->vm->name, &vcpu->hits[j],
				       model->kinds(&vcpu->hits[j])))
				list[nr++] = &vcpu->hits[j];
	}
	qsort(list, nr, sizeof(*list), hit_order);
	return nr;
}

static bool is_among(const struct shown_hit *list, int nr, const struct shown_hit *shown)
{
	while (nr--)
		if (!memcmp(&list[nr].hit, &shown->hit, sizeof(shown->hit)))
			return true;
	return false;
}

/* The last ones, the youngest at the end; without those of . */
static int last_hits(struct shown_hit *last, int max, const struct shown_hit *strays, int nr_strays,
		     const struct model *model, const struct view *view, const struct row *only)
{
	struct model_vcpu **vcpus = only ? only->vcpus : view->rows.vcpus;
	size_t nr_vcpus = only ? only->nr_vcpus : view->rows.nr_vcpus, have, age;
	const struct kvmdbg_hit **list;
	const struct shown_hit *kept;
	int nr = 0, i;

	if (!only && !*view->filter.text) {
		for (age = 0; nr < max && (kept = history_hit(view->history, age)); age++)
			if (!is_among(strays, nr_strays, kept))
				last[max - ++nr] = *kept;
	} else {
		list = calloc(nr_vcpus * VCPU_HITS + 1, sizeof(*list));
		if (!list)
			return 0;
		have = collect_hits(list, nr_vcpus * VCPU_HITS, vcpus, nr_vcpus, &view->filter,
				    model);
		while (have-- && nr < max) {
			hit_show(&last[max - nr - 1], model, list[have]);
			nr += !is_among(strays, nr_strays, &last[max - nr - 1]);
		}
		free(list);
	}
	for (i = 0; i < nr; i++)
		last[i] = last[max - nr + i];
	return nr;
}

bool row_has_hit(const struct row *row, const struct kvmdbg_hit *hit)
{
	size_t i;

	if (hit->tgid != row->vm->pid || hit->vm != row->vm->key)
		return false;
	for (i = 0; i < row->nr_vcpus; i++)
		if (row->vcpus[i]->id == hit->vcpu)
			return true;
	return false;
}

/* Unasked ones first, as long as nobody has taken note of them; then the last ones. */
int hits_draw(struct canvas *canvas, int row, int end, const struct model *model,
	      const struct view *view, const struct row *only)
{
	int room = end - row - 1, nr = 0, nr_strays, name = 0, i, column;
	const struct shown_hit *stray;
	struct shown_hit *list;
	bool wide = false;

	if (room < 0)
		return row;
	list = calloc(room + 1, sizeof(*list));
	for (i = 0; list && i < (int)view->history->nr_strays && nr < (room + 1) / 2; i++) {
		stray = &view->history->strays[i];
		if (only ? row_has_hit(only, &stray->hit) :
		    filter_hit(&view->filter, stray->vm, &stray->hit, stray->kinds))
			list[nr++] = *stray;
	}
	nr_strays = nr;
	if (list)
		nr += last_hits(list + nr, room - nr, list, nr_strays, model, view, only);
	for (i = 0; i < nr; i++)
		wide |= (list[i].hit.pc | list[i].hit.addr) >> 32;
	if (!only && canvas->columns >= 60)
		name = canvas->columns >= 120 ? 32 : 20;
	canvas_fill(canvas, row, 0, ATTR_HEADER);
	canvas_put(canvas, row, 0, ATTR_HEADER, nr ? "LAST HITS" : "LAST HITS: none");
	column = HIT_AGE + name;
	if (nr && name > 20)
		canvas_put(canvas, row, HIT_AGE + 2, ATTR_HEADER, "VM/VCPU");
	if (nr) {
		canvas_put(canvas, row, column + (name ? 0 : 1), ATTR_HEADER, "KIND");
		canvas_put(canvas, row, column + HIT_KIND, ATTR_HEADER, "FROM");
		canvas_put(canvas, row, column + HIT_KIND + HIT_ORIGIN, ATTR_HEADER, "PC");
	}
	row++;
	for (i = 0; i < nr; i++)
		hit_line(canvas, row++, model, &list[i], name, wide);
	free(list);
	return row;
}

/* The keys, as many as fit whole; neighbours that do the like have one word. */
static void bar_draw(struct canvas *canvas, int row, const struct view *view)
{
	const struct action_info *info, *next;
	char keys[64], one[8];
	int column = 0, width;
	const char *name;

	for (info = action_infos; info->action; info = next) {
		*keys = 0;
		next = info;
		do {
			if (action_possible(next, view->page, view->replay)) {
				/* what is one character, if there is such a key */
				name = key_text(next->keys[0], one, sizeof(one));
				if (name[1] && next->keys[1] && next->keys[1] > ' ' &&
				    next->keys[1] < 0x7f)
					name = key_text(next->keys[1], one, sizeof(one));
				strcat(keys, name);
			}
			next++;
		} while (next->action && next->brief && info->brief &&
			 !strcmp(next->brief, info->brief));
		if (!*keys || !info->brief)
			continue;
		width = text_columns(keys) + 1 + text_columns(info->brief);
		if (column + width > canvas->columns)
			continue;
		column = canvas_put(canvas, row, column, ATTR_BOLD, keys) + 1;
		column = canvas_put(canvas, row, column, ATTR_PLAIN, info->brief) + 2;
	}
}

static void last_line_draw(struct canvas *canvas, int row, const struct view *view)
{
	char shown[2 * FILTER_SIZE];
	int column;

	if (view->prompt) {
		column = canvas_put(canvas, row, 0, ATTR_BOLD, view->prompt == PROMPT_FILTER ?
				    "filter: " : "seconds between frames: ");
		escape(shown, sizeof(shown), view->typed, strlen(view->typed));
		column = canvas_put(canvas, row, column, ATTR_PLAIN, shown);
		canvas_put(canvas, row, column, ATTR_SELECTED, " ");
		canvas_put(canvas, row, column + 2, ATTR_BOLD, view->message);
	} else if (*view->message) {
		canvas_put(canvas, row, 0, ATTR_BOLD, view->message);
	} else {
		bar_draw(canvas, row, view);
	}
}

/* Rows for the hits: a few, then the table; what it leaves goes to the hits again. */
static int table_rows(int room, size_t rows)
{
	int hits = room >= 14 ? 6 : room >= 7 ? 3 : 0;
	int table = room - hits;

	if (rows + 1 < (size_t)table)
		table = rows + 1;
	/* a header alone is of no use */
	return room - table < 2 ? room : table;
}

static size_t table_room(int rows)
{
	return rows > 4 ? rows - 3 : rows > 2 ? rows - 2 : 0;
}

static void table_draw(struct canvas *canvas, int row, int end, const struct model *model,
		       const struct view *view)
{
	unsigned char columns[NR_COLUMNS];
	unsigned int nr = settings_columns(&view->settings, columns);
	unsigned int fit = columns_fit(canvas->columns);
	const int table = row + table_rows(end - row, view->rows.nr);
	size_t i;
	int name;

	if (end <= row)
		return;
	if (nr > fit)
		nr = fit;
	name = name_width(canvas->columns, nr);
	table_header(canvas, row++, view->settings.totals ? "VM (TOTAL)" : "VM", model, &view->settings, columns, nr, name);
	if (!view->rows.nr)
		canvas_put(canvas, row, 0, ATTR_PLAIN, model->nr_vcpus ?
			   "no vCPU passes the filter" : "no vCPU has run yet");
	for (i = view->first; row < table && i < view->rows.nr; i++)
		table_row(canvas, row++, model, &view->rows.rows[i], view->alerts, columns, nr, name,
			  view->settings.totals, i == view->selected);
	if (table < end)
		hits_draw(canvas, table + !view->rows.nr, end, model, view, NULL);
}

static void columns_draw(struct canvas *canvas, int row, int end, const struct model *model,
			 const struct view *view)
{
	const struct settings *settings = &view->settings;
	const size_t room = end - row - 1;
	size_t i, first = view->chosen >= room ? view->chosen - room + 1 : 0;
	unsigned int nr;
	enum table_column column;
	enum attr attr;

	canvas_fill(canvas, row, 0, ATTR_HEADER);
	canvas_put(canvas, row, 0, ATTR_HEADER, "YOUR OWN COLUMNS: those with * are shown");
	row++;
	nr = settings->nr_own;
	for (i = first; i < NR_COLUMNS && row < end; i++, row++) {
		column = view->settings.own[i];
		attr = i == view->chosen ? ATTR_SELECTED : ATTR_PLAIN;
		if (i == view->chosen)
			canvas_fill(canvas, row, 0, attr);
		canvas_print(canvas, row, 0, attr, "%c %-6s", i < nr ? '*' : ' ',
			     column_title(model, column));
		canvas_put(canvas, row, 9, attr, column_infos[column].help);
	}
}

/* All lines of the help; with a canvas it draws those from the first one on. */
static size_t help_lines(struct canvas *canvas, int row, int end, size_t first, int width,
			 const struct model *model, bool replay)
{
	const int across = width >= 80 ? width / 40 : 1;
	const struct action_info *info, *list[64];
	size_t nr = 0, lines, i, line = 0;
	char keys[32];

	for (info = action_infos; info->action; info++)
		if (info->when == ALWAYS || (replay && info->when == REPLAY_ONLY))
			list[nr++] = info;
	lines = (nr + across - 1) / across;
	for (i = 0; canvas && i < nr; i++) {
		const int at = row + (int)(i % lines) - (int)first, column = i / lines * 40;

		if (at < row || at >= end)
			continue;
		action_keys(list[i], keys, sizeof(keys));
		canvas_cut(canvas, at, column, 11, ATTR_BOLD, keys);
		canvas_put(canvas, at, column + 12, ATTR_PLAIN, list[i]->help);
	}
	line = lines + 1;
	for (i = 0; i < NR_COLUMNS; i++, line++) {
		const int at = row + (int)line - (int)first;

		if (!canvas || at < row || at >= end)
			continue;
		canvas_put(canvas, at, 0, ATTR_BOLD, column_title(model, i));
		canvas_put(canvas, at, 7, ATTR_PLAIN, column_infos[i].help);
	}
	return line;
}

static void help_draw(struct canvas *canvas, int row, int end, const struct model *model,
		      const struct view *view)
{
	canvas_fill(canvas, row, 0, ATTR_HEADER);
	canvas_put(canvas, row, 0, ATTR_HEADER, canvas->columns >= 60 ?
		   "KEYS, AND COLUMNS: n/a cannot be told here, - nothing to measure yet" :
		   "KEYS, AND COLUMNS");
	help_lines(canvas, row + 1, end, view->help_first, canvas->columns, model,
		   view->replay);
}

void view_draw(struct canvas *canvas, const struct model *model, const struct view *view)
{
	int row, end = canvas->rows;

	row = title_draw(canvas, 0, model, view);
	if (end > row)
		row = summary_draw(canvas, row, model, view, &view->rows);
	if (end > 4)
		last_line_draw(canvas, --end, view);
	if (end <= row)
		return;
	switch (view->page) {
	case PAGE_DETAIL:
		detail_draw(canvas, row, end, model, view);
		break;
	case PAGE_COLUMNS:
		columns_draw(canvas, row, end, model, view);
		break;
	case PAGE_HELP:
		help_draw(canvas, row, end, model, view);
		break;
	default:
		table_draw(canvas, row, end, model, view);
	}
}

static bool is_selected(const struct selection *selection, const struct row *row)
{
	size_t i;

	if (selection->pid != row->vm->pid || selection->vm != row->vm->key)
		return false;
	for (i = 0; i < row->nr_vcpus; i++)
		if (row->vcpus[i]->id == selection->vcpu)
			return true;
	return false;
}

static void select_row(struct view *view, size_t n)
{
	const struct row *row;

	if (!view->rows.nr)
		return;
	view->selected = n < view->rows.nr ? n : view->rows.nr - 1;
	row = &view->rows.rows[view->selected];
	view->selection = (struct selection){ row->vm->pid, row->vm->key, row->vcpus[0]->id };
}

bool view_update(struct view *view, const struct model *model, int rows, int columns)
{
	size_t i, lines;

	if (!rows_make(&view->rows, model, &view->settings, &view->filter))
		return false;
	/* The selection stays with its row; if that is gone it is the one in its place. */
	for (i = 0; i < view->rows.nr; i++)
		if (is_selected(&view->selection, &view->rows.rows[i]))
			break;
	select_row(view, i < view->rows.nr ? i : view->selected);
	view->room = table_rows(table_room(rows), view->rows.nr);
	view->room -= view->room > 0;
	if (view->first > view->selected)
		view->first = view->selected;
	if (view->selected >= view->first + view->room)
		view->first = view->room ? view->selected - view->room + 1 : view->selected;
	if (view->first + view->room > view->rows.nr)
		view->first = view->rows.nr > view->room ? view->rows.nr - view->room : 0;
	view->help_room = table_room(rows) > 1 ? table_room(rows) - 1 : 1;
	lines = help_lines(NULL, 0, 0, 0, columns, model, view->replay);
	if (view->help_first + view->help_room > lines)
		view->help_first = lines > view->help_room ? lines - view->help_room : 0;
	return true;
}

static size_t moved(enum action action, size_t now, size_t page, size_t nr)
{
	switch (action) {
	case ACTION_DOWN:
		return now + 1 < nr ? now + 1 : now;
	case ACTION_UP:
		return now ? now - 1 : 0;
	case ACTION_PAGE_DOWN:
		return now + page < nr ? now + page : nr ? nr - 1 : 0;
	case ACTION_PAGE_UP:
		return now > page ? now - page : 0;
	case ACTION_FIRST:
		return 0;
	case ACTION_LAST:
		return nr ? nr - 1 : 0;
	default:
		return now;
	}
}

static void move(struct view *view, enum action action)
{
	switch (view->page) {
	case PAGE_COLUMNS:
		view->chosen = moved(action, view->chosen, view->help_room, NR_COLUMNS);
		break;
	case PAGE_HELP:
		/* view_update() keeps it within the lines that there are. */
		view->help_first = moved(action, view->help_first, view->help_room, 1000);
		break;
	default:
		select_row(view, moved(action, view->selected, view->room, view->rows.nr));
	}
}

/* The user's own columns are in the first places, the others follow. */
static void open_columns(struct view *view)
{
	unsigned char columns[NR_COLUMNS];
	unsigned int nr = settings_columns(&view->settings, columns), i, all;

	if (view->settings.set != SET_OWN)
		view->settings.nr_own = nr < 10 ? nr : 10;
	memcpy(view->settings.own, columns, nr);
	for (i = 0, all = nr; i < NR_COLUMNS; i++)
		if (!memchr(columns, i, nr))
			view->settings.own[all++] = i;
	view->settings.set = SET_OWN;
	view->page = PAGE_COLUMNS;
	view->chosen = 0;
	view->changed = true;
}

static void swap_columns(struct view *view, size_t a, size_t b)
{
	unsigned char *own = view->settings.own, column = own[a];

	own[a] = own[b];
	own[b] = column;
	view->chosen = b;
	view->changed = true;
}

/* A column that is switched on is the last one of those shown, one switched off the first of others. */
static void toggle_column(struct view *view)
{
	struct settings *settings = &view->settings;
	unsigned char *own = settings->own, column = own[view->chosen];
	size_t at = view->chosen;

	if (at < settings->nr_own) {
		if (settings->nr_own == 1)
			return;
		settings->nr_own--;
		memmove(own + at, own + at + 1, settings->nr_own - at);
		own[settings->nr_own] = column;
	} else {
		memmove(own + settings->nr_own + 1, own + settings->nr_own, at - settings->nr_own);
		own[settings->nr_own++] = column;
	}
	view->changed = true;
}

/* From the name over the columns in their order, and round again. */
static void sort_by(struct view *view, bool right)
{
	unsigned char columns[NR_COLUMNS + 1];
	unsigned int nr = settings_columns(&view->settings, columns), i;

	columns[nr++] = COLUMN_NAME;
	for (i = 0; i < nr && columns[i] != view->settings.sort; i++)
		;
	if (i == nr)
		i = nr - 1;
	view->settings.sort = columns[(i + (right ? 1 : nr - 1)) % nr];
	view->settings.ascending = view->settings.sort == COLUMN_NAME;
	view->changed = true;
	snprintf(view->message, sizeof(view->message), "sorted by %s: %s",
		 column_infos[view->settings.sort].title, column_infos[view->settings.sort].help);
}

static void next_set(struct view *view)
{
	struct settings *settings = &view->settings;

	do
		settings->set = (settings->set + 1) % NR_SETS;
	while (settings->set == SET_OWN && !settings->nr_own);
	view->changed = true;
	snprintf(view->message, sizeof(view->message), "view: %s", set_names[settings->set]);
}

static void start_prompt(struct view *view, enum prompt prompt)
{
	view->prompt = prompt;
	view->before = view->filter;
	view->typed[0] = 0;
	if (prompt == PROMPT_FILTER)
		strcpy(view->typed, view->filter.text);
}

static void type(char *typed, int key)
{
	size_t len = strlen(typed);
	char text[5];
	int n = 0;

	if (key == KEY_ERASE || key == KEY_CTRL('H') || key == 0x7f) {
		while (len && ((unsigned char)typed[len - 1] & 0xc0) == 0x80)
			len--;
		typed[len - (len > 0)] = 0;
		return;
	}
	if (key == KEY_CTRL('U')) {
		typed[0] = 0;
		return;
	}
	if (key < ' ' || key >= KEY_NOTHING)
		return;
	if (key < 0x80) {
		text[n++] = key;
	} else if (key < 0x800) {
		text[n++] = 0xc0 | key >> 6;
		text[n++] = 0x80 | (key & 0x3f);
	} else if (key < 0x10000) {
		text[n++] = 0xe0 | key >> 12;
		text[n++] = 0x80 | (key >> 6 & 0x3f);
		text[n++] = 0x80 | (key & 0x3f);
	} else {
		text[n++] = 0xf0 | key >> 18;
		text[n++] = 0x80 | (key >> 12 & 0x3f);
		text[n++] = 0x80 | (key >> 6 & 0x3f);
		text[n++] = 0x80 | (key & 0x3f);
	}
	if (len + n >= FILTER_SIZE)
		return;
	memcpy(typed + len, text, n);
	typed[len + n] = 0;
}

static enum action prompt_key(struct view *view, const struct model *model, int key)
{
	const enum prompt prompt = view->prompt;

	if (key == KEY_ESCAPE) {
		view->prompt = PROMPT_NONE;
		if (prompt == PROMPT_FILTER)
			filter_parse(&view->filter, model, "", view->message,
				     sizeof(view->message));
		return ACTION_NONE;
	}
	if (key == KEY_RETURN) {
		view->prompt = PROMPT_NONE;
		if (prompt == PROMPT_INTERVAL)
			return ACTION_INTERVAL;
		/* What was wrong when it was typed is wrong still. */
		if (!filter_parse(&view->filter, model, view->typed, view->message,
				  sizeof(view->message)))
			view->filter = view->before;
		return ACTION_NONE;
	}
	type(view->typed, key);
	if (prompt == PROMPT_FILTER)
		filter_parse(&view->filter, model, view->typed, view->message,
			     sizeof(view->message));
	return ACTION_NONE;
}

static void fold(struct view *view)
{
	if (view->rows.nr)
		view->rows.rows[view->selected].vm->apart ^= true;
}

static void fold_all(struct view *view, const struct model *model)
{
	struct model_vm *vm;

	for (vm = model->vms; vm; vm = vm->next)
		vm->apart = false;
	view->settings.folded = !view->settings.folded;
	view->changed = true;
}

enum action view_key(struct view *view, const struct model *model, int key)
{
	enum action action;

	view->message[0] = 0;
	if (view->prompt)
		return prompt_key(view, model, key);
	action = action_of(key, view->page, view->replay);
	switch (action) {
	case ACTION_NONE:
		/* Who does not know the way out of the help gets out with any key. */
		if (view->page == PAGE_HELP)
			view->page = PAGE_TABLE;
		/* also without a prompt it takes the filter away */
		else if (key == KEY_ESCAPE)
			filter_parse(&view->filter, model, "", view->message,
				     sizeof(view->message));
		return ACTION_NONE;
	case ACTION_HELP:
		view->page = view->page == PAGE_HELP ? PAGE_TABLE : PAGE_HELP;
		view->help_first = 0;
		return ACTION_NONE;
	case ACTION_BACK:
		view->page = PAGE_TABLE;
		return ACTION_NONE;
	case ACTION_DETAIL:
		if (view->rows.nr)
			view->page = PAGE_DETAIL;
		return ACTION_NONE;
	case ACTION_HISTOGRAM:
		view->histogram = (view->histogram + 1) % KVMDBG_NR_LATENCIES;
		return ACTION_NONE;
	case ACTION_FOLD:
		fold(view);
		return ACTION_NONE;
	case ACTION_FOLD_ALL:
		fold_all(view, model);
		return ACTION_NONE;
	case ACTION_FILTER:
		start_prompt(view, PROMPT_FILTER);
		return ACTION_NONE;
	case ACTION_INTERVAL:
		start_prompt(view, PROMPT_INTERVAL);
		return ACTION_NONE;
	case ACTION_SET:
		next_set(view);
		return ACTION_NONE;
	case ACTION_COLUMNS:
		open_columns(view);
		return ACTION_NONE;
	case ACTION_TOTALS:
		view->settings.totals = !view->settings.totals;
		view->changed = true;
		return ACTION_NONE;
	case ACTION_SORT_LEFT:
	case ACTION_SORT_RIGHT:
		sort_by(view, action == ACTION_SORT_RIGHT);
		return ACTION_NONE;
	case ACTION_ORDER:
		view->settings.ascending = !view->settings.ascending;
		view->changed = true;
		return ACTION_NONE;
	case ACTION_TOGGLE:
		toggle_column(view);
		return ACTION_NONE;
	case ACTION_EARLIER:
		if (view->chosen && view->chosen < view->settings.nr_own)
			swap_columns(view, view->chosen, view->chosen - 1);
		return ACTION_NONE;
	case ACTION_LATER:
		if (view->chosen + 1 < view->settings.nr_own)
			swap_columns(view, view->chosen, view->chosen + 1);
		return ACTION_NONE;
	case ACTION_DOWN:
	case ACTION_UP:
	case ACTION_PAGE_DOWN:
	case ACTION_PAGE_UP:
	case ACTION_FIRST:
	case ACTION_LAST:
		move(view, action);
		return ACTION_NONE;
	default:
		return action;
	}
}

bool view_print(struct canvas *canvas, int columns, const struct model *model,
		const struct view *view)
{
	static const struct {
		enum column_set set;
		const char *title;
		unsigned int nr;
	} tables[] = { { SET_EVENTS, "EVENTS/s", 10 }, { SET_COST, "COST", 12 } };
	const int name = name_width(columns, 12);
	struct settings settings;
	unsigned char list[NR_COLUMNS];
	struct rows rows = { 0 };
	int row, nr_hits, i;
	size_t j;

	settings_init(&settings);
	if (!rows_make(&rows, model, &settings, NULL))
		return false;
	/* Only the rows are sorted, no header says so. */
	settings.sort = COLUMN_NONE;
	nr_hits = view->history->nr < BATCH_HITS ? view->history->nr : BATCH_HITS;
	nr_hits += view->history->nr_strays < BATCH_HITS ? view->history->nr_strays : BATCH_HITS;
	if (!canvas_resize(canvas, 2 + 2 * (1 + rows.nr) + 1 + nr_hits, columns)) {
		rows_free(&rows);
		return false;
	}
	title_draw(canvas, 0, model, view);
	row = summary_draw(canvas, 1, model, view, &rows);
	for (i = 0; i < 2 && rows.nr; i++) {
		settings.set = tables[i].set;
		settings_columns(&settings, list);
		table_header(canvas, row++, tables[i].title, model, &settings, list, tables[i].nr,
			     name);
		for (j = 0; j < rows.nr; j++)
			table_row(canvas, row++, model, &rows.rows[j], NULL, list, tables[i].nr,
				  name, false, false);
	}
	if (!rows.nr)
		canvas_put(canvas, row, 0, ATTR_PLAIN, "no vCPU has run yet");
	else
		hits_draw(canvas, row, canvas->rows, model, view, NULL);
	rows_free(&rows);
	return true;
}

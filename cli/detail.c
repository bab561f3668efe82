// SPDX-License-Identifier: GPL-2.0-only
/* The page of one vCPU, or of a folded VM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "sentences.h"
#include "symbols.h"
#include "view.h"

#define LABEL		8
#define CELL_COLUMNS	6
#define LEAST_WIDTH	26	/* of a histogram */
#define MOST_PLACES	16

static const unsigned char counts[] = {
	COLUMN_STRAY, COLUMN_STEP, COLUMN_HW_BREAK, COLUMN_SW_BREAK, COLUMN_READ, COLUMN_WRITE,
	COLUMN_REST, COLUMN_USER, COLUMN_GUEST, COLUMN_HOST, COLUMN_EXITS, COLUMN_SWITCH,
	COLUMN_SKIPPED, COLUMN_EVENTS,
};

static int counts_draw(struct canvas *canvas, int row, int end, const struct model *model,
		       const struct row *what)
{
	static const char *const labels[] = { "NOW/s", "TOTAL" };
	const int fit = (canvas->columns - LABEL) / CELL_COLUMNS;
	struct value value;
	int column, line;
	char text[32];
	size_t i;

	for (line = -1; line < 2 && row < end; line++, row++) {
		if (line >= 0)
			canvas_put(canvas, row, 0, ATTR_PLAIN, labels[line]);
		column = LABEL;
		for (i = 0; i < sizeof(counts) && (int)i < fit; i++, column += CELL_COLUMNS) {
			if (line < 0) {
				canvas_print(canvas, row, column, ATTR_BOLD, "%*s", CELL_COLUMNS,
					     column_title(model, counts[i]));
				continue;
			}
			value = row_value(model, what, counts[i], line);
			value_text(text, sizeof(text), &value);
			canvas_print(canvas, row, column, counts[i] == COLUMN_STRAY && what->stray ?
				     ATTR_STRAY : value.number ? ATTR_PLAIN : ATTR_NOTHING, "%*s",
				     CELL_COLUMNS, text);
		}
	}
	return row;
}

/*
 * Buckets are drawn @step at a time: 8 of them are a range from a power of two to the next; as
 * many as it takes for all to have a row.
 */
static unsigned int bucket_step(const struct latency *latency, unsigned int rows,
				unsigned int *first, unsigned int *last)
{
	unsigned int step = 1, i;

	*first = KVMDBG_HIST_BUCKETS;
	*last = 0;
	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++) {
		if (!latency->buckets[i])
			continue;
		if (*first > i)
			*first = i;
		*last = i;
	}
	while (*last / step - *first / step + 1 > rows)
		step *= 2;
	return step;
}

static void histogram_draw(struct canvas *canvas, int row, int rows, int column, int width,
			   const struct latency *latency, uint64_t hz)
{
	const int bar = width > 14 ? width - 14 : 0;
	unsigned int first, last, step, group, i;
	uint64_t most = 0, sums[64] = { 0 };
	char text[16];

	step = bucket_step(latency, rows < 64 ? rows : 64, &first, &last);
	first /= step;
	last /= step;
	for (group = first; group <= last; group++) {
		for (i = group * step; i < (group + 1) * step && i < KVMDBG_HIST_BUCKETS; i++)
			sums[group - first] += latency->buckets[i];
		if (sums[group - first] > most)
			most = sums[group - first];
	}
	for (group = first; group <= last; group++, row++) {
		uint64_t sum = sums[group - first];
		unsigned int eighths = (double)sum / most * bar * 8 + 0.5;

		format_ns(text, sizeof(text), ticks_to_ns(bucket_low(group * step), hz));
		canvas_print(canvas, row, column, ATTR_PLAIN, "%5s", text);
		/* What there is at all is seen. */
		canvas_bar(canvas, row, column + 6, sum && !eighths ? 1 : eighths);
		format_count(text, sizeof(text), sum);
		canvas_print(canvas, row, column + width - 7, sum ? ATTR_PLAIN : ATTR_NOTHING, "%5s",
			     text);
	}
}

static int histograms_draw(struct canvas *canvas, int row, int end, const struct model *model,
			   const struct view *view, const struct row *what)
{
	static const struct {
		enum kvmdbg_latency which;
		enum table_column median;
		const char *title;
	} histograms[KVMDBG_NR_LATENCIES] = {
		{ KVMDBG_DEBUG_EXIT, COLUMN_DEBUG_50, "DEBUG EXITS" },
		{ KVMDBG_OTHER_EXIT, COLUMN_OTHER_50, "OTHER EXITS" },
		{ KVMDBG_SWITCH, COLUMN_SWITCH_50, "SWITCHES" },
	};
	int across = canvas->columns / LEAST_WIDTH, width, column = 0, i, drawn = 0;
	struct latency latency;
	struct value value;
	char text[3][16];
	uint64_t hz;

	if (across > KVMDBG_NR_LATENCIES)
		across = KVMDBG_NR_LATENCIES;
	if (across < 1)
		across = 1;
	width = canvas->columns / across;
	canvas_fill(canvas, row, 0, ATTR_HEADER);
	for (i = 0; i < KVMDBG_NR_LATENCIES && drawn < across; i++, drawn++, column += width) {
		unsigned int n = (view->histogram + i) % KVMDBG_NR_LATENCIES, j;

		for (j = 0; j < 3; j++) {
			value = row_value(model, what, histograms[n].median + j,
					  view->settings.totals);
			value_text(text[j], sizeof(text[j]), &value);
		}
		canvas_print(canvas, row, column, ATTR_HEADER, "%s %s", histograms[n].title,
			     view->settings.totals ? "IN ALL" : "LAST 10 s");
		if (row + 1 >= end)
			continue;
		if (value.kind != VALUE_NS) {
			canvas_put(canvas, row + 1, column, ATTR_NOTHING,
				   value.kind == VALUE_UNKNOWN ? "n/a" : "none");
			continue;
		}
		canvas_print(canvas, row + 1, column, ATTR_BOLD, "%s 99%% %s max %s", text[0],
			     text[1], text[2]);
		hz = histograms[n].which == KVMDBG_SWITCH ? model->switch_hz : 1000000000;
		row_latency(&latency, what, histograms[n].which, view->settings.totals);
		if (row + 2 < end)
			histogram_draw(canvas, row + 2, end - row - 2, column, width, &latency, hz);
	}
	return end;
}

/** enum armed - what is known of a place now */
enum armed {
	ARMED_UNKNOWN,	/* the registers were not read */
	ARMED_NOW,
	ARMED_HELD,	/* the guest's own, which user space has priority over */
	ARMED_BEFORE,	/* when it hit */
};

/**
 * struct place - a breakpoint or watchpoint that is armed, or has hit
 * @kinds: mask of enum kvmdbg_kind
 * @slot: the register that it is in, empty where that is not known
 * @origin: who has armed it
 * @armed: whether it is
 * @anywhere: not at an address
 * @range: an end of a range of addresses
 * @addr: what it is set to
 * @hits: how many of the last hits are its
 * @symbol: what is known of it
 */
struct place {
	uint32_t kinds;
	char slot[12];
	uint32_t origin;
	enum armed armed;
	bool anywhere;
	bool range;
	uint64_t addr;
	unsigned int hits;
	char symbol[SYMBOL_SIZE + LINE_SIZE];
};

/* With the line of the source, which only code has. */
static void place_name(char *text, size_t size, const struct symbols *symbols,
		       const struct place *place)
{
	char line[LINE_SIZE];
	size_t len;

	symbols_text(symbols, place->addr, text, SYMBOL_SIZE);
	len = strlen(text);
	if (!(place->kinds & WATCH_KINDS) &&
	    symbols_line(symbols, place->addr, line, sizeof(line)))
		snprintf(text + len, size - len, "%s%s", len ? " " : "", line);
}

static void slots_text(char *text, size_t size, uint32_t slots)
{
	size_t len = 0;
	int i;

	*text = 0;
	for (i = 0; i < 32 && len < size; i++)
		if (slots & 1U << i)
			len += snprintf(text + len, size - len, "%s%d", len ? "," : "", i);
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->kinds == b->kinds && a->origin == b->origin && a->armed == b->armed &&
	       a->anywhere == b->anywhere && a->addr == b->addr && a->range == b->range &&
	       (!*a->slot || !*b->slot || !strcmp(a->slot, b->slot));
}

/* The place in the list, which it is added to if there is room; or NULL. */
static struct place *place_add(struct place *places, int *nr, const struct place *place,
			       const struct symbols *symbols)
{
	int i;

	for (i = 0; i < *nr; i++)
		if (same_place(&places[i], place))
			return &places[i];
	if (*nr == MOST_PLACES)
		return NULL;
	places[*nr] = *place;
	if (!place->anywhere)
		place_name(places[*nr].symbol, sizeof(places[*nr].symbol), symbols, place);
	return &places[(*nr)++];
}

/* What the registers of a vCPU say. */
static void places_armed(struct place *places, int *nr, const struct model *model,
			 const struct model_vcpu *vcpu)
{
	struct armed_place armed[ARMED_MAX];
	unsigned int count = model_places(model, vcpu, armed), i;
	struct place place;

	for (i = 0; i < count; i++) {
		place = (struct place){
			.kinds = armed[i].kinds, .origin = armed[i].origin,
			.armed = armed[i].in_force ? ARMED_NOW : ARMED_HELD,
			.anywhere = armed[i].anywhere, .range = armed[i].range,
			.addr = armed[i].addr,
		};
		snprintf(place.slot, sizeof(place.slot), "%.8s", armed[i].slot);
		place_add(places, nr, &place, vcpu->vm->symbols);
	}
}

/* The armed place that a hit is of; NULL if it is not armed now. */
static struct place *place_of_hit(struct place *places, int nr, const struct place *hit)
{
	int i;

	for (i = 0; i < nr; i++)
		if (places[i].armed == ARMED_NOW && places[i].kinds & hit->kinds &&
		    places[i].origin == hit->origin && !places[i].anywhere &&
		    places[i].addr == hit->addr)
			return &places[i];
	return NULL;
}

/* Where breakpoints in the guest's memory are, KVM does not know. */
static bool is_armed_anywhere(const struct place *places, int nr, const struct place *hit)
{
	int i;

	for (i = 0; i < nr; i++)
		if (places[i].armed == ARMED_NOW && places[i].kinds & hit->kinds &&
		    places[i].origin == hit->origin && places[i].anywhere)
			return true;
	return false;
}

/* What is armed, by the registers; and what the last hits were of: where, of what kind, by whom. */
static int places_find(struct place *places, const struct model *model, const struct row *what)
{
	const uint32_t breaks = 1U << KVMDBG_HW_BREAK | 1U << KVMDBG_SW_BREAK;
	const struct model_vcpu *vcpu;
	const struct kvmdbg_hit *hit;
	struct place place, *known;
	size_t v, n;
	int nr = 0;

	for (v = 0; v < what->nr_vcpus; v++)
		places_armed(places, &nr, model, what->vcpus[v]);
	for (v = 0; v < what->nr_vcpus; v++) {
		vcpu = what->vcpus[v];
		for (n = 0; n < vcpu->nr_hits && n < VCPU_HITS; n++) {
			hit = &vcpu->hits[n];
			place = (struct place){
				.kinds = model->kinds(hit) & (WATCH_KINDS | breaks),
				.origin = hit->origin,
			};
			if (!place.kinds)
				continue;
			slots_text(place.slot, sizeof(place.slot), model->slots ? model->slots(hit) : 0);
			place.addr = hit_address(hit, place.kinds);
			known = place_of_hit(places, nr, &place);
			if (!known) {
				if (vcpu->armed_known && place.origin != KVMDBG_STRAY)
					place.armed = is_armed_anywhere(places, nr, &place) ?
						      ARMED_NOW : ARMED_BEFORE;
				known = place_add(places, &nr, &place, what->vm->symbols);
			}
			if (known)
				known->hits++;
		}
	}
	return nr;
}

/* "user", "was user": when it hit, "(guest)": while user space debugs */
static void armed_text(char *text, size_t size, const struct place *place)
{
	const char *who = place->origin == KVMDBG_STRAY ? "nobody" : origin_name(place->origin);

	snprintf(text, size, place->armed == ARMED_BEFORE ? "was %s" :
		 place->armed == ARMED_HELD ? "(%s)" : "%s", who);
}

static int places_draw(struct canvas *canvas, int row, int end, const struct model *model,
		       const struct place *places, int nr)
{
	int i, column, wide = 8;
	char text[160], addr[24], by[16];

	if (!nr || row + 1 >= end)
		return row;
	for (i = 0; i < nr; i++)
		if (places[i].addr >> 32)
			wide = 16;
	canvas_fill(canvas, row, 0, ATTR_HEADER);
	canvas_print(canvas, row++, 0, ATTR_HEADER, "SLOT %-*s ARMED BY   HITS KIND", wide + 2,
		     "ADDRESS");
	for (i = 0; i < nr && row < end; i++, row++) {
		enum attr attr = places[i].origin == KVMDBG_STRAY ? ATTR_STRAY :
				 places[i].armed > ARMED_NOW ? ATTR_GONE : ATTR_PLAIN;

		snprintf(addr, sizeof(addr), "0x%0*llx", wide, (unsigned long long)places[i].addr);
		armed_text(by, sizeof(by), &places[i]);
		canvas_print(canvas, row, 0, attr, "%-4s %-*s %-9s %5u",
			     *places[i].slot ? places[i].slot : "-", wide + 2,
			     places[i].anywhere ? "any" : addr, by, places[i].hits);
		kinds_text(model, text, sizeof(text), places[i].kinds);
		column = canvas_put(canvas, row, 5 + wide + 2 + 1 + 9 + 1 + 5 + 1, attr, text) + 1;
		if (places[i].range)
			column = canvas_put(canvas, row, column, attr, "range") + 1;
		canvas_cut(canvas, row, column, canvas->columns - column, attr, places[i].symbol);
	}
	return row;
}

/* What is known of a stray event: as kvmdbg explain says it, and what is armed at its address now. */
static void put_stray(FILE *out, const struct model *model, const struct model_vcpu *vcpu,
		      const struct shown_hit *shown)
{
	const struct kvmdbg_hit *hit = &shown->hit;
	const uint64_t at = hit_address(hit, shown->kinds);
	struct armed_place places[ARMED_MAX];
	unsigned int nr = model_places(model, vcpu, places), i;
	bool any = false;
	char text[128];

	kinds_text(model, text, sizeof(text), shown->kinds);
	fprintf(out, "vCPU %u: stray %s at 0x%llx %s\n", hit->vcpu, text,
		(unsigned long long)hit->pc, shown->symbol);
	explain_stray(out, model->raw_name, hit->raw, shown->kinds,
		      model->slots ? model->slots(hit) : 0);
	for (i = 0; i < nr; i++) {
		if (!places[i].in_force || places[i].anywhere || places[i].addr != at)
			continue;
		fprintf(out, "  It is armed there now, by %s.\n",
			places[i].origin == KVMDBG_USER ? "user space" : "the guest");
		any = true;
	}
	if (vcpu->armed_known && !any)
		fputs("  Nothing is armed there now.\n", out);
}

/* Lines of text, broken between words; how many rows there are. Draws if there is a canvas. */
static int text_draw(struct canvas *canvas, int row, int end, int columns, const char *text)
{
	const char *line, *stop, *cut;
	int rows = 0, indent = 0;
	char part[256];

	if (columns < LEAST_WIDTH)
		return 0;
	if (columns > 120)
		columns = 120;
	for (line = text; *line; line = stop + (*stop == '\n' || *stop == ' ')) {
		stop = line + strcspn(line, "\n");
		if (stop - line > columns - indent) {
			/* the blanks that a line begins with are no place to break it */
			for (cut = line + columns - indent; cut > line + columns / 2 && *cut != ' '; cut--)
				;
			stop = *cut == ' ' ? cut : line + columns - indent;
		}
		snprintf(part, sizeof(part), "%.*s", (int)(stop - line), line);
		if (canvas && row + rows < end)
			canvas_put(canvas, row + rows, indent,
				   !indent && *line != ' ' ? ATTR_STRAY : ATTR_PLAIN, part);
		/* What goes on is as far in as sentences are. */
		indent = *stop && *stop != '\n' ? 2 : 0;
		rows++;
	}
	return rows;
}

/* The sentences on a row's stray events that nobody has taken note of, one for each that is alike. */
static char *strays_text(const struct model *model, const struct view *view, const struct row *what)
{
	const struct history *history = view->history;
	const struct kvmdbg_hit *hit, *before;
	char *text = NULL;
	size_t size, i, j, v;
	FILE *out = open_memstream(&text, &size);

	for (i = 0; out && i < history->nr_strays; i++) {
		hit = &history->strays[i].hit;
		if (!row_has_hit(what, hit))
			continue;
		for (j = 0; j < i; j++) {
			before = &history->strays[j].hit;
			if (before->pc == hit->pc && before->raw == hit->raw &&
			    before->vcpu == hit->vcpu && before->vm == hit->vm)
				break;
		}
		for (v = 0; j == i && v < what->nr_vcpus; v++)
			if (what->vcpus[v]->id == hit->vcpu)
				put_stray(out, model, what->vcpus[v], &history->strays[i]);
	}
	if (out)
		fclose(out);
	return text;
}

int detail_draw(struct canvas *canvas, int row, int end, const struct model *model,
		const struct view *view)
{
	struct place places[MOST_PLACES];
	const struct row *what;
	char text[64];
	int nr, left, column, said;
	char *strays;

	canvas_fill(canvas, row, 0, ATTR_HEADER);
	if (!view->rows.nr) {
		canvas_put(canvas, row, 0, ATTR_HEADER, "no vCPU any more");
		return row + 1;
	}
	what = &view->rows.rows[view->selected];
	if (what->folded)
		snprintf(text, sizeof(text), "pid %u  %zu vCPUs", what->vm->pid, what->nr_vcpus);
	else
		snprintf(text, sizeof(text), "pid %u  vCPU %u%s", what->vm->pid,
			 what->vcpus[0]->id, what->vcpus[0]->gone ? "  gone" : "");
	column = canvas_cut(canvas, row, 0, canvas->columns - text_columns(text) - 2, ATTR_HEADER,
			    what->vm->name);
	canvas_put(canvas, row++, column + 2, ATTR_HEADER, text);
	row = counts_draw(canvas, row, end, model, what);
	nr = places_find(places, model, what);
	/* A third for the places, at least a few of the last hits, the rest for the histograms. */
	left = end - row;
	if (left < 3)
		return row;
	if (nr > left / 3 - 1)
		nr = left / 3 - 1;
	if (nr < 0)
		nr = 0;
	left -= nr ? nr + 1 : 0;
	/* As much again for what there is to say, where there is something. */
	strays = strays_text(model, view, what);
	said = strays ? text_draw(NULL, 0, 0, canvas->columns, strays) : 0;
	if (said > left / 2)
		said = left / 2;
	left -= said;
	row = histograms_draw(canvas, row, left >= 10 ? row + left * 3 / 5 : row + left, model, view,
			      what);
	if (said)
		text_draw(canvas, row, row + said, canvas->columns, strays);
	row += said;
	free(strays);
	row = places_draw(canvas, row, end, model, places, nr);
	if (end - row >= 2)
		row = hits_draw(canvas, row, end, model, view, what);
	return row;
}

// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg report: what is in a recording. */
#include <argp.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "guests.h"
#include "lines.h"
#include "output.h"
#include "report.h"
#include "symbols.h"
#include "util.h"

#define TEXT_PLACES	20
#define TEXT_VCPUS	100
#define BAR_COLUMNS	40

bool env_shown(const char *key)
{
	static const char *const hidden[] = { "lacks", "raw_name", "start_ns", "switch_hz",
					      "window_ns", "windows" };
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (!strcmp(key, hidden[i]))
			return false;
	return strncmp(key, "class.", 6) && strncmp(key, "kind.", 5);
}

static void text_environment(FILE *out, const struct summary *summary)
{
	const char *key, *value;
	size_t i;

	for (i = 0; (value = recording_env_at(summary->recording, i, &key)); i++) {
		if (!env_shown(key))
			continue;
		put_text(out, key);
		fprintf(out, "%*s", (int)(strlen(key) < 14 ? 14 - strlen(key) : 1), "");
		put_text(out, value);
		putc('\n', out);
	}
}

static void put_ns(FILE *out, int width, uint64_t ticks, uint64_t hz)
{
	char text[32] = "n/a";

	if (hz)
		format_ns(text, sizeof(text), ticks_to_ns(ticks, hz));
	fprintf(out, " %*s", width, text);
}

static void put_count(FILE *out, int width, uint64_t count)
{
	fprintf(out, " %*llu", width, (unsigned long long)count);
}

static void text_cost(FILE *out, const struct summary_group *group)
{
	const struct latency *l = &group->latency;

	fprintf(out, "%-24s %10llu", group->name, (unsigned long long)l->count);
	put_ns(out, 6, l->sum / l->count, group->hz);
	put_ns(out, 6, latency_percentile(l, 500), group->hz);
	put_ns(out, 6, latency_percentile(l, 900), group->hz);
	put_ns(out, 6, latency_percentile(l, 990), group->hz);
	put_ns(out, 6, l->max, group->hz);
	putc('\n', out);
}

/* Rows of a factor of two each, from the first that has values to the last. */
static void text_histogram(FILE *out, const struct summary_group *group)
{
	uint64_t rows[KVMDBG_HIST_BUCKETS / 8 + 1] = { 0 }, most = 0;
	const struct latency *l = &group->latency;
	unsigned int i, row, first = KVMDBG_HIST_BUCKETS, last = 0;
	char low[16], high[16];
	int bar;

	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++) {
		row = i / 8;
		rows[row] += l->buckets[i];
		if (rows[row] > most)
			most = rows[row];
		if (l->buckets[i] && row < first)
			first = row;
		if (l->buckets[i])
			last = row;
	}
	if (!group->hz || !most)
		return;
	fprintf(out, "\n%s\n", group->name);
	for (row = first; row <= last; row++) {
		format_ns(low, sizeof(low), ticks_to_ns(bucket_low(8 * row), group->hz));
		format_ns(high, sizeof(high), ticks_to_ns(bucket_low(8 * row + 8), group->hz));
		bar = (rows[row] * (double)BAR_COLUMNS + most - 1) / most;
		fprintf(out, "%6s ..%6s %10llu |%.*s\n", low, high,
			(unsigned long long)rows[row], bar,
			"########################################");
	}
}

static void text_costs(FILE *out, const struct summary *summary)
{
	struct summary_group *groups;
	int count, i;

	count = summary_groups(summary, &summary->total, &groups);
	if (count < 0)
		return;
	fprintf(out, "\n%-24s %10s %6s %6s %6s %6s %6s\n", "COST", "COUNT", "MEAN", "P50", "P90",
		"P99", "MAX");
	for (i = 0; i < count; i++)
		text_cost(out, &groups[i]);
	for (i = 0; i < count; i++)
		if (strncmp(groups[i].name, "exit:", 5))
			text_histogram(out, &groups[i]);
	free(groups);
}

static void text_vcpus(FILE *out, const struct summary *summary)
{
	const struct model *model = &summary->model;
	size_t i;
	int kind, origin;

	fprintf(out, "\n%10s %10s", "EXITS", "DEBUG");
	for (kind = 0; kind < KVMDBG_NR_KINDS; kind++)
		if (kind_name(model, kind) && summary->total.total.events[kind])
			fprintf(out, " %*s", strlen(kind_name(model, kind)) > 10 ? 11 : 10,
				kind_name(model, kind));
	for (origin = 0; origin < KVMDBG_NR_ORIGINS; origin++)
		if (summary->total.total.origin[origin])
			fprintf(out, " %10s", origin_name(origin));
	fprintf(out, " VCPU VM\n");
	for (i = 0; i < summary->nr_vcpus && i < TEXT_VCPUS; i++) {
		const struct summary_vcpu *vcpu = summary->vcpus[i];

		if (vcpu->exits_known)
			fprintf(out, "%10llu", (unsigned long long)vcpu->total.exits);
		else
			fprintf(out, "%10s", "n/a");
		put_count(out, 10, vcpu->total.debug_exits);
		for (kind = 0; kind < KVMDBG_NR_KINDS; kind++)
			if (kind_name(model, kind) && summary->total.total.events[kind])
				put_count(out, strlen(kind_name(model, kind)) > 10 ? 11 : 10,
					  vcpu->total.events[kind]);
		for (origin = 0; origin < KVMDBG_NR_ORIGINS; origin++)
			if (summary->total.total.origin[origin])
				put_count(out, 10, vcpu->total.origin[origin]);
		if (vcpu->many)
			fputs("    * ", out);
		else
			fprintf(out, " %4u ", vcpu->id);
		put_text(out, vcpu->vm);
		putc('\n', out);
	}
	if (i < summary->nr_vcpus)
		fprintf(out, "%zu more vCPUs\n", summary->nr_vcpus - i);
}

static void text_places(FILE *out, const struct summary *summary)
{
	char kinds[128], name[LINE_SIZE];
	size_t i;

	if (!summary->nr_places)
		return;
	fprintf(out, "\n%10s %-18s %-7s %s\n", "HITS KEPT", "PC", "ORIGIN", "KIND, VM, SYMBOL, SOURCE");
	for (i = 0; i < summary->nr_places && i < TEXT_PLACES; i++) {
		const struct summary_place *place = &summary->places[i];

		kinds_text(&summary->model, kinds, sizeof(kinds), place->kinds);
		fprintf(out, "%10llu 0x%0*llx%*s %-7s %s, ", (unsigned long long)place->hits,
			place->pc >> 32 ? 16 : 8, (unsigned long long)place->pc,
			place->pc >> 32 ? 0 : 8, "", origin_name(place->origin), kinds);
		put_text(out, place->vm);
		if (symbols_text(place->symbols, place->pc, name, SYMBOL_SIZE)) {
			fputs("  ", out);
			put_text(out, name);
		}
		if (symbols_line(place->symbols, place->pc, name, sizeof(name))) {
			fputs("  ", out);
			put_text(out, name);
		}
		putc('\n', out);
	}
	if (i < summary->nr_places || summary->other_places)
		fprintf(out, "%zu%s more places\n", summary->nr_places - i,
			summary->other_places ? " and" : "");
}

static void text_report(FILE *out, void *ctx, const struct summary *summary)
{
	(void)ctx;
	text_environment(out, summary);
	fprintf(out, "\n%.3f s, %llu windows, %zu vCPUs, %llu debug exits, stray %llu, %llu hits kept, %llu dropped\n",
		summary->duration_ns / 1e9, (unsigned long long)summary->windows,
		summary->nr_vcpus, (unsigned long long)summary->total.total.debug_exits,
		(unsigned long long)summary->total.total.origin[KVMDBG_STRAY],
		(unsigned long long)summary->all_hits,
		(unsigned long long)summary->model.dropped_hits);
	if (summary->model.lost_events)
		fprintf(out, "NOT COUNTED: %llu events (more than %d vCPUs)\n",
			(unsigned long long)summary->model.lost_events, KVMDBG_MAX_VCPUS);
	if (!summary->nr_vcpus) {
		fputs("no vCPU has run\n", out);
		return;
	}
	text_costs(out, summary);
	text_vcpus(out, summary);
	text_places(out, summary);
}

static void add_u64(struct json_object *object, const char *key, uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

static void add_text(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

/* [lowest value, first one beyond, count] each; the last one has no end. */
static struct json_object *buckets_json(const struct summary_group *group)
{
	struct json_object *list = json_object_new_array(), *bucket;
	unsigned int i;

	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++) {
		if (!group->latency.buckets[i])
			continue;
		bucket = json_object_new_array();
		json_object_array_add(bucket, json_object_new_uint64(
					      ticks_to_ns(bucket_low(i), group->hz)));
		json_object_array_add(bucket, i + 1 == KVMDBG_HIST_BUCKETS ? NULL :
				      json_object_new_uint64(ticks_to_ns(bucket_low(i + 1),
									 group->hz)));
		json_object_array_add(bucket, json_object_new_uint64(group->latency.buckets[i]));
		json_object_array_add(list, bucket);
	}
	return list;
}

static void costs_json(struct json_object *object, const struct summary *summary,
		       const struct summary_vcpu *vcpu)
{
	struct json_object *costs = json_object_new_object(), *cost;
	struct summary_group *groups;
	int count = summary_groups(summary, vcpu, &groups), i;

	for (i = 0; i < count; i++) {
		if (groups[i].hz) {
			cost = latency_json(&groups[i].latency, groups[i].hz);
			json_object_object_add(cost, "buckets", buckets_json(&groups[i]));
		} else {
			cost = json_object_new_object();
			add_u64(cost, "count", groups[i].latency.count);
		}
		json_object_object_add(costs, groups[i].name, cost);
	}
	if (count >= 0)
		free(groups);
	json_object_object_add(object, "costs_ns", costs);
}

static struct json_object *summary_vcpu_json(const struct summary *summary,
					     const struct summary_vcpu *vcpu)
{
	struct json_object *object = json_object_new_object(), *part;
	const struct counters *c = &vcpu->total;

	if (*vcpu->vm && !vcpu->many) {
		add_u64(object, "pid", vcpu->pid);
		add_text(object, "vm", vcpu->vm);
		add_u64(object, "vcpu", vcpu->id);
	} else if (*vcpu->vm) {
		add_text(object, "vm", vcpu->vm);
	}
	counters_json(object, &summary->model, c, vcpu->exits_known);
	if (!(summary->model.lacks & LACKS_SWITCHES) || c->to_guest || c->skipped) {
		part = json_object_new_object();
		add_u64(part, "to_guest", c->to_guest);
		if (!(summary->model.lacks & LACKS_SWITCHES))
			add_u64(part, "to_host", c->to_host);
		add_u64(part, "skipped", c->skipped);
		json_object_object_add(object, "switch", part);
	}
	add_u64(object, "dropped_hits", c->dropped_hits);
	costs_json(object, summary, vcpu);
	return object;
}

static struct json_object *timeline_json(const struct summary *summary)
{
	struct json_object *object = json_object_new_object(), *list, *item;
	size_t i;

	add_u64(object, "step_ns", summary->column_ns);
	list = json_object_new_array();
	for (i = 0; i < summary->nr_columns; i++) {
		const struct summary_column *column = &summary->total.columns[i];

		item = json_object_new_object();
		if (summary->total.exits_known)
			add_u64(item, "exits", column->exits);
		add_u64(item, "debug_exits", column->debug_exits);
		add_u64(item, "stray", column->stray);
		if (!(summary->model.lacks & LACKS_SWITCHES))
			add_u64(item, "switches", column->switches);
		json_object_array_add(list, item);
	}
	json_object_object_add(object, "steps", list);
	return object;
}

static struct json_object *places_json(const struct summary *summary)
{
	struct json_object *list = json_object_new_array(), *item;
	char text[128];
	size_t i;

	for (i = 0; i < summary->nr_places; i++) {
		const struct summary_place *place = &summary->places[i];

		item = json_object_new_object();
		add_text(item, "vm", place->vm);
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)place->pc);
		add_text(item, "pc", text);
		place_json(item, "", place->symbols, place->pc);
		kinds_text(&summary->model, text, sizeof(text), place->kinds);
		add_text(item, "kind", text);
		add_text(item, "origin", origin_name(place->origin));
		add_u64(item, "hits", place->hits);
		json_object_array_add(list, item);
	}
	return list;
}

static void json_report(FILE *out, void *ctx, const struct summary *summary)
{
	struct json_object *report = json_object_new_object(), *part;
	const char *key, *value;
	size_t i;

	(void)ctx;
	add_text(report, "schema", "kvmdbg.report/1");
	part = json_object_new_object();
	for (i = 0; (value = recording_env_at(summary->recording, i, &key)); i++)
		if (env_shown(key))
			add_text(part, key, value);
	json_object_object_add(report, "environment", part);
	json_object_object_add(report, "complete",
			       json_object_new_boolean(!recording_damage(summary->recording)));
	add_u64(report, "duration_ns", summary->duration_ns);
	add_u64(report, "windows", summary->windows);
	add_u64(report, "dropped_hits", summary->model.dropped_hits);
	add_u64(report, "lost_events", summary->model.lost_events);
	json_object_object_add(report, "total", summary_vcpu_json(summary, &summary->total));
	part = json_object_new_array();
	for (i = 0; i < summary->nr_vcpus; i++)
		json_object_array_add(part, summary_vcpu_json(summary, summary->vcpus[i]));
	json_object_object_add(report, "vcpus", part);
	json_object_object_add(report, "timeline", timeline_json(summary));
	json_object_object_add(report, "places", places_json(summary));
	part = json_object_new_array();
	for (i = 0; i < summary->nr_hits; i++)
		json_object_array_add(part, hit_json(&summary->model, &summary->hits[i].hit,
						     summary->hits[i].symbols));
	json_object_object_add(report, "hits", part);
	value = json_object_to_json_string_ext(report, JSON_C_TO_STRING_PLAIN |
						       JSON_C_TO_STRING_NOSLASHESCAPE);
	if (value)
		fputs(value, out);
	else
		complain(0, "no memory for the report: it is not complete");
	putc('\n', out);
	json_object_put(report);
}

/*
 * struct csv - what was before, so that each line is of its window
 * @out: where to
 * @start_ns: when recording began
 * @header: it has been written
 */
struct csv {
	FILE *out;
	uint64_t start_ns;
	bool header;
};

static void *csv_begin(FILE *out, struct recording *recording)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (csv) {
		csv->out = out;
		csv->start_ns = recording_start_ns(recording);
	}
	return csv;
}

/* RFC 4180. A spreadsheet takes what begins like a formula for one, unless a quote stands there. */
static void csv_text(FILE *out, const char *text)
{
	putc('"', out);
	if (strchr("=+-@", *text) && *text)
		putc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void csv_header(struct csv *csv, const struct model *model)
{
	FILE *out = csv->out;
	int i;

	fputs("time_s,interval_s,pid,vm,vcpu,exits,debug_exits", out);
	for (i = 0; i < KVMDBG_NR_KINDS; i++)
		if (kind_name(model, i))
			fprintf(out, ",%s", kind_name(model, i));
	for (i = 0; i < KVMDBG_NR_ORIGINS; i++)
		if (i != KVMDBG_HOST || !(model->lacks & LACKS_HOST))
			fprintf(out, ",%s", origin_name(i));
	fputs(model->lacks & LACKS_SWITCHES ? ",to_guest,skipped" : ",to_guest,to_host,skipped", out);
	fputs(",dropped_hits\r\n", out);
	csv->header = true;
}

/* What a host cannot tell has no column, what it cannot tell of a vCPU is empty. */
static void csv_switches(FILE *out, const struct model *model, const struct model_vcpu *vcpu)
{
	const struct counters *d = &vcpu->delta;

	if (!model_switches(model, vcpu)) {
		fputs(",,", out);
		return;
	}
	fprintf(out, ",%llu", (unsigned long long)d->to_guest);
	if (!(model->lacks & LACKS_SWITCHES))
		fprintf(out, ",%llu", (unsigned long long)d->to_host);
	fprintf(out, ",%llu", (unsigned long long)d->skipped);
}

static void csv_frame(void *ctx, const struct model *model)
{
	struct csv *csv = ctx;
	FILE *out = csv->out;
	size_t n;
	int i;

	if (!csv->header)
		csv_header(csv, model);
	for (n = 0; n < model->nr_vcpus; n++) {
		const struct model_vcpu *vcpu = model->vcpus[n];
		const struct counters *d = &vcpu->delta;

		fprintf(out, "%.6f,%.6f,%u,", (model->time_ns - csv->start_ns) / 1e9,
			model->interval_ns / 1e9, vcpu->vm->pid);
		csv_text(out, vcpu->vm->name);
		fprintf(out, ",%u,", vcpu->id);
		if (model_exits(model, vcpu))
			fprintf(out, "%llu", (unsigned long long)d->exits);
		fprintf(out, ",%llu", (unsigned long long)d->debug_exits);
		for (i = 0; i < KVMDBG_NR_KINDS; i++)
			if (kind_name(model, i))
				fprintf(out, ",%llu", (unsigned long long)d->events[i]);
		for (i = 0; i < KVMDBG_NR_ORIGINS; i++)
			if (i != KVMDBG_HOST || !(model->lacks & LACKS_HOST))
				fprintf(out, ",%llu", (unsigned long long)d->origin[i]);
		csv_switches(out, model, vcpu);
		fprintf(out, ",%llu\r\n", (unsigned long long)d->dropped_hits);
	}
}

static void csv_end(FILE *out, void *ctx, const struct summary *summary)
{
	struct csv *csv = ctx;

	(void)out;
	if (!csv->header)
		csv_header(csv, &summary->model);
	free(csv);
}

const struct report_format report_formats[] = {
	{ "text", NULL, NULL, text_report },
	{ "json", NULL, NULL, json_report },
	{ "csv", csv_begin, csv_frame, csv_end },
	{ "html", NULL, NULL, html_report },
	{ "trace", trace_begin, trace_frame, trace_end },
	{ NULL, NULL, NULL, NULL },
};

int report_write(FILE *out, struct recording *recording, const struct report_format *format)
{
	struct summary summary;
	void *ctx = NULL;
	int ret;

	if (format->begin) {
		ctx = format->begin(out, recording);
		if (!ctx)
			return complain(EXIT_IO, "no memory");
	}
	ret = summary_read(&summary, recording, format->frame, ctx);
	if (!ret)
		format->end(out, ctx, &summary);
	else
		free(ctx);
	summary_free(&summary);
	return ret;
}

struct report_options {
	struct guest_options guests;
	const char *path;
	const struct report_format *format;
};

static const struct argp_option report_argp_options[] = {
	{ "format", 'f', "FORMAT", 0,
	  "What to write: text (default), json, csv, html, or trace: Chrome's and Perfetto's trace events", 0 },
	{ 0 },
};

static error_t report_option(int key, char *arg, struct argp_state *state)
{
	struct report_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->guests;
		return 0;
	case 'f':
		for (options->format = report_formats; options->format->name; options->format++)
			if (!strcmp(options->format->name, arg))
				return 0;
		argp_error(state, "-f '%s': not a format: text, json, csv, html or trace", arg);
		return EINVAL;
	case ARGP_KEY_ARG:
		if (options->path)
			argp_error(state, "'%s': one FILE only", arg);
		options->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "FILE is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child report_children[] = { { &guests_argp, 0, NULL, 1 }, { 0 } };

const struct argp report_argp = {
	.options = report_argp_options,
	.parser = report_option,
	.children = report_children,
	.args_doc = "FILE",
	.doc = "Show what is in a recording of 'kvmdbg record', on standard output.\vSee kvmdbg-report(1).",
};

int report_main(int argc, char **argv)
{
	struct report_options options = { .format = report_formats };
	struct recording *recording = NULL;
	struct guests *guests = NULL;
	int ret;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&report_argp, argc, argv, 0, NULL, &options);
	ret = guests_open(&guests, &options.guests, false);
	if (!ret)
		ret = recording_open(&recording, options.path);
	if (!ret) {
		recording_guests(recording, guests);
		ret = report_write(stdout, recording, options.format);
	}
	recording_close(recording);
	guests_close(guests);
	return ret;
}

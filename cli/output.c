// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "decode.h"
#include "lines.h"
#include "output.h"
#include "symbols.h"
#include "util.h"

#define BATCH_COLUMNS	100
#define BATCH_COLUMNS_MOST	200

static void add_u64(struct json_object *object, const char *key, uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

static void add_text(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

static void add_hex(struct json_object *object, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	add_text(object, key, text);
}

/* Without values there are no percentiles: they are left out, not 0. */
struct json_object *latency_json(const struct latency *latency, uint64_t hz)
{
	static const struct {
		const char *key;
		unsigned int permille;
	} percentiles[] = { { "p50", 500 }, { "p90", 900 }, { "p99", 990 } };
	struct json_object *object = json_object_new_object();
	size_t i;

	add_u64(object, "count", latency->count);
	add_u64(object, "sum", ticks_to_ns(latency->sum, hz));
	if (!latency->count)
		return object;
	for (i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++)
		add_u64(object, percentiles[i].key,
			ticks_to_ns(latency_percentile(latency, percentiles[i].permille), hz));
	add_u64(object, "max", ticks_to_ns(latency->max, hz));
	return object;
}

static struct json_object *switch_json(const struct model *model, const struct model_vcpu *vcpu)
{
	struct json_object *part = json_object_new_object();

	add_u64(part, "to_guest", vcpu->total.to_guest);
	if (!(model->lacks & LACKS_SWITCHES))
		add_u64(part, "to_host", vcpu->total.to_host);
	add_u64(part, "skipped", vcpu->total.skipped);
	if (model->switch_hz)
		json_object_object_add(part, "ns", latency_json(&vcpu->latency[KVMDBG_SWITCH],
								model->switch_hz));
	return part;
}

/* Those that user space got to see and those that it did not are parts of one. */
static struct json_object *reasons_json(const struct model *model, const struct model_vcpu *vcpu)
{
	struct json_object *object = json_object_new_object(), *part;
	const struct model_reason *reason, *other;
	uint64_t count, ns, max;
	const char *name;
	size_t i, j;

	for (i = 0; i < vcpu->nr_reasons; i++) {
		reason = &vcpu->reasons[i];
		name = model->classes[reason->class].name;
		if (json_object_object_get_ex(object, name, NULL))
			continue;
		count = ns = max = 0;
		for (j = i; j < vcpu->nr_reasons; j++) {
			other = &vcpu->reasons[j];
			if (strcmp(model->classes[other->class].name, name))
				continue;
			count += other->count;
			ns += other->ns;
			if (other->max > max)
				max = other->max;
		}
		if (!count)
			continue;
		part = json_object_new_object();
		add_u64(part, "count", count);
		add_u64(part, "sum", ns);
		add_u64(part, "max", max);
		json_object_object_add(object, name, part);
	}
	return object;
}

void counters_json(struct json_object *object, const struct model *model,
		   const struct counters *counters, bool exits_known)
{
	struct json_object *part;
	int i;

	part = json_object_new_object();
	for (i = 0; i < KVMDBG_NR_KINDS; i++)
		if (kind_name(model, i))
			add_u64(part, kind_name(model, i), counters->events[i]);
	json_object_object_add(object, "events", part);

	part = json_object_new_object();
	for (i = 0; i < KVMDBG_NR_ORIGINS; i++)
		if (i != KVMDBG_HOST || !(model->lacks & LACKS_HOST))
			add_u64(part, origin_name(i), counters->origin[i]);
	json_object_object_add(object, "origin", part);

	if (!(model->lacks & LACKS_INJECTED))
		add_u64(object, "injected", counters->injected);

	part = json_object_new_object();
	if (exits_known)
		add_u64(part, "total", counters->exits);
	add_u64(part, "debug", counters->debug_exits);
	json_object_object_add(object, "exits", part);
}

static struct json_object *armed_json(const struct model *model, const struct model_vcpu *vcpu)
{
	struct json_object *list = json_object_new_array(), *object;
	struct armed_place places[ARMED_MAX];
	unsigned int nr = model_places(model, vcpu, places), i;
	char text[128];

	for (i = 0; i < nr; i++) {
		object = json_object_new_object();
		if (*places[i].slot)
			add_text(object, "slot", places[i].slot);
		kinds_text(model, text, sizeof(text), places[i].kinds);
		add_text(object, "kind", text);
		add_text(object, "origin", origin_name(places[i].origin));
		if (!places[i].anywhere) {
			add_hex(object, "addr", places[i].addr);
			place_json(object, places[i].kinds & WATCH_KINDS ? "addr_" : "",
				   vcpu->vm->symbols, places[i].addr);
		}
		if (places[i].range)
			json_object_object_add(object, "range", json_object_new_boolean(true));
		json_object_object_add(object, "in_force",
				       json_object_new_boolean(places[i].in_force));
		json_object_array_add(list, object);
	}
	return list;
}

static struct json_object *vcpu_json(const struct model *model, const struct model_vcpu *vcpu)
{
	struct json_object *object = json_object_new_object();
	const uint64_t ns = 1000000000;

	add_u64(object, "pid", vcpu->vm->pid);
	add_text(object, "vm", vcpu->vm->name);
	add_u64(object, "vcpu", vcpu->id);
	counters_json(object, model, &vcpu->total, model_exits(model, vcpu));

	if (model_switches(model, vcpu))
		json_object_object_add(object, "switch", switch_json(model, vcpu));
	json_object_object_add(object, "debug_exit_ns",
			       latency_json(&vcpu->latency[KVMDBG_DEBUG_EXIT], ns));
	if (model_exits(model, vcpu))
		json_object_object_add(object, "other_exit_ns",
				       latency_json(&vcpu->latency[KVMDBG_OTHER_EXIT], ns));
	if (vcpu->nr_reasons)
		json_object_object_add(object, "exit_reason_ns", reasons_json(model, vcpu));
	if (vcpu->armed_known && model->places)
		json_object_object_add(object, "armed", armed_json(model, vcpu));
	return object;
}

static struct json_object *slots_json(uint32_t slots)
{
	struct json_object *list = json_object_new_array();
	int i;

	for (i = 0; i < 32; i++)
		if (slots & 1U << i)
			json_object_array_add(list, json_object_new_int(i));
	return list;
}

static struct json_object *cause_json(const struct model *model, uint32_t raw)
{
	struct json_object *list = json_object_new_array();
	const struct cause_bit *bit;

	for (bit = cause_bits(model->raw_name); bit->name; bit++)
		if (cause_has(bit, raw))
			json_object_array_add(list, json_object_new_string(bit->name));
	return list;
}

void place_json(struct json_object *object, const char *prefix, const struct symbols *symbols,
		uint64_t address)
{
	char text[LINE_SIZE], key[32];

	if (symbols_text(symbols, address, text, SYMBOL_SIZE)) {
		snprintf(key, sizeof(key), "%ssymbol", prefix);
		add_text(object, key, text);
	}
	/* There is code at an address that was executed only. */
	if (!*prefix && symbols_line(symbols, address, text, sizeof(text)))
		add_text(object, "source", text);
}

struct json_object *hit_json(const struct model *model, const struct kvmdbg_hit *hit,
			     const struct symbols *symbols)
{
	struct json_object *object = json_object_new_object();
	uint32_t kinds = model->kinds(hit), slots;
	char text[128];

	add_u64(object, "time_ns", hit->time_ns);
	add_u64(object, "pid", hit->tgid);
	add_u64(object, "vcpu", hit->vcpu);
	kinds_text(model, text, sizeof(text), kinds);
	add_text(object, "kind", text);
	add_text(object, "origin", origin_name(hit->origin));
	add_hex(object, "pc", hit->pc);
	place_json(object, "", symbols, hit->pc);
	slots = model->slots ? model->slots(hit) : 0;
	if (slots)
		json_object_object_add(object, "slots", slots_json(slots));
	/* Only a watchpoint has a data address. */
	if (kinds & WATCH_KINDS) {
		add_hex(object, "addr", hit->addr);
		place_json(object, "addr_", symbols, hit->addr);
	}
	add_hex(object, "raw", hit->raw);
	json_object_object_add(object, "cause", cause_json(model, hit->raw));
	return object;
}

char *frame_json(const struct model *model)
{
	struct json_object *frame = json_object_new_object();
	struct json_object *list;
	const char *text;
	char *copy;
	size_t i;

	add_text(frame, "schema", "kvmdbg.top/1");
	add_u64(frame, "time_ns", model->time_ns);
	add_u64(frame, "interval_ns", model->interval_ns);
	add_text(frame, "backend", model->backend);
	add_u64(frame, "dropped_hits", model->dropped_hits);

	list = json_object_new_array();
	for (i = 0; i < model->nr_vcpus; i++)
		if (model->vcpus[i]->vm->shown)
			json_object_array_add(list, vcpu_json(model, model->vcpus[i]));
	json_object_object_add(frame, "vcpus", list);

	list = json_object_new_array();
	for (i = 0; i < model->nr_hits; i++) {
		const struct model_vm *vm = model_vm_of(model, &model->hits[i]);

		json_object_array_add(list, hit_json(model, &model->hits[i],
						     vm ? vm->symbols : NULL));
	}
	json_object_object_add(frame, "hits", list);

	text = json_object_to_json_string_ext(frame, JSON_C_TO_STRING_PLAIN |
						     JSON_C_TO_STRING_NOSLASHESCAPE);
	copy = text ? strdup(text) : NULL;
	json_object_put(frame);
	return copy;
}

int print_json(const struct model *model)
{
	char *text = frame_json(model);

	if (!text)
		return complain(EXIT_IO, "no memory for a frame of JSON");
	puts(text);
	free(text);
	return flush_stdout();
}

bool output_is_ascii(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8");
}

void put_text(FILE *out, const char *text)
{
	bool ascii = output_is_ascii();

	for (; *text; text++) {
		if (!ascii || (unsigned char)*text < 0x80)
			putc(*text, out);
		else if (((unsigned char)*text & 0xc0) != 0x80)
			putc('?', out);
	}
}

int write_batch(FILE *out, int columns, bool ascii, const struct model *model, const struct view *view)
{
	char text[BATCH_COLUMNS_MOST * CELL_SIZE + 1];
	struct canvas canvas = { 0 };
	int row;

	if (!view_print(&canvas, columns, model, view))
		return complain(EXIT_IO, "no memory for a frame");
	for (row = 0; row < canvas.rows; row++) {
		canvas_row(&canvas, row, ascii, text, sizeof(text));
		fputs(text, out);
		putc('\n', out);
	}
	putc('\n', out);
	canvas_free(&canvas);
	return EXIT_OK;
}

int print_batch(const struct model *model, const struct view *view)
{
	int ret = write_batch(stdout, BATCH_COLUMNS, output_is_ascii(), model, view);

	return ret ? ret : flush_stdout();
}

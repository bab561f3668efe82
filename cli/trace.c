// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events as Chrome's tracing and Perfetto read them: hits as instants on a track for each
 * vCPU, exits and switches as counters, a value for each window.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "report.h"

/*
 * struct trace_vcpu - a track
 * @vm: number of its VM
 * @pid: process of the VM
 * @id: vCPU id
 */
struct trace_vcpu {
	uint64_t vm;
	uint32_t pid, id;
};

/*
 * struct trace - a trace that is written
 * @out: where to
 * @start_ns: when recording began: time 0
 * @vcpus: the track numbers, from 1, of the vCPUs that were seen
 * @nr_vcpus: how many
 * @any: an event has been written
 */
struct trace {
	FILE *out;
	uint64_t start_ns;
	struct trace_vcpu *vcpus;
	size_t nr_vcpus;
	bool any;
};

void *trace_begin(FILE *out, struct recording *recording)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	if (!trace)
		return NULL;
	trace->out = out;
	trace->start_ns = recording_start_ns(recording);
	return trace;
}

/* Nothing is written before there is something to tell. */
static void put_start(struct trace *trace)
{
	fputs(trace->any ? ",\n" : "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", trace->out);
	trace->any = true;
}

static void put_event(struct trace *trace, struct json_object *event)
{
	const char *text = json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN |
								 JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text) {
		put_start(trace);
		fputs(text, trace->out);
	}
	json_object_put(event);
}

/* Microseconds, with a fraction: exact, which a double is not after some hours. */
static void add_time(struct trace *trace, struct json_object *event, uint64_t time_ns)
{
	uint64_t ns = time_ns > trace->start_ns ? time_ns - trace->start_ns : 0;
	char text[32];

	snprintf(text, sizeof(text), "%llu.%03u", (unsigned long long)ns / 1000,
		 (unsigned int)(ns % 1000));
	json_object_object_add(event, "ts", json_object_new_double_s(ns / 1e3, text));
}

static struct json_object *new_event(const char *phase, const char *name, uint32_t pid, size_t tid)
{
	struct json_object *event = json_object_new_object();

	json_object_object_add(event, "ph", json_object_new_string(phase));
	json_object_object_add(event, "name", json_object_new_string(name));
	json_object_object_add(event, "pid", json_object_new_int64(pid));
	if (tid)
		json_object_object_add(event, "tid", json_object_new_int64(tid));
	return event;
}

static void put_name(struct trace *trace, const char *what, const char *name, uint32_t pid,
		     size_t tid)
{
	struct json_object *event = new_event("M", what, pid, tid);
	struct json_object *args = json_object_new_object();

	json_object_object_add(args, "name", json_object_new_string(name));
	json_object_object_add(event, "args", args);
	put_event(trace, event);
}

/* Number of the vCPU's track; 0 if there is no memory. */
static size_t track_of(struct trace *trace, const struct model_vm *vm, uint32_t id)
{
	struct trace_vcpu *vcpus;
	char name[VM_NAME_SIZE + 24];
	size_t i;

	/* The last ones are looked at first: those of old are gone. */
	for (i = trace->nr_vcpus; i-- > 0;)
		if (trace->vcpus[i].vm == vm->key && trace->vcpus[i].pid == vm->pid &&
		    trace->vcpus[i].id == id)
			return i + 1;
	vcpus = realloc(trace->vcpus, (trace->nr_vcpus + 1) * sizeof(*vcpus));
	if (!vcpus)
		return 0;
	trace->vcpus = vcpus;
	vcpus[trace->nr_vcpus++] = (struct trace_vcpu){ .vm = vm->key, .pid = vm->pid, .id = id };
	put_name(trace, "process_name", vm->name, vm->pid, 0);
	snprintf(name, sizeof(name), "%s vCPU %u", vm->name, id);
	put_name(trace, "thread_name", name, vm->pid, trace->nr_vcpus);
	return trace->nr_vcpus;
}

static void put_counter(struct trace *trace, const struct model_vm *vm, const char *name,
			uint64_t time_ns, struct json_object *args)
{
	struct json_object *event = new_event("C", name, vm->pid, 0);

	add_time(trace, event, time_ns);
	json_object_object_add(event, "args", args);
	put_event(trace, event);
}

static void add_rate(struct json_object *args, const char *key, const struct model *model,
		     uint64_t count)
{
	char text[32];

	snprintf(text, sizeof(text), "%.1f", model_rate(model, count));
	json_object_object_add(args, key, json_object_new_double_s(model_rate(model, count), text));
}

static void put_counters(struct trace *trace, const struct model *model,
			 const struct model_vcpu *vcpu, uint64_t time_ns, const struct counters *d)
{
	struct json_object *args = json_object_new_object();
	char name[VM_NAME_SIZE + 40];

	snprintf(name, sizeof(name), "%s vCPU %u exits/s", vcpu->vm->name, vcpu->id);
	add_rate(args, "debug", model, d->debug_exits);
	if (model_exits(model, vcpu))
		add_rate(args, "other", model,
			 d->exits > d->debug_exits ? d->exits - d->debug_exits : 0);
	put_counter(trace, vcpu->vm, name, time_ns, args);
	if (model->lacks & LACKS_SWITCHES)
		return;
	args = json_object_new_object();
	snprintf(name, sizeof(name), "%s vCPU %u switches/s", vcpu->vm->name, vcpu->id);
	add_rate(args, "to_guest", model, d->to_guest);
	add_rate(args, "to_host", model, d->to_host);
	add_rate(args, "skipped", model, d->skipped);
	put_counter(trace, vcpu->vm, name, time_ns, args);
}

void trace_frame(void *ctx, const struct model *model)
{
	static const struct counters none;
	struct trace *trace = ctx;
	char kinds[128];
	size_t i, track;

	for (i = 0; i < model->nr_vcpus; i++) {
		const struct model_vcpu *vcpu = model->vcpus[i];

		if (!track_of(trace, vcpu->vm, vcpu->id))
			continue;
		put_counters(trace, model, vcpu, model->time_ns - model->interval_ns,
			     &vcpu->delta);
		if (vcpu->gone)
			put_counters(trace, model, vcpu, model->time_ns, &none);
	}
	for (i = 0; i < model->nr_hits; i++) {
		const struct kvmdbg_hit *hit = &model->hits[i];
		const struct model_vm *vm = model_vm_of(model, hit);
		struct json_object *event;

		track = vm ? track_of(trace, vm, hit->vcpu) : 0;
		if (!track)
			continue;
		kinds_text(model, kinds, sizeof(kinds), model->kinds(hit));
		event = new_event("i", kinds, vm->pid, track);
		json_object_object_add(event, "cat", json_object_new_string("hit"));
		json_object_object_add(event, "s", json_object_new_string("t"));
		add_time(trace, event, hit->time_ns);
		json_object_object_add(event, "args", hit_json(model, hit, vm->symbols));
		put_event(trace, event);
	}
}

void trace_end(FILE *out, void *ctx, const struct summary *summary)
{
	struct trace *trace = ctx;
	struct json_object *env = json_object_new_object();
	static const struct counters none;
	const char *key, *value;
	size_t i;

	/* A counter keeps its value until there is another one. */
	for (i = 0; i < summary->model.nr_vcpus; i++)
		if (!summary->model.vcpus[i]->gone)
			put_counters(trace, &summary->model, summary->model.vcpus[i],
				     summary->model.time_ns, &none);
	for (i = 0; (value = recording_env_at(summary->recording, i, &key)); i++)
		if (env_shown(key))
			json_object_object_add(env, key, json_object_new_string(value));
	if (!trace->any)
		put_start(trace);
	fprintf(out, "\n],\"otherData\":%s}\n",
		json_object_to_json_string_ext(env, JSON_C_TO_STRING_PLAIN |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(env);
	free(trace->vcpus);
	free(trace);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "backend.h"
#include "output.h"
#include "symbols.h"
#include "util.h"
#include "view.h"

#define OPT_ALERT	1024	/* apart from other options */

/* Of a latency: below 1000 a percentile. */
#define STAT_MAX	1001
#define STAT_MEAN	1002

enum metric_type { COUNT, ORIGIN, KIND, LATENCY };

/*
 * struct metric - what a condition can be about
 * @name: of it
 * @type: what @which means
 * @which: offset in struct counters, enum kvmdbg_origin, enum kvmdbg_kind, enum kvmdbg_latency
 * @stat: permille, STAT_MAX, STAT_MEAN
 * @words: what it is
 */
struct metric {
	const char *name;
	enum metric_type type;
	unsigned int which;
	unsigned int stat;
	const char *words;
};

#define COUNTER(name, member, words)	{ name, COUNT, offsetof(struct counters, member), 0, words }
#define LATENCIES(name, which, words)					\
	{ name "_p50", LATENCY, which, 500, "median of " words },	\
	{ name "_p90", LATENCY, which, 900, "90th percentile of " words }, \
	{ name "_p99", LATENCY, which, 990, "99th percentile of " words }, \
	{ name "_max", LATENCY, which, STAT_MAX, "longest of " words },	\
	{ name "_mean", LATENCY, which, STAT_MEAN, "mean of " words }

static const struct metric metrics[] = {
	{ "stray", ORIGIN, KVMDBG_STRAY, 0, "events that nobody armed" },
	{ "user", ORIGIN, KVMDBG_USER, 0, "events that user space armed" },
	{ "guest", ORIGIN, KVMDBG_GUEST, 0, "events that the guest armed" },
	{ "host", ORIGIN, KVMDBG_HOST, 0, "events dropped in the entry/exit path" },
	{ "step", KIND, KVMDBG_STEP, 0, "single-steps" },
	{ "hw_break", KIND, KVMDBG_HW_BREAK, 0, "hardware breakpoints" },
	{ "sw_break", KIND, KVMDBG_SW_BREAK, 0, "software breakpoints" },
	{ "watch_read", KIND, KVMDBG_WATCH_READ, 0, "watchpoints hit by a read" },
	{ "watch", KIND, KVMDBG_WATCH_READ, 0, "x86: watchpoints on reads and writes" },
	{ "watch_write", KIND, KVMDBG_WATCH_WRITE, 0, "watchpoints hit by a write" },
	{ "branch", KIND, KVMDBG_BRANCH, 0, "branches taken" },
	{ "trap", KIND, KVMDBG_TRAP, 0, "traps" },
	{ "dr_access", KIND, KVMDBG_TRAP, 0, "x86: the guest used debug registers" },
	{ "interrupt", KIND, KVMDBG_INTERRUPT, 0, "interrupts taken" },
	{ "return", KIND, KVMDBG_RETURN, 0, "returns from interrupts" },
	{ "imprecise", KIND, KVMDBG_IMPRECISE, 0, "imprecise events" },
	COUNTER("debug_exits", debug_exits, "debug exits"),
	COUNTER("exits", exits, "exits of any kind"),
	COUNTER("injected", injected, "debug events given to the guest"),
	COUNTER("skipped", skipped, "register switches with nothing to write"),
	COUNTER("dropped_hits", dropped_hits, "hits that were counted only"),
	LATENCIES("exit", KVMDBG_OTHER_EXIT, "exits that are no debug exits"),
	LATENCIES("debug_exit", KVMDBG_DEBUG_EXIT, "debug exits"),
	LATENCIES("switch", KVMDBG_SWITCH, "switches of debug registers"),
};

#define NR_METRICS	(sizeof(metrics) / sizeof(metrics[0]))

/* The longer ones first. */
static const struct {
	const char *text;
	enum alert_operator operator;
} operators[] = {
	{ ">=", ALERT_GREATER_EQUAL }, { "<=", ALERT_LESS_EQUAL }, { "==", ALERT_EQUAL },
	{ "!=", ALERT_UNEQUAL }, { ">", ALERT_GREATER }, { "<", ALERT_LESS },
};

#define NR_OPERATORS	(sizeof(operators) / sizeof(operators[0]))

struct unit {
	const char *name;
	double factor;
};

static const struct unit time_units[] = {
	{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
};

static const struct unit count_units[] = { { "", 1 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 } };

#define NR_UNITS	4

const char *alert_metric_name(size_t i)
{
	return i < NR_METRICS ? metrics[i].name : NULL;
}

void alert_help(FILE *out)
{
	size_t i;

	fputs("--alert 'METRIC OPERATOR NUMBER': of each vCPU, in each frame\n"
	      "  operators  > >= < <= == !=\n"
	      "  numbers    2  1.5k  1M  1G; of a time 500ns  50us  1.5ms  2s\n"
	      "  METRIC:rate a second, METRIC:total since the start; else in the frame\n"
	      "metrics:\n", out);
	for (i = 0; i < NR_METRICS; i++)
		fprintf(out, "  %-16s %s\n", metrics[i].name, metrics[i].words);
}

static error_t alert_option(int key, char *arg, struct argp_state *state)
{
	struct alerts *alerts = state->input;
	char shown[64], why[160];

	if (key != OPT_ALERT)
		return ARGP_ERR_UNKNOWN;
	if (!strcmp(arg, "help")) {
		alert_help(stdout);
		exit(flush_stdout());
	}
	escape(shown, sizeof(shown), arg, strlen(arg));
	if (alerts->count == ALERTS_MAX)
		argp_error(state, "--alert: more than %d of them", ALERTS_MAX);
	if (!alert_parse(&alerts->list[alerts->count], arg, why, sizeof(why)))
		argp_error(state, "--alert '%s': %s", shown, why);
	alerts->count++;
	return 0;
}

static const struct argp_option alert_argp_options[] = {
	{ "alert", OPT_ALERT, "CONDITION", 0,
	  "Tell when a vCPU meets it, as in 'stray>0' or 'exit_p99>50us', and end with status 1 then; may be repeated; 'help' lists what there is",
	  0 },
	{ 0 },
};

const struct argp alert_argp = {
	.options = alert_argp_options,
	.parser = alert_option,
};

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static bool parse_metric(struct alert *alert, const char **text, char *why, size_t size)
{
	const char *start = *text;
	size_t len = strspn(start, "abcdefghijklmnopqrstuvwxyz0123456789_"), i;
	char shown[40];

	for (i = 0; i < NR_METRICS; i++)
		if (strlen(metrics[i].name) == len && !memcmp(metrics[i].name, start, len))
			break;
	if (i == NR_METRICS) {
		escape(shown, sizeof(shown), start, len);
		snprintf(why, size, "no metric '%s', see --alert help", shown);
		return false;
	}
	alert->metric = &metrics[i];
	alert->window = ALERT_FRAME;
	*text = start + len;
	if (**text != ':')
		return true;
	start = *text + 1;
	len = strspn(start, "abcdefghijklmnopqrstuvwxyz");
	*text = start + len;
	if (len == 5 && !memcmp(start, "total", 5)) {
		alert->window = ALERT_TOTAL;
		return true;
	}
	alert->window = ALERT_RATE;
	if (len == 4 && !memcmp(start, "rate", 4) && alert->metric->type != LATENCY)
		return true;
	snprintf(why, size, alert->metric->type == LATENCY ? "behind ':' only total can stand" :
		 "behind ':' only rate or total can stand");
	return false;
}

static bool parse_limit(struct alert *alert, const char *text, char *why, size_t size)
{
	const bool is_time = alert->metric->type == LATENCY;
	const struct unit *units = is_time ? time_units : count_units;
	size_t len = strspn(text, "0123456789."), i;
	char number[32], *end;

	/* strtod() also takes what nobody means. */
	if (!len || len >= sizeof(number) || !isdigit((unsigned char)*text)) {
		snprintf(why, size, "behind the operator stands no number");
		return false;
	}
	memcpy(number, text, len);
	number[len] = 0;
	alert->limit = strtod(number, &end);
	text = skip_blanks(text + len);
	for (i = 0; i < NR_UNITS; i++) {
		len = strlen(units[i].name);
		if (strncmp(text, units[i].name, len) || *skip_blanks(text + len))
			continue;
		alert->limit *= units[i].factor;
		if (*end || alert->limit > 1e18)
			break;
		return true;
	}
	if (*end || i < NR_UNITS)
		snprintf(why, size, "behind the operator stands no number up to 10^18");
	else if (is_time)
		snprintf(why, size, "a time is a number and ns, us, ms or s");
	else
		snprintf(why, size, "behind the number only k, M or G can stand");
	return false;
}

bool alert_parse(struct alert *alert, const char *text, char *why, size_t size)
{
	size_t i;

	memset(alert, 0, sizeof(*alert));
	escape(alert->text, sizeof(alert->text), text, strlen(text));
	text = skip_blanks(text);
	if (!parse_metric(alert, &text, why, size))
		return false;
	text = skip_blanks(text);
	for (i = 0; i < NR_OPERATORS; i++)
		if (!strncmp(text, operators[i].text, strlen(operators[i].text)))
			break;
	if (i == NR_OPERATORS) {
		snprintf(why, size, "behind the metric stands no operator: > >= < <= == or !=");
		return false;
	}
	alert->operator = operators[i].operator;
	return parse_limit(alert, skip_blanks(text + strlen(operators[i].text)), why, size);
}

/* Can the platform tell it, at least of some vCPUs? */
static bool metric_known(const struct metric *metric, const struct model *model)
{
	const char *name;

	switch (metric->type) {
	case ORIGIN:
		return metric->which != KVMDBG_HOST || !(model->lacks & LACKS_HOST);
	case KIND:
		/* What has another name here is another one. */
		name = kind_name(model, metric->which);
		return name && !strcmp(name, metric->name);
	case LATENCY:
		return metric->which != KVMDBG_SWITCH ||
		       (!(model->lacks & LACKS_SWITCHES) && model->switch_hz);
	default:
		return metric->which != offsetof(struct counters, injected) ||
		       !(model->lacks & LACKS_INJECTED);
	}
}

int alerts_open(const struct alerts *alerts, struct model *model)
{
	size_t i;

	for (i = 0; i < alerts->count; i++) {
		const struct alert *alert = &alerts->list[i];

		if (!metric_known(alert->metric, model))
			return complain(EXIT_FEATURE,
					"--alert '%s': %s (%s) is not known on %s: leave it out",
					alert->text, alert->metric->name, alert->metric->words,
					model->backend);
		if (alert->metric->type == LATENCY && alert->window == ALERT_FRAME)
			model->keep_frames = true;
	}
	return EXIT_OK;
}

static uint64_t count_of(const struct metric *metric, const struct counters *counters)
{
	uint64_t value;

	switch (metric->type) {
	case ORIGIN:
		return counters->origin[metric->which];
	case KIND:
		return counters->events[metric->which];
	default:
		memcpy(&value, (const char *)counters + metric->which, sizeof(value));
		return value;
	}
}

/* False: there is no value. */
static bool latency_of(const struct metric *metric, const struct model *model,
		       const struct latency *latency, double *value)
{
	const uint64_t hz = metric->which == KVMDBG_SWITCH ? model->switch_hz : 1000000000;
	uint64_t ticks;

	if (!latency->count || !hz)
		return false;
	if (metric->stat == STAT_MEAN) {
		*value = latency->sum * (1e9 / hz) / latency->count;
		return true;
	}
	ticks = metric->stat == STAT_MAX ? latency->max :
		latency_percentile(latency, metric->stat);
	*value = ticks_to_ns(ticks, hz);
	return true;
}

static bool value_of(const struct alert *alert, const struct model *model,
		     const struct model_vcpu *vcpu, double *value)
{
	const struct metric *metric = alert->metric;

	if (metric->type == LATENCY) {
		if (metric->which == KVMDBG_OTHER_EXIT && !model_exits(model, vcpu))
			return false;
		if (alert->window == ALERT_FRAME && !vcpu->frame)
			return false;
		return latency_of(metric, model, alert->window == ALERT_TOTAL ?
				  &vcpu->latency[metric->which] : &vcpu->frame[metric->which],
				  value);
	}
	if (metric->type == COUNT && metric->which == offsetof(struct counters, exits) &&
	    !model_exits(model, vcpu))
		return false;
	if (metric->type == COUNT && metric->which == offsetof(struct counters, skipped) &&
	    !model_switches(model, vcpu))
		return false;
	*value = count_of(metric, alert->window == ALERT_TOTAL ? &vcpu->total : &vcpu->delta);
	if (alert->window == ALERT_RATE)
		*value = model_rate(model, *value);
	return true;
}

static bool compare(enum alert_operator operator, double value, double limit)
{
	switch (operator) {
	case ALERT_GREATER:
		return value > limit;
	case ALERT_GREATER_EQUAL:
		return value >= limit;
	case ALERT_LESS:
		return value < limit;
	case ALERT_LESS_EQUAL:
		return value <= limit;
	case ALERT_EQUAL:
		return value == limit;
	default:
		return value != limit;
	}
}

/* The last one of them that the metric counts. */
static const struct kvmdbg_hit *last_of(const struct metric *metric, const struct model *model,
					const struct model_vcpu *vcpu,
					const struct kvmdbg_hit *hits, size_t count)
{
	while (count--) {
		const struct kvmdbg_hit *hit = &hits[count];

		if (hit->vm != vcpu->vm->key || hit->tgid != vcpu->vm->pid || hit->vcpu != vcpu->id)
			continue;
		if (metric->type == ORIGIN ? hit->origin == metric->which :
					     model->kinds(hit) & 1U << metric->which)
			return hit;
	}
	return NULL;
}

/* The last hit that the metric counts: it can have been sent while the counters were read. */
static const struct kvmdbg_hit *hit_of(const struct metric *metric, const struct model *model,
				       const struct model_vcpu *vcpu)
{
	const struct kvmdbg_hit *hit;

	if (metric->type != ORIGIN && metric->type != KIND)
		return NULL;
	hit = last_of(metric, model, vcpu, model->pending, model->nr_pending);
	return hit ? hit : last_of(metric, model, vcpu, model->hits, model->nr_hits);
}

void alerts_check(struct alerts *alerts, const struct model *model,
		  void (*event)(void *ctx, const struct alert_event *event), void *ctx)
{
	struct alert_event found;
	struct model_vcpu *vcpu;
	uint32_t before;
	size_t i, n;

	for (n = 0; n < model->nr_vcpus && alerts->count; n++) {
		vcpu = model->vcpus[n];
		if (!vcpu->vm->shown)
			continue;
		before = vcpu->alerts;
		vcpu->alerts = 0;
		for (i = 0; i < alerts->count; i++) {
			struct alert *alert = &alerts->list[i];

			if (!value_of(alert, model, vcpu, &found.value) ||
			    !compare(alert->operator, found.value, alert->limit))
				continue;
			vcpu->alerts |= 1U << i;
			if (before & 1U << i || !event)
				continue;
			alert->count++;
			found.alert = alert;
			found.vcpu = vcpu;
			found.hit = hit_of(alert->metric, model, vcpu);
			event(ctx, &found);
		}
	}
}

enum table_column alert_column(const struct alert *alert)
{
	static const enum table_column origins[KVMDBG_NR_ORIGINS] = {
		[KVMDBG_USER] = COLUMN_USER, [KVMDBG_GUEST] = COLUMN_GUEST,
		[KVMDBG_STRAY] = COLUMN_STRAY, [KVMDBG_HOST] = COLUMN_HOST,
	};
	static const enum table_column latencies[KVMDBG_NR_LATENCIES] = {
		[KVMDBG_DEBUG_EXIT] = COLUMN_DEBUG_50, [KVMDBG_OTHER_EXIT] = COLUMN_OTHER_50,
		[KVMDBG_SWITCH] = COLUMN_SWITCH_50,
	};
	const struct metric *metric = alert->metric;

	switch (metric->type) {
	case ORIGIN:
		return origins[metric->which];
	case KIND:
		switch (metric->which) {
		case KVMDBG_STEP:
			return COLUMN_STEP;
		case KVMDBG_HW_BREAK:
			return COLUMN_HW_BREAK;
		case KVMDBG_SW_BREAK:
			return COLUMN_SW_BREAK;
		case KVMDBG_WATCH_READ:
			return COLUMN_READ;
		case KVMDBG_WATCH_WRITE:
			return COLUMN_WRITE;
		default:
			return COLUMN_REST;
		}
	case LATENCY:
		/* the columns of a time: median, 99th percentile, maximum */
		return metric->stat == 500 ? latencies[metric->which] :
		       metric->stat == 990 ? latencies[metric->which] + 1 :
		       metric->stat == STAT_MAX ? latencies[metric->which] + 2 : COLUMN_NONE;
	default:
		return metric->which == offsetof(struct counters, debug_exits) ? COLUMN_EVENTS :
		       metric->which == offsetof(struct counters, exits) ? COLUMN_EXITS :
		       metric->which == offsetof(struct counters, skipped) ? COLUMN_SKIPPED :
		       COLUMN_NONE;
	}
}

void alert_text(const struct alert_event *event, char *text, size_t size)
{
	const struct model_vcpu *vcpu = event->vcpu;
	char value[32], symbol[SYMBOL_SIZE];
	size_t len;

	if (event->alert->metric->type == LATENCY)
		format_ns(value, sizeof(value), event->value);
	else if (event->alert->window == ALERT_RATE)
		snprintf(value, sizeof(value), "%.1f/s", event->value);
	else
		snprintf(value, sizeof(value), "%.0f", event->value);
	snprintf(text, size, "%s: %s: vCPU %u of %s, pid %u", event->alert->text, value, vcpu->id,
		 vcpu->vm->name, vcpu->vm->pid);
	len = strlen(text);
	if (!event->hit)
		return;
	snprintf(text + len, size - len, ", at 0x%llx", (unsigned long long)event->hit->pc);
	len = strlen(text);
	if (symbols_text(vcpu->vm->symbols, event->hit->pc, symbol, sizeof(symbol)))
		snprintf(text + len, size - len, " <%s>", symbol);
}

static struct json_object *number_json(double value)
{
	if (value == floor(value))
		return json_object_new_int64(value);
	return json_object_new_double(value);
}

int print_alert(const struct model *model, const struct alert_event *event, bool json)
{
	const struct model_vcpu *vcpu = event->vcpu;
	char text[ALERT_SIZE];
	struct json_object *object;
	const char *line;

	if (!json) {
		alert_text(event, text, sizeof(text));
		fputs("ALERT ", stdout);
		put_text(stdout, text);
		putchar('\n');
		return flush_stdout();
	}
	object = json_object_new_object();
	json_object_object_add(object, "schema", json_object_new_string("kvmdbg.alert/1"));
	json_object_object_add(object, "time_ns", json_object_new_uint64(model->time_ns));
	json_object_object_add(object, "alert", json_object_new_string(event->alert->text));
	json_object_object_add(object, "value", number_json(event->value));
	json_object_object_add(object, "pid", json_object_new_uint64(vcpu->vm->pid));
	json_object_object_add(object, "vm", json_object_new_string(vcpu->vm->name));
	json_object_object_add(object, "vcpu", json_object_new_uint64(vcpu->id));
	if (event->hit)
		json_object_object_add(object, "hit", hit_json(model, event->hit,
							       vcpu->vm->symbols));
	line = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
						      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (line)
		puts(line);
	json_object_put(object);
	return line ? flush_stdout() : complain(EXIT_IO, "no memory for an alert");
}

uint64_t alerts_fired(const struct alerts *alerts)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < alerts->count; i++)
		count += alerts->list[i].count;
	return count;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "rows.h"

const struct column_info column_infos[NR_COLUMNS + 1] = {
	[COLUMN_EVENTS] = { "events", "EVENT", "debug events of any kind" },
	[COLUMN_STRAY] = { "stray", "STRAY", "events that nobody has asked for" },
	[COLUMN_STEP] = { "step", "STEP", "single-steps" },
	[COLUMN_HW_BREAK] = { "hw_break", "HWBRK", "hardware breakpoints" },
	[COLUMN_SW_BREAK] = { "sw_break", "SWBRK", "software breakpoints" },
	[COLUMN_READ] = { "watch_read", "RDWAT", "watchpoints hit by a read; on x86 WATCH: by either" },
	[COLUMN_WRITE] = { "watch_write", "WRWAT", "watchpoints hit by a write" },
	[COLUMN_REST] = { "other", "OTHER", "branches, traps, interrupts, returns, imprecise ones" },
	[COLUMN_USER] = { "user", "USER", "events that user space has armed" },
	[COLUMN_GUEST] = { "guest", "GUEST", "events that the guest has armed" },
	[COLUMN_HOST] = { "host", "HOST", "events that fired in the hypervisor" },
	[COLUMN_EXITS] = { "exits", "EXITS", "exits of any kind" },
	[COLUMN_SWITCH] = { "switches", "SWTCH", "switches of debug registers" },
	[COLUMN_SKIPPED] = { "skipped", "SKIP", "switches that had nothing to write" },
	[COLUMN_SWITCH_50] = { "switch_p50", "SW50", "a switch: median" },
	[COLUMN_SWITCH_99] = { "switch_p99", "SW99", "a switch: 99th percentile" },
	[COLUMN_SWITCH_MAX] = { "switch_max", "SWMAX", "a switch: longest" },
	[COLUMN_DEBUG_50] = { "debug_p50", "DBG50", "debug exit to next entry: median" },
	[COLUMN_DEBUG_99] = { "debug_p99", "DBG99", "debug exit to next entry: 99th percentile" },
	[COLUMN_DEBUG_MAX] = { "debug_max", "DBGMX", "debug exit to next entry: longest" },
	[COLUMN_OTHER_50] = { "exit_p50", "EXT50", "other exit to next entry: median" },
	[COLUMN_OTHER_99] = { "exit_p99", "EXT99", "other exit to next entry: 99th percentile" },
	[COLUMN_OTHER_MAX] = { "exit_max", "EXTMX", "other exit to next entry: longest" },
	[COLUMN_NAME] = { "name", "VM", "name and number" },
};

const char *const set_names[NR_SETS] = { "overview", "events", "cost", "own" };

/* Ten fill 80 columns, four 40; what more there is room for follows in the order of the table. */
static const struct {
	unsigned char columns[NR_COLUMNS];
	unsigned int nr;
} sets[SET_OWN] = {
	[SET_OVERVIEW] = { { COLUMN_EVENTS, COLUMN_STRAY, COLUMN_DEBUG_99, COLUMN_SWITCH_99,
			     COLUMN_STEP, COLUMN_HW_BREAK, COLUMN_SW_BREAK, COLUMN_READ,
			     COLUMN_WRITE, COLUMN_EXITS }, 10 },
	[SET_EVENTS] = { { COLUMN_STEP, COLUMN_HW_BREAK, COLUMN_SW_BREAK, COLUMN_STRAY,
			   COLUMN_READ, COLUMN_WRITE, COLUMN_REST, COLUMN_USER, COLUMN_GUEST,
			   COLUMN_HOST }, 10 },
	[SET_COST] = { { COLUMN_DEBUG_50, COLUMN_DEBUG_99, COLUMN_SWITCH_50, COLUMN_SWITCH_99,
			 COLUMN_EXITS, COLUMN_SWITCH, COLUMN_SKIPPED, COLUMN_OTHER_50,
			 COLUMN_OTHER_99, COLUMN_DEBUG_MAX, COLUMN_SWITCH_MAX,
			 COLUMN_OTHER_MAX }, 12 },
};

void settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->sort = COLUMN_NAME;
	settings->ascending = true;
}

unsigned int settings_columns(const struct settings *settings, unsigned char columns[NR_COLUMNS])
{
	unsigned int nr, i;

	if (settings->set == SET_OWN) {
		memcpy(columns, settings->own, settings->nr_own);
		return settings->nr_own;
	}
	nr = sets[settings->set].nr;
	memcpy(columns, sets[settings->set].columns, nr);
	for (i = 0; i < NR_COLUMNS; i++)
		if (!memchr(sets[settings->set].columns, i, sets[settings->set].nr))
			columns[nr++] = i;
	return nr;
}

const char *column_title(const struct model *model, enum table_column column)
{
	return column == COLUMN_READ && model->kind_names ? "WATCH" : column_infos[column].title;
}

void row_latency(struct latency *latency, const struct row *row, unsigned int which, bool totals)
{
	struct latency one;
	size_t i;

	memset(latency, 0, sizeof(*latency));
	for (i = 0; i < row->nr_vcpus; i++) {
		if (totals) {
			latency_merge(latency, &row->vcpus[i]->latency[which]);
			continue;
		}
		model_window(&one, row->vcpus[i], which);
		latency_merge(latency, &one);
	}
}

static bool known(const struct model *model, const struct row *row, enum table_column column)
{
	size_t i;

	switch (column) {
	case COLUMN_HOST:
		return !(model->lacks & LACKS_HOST);
	case COLUMN_SWITCH:
	case COLUMN_SKIPPED:
		for (i = 0; i < row->nr_vcpus; i++)
			if (model_switches(model, row->vcpus[i]))
				return true;
		return false;
	case COLUMN_SWITCH_50:
	case COLUMN_SWITCH_99:
	case COLUMN_SWITCH_MAX:
		return !(model->lacks & LACKS_SWITCHES) && model->switch_hz;
	case COLUMN_EXITS:
	case COLUMN_OTHER_50:
	case COLUMN_OTHER_99:
	case COLUMN_OTHER_MAX:
		for (i = 0; i < row->nr_vcpus; i++)
			if (model_exits(model, row->vcpus[i]))
				return true;
		return false;
	default:
		return true;
	}
}

static uint64_t column_count(const struct counters *c, enum table_column column)
{
	switch (column) {
	case COLUMN_EVENTS:
		return c->debug_exits;
	case COLUMN_STEP:
		return c->events[KVMDBG_STEP];
	case COLUMN_HW_BREAK:
		return c->events[KVMDBG_HW_BREAK];
	case COLUMN_SW_BREAK:
		return c->events[KVMDBG_SW_BREAK];
	case COLUMN_READ:
		return c->events[KVMDBG_WATCH_READ];
	case COLUMN_WRITE:
		return c->events[KVMDBG_WATCH_WRITE];
	case COLUMN_REST:
		return c->events[KVMDBG_BRANCH] + c->events[KVMDBG_TRAP] +
		       c->events[KVMDBG_INTERRUPT] + c->events[KVMDBG_RETURN] +
		       c->events[KVMDBG_IMPRECISE];
	case COLUMN_USER:
		return c->origin[KVMDBG_USER];
	case COLUMN_GUEST:
		return c->origin[KVMDBG_GUEST];
	case COLUMN_STRAY:
		return c->origin[KVMDBG_STRAY];
	case COLUMN_HOST:
		return c->origin[KVMDBG_HOST];
	case COLUMN_EXITS:
		return c->exits;
	case COLUMN_SWITCH:
		return c->to_guest + c->to_host;
	default:
		return c->skipped;
	}
}

/* The three times of each histogram follow one another. */
static const struct {
	enum kvmdbg_latency which;
	unsigned int permille;
} times[] = {
	{ KVMDBG_SWITCH, 500 }, { KVMDBG_SWITCH, 990 }, { KVMDBG_SWITCH, 0 },
	{ KVMDBG_DEBUG_EXIT, 500 }, { KVMDBG_DEBUG_EXIT, 990 }, { KVMDBG_DEBUG_EXIT, 0 },
	{ KVMDBG_OTHER_EXIT, 500 }, { KVMDBG_OTHER_EXIT, 990 }, { KVMDBG_OTHER_EXIT, 0 },
};

struct value row_value(const struct model *model, const struct row *row, enum table_column column,
		       bool totals)
{
	struct value value = { VALUE_UNKNOWN, 0 };
	struct latency latency;
	unsigned int permille;
	uint64_t count, hz;

	if (!known(model, row, column))
		return value;
	if (column < COLUMN_SWITCH_50) {
		count = column_count(totals ? &row->total : &row->delta, column);
		value.kind = VALUE_COUNT;
		value.number = totals ? count : model_rate(model, count);
		return value;
	}
	permille = times[column - COLUMN_SWITCH_50].permille;
	row_latency(&latency, row, times[column - COLUMN_SWITCH_50].which, totals);
	value.kind = latency.count ? VALUE_NS : VALUE_NONE;
	hz = column <= COLUMN_SWITCH_MAX ? model->switch_hz : 1000000000;
	if (latency.count)
		value.number = ticks_to_ns(permille ? latency_percentile(&latency, permille) :
					   latency.max, hz);
	return value;
}

void value_text(char *text, size_t size, const struct value *value)
{
	switch (value->kind) {
	case VALUE_UNKNOWN:
		snprintf(text, size, "n/a");
		return;
	case VALUE_NONE:
		snprintf(text, size, "-");
		return;
	case VALUE_COUNT:
		format_count(text, size, value->number);
		return;
	case VALUE_NS:
		format_ns(text, size, value->number);
	}
}

static void row_add(struct row *row, const struct model_vcpu *vcpu)
{
	row->nr_vcpus++;
	counters_add(&row->delta, &vcpu->delta);
	counters_add(&row->total, &vcpu->total);
	row->stray += vcpu->total.origin[KVMDBG_STRAY] - vcpu->acknowledged;
}

static struct row *row_new(struct rows *rows, struct model_vcpu **vcpus, bool folded)
{
	struct row *row;

	if (rows->nr == rows->max) {
		row = reallocarray(rows->rows, rows->max ? 2 * rows->max : 16, sizeof(*row));
		if (!row)
			return NULL;
		rows->rows = row;
		rows->max = rows->max ? 2 * rows->max : 16;
	}
	row = &rows->rows[rows->nr++];
	memset(row, 0, sizeof(*row));
	row->vm = (*vcpus)->vm;
	row->vcpus = vcpus;
	row->folded = folded;
	return row;
}

/* Equal ones keep the order of the model. */
static int row_order(const void *a, const void *b, void *ascending)
{
	const struct row *x = a, *y = b;

	if (x->key != y->key)
		return (x->key < y->key) == *(bool *)ascending ? -1 : 1;
	return x->vcpus < y->vcpus ? -1 : x->vcpus > y->vcpus;
}

static double row_key(const struct model *model, const struct row *row, size_t nth,
		      const struct settings *settings)
{
	struct value value;

	if (settings->sort == COLUMN_NAME)
		return nth;
	value = row_value(model, row, settings->sort, settings->totals);
	return value.kind == VALUE_UNKNOWN ? -2 : value.kind == VALUE_NONE ? -1 : value.number;
}

bool rows_make(struct rows *rows, const struct model *model, const struct settings *settings,
	       const struct filter *filter)
{
	bool ascending = settings->ascending, folded;
	const struct model_vm *vm = NULL;
	struct model_vcpu **vcpus;
	struct row *row = NULL;
	size_t i;

	rows->nr = 0;
	rows->nr_vcpus = 0;
	rows->nr_vms = 0;
	vcpus = reallocarray(rows->vcpus, model->nr_vcpus + 1, sizeof(*vcpus));
	if (!vcpus)
		return false;
	rows->vcpus = vcpus;
	for (i = 0; i < model->nr_vcpus; i++) {
		struct model_vcpu *vcpu = model->vcpus[i];

		if (!vcpu->vm->shown || (filter && !filter_vcpu(filter, vcpu)))
			continue;
		vcpus[rows->nr_vcpus] = vcpu;
		folded = settings->folded != vcpu->vm->apart;
		if (!folded || vcpu->vm != vm) {
			row = row_new(rows, &vcpus[rows->nr_vcpus], folded);
			if (!row)
				return false;
		}
		row_add(row, vcpu);
		rows->nr_vcpus++;
		rows->nr_vms += vcpu->vm != vm;
		vm = vcpu->vm;
	}
	for (i = 0; i < rows->nr; i++)
		rows->rows[i].key = row_key(model, &rows->rows[i], i, settings);
	if (rows->nr)
		qsort_r(rows->rows, rows->nr, sizeof(*rows->rows), row_order, &ascending);
	return true;
}

void rows_free(struct rows *rows)
{
	free(rows->rows);
	free(rows->vcpus);
	memset(rows, 0, sizeof(*rows));
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of the screen: its columns, and which rows in which order. */
#ifndef KVMDBG_ROWS_H
#define KVMDBG_ROWS_H

#include "filter.h"
#include "model.h"

/** enum table_column - what a column shows */
enum table_column {
	COLUMN_EVENTS, COLUMN_STRAY, COLUMN_STEP, COLUMN_HW_BREAK, COLUMN_SW_BREAK,
	COLUMN_READ, COLUMN_WRITE, COLUMN_REST, COLUMN_USER, COLUMN_GUEST, COLUMN_HOST,
	COLUMN_EXITS, COLUMN_SWITCH, COLUMN_SKIPPED,
	COLUMN_SWITCH_50, COLUMN_SWITCH_99, COLUMN_SWITCH_MAX,
	COLUMN_DEBUG_50, COLUMN_DEBUG_99, COLUMN_DEBUG_MAX,
	COLUMN_OTHER_50, COLUMN_OTHER_99, COLUMN_OTHER_MAX,
	NR_COLUMNS,
	COLUMN_NAME = NR_COLUMNS,	/* only to sort by */
	COLUMN_NONE,
};

/**
 * struct column_info - a column
 * @key: its name in the configuration
 * @title: its name in the table
 * @help: what it shows
 */
struct column_info {
	const char *key;
	const char *title;
	const char *help;
};

extern const struct column_info column_infos[NR_COLUMNS + 1];

/** enum column_set - which columns come first */
enum column_set { SET_OVERVIEW, SET_EVENTS, SET_COST, SET_OWN, NR_SETS };

extern const char *const set_names[NR_SETS];

/** VM_NAMES_SIZE - of a file's name in the configuration, with the NUL */
#define VM_NAMES_SIZE	400

/**
 * struct settings - what the screen remembers
 * @set: columns shown
 * @own: the user's own, in the order in which they are shown
 * @nr_own: how many
 * @sort: by which column
 * @ascending: the smallest first
 * @totals: counts and times since the start, not those of the last time
 * @folded: a row for a VM
 * @vm_names: file with names of VMs, for where no option tells one; or empty
 */
struct settings {
	enum column_set set;
	unsigned char own[NR_COLUMNS];
	unsigned int nr_own;
	enum table_column sort;
	bool ascending;
	bool totals;
	bool folded;
	char vm_names[VM_NAMES_SIZE];
};

/** settings_init - as they are without a configuration */
void settings_init(struct settings *settings);

/**
 * settings_columns - the columns in the order of their importance
 * @columns: result
 *
 * Return: how many: with the user's own only those, else all
 */
unsigned int settings_columns(const struct settings *settings, unsigned char columns[NR_COLUMNS]);

/** column_title - its name in the table; what watches reads may be a kind of its platform's own */
const char *column_title(const struct model *model, enum table_column column);

/**
 * struct row - a vCPU, or a VM with several
 * @vm: its VM
 * @vcpus: in struct rows
 * @nr_vcpus: how many
 * @folded: it stands for all vCPUs of its VM
 * @delta: since the last frame
 * @total: since the start
 * @stray: stray events that nobody has taken note of
 * @key: what it is sorted by
 */
struct row {
	struct model_vm *vm;
	struct model_vcpu **vcpus;
	size_t nr_vcpus;
	bool folded;
	struct counters delta;
	struct counters total;
	uint64_t stray;
	double key;
};

/**
 * struct rows - all that pass the filter
 * @rows: in their order
 * @nr: how many
 * @max: room
 * @vcpus: those in the rows, in the order of the model
 * @nr_vcpus: how many
 * @nr_vms: how many VMs are in the rows
 */
struct rows {
	struct row *rows;
	size_t nr;
	size_t max;
	struct model_vcpu **vcpus;
	size_t nr_vcpus;
	size_t nr_vms;
};

/**
 * rows_make - the rows, sorted
 * @filter: or NULL
 * Return: false if there is no memory
 */
bool rows_make(struct rows *rows, const struct model *model, const struct settings *settings,
	       const struct filter *filter);

/** rows_free - release all */
void rows_free(struct rows *rows);

/** enum value_kind - what a cell holds */
enum value_kind {
	VALUE_UNKNOWN,	/* this host cannot tell */
	VALUE_NONE,	/* nothing to measure yet */
	VALUE_COUNT,
	VALUE_NS,
};

/** struct value - what a cell holds */
struct value {
	enum value_kind kind;
	double number;
};

/** row_value - a cell; @totals: since the start */
struct value row_value(const struct model *model, const struct row *row, enum table_column column,
		       bool totals);

/**
 * row_latency - a histogram of all vCPUs of a row
 * @which: enum kvmdbg_latency
 */
void row_latency(struct latency *latency, const struct row *row, unsigned int which, bool totals);

/** value_text - in five columns at most */
void value_text(char *text, size_t size, const struct value *value);

#endif /* KVMDBG_ROWS_H */

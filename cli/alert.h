/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions that a virtual CPU shall not meet: --alert 'stray>0', --alert 'exit_p99>50us'. */
#ifndef KVMDBG_ALERT_H
#define KVMDBG_ALERT_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model.h"
#include "rows.h"
#include "symbols.h"

/** ALERTS_MAX - times that --alert can be given; a bit each */
#define ALERTS_MAX	32

/** ALERT_SIZE - what alert_text() writes at most, with the NUL */
#define ALERT_SIZE	(2 * VM_NAME_SIZE + SYMBOL_SIZE)

struct metric;

/** enum alert_window - of what time a metric is */
enum alert_window {
	ALERT_FRAME,	/* the last frame */
	ALERT_RATE,	/* the last frame, a second */
	ALERT_TOTAL,	/* since the start */
};

/** enum alert_operator - how it is compared */
enum alert_operator {
	ALERT_GREATER,
	ALERT_GREATER_EQUAL,
	ALERT_LESS,
	ALERT_LESS_EQUAL,
	ALERT_EQUAL,
	ALERT_UNEQUAL,
};

/**
 * struct alert - a condition
 * @text: as it was given, escaped
 * @metric: what is looked at
 * @window: of what time
 * @operator: how it is compared
 * @limit: with what; nanoseconds for a time
 * @count: how often it has come true
 */
struct alert {
	char text[64];
	const struct metric *metric;
	enum alert_window window;
	enum alert_operator operator;
	double limit;
	uint64_t count;
};

/** struct alerts - all conditions of a command line */
struct alerts {
	struct alert list[ALERTS_MAX];
	size_t count;
};

/**
 * struct alert_event - a condition has come true
 * @alert: which one
 * @vcpu: for whom
 * @value: of the metric, in nanoseconds for a time
 * @hit: the last hit of this frame that it is about, or NULL
 */
struct alert_event {
	const struct alert *alert;
	const struct model_vcpu *vcpu;
	double value;
	const struct kvmdbg_hit *hit;
};

/** alert_argp - reads --alert; input is a struct alerts, zeroed */
extern const struct argp alert_argp;

/**
 * alert_parse - METRIC[:rate|:total] OPERATOR NUMBER[UNIT]
 * @text: any bytes, with a NUL behind them
 * @why: for the reason if that fails
 * @size: of @why
 *
 * Return: false if it is anything else
 */
bool alert_parse(struct alert *alert, const char *text, char *why, size_t size);

/** alert_metric_name - of the metric with that number; NULL behind the last one */
const char *alert_metric_name(size_t i);

/** alert_help - the metrics and how to use them */
void alert_help(FILE *out);

/**
 * alerts_open - before the first frame
 * @model: set up; made to keep what conditions look at
 *
 * Return: EXIT_OK, or EXIT_FEATURE after a message if this platform cannot tell one of the metrics
 */
int alerts_open(const struct alerts *alerts, struct model *model);

/**
 * alerts_check - look at a frame
 * @model: complete; struct model_vcpu.alerts is set
 * @event: called for each condition that a virtual CPU meets and did not meet in the frame before;
 *	NULL: it was called for this frame already, nothing is counted
 * @ctx: for it
 */
void alerts_check(struct alerts *alerts, const struct model *model,
		  void (*event)(void *ctx, const struct alert_event *event), void *ctx);

/** alert_column - the column that has what a condition is about, or COLUMN_NONE */
enum table_column alert_column(const struct alert *alert);

/** alert_text - an event in a line: "stray>0: 5: vCPU 0 of web, pid 12, at 0x1004 <main+0x4>" */
void alert_text(const struct alert_event *event, char *text, size_t size);

/** print_alert - a line of it on standard output, of text or JSON (schema kvmdbg.alert/1) */
int print_alert(const struct model *model, const struct alert_event *event, bool json);

/** alerts_fired - how often conditions have come true */
uint64_t alerts_fired(const struct alerts *alerts);

#endif /* KVMDBG_ALERT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the screen shows: pages laid out on a canvas, from a model and from what the keys have
 * changed.  Knows no terminal.
 */
#ifndef KVMDBG_VIEW_H
#define KVMDBG_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actions.h"
#include "alert.h"
#include "canvas.h"
#include "filter.h"
#include "history.h"
#include "model.h"
#include "rows.h"

/** enum prompt - what the user types into the last line */
enum prompt { PROMPT_NONE, PROMPT_FILTER, PROMPT_INTERVAL };

/**
 * struct selection - a row, whatever its place
 * @pid: its process
 * @vm: its VM
 * @vcpu: number of the vCPU, or of the first one
 */
struct selection {
	uint32_t pid;
	uint64_t vm;
	uint32_t vcpu;
};

/**
 * struct view - what is not in the model
 * @settings: columns and order; the screen remembers them
 * @changed: the user has changed them
 * @page: which page
 * @paused: the model does not go on
 * @host: name and kernel of the machine, escaped
 * @alert: the last one, NULL if there is none that nobody has taken note of
 * @alerts: conditions, whose cells are marked; or NULL
 * @replay: where we are in a recording, NULL if it is live
 * @clock: time of day, or empty
 * @own_cpu: percent of a CPU that kvmdbg takes, below 0 if that is not known
 * @own_memory: bytes that it has in memory
 * @filter: what is shown
 * @history: the last hits
 * @rows: of the table
 * @selection: the selected row
 * @selected: its number
 * @first: the first row that is shown
 * @room: how many are shown
 * @histogram: the first one of the detail
 * @chosen: selected line in the list of columns
 * @help_first: first line of the help
 * @help_room: how many lines of it are shown
 * @prompt: what is being typed
 * @typed: so far
 * @before: the filter before
 * @message: for the last line, until the next key
 */
struct view {
	struct settings settings;
	bool changed;
	enum page page;
	bool paused;
	const char *host;
	const char *alert;
	const struct alerts *alerts;
	const char *replay;
	char clock[16];
	double own_cpu;
	uint64_t own_memory;
	struct filter filter;
	const struct history *history;
	struct rows rows;
	struct selection selection;
	size_t selected;
	size_t first;
	size_t room;
	unsigned int histogram;
	size_t chosen;
	size_t help_first;
	size_t help_room;
	enum prompt prompt;
	char typed[FILTER_SIZE];
	struct filter before;
	char message[160];
};

/** view_init - as it is at the start */
void view_init(struct view *view, const struct history *history);

/** view_free - release the rows */
void view_free(struct view *view);

/**
 * view_update - before drawing: rows of the model, and which of them a canvas of that size shows
 * Return: false if there is no memory
 */
bool view_update(struct view *view, const struct model *model, int rows, int columns);

/** view_draw - the page, on a canvas of the size that view_update() was given */
void view_draw(struct canvas *canvas, const struct model *model, const struct view *view);

/**
 * view_key - a key press
 * Return: what is left to be done by the caller, or ACTION_NONE
 */
enum action view_key(struct view *view, const struct model *model, int key);

/**
 * view_print - a whole frame: all rows, and the last hits, without what only a screen needs
 * @canvas: gets the size that it takes
 * @columns: width
 *
 * Return: false if there is no memory
 */
bool view_print(struct canvas *canvas, int columns, const struct model *model,
		const struct view *view);

/** row_has_hit - is a hit of one of its vCPUs? */
bool row_has_hit(const struct row *row, const struct kvmdbg_hit *hit);

/** parts of pages: each returns the row behind what it drew, @end at most */
int hits_draw(struct canvas *canvas, int row, int end, const struct model *model,
	      const struct view *view, const struct row *only);
int detail_draw(struct canvas *canvas, int row, int end, const struct model *model,
		const struct view *view);

#endif /* KVMDBG_VIEW_H */

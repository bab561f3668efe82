/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a frame is laid out, on a canvas of character cells: what the screen
 * draws, what --batch prints, and what the tests read.
 */
#ifndef KVMDBG_VIEW_H
#define KVMDBG_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "model.h"

/** enum attr - how a cell stands out */
enum attr {
	ATTR_PLAIN,
	ATTR_BOLD,
	ATTR_HEADER,
	ATTR_STRAY,	/* a debug event that nobody asked for */
	ATTR_GONE,
	ATTR_NR,
};

/** CELL_SIZE - bytes of a character, with marks that combine with it, and a NUL */
#define CELL_SIZE	12

/**
 * struct cell - one column of one row
 * @text: UTF-8; empty for the second column of a wide character
 * @attr: enum attr
 */
struct cell {
	char text[CELL_SIZE];
	unsigned char attr;
};

/** struct canvas - rows of cells */
struct canvas {
	int rows;
	int columns;
	struct cell *cells;
};

/**
 * struct view_options - what is not in the model
 * @paused: say so
 * @scroll: vCPUs left out at the top
 * @interactive: title and key lines, everything cut to fit; else all rows
 * @host: name and kernel of the machine, escaped
 * @replay: where we are in a recording, NULL if it is live
 */
struct view_options {
	bool paused;
	size_t scroll;
	bool interactive;
	const char *host;
	const char *replay;
};

/** canvas_resize - blank, of another size; false if there is no memory */
bool canvas_resize(struct canvas *canvas, int rows, int columns);

/** canvas_free - release the cells */
void canvas_free(struct canvas *canvas);

/**
 * canvas_put - text from a place on, cut at the right edge
 * Return: the column behind it
 */
int canvas_put(struct canvas *canvas, int row, int column, enum attr attr, const char *text);

/** cell_ascii - the cell's character, or '?' where it is not ASCII */
char cell_ascii(const struct cell *cell);

/**
 * canvas_row - text of a row without the blanks at its end
 * @ascii: '?' for what is not ASCII
 */
void canvas_row(const struct canvas *canvas, int row, bool ascii, char *text, size_t size);

/** view_rows - rows that view_frame() needs to show all of a frame */
int view_rows(const struct model *model);

/** view_frame - the live view, in as many rows and columns as there are */
void view_frame(struct canvas *canvas, const struct model *model,
		const struct view_options *options);

/** view_help - the keys; @replay: those of a replay as well */
void view_help(struct canvas *canvas, bool replay);

/** format_count - a number in five columns at most; @size at least 8 */
void format_count(char *text, size_t size, double value);

/** format_ns - a time in five columns at most; @size at least 8 */
void format_ns(char *text, size_t size, uint64_t ns);

#endif /* KVMDBG_VIEW_H */

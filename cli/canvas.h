/* SPDX-License-Identifier: GPL-2.0-only */
/* Character cells: what the screen draws, what --batch prints, and what the tests read. */
#ifndef KVMDBG_CANVAS_H
#define KVMDBG_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum attr - what a cell is, which tells how it stands out */
enum attr {
	ATTR_PLAIN,
	ATTR_BOLD,
	ATTR_HEADER,
	ATTR_SORTED,	/* in a header: what the rows are sorted by */
	ATTR_SELECTED,
	ATTR_STRAY,	/* a debug event that nobody asked for */
	ATTR_PAUSED,
	ATTR_NOTHING,	/* no events, no times */
	ATTR_GONE,
	ATTR_BAR,
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

/** canvas_resize - blank, of another size; false if there is no memory */
bool canvas_resize(struct canvas *canvas, int rows, int columns);

/** canvas_free - release the cells */
void canvas_free(struct canvas *canvas);

/**
 * canvas_put - text from a place on, cut at the right edge
 * Return: the column behind it
 */
int canvas_put(struct canvas *canvas, int row, int column, enum attr attr, const char *text);

/** canvas_print - the same with a format */
int canvas_print(struct canvas *canvas, int row, int column, enum attr attr, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * canvas_cut - text in at most so many columns: what does not fit is cut out of its middle
 *
 * libvirt's names differ at the end, others at the start.
 */
int canvas_cut(struct canvas *canvas, int row, int column, int width, enum attr attr,
	       const char *text);

/** canvas_fill - blanks to the right edge */
void canvas_fill(struct canvas *canvas, int row, int column, enum attr attr);

/** canvas_bar - a bar of @eighths of a column */
void canvas_bar(struct canvas *canvas, int row, int column, unsigned int eighths);

/** text_columns - columns that a text takes */
int text_columns(const char *text);

/** cell_ascii - the cell's character, or what stands for it where there is only ASCII */
char cell_ascii(const struct cell *cell);

/**
 * canvas_row - text of a row without the blanks at its end
 * @ascii: only ASCII, see cell_ascii()
 */
void canvas_row(const struct canvas *canvas, int row, bool ascii, char *text, size_t size);

/** format_count - a number in five columns at most; @size at least 8 */
void format_count(char *text, size_t size, double value);

/** format_ns - a time in five columns at most; @size at least 8 */
void format_ns(char *text, size_t size, uint64_t ns);

#endif /* KVMDBG_CANVAS_H */

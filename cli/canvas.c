// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "util.h"

bool canvas_resize(struct canvas *canvas, int rows, int columns)
{
	struct cell *cells = calloc((size_t)rows * columns, sizeof(*cells));
	size_t i;

	if (!cells)
		return false;
	for (i = 0; i < (size_t)rows * columns; i++)
		cells[i].text[0] = ' ';
	free(canvas->cells);
	canvas->cells = cells;
	canvas->rows = rows;
	canvas->columns = columns;
	return true;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	memset(canvas, 0, sizeof(*canvas));
}

int canvas_put(struct canvas *canvas, int row, int column, enum attr attr, const char *text)
{
	size_t len = strlen(text), have;
	struct cell *cells, *last = NULL;
	int used, width;
	long code;

	if (row < 0 || row >= canvas->rows || column < 0)
		return column;
	cells = canvas->cells + (size_t)row * canvas->columns;
	for (; len; text += used, len -= used) {
		used = utf8_next(text, len, &code);
		width = code < 0 ? 1 : char_columns(code);
		if (!width) {
			/* A mark joins the character before it, as far as there is room. */
			have = last ? strlen(last->text) : CELL_SIZE;
			if (have + used < CELL_SIZE) {
				memcpy(last->text + have, text, used);
				last->text[have + used] = 0;
			}
			continue;
		}
		if (column + width > canvas->columns)
			break;
		last = &cells[column];
		snprintf(last->text, CELL_SIZE, "%.*s", used, code < 0x20 ? "?" : text);
		last->attr = attr;
		if (width == 2) {
			cells[column + 1].text[0] = 0;
			cells[column + 1].attr = attr;
		}
		column += width;
	}
	return column;
}

int canvas_print(struct canvas *canvas, int row, int column, enum attr attr, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return canvas_put(canvas, row, column, attr, text);
}

int text_columns(const char *text)
{
	size_t len = strlen(text);
	int used, columns = 0;
	long code;

	for (; len; text += used, len -= used) {
		used = utf8_next(text, len, &code);
		columns += code < 0 ? 1 : char_columns(code);
	}
	return columns;
}

int canvas_cut(struct canvas *canvas, int row, int column, int width, enum attr attr,
	       const char *text)
{
	size_t len = strlen(text), at;
	int total = text_columns(text), used, end;
	struct canvas part = *canvas;
	long code;

	if (width <= 0)
		return column;
	if (total <= width)
		return canvas_put(canvas, row, column, attr, text);
	part.columns = column + width / 2;
	if (part.columns > canvas->columns || row < 0 || row >= canvas->rows)
		return column;
	part.cells += (size_t)row * canvas->columns;
	part.rows = 1;
	end = column + width;
	column = canvas_put(&part, 0, column, attr, text);
	column = canvas_put(canvas, row, column, attr, "~");
	for (at = 0; at < len && total > end - column; at += used) {
		used = utf8_next(text + at, len - at, &code);
		total -= code < 0 ? 1 : char_columns(code);
	}
	/* Marks belong to the character before them. */
	for (; at < len; at += used) {
		used = utf8_next(text + at, len - at, &code);
		if (code < 0 || char_columns(code))
			break;
	}
	return canvas_put(canvas, row, column, attr, text + at);
}

void canvas_fill(struct canvas *canvas, int row, int column, enum attr attr)
{
	for (; column < canvas->columns; column++)
		canvas_put(canvas, row, column, attr, " ");
}

void canvas_bar(struct canvas *canvas, int row, int column, unsigned int eighths)
{
	/* U+2588 FULL BLOCK; from there on each is an eighth less */
	char text[4] = "\xe2\x96\x88";

	for (; eighths >= 8; eighths -= 8)
		column = canvas_put(canvas, row, column, ATTR_BAR, text);
	text[2] += 8 - eighths;
	if (eighths)
		canvas_put(canvas, row, column, ATTR_BAR, text);
}

char cell_ascii(const struct cell *cell)
{
	unsigned char first = cell->text[0];

	if (!strncmp(cell->text, "\xe2\x96", 2))
		return '#';
	return first && first < 0x80 ? first : '?';
}

void canvas_row(const struct canvas *canvas, int row, bool ascii, char *text, size_t size)
{
	const struct cell *cells = canvas->cells + (size_t)row * canvas->columns;
	size_t len = 0, end = 0, n;
	char one[2] = "";
	const char *s;
	int i;

	for (i = 0; i < canvas->columns; i++) {
		one[0] = cell_ascii(&cells[i]);
		s = ascii ? one : cells[i].text;
		n = strlen(s);
		if (len + n >= size)
			break;
		memcpy(text + len, s, n);
		len += n;
		if (strcmp(s, " "))
			end = len;
	}
	text[end] = 0;
}

static void format_scaled(char *text, size_t size, double value, const char *const *units)
{
	while (value >= 999.5 && units[1]) {
		value /= 1000;
		units++;
	}
	/* 9.96 must not become 10.0 */
	if (value < 99.95 && **units)
		snprintf(text, size, "%.1f%s", value, *units);
	else
		snprintf(text, size, "%.0f%s", value, *units);
}

void format_count(char *text, size_t size, double value)
{
	static const char *const units[] = { "k", "M", "G", "T", "P", "E", NULL };

	if (value > 0 && value < 9.95 && value != (int)value)
		snprintf(text, size, "%.1f", value);
	else if (value < 99999.5)
		snprintf(text, size, "%.0f", value);
	else
		format_scaled(text, size, value / 1000, units);
}

void format_ns(char *text, size_t size, uint64_t ns)
{
	static const char *const units[] = { "u", "m", "s", NULL };

	if (ns < 1000)
		snprintf(text, size, "%un", (unsigned int)ns);
	else
		format_scaled(text, size, ns / 1000.0, units);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal.  Nothing else writes to it between screen_open() and screen_close(). */
#ifndef KVMDBG_SCREEN_H
#define KVMDBG_SCREEN_H

#include "view.h"

/** enum screen_key - what a key press asks for */
enum screen_key {
	SCREEN_NONE,		/* no key is waiting */
	SCREEN_OTHER,
	SCREEN_QUIT,
	SCREEN_PAUSE,
	SCREEN_RESET,
	SCREEN_HELP,
	SCREEN_DOWN,
	SCREEN_UP,
	SCREEN_RIGHT,
	SCREEN_LEFT,
	SCREEN_PAGE_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_HOME,
	SCREEN_END,
};

/** screen_open - take the terminal; EXIT_OK, or EXIT_IO after a message */
int screen_open(void);

/** screen_close - give it back as it was; harmless if it was not taken */
void screen_close(void);

/** screen_resize - after SIGWINCH */
void screen_resize(void);

/** screen_size - as it is now */
void screen_size(int *rows, int *columns);

/** screen_draw - show a canvas of that size; EXIT_OK, or EXIT_IO after a message */
int screen_draw(const struct canvas *canvas);

/** screen_key - next key press; does not wait */
enum screen_key screen_key(void);

#endif /* KVMDBG_SCREEN_H */

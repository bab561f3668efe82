/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal.  Nothing else writes to it between screen_open() and screen_close(). */
#ifndef KVMDBG_SCREEN_H
#define KVMDBG_SCREEN_H

#include "canvas.h"

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

/** screen_key - next key press, a character or enum key; KEY_NOTHING without waiting for one */
int screen_key(void);

#endif /* KVMDBG_SCREEN_H */

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* <term.h> makes these common words macros. */
#undef columns
#undef lines

#include "actions.h"
#include "output.h"
#include "screen.h"
#include "util.h"

#define ESC_DELAY_MS	25

enum { PAIR_STRAY = 1, PAIR_PAUSED, PAIR_BAR };

static SCREEN *screen;
static bool ascii;
static struct termios saved_mode;
/* What gives the terminal back, for a signal handler, which may not call ncurses. */
static char restore[256];
static size_t restore_len;

static void add_restore(const char *name)
{
	const char *text = tigetstr((char *)name), *end;

	if (!text || text == (char *)-1)
		return;
	for (; *text && restore_len < sizeof(restore); text++) {
		/* delays of terminals of old: $<5> */
		end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
		if (end)
			text = end;
		else
			restore[restore_len++] = *text;
	}
}

/* The program is broken: give the terminal back, then die of the same signal. */
static void on_crash(int sig)
{
	if (write(STDOUT_FILENO, restore, restore_len) < 0)
		_exit(EXIT_IO);
	tcsetattr(STDOUT_FILENO, TCSANOW, &saved_mode);
	raise(sig);
}

static void catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_NODEFER };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

int screen_open(void)
{
	const char *term = getenv("TERM");

	if (tcgetattr(STDOUT_FILENO, &saved_mode))
		return complain(EXIT_IO, "cannot use the terminal: %s: try --batch", strerror(errno));
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return complain(EXIT_IO, "unknown terminal type '%s': set TERM, or use --batch",
			    term ? term : "");
	add_restore("sgr0");
	add_restore("cnorm");
	add_restore("rmkx");
	add_restore("rmcup");
	catch_crashes();
	ascii = output_is_ascii();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	set_escdelay(ESC_DELAY_MS);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	if (has_colors()) {
		start_color();
		use_default_colors();
		init_pair(PAIR_STRAY, COLOR_RED, -1);
		init_pair(PAIR_PAUSED, COLOR_YELLOW, -1);
		init_pair(PAIR_BAR, COLOR_CYAN, -1);
	}
	return EXIT_OK;
}

void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

void screen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(stdscr, TRUE);
}

void screen_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

static int colour(int pair)
{
	return has_colors() ? COLOR_PAIR(pair) : 0;
}

static int attr_of(unsigned char attr)
{
	switch (attr) {
	case ATTR_BOLD:
		return A_BOLD;
	case ATTR_HEADER:
		return A_REVERSE;
	case ATTR_SORTED:
		return A_REVERSE | A_BOLD | A_UNDERLINE;
	case ATTR_SELECTED:
		return A_REVERSE | A_BOLD | colour(PAIR_BAR);
	case ATTR_STRAY:
		return A_BOLD | A_REVERSE | colour(PAIR_STRAY);
	case ATTR_PAUSED:
		return A_BOLD | A_REVERSE | colour(PAIR_PAUSED);
	case ATTR_BAR:
		return colour(PAIR_BAR);
	case ATTR_NOTHING:
	case ATTR_GONE:
		return A_DIM;
	default:
		return A_NORMAL;
	}
}

int screen_draw(const struct canvas *canvas)
{
	int row, column;

	erase();
	for (row = 0; row < canvas->rows; row++) {
		const struct cell *cells = canvas->cells + (size_t)row * canvas->columns;

		for (column = 0; column < canvas->columns; column++) {
			attrset(attr_of(cells[column].attr));
			if (ascii)
				mvaddch(row, column, cell_ascii(&cells[column]));
			else if (cells[column].text[0])
				mvaddstr(row, column, cells[column].text);
		}
	}
	attrset(A_NORMAL);
	/* ncurses does not tell of a failed write, the stream does not know of it. */
	if (refresh() == ERR || tcgetpgrp(STDOUT_FILENO) < 0)
		return complain(EXIT_IO, "the terminal is gone");
	return EXIT_OK;
}

int screen_key(void)
{
	static const struct {
		wint_t code;
		int key;
	} keys[] = {
		{ KEY_DOWN, KEY_GO_DOWN }, { KEY_UP, KEY_GO_UP },
		{ KEY_RIGHT, KEY_GO_RIGHT }, { KEY_LEFT, KEY_GO_LEFT },
		{ KEY_NPAGE, KEY_GO_PAGE_DOWN }, { KEY_PPAGE, KEY_GO_PAGE_UP },
		{ KEY_HOME, KEY_GO_HOME }, { KEY_END, KEY_GO_END },
		{ KEY_F(1), KEY_HELP_F1 }, { KEY_BACKSPACE, KEY_ERASE },
		{ KEY_ENTER, KEY_RETURN },
	};
	wint_t code;
	size_t i;

	switch (get_wch(&code)) {
	case OK:
		return code == '\n' ? KEY_RETURN : (int)code;
	case KEY_CODE_YES:
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (keys[i].code == code)
				return keys[i].key;
		return KEY_UNKNOWN;
	default:
		return KEY_NOTHING;
	}
}

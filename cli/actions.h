/* SPDX-License-Identifier: GPL-2.0-only */
/* What keys do: one table, from which dispatch, help, manual and the last line of the screen come. */
#ifndef KVMDBG_ACTIONS_H
#define KVMDBG_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>

/** enum key - what is no character; characters are their code points */
enum key {
	KEY_NOTHING = 0x110000,
	KEY_UNKNOWN,
	KEY_GO_UP,
	KEY_GO_DOWN,
	KEY_GO_LEFT,
	KEY_GO_RIGHT,
	KEY_GO_PAGE_UP,
	KEY_GO_PAGE_DOWN,
	KEY_GO_HOME,
	KEY_GO_END,
	KEY_HELP_F1,
	KEY_ERASE,
};

#define KEY_CTRL(letter)	((letter) & 0x1f)
#define KEY_RETURN		'\r'
#define KEY_ESCAPE		0x1b

/** enum action - what can be done */
enum action {
	ACTION_NONE,
	ACTION_QUIT, ACTION_HELP, ACTION_PAUSE, ACTION_ACKNOWLEDGE,
	ACTION_DOWN, ACTION_UP, ACTION_PAGE_DOWN, ACTION_PAGE_UP, ACTION_FIRST, ACTION_LAST,
	ACTION_DETAIL, ACTION_BACK, ACTION_HISTOGRAM,
	ACTION_FOLD, ACTION_FOLD_ALL, ACTION_FILTER,
	ACTION_SET, ACTION_COLUMNS, ACTION_TOTALS,
	ACTION_SORT_LEFT, ACTION_SORT_RIGHT, ACTION_ORDER,
	ACTION_TOGGLE, ACTION_EARLIER, ACTION_LATER,
	ACTION_INTERVAL, ACTION_RESET, ACTION_WRITE,
	ACTION_STEP, ACTION_STEP_BACK, ACTION_SEEK, ACTION_SEEK_BACK, ACTION_START, ACTION_END,
};

/** enum page - what the screen shows; bits, for where an action is possible */
enum page {
	PAGE_TABLE = 1,
	PAGE_DETAIL = 2,
	PAGE_COLUMNS = 4,
	PAGE_HELP = 8,
};

/** enum when - when an action is possible, besides */
enum when { ALWAYS, LIVE_ONLY, REPLAY_ONLY };

#define MAX_KEYS	4

/**
 * struct action_info - an action
 * @action: which
 * @pages: mask of enum page: where
 * @when: when
 * @keys: that do it, 0 where there are no more
 * @brief: for the last line of the screen, neighbours with the same one share it; or NULL
 * @help: for the help, 27 columns at most
 * @manual: for the manual
 */
struct action_info {
	enum action action;
	unsigned int pages;
	enum when when;
	int keys[MAX_KEYS];
	const char *brief;
	const char *help;
	const char *manual;
};

/**
 * action_infos - all, what matters most first; ends with ACTION_NONE
 *
 * Of those that a key could do the first one is done: in a replay some keys have another meaning.
 */
extern const struct action_info action_infos[];

/** action_possible - on a page, live or in a replay */
bool action_possible(const struct action_info *info, enum page page, bool replay);

/** action_of - what a key does on a page */
enum action action_of(int key, enum page page, bool replay);

/** key_text - what is on the key */
const char *key_text(int key, char *text, size_t size);

/** action_keys - all keys of an action, with a blank between them */
void action_keys(const struct action_info *info, char *text, size_t size);

#endif /* KVMDBG_ACTIONS_H */

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "actions.h"

#define VCPUS	(PAGE_TABLE | PAGE_DETAIL)
#define LISTS	(PAGE_TABLE | PAGE_DETAIL | PAGE_COLUMNS | PAGE_HELP)

const struct action_info action_infos[] = {
	{ ACTION_QUIT, LISTS, ALWAYS, { 'q', 'Q' }, "quit", "quit", "Quit." },
	{ ACTION_BACK, PAGE_DETAIL | PAGE_COLUMNS | PAGE_HELP, ALWAYS, { KEY_ESCAPE, KEY_RETURN },
	  "back", "back to the table", "From any other page back to the table." },
	{ ACTION_HELP, LISTS, ALWAYS, { 'h', '?', KEY_HELP_F1 }, "help", "help", "Help." },
	{ ACTION_PAUSE, VCPUS, ALWAYS, { 'p', ' ' }, "pause", "pause the screen, go on",
	  "The screen stays as it is, and says so. Counting goes on." },
	{ ACTION_STEP_BACK, VCPUS, REPLAY_ONLY, { KEY_GO_LEFT, ',' }, "step",
	  "one window back, pause", "One window back, and pause." },
	{ ACTION_STEP, VCPUS, REPLAY_ONLY, { KEY_GO_RIGHT, '.' }, "step",
	  "one window on, pause", "One window on, and pause." },
	{ ACTION_SEEK_BACK, VCPUS, REPLAY_ONLY, { KEY_GO_PAGE_UP, '[' }, "10 s",
	  "10 seconds back", "10 seconds back." },
	{ ACTION_SEEK, VCPUS, REPLAY_ONLY, { KEY_GO_PAGE_DOWN, ']' }, "10 s",
	  "10 seconds on", "10 seconds on." },
	{ ACTION_START, VCPUS, REPLAY_ONLY, { KEY_GO_HOME, 'g' }, "ends",
	  "start of the recording", "To the start of the recording." },
	{ ACTION_END, VCPUS, REPLAY_ONLY, { KEY_GO_END, 'G' }, "ends",
	  "end of the recording, pause", "To its end, and pause." },
	{ ACTION_ACKNOWLEDGE, VCPUS, ALWAYS, { 'a' }, "ack", "acknowledge strays, alert",
	  "Acknowledge stray events and the last alert: those that there are now are no longer marked, and the alert leaves the first line." },
	{ ACTION_DETAIL, PAGE_TABLE, ALWAYS, { KEY_RETURN }, "detail", "selected row in detail",
	  "The selected virtual CPU, or folded VM, in detail." },
	{ ACTION_HISTOGRAM, PAGE_DETAIL, ALWAYS, { 'v', '\t' }, "histogram", "other histogram",
	  "In the detail: the next histogram comes first." },
	{ ACTION_FILTER, PAGE_TABLE, ALWAYS, { '/' }, "filter", "filter rows and hits",
	  "Filter rows and hits, see below. Esc takes the filter away." },
	{ ACTION_SET, PAGE_TABLE, ALWAYS, { 'v', '\t' }, "view", "other columns come first",
	  "Other columns come first: overview, events, cost, your own." },
	{ ACTION_TOTALS, VCPUS, ALWAYS, { 't' }, "totals", "now, or since the start",
	  "Rates of the last interval and times of the last ten seconds, or both since the start." },
	{ ACTION_FOLD, PAGE_TABLE, ALWAYS, { 'f' }, "fold", "fold or unfold the VM",
	  "One row for the selected VM, or a row for each of its virtual CPUs." },
	{ ACTION_FOLD_ALL, PAGE_TABLE, ALWAYS, { 'F' }, NULL, "fold or unfold all VMs",
	  "The same for all VMs." },
	{ ACTION_SORT_LEFT, PAGE_TABLE, ALWAYS, { '<' }, "sort", "sort by column before",
	  "Sort by the column before. In a header + marks what is sorted by, the smallest first, and - the largest first." },
	{ ACTION_SORT_RIGHT, PAGE_TABLE, ALWAYS, { '>' }, "sort", "sort by next column",
	  "Sort by the next column." },
	{ ACTION_ORDER, PAGE_TABLE, ALWAYS, { 'o' }, NULL, "reverse the order",
	  "Reverse the order." },
	{ ACTION_TOGGLE, PAGE_COLUMNS, ALWAYS, { ' ', 'x' }, "show or hide",
	  "columns: show or hide", "In the list of columns: show this one, or hide it." },
	{ ACTION_EARLIER, PAGE_COLUMNS, ALWAYS, { '<', KEY_GO_LEFT }, "move",
	  "columns: further left", "In the list of columns: this one goes to the left." },
	{ ACTION_LATER, PAGE_COLUMNS, ALWAYS, { '>', KEY_GO_RIGHT }, "move",
	  "columns: further right", "In the list of columns: this one goes to the right." },
	{ ACTION_COLUMNS, PAGE_TABLE, ALWAYS, { 'c' }, "columns", "choose columns",
	  "Choose your own columns." },
	{ ACTION_RESET, VCPUS, ALWAYS, { 'r' }, "reset", "totals start anew",
	  "Totals and times start anew." },
	{ ACTION_INTERVAL, VCPUS, ALWAYS, { 'd' }, "delay", "time between frames",
	  "Enter the seconds between two frames." },
	{ ACTION_WRITE, VCPUS, ALWAYS, { 'w' }, "write", "write this frame to a file",
	  "Write what is shown, all rows and hits of it, into a new file in the working directory; the last line tells its name." },
	{ ACTION_DOWN, LISTS, ALWAYS, { KEY_GO_DOWN, 'j' }, NULL, "down", "A row down." },
	{ ACTION_UP, LISTS, ALWAYS, { KEY_GO_UP, 'k' }, NULL, "up", "A row up." },
	{ ACTION_PAGE_DOWN, LISTS, ALWAYS, { KEY_CTRL('F'), KEY_GO_PAGE_DOWN }, NULL, "page down",
	  "A page down." },
	{ ACTION_PAGE_UP, LISTS, ALWAYS, { KEY_CTRL('B'), KEY_GO_PAGE_UP }, NULL, "page up",
	  "A page up." },
	{ ACTION_FIRST, LISTS, ALWAYS, { KEY_GO_HOME, 'g' }, NULL, "first row",
	  "To the first row." },
	{ ACTION_LAST, LISTS, ALWAYS, { KEY_GO_END, 'G' }, NULL, "last row",
	  "To the last row." },
	{ ACTION_NONE, 0, ALWAYS, { 0 }, NULL, NULL, NULL },
};

bool action_possible(const struct action_info *info, enum page page, bool replay)
{
	return info->pages & page && info->when != (replay ? LIVE_ONLY : REPLAY_ONLY);
}

enum action action_of(int key, enum page page, bool replay)
{
	const struct action_info *info;
	int i;

	for (info = action_infos; info->action; info++)
		for (i = 0; i < MAX_KEYS && info->keys[i]; i++)
			if (info->keys[i] == key && action_possible(info, page, replay))
				return info->action;
	return ACTION_NONE;
}

const char *key_text(int key, char *text, size_t size)
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ ' ', "Space" }, { '\t', "Tab" }, { KEY_RETURN, "Enter" }, { KEY_ESCAPE, "Esc" },
		{ KEY_GO_UP, "Up" }, { KEY_GO_DOWN, "Down" }, { KEY_GO_LEFT, "Left" },
		{ KEY_GO_RIGHT, "Right" }, { KEY_GO_PAGE_UP, "PgUp" },
		{ KEY_GO_PAGE_DOWN, "PgDn" }, { KEY_GO_HOME, "Home" }, { KEY_GO_END, "End" },
		{ KEY_HELP_F1, "F1" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].key == key)
			return names[i].name;
	if (key < ' ')
		snprintf(text, size, "^%c", key + '@');
	else
		snprintf(text, size, "%c", key);
	return text;
}

void action_keys(const struct action_info *info, char *text, size_t size)
{
	size_t len = 0;
	char one[8];
	int i;

	*text = 0;
	for (i = 0; i < MAX_KEYS && info->keys[i] && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s", i ? " " : "",
				key_text(info->keys[i], one, sizeof(one)));
}

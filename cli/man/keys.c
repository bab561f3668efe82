// SPDX-License-Identifier: GPL-2.0-only
/* The keys of kvmdbg top for its manual, from the table that the program has: see `make man`. */
#include <stdio.h>

#include "actions.h"

static void print(enum when when)
{
	const struct action_info *info;
	char one[8];
	int i;

	for (info = action_infos; info->action; info++) {
		if ((info->when == REPLAY_ONLY) != (when == REPLAY_ONLY))
			continue;
		printf(".TP\n.BR");
		for (i = 0; i < MAX_KEYS && info->keys[i]; i++)
			printf("%s %s", i ? " \", \"" : "", key_text(info->keys[i], one, sizeof(one)));
		printf("\n%s\n", info->manual);
	}
}

int main(void)
{
	print(ALWAYS);
	printf(".PP\nIn a replay, which pauses at its end:\n");
	print(REPLAY_ONLY);
	return 0;
}

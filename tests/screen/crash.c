// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg with a defect: the program dies while it draws, see tests/screen/30-end.sh. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"

int __real_screen_draw(const struct canvas *canvas);
int __wrap_screen_draw(const struct canvas *canvas);

int __wrap_screen_draw(const struct canvas *canvas)
{
	const char *defect = getenv("KVMDBG_CRASH");
	volatile int *volatile nowhere = NULL;
	static int drawn;

	if (drawn++ == 2 && defect && !strcmp(defect, "segv"))
		*nowhere = 0;
	if (drawn > 2 && defect && !strcmp(defect, "abort"))
		abort();
	return __real_screen_draw(canvas);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "history.h"

void hit_show(struct shown_hit *shown, const struct model *model, const struct kvmdbg_hit *hit)
{
	const struct model_vm *vm = model_vm_of(model, hit);
	const struct symbols *symbols = vm ? vm->symbols : NULL;

	shown->hit = *hit;
	shown->kinds = model->kinds(hit);
	snprintf(shown->vm, sizeof(shown->vm), "%s", vm ? vm->name : "?");
	symbols_text(symbols, hit->pc, shown->symbol, sizeof(shown->symbol));
	symbols_text(shown->kinds & WATCH_KINDS ? symbols : NULL, hit->addr, shown->addr_symbol,
		     sizeof(shown->addr_symbol));
}

void history_take(struct history *history, const struct model *model)
{
	size_t i, first = model->nr_hits > HISTORY_HITS ? model->nr_hits - HISTORY_HITS : 0;

	for (i = 0; i < model->nr_hits && history->nr_strays < HISTORY_STRAYS; i++)
		if (model->hits[i].origin == KVMDBG_STRAY)
			hit_show(&history->strays[history->nr_strays++], model, &model->hits[i]);
	for (i = first; i < model->nr_hits; i++)
		hit_show(&history->hits[history->nr++ % HISTORY_HITS], model, &model->hits[i]);
}

void history_acknowledge(struct history *history)
{
	history->nr_strays = 0;
}

const struct shown_hit *history_hit(const struct history *history, size_t age)
{
	if (age >= history->nr || age >= HISTORY_HITS)
		return NULL;
	return &history->hits[(history->nr - 1 - age) % HISTORY_HITS];
}

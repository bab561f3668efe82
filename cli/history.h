/* SPDX-License-Identifier: GPL-2.0-only */
/* Hits that stay on the screen after the frame that they came in. */
#ifndef KVMDBG_HISTORY_H
#define KVMDBG_HISTORY_H

#include "model.h"
#include "symbols.h"

#define HISTORY_HITS	512
#define HISTORY_STRAYS	64

/**
 * struct shown_hit - a hit, and what is known of it
 * @hit: as it came
 * @kinds: mask of enum kvmdbg_kind
 * @vm: name of its VM, which may be gone by now
 * @symbol: what is known of its place, escaped, or empty
 * @addr_symbol: the same of the data that a watchpoint is of
 */
struct shown_hit {
	struct kvmdbg_hit hit;
	uint32_t kinds;
	char vm[VM_NAME_SIZE];
	char symbol[SYMBOL_SIZE];
	char addr_symbol[SYMBOL_SIZE];
};

/**
 * struct history - the last hits
 * @hits: a ring
 * @nr: how many there were ever, the next one goes to that place
 * @strays: the first ones of unasked events since history_acknowledge()
 * @nr_strays: how many
 */
struct history {
	struct shown_hit hits[HISTORY_HITS];
	size_t nr;
	struct shown_hit strays[HISTORY_STRAYS];
	size_t nr_strays;
};

/** hit_show - what is known of a hit */
void hit_show(struct shown_hit *shown, const struct model *model, const struct kvmdbg_hit *hit);

/** history_take - the hits of a frame */
void history_take(struct history *history, const struct model *model);

/** history_acknowledge - the user has seen the unasked ones */
void history_acknowledge(struct history *history);

/** history_hit - by age, 0 is the last one; NULL if it is not kept */
const struct shown_hit *history_hit(const struct history *history, size_t age);

#endif /* KVMDBG_HISTORY_H */

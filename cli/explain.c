// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg explain: what is known of stray events, and of the values of debug registers. */
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "commands.h"
#include "lines.h"
#include "output.h"
#include "recfile.h"
#include "sentences.h"
#include "session.h"
#include "symbols.h"
#include "util.h"

#define FRAME_NS	200000000ULL
#define DEFAULT_HITS	1000
/* Places that are remembered, and of them those with stray events; with room for a hash of them. */
#define MAX_PLACES	4096
#define MAX_STRAYS	1024
#define TABLE_SIZE	(2 * MAX_PLACES)

/* struct count - hits of a place: how many, and when the last one was */
struct count {
	uint64_t hits, last_ns;
};

/*
 * struct place - where something has hit
 * @vm: name of the VM, escaped
 * @at: address of the instruction, of a watchpoint that of the data
 * @watch: it is data
 * @by: hits by enum kvmdbg_origin
 */
struct place {
	char vm[VM_NAME_SIZE];
	uint64_t at;
	bool watch;
	struct count by[KVMDBG_NR_ORIGINS];
};

/*
 * struct stray - stray events of a place that are alike
 * @place: its number
 * @hit: the first one
 * @count: how many
 * @where: of its address, symbol and source line, escaped
 * @before: hits of the place by others before the first one
 */
struct stray {
	size_t place;
	struct kvmdbg_hit hit;
	uint64_t count;
	char where[SYMBOL_SIZE + LINE_SIZE + 8];
	struct count before[KVMDBG_NR_ORIGINS];
};

struct explain_options {
	struct watch_options watch;
	struct guest_options guests;
	struct explain_values values;
	unsigned int nr_values;
	const char *path;
	uint64_t duration_ns;
	bool verbose;
};

/*
 * struct explain - a run
 * @options: command line
 * @model: feeds us
 * @places: what has hit where
 * @nr_places: how many
 * @table: by hash: number of a place, from 1
 * @forgotten: hits of further places
 * @strays: in the order in which they came
 * @nr_strays: how many
 * @more_strays: further ones
 * @told: the first of @strays that is still to be told
 * @counted: stray events in all
 * @kept: of these, those with a hit
 */
struct explain {
	struct explain_options options;
	struct model model;
	struct place *places;
	size_t nr_places;
	uint32_t *table;
	uint64_t forgotten;
	struct stray *strays;
	size_t nr_strays;
	uint64_t more_strays;
	size_t told;
	uint64_t counted;
	uint64_t kept;
};

/* NULL if there is no room for another one. */
static struct place *place_of(struct explain *e, const struct kvmdbg_hit *hit, const char *vm)
{
	const uint32_t kinds = e->model.kinds(hit);
	const bool watch = kinds & WATCH_KINDS;
	const uint64_t at = hit_address(hit, kinds);
	uint64_t hash = (at ^ (uint64_t)watch << 63) * 0x9e3779b97f4a7c15;
	struct place *place;
	uint32_t *entry;
	const char *s;

	for (s = vm; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3;
	for (hash >>= 32;; hash++) {
		entry = &e->table[hash % TABLE_SIZE];
		if (!*entry)
			break;
		place = &e->places[*entry - 1];
		if (place->at == at && place->watch == watch && !strcmp(place->vm, vm))
			return place;
	}
	if (e->nr_places == MAX_PLACES)
		return NULL;
	place = &e->places[e->nr_places++];
	*entry = e->nr_places;
	*place = (struct place){ .at = at, .watch = watch };
	snprintf(place->vm, sizeof(place->vm), "%s", vm);
	return place;
}

static void add_stray(struct explain *e, const struct kvmdbg_hit *hit, const struct place *place,
		      const struct symbols *symbols)
{
	char name[SYMBOL_SIZE], line[LINE_SIZE];
	struct stray *stray;
	size_t i;

	for (i = 0; i < e->nr_strays; i++) {
		stray = &e->strays[i];
		if (stray->place == (size_t)(place - e->places) && stray->hit.raw == hit->raw &&
		    stray->hit.pc == hit->pc && stray->hit.vcpu == hit->vcpu &&
		    stray->hit.flags == hit->flags) {
			stray->count++;
			return;
		}
	}
	if (e->nr_strays == MAX_STRAYS) {
		e->more_strays++;
		return;
	}
	stray = &e->strays[e->nr_strays++];
	*stray = (struct stray){ .place = place - e->places, .hit = *hit, .count = 1 };
	symbols_text(symbols, hit->pc, name, sizeof(name));
	symbols_line(symbols, hit->pc, line, sizeof(line));
	snprintf(stray->where, sizeof(stray->where), "%s%s%s%s%s", *name ? " <" : "", name,
		 *name ? ">" : "", *line ? " " : "", line);
	memcpy(stray->before, place->by, sizeof(stray->before));
}

/* The hits of a frame, oldest first. */
static void add_hits(struct explain *e)
{
	const struct kvmdbg_config *config = &e->options.watch.config;
	size_t i;

	for (i = 0; i < e->model.nr_vcpus; i++) {
		const struct model_vcpu *vcpu = e->model.vcpus[i];

		if (vcpu->vm->shown && (config->tgid == KVMDBG_ANY || config->tgid == vcpu->vm->pid) &&
		    (config->vcpu == KVMDBG_ANY || config->vcpu == vcpu->id))
			e->counted += vcpu->delta.origin[KVMDBG_STRAY];
	}
	for (i = 0; i < e->model.nr_hits; i++) {
		const struct kvmdbg_hit *hit = &e->model.hits[i];
		const struct model_vm *vm = model_vm_of(&e->model, hit);
		struct place *place;

		if ((config->tgid != KVMDBG_ANY && config->tgid != hit->tgid) ||
		    (config->vcpu != KVMDBG_ANY && config->vcpu != hit->vcpu))
			continue;
		place = place_of(e, hit, vm ? vm->name : "?");
		e->kept += hit->origin == KVMDBG_STRAY;
		if (!place) {
			e->forgotten++;
			e->more_strays += hit->origin == KVMDBG_STRAY;
			continue;
		}
		if (hit->origin == KVMDBG_STRAY)
			add_stray(e, hit, place, vm ? vm->symbols : NULL);
		if (hit->origin < KVMDBG_NR_ORIGINS) {
			place->by[hit->origin].hits++;
			place->by[hit->origin].last_ns = hit->time_ns;
		}
	}
}

static double seconds_between(uint64_t from, uint64_t to)
{
	return to > from ? (to - from) / 1e9 : 0;
}

/* What others had there; @after is known once all has been read. */
static void put_others(const struct explain *e, const struct stray *stray, bool after)
{
	static const char *const who[KVMDBG_NR_ORIGINS] = {
		[KVMDBG_USER] = "User space", [KVMDBG_GUEST] = "The guest",
	};
	const struct place *place = &e->places[stray->place];
	const char *what = place->watch ? "data" : "instruction";
	uint64_t later;
	bool any = false;
	int i;

	for (i = 0; i < KVMDBG_NR_ORIGINS; i++) {
		if (!who[i])
			continue;
		if (stray->before[i].hits) {
			printf("  %s had armed something for this %s before: %llu hits are known, the last one %.6f s earlier.\n",
			       who[i], what, (unsigned long long)stray->before[i].hits,
			       seconds_between(stray->before[i].last_ns, stray->hit.time_ns));
			any = true;
		}
		later = place->by[i].hits - stray->before[i].hits;
		if (after && later) {
			printf("  %s has armed something for this %s since: %llu hits are known, the last one %.6f s later.\n",
			       who[i], what, (unsigned long long)later,
			       seconds_between(stray->hit.time_ns, place->by[i].last_ns));
			any = true;
		}
	}
	if (!any)
		printf("  No hit of anybody else is known for this %s%s.\n", what,
		       e->model.dropped_hits || e->forgotten ?
		       "; there may have been some, as not all hits are kept" : "");
}

static void put_stray(const struct explain *e, const struct stray *stray, bool after)
{
	const struct place *place = &e->places[stray->place];
	const struct kvmdbg_hit *hit = &stray->hit;
	const uint32_t kinds = e->model.kinds(hit);
	char text[128];

	kinds_text(&e->model, text, sizeof(text), kinds);
	put_text(stdout, place->vm);
	printf(" vCPU %u: stray %s at 0x%llx", hit->vcpu, text, (unsigned long long)hit->pc);
	put_text(stdout, stray->where);
	if (place->watch)
		printf(", data 0x%llx", (unsigned long long)hit->addr);
	if (after && stray->count > 1)
		printf(", %llu times", (unsigned long long)stray->count);
	printf(", %s %.6f s\n", stray->count > 1 ? "first at" : "at",
	       seconds_between(e->model.start_ns, hit->time_ns));
	explain_stray(stdout, e->model.raw_name, hit->raw, kinds,
		      e->model.slots ? e->model.slots(hit) : 0);
	put_others(e, stray, after);
}

static void put_end(const struct explain *e)
{
	if (!e->counted && !e->kept) {
		puts("No stray events.");
		return;
	}
	if (e->counted > e->kept)
		printf("%s%llu stray events were counted; nothing else is known of them, they were not kept as single hits.\n",
		       e->kept ? "Further " : "",
		       (unsigned long long)(e->counted - e->kept));
	if (e->more_strays)
		printf("%llu further stray events at other places are not told.\n",
		       (unsigned long long)e->more_strays);
}

static int explain_file(struct explain *e, struct guests *guests)
{
	struct recording *recording = NULL;
	struct frame_sink sink;
	int ret = recording_open(&recording, e->options.path);
	size_t i;

	if (ret)
		return ret;
	recording_guests(recording, guests);
	if (!model_init(&e->model, recording_start_ns(recording))) {
		ret = complain(EXIT_IO, "no memory");
		goto out;
	}
	recording_setup_model(recording, &e->model);
	e->model.vm_filter = e->options.watch.vm;
	sink = model_sink(&e->model);
	while (recording_next(recording, &sink))
		add_hits(e);
	if (recording_damage(recording) && !recording_windows(recording)) {
		ret = complain(EXIT_IO, "%s: is %s: it holds no window", recording_name(recording),
			       recording_damage(recording));
		goto out;
	}
	for (i = 0; i < e->nr_strays; i++)
		put_stray(e, &e->strays[i], true);
	put_end(e);
	if (recording_damage(recording))
		complain(0, "%s: is %s: the first %llu windows can be read",
			 recording_name(recording), recording_damage(recording),
			 (unsigned long long)recording_windows(recording));
out:
	model_free(&e->model);
	recording_close(recording);
	return ret;
}

/* Reads a signal; true if it tells us to end. */
static bool told_to_end(int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD && info.ssi_signo != SIGWINCH)
			return true;
	return false;
}

static int explain_loop(struct explain *e, struct session *session, int signals)
{
	struct frame_sink sink = model_sink(&e->model);
	struct pollfd fd = { .fd = signals, .events = POLLIN };
	const uint64_t end = e->options.duration_ns ?
			     monotonic_ns() + e->options.duration_ns : UINT64_MAX;
	bool done = false;
	uint64_t now;
	int ret = EXIT_OK;

	while (!ret && !done) {
		now = monotonic_ns();
		if (now < end && poll(&fd, 1, FRAME_NS / 1000000) < 0 && errno != EINTR)
			return complain(EXIT_IO, "poll: %s", strerror(errno));
		done = now >= end || told_to_end(signals);
		ret = session_frame(session, &sink);
		if (ret)
			break;
		add_hits(e);
		for (; e->told < e->nr_strays; e->told++)
			put_stray(e, &e->strays[e->told], false);
		ret = flush_stdout();
	}
	if (!ret)
		put_end(e);
	return ret;
}

static int explain_live(struct explain *e, struct guests *guests)
{
	struct session *session = NULL;
	int signals = open_signals(), ret;

	if (signals < 0)
		return EXIT_FEATURE;
	ret = session_open(&session, &e->options.watch.config, false, e->options.verbose);
	if (ret)
		goto out;
	if (!model_init(&e->model, monotonic_ns())) {
		ret = complain(EXIT_IO, "no memory");
		goto out;
	}
	session_setup_model(session, &e->model);
	e->model.guests = guests;
	e->model.vm_filter = e->options.watch.vm;
	complain(0, "watching (%s)", e->model.backend);
	ret = explain_loop(e, session, signals);
out:
	model_free(&e->model);
	session_close(session);
	close(signals);
	return ret;
}

static const struct argp_option explain_argp_options[] = {
	{ "duration", 'd', "SECS", 0, "Of this host: end after SECS seconds, 0.001 to 86400", 0 },
	{ "verbose", 'v', NULL, 0, "Tell what is loaded into the kernel", 2 },
	{ 0 },
};

static error_t explain_option(int key, char *arg, struct argp_state *state)
{
	struct explain_options *options = state->input;
	char why[128], shown[64];

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->watch;
		state->child_inputs[1] = &options->guests;
		return 0;
	case 'd':
		delay_option(state, arg, &options->duration_ns);
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		escape(shown, sizeof(shown), arg, strlen(arg));
		if (explain_parse(&options->values, arg, why, sizeof(why))) {
			options->nr_values++;
		} else if (strchr(arg, '=') &&
			   (!strncasecmp(arg, "db", 2) || !strncasecmp(arg, "dr", 2))) {
			argp_error(state, "'%s': %s", shown, why);
		} else {
			if (options->path)
				argp_error(state, "'%s': one FILE only", shown);
			options->path = arg;
		}
		if (options->path && options->nr_values)
			argp_error(state, "'%s': either a FILE or values", shown);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child explain_children[] = {
	{ &watch_argp, 0, NULL, 1 }, { &guests_argp, 0, NULL, 1 }, { 0 }
};

const struct argp explain_argp = {
	.options = explain_argp_options,
	.parser = explain_option,
	.children = explain_children,
	.args_doc = "[FILE]\nREGISTER=VALUE [REGISTER=VALUE]",
	.doc = "Say in sentences what is known of stray debug events, those that nobody armed: of a recording, or, without FILE, of this host as they come; or what the value of a register says: dbsr, dbcr0, dr6, dr7.\vSee kvmdbg-explain(1).",
};

int explain_main(int argc, char **argv)
{
	static struct explain explain;
	struct guests *guests = NULL;
	int ret;

	watch_parse(&explain_argp, argc, argv, 0, &explain.options.watch, DEFAULT_HITS,
		    &explain.options);
	if (explain.options.nr_values) {
		explain_values(stdout, &explain.options.values);
		return EXIT_OK;
	}
	explain.places = calloc(MAX_PLACES, sizeof(*explain.places));
	explain.strays = calloc(MAX_STRAYS, sizeof(*explain.strays));
	explain.table = calloc(TABLE_SIZE, sizeof(*explain.table));
	ret = explain.places && explain.strays && explain.table ?
	      guests_open(&guests, &explain.options.guests, !explain.options.path) :
	      complain(EXIT_IO, "no memory");
	if (!ret)
		ret = explain.options.path ? explain_file(&explain, guests) :
					     explain_live(&explain, guests);
	guests_close(guests);
	free(explain.places);
	free(explain.strays);
	free(explain.table);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A header, then blocks that each stand for themselves: type, length, checksum, contents.  What
 * is in the file up to a place can be read whatever became of the rest.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "guests.h"
#include "recfile.h"
#include "util.h"
#include "vmname.h"

#define HEADER_SIZE	16
#define BLOCK_HEADER	12

/* Neither text nor what transfers as text leave alone. */
static const unsigned char magic[8] = { 0x8f, 'K', 'V', 'M', 'D', '\r', '\n', 0x1a };

#define FOURCC(a, b, c, d)	((uint32_t)(a) | (b) << 8 | (c) << 16 | (uint32_t)(d) << 24)
#define BLOCK_ENV		FOURCC('E', 'N', 'V', ' ')
#define BLOCK_WINDOW		FOURCC('W', 'I', 'N', 'D')
#define BLOCK_END		FOURCC('E', 'N', 'D', ' ')

/* struct kvmdbg_hit.pad of a hit that waits to be written */
#define HIT_EXCESS	1	/* more than a window may have: counted only */
#define HIT_CARRIED	2	/* its vCPU was not known in the last window */

/* Of a vCPU in a window. */
#define VCPU_NEW	1
#define VCPU_GONE	2

#define NR_COUNTERS	(sizeof(struct counters) / sizeof(uint64_t))
#define MAX_TEXT	8192
#define MAX_ENV		1024
/* A window that is longer than a year is none. */
#define MAX_STEP_NS	(366 * 86400 * 1000000000ULL)

/* Bytes that are written; once there is no memory nothing more is added. */
struct buffer {
	unsigned char *data;
	size_t len, room;
	bool failed;
};

static void put_bytes(struct buffer *buffer, const void *bytes, size_t len)
{
	unsigned char *data;
	size_t room = buffer->room ? buffer->room : 4096;

	while (room - buffer->len < len)
		room *= 2;
	if (room != buffer->room) {
		data = realloc(buffer->data, room);
		if (!data) {
			buffer->failed = true;
			return;
		}
		buffer->data = data;
		buffer->room = room;
	}
	if (len)
		memcpy(buffer->data + buffer->len, bytes, len);
	buffer->len += len;
}

/* Seven bits a byte, lowest first; the last byte has the highest bit clear. */
static void put_number(struct buffer *buffer, uint64_t value)
{
	unsigned char bytes[10];
	size_t n = 0;

	while (value >= 0x80) {
		bytes[n++] = value | 0x80;
		value >>= 7;
	}
	bytes[n++] = value;
	put_bytes(buffer, bytes, n);
}

/* A difference, either way: small ones are short. */
static void put_signed(struct buffer *buffer, uint64_t value)
{
	put_number(buffer, value << 1 ^ (value >> 63 ? UINT64_MAX : 0));
}

static void put_text(struct buffer *buffer, const char *text)
{
	size_t len = strlen(text);

	put_number(buffer, len);
	put_bytes(buffer, text, len);
}

static void store32(unsigned char *bytes, uint32_t value)
{
	bytes[0] = value;
	bytes[1] = value >> 8;
	bytes[2] = value >> 16;
	bytes[3] = value >> 24;
}

static uint32_t load32(const unsigned char *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint32_t checksum(const unsigned char *header, const unsigned char *bytes, size_t len)
{
	return crc32(crc32(0, header, 8), bytes, len);
}

/*
 * struct recorder_slot - a vCPU as it is in the file
 * @live: it is
 * @gone: and this was its last window
 * @shown: it passes the filter
 * @vm: number of its VM
 * @raw: counters as written
 * @classes: histograms as written, NULL for none yet
 * @kept_out: hits that there was no room for
 */
struct recorder_slot {
	bool live, gone, shown;
	uint64_t vm;
	struct kvmdbg_vcpu raw;
	struct kvmdbg_hist *classes[NR_CLASSES];
	uint64_t kept_out;
};

struct recorder {
	char *path;
	char shown[256];
	int fd;
	bool created;
	bool started;
	uint64_t written;
	int status;
	const struct backend *backend;
	const struct guests *guests;
	const char *vm_filter;
	uint64_t time_ns;
	uint64_t next_vm;
	struct recorder_slot *slots[KVMDBG_MAX_VCPUS];
	struct kvmdbg_hit *hits;
	size_t nr_hits, max_hits, room_hits;
	size_t early_hits;
	struct buffer env;
	struct buffer window;
	struct buffer entries;
	uint64_t nr_entries;
	uint64_t now_ns;
	struct recorder_totals totals;
};

int recorder_open(struct recorder **result, const char *path, bool force)
{
	struct recorder *r = calloc(1, sizeof(*r));
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC;

	if (r)
		r->path = strdup(path);
	if (!r || !r->path) {
		free(r);
		return complain(EXIT_IO, "no memory");
	}
	escape(r->shown, sizeof(r->shown), path, strlen(path));
	r->fd = open(path, flags | O_EXCL, 0666);
	if (r->fd < 0 && errno == EEXIST && force)
		r->fd = open(path, flags, 0666);
	else
		r->created = r->fd >= 0;
	if (r->fd < 0) {
		complain(EXIT_IO, errno == EEXIST ?
			 "%s: is there already: choose another name, or overwrite it with --force" :
			 "cannot write %s: %s", r->shown, strerror(errno));
		recorder_close(r);
		return EXIT_IO;
	}
	*result = r;
	return EXIT_OK;
}

void recorder_env(struct recorder *r, const char *key, const char *fmt, ...)
{
	char text[MAX_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_text(&r->env, key);
	put_text(&r->env, text);
}

/* Once something went wrong nothing more is written: what is in the file is whole. */
static int recorder_fail(struct recorder *r, const char *why)
{
	if (!r->status && r->started)
		complain(EXIT_IO, "cannot write %s: %s: it has the first %.3f s", r->shown, why,
			 r->totals.time_ns / 1e9);
	else if (!r->status)
		complain(EXIT_IO, "cannot write %s: %s", r->shown, why);
	r->status = EXIT_IO;
	return EXIT_IO;
}

static int write_all(struct recorder *r, const unsigned char *bytes, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(r->fd, bytes + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int err = n ? errno : EIO;

			/* A block in part is worth nothing; where this fails, readers skip it. */
			if (ftruncate(r->fd, r->written))
				r->written += done;
			return recorder_fail(r, strerror(err));
		}
		done += n;
	}
	r->written += len;
	return EXIT_OK;
}

/* In one call, so that who is killed leaves whole blocks behind. */
static int write_block(struct recorder *r, uint32_t type, const struct buffer *contents)
{
	unsigned char header[BLOCK_HEADER];
	struct buffer block = { 0 };
	int ret;

	if (r->status)
		return r->status;
	if (contents->failed || contents->len > REC_MAX_BLOCK)
		return recorder_fail(r, contents->failed ? "no memory" : "too much in one window");
	store32(header, type);
	store32(header + 4, contents->len);
	store32(header + 8, checksum(header, contents->data, contents->len));
	put_bytes(&block, header, sizeof(header));
	put_bytes(&block, contents->data, contents->len);
	ret = block.failed ? recorder_fail(r, "no memory") : write_all(r, block.data, block.len);
	free(block.data);
	return ret;
}

void recorder_guests(struct recorder *r, const struct guests *guests)
{
	r->guests = guests;
}

int recorder_start(struct recorder *r, const struct backend *backend, uint32_t isa, uint32_t lacks,
		   uint64_t start_ns, const char *vm_filter, size_t max_hits)
{
	unsigned char header[HEADER_SIZE];
	struct latency_class class;
	char key[32];
	unsigned int i;
	int ret;

	r->backend = backend;
	r->vm_filter = vm_filter;
	r->time_ns = start_ns;
	r->max_hits = max_hits;
	recorder_env(r, "start_ns", "%llu", (unsigned long long)start_ns);
	recorder_env(r, "raw_name", "%s", backend->raw_name);
	recorder_env(r, "lacks", "%u", lacks);
	for (i = 0; backend->kind_names && i < KVMDBG_NR_KINDS; i++) {
		snprintf(key, sizeof(key), "kind.%u", i);
		recorder_env(r, key, "%s", backend->kind_names[i] ? backend->kind_names[i] : "");
	}
	for (i = 0; i < NR_CLASSES; i++) {
		class = backend->latency_class(i, isa);
		if (!class.flags)
			continue;
		snprintf(key, sizeof(key), "class.%u", i);
		recorder_env(r, key, "%u %s", class.flags, class.name);
	}
	/* What was there before goes away now, when nothing else can go wrong. */
	if (!r->created && ftruncate(r->fd, 0) && errno != EINVAL)
		return recorder_fail(r, strerror(errno));
	memcpy(header, magic, sizeof(magic));
	store32(header + 8, REC_VERSION);
	store32(header + 12, crc32(0, header, 12));
	ret = write_all(r, header, sizeof(header));
	if (!ret)
		ret = write_block(r, BLOCK_ENV, &r->env);
	r->started = !ret;
	return ret;
}

static void recorder_begin(void *ctx, uint64_t now_ns)
{
	struct recorder *r = ctx;

	size_t i;

	r->now_ns = now_ns;
	r->entries.len = 0;
	r->nr_entries = 0;
	r->early_hits = r->nr_hits;
	for (i = r->max_hits; i < r->nr_hits; i++)
		r->hits[i].pad |= HIT_EXCESS;
}

static bool is_hit_of(const struct kvmdbg_hit *hit, const struct kvmdbg_vcpu *raw)
{
	return hit->vm == raw->vm && hit->tgid == raw->tgid && hit->vcpu == raw->id;
}

/* Hits that are not to be written: they count as dropped, in the same window. */
static uint64_t take_excess(struct recorder *r, const struct kvmdbg_vcpu *raw)
{
	uint64_t taken = 0;
	size_t i, kept = r->max_hits;

	for (i = kept; i < r->early_hits; i++) {
		if (is_hit_of(&r->hits[i], raw))
			taken++;
		else
			r->hits[kept++] = r->hits[i];
	}
	if (taken) {
		r->early_hits = kept;
		r->nr_hits = kept;
	}
	return taken;
}

/* The number of the VM that a vCPU is of; VMs whose vCPUs are all gone are forgotten. */
static uint64_t vm_number(struct recorder *r, const struct kvmdbg_vcpu *raw)
{
	unsigned int i;

	for (i = 0; i < KVMDBG_MAX_VCPUS; i++) {
		const struct recorder_slot *slot = r->slots[i];

		if (slot && slot->live && slot->raw.vm == raw->vm && slot->raw.tgid == raw->tgid)
			return slot->vm;
	}
	return ++r->next_vm;
}

static struct recorder_slot *new_slot(struct recorder *r, uint32_t i,
				      const struct kvmdbg_vcpu *raw, char *name)
{
	struct recorder_slot *slot = r->slots[i];

	if (!slot)
		slot = r->slots[i] = calloc(1, sizeof(*slot));
	if (!slot)
		return NULL;
	vcpu_vm_name(NULL, raw, name, VM_NAME_SIZE);
	guests_rename(r->guests, raw->tgid, name, VM_NAME_SIZE);
	slot->shown = !r->vm_filter || !fnmatch(r->vm_filter, name, FNM_NOESCAPE);
	slot->vm = vm_number(r, raw);
	slot->live = true;
	slot->raw.vm = raw->vm;
	slot->raw.tgid = raw->tgid;
	slot->raw.id = raw->id;
	return slot;
}

static uint64_t put_counters(struct buffer *out, const struct counters *before,
			     const struct counters *now)
{
	struct counters delta;
	const uint64_t *values = (const uint64_t *)&delta;
	uint64_t count = 0;
	size_t i;

	counters_sub(&delta, now, before);
	for (i = 0; i < NR_COUNTERS; i++)
		count += values[i] != 0;
	put_number(out, count);
	for (i = 0; i < NR_COUNTERS; i++) {
		if (!values[i])
			continue;
		put_number(out, i);
		put_number(out, values[i]);
	}
	return count;
}

static void put_hist(struct buffer *out, const struct kvmdbg_hist *before,
		     const struct kvmdbg_hist *now)
{
	unsigned int i, last = 0, count = 0;

	put_number(out, now->sum - before->sum);
	put_number(out, now->max);
	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++)
		count += now->buckets[i] != before->buckets[i];
	put_number(out, count);
	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++) {
		if (now->buckets[i] == before->buckets[i])
			continue;
		put_number(out, i - last);
		put_number(out, now->buckets[i] - before->buckets[i]);
		last = i;
	}
}

static bool put_classes(struct recorder *r, struct recorder_slot *slot,
			const struct kvmdbg_hist *const *classes, uint64_t *changed)
{
	struct buffer *out = &r->entries;
	unsigned int i;

	*changed = 0;
	for (i = 0; i < NR_CLASSES; i++) {
		if (!classes[i])
			continue;
		if (!slot->classes[i])
			slot->classes[i] = calloc(1, sizeof(*slot->classes[i]));
		if (!slot->classes[i])
			return false;
		*changed += memcmp(slot->classes[i], classes[i], sizeof(*classes[i])) != 0;
	}
	put_number(out, *changed);
	for (i = 0; i < NR_CLASSES; i++) {
		if (!classes[i] || !memcmp(slot->classes[i], classes[i], sizeof(*classes[i])))
			continue;
		put_number(out, i);
		put_hist(out, slot->classes[i], classes[i]);
		*slot->classes[i] = *classes[i];
	}
	return true;
}

static bool recorder_add(void *ctx, uint32_t i, const struct kvmdbg_vcpu *raw,
			 const struct kvmdbg_hist *const *classes)
{
	struct recorder *r = ctx;
	struct recorder_slot *slot = r->slots[i];
	struct buffer *out = &r->entries;
	size_t start = out->len;
	struct counters before, now;
	uint64_t counters, hists;
	char name[VM_NAME_SIZE];
	uint32_t flags = 0;

	if (!slot || !slot->live) {
		slot = new_slot(r, i, raw, name);
		if (!slot)
			return false;
		flags = VCPU_NEW;
	}
	slot->gone = raw->state == KVMDBG_GONE;
	if (!slot->shown)
		return true;
	if (slot->gone)
		flags |= VCPU_GONE;
	put_number(out, i);
	put_number(out, flags);
	if (flags & VCPU_NEW) {
		put_number(out, raw->tgid);
		put_number(out, slot->vm);
		put_number(out, raw->id);
		put_signed(out, raw->born_ns - r->time_ns);
		put_text(out, name);
	}
	counters_of(&before, &slot->raw);
	counters_of(&now, raw);
	slot->kept_out += take_excess(r, raw);
	now.dropped_hits += slot->kept_out;
	r->totals.events += now.debug_exits - before.debug_exits;
	r->totals.dropped += now.dropped_hits - before.dropped_hits;
	counters = put_counters(out, &before, &now);
	if (!put_classes(r, slot, classes, &hists))
		return false;
	slot->raw = *raw;
	slot->raw.dropped_hits = now.dropped_hits;
	/* Nothing is new: readers know what was. */
	if (!flags && !counters && !hists)
		out->len = start;
	else
		r->nr_entries++;
	return true;
}

static int slot_of_hit(const struct recorder *r, const struct kvmdbg_hit *hit)
{
	static int last;
	int i, n;

	for (n = 0; n < KVMDBG_MAX_VCPUS; n++) {
		const struct recorder_slot *slot;

		i = (last + n) % KVMDBG_MAX_VCPUS;
		slot = r->slots[i];
		if (slot && slot->live && is_hit_of(hit, &slot->raw))
			return last = i;
	}
	return -1;
}

static void put_hit(struct buffer *out, const struct backend *backend, int slot,
		    const struct kvmdbg_hit *hit, const struct kvmdbg_hit *before)
{
	uint32_t kinds = backend->kinds(hit);

	put_number(out, slot);
	put_number(out, hit->origin);
	put_signed(out, hit->time_ns - before->time_ns);
	put_signed(out, hit->pc - before->pc);
	put_number(out, kinds);
	put_number(out, backend->slots ? backend->slots(hit) : 0);
	put_number(out, kinds & WATCH_KINDS ? hit->addr : 0);
	put_number(out, hit->raw ^ before->raw);
}

/* Hits of vCPUs that are not known yet stay for the next window, once. */
static void put_hits(struct recorder *r)
{
	struct kvmdbg_hit before = { .time_ns = r->time_ns };
	struct buffer hits = { 0 };
	size_t i, kept = 0, written = 0;
	int slot;

	for (i = 0; i < r->nr_hits; i++) {
		const struct kvmdbg_hit *hit = &r->hits[i];

		slot = slot_of_hit(r, hit);
		if (slot < 0) {
			if (hit->pad)
				r->totals.dropped++;
			else
				r->hits[kept++] = *hit;
			continue;
		}
		if (!r->slots[slot]->shown)
			continue;
		put_hit(&hits, r->backend, slot, hit, &before);
		before = *hit;
		written++;
	}
	for (i = 0; i < kept; i++)
		r->hits[i].pad = HIT_CARRIED;
	r->nr_hits = kept;
	put_number(&r->window, written);
	put_bytes(&r->window, hits.data, hits.len);
	r->window.failed |= hits.failed;
	r->totals.hits += written;
	free(hits.data);
}

static void recorder_finish(void *ctx, uint64_t lost)
{
	struct recorder *r = ctx;
	struct buffer *out = &r->window;
	uint64_t step = r->now_ns - r->time_ns;
	unsigned int i;

	out->len = 0;
	put_number(out, step);
	put_number(out, lost);
	put_number(out, r->nr_entries);
	put_bytes(out, r->entries.data, r->entries.len);
	out->failed |= r->entries.failed;
	put_hits(r);
	if (!write_block(r, BLOCK_WINDOW, out)) {
		r->totals.windows++;
		r->totals.time_ns += step;
		r->totals.lost = lost;
	}
	r->time_ns = r->now_ns;
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++) {
		struct recorder_slot *slot = r->slots[i];
		unsigned int class;

		if (!slot || !slot->gone)
			continue;
		for (class = 0; class < NR_CLASSES; class++)
			free(slot->classes[class]);
		free(slot);
		r->slots[i] = NULL;
	}
}

static void recorder_hit(void *ctx, const struct kvmdbg_hit *hit)
{
	struct recorder *r = ctx;
	struct kvmdbg_hit *hits;
	size_t room;

	if (r->nr_hits == r->room_hits && r->room_hits < MODEL_MAX_HITS) {
		room = r->room_hits ? 2 * r->room_hits : 256;
		hits = realloc(r->hits, room * sizeof(*hits));
		if (hits) {
			r->hits = hits;
			r->room_hits = room;
		}
	}
	if (r->nr_hits == r->room_hits) {
		r->totals.dropped++;
		return;
	}
	r->hits[r->nr_hits] = *hit;
	r->hits[r->nr_hits++].pad = 0;
}

struct frame_sink recorder_sink(struct recorder *recorder)
{
	return (struct frame_sink){ .ctx = recorder, .begin = recorder_begin, .add = recorder_add,
				    .end = recorder_finish, .hit = recorder_hit };
}

int recorder_status(struct recorder *recorder)
{
	return recorder->status;
}

void recorder_get_totals(const struct recorder *recorder, struct recorder_totals *totals)
{
	*totals = recorder->totals;
	totals->bytes = recorder->written;
}

int recorder_end(struct recorder *r, const char *reason, const char *status)
{
	char windows[24];

	r->env.len = 0;
	snprintf(windows, sizeof(windows), "%llu", (unsigned long long)r->totals.windows);
	put_text(&r->env, "windows");
	put_text(&r->env, windows);
	put_text(&r->env, "end");
	put_text(&r->env, reason);
	if (status) {
		put_text(&r->env, "status");
		put_text(&r->env, status);
	}
	return write_block(r, BLOCK_END, &r->env);
}

void recorder_close(struct recorder *r)
{
	unsigned int i, class;

	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	if (r->created && !r->written)
		unlink(r->path);
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++) {
		if (!r->slots[i])
			continue;
		for (class = 0; class < NR_CLASSES; class++)
			free(r->slots[i]->classes[class]);
		free(r->slots[i]);
	}
	free(r->hits);
	free(r->env.data);
	free(r->window.data);
	free(r->entries.data);
	free(r->path);
	free(r);
}

/*
 * struct recording_slot - a vCPU that is read
 * @raw: as the next frame has it
 * @classes: histograms, NULL for none yet
 * @name: of its VM, escaped
 */
struct recording_slot {
	struct kvmdbg_vcpu raw;
	struct kvmdbg_hist *classes[NR_CLASSES];
	char name[VM_NAME_SIZE];
};

struct recording {
	FILE *file;
	char name[256];
	struct guests *guests;
	unsigned char *block;
	size_t block_room;
	uint32_t block_type;
	size_t block_len;
	uint64_t offset;
	uint64_t first_window;
	char damage[320];
	char *keys[MAX_ENV], *values[MAX_ENV];
	size_t nr_env, nr_start_env;
	struct latency_class classes[NR_CLASSES];
	const char *kinds[KVMDBG_NR_KINDS];
	bool own_kinds;
	uint64_t switch_hz;
	uint32_t lacks;
	uint64_t start_ns;
	uint64_t time_ns;
	uint64_t lost;
	uint64_t windows;
	struct recording_slot *slots[KVMDBG_MAX_VCPUS];
	struct kvmdbg_hit *hits;
	size_t nr_hits, room_hits;
};

/* What is left of a block; @bad once something was not what it has to be. */
struct input {
	const unsigned char *at, *end;
	bool bad;
};

static uint64_t get_number(struct input *in)
{
	uint64_t value = 0;
	unsigned int shift;

	for (shift = 0; shift < 64 && in->at < in->end; shift += 7) {
		unsigned char byte = *in->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	in->bad = true;
	in->at = in->end;
	return 0;
}

static uint64_t get_signed(struct input *in)
{
	uint64_t value = get_number(in);

	return value >> 1 ^ (value & 1 ? UINT64_MAX : 0);
}

static uint64_t get_limited(struct input *in, uint64_t most)
{
	uint64_t value = get_number(in);

	if (value > most)
		in->bad = true;
	return in->bad ? 0 : value;
}

/* How many things follow: each takes a byte at least. */
static size_t get_count(struct input *in)
{
	return get_limited(in, in->end - in->at);
}

/* Foreign text. */
static void get_text(struct input *in, char *text, size_t size)
{
	size_t len = get_count(in);

	escape_again(text, size, (const char *)in->at, len);
	in->at += len;
}

static bool is_name(const char *text)
{
	size_t len = strlen(text);

	return len && len < 32 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
		       len;
}

static bool set_env(struct recording *r, const char *key, const char *value)
{
	if (r->nr_env == MAX_ENV)
		return true;
	r->keys[r->nr_env] = strdup(key);
	r->values[r->nr_env] = strdup(value);
	if (!r->keys[r->nr_env] || !r->values[r->nr_env]) {
		free(r->keys[r->nr_env]);
		free(r->values[r->nr_env]);
		return false;
	}
	r->nr_env++;
	return true;
}

static void drop_env(struct recording *r, size_t keep)
{
	while (r->nr_env > keep) {
		r->nr_env--;
		free(r->keys[r->nr_env]);
		free(r->values[r->nr_env]);
	}
}

static bool read_env(struct recording *r)
{
	struct input in = { .at = r->block, .end = r->block + r->block_len };
	static char key[64], value[4 * MAX_TEXT];

	while (in.at < in.end && !in.bad) {
		get_text(&in, key, sizeof(key));
		get_text(&in, value, sizeof(value));
		if (!in.bad && !set_env(r, key, value))
			return false;
	}
	return !in.bad;
}

const char *recording_env(const struct recording *r, const char *key)
{
	size_t i;

	for (i = 0; i < r->nr_env; i++)
		if (!strcmp(r->keys[i], key))
			return r->values[i];
	return NULL;
}

const char *recording_env_at(const struct recording *r, size_t i, const char **key)
{
	if (i >= r->nr_env)
		return NULL;
	*key = r->keys[i];
	return r->values[i];
}

static uint64_t env_number(const struct recording *r, const char *key)
{
	const char *value = recording_env(r, key);

	return value && isdigit((unsigned char)*value) ? strtoull(value, NULL, 10) : 0;
}

/* The part of the environment that tells how to read the rest. */
static void use_env(struct recording *r)
{
	char key[32], *name;
	const char *value;
	unsigned int i;

	r->start_ns = env_number(r, "start_ns");
	r->switch_hz = env_number(r, "switch_hz");
	/* beyond what ticks_to_ns() can do, or any clock does */
	if (r->switch_hz > 10000000000)
		r->switch_hz = 0;
	r->lacks = env_number(r, "lacks");
	for (i = 0; i < KVMDBG_NR_KINDS; i++) {
		snprintf(key, sizeof(key), "kind.%u", i);
		value = recording_env(r, key);
		r->own_kinds |= value != NULL;
		r->kinds[i] = value && is_name(value) ? value : NULL;
	}
	for (i = 0; i < NR_CLASSES; i++) {
		snprintf(key, sizeof(key), "class.%u", i);
		value = recording_env(r, key);
		if (!value || !isdigit((unsigned char)*value))
			continue;
		r->classes[i].flags = strtoul(value, &name, 10);
		if (*name == ' ' && is_name(name + 1))
			strcpy(r->classes[i].name, name + 1);
		else
			r->classes[i].flags = 0;
	}
}

static bool damaged(struct recording *r, const char *what)
{
	snprintf(r->damage, sizeof(r->damage), "%s at byte %llu", what,
		 (unsigned long long)r->offset);
	return false;
}

/* In pieces: a length that is not true must not cost memory. */
static bool read_contents(struct recording *r, size_t len)
{
	size_t done = 0, n;

	while (done < len) {
		n = len - done < 65536 ? len - done : 65536;
		if (r->block_room < done + n) {
			size_t room = 2 * (done + n);
			unsigned char *block = realloc(r->block, room);

			if (!block)
				return damaged(r, "no memory for what is");
			r->block = block;
			r->block_room = room;
		}
		if (fread(r->block + done, 1, n, r->file) != n)
			return damaged(r, ferror(r->file) ? "cannot be read" : "cut short");
		done += n;
	}
	return true;
}

/* The next block that this version knows. */
static bool read_block(struct recording *r)
{
	unsigned char header[BLOCK_HEADER];
	size_t got;

	for (;;) {
		got = fread(header, 1, sizeof(header), r->file);
		if (got != sizeof(header))
			return damaged(r, ferror(r->file) ? "cannot be read" : "cut short");
		r->block_type = load32(header);
		r->block_len = load32(header + 4);
		if (r->block_len > REC_MAX_BLOCK)
			return damaged(r, "damaged");
		if (!read_contents(r, r->block_len))
			return false;
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
		if (load32(header + 8) != checksum(header, r->block, r->block_len))
			return damaged(r, "damaged");
#endif
		if (r->block_type == BLOCK_ENV || r->block_type == BLOCK_WINDOW ||
		    r->block_type == BLOCK_END)
			return true;
		r->offset += BLOCK_HEADER + r->block_len;
	}
}

bool recording_is(const void *bytes, size_t len)
{
	return len >= sizeof(magic) && !memcmp(bytes, magic, sizeof(magic));
}

static int read_header(struct recording *r)
{
	unsigned char header[HEADER_SIZE];
	size_t got = fread(header, 1, sizeof(header), r->file);
	uint32_t version;

	if (ferror(r->file))
		return complain(EXIT_IO, "cannot read %s: %s", r->name, strerror(errno));
	if (!got)
		return complain(EXIT_IO, "%s: is empty", r->name);
	if (!recording_is(header, got))
		return complain(EXIT_IO, "%s: is not a recording of kvmdbg", r->name);
	if (got < sizeof(header))
		return complain(EXIT_IO, "%s: was cut short within its first bytes", r->name);
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	if (load32(header + 12) != crc32(0, header, 12))
		return complain(EXIT_IO, "%s: is damaged at byte 8", r->name);
#endif
	version = load32(header + 8);
	if (version >> 16 != REC_VERSION >> 16)
		return complain(EXIT_IO, "%s: has format %u.%u, this kvmdbg reads %u: use the one that it was made with, or a newer one",
				r->name, version >> 16, version & 0xffff, REC_VERSION >> 16);
	r->offset = HEADER_SIZE;
	if (!read_block(r) || r->block_type != BLOCK_ENV || !read_env(r))
		return complain(EXIT_IO, "%s: is damaged or cut short at byte %d: nothing of it can be read",
				r->name, HEADER_SIZE);
	use_env(r);
	r->nr_start_env = r->nr_env;
	r->offset += BLOCK_HEADER + r->block_len;
	r->first_window = r->offset;
	r->time_ns = r->start_ns;
	return EXIT_OK;
}

int recording_open_stream(struct recording **result, FILE *file, const char *name)
{
	struct recording *r = calloc(1, sizeof(*r));
	int ret;

	if (r) {
		r->block_room = 4096;
		r->block = malloc(r->block_room);
	}
	if (!r || !r->block) {
		free(r);
		fclose(file);
		return complain(EXIT_IO, "no memory");
	}
	r->file = file;
	escape(r->name, sizeof(r->name), name, strlen(name));
	ret = read_header(r);
	if (ret)
		recording_close(r);
	else
		*result = r;
	return ret;
}

int recording_open(struct recording **result, const char *path)
{
	FILE *file = fopen(path, "re");
	char shown[256];

	if (!file) {
		escape(shown, sizeof(shown), path, strlen(path));
		return complain(EXIT_IO, "cannot read %s: %s", shown, strerror(errno));
	}
	return recording_open_stream(result, file, path);
}

static struct recording_slot *read_new(struct recording *r, struct input *in, uint32_t i)
{
	struct recording_slot *slot;

	if (r->slots[i]) {
		in->bad = true;
		return NULL;
	}
	slot = r->slots[i] = calloc(1, sizeof(*slot));
	if (!slot)
		return NULL;
	slot->raw.state = KVMDBG_LIVE;
	slot->raw.tgid = get_limited(in, INT32_MAX);
	slot->raw.vm = get_number(in);
	slot->raw.id = get_limited(in, UINT32_MAX);
	slot->raw.born_ns = r->time_ns + get_signed(in);
	get_text(in, slot->name, sizeof(slot->name));
	return slot;
}

static void add_counters(struct kvmdbg_vcpu *raw, size_t i, uint64_t delta)
{
	struct counters now;
	uint64_t *values = (uint64_t *)&now;

	/* Later versions may have more. */
	if (i >= NR_COUNTERS)
		return;
	counters_of(&now, raw);
	values[i] += delta;
	raw->exits = now.exits;
	raw->debug_exits = now.debug_exits;
	memcpy(raw->events, now.events, sizeof(raw->events));
	memcpy(raw->origin, now.origin, sizeof(raw->origin));
	raw->to_guest = now.to_guest;
	raw->to_host = now.to_host;
	raw->skipped = now.skipped;
	raw->injected = now.injected;
	raw->dropped_hits = now.dropped_hits;
}

static bool read_hist(struct recording *r, struct input *in, struct recording_slot *slot)
{
	struct kvmdbg_hist none, *hist = &none, *whole = NULL;
	int part_of;
	uint64_t class = get_number(in), sum, max;
	size_t count, bucket = 0;
	uint32_t n;

	if (class < NR_CLASSES && !in->bad) {
		if (!slot->classes[class])
			slot->classes[class] = calloc(1, sizeof(*hist));
		hist = slot->classes[class];
		if (!hist)
			return false;
		part_of = class_whole(r->classes[class].flags);
		whole = part_of < 0 ? NULL : &slot->raw.hist[part_of];
	}
	sum = get_number(in);
	max = get_number(in);
	count = get_count(in);
	if (in->bad)
		return true;
	if (hist != &none) {
		hist->sum += sum;
		hist->max = max;
	}
	if (whole) {
		whole->sum += sum;
		if (max > whole->max)
			whole->max = max;
	}
	while (count-- && !in->bad) {
		bucket += get_limited(in, KVMDBG_HIST_BUCKETS);
		n = get_limited(in, UINT32_MAX);
		if (bucket >= KVMDBG_HIST_BUCKETS)
			in->bad = true;
		if (in->bad || hist == &none)
			continue;
		hist->buckets[bucket] += n;
		if (whole)
			whole->buckets[bucket] += n;
	}
	return true;
}

static bool read_vcpu(struct recording *r, struct input *in)
{
	uint32_t i = get_limited(in, KVMDBG_MAX_VCPUS - 1);
	uint64_t flags = get_number(in), index;
	struct recording_slot *slot;
	size_t count;

	if (in->bad)
		return true;
	slot = flags & VCPU_NEW ? read_new(r, in, i) : r->slots[i];
	if (!slot) {
		/* without memory, or never told of */
		in->bad |= !(flags & VCPU_NEW);
		return in->bad;
	}
	for (count = get_count(in); count-- && !in->bad;) {
		index = get_number(in);
		add_counters(&slot->raw, index < NR_COUNTERS ? index : NR_COUNTERS,
			     get_number(in));
	}
	for (count = get_count(in); count-- && !in->bad;)
		if (!read_hist(r, in, slot))
			return false;
	if (flags & VCPU_GONE)
		slot->raw.state = KVMDBG_GONE;
	return true;
}

static bool read_hit(struct recording *r, struct input *in, struct kvmdbg_hit *before)
{
	uint32_t i = get_limited(in, KVMDBG_MAX_VCPUS - 1), kinds, slots;
	struct kvmdbg_hit *hits;

	before->origin = get_limited(in, UINT32_MAX);
	before->time_ns += get_signed(in);
	before->pc += get_signed(in);
	kinds = get_number(in) & 0xffff;
	slots = get_number(in) & 0xffff;
	before->addr = get_number(in);
	before->raw ^= get_limited(in, UINT32_MAX);
	if (!r->slots[i])
		in->bad = true;
	if (in->bad)
		return true;
	before->vm = r->slots[i]->raw.vm;
	before->tgid = r->slots[i]->raw.tgid;
	before->vcpu = r->slots[i]->raw.id;
	before->flags = kinds | slots << 16;
	if (r->nr_hits == r->room_hits) {
		size_t room = r->room_hits ? 2 * r->room_hits : 64;

		hits = realloc(r->hits, room * sizeof(*hits));
		if (!hits)
			return false;
		r->hits = hits;
		r->room_hits = room;
	}
	r->hits[r->nr_hits++] = *before;
	return true;
}

static bool read_window(struct recording *r)
{
	struct input in = { .at = r->block, .end = r->block + r->block_len };
	struct kvmdbg_hit before = { .time_ns = r->time_ns };
	uint64_t step = get_limited(&in, MAX_STEP_NS);
	size_t count;

	r->lost = get_number(&in);
	for (count = get_count(&in); count-- && !in.bad;)
		if (!read_vcpu(r, &in))
			return damaged(r, "no memory for what is");
	r->nr_hits = 0;
	for (count = get_count(&in); count-- && !in.bad;)
		if (!read_hit(r, &in, &before))
			return damaged(r, "no memory for what is");
	if (in.bad)
		return damaged(r, "damaged");
	r->time_ns += step;
	return true;
}

static void drop_slot(struct recording *r, unsigned int i)
{
	unsigned int class;

	if (!r->slots[i])
		return;
	for (class = 0; class < NR_CLASSES; class++)
		free(r->slots[i]->classes[class]);
	free(r->slots[i]);
	r->slots[i] = NULL;
}

bool recording_next(struct recording *r, const struct frame_sink *sink)
{
	unsigned int i;
	size_t n;

	if (*r->damage || r->block_type == BLOCK_END)
		return false;
	if (!read_block(r))
		return false;
	if (r->block_type == BLOCK_END)
		return read_env(r) ? false : damaged(r, "damaged");
	if (r->block_type != BLOCK_WINDOW)
		return damaged(r, "damaged");
	if (!read_window(r))
		return false;
	r->offset += BLOCK_HEADER + r->block_len;
	r->windows++;
	for (n = 0; n < r->nr_hits; n++)
		sink->hit(sink->ctx, &r->hits[n]);
	sink->begin(sink->ctx, r->time_ns);
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++) {
		struct recording_slot *slot = r->slots[i];

		if (!slot)
			continue;
		if (!sink->add(sink->ctx, i, &slot->raw,
			       (const struct kvmdbg_hist *const *)slot->classes))
			return damaged(r, "no memory for what is");
	}
	sink->end(sink->ctx, r->lost);
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++)
		if (r->slots[i] && r->slots[i]->raw.state == KVMDBG_GONE)
			drop_slot(r, i);
	return true;
}

bool recording_rewind(struct recording *r)
{
	unsigned int i;

	if (fseeko(r->file, r->first_window, SEEK_SET)) {
		complain(EXIT_IO, "%s: cannot go back: %s", r->name, strerror(errno));
		return false;
	}
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++)
		drop_slot(r, i);
	drop_env(r, r->nr_start_env);
	*r->damage = 0;
	r->block_type = BLOCK_ENV;
	r->offset = r->first_window;
	r->time_ns = r->start_ns;
	r->windows = 0;
	return true;
}

const char *recording_damage(const struct recording *r)
{
	return *r->damage ? r->damage : NULL;
}

uint64_t recording_windows(const struct recording *r)
{
	return r->windows;
}

uint64_t recording_offset(const struct recording *r)
{
	return r->offset;
}

const char *recording_name(const struct recording *r)
{
	return r->name;
}

uint64_t recording_start_ns(const struct recording *r)
{
	return r->start_ns;
}

struct latency_class recording_class(const struct recording *r, unsigned int class)
{
	return r->classes[class];
}

static uint32_t recording_kinds(const struct kvmdbg_hit *hit)
{
	return hit->flags & 0xffff;
}

static uint32_t recording_slots(const struct kvmdbg_hit *hit)
{
	return hit->flags >> 16;
}

static void recording_vm_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	const struct recording *r = ctx;
	unsigned int i;

	snprintf(name, size, "?");
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++) {
		if (!r->slots[i] || r->slots[i]->raw.vm != raw->vm ||
		    r->slots[i]->raw.tgid != raw->tgid)
			continue;
		snprintf(name, size, "%s", r->slots[i]->name);
		return;
	}
}

void recording_guests(struct recording *r, struct guests *guests)
{
	r->guests = guests;
}

void recording_setup_model(struct recording *r, struct model *model)
{
	const char *backend = recording_env(r, "backend"), *raw_name = recording_env(r, "raw_name");

	model->backend = backend ? backend : "?";
	model->raw_name = raw_name ? raw_name : "raw";
	model->switch_hz = r->switch_hz;
	model->lacks = r->lacks;
	model->classes = r->classes;
	model->kinds = recording_kinds;
	model->slots = recording_slots;
	model->kind_names = r->own_kinds ? r->kinds : NULL;
	model->vm_name = recording_vm_name;
	model->vm_name_ctx = r;
	model->guests = r->guests;
}

void recording_close(struct recording *r)
{
	unsigned int i;

	if (!r)
		return;
	for (i = 0; i < KVMDBG_MAX_VCPUS; i++)
		drop_slot(r, i);
	drop_env(r, 0);
	fclose(r->file);
	free(r->hits);
	free(r->block);
	free(r);
}

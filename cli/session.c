// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kerneltypes.h"
#include "session.h"
#include "util.h"
#include "vmname.h"

#define MAX_LINKS	16
#define READ_TRIES	1000

/* So far beyond the last entry that was in use are looked at: others may be on their way to be. */
#define SLOTS_AHEAD	64

/* Tables are mapped by and by, in steps of so many bytes: a multiple of any page's size. */
#define TABLE_STEP	(256U * 1024)

const struct backend *const backends[] = {
#ifdef __x86_64__
	&x86_backend,
#endif
	&booke_backend,
	NULL,
};

/*
 * struct table - an array of BPF, mapped as far as it has been in use
 * @start: where it is mapped to
 * @size: all of it
 * @mapped: so much of it
 * @fd: map
 */
struct table {
	char *start;
	size_t size;
	size_t mapped;
	int fd;
};

/*
 * struct session
 * @backend: the platform
 * @object: its BPF object, loaded
 * @links: attached programs
 * @nr_links: how many
 * @absent: by event of the backend: this kernel does not have it
 * @config: for the programs
 * @types: file with the types to relocate them with, where KVM is a module; or -1
 * @open_files: iterator over all open files, or NULL
 * @ring: hits
 * @vcpus: struct kvmdbg_vcpu by slot
 * @hists: further histograms
 * @extras: which of them a vCPU has, KVMDBG_NR_EXTRA by slot
 * @nr_used: slots below have been in use
 * @seen_seq: by slot: seq of the entry in the last frame
 * @detail: count by the reason of exits, and all else that a recording has
 * @apart: further histograms are used
 * @classes: what histograms are of
 * @free_fd: map of entries that may be used again
 * @free_hists_fd: map of @hists that may be used
 * @slots_fd: map from the vCPU's address to its entry
 * @lost_fd: map of events that could not be counted
 * @armed: iterator that puts what vCPUs are set to do into a map
 * @armed_fd: that map
 * @name: of the platform
 * @switch_hz: clock of the switch histograms
 * @sink: where hits go while session_hits() runs
 */
struct session {
	const struct backend *backend;
	struct bpf_object *object;
	struct bpf_link *links[MAX_LINKS];
	int nr_links;
	bool absent[MAX_LINKS];
	struct kvmdbg_config config;
	int types;
	struct bpf_link *open_files;
	struct ring_buffer *ring;
	struct table vcpus;
	struct table hists;
	struct table extras;
	uint32_t nr_used;
	uint32_t seen_seq[KVMDBG_MAX_VCPUS];
	bool detail;
	bool apart;
	struct latency_class classes[NR_CLASSES];
	int free_fd;
	int free_hists_fd;
	int slots_fd;
	int lost_fd;
	struct bpf_program *armed;
	int armed_fd;
	const char *name;
	uint64_t switch_hz;
	const struct frame_sink *sink;
};

static bool print_all;

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char *text;

	if (!print_all || level == LIBBPF_DEBUG || vasprintf(&text, fmt, args) < 0)
		return 0;
	/* The verifier's log has them. */
	hide_addresses(text);
	fputs(text, stderr);
	free(text);
	return 0;
}

bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof(none));
	/* Nor may a program that we start get them back. */
	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !syscall(SYS_capset, &header, none);
}

static bool is_vcpu(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	type = type && btf_is_ptr(type) ? btf__type_by_id(btf, type->type) : NULL;
	return type && !strcmp(btf__name_by_offset(btf, type->name_off), "kvm_vcpu");
}

static bool is_number(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, btf__resolve_type(btf, id));

	return type && (btf_is_int(type) || btf_is_any_enum(type));
}

int backend_event_check(const struct btf *btf, const struct backend_event *event)
{
	const struct btf_type *type;
	unsigned int arg, last;
	char name[64];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", event->event);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	if (id < 0)
		return -ENOENT;
	type = btf__type_by_id(btf, btf__type_by_id(btf, id)->type);
	if (type && btf_is_ptr(type))
		type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_func_proto(type))
		return -EPROTO;
	/* Other kernels could have put the vCPU first, as they did with kvm_exit. */
	if (event->vcpu_arg == NO_VCPU_ARG)
		return btf_vlen(type) > 1 && is_number(btf, btf_params(type)[1].type) ? 0 : -EPROTO;
	arg = event->vcpu_arg == ANY_VCPU_ARG ? 0 : event->vcpu_arg;
	last = event->vcpu_arg == ANY_VCPU_ARG ? 1 : event->vcpu_arg;
	/* The first parameter is the tracepoint's own. */
	for (; arg <= last && arg + 1 < btf_vlen(type); arg++)
		if (is_vcpu(btf, btf_params(type)[arg + 1].type))
			return arg;
	return -EPROTO;
}

const struct backend *backend_find(const struct btf *btf)
{
	const struct backend_event *event;
	int i;

	for (i = 0; backends[i]; i++)
		for (event = backends[i]->events; event->event; event++)
			if (!strcmp(event->event, backends[i]->probe) &&
			    backend_event_check(btf, event) != -ENOENT)
				return backends[i];
	return NULL;
}

static int complain_privilege(const char *what, int err)
{
	if (err == -EPERM || err == -EACCES)
		return complain(EXIT_FEATURE,
			    "%s: %s: run as root or with CAP_BPF and CAP_PERFMON, see 'kvmdbg doctor'",
			    what, strerror(-err));
	return complain(EXIT_FEATURE, "%s: %s: see 'kvmdbg doctor', or --verbose for the details", what,
		    strerror(-err));
}

static int choose_backend(struct session *session)
{
	const struct backend_event *event;
	struct kernel_types types;
	int err, ret = EXIT_OK;

	err = kernel_types_load(&types);
	if (err == -EPERM || err == -EACCES)
		return complain_privilege("cannot read the kernel's BTF (/sys/kernel/btf/vmlinux)",
				      err);
	if (err)
		return complain(EXIT_FEATURE,
			    "this kernel has no BTF (/sys/kernel/btf/vmlinux): %s: boot one with CONFIG_DEBUG_INFO_BTF=y",
			    strerror(-err));
	session->backend = backend_find(types.kvm);
	if (!session->backend) {
		ret = complain(EXIT_FEATURE, "this kernel lacks %s: %s",
			       backends[0]->missing, backends[0]->remedy);
		goto out;
	}
	for (event = session->backend->events; event->event; event++) {
		err = backend_event_check(types.kvm, event);
		session->absent[event - session->backend->events] = err < 0 && event->optional;
		if (event->vcpu_arg == ANY_VCPU_ARG && err > 0)
			session->config.exit_vcpu_arg = err;
		if (err < 0 && !event->optional) {
			ret = complain(EXIT_FEATURE,
				   "trace event %s: %s: this kernel and this kvmdbg do not match, build both from one source",
				   event->event, err == -ENOENT ? "not in this kernel" :
				   "unexpected arguments");
			goto out;
		}
	}
	session->config.kvm_builtin = !types.vendor_name;
	if (types.vendor_name) {
		session->types = kernel_types_file(&types);
		if (session->types < 0)
			ret = complain(EXIT_IO, "cannot put the types of %s together: %s",
				       types.vendor_name, strerror(-session->types));
	}
out:
	kernel_types_free(&types);
	return ret;
}

static struct bpf_map *find_map(const struct session *session, const char *name, size_t size)
{
	struct bpf_map *map = bpf_object__find_map_by_name(session->object, name);

	/* The object is part of this program: a mismatch is a mistake in the build. */
	if (!map || (size && bpf_map__value_size(map) < size)) {
		complain(EXIT_FEATURE, "BPF map %s: not in this build: build kvmdbg again", name);
		return NULL;
	}
	return map;
}

/* Gives back what libbpf has mapped, but for the place. */
static bool table_open(struct table *table, struct bpf_map *map)
{
	size_t page = sysconf(_SC_PAGESIZE);

	table->fd = bpf_map__fd(map);
	table->start = bpf_map__initial_value(map, &table->size);
	table->size = (table->size + page - 1) & -page;
	table->mapped = 0;
	return mmap(table->start, table->size, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

/* The element of that number, or NULL with errno. */
static void *table_at(struct table *table, size_t number, size_t size)
{
	size_t end = ((number + 1) * size + TABLE_STEP - 1) / TABLE_STEP * TABLE_STEP;

	if (end > table->size)
		end = table->size;
	if (end > table->mapped) {
		if (mmap(table->start + table->mapped, end - table->mapped, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, table->fd, table->mapped) == MAP_FAILED)
			return NULL;
		table->mapped = end;
	}
	return table->start + number * size;
}

static struct kvmdbg_vcpu *entry_at(struct session *session, uint32_t slot)
{
	return table_at(&session->vcpus, slot, sizeof(struct kvmdbg_vcpu));
}

static struct kvmdbg_hist *hist_at(struct session *session, uint32_t number)
{
	return table_at(&session->hists, number, sizeof(struct kvmdbg_hist));
}

static __u16 *extras_at(struct session *session, uint32_t slot)
{
	return table_at(&session->extras, slot, KVMDBG_NR_EXTRA * sizeof(__u16));
}

static const char *program_of(const struct session *session, const struct backend_event *event)
{
	return session->detail && event->detail ? event->detail : event->program;
}

static void leave_out(struct session *session, const char *program)
{
	bpf_program__set_autoload(bpf_object__find_program_by_name(session->object, program),
				  false);
}

/* Puts all numbers into a stack of BPF; the smallest one is the first to be used. */
static int fill_stack(int fd, uint32_t from, uint32_t to)
{
	int err = 0;

	while (to-- > from && !err)
		err = bpf_map_update_elem(fd, NULL, &to, BPF_ANY);
	return err;
}

/* What no program uses takes no memory. */
static int leave_out_hists(struct bpf_map *hists, struct bpf_map *extras,
			   struct bpf_map *free_hists)
{
	int err = bpf_map__set_value_size(hists, sizeof(struct kvmdbg_hist));

	if (!err)
		err = bpf_map__set_value_size(extras, KVMDBG_NR_EXTRA * sizeof(__u16));
	return err ? err : bpf_map__set_max_entries(free_hists, 1);
}

static int load(struct session *session)
{
	const struct backend *backend = session->backend;
	struct bpf_map *rodata, *vcpus, *freed, *lost, *slots, *hists, *extras, *free_hists, *armed;
	const struct backend_event *event;
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "kvmdbg");
	char path[32];
	size_t size;
	void *value;
	int err;

	if (session->types >= 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", session->types);
		opts.btf_custom_path = path;
	}
	session->object = bpf_object__open_mem(backend->object,
					       backend->object_end - backend->object, &opts);
	if (!session->object)
		return complain_privilege("cannot open the BPF programs", -errno);
	rodata = find_map(session, ".rodata", sizeof(session->config));
	vcpus = find_map(session, ".bss.vcpus", KVMDBG_MAX_VCPUS * sizeof(struct kvmdbg_vcpu));
	freed = find_map(session, "free_slots", 0);
	lost = find_map(session, "lost", 0);
	slots = find_map(session, "slots", 0);
	hists = find_map(session, ".bss.hists", KVMDBG_MAX_HISTS * sizeof(struct kvmdbg_hist));
	extras = find_map(session, ".bss.extras",
			  KVMDBG_MAX_VCPUS * KVMDBG_NR_EXTRA * sizeof(__u16));
	free_hists = find_map(session, "free_hists", 0);
	armed = find_map(session, "armed", sizeof(struct kvmdbg_armed));
	session->armed = bpf_object__find_program_by_name(session->object, backend->armed);
	if (!rodata || !vcpus || !freed || !lost || !slots || !hists || !extras ||
	    !free_hists || !armed || !session->armed || !find_map(session, "hits", 0))
		return EXIT_FEATURE;
	value = bpf_map__initial_value(rodata, &size);
	memcpy(value, &session->config, sizeof(session->config));
	for (event = backend->events; event->event; event++) {
		if (session->absent[event - backend->events])
			leave_out(session, program_of(session, event));
		if (event->detail)
			leave_out(session, session->detail ? event->program : event->detail);
	}
	err = session->apart ? 0 : leave_out_hists(hists, extras, free_hists);
	if (err)
		return complain_privilege("cannot set up the BPF maps", err);
	err = bpf_object__load(session->object);
	if (err)
		return complain_privilege("cannot load the BPF programs", err);
	if (!table_open(&session->vcpus, vcpus) || !table_open(&session->hists, hists) ||
	    !table_open(&session->extras, extras))
		return complain(EXIT_IO, "cannot map the BPF maps: %s", strerror(errno));
	session->free_hists_fd = bpf_map__fd(free_hists);
	session->free_fd = bpf_map__fd(freed);
	session->slots_fd = bpf_map__fd(slots);
	session->lost_fd = bpf_map__fd(lost);
	session->armed_fd = bpf_map__fd(armed);
	err = fill_stack(session->free_fd, 0, KVMDBG_MAX_VCPUS);
	if (!err && session->apart)
		err = fill_stack(session->free_hists_fd, 1, KVMDBG_MAX_HISTS);
	if (err)
		return complain_privilege("cannot set up the table of vCPUs", err);
	return EXIT_OK;
}

/* An interpreted program still counts right, but costs many times as much. */
static void check_jit(const struct bpf_program *program, bool verbose)
{
	struct bpf_prog_info info;
	__u32 size = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return;
	if (verbose)
		fprintf(stderr, "kvmdbg: program %s: %u bytes of BPF, %u bytes of machine code\n",
			bpf_program__name(program), info.xlated_prog_len, info.jited_prog_len);
	if (!info.jited_prog_len)
		complain(0, "BPF program %s is interpreted, this costs the guests time: set net.core.bpf_jit_enable=1, or boot a kernel with CONFIG_BPF_JIT=y",
		     bpf_program__name(program));
}

static int attach(struct session *session, bool verbose)
{
	const struct backend_event *event;
	struct bpf_program *program;
	struct bpf_link *link;
	char what[96];

	/* Who would free an entry comes before who takes one. */
	if (session->backend->open_files) {
		program = bpf_object__find_program_by_name(session->object,
							   session->backend->open_files);
		session->open_files = program ? bpf_program__attach(program) : NULL;
		if (!session->open_files)
			return complain_privilege("cannot make an iterator over open files",
						  -errno);
	}
	for (event = session->backend->events; event->event; event++) {
		if (session->absent[event - session->backend->events])
			continue;
		program = bpf_object__find_program_by_name(session->object,
							   program_of(session, event));
		if (!program || session->nr_links == MAX_LINKS)
			return complain(EXIT_FEATURE,
				    "BPF program %s: not in this build: build kvmdbg again",
				    program_of(session, event));
		check_jit(program, verbose);
		link = bpf_program__attach(program);
		/* Fewer arguments than the program looks at. */
		if (!link && errno == EINVAL && event->optional) {
			session->absent[event - session->backend->events] = true;
			continue;
		}
		if (!link) {
			snprintf(what, sizeof(what), "cannot attach to trace event %s",
				 event->event);
			return complain_privilege(what, -errno);
		}
		session->links[session->nr_links++] = link;
	}
	return EXIT_OK;
}

static int take_hit(void *ctx, void *data, size_t size)
{
	struct session *session = ctx;

	if (size >= sizeof(struct kvmdbg_hit))
		session->sink->hit(session->sink->ctx, data);
	return 0;
}

int session_open(struct session **result, const struct kvmdbg_config *config, bool detail,
		 bool verbose)
{
	struct session *session;
	char cpuinfo[4096] = "";
	unsigned int i;
	int ret;

	print_all = verbose;
	libbpf_set_print(print_libbpf);
	session = calloc(1, sizeof(*session));
	if (!session)
		return complain(EXIT_IO, "no memory");
	session->types = -1;
	session->config = *config;
	session->detail = detail;
	ret = choose_backend(session);
	if (ret)
		goto failed;
	if (read_file("/proc/cpuinfo", cpuinfo, sizeof(cpuinfo)) < 0) {
		ret = complain(EXIT_IO, "/proc/cpuinfo: %s: mount /proc", strerror(errno));
		goto failed;
	}
	session->name = session->backend->name(cpuinfo);
	session->switch_hz = session->backend->switch_hz(cpuinfo);
	session->config.isa = session->backend->isa ? session->backend->isa(cpuinfo) : 0;
	session->apart = detail || session->config.isa;
	for (i = 0; i < NR_CLASSES; i++)
		session->classes[i] = session->backend->latency_class(i, session->config.isa);
	ret = load(session);
	if (ret)
		goto failed;
	if (session->types >= 0)
		close(session->types);
	session->types = -1;
	session->ring = ring_buffer__new(bpf_object__find_map_fd_by_name(session->object, "hits"),
					 take_hit, session, NULL);
	if (!session->ring) {
		ret = complain_privilege("cannot map the buffer of hits", -errno);
		goto failed;
	}
	ret = attach(session, verbose);
	if (ret)
		goto failed;
	if (!drop_capabilities()) {
		ret = complain(EXIT_FEATURE, "cannot give up capabilities: %s", strerror(errno));
		goto failed;
	}
	*result = session;
	return EXIT_OK;
failed:
	session_close(session);
	return ret;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	while (session->nr_links)
		bpf_link__destroy(session->links[--session->nr_links]);
	bpf_link__destroy(session->open_files);
	ring_buffer__free(session->ring);
	bpf_object__close(session->object);
	if (session->types >= 0)
		close(session->types);
	free(session);
}

void session_setup_model(const struct session *session, struct model *model)
{
	model->backend = session->name;
	model->switch_hz = session->switch_hz;
	model->kinds = session->backend->kinds;
	model->raw_name = session->backend->raw_name;
	model->slots = session->backend->slots;
	model->places = session->backend->places;
	model->kind_names = session->backend->kind_names;
	model->lacks = session_lacks(session);
	if (session->apart)
		model->classes = session->classes;
	model->vm_name = vcpu_vm_name;
}

const struct backend *session_backend(const struct session *session)
{
	return session->backend;
}

uint32_t session_lacks(const struct session *session)
{
	const struct backend_event *event;
	uint32_t lacks = session->backend->lacks;

	for (event = session->backend->events; event->event; event++)
		if (session->absent[event - session->backend->events])
			lacks |= event->lack;
	return lacks;
}

uint32_t session_isa(const struct session *session)
{
	return session->config.isa;
}

const char *session_name(const struct session *session)
{
	return session->name;
}

uint64_t session_switch_hz(const struct session *session)
{
	return session->switch_hz;
}

void session_events(const struct session *session, char *text, size_t size)
{
	const struct backend_event *event;
	size_t len = 0;

	*text = 0;
	for (event = session->backend->events; event->event && len < size; event++)
		if (!session->absent[event - session->backend->events])
			len += snprintf(text + len, size - len, "%s%s", len ? " " : "",
					event->event);
}

int session_hits(struct session *session, const struct frame_sink *sink)
{
	int err;

	session->sink = sink;
	err = ring_buffer__consume(session->ring);
	if (err < 0)
		return complain(EXIT_IO, "cannot read the buffer of hits: %s", strerror(-err));
	return EXIT_OK;
}

/*
 * struct reading - a copy of what BPF counts for a vCPU
 * @vcpu: its entry; its histograms are those with all their parts
 * @classes: all its histograms
 * @hists: room for them
 */
struct reading {
	struct kvmdbg_vcpu vcpu;
	const struct kvmdbg_hist *classes[NR_CLASSES];
	struct kvmdbg_hist hists[NR_CLASSES];
};

static bool copy_entry(struct session *session, uint32_t slot, struct reading *copy)
{
	const struct kvmdbg_vcpu *entry = entry_at(session, slot);
	const __u16 *extras = session->apart ? extras_at(session, slot) : NULL;
	const struct kvmdbg_hist *hist;
	unsigned int i, number;

	if (!entry || (session->apart && !extras))
		return false;

	memcpy(&copy->vcpu, entry, sizeof(copy->vcpu));
	memset(copy->classes, 0, sizeof(copy->classes));
	for (i = 0; i < KVMDBG_NR_LATENCIES; i++)
		copy->classes[i] = &copy->vcpu.hist[i];
	for (i = 0; extras && i < KVMDBG_NR_EXTRA; i++) {
		number = extras[i];
		if (!number || number >= KVMDBG_MAX_HISTS)
			continue;
		hist = hist_at(session, number);
		if (!hist)
			return false;
		copy->hists[EXTRA_CLASS(i)] = *hist;
		copy->classes[EXTRA_CLASS(i)] = &copy->hists[EXTRA_CLASS(i)];
	}
	return true;
}

/* Values that are counted apart are part of the whole as well. */
static void add_parts(const struct session *session, struct reading *copy)
{
	const struct kvmdbg_hist *part;
	struct kvmdbg_hist *whole;
	unsigned int i, bucket;
	int which;

	for (i = 0; i < KVMDBG_NR_LATENCIES; i++) {
		copy->hists[i] = copy->vcpu.hist[i];
		copy->classes[i] = &copy->hists[i];
	}
	for (i = KVMDBG_NR_LATENCIES; i < NR_CLASSES; i++) {
		part = copy->classes[i];
		which = class_whole(session->classes[i].flags);
		if (!part || which < 0)
			continue;
		whole = &copy->vcpu.hist[which];
		whole->sum += part->sum;
		if (part->max > whole->max)
			whole->max = part->max;
		for (bucket = 0; bucket < KVMDBG_HIST_BUCKETS; bucket++)
			whole->buckets[bucket] += part->buckets[bucket];
	}
}

/*
 * A copy without half-written 64-bit sums, which a 32-bit machine could see.  BPF changes an
 * entry for well below a microsecond at a time; should it always be caught at it, the next
 * frame sets right what this one has.
 */
static bool read_entry(struct session *session, uint32_t slot, struct reading *copy)
{
	const struct kvmdbg_vcpu *entry = entry_at(session, slot);
	uint32_t seq;
	int tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		seq = __atomic_load_n(&entry->seq, __ATOMIC_ACQUIRE);
		if (!copy_entry(session, slot, copy))
			return false;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(seq & 1) && seq == __atomic_load_n(&entry->seq, __ATOMIC_RELAXED))
			break;
	}
	if (session->apart)
		add_parts(session, copy);
	return true;
}

/* What a vCPU that is gone has had may be used again. */
static int give_back(struct session *session, uint32_t slot)
{
	__u16 *extras = session->apart ? extras_at(session, slot) : NULL;
	uint32_t number;
	int err = 0, i;

	for (i = 0; extras && i < KVMDBG_NR_EXTRA && !err; i++) {
		number = extras[i];
		extras[i] = 0;
		if (!number || number >= KVMDBG_MAX_HISTS)
			continue;
		memset(hist_at(session, number), 0, sizeof(struct kvmdbg_hist));
		err = bpf_map_update_elem(session->free_hists_fd, NULL, &number, BPF_ANY);
	}
	memset(entry_at(session, slot), 0, sizeof(struct kvmdbg_vcpu));
	return err ? err : bpf_map_update_elem(session->free_fd, NULL, &slot, BPF_ANY);
}

static int read_lost(const struct session *session, uint64_t *lost)
{
	int cpus = libbpf_num_possible_cpus(), i;
	__u32 zero = 0;
	__u64 *counts;
	int err;

	*lost = 0;
	if (cpus < 0)
		return cpus;
	counts = calloc(cpus, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	err = bpf_map_lookup_elem(session->lost_fd, &zero, counts);
	for (i = 0; i < cpus && !err; i++)
		*lost += counts[i];
	free(counts);
	return err;
}

/* Slots that may be in use. */
static uint32_t nr_slots(const struct session *session)
{
	uint32_t count = session->nr_used + SLOTS_AHEAD;

	return count < KVMDBG_MAX_VCPUS ? count : KVMDBG_MAX_VCPUS;
}

/* Is there a vCPU that has done nothing since the last frame? */
static bool some_rest(struct session *session)
{
	const struct kvmdbg_vcpu *entry;
	uint32_t slot;

	for (slot = 0; slot < session->nr_used; slot++) {
		entry = entry_at(session, slot);
		if (entry && __atomic_load_n(&entry->state, __ATOMIC_ACQUIRE) == KVMDBG_LIVE &&
		    __atomic_load_n(&entry->seq, __ATOMIC_RELAXED) == session->seen_seq[slot])
			return true;
	}
	return false;
}

/*
 * Where no event tells that a vCPU goes away: those that no process has open any more. Nobody
 * can run them, so their entries do not change under our hands.
 */
static int find_gone(struct session *session)
{
	bool open[KVMDBG_MAX_VCPUS] = { false };
	uint64_t start = monotonic_ns(), key;
	uint32_t slots[256], slot;
	ssize_t size, i;
	int fd, err = 0;

	fd = bpf_iter_create(bpf_link__fd(session->open_files));
	if (fd < 0)
		return fd;
	while ((size = read(fd, slots, sizeof(slots))) > 0)
		for (i = 0; i < size / (ssize_t)sizeof(slot); i++)
			open[slots[i] % KVMDBG_MAX_VCPUS] = true;
	if (size < 0)
		err = -errno;
	close(fd);
	for (slot = 0; slot < session->nr_used && !err; slot++) {
		struct kvmdbg_vcpu *entry = entry_at(session, slot);

		if (open[slot] || entry->born_ns >= start ||
		    __atomic_load_n(&entry->state, __ATOMIC_ACQUIRE) != KVMDBG_LIVE)
			continue;
		key = entry->key;
		/* BPF may have been faster: its address had come into use again. */
		if (key && !bpf_map_delete_elem(session->slots_fd, &key)) {
			entry->key = 0;
			__atomic_store_n(&entry->state, KVMDBG_GONE, __ATOMIC_RELEASE);
		}
	}
	return err;
}

int session_frame(struct session *session, const struct frame_sink *sink)
{
	static struct reading copy;
	uint32_t slot;
	uint64_t lost;
	int err;

	err = session_hits(session, sink);
	if (err)
		return err;
	/* Who goes away is at rest before. */
	err = session->open_files && some_rest(session) ? find_gone(session) : 0;
	if (err)
		return complain(EXIT_IO, "cannot read the list of open files: %s", strerror(-err));
	sink->begin(sink->ctx, monotonic_ns());
	for (slot = 0; slot < nr_slots(session); slot++) {
		struct kvmdbg_vcpu *entry = entry_at(session, slot);

		if (entry && __atomic_load_n(&entry->state, __ATOMIC_ACQUIRE) == KVMDBG_FREE)
			continue;
		if (!entry || !read_entry(session, slot, &copy))
			return complain(EXIT_IO, "cannot map the counters: %s", strerror(errno));
		session->seen_seq[slot] = copy.vcpu.seq;
		if (slot >= session->nr_used)
			session->nr_used = slot + 1;
		if (!sink->add(sink->ctx, slot, &copy.vcpu, copy.classes))
			return complain(EXIT_IO, "no memory for another vCPU");
		if (copy.vcpu.state != KVMDBG_GONE)
			continue;
		err = give_back(session, slot);
		if (err)
			return complain(EXIT_IO, "cannot give back a vCPU's counters: %s",
				    strerror(-err));
	}
	/* Those of vCPUs that are gone now. */
	err = session_hits(session, sink);
	if (err)
		return err;
	err = read_lost(session, &lost);
	if (err)
		return complain(EXIT_IO, "cannot read the count of lost events: %s", strerror(-err));
	sink->end(sink->ctx, lost);
	return EXIT_OK;
}

/* Has an iterator look at all that is open in a process, or in all. */
static bool look_through(const struct bpf_program *program, uint32_t tgid)
{
	union bpf_iter_link_info info = { .task.pid = tgid };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(program, &opts);
	ssize_t size = -1;
	char nothing[8];
	int fd;

	fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	while (fd >= 0 && (size = read(fd, nothing, sizeof(nothing))) > 0)
		;
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return !size;
}

bool session_armed(struct session *session, uint32_t tgid,
		   void (*take)(void *ctx, uint32_t slot, const struct kvmdbg_armed *armed),
		   void *ctx)
{
	struct kvmdbg_armed armed;
	__u32 slot;

	while (!bpf_map_get_next_key(session->armed_fd, NULL, &slot))
		if (bpf_map_delete_elem(session->armed_fd, &slot))
			return false;
	if (!look_through(session->armed, tgid))
		return false;
	while (!bpf_map_get_next_key(session->armed_fd, NULL, &slot)) {
		if (!bpf_map_lookup_elem(session->armed_fd, &slot, &armed))
			take(ctx, slot, &armed);
		if (bpf_map_delete_elem(session->armed_fd, &slot))
			return false;
	}
	return true;
}

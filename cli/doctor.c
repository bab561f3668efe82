// SPDX-License-Identifier: GPL-2.0-only
/* kvmdbg doctor: what this host offers, what is missing, and what mends it. */
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "commands.h"
#include "kerneltypes.h"
#include "session.h"
#include "util.h"

#define MAX_CHECKS	32

/* A check that is not OPTIONAL must be ok for top to run. */
enum status {
	STATUS_OK,
	STATUS_MISSING,
	STATUS_OPTIONAL,	/* missing, but top runs without */
};

static const char *const status_names[] = {
	[STATUS_OK] = "ok",
	[STATUS_MISSING] = "missing",
	[STATUS_OPTIONAL] = "optional",
};

struct check {
	const char *name;
	enum status status;
	char what[160];
	const char *remedy;
};

static struct check checks[MAX_CHECKS];
static size_t nr_checks;

/* @remedy is kept only if something is missing. */
static void __attribute__((format(printf, 4, 5)))
report(const char *name, enum status status, const char *remedy, const char *fmt, ...)
{
	struct check *check = &checks[nr_checks];
	va_list args;

	if (nr_checks == MAX_CHECKS)
		return;
	nr_checks++;
	check->name = name;
	check->status = status;
	check->remedy = status == STATUS_OK ? NULL : remedy;
	va_start(args, fmt);
	vsnprintf(check->what, sizeof(check->what), fmt, args);
	va_end(args);
}

static void check_kernel(void)
{
	char text[256], shown[256];
	struct utsname name;

	if (uname(&name))
		return;
	snprintf(text, sizeof(text), "%s on %s", name.release, name.machine);
	escape(shown, sizeof(shown), text, strlen(text));
	report("kernel", STATUS_OK, NULL, "%.150s", shown);
}

static void check_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint64_t have, admin = 1ULL << CAP_SYS_ADMIN;
	bool bpf, perfmon;

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &header, data)) {
		report("capabilities", STATUS_MISSING, "run as root", "capget: %s",
		       strerror(errno));
		return;
	}
	have = data[0].effective | (uint64_t)data[1].effective << 32;
	bpf = have & (admin | 1ULL << CAP_BPF);
	perfmon = have & (admin | 1ULL << CAP_PERFMON);
	report("capabilities", bpf && perfmon ? STATUS_OK : STATUS_MISSING,
	       "run as root, or: setcap cap_bpf,cap_perfmon+ep kvmdbg", "CAP_BPF %s, CAP_PERFMON %s",
	       bpf ? "yes" : "no", perfmon ? "yes" : "no");
}

static void check_lockdown(void)
{
	char text[128], *mode, *end;

	if (read_file("/sys/kernel/security/lockdown", text, sizeof(text)) < 0) {
		report("lockdown", STATUS_OK, NULL, "not active, or securityfs is not mounted");
		return;
	}
	mode = strchr(text, '[');
	end = mode ? strchr(mode, ']') : NULL;
	if (!end) {
		report("lockdown", STATUS_OK, NULL, "unknown");
		return;
	}
	*end = 0;
	report("lockdown", strcmp(mode + 1, "confidentiality") ? STATUS_OK : STATUS_MISSING,
	       "boot with lockdown=integrity or without lockdown: confidentiality keeps BPF from reading the kernel",
	       "%.100s", mode + 1);
}

static void check_bpf(void)
{
	/* It reads the kernel, to no avail: that is what lockdown can forbid. */
	const struct bpf_insn program[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info info;
	__u32 size = sizeof(info);
	int fd;

	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "kvmdbg_probe", "GPL", program,
			   sizeof(program) / sizeof(program[0]), NULL);
	if (fd < 0 && errno == ENOSYS) {
		report("bpf", STATUS_MISSING, "boot a kernel with CONFIG_BPF_SYSCALL=y",
		       "no bpf() system call");
		return;
	}
	if (fd < 0) {
		report("bpf", STATUS_MISSING,
		       errno == EPERM ? "run as root, or with CAP_BPF and CAP_PERFMON" :
		       "boot a kernel with CONFIG_BPF_SYSCALL=y and CONFIG_BPF_EVENTS=y, and without lockdown=confidentiality",
		       "a program cannot be loaded: %s", strerror(errno));
		return;
	}
	report("bpf", STATUS_OK, NULL, "programs can be loaded");
	memset(&info, 0, sizeof(info));
	if (bpf_prog_get_info_by_fd(fd, &info, &size))
		report("jit", STATUS_OPTIONAL, "run as root", "cannot be told: %s",
		       strerror(errno));
	else if (!info.jited_prog_len)
		report("jit", STATUS_OPTIONAL,
		       "sysctl net.core.bpf_jit_enable=1, on a kernel with CONFIG_BPF_JIT=y",
		       "programs are interpreted");
	else
		report("jit", STATUS_OK, NULL, "programs are compiled");
	close(fd);
}

/* The trace events that a platform's programs attach to. */
static void check_events(const struct btf *btf, const struct backend *backend, const char *remedy)
{
	const struct backend_event *event;
	int err;

	for (event = backend->events; event->event; event++) {
		err = backend_event_check(btf, event);
		if (err >= 0)
			report("event", STATUS_OK, NULL, "%s", event->event);
		else if (event->optional)
			report("event", STATUS_OPTIONAL,
			       "without it not all is counted; debug exits to user space are",
			       "%s: %s", event->event, err == -ENOENT ? "not in this kernel" :
			       "its arguments are not those of this platform");
		else
			report("event", STATUS_MISSING, remedy, "%s: %s", event->event,
			       err == -ENOENT ? "not in this kernel" :
			       "its arguments are not those of this platform");
	}
}

/* Where KVM is a module its types are, too. */
static void check_modules(const struct kernel_types *types)
{
	if (types->vendor_name && strcmp(types->vendor_name, "kvm"))
		report("btf", STATUS_OK, NULL, "/sys/kernel/btf/kvm and /sys/kernel/btf/%s",
		       types->vendor_name);
	else if (types->vendor_name)
		report("btf", STATUS_OPTIONAL,
		       "load kvm_amd or kvm_intel before kvmdbg; without it exits are not told apart by reason",
		       "/sys/kernel/btf/kvm, and no module of a vendor");
	else if (!access("/sys/module/kvm/coresize", F_OK))
		report("btf", STATUS_MISSING,
		       "boot a kernel with CONFIG_DEBUG_INFO_BTF_MODULES=y",
		       "the module kvm has none (/sys/kernel/btf/kvm)");
}

static const char *check_btf(void)
{
	const struct backend *backend;
	const char *name = NULL;
	char cpuinfo[4096] = "";
	struct kernel_types types;
	int err;

	err = kernel_types_load(&types);
	if (err) {
		report("btf", STATUS_MISSING,
		       "boot a kernel with CONFIG_DEBUG_INFO_BTF=y, and mount /sys",
		       "/sys/kernel/btf/vmlinux: %s", strerror(-err));
		return NULL;
	}
	report("btf", STATUS_OK, NULL, "/sys/kernel/btf/vmlinux");
	check_modules(&types);
	backend = backend_find(types.kvm);
	if (backend) {
		read_file("/proc/cpuinfo", cpuinfo, sizeof(cpuinfo));
		name = backend->name(cpuinfo);
		report("backend", STATUS_OK, NULL, "%s", name);
		if (!(backend->lacks & LACKS_SWITCHES))
			report("clock", backend->switch_hz(cpuinfo) ? STATUS_OK : STATUS_OPTIONAL,
			       "mount /proc; without the clock's rate no cost of register switches is shown",
			       "%llu Hz", (unsigned long long)backend->switch_hz(cpuinfo));
	} else {
		backend = backends[0];
		report("backend", STATUS_MISSING, backend->remedy, "this kernel lacks %s",
		       backend->missing);
	}
	check_events(types.kvm, backend, name ? backend->remedy : NULL);
	kernel_types_free(&types);
	return name;
}

static void check_kvm(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	/* Opening it needs a group that watching does not. */
	if (fd >= 0 || errno == EACCES || errno == EPERM)
		report("kvm", STATUS_OK, NULL, "/dev/kvm");
	else
		report("kvm", STATUS_OPTIONAL,
		       "boot a kernel with CONFIG_KVM for this CPU, or load its module (x86: kvm_amd or kvm_intel, with virtualisation enabled in the firmware): until then there are no guests to watch",
		       "/dev/kvm: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* How many vCPUs a process has open, or -1 if we may not know. */
static int count_vcpus(const char *pid)
{
	char path[300], target[64];
	struct dirent *entry;
	int count = 0;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	/* It may have gone, meanwhile. */
	if (!dir)
		return errno == EACCES || errno == EPERM ? -1 : 0;
	while ((entry = readdir(dir))) {
		len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (len <= 0)
			continue;
		target[len] = 0;
		count += !strncmp(target, "anon_inode:kvm-vcpu", 19);
	}
	closedir(dir);
	return count;
}

static void check_guests(void)
{
	unsigned int vcpus = 0, processes = 0, hidden = 0;
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	int count;

	if (!dir) {
		report("guests", STATUS_OPTIONAL, "mount /proc", "/proc: %s", strerror(errno));
		return;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		count = count_vcpus(entry->d_name);
		hidden += count < 0;
		if (count > 0) {
			vcpus += count;
			processes++;
		}
	}
	closedir(dir);
	if (vcpus)
		report("guests", STATUS_OK, NULL, "vCPUs: %u, in processes: %u", vcpus, processes);
	else
		report("guests", STATUS_OPTIONAL,
		       hidden ? "run as root to see all; 'kvmdbg top' does" :
		       "start a guest, and debug it: qemu -s and gdb, for example",
		       hidden ? "none in those processes that may be looked at" :
		       "no process has a vCPU");
}

static void check_tracefs(void)
{
	if (!access("/sys/kernel/tracing/events", F_OK))
		report("tracefs", STATUS_OK, NULL, "/sys/kernel/tracing");
	else if (errno == EACCES || errno == EPERM)
		report("tracefs", STATUS_OPTIONAL, "run as root; only perf and trace-cmd need it",
		       "/sys/kernel/tracing: %s", strerror(errno));
	else
		report("tracefs", STATUS_OPTIONAL,
		       "mount -t tracefs tracefs /sys/kernel/tracing; only perf and trace-cmd need it",
		       "/sys/kernel/tracing/events: %s", strerror(errno));
}

static int print_text(void)
{
	size_t i;

	for (i = 0; i < nr_checks; i++) {
		printf("%-9s %-13s %s\n", status_names[checks[i].status], checks[i].name,
		       checks[i].what);
		if (checks[i].remedy)
			printf("%-9s %-13s -> %s\n", "", "", checks[i].remedy);
	}
	return flush_stdout();
}

static int doctor_json(const char *backend, bool ok)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array(), *item;
	size_t i;

	json_object_object_add(root, "schema", json_object_new_string("kvmdbg.doctor/1"));
	json_object_object_add(root, "ok", json_object_new_boolean(ok));
	if (backend)
		json_object_object_add(root, "backend", json_object_new_string(backend));
	for (i = 0; i < nr_checks; i++) {
		item = json_object_new_object();
		json_object_object_add(item, "name", json_object_new_string(checks[i].name));
		json_object_object_add(item, "status",
				       json_object_new_string(status_names[checks[i].status]));
		json_object_object_add(item, "what", json_object_new_string(checks[i].what));
		if (checks[i].remedy)
			json_object_object_add(item, "remedy",
					       json_object_new_string(checks[i].remedy));
		json_object_array_add(list, item);
	}
	json_object_object_add(root, "checks", list);
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN |
						  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
	return flush_stdout();
}

static error_t doctor_option(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	switch (key) {
	case 'j':
		*json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': no such argument", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static const struct argp_option doctor_argp_options[] = {
	{ "json", 'j', NULL, 0, "Print one object of JSON", 0 },
	{ 0 },
};

const struct argp doctor_argp = {
	.options = doctor_argp_options,
	.parser = doctor_option,
	.doc = "Tell what kvmdbg needs of this host, what is missing, and what mends it.",
};

int doctor_main(int argc, char **argv)
{
	const char *backend;
	bool json = false, ok = true;
	size_t i;
	int ret;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&doctor_argp, argc, argv, 0, NULL, &json);
	libbpf_set_print(quiet);
	check_kernel();
	check_capabilities();
	check_lockdown();
	check_bpf();
	backend = check_btf();
	check_kvm();
	check_guests();
	check_tracefs();
	for (i = 0; i < nr_checks; i++)
		ok &= checks[i].status != STATUS_MISSING;
	ret = json ? doctor_json(backend, ok) : print_text();
	if (ret)
		return ret;
	if (!ok && !json)
		return complain(EXIT_FEATURE, "'kvmdbg top' cannot run here: see what is missing above");
	return ok ? EXIT_OK : EXIT_FEATURE;
}

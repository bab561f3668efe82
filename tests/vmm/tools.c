// SPDX-License-Identifier: GPL-2.0-only
/* Small tools for the shell tests. */
#include <errno.h>
#include <json-c/json.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenarios.h"

/* Has an object all that "key=value,key=value..." says? */
static int matches(struct json_object *o, const char *wanted)
{
	char copy[256], *part, *value, *save = NULL;
	struct json_object *member;

	snprintf(copy, sizeof(copy), "%s", wanted);
	for (part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		value = strchr(part, '=');
		if (!value)
			return 0;
		*value++ = 0;
		if (!json_object_object_get_ex(o, part, &member) ||
		    strcmp(json_object_get_string(member), value))
			return 0;
	}
	return 1;
}

/* The element of an array whose members have the given values. */
static struct json_object *select_by(struct json_object *array, const char *wanted)
{
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++)
		if (matches(json_object_array_get_idx(array, i), wanted))
			return json_object_array_get_idx(array, i);
	return NULL;
}

/* One element of the path: "name", "[3]", "[-1]" or "[key=value,...]". */
static struct json_object *descend(struct json_object *o, char *part)
{
	struct json_object *next = NULL;
	long i;

	if (*part != '[')
		return json_object_object_get_ex(o, part, &next) ? next : NULL;
	if (!json_object_is_type(o, json_type_array))
		return NULL;
	part[strlen(part) - 1] = 0;
	part++;
	if (strchr(part, '='))
		return select_by(o, part);
	i = strtol(part, NULL, 10);
	if (i < 0)
		i += json_object_array_length(o);
	return i < 0 ? NULL : json_object_array_get_idx(o, i);
}

/*
 * kvmdbg-vmm json PATH: of the last line on standard input, the value at
 * vcpus[pid=7].events.step; "vcpus.length" is how many there are; "." is all.
 */
int cmd_json(int argc, char **argv)
{
	char *line = NULL, *last = NULL, *part, *save = NULL, path[512] = "";
	struct json_object *root, *o;
	size_t size = 0, len = 0;
	const char *p;

	if (argc != 2 || strlen(argv[1]) > sizeof(path) / 2 - 1) {
		fprintf(stderr, "Usage: kvmdbg-vmm json PATH\n");
		return 2;
	}
	while (getline(&line, &size, stdin) > 0) {
		if (line[0] == '\n')
			continue;
		free(last);
		last = strdup(line);
	}
	free(line);
	root = last ? json_tokener_parse(last) : NULL;
	if (!root) {
		fprintf(stderr, "kvmdbg-vmm json: not JSON: %s\n", last ? last : "(nothing)");
		free(last);
		return 1;
	}
	/* "a[b].c" becomes "a.[b].c" */
	for (p = argv[1]; *p; p++) {
		if (*p == '[')
			path[len++] = '.';
		path[len++] = *p;
	}
	o = root;
	for (part = strtok_r(path, ".", &save); part && o; part = strtok_r(NULL, ".", &save)) {
		if (!strcmp(part, "length") && json_object_is_type(o, json_type_array)) {
			printf("%zu\n", json_object_array_length(o));
			goto out;
		}
		o = descend(o, part);
	}
	if (o)
		puts(json_object_get_string(o));
	else
		fprintf(stderr, "kvmdbg-vmm json: no %s\n", argv[1]);
out:
	json_object_put(root);
	free(last);
	return o ? 0 : 1;
}

static int sys_bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* kvmdbg-vmm bpf: name, type, bytes of BPF code and of machine code of each program */
int cmd_bpf(int argc, char **argv)
{
	__u32 id = 0;

	(void)argv;
	if (argc != 1) {
		fprintf(stderr, "Usage: kvmdbg-vmm bpf\n");
		return 2;
	}
	for (;;) {
		union bpf_attr attr = { .start_id = id };
		struct bpf_prog_info info = { 0 };
		int fd;

		if (sys_bpf(BPF_PROG_GET_NEXT_ID, &attr))
			break;
		id = attr.next_id;
		memset(&attr, 0, sizeof(attr));
		attr.prog_id = id;
		fd = sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr);
		if (fd < 0)
			continue;
		memset(&attr, 0, sizeof(attr));
		attr.info.bpf_fd = fd;
		attr.info.info_len = sizeof(info);
		attr.info.info = (unsigned long)&info;
		if (!sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
			printf("%s type=%u xlated=%u jited=%u\n", info.name, info.type,
			       info.xlated_prog_len, info.jited_prog_len);
		close(fd);
	}
	if (errno != ENOENT) {
		fprintf(stderr, "kvmdbg-vmm bpf: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}

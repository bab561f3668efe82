// SPDX-License-Identifier: GPL-2.0-only
/* Foreign text, numbers from the command line, names of VMs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "util.h"
#include "vmname.h"

static void check_escape(const char *src, size_t len, const char *want)
{
	char got[256];

	memset(got, 0x55, sizeof(got));
	escape(got, sizeof(got), src, len);
	assert_string_equal(got, want);
}

#define ESCAPE(src, want) check_escape(src, sizeof(src) - 1, want)

static void test_escape(void **state)
{
	(void)state;
	ESCAPE("", "");
	ESCAPE("vm-1 (test)", "vm-1 (test)");
	ESCAPE("a\nb\tc\rd", "a\\nb\\tc\\x0dd");
	ESCAPE("nul\0in", "nul\\x00in");
	ESCAPE("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07");
	ESCAPE("\x7f", "\\x7f");
	ESCAPE("back\\slash", "back\\\\slash");
	/* the 8-bit CSI, as a byte and as a character */
	ESCAPE("\x9b" "31m", "\\x9b31m");
	ESCAPE("\xc2\x9b" "31m", "\\u009b31m");
	/* text that stays */
	ESCAPE("Gr\xc3\xbc\xc3\x9f" "e", "Gr\xc3\xbc\xc3\x9f" "e");
	ESCAPE("\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba", "\xe8\x99\x9a\xe6\x8b\x9f\xe6\x9c\xba");
	ESCAPE("\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7");
	/* turns the direction of what follows */
	ESCAPE("a\xe2\x80\xae" "b", "a\\u202eb");
	ESCAPE("a\xe2\x81\xa6" "b", "a\\u2066b");
	ESCAPE("\xef\xbb\xbf", "\\ufeff");
	ESCAPE("\xe2\x80\xa8", "\\u2028");
	ESCAPE("\xf3\xa0\x80\x81", "\\U000e0001");
}

static void test_escape_invalid(void **state)
{
	(void)state;
	ESCAPE("\xff\xfe", "\\xff\\xfe");
	ESCAPE("\x80", "\\x80");
	/* cut short at the end, and in the middle */
	ESCAPE("a\xe8\x99", "a\\xe8\\x99");
	ESCAPE("\xe8\x99" "b", "\\xe8\\x99b");
	/* overlong slash and NUL, surrogate, beyond Unicode */
	ESCAPE("\xc0\xaf", "\\xc0\\xaf");
	ESCAPE("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	ESCAPE("\xf0\x80\x80\x80", "\\xf0\\x80\\x80\\x80");
	ESCAPE("\xed\xa0\x80", "\\xed\\xa0\\x80");
	ESCAPE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	ESCAPE("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
}

/* Whatever goes in and however little room there is: valid, printable, terminated. */
static void test_escape_any(void **state)
{
	static const char *const bits[] = {
		"\x1b[", "\xe8\x99\x9a", "\xf0\x9f\x90\xa7", "\xff", "\xc2\x85", "a", "\\", "\xe2\x80",
		"\n", "\xcc\x81", "\xed\xa0\x80", "\xef\xbf\xbf",
	};
	char src[512], dst[320];
	size_t len, size, i;
	unsigned int round;
	long code;
	int used;

	(void)state;
	srand(1);
	for (round = 0; round < 20000; round++) {
		len = 0;
		while (len < 300) {
			const char *bit = bits[rand() % (sizeof(bits) / sizeof(bits[0]))];

			memcpy(src + len, bit, strlen(bit));
			len += strlen(bit);
			if (rand() % 8 == 0)
				src[len++] = rand();
		}
		size = 1 + rand() % (sizeof(dst) - 1);
		memset(dst, 0x55, sizeof(dst));
		escape(dst, size, src, len - rand() % 300);
		assert_true(memchr(dst, 0, size));
		len = strlen(dst);
		/* nothing behind what it may write */
		for (i = size; i < sizeof(dst); i++)
			assert_int_equal(dst[i], 0x55);
		for (i = 0; i < len; i += used) {
			used = utf8_next(dst + i, len - i, &code);
			assert_true(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0));
		}
	}
}

static void test_escape_long(void **state)
{
	char src[300], dst[128];

	(void)state;
	memset(src, 'x', sizeof(src));
	escape(dst, sizeof(dst), src, sizeof(src));
	assert_int_equal(strlen(dst), sizeof(dst) - 1);
	/* an escape is written whole or not at all */
	src[125] = '\x1b';
	escape(dst, sizeof(dst), src, sizeof(src));
	assert_int_equal(strlen(dst), 125);
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(char_columns('a'), 1);
	assert_int_equal(char_columns(0xfc), 1);
	assert_int_equal(char_columns(0x301), 0);
	assert_int_equal(char_columns(0x865a), 2);
	assert_int_equal(char_columns(0x1f427), 2);
	assert_int_equal(char_columns(0xff21), 2);
}

static void test_parse_u32(void **state)
{
	static const char *const bad[] = {
		"", " 1", "+1", "-1", "1x", "0x10", "1.0", "4294967296", "99999999999999999999",
	};
	uint32_t v = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(parse_u32(bad[i], 0, UINT32_MAX, &v));
		assert_int_equal(v, 7);
	}
	assert_true(parse_u32("4294967295", 0, UINT32_MAX, &v));
	assert_int_equal(v, UINT32_MAX);
	assert_true(parse_u32("010", 0, 100, &v));
	assert_int_equal(v, 10);
	assert_false(parse_u32("0", 1, 9, &v));
	assert_false(parse_u32("10", 1, 9, &v));
}

static void test_parse_seconds(void **state)
{
	static const char *const bad[] = {
		"", "0", "0.0", "-1", "+1", " 1", "1s", "1e3", "inf", "nan", "0x1", ".", "1..2",
		"0.0001", "86401", "1,5",
	};
	uint64_t ns = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(parse_seconds(bad[i], &ns));
		assert_int_equal(ns, 7);
	}
	assert_true(parse_seconds("0.25", &ns));
	assert_int_equal(ns, 250000000);
	assert_true(parse_seconds(".5", &ns));
	assert_int_equal(ns, 500000000);
	assert_true(parse_seconds("86400", &ns));
	assert_true(ns == 86400000000000ULL);
}

static void check_name(const char *cmdline, size_t len, const char *want)
{
	char name[64] = "unset";
	char *copy = malloc(len ? len : 1);

	/* exactly as long as it says, for the address sanitizer */
	memcpy(copy, cmdline, len);
	assert_int_equal(vm_name_from_cmdline(copy, len, name, sizeof(name)), want != NULL);
	if (want)
		assert_string_equal(name, want);
	free(copy);
}

#define NAME(cmdline, want) check_name(cmdline, sizeof(cmdline) - 1, want)

static void test_vm_name(void **state)
{
	(void)state;
	NAME("qemu-system-ppc\0-name\0web\0-m\0512\0", "web");
	NAME("qemu\0-name\0guest=web,debug-threads=on\0", "web");
	NAME("qemu\0-name\0debug-threads=on,guest=web\0", "web");
	NAME("qemu\0-name\0web,process=x\0", "web");
	NAME("qemu\0-name\0a,,b,debug-threads=on\0", "a,b");
	NAME("qemu\0-name\0guest=a=b\0", "a=b");
	NAME("lkvm\0run\0--name\0web\0", "web");
	NAME("vmm\0--name=web\0", "web");
	NAME("qemu\0-name\0web", "web");
	NAME("qemu\0-name\0\x1b[31mred\0", "\\x1b[31mred");
	NAME("", NULL);
	NAME("qemu", NULL);
	NAME("qemu\0-m\0" "512\0", NULL);
	NAME("qemu\0-name", NULL);
	NAME("qemu\0-name\0", NULL);
	NAME("qemu\0-name\0\0-m\0", NULL);
	NAME("qemu\0-name\0guest=\0", NULL);
	NAME("qemu\0-name\0debug-threads=on\0", NULL);
	NAME("qemu\0-names\0web\0", NULL);
	/* what others call it */
	NAME("/usr/bin/firecracker-v1.7\0--api-sock\0/x\0--id\0web\0", "web");
	NAME("firecracker\0--id=web\0", "web");
	NAME("qemu\0--id=web\0", NULL);
	NAME("./lkvm\0run\0-n\0web\0", "web");
	NAME("cat\0-n\0web\0", NULL);
	NAME("/opt/VBoxHeadless\0--comment\0web 1\0--startvm\0x\0", "web 1");
	/* no value of its own */
	NAME("vmm\0--name\0", NULL);
	NAME("vmm\0-name=web\0", NULL);
	NAME("-name\0", NULL);
	NAME("\0\0-name\0web\0", "web");
}

static void check_kernel(const char *cmdline, size_t len, const char *want)
{
	char path[16], *copy = malloc(len ? len : 1);

	memcpy(copy, cmdline, len);
	assert_int_equal(vm_kernel_from_cmdline(copy, len, path, sizeof(path)), want != NULL);
	if (want)
		assert_string_equal(path, want);
	free(copy);
}

#define KERNEL(cmdline, want) check_kernel(cmdline, sizeof(cmdline) - 1, want)

static void test_vm_kernel(void **state)
{
	(void)state;
	KERNEL("qemu\0-m\0" "512\0-kernel\0vmlinux\0", "vmlinux");
	KERNEL("cloud-hypervisor\0--kernel\0/b/vmlinux", "/b/vmlinux");
	KERNEL("vmm\0--kernel=vmlinux\0", "vmlinux");
	KERNEL("qemu\0-kernel-irqchip\0on\0", NULL);
	KERNEL("qemu\0-kernel\0\0", NULL);
	KERNEL("qemu\0-kernel", NULL);
	KERNEL("qemu\0-kernel\0a path too long for it\0", NULL);
	KERNEL("", NULL);
}

static void map(const char *text, const char *name, uint32_t pid, const char *uuid,
		const char *want)
{
	char why[160], got[64];
	struct vm_names *names = vm_names_parse(text, strlen(text), why, sizeof(why));

	if (!names)
		fail_msg("%s", why);
	snprintf(got, sizeof(got), "%s", name);
	assert_int_equal(vm_names_find(names, pid, uuid, got, sizeof(got)), want != NULL);
	assert_string_equal(got, want ? want : name);
	vm_names_free(names);
}

static void no_map(const char *text, size_t len, const char *want)
{
	char why[160];

	assert_null(vm_names_parse(text, len, why, sizeof(why)));
	assert_string_equal(why, want);
}

static void test_vm_map(void **state)
{
	static const char form[] =
		"not 'PATTERN NAME', 'pid:NUMBER NAME' or 'uuid:UUID NAME'";
	char want[160];

	(void)state;
	map("", "a", 1, NULL, NULL);
	map("# a b\n\n  a\tthe web server \n", "a", 1, NULL, "the web server");
	map("a b\na c", "a", 1, NULL, "b");
	map("inst-*[0-9] db", "inst-x7", 1, NULL, "db");
	map("inst-*[0-9] db", "inst-x", 1, NULL, NULL);
	map("pid:7 db", "a", 7, NULL, "db");
	map("pid:7 db", "pid:7", 8, NULL, NULL);
	map("uuid:AB-1 db", "a", 7, "ab-1", "db");
	map("uuid:ab-1 db", "a", 7, "ab-2", NULL);
	map("uuid:ab-1 db", "a", 7, NULL, NULL);
	map("a \x1b[31mred\r\n", "a", 7, NULL, "\\x1b[31mred");
	snprintf(want, sizeof(want), "line 2: %s", form);
	no_map("a b\nc\n", 6, want);
	no_map("a b\npid:x c\n", 12, want);
	no_map("a b\npid:0 c\n", 12, want);
	no_map("a b\nuuid: c\n", 12, want);
	no_map("a b\n c  \n", 9, want);
	no_map("a b\0c", 5, "is no text");
}

static void test_vm_name_long(void **state)
{
	char cmdline[5000], name[64];

	(void)state;
	memset(cmdline, 'x', sizeof(cmdline));
	memcpy(cmdline, "q\0-name", 8);
	assert_true(vm_name_from_cmdline(cmdline, sizeof(cmdline), name, sizeof(name)));
	assert_int_equal(strlen(name), sizeof(name) - 1);
}

/* A process that is gone is called as BPF saw it, ours by its own name. */
static void test_vm_name_process(void **state)
{
	char name[128], want[128];

	(void)state;
	vm_name(0x7fffffff, "CPU 0/KVM\x1b", name, sizeof(name));
	assert_string_equal(name, "CPU 0/KVM\\x1b:2147483647");
	vm_name(getpid(), "other", name, sizeof(name));
	snprintf(want, sizeof(want), "test_text:%d", getpid());
	assert_string_equal(name, want);
}

static void test_hide_addresses(void **state)
{
	char text[] = "r1 = 0xffffd132c2a7a000 ; R2_w=map_value(0xff11000100000000) 0xffff0ff1 0xffff";

	(void)state;
	hide_addresses(text);
	assert_string_equal(text,
			    "r1 = 0xxxxxxxxxxxxxxxxx ; R2_w=map_value(0xxxxxxxxxxxxxxxxx) 0xffff0ff1 0xffff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hide_addresses),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_invalid),
		cmocka_unit_test(test_escape_any),
		cmocka_unit_test(test_escape_long),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_parse_u32),
		cmocka_unit_test(test_parse_seconds),
		cmocka_unit_test(test_vm_name),
		cmocka_unit_test(test_vm_name_long),
		cmocka_unit_test(test_vm_kernel),
		cmocka_unit_test(test_vm_map),
		cmocka_unit_test(test_vm_name_process),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

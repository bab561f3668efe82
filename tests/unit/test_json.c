// SPDX-License-Identifier: GPL-2.0-only
/* JSON: read back and compared with the schema kvmdbg.top/1. */
#include <stdlib.h>

#include <json-c/json.h>

#include "fixture.h"
#include "guests.h"
#include "output.h"

/* Exactly these keys, in this order; each list ends with NULL. */
static void check_keys(struct json_object *object, const char *const *keys)
{
	size_t i = 0;

	assert_non_null(object);
	json_object_object_foreach(object, key, value) {
		(void)value;
		if (!keys[i])
			fail_msg("key %s: not in the schema", key);
		assert_string_equal(key, keys[i++]);
	}
	if (keys[i])
		fail_msg("no key %s", keys[i]);
}

#define KEYS(object, ...) check_keys(object, (const char *const[]){ __VA_ARGS__, NULL })

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value;
}

static uint64_t number(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	assert_true(json_object_is_type(value, json_type_int));
	return json_object_get_uint64(value);
}

static const char *text(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	assert_true(json_object_is_type(value, json_type_string));
	return json_object_get_string(value);
}

static struct json_object *frame(struct model *model)
{
	char *line = frame_json(model);
	struct json_object *object;

	assert_non_null(line);
	assert_null(strchr(line, '\n'));
	object = json_tokener_parse(line);
	assert_non_null(object);
	free(line);
	return object;
}

static void test_empty(void **state)
{
	struct json_object *object;
	struct model model;

	(void)state;
	fixture_model(&model);
	model_begin(&model, 3 * SEC);
	model_end(&model, 0);
	object = frame(&model);
	KEYS(object, "schema", "time_ns", "interval_ns", "backend", "dropped_hits", "vcpus", "hits");
	assert_string_equal(text(object, "schema"), "kvmdbg.top/1");
	assert_string_equal(text(object, "backend"), "booke-pr");
	assert_true(number(object, "time_ns") == 3 * SEC);
	assert_true(number(object, "interval_ns") == 2 * SEC);
	assert_int_equal(number(object, "dropped_hits"), 0);
	assert_int_equal(json_object_array_length(get(object, "vcpus")), 0);
	assert_int_equal(json_object_array_length(get(object, "hits")), 0);
	json_object_put(object);
	model_free(&model);
}

static void check_latency(struct json_object *object, uint64_t count, uint64_t sum, uint64_t max)
{
	KEYS(object, "count", "sum", "p50", "p90", "p99", "max");
	assert_true(number(object, "count") == count);
	assert_true(number(object, "sum") == sum);
	assert_true(number(object, "max") == max);
	assert_true(number(object, "p50") <= number(object, "p90"));
	assert_true(number(object, "p99") <= max);
}

static void test_vcpu(void **state)
{
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 0xc1234567, 3);
	struct json_object *object, *vcpu, *part;
	struct model model;
	int i;

	(void)state;
	fixture_model(&model);
	for (i = 0; i < KVMDBG_NR_KINDS; i++)
		raw.events[i] = 100 + i;
	for (i = 0; i < KVMDBG_NR_ORIGINS; i++)
		raw.origin[i] = 200 + i;
	raw.exits = UINT64_MAX;
	raw.debug_exits = 1ULL << 40;
	raw.to_guest = 11;
	raw.to_host = 12;
	raw.skipped = 13;
	raw.dropped_hits = 14;
	raw.injected = 15;
	/* 5 ticks of 10 ns, 4 times */
	fixture_latency(&raw, KVMDBG_SWITCH, 5, 4);
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 20000, 3);
	fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 90000, 1);
	model_begin(&model, 2 * SEC);
	assert_true(model_add(&model, 0, &raw, NULL));
	model_end(&model, 0);

	object = frame(&model);
	assert_int_equal(number(object, "dropped_hits"), 14);
	assert_int_equal(json_object_array_length(get(object, "vcpus")), 1);
	vcpu = json_object_array_get_idx(get(object, "vcpus"), 0);
	KEYS(vcpu, "pid", "vm", "vcpu", "events", "origin", "injected", "exits", "switch", "debug_exit_ns",
	     "other_exit_ns");
	assert_int_equal(number(vcpu, "pid"), 42);
	assert_string_equal(text(vcpu, "vm"), "vmm:42");
	assert_int_equal(number(vcpu, "vcpu"), 3);
	part = get(vcpu, "events");
	KEYS(part, "step", "hw_break", "watch_read", "watch_write", "branch", "trap", "sw_break",
	     "interrupt", "return", "imprecise");
	assert_int_equal(number(part, "step"), 100);
	assert_int_equal(number(part, "hw_break"), 101);
	assert_int_equal(number(part, "sw_break"), 106);
	assert_int_equal(number(part, "imprecise"), 109);
	assert_int_equal(number(vcpu, "injected"), 15);
	part = get(vcpu, "origin");
	KEYS(part, "user", "guest", "stray", "host");
	assert_int_equal(number(part, "user"), 200);
	assert_int_equal(number(part, "guest"), 201);
	assert_int_equal(number(part, "stray"), 202);
	assert_int_equal(number(part, "host"), 203);
	part = get(vcpu, "exits");
	KEYS(part, "total", "debug");
	assert_true(number(part, "total") == UINT64_MAX);
	assert_true(number(part, "debug") == 1ULL << 40);
	part = get(vcpu, "switch");
	KEYS(part, "to_guest", "to_host", "skipped", "ns");
	assert_int_equal(number(part, "to_guest"), 11);
	assert_int_equal(number(part, "to_host"), 12);
	assert_int_equal(number(part, "skipped"), 13);
	check_latency(get(part, "ns"), 4, 200, 50);
	check_latency(get(vcpu, "debug_exit_ns"), 4, 150000, 90000);
	/* without a value there is no percentile and no maximum */
	KEYS(get(vcpu, "other_exit_ns"), "count", "sum");
	/* nothing of the kernel's addresses */
	assert_null(strstr(json_object_to_json_string(object), "c1234567"));
	assert_null(strstr(json_object_to_json_string(object), "3240314215"));
	json_object_put(object);

	/* the clock of the switches is not known: their times are left out, not 0 */
	model.switch_hz = 0;
	object = frame(&model);
	vcpu = json_object_array_get_idx(get(object, "vcpus"), 0);
	KEYS(get(vcpu, "switch"), "to_guest", "to_host", "skipped");
	json_object_put(object);
	model_free(&model);
}

static void test_hits(void **state)
{
	struct kvmdbg_hit hit = { .time_ns = 1500000001, .vm = 0xc1000000, .pc = 0x101c,
				  .tgid = 42, .vcpu = 3, .raw = 0x08000000 };
	struct json_object *object, *list, *item;
	struct model model;

	(void)state;
	fixture_model(&model);
	model_hit(&model, &hit);
	hit.raw = 0x000c0000;
	hit.addr = 0xfffffffffffffff8;
	hit.pc = 0;
	hit.origin = KVMDBG_STRAY;
	model_hit(&model, &hit);
	model_begin(&model, 2 * SEC);
	model_end(&model, 0);
	object = frame(&model);
	list = get(object, "hits");
	assert_int_equal(json_object_array_length(list), 2);
	item = json_object_array_get_idx(list, 0);
	/* a step has no data address */
	KEYS(item, "time_ns", "pid", "vcpu", "kind", "origin", "pc", "raw", "cause");
	assert_int_equal(number(item, "time_ns"), 1500000001);
	assert_int_equal(number(item, "pid"), 42);
	assert_int_equal(number(item, "vcpu"), 3);
	assert_string_equal(text(item, "kind"), "step");
	assert_string_equal(text(item, "origin"), "user");
	assert_string_equal(text(item, "pc"), "0x101c");
	assert_string_equal(text(item, "raw"), "0x8000000");
	assert_string_equal(json_object_to_json_string_ext(get(item, "cause"), 0), "[\"ICMP\"]");
	item = json_object_array_get_idx(list, 1);
	KEYS(item, "time_ns", "pid", "vcpu", "kind", "origin", "pc", "addr", "raw", "cause");
	assert_string_equal(text(item, "kind"), "watch_read+watch_write");
	assert_string_equal(text(item, "origin"), "stray");
	assert_string_equal(text(item, "pc"), "0x0");
	assert_string_equal(text(item, "addr"), "0xfffffffffffffff8");
	assert_string_equal(json_object_to_json_string_ext(get(item, "cause"), 0),
			    "[\"DAC1R\",\"DAC1W\"]");
	json_object_put(object);
	model_free(&model);
}

/* Of code and of data; of one of two VMs. */
static void test_symbols(void **state)
{
	const struct guest_options options = { .nr_symbols = 1,
					       .symbols = { "vmm:42=" SYMBOLS_ELF "@0x1000" } };
	struct kvmdbg_vcpu raw = fixture_vcpu(42, 7, 0), other = fixture_vcpu(43, 8, 0);
	struct kvmdbg_hit hit = { .vm = 7, .pc = 0xc0002064, .addr = 0xc0101004, .tgid = 42,
				  .raw = 0x00080000 };
	struct json_object *object, *item;
	struct model model;
	size_t len;

	(void)state;
	fixture_model(&model);
	assert_int_equal(guests_open(&model.guests, &options, false), 0);
	model_hit(&model, &hit);
	hit.vm = 8;
	hit.tgid = 43;
	model_hit(&model, &hit);
	model_begin(&model, 2 * SEC);
	assert_non_null(model_add(&model, 0, &raw, NULL));
	assert_non_null(model_add(&model, 1, &other, NULL));
	model_end(&model, 0);
	object = frame(&model);
	item = json_object_array_get_idx(get(object, "hits"), 0);
	KEYS(item, "time_ns", "pid", "vcpu", "kind", "origin", "pc", "symbol", "source", "addr",
	     "addr_symbol", "raw", "cause");
	assert_string_equal(text(item, "symbol"), "inner+0x4");
	assert_string_equal(text(item, "addr_symbol"), "counter+0x4");
	len = strlen(text(item, "source"));
	assert_true(len >= 16 && !strcmp(text(item, "source") + len - 16, "guest/first.c:21"));
	item = json_object_array_get_idx(get(object, "hits"), 1);
	KEYS(item, "time_ns", "pid", "vcpu", "kind", "origin", "pc", "addr", "raw", "cause");
	json_object_put(object);
	guests_close(model.guests);
	model.guests = NULL;
	model_free(&model);
}

static void hostile_name(void *ctx, const struct kvmdbg_vcpu *raw, char *name, size_t size)
{
	(void)ctx;
	(void)raw;
	snprintf(name, size, "a\"b\\\\c\xe8\x99\x9a");
}

static void test_filter_and_quotes(void **state)
{
	struct kvmdbg_vcpu a = fixture_vcpu(1, 1, 0), b = fixture_vcpu(2, 2, 0);
	struct json_object *object, *list;
	struct model model;

	(void)state;
	fixture_model(&model);
	model.vm_filter = "vmm:2";
	model_begin(&model, 2 * SEC);
	assert_true(model_add(&model, 0, &a, NULL));
	assert_true(model_add(&model, 1, &b, NULL));
	model_end(&model, 0);
	object = frame(&model);
	list = get(object, "vcpus");
	assert_int_equal(json_object_array_length(list), 1);
	assert_int_equal(number(json_object_array_get_idx(list, 0), "pid"), 2);
	json_object_put(object);
	model_free(&model);

	fixture_model(&model);
	model.vm_name = hostile_name;
	model_begin(&model, 2 * SEC);
	assert_true(model_add(&model, 0, &a, NULL));
	model_end(&model, 0);
	object = frame(&model);
	assert_string_equal(text(json_object_array_get_idx(get(object, "vcpus"), 0), "vm"),
			    "a\"b\\\\c\xe8\x99\x9a");
	json_object_put(object);
	model_free(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_vcpu),
		cmocka_unit_test(test_hits),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_filter_and_quotes),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}

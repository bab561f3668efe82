// SPDX-License-Identifier: GPL-2.0-only
/* What the user of the screen can set: keys, filters, order, and the file that remembers it. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actions.h"
#include "canvas.h"
#include "config.h"
#include "fixture.h"

/* No key does two things on a page, and each thing is possible somewhere. */
static void test_keys(void **state)
{
	static const enum page pages[] = { PAGE_TABLE, PAGE_DETAIL, PAGE_COLUMNS, PAGE_HELP };
	const struct action_info *a;
	int i, p, replay;
	bool reached;

	(void)state;
	for (a = action_infos; a->action; a++) {
		reached = false;
		for (p = 0; p < 4; p++)
			for (replay = 0; replay < 2; replay++)
				for (i = 0; i < MAX_KEYS && a->keys[i]; i++)
					reached |= action_of(a->keys[i], pages[p], replay) ==
						   a->action;
		if (!reached)
			fail_msg("no key for '%s'", a->help);
		assert_true(text_columns(a->help) <= 27);
		assert_true(a->manual[strlen(a->manual) - 1] == '.');
	}
	/* live nothing is hidden by a key that was there before */
	for (a = action_infos; a->action; a++)
		for (p = 0; p < 4; p++)
			for (i = 0; i < MAX_KEYS && a->keys[i]; i++)
				if (action_possible(a, pages[p], false))
					assert_int_equal(action_of(a->keys[i], pages[p], false),
							 a->action);
	assert_int_equal(action_of('g', PAGE_TABLE, false), ACTION_FIRST);
	assert_int_equal(action_of('g', PAGE_TABLE, true), ACTION_START);
	assert_int_equal(action_of('~', PAGE_TABLE, false), ACTION_NONE);
}

static void make(struct model *model)
{
	struct kvmdbg_vcpu raw;
	unsigned int vm, id;

	fixture_model(model);
	model_begin(model, 2 * SEC);
	for (vm = 0; vm < 3; vm++)
		for (id = 0; id < 4; id++) {
			raw = fixture_vcpu(100 + vm, 1, id);
			raw.debug_exits = vm * 10 + (id * 7) % 4;
			raw.events[id] = 1;
			raw.origin[id] = 1;
			fixture_latency(&raw, KVMDBG_DEBUG_EXIT, 1000 << id, 1 + vm);
			assert_true(model_add(model, vm * 4 + id, &raw, NULL));
		}
	model_end(model, 0);
}

static void test_filter(void **state)
{
	static const struct {
		const char *text;
		size_t rows;
	} good[] = {
		{ "", 12 }, { "vmm", 12 }, { "VMM:101", 4 }, { "vm=vmm:10[01]", 8 },
		{ "vmm:*1", 4 }, { "vcpu=0", 3 }, { "vcpu=1-2", 6 }, { "vcpu=1-2 101", 2 },
		{ "kind=step", 3 }, { "kind=watch", 6 }, { "origin=stray", 3 },
		{ "  origin=s   kind=watch_r ", 3 }, { "origin=guest kind=step", 0 },
		{ "nothing", 0 },
	};
	static const char *const bad[] = {
		"vcpu=", "vcpu=x", "vcpu=2-1", "vcpu=-1", "vcpu=1-2-3", "kind=nothing", "origin=x",
		"colour=red", "=", "vcpu=99999999999",
	};
	struct settings settings;
	struct rows rows = { 0 };
	struct filter filter;
	struct model model;
	char why[200], many[300];
	size_t i;

	(void)state;
	make(&model);
	settings_init(&settings);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(filter_parse(&filter, &model, good[i].text, why, sizeof(why)));
		assert_true(rows_make(&rows, &model, &settings, &filter));
		if (rows.nr != good[i].rows)
			fail_msg("'%s': %zu rows", good[i].text, rows.nr);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(filter.text, "as it was");
		if (filter_parse(&filter, &model, bad[i], why, sizeof(why)))
			fail_msg("'%s' is taken", bad[i]);
		assert_string_equal(filter.text, "as it was");
	}
	memset(many, 'x', sizeof(many));
	many[299] = 0;
	assert_false(filter_parse(&filter, &model, many, why, sizeof(why)));
	rows_free(&rows);
	model_free(&model);
}

static void test_order(void **state)
{
	struct settings settings;
	struct rows rows = { 0 };
	struct filter filter;
	struct model model;
	struct value value;
	char why[100];
	size_t i;

	(void)state;
	make(&model);
	settings_init(&settings);
	settings.sort = COLUMN_EVENTS;
	settings.ascending = false;
	assert_true(rows_make(&rows, &model, &settings, NULL));
	for (i = 1; i < rows.nr; i++)
		assert_true(rows.rows[i - 1].total.debug_exits >= rows.rows[i].total.debug_exits);
	assert_int_equal(rows.rows[0].vm->pid, 102);
	settings.ascending = true;
	settings.sort = COLUMN_DEBUG_MAX;
	assert_true(rows_make(&rows, &model, &settings, NULL));
	assert_int_equal(rows.rows[0].vcpus[0]->id, 0);
	assert_int_equal(rows.rows[11].vcpus[0]->id, 3);
	/* in one row: sums, and the percentiles of all */
	settings.folded = true;
	settings.sort = COLUMN_NAME;
	assert_true(rows_make(&rows, &model, &settings, NULL));
	assert_int_equal(rows.nr, 3);
	assert_int_equal(rows.nr_vms, 3);
	assert_int_equal(rows.rows[1].total.debug_exits, 4 * 10 + 0 + 3 + 2 + 1);
	value = row_value(&model, &rows.rows[1], COLUMN_DEBUG_MAX, true);
	assert_true(value.kind == VALUE_NS && value.number == 8000);
	/* one of them apart; and of another what a filter leaves is one row still */
	model.vms->apart = true;
	assert_true(filter_parse(&filter, &model, "kind=watch", why, sizeof(why)));
	assert_true(rows_make(&rows, &model, &settings, &filter));
	assert_int_equal(rows.nr, 4);
	assert_int_equal(rows.rows[3].nr_vcpus, 2);
	rows_free(&rows);
	model_free(&model);
}

static void test_config(void **state)
{
	static const char text[] = "# columns\n\n view=own \nsort = stray # what matters\nascending = no\n"
				   "columns = stray exits\ttotals\n";
	struct settings settings, again;
	char why[200] = "", out[CONFIG_SIZE];
	size_t len;

	(void)state;
	settings_init(&settings);
	/* the last line is wrong: totals is no column */
	assert_false(config_parse(&settings, text, strlen(text), why, sizeof(why)));
	assert_string_equal(why, "line 6: 'columns = stray exits\\ttotals': not a setting");
	assert_int_equal(settings.sort, COLUMN_STRAY);
	assert_false(settings.ascending);
	/* a view of no columns is none */
	assert_int_equal(settings.set, SET_OVERVIEW);

	settings.set = SET_OWN;
	settings.nr_own = 2;
	settings.own[0] = COLUMN_EXITS;
	settings.own[1] = COLUMN_STRAY;
	settings.folded = true;
	strcpy(settings.vm_names, "/etc/vm names");
	len = config_text(&settings, out, sizeof(out));
	settings_init(&again);
	assert_true(config_parse(&again, out, len, why, sizeof(why)));
	assert_memory_equal(&again, &settings, sizeof(settings));
	assert_string_equal(again.vm_names, "/etc/vm names");
	/* where it is started does not matter */
	assert_false(config_parse(&again, "vm_names = names", 16, why, sizeof(why)));
	assert_string_equal(again.vm_names, "/etc/vm names");
	assert_int_equal(snprintf(out, sizeof(out), "vm_names = /%0*d", VM_NAMES_SIZE - 2, 0),
			 VM_NAMES_SIZE + 10);
	assert_true(config_parse(&again, out, strlen(out), why, sizeof(why)));
	strcat(out, "0");
	assert_false(config_parse(&again, out, strlen(out), why, sizeof(why)));
	assert_false(config_parse(&again, "\0", 1, why, sizeof(why)));
	assert_false(config_parse(&again, "view = own\033[2J", 15, why, sizeof(why)));
	assert_null(strchr(why, '\033'));
}

static void test_config_file(void **state)
{
	char folder[] = "/tmp/kvmdbg-unit-XXXXXX", path[256], why[256] = "x";
	struct settings settings, again;
	struct stat st;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	setenv("XDG_CONFIG_HOME", folder, 1);
	settings_init(&settings);
	/* none is no mistake */
	config_load(&settings, why, sizeof(why));
	assert_string_equal(why, "");
	settings.totals = true;
	assert_true(config_save(&settings, why, sizeof(why)));
	settings_init(&again);
	config_load(&again, why, sizeof(why));
	assert_string_equal(why, "");
	assert_true(again.totals);
	assert_true(config_path(path, sizeof(path)));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	file = fopen(path, "w");
	fputs("nonsense\n", file);
	fclose(file);
	config_load(&again, why, sizeof(why));
	assert_non_null(strstr(why, "top.conf: line 1: 'nonsense'"));
	/* a folder in its place */
	unlink(path);
	mkdir(path, 0700);
	assert_false(config_save(&settings, why, sizeof(why)));
	assert_non_null(strstr(why, "top.conf: "));
	rmdir(path);
	*strrchr(path, '/') = 0;
	assert_int_equal(rmdir(path), 0);
	rmdir(folder);
	/* as the rules for that variable have it */
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", "/home/me", 1);
	assert_true(config_path(path, sizeof(path)));
	assert_string_equal(path, "/home/me/.config/kvmdbg/top.conf");
	unsetenv("HOME");
	assert_false(config_path(path, sizeof(path)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_config_file),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}

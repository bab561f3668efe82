// SPDX-License-Identifier: GPL-2.0-only
/*
 * A report as one page of HTML that needs nothing but itself: no script, no font, no network. Its
 * content security policy says so, and all text that others wrote is escaped.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "lines.h"
#include "report.h"
#include "symbols.h"
#include "util.h"
#include "view.h"

/* In the page's own units; it scales with the window. */
#define CHART_WIDTH	960
#define CHART_LEFT	64
#define CHART_RIGHT	28
#define PLOT_WIDTH	(CHART_WIDTH - CHART_LEFT - CHART_RIGHT)
#define LINE_HEIGHT	52
#define HIST_HEIGHT	120

#define MAX_TIMELINES	24
#define MAX_VCPU_ROWS	500
#define MAX_PLACES	100
#define MAX_HITS	200

static const char style[] =
	":root{color-scheme:light dark;--bg:#fcfcfb;--panel:#fff;--ink:#1b1f24;--dim:#59636e;"
	"--line:#d9dee3;--grid:#e9ecef;--debug:#2f6fde;--other:#a9b4c0;--stray:#c4291c;"
	"--mark:#8a5a00}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#14171a;--panel:#1b1f23;--ink:#e6e9ec;"
	"--dim:#9aa5b1;--line:#343b42;--grid:#292f35;--debug:#6aa2ff;--other:#5b6672;"
	"--stray:#ff7b6e;--mark:#e3b15a}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--bg);color:var(--ink);"
	"font:15px/1.45 system-ui,sans-serif}\n"
	"main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}\n"
	"h1{font-size:24px;margin:0 0 2px;font-weight:650}\n"
	"h2{font-size:17px;margin:36px 0 4px;font-weight:650}\n"
	"h3{font-size:14px;margin:18px 0 2px;font-weight:600}\n"
	"p{margin:4px 0 10px;max-width:92ch}\n"
	".dim,caption,figcaption{color:var(--dim)}\n"
	".bad{color:var(--stray);font-weight:600}\n"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;"
	"margin:18px 0}\n"
	".tiles div{background:var(--panel);border:1px solid var(--line);border-radius:8px;"
	"padding:10px 14px}\n"
	".tiles dt{color:var(--dim);font-size:13px}\n"
	".tiles dd{margin:0;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}\n"
	".scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;"
	"background:var(--panel)}\n"
	"table{border-collapse:collapse;width:100%;font-size:13.5px;"
	"font-variant-numeric:tabular-nums}\n"
	"caption{text-align:left;padding:8px 12px 4px;font-size:13px}\n"
	"th,td{padding:5px 12px;text-align:right;white-space:nowrap}\n"
	"thead th{font-weight:600;color:var(--dim);border-bottom:1px solid var(--line)}\n"
	"tbody tr+tr>*{border-top:1px solid var(--grid)}\n"
	"th[scope=row],.l{text-align:left;font-weight:500}\n"
	"td.wrap{white-space:normal;overflow-wrap:anywhere;text-align:left}\n"
	"code,.m{font-family:ui-monospace,monospace;font-size:13px}\n"
	"figure{margin:0 0 12px;background:var(--panel);border:1px solid var(--line);"
	"border-radius:8px;padding:8px 10px 4px;overflow-x:auto}\n"
	"figcaption{font-size:13px;padding:0 2px 2px;overflow-wrap:anywhere}\n"
	"figcaption b{color:var(--ink);font-weight:600}\n"
	"svg{display:block;width:100%;min-width:620px;height:auto}\n"
	"svg text{fill:var(--dim);font:12px system-ui,sans-serif}\n"
	".grid{stroke:var(--grid);stroke-width:1}\n"
	".axis{stroke:var(--line);stroke-width:1}\n"
	".debug{fill:var(--debug)}.other{fill:var(--other)}.stray{fill:var(--stray)}\n"
	".mark{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:4 3}\n"
	"svg text.marked{fill:var(--mark);font-weight:600}\n"
	".key{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 5px 0 14px}\n"
	".key.debug{background:var(--debug)}.key.other{background:var(--other)}\n"
	".key.stray{background:var(--stray)}\n"
	"@media print{:root{color-scheme:light;--bg:#fff;--panel:#fff;--ink:#000;--dim:#444;"
	"--line:#bbb;--grid:#ddd;--debug:#2f6fde;--other:#a9b4c0;--stray:#c4291c;--mark:#8a5a00}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
	"main{max-width:none;padding:0}figure,tr,.tiles{break-inside:avoid}"
	"h2,h3,h2+p,h3+p{break-after:avoid}.scroll,figure{overflow:visible}svg{min-width:0}"
	"body{font-size:11pt}.tiles{grid-template-columns:repeat(6,1fr)}.tiles dd{font-size:15pt}"
	"th,td{padding:3px 6px;font-size:9pt}}\n";

static void put(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			putc(*text, out);
		}
	}
}

/* What does not fit is scrolled, also with the keyboard. */
static void begin_table(FILE *out, const char *label)
{
	fprintf(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n"
		"<table>\n", label);
}

struct column {
	const char *title;
	bool left;
};

/* The head of a table, which the caller ends. */
static void put_columns(FILE *out, const struct column *columns)
{
	fputs("<thead><tr>", out);
	for (; columns->title; columns++) {
		fprintf(out, "<th scope=\"col\"%s>", columns->left ? " class=\"l\"" : "");
		put(out, columns->title);
		fputs("</th>", out);
	}
}

static void put_bar(FILE *out, const char *class, double x, double y, double w, double h)
{
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
		class, x, y, w, h);
}

static void put_number(FILE *out, uint64_t value)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%llu", (unsigned long long)value), i;

	/* A thin space for each thousand. */
	for (i = 0; i < len; i++) {
		if (i && !((len - i) % 3))
			fputs("&#8239;", out);
		putc(text[i], out);
	}
}

static const char *env(const struct summary *summary, const char *key)
{
	const char *value = recording_env(summary->recording, key);

	return value ? value : "";
}

static void put_tile(FILE *out, const char *name, const char *class, const char *value)
{
	fprintf(out, "<div><dt>%s</dt><dd%s%s%s>", name, *class ? " class=\"" : "", class,
		*class ? "\"" : "");
	fputs(value, out);
	fputs("</dd></div>\n", out);
}

static void format_seconds(char *text, size_t size, double seconds)
{
	if (seconds < 120)
		snprintf(text, size, "%.*f s", seconds < 10 ? 2 : 1, seconds);
	else
		snprintf(text, size, "%u:%02u:%02u", (unsigned int)(seconds / 3600),
			 (unsigned int)(seconds / 60) % 60, (unsigned int)fmod(seconds, 60));
}

static void put_head(FILE *out, const struct summary *summary)
{
	const struct counters *total = &summary->total.total;
	const char *damage = recording_damage(summary->recording);
	char text[32];

	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>kvmdbg: ", out);
	put(out, recording_name(summary->recording));
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<header>\n<h1>", style);
	put(out, recording_name(summary->recording));
	fputs("</h1>\n<p class=\"dim\">Guest debugging on ", out);
	put(out, *env(summary, "host") ? env(summary, "host") : "a host");
	fputs(", ", out);
	put(out, env(summary, "cpu"));
	fputs(", Linux ", out);
	put(out, env(summary, "kernel"));
	fputs(", recorded ", out);
	put(out, env(summary, "date"));
	fputs("</p>\n", out);
	if (damage) {
		fputs("<p class=\"bad\">The recording is ", out);
		put(out, damage);
		fputs(": this is what comes before.</p>\n", out);
	}
	if (summary->model.lost_events)
		fprintf(out, "<p class=\"bad\">%llu events of more than %d vCPUs were not counted.</p>\n",
			(unsigned long long)summary->model.lost_events, KVMDBG_MAX_VCPUS);
	fputs("<dl class=\"tiles\">\n", out);
	format_seconds(text, sizeof(text), summary->duration_ns / 1e9);
	put_tile(out, "recorded", "", text);
	snprintf(text, sizeof(text), "%zu", summary->nr_vcpus);
	put_tile(out, "vCPUs", "", text);
	format_count(text, sizeof(text), total->debug_exits);
	put_tile(out, "debug exits", "", text);
	format_count(text, sizeof(text), total->origin[KVMDBG_STRAY]);
	put_tile(out, "nobody asked for", total->origin[KVMDBG_STRAY] ? "bad" : "", text);
	if (summary->total.exits_known) {
		format_count(text, sizeof(text), total->exits);
		put_tile(out, "exits", "", text);
	}
	if (!(summary->model.lacks & LACKS_SWITCHES)) {
		format_count(text, sizeof(text), total->to_guest + total->to_host);
		put_tile(out, "register switches", "", text);
	}
	fputs("</dl>\n</header>\n", out);
}

/* A round step such that at most eight fit. */
static double axis_step(double length)
{
	double step = pow(10, floor(log10(length / 8)));

	if (length / step <= 8)
		return step;
	if (length / (2 * step) <= 8)
		return 2 * step;
	return length / (5 * step) <= 8 ? 5 * step : 10 * step;
}

static void put_time_axis(FILE *out, double seconds, int top, int bottom)
{
	double step = axis_step(seconds), at;
	int i;

	for (i = 0; (at = i * step) <= seconds * 1.0001; i++) {
		double x = CHART_LEFT + at / seconds * PLOT_WIDTH;

		fprintf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
			"<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%g%s</text>", x, x, top, bottom,
			x, bottom + 18, i ? "middle" : "start", at, i ? "" : " s");
	}
}

/* How long a part of the timeline is: the last one may be cut. */
static double column_seconds(const struct summary *summary, size_t i)
{
	uint64_t start = i * summary->column_ns;
	uint64_t ns = summary->duration_ns > start ? summary->duration_ns - start : 0;

	if (ns > summary->column_ns)
		ns = summary->column_ns;
	return ns ? ns / 1e9 : 1e-9;
}

/* One vCPU, or all: a bar for each part of the time, what is a debug exit below the others. */
static void put_timeline(FILE *out, const struct summary *summary, const struct summary_vcpu *vcpu,
			 double most)
{
	const double seconds = summary->duration_ns ? summary->duration_ns / 1e9 : 1e-9;
	const int top = 6, bottom = top + LINE_HEIGHT;
	char text[32], rate[16];
	size_t i;

	fputs("<figure>\n<figcaption><b>", out);
	put(out, *vcpu->vm ? vcpu->vm : "all vCPUs");
	if (!vcpu->many)
		fprintf(out, "</b> vCPU %u", vcpu->id);
	else
		fputs("</b>", out);
	fputs(": ", out);
	put_number(out, vcpu->total.debug_exits);
	fputs(" debug exits", out);
	if (vcpu->exits_known) {
		fputs(" of ", out);
		put_number(out, vcpu->total.exits);
		fputs(" exits", out);
	}
	if (vcpu->total.origin[KVMDBG_STRAY]) {
		fputs(", <span class=\"bad\">", out);
		put_number(out, vcpu->total.origin[KVMDBG_STRAY]);
		fputs(" nobody asked for</span>", out);
	}
	fprintf(out, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"timeline of ",
		CHART_WIDTH, bottom + 24);
	put(out, *vcpu->vm ? vcpu->vm : "all vCPUs");
	if (!vcpu->many)
		fprintf(out, " vCPU %u", vcpu->id);
	fputs("\">\n", out);
	put_time_axis(out, seconds, top, bottom);
	format_count(rate, sizeof(rate), most);
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s/s</text>"
		"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n",
		CHART_LEFT - 6, top + 10, rate, CHART_LEFT - 6, bottom);
	for (i = 0; i < summary->nr_columns; i++) {
		const struct summary_column *c = &vcpu->columns[i];
		uint64_t all = c->exits > c->debug_exits ? c->exits : c->debug_exits;
		double at = i * (summary->column_ns / 1e9), span = column_seconds(summary, i);
		double x = CHART_LEFT + at / seconds * PLOT_WIDTH;
		double w = span / seconds * PLOT_WIDTH;
		double high = most ? all / span / most * LINE_HEIGHT : 0;
		double debug = most ? c->debug_exits / span / most * LINE_HEIGHT : 0;

		if (!all && !c->stray)
			continue;
		if (w > 2)
			w -= 0.6;
		format_seconds(text, sizeof(text), at);
		fprintf(out, "<g><title>at %s: %llu debug exits", text,
			(unsigned long long)c->debug_exits);
		if (vcpu->exits_known)
			fprintf(out, ", %llu other exits",
				(unsigned long long)(all - c->debug_exits));
		if (c->stray)
			fprintf(out, ", %llu nobody asked for", (unsigned long long)c->stray);
		fputs("</title>", out);
		if (all > c->debug_exits) {
			put_bar(out, "other", x, bottom - high, w, high - debug);
			fputs("/>", out);
		}
		/* Few among many are still to be seen. */
		if (c->debug_exits) {
			put_bar(out, "debug", x, bottom - fmax(debug, 1), w, fmax(debug, 1));
			fputs("/>", out);
		}
		if (c->stray) {
			put_bar(out, "stray", x, bottom + 1, fmax(w, 3), 4);
			fputs("/>", out);
		}
		fputs("</g>\n", out);
	}
	fprintf(out, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n</svg>\n</figure>\n",
		CHART_LEFT, CHART_WIDTH - CHART_RIGHT, bottom, bottom);
}

/* Exits a second where there are most. */
static double highest_rate(const struct summary *summary, const struct summary_vcpu *vcpu)
{
	double most = 0, span;
	size_t i;

	for (i = 0; i < summary->nr_columns; i++) {
		span = column_seconds(summary, i);
		most = fmax(most, vcpu->columns[i].exits / span);
		most = fmax(most, vcpu->columns[i].debug_exits / span);
	}
	return most;
}

static int by_debug_exits(const void *a, const void *b)
{
	const struct summary_vcpu *x = *(struct summary_vcpu *const *)a;
	const struct summary_vcpu *y = *(struct summary_vcpu *const *)b;

	if (x->total.debug_exits != y->total.debug_exits)
		return x->total.debug_exits > y->total.debug_exits ? -1 : 1;
	return x->total.exits > y->total.exits ? -1 : x->total.exits < y->total.exits;
}

static void put_timelines(FILE *out, const struct summary *summary)
{
	struct summary_vcpu **sorted = calloc(summary->nr_vcpus, sizeof(*sorted));
	size_t i;

	if (!sorted || !summary->nr_columns) {
		free(sorted);
		return;
	}
	memcpy(sorted, summary->vcpus, summary->nr_vcpus * sizeof(*sorted));
	qsort(sorted, summary->nr_vcpus, sizeof(*sorted), by_debug_exits);
	fputs("<section>\n<h2>Timeline</h2>\n<p class=\"dim\">Exits a second, each vCPU on a scale "
	      "of its own.<span class=\"key debug\"></span>debug exits", out);
	if (summary->total.exits_known)
		fputs("<span class=\"key other\"></span>other exits", out);
	fputs("<span class=\"key stray\"></span>events that nobody asked for</p>\n", out);
	if (summary->nr_vcpus > 1)
		put_timeline(out, summary, &summary->total,
			     highest_rate(summary, &summary->total));
	for (i = 0; i < summary->nr_vcpus && i < MAX_TIMELINES; i++)
		put_timeline(out, summary, sorted[i], highest_rate(summary, sorted[i]));
	if (i < summary->nr_vcpus)
		fprintf(out, "<p class=\"dim\">The %zu vCPUs with fewer debug exits are not drawn.</p>\n",
			summary->nr_vcpus - i);
	fputs("</section>\n", out);
	free(sorted);
}

static void put_ns_cell(FILE *out, uint64_t ticks, uint64_t hz)
{
	char text[32] = "n/a";

	if (hz)
		format_ns(text, sizeof(text), ticks_to_ns(ticks, hz));
	fprintf(out, "<td>%s</td>", text);
}

/*
 * Time from left to right, each doubling as wide as any other. The area of a bar is the number of
 * values in it, whatever its width.
 */
static void put_histogram(FILE *out, const struct summary_group *group)
{
	const struct latency *l = &group->latency;
	/* Two lines of text above, so that the marks' never meet. */
	const int top = 32, bottom = top + HIST_HEIGHT;
	unsigned int i, first = KVMDBG_HIST_BUCKETS, last = 0;
	double low, high, width, dense = 0, scale;
	uint64_t beyond = 0;
	const uint64_t far = 8 * latency_percentile(l, 995);
	char text[32], text2[32];
	int tick;
	static const struct {
		const char *name;
		unsigned int permille;
	} marks[] = { { "p50", 500 }, { "p99", 990 } };

	for (i = 0; i < KVMDBG_HIST_BUCKETS; i++) {
		if (!l->buckets[i])
			continue;
		/* A few that took very long would leave no room for all others. */
		if (first < i && bucket_low(i) > far) {
			beyond += l->buckets[i];
			continue;
		}
		if (first > i)
			first = i;
		last = i;
		/* Below 8 a bucket is one value, and 0 has no logarithm. */
		width = log2((bucket_low(i + 1) + (i < 8)) / (double)(bucket_low(i) + (i < 8)));
		if (l->buckets[i] / width > dense)
			dense = l->buckets[i] / width;
	}
	if (first > last)
		return;
	low = log2(bucket_low(first) + (first < 8));
	high = log2(bucket_low(last + 1) + (last < 8));
	/* Some room beside a single bar. */
	low = floor(low - 0.2);
	high = ceil(high + 0.2);
	scale = PLOT_WIDTH / (high - low);

	fputs("<figure>\n<figcaption><b>", out);
	put(out, group->name);
	fputs("</b>: ", out);
	put_number(out, l->count);
	format_ns(text, sizeof(text), ticks_to_ns(l->sum / l->count, group->hz));
	format_ns(text2, sizeof(text2), ticks_to_ns(l->max, group->hz));
	fprintf(out, ", mean %ss, longest %ss", text, text2);
	if (beyond) {
		fputs("; ", out);
		put_number(out, beyond);
		format_ns(text, sizeof(text), ticks_to_ns(bucket_low(last + 1), group->hz));
		fprintf(out, " beyond %ss not drawn", text);
	}
	fprintf(out, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"histogram of ",
		CHART_WIDTH, bottom + 22);
	put(out, group->name);
	fputs("\">\n", out);
	for (tick = low; tick <= high; tick++) {
		double x = CHART_LEFT + (tick - low) * scale;
		uint64_t value = tick >= 0 && tick < 63 ? 1ULL << tick : 0;

		fprintf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x,
			top, bottom);
		if (value && (high - low <= 16 || tick % 2 == 0)) {
			format_ns(text, sizeof(text), ticks_to_ns(value, group->hz));
			fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%ss</text>", x,
				bottom + 15, text);
		}
	}
	putc('\n', out);
	for (i = first; i <= last; i++) {
		double x0 = log2(bucket_low(i) + (i < 8));
		double x1 = log2(bucket_low(i + 1) + (i < 8));
		double x = CHART_LEFT + (x0 - low) * scale, w = (x1 - x0) * scale;
		double h = l->buckets[i] / (x1 - x0) / dense * HIST_HEIGHT;

		if (!l->buckets[i])
			continue;
		if (h < 1)
			h = 1;
		format_ns(text, sizeof(text), ticks_to_ns(bucket_low(i), group->hz));
		format_ns(text2, sizeof(text2), ticks_to_ns(bucket_low(i + 1), group->hz));
		put_bar(out, "debug", x, bottom - h, w > 1.5 ? w - 0.5 : w, h);
		fprintf(out, "><title>%ss to %ss: %llu</title></rect>\n", text, text2,
			(unsigned long long)l->buckets[i]);
	}
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		uint64_t value = latency_percentile(l, marks[i].permille);
		double x = CHART_LEFT + (log2(value + (value < 8)) - low) * scale;
		bool edge = x > CHART_WIDTH - 110;

		format_ns(text, sizeof(text), ticks_to_ns(value, group->hz));
		fprintf(out, "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
			"<text class=\"marked\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s %ss</text>\n",
			x, x, (int)i * 14 + 3, bottom, x + (edge ? -5 : 5), (int)i * 14 + 12,
			edge ? "end" : "start", marks[i].name, text);
	}
	fprintf(out, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n</svg>\n</figure>\n",
		CHART_LEFT, CHART_WIDTH - CHART_RIGHT, bottom, bottom);
}

static void put_costs(FILE *out, const struct summary *summary)
{
	struct summary_group *groups;
	int count = summary_groups(summary, &summary->total, &groups), i;

	if (count < 0)
		return;
	fputs("<section>\n<h2>Costs</h2>\n<p class=\"dim\">Times in nanoseconds (n), "
	      "microseconds (u), milliseconds (m) or seconds; percentiles are right within 6 "
	      "percent.</p>\n", out);
	begin_table(out, "costs");
	put_columns(out, (const struct column[]){
			    { "cost", true }, { "count", false }, { "mean", false },
			    { "median", false }, { "p90", false }, { "p99", false },
			    { "longest", false }, { NULL, false } });
	fputs("</tr></thead>\n<tbody>\n", out);
	for (i = 0; i < count; i++) {
		const struct latency *l = &groups[i].latency;

		fputs("<tr><th scope=\"row\">", out);
		put(out, groups[i].name);
		fputs("</th><td>", out);
		put_number(out, l->count);
		fputs("</td>", out);
		put_ns_cell(out, l->sum / l->count, groups[i].hz);
		put_ns_cell(out, latency_percentile(l, 500), groups[i].hz);
		put_ns_cell(out, latency_percentile(l, 900), groups[i].hz);
		put_ns_cell(out, latency_percentile(l, 990), groups[i].hz);
		put_ns_cell(out, l->max, groups[i].hz);
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table></div>\n<h3>How they are spread</h3>\n<p class=\"dim\">Time to "
	      "the right, doubling at each line; the area of a bar is how many.</p>\n", out);
	for (i = 0; i < count; i++)
		if (groups[i].hz)
			put_histogram(out, &groups[i]);
	fputs("</section>\n", out);
	free(groups);
}

static void put_vcpus(FILE *out, const struct summary *summary)
{
	const struct model *model = &summary->model;
	const struct counters *total = &summary->total.total;
	size_t n;
	int i;

	fputs("<section>\n<h2>vCPUs</h2>\n", out);
	begin_table(out, "vCPUs");
	put_columns(out, (const struct column[]){
			    { "VM", true }, { "vCPU", false }, { "exits", false },
			    { "debug exits", false }, { NULL, false } });
	for (i = 0; i < KVMDBG_NR_KINDS; i++)
		if (kind_name(model, i) && total->events[i])
			fprintf(out, "<th scope=\"col\">%s</th>", kind_name(model, i));
	for (i = 0; i < KVMDBG_NR_ORIGINS; i++)
		if (total->origin[i])
			fprintf(out, "<th scope=\"col\">of %s</th>", origin_name(i));
	fputs("</tr></thead>\n<tbody>\n", out);
	for (n = 0; n < summary->nr_vcpus && n < MAX_VCPU_ROWS; n++) {
		const struct summary_vcpu *vcpu = summary->vcpus[n];

		fputs("<tr><th scope=\"row\">", out);
		put(out, vcpu->vm);
		if (vcpu->many)
			fputs("</th><td>several</td><td>", out);
		else
			fprintf(out, "</th><td>%u</td><td>", vcpu->id);
		if (vcpu->exits_known)
			put_number(out, vcpu->total.exits);
		else
			fputs("n/a", out);
		fputs("</td><td>", out);
		put_number(out, vcpu->total.debug_exits);
		fputs("</td>", out);
		for (i = 0; i < KVMDBG_NR_KINDS; i++) {
			if (!kind_name(model, i) || !total->events[i])
				continue;
			fputs("<td>", out);
			put_number(out, vcpu->total.events[i]);
			fputs("</td>", out);
		}
		for (i = 0; i < KVMDBG_NR_ORIGINS; i++) {
			if (!total->origin[i])
				continue;
			fputs(i == KVMDBG_STRAY && vcpu->total.origin[i] ? "<td class=\"bad\">" :
									   "<td>", out);
			put_number(out, vcpu->total.origin[i]);
			fputs("</td>", out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table></div>\n", out);
	if (n < summary->nr_vcpus)
		fprintf(out, "<p class=\"dim\">%zu more are not shown.</p>\n", summary->nr_vcpus - n);
	fputs("</section>\n", out);
}

static void put_what(FILE *out, const struct summary *summary, const struct symbols *symbols,
		     uint64_t pc, uint32_t kinds, uint32_t origin)
{
	char text[LINE_SIZE];

	fprintf(out, "<td class=\"l m\">0x%0*llx", pc >> 32 ? 16 : 8, (unsigned long long)pc);
	if (symbols_text(symbols, pc, text, SYMBOL_SIZE)) {
		putc(' ', out);
		put(out, text);
	}
	if (symbols_line(symbols, pc, text, sizeof(text))) {
		fputs(" <span class=\"dim\">", out);
		put(out, text);
		fputs("</span>", out);
	}
	kinds_text(&summary->model, text, sizeof(text), kinds);
	fprintf(out, "</td><td class=\"l\">%s</td><td class=\"l%s\">%s</td>", text,
		origin == KVMDBG_STRAY ? " bad" : "", origin_name(origin));
}

static void put_hits(FILE *out, const struct summary *summary)
{
	size_t i, first;

	if (!summary->all_hits)
		return;
	fputs("<section>\n<h2>Hits</h2>\n<p class=\"dim\">The recording has ", out);
	put_number(out, summary->all_hits);
	fputs(" single hits; ", out);
	put_number(out, summary->model.dropped_hits);
	fputs(" were counted only.</p>\n<h3>Where</h3>\n", out);
	begin_table(out, "places that were hit");
	put_columns(out, (const struct column[]){
			    { "hits kept", false }, { "address", true }, { "kind", true },
			    { "armed by", true }, { "VM", true }, { NULL, false } });
	fputs("</tr></thead>\n<tbody>\n", out);
	for (i = 0; i < summary->nr_places && i < MAX_PLACES; i++) {
		const struct summary_place *place = &summary->places[i];

		fputs("<tr><td>", out);
		put_number(out, place->hits);
		fputs("</td>", out);
		put_what(out, summary, place->symbols, place->pc, place->kinds, place->origin);
		fputs("<td class=\"l\">", out);
		put(out, place->vm);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table></div>\n", out);
	if (i < summary->nr_places || summary->other_places)
		fprintf(out, "<p class=\"dim\">%s%zu more places are not shown.</p>\n",
			summary->other_places ? "More than " : "", summary->nr_places - i);
	fputs("<h3>The last ones</h3>\n", out);
	begin_table(out, "last hits");
	put_columns(out, (const struct column[]){
			    { "time", false }, { "address", true }, { "kind", true },
			    { "armed by", true }, { "VM", true }, { "vCPU", false },
			    { summary->model.raw_name, true }, { NULL, false } });
	fputs("</tr></thead>\n<tbody>\n", out);
	first = summary->nr_hits > MAX_HITS ? summary->nr_hits - MAX_HITS : 0;
	for (i = first; i < summary->nr_hits; i++) {
		const struct kvmdbg_hit *hit = &summary->hits[i].hit;
		uint64_t start = recording_start_ns(summary->recording);
		char cause[160];

		fprintf(out, "<tr><td>%.6f s</td>",
			hit->time_ns > start ? (hit->time_ns - start) / 1e9 : 0);
		put_what(out, summary, summary->hits[i].symbols, hit->pc,
			 summary->model.kinds(hit), hit->origin);
		fputs("<td class=\"l\">", out);
		put(out, summary->hits[i].vm);
		cause_text(summary->model.raw_name, hit->raw, cause, sizeof(cause));
		fprintf(out, "</td><td>%u</td><td class=\"l m\">0x%08x %s</td></tr>\n", hit->vcpu,
			hit->raw, cause);
	}
	fputs("</tbody>\n</table></div>\n</section>\n", out);
}

static void put_environment(FILE *out, const struct summary *summary)
{
	const char *key, *value;
	size_t i;

	fputs("<section>\n<h2>Environment</h2>\n", out);
	begin_table(out, "environment");
	fputs("<tbody>\n", out);
	for (i = 0; (value = recording_env_at(summary->recording, i, &key)); i++) {
		if (!env_shown(key))
			continue;
		fputs("<tr><th scope=\"row\">", out);
		put(out, key);
		fputs("</th><td class=\"wrap\">", out);
		put(out, value);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table></div>\n</section>\n", out);
}

void html_report(FILE *out, void *ctx, const struct summary *summary)
{
	(void)ctx;
	put_head(out, summary);
	if (summary->nr_vcpus) {
		put_timelines(out, summary);
		put_costs(out, summary);
		put_vcpus(out, summary);
		put_hits(out, summary);
	} else {
		fputs("<p>No vCPU has run.</p>\n", out);
	}
	put_environment(out, summary);
	fputs("</main>\n</body>\n</html>\n", out);
}

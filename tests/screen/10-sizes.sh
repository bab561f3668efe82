#!/bin/sh
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# All pages at several sizes, and from one size to another.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

r=$dir/r.kvmdbg
kvmdbg record -o "$r" --window 250 -- kvmdbg-vmm load step=700,hw=300/hw=100 step=500 >"$dir/out" 2>&1 ||
	sed 's/^/# /' "$dir/out"

for size in 40x10 80x24 200x60; do
	columns=${size%x*} rows=${size#*x}
	rm -rf "$XDG_CONFIG_HOME"
	screen_start "$size" kvmdbg top --replay "$r" -d 0.05
	shows "PAUSED" "$size: it gets to the end"
	shows '^q quit  h help  p pause' "$size: the keys"
	is "$(pane | grep -n '^q quit' | cut -d: -f1)" "$rows" "$size: in the last line"
	is "$(row 1 | cut -c-17)" "kvmdbg top PAUSED" "$size: the title"
	is "$(row 3 | tr -s ' ' | cut -d' ' -f1-4)" "+VM VCPU EVENT STRAY" "$size: the table's header"
	is "$(row 4 | grep -cE "^kvm.* 0 +[0-9]+ +0 ")" 1 "$size: a vCPU"
	is "$(pane | grep -c '^LAST HITS')" 1 "$size: hits"
	is "$(pane | awk '{ if (length > m) m = length } END { print m <= '"$columns"' }')" 1 \
		"$size: no line is longer than the terminal"
	keys t
	shows '^\+VM' "$size: totals"
	is "$(row 4 | tr -s ' ' | cut -d' ' -f2-4)" "0 1000 0" "$size: those of the first vCPU"
	keys Enter
	shows 'DEBUG EXITS IN ALL' "$size: the page of a vCPU"
	is "$(row 3 | grep -cE "^kvm.*:[0-9]*  pid [0-9]*  vCPU 0(  gone)?$")" 1 \
		"$size: which one"
	is "$(row 6 | tr -s ' ' | cut -d' ' -f1-4)" "TOTAL 0 700 300" "$size: its totals"
	keys Escape h
	shows 'KEYS, AND COLUMNS' "$size: the help"
	shows 'pause the screen, go on' "$size: what keys do"
	keys Escape c
	shows 'YOUR OWN COLUMNS' "$size: the list of columns"
	keys Escape q
	ended 0 "$size"
done
is "$(grep -c . "$dir/screen.err")" 0 "nothing is said"

# From one size to another, to the smallest and back
rm -rf "$XDG_CONFIG_HOME"
screen_start 80x24 kvmdbg top --replay "$r" -d 0.05
shows PAUSED "80x24"
for size in 40x10 200x60 10x3 1x1 300x5 80x24; do
	t resize-window -x "${size%x*}" -y "${size#*x}"
	sleep 0.3
	[ -n "$(screen_pid)" ]
	is $? 0 "$size: it lives"
done
shows '^\+VM +VCPU EVENT STRAY DBG99  SW99  STEP HWBRK SWBRK WATCH WRWAT EXITS$' "80x24: all is there again"
keys q
ended 0 "after six sizes"
plan

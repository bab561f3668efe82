#!/bin/sh
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# What keys do, on guests that run.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

# the cells of the row of a vCPU: "EVENT STRAY ... " from its number on
cells()
{
	pane | grep -E "^kvmdbg-~?[a-z]*[:0-9]*$1 +$2 " | sed 's/^[^ ]* *//' | tr -s ' '
}

# selected ROW: is it?
selected()
{
	t capture-pane -p -e | sed -n "$1p" | grep -qE "^(.\[[0-9;]*m)*.\[([0-9]+;)*[17]m"
}

load_start --gate --wait step=900,hw=100/hw=50,arm=1 step=300
screen_start 80x24 kvmdbg top -d 0.2 --pid "$pid"
shows "no vCPU has run yet" "nothing has run"
echo go >&9
shows "in all|events/s" "the summary"
keys t
shows '^\+VM \(TOTAL\)' "totals, not rates"
within 10 pane_has ' 0 +1000 '
is "$(cells '' 0 | cut -d' ' -f1-3,6-8)" "0 1000 0 900 100 0" "what the first vCPU did"
is "$(cells '' 1 | cut -d' ' -f1-3,6-8)" "1 50 0 0 50 0" "the second one"
is "$(cells '#2' 0 | cut -d' ' -f1-3,6-8)" "0 300 0 300 0 0" "the other VM"
keys t
shows '^\+VM  ' "rates again"
shows '^kvmdbg.* 0 +0 +0 ' "idle vCPUs have rates of 0"

# order
keys t '>'
shows '-EVENT' "sorted by the first column"
is "$(pane | sed -n '4,6p' | awk '{ print $3 }' | tr '\n' ' ')" "1000 300 50 " "the largest first"
keys o
shows '\+EVENT' "the other way round"
is "$(pane | sed -n '4,6p' | awk '{ print $3 }' | tr '\n' ' ')" "50 300 1000 " "the smallest first"
keys '<'
shows '^\+VM' "by name"

# folding
keys f
shows ' x2 +1050 ' "the selected VM in one row"
keys F
shows ' x1 +300 ' "all of them"
keys F
shows_not ' x[12] ' "and apart"

# filter
keys / v c p u = 1
shows '^VMs 1  vCPUs 1' "each letter counts"
keys z
shows "use vm= vcpu= kind= origin=" "a mistake is told"
keys BSpace Enter
shows_not 'filter:' "the prompt is gone"
is "$(pane | grep -c '^kvmdbg-')" 1 "the filter holds"
shows 'hw_break +user' "also for the hits"
keys Escape
shows '^VMs 2  vCPUs 3' "Esc takes it away"

# moving
keys G
is "$(t capture-pane -p -e | sed -n 6p | grep -c 'kvmdbg')" 1 "there are three rows"
selected 6
is $? 0 "the last one is selected"
keys g
selected 4
is $? 0 "the first one is"
keys Down
selected 5
is $? 0 "the next one is"

# the page of a vCPU has its own hits
keys Enter
shows 'vCPU 1' "a vCPU"
shows '^0 +0x00001006 user +16 hw_break' "what is armed, and how often it has hit"
shows '^1 +0x00009000 user +0 watch_write' "what is armed and has not hit"
shows '^3 +0x00009010 user +0 watch' "a watchpoint on reads"
is "$(pane | sed -n '/^LAST HITS/,$p' | grep -cE '^-.* step')" 0 "its own hits, no others"
keys Escape

# pause: the screen stays, counting goes on
keys p
shows PAUSED "it says that it is paused"
kvmdbg-vmm load step=123 </dev/null >/dev/null 2>&1
screen_before=$(pane | sed 1,2d)
sleep 0.6
is "$(pane | sed 1,2d)" "$screen_before" "the screen stays as it is"
keys v
shows 'view: events' "and can be looked at in other ways"
shows 'STEP HWBRK SWBRK STRAY' "with other columns"
keys v v p
shows_not PAUSED "it goes on"

# reset
keys r
shows '^kvmdbg.* 0 +0 +0 ' "totals are 0 after a reset"

# the interval
keys d x Enter
shows "'x': not a number of seconds" "what is no number is refused"
keys d 0 . 5 Enter
shows 'every 0.5s' "another interval"

# into a file
keys w
shows 'written to kvmdbg-top-[0-9]*-[0-9]*.txt' "a frame is written"
file=$(echo "$dir"/kvmdbg-top-*.txt)
is "$(grep -c '^kvmdbg-vmm' "$file")" 6 "with all rows, in both tables"
is "$(stat -c %a "$file")" 600 "for its owner"

keys h
shows 'KEYS, AND COLUMNS' "the help"
keys h F q
ended 0 "q"

# what is remembered
is "$(grep -c '^folded = yes\|^totals = yes' "$XDG_CONFIG_HOME/kvmdbg/top.conf")" 2 "the columns are kept"
screen_start 80x24 kvmdbg top -d 0.2 --pid "$pid"
shows '^\+VM \(TOTAL\)' "and are there the next time"
keys q
ended 0 "the next time"
echo 'view = nonsense' >"$XDG_CONFIG_HOME/kvmdbg/top.conf"
screen_start 80x24 kvmdbg top -d 0.2 --pid "$pid"
shows "top.conf: line 1: 'view = nonsense'" "what is wrong there is told"
keys x q
ended 0 "with a wrong file"
is "$(cat "$XDG_CONFIG_HOME/kvmdbg/top.conf")" "view = nonsense" "which is left as it is"
load_end
plan

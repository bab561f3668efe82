#!/bin/sh
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# An event that nobody armed stands out, and does so until somebody has taken note of it.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

strays "$dir/r.kvmdbg" || echo "Bail out! no recording"

# standing_out PATTERN: does it stand there, in an attribute of its own?
standing_out()
{
	t capture-pane -p -e | grep -qE "$(printf '\033')\[[0-9;]*[0-9]m$1"
}

for terminal in tmux-256color xterm-mono; do
	rm -rf "$XDG_CONFIG_HOME"
	screen_start 80x24 "TERM=$terminal kvmdbg top --replay $dir/r.kvmdbg -d 1000"
	shows 'stray 0' "$terminal: the first window has none"
	is "$(pane | grep -c '!')" 0 "$terminal: nothing is marked"
	keys .
	shows '^stray 1, 1 new' "$terminal: the second one has"
	standing_out 'stray 1, 1 new'
	is $? 0 "$terminal: it stands out"
	shows '^strays:[0-9]+ +1 +1 +!1 ' "$terminal: its cell has a mark"
	standing_out '!1'
	is $? 0 "$terminal: which stands out"
	is "$(pane | grep -A1 '^LAST HITS' | tail -n 1 | grep -c 'hw_break.*stray.*0x0000bad0')" 1 \
		"$terminal: its hit is the first one"
	keys . . . .
	shows '0:00:06' "$terminal: four windows later"
	shows '^stray 1, 1 new' "$terminal: it is still told"
	shows '^strays:[0-9]+ +1 +0 +!0 ' "$terminal: its cell has the mark"
	is "$(pane | grep -A1 '^LAST HITS' | tail -n 1 | grep -c 'hw_break.*stray.*0x0000bad0')" 1 \
		"$terminal: its hit is still the first one"
	keys G Down Down Enter
	shows '^vCPU 1: stray hw_break at 0xbad0' "$terminal: its page says what is known"
	shows '^  DR6 0xffff0ff4 has B2: breakpoint 2 \(DR2\) matched\.' "$terminal: the cause in words"
	shows '^  Breakpoint 2 was not armed in the DR7 in force' "$terminal: who had not armed it"
	keys a
	shows_not 'stray hw_break at' "$terminal: acknowledged: the page does no longer"
	keys Escape
	shows ' stray 1 ' "$terminal: it counts"
	is "$(pane | grep -c '!\|new')" 0 "$terminal: no mark is left"
	keys q
	ended 0 "$terminal"
done

screen_start 40x10 kvmdbg top --replay "$dir/r.kvmdbg" -d 1000
shows 'stray 0' "40x10: the first window has none"
keys . Down Down Enter
shows '^vCPU 1: stray hw_break at 0xbad0' "40x10: the page of a vCPU"
is "$(pane | tail -n 1 | cut -c-6)" "q quit" "40x10: the keys"
keys q
ended 0 "40x10"
plan

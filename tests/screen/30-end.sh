#!/bin/sh
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# However the program ends, the terminal is given back.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

for signal in TERM HUP INT QUIT; do
	screen_start 80x24 kvmdbg top -d 0.2
	shows '^q quit' "SIG$signal: the screen"
	kill -s "$signal" "$(screen_pid)"
	ended 0 "SIG$signal"
done
is "$(cat "$dir/screen.err")" "" "nothing is said"

# Ctrl-C
screen_start 80x24 kvmdbg top -d 0.2
shows '^q quit' "Ctrl-C: the screen"
keys C-c
ended 0 "Ctrl-C"

# Ctrl-Z and back
screen_start 80x24 "set -m; kvmdbg top -d 0.2; stty -a >stopped; sleep 2; fg"
shows '^q quit' "Ctrl-Z: the screen"
keys C-z
shows 'what was there before' "Ctrl-Z: the terminal is the shell's"
is "$(cat "$dir/stopped")" "$(cat "$dir/before")" "Ctrl-Z: so are its modes"
shows '^q quit' "fg: the screen is back"
keys q
ended 0 "after Ctrl-Z"

# defects of its own: the program has them built in
for defect in segv abort; do
	[ $defect = segv ] && status=139 || status=134
	# shellcheck disable=SC3045 # every sh that there is on Linux has it
	ulimit -c 0
	screen_start 80x24 "KVMDBG_CRASH=$defect kvmdbg-crash top -d 0.2"
	ended $status "$defect"
done

# What it stands on is gone: it says so, on a terminal that is given back.
screen_start 80x24 "KVMDBG_CRASH=refused kvmdbg-crash top -d 0.2"
ended 4 "BPF is refused"
is "$(cat "$dir/screen.err")" "kvmdbg: cannot read the count of lost events: Operation not permitted" \
	"BPF is refused: it says so"
screen_start 80x24 "KVMDBG_CRASH=maps kvmdbg-crash top -d 0.2"
ended 4 "no maps"
is "$(cat "$dir/screen.err")" "kvmdbg: cannot read the count of lost events: Bad file descriptor" \
	"no maps: it says so"
screen_start 80x24 "setpriv --bounding-set -all --inh-caps -all kvmdbg top -d 0.2"
ended 3 "no privilege"

# a signal from outside that stands for a defect
screen_start 80x24 kvmdbg top -d 0.2
shows '^q quit' "SIGSEGV: the screen"
kill -s SEGV "$(screen_pid)"
ended 139 "SIGSEGV"

# The terminal vanishes: so does the program.
screen_start 80x24 kvmdbg top -d 0.2
shows '^q quit' "the screen"
kvmdbg=$(screen_pid)
t kill-server
within 10 test ! -e "/proc/$kvmdbg"
is $? 0 "no terminal, no program"

# The frames that were asked for
screen_start 80x24 kvmdbg top -d 0.2 -n 3
ended 0 "-n 3"
# No keys can come: it goes on nevertheless, and does not spin.
screen_start 80x24 "kvmdbg top -d 0.2 </dev/null"
shows '^q quit' "without standard input: the screen"
shows 'kvmdbg [0-9]\.[0-9]% ' "it costs little"
kill "$(screen_pid)"
ended 0 "without standard input"
screen_start 80x24 "TERM=nonsense kvmdbg top -d 0.2"
ended 4 "an unknown terminal"
is "$(cat "$dir/screen.err")" \
	"kvmdbg: unknown terminal type 'nonsense': set TERM, or use --batch" "it says so"
plan

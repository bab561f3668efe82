#!/bin/sh
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# On the screen: names of a guest's symbols, places in its source, and what must not happen.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

# What happens is in the first window, and not again.
r=$dir/r.kvmdbg
symbols="*=$PWD/build/host/x86guest.elf"
kvmdbg record -o "$r" --window 1000 --vm shown -- \
	sh -c 'sleep 2 | kvmdbg-vmm load --wait --name shown step=12/hw=4' >"$dir/out" 2>&1 ||
	sed 's/^/# /' "$dir/out"

screen_start 80x24 kvmdbg top --replay "$r" -d 1000 --guest-symbols "'$symbols'" \
	--alert "'step > 10'" --alert "'hw_break>4'"
shows '^kvmdbg top .* ALERT step > 10: 12: ' "the first window's alert"
shows ' hw_break +user +0x00001006 x86_hw_here ' "a breakpoint's name"
keys Down Enter
shows '^[0-3] +0x00001006 user +4 hw_break x86_hw_here .*x86guest\.S:[0-9]+' \
	"armed: a breakpoint's name and its place in the source"
keys Escape G
shows '^kvmdbg top .* ALERT step > 10' "it stays, until somebody has taken note of it"
keys a
shows_not ALERT "acknowledged"
keys q
ended 1 "after an alert"
is "$(cat "$dir/screen.err")" "kvmdbg: alert step > 10: 1 times" "which one, and how often"

# With more room
screen_start 160x40 kvmdbg top --replay "$r" -d 1000 --guest-symbols "'$symbols'" \
	--alert "'stray>0'"
shows ' hw_break +user +0x00001006 x86_hw_here dr6 [0-9a-f]{8} B[0-3]  .*x86guest\.S:[0-9]+' \
	"a hit's place in the source"
keys q
ended 0 "after none"
is "$(cat "$dir/screen.err")" "" "nothing is said"

# Only the cell that it is about
screen_start 160x40 kvmdbg top --replay "$r" -d 1000 --alert "'step > 10'" --alert "'hw_break>4'"
shows '^shown +0 .* ![0-9.]+ ' "a cell is marked"
is "$(row 3 | awk '{ for (i = 1; i <= NF; i++) if ($i == "STEP") print i }')" \
	"$(pane | grep '^shown' | head -n 1 | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^!/) print i }')" \
	"that of the steps"
keys q
ended 1 "after an alert, in a cell"

# What happens in a window that is passed over
kvmdbg record -o "$r.2" --window 500 --vm shown -- \
	sh -c 'sleep 1.2; sleep 2.5 | kvmdbg-vmm load --wait --name shown step=12/hw=4' >"$dir/out" 2>&1 ||
	sed 's/^/# /' "$dir/out"
screen_start 80x24 kvmdbg top --replay "$r.2" -d 1000 --alert "'step>10'"
shows 'REPLAY 0:00:00' "at the start"
shows_not ALERT "nothing has happened yet"
keys G
shows '^kvmdbg top PAUSED .*ALERT step>10: 12' "at the end: what was passed over is told"
keys a g G
shows_not ALERT "and not told again"
keys q
ended 1 "after an alert that was passed over"
is "$(cat "$dir/screen.err")" "kvmdbg: alert step>10: 1 times" "it counts once"

# What VMs are called, by a file that is named in the configuration
mkdir -p "$XDG_CONFIG_HOME/kvmdbg"
conf=$XDG_CONFIG_HOME/kvmdbg/top.conf
echo '* by-config' >"$dir/names"
echo '* by-option' >"$dir/names2"
echo "vm_names = $dir/names" >"$conf"
screen_start 80x24 kvmdbg top --replay "$r" -d 1000
shows '^by-config +0 ' "names of VMs, by a file that is named there"
keys t q
ended 0 "with names"
is "$(grep '^vm_names' "$conf")" "vm_names = $dir/names" "which it keeps"
# replay OPTION...: frames of JSON
replay()
{
	kvmdbg top --json --replay "$r" "$@" 2>"$dir/err"
}
is "$(replay -n 1 | grep -o '"vm":"[a-z-]*"' | sort -u)" '"vm":"by-config"' "also for JSON"
is "$(replay -n 1 --vm-names "$dir/names2" | grep -o '"vm":"[a-z-]*"' | sort -u)" '"vm":"by-option"' \
	"an option comes first"
rm "$dir/names"
replay -n 1 >"$dir/out"
is "$?:$(cat "$dir/err")" "4:kvmdbg: $dir/names: cannot be read: No such file or directory" \
	"a file that is gone"
echo "vm_names = names" >"$conf"
replay -n 1 >"$dir/out"
is "$?:$(cat "$dir/err")" "0:kvmdbg: $conf: line 1: 'vm_names = names': not a setting" \
	"a line that is wrong is told without a screen, too"
plan

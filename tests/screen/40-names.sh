#!/bin/bash
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# VMs with names that want to do harm: they are text, in their columns.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

long=$(printf 'x%.0s' {1..300})
names=($'\e[31mred\e[2J' $'\xff\xfe\x80' "虚拟机器虚拟机器虚拟机器" "e"$'\xcc\x81'"tat" "$long"
	$'\xe2\x80\xaedesrever' $'tab\tnewline\nbell\a' '%s%n\')
{
	echo '#!/bin/bash'
	for name in "${names[@]}"; do
		printf '(exec -a %q kvmdbg-vmm load --wait step=10) < <(sleep 3) >/dev/null &\n' "--name=$name"
	done
	echo wait
} >"$dir/vms"
r=$dir/r.kvmdbg
kvmdbg record -o "$r" --window 250 -d 2 -- bash "$dir/vms" >"$dir/out" 2>&1 || sed 's/^/# /' "$dir/out"

look()
{
	rm -rf "$XDG_CONFIG_HOME"
	screen_start "$1" "$2 kvmdbg top --replay $r -d 0.05"
	shows PAUSED "$1 $2: the screen"
	keys t
	sleep 0.5
	pane >"$dir/pane"
	t capture-pane -p -e >"$dir/escapes"
	keys q
	ended 0 "$1 $2"
}

# the column of the vCPU's number, for all rows of those that step 10 times
columns()
{
	# awk counts characters, here columns are asked for: two for each ideograph
	sed 's/[虚拟机器]/##/g; s/\xcc\x81//g' "$dir/pane" | grep -aE ' 0 +10 +0 ' |
		awk '{ match($0, / 0 +10 +0 /); print RSTART }' | sort -u | wc -l
}

look 80x24 ""
is "$(grep -cE ' 0 +10 +0 ' "$dir/pane")" ${#names[@]} "80x24: each VM has its row"
is "$(columns)" 1 "80x24: whose columns are where they ought to be"
is "$(grep -c '31m.*red' "$dir/escapes")" "$(grep -c '\\x1b\[31mred' "$dir/pane")" "80x24: no colour comes out of a name"
is "$(grep -c 'LAST HITS' "$dir/pane")" 1 "80x24: nothing was erased"
is "$(grep -cE '^虚拟机.*~.*机器 +0 +10' "$dir/pane")" 1 "80x24: a wide name is cut in its middle"
is "$(grep -cE '^x{7}~x{7} +0 +10' "$dir/pane")" 1 "80x24: so is one of 300 characters"
look 40x10 ""
is "$(columns)" 1 "40x10: columns"
look 200x60 ""
is "$(columns)" 1 "200x60: columns"
is "$(grep -c 'etat\|e.tat' "$dir/pane")" "$(grep -c 'tat' "$dir/pane")" "200x60: marks"
# a terminal that knows ASCII only
look 80x24 "LC_ALL=C"
is "$(grep -caP '[^\x00-\x7f]' "$dir/pane")" 0 "ASCII: nothing else"
is "$(columns)" 1 "ASCII: columns"
is "$(grep -cE ' 0 +10 +0 ' "$dir/pane")" ${#names[@]} "ASCII: each VM has its row"
plan

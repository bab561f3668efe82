#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# CAP_BPF and CAP_PERFMON are enough, and without them a sentence says what to do.
. "$(dirname "$0")/lib.sh"

# not busybox' own, which can do less
nobody="/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set"
real=$(command -v kvmdbg)
# the tree may be closed to others
cp "$real" "$dir/kvmdbg"
chmod 755 "$dir" "$dir/kvmdbg"

# what top_start calls
kvmdbg()
{
	$nobody -all,+bpf,+perfmon --inh-caps -all,+bpf,+perfmon --ambient-caps -all,+bpf,+perfmon \
		"$dir/kvmdbg" "$@" &
	child=$!
	echo $child >"$dir/child"
	trap 'kill $child' TERM
	# once for the signal, once for the end
	wait $child || wait $child
}

top_start --hits-rate 0
load step=77/hw=5
is "$(sed -n 's/^Cap\(Prm\|Eff\|Amb\):[[:space:]]*0*$/\1/p' "/proc/$(cat "$dir/child")/status" | tr -d '\n')" PrmEffAmb \
	"it has given up its capabilities"
true_ "for good" grep -q "^NoNewPrivs:[[:space:]]*1" "/proc/$(cat "$dir/child")/status"
top_end
is "$(get 1 0 events.step)" 77 "with two capabilities: steps"
is "$(get 1 1 events.hw_break)" 5 "with two capabilities: breakpoints"

$nobody -all "$dir/kvmdbg" top --json -n 1 >"$dir/out" 2>"$dir/err"
is $? 3 "without: exit status 3"
true_ "and what to do" grep -q "CAP_BPF and CAP_PERFMON" "$dir/err"
for one in bpf perfmon; do
	$nobody -all,+$one --inh-caps -all,+$one --ambient-caps -all,+$one \
		"$dir/kvmdbg" top --json -n 1 >"$dir/out" 2>"$dir/err"
	is $? 3 "with cap_$one alone: exit status 3"
	true_ "and what to do" grep -q "CAP_BPF and CAP_PERFMON" "$dir/err"
done
plan

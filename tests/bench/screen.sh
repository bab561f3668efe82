#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the screen itself takes on this host: percent of a CPU and memory of `kvmdbg top`, a frame a
# second in a terminal of 80x24, with 256 vCPUs that are there and rest, and that make debug events.
# screen.sh [SECS]: a table, and JSON in build/bench/screen.json

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

secs=${1:-30}
out=build/bench
PATH=$PWD/build/host:$PATH
export LC_ALL=C.UTF-8

die()
{
	echo "bench: $*" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || die "must be root"
[ -w /dev/kvm ] || die "no /dev/kvm"
command -v tmux >/dev/null || die "tmux is not installed (make packages)"

tmp=$(mktemp -d)
# what guests wait for the end of
mkfifo "$tmp/in"
exec 9<>"$tmp/in"
vmm=
end()
{
	tmux -S "$tmp/tty" kill-server 2>/dev/null
	[ -z "$vmm" ] || kill "$vmm" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

# 32 VMs of 8 vCPUs
vms()
{
	local vm

	vm=$(printf "/$1%.0s" 1 2 3 4 5 6 7 8)
	printf "${vm#/} %.0s" {1..32}
}

# nanoseconds on a CPU that a process has had
cpu_ns()
{
	cut -d' ' -f1 "/proc/$1/schedstat"
}

# measure NAME VMM-OPTION...: sets cpu (percent) and rss (KiB)
measure()
{
	local before pid name=$1

	shift
	tmux -S "$tmp/tty" -f /dev/null new-session -d -x 80 -y 24 \
		"XDG_CONFIG_HOME=$tmp exec kvmdbg top 2>$tmp/err"
	pid=$(tmux -S "$tmp/tty" display-message -p '#{pane_pid}')
	# who has run before is not seen
	sleep 2
	kvmdbg-vmm load "$@" >"$tmp/load" 2>&1 <&9 &
	vmm=$!
	# first all have to be there; percentiles are of ten seconds
	sleep 15
	tmux -S "$tmp/tty" capture-pane -p >"$tmp/pane"
	grep -q 'vCPUs 256 ' "$tmp/pane" || die "$name: not 256 vCPUs: $(head -n 2 "$tmp/pane")"
	before=$(cpu_ns "$pid")
	sleep "$secs"
	cpu=$(($(cpu_ns "$pid") - before))
	cpu=$(awk -v ns="$cpu" -v secs="$secs" 'BEGIN { printf "%.2f", ns / secs / 1e7 }')
	rss=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status")
	events=$(tmux -S "$tmp/tty" capture-pane -p | grep -oE 'events/s [0-9.]+[kM]?' | cut -d' ' -f2)
	tmux -S "$tmp/tty" kill-server
	kill "$vmm"
	wait "$vmm" 2>/dev/null
	vmm=
	printf '%-28s %10s %8s %% %8s KiB\n' "$name" "$events" "$cpu" "$rss"
	rows+=("{\"name\":\"screen/${name// /_}/cpu\",\"unit\":\"percent\",\"exact\":false,\"samples\":[$cpu]}")
	rows+=("{\"name\":\"screen/${name// /_}/rss\",\"unit\":\"KiB\",\"exact\":false,\"samples\":[$rss]}")
}

rows=()
read -ra rest <<<"$(vms step=20)"
read -ra busy <<<"$(vms step=3,hw=1)"
echo "kvmdbg top, 80x24, a frame a second"
printf '%-28s %10s %10s %12s\n' '256 vCPUs' 'events/s' 'of a CPU' 'memory'
measure 'at rest' --wait "${rest[@]}"
measure 'with events' --secs 3600 "${busy[@]}"
mkdir -p $out
{
	printf '{"schema":"kvmdbg.bench/1","env":{"kernel":"%s","cpu":"%s","clock":"monotonic","icount":false,"machine":"x86"},"rows":[' "$(uname -r)" \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1 | tr -d '\\"')"
	(IFS=,; printf '%s' "${rows[*]}")
	printf ']}\n'
} >$out/screen.json

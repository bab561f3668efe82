#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What watching costs a guest on this host: ns that each arm adds to a debug exit and to an ordinary
# one, and the bytes that it writes. One round runs all arms, in another order than the last one.
# Exits are timed in blocks, and a round's sample is the block that a tenth of them are faster than,
# so that what else the machine does is seen less: two CPUs can be one core, where work on the one
# makes the other slower by a half.
# x86.sh [ROUNDS [EXITS]]: a table, and JSON in build/bench/x86.json

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

rounds=${1:-15} exits=${2:-15000} runs=3
# Those that end in -1 have the one event that shows a debug exit and nothing else, the others all
# that kvmdbg has. ftrace is what trace-cmd stands on, for where that does not run: the buffer,
# written at the end.
arms=(untraced empty kvmdbg bpftrace bpftrace-1 perf-record perf-record-1 perf-kvm trace-cmd ftrace)
# what kvmdbg attaches to and what this guest meets
events=(kvm_fpu kvm_userspace_exit kvm_entry kvm_exit kvm_inj_exception kvm_write_tsc_offset)
# the same counts and times as kvmdbg's by thread, without what a debug exit was for
declare -A counting=(
[bpftrace]='tracepoint:kvm:kvm_userspace_exit {
		@exits[tid, args->reason] = count();
		if (args->reason == 4) { @debug[tid] = nsecs; }
	}
	tracepoint:kvm:kvm_fpu / args->load && @debug[tid] / {
		@debug_exit[tid] = hist(nsecs - @debug[tid]);
		delete(@debug[tid]);
	}
	tracepoint:kvm:kvm_exit { @out[tid] = nsecs; }
	tracepoint:kvm:kvm_entry / @out[tid] / {
		@exit[tid] = hist(nsecs - @out[tid]);
		delete(@out[tid]);
	}
	tracepoint:kvm:kvm_inj_exception { @injected[tid, args->exception] = count(); }
	interval:s:1 { print(@exits); print(@debug_exit); print(@exit); print(@injected); }'
[bpftrace-1]='tracepoint:kvm:kvm_userspace_exit { @exits[tid, args->reason] = count(); }
	interval:s:1 { print(@exits); }'
)
out=build/bench
tracing=/sys/kernel/tracing
PATH=$PWD/build/host:$PWD/build/host/bench:$PATH
export LC_ALL=C

die()
{
	echo "bench: $*" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || die "must be root"
[ -w /dev/kvm ] || die "no /dev/kvm"
for tool in bpftrace perf trace-cmd; do
	command -v $tool >/dev/null || die "$tool is not installed (scripts/install-packages.sh --bench)"
done

tmp=$(mktemp -d)
tracer=
mounted=
instance=$tracing/instances/kvmdbg-bench
on=
end()
{
	[ -z "$tracer" ] || kill "$tracer" 2>/dev/null
	wait
	end_instance
	[ -z "$on" ] || restore
	[ -z "$mounted" ] || umount $tracing
	rm -rf "$tmp"
}

end_instance()
{
	local i

	[ -d "$instance" ] || return 0
	echo 0 >"$instance/events/enable"
	# its readers go away by and by
	for ((i = 0; i < 100; i++)); do
		rmdir "$instance" 2>/dev/null && return
		sleep 0.05
	done
}

# what trace-cmd leaves behind when it fails
restore()
{
	echo 0 >$tracing/events/kvm/enable
	echo "$on" >$tracing/tracing_on
}
trap end EXIT
trap 'exit 130' INT TERM HUP

if [ ! -d $tracing/events ]; then
	mount -t tracefs tracefs $tracing || die "cannot mount tracefs"
	mounted=1
fi
on=$(cat $tracing/tracing_on)

# ready PATTERN: the tracer has said so
ready()
{
	local i

	for ((i = 0; i < 200; i++)); do
		grep -q "$1" "$tmp/log" && return
		kill -0 "$tracer" 2>/dev/null || break
		sleep 0.05
	done
	return 1
}


# Starts the tracer of $arm; $file is what it writes.
start()
{
	local event options=("${events[@]/#/-ekvm:}")

	file=
	: >"$tmp/log"
	case $arm in
	untraced)
		tracer=
		return ;;
	empty)
		mkfifo "$tmp/fifo"
		x86empty "${events[@]}" <"$tmp/fifo" 2>"$tmp/log" &
		tracer=$!
		exec 9>"$tmp/fifo"
		ready watching || return ;;
	kvmdbg)
		file=$tmp/data
		kvmdbg top --json >"$file" 2>"$tmp/log" &
		tracer=$!
		ready watching || return ;;
	bpftrace|bpftrace-1)
		file=$tmp/data
		bpftrace -e "BEGIN { printf(\"watching\n\"); } ${counting[$arm]}" >"$tmp/log" 2>&1 &
		tracer=$!
		ready watching || return
		sleep 0.3 ;;
	perf-record|perf-record-1)
		[ "$arm" = perf-record ] || options=(-ekvm:kvm_userspace_exit)
		file=$tmp/data
		perf record -q -a "${options[@]}" -o "$file" >"$tmp/log" 2>&1 &
		tracer=$!
		sleep 0.7 ;;
	perf-kvm)
		file=$tmp/data
		perf kvm stat record -a "${options[@]}" -o "$file" >"$tmp/log" 2>&1 &
		tracer=$!
		sleep 0.7 ;;
	trace-cmd)
		file=$tmp/data
		trace-cmd record -q "${options[@]}" -o "$file" >"$tmp/log" 2>&1 &
		tracer=$!
		sleep 1 ;;
	ftrace)
		file=$tmp/data
		tracer=
		mkdir "$instance" && echo 32768 >"$instance/buffer_size_kb" || return
		for event in "${events[@]}"; do
			echo 1 >"$instance/events/kvm/$event/enable" || return
		done
		return ;;
	esac
	kill -0 "$tracer" 2>/dev/null
}

stop()
{
	local cpu

	if [ "$arm" = ftrace ] && [ -d "$instance" ]; then
		echo 0 >"$instance/events/enable"
		for cpu in "$instance"/per_cpu/cpu*; do
			dd bs=4096 iflag=nonblock status=none if="$cpu/trace_pipe_raw" 2>/dev/null
		done >"$file"
		end_instance
	fi
	[ -n "$tracer" ] || return 0
	if [ "$arm" = empty ]; then
		exec 9>&-
		rm "$tmp/fifo"
	else
		kill -INT "$tracer"
	fi
	wait "$tracer" 2>/dev/null
	tracer=
	case $arm in bpftrace*) cp "$tmp/log" "$file" ;; esac
}

# what there is here; ours has to be
there=()
for arm in "${arms[@]}"; do
	if start; then
		there+=("$arm")
	else
		case $arm in untraced|empty|kvmdbg) cat "$tmp/log" >&2; die "$arm does not run" ;; esac
		echo "bench: $arm is left out, it does not run here: $(head -n 1 "$tmp/log")" >&2
		tracer=
		[ "$arm" != trace-cmd ] || restore
	fi
	stop
	rm -f "$tmp/data"*
done
arms=("${there[@]}")

mkdir -p $out
: >"$tmp/samples"
for ((round = 0; round < rounds; round++)); do
	for ((i = 0; i < ${#arms[@]}; i++)); do
		arm=${arms[round % 2 ? ${#arms[@]} - 1 - i : i]}
		start || { cat "$tmp/log" >&2; die "$arm does not run"; }
		for ((run = 0; run < runs; run++)); do
			kvmdbg-vmm load --time "step=$exits,io=$exits" || die "the guest failed"
		done >"$tmp/load"
		stop
		bytes=0
		[ -z "$file" ] || bytes=$(stat -c %s "$file")
		rm -f "$tmp/data"*
		for what in step io; do
			echo "$round $arm $what $(sed -n "s/^$what //p" "$tmp/load" | sort -n |
				awk '{ v[NR] = $1 } END { print v[int(NR / 10) + 1] }')"
		done >>"$tmp/samples"
		echo "$round $arm bytes $bytes" >>"$tmp/samples"
	done
	echo "  bench: round $((round + 1)) of $rounds" >&2
done

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
awk -v exits=$((exits * runs)) -v kernel="$(uname -r)" -v cpu="$cpu" -v json="$out/x86.json" \
	-v version="$(kvmdbg --version | head -n 1)" '
	function sort(a, n,    i, j, t) {
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && a[j - 1] > a[j]; j--) {
				t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
			}
	}
	# median and quartiles of the sample of an arm and what, or of what it adds to untraced
	function stats(arm, what, added,    i) {
		for (i = 0; i < rounds; i++)
			s[i + 1] = v[i, arm, what] - (added ? v[i, "untraced", what] : 0)
		sort(s, rounds)
		median = s[int((rounds + 1) / 2)]
		low = s[int((rounds + 3) / 4)]
		high = s[int((3 * rounds + 3) / 4)]
	}
	function quote(text) {
		gsub(/[\\"]/, "", text)
		return "\"" text "\""
	}
	{
		v[$1, $2, $3] = $4
		if ($1 + 1 > rounds)
			rounds = $1 + 1
		if (!($2 in seen)) {
			seen[$2] = 1
			arms[++n] = $2
		}
	}
	END {
		printf "{\"schema\":\"kvmdbg.bench/1\",\"env\":{\"kernel\":%s,\"cpu\":%s," \
			"\"clock\":\"monotonic\",\"icount\":false,\"machine\":\"x86\"," \
			"\"exits\":%d,\"tool\":%s},\"rows\":[", \
			quote(kernel), quote(cpu), 2 * exits, quote(version) >json
		printf "%-12s %30s %30s %8s\n", "", "debug exit, ns", "ordinary exit, ns", "bytes"
		printf "%-12s %10s %19s %10s %19s %8s\n", "arm", "all", "added (quartiles)", \
			"all", "added (quartiles)", "an exit"
		for (k = 1; k <= n; k++) {
			line = sprintf("%-12s", arms[k])
			for (w = 1; w <= 2; w++) {
				what = w == 1 ? "step" : "io"
				row = w == 1 ? "debug_exit" : "ordinary_exit"
				stats(arms[k], what, 0)
				line = line sprintf(" %10.0f", median)
				printf "%s{\"name\":\"%s/%s\",\"unit\":\"ns\",\"exact\":false,\"samples\":[", \
					(k + w > 2 ? "," : ""), arms[k], row >json
				for (i = 0; i < rounds; i++)
					printf "%s%s", i ? "," : "", v[i, arms[k], what] >json
				printf "]}" >json
				if (arms[k] == "untraced") {
					line = line sprintf(" %19s", "-")
					continue
				}
				stats(arms[k], what, 1)
				line = line sprintf(" %19s", sprintf("%.0f (%.0f..%.0f)", median, low, high))
			}
			stats(arms[k], "bytes", 0)
			printf ",{\"name\":\"%s/bytes\",\"unit\":\"bytes\"," \
				"\"exact\":false,\"value\":%d}", arms[k], median >json
			print line sprintf(" %8.2f", median / (2 * exits))
		}
		print "]}" >json
		stats("untraced", "step", 0); base = median
		stats("kvmdbg", "step", 1); own = median
		printf "kvmdbg adds %.1f %% of an untraced debug exit", own * 100 / base
		for (k = 1; k <= n; k++) {
			if (arms[k] ~ /^(untraced|empty|kvmdbg)$/)
				continue
			stats(arms[k], "step", 1)
			if (median > 0)
				printf ", %.2f of what %s adds", own / median, arms[k]
		}
		print ""
	}' "$tmp/samples"
echo "$out/x86.json"

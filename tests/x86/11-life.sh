#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# VMs that come, go and were there before.
. "$(dirname "$0")/lib.sh"

# attach when the VM is there and has not run
load_start --gate step=500/hw=40
top_start --pid "$pid"
echo >&9
within 20 grep -q "^done" "$dir/load"
load_end
top_end
is "$(get 1 0 events.step)" 500 "attached to a VM that was there: steps"
is "$(get 1 1 events.hw_break)" 40 "attached to a VM that was there: breakpoints"

# a VM that stays is shown, one that is gone is not
top_start
load_start --wait step=5
within 20 grep -q "^done" "$dir/load"
sleep 0.5
true_ "a vCPU that is idle is in the last frame" \
	sh -c "tail -n 1 '$dir/top.json' | grep -q '\"pid\":$pid,'"
load_end
sleep 0.7
is "$(tail -n 1 "$dir/top.json" | grep -c "\"pid\":$pid,")" 0 "one that is gone is not"
is "$(get 1 0 events.step)" 5 "its last frame has its totals"
# of 4 MiB, all of which a frame would have to read
true_ "of the table for 1024 vCPUs, the part in use is mapped" test "$(awk '
	/^[0-9a-f]+-/ { table = /bpf-map/ }
	/^Rss:/ && table { sum += $2 }
	END { print sum }' "/proc/$top/smaps")" -lt 2048
top_end

# VMs at the same address, one after the other, between two frames
top_start -d 3600
load --rounds 6 step=100/hw=10
top_end
is "$(grep -oE "\"pid\":$pid,\"vm\":\"[^\"]*\",\"vcpu\":0,\"events\":\{\"step\":100," \
	"$dir/top.json" | wc -l)" 6 "6 VMs: 6 times vCPU 0 with its steps"
is "$(grep -oE "\"pid\":$pid,\"vm\":\"[^\"]*\",\"vcpu\":1,\"events\":\{\"step\":0,\"hw_break\":10," \
	"$dir/top.json" | wc -l)" 6 "6 VMs: 6 times vCPU 1 with its breakpoints"
is "$(grep -o "\"pid\":$pid,\"vm\"" "$dir/top.json" | wc -l)" 12 "and no other"

# filters
top_start --vcpu 1
load step=100/step=50
top_end
is "$(get 1 1 events.step)" 50 "--vcpu: that one"
is "$(get 1 0 events.step)" "no such vCPU" "--vcpu: not the others"
top_start --pid $$
load step=10
top_end
is "$(get 1 0 events.step)" "no such vCPU" "--pid of another process: nothing"
plan

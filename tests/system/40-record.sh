# SPDX-License-Identifier: GPL-2.0-only
# What kvmdbg record writes is what the guests did, and what kvmdbg top has seen meanwhile.
. ./lib.sh

cd /tmp || exit 1
rm -f r.kvmdbg s.kvmdbg

# of FILE PATH: a value of the report on a recording
of()
{
	kvmdbg report --format json "$1" | kvmdbg-vmm json "$2"
}

# totals: events, origins, exits and switches of the process' vCPU in a frame
totals()
{
	grep "\"pid\":$pid,\"vm\"" "$1" | tail -n 1 |
		sed 's/.*"vcpus":\[//; s/"ns":{[^}]*}//; s/"debug_exit_ns".*//'
}

top_start || { plan; exit 1; }
kvmdbg record -o r.kvmdbg --window 200 --hits-rate 100 -- \
	kvmdbg-vmm load sw=100,step=200,stray=3,guest=50,mmio=40 >load 2>err
is $? 0 "record ends with its command" || sed 's/^/# /' err
is "$(grep -c interpreted err)" 0 "its programs run as machine code"
check "it says how the command ended" grep -q "the command: exit status 0" err
pid=$(sed -n 's/.*pid=\([0-9]*\).*/\1/p;' load | head -n 1)
top_settle
is "$(of r.kvmdbg total.events.sw_break)" 103 "breakpoints and strays"
is "$(of r.kvmdbg total.events.step)" 250 "steps"
is "$(of r.kvmdbg total.origin.user)" 300 "origin user"
is "$(of r.kvmdbg total.origin.guest)" 50 "origin guest"
is "$(of r.kvmdbg total.origin.stray)" 3 "origin stray"
is "$(of r.kvmdbg total.exits.debug)" 353 "debug exits"
is "$(of r.kvmdbg total.costs_ns.debug_exit.count)" 353 "each debug exit was timed"
is "$(of r.kvmdbg environment.backend)" "$backend" "the backend"
is "$(of r.kvmdbg environment.kernel)" "$(uname -r)" "the kernel"
check "which says the state of the series" grep -q -- '-kvmdbg[0-9]*-[0-9a-f]*$' \
	/proc/sys/kernel/osrelease
is "$(of r.kvmdbg environment.emulated)" yes "times are an emulator's"
is "$(of r.kvmdbg environment.status)" "exit status 0" "how the command ended"

# by reason: each exit once. What user space gets to see: breakpoints, steps, strays, MMIO
other=$(of r.kvmdbg total.costs_ns.other_exit.count)
sum=0
for reason in $(kvmdbg report r.kvmdbg | sed -n 's/^exit:\([A-Z_]*\) .*/\1/p'); do
	sum=$((sum + $(of r.kvmdbg "total.costs_ns.exit:$reason.count")))
done
is $sum "$other" "exits by reason make all others"
check "MMIO exits are data TLB misses" \
	test "$(of r.kvmdbg total.costs_ns.exit:DTLB_MISS.count)" -ge 40
# the last one of the guest's life is not entered again
heavy=$(of r.kvmdbg total.costs_ns.heavyweight.count)
check "those that user space gets to see: $heavy" test "$heavy" -ge 342 -a "$heavy" -lt 420
armed=$(of r.kvmdbg total.costs_ns.switch_armed.count)
is "$armed" $(($(of r.kvmdbg total.switch.to_guest) + $(of r.kvmdbg total.switch.to_host))) \
	"switches done, with something armed"
is "$(of r.kvmdbg total.costs_ns.switch_skipped.count)" "$(of r.kvmdbg total.switch.skipped)" \
	"switches skipped are timed"

kvmdbg top --replay r.kvmdbg --json >replay.json
is "$(totals replay.json)" "$(totals /tmp/top.json)" "a replay ends with what top has seen live"
check "hits were kept" test "$(of r.kvmdbg hits.length)" -gt 0
kept=$(of r.kvmdbg hits.length)
is $((kept + $(of r.kvmdbg dropped_hits))) 353 "hits kept and dropped make all"
top_stop

# what is there already
sum=$(sha256sum <r.kvmdbg)
kvmdbg record -o r.kvmdbg -d 0.1 2>err
is $? 4 "it does not overwrite"
check "and says what would" grep -q -- --force err
is "$(sha256sum <r.kvmdbg)" "$sum" "the file is as it was"

# a disk that fills up
mkdir -p small
mount -t tmpfs -o size=16k tmpfs small
kvmdbg record -o small/r.kvmdbg --window 10 --hits-rate 10000 -- \
	kvmdbg-vmm load step=20000 >/dev/null 2>err
is $? 4 "a full disk: exit status 4"
is "$(grep -c 'cannot write.*No space' err)" 1 "a full disk: one sentence"
kvmdbg report small/r.kvmdbg >out 2>err
is $? 0 "what was written can be read"
check "and it is said that there was more" grep -q "cut short" err
umount small

# killed in the middle
kvmdbg-vmm load step=100000 >/dev/null 2>&1 &
load=$!
kvmdbg record -o s.kvmdbg --window 50 2>err &
record=$!
within 30 sh -c '[ "$(wc -c <s.kvmdbg)" -gt 6000 ]'
kill -9 $record
wait $record 2>/dev/null
kill $load
wait $load 2>/dev/null
kvmdbg report s.kvmdbg >out 2>err
is $? 0 "killed: what was written can be read"
check "killed: and it is said that there was more" grep -q "cut short" err
check "killed: it has debug exits" test "$(of s.kvmdbg total.exits.debug 2>/dev/null)" -gt 0

# for the host: the recording, and what its report is here
hexdump -ve '512/1 "%02x" "\n"' r.kvmdbg | sed 's/  *$//; s/^/# file r.kvmdbg /'
echo "# backend $backend"
for format in text json csv trace; do
	echo "# report $format $(kvmdbg report --format $format r.kvmdbg | sha256sum | cut -d' ' -f1)"
done
plan

# SPDX-License-Identifier: GPL-2.0-only
# What kvmdbg explain says of strays, of a recording and as they come.
. ./lib.sh

cd /tmp || exit 1
rm -f e.kvmdbg

kvmdbg record -o e.kvmdbg -- kvmdbg-vmm load sw=4,stray=3 >load 2>err
is $? 0 "record ends with its command" || sed 's/^/# /' err
kvmdbg explain e.kvmdbg >out 2>err
is $? 0 "explain a recording" || sed 's/^/# /' err
is "$(grep -cE '^kvmdbg-vmm:[0-9]+ vCPU 0: stray sw_break at 0x[0-9a-f]+, 3 times, first at [0-9.]+ s$' out)" 1 \
	"three strays of one place"
is "$(grep -c 'had not asked for software breakpoints' out)" 1 "why they are strays"
is "$(wc -l <out)" 3 "and nothing else" || sed 's/^/# /' out

kvmdbg record -o none.kvmdbg -- kvmdbg-vmm load sw=4 >load 2>err
is "$(kvmdbg explain none.kvmdbg)" "No stray events." "a recording without them"

kvmdbg explain >out 2>err &
pid=$!
within 10 grep -q watching err
kvmdbg-vmm load stray=2 >load 2>&1
sleep 1
is "$(grep -c ': stray sw_break at ' out)" 1 "live: told at once"
kill $pid
wait $pid
is $? 0 "live: ends when told" || sed 's/^/# /' err
plan

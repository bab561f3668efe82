# SPDX-License-Identifier: GPL-2.0-only
# The trace events' formats are the ABI that tracepoints/ promises.
. ./lib.sh

events=/sys/kernel/tracing/events/kvm_booke_debug
for expected in tracepoints/format/*; do
	event=${expected##*/}
	sed '/^ID: /d' "$events/$event/format" >/tmp/format 2>/dev/null
	check "format of $event" cmp -s /tmp/format "$expected" ||
		diff "$expected" /tmp/format | sed 's/^/# /'
done
for dir in "$events"/*/; do
	event=$(basename "$dir")
	check "$event is in the ABI" test -f "tracepoints/format/$event"
done
plan

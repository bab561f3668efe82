# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own exit statistics (CONFIG_KVM_EXIT_TIMING) and kvmdbg's agree.
. ./lib.sh

n=3000

# kernel FIELD: of the DEBUG row
kernel()
{
	sed -n "s/^timing vm=0 DEBUG .*\<$1=\([0-9]*\).*/\1/p" /tmp/load
}

# Mean of all other exits by the kernel, in ns.
kernel_other()
{
	sed -n 's/^timing vm=0 \([A-Z_]*\) count=\([0-9]*\) .* sum=\([0-9]*\)$/\1 \2 \3/p' /tmp/load |
		awk '$1 != "DEBUG" && $1 != "TIMEINGUEST" { count += $2; sum += $3 }
			END { printf "%d", sum * 1000 / count }'
}

# ours HISTOGRAM: mean by kvmdbg, in ns
ours()
{
	echo $(($(top_get "$pid" "$1.sum") / $(top_get "$pid" "$1.count")))
}

top_start || { plan; exit 1; }
# the kernel adds up an exit at the next one: hence the MMIO, which is also what to compare with
for what in sw=$n step=$n; do
	check "$what" load --timing $what,mmio=$n
	top_settle
	is "$(kernel count)" $n "$what: the kernel's count of debug exits"
	is "$(top_get "$pid" exits.debug)" $n "$what: kvmdbg's count of debug exits"
	is "$(top_get "$pid" debug_exit_ns.count)" $n "$what: kvmdbg has timed as many"
	# The kernel's clock runs from the first instruction of an exit to the last of the entry,
	# kvmdbg's from trace event to trace event. What lies between is the same for each kind
	# of exit: the low-level code and, while kvmdbg is there, its programs on these events.
	theirs=$(($(kernel sum) * 1000 / $(kernel count)))
	mine=$(ours debug_exit_ns)
	gap=$((theirs - mine))
	other=$(($(kernel_other) - $(ours other_exit_ns)))
	check "$what: mean of a debug exit: kernel $theirs ns, kvmdbg $mine ns, never more" \
		test $gap -ge -1000
	check "$what: $gap ns less, of the order of other exits: $other ns" \
		test $gap -le $((other * 3 + 1000)) -a $gap -ge $((other / 4 - 1000))
	most=$(top_get "$pid" debug_exit_ns.max)
	check "$what: the longest: kernel $(kernel max) us, kvmdbg $most ns, never more" \
		test "$most" -le $((($(kernel max) + 1) * 1000))
done
plan

# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own exit statistics (CONFIG_KVM_EXIT_TIMING) and kvmdbg's agree.
. ./lib.sh

# kernel FIELD: of the DEBUG row
kernel()
{
	sed -n "s/^timing vm=0 DEBUG .*\<$1=\([0-9]*\).*/\1/p" /tmp/load
}

top_start || { plan; exit 1; }
# the last exit of a kind is added up by the kernel at the next one: hence the MMIO
for what in sw=3000 step=3000; do
	check "$what" load --timing $what,mmio=20
	top_settle
	is "$(kernel count)" 3000 "$what: the kernel's count of debug exits"
	is "$(top_get "$pid" exits.debug)" 3000 "$what: kvmdbg's count of debug exits"
	is "$(top_get "$pid" debug_exit_ns.count)" 3000 "$what: kvmdbg has timed as many"
	# The kernel's clock runs from the first instruction of the exit to the last of the
	# entry, kvmdbg's from trace event to trace event: the same at both ends but for the
	# low-level code and, under kvmdbg, the programs on these very events. Never more.
	theirs=$(($(kernel sum) * 1000 / $(kernel count)))
	ours=$(($(top_get "$pid" debug_exit_ns.sum) / 3000))
	check "$what: mean of a debug exit: kernel $theirs ns, kvmdbg $ours ns" \
		test $ours -le $((theirs + 1000)) -a $ours -ge $((theirs / 2))
	most=$(top_get "$pid" debug_exit_ns.max)
	check "$what: the longest: kernel $(kernel max) us, kvmdbg $most ns" \
		test "$most" -le $((($(kernel max) + 1) * 1000)) -a \
		"$most" -ge $(($(kernel max) * 500))
done
plan

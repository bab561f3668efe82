#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check the kernel series: each patch against the tree's own checkpatch.pl, each step compiles for
# the board, and the whole compiles for the other kinds of BookE, with no new warning at W=1.

set -uo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"

results=$top/build/results
log=$KVMDBG_CACHE/log
# FILE_PATH_CHANGES asks whether MAINTAINERS needs an update: Book3E KVM's entry covers the folder.
# The two about commits cannot look one up in a repository without history.
ignore=FILE_PATH_CHANGES,GIT_COMMIT_ID,UNKNOWN_COMMIT_ID
# What TRACE_EVENT() looks like is its own style, in the tree's own trace headers as well; BIT() is
# not for headers that user space includes.
own_style='/trace_[a-z0-9_]*\.h:[0-9]*: .*(COMPLEX_MACRO|PARENTHESIS_ALIGNMENT|OPEN_ENDED_LINE|MACRO_ARG)'
own_style+='|/uapi/.*:BIT_MACRO:'
# checkpatch.pl runs a script in Debian's python, with modules of Debian's
PATH=/usr/bin:$PATH

board=$top/kernel/configs/board-e500v2.config
all="checkpatch bisect configs"
suites=$all
while [ $# -gt 0 ]; do
	case $1 in
	--board)
		board=$(realpath "$2")
		shift ;;
	checkpatch|bisect|configs)
		suites=$1 ;;
	*)
		echo "usage: kernel/check-series.sh [--board CONFIG] [checkpatch|bisect|configs]" >&2
		exit 2 ;;
	esac
	shift
done

kbuild()
{
	nice make -C "$tree" O="$obj" ARCH=powerpc CROSS_COMPILE=powerpc-linux-gnu- LOCALVERSION= \
		-j"$(nproc)" "$@" 2>&1 </dev/null
}

# report STATUS TEXT
report()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

comment()
{
	sed 's/^/# /'
}

checkpatch()
{
	local patch count=0 out

	echo "@@suite checkpatch"
	for patch in "$mail"/*.patch; do
		out=$(cd "$tree" && scripts/checkpatch.pl --strict --no-summary --terse --showfile \
			--show-types --ignore "$ignore" "$patch" 2>&1 | grep -vE "$own_style")
		[ -z "$out" ]
		report $? "$(basename "$patch")"
		[ -z "$out" ] || comment <<<"$out"
	done
	echo "1..$count"
	echo "@@end 0"
}

# prepare NAME CONFIG: tree and object folder, configured
prepare()
{
	mapfile -t where < <("$top/kernel/build.sh" --config "$2" --objects check)
	[ ${#where[@]} -eq 2 ] || return 1
	tree=${where[0]}
	obj=${where[1]}
	"$top/kernel/build.sh" --config "$2" --fragment >"$config" || return 1
	git="git -C $tree -c advice.detachedHead=false -c core.hooksPath=/dev/null"
}

# go COMMIT: check it out, and configure it where that can make a difference: it takes as long as to
# compile a step
go()
{
	local new=

	$git diff --quiet HEAD "$1" -- '*Kconfig*' || new=1
	$git checkout -q -f "$1" || return 1
	[ -z "$new" ] || kbuild KCONFIG_ALLCONFIG="$config" allnoconfig
}

show_errors()
{
	grep -E 'error|warning|Error' "$1" | head -n 20 | comment
}

# objects COMMIT: what the series has touched up to there, as targets for kbuild
objects()
{
	echo arch/powerpc/kvm/
	$git diff --name-only --diff-filter=d "base..$1" -- '*.c' '*.S' |
		grep -v -e '^tools/' -e '^arch/powerpc/kvm/' -e '/asm-offsets\.c$' |
		sed 's/\.[cS]$/.o/'
}

bisect()
{
	local commit step=0 count=0 targets total status out

	echo "@@suite bisect"
	total=$($git rev-list --count "base..$final")
	for commit in $($git rev-list --reverse "base..$final"); do
		step=$((step + 1))
		echo "  step $step of $total: $($git log -1 --format=%s "$commit")" >&2
		out=$log/bisect-$step.log
		mapfile -t targets < <(objects "$commit")
		{ go "$commit" && kbuild "${targets[@]}"; } >"$out"
		status=$?
		report $status "step $step: $($git log -1 --format=%s "$commit")"
		[ $status -eq 0 ] || show_errors "$out"
	done
	echo "1..$count"
	echo "@@end 0"
}

# warnings FILE: without line numbers, to compare
warnings()
{
	grep -E 'warning:' "$1" | sed -E 's/:[0-9]+(:[0-9]+)?:/:/' | sort -u
}

configs()
{
	local count=0 name status new cfg targets

	echo "@@suite configs"
	for cfg in "$top"/kernel/configs/check-*.config "$board"; do
		name=$(basename "$cfg" .config)
		if ! prepare "$name" "$cfg"; then
			report 1 "$name: prepare"
			continue
		fi
		echo "  $name" >&2
		mapfile -t targets < <(objects "$final")
		(cd "$obj" && rm -rf "${targets[@]}")
		kbuild W=1 "${targets[@]}" >"$log/$name.log"
		status=$?
		report $status "$name compiles"
		if [ $status -ne 0 ]; then
			show_errors "$log/$name.log"
			continue
		fi
		new=$(warnings "$log/$name.log")
		if [ -n "$new" ]; then
			# what 6.12 itself says is not the series'
			(cd "$obj" && rm -rf "${targets[@]}")
			{ go base && kbuild W=1 "${targets[@]}"; } >"$log/$name-base.log"
			new=$(comm -23 <(echo "$new") <(warnings "$log/$name-base.log"))
			$git checkout -q -f "$final"
		fi
		[ -z "$new" ]
		report $? "$name has no new warning at W=1"
		[ -z "$new" ] || comment <<<"$new"
	done
	echo "1..$count"
	echo "@@end 0"
}

run()
{
	local mail suite config

	config=$(mktemp)
	mail=$(mktemp -d)
	# shellcheck disable=SC2064 # now: they are local
	trap "rm -rf '$mail' '$config'" EXIT
	prepare board "$board" || { echo "@@suite prepare"; return; }
	final=$($git rev-parse HEAD)
	"$top/kernel/build.sh" --mailbox "$mail" >/dev/null
	for suite in $suites; do
		$suite
	done
}

mkdir -p "$results" "$log"
rm -f "$results/check-series"
cache_lock check-series
key=$({ "$top/kernel/build.sh" --state; cat "$0"
	for cfg in "$top"/kernel/configs/check-*.config "$board"; do
		"$top/kernel/build.sh" --config "$cfg" --fragment
	done
	powerpc-linux-gnu-gcc --version; } | cache_hash)
passed_before=$KVMDBG_CACHE/checked-$key/check-series.tap
if [ "$suites" = "$all" ] && [ -r "$passed_before" ]; then
	echo "(the series is as it was when it was last checked)"
	cat "$passed_before"
else
	run | tee "$log/check-series.tap"
fi | awk -v counts="$results/check-series.new" -f "$top/scripts/tap.awk"
mv "$results/check-series.new" "$results/check-series" || exit 1
read -r passed failed skipped <"$results/check-series"
echo "check-series: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
[ "$suites" != "$all" ] || [ -r "$passed_before" ] ||
	cache_get checked "$key" cp "$log/check-series.tap" >/dev/null

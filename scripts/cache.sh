# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The cache of slow results, to be sourced. An entry is a directory <name>-<key>, the key being a
# hash of all that the entry is made from. It is built in a temporary sibling and renamed when it
# is complete, so that a build cut short leaves nothing behind that looks finished.

KVMDBG_CACHE=${KVMDBG_CACHE:-$HOME/.cache/kvmdbg}

# what is built here is not part of the make that may have started it
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# how many entries of one name are kept: the newest, so that going back and forth stays warm
cache_keep=4

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

# hash of the standard input, short enough for a directory name
cache_hash()
{
	sha256sum | cut -c1-16
}

# cache_hash_files PATH...: names and contents of the files, and of all files below the folders
cache_hash_files()
{
	find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum | cache_hash
}

# cache_lock NAME: hold the lock of NAME until the calling (sub)shell ends
cache_lock()
{
	local fd start=$SECONDS

	mkdir -p "$KVMDBG_CACHE" || die "cannot create the cache folder $KVMDBG_CACHE"
	exec {fd}>"$KVMDBG_CACHE/.lock-$1" || die "cannot write to the cache $KVMDBG_CACHE"
	if ! flock -n "$fd"; then
		echo "$1: waiting for another build of the same thing" >&2
		until flock -w 10 "$fd" || [ $? -ne 1 ]; do
			echo "  $1: waiting, $((SECONDS - start)) s" >&2
		done
	fi
}

# cache_prune NAME: what was cut short, and all but the most recently used entries
cache_prune()
{
	find "$KVMDBG_CACHE" -maxdepth 1 -type d -regex ".*/tmp-$1-[0-9a-f]+\\.[0-9]+" -exec rm -rf {} +
	find "$KVMDBG_CACHE" -maxdepth 1 -type d -regex ".*/$1-[0-9a-f]+" -printf '%T@ %p\n' |
		sort -rn | tail -n "+$((cache_keep + 1))" | cut -d' ' -f2- |
		while read -r old; do rm -rf "$old"; done
}

# cache_get NAME KEY COMMAND...: print the path of the entry. Where it is missing it is made by
# COMMAND, which gets one argument more, the folder to fill, and whose output goes to stderr.
cache_get()
{
	local name=$1 key=$2 dir=$KVMDBG_CACHE/$1-$2 tmp

	shift 2
	if [ ! -d "$dir" ]; then
		(
			cache_lock "$name"
			[ ! -d "$dir" ] || exit 0
			cache_prune "$name"
			tmp=$KVMDBG_CACHE/tmp-$name-$key.$$
			mkdir "$tmp"
			trap 'rm -rf "$tmp"' EXIT
			"$@" "$tmp" >&2 || exit 1
			mv "$tmp" "$dir"
		) || return 1
	fi
	touch -c "$dir"
	echo "$dir"
}

# progress LABEL LOG COMMAND...: run COMMAND with its output in LOG and say every 10 s that it is
# still at it; when it fails, show the end of the log
progress()
{
	local label=$1 log=$2 start=$SECONDS rc=0 ticker

	shift 2
	mkdir -p "$(dirname "$log")"
	: >"$log" || return 1
	# in the background, and so deaf to Ctrl-C: it looks whether it is still wanted
	(
		exec </dev/null
		for ((i = 1; ; i++)); do
			sleep 1
			kill -0 $$ 2>/dev/null || exit
			[ $((i % 10)) -ne 0 ] ||
				echo "  $label: $i s, $(wc -l <"$log") lines logged" >&2
		done
	) &
	ticker=$!
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	{ kill "$ticker" && wait "$ticker"; } 2>/dev/null
	if [ "$rc" -ne 0 ]; then
		echo "$label failed; the end of $log:" >&2
		tail -n 30 "$log" >&2
		return "$rc"
	fi
	echo "  $label: done in $((SECONDS - start)) s" >&2
}

# cache_link DIR ENTRY NAME[:AS]...: make DIR a folder of links to NAME... in ENTRY. DIR/.stamp is
# touched only when a link is another one than before.
cache_link()
{
	local dir=$1 entry=$2 name as changed=

	shift 2
	mkdir -p "$dir"
	for name; do
		as=$dir/${name#*:}
		name=${name%:*}
		[ "$(readlink "$as")" != "$entry/$name" ] || continue
		ln -sfn "$entry/$name" "$as"
		changed=1
	done
	if [ -n "$changed" ] || [ ! -e "$dir/.stamp" ]; then touch "$dir/.stamp"; fi
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the board's kernel: Debian's linux-source-6.12 and our series, in a scratch repository.
# What is asked for is printed on stdout as a path; progress goes to stderr. Below the cache folder:
#
#   linux-<key>/src, git     the source as unpacked, and a repository with the folders we touch;
#                            each state of the series that was ever asked for is a ref there
#   linux-<key>/tree-<use>   a tree to work in: hard links to src, with its own checkout. git only
#                            writes the files that differ, so objects are rebuilt incrementally
#   linux-<key>/obj-<use>-<config>-<compiler>   objects; kbuild follows a changed config
#   kernel-<key>             the result: vmlinux, System.map, config
#   kernel-headers-<key>     UAPI headers
#
# A result is keyed by the tree's content (not by the commit messages), config and compiler.

set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"

package="linux-source-6.12"
tarball=/usr/src/$package.tar.xz
folders="arch/powerpc arch/Kconfig virt include kernel lib scripts LICENSES MAINTAINERS Kbuild Makefile
	Documentation/arch/powerpc Documentation/virt Documentation/trace
	tools/testing/kunit tools/testing/selftests/kvm"

usage()
{
	cat <<END
usage: kernel/build.sh [--series N] [--config FILE] [WHAT]

  --series N      apply only the first N entries of kernel/patches
  --config FILE   config fragment (default: kernel/configs/board-e500v2.config)
  --set OPTION    CONFIG_NAME=VALUE instead of what the fragment says; can be repeated
  --apart NAME    keep the objects of this build in a folder of their own: for settings that
                  would have the next build compile everything anew

WHAT, of which the path is printed:
  (none)          folder that holds vmlinux, System.map and config
  --headers       include folder of the UAPI headers
  --tree          source tree with the series applied (shared: others may check out another state)
  --state         not a path: one word that stands for source and series, messages included
  --version       not a path: version of Debian's package
  --fragment      not a path: the config fragment with what it includes, as kbuild wants it
  --source        source tree as Debian ships it
  --objects T     tree and object folder, prepared to compile single objects; T names the tree
  --mailbox DIR   the series as mailbox files in DIR
  --link DIR      as (none), with DIR made a folder of links to the result
END
}

# kbuild OBJECTS TARGET...
# Deterministic: who built it, when and how often must not be in the result.
kbuild()
{
	local obj=$1

	shift
	nice make -C "$tree" O="$obj" ARCH=powerpc CROSS_COMPILE=powerpc-linux-gnu- LOCALVERSION= \
		KBUILD_BUILD_TIMESTAMP="$source_date" KBUILD_BUILD_USER=kvmdbg \
		KBUILD_BUILD_HOST=kvmdbg KBUILD_BUILD_VERSION=1 -j"$(nproc)" "$@"
}

git_q()
{
	git -c core.compression=0 -c core.trustctime=false -c gc.auto=0 -c advice.detachedHead=false -c core.autocrlf=false \
		-c core.excludesFile=/dev/null -c core.hooksPath=/dev/null -c commit.gpgSign=false "$@"
}

find_source()
{
	[ -r "$tarball" ] || die "$tarball is missing: install the package $package (make packages)"
	version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) || version=unknown
	srckey=$({ echo "$version $folders"; stat -c '%s' "$tarball"; } | cache_hash)
	linux=$KVMDBG_CACHE/linux-$srckey
	export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
}

unpack()
{
	local dir=$1

	echo "unpacking $package $version" >&2
	mkdir "$dir/src"
	progress "unpack" "$dir/unpack.log" \
		tar -C "$dir/src" --strip-components=1 --no-same-owner -xvf "$tarball" || return 1
	rm -f "$dir/unpack.log" "$dir/src/.git"
	git_q init -q --bare "$dir/git"
	progress "scratch repository" "$KVMDBG_CACHE/log/scratch-repository.log" \
		import_base "$dir"
}

import_base()
{
	local dir=$1

	export GIT_DIR=$dir/git GIT_WORK_TREE=$dir/src
	set_identity
	cd "$dir/src"
	# the tree's own .gitignore leaves out files that Debian's tarball has
	# shellcheck disable=SC2086
	git_q add -f $folders && git_q commit -q -m "Linux $version" && git_q tag base
}

set_identity()
{
	source_date=$(date -u -d "@$(stat -c %Y "${linux_src:-$linux/src}/Makefile" 2>/dev/null || echo 0)" \
		'+%Y-%m-%d %H:%M:%S +0000')
	export GIT_COMMITTER_NAME=kvmdbg GIT_COMMITTER_EMAIL=kvmdbg@localhost
	export GIT_AUTHOR_NAME=kvmdbg GIT_AUTHOR_EMAIL=kvmdbg@localhost
	export GIT_COMMITTER_DATE=$source_date GIT_AUTHOR_DATE=$source_date
}

# names of the entries that are asked for, in order
entries()
{
	find "$top/kernel/patches" -maxdepth 1 -name '[0-9][0-9][0-9][0-9]-*' \
		\( -name '*.patch' -o -name '*.commit' \) -printf '%f\n' | LC_ALL=C sort |
		if [ -n "$series" ]; then head -n "$series"; else cat; fi
}

# Author of an entry that is only a message: who signed it off first.
add_files()
{
	local message=$1 who

	who=$(sed -n 's/^Signed-off-by: *//p' "$message" | head -n 1)
	[ -n "$who" ] || die "$message has no Signed-off-by"
	[ ! -d "$top/kernel/files" ] || cp -r "$top/kernel/files/." .
	cp "$top"/tracepoints/*.h arch/powerpc/kvm/
	git_q add -f -A .
	git_q commit -q --author="$who" -F "$message" || die "$(basename "$message"): nothing to commit"
}

apply_series()
{
	local work=$linux/am entry

	if [ ! -e "$work/.git" ]; then
		rm -rf "$work"
		git_q worktree prune
		git_q worktree add -q --detach "$work" base
	fi
	unset GIT_DIR
	cd "$work"
	rm -rf "$(git rev-parse --git-path rebase-apply)"
	rm -f "$(git rev-parse --git-path index.lock)"
	git_q checkout -q -f --detach base
	git_q clean -qffdx
	while read -r entry; do
		entry=$top/kernel/patches/$entry
		case $entry in
		*.patch)
			git_q am -q --committer-date-is-author-date "$entry" \
					>"$KVMDBG_CACHE/log/am.log" 2>&1 </dev/null || {
				cat "$KVMDBG_CACHE/log/am.log" >&2
				die "$(basename "$entry") no longer applies to $package $version"
			} ;;
		*.commit)
			add_files "$entry" </dev/null ;;
		esac
	done < <(entries)
	git_q update-ref "$ref" HEAD
}

# Leave the commit of the asked-for state of the series in $commit.
resolve_series()
{
	local key

	mkdir -p "$KVMDBG_CACHE/log"
	cache_keep=1 cache_get linux "$srckey" unpack >/dev/null ||
		die "could not unpack $tarball"
	set_identity
	[ -z "$series" ] || [ "$(entries | wc -l)" -eq "$series" ] ||
		die "the series has only $(entries | wc -l) entries"
	key=$({
		cd "$top/kernel/patches"
		entries | xargs -rd '\n' sha256sum
		cd "$top"
		cache_hash_files kernel/files tracepoints/*.h
		echo "$source_date"
	} | cache_hash)
	ref=refs/series/$key
	export GIT_DIR=$linux/git
	if ! commit=$(git_q rev-parse -q --verify "$ref"); then
		( cache_lock series
		  git_q rev-parse -q --verify "$ref" >/dev/null || apply_series ) || exit 1
		commit=$(git_q rev-parse --verify "$ref")
	fi
	treehash=$(git_q rev-parse "$commit^{tree}")
	# uname -r says what was built, and so does a recording
	release=-kvmdbg$(entries | wc -l)-${treehash:0:7}
	unset GIT_DIR
}

# Put the state into a tree to work in; only files that differ are written.
checkout_tree()
{
	tree=$linux/tree-$1
	if [ ! -d "$tree" ]; then
		rm -rf "$tree.new"
		cp -al "$linux/src" "$tree.new"
		git_q init -q "$tree.new"
		echo "$linux/git/objects" >"$tree.new/.git/objects/info/alternates"
		git_q -C "$tree.new" config core.logAllRefUpdates false
		git_q -C "$tree.new" reset -q --mixed "$(GIT_DIR=$linux/git git rev-parse base)"
		git_q -C "$tree.new" tag base
		mv "$tree.new" "$tree"
	fi
	rm -f "$tree/.git/index.lock"
	git_q -C "$tree" checkout -q -f "$commit"
}

# Config of an object folder. olddefconfig semantics are allnoconfig's: all that counts is the fragment.
configure()
{
	local obj=$1

	if [ -e "$obj/.building" ]; then
		echo "the last build was killed: starting afresh" >&2
		rm -rf "$obj"
	fi
	mkdir -p "$obj"
	touch "$obj/.building"
	kbuild "$obj" KCONFIG_ALLCONFIG="$config" allnoconfig
	missing_options "$obj"
}

# An option that the kernel does not know, or whose dependencies fail, would be dropped in silence.
missing_options()
{
	local line lost=0

	while read -r line; do
		grep -qxF "$line" "$1/.config" && continue
		echo "config option has no effect: $line"
		lost=1
	done < <(grep '^CONFIG_' "$config" | grep -v '=n$')
	[ $lost -eq 0 ] || echo "(the fragment is $fragment)"
}

# object_folder USE: where the objects of this config go
object_folder()
{
	echo "$linux/obj-$1-${apart:-$(basename "$fragment" .config)}-$(powerpc-linux-gnu-gcc --version | cache_hash)"
}

build_vmlinux()
{
	local out=$1 obj

	checkout_tree build
	obj=$(object_folder build)
	echo "Linux $version, $(entries | wc -l) entries of the series applied" >&2
	# an end by error or Ctrl-C leaves whole objects only; the mark is for being killed outright
	# now, as $obj is gone by then
	# shellcheck disable=SC2064
	trap "rm -f '$obj/.building'" EXIT
	progress "config" "$KVMDBG_CACHE/log/kernel-config.log" configure "$obj" || return 1
	# part of the series may not know all of them
	[ -n "$series" ] || grep 'no effect' "$KVMDBG_CACHE/log/kernel-config.log" >&2 || true
	progress "kernel" "$KVMDBG_CACHE/log/kernel.log" kbuild "$obj" LOCALVERSION="$release" \
		vmlinux || return 1
	cp "$obj/vmlinux" "$obj/System.map" "$out/" && cp "$obj/.config" "$out/config"
}

# expand FRAGMENT [INCLUDER...]: with what it includes, which is beside it
expand()
{
	local line

	[ -r "$1" ] || die "cannot read the config fragment $1"
	[[ " ${*:2} " != *" $1 "* ]] || die "the config fragment $1 includes itself"
	while read -r line || [ -n "$line" ]; do
		case $line in
		include\ *)	expand "$(dirname "$1")/${line#include }" "$@" ;;
		*)		echo "$line" ;;
		esac
	done <"$1"
}

# Put the fragment and --set together in $config.
set_options()
{
	local option

	config=$(mktemp)
	trap 'rm -f "$config"' EXIT
	expand "$fragment" >"$config"
	for option in "${options[@]}"; do
		sed -i "/^${option%%=*}=/d" "$config"
		echo "$option" >>"$config"
	done
}

build_headers()
{
	local out=$1

	checkout_tree headers
	progress "kernel headers" "$KVMDBG_CACHE/log/kernel-headers.log" \
		kbuild "$linux/obj-headers" INSTALL_HDR_PATH="$out" headers_install
}

# locked USE COMMAND...: a tree to work in, and its objects, belong to one at a time
locked()
{
	local use=$1

	shift
	( cache_lock "linux-tree-$use"; "$@" )
}

get_vmlinux()
{
	local key

	confkey=$({ cat "$config"; powerpc-linux-gnu-gcc --version; pahole --version; } | cache_hash)
	key=$(echo "$version $release $treehash $confkey" | cache_hash)
	cache_keep=24 cache_get kernel "$key" locked build build_vmlinux || die "the kernel could not be built"
}

get_headers()
{
	local key

	key=$({ echo "$version"; GIT_DIR=$linux/git git rev-parse "$commit:include/uapi" \
		"$commit:arch/powerpc/include/uapi" "$commit:scripts"; } | cache_hash)
	cache_get kernel-headers "$key" locked headers build_headers || die "no kernel headers"
}

mailbox()
{
	mkdir -p "$1"
	rm -f "$1"/*.patch
	GIT_DIR=$linux/git git_q format-patch -q --no-signature --cover-from-description=none \
		-o "$(cd "$1" && pwd)" "base..$commit"
	echo "$1"
}

series=
fragment=$top/kernel/configs/board-e500v2.config
options=()
apart=
what=vmlinux
arg=
while [ $# -gt 0 ]; do
	case $1 in
	--series)
		[[ ${2-} =~ ^[0-9]+$ ]] || die "--series needs a number"
		series=$2
		shift ;;
	--config)
		[ -n "${2-}" ] || die "--config needs a file"
		fragment=$(realpath "$2")
		shift ;;
	--set)
		[[ ${2-} =~ ^CONFIG_[A-Z0-9_]+=.+$ ]] || die "--set needs CONFIG_NAME=VALUE"
		options+=("$2")
		shift ;;
	--apart)
		[[ ${2-} =~ ^[a-z0-9-]+$ ]] || die "--apart needs a name of a-z, 0-9, -"
		apart=$2
		shift ;;
	--headers|--tree|--source|--state|--version|--fragment)
		what=${1#--} ;;
	--objects|--mailbox|--link)
		what=${1#--}
		[ -n "${2-}" ] || die "$1 needs an argument"
		arg=$2
		shift ;;
	-h|--help)
		usage
		exit 0 ;;
	*)
		usage >&2
		exit 2 ;;
	esac
	shift
done

if [ "$what" = fragment ]; then
	set_options
	cat "$config"
	exit 0
fi
find_source
if [ "$what" = version ]; then
	echo "$version"
	exit 0
fi
set_options
resolve_series
case $what in
vmlinux)
	get_vmlinux ;;
link)
	dir=$(get_vmlinux)
	cache_link "$arg" "$dir" vmlinux System.map config ;;
headers)
	echo "$(get_headers)/include" ;;
tree)
	locked build checkout_tree build
	echo "$linux/tree-build" ;;
source)
	echo "$linux/src" ;;
state)
	echo "$commit" ;;
objects)
	obj=$(object_folder "$arg")
	( cache_lock "linux-tree-$arg"
	  checkout_tree "$arg"
	  progress "config" "$KVMDBG_CACHE/log/$arg-config.log" configure "$obj" &&
		progress "prepare" "$KVMDBG_CACHE/log/$arg-prepare.log" kbuild "$obj" prepare &&
		rm -f "$obj/.building" ) || exit 1
	echo "$linux/tree-$arg"
	echo "$obj" ;;
mailbox)
	mailbox "$arg" ;;
esac

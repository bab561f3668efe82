#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An emulator: Debian's QEMU of the version that is installed here, with Debian's patches and then
# ours, which make debugging a guest work. Only what the machine needs is built. Firmware and the
# like are those of the installed packages.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"
# shellcheck source=tests/board/sources.sh
. "$top/tests/board/sources.sh"

log=$KVMDBG_CACHE/log
data=/usr/share/qemu
export LC_ALL=C

usage()
{
	cat <<END
usage: tests/board/qemu.sh [--target ppc|x86_64] [--link DIR]

Prints the path of the emulator's folder (bin/qemu-system-TARGET): that of the board, unless told.
  --target x86_64   that of the x86 host
  --link DIR        make DIR a folder of links to the result
END
}

apply_patches()
{
	local patch

	export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
	export GIT_COMMITTER_NAME=kvmdbg GIT_COMMITTER_EMAIL=kvmdbg@localhost
	export GIT_AUTHOR_NAME=kvmdbg GIT_AUTHOR_EMAIL=kvmdbg@localhost
	cd "$work/src" && git init -q . || return 1
	# shellcheck disable=SC2086
	git add -f $folders && git commit -q -m "QEMU $version" || return 1
	for patch in "$patches"/*.patch; do
		git am -q "$patch" || {
			echo "$(basename "$patch") no longer applies to qemu $version"
			return 1
		}
	done
}

unpack()
{
	dpkg-source --no-check -x "$(echo "$sources"/qemu_*.dsc)" "$work/src" && apply_patches
}

configure()
{
	# of all machines this one
	echo "$machine" >"$work/src/configs/devices/$target-softmmu/kvmdbg.mak"
	mkdir -p "$work/obj" && cd "$work/obj" || return 1
	# as if in /usr: where the binary looks for its data goes by that
	# shellcheck disable=SC2086
	../src/configure --prefix=/usr --target-list="$target-softmmu" --without-default-features \
		--without-default-devices "--with-devices-$target=kvmdbg" --enable-system --enable-tcg \
		--enable-fdt=system --disable-user --disable-docs --disable-tools --disable-werror \
		--disable-install-blobs --with-git-submodules=ignore $features
}

build()
{
	local dir=$1

	work=$dir/work
	mkdir -p "$work" "$dir/bin" "$dir/share"
	echo "the emulator for $target: QEMU $version with $(find "$patches" -name '*.patch' | wc -l) patches" >&2
	sources=$(cache_get qemu-sources "$sourceskey" fetch_sources "qemu=$version") || return 1
	progress "unpack and patch" "$log/qemu-$target-unpack.log" unpack || return 1
	progress "configure" "$log/qemu-$target-configure.log" configure || return 1
	progress "emulator" "$log/qemu-$target.log" nice ninja -C "$work/obj" "$emulator" || return 1
	strip -o "$dir/bin/$emulator" "$work/obj/$emulator" &&
		ln -s "$data" "$dir/share/qemu" && "$dir/bin/$emulator" --version &&
		rm -rf "$work"
}

link=
target=ppc
while [ $# -gt 0 ]; do
	case $1 in
	--target)
		target=${2-}
		shift ;;
	--link)
		[ -n "${2-}" ] || die "--link needs a folder"
		link=$2
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

# folders: what the patches are about, all that git has to know
case $target in
ppc)
	patches=$top/tests/board/qemu/patches
	folders="target/ppc softmmu include/hw/core"
	machine=CONFIG_E500PLAT=y
	features='' ;;
x86_64)
	patches=$top/tests/x86host/qemu
	folders=target/i386
	machine=CONFIG_Q35=y
	features=--enable-kvm ;;
*)
	die "no emulator for '$target'" ;;
esac
emulator=qemu-system-$target

version=$(dpkg-query -W -f '${source:Version}' qemu-system-ppc 2>/dev/null) ||
	die "the package qemu-system-ppc is missing (make packages)"
sourceskey=$(echo "$version" | cache_hash)
key=$({
	echo "$version $machine $features"
	declare -f apply_patches unpack configure build
	cd "$patches" && cat ./*.patch
	gcc --version
} | cache_hash)
dir=$(cache_get "qemu-$target" "$key" build) || die "the emulator could not be built"
[ -z "$link" ] || cache_link "$link" "$dir" bin share
[ -n "$link" ] || echo "$dir"

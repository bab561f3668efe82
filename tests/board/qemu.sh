#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The board's emulator: Debian's QEMU of the version that is installed here, with Debian's patches
# and then ours (tests/board/qemu/patches), which model the debug facility. Only what the board needs
# is built. Firmware and the like are those of the installed package.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"
# shellcheck source=tests/board/sources.sh
. "$top/tests/board/sources.sh"

patches=$top/tests/board/qemu/patches
log=$KVMDBG_CACHE/log
# what the patches are about: all that git has to know
folders="target/ppc softmmu include/hw/core"
data=/usr/share/qemu
export LC_ALL=C

usage()
{
	cat <<END
usage: tests/board/qemu.sh [--link DIR]

Prints the path of the emulator's folder (bin/qemu-system-ppc).
  --link DIR   make DIR a folder of links to the result
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
	# of all boards this one
	echo CONFIG_E500PLAT=y >"$work/src/configs/devices/ppc-softmmu/kvmdbg.mak"
	mkdir -p "$work/obj" && cd "$work/obj" || return 1
	# as if in /usr: where the binary looks for its data goes by that
	../src/configure --prefix=/usr --target-list=ppc-softmmu --without-default-features \
		--without-default-devices --with-devices-ppc=kvmdbg --enable-system --enable-tcg \
		--enable-fdt=system --disable-user --disable-docs --disable-tools --disable-werror \
		--disable-install-blobs --with-git-submodules=ignore
}

build()
{
	local dir=$1

	work=$dir/work
	mkdir -p "$work" "$dir/bin" "$dir/share"
	echo "the board's emulator: QEMU $version with $(find "$patches" -name '*.patch' | wc -l) patches" >&2
	sources=$(cache_get qemu-sources "$sourceskey" fetch_sources "qemu=$version") || return 1
	progress "unpack and patch" "$log/qemu-unpack.log" unpack || return 1
	progress "configure" "$log/qemu-configure.log" configure || return 1
	progress "emulator" "$log/qemu.log" nice ninja -C "$work/obj" qemu-system-ppc || return 1
	strip -o "$dir/bin/qemu-system-ppc" "$work/obj/qemu-system-ppc" &&
		ln -s "$data" "$dir/share/qemu" && "$dir/bin/qemu-system-ppc" --version &&
		rm -rf "$work"
}

link=
while [ $# -gt 0 ]; do
	case $1 in
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

version=$(dpkg-query -W -f '${source:Version}' qemu-system-ppc 2>/dev/null) ||
	die "the package qemu-system-ppc is missing (make packages)"
sourceskey=$(echo "$version" | cache_hash)
key=$({ echo "$version"; cat "$0"; cd "$patches" && cat ./*.patch; gcc --version; } | cache_hash)
dir=$(cache_get qemu "$key" build) || die "the emulator could not be built"
[ -z "$link" ] || cache_link "$link" "$dir" bin share
[ -n "$link" ] || echo "$dir"

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

Prints the path of the emulator's folder: that of the board (bin/qemu-system-ppc, and -ppc64 for the
64-bit cores), unless told.
  --target x86_64   that of the x86 host (bin/qemu-system-x86_64)
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

# The emulator of the negative controls: each of the rules in `mutants` can be switched off, by a
# number in the environment.
mutate()
{
	local cpu=$work/src/target/ppc/cpu.h

	awk -v "root=$work/src" -f "$top/tests/bare/mutate.awk" "$mutants" >"$work/mutants" || return 1
	sed -i '0,/^#include/s//extern int kvmdbg_mutant;\n&/' "$cpu"
	cat >>"$work/src/target/ppc/cpu_init.c" <<-'END'
		int kvmdbg_mutant;

		static void __attribute__((constructor)) kvmdbg_init_mutant(void)
		{
		    const char *nr = getenv("KVMDBG_MUTANT");

		    kvmdbg_mutant = nr ? atoi(nr) : 0;
		}
	END
}

configure()
{
	local arch list='' devices=()

	for arch in $arches; do
		# of all machines this one
		echo "$machine" >"$work/src/configs/devices/$arch-softmmu/kvmdbg.mak"
		list=$list,$arch-softmmu
		devices+=("--with-devices-$arch=kvmdbg")
	done
	mkdir -p "$work/obj" && cd "$work/obj" || return 1
	# as if in /usr: where the binary looks for its data goes by that
	# shellcheck disable=SC2086
	../src/configure --prefix=/usr --target-list="${list#,}" --without-default-features \
		--without-default-devices "${devices[@]}" --enable-system --enable-tcg \
		--enable-fdt=system --disable-user --disable-docs --disable-tools --disable-werror \
		--disable-install-blobs --with-git-submodules=ignore $features
}

build_mutants()
{
	mutate && nice ninja -C "$work/obj" qemu-system-ppc64
}

build()
{
	local dir=$1 arch

	work=$dir/work
	mkdir -p "$work" "$dir/bin" "$dir/share"
	echo "the emulator for $target: QEMU $version with $(find "$patches" -name '*.patch' | wc -l) patches" >&2
	sources=$(cache_get qemu-sources "$sourceskey" fetch_sources "qemu=$version") || return 1
	progress "unpack and patch" "$log/qemu-$target-unpack.log" unpack || return 1
	progress "configure" "$log/qemu-$target-configure.log" configure || return 1
	# shellcheck disable=SC2046,SC2086
	progress "emulator" "$log/qemu-$target.log" \
		nice ninja -C "$work/obj" $(printf 'qemu-system-%s ' $arches) || return 1
	ln -s "$data" "$dir/share/qemu" || return 1
	for arch in $arches; do
		strip -o "$dir/bin/qemu-system-$arch" "$work/obj/qemu-system-$arch" &&
			"$dir/bin/qemu-system-$arch" --version || return 1
	done
	if [ -n "$mutants" ]; then
		mkdir "$dir/mutants"
		progress "negative controls" "$log/qemu-$target-mutants.log" build_mutants || return 1
		strip -o "$dir/mutants/qemu-system-ppc64" "$work/obj/qemu-system-ppc64" &&
			mv "$work/mutants" "$dir/mutants/list" || return 1
	fi
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
	mutants=$top/tests/bare/mutants
	arches='ppc ppc64'
	folders="target/ppc softmmu include/hw/core"
	machine=CONFIG_E500PLAT=y
	features='' ;;
x86_64)
	patches=$top/tests/x86host/qemu
	mutants=''
	arches=x86_64
	folders=target/i386
	machine=CONFIG_Q35=y
	features=--enable-kvm ;;
*)
	die "no emulator for '$target'" ;;
esac

version=$(dpkg-query -W -f '${source:Version}' qemu-system-ppc 2>/dev/null) ||
	die "the package qemu-system-ppc is missing (make packages)"
sourceskey=$(echo "$version" | cache_hash)
key=$({
	echo "$version $arches $machine $features"
	declare -f apply_patches unpack mutate configure build_mutants build
	[ -z "$mutants" ] || cat "$mutants" "$top/tests/bare/mutate.awk"
	cd "$patches" && cat ./*.patch
	gcc --version
} | cache_hash)
dir=$(cache_get "qemu-$target" "$key" build) || die "the emulator could not be built"
[ -z "$link" ] || cache_link "$link" "$dir" bin share ${mutants:+mutants}
[ -n "$link" ] || echo "$dir"

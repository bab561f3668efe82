#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The emulators, of the board and of the x86 host: Debian's QEMU of the version that is installed
# here, with Debian's patches and then ours, which make debugging a guest work. Only what the two
# machines need is built, at once, as most of it is the same. Firmware and the like are those of the
# installed packages.

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
usage: tests/board/qemu.sh [--mutants] [--link DIR]

Prints the path of the emulators' folder: bin/qemu-system-ppc64 is the board, also with its 32-bit
cores, bin/qemu-system-x86_64 the x86 host.
  --mutants    that of the negative controls' emulator: bin/qemu-system-ppc64, of which each rule in
               the file mutants can be switched off
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
	for patch in "${patches[@]}"; do
		git am -q "$patch" || {
			echo "$(basename "$patch") no longer applies to qemu $version"
			return 1
		}
	done
}

unpack()
{
	dpkg-source --no-check -x "$(echo "$sources"/qemu_*.dsc)" "$work/src" &&
		apply_patches && { [ -z "$mutants" ] || mutate; }
}

# The emulator of the negative controls: each of the rules in `mutants` can be switched off, by a
# number in the environment.
mutate()
{
	local cpu=$work/src/target/ppc/cpu.h

	awk -v "root=$work/src" -f "$top/tests/bare/mutate.awk" "$mutants" >"$out/mutants" || return 1
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
		# of all machines only these
		case $arch in
		ppc64)	echo CONFIG_E500PLAT=y ;;
		x86_64)	echo CONFIG_Q35=y ;;
		esac >"$work/src/configs/devices/$arch-softmmu/kvmdbg.mak"
		list=$list,$arch-softmmu
		devices+=("--with-devices-$arch=kvmdbg")
	done
	mkdir -p "$work/obj" && cd "$work/obj" || return 1
	# as if in /usr: where the binary looks for its data goes by that
	../src/configure --prefix=/usr --target-list="${list#,}" --without-default-features \
		--without-default-devices "${devices[@]}" --enable-system --enable-tcg --enable-kvm \
		--enable-fdt=system --disable-user --disable-docs --disable-tools --disable-werror \
		--disable-debug-info --disable-install-blobs --with-git-submodules=ignore
}

build()
{
	local arch

	out=$1
	work=$out/work
	mkdir -p "$work" "$out/bin" "$out/share"
	echo "emulators ($arches): QEMU $version with ${#patches[@]} patches" >&2
	sources=$(cache_get qemu-sources "$sourceskey" fetch_sources "qemu=$version") || return 1
	progress "unpack and patch" "$log/$name-unpack.log" unpack || return 1
	progress "configure" "$log/$name-configure.log" configure || return 1
	# shellcheck disable=SC2046,SC2086
	progress "emulators" "$log/$name.log" \
		nice ninja -C "$work/obj" $(printf 'qemu-system-%s ' $arches) || return 1
	ln -s "$data" "$out/share/qemu" || return 1
	for arch in $arches; do
		strip -o "$out/bin/qemu-system-$arch" "$work/obj/qemu-system-$arch" &&
			"$out/bin/qemu-system-$arch" --version || return 1
	done
	rm -rf "$work"
}

link=
name=qemu
arches='ppc64 x86_64'
mutants=
while [ $# -gt 0 ]; do
	case $1 in
	--mutants)
		name=qemu-mutants
		arches=ppc64
		mutants=$top/tests/bare/mutants ;;
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
patches=("$top"/tests/board/qemu/patches/*.patch "$top"/tests/x86host/qemu/*.patch)
folders="target/ppc target/i386 hw/ppc softmmu include/hw/core"
version=$(dpkg-query -W -f '${source:Version}' qemu-system-ppc 2>/dev/null) ||
	die "the package qemu-system-ppc is missing (make packages)"
sourceskey=$(echo "$version" | cache_hash)
key=$({
	echo "$version $arches"
	declare -f apply_patches unpack mutate configure build
	[ -z "$mutants" ] || cat "$mutants" "$top/tests/bare/mutate.awk"
	cat "${patches[@]}"
	gcc --version
} | cache_hash)
dir=$(cache_get "$name" "$key" build) || die "the emulator could not be built"
[ -z "$link" ] || cache_link "$link" "$dir" bin share ${mutants:+mutants}
[ -n "$link" ] || echo "$dir"

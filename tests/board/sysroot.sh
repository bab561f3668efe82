#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The board's static libraries and busybox, cross-compiled from Debian's source packages, and the
# patched kernel's UAPI headers; or, with --host, libbpf of the same kernel source for this host.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"
# shellcheck source=tests/board/sources.sh
. "$top/tests/board/sources.sh"

packages="zlib elfutils ncurses json-c busybox"
target=powerpc-linux-gnu
terminals=xterm,xterm-256color,screen,screen-256color,tmux,tmux-256color,linux,vt100,vt220,dumb
log=$KVMDBG_CACHE/log
export LC_ALL=C

usage()
{
	cat <<END
usage: tests/board/sysroot.sh [--target powerpc64-linux-gnu | --host] [--link DIR]

Prints the path of the board's sysroot (include/ lib/ bin/), that of the 64-bit board (--target), or
of libbpf for this host (--host).
  --link DIR   make DIR a folder of links to the result; for the board usr-include/ as well, the
               UAPI headers of the patched kernel
END
}

# unpack PACKAGE: into $work/PACKAGE, with Debian's patches where the package has them as a series
unpack()
{
	local dsc

	dsc=$(echo "$sources/$1"_*.dsc)
	rm -rf "${work:?}/$1"
	dpkg-source --no-check -x "$dsc" "$work/$1"
}

build_zlib()
{
	unpack zlib && cd "$work/zlib" || return 1
	CC=$target-gcc AR=$target-ar RANLIB=$target-ranlib CFLAGS=-O2 \
		./configure --static --prefix="$prefix" &&
		make -j"$jobs" libz.a && cp libz.a "$prefix/lib" && cp zlib.h zconf.h "$prefix/include"
}

build_elfutils()
{
	unpack elfutils && cd "$work/elfutils" || return 1
	./configure --host=$target --prefix="$prefix" --disable-debuginfod --disable-libdebuginfod \
		--disable-nls --without-bzlib --without-lzma --without-zstd \
		CFLAGS="-O2 -I$prefix/include" LDFLAGS="-L$prefix/lib" &&
		make -j"$jobs" -C lib && make -j"$jobs" -C libelf libelf.a &&
		cp libelf/libelf.a "$prefix/lib" && cp libelf/libelf.h libelf/gelf.h "$prefix/include"
}

build_ncurses()
{
	unpack ncurses && cd "$work/ncurses" || return 1
	./configure --host=$target --prefix="$prefix" --with-build-cc=gcc --without-shared \
		--without-debug --without-ada --without-cxx --without-cxx-binding --without-manpages \
		--without-progs --without-tests --enable-widec --disable-home-terminfo \
		--disable-database --with-fallbacks=$terminals --with-tic-path="$(command -v tic)" \
		--with-infocmp-path="$(command -v infocmp)" CFLAGS=-O2 &&
		make -C include && make -j"$jobs" -C ncurses &&
		make -C include install && make -C ncurses install.libs
}

build_json_c()
{
	unpack json-c && cd "$work/json-c" || return 1
	mkdir -p build && cd build && cat >toolchain.cmake <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${target%%-*})
set(CMAKE_C_COMPILER $target-gcc)
END
	cmake -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake -DCMAKE_INSTALL_PREFIX="$prefix" \
		-DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF \
		-DBUILD_APPS=OFF -DCMAKE_BUILD_TYPE=Release .. &&
		make -j"$jobs" && make install
}

# The build's time would be in the banner.
export SOURCE_DATE_EPOCH=1

# busybox's allnoconfig has no use for a fragment: merge by hand, take the defaults of what is new
build_busybox()
{
	local fragment=$top/tests/board/busybox.config line

	unpack busybox && cd "$work/busybox" && make allnoconfig || return 1
	sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=.*/# \1 is not set/p' "$fragment" >unset.list
	{ grep -vxFf unset.list .config; cat "$fragment"; } >merged
	mv merged .config
	make oldconfig < <(yes '') || return 1
	while read -r line; do
		grep -qxF "$line" .config || { echo "$fragment: no such option: $line"; return 1; }
	done < <(grep '^CONFIG_' "$fragment")
	make -j"$jobs" CROSS_COMPILE=$target- busybox && cp busybox "$prefix/bin/busybox"
}

build_libbpf()
{
	local obj=$work/libbpf

	mkdir -p "$obj"
	make -j"$jobs" -C "$("$top/kernel/build.sh" --source)/tools/lib/bpf" OUTPUT="$obj/" prefix= DESTDIR="$prefix" \
		"$@" "$obj/libbpf.a" install_headers && cp "$obj/libbpf.a" "$prefix/lib"
}

build_libfdt()
{
	mkdir -p "$work/libfdt" && cd "$work/libfdt" || return 1
	"$target-gcc" -O2 -c -I"$libfdt" "$libfdt"/fdt*.c && "$target-ar" rcs "$prefix/lib/libfdt.a" ./*.o &&
		cp "$libfdt"/{libfdt,libfdt_env,fdt}.h "$prefix/include"
}

build_board()
{
	local dir=$1

	prefix=$dir/out
	work=$dir/work
	jobs=$(nproc)
	mkdir -p "$prefix/include" "$prefix/lib" "$prefix/bin" "$work"
	echo "cross libraries for $target: $packages libbpf libfdt" >&2
	# shellcheck disable=SC2086
	sources=$(cache_get board-sources "$sourceskey" fetch_sources $packages) || return 1
	for package in $packages; do
		progress "$package" "$log/$package-$target.log" "build_${package//-/_}" || return 1
	done
	progress "libbpf" "$log/libbpf-$target.log" build_libbpf ARCH=powerpc CROSS_COMPILE=$target- \
		EXTRA_CFLAGS="-O2 -g -I$prefix/include" || return 1
	libfdt=$("$top/kernel/build.sh" --source)/scripts/dtc/libfdt
	progress "libfdt" "$log/libfdt-$target.log" build_libfdt || return 1
	mv "$prefix"/* "$dir/" && rm -rf "$work" "$prefix"
}

build_host()
{
	local dir=$1

	prefix=$dir
	work=$dir/work
	jobs=$(nproc)
	mkdir -p "$prefix/include" "$prefix/lib" "$work"
	progress "libbpf for this host" "$log/libbpf-host.log" build_libbpf || return 1
	rm -rf "$work"
}

host=
link=
while [ $# -gt 0 ]; do
	case $1 in
	--host)
		host=1 ;;
	--target)
		[[ ${2-} =~ ^powerpc(64)?-linux-gnu$ ]] || die "no board's programs are for '${2-}'"
		target=$2
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

version=$("$top/kernel/build.sh" --version)
recipe=$({ declare -f unpack; declare -f build_{libbpf,libfdt,host,board,zlib,elfutils,ncurses,json_c,busybox}
	echo "$packages $terminals $target"; cat "$top/tests/board/busybox.config"; } | cache_hash)
if [ -n "$host" ]; then
	key=$({ echo "$recipe $version"; gcc --version; } | cache_hash)
	dir=$(cache_get host-libbpf "$key" build_host) || die "no libbpf for this host"
	[ -z "$link" ] || cache_link "$link" "$dir" include lib
else
	sourceskey=$(echo "$packages" | cache_hash)
	key=$({ echo "$recipe $version"; $target-gcc --version; } | cache_hash)
	bits=${target%%-*}
	dir=$(cache_get "sysroot${bits#powerpc}" "$key" build_board) || die "the board's libraries could not be built"
	if [ -n "$link" ]; then
		headers=$("$top/kernel/build.sh" --headers)
		cache_link "$link" "$dir" include lib bin
		cache_link "$link" "$(dirname "$headers")" include:usr-include
	fi
fi
[ -n "$link" ] || echo "$dir"

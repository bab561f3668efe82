#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the x86 host boots: Debian's packages, unchanged, of which the kernel, KVM's modules, busybox
# and a gdb without Python are kept. Nothing is installed.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"

# in the order of loading
modules="virt/lib/irqbypass drivers/crypto/ccp/ccp arch/x86/kvm/kvm arch/x86/kvm/kvm-amd"
log=$KVMDBG_CACHE/log
export LC_ALL=C

usage()
{
	cat <<END
usage: tests/x86host/debian.sh [--link DIR] PACKAGE

Prints the path of a folder with vmlinuz, modules/RELEASE, busybox and gdb.
PACKAGE is the kernel's: linux-image-amd64, linux-image-6.12-amd64, or one with a version.
  --link DIR   make DIR a folder of links to the result
END
}

download()
{
	cd "$1" && apt-get -q -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 \
		download "$package" busybox-static gdb-minimal
}

build()
{
	local dir=$1 work=$1/work module release file n=10

	mkdir -p "$work/deb" "$work/unpacked"
	echo "the x86 host's kernel: $package $version" >&2
	progress "download" "$log/$package.log" download "$work/deb" || {
		echo "is this machine offline? Debian's packages are needed: $package busybox-static gdb-minimal" >&2
		return 1
	}
	for file in "$work/deb"/*.deb; do
		dpkg -x "$file" "$work/unpacked" || return 1
	done
	cp "$work/unpacked"/boot/vmlinuz-* "$dir/vmlinuz" &&
		cp "$work/unpacked/bin/busybox" "$work/unpacked/usr/bin/gdb" "$dir" || return 1
	release=$(basename "$work/unpacked"/lib/modules/*)
	mkdir -p "$dir/modules/$release"
	for module in $modules; do
		file=$work/unpacked/lib/modules/$release/kernel/$module.ko
		[ -e "$file" ] || xz -d "$file.xz" || return 1
		cp "$file" "$dir/modules/$release/$n-$(basename "$file")" || return 1
		n=$((n + 1))
	done
	rm -rf "$work"
}

link=
package=
while [ $# -gt 0 ]; do
	case $1 in
	--link)
		[ -n "${2-}" ] || die "--link needs a folder"
		link=$2
		shift ;;
	-h|--help)
		usage
		exit 0 ;;
	linux-image-*)
		package=$1 ;;
	*)
		usage >&2
		exit 2 ;;
	esac
	shift
done
[ -n "$package" ] || { usage >&2; exit 2; }

# what a package without a version stands for
stands_for=$(apt-cache depends --important "$package" 2>/dev/null |
	sed -n 's/^ *Depends: \(linux-image-[0-9].*-amd64\)$/\1/p' | head -n 1)
package=${stands_for:-$package}
version=$(apt-cache policy "$package" | sed -n 's/^ *Candidate: //p')
[ -n "$version" ] || die "apt knows no package $package (apt-get update)"
key=$({ echo "$package $version $modules"; declare -f build; } | cache_hash)
dir=$(cache_get x86-kernel "$key" build) || die "no kernel for the x86 host"
[ -z "$link" ] || cache_link "$link" "$dir" vmlinuz modules busybox gdb
[ -n "$link" ] || echo "$dir"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The board's root as an initramfs: busybox, our programs, the tests.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/board/archive.sh
. "$top/tests/board/archive.sh"

if [ $# -lt 2 ]; then
	echo "usage: STRIP=TOOL tests/board/rootfs.sh OUTPUT SYSROOT [PROGRAM...]" >&2
	exit 2
fi
output=$1
sysroot=$2
shift 2

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
mkdir -p "$root"/{bin,dev,proc,sys,tmp,root,run,etc,tests/tracepoints}
install -m 755 "$sysroot/bin/busybox" "$root/bin/busybox"
ln -s bin "$root/sbin"
mkdir "$root/usr"
ln -s ../bin "$root/usr/bin"
for name in sh mount; do
	ln -s busybox "$root/bin/$name"
done
echo "root:x:0:0:root:/root:/bin/sh" >"$root/etc/passwd"
echo "nobody:x:65534:65534:nobody:/tmp:/bin/sh" >>"$root/etc/passwd"
printf 'root:x:0:\nnobody:x:65534:\n' >"$root/etc/group"
for program; do
	"${STRIP:-powerpc-linux-gnu-strip}" -o "$root/bin/$(basename "$program")" "$program"
	chmod 755 "$root/bin/$(basename "$program")"
done
[ ! -e "$root/bin/kvmdbg" ] || ln -s kvmdbg "$root/bin/kvmdbg-top"
install -m 755 "$top/tests/board/init" "$root/init"
cp -rL "$top/tracepoints/." "$root/tests/tracepoints"
[ ! -d "$top/tests/system" ] || cp -rL "$top/tests/system/." "$root/tests"
chmod -R u+rwX,go+rX,go-w "$root"

mkdir -p "$(dirname "$output")"
archive "$root" | gzip -n -1 >"$output.new"
mv "$output.new" "$output"

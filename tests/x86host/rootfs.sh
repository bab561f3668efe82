#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The x86 host's root as an initramfs: Debian's static busybox, our programs and this machine's
# libraries that they need, modules of its kernels (folders of debian.sh), the tests.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/board/archive.sh
. "$top/tests/board/archive.sh"

if [ $# -lt 2 ] || [ ! -d "$2" ]; then
	echo "usage: tests/x86host/rootfs.sh OUTPUT DEBIAN... -- GUEST... PROGRAM..." >&2
	exit 2
fi
output=$1
shift

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
mkdir -p "$root"/{bin,dev,proc,sys,tmp,root,run,etc,tests,lib/modules,usr/share/qemu}
ln -s bin "$root/sbin"
ln -s ../bin "$root/usr/bin"
ln -s lib "$root/lib64"
install -m 755 "$1/busybox" "$root/bin/busybox"
for name in sh mount; do
	ln -s busybox "$root/bin/$name"
done
echo "root:x:0:0:root:/root:/bin/sh" >"$root/etc/passwd"
echo "root:x:0:" >"$root/etc/group"
# its libraries are those of this machine's own gdb
programs=("$1/gdb")
while [ "$1" != -- ]; do
	cp -rL "$1/modules/." "$root/lib/modules"
	shift
done
cp -L /usr/share/qemu/kvmvapic.bin "$root/usr/share/qemu"
shift
while [ "${1%.bin}" != "$1" ] || [ "${1%.elf}" != "$1" ]; do
	cp "$1" "$root/tests"
	shift
done
for program in "${programs[@]}" "$@"; do
	strip -o "$root/bin/$(basename "$program")" "$program"
	chmod 755 "$root/bin/$(basename "$program")"
	# "libx.so.1 => /lib/.../libx.so.1 (0x...)", and the loader without an arrow
	ldd "$program" | sed -n 's/^.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' |
		while read -r library; do
			cp -L "$library" "$root/lib/$(basename "$library")"
		done
done
install -m 755 "$top/tests/board/init" "$root/init"
cp -rL "$top/tests/x86/." "$root/tests"
# one builds, one reads files only and needs Python
rm "$root"/tests/{21-demo,41-replay}.sh
chmod -R u+rwX,go+rX,go-w "$root"

mkdir -p "$(dirname "$output")"
archive "$root" | gzip -n -1 >"$output.new"
mv "$output.new" "$output"

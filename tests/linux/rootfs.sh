#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the board needs besides to have Linux as its guest: kernel and initramfs of the guest in
# /guest, and the test. Reproducible, like tests/board/rootfs.sh.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)

if [ $# -ne 2 ]; then
	echo "usage: STRIP=TOOL tests/linux/rootfs.sh DIR VMLINUX (makes DIR/guest.gz of DIR/init)" >&2
	exit 2
fi
dir=$1
kernel=$2

# archive ROOT: of all in that folder
archive()
{
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0 --reproducible)
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$work"/{first,root/guest,root/tests}
"$STRIP" -o "$work/first/init" "$dir/init"
archive "$work/first" >"$work/root/guest/initrd"
"$STRIP" -g -o "$work/root/guest/vmlinux" "$kernel"
install -m 644 "$top/tests/linux/50-linux.sh" "$work/root/tests"
archive "$work/root" | gzip -n -1 >"$dir/guest.gz.new"
mv "$dir/guest.gz.new" "$dir/guest.gz"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the board needs besides to have Linux as its guest: kernel and initramfs of the guest in
# /guest, and the test.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/board/archive.sh
. "$top/tests/board/archive.sh"

if [ $# -ne 2 ]; then
	echo "usage: STRIP=TOOL tests/linux/rootfs.sh DIR VMLINUX (makes DIR/guest.gz of DIR/init)" >&2
	exit 2
fi
dir=$1
kernel=$2

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
umask 022
mkdir -p "$tmp"/{guest,board/guest,board/tests}
"$STRIP" -o "$tmp/guest/init" "$dir/init"
archive "$tmp/guest" >"$tmp/board/guest/initrd"
"$STRIP" -g -o "$tmp/board/guest/vmlinux" "$kernel"
install -m 644 "$top/tests/linux/50-linux.sh" "$tmp/board/tests"
archive "$tmp/board" | gzip -n -1 >"$dir/guest.gz.new"
mv "$dir/guest.gz.new" "$dir/guest.gz"

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Initramfs archives, to be sourced. Reproducible: the same files give the same bytes.

# archive ROOT: all in that folder, on standard output
archive()
{
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0 --reproducible)
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The manual's list of keys is the program's: else `make man`.
cd "$(dirname "$0")/../.." || exit 1
echo 1..1
if diff <(build/host/man-keys) <(sed '1,/^\.\\" keys:/d; /^\.\\" end of keys/,$d' cli/man/kvmdbg-top.1) >/dev/null; then
	echo "ok 1 - kvmdbg-top(1) has the program's keys"
else
	echo "not ok 1 - kvmdbg-top(1) has the program's keys: run 'make man'"
fi

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The main job, live: guests that are debugged on this very kernel, under kvmdbg top. Where that
# cannot be, say why, and go on to the emulated board. demo.sh SECONDS

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
make=${MAKE:-make}
seconds=${1:?usage: demo.sh SECONDS}

board()
{
	echo "not on this machine's own kernel: $1; going on to the emulated board"
	exec "$make" --no-print-directory demo-board
}

why=
lacks()
{
	why+=${why:+, }$1
}

[ "$(uname -m)" = x86_64 ] || lacks "it is not an x86-64 host"
[ "$(id -u)" -eq 0 ] || lacks "not root"
[ -r /sys/kernel/btf/vmlinux ] || lacks "it has no BTF (/sys/kernel/btf/vmlinux)"
if [ ! -c /dev/kvm ]; then
	lacks "no /dev/kvm"
elif ! kvm=$({ : <>/dev/kvm; } 2>&1); then
	lacks "no KVM (${kvm#*: line *: })"
fi
[ -z "$why" ] || board "$why"
scripts/install-packages.sh --host || exit
"$make" --no-print-directory -j"$(nproc)" build/host/kvmdbg build/host/kvmdbg-vmm || exit
missing=$(build/host/kvmdbg doctor 2>/dev/null | grep -A 1 '^missing' | tr -s ' \n' ' ')
[ -z "$missing" ] || board "$missing"

guests=
# shellcheck disable=SC2317 # called by trap
end()
{
	[ -z "$guests" ] || kill "$guests" 2>/dev/null
	wait
}
trap end EXIT
# Ctrl-C is one way to end kvmdbg top, and that ends all
trap : INT
trap 'exit 143' TERM HUP

build/host/kvmdbg-vmm demo $((seconds + 60)) </dev/null >/dev/null &
guests=$!
build/host/kvmdbg top -n "$seconds"
status=$?
if [ $status -eq 0 ] && ! kill -0 $guests 2>/dev/null; then
	echo "the guests have ended before their time" >&2
	status=1
fi
echo "the demo is over (DEMO_SECS=60 makes it longer; 'make demo-board' is that of the emulated board)"
exit $status

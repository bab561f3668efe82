#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The README's pictures: kvmdbg top on this host, in a terminal of 80x24, watching guests that are
# debugged. For root on an x86 host with KVM; doc/*.svg.

set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
export PATH=$PWD/build/host:$PATH XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8

t()
{
	tmux -S "$work/tty" -f /dev/null "$@"
}

trap 'exit 1' INT TERM HUP
trap 't kill-server 2>/dev/null || true; kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

# picture NAME: of what stands there now
picture()
{
	sleep 1.2
	t capture-pane -p -e -N >"$work/captured"
	scripts/screenshot.sh 80x24 <"$work/captured" >"doc/$1.svg"
}

mkdir -p doc
guests()
{
	(exec -a "--name=$1" kvmdbg-vmm load "${@:2}") >/dev/null 2>&1 </dev/null &
}
guests web step=300000/hw=200000/step=100,hw=150000
guests database hw=30000,write=20000,hw=200000/own=200000 step=400000
guests build step=50,io=100000
t new-session -d -x 80 -y 24 "kvmdbg top -d 1"
sleep 6
picture top
t send-keys Down Enter
picture detail
t send-keys q

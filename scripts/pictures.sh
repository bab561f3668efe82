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

trap 't kill-server 2>/dev/null; kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

# picture NAME: of what stands there now
picture()
{
	sleep 1.2
	t capture-pane -p -e -N >"$work/captured"
	scripts/screenshot.sh 80x24 <"$work/captured" >"doc/$1.svg"
}

mkdir -p doc
for name in web database; do
	(exec -a "--name=$name" kvmdbg-vmm load -r 1000 step=1500,hw=900,io=100/hw=300,write=20 step=200) >/dev/null 2>&1 </dev/null &
	(exec -a "--name=$name-test" kvmdbg-vmm load -r 1000 hw=700,dr=5) >/dev/null 2>&1 </dev/null &
done
t new-session -d -x 80 -y 24 "kvmdbg top -d 1"
sleep 6
picture top
t send-keys v v v
t send-keys Enter
picture detail
t send-keys q

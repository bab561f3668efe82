# SPDX-License-Identifier: GPL-2.0-only
# Debug registers follow the thread: from one owner to the next, and between CPUs where there are two;
# and the clocks can be read where another CPU may just adjust them.
scenarios="host-debug late"
[ "$(grep -c ^processor /proc/cpuinfo)" -lt 2 ] || scenarios="$scenarios move hw hw-native two-vms clock"
# shellcheck disable=SC2086
exec kvmdbg-vmm run $scenarios

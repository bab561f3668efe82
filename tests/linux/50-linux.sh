# SPDX-License-Identifier: GPL-2.0-only
# Guests with Linux, debugged, two at once, for a minute; and what kvmdbg has seen of it.
# Words of the kernel's command line: linux_secs, linux_guests.
. ./lib.sh

cd /tmp || exit 1
kvmdbg record -o l.kvmdbg -- \
	kvmdbg-vmm linux --guests "${linux_guests:-2}" --secs "${linux_secs:-60}" >vmm 2>err
status=$?
grep -v '^1\.\.' vmm
tests=$(grep -cE '^(not )?ok ' vmm)
ok $status "recorded" || sed 's/^/# /' err

kvmdbg report --guest-symbols '*=/guest/vmlinux' --format json l.kvmdbg >l.json
# "debug exits: KIND COUNT", of all guests together
for kind in hw_break watch_write watch_read sw_break step; do
	is "$(kvmdbg-vmm json total.events.$kind <l.json)" \
		"$(sed -n "s/^# debug exits: $kind //p" vmm)" "kvmdbg has seen as many events: $kind"
done
for origin in guest stray host; do
	is "$(kvmdbg-vmm json total.origin.$origin <l.json)" 0 "none of origin $origin"
done
is "$(kvmdbg-vmm json vcpus.length <l.json)" "${linux_guests:-2}" "vCPUs told apart"
for place in hw_break,symbol=sys_getppid hw_break,symbol=sys_getegid sw_break,symbol=sys_getpgrp \
	sw_break,symbol=sys_getgid; do
	check "by the guest's symbols: $place" test "$(kvmdbg-vmm json \
		"places.[origin=user,kind=$place].hits" <l.json)" -gt 0
done
plan

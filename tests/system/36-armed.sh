# SPDX-License-Identifier: GPL-2.0-only
# What is armed is shown also if it never hits.
. ./lib.sh

# armed PID: in the last frame that has the process
armed()
{
	grep -o "\"pid\":$1,\"vm\".*" /tmp/top.json | tail -n 1 | grep -oE '"armed":\[[^]]*\]'
}

# has PID PLACES
has()
{
	[ "$(armed "$1")" = "\"armed\":[$2]" ]
}

ends_with()
{
	case $(armed "$1") in
	*"$2]") return 0 ;;
	esac
	return 1
}

hold()
{
	rm -f /tmp/in
	mkfifo /tmp/in
	kvmdbg-vmm load --wait "$1" </tmp/in >/tmp/load 2>&1 &
	vmm=$!
	exec 4>/tmp/in
	within 20 grep -q done /tmp/load
}

release()
{
	exec 4>&-
	wait $vmm
	is $? 0 "the guest has done its work"
}

sw='{"kind":"sw_break","origin":"user","in_force":true}'

top_start --armed || { plan; exit 1; }
hold sw=3,arm=1
check "KVM_SET_GUEST_DEBUG: three registers and software breakpoints" within 10 has $vmm '{"slot":"IAC1","kind":"hw_break","origin":"user","addr":"0x3000","in_force":true},{"slot":"DAC1","kind":"watch_write","origin":"user","addr":"0x20000","in_force":true},{"slot":"DAC2","kind":"watch_read+watch_write","origin":"user","addr":"0x20008","in_force":true},'"$sw"
echo "# $(armed $vmm)"
is "$(grep -c "\"pid\":$vmm,\"vcpu\":0,\"kind\":\"[hw]" /tmp/top.json)" 0 "none of them has hit"
release

hold guest=3
own='{"kind":"step","origin":"guest","in_force":true}'
check "a guest's own, with nobody else" within 10 has $vmm "$own"
echo "# $(armed $vmm)"
release

hold guest=3,arm=1
check "a guest's own, while user space debugs" within 10 ends_with $vmm "$sw,${own%true*}false}"
echo "# $(armed $vmm)"
release
plan

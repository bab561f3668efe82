#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# What the doctor says of guests, and of KVM as a module.
. "$(dirname "$0")/lib.sh"

load_start --wait step=1/step=1
within 20 grep -q "^done" "$dir/load"
true_ "guests are found" doctor_says guests ok "vCPUs: [0-9]+, in processes: [1-9]"
load_end

modules=$(echo /lib/modules/"$(uname -r)"/[0-9]*-kvm*.ko)
if [ ! -e "${modules%% *}" ]; then
	plan
	exit
fi
# the emulated host, whose KVM nobody else uses
true_ "types of the modules" doctor_says btf ok "/sys/kernel/btf/kvm and /sys/kernel/btf/kvm_amd"
rmmod kvm_amd
true_ "without AMD's half: reasons are missing" doctor_says btf optional "no module of a vendor"
kvmdbg top --json -n 1 >"$dir/out" 2>&1
is $? 0 "and kvmdbg top runs"
rmmod kvm
true_ "without KVM: no backend" doctor_says backend missing "KVM's trace events"
true_ "and no /dev/kvm" doctor_says kvm optional "/dev/kvm: "
kvmdbg top --json -n 1 >"$dir/out" 2>"$dir/err"
is $? 3 "kvmdbg top does not run"
true_ "and says what to do" grep -q "modprobe kvm_amd" "$dir/err"
for module in $modules; do
	insmod "$module"
done
true_ "back again" kvmdbg doctor
load step=3
plan

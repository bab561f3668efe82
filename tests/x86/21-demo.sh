#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# make demo: guests under kvmdbg top; what is missing, if something is, and the board's demo then.
. "$(dirname "$0")/lib.sh"

# in the place of make, where the board's demo would be built and run
cat >"$dir/make" <<'END'
#!/bin/sh
case "$*" in
*demo-board*)	echo "the board's demo" ;;
*)		exec make "$@" ;;
esac
END
chmod 755 "$dir/make"

script=scripts/demo.sh

# demo SECONDS COMMAND...: with the command's restrictions
demo()
{
	seconds=$1
	shift
	MAKE=$dir/make timeout -k 10 60 "$@" $script "$seconds" >"$dir/out" 2>&1 </dev/null
}

# without MOUNTS: where they hide something
without()
{
	demo 2 unshare -m sh -c "$1"' && exec "$0" "$@"'
}

# goes_on WHY: the board's demo has followed
goes_on()
{
	is $? 0 "without $1: it ends well"
	true_ "and has said why" grep -q "^not on this machine's own kernel: .*$2.*going on" "$dir/out"
	is "$(tail -n 1 "$dir/out")" "the board's demo" "and has gone on to the board"
}

demo 3 env
is $? 0 "it ends by itself, and well"
is "$(grep -c '^VMs ' "$dir/out")" 3 "frames for who is no terminal"
true_ "with hits" grep -qE 'kvmdbg-vmm:[0-9]+ +/1 hw_break +user' "$dir/out"
true_ "and the way to more" grep -q "^the demo is over" "$dir/out"
is "$(pgrep -cf 'kvmdbg-vmm demo 63')" 0 "no guest is left"

without 'mount -t tmpfs none /sys/kernel/btf'
goes_on BTF 'it has no BTF (/sys/kernel/btf/vmlinux)'
mknod "$dir/kvm" c 10 250
without "mount --bind $dir/kvm /dev/kvm"
goes_on "a KVM behind it" 'no KVM (/dev/kvm: No such device'
without "mount -t tmpfs none /dev && mount -t tmpfs none /sys/kernel/btf"
goes_on "two things" 'it has no BTF (/sys/kernel/btf/vmlinux), no /dev/kvm'
demo 2 setpriv --bounding-set -bpf,-perfmon,-sys_admin --inh-caps -all
goes_on capabilities 'CAP_BPF no'
# the tree may be closed to others
mkdir "$dir/scripts"
cp scripts/demo.sh "$dir/scripts"
chmod 755 "$dir"
script=$dir/scripts/demo.sh
demo 2 setpriv --reuid 65534 --clear-groups
goes_on root 'not root'

mkfifo "$dir/keys"
script -qec "MAKE=$dir/make scripts/demo.sh 30" "$dir/tty" >/dev/null 2>&1 <"$dir/keys" &
tty=$!
exec 9>"$dir/keys"
within 20 grep -q kvmdbg-vmm "$dir/tty"
printf '\003' >&9
wait $tty
is $? 0 "Ctrl-C ends it, and well"
true_ "before its time" grep -q "the demo is over" "$dir/tty"
is "$(pgrep -cf 'kvmdbg-vmm demo 90')" 0 "no guest is left"
plan

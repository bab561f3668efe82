#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build a kernel tree for the board, count what the guest's way in and out costs, and compare: for
# git bisect run.

set -uo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/cache.sh
. "$top/scripts/cache.sh"

usage()
{
	cat <<END
usage: kernel/bench-one.sh [--base FILE] [--threshold PERCENT] [--out FILE] TREE

TREE is a clean Linux source tree in which KVM runs on e500v2. The result goes to FILE, or is
compared with that of an earlier call (--base); a difference up to the threshold (0.5%) is none.
Exit status: 0 no slower than the base, 1 slower, 125 not built or not measured.

  git checkout GOOD && .../kernel/bench-one.sh --out /tmp/good.json .
  git bisect start BAD GOOD && git bisect run .../kernel/bench-one.sh --base /tmp/good.json .
END
}

# git bisect stops for good at other statuses
give_up()
{
	echo "bench-one.sh: $*" >&2
	exit 125
}

base='' threshold=0.5% out='' tree=''
while [ $# -gt 0 ]; do
	case $1 in
	--base|--threshold|--out)
		[ -n "${2-}" ] || give_up "$1 needs an argument"
		declare "${1#--}=$2"
		shift ;;
	-h|--help)
		usage
		exit 0 ;;
	-*)
		usage >&2
		exit 125 ;;
	*)
		tree=$1 ;;
	esac
	shift
done
[ -n "$tree" ] || { usage >&2; exit 125; }
[ -r "$tree/arch/powerpc/kvm/booke.c" ] || give_up "$tree is no Linux source tree"
[ -z "$base" ] || [ -r "$base" ] || give_up "cannot read $base"
tree=$(realpath "$tree")
[ -z "$base" ] || base=$(realpath "$base")
[ -z "$out" ] || out=$(realpath -m "$out")
cd "$top" || exit 125
for file in build/qemu/bin/qemu-system-ppc64 build/board/initrd.gz build/host/kvmdbg; do
	[ -r $file ] || give_up "$file is missing: make all"
done

# objects are kept, so that the next step of a bisection is a short build
obj=$KVMDBG_CACHE/bench-one-$(echo "$tree" | cache_hash)
mkdir -p "$obj" || give_up "cannot create $obj"
kernel/build.sh --set CONFIG_KVM_EXIT_TIMING=n --fragment >"$obj/fragment" ||
	give_up "no config fragment"
kbuild()
{
	nice make -C "$tree" O="$obj" ARCH=powerpc CROSS_COMPILE=powerpc-linux-gnu- \
		KCONFIG_ALLCONFIG="$obj/fragment" -j"$(nproc)" "$@"
}
progress "config" "$obj/config.log" kbuild allnoconfig || give_up "no configuration of $tree"
progress "kernel" "$obj/kernel.log" kbuild vmlinux || give_up "$tree cannot be built"
cp "$obj/.config" "$obj/config"

result=${out:-$obj/result.json}
tests/bench/board.sh --qemu build/qemu/bin/qemu-system-ppc64 --initrd build/board/initrd.gz \
	--out "$result" "tree:off=$obj" || give_up "$tree could not be measured"
[ -n "$base" ] || exit 0
build/host/kvmdbg diff --threshold "$threshold" "$base" "$result"
case $? in
0)	exit 0 ;;
1)	exit 1 ;;
*)	give_up "the results cannot be compared" ;;
esac

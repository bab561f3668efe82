#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot the emulated board, or x86 host, and let its init do WORD. On a terminal `demo` and `shell`
# are interactive: keys go to the board, except that Ctrl-C ends the emulator.

set -uo pipefail

usage()
{
	cat <<END
usage: tests/board/boot.sh --kernel VMLINUX --initrd FILE [OPTION...] WORD [SECS]

WORD: demo (for SECS board seconds), shell, check, run:NN-name.sh,...
  --report FILE    the second serial port: sections of TAP, and the final status
  --console FILE   the console (only with check and run:)
  --timeout SECS   the emulator is ended after that many seconds
  --append WORDS   more words for the kernel's command line
  --cpus N         so many CPUs (1)
  --qemu FILE      another emulator
  --icount         time goes by instructions, 8 ns each, and every run is the same
  --machine NAME   the board with that core, e500v2 (unless told), e500mc or e5500; or x86, the host
Exit status: the board's own, 124 on a timeout, 125 when the board ended without one.
END
}

die()
{
	echo "boot.sh: $*" >&2
	exit 2
}

# shellcheck disable=SC2317 # called by the trap
restore()
{
	[ -z "$pid" ] || kill "$pid" 2>/dev/null
	[ -z "$watchdog" ] || kill "$watchdog" 2>/dev/null
	if [ -n "$saved" ]; then
		stty "$saved"
		# ended in mid-screen: normal screen, cursor, attributes and keypad
		[ -n "$(board_status)" ] || printf '\033[?1049l\033[?25h\033[0m\033[?1l\033>\r\n'
	fi
	rm -rf "$tmp"
}

# End the emulator when the time is up; gone soon after this script is.
watch()
{
	local i

	for ((i = 0; i < limit; i++)); do
		sleep 1
		kill -0 $$ || return
	done
	touch "$tmp/late"
	kill "$(cat "$tmp/pid")"
}

board_status()
{
	tr -d '\r' <"$report" 2>/dev/null | sed -n 's/^@@done \([0-9]*\)$/\1/p' | tail -n 1
}

kernel='' initrd='' report='' console='' limit='' append='' word='' secs=20 cpus=1
qemu="qemu-system-ppc64" machine=e500v2
clock=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel|--initrd|--report|--console|--timeout|--append|--qemu|--cpus|--machine)
		[ -n "${2-}" ] || die "$1 needs an argument" ;;&
	--kernel)	kernel=$2; shift ;;
	--initrd)	initrd=$2; shift ;;
	--report)	report=$2; shift ;;
	--console)	console=$2; shift ;;
	--timeout)	limit=$2; shift ;;
	--append)	append=$2; shift ;;
	--qemu)		qemu=$2; shift ;;
	--cpus)		cpus=$2; shift ;;
	--icount)	clock=(-icount "shift=3,sleep=off" -rtc "base=2026-01-01,clock=vm" -seed 1) ;;
	--machine)	machine=$2; shift ;;
	-h|--help)	usage; exit 0 ;;
	demo|shell|check|run:*)
		[ -z "$word" ] || die "one word only"
		word=$1 ;;
	*)
		[ "$word" = demo ] || { usage >&2; exit 2; }
		secs=$1 ;;
	esac
	shift
done
[ -n "$word" ] || { usage >&2; exit 2; }
[ -r "$kernel" ] || die "cannot read the kernel '$kernel'"
[ -r "$initrd" ] || die "cannot read the initramfs '$initrd'"
[[ $secs =~ ^[1-9][0-9]{0,5}$ ]] || die "not a number of seconds (1 to 999999): $secs"
[[ $cpus =~ ^[12]$ ]] || die "not a number of CPUs (1 or 2): $cpus"
[[ ${limit:-1} =~ ^[1-9][0-9]*$ ]] || die "not a number of seconds: $limit"
command -v "$qemu" >/dev/null || die "$qemu is not installed (make packages)"

interactive=
case $word in
demo|shell)
	[ ! -t 0 ] || [ ! -t 1 ] || interactive=1
	console=
	append="loglevel=3 $append" ;;
*)
	append="loglevel=5 kunit.enable=1 $append" ;;
esac
if [ "$word" = demo ]; then
	limit=${limit:-$((secs * 3 + 60))}
	append="kvmdbg_secs=$secs $append"
fi
if [ -n "$interactive" ]; then
	case ${TERM:-dumb} in
	xterm|xterm-256color|screen|screen-256color|tmux|tmux-256color|linux|vt100|vt220|dumb) ;;
	*-256color)	TERM=xterm-256color ;;
	xterm*)		TERM=xterm ;;
	*)		TERM=vt100 ;;
	esac
	read -r rows cols < <(stty size)
	append="TERM=$TERM kvmdbg_rows=$rows kvmdbg_cols=$cols $append"
else
	append="TERM=dumb kvmdbg_batch=1 $append"
fi

pid='' watchdog='' filter='' saved='' rc=0
tmp=$(mktemp -d)
report=${report:-$tmp/report}
: >"$report" || exit 1
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

case $machine in
e500v2|e500mc|e5500)
	model=(-M ppce500 -cpu "$machine" -m 512) ;;
x86)
	append="mitigations=off tsc=reliable $append"
	model=(-nodefaults -M q35 -cpu "EPYC,+svm" -accel tcg -m 1024 -L /usr/share/seabios) ;;
*)	die "no such machine: $machine" ;;
esac
set -- "$qemu" "${model[@]}" -smp "$cpus" "${clock[@]}" \
	-display none -monitor none -no-reboot -nic none \
	-kernel "$kernel" -initrd "$initrd" \
	-append "console=ttyS0 rdinit=/init quiet panic=1 kvmdbg=$word $append" \
	-pidfile "$tmp/pid" -serial chardev:console -serial "file:$report"

if [ -n "$interactive" ]; then
	saved=$(stty -g)
	[ "$word" = shell ] && echo "(the board's shell: exit or Ctrl-C ends it)"
	if [ -n "$limit" ]; then
		watch >/dev/null 2>&1 </dev/null &
		watchdog=$!
	fi
	# in a process group of its own, so that Ctrl-C ends it and nothing else; never stopped
	stty susp undef
	set -m
	"$@" -chardev stdio,id=console,signal=on 2>"$tmp/stderr" || rc=$?
	set +m
else
	if [ -n "$console" ]; then
		"$@" -chardev "file,id=console,path=$console" </dev/null 2>"$tmp/stderr" &
	else
		mkfifo "$tmp/console"
		sed -u 's/\r//g' <"$tmp/console" &
		filter=$!
		"$@" -chardev stdio,id=console,signal=off </dev/null 2>"$tmp/stderr" >"$tmp/console" &
	fi
	pid=$!
	if [ -n "$limit" ]; then
		watch >/dev/null 2>&1 </dev/null &
		watchdog=$!
	fi
	wait $pid || rc=$?
	pid=''
	[ -z "$filter" ] || wait "$filter"
fi

grep -vE "terminating on signal|TCG doesn't support requested feature" "$tmp/stderr" >&2
if [ -e "$tmp/late" ]; then
	echo "boot.sh: the board was not done after $limit s and was ended" >&2
	exit 124
fi
status=$(board_status)
[ -z "$status" ] || exit "$status"
if [ -n "$interactive" ] && [ $rc -eq 0 ] && grep -q 'signal 2' "$tmp/stderr"; then
	exit 0
fi
echo "boot.sh: the board ended (emulator: status $rc) without a word from its init" >&2
exit 125

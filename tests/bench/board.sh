#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the guest's way in and out costs on the board, in instructions, for several kernels. Under
# -icount the same kernel gives the same numbers each time; everything is run twice to see to it.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=scripts/cache.sh
. scripts/cache.sh

usage()
{
	cat <<END
usage: tests/bench/board.sh --qemu FILE --machine NAME --initrd FILE --out FILE NAME:ARM[,ARM...]=FOLDER...

For each kernel its name in the result, the arms of tests/system/bench.sh, and the folder that
kernel/build.sh prints. The result (schema kvmdbg.bench/1, for kvmdbg diff) goes to FILE, tables
to the standard output.
END
}

# measure NAME ARMS FOLDER: "NAME/ARM/ROW INSTRUCTIONS" lines
measure()
{
	rm -f "$tmp/report" "$tmp/console"
	if ! tests/board/boot.sh --qemu "$qemu" --machine "$machine" --icount --kernel "$3/vmlinux" --initrd "$initrd" \
			--timeout 300 --report "$tmp/report" --console "$tmp/console" \
			--append "bench=$2" run:bench.sh >&2 ||
			! grep -q '^@@end 0' "$tmp/report"; then
		tail -q -n 20 "$tmp/report" "$tmp/console" 2>/dev/null | tr -d '\r' >&2
		echo "board.sh: $1 was not measured" >&2
		return 1
	fi
	tr -d '\r' <"$tmp/report" | sed -n "s|^row \(.*\)|$1/\1|p"
}

json()
{
	local version compiler

	version=$(sed -n 's/^# Linux\/powerpc \([^ ]*\) Kernel.*/\1/p' "$config")
	compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"$/\1/p' "$config")
	awk -v version="$version" -v compiler="$compiler" -v cpu="$machine" \
		-v machine="$("$qemu" --version | head -n 1)" '
	function text(s) { gsub(/[\\"]/, "", s); return "\"" s "\"" }
	BEGIN {
		print "{"
		print "  \"schema\": \"kvmdbg.bench/1\","
		print "  \"env\": {"
		print "    \"kernel\": " text(version) ","
		print "    \"compiler\": " text(compiler) ","
		print "    \"machine\": " text(machine) ","
		print "    \"cpu\": " text(cpu) ","
		print "    \"clock\": \"icount\","
		print "    \"icount\": true,"
		print "    \"emulated\": true"
		print "  },"
		print "  \"rows\": ["
	}
	{
		printf "%s    {\"name\": %s, \"unit\": \"instructions\", \"exact\": true, \"value\": %d}",
			(NR > 1) ? ",\n" : "", text($1), $2
	}
	END { print "\n  ]\n}" }'
}

qemu='' machine=e500v2 initrd='' out='' kernels=()
while [ $# -gt 0 ]; do
	case $1 in
	--qemu|--machine|--initrd|--out)
		[ -n "${2-}" ] || die "$1 needs an argument"
		declare "${1#--}=$2"
		shift ;;
	-h|--help)
		usage
		exit 0 ;;
	*:*=*)
		kernels+=("$1") ;;
	*)
		usage >&2
		exit 2 ;;
	esac
	shift
done
if [ -z "$qemu" ] || [ -z "$initrd" ] || [ -z "$out" ] || [ ${#kernels[@]} -eq 0 ]; then
	usage >&2
	exit 2
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for pass in 1 2; do
	for kernel in "${kernels[@]}"; do
		config=${kernel#*=}/config
		what=${kernel%%=*}
		measure "${what%%:*}" "${what#*:}" "${kernel#*=}" >>"$tmp/$pass" || exit 1
	done
done
if ! cmp -s "$tmp/1" "$tmp/2"; then
	echo "board.sh: two runs of the same code differ:" >&2
	diff "$tmp/1" "$tmp/2" >&2
	exit 1
fi

mkdir -p "$(dirname "$out")"
json <"$tmp/1" >"$out.new" && mv "$out.new" "$out" || exit 1
awk -f tests/bench/table.awk "$tmp/1"

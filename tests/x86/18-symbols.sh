#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# Hits have the names of the guest's symbols; VMs the names that people give them.
. "$(dirname "$0")/lib.sh"

guest=$PWD/build/host/x86guest.elf
[ -e "$guest" ] || guest=$PWD/tests/x86guest.elf
evil=$(printf 'evil\033[31m\377')

# held OPTION VM...: the process stays until a frame has looked at it
held()
{
	load_start --wait "$@"
	within 20 grep -q '^done' "$dir/load"
	sleep 0.6
	load_end
}

# seen NAME: is there a VM of that name?
seen()
{
	grep -qF "\"vm\":\"$1\",\"vcpu\":0" "$dir/top.json"
}

# the kernel of the VMM's command line
top_start --hits-rate 1000
held --kernel "$guest" hw=4,step=3
top_end
is "$(hits '"kind":"hw_break","origin":"user","pc":"0x1006","symbol":"x86_hw_here","slots":\[0\]')" 4 \
	"--kernel: a breakpoint has the name of its place"
is "$(hits '"kind":"step","origin":"user","pc":"0x1002","symbol":"x86_step\+0x2"')" 1 \
	"--kernel: a step has the offset, too"
is "$(grep -c '"source"' "$dir/top.json")" 0 \
	"--kernel: no source lines of a file that others have chosen"

# told, and told again for another one
top_start --hits-rate 1000 --guest-symbols "no such VM=/proc/self/exe" \
	--guest-symbols "kvmdbg-vmm:*=$guest@0x0"
held hw=3
top_end
is "$(hits '"kind":"hw_break","origin":"user","pc":"0x1006","symbol":"x86_hw_here","source":"[^"]*x86guest.S:[0-9]+"')" 3 \
	"--guest-symbols: names and source lines"

top_start --hits-rate 1000 --guest-symbols "*=$guest@0x1000"
held --kernel "$guest" hw=3
top_end
is "$(hits '"kind":"hw_break"'):$(hits '"kind":"hw_break","origin":"user","pc":"0x1006","symbol"')" 3:0 \
	"an offset that is wrong: no names are made up"

top_start --hits-rate 1000 --guest-symbols none
held --kernel "$guest" hw=3
top_end
is "$(hits '"kind":"hw_break"'):$(grep -c '"symbol"' "$dir/top.json")" 3:0 \
	"none: not even those of the command line"

# as text
rm "$dir/top.err"
kvmdbg top --batch -d 0.2 --vm textual >"$dir/top.text" 2>"$dir/top.err" &
# shellcheck disable=SC2034 # lib.sh's
top=$!
within 20 grep -q watching "$dir/top.err"
held --name textual --kernel "$guest" hw=4
top_end
is "$(grep -cE ' hw_break +user +0x00001006 x86_hw_here dr6 ffff0ff1 B0$' "$dir/top.text")" 4 \
	"as text"

# what cannot be a kernel is none, and nobody waits for it
mkfifo "$dir/fifo"
for file in "$dir/none" "$dir/fifo" /dev/zero "$dir"; do
	top_start --hits-rate 1000
	held --name "-kernel" --name "$file" hw=3
	top_end
	is "$(hits '"kind":"hw_break","origin":"user","pc":"0x1006","slots"')" 3 "-kernel $(basename "$file"): hits without names"
done

# VMs' names
printf '# ours\nev* the\033map\n' >"$dir/names"
top_start --vm-names "$dir/names"
held --name "$evil" step=3
top_end
true_ "--vm-names: by a pattern of the name, escaped" seen 'the\\x1bmap'
top_start
held --name "$evil" step=3
top_end
true_ "--name of the VMM, escaped" seen 'evil\\x1b[31m\\xff'

# in a recording, for who reads it
load_start --wait --gate --name recorded hw=4
kvmdbg record -o "$dir/file" --vm recorded --vm-names "$dir/names" -- sh -c "sleep 1" \
	2>"$dir/record.err" &
record=$!
within 20 grep -q recording "$dir/record.err"
echo >&9
within 20 grep -q '^done' "$dir/load"
wait $record
is $? 0 "kvmdbg record"
load_end
for format in text json html trace; do
	kvmdbg report -f $format --guest-symbols "rec*=$guest" "$dir/file" >"$dir/report.$format"
	is "$?:$(grep -cE "x86_hw_here.*x86guest.S:[0-9]+" "$dir/report.$format" | sed 's/[1-9][0-9]*/some/')" \
		0:some "report -f $format: names and source lines"
done
kvmdbg top --replay "$dir/file" --json --guest-symbols "rec*=$guest" >"$dir/top.json"
is "$(hits '"kind":"hw_break","origin":"user","pc":"0x1006","symbol":"x86_hw_here"')" 4 \
	"top --replay: names"

# errors, before anything is loaded
refuses()
{
	want=$1
	shift
	kvmdbg top --json -n 1 "$@" >"$dir/out" 2>"$dir/err"
	is "$?:$(wc -l <"$dir/err"):$(grep -cE "$want" "$dir/err")" "4:1:1" "one sentence: $want"
}
head -c 3000 $guest >"$dir/short"
echo x >"$dir/bad"
refuses 'none: cannot be read: No such file' --guest-symbols "*=$dir/none"
refuses 'fifo: no regular file$' --guest-symbols "*=$dir/fifo"
refuses 'names: not an ELF file$' --guest-symbols "*=$dir/names"
refuses 'short: ' --guest-symbols "*=$dir/short"
refuses 'bad: line 1: not ' --vm-names "$dir/bad"
plan

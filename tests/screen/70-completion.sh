#!/bin/bash
# shellcheck source=tests/x86/lib.sh source=tests/screen/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# bash and zsh are asked to complete command lines, and offer what the program takes.
. "$(dirname "$0")/../x86/lib.sh"
. "$(dirname "$0")/../screen/lib.sh"

: >"$dir/taken.kvmdbg"
: >"$dir/other name.kvmdbg"
commands=$(kvmdbg --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')

# completes LINE RESULT: what LINE becomes with a Tab
completes()
{
	t send-keys -l "$1"
	t send-keys Tab
	within 5 pane_has "^> ${2//[+*.]/.}$"
	is $? 0 "$shell: '$1' becomes '$2'"
	pane_has "^> ${2//[+*.]/.}$" || pane | sed '/^$/d; s/^/# /'
	keys C-u C-l
}

# offers LINE: what the shell lists with two Tabs, one a line
offers()
{
	t send-keys -l "$1"
	keys Tab Tab
	within 5 pane_settles
	pane | sed 1d | tr ' ' '\n' | sed '/^$/d' | sort -u
	keys C-c C-l
}

pane_settles()
{
	pane >"$dir/pane.1"
	sleep 0.2
	pane | cmp -s - "$dir/pane.1" && [ "$(grep -c . "$dir/pane.1")" -gt 1 ]
}

start()
{
	shell=$1
	screen_start 240x60 "export PS1='> '; $2"
	shows '^>' "$shell: it runs"
	t send-keys -l "$3"
	keys Enter C-l
}

look()
{
	start "$@"
	completes 'kvmdbg rec' 'kvmdbg record'
	completes 'kvmdbg top --ba' 'kvmdbg top --batch'
	completes 'kvmdbg-top --ba' 'kvmdbg-top --batch'
	completes 'kvmdbg report --format=h' 'kvmdbg report --format=html'
	completes 'kvmdbg report -f c' 'kvmdbg report -f csv'
	completes 'kvmdbg report tak' 'kvmdbg report taken.kvmdbg'
	completes 'kvmdbg report oth' 'kvmdbg report other\\ name.kvmdbg'
	completes 'kvmdbg diff taken.kvmdbg -- oth' 'kvmdbg diff taken.kvmdbg -- other\\ name.kvmdbg'
	completes 'kvmdbg top --replay tak' 'kvmdbg top --replay taken.kvmdbg'
	completes 'kvmdbg top --guest-symbols web=tak' 'kvmdbg top --guest-symbols web=taken.kvmdbg'
	completes 'kvmdbg top --alert injec' 'kvmdbg top --alert injected'
	completes 'kvmdbg explain dbc' 'kvmdbg explain dbcr0='
	completes 'kvmdbg record -o x -- kvmdbg-vm' 'kvmdbg record -o x -- kvmdbg-vmm'
	completes 'kvmdbg completion z' 'kvmdbg completion zsh'
	offers 'kvmdbg ' >"$dir/offers"
	for command in $commands; do
		grep -qx "$command" "$dir/offers"
		is $? 0 "$shell: there is kvmdbg $command"
		# the help has --name, or --name=VALUE
		kvmdbg "$command" --help | grep -oE '^ +(-[?a-z], )?--[a-z-]+' | grep -oE '\-\-[a-z-]+' |
			grep -v version | sort -u >"$dir/options"
		offers "kvmdbg $command --" | grep -oE '^--[a-z-]+' | sort -u >"$dir/offers.$command"
		is "$(tr '\n' ' ' <"$dir/offers.$command")" "$(tr '\n' ' ' <"$dir/options")" \
			"$shell: the options of $command are those of its help"
	done
}

kvmdbg completion bash >"$dir/kvmdbg.bash"
bash -n "$dir/kvmdbg.bash" && shellcheck -s bash "$dir/kvmdbg.bash" >"$dir/shellcheck"
is $? 0 "bash: shellcheck finds nothing"
sed 's/^/# /' "$dir/shellcheck"
kvmdbg completion zsh >"$dir/_kvmdbg"
zsh -n "$dir/_kvmdbg"
is $? 0 "zsh: it is a script"
look bash "INPUTRC=/dev/null bash --norc --noprofile -i 2>/dev/tty" ". <(kvmdbg completion bash)"
look zsh "zsh -f -i 2>/dev/tty" "autoload -U compinit; compinit -u -D; . <(kvmdbg completion zsh)"
start "zsh, as a file" "zsh -f -i 2>/dev/tty" "fpath=($dir \$fpath); autoload -U compinit; compinit -u -D"
completes "kvmdbg rec" "kvmdbg record"
completes "kvmdbg-top --ba" "kvmdbg-top --batch"
is "$(kvmdbg completion fish 2>&1 >/dev/null | head -n 1)" \
	"kvmdbg completion: 'fish': not a shell that is known: bash or zsh" "no other shell"
plan

# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# For the tests of the screen: kvmdbg in a terminal (tmux), keys, and what stands there. After
# tests/x86/lib.sh, whose guests are watched.

# shellcheck disable=SC2154 # of tests/x86/lib.sh
tty=$dir/tty
terminals=0
export XDG_CONFIG_HOME="$dir/config"
# A terminal of one's own, with characters of all languages.
export LC_ALL=C.UTF-8
unset TMUX

t()
{
	# file 9 is what guests wait for the end of
	tmux -S "$tty" -f /dev/null "$@" 9>&-
}

screen_end()
{
	t kill-server 2>/dev/null
	end
}
trap screen_end EXIT

# screen_start COLUMNSxROWS COMMAND...: in a shell, which says before and after how the terminal is
screen_start()
{
	size=$1
	shift
	t kill-server 2>/dev/null
	terminals=$((terminals + 1))
	tty=$dir/tty$terminals
	rm -f "$dir/before" "$dir/after" "$dir/status"
	cat >"$dir/run" <<END
cd "$dir"
trap : INT QUIT
stty -a >before
echo what was there before
$*
echo \$? >status.new
stty -a >after
mv status.new status
exec sleep 600
END
	t new-session -d -x "${size%x*}" -y "${size#*x}" "exec sh $dir/run 2>$dir/screen.err"
}

# what stands there
pane()
{
	t capture-pane -p
}

# row NUMBER, from 1
row()
{
	pane | sed -n "$1p"
}

keys()
{
	for key; do
		t send-keys "$key"
		sleep 0.1
	done
}

pane_has()
{
	pane | grep -qE -- "$1"
}

# shows PATTERN NAME: it stands there, at once or soon
shows()
{
	within 10 pane_has "$1"
	result=$?
	is $result 0 "$2"
	[ $result -eq 0 ] || pane | sed 's/^/# /'
}

# shows_not PATTERN NAME: it does not stand there, now or soon
shows_not()
{
	within 10 pane_has_not "$1"
	is $? 0 "$2"
}

pane_has_not()
{
	! pane_has "$1"
}

# the number at the end of the program that ran, and that the terminal is as it was
ended()
{
	within 10 test -e "$dir/status"
	is "$(cat "$dir/status" 2>/dev/null)" "$1" "$2: the exit status"
	is "$(cat "$dir/after" 2>/dev/null)" "$(cat "$dir/before")" "$2: the modes of the terminal"
	# shellcheck disable=SC2016 # not the shell's
	is "$(t display-message -p '#{alternate_on} #{cursor_flag} #{keypad_flag}')" "0 1 0" \
		"$2: its screen, its cursor, its keys"
	pane_has "what was there before"
	is $? 0 "$2: what was there is there again"
}

# process of kvmdbg in the terminal
screen_pid()
{
	pgrep -P "$(t display-message -p '#{pane_pid}')" kvmdbg | head -n 1
}

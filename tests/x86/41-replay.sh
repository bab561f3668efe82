#!/bin/sh
# shellcheck source=tests/x86/lib.sh
# SPDX-License-Identifier: GPL-2.0-only
# A recording on the screen: it runs, stops, steps and jumps.
. "$(dirname "$0")/lib.sh"

r=$dir/r.kvmdbg
kvmdbg record -o "$r" --window 250 -d 3.1 -- \
	sh -c 'kvmdbg-vmm load step=500; sleep 1; kvmdbg-vmm load step=500; exec sleep 9' \
	>/dev/null 2>&1

# Each line: a name, what is expected, what was seen.
python3 - "$r" >"$dir/seen" <<'END'
import fcntl, os, pty, re, select, struct, sys, termios, time

pid, tty = pty.fork()
if pid == 0:
    os.environ["TERM"] = "vt100"
    os.execvp("kvmdbg", ["kvmdbg", "top", "--replay", sys.argv[1]])
width = 100

def read(seconds):
    seen, end = b"", time.time() + seconds
    while time.time() < end:
        if select.select([tty], [], [], 0.05)[0]:
            try:
                seen += os.read(tty, 65536)
            except OSError:
                break
    return seen.decode(errors="replace")

def screen():
    """A change of size has everything drawn anew."""
    global width
    read(0.3)
    width = 201 - width
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))
    for _ in range(20):
        seen = read(0.4)
        found = re.findall(r"REPLAY \d+:\d\d:(\d\d\.\d)/\d+:\d\d:(\d\d\.\d)", seen)
        if found:
            return seen, float(found[-1][0]), float(found[-1][1])
    return "", -1, -1

def key(text):
    os.write(tty, text.encode())

def is_(name, got, want):
    print(f"{name}|{want}|{got}")

read(1.0)
key("p")
text, first, end = screen()
is_("it says where it is, of how much", 0 < first <= 3.3 and 3.0 <= end <= 3.5, True)
is_("and that it is paused", "PAUSED" in text, True)
time.sleep(0.6)
is_("paused, it stays there", screen()[1], first)
key("g")
is_("the start", 0.2 <= screen()[1] <= 0.4, True)
key(".")
key(".")
text, at, _ = screen()
is_("two steps on", 0.6 <= at <= 1.0 and "PAUSED" in text, True)
key(",")
is_("one back", 0.4 <= screen()[1] < at, True)
key(",")
key(",")
key(",")
is_("not beyond the start", 0.2 <= screen()[1] <= 0.4, True)
key("]")
is_("10 seconds on is the end", screen()[1], end)
key("[")
is_("10 seconds back is the start", 0.2 <= screen()[1] <= 0.4, True)
key("G")
is_("the end", screen()[1], end)
key("p")
is_("there it stays", screen()[1], end)
key("g")
key("p")
time.sleep(0.8)
is_("from the start it runs again", 0.4 < screen()[1] <= end, True)
key("h")
text = read(0.5)
is_("the help has the keys", "one window back" in text, True)
key("x")
key("q")
read(1.0)
is_("q ends it well", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
END
while IFS='|' read -r name want got; do
	is "$got" "$want" "$name"
done <"$dir/seen"
is "$(wc -l <"$dir/seen")" 14 "all was tried"

# text goes as fast as it can
kvmdbg top --replay "$r" --json -n 2 >"$dir/top.json"
is "$(wc -l <"$dir/top.json")" 2 "-n 2: two frames"
kvmdbg top --replay "$r" --batch --vm 'kvmdbg-vmm*' >"$dir/out"
is "$(grep -c '^kvmdbg top' "$dir/out")" "$(kvmdbg report --format json "$r" |
	kvmdbg-vmm json windows)" "a frame for each window"
plan

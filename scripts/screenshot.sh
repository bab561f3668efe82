#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A picture of a terminal: what `tmux capture-pane -p -e -N` printed, as SVG.
#   screenshot.sh COLUMNSxROWS <captured >picture.svg

set -euo pipefail
[[ ${1:-} =~ ^([0-9]+)x([0-9]+)$ ]] || {
	echo "usage: $0 COLUMNSxROWS <captured >picture.svg" >&2
	exit 2
}

LC_ALL=C exec awk -v columns="${BASH_REMATCH[1]}" -v rows="${BASH_REMATCH[2]}" '
BEGIN {
	split("#1c1c1c #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #d0d0d0", colour, " ")
	w = 8.4; h = 18; plain = colour[8]; paper = colour[1]
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" ", columns * w + 16, rows * h + 16
	printf "font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\">\n"
	printf "<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\"/>\n", paper
	set(0)
}

function set(code)
{
	if (code == 0) {
		bold = dim = under = reverse = 0
		front = plain
		back = paper
	} else if (code == 1)
		bold = 1
	else if (code == 2)
		dim = 1
	else if (code == 4)
		under = 1
	else if (code == 7)
		reverse = 1
	else if (code == 22)
		bold = dim = 0
	else if (code == 24)
		under = 0
	else if (code == 27)
		reverse = 0
	else if (code >= 30 && code <= 37)
		front = colour[code - 29]
	else if (code == 39)
		front = plain
	else if (code >= 40 && code <= 47)
		back = colour[code - 39]
	else if (code == 49)
		back = paper
}

# bytes that begin a character
function characters(text)
{
	gsub(/[\200-\277]/, "", text)
	return length(text)
}

function word(text, x, y, f,    n)
{
	n = characters(text)
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	printf "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" fill=\"%s\"%s%s%s>%s</text>\n", x, y + 14, n * w, f,
		bold ? " font-weight=\"bold\"" : "", dim ? " opacity=\"0.55\"" : "",
		under ? " text-decoration=\"underline\"" : "", text
}

function draw(text, at, y,    n, x, f, b)
{
	n = characters(text)
	x = 8 + at * w
	f = reverse ? back : front
	b = reverse ? front : back
	if (b != paper)
		printf "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", x, y, n * w + 0.3, h, b
	# word by word, so that columns stay columns whatever the font
	while (match(text, /[^ ]+/)) {
		x += (RSTART - 1) * w
		word(substr(text, RSTART, RLENGTH), x, y, f)
		x += characters(substr(text, RSTART, RLENGTH)) * w
		text = substr(text, RSTART + RLENGTH)
	}
	return n
}

{
	at = 0
	rest = $0
	while (match(rest, /\033\[[0-9;]*m/)) {
		start = RSTART
		len = RLENGTH
		if (start > 1)
			at += draw(substr(rest, 1, start - 1), at, 8 + (NR - 1) * h)
		n = split(substr(rest, start + 2, len - 3), codes, ";")
		for (i = 1; i <= n; i++)
			set(codes[i] + 0)
		if (!n)
			set(0)
		rest = substr(rest, start + len)
		gsub(/^[\016\017]/, "", rest)
	}
	gsub(/[\016\017]/, "", rest)
	if (rest != "")
		draw(rest, at, 8 + (NR - 1) * h)
}

END { print "</svg>" }'

# SPDX-License-Identifier: GPL-2.0-only
#
# Put the negative controls of `mutants` into the emulator's source below `root`: for each line the
# text that it names, which must be there once, by the other one, in which M(NAME) asks whether the
# rule NAME is switched off. Prints "NUMBER NAME" for each.

BEGIN { FS = "\t" }

function unescape(text)
{
	gsub(/\\n/, "\n", text)
	return text
}

function load(file,	line, text)
{
	while ((getline line <file) > 0)
		text = text line "\n"
	close(file)
	return text
}

{
	file = root "/" $1
	if (!(file in source))
		source[file] = load(file)
	from = unescape($2)
	to = unescape($3)
	at = index(source[file], from)
	if (!at || index(substr(source[file], at + 1), from)) {
		print "mutants: not once in " $1 ": " $2 >"/dev/stderr"
		exit bad = 1
	}
	while (match(to, /M\([a-z0-9-]+\)/)) {
		print ++nr, substr(to, RSTART + 2, RLENGTH - 3)
		to = substr(to, 1, RSTART - 1) "(kvmdbg_mutant == " nr ")" substr(to, RSTART + RLENGTH)
	}
	source[file] = substr(source[file], 1, at - 1) to substr(source[file], at + length(from))
}

END {
	if (bad)
		exit 1
	for (file in source)
		printf "%s", source[file] >file
}

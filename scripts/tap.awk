# SPDX-License-Identifier: GPL-2.0-only
#
# Sum up sections of TAP: "@@suite NAME", TAP or KTAP, "@@end STATUS". One line for each suite, the
# lines of what failed, and "passed failed skipped" into the file `counts`.

function begin(name)
{
	finish("")
	suite = name
	# KUnit's cases are one level below its suites
	indent = name ~ /^kunit-/ ? "    " : ""
	pass = fail = skip = planned = ran = bail = 0
	lines = bad = ""
}

function finish(status)
{
	if (suite == "")
		return
	if (status == "") {
		complain("did not come to its end")
	} else if (bail) {
		complain(bailed)
	} else if (planned == 0 && ran == 0) {
		complain("printed no test")
	} else if (ran < planned) {
		complain("ran " ran " of " planned " planned tests")
		fail += planned - ran - 1
	} else if (ran > planned) {
		complain("ran " ran " tests, planned " planned)
	} else if (status != 0 && fail == 0) {
		complain("ended with status " status)
	}
	printf "%-32s %d passed, %d failed%s\n", suite, pass, fail, skip ? ", " skip " skipped" : ""
	if (bad != "")
		printf "%s", bad
	if (fail && lines != "")
		print "  --- what it printed last:\n" tail(lines) "  ---"
	fflush()
	total_pass += pass
	total_fail += fail
	total_skip += skip
	suite = ""
}

function complain(text)
{
	fail++
	bad = bad "  not ok " suite ": " text "\n"
}

function tail(text,	n, part, i, out)
{
	n = split(text, part, "\n")
	for (i = n > 40 ? n - 40 : 1; i < n; i++)
		out = out "  | " part[i] "\n"
	return out
}

{ gsub(/\r/, "") }
/^@@suite / { begin($2); next }
/^@@end / { finish($2); next }
suite == "" { next }
{
	lines = lines $0 "\n"
	line = $0
	if (indent != "") {
		if (substr(line, 1, length(indent)) != indent)
			next
		line = substr(line, length(indent) + 1)
	}
}
line ~ /^1\.\.[0-9]+/ {
	split(line, range, /\.\./)
	planned += range[2] + 0
}
line ~ /^1\.\.0 *# *[Ss][Kk][Ii][Pp]/ { skip++; planned++; ran++ }
line ~ /^Bail out!/ { bail = 1; bailed = line }
line ~ /^(not )?ok( |$)/ {
	ran++
	if (line ~ /# *[Ss][Kk][Ii][Pp]/) {
		skip++
	} else if (line ~ /^ok/) {
		pass++
	} else {
		fail++
		bad = bad "  " line "\n"
	}
}
END {
	finish("")
	print total_pass + 0, total_fail + 0, total_skip + 0 >counts
}

# SPDX-License-Identifier: GPL-2.0-only
# "KERNEL/ARM/ROW NUMBER" lines as a table: a line for each row, a column for each kernel and arm.
{
	split($1, part, "/")
	column = part[1] "/" part[2]
	if (!(column in column_of)) {
		column_of[column] = ++columns
		head[columns] = part[1]
		arm[columns] = part[2]
	}
	if (!(part[3] in row_of)) {
		row_of[part[3]] = ++rows
		name[rows] = part[3]
	}
	value[row_of[part[3]], column_of[column]] = $2
}
END {
	printf "%-24s", "instructions"
	for (c = 1; c <= columns; c++)
		printf "%8s", head[c]
	printf "\n%-24s", ""
	for (c = 1; c <= columns; c++)
		printf "%8s", arm[c]
	print ""
	for (r = 1; r <= rows; r++) {
		printf "%-24s", name[r]
		for (c = 1; c <= columns; c++)
			printf "%8s", value[r, c] == "" ? "-" : value[r, c]
		print ""
	}
}

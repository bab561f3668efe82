# SPDX-License-Identifier: GPL-2.0-only
# The console and the port of this report have one interrupt for both: none may be lost when they
# are busy at the same time. Where one is, the report ends here, and the board is ended from outside.
lines=3000
{ i=0; while [ $((i += 1)) -le $lines ]; do echo "<4>serial $i" >/dev/kmsg; done; } &
printf '# '
i=0
while [ $((i += 1)) -le $lines ]; do printf .; done
echo
wait
echo "ok 1 - both serial ports at once"
echo 1..1

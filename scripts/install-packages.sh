#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Install the Debian packages of scripts/packages that this machine lacks; says first which. Those
# of the list's last part only with --bench, and of its first part alone with --host.

set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)

die()
{
	echo "install-packages: $*" >&2
	exit 3
}

# shellcheck disable=SC2016 # sed's own
case ${1-} in
--host)		without='/^# board:/,$d;' ;;
--bench)	without= ;;
*)		without='/^# bench:/,$d;' ;;
esac

list_missing()
{
	local package

	while read -r package; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
			echo "$package"
	done < <(sed "$without"'s/#.*//; s/[[:space:]]//g; /^$/d' "$top/scripts/packages")
}

command -v dpkg-query apt-get >/dev/null ||
	die "this is not Debian: install the counterparts of the packages in scripts/packages by hand"
mapfile -t missing < <(list_missing)
if [ ${#missing[@]} -eq 0 ]; then
	echo "all packages that are needed are installed"
	exit 0
fi

echo "packages to install: ${missing[*]}"
sudo=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || die "not root and no sudo; as root: apt-get install ${missing[*]}"
	sudo=(sudo)
fi
# a source that cannot be reached fails the update only where it is needed
"${sudo[@]}" apt-get -q update ||
	echo "install-packages: apt-get update failed; going on with the package lists of before" >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 \
	install -y --no-install-recommends \
	"${missing[@]}" ||
	die "could not install: ${missing[*]} (offline? see apt-get's message above)"
mapfile -t missing < <(list_missing)
[ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}"

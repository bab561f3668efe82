# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Debian's source packages, to be sourced after scripts/cache.sh: with a sources list that is made
# from this machine's own and kept apart, so that nothing of the machine's is changed and no root is
# needed.

# source_list DIR: the machine's Debian archives as deb-src, in DIR/parts
source_list()
{
	local dir=$1 file uris

	# shellcheck disable=SC2016 # apt's own variables
	uris=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
		sed 's,/*$,,' | sort -u)
	mkdir -p "$dir/parts"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -r "$file" ] || continue
		# one stanza a paragraph, of which those of a Debian archive are kept
		awk -v uris="$uris" '
			BEGIN { RS = ""; n = split(uris, u, "\n") }
			{
				if (!match($0, /(^|\n)URIs:[^\n]*/))
					next
				line = substr($0, RSTART, RLENGTH) " "
				gsub(/\/+ /, " ", line)
				found = n == 0
				for (i = 1; i <= n; i++)
					if (index(line, " " u[i] " "))
						found = 1
				if (!found)
					next
				gsub(/(^|\n)#[^\n]*/, "")
				sub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src")
				sub(/^\n/, "")
				print $0 "\n"
			}' "$file" >"$dir/parts/$(basename "$file")"
	done
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -r "$file" ] || continue
		awk -v uris="$uris" '
			BEGIN { n = split(uris, u, "\n") }
			$1 == "deb" {
				line = $0 " "
				gsub(/\/+ /, " ", line)
				found = n == 0
				for (i = 1; i <= n; i++)
					if (index(line, " " u[i] " "))
						found = 1
				if (found) {
					sub(/deb/, "deb-src")
					print
				}
			}' "$file" >"$dir/parts/$(basename "$file" .list).list"
	done
}

apt_private()
{
	local dir=$apt

	apt-get -q -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$dir/parts" \
		-o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache" \
		-o "APT::Sandbox::User=$(id -un)" -o Acquire::Retries=3 "$@"
}

# fetch_one PACKAGE[=VERSION]: into the current folder
fetch_one()
{
	local release package=${1%%=*}

	apt_private source --download-only "$1" && return 0
	# an archive may list what it no longer has: ask the others by name
	# shellcheck disable=SC2016 # apt's own variable
	for release in $(apt_private indextargets --format '$(RELEASE)' 'Created-By: Sources'); do
		apt_private source --download-only "$package/$release" && return 0
	done
	return 1
}

fetch_all()
{
	local package

	cd "$1" || return 1
	shift
	for package; do
		fetch_one "$package" || return 1
	done
}

# fetch_sources PACKAGE[=VERSION]... DIR: the source packages, as downloaded, into DIR
fetch_sources()
{
	local dir=${*: -1}

	set -- "${@:1:$#-1}"
	apt=$dir/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	source_list "$apt"
	if ! progress "source lists" "$KVMDBG_CACHE/log/source-lists.log" apt_private update; then
		echo "is this machine offline? Debian's source packages are needed: $*" >&2
		return 1
	fi
	progress "source packages" "$KVMDBG_CACHE/log/source-packages.log" fetch_all "$dir" "$@" || return 1
	rm -rf "$apt"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does git bisect, with kernel/bench-one.sh, find the commit that made the exit path slower? In a
# scratch copy of the kernel with four commits on top of the series. TAP.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=scripts/cache.sh
. scripts/cache.sh
bench=$PWD/kernel/bench-one.sh

# is TEXT WANTED GOT
n=0
is()
{
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1: expected $2, got $3"
		sed 's/^/# /' "$tmp/log" | tail -n 20
	fi
}

# commit MESSAGE FILE SED: sed never writes into a file, it makes another one: links are safe
commit()
{
	sed -i "$3" "$tree/$2" && git -C "$tree" commit -q -a -m "$1" || die "no commit: $1"
}

echo 1..5
# on the same file system as the tree, for links
tmp=$(mktemp -d "$KVMDBG_CACHE/tmp-bisect-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
tree=$tmp/linux
cp -al "$(kernel/build.sh --tree)" "$tree" || exit 1
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
	GIT_AUTHOR_NAME=kvmdbg GIT_AUTHOR_EMAIL=kvmdbg@localhost \
	GIT_COMMITTER_NAME=kvmdbg GIT_COMMITTER_EMAIL=kvmdbg@localhost
# the objects go with the tree
export KVMDBG_CACHE=$tmp

good=$(git -C "$tree" rev-parse HEAD)
commit "one that cannot be built" arch/powerpc/kvm/booke.c '$a #error'
broken=$(git -C "$tree" rev-parse HEAD)
commit "that mended" arch/powerpc/kvm/booke.c '$d'
commit "eight reads of a register for each emulated instruction" arch/powerpc/kvm/emulate.c \
	'/emulated = kvmppc_get_last_inst(/i for (inst = 0; inst < 8; inst++) (void)mfspr(SPRN_PVR);'
slow=$(git -C "$tree" rev-parse HEAD)
commit "a comment" arch/powerpc/kvm/booke.c '$a /* the end */'
bad=$(git -C "$tree" rev-parse HEAD)

cd "$tree" || exit 1
git checkout -q "$good"
"$bench" --out "$tmp/good.json" . >"$tmp/log" 2>&1
is "the good commit is measured" 0 $?
"$bench" --base "$tmp/good.json" . >"$tmp/log" 2>&1
is "measured again it is as good" 0 $?
git bisect start "$bad" "$good" >"$tmp/log" 2>&1
git bisect run "$bench" --base "$tmp/good.json" . >>"$tmp/log" 2>&1
is "git bisect run comes to an end" 0 $?
is "it finds the slow one" "$slow" \
	"$(sed -n 's/^\([0-9a-f]*\) is the first bad commit$/\1/p' "$tmp/log")"
cp "$tmp/log" "$OLDPWD/build/results/bisect.log"
git bisect reset >/dev/null 2>&1
git checkout -q "$broken"
"$bench" --base "$tmp/good.json" . >"$tmp/log" 2>&1
is "what cannot be built is to be skipped" 125 $?

# SPDX-License-Identifier: GPL-2.0-only
_kvmdbg()
{
	local line=${COMP_LINE:0:COMP_POINT} command='' kind='' list='' cur prev words

	# Not COMP_WORDS: there a "=" is a word.
	read -ra words <<<"$line"
	[[ $line != *[[:space:]] ]] || words+=("")
	COMPREPLY=()
	cur=${words[-1]} prev=${words[-2]}
	case ${words[0]##*/} in
	kvmdbg-*) command=${words[0]##*/kvmdbg-} command=${command#kvmdbg-} ;;
	*) [[ ${#words[@]} -le 2 ]] || command=${words[1]} ;;
	esac
	if [[ " ${words[*]:0:${#words[@]}-1} " == *" -- "* ]]; then
		_kvmdbg_value "$command:"
		[[ $kind != command || $prev == -- ]] || kind=files
	elif [[ $cur == --*=* ]]; then
		_kvmdbg_value "$command:${cur%%=*}"
		cur=${cur#*=}
	else
		_kvmdbg_value "$command:$prev"
		if [[ -z $kind && ($cur == -* || -z $command) ]]; then
			_kvmdbg_words "$command"
		elif [[ -z $kind ]]; then
			_kvmdbg_value "$command:"
		fi
	fi
	[[ $kind != pids ]] || list=$(ps -eo pid=)
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
	# What may go on needs no blank.
	[[ "${COMPREPLY[*]}" != *= && $prev != --alert ]] || compopt -o nospace 2>/dev/null
	case $kind in
	symbols)
		[[ $cur == *=* ]] || return
		cur=${cur##*=} ;;
	command)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return ;;
	# a word that is known, or a file
	files) [[ -z ${COMPREPLY[*]} ]] || return ;;
	*) return ;;
	esac
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

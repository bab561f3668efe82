# SPDX-License-Identifier: GPL-2.0-only
_kvmdbg_files()
{
	_files
}

_kvmdbg_pids()
{
	_pids
}

# VM=FILE
_kvmdbg_symbols()
{
	if compset -P '*='; then
		_files
	else
		_message 'VM=FILE[@OFFSET]'
	fi
}

# REGISTER=...: or a file
_kvmdbg_files_or()
{
	compadd -S '' "$@"
	_files
}

_kvmdbg_command()
{
	_normal
}

_kvmdbg()
{
	local command

	if [[ $service == kvmdbg-* ]]; then
		_kvmdbg_command_${service#kvmdbg-}
	elif (( CURRENT == 2 )); then
		_kvmdbg_commands
		_arguments --help'[List the commands]' --version'[Print the version]'
	else
		command=$words[2]
		shift words
		(( CURRENT-- ))
		(( $+functions[_kvmdbg_command_$command] )) && _kvmdbg_command_$command
	fi
}

# As a file in $fpath it is the function; else it is to be known from now on.
if [[ $funcstack[1] == _kvmdbg ]]; then
	_kvmdbg "$@"
else
	compdef _kvmdbg kvmdbg kvmdbg-${^${${(k)functions[(I)_kvmdbg_command_*]}#_kvmdbg_command_}}
fi

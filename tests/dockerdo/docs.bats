#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What is said about dockerdo agrees with what it does: manual pages, help, completion, README.
#
# shellcheck disable=SC2154,SC2013

load helper

names() {
	dockerdo --help | sed -n '/^Each COMMAND/,/^Options/ s/^  \([a-z][a-z-]*\) .*/\1/p'
}

@test "man pages: mandoc finds nothing to complain about" {
	run -0 mandoc -Tlint -Wwarning "$builddir/man/dockerdo.1" "$top_srcdir/man/dockerdo.yaml.5"
	[ -z "$output" ]
}

@test "man page: every command with its options" {
	local name option text
	text=$(mandoc -Tascii "$builddir/man/dockerdo.1" | col -b)
	for name in $(names); do
		grep -q "^   $name " <<<"$text"
		for option in $(dockerdo "$name" --help | grep -o '^  .*  --[a-z_-]*\|^ *-., --[a-z_-]*' | grep -o -e '--.*'); do
			grep -q -e "$option" <<<"$text"
		done
	done
	[ "$(names | wc -l)" -ge 11 ]
}

@test "man page: every key of the settings" {
	local key text
	dockerdo install --no-bashrc 2>/dev/null
	text=$(mandoc -Tascii "$top_srcdir/man/dockerdo.yaml.5" | col -b)
	for key in $(sed 's/:.*//' "$HOME/.config/dockerdo/dockerdo.yaml"); do
		grep -q "^     $key" <<<"$text" || fail "$key"
	done
}

@test "completion: commands, options and their values, and nothing of the container's" {
	[ "$(dockerdo complete -- dockerdo st | tr '\n' ' ')" = 'start status stop ' ]
	[ "$(dockerdo complete -- dockerdo init --trans)" = --transport ]
	[ "$(dockerdo complete -- dockerdo init --transport '' | tr '\n' ' ')" = 'ssh docker ' ]
	[ "$(dockerdo complete -- dodo --work)" = --workdir ]
	[ "$(dockerdo complete -- /usr/bin/dodo -w / --no)" = --no-stdin ]
	[ -z "$(dockerdo complete -- dodo ls --work)" ]
	[ -z "$(dockerdo complete -- dockerdo nonsense '')" ]
	[ -z "$(dockerdo complete -- dodo '')" ]
}

@test "completion: in bash, by way of install, and the other scripts parse" {
	# shellcheck disable=SC2016
	bash -c '. "$1"; COMP_WORDS=(dockerdo hist) COMP_CWORD=1; _dockerdo; echo "${COMPREPLY[*]}"' \
		- "$top_srcdir/completion/bash/dockerdo" | grep -x history
	zsh -n "$top_srcdir/completion/zsh/_dockerdo"
	fish --no-execute "$top_srcdir/completion/fish/dockerdo.fish"
	dockerdo install 2>/dev/null
	bash -n "$HOME/.config/dockerdo/dockerdo.bash-completion"
}

@test "README: its examples of dockerdo are read by a shell, and its commands exist" {
	local name
	awk '/^```sh dockerdo$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$top_srcdir/README.md" >examples
	[ -s examples ]
	bash -n examples
	for name in $(grep -o 'dockerdo [a-z]*' examples | cut -d' ' -f2); do
		names | grep -qx -e "$name"
	done
}

@test "help: every line fits a terminal, every option has its own letter" {
	local name
	for name in '' $(names); do
		# shellcheck disable=SC2086 # none is no word
		dockerdo $name --help >help
		[ -z "$(awk 'length > 80' help)" ] || fail "$(awk 'length > 80' help)"
		[ -z "$(grep -o '^  -[a-zA-Z],' help | sort | uniq -d)" ]
	done
}

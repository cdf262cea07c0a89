#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What is said about dockerutils agrees with what it does: manual page, help, completion, and the names it has.
#
# shellcheck disable=SC2154,SC2013

load helper

names() {
	"$DOCKERUTILS" --help | sed -n '/^Each COMMAND/,/^Options/ s/^  \([a-z][a-z-]*\) .*/\1/p'
}

@test "man page: mandoc finds nothing to complain about" {
	run -0 mandoc -Tlint -Wwarning "$builddir/man/dockerutils.1"
	[ -z "$output" ]
}

@test "man page: every command with its options" {
	local name option text
	text=$(mandoc -Tascii "$builddir/man/dockerutils.1" | col -b)
	for name in $(names); do
		grep -q "^   $name " <<<"$text"
		for option in $("$DOCKERUTILS" "$name" --help | grep -o '^  .*  --[a-z_-]*\|^ *-., --[a-z_-]*' | grep -o -e '--.*'); do
			grep -q -e "$option" <<<"$text"
		done
	done
	[ "$(names | wc -l)" = 15 ]
}

@test "names: links and completion have every command" {
	local name links
	links=" $(awk '/^dockerutils_links =/, !/\\$/' "$builddir/Makefile" | tr '\\\n\t' '   ') "
	for name in $(names); do
		[[ $links == *" $name "* ]]
		grep -qw -e "$name" "$top_srcdir/completion/bash/dockerutils"
		grep -qw -e "$name" "$top_srcdir/completion/zsh/_dockerutils"
		grep -qw -e "$name" "$top_srcdir/completion/fish/dockerutils.fish"
	done
}

@test "completion: commands, images, docks, options" {
	printf '[run_image]\nsynthetic_images=sh\n' >docker/dockerutils.cfg
	"$DOCKERUTILS" register-dock --no-context h.example harbour >/dev/null
	[ "$("$DOCKERUTILS" complete -- dockerutils run-)" = $'run-image\nrun-notebook' ]
	[ "$("$DOCKERUTILS" complete -- run-image '')" = $'dev\nsh' ]
	[ "$("$DOCKERUTILS" complete -- dockerutils run-image -g d)" = dev ]
	[ "$("$DOCKERUTILS" complete -- build-image '' | tr '\n' ' ')" = 'all clean dev ' ]
	[ "$("$DOCKERUTILS" complete -- ssh-dock h)" = harbour ]
	[ "$("$DOCKERUTILS" complete -- run-image --net)" = --network ]
	echo 'echo repo:1' >"$T/do-docker"
	[ "$("$DOCKERUTILS" complete -- transfer-image r)" = repo:1 ]
	[ "$("$DOCKERUTILS" complete -- transfer-image repo:1 '')" = harbour ]
	[ -z "$("$DOCKERUTILS" complete -- nonsense x '')" ]
	[ -z "$(cd / && "$DOCKERUTILS" complete -- run-image '')" ]
}

@test "completion: in bash, and the other scripts parse" {
	ln -s "$DOCKERUTILS" "$T/bin/dockerutils"
	bash -c '. "$1"; COMP_LINE="run-image d" COMP_POINT=11 COMP_WORDS=(run-image d) COMP_CWORD=1; _dockerutils; echo "${COMPREPLY[*]}"' \
		- "$top_srcdir/completion/bash/dockerutils" | grep -x dev
	zsh -n "$top_srcdir/completion/zsh/_dockerutils"
	fish --no-execute "$top_srcdir/completion/fish/dockerutils.fish"
}

@test "README: its examples of dockerutils are read by a shell, and its commands exist" {
	local name
	awk '/^```sh dockerutils$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$top_srcdir/README.md" >examples
	[ -s examples ]
	bash -n examples
	for name in $(grep -o '^[a-z]*-[a-z]*' examples); do
		names | grep -qx -e "$name" || [ "$name" = sync-up ] || [ "$name" = sync-down ]
	done
}

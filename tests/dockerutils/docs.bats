#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What is said about dockerutils agrees with what it does: manual page, help, completion, and the names it has.
#
# shellcheck disable=SC2154,SC2013,SC2016

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
	grep -qF '   run-image [OPTIONS] IMAGE' <<<"$text"
	[[ $("$DOCKERUTILS" --version) == dockerutils* ]]
	grep -qE "^dexec $("$DOCKERUTILS" --version | grep -oE '[0-9.]+') " <<<"$text"
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

@test "names: installed as links, with completion and the manual page" {
	local name
	mkdir -p "$T/root"/{bin,bash,fish,man}
	links() {
		env -u MAKEFLAGS -u MFLAGS make -s -C "$builddir" DESTDIR="$T/root" bindir=/bin bashcompletiondir=/bash \
			fishcompletiondir=/fish man1dir=/man "$@"
	}
	links install-exec-dockerutils install-data-dockerutils
	for name in $(names); do
		readlink "$T/root/bin/$name" "$T/root/bash/$name" "$T/root/fish/$name.fish" "$T/root/man/$name.1" |
			diff - <(printf '%s\n' dockerutils dockerutils dockerutils.fish dockerutils.1)
	done
	[ "$(readlink "$T/root/man/dock.1")" = dockerutils.1 ]
	links uninstall-dockerutils
	[ -z "$(find "$T/root" ! -type d)" ]
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

# completed SHELL LINE: the words of LINE behind its first one, as that shell has them when the last one is completed, at
# a terminal. In bash and zsh a key puts all that it could be into the line.
completed() {
	local capture="dockerutils() { printf '%s\n' \"\$@\" >'$T/words'; exit; }; run-image() { dockerutils \"\$@\"; }
		ssh-dock() { dockerutils \"\$@\"; }; transfer-image() { dockerutils \"\$@\"; }"
	rm -f "$T/words"
	case $1 in
	bash)
		printf '%s\n' ". '$top_srcdir/completion/bash/dockerutils'" "$capture" >"$T/rc"
		printf '%s\e*\n' "$2" | typed "bash --noprofile --rcfile '$T/rc' -i"
		;;
	zsh)
		cat >"$T/.zshrc" <<-END
			fpath=('$top_srcdir/completion/zsh' \$fpath)
			autoload -Uz compinit && compinit -u -C -d '$T/zcompdump'
			bindkey -e
			zle -C all complete-word _generic && bindkey '^T' all
			zstyle ':completion:all:*' completer _all_matches _complete
			zstyle ':completion:all:*' insert yes
			$capture
		END
		printf '%s\x14\n' "$2" | ZDOTDIR=$T typed 'zsh -i'
		;;
	fish)
		# It gives the candidates alone.
		{
			tr ' ' '\n' <<<"${2% *}" | tail -n +2
			fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
				"$top_srcdir/completion/fish/dockerutils.fish" "$2" | cut -f 1
		} >"$T/words"
		;;
	esac
	cat "$T/words"
}

# typed PROGRAM: what comes is typed at a terminal, which stays open until the shell ends.
typed() {
	rm -f "$T/keys"
	mkfifo "$T/keys"
	exec 9<>"$T/keys"
	cat >&9
	timeout 30 script -qec "$1" /dev/null <&9 >"$T/screen" 2>&1 9>&-
	exec 9>&-
}

# completes LINE WORD...
completes() {
	local shell line=$1
	shift
	for shell in bash zsh fish; do
		echo "$shell: $line"
		diff <(completed $shell "$line" | sort) <(printf '%s\n' "$@" | sort)
	done
}

@test "completion: images and docks, in bash, zsh and fish" {
	printf '[run_image]\nsynthetic_images=shell,demo\n' >docker/dockerutils.cfg
	"$DOCKERUTILS" register-dock --no-context h.example harbour >/dev/null
	"$DOCKERUTILS" register-dock --no-context q.example haven >/dev/null
	echo 'echo repo:1' >"$T/do-docker"
	ln -s "$DOCKERUTILS" "$T/bin/dockerutils"
	zsh -n "$top_srcdir/completion/zsh/_dockerutils"
	fish --no-execute "$top_srcdir/completion/fish/dockerutils.fish"
	completes 'run-image -g d' -g dev demo
	completes 'ssh-dock ha' harbour haven
	completes 'dockerutils transfer-image repo:1 harb' transfer-image repo:1 harbour
	completes 'transfer-image rep' repo:1
	completes 'dockerutils run-image --net' run-image --network
	# A file, where it knows of nothing.
	touch "$T/proj/keyfile"
	completes 'transfer-image -i keyf' -i keyfile
}

@test "W-M9: nothing of ours sets up a docker daemon, and every address of one has its slashes" {
	run -1 grep -rE 'daemon\.json|data-root|--graph|unix:/{1,2}[a-z]' "$top_srcdir/src/dockerutils" "$builddir/man/dockerutils.1"
	[ -z "$output" ]
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

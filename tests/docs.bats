#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What is said about dexec agrees with what it does: manual page, README, help, and the completion scripts, which are
# tried in the shells they are for, at a terminal where that is the only way. Docker is a stand-in, see setup_file.
#
# The scripts in single quotes are for another shell to expand; $builddir and the like come from the Makefile:
# shellcheck disable=SC2016,SC2154

bats_require_minimum_version 1.5.0

setup_file() {
	: "${top_srcdir:=$(realpath "$BATS_TEST_DIRNAME/..")}" "${builddir:=$top_srcdir}"
	: "${DEXEC:=$builddir/dexec}"
	export top_srcdir builddir DEXEC
	export PATH=$BATS_FILE_TMPDIR/bin:$PATH
	make_bin "$BATS_FILE_TMPDIR/bin"
	# The root of the stand-in's containers, whose paths are relative.
	mkdir -p "$BATS_FILE_TMPDIR/root/etc/app" "$BATS_FILE_TMPDIR/root/.hidden"
	touch "$BATS_FILE_TMPDIR/root/etc/passwd" "$BATS_FILE_TMPDIR/root/a b"
}

# make_bin DIRECTORY: dexec, and programs named docker and podman. Containers and contexts tell in their names how they
# were asked for; ls is run here.
make_bin() {
	mkdir -p "$1"
	# The scripts are tested here, not what may be wrapped around dexec.
	ln -s "$builddir/dexec" "$1/dexec"
	cat >"$1/docker" <<-'END'
		#!/bin/sh
		echo "$@" >>"${0%/bin/*}/calls"
		where=${0##*/}
		while :; do
			case $1 in
			--host | --context) where=$where-$(echo "$2" | tr -cd a-z) && shift 2 ;;
			*) break ;;
			esac
		done
		case "$*" in
		*compose.service*) printf '%s\n' api api db '' ;;
		*.Labels*) printf '%s\n' tier=front,size=1 tier=back ;;
		*.Image*) printf '%s\n' redis:7 nginx ;;
		service*) printf '%s\n' shop_web shop_db ;;
		*'context ls'*'.Name}}/'*) printf '%s\n' default/ "lab-$where/" ;;
		ps*) printf '%s\n' "my-$where" my-other web ;;
		context*) printf '%s\n' default "lab-$where" ;;
		esac
		case $1 in
		exec)
			case " $* " in *" broken "*) exit 125 ;; esac
			while [ "$1" != ls ]; do shift || exit; done
			shift
			cd "${0%/bin/*}/root" && exec ls "$@" ;;
		esac
	END
	chmod +x "$1/docker"
	cp "$1/docker" "$1/podman"
}

setup() {
	export LC_ALL=C.UTF-8 TERM=xterm HOME=$BATS_TEST_TMPDIR
	unset DEXEC_DOCKER DOCKER_HOST DOCKER_CONTEXT XDG_CONFIG_HOME CDPATH
	cd "$BATS_TEST_TMPDIR" || return
	touch variables.env
}

same() {
	diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

# options_of_help: "-l, --name VALUE" a line, in help's order; its texts behind a tab with "texts".
options_of_help() {
	"$DEXEC" --help | awk -v texts="${1-}" '
		/^ +(-.,|  ) --/ {
			line = substr($0, 1, 30); gsub(/^ +| +$/, "", line)
			print line (texts ? "\t" substr($0, 31) : "")
		}'
}

# ---- manual page

@test "man page: its options are those of --help, in the same order" {
	same "$(mandoc -Tascii -Owidth=100 "$builddir/man/dexec.1" | col -b | expand |
		sed -n '/^OPTIONS$/,$ s/^     \(-.*\)$/\1/p' | sed 's/  .*//')" "$(options_of_help)"
}

@test "man page: every command is described" {
	local name names
	names=$(command_names)
	[ -n "$names" ]
	for name in $names; do
		grep -q "^\.It Ic $name " "$builddir/man/dexec.1"
	done
}

@test "man page: mandoc finds nothing to complain about" {
	run -0 mandoc -Tlint -Wwarning "$builddir/man/dexec.1"
	[ -z "$output" ]
}

@test "man page: every variable of ours that the program reads" {
	local name names
	names=$(tr -c '[:print:]' '\n' <"$builddir/dexec" | grep -x 'DEXEC_[A-Z_]*')
	[ "$(wc -w <<<"$names")" -ge 5 ]
	for name in $names; do
		# The last is for build trees.
		grep -q "^\.\(It \)\?Ev $name\$" "$builddir/man/dexec.1" || [ "$name" = DEXEC_LIBEXEC_DIR ]
	done
}

# ---- help

command_names() {
	"$DEXEC" --help | sed -n '/^TARGET/,/^Options/ s/^  \([a-z][a-z-]*\) .*/\1/p'
}

@test "help: every command has its own" {
	local name names
	names=$(command_names)
	[ "$(wc -w <<<"$names")" -ge 4 ]
	for name in $names; do
		run -0 "$DEXEC" --help "$name"
		[[ $output = "Usage: dexec [OPTIONS] TARGET $name "* ]]
		[ "${#lines[@]}" -ge 2 ]
	done
}

@test "help: a command's options are in its help" {
	run -0 "$DEXEC" --help exec
	[[ $output = *"--env-file FILE"* ]]
}

# ---- README

# readme_table HEADING: the rows "| a | b |" behind a line that begins so.
readme_table() {
	awk -v heading="$1" 'index($0, heading) == 1 { inside = 1; next } inside && !/^\|/ { exit } inside && !/^\|-/' \
		"$top_srcdir/README.md"
}

@test "README: its table of options is --help's" {
	"$DEXEC" --help | sed -n '/^Options:/,/^$/p' >own
	same "$(readme_table '| option |' | sed 's/^| //; s/ |$//; s/ | /\t/; s/`//g')" \
		"$(options_of_help texts | head -n "$(grep -c '^ .*--' own)")"
}

@test "README: its table of options for several containers is --help's" {
	"$DEXEC" --help | sed -n '/^Options:/,/^$/p' >own
	"$DEXEC" --help | sed -n '/^Options for several/,/^$/p' >many
	same "$(readme_table '| for several containers |' | sed 's/^| //; s/ |$//; s/ | /\t/; s/`//g')" \
		"$(options_of_help texts | tail -n "+$(($(grep -c '^ .*--' own) + 1))" |
			head -n "$(grep -c '^ .*--' many)")"
}

@test "README: its table of commands is --help's" {
	same "$(readme_table '| command |' | sed 's/^| `\([a-z]*\).*/\1/')" "$(command_names)"
}

@test "README: the options of docker exec are all named" {
	local name line
	line=$(grep '^Of `docker exec`:' "$top_srcdir/README.md")
	for name in $("$DEXEC" --help exec | sed -n 's/^ \+\(-.\), --.*/\1/p; s/^ \+\(--[a-z-]*\).*/\1/p'); do
		[[ ${line//\`/ } = *" $name "* ]]
	done
}

@test "README: the first screen has the two commands for a newcomer" {
	head -n 12 "$top_srcdir/README.md" >first
	grep -q '^    ./bootstrap demo' first
	grep -q '^    ./bootstrap check' first
}

@test "README: the demo has the examples of old, word for word" {
	awk '/^```sh demo$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$top_srcdir/README.md" >demo
	diff - <(head -n 6 demo) <<-'END'
		dexec my-container echo "Hello World!"
		dexec my-container exec curl \
		    https://www.google.com
		dexec my-container ls /etc
		dexec my-container file /etc/resolv.conf /etc/udhcpd.conf
		dexec my-container exec date > container_date.txt
	END
	grep -q -e '--timeout' demo
	grep -q -e '--print' demo
	grep -q '| head -1' demo
	grep -q -e '--disable_stream' demo
}

@test "README: every command of the demo is one that a shell reads" {
	awk '/^```sh demo$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$top_srcdir/README.md" | sh -n
}

@test "README: files that it names are there" {
	local name
	for name in $(grep -o '](\([^)h][^)]*\))' "$top_srcdir/README.md" | tr -d '()]'); do
		# Made by make bench.
		[ "$name" = bench/RESULTS.md ] || [ -e "$top_srcdir/$name" ]
	done
}

# ---- completion

@test "completion: the scripts are made from the tables and parse" {
	bash -n "$builddir/completion/bash/dexec"
	zsh -n "$builddir/completion/zsh/_dexec"
	fish --no-execute "$builddir/completion/fish/dexec.fish"
	run -1 grep -r '@[A-Z_]\+@' "$builddir/completion/bash/dexec" "$builddir/completion/zsh/_dexec" \
		"$builddir/completion/fish/dexec.fish"
}

@test "completion: bash's script is clean" {
	shellcheck "$builddir/completion/bash/dexec"
}

# type_keys PROGRAM KEYS: at a terminal. The function dexec of the shell there writes its words and ends the shell.
type_keys() {
	rm -f words keys
	mkfifo keys
	# Open for both: input does not end before the shell does.
	exec 9<>keys
	printf '%s\n' "$2" >&9
	WORDS=$PWD/words timeout 30 script -qec "$1" /dev/null <&9 >screen 2>&1 9>&-
	exec 9>&-
	cat words
}

# complete_in SHELL LINE: the words of LINE, its last one replaced by all that it could be. In bash and zsh a key puts
# all of them into the line.
complete_in() {
	local words
	case $1 in
	bash)
		cat >bashrc <<-END
			${PREPARE-}
			[ -n "\${PREPARE-}" ] || . "$builddir/completion/bash/dexec"
			dexec() { printf '%s\n' "\$@" >"\$WORDS"; exit; }
		END
		type_keys "bash --noprofile --rcfile bashrc -i" "$2"$'\e*'"${AFTER-}"
		;;
	zsh)
		cat >.zshrc <<-END
			fpath=("$builddir/completion/zsh" \$fpath)
			autoload -Uz compinit && compinit -u -C -d "$BATS_FILE_TMPDIR/zcompdump"
			bindkey -e
			zle -C all complete-word _generic && bindkey '^T' all
			zstyle ':completion:all:*' completer _all_matches _complete
			zstyle ':completion:all:*' insert yes
			dexec() { printf '%s\n' "\$@" >\$WORDS; exit }
		END
		ZDOTDIR=$PWD type_keys "zsh -i" "$2"$'\x14'"${AFTER-}"
		;;
	fish)
		# It gives the candidates alone; fish 4 also those that merely look like the word.
		words=${2% *}
		[ "$words" = dexec ] || tr ' ' '\n' <<<"${words#dexec }"
		fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
			"$builddir/completion/fish/dexec.fish" "$2" | cut -f 1 |
			START=${2##* } awk 'index($0, ENVIRON["START"]) == 1'
		;;
	esac
}

# completes LINE WORD...: in all three shells, in any order.
completes() {
	local shell line=$1
	shift
	for shell in bash zsh fish; do
		echo "$shell: $line"
		same "$(complete_in $shell "$line" | sort)" "$(printf '%s\n' "$@" | sort)"
	done
}

@test "completion: containers that run" {
	completes 'dexec ' my-docker my-other web
	completes 'dexec my-' my-docker my-other
	completes 'dexec --timeout 5 my-' --timeout 5 my-docker my-other
	completes 'dexec -- my-' -- my-docker my-other
}

@test "completion: containers of the engine that the line names" {
	completes 'dexec -H far my-' -H far my-docker-far my-other
	completes 'dexec --host=far my-' --host=far my-docker-far my-other
	completes 'dexec -vc lab my-' -vc lab my-docker-lab my-other
	completes 'dexec --docker podman my-' --docker podman my-podman my-other
}

@test "completion: containers of the engine that environment and configuration name" {
	DEXEC_DOCKER=podman completes 'dexec my-' my-podman my-other
	mkdir -p .config/dexec
	echo "host = it's; \$(far)" >.config/dexec/config
	completes 'dexec my-' my-docker-itsfar my-other
}

@test "completion: options, before the container and behind exec" {
	completes 'dexec --disable' --disable_stream --disable_spinner
	completes 'dexec --ki' --kill-after
	completes 'dexec web exec --e' web exec --env --env-file
	completes 'dexec web --pri' web --privileged
	completes 'dexec web exec -it --detach' web exec -it --detach --detach-keys
}

@test "completion: every option that --help has" {
	local shell
	for shell in bash zsh fish; do
		# fish has "--wait=" too, where the value may be left out.
		same "$(complete_in $shell 'dexec --' | grep -v '=$' | sort)" \
			"$(options_of_help | sed 's/.*--/--/; s/[ [].*//' | sort)"
	done
}

@test "completion: values of options" {
	completes 'dexec -c ' -c default lab-docker
	completes 'dexec --context l' --context lab-docker
	completes 'dexec -H far -c l' -H far -c lab-docker-far
	completes 'dexec --color ' --color always auto never
	completes 'dexec --wait=h' --wait=healthy
	completes 'dexec --wait my-' --wait my-docker my-other
	completes 'dexec --docker podma' --docker podman
	completes 'dexec --env-file var' --env-file variables.env
	completes 'dexec web exec --env-file var' web exec --env-file variables.env
}

@test "completion: values behind =" {
	same "$(complete_in bash 'dexec --color=a' | sort)" $'--color=always\nauto'
	same "$(complete_in zsh 'dexec --color=a' | sort)" $'--color=always\n--color=auto'
	same "$(complete_in fish 'dexec --color=a' | sort)" $'--color=always\n--color=auto'
	completes 'dexec --context=l' --context=lab-docker
}

@test "completion: what selects containers" {
	completes 'dexec @' @all @label: @compose @compose: @image: @health: @swarm: @context:
	completes 'dexec @comp' @compose @compose:
	completes 'dexec @compose:d' @compose:db
	completes 'dexec @compose:a' @compose:api
	completes 'dexec @label:tier=f' @label:tier=front
	completes 'dexec @image:r' @image:redis:7
	completes 'dexec @image:redis:' @image:redis:7
	completes 'dexec @health:s' @health:starting
	completes 'dexec @swarm:shop_w' @swarm:shop_web
	completes 'dexec @context:l' @context:lab-docker/
	completes 'dexec @context:lab/my-d' @context:lab/my-docker-lab
}

@test "completion: more than one that a selector may name" {
	# readline repeats what stands before the colon for the first one only.
	same "$(complete_in bash 'dexec @compose:' | sort)" $'@compose:api\ndb'
	same "$(complete_in zsh 'dexec @compose:' | sort)" $'@compose:api\n@compose:db'
	same "$(complete_in fish 'dexec @compose:' | sort)" $'@compose:api\n@compose:db'
	same "$(complete_in bash 'dexec @label:ti' | sort)" $'@label:tier=back\ntier=front'
	same "$(complete_in zsh 'dexec @label:ti' | sort)" $'@label:tier=back\n@label:tier=front'
	same "$(complete_in fish 'dexec @label:ti' | sort)" $'@label:tier=back\n@label:tier=front'
}

@test "completion: groups of the configuration" {
	mkdir -p .config/dexec
	printf '%s\n' '# @old = a' 'timeout = 10m' '@front = web-*,api' ' @alert=@front' >.config/dexec/config
	completes 'dexec @a' @all @alert
	completes 'dexec @f' @front
	XDG_CONFIG_HOME=/nowhere completes 'dexec @a' @all
}

@test "completion: the part behind the last comma" {
	completes 'dexec web,my-' web,my-docker web,my-other
	completes 'dexec web,@al' web,@all
	completes 'dexec @all,@compose:d' @all,@compose:db
	completes 'dexec -c default,l' -c default,lab-docker
}

@test "completion: what an option selects or writes" {
	completes 'dexec -x my-' -x my-docker my-other
	completes 'dexec --exclude @compose:a' --exclude @compose:api
	completes 'dexec --exclude=web,my-o' --exclude=web,my-other
	completes 'dexec --joblog var' --joblog variables.env
	completes 'dexec --exit ' --exit worst first any count
}

@test "completion: a directory for outputs" {
	local shell
	mkdir results
	touch readme
	for shell in bash zsh fish; do
		# zsh adds the slash when one types on.
		same "$(complete_in $shell 'dexec --outdir r' | tr -d /)" $'--outdir\nresults'
	done
}

@test "completion: asks without the options for several containers, which would write" {
	completes 'dexec --joblog variables.env --json -x a -H far my-' \
		--joblog variables.env --json -x a -H far my-docker-far my-other
	completes 'dexec -kvj 2 --keep_order --outdir=made web ls etc/' \
		-kvj 2 --keep_order --outdir=made web ls etc/app/ etc/passwd
	[ ! -s variables.env ]
	[ ! -e made ]
}

@test "completion: commands" {
	# shellcheck disable=SC2046 # names
	completes 'dexec web ' web $(command_names)
	completes 'dexec -H far web s' -H far web shell
}

@test "completion: what warm is to do" {
	completes 'dexec web warm ' web warm start status stop
	completes 'dexec -q web warm sto' -q web warm stop
	completes 'dexec web warm stop ' web warm stop
}

@test "completion: paths in the container" {
	completes 'dexec web ls ' web ls 'a b' etc/
	completes 'dexec web file etc/' web file etc/app/ etc/passwd
	completes 'dexec web cat etc/p' web cat etc/passwd
	completes 'dexec web exec -w /x -- cat .h' web exec -w /x -- cat .hidden/
	completes 'dexec web etc/p' web etc/passwd
}

@test "completion: nothing, and no noise, where docker fails or a word is another program's" {
	local shell
	for shell in bash zsh fish; do
		[ "$(complete_in $shell 'dexec broken ls e' | tail -n 1)" = e ] || [ $shell = fish ]
		[ "$(complete_in $shell 'dexec --docker /nowhere my-' | tail -n 1)" = my- ] || [ $shell = fish ]
		[ "$(complete_in $shell 'dexec web grep --env' | tail -n 1)" = --env ] || [ $shell = fish ]
		run -1 grep -i 'error\|not found\|no such\|denied\|usage' screen
	done
	same "$(complete_in fish 'dexec broken ls e')" $'broken\nls'
	same "$(complete_in fish 'dexec --docker /nowhere my-')" $'--docker\n/nowhere'
}

@test "completion: what stands in the line is not run" {
	local shell
	for shell in bash zsh; do
		rm -f "$BATS_FILE_TMPDIR/calls"
		# The line is thrown away when it is complete.
		AFTER=$'\x01\x0bexit' complete_in $shell 'dexec -e "$(touch made)" -H "$(touch made)" my-' || true
		[ -s "$BATS_FILE_TMPDIR/calls" ]
		[ ! -e made ]
	done
}

@test "completion: under bash-completion, which finds the script by its name" {
	mkdir -p share/bash-completion/completions
	cp "$builddir/completion/bash/dexec" share/bash-completion/completions
	export XDG_DATA_DIRS=$PWD/share
	PREPARE='. /usr/share/bash-completion/bash_completion' same \
		"$(PREPARE='. /usr/share/bash-completion/bash_completion' complete_in bash 'dexec my-' | sort)" \
		$'my-docker\nmy-other'
}

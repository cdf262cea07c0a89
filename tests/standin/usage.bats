#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The command line, the environment and the configuration file: what is said
# of mistakes, and which of them counts.
#
# shellcheck disable=SC2154 # names of helper

load helper

# refused MESSAGE ARGS...: 125, and docker is not called.
refused() {
	local message=$1
	shift
	dexec "$@"
	ended_by 'exit 125'
	out_is ''
	printf "dexec: %s\nTry 'dexec --help' for more information.\n" "$message" |
		cmp -s - err || fail "expected: $message"
	calls_are ''
}

config() {
	mkdir -p "$XDG_CONFIG_HOME/dexec"
	cat >"$XDG_CONFIG_HOME/dexec/config"
}

@test "usage: no container, no command, an empty name" {
	refused 'no container given'
	refused "the container's name is empty" '' true
	refused 'no command to run' box exec
	refused 'no command to run' box exec -i
	refused 'no path of a file given' box file
}

@test "usage: unknown options, with the nearest" {
	refused 'unknown option --disable-steam (did you mean --disable_stream?)' \
		--disable-steam box true
	refused 'unknown option --zzzzzz' --zzzzzz box true
	refused "unknown option -Z in '-Z'" -Z box true
	refused "unknown option -Z in '-itZ'" -itZ box true
	refused 'unknown option --workdri (did you mean --workdir?)' \
		box exec --workdri=/ true
}

@test "usage: values that are none" {
	refused "--timeout: 'soon' is not a time such as 1.5s, 2m or 100ms" \
		--timeout soon box true
	refused '--timeout needs a value' --timeout
	refused '-H needs a value' -H
	refused "--color: 'pink' is not one of auto, always, never" \
		--color pink box true
	refused "--tty: 'maybe' is not true or false" --tty=maybe box true
}

@test "usage: hostile words are shown printable" {
	dexec $'--a\e[31m\n' box true
	ended_by 'exit 125'
	! grep -q $'\e' err || fail "an escape on stderr"
	[ "$(wc -l <err)" = 2 ]
}

@test "usage: hyphen and underscore are one in option names" {
	dexec --disable-stream --disable-spinner --no_reap box true
	ended_by 'exit 0'
	argv_is 1-exec exec box true
}

@test "help: lists every command and option, on stdout" {
	dexec --help
	ended_by 'exit 0'
	err_is ''
	local word
	for word in exec file ls shell --timeout --kill-after --workdir; do
		grep -qE -e "(^| )$word( |$)" out || fail "no $word"
	done
	dexec -h
	ended_by 'exit 0'
}

@test "help: of each command" {
	local command
	for command in exec file ls shell; do
		dexec --help $command
		ended_by 'exit 0'
		grep -q "^Usage: dexec \[OPTIONS\] TARGET $command" out ||
			fail "help $command"
	done
}

@test "help: on the right of the command, it is the command's" {
	dexec box echo --help
	argv_is 1-exec exec -e DEXEC_ID=COOKIE box echo --help
}

@test "help and version: no success when they cannot be written" {
	local option
	for option in --help --version; do
		"$here/run" "$STANDIN/ended" "$dexec" $option >/dev/full 2>err 3>&-
		ended_by 'exit 125'
		err_has 'cannot write standard output: No space left on device'
	done
}

@test "print: no success when it cannot be written" {
	"$here/run" "$STANDIN/ended" "$dexec" --print box true >/dev/full 2>err 3>&-
	ended_by 'exit 125'
}

@test "version: one line with name and number first" {
	dexec --version
	ended_by 'exit 0'
	head -n 1 out | grep -qE '^dexec \([a-z]+\) [0-9.]+' || fail version
}

@test "config: sets defaults, in any spelling, with comments and blanks" {
	config <<-'EOF'
	# a comment

	  host = tcp://from-config
	no_reap=true
	disable-spinner = yes
	EOF
	dexec box true
	argv_is 1-exec --host tcp://from-config exec box true
}

@test "config: below HOME where there is no XDG_CONFIG_HOME" {
	mkdir -p home/.config/dexec
	echo 'no-reap = true' >home/.config/dexec/config
	unset XDG_CONFIG_HOME
	dexec box true
	argv_is 1-exec exec box true
}

@test "config: environment goes before it, an option before both" {
	config <<<'docker = ./from-config'
	mkdir bin
	cp "$here/docker" from-config
	cp "$here/docker" from-environment
	cp "$here/docker" from-option
	(
		unset DEXEC_DOCKER
		dexec -v box true
	)
	err_has './from-config exec'
	DEXEC_DOCKER=./from-environment dexec -v box true
	err_has './from-environment exec'
	DEXEC_DOCKER=./from-environment dexec --docker ./from-option -v box true
	err_has './from-option exec'
}

@test "config: an option can take back what it sets" {
	config <<<'no-reap = true'
	dexec --no-reap=false box true
	argv_is 1-exec exec -e DEXEC_ID=COOKIE box true
}

@test "config: DEXEC_NO_REAP, DEXEC_TIMEOUT and the like" {
	DEXEC_NO_REAP=1 dexec box true
	argv_is 1-exec exec box true
	DEXEC_TIMEOUT=soon dexec box true
	ended_by 'exit 125'
	err_has "DEXEC_TIMEOUT: .*'soon' is not a time"
	DEXEC_TIMEOUT='' dexec box true
	ended_by 'exit 0'
}

# bad_config LINE MESSAGE: with the file's name and the line's number.
bad_config() {
	printf '# first\n\n%b\n' "$1" | config
	dexec box true
	ended_by 'exit 125'
	err_is "dexec: $XDG_CONFIG_HOME/dexec/config:3: $2\n"
	calls_are ''
}

@test "config: a bad line is 125 with file and line" {
	bad_config 'nonsense' "'nonsense' is not name = value"
	bad_config 'nosuch = 1' "'nosuch = 1' sets nothing that dexec knows"
	bad_config 'timeout = soon' \
		"--timeout: 'soon' is not a time such as 1.5s, 2m or 100ms"
	bad_config 'help = true' "'help = true' sets nothing that dexec knows"
	bad_config 'a\0033[31m' "'a\\\\033[31m' is not name = value"
}

@test "config: none is fine, one that cannot be read is not" {
	dexec box true
	ended_by 'exit 0'
	rm -rf calls/*
	mkdir -p config/dexec/config
	dexec box true
	ended_by 'exit 125'
	err_has 'cannot read .*/dexec/config: Is a directory'
	calls_are ''
}

@test "selectors: only engines that are meant are asked" {
	dexec '@context:lab/web-*' true
	ended_by 'exit 125'
	calls_are 1-ps
	tr '\0' '\n' <calls/1-ps/argv | grep -qx -e --context
}

@test "selectors: a swarm service with no tasks is nothing to run on" {
	dexec @swarm:idle true
	ended_by 'exit 125'
	err_is "dexec: '@swarm:idle': the service has no tasks\n"
	dexec @swarm:idle
	ended_by 'exit 125'
}

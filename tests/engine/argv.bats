#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Nothing is a shell string, on a real engine: words arrive as they were given, whatever is in them; and one docker
# process does it, with words that a person would have typed.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	container BB dexec-busybox:1
	container DEB dexec-debian:1
	container SCR dexec-scratch:1
}

teardown_file() {
	remove_containers
}

# A docker that notes each of its calls and is the real one then: the words end with NUL, the calls with a newline.
setup() {
	scratch
	cat >docker-that-notes <<-END
		#!/bin/sh
		{ printf '%s\\0' "\$@" && echo; } >>'$T/calls'
		exec '$(command -v docker)' "\$@"
	END
	chmod +x docker-that-notes
}

teardown() {
	end_started
}

# noted COMMAND...: dexec with that docker
noted() {
	rm -f calls
	DEXEC_DOCKER=$T/docker-that-notes go dexec "$@"
}

# called WORDS...: it was called once, with these words; the cookie's digits are shown as X.
called() {
	{ printf '%s\0' "$@" && echo; } >expected
	LC_ALL=C sed 's/DEXEC_ID=[0-9a-f]\{32\}/DEXEC_ID=X/' calls | cmp - expected || fail "docker was called: $(cat -A calls)"
}

# arrives CONTAINER WORDS...: a shell in the container tells its own arguments.
arrives() {
	local container=$1
	shift
	go dexec "$container" sh -c 'cat /proc/$$/cmdline; :' sh "$@"
	ends "exit 0"
	printf '%s\0' sh -c 'cat /proc/$$/cmdline; :' sh "$@" | cmp - "$out"
}

HOSTILE=($'two\nlines' $'\n' "it's" '"' '\' '\\' '$HOME' '$(touch /tmp/owned)' '`touch /tmp/owned`' '; touch /tmp/owned' '&'
	'|' '>' '*' '?' '[a-z]*' '{a,b}' '~' '!!' '#' '%s%n' '' ' ' $'\t' ' leading and trailing ' '-' '--' '-x' '--help'
	'--timeout=1' '=' 'a=b' $'\e[31m' $'\x01\x7f' 'ä€😀' '{{.ID}}')

@test "hostile words arrive as they are" {
	arrives "$BB" "${HOSTILE[@]}"
	arrives "$DEB" "${HOSTILE[@]}"
	run ! docker exec "$BB" test -e /tmp/owned
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "hostile words arrive as they are: each alone, and first" {
	for word in "${HOSTILE[@]}"; do
		go dexec "$SCR" /probe args "$word"
		says "$word"
	done
}

@test "a word of 100 KiB, and a thousand words" {
	arrives "$BB" "$(head -c 102400 /dev/zero | tr '\0' w)"
	mapfile -t words < <(seq 1000)
	arrives "$DEB" "${words[@]}"
}

@test "no word at all, and empty ones" {
	arrives "$BB"
	arrives "$BB" ''
	arrives "$BB" '' '' ''
}

# cold: docker puts them into JSON, which alters them; a connection carries them as they are.
# bats test_tags=cold
@test "invalid UTF-8: docker gets it byte for byte, and what it makes of it is what docker exec makes of it" {
	noted "$BB" echo $'\xff\xfe' $'caf\xe9' $'\xc3'
	ends "exit 0"
	called exec -e DEXEC_ID=X "$BB" echo $'\xff\xfe' $'caf\xe9' $'\xc3'
	docker exec "$BB" echo $'\xff\xfe' $'caf\xe9' $'\xc3' | cmp - "$out"
}

@test "hostile values of variables, and directories of hostile names" {
	for word in $'two\nlines' "it's" '$HOME' '' ' ' '*' 'a=b' '-x' 'ä€😀'; do
		go dexec "$BB" exec -e "WORD=$word" sh -c 'printf "%s\n" "$WORD"'
		says "$word"
	done
	for word in $'two\nlines' "it's" '$HOME' ' ' '*' '-x'; do
		docker exec "$BB" mkdir -p "/tmp/dirs/$word"
		go dexec "$BB" exec -w "/tmp/dirs/$word" pwd
		says "/tmp/dirs/$word"
	done
}

# cold: the words that are a few too many are those that docker has in addition.
# bats test_tags=cold
@test "as many words as the system takes, and a few more: 126, and says so" {
	/usr/bin/python3 - "$DEXEC" "$BB" "$PWD/err" <<-'END'
	import errno, os, subprocess, sys
	def call(n):
	    words = ['x' * 1000] * (n // 1000) + ['y' * (n % 1000)]
	    with open(sys.argv[3], 'wb') as err:
	        return subprocess.run([sys.argv[1], sys.argv[2], 'true', *words], stdout=subprocess.PIPE, stderr=err)
	def fits(n):
	    try:
	        return call(n)
	    except OSError as error:
	        assert error.errno == errno.E2BIG
	low, high = 1000, 64 << 20
	while high - low > 1:
	    middle = (low + high) // 2
	    low, high = (middle, high) if fits(middle) else (low, middle)
	result = fits(low)
	# A wrapper around a program that is instrumented fails in its place, with the same status.
	assert result.returncode == 126 and result.stdout == b'', result
	END
	err=$PWD/err
	if [ -z "$SLOW" ]; then complains "too long"; fi
}

# ---- whose word is it?

@test "what stands behind the first word of the command is the command's" {
	go dexec "$BB" echo --timeout 1 -v --help --version -it -- x
	says "--timeout 1 -v --help --version -it -- x"
	go dexec "$BB" exec echo -e 'a\tb'
	says $'a\tb'
	go dexec "$BB" echo exec ls file shell
	says "exec ls file shell"
	go dexec "$BB" exec echo exec -u nobody
	says "exec -u nobody"
}

@test "one -- before the container, or right behind exec, is dropped" {
	go dexec -- "$BB" echo one
	says one
	go dexec "$BB" exec -- echo -- two
	says "-- two"
	go dexec -- "$BB" exec -u 1000 -- id -u
	says 1000
	go dexec "$BB" exec -- -- three
	refuses 127 '"--"'
}

@test "a command that looks like an option is looked for" {
	go dexec "$BB" exec -- -x
	refuses 127 '"-x"'
	go dexec "$BB" exec -- --help
	refuses 127 '"--help"'
}

@test "an empty command is none that could be found" {
	go dexec "$BB" ''
	case $ended in "exit 126" | "exit 127") ;; *) fail "126 or 127" ;; esac
	silent_stdout
	complains
}

# ---- one docker process

# cold: these count the calls of docker, and look at their words.
# bats test_tags=cold
@test "one docker process, with the words that a person would type, and the cookie" {
	noted "$BB" true
	called exec -e DEXEC_ID=X "$BB" true
	noted "$BB" exec -u 1000 -w /tmp -e A=1 -i sh -c 'exit 3'
	ends "exit 3"
	called exec -i -u 1000 -w /tmp -e A=1 -e DEXEC_ID=X "$BB" sh -c 'exit 3'
	noted "$BB" ls /
	called exec -e DEXEC_ID=X "$BB" ls /
}

# bats test_tags=cold
@test "one docker process: with output, without success, buffered, from a shell, detached" {
	noted "$BB" sh -c 'seq 100000; echo >&2; exit 1'
	ends "exit 1"
	[ "$(wc -l <calls)" = 1 ]
	for status in 1 2 99 126 127 130; do
		noted "$BB" sh -c "exit $status"
		[ "$(wc -l <calls)" = 1 ]
	done
	noted --disable_stream "$BB" cat /etc/passwd
	[ "$(wc -l <calls)" = 1 ]
	noted "$BB" shell -c true
	[ "$(grep -ac '^exec' calls)" = 1 ]
	noted "$BB" exec -d true
	[ "$(wc -l <calls)" = 1 ]
	noted "$BB" nosuch
	[ "$(grep -ac '^exec.*nosuch' calls)" = 1 ]
}

@test "the cookie is in the environment, a new one each time" {
	go dexec "$BB" sh -c 'echo $DEXEC_ID'
	grep -Eqx '[0-9a-f]{32}' "$out"
	first=$(<"$out")
	go dexec "$BB" sh -c 'echo $DEXEC_ID'
	[ "$(<"$out")" != "$first" ]
}

@test "--no-reap: the words are docker's alone, and the environment is the container's" {
	noted --no-reap "$BB" true
	called exec "$BB" true
	go dexec --no-reap "$BB" env
	run ! grep -q DEXEC "$out"
	docker exec "$BB" env | cmp - "$out"
}

# cold: a keeper has calls of its own.
# bats test_tags=cold
@test "host and context stand in front, for each call" {
	engine=$DOCKER_HOST
	noted -H "$engine" "$BB" true
	called --host "$engine" exec -e DEXEC_ID=X "$BB" true
	noted -H "$engine" "${BB}x" true
	ends "exit 125"
	run ! grep -avq '^--host' calls
}

@test "--print: what a shell makes of it is the same call, and nothing is run" {
	"$DEXEC" --print "$BB" sh -c 'cat /proc/$$/cmdline; :' sh "${HOSTILE[@]}" >call
	bash call >seen
	printf '%s\0' sh -c 'cat /proc/$$/cmdline; :' sh "${HOSTILE[@]}" | cmp - seen
	noted --print "$BB" true
	ends "exit 0"
	[ ! -e calls ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What people have always done with it, on a real engine: the examples of the tool that dexec succeeds, word for word,
# and the uses of docker-py's exec_run.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	container_named my-container dexec-busybox:1
	container DEB dexec-debian:1
	# No test reaches the network: this says what it was asked for.
	docker exec -i my-container sh -c 'cat >/bin/curl && chmod 755 /bin/curl' <<-'END'
		#!/bin/sh
		printf 'curl'
		printf ' [%s]' "$@"
		echo
	END
	docker exec my-container sh -c 'mkdir /test && cd /test && echo text >test.txt && printf "one\ntwo\n" >lines'
}

teardown_file() {
	remove_containers
}

# The examples say `dexec`.
setup() {
	scratch
	mkdir bin
	ln -s "$DEXEC" bin/dexec
	PATH=$T/bin:$PATH
	unset -f dexec
}

teardown() {
	end_started
}

@test "example: echo without the word exec" {
	dexec my-container echo "Hello World!" >out
	[ "$(<out)" = "Hello World!" ]
}

@test "example: exec curl, continued on a second line" {
	dexec my-container exec curl \
		https://www.google.com >out
	[ "$(<out)" = "curl [https://www.google.com]" ]
}

@test "example: ls /etc" {
	dexec my-container ls /etc >out
	docker exec my-container ls /etc | cmp - out
	grep -qx udhcpd.conf out
}

@test "example: file /etc/resolv.conf /etc/udhcpd.conf" {
	dexec my-container file /etc/resolv.conf /etc/udhcpd.conf >out
	docker exec my-container cat /etc/resolv.conf /etc/udhcpd.conf | cmp - out
	[ -s out ]
}

@test "example: exec date > container_date.txt" {
	dexec my-container exec date > container_date.txt
	[ "$(wc -l <container_date.txt)" = 1 ]
	grep -Eq '[0-9]{2}:[0-9]{2}:[0-9]{2}' container_date.txt
}

@test "exec_run: ls with a terminal, in columns and with line ends of a terminal; ls -l without" {
	go dexec my-container exec -t ls /test
	ends "exit 0"
	grep -q $'\r$' "$out"
	grep -q 'lines.*test\.txt' "$out"
	go dexec my-container exec ls -l /test
	ends "exit 0"
	[ "$(grep -c 'root .* root' "$out")" = 2 ]
	run ! grep -q $'\r' "$out"
}

@test "exec_run: user, working directory, several variables" {
	go dexec my-container exec -u 1000:1000 -w /tmp -e A=1 --env 'B=two words' -e C= \
		sh -c 'echo "$(id -u) $(id -g) $PWD [$A] [$B] [${C-unset}]"'
	ends "exit 0"
	says "1000 1000 /tmp [1] [two words] []"
}

@test "exec_run: options may also stand before the container" {
	go dexec -u user -w /tmp -eA=1 my-container sh -c 'echo "$(id -un) $PWD $A"'
	says "user /tmp 1"
}

@test "exec_run: a variable named only comes from our environment, files of variables are read" {
	printf 'F=from file\n# no variable\n' >vars
	OURS='our own' go dexec my-container exec -e OURS --env-file vars sh -c 'echo "$OURS, $F"'
	says "our own, from file"
}

@test "exec_run: each line appears when it is printed" {
	docker exec my-container mkfifo /tmp/go-on
	start lines dexec my-container exec sh -c 'for i in 1 2 3; do echo "line $i"; cat /tmp/go-on; done'
	for i in 1 2 3; do
		until_text lines.out "line $i"
		[ "$(wc -l <lines.out)" = "$i" ]
		docker exec my-container sh -c ': >/tmp/go-on'
	done
	finish lines
	ends "exit 0"
}

@test "exec_run: cd as a command: there is no such program, in one line" {
	go dexec my-container exec cd /test
	refuses 127 '"?cd"?.*not found'
}

@test "exec_run: what is quoted arrives as it was typed" {
	go dexec "$DEB" exec mkdir /test
	go dexec "$DEB" exec cp /etc/passwd /test/test.txt
	go dexec "$DEB" exec /bin/bash -c 'cd /test; ls; cp test.txt test-2.txt; ls;'
	ends "exit 0"
	says $'test.txt\ntest-2.txt\ntest.txt'
	silent_stderr
}

@test "exec_run: a dialogue with a shell over two pipes, both ends open" {
	local answer status=0
	coproc SHELL_ { exec "$DEXEC" "$DEB" exec -i /bin/bash 3>&-; }
	# shellcheck disable=SC2153 # made by coproc
	local process=$SHELL__PID
	exec 8<&"${SHELL_[0]}" 9>&"${SHELL_[1]}"
	eval "exec ${SHELL_[0]}<&- ${SHELL_[1]}>&-"
	for i in 1 2 3; do
		echo "echo answer \$(($i * 111))" >&9
		read -r -t "$LIMIT" answer <&8
		[ "$answer" = "answer $((i * 111))" ]
	done
	echo 'exit 5' >&9
	wait "$process" || status=$?
	exec 8<&- 9>&-
	[ "$status" = 5 ]
}

@test "exec_run: the dialogue ends when we close our end" {
	coproc SHELL_ { exec "$DEXEC" "$DEB" exec -i /bin/bash 3>&-; }
	local process=$SHELL__PID answer status=0
	exec 8<&"${SHELL_[0]}" 9>&"${SHELL_[1]}"
	eval "exec ${SHELL_[0]}<&- ${SHELL_[1]}>&-"
	echo 'trap "echo bye" EXIT; echo hello' >&9
	read -r -t "$LIMIT" answer <&8
	[ "$answer" = hello ]
	exec 9>&-
	read -r -t "$LIMIT" answer <&8
	[ "$answer" = bye ]
	wait "$process" || status=$?
	[ "$status" = 0 ]
}

@test "exec_run: a dialogue over a socket pair" {
	/usr/bin/python3 - "$DEXEC" "$DEB" <<-'END'
	import socket, subprocess, sys
	ours, theirs = socket.socketpair()
	ours.settimeout(20)
	child = subprocess.Popen([sys.argv[1], sys.argv[2], 'exec', '-i', '/bin/bash'], stdin=theirs, stdout=theirs)
	theirs.close()
	for question, answer in ((b'echo $((6*7))\n', b'42\n'), (b'[ -t 0 ] || echo no tty\n', b'no tty\n')):
	    ours.sendall(question)
	    heard = b''
	    while heard != answer:
	        part = ours.recv(4096)
	        assert part and answer.startswith(heard + part), heard + part
	        heard += part
	ours.sendall(b'exit 6\n')
	assert ours.recv(4096) == b''
	assert child.wait(20) == 6, child.returncode
	END
}

@test "exec_run: a dialogue over a terminal" {
	/usr/bin/python3 - "$DEXEC" "$DEB" <<-'END'
	import os, pty, sys
	child, terminal = pty.fork()
	if child == 0:
	    os.execv(sys.argv[1], [sys.argv[1], sys.argv[2], 'exec', '-it', '/bin/bash'])
	for question, answer in ((b'echo $((6*7))\r', b'42\r\n'), (b'[ -t 0 ] && echo a t""ty\r', b'a tty\r\n')):
	    os.write(terminal, question)
	    heard = b''
	    while answer not in heard:
	        heard += os.read(terminal, 4096)
	os.write(terminal, b'exit 6\r')
	try:
	    while os.read(terminal, 4096):
	        pass
	except OSError:
	    pass
	status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
	assert status == 6, status
	END
}

@test "exec_run: a terminal is asked for where there is none: a note, and it goes on without" {
	go dexec "$DEB" exec -it /bin/bash <<<'[ -t 0 ] || echo no tty; exit 6'
	ends "exit 6"
	says "no tty"
	complains
}

@test "by hand: the prefix of a container's ID" {
	id=$(docker inspect --format '{{.Id}}' my-container)
	go dexec "${id:0:5}" exec echo found
	ends "exit 0"
	says found
}

@test "by hand: shell without a terminal reads commands" {
	go dexec my-container shell <<<'echo "$0 says $((6 * 7))"; exit 4'
	ends "exit 4"
	grep -q ' says 42$' "$out"
	go dexec "$DEB" shell <<<'echo "${BASH_VERSION:+bash}"'
	says bash
}

@test "by hand: files made inside are seen, the container goes on when a shell ends" {
	go dexec my-container shell <<<'echo made >/tmp/inside; exit'
	go dexec my-container file /tmp/inside
	says made
	[ "$(docker inspect --format '{{.State.Running}}' my-container)" = true ]
}

@test "detached: the command runs on after us" {
	docker exec my-container mkfifo /tmp/detached
	go dexec my-container exec -d sh -c 'echo it ran >/tmp/detached'
	ends "exit 0"
	silent_stderr
	[ "$(timeout "$LIMIT" docker exec my-container cat /tmp/detached)" = "it ran" ]
}

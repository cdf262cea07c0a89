#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The docker process that dexec starts: its words, descriptors and group.
#
# Dollars are for a shell in the container, names are the helper's:
# shellcheck disable=SC2016,SC2154,SC1003

load helper

@test "argv: a plain command is one docker exec, with a cookie" {
	dexec box echo 'Hello World!'
	ended_by 'exit 0'
	calls_are 1-exec
	argv_is 1-exec exec -e DEXEC_ID=COOKIE box echo 'Hello World!'
}

@test "argv: the word exec, and one -- behind it, are dropped" {
	dexec box exec -- ls -- -l
	argv_is 1-exec exec -e DEXEC_ID=COOKIE box ls -- -l
}

@test "argv: one -- before TARGET is dropped" {
	dexec -- box ls -- -x
	argv_is 1-exec exec -e DEXEC_ID=COOKIE box ls -- -x
}

@test "argv: --no-reap leaves nothing but what was asked for" {
	dexec --no-reap box true
	argv_is 1-exec exec box true
}

@test "argv: every option of docker exec, before TARGET" {
	dexec -i --privileged --detach-keys ctrl-a -u 1:2 -w /tmp \
		--env-file f -e A=1 -e B box true </dev/null
	argv_is 1-exec exec -i --privileged --detach-keys ctrl-a -u 1:2 \
		-w /tmp --env-file f -e A=1 -e B -e DEXEC_ID=COOKIE box true
}

@test "argv: every option of docker exec, behind exec" {
	dexec box exec --interactive=true -u root --workdir=/ --env=A= \
		--env-file=f --detach-keys=x --privileged=1 true </dev/null
	argv_is 1-exec exec -i --privileged --detach-keys x -u root -w / \
		--env-file f -e A= -e DEXEC_ID=COOKIE box true
}

@test "argv: options on both sides add up, the later one wins" {
	dexec -u a -e A=1 box exec -u b -e B=2 true
	argv_is 1-exec exec -u b -e A=1 -e B=2 -e DEXEC_ID=COOKIE box true
}

@test "argv: combined letters, and values Go would read as false" {
	dexec -ieX=1 -uroot box exec -i=false --privileged=F true
	argv_is 1-exec exec -u root -e X=1 -e DEXEC_ID=COOKIE box true
}

@test "argv: -t alone, with no terminal anywhere, is passed on" {
	dexec -t box true
	argv_is 1-exec exec -t -e DEXEC_ID=COOKIE box true
}

@test "argv: a detached command is not marked" {
	dexec -d box sleep 9
	argv_is 1-exec exec -d box sleep 9
}

@test "argv: -H, -c and --docker" {
	cp "$here/docker" 'other docker'
	dexec -H tcp://h:1 -c ctx --docker './other docker' box true
	argv_is 1-exec --host tcp://h:1 --context ctx exec \
		-e DEXEC_ID=COOKIE box true
}

@test "argv: hostile words reach docker byte for byte" {
	local words=('' ' ' -x '$(id)' '`id`' "'\"" $'a\nb' $'\e[31m' $'\xff\xfe' '*')
	dexec --no-reap box "x" "${words[@]}"
	argv_is 1-exec exec box x "${words[@]}"
}

@test "argv: a word of 100,000 bytes reaches docker" {
	local long
	long=$(head -c 100000 /dev/zero | tr '\0' x)
	dexec --no-reap box echo "$long"
	argv_is 1-exec exec box echo "$long"
}

@test "argv: words too long for the system are 126, and docker is not run" {
	mkdir config/dexec
	printf 'host = %0200000d\n' 1 >config/dexec/config
	dexec box true
	calls_are ''
	# valgrind cannot stand an execve that fails
	under_valgrind || ended_by 'exit 126'
	under_valgrind || err_has 'Argument list too long'
}

@test "argv: a target like an option is no option of docker's" {
	dexec --no-reap -- -it true
	argv_is 1-exec exec -- -it true
}

@test "argv: file is cat, with paths that cannot be options" {
	dexec --no-reap box file /a '-b' 'c d'
	argv_is 1-exec exec box cat -- /a -b 'c d'
}

@test "argv: ls passes all it is given" {
	dexec --no-reap box ls -la --color=auto 'a b' -- -c
	argv_is 1-exec exec box ls -la --color=auto 'a b' -- -c
}

@test "argv: ls needs no path" {
	dexec --no-reap box ls
	argv_is 1-exec exec box ls
}

@test "argv: shell is one exec of sh, without -t where there is no terminal" {
	dexec --no-reap box shell -c 'echo $0' </dev/null
	calls_are 1-exec
	words 1-exec >got
	[ "$(head -n 5 got)" = $'exec\n-i\nbox\nsh\n-c' ] || fail "$(<got)"
	[ "$(tail -n 3 got)" = $'sh\n-c\necho\\ \\$0' ] || fail "$(<got)"
}

@test "argv: the cookie is another one each time" {
	dexec box true
	dexec box true
	! cmp -s calls/1-exec/argv calls/2-exec/argv || fail "the same"
}

@test "output: stdout and stderr each keep their bytes" {
	orders exec <<-'EOF'
	out("\x00\xffo1\r\n"); err("e1\n"); out("o2"); err("\x80e2"); end(7)
	EOF
	dexec box x
	ended_by 'exit 7'
	out_is '\0\0377o1\r\no2'
	err_is 'e1\n\0200e2'
}

@test "output: --disable_stream prints at the end, each stream its own" {
	orders exec <<-'EOF'
	out("o1\n"); drain(); err("e1\n"); drain(); mark("said"); wait("go")
	out("o2\n"); end(3)
	EOF
	start --disable_stream box x
	await said
	[ ! -s out ] && [ ! -s err ] || fail "printed before the end"
	touch go
	finish
	ended_by 'exit 3'
	out_is 'o1\no2\n'
	err_is 'e1\n'
}

@test "output: a docker that moves megabytes preempts nobody (SCHED_BATCH), any other may" {
	orders exec <<-'EOF'
	policy = lambda: "%d\n" % os.sched_getscheduler(0)
	out("x" * 2**21); mark("before", policy())
	out("x" * 2**23); mark("after", policy())
	EOF
	dexec box x
	[ "$(cat before after)" = "$(printf '0\n3')" ] || fail "policies: $(cat before after)"
}

@test "output: arrives while docker still runs" {
	orders exec <<-'EOF'
	out("now\n"); wait("go"); out("later\n")
	EOF
	start box x
	await_text out
	out_is 'now\n'
	touch go
	finish
	out_is 'now\nlater\n'
}

@test "output: docker closing stdout early does not end stderr" {
	orders exec <<-'EOF'
	out("o\n"); os.close(1); until(lambda: unread(2) == 0)
	err("e\n"); end(4)
	EOF
	dexec box x
	ended_by 'exit 4'
	out_is 'o\n'
	err_is 'e\n'
}

@test "stdin: not attached without -i" {
	orders exec <<<'keep_stdin()'
	echo kept | { dexec box cat; cat >rest; }
	file_is stdin ''
	file_is rest 'kept\n'
	[ "$(about 1-exec 'fd 0')" = /dev/null ]
}

@test "stdin: with -i it is the caller's own, not a copy" {
	orders exec <<<'keep_stdin()'
	printf 'in\0put' >input
	dexec -i box cat <input
	file_is stdin 'in\0put'
	[ "$(about 1-exec 'fd 0')" = "$PWD/input" ]
}

@test "descriptors: docker has 0, 1, 2 and no other" {
	dexec -i box true </dev/null
	has_descriptors 1-exec 3
}

@test "descriptors: one that the caller has opened is passed on" {
	echo text >given
	dexec box true 5<given
	[ "$(about 1-exec 'fd 5')" = "$PWD/given" ]
	has_descriptors 1-exec 4
}

@test "descriptors: --env-file /dev/fd/N works" {
	orders exec <<<'out(open(sys.argv[sys.argv.index("--env-file") + 1]).read())'
	echo A=1 >variables
	dexec --env-file /dev/fd/5 box env 5<variables
	out_is 'A=1\n'
}

@test "descriptors: the same when started with all three closed" {
	"$here/run" "$STANDIN/ended" "$dexec" box true <&- >&- 2>&- 3>&-
	calls_are 1-exec
	has_descriptors 1-exec 3
}

@test "environment: docker collects no garbage" {
	dexec box true
	[ "$(about 1-exec collector)" = "off 64MiB" ]
}

@test "environment: what the user has set stays, and what he hands on" {
	GOGC=50 dexec box true
	[ "$(about 1-exec collector)" = "50 None" ]
	dexec -e GOMEMLIMIT box true
	[ "$(about 2-exec collector)" = "None None" ]
	echo A=1 >variables
	dexec --env-file variables box true
	[ "$(about 3-exec collector)" = "None None" ]
}

@test "group: docker has a process group of its own" {
	dexec box true
	[ "$(about 1-exec group)" = "$(about 1-exec pid)" ]
}

@test "signals: docker starts with none blocked and none ignored" {
	printf '#!/bin/sh\nexec grep ^Sig /proc/self/status\n' >signals
	chmod +x signals
	dexec -i --docker ./signals box true </dev/null
	grep -q '^SigBlk:.*0000000000000000$' out || fail blocked
	# Signals 32 and 33 belong to the C library.
	[ $((0x$(sed -n 's/^SigIgn:.//p' out) & 0x7fffffff)) = 0 ] ||
		fail ignored
}

@test "print: shows the command, runs nothing" {
	dexec --print box echo a
	ended_by 'exit 0'
	calls_are ''
	sed -i -E "s/=$cookie /=COOKIE /" out
	out_is "$here/docker exec -e DEXEC_ID=COOKIE box echo a\n"
}

@test "print: a shell reads it back as the same words" {
	local words=('' ' ' "it's" '"' '\' '$HOME' '`x`' '!' '~' '#' '*' '&;|<>'
		$'a\nb' $'\t' $'\e[0m' $'\xff' '=' '{a,b}')
	dexec --print --no-reap -w "/a b'c" box "${words[@]}"
	sh out
	argv_is 1-exec exec -w "/a b'c" box "${words[@]}"
}

@test "verbose: tells the docker command, quoted, on stderr" {
	dexec -v --no-reap box echo 'a b'
	err_has "^dexec: .*docker exec box echo 'a b'\$"
	out_is ''
}

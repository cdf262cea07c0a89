#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Signals, timeouts and closed pipes: which sweeps are made, how they are
# repeated and raised, and what dexec's own end then is.
#
# shellcheck disable=SC2154 # names of helper

load helper

# The command is up, and lives until the file "release" is there.
running() {
	orders exec <<-EOF
	mark('up'); wait('release'); end($1)
	EOF
}

# sweep_is N-sweep SIGNAL MODE [WORD...]: the words behind the script, with the
# cookie that the command has got.
sweep_is() {
	local call=$1 mark got
	shift
	mark=$(words 1-exec | sed -n 's/^DEXEC_ID=//p')
	[ ${#mark} = 32 ] || fail "no cookie"
	got=$(words "$call" | sed '1,/^dexec-sweep$/d' | tr '\n' ' ')
	[ "$got" = "$mark $* " ] || fail "sweep $call: $got"
}

# signal NAME: to dexec.
signal() {
	kill -s "$1" "$pid"
}

@test "signal: the command's tree gets it, and we end by it" {
	running 143
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	start box sleep 9
	await up
	signal TERM
	finish
	ended_by 'signal TERM'
	sweep_is 2-sweep TERM follow
	err_is ''
}

@test "signal: the sweep runs as the command's user, in its container" {
	running 130
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	start -u 5:6 -w /tmp -e A=1 --privileged -i box sleep 9 </dev/null
	await up
	signal INT
	finish
	ended_by 'signal INT'
	[ "$(words 2-sweep | head -n 6 | tr '\n' ' ')" = 'exec -u 5:6 box sh -c ' ]
	sweep_is 2-sweep INT follow
}

@test "signal: another user's sweep is followed by one as root, who knows its findings" {
	running 130
	orders sweep.1 <<<"swept(uid=5, hit=2, left=2, main=1, words=' -7.70 +8.80')"
	orders sweep.2 <<<"mark('release'); swept(hit=1)"
	start -u 5 box sleep 9
	await up
	signal INT
	finish
	ended_by 'signal INT'
	[ "$(words 3-sweep | head -n 6 | tr '\n' ' ')" = 'exec -u 0 box sh -c ' ]
	sweep_is 3-sweep INT signal -7.70 +8.80
}

@test "signal: HUP" {
	running 129
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	start box sleep 9
	await up
	signal HUP
	finish
	ended_by 'signal HUP'
	sweep_is 2-sweep HUP follow
}

@test "signal: a command that ends with a status of its own keeps it" {
	running 7
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	start box trap
	await up
	signal TERM
	finish
	ended_by 'exit 7'
}

@test "signal: what is left of the tree is ended before we end" {
	running 143
	orders sweep.1 <<<"mark('release'); swept(hit=3, left=2)"
	orders sweep.2 <<<"mark('finished'); swept(hit=2)"
	start box sleep 9
	await up
	signal TERM
	finish
	[ -e finished ]
	sweep_is 3-sweep TERM finish
}

# has_gone N-exec: that docker process is no more.
has_gone() {
	local key client
	read -r key client <"$STANDIN/calls/$1/about"
	[ "$key" = pid ] && ! is_standin "$client"
}

@test "signal: a sweep that outlives docker and leaves nothing is the last" {
	running 143
	orders sweep.1 <<<"mark('release'); wait('gone'); swept(hit=3)"
	start box sleep 9
	await up
	signal TERM
	until_true "docker still there" has_gone 1-exec
	touch gone
	finish
	ended_by 'signal TERM'
	calls_are '1-exec 2-sweep'
}

@test "signal: relaying goes on" {
	orders exec <<-'EOF'
	out('a\n'); mark('up'); wait('release'); out('b\n'); err('c\n'); end(143)
	EOF
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	start box x
	await up
	signal TERM
	finish
	out_is 'a\nb\n'
	err_is 'c\n'
}

@test "signal: docker itself is not signalled, its group is its own" {
	orders exec <<-'EOF'
	for name in ('SIGINT', 'SIGTERM', 'SIGHUP'):
	    signal.signal(getattr(signal, name), lambda *_: mark('hit'))
	mark('up'); wait('release'); end(143)
	EOF
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	start box x
	await up
	signal TERM
	finish
	[ ! -e hit ] || fail "docker was signalled"
}

@test "retry: a command that is not there yet is looked for again" {
	running 143
	orders sweep.1 <<<"swept(hit=0)"
	orders sweep.2 <<<"swept(hit=0)"
	orders sweep.3 <<<"mark('release'); swept(hit=1)"
	start box sleep 9
	await up
	signal TERM
	finish
	ended_by 'signal TERM'
	sweep_is 4-sweep TERM follow
}

@test "raise: the second signal is TERM, the third is KILL" {
	running 137
	orders sweep <<<"swept(hit=1, left=1, main=1)"
	orders sweep.3 <<<"mark('release'); swept(hit=1)"
	start box stubborn
	await up
	signal INT
	await_call 2-sweep
	signal INT
	await_call 3-sweep
	signal INT
	finish
	ended_by 'signal KILL'
	sweep_is 2-sweep INT follow
	sweep_is 3-sweep TERM follow
	sweep_is 4-sweep KILL follow
}

@test "raise: --kill-after makes it KILL by itself" {
	running 137
	orders sweep.1 <<<"swept(hit=1, left=1, main=1)"
	orders sweep.2 <<<"mark('release'); swept(hit=1)"
	start --kill-after 200ms box stubborn
	await up
	signal TERM
	finish
	ended_by 'signal KILL'
	sweep_is 3-sweep KILL follow
}

@test "raise: --kill-after 0 never does" {
	running 9
	orders sweep.1 <<<"swept(hit=1, left=1, main=1)"
	orders sweep.2 <<<"swept(hit=1, left=1, main=1)"
	start --kill-after 0 box stubborn
	await up
	signal TERM
	await_call 2-sweep
	signal TERM
	await_call 3-sweep
	touch release
	finish
	ended_by 'exit 9'
	sweep_is 3-sweep TERM follow
}

# trouble MESSAGE: 125 with it, and docker is dead.
trouble() {
	ended_by 'exit 125'
	err_has "^dexec: box: cannot end the command: $1\$"
	! is_standin "$(about 1-exec pid)" || fail "docker lives"
}

@test "trouble: the container is paused" {
	running 0
	orders sweep <<<"err('Error response from daemon: Container box is paused, unpause the container before exec\n'); end(1)"
	start box sleep 9
	await up
	signal TERM
	finish
	trouble 'the container is paused'
}

@test "trouble: no shell in the image (engine 20 and 28)" {
	local status
	for status in 126 127; do
		rm -rf calls/* up
		running 0
		orders sweep <<<"out('''${oci}exec: \"sh\": executable file not found in \$PATH: unknown\r\n'''); end($status)"
		start box sleep 9
		await up
		signal TERM
		finish
		trouble 'there is no shell in the container'
		err_has 'has no shell to end the command with'
	done
}

@test "trouble: sweeps fail, three times" {
	running 0
	orders sweep <<<"err('boom\n'); end(1)"
	start box sleep 9
	await up
	signal TERM
	finish
	trouble 'docker cannot reach it'
	calls_are '1-exec 2-sweep 3-sweep 4-sweep'
}

@test "trouble: a sweep that fails once is made again" {
	running 143
	orders sweep.1 <<<"err('boom\n'); end(1)"
	orders sweep.2 <<<"mark('release'); swept(hit=1)"
	start box sleep 9
	await up
	signal TERM
	finish
	ended_by 'signal TERM'
}

@test "trouble: a docker that ignores everything is given up" {
	orders exec <<<"ignore('TERM', 'INT', 'HUP'); mark('up'); wait('never')"
	orders sweep <<<"swept(hit=1, left=1, main=1)"
	start --kill-after 100ms box x
	await up
	signal TERM
	finish
	trouble 'it does not end, not even by KILL'
	within 5000
}

@test "trouble: nothing of ours is found in the container" {
	running 0
	orders sweep <<<"swept(hit=0)"
	start --kill-after 100ms box x
	await up
	signal TERM
	finish
	trouble 'it was not found in the container'
	within 5000
}

@test "trouble: the sweep itself never answers" {
	running 0
	orders sweep <<<"wait('never')"
	start --kill-after 100ms box x
	await up
	signal TERM
	finish
	ended_by 'exit 125'
	err_has 'cannot end the command'
	within 5000
}

@test "gone: the container stops while we sweep" {
	running 137
	orders sweep <<<"mark('release'); err('Error response from daemon: Container box is not running\n'); end(1)"
	orders inspect <<<"out('exited 2020-01-01T00:00:00Z 137\n')"
	start box x
	await up
	signal TERM
	finish
	ended_by 'exit 125'
	err_is 'dexec: container box stopped while the command ran\n'
}

@test "no-reap: docker gets the signal, and its lie of success is not ours" {
	orders exec <<-'EOF'
	signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
	mark('up'); wait('never')
	EOF
	start --no-reap box sleep 9
	await up
	signal TERM
	finish
	ended_by 'signal TERM'
	calls_are 1-exec
}

@test "no-reap: a docker that dies by the signal (client 20)" {
	orders exec <<<"mark('up'); wait('never')"
	start --no-reap box sleep 9
	await up
	signal INT
	finish
	ended_by 'signal INT'
	calls_are 1-exec
}

@test "timeout: 124 when TERM is enough" {
	running 143
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	dexec --timeout 100ms box sleep 9
	ended_by 'exit 124'
	sweep_is 2-sweep TERM follow
	err_is 'dexec: box: timed out\n'
}

@test "timeout: 124 too when the command then ends with a status of its own" {
	running 0
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	dexec -q --timeout 100ms box sleep 9
	ended_by 'exit 124'
	err_is ''
}

@test "timeout: 137 when it takes KILL" {
	running 137
	orders sweep.1 <<<"swept(hit=1, left=1, main=1)"
	orders sweep.2 <<<"mark('release'); swept(hit=1)"
	dexec --timeout 100ms --kill-after 100ms box sleep 9
	ended_by 'exit 137'
	sweep_is 3-sweep KILL follow
}

@test "timeout: with --no-reap docker itself is ended" {
	orders exec <<<"wait('never')"
	dexec --no-reap --timeout 1s box sleep 9
	ended_by 'exit 124'
	calls_are 1-exec
	! is_standin "$(about 1-exec pid)" || fail "docker lives"
}

@test "timeout: a command in time is not touched" {
	dexec --timeout 20s box true
	ended_by 'exit 0'
	calls_are 1-exec
}

@test "pipe: a closed reader is PIPE and then TERM for the tree, SIGPIPE for us" {
	orders exec <<-'EOF'
	mark('up')
	while not os.path.exists(HOME + '/release'):
	    out('y\n')
	    time.sleep(0.001)
	end(143)
	EOF
	orders sweep.1 <<<"swept(hit=1, left=1, main=1)"
	orders sweep.2 <<<"mark('release'); swept(hit=1)"
	"$here/run" "$STANDIN/ended" "$dexec" box yes 2>err 3>&- | head -n 1 >out
	out_is 'y\n'
	ended_by 'signal PIPE'
	sweep_is 2-sweep PIPE follow
	sweep_is 3-sweep TERM follow
	err_is ''
}

@test "pipe: noticed in silence too" {
	orders exec <<<"out('y\n'); wait('release'); end(141)"
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	"$here/run" "$STANDIN/ended" "$dexec" box x 2>err 3>&- | head -n 1 >out
	ended_by 'signal PIPE'
}

@test "full disk: 125, one line, and the command is ended" {
	orders exec <<<"out('y\n'); wait('release'); end(143)"
	orders sweep.1 <<<"mark('release'); swept(hit=1)"
	"$here/run" "$STANDIN/ended" "$dexec" box x >/dev/full 2>err 3>&-
	ended_by 'exit 125'
	err_is 'dexec: cannot write standard output: No space left on device\n'
}

@test "full disk: buffered, 125 with the directory" {
	dexec --disable_stream box true
	ended_by 'exit 0'
	# valgrind itself needs a directory for temporary files
	! under_valgrind || return 0
	TMPDIR=$PWD/none dexec --disable_stream box true
	ended_by 'exit 125'
	err_is "dexec: cannot make a temporary file in $PWD/none: No such file or directory\n"
}

@test "kill: when dexec is killed outright, its guard sweeps and ends docker" {
	local docker
	orders exec <<<"mark('up'); wait('never')"
	start box sleep 9
	await up
	docker=$(about 1-exec pid)
	# docker, and behind it the guard
	until_true 'no guard' has_guard
	kill -KILL "$pid"
	await_call 2-sweep
	sweep_is 2-sweep TERM finish
	# valgrind knows no pidfd
	under_valgrind || until_true 'docker lives' not is_standin "$docker"
}

has_guard() {
	read -ra children <"/proc/$pid/task/$pid/children"
	[ ${#children[@]} = 2 ]
}

not() {
	! "$@"
}

@test "stop: a docker that stops itself, with no terminal to lend, can be ended" {
	orders exec <<<"mark('up'); os.kill(os.getpid(), signal.SIGTTIN); wait('never')"
	orders sweep <<<"swept(hit=1, left=1, main=1)"
	start --kill-after 100ms box x
	await up
	signal TERM
	finish
	ended_by 'exit 125'
	within 5000
}

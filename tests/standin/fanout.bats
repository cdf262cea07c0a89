#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Many containers with a docker that does what an engine does not do on demand:
# lists that are garbage or never come, engines that go away, sweeps that
# linger; and which docker calls are made, with which words.
#
# shellcheck disable=SC2154 # names of helper

load helper

# lists NAME...: what docker ps says, of running containers.
lists() {
	local name line=''
	for name; do
		line+="$(id_of "$name") $name image Up+2+hours        \\n"
	done
	orders ps <<<"out('$line')"
}

# id_of NAME: 64 digits that belong to it.
id_of() {
	printf '%s' "$1" | sha256sum | cut -c 1-64
}

# runs_in N NAME: the N-th exec was in NAME.
runs_in() {
	words "$1-exec" | grep -qx "$(id_of "$2")" || fail "$1-exec is not in $2"
}

# execs N: so many were made.
execs() {
	[ "$(calls | tr ' ' '\n' | grep -c -- '-exec$')" = "$1" ] ||
		fail "expected $1 execs"
}

# no_docker_left: not one of the calls lives.
no_docker_left() {
	local call pid
	for call in calls/*; do
		pid=$(about "${call#calls/}" pid)
		! is_standin "$pid" || fail "${call#calls/} is still there"
	done
}

# ---- docker ps

@test "one docker ps, then an exec for each, by ID, with what it is told" {
	lists web-2 web-10
	dexec -j 1 'web-*' exec -u 1 -e A=b cat /x
	ended_by 'exit 0'
	calls_are '1-ps 2-exec 3-exec'
	argv_is 2-exec exec -u 1 -e A=b -e DEXEC_NAME=web-2 -e DEXEC_INDEX=1 \
		-e DEXEC_COUNT=2 -e DEXEC_ID=COOKIE "$(id_of web-2)" cat /x
	argv_is 3-exec exec -u 1 -e A=b -e DEXEC_NAME=web-10 -e DEXEC_INDEX=2 \
		-e DEXEC_COUNT=2 -e DEXEC_ID=COOKIE "$(id_of web-10)" cat /x
	err_is 'dexec: 2 ok\n'
}

@test "names ask for those that are stopped, too; patterns do not" {
	lists a b
	dexec a,b true
	words 1-ps | grep -qx -- --all
	rm -rf calls/*
	dexec '*' true
	run ! grep -qx -- --all <(words 1-ps)
}

@test "--no-reap: no cookie" {
	lists a
	dexec --no-reap a, true
	ended_by 'exit 125'
	dexec --no-reap 'a*' true
	argv_is 2-exec exec -e DEXEC_NAME=a -e DEXEC_INDEX=1 -e DEXEC_COUNT=1 \
		"$(id_of a)" true
}

@test "host and context go with each call" {
	lists a
	dexec -H tcp://nowhere.invalid 'a*' true
	ended_by 'exit 0'
	for call in 1-ps 2-exec; do
		words $call | head -n 2 | tr '\n' ' ' |
			grep -qx -- '--host tcp://nowhere.invalid '
	done
}

@test "docker ps fails: 125, what docker said, and nothing is run" {
	orders ps <<-'EOF'
	err('Cannot connect to the Docker daemon at unix:///x. Is the docker '
	    'daemon running?\n'); end(1)
	EOF
	dexec 'a*' true
	ended_by 'exit 125'
	out_is ''
	err_has '^dexec: a\*: cannot reach the engine: .*Cannot connect'
	calls_are 1-ps
}

@test "docker ps is killed: 125" {
	orders ps <<<"die('KILL')"
	dexec 'a*' true
	ended_by 'exit 125'
	err_has '^dexec: a\*: '
	calls_are 1-ps
}

@test "docker ps prints garbage: 125, and nothing is run" {
	local garbage
	for garbage in 'x\n' '\x00\x01\n' 'a b c\n' "$(id_of a) a i Up\\n" \
		"zz$(id_of a | cut -c 3-) a i Up        \\n"; do
		rm -rf calls/*
		orders ps <<<"out('$garbage')"
		dexec 'a*' true
		ended_by 'exit 125'
		err_has '^dexec: '
		calls_are 1-ps
	done
}

@test "docker ps prints nothing: no container matches" {
	dexec 'a*' true
	ended_by 'exit 125'
	err_is "dexec: no container matches 'a*'\\n"
	calls_are 1-ps
}

@test "docker ps says something on stderr as well: it does not matter" {
	orders ps <<<"err('WARNING: x\\n'); out('$(id_of a) a i Up        \\n')"
	dexec 'a*' true
	ended_by 'exit 0'
	calls_are '1-ps 2-exec'
}

@test "no docker: 125" {
	DEXEC_DOCKER=$PWD/none dexec 'a*' true
	ended_by 'exit 125'
	err_has '^dexec: .*none.*No such file'
}

@test "what no container can be called goes by its ID, and nothing gets at the terminal" {
	orders ps <<<"out('$(id_of a) ../a%1B i%1B%5B31m Up%0A%1B        \n')"
	orders exec <<<"out('there\n')"
	dexec @all true
	ended_by 'exit 0'
	out_is "$(id_of a | head -c 12): there\n"
	dexec @all
	ended_by 'exit 0'
	run ! grep -q $'\x1b' out
	[ "$(wc -l <out)" = 2 ]
	dexec --outdir made @all true
	[ "$(find made -type f | wc -l)" = 2 ]
}

@test "a context that does not answer: a failure of its own, the rest is done" {
	orders ps <<-EOF
	if 'lost' in sys.argv:
	    err('cannot reach lost\\n')
	    end(1)
	out('$(id_of a) a i Up        \\n')
	EOF
	orders exec <<<"out('there\\n')"
	dexec -c here,lost 'a*' true
	ended_by 'exit 125'
	out_is 'here/a: there\n'
	err_has '^dexec: lost: .*cannot reach lost'
	err_has '^dexec: 1 ok, 1 failed: lost \('
	execs 1
}

@test "a context that never answers: there is a deadline, the rest is done" {
	orders ps <<-EOF
	if 'lost' in sys.argv:
	    wait('never')
	out('$(id_of a) a i Up        \\n')
	EOF
	orders exec <<<"out('there\\n')"
	dexec --engine-timeout 3s -c here,lost 'a*' true
	ended_by 'exit 125'
	out_is 'here/a: there\n'
	err_has '^dexec: 1 ok, 1 failed: lost \('
	no_docker_left
}

# ---- what did not start

# away KIND[.N]: the engine does not answer that.
away() {
	orders "$1" <<-'EOF'
	err('Cannot connect to the Docker daemon at unix:///x. Is the docker '
	    'daemon running?\n')
	end(1)
	EOF
}

@test "--retries: the engine is away for a moment" {
	lists a b
	away exec.1
	away inspect.1
	orders exec <<<"out('there\\n')"
	dexec -j 1 --retries 3 a,b true
	ended_by 'exit 0'
	out_is 'b: there\na: there\n'
	execs 3
	err_is 'dexec: 2 ok\n'
}

@test "--retries: the engine stays away" {
	lists a b
	away exec
	away inspect
	dexec --retries 1 a,b true
	ended_by 'exit 125'
	execs 4
	err_has '^dexec: 2 failed: a,b \('
}

@test "--retries: what has printed something has started, whatever docker says" {
	lists a b
	orders exec <<-'EOF'
	out('begun\n'); drain()
	err('Error response from daemon: unexpected EOF\n')
	end(1)
	EOF
	dexec --retries 3 a,b true
	execs 2
	out_has 'a: begun'
	out_has 'b: begun'
}

# out_has LINE
out_has() {
	grep -qxF -e "$1" out || fail "expected in out: $1"
}

@test "--retries: status 125 of the command is the command's" {
	lists a b
	orders exec <<<"end(125)"
	dexec --retries 3 a,b true
	ended_by 'exit 125'
	execs 2
}

@test "--retries: a command that is not there is not tried again" {
	lists a b
	orders exec <<-EOF
	out('${oci}exec: "x": executable file not found in \$PATH: unknown\\n')
	end(127)
	EOF
	dexec --retries 3 a,b x
	ended_by 'exit 127'
	execs 2
}

# ---- the log

@test "--joblog that fails half way: a warning, and all are run" {
	lists a b c
	mkfifo log
	orders exec.1 <<<"wait('go')"
	head -n 1 log >header &
	reader=$!
	start -j 1 --joblog log '*' true
	starter=$!
	wait $reader
	: >go
	wait $starter
	ended_by 'exit 0'
	grep -q ^Seq header
	err_has '^dexec: cannot write job log log: Broken pipe'
	[ "$(grep -c 'job log' err)" = 1 ]
	err_has '^dexec: 3 ok$'
	execs 3
}

# ---- ending

@test "INT to a docker that does not end: KILL at the end, and no process is left" {
	lists a b
	orders exec <<-'EOF'
	ignore('INT', 'TERM', 'HUP')
	mark('ready.%d' % os.getpid())
	wait('never')
	EOF
	start -j 2 '*' true
	until_true "no two execs" two_ready
	until_true "not ended" insisted
	finish
	ended_by 'signal INT'
	no_docker_left
}

two_ready() {
	[ "$(compgen -G 'ready.*' | wc -l)" = 2 ]
}

# insisted: another INT; has it ended?
insisted() {
	kill -s INT "$pid" 2>/dev/null
	sleep 0.2
	[ -e ended ]
}

@test "only so many descriptors: fewer at a time, and all are run" {
	local i names=()
	for ((i = 1; i <= 40; i++)); do
		names+=("c$i")
	done
	lists "${names[@]}"
	orders exec <<<"out('there\\n')"
	ulimit -n 160
	dexec -j 40 '*' true
	ended_by 'exit 0'
	[ "$(wc -l <out)" = 40 ]
	execs 40
}

@test "... and with no room for any: an error before anything runs" {
	local i names=()
	for ((i = 1; i <= 40; i++)); do
		names+=("c$i")
	done
	lists "${names[@]}"
	ulimit -n 70
	dexec -j 40 '*' true
	ended_by 'exit 125'
	err_has '40 containers are too many for a limit of 70 open files'
	execs 0
}

# ---- whole outputs

# NAME is the container's, in orders.
name='name = [w for w in sys.argv if w.startswith("DEXEC_NAME=")][0][11:]'

# logged NAME: it is over.
logged() {
	until_true "$1 not over" grep -q $'\t'"$1"$'\t' log
}

@test "-k, and our stdout is broken while others wait for their turn" {
	lists a b c
	orders exec <<-EOF
	$name
	if name != 'c':
	    wait('go-' + name)
	out('there\\n')
	EOF
	start_full -j 3 -k --joblog log '*' true
	logged c
	: >go-a
	logged a
	: >go-b
	finish
	ended_by 'exit 125'
	err_has 'cannot write the output: No space left on device'
}

# start_full ARGS...: as start, and stdout is full.
start_full() {
	rm -f ended ended.pid
	"$here/run" "$STANDIN/ended" "$dexec" "$@" >/dev/full 2>err 3>&- &
	await ended.pid
}

@test "-k, and one whose turn it is will never be over" {
	lists a b
	orders exec <<-EOF
	$name
	if name == 'a':
	    err('Cannot connect to the Docker daemon at unix:///x. Is the '
	        'docker daemon running?\\n')
	    end(1)
	out('there\\n')
	end(3)
	EOF
	away inspect
	dexec -j 1 -k --retries 1000 --halt soon,fail=1 '*' true
	ended_by 'exit 125'
	out_is 'b: there\n'
	err_has '^dexec: 2 failed: a \(docker failed\), b \(3\)$'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Honest status, on a real engine: the command's own, 125 where it could not even be asked, 126 and 127 where it could
# not be started, a signal where a signal ended it; and errors that are errors: on stderr, in one line, stdout empty.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	container BB dexec-busybox:1
	container DEB dexec-debian:1
	container SCR dexec-scratch:1
	container STOPPED dexec-busybox:1
	container PAUSED dexec-busybox:1
	container SMALL dexec-busybox:1 -m 32m
	docker kill "$STOPPED"
	docker pause "$PAUSED"
	docker exec "$BB" sh -c 'echo data >/tmp/data && mkdir /tmp/dir && echo "#!/nowhere" >/tmp/script &&
		echo text >/tmp/format && chmod 755 /tmp/script /tmp/format'
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
}

teardown() {
	end_started
}

@test "status: the command's own, from each image" {
	for status in 0 1 2 7 99 128 130 137 143 254 255; do
		for container in "$BB" "$DEB"; do
			go dexec "$container" sh -c "exit $status"
			ends "exit $status"
			silent_stdout
			silent_stderr
		done
		go dexec "$SCR" /probe exit $status
		ends "exit $status"
		silent_stdout
		silent_stderr
	done
}

@test "status: true and false" {
	go dexec "$BB" true
	ends "exit 0"
	go dexec "$BB" exec false
	ends "exit 1"
}

@test "status: 124 to 127 of the command's own stay, and nothing is said" {
	for status in 124 125 126 127; do
		go dexec "$BB" sh -c "echo out; echo err >&2; exit $status"
		ends "exit $status"
		says out
		[ "$(<"$err")" = err ]
		go dexec "$DEB" sh -c "exit $status"
		ends "exit $status"
		silent_stderr
	done
}

@test "status: what a shell inside does not find is the shell's affair" {
	go dexec "$BB" sh -c 'nosuch'
	ends "exit 127"
	[ "$(<"$err")" = "sh: nosuch: not found" ]
}

@test "status: killed inside by its own hand, 128 and the signal" {
	for signal in 1 2 6 9 11 13 15; do
		go dexec "$SCR" /probe signal $signal
		ends "exit $((128 + signal))"
		silent_stderr
	done
}

@test "status: a shell that kills itself outright is no container that was killed" {
	for container in "$BB" "$DEB"; do
		go dexec "$container" sh -c 'echo before; kill -9 $$'
		ends "exit 137"
		says before
		silent_stderr
	done
}

@test "status: out of memory is 137" {
	go dexec "$SMALL" tail /dev/zero
	ends "exit 137"
	silent_stdout
	silent_stderr
}

@test "status: sh -c 'exit 130' is 130 and no signal" {
	for status in 129 130 141 143; do
		go dexec "$BB" sh -c "exit $status"
		ends "exit $status"
	done
}

# ---- it could not be started

@test "127: no such program, by name, in each image" {
	for container in "$BB" "$DEB" "$SCR"; do
		go dexec "$container" nosuch-program with arguments
		refuses 127 'nosuch-program.*not found in \$PATH$'
	done
}

@test "127: no such program, by path" {
	for container in "$BB" "$DEB" "$SCR"; do
		go dexec "$container" /no/such-program
		refuses 127 '/no/such-program.*no such file'
	done
}

@test "127: docker itself says 126 there, and says it on stdout" {
	go docker exec "$BB" nosuch-program
	# Engines from 28 on say 127.
	case $ended in "exit 126" | "exit 127") ;; *) fail "docker has changed" ;; esac
	go dexec "$BB" nosuch-program
	refuses 127
}

@test "126: not executable, a directory" {
	go dexec "$BB" /tmp/data
	refuses 126 '/tmp/data.*permission denied'
	go dexec "$BB" /tmp/dir
	refuses 126 '/tmp/dir'
}

@test "127: the interpreter of a script is missing; 126: a file that is no program" {
	go dexec "$BB" /tmp/script
	refuses 127 '/tmp/script.*no such file'
	go dexec "$BB" /tmp/format
	refuses 126 '/tmp/format.*exec format error'
}

@test "126: a working directory that is not there, or is none" {
	go dexec "$BB" exec -w /nowhere true
	refuses 126 '/nowhere.*no such file'
	go dexec "$BB" exec -w /tmp/data true
	refuses 126 '/tmp/data'
	go dexec "$BB" exec -w relative/path true
	refuses 126
}

@test "126: no such user, no such group" {
	for container in "$BB" "$DEB" "$SCR"; do
		go dexec "$container" exec -u nobody-here /probe exit 0
		refuses 126 'nobody-here'
	done
	go dexec "$BB" exec -u root:no-group-here true
	refuses 126
	go dexec "$BB" exec -u 4711 true
	ends "exit 0"
}

@test "an error that docker prints is not captured as data" {
	text=$("$DEXEC" "$BB" nosuch 2>/dev/null) || status=$?
	[ "$status" = 127 ]
	[ "$text" = "" ]
}

@test "126, 127: the same in buffered mode, with -i, and with output to one file" {
	go dexec --disable_stream "$BB" nosuch
	refuses 127 'nosuch.*not found'
	go dexec "$BB" exec -i nosuch <<<input
	refuses 127 'nosuch.*not found'
	"$DEXEC" "$BB" nosuch >both 2>&1 || status=$?
	[ "$status" = 127 ]
	[ "$(wc -l <both)" = 1 ]
	run ! grep -q $'\r' both
}

@test "126, 127: with -t, where the terminal has heard docker already" {
	go dexec "$BB" exec -t nosuch
	ends "exit 127"
	go dexec "$BB" exec -t /tmp/data
	ends "exit 126"
}

@test "126, 127: detached, where docker says 1" {
	go dexec "$BB" exec -d nosuch
	refuses 127 'nosuch.*not found'
	go dexec "$BB" exec -d /tmp/data
	refuses 126 'permission denied'
}

# ---- docker, the engine or the container is the problem

@test "125: no such container, with the nearest name" {
	go dexec "${BB}x" true
	refuses 125 "no such container.*${BB}x.*$BB"
	go dexec nothing-like-any-other-name-here true
	refuses 125 "no such container.*nothing-like-any-other-name-here"
	within 3000
}

@test "125: the container is stopped" {
	go dexec "$STOPPED" true
	refuses 125 "$STOPPED.*not running"
	go dexec "$STOPPED" exec -i cat <<<input
	refuses 125 "$STOPPED.*not running"
}

@test "125: the container is paused" {
	go dexec "$PAUSED" true
	refuses 125 "$PAUSED.*paused"
	within 3000
}

@test "125: the container was created and never started" {
	name=dexec-test-created-$$-$RANDOM$RANDOM
	docker create --pull never --name "$name" dexec-busybox:1 >/dev/null
	echo "$name" >>"$BATS_FILE_TMPDIR/containers"
	go dexec "$name" true
	refuses 125 "$name.*not running"
}

@test "125: detached too" {
	go dexec "$STOPPED" exec -d true
	refuses 125 "$STOPPED.*not running"
	go dexec "${BB}x" exec -d true
	refuses 125 "no such container"
}

@test "125: no engine answers" {
	DOCKER_HOST=unix://$T/nothing.sock go dexec "$BB" true
	refuses 125 "cannot reach the engine"
	within 3000
	go dexec -H "unix://$T/nothing.sock" "$BB" true
	refuses 125 "cannot reach the engine"
	go dexec -H tcp://127.0.0.1:1 "$BB" true
	refuses 125 "cannot reach the engine"
}

@test "125: no such context, a host that is none" {
	go env -u DOCKER_HOST "$DEXEC" -c nosuch-context "$BB" true
	refuses 125 'context.*nosuch-context'
	go dexec -H 'no://scheme here' "$BB" true
	refuses 125
}

@test "125: the docker program is missing, or cannot be run" {
	go dexec --docker docker-that-is-not-there "$BB" true
	refuses 125 "docker-that-is-not-there"
	: >not-executable
	go dexec --docker "$T/not-executable" "$BB" true
	refuses 125 "not-executable"
	DEXEC_DOCKER=/no/such/docker go dexec "$BB" true
	refuses 125 "/no/such/docker"
	PATH=$T go dexec "$BB" true
	refuses 125 "docker"
}

@test "125: wrong use, and nothing is run" {
	for words in "" "--no-such-option $BB true" "$BB exec" "$BB exec --no-such-option true" "--timeout=x $BB true"; do
		# shellcheck disable=SC2086 # words
		go dexec $words
		ends "exit 125"
		silent_stdout
		[ -s "$err" ]
	done
	go dexec "" true
	ends "exit 125"
	silent_stdout
}

@test "125: an unknown option names the nearest" {
	go dexec --tiemout 5 "$BB" true
	ends "exit 125"
	grep -q -e --timeout "$err"
}

# ---- a command that only talks like docker

# imitates STATUS TEXT: printed to stdout, and then to stderr, by a command that ends with STATUS.
imitates() {
	local text
	for text in "$2" "$2"$'\n' "$2"$'\r\n' "$2"$'\nand more\n'; do
		printf '%s' "$text" >text
		go dexec "$BB" sh -c 'printf %s "$1"; exit "$2"' sh "$text" "$1"
		ends "exit $1"
		cmp text "$out"
		silent_stderr
		go dexec "$BB" sh -c 'printf %s "$1" >&2; exit "$2"' sh "$text" "$1"
		ends "exit $1"
		cmp text "$err"
		silent_stdout
	done
}

NOT_FOUND='OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown'

@test "a command that prints the runtime's message and exits 1 stays what it is" {
	imitates 1 "$NOT_FOUND"
}

@test "a command that prints the runtime's message and exits 126, as docker in a container does" {
	imitates 126 "$NOT_FOUND"
	imitates 127 "$NOT_FOUND"
}

@test "a command that prints a runtime's message which names its own program, and exits 126" {
	imitates 126 "${NOT_FOUND/nosuch/sh}"
}

@test "a command that prints the runtime's message about a directory or a user, and exits 126" {
	imitates 126 'OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("/nope") set in config.json failed: no such file or directory: unknown'
	imitates 126 "unable to find user nobody: no matching entries in passwd file"
}

@test "a command that prints that its own container is not running, and exits 1" {
	imitates 1 "Error response from daemon: Container $(docker inspect --format '{{.Id}}' "$BB") is not running"
}

@test "a command that prints docker's other complaints, and exits 1" {
	imitates 1 "Error response from daemon: No such container: $BB"
	imitates 1 "Error: No such container: $BB"
	imitates 1 "Cannot connect to the Docker daemon at $DOCKER_HOST. Is the docker daemon running?"
}

@test "a command that prints docker's complaint and goes on, and succeeds" {
	imitates 0 "$NOT_FOUND"
	imitates 0 "Error response from daemon: Container $BB is not running"
}

@test "a command that prints the beginning of docker's message, and no more" {
	imitates 1 "OCI runtime"
	imitates 126 "Error res"
	imitates 3 "O"
}

@test "what looks like docker's message is not kept from the reader while the command goes on" {
	docker exec "$BB" mkfifo /tmp/go-on
	start talk dexec "$BB" sh -c 'printf "OCI runtime exec failed: "; cat /tmp/go-on'
	until_text talk.out "OCI runtime exec failed: "
	docker exec "$BB" sh -c ': >/tmp/go-on'
	finish talk
	ends "exit 0"
}

# ---- names that are meant to hurt

# unknown NAME: there is no such container, and the terminal is not written to by its name.
unknown() {
	go dexec "$1" true
	ends "exit 125"
	silent_stdout
	# A hint of where to find help may follow.
	head -n 1 "$err" >first
	err=$T/first complains
}

@test "hostile names of containers: 125, in one printable line" {
	unknown $'two\nlines'
	unknown $'\e]0;title\a\e[31mred'
	unknown $'\xff\xfe not UTF-8'
	unknown 'a b'
	unknown '../../etc'
	unknown '$(touch owned)`touch owned`;touch owned'
	unknown '%s%n%s'
	unknown "'\"\\"
	[ ! -e owned ]
}

@test "a container's name that looks like an option: behind --, and 125" {
	go dexec -- -x true
	refuses 125 "no such container.*-x"
	go dexec -- --help true
	refuses 125 "no such container.*--help"
}

@test "a name of a hundred kibibytes: 125, and the message is short" {
	name=$(head -c 102400 /dev/zero | tr '\0' n)
	go dexec "$name" true
	refuses 125
	[ "$(wc -c <"$err")" -lt 2000 ]
}

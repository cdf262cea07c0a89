#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# dockerdo with transport ssh: an sshd in the container, a master, and sshfs through it; here, and behind a remote host
# that is passed on the way.
#
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2154,SC1090

load fixture
load remote

setup_file() {
	engine_tests || return 0
	has_sshd || return 0
	DOCKERDO=$(realpath "${DOCKERDO:-./dockerdo}")
	export DOCKERDO
	sshd_image
	remote_host reykjavik "$BATS_FILE_TMPDIR/remote"
	ln -s "$DOCKERDO" "$BATS_FILE_TMPDIR/remote/bin/dockerdo"
	ln -s "$DOCKERDO" "$BATS_FILE_TMPDIR/remote/bin/dodo"
}

teardown_file() {
	remove_containers
	end_remote_host "$BATS_FILE_TMPDIR/remote"
}

setup() {
	scratch
	has_sshd || skip "no sshd"
	[ -w /dev/fuse ] || skip "no /dev/fuse"
	command -v sshfs >/dev/null || skip "no sshfs"
	export PATH=$BATS_FILE_TMPDIR/remote/bin:$PATH
	mkdir "$T/desk" "$HOME/.ssh"
	ssh-keygen -q -t ed25519 -N '' -C "ann's key" -f "$HOME/.ssh/id_ed25519"
	# ssh looks for keys where the user's home is, whatever $HOME says.
	eval "$(ssh-agent -a "$T/agent" 3>&-)" >/dev/null
	ssh-add -q "$HOME/.ssh/id_ed25519"
	cd "$T/desk" || return
	PORT=$((20000 + RANDOM % 20000))
}

teardown() {
	cd / || return
	end_started
	[ -z "${DOCKERDO_SESSION_DIR-}" ] || dockerdo rm -f >/dev/null 2>&1
	for point in container reykjavik; do
		! grep -qF " ${T-}/desk/$point " /proc/self/mountinfo || fusermount3 -uz "$T/desk/$point"
	done
	[ -z "${SSH_AGENT_PID-}" ] || kill "$SSH_AGENT_PID"
}

# own [INIT-ARGS...]: a session with an image of its own, built.
own() {
	C=dexec-test-dodo-$$-$RANDOM$RANDOM
	echo "$C" >>"$BATS_FILE_TMPDIR/containers"
	. "$(dockerdo init --transport ssh --image dexec-sshd:1 --container "$C" "$@" 2>/dev/null)"
	dockerdo build -t dexec-test-dodo:ssh >"$T/build" 2>&1 || cat "$T/build" >&2
}

key() {
	sed -n "s/^$1: //p" "$DOCKERDO_SESSION_DIR/session.yaml"
}

says_that() {
	grep '^dockerdo: ' "$err" | grep -Eq -e "$1" || fail "stderr should match: $1"
}

# everything that a user does, from one end to the other
whole_way() {
	go dockerdo run --ssh-port-on-remote-host "$PORT" -e 'RUN=a b'
	ends "exit 0"
	[ "$(key ssh_port_on_remote_host)" = "$PORT" ]
	echo here >container/tmp/file
	cd container/tmp || return
	go dodo sh -c 'pwd; cat file; exit 7'
	ends "exit 7"
	says /tmp$'\n'here
	go dodo printf '<%s>' 'a b' "it's" '"' '\' '$(touch pwn)' ';' '*' '' $'new\nline' -n --
	ends "exit 0"
	[ "$(<"$out")" = "<a b><it's><\"><\\><\$(touch pwn)><;><*><><new
line><-n><-->" ]
	cd "$T/desk" || return
	dockerdo export A="it's; touch pwn" 2>/dev/null
	dockerdo export B=$'two\nlines' 2>/dev/null
	dockerdo export LD_LIBRARY_PATH=/nowhere 2>/dev/null
	go dodo sh -c 'printf "%s|" "$A" "$B" "$LD_LIBRARY_PATH" "$OF" "$RUN" "$HOME"; echo ${_DODO_0-none}'
	ends "exit 0"
	says "it's; touch pwn|two
lines|/nowhere|image|a b|/root|none"
	[ ! -e container/tmp/pwn ]
	go dockerdo status
	grep -Eq '^connection +up$' "$out"
	go dockerdo stop
	ends "exit 0"
	go dodo true
	ends "exit 125"
	go dockerdo start
	ends "exit 0"
	[ "$(<container/tmp/file)" = here ]
	go dockerdo rm -f
	ends "exit 0"
	[ ! -e "$DOCKERDO_SESSION_DIR/ssh-socket-container" ]
}

@test "ssh: the whole way on this machine" {
	own
	whole_way
}

@test "weak spots 22, 23: the whole way through a remote host, the mount as well" {
	own --remote reykjavik --build-dir "$T/build dir"
	export DOCKER_HOST=unix:///nowhere
	echo there >"$T/build dir/file"
	[ "$(<reykjavik/file)" = there ]
	whole_way
	run ! mountpoint -q reykjavik
}

@test "weak spot 19: keys are learned by docker, and nothing else is believed" {
	own
	go dockerdo run --ssh-port-on-remote-host "$PORT"
	ends "exit 0"
	[ "$(docker exec "$C" cat /etc/ssh/ssh_host_ed25519_key.pub | cut -d' ' -f2)" = \
		"$(grep ed25519 "$DOCKERDO_SESSION_DIR/known_hosts" | cut -d' ' -f3)" ]
	# Another sshd in its place.
	sed -i 's/ AAAA[^ ]*$/ AAAAC3NzaC1lZDI1NTE5AAAAIGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/' \
		"$DOCKERDO_SESSION_DIR/known_hosts"
	ssh -o ControlPath="$DOCKERDO_SESSION_DIR/ssh-socket-container" -O exit 127.0.0.1 2>/dev/null
	go dodo touch /tmp/pwn
	ends "exit 125"
	says_that 'no connection'
	run ! docker exec "$C" ls /tmp/pwn
}

@test "weak spot 21: the port is open on loopback only, weak spot 20: no host keys in the image" {
	own
	dockerdo run --ssh-port-on-remote-host "$PORT" >/dev/null 2>&1 3>&-
	[ "$(docker inspect --format '{{(index (index .HostConfig.PortBindings "22/tcp") 0).HostIp}}' "$C")" = 127.0.0.1 ]
	run ! docker run --rm --entrypoint ls dexec-test-dodo:ssh /etc/ssh/ssh_host_ed25519_key
}

@test "weak spots 24, 36: standard input by the master, and an interrupted command ends in the container" {
	own
	dockerdo run --ssh-port-on-remote-host "$PORT" >/dev/null 2>&1 3>&-
	head -c 16777216 /dev/urandom >"$T/random"
	go dodo cat <"$T/random"
	ends "exit 0"
	cmp "$T/random" "$out"
	go script -qec "dodo sh -c 'test -t 0 && test -t 1 && echo terminal'" /dev/null
	grep -q terminal "$out"
	census "$C"
	start it dodo sh -c 'sleep 1000 & echo ready; wait'
	until_text "$T/it.out" ready
	kill -INT "$pid"
	finish it
	ends "signal 2"
	nothing_left "$C"
	go timeout "$LIMIT" bash -c 'dodo yes | head -1'
	says y
	nothing_left "$C"
}

@test "weak spot 8: sessions beside each other have ports of their own, and a session's is kept" {
	own
	first=$C
	dockerdo run >/dev/null 2>&1 3>&-
	port=$(key ssh_port_on_remote_host)
	[ "$port" -gt 0 ]
	mkdir "$T/other"
	cd "$T/other"
	own
	dockerdo run >/dev/null 2>&1 3>&-
	[ "$(key ssh_port_on_remote_host)" != "$port" ]
	go dodo hostname
	says "$(docker inspect --format '{{.Config.Hostname}}' "$C")"
	dockerdo stop 2>/dev/null
	go dockerdo start
	ends "exit 0"
	go dodo true
	ends "exit 0"
	dockerdo rm -f 2>/dev/null
	docker rm -f "$first" >/dev/null
	sed -i "s/^ssh_port_on_remote_host: .*/ssh_port_on_remote_host: $PORT/" "$DOCKERDO_SESSION_DIR/session.yaml"
	go dockerdo run
	ends "exit 0"
	docker port "$C" | grep -q "127.0.0.1:$PORT\$"
}

@test "weak spot 9: a user other than root, who is not there before" {
	own --user ann
	go dockerdo run
	ends "exit 0"
	go dodo sh -c 'id -un; echo $HOME; touch /tmp/hers'
	ends "exit 0"
	says ann$'\n'/home/ann
	echo x >container/home/ann/file
	[ "$(docker exec "$C" stat -c %U /tmp/hers /home/ann/file | sort -u)" = ann ]
}

@test "ssh: a session that runs since earlier times, with nothing but its socket" {
	own
	dockerdo run --ssh-port-on-remote-host "$PORT" >/dev/null 2>&1 3>&-
	sed -i '/^transport: /d' "$DOCKERDO_SESSION_DIR/session.yaml"
	rm "$DOCKERDO_SESSION_DIR/known_hosts"
	cd container/etc
	go dodo pwd
	says /etc
	cd "$T/desk"
	go dockerdo stop
	ends "exit 0"
	go dockerdo start
	ends "exit 0"
	[ -s "$DOCKERDO_SESSION_DIR/known_hosts" ]
}

@test "weak spots 16, 31: no value is in a list of processes" {
	own
	dockerdo run --ssh-port-on-remote-host "$PORT" >/dev/null 2>&1 3>&-
	dockerdo export SECRET - <<<'hush-hush' 2>/dev/null
	start it dodo -v sh -c 'echo ready; exec sleep 1000'
	until_text "$T/it.out" ready
	run grep -ls '[h]ush-hush' "$T/it.err" /proc/[0-9]*/cmdline
	[ -z "$output" ]
	kill "$pid"
	finish it
}

@test "weak spots 25, 28: a master that is killed is noticed, and start makes another" {
	own
	dockerdo run --ssh-port-on-remote-host "$PORT" >/dev/null 2>&1 3>&-
	master=$(ssh -o ControlPath="$DOCKERDO_SESSION_DIR/ssh-socket-container" -O check 127.0.0.1 2>&1 | grep -o '[0-9]*')
	kill -KILL "$master"
	go dockerdo status
	grep -Eq '^connection +down$' "$out"
	go dockerdo start
	ends "exit 0"
	go dodo echo again
	says again
	master=$(ssh -o ControlPath="$DOCKERDO_SESSION_DIR/ssh-socket-container" -O check 127.0.0.1 2>&1 | grep -o '[0-9]*')
	dockerdo rm -f --delete >/dev/null 2>&1
	until_true "the master to end" eval '! kill -0 "$master" 2>/dev/null'
	unset DOCKERDO_SESSION_DIR
}

@test "ssh: a connection that is lost under a command is said so, and start brings all back" {
	own
	dockerdo run >/dev/null 2>&1 3>&-
	start it dodo sh -c 'echo ready; exec sleep 1000'
	until_text "$T/it.out" ready
	kill -KILL "$(ssh -o ControlPath="$DOCKERDO_SESSION_DIR/ssh-socket-container" -O check 127.0.0.1 2>&1 | grep -o '[0-9]*')"
	finish it
	ends "exit 125"
	says_that 'no connection'
	until_true "the mount to go" eval '! mountpoint -q container'
	go dockerdo start
	ends "exit 0"
	go dodo sh -c 'exit 255'
	ends "exit 255"
	[ -e container/etc/passwd ]
}

@test "weak spot 26: a session's directory with a long name" {
	HOME+=/$(printf '%0100d' 1)
	mkdir -p "$HOME/.ssh"
	cp "$T/home/.ssh/id_ed25519.pub" "$HOME/.ssh"
	own "$(printf 's%.0s' {1..60})"
	go dockerdo run --ssh-port-on-remote-host "$PORT"
	ends "exit 0"
	go dodo echo works
	says works
	place=$(dirname "$(readlink "$DOCKERDO_SESSION_DIR/ssh-socket-container")")
	go dockerdo rm -f
	ends "exit 0"
	[ ! -e "$place" ]
}

@test "weak spot 52: what run has made is removed when nobody lets us in" {
	own
	SSH_AUTH_SOCK='' go dockerdo run --ssh-port-on-remote-host "$PORT"
	ends "exit 1"
	says_that 'ssh cannot connect'
	run ! docker inspect "$C"
	[ ! -e container ]
}

@test "ssh: a session with no image is told to build one" {
	. "$(dockerdo init --transport ssh --image dexec-sshd:1 2>/dev/null)"
	go dockerdo run
	ends "exit 1"
	says_that 'dockerdo build'
}

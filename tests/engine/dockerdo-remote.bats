#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# dockerdo with the engine on a remote host, which is reached by ssh.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC1090

load fixture
load remote

setup_file() {
	engine_tests || return 0
	has_sshd || return 0
	DOCKERDO=$(realpath "${DOCKERDO:-./dockerdo}")
	export DOCKERDO
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
	# The engine is nowhere but there.
	export DOCKER_HOST=unix:///nowhere
	mkdir "$T/desk" "$T/build"
	cd "$T/desk" || return
	C=dexec-test-dodo-$$-$RANDOM$RANDOM
	echo "$C" >>"$BATS_FILE_TMPDIR/containers"
	. "$(dockerdo init --remote reykjavik --build-dir "$T/build dir's" --image dexec-busybox:1 --container "$C" 2>/dev/null)"
}

teardown() {
	cd / || return
	end_started
	[ -z "${T-}" ] || ! grep -qF " $T/desk/container " /proc/self/mountinfo || fusermount3 -uz "$T/desk/container"
}

@test "remote: the whole way, with directories of the remote host" {
	mkdir "$T/build dir's"
	echo there >"$T/build dir's/file"
	go dockerdo run -v './:/p q'
	ends "exit 0"
	[ "$(<"container/p q/file")" = there ]
	cd 'container/p q'
	go dodo sh -c 'pwd; cat file; exit 3'
	ends "exit 3"
	says '/p q'$'\n'there
	go dodo printf '<%s>' 'a b' "it's" '$(id)' ';' ''
	[ "$(<"$out")" = "<a b><it's><\$(id)><;><>" ]
	cd "$T/desk"
	dockerdo export A='x y;z' 2>/dev/null
	go dodo sh -c 'echo "$A"'
	says 'x y;z'
	go dockerdo stop
	ends "exit 0"
	go dockerdo start
	ends "exit 0"
	[ "$(<"container/p q/file")" = there ]
	go dockerdo status
	grep -Eq '^host +reykjavik$' "$out"
	go dockerdo rm -f --delete
	ends "exit 0"
	[ ! -e "$DOCKERDO_SESSION_DIR" ]
}

@test "remote: what crosses ssh is quoted once, and nothing else is run" {
	mkdir "$T/build dir's"
	go dockerdo run -e 'A=$(touch pwn); touch pwn' --hostname h -e "B=it's"
	ends "exit 0"
	go dodo sh -c 'echo "$A"; echo "$B"'
	says '$(touch pwn); touch pwn'$'\n'"it's"
	[ -z "$(find "$T" -name pwn)" ]
	dockerdo rm -f 2>/dev/null
}

@test "remote: a host that cannot be reached is said so, and nothing changes" {
	sed -i 's/^remote_host: .*/remote_host: nowhere.invalid/' "$DOCKERDO_SESSION_DIR/session.yaml"
	go dockerdo run
	ends "exit 1"
	complains_of 'cannot tell whether the container runs'
	go dodo true
	ends "exit 125"
	go dockerdo status
	ends "exit 0"
	grep -Eq '^state +unknown$' "$out"
	grep -q '^container_state: nothing$' "$DOCKERDO_SESSION_DIR/session.yaml"
}

complains_of() {
	grep -qF "$1" "$err" || fail "stderr should have: $1"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# dockerutils on real engines: two of its own, an sshd and a registry on loopback.
#
# $T is fixture.bash's, which is loaded:
# shellcheck disable=SC2154,SC2016

load fixture
load engines

setup_file() {
	engine_tests || return 0
	DOCKERUTILS=$(realpath "${DOCKERUTILS:-./dockerutils}")
	export DOCKERUTILS
	start_engines
	start_sshd
}

teardown_file() {
	engine_tests || return 0
	[ ! -e "$ENGINES/sshd.pid" ] || as_root kill "$(<"$ENGINES/sshd.pid")"
	[ ! -e "$ENGINES/registry.pid" ] || as_root kill "$(<"$ENGINES/registry.pid")"
	rm -rf "${ENGINES:?}"/{key,host_key,key.pub,host_key.pub,known,ssh_config,sshd_config,sshd.log,sshd.pid,bin,registry*}
	stop_engines
}

# An sshd whose docker is node2's, and an ssh that finds it as "there", and as 127.0.0.1.
start_sshd() {
	local port end=$((SECONDS + LIMIT))
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	ssh-keygen -q -t ed25519 -N '' -f "$ENGINES/key"
	ssh-keygen -q -t ed25519 -N '' -f "$ENGINES/host_key"
	chmod 711 "$ENGINES"
	cat >"$ENGINES/sshd_config" <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $ENGINES/host_key
		AuthorizedKeysFile $ENGINES/key.pub
		StrictModes no
		UsePAM no
		PidFile $ENGINES/sshd.pid
		SetEnv DOCKER_HOST=$(socket node2) PATH=$PATH:/usr/local/bin:/usr/bin:/bin HOME=$ENGINES/home2
	END
	cat >"$ENGINES/ssh_config" <<-END
		Host there 127.0.0.1
		HostName 127.0.0.1
		Port $port
		User $(id -un)
		IdentityFile $ENGINES/key
		IdentitiesOnly yes
		UserKnownHostsFile $ENGINES/known
	END
	echo "[127.0.0.1]:$port $(<"$ENGINES/host_key.pub")" >"$ENGINES/known"
	mkdir "$ENGINES/bin"
	printf '#!/bin/sh\nexec /usr/bin/ssh -F %s/ssh_config "$@"\n' "$ENGINES" >"$ENGINES/bin/ssh"
	chmod +x "$ENGINES/bin/ssh"
	mkdir -p /run/sshd 2>/dev/null || as_root mkdir -p /run/sshd
	/usr/sbin/sshd -f "$ENGINES/sshd_config" -E "$ENGINES/sshd.log" 3>&-
	until [ -e "$ENGINES/sshd.pid" ]; do
		[ $SECONDS -lt $end ]
		sleep 0.02
	done
}

setup() {
	scratch
	export DOCKER_HOST PATH=$ENGINES/bin:$PATH LOGNAME=ann USER=ann
	DOCKER_HOST=$(socket node1)
	unset DOCKER_CONTEXT DOCKER_IP "${!AWS_@}" _DOCK_MONIKER
	mkdir -p proj/docker/{base,dev}
	cd proj || return
	echo one >one
	echo two >two
	printf 'FROM dexec-busybox:1\nCOPY one /file\n' >docker/base/Dockerfile
	printf 'FROM scratch AS Builder\nCOPY two /\nFROM proj-base:ann\nCOPY --from=Builder /two /\n' >docker/dev/Dockerfile
}

teardown() {
	end_started
	[ -z "${T-}" ] || at node1 ps -aq --filter name=ann_ | xargs -r docker rm -f >/dev/null
}

ours() {
	"$DOCKERUTILS" "$@" 3>&-
}

@test "build-image, run-image and clean: on an engine" {
	ours build-image all >/dev/null
	docker image inspect proj-dev-builder:ann proj-dev:ann proj-base:ann >/dev/null
	ours run-image -q dev -c 'cat /file /two' >"$T/out"
	diff "$T/out" - <<<$'one\ntwo'
	run -9 ours run-image dev -c "sh -c 'exit 9'"
	[ "$(echo input | ours run-image -q dev -c cat)" = input ]
	[ "$(ours run-image -q dev -e 'V=a b' -e W_TOKEN=t -c 'sh -c "echo $$V $$W_TOKEN"')" = 'a b t' ]
	ours build-image clean >/dev/null
	[ -z "$(docker image ls -q proj-dev)$(docker image ls -q proj-base)" ]
	ours build-image clean >/dev/null
}

@test "run-image: with a terminal, and kept and detached" {
	ours build-image base >/dev/null
	script -qec "'$DOCKERUTILS' run-image -q base -c 'sh -c tty'" /dev/null </dev/null | grep /dev/pts
	run -0 ours run-image -k base -c 'sh -c "exit 3"'
	[[ $output =~ ann_base_[0-9._-]+ ]]
	[ "$(docker wait "${BASH_REMATCH[0]%:}")" = 3 ]
	ours build-image clean >/dev/null
}

@test "publish-image: to a registry on loopback, and it can be pulled from there" {
	mkdir -p "$ENGINES/registry"
	cat >"$ENGINES/registry.yml" <<-END
		version: 0.1
		storage: {filesystem: {rootdirectory: $ENGINES/registry}}
		http: {addr: 127.0.0.1:5000}
	END
	# In the engine's own network, where its loopback is.
	as_root nsenter --net="/proc/$(<"$ENGINES/node1/pid")/ns/net" sh -c \
		'echo $$ >"$1.pid"; exec docker-registry serve "$1.yml"' sh "$ENGINES/registry" >"$ENGINES/registry.log" 2>&1 3>&- &
	printf '[base]\nimage_repo=127.0.0.1:5000\npublication_tag=127.0.0.1:5000/team/{image}:{tag}-x\n' >docker/dockerutils.cfg
	ours build-image base >/dev/null
	until_true "the registry" ours publish-image base
	docker rmi 127.0.0.1:5000/team/proj-base:ann-x >/dev/null
	docker pull -q 127.0.0.1:5000/team/proj-base:ann-x
	[ "$(docker image inspect -f '{{.Id}}' proj-base:ann)" = \
		"$(docker image inspect -f '{{.Id}}' 127.0.0.1:5000/team/proj-base:ann-x)" ]
	docker rmi 127.0.0.1:5000/team/proj-base:ann-x >/dev/null
	ours build-image clean >/dev/null
}

@test "transfer-image: between two engines, through a real sshd" {
	ours build-image base >/dev/null
	local how
	for how in zstd gzip none; do
		ours transfer-image -p -z "$how" base there >"$T/out" 2>"$T/err"
		[ "$(docker image inspect -f '{{.Id}}' proj-base:ann)" = "$(at node2 image inspect -f '{{.Id}}' proj-base:ann)" ]
		[ "$how" = none ] || at node2 rmi proj-base:ann >/dev/null
	done
	run -0 ours transfer-image -p base there
	[[ $output == *'has this very proj-base:ann already'* ]]
	at node2 rmi proj-base:ann
	run -1 ours transfer-image no/such:1 there
	[[ $output == *'no/such:1 cannot be transferred: '* ]]
	ours build-image clean >/dev/null
}

@test "W-S5: a host whose key is another one than before is not talked to" {
	ours build-image base >/dev/null
	ssh-keygen -q -t ed25519 -N '' -f "$T/other"
	sed "s|ssh-ed25519 [^ ]*|$(cut -d' ' -f1,2 "$T/other.pub")|" "$ENGINES/known" >"$T/known"
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec /usr/bin/ssh -o UserKnownHostsFile=%s -F %s "$@"\n' "$T/known" "$ENGINES/ssh_config" >"$T/bin/ssh"
	chmod +x "$T/bin/ssh"
	PATH=$T/bin:$PATH run -255 ours transfer-image -p base there
	[[ $output == *'Host key verification failed'* ]]
	[ -z "$(at node2 image ls -q proj-base)" ]
	ours build-image clean >/dev/null
}

@test "transfer-image: killed half way it leaves nothing there" {
	head -c 6000000 /dev/urandom >blob
	printf 'FROM scratch\nCOPY blob /\n' >docker/base/Dockerfile
	ours build-image base >/dev/null
	halting_docker 4000000
	killed_without_trace base
	ours build-image clean >/dev/null
}

@test "transfer-image: killed half way without the layers that are there, and then it goes on from those" {
	layered_images
	head -c 6000000 /dev/urandom >two
	ours build-image dev >/dev/null
	counting_ssh
	crossing base there
	# Of the twelve millions: most of two is in there, wherever the blob is.
	halting_docker 11000000
	killed_without_trace dev
	[ "$(crossing dev there)" -lt 7000000 ]
	same_there proj-dev:ann
	remove_images
}

# halting_docker BYTES: a docker whose save stops after so many.
halting_docker() {
	mkdir -p "$T/bin"
	mkfifo "$T/never"
	cat >"$T/bin/docker-halts" <<-END
		#!/bin/sh
		[ "\$1" = save ] || exec docker "\$@"
		docker "\$@" | head -c $1
		exec cat "$T/never"
	END
	chmod +x "$T/bin/docker-halts"
}

# killed_without_trace IMAGE: node2 has what it had before.
killed_without_trace() {
	at node2 image ls -aq --no-trunc >"$T/before"
	start transfer "$DOCKERUTILS" transfer-image --docker "$T/bin/docker-halts" -p -z none "$1" there
	until_true "some of it to come" arriving
	kill -KILL "$pid"
	until_true "the rest to go" gone
	at node2 image ls -aq --no-trunc | diff "$T/before" -
	# By a signal that can be caught: the same, and it says where it was.
	start transfer "$DOCKERUTILS" transfer-image --docker "$T/bin/docker-halts" -p -z none "$1" there
	until_true "some of it to come" arriving
	kill -TERM "$pid"
	finish transfer
	until_true "the rest to go" gone
	at node2 image ls -aq --no-trunc | diff "$T/before" -
	grep "the transfer failed at '" "$T/transfer.err"
}

# counting_ssh [SCRIPT]: an ssh that keeps what crosses in $T/crossed, and runs SCRIPT before what ends in "load".
counting_ssh() {
	mkdir -p "$T/bin"
	cat >"$T/bin/ssh" <<-END
		#!/bin/sh
		for word; do :; done
		case \$word in *load) ${1-:} ;; esac
		tee -a "$T/crossed" | "$ENGINES/bin/ssh" "\$@"
	END
	chmod +x "$T/bin/ssh"
	PATH=$T/bin:$PATH
}

# crossing WORDS...: transfer-image; says how many bytes have crossed.
crossing() {
	rm -f "$T/crossed"
	ours transfer-image -p -z none "$@" >"$T/out" 2>"$T/err"
	wc -c <"$T/crossed"
}

# no_such TEXT FILE: it does not stand there.
no_such() {
	! grep -F -e "$1" "$2" || return 1
}

same_there() {
	[ "$(docker image inspect -f '{{.Id}}' "$1")" = "$(at node2 image inspect -f '{{.Id}}' "$1")" ]
}

# An image of six megabytes, and one that adds a little to it.
layered_images() {
	head -c 6000000 /dev/urandom >blob
	printf 'FROM dexec-busybox:1\nCOPY blob /\n' >docker/base/Dockerfile
	printf 'FROM proj-base:ann\nCOPY two /\n' >docker/dev/Dockerfile
	ours build-image all >/dev/null
}

remove_images() {
	ours build-image clean >/dev/null
	at node2 image ls -q 'proj-*' | sort -u | xargs -r docker --host "$(socket node2)" rmi -f >/dev/null
}

@test "transfer-image: layers that are there do not cross, and the image runs" {
	layered_images
	counting_ssh
	# The busybox there was made at another time.
	[ "$(crossing base there)" -gt 6000000 ]
	no_such dexec-archive "$T/out"
	same_there proj-base:ann
	[ "$(crossing dev there)" -lt 50000 ]
	grep 'there has 2 of the 3 layers already' "$T/err"
	same_there proj-dev:ann
	[ "$(at node2 run --rm proj-dev:ann cat /two)" = two ]
	[ "$(at node2 run --rm proj-dev:ann sha256sum </dev/null /blob | cut -d' ' -f1)" = "$(sha256sum <blob | cut -d' ' -f1)" ]
	# All of it, where that is wanted.
	[ "$(crossing --force dev there)" -gt 6000000 ]
	# By a compressor, too.
	at node2 rmi proj-dev:ann >/dev/null
	rm "$T/crossed"
	ours transfer-image -p -z zstd dev there
	[ "$(wc -c <"$T/crossed")" -lt 50000 ]
	same_there proj-dev:ann
	remove_images
}

@test "transfer-image: only words of the image are new, or a layer comes twice" {
	layered_images
	counting_ssh
	crossing dev there
	printf 'FROM proj-dev:ann\nENV A=b\nCMD ["echo", "<&>\\"{"]\n' >docker/base/Dockerfile
	docker build -q -t proj-words:1 docker/base >/dev/null
	rm "$T/crossed"
	ours transfer-image -z none proj-words:1 there
	[ "$(wc -c <"$T/crossed")" -lt 30000 ]
	same_there proj-words:1
	[ "$(at node2 run --rm proj-words:1)" = '<&>"{' ]
	# The topmost layer of dev again, above itself.
	printf 'FROM proj-dev:ann\nCOPY two /\n' | docker build -q -t proj-twice:1 -f - . >/dev/null
	docker image inspect -f '{{join .RootFS.Layers "\n"}}' proj-twice:1 | sort | uniq -d | grep sha256
	ours transfer-image -z none proj-twice:1 there
	same_there proj-twice:1
	[ "$(at node2 run --rm proj-twice:1 cat /two)" = two ]
	docker rmi proj-words:1 proj-twice:1 >/dev/null
	remove_images
}

@test "transfer-image: layers that go before the load are sent after all" {
	layered_images
	counting_ssh "docker --host '$(socket node2)' rmi proj-base:ann >&2"
	at node2 rmi -f proj-base:ann 2>/dev/null || :
	docker save proj-base:ann | at node2 load >/dev/null
	[ "$(crossing dev there)" -gt 6000000 ]
	grep 'there does not take it without the layers that it has (.*docker load: exit 1); sending the whole image' "$T/err"
	same_there proj-dev:ann
	[ "$(at node2 run --rm proj-dev:ann cat /two)" = two ]
	remove_images
}

# What node2 keeps of an image while it is loaded.
arriving() {
	[ -n "$(as_root find "$ENGINES/node2/data/tmp" -mindepth 1 -size +1M 2>/dev/null | head -1)" ]
}

gone() {
	[ -z "$(as_root find "$ENGINES/node2/data/tmp" -mindepth 1 2>/dev/null | head -1)" ]
}

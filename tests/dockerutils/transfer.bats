#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# transfer-image, with an ssh that runs its command here, and a docker that saves and loads files.
#
# shellcheck disable=SC2154,SC2016

load helper

ends() {
	standin ssh
	cat >"$T/do-ssh" <<-'END'
		[ ! -e "$T/dead" ] || { echo 'ssh: connect to host there: Connection refused' >&2; exit 255; }
		while [ "$1" != -- ]; do shift; done
		THERE=1 sh -c "$3"
	END
	cat >"$T/do-docker" <<-'END'
		case "$*" in
		version) ;;
		save*) [ ! -e "$T/broken" ] || { printf 'part of it'; exit 3; }; cat "$T/image" ;;
		load) cat >"$T/loading" && cmp -s "$T/loading" "$T/image" && mv "$T/loading" "$T/loaded" ;;
		'image inspect --format {{.Id}} {{.Size}}'*) echo "sha256:abc 10" ;;
		'image inspect'*) cat "$T/there" 2>/dev/null ;;
		esac
	END
	head -c 3000000 /dev/urandom >"$T/image"
}

@test "W-C32: the image comes through whole, by zstd, gzip or nothing" {
	ends
	local how
	for how in zstd gzip none auto; do
		rm -f "$T/loaded"
		"$DOCKERUTILS" transfer-image -z "$how" an/image:1 me@there >"$T/out"
		cmp "$T/image" "$T/loaded"
		grep -q '^docker save an/image:1 |' "$T/out"
	done
	grep -q 'ssh -- me@there .zstd -dcq | docker load.' "$T/out"
}

@test "transfer: SSH_KEY, and -i before it" {
	ends
	SSH_KEY=/a/key "$DOCKERUTILS" transfer-image --print x:1 there | grep -F 'ssh -i /a/key -- there'
	SSH_KEY=/a/key "$DOCKERUTILS" transfer-image -i '/b key' --print x:1 there | grep -F "ssh -i '/b key' -- there"
}

@test "transfer: where both ends do not have zstd it is gzip" {
	ends
	standin zstd
	echo 'exit 127' >"$T/do-zstd"
	"$DOCKERUTILS" transfer-image x:1 there >"$T/out"
	grep -q 'gzip -c | ssh' "$T/out"
	cmp "$T/image" "$T/loaded"
}

@test "transfer: what is there already is not sent again, but by --force" {
	ends
	echo sha256:abc >"$T/there"
	run -0 "$DOCKERUTILS" transfer-image x:1 there
	[[ $output == *'has this very x:1 already'* ]]
	[ ! -e "$T/loaded" ]
	run -0 "$DOCKERUTILS" transfer-image --force x:1 there
	cmp "$T/image" "$T/loaded"
	echo sha256:def >"$T/there"
	rm "$T/loaded"
	run -0 "$DOCKERUTILS" transfer-image x:1 there
	cmp "$T/image" "$T/loaded"
}

@test "W-C32: a save that fails is a failure, and nothing is loaded" {
	ends
	touch "$T/broken"
	run -3 "$DOCKERUTILS" transfer-image x:1 there
	[[ $output == *"the transfer failed at 'docker save' (docker save: exit 3; "* ]]
	[ ! -e "$T/loaded" ]
}

@test "W-C32: a load that fails is a failure, by its name" {
	ends
	sed -i 's/load)/load) exit 9;/' "$T/do-docker"
	run -9 "$DOCKERUTILS" transfer-image -z none x:1 there
	[[ $output == *"the transfer failed at 'docker load'"*'docker load: exit 9'* ]]
}

@test "transfer: a host that does not answer" {
	ends
	touch "$T/dead"
	run -255 "$DOCKERUTILS" transfer-image x:1 there
	[[ $output == *'there does not say what it has (ssh: connect to host there: Connection refused)'* ]]
	[[ $output == *"the transfer failed at 'docker load'"* ]]
}

@test "W-S11: sudo only where docker itself is not to be had" {
	ends
	standin sudo
	echo '[ "$1" != -n ] || shift; SUDO=1 "$@"' >"$T/do-sudo"
	"$DOCKERUTILS" transfer-image x:1 there >/dev/null
	run -1 grep ^sudo "$T/calls"
	sed -i 's/version) ;;/version) [ -z "$THERE" ] || [ -n "$SUDO" ] || exit 1 ;;/' "$T/do-docker"
	"$DOCKERUTILS" transfer-image x:1 there >"$T/out"
	grep -q 'sudo -n docker load' "$T/out"
}

@test "W-S8: a host or an image that is an option is none" {
	ends
	run -2 "$DOCKERUTILS" transfer-image x:1 -- -oProxyCommand=touch
	run -2 "$DOCKERUTILS" transfer-image -- -x there
	[ ! -e "$T/calls" ]
}

@test "transfer: --project takes the project's name for an image" {
	ends
	run -0 "$DOCKERUTILS" transfer-image -p --print dev there
	[[ $output == 'docker save proj-dev:ann | '* ]]
	run -2 "$DOCKERUTILS" transfer-image -p --print nope there
}

@test "transfer: progress on a terminal" {
	ends
	mkfifo "$T/more"
	sed -i 's/cat "$T\/image"/cat "$T\/image"; read -r _ <"$T\/more"/' "$T/do-docker"
	TERM=xterm script -qefc "'$DOCKERUTILS' transfer-image -z none x:1 there" "$T/typed" </dev/null >/dev/null 3>&- &
	local limit=$((SECONDS + 20))
	until grep -q 'x:1 to there: 3 MiB' "$T/typed"; do
		[ $SECONDS -lt $limit ] || return 1
		sleep 0.05
	done
	echo >"$T/more"
	wait $!
	cmp "$T/image" "$T/loaded"
}

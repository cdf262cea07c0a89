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

@test "W-C32, W-M6: the image comes through whole and in one stream, by zstd, gzip or nothing" {
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

# ---- layers that are there

# layered KIND TEXT...: the image has a layer for each TEXT, and the docker there has what is listed in $T/has, a line
# for each image, and says what is in $T/says; $T/loaded gets the layers that crossed.
layered() {
	ends
	saved=$top_srcdir/tests/lib/saved.py
	"$saved" save "$@" >"$T/image"
	shift
	"$saved" diffs "$@" >"$T/diffs"
	touch "$T/has" "$T/says"
	export saved
	cat >"$T/do-docker" <<-'END'
		case "$*" in
		version) ;;
		save*) cat "$T/image" ;;
		load)
			cat >"$T/archive"
			echo >>"$T/loads"
			"$saved" load "$T/has" <"$T/archive" >"$T/loading" || exit 1
			mv "$T/loading" "$T/loaded"
			;;
		info*) [ ! -e "$T/no-info" ] || exit 1; cat "$T/info" 2>/dev/null || echo 'overlay2 [[Backing Filesystem extfs]]' ;;
		'image inspect --format {{.Id}} {{.Size}} {{json .RootFS.Layers}}'*) echo "sha256:abc 10 $(<"$T/diffs")" ;;
		'image inspect --format {{.Id}}'*) ;;
		'image ls'*) echo an-image ;;
		'image inspect --format layers {{json .RootFS.Layers}} an-image') cat "$T/says" ;;
		esac
	END
}

# there_is TEXT...: an image with these layers is there.
there_is() {
	"$saved" diffs "$@" >>"$T/has"
	echo "layers $("$saved" diffs "$@")" >>"$T/says"
}

crossed_are() {
	[ "$(xargs -n1 <"$T/loaded" | sort | xargs)" = "$*" ]
}

@test "W-M6: layers: what the host has in common from the first one on does not cross" {
	local kind
	for kind in directories blobs; do
		layered "$kind" one two three
		rm -f "$T"/{has,says}
		there_is other
		there_is one
		there_is one two and more
		there_is two three
		"$DOCKERUTILS" transfer-image x:1 there >"$T/out" 2>"$T/err"
		crossed_are three
		grep -x '.*: there has 2 of the 3 layers already' "$T/err"
		grep -F "docker save x:1 | $DEXEC_LIBEXEC_DIR/dexec-archive rest 2 sha256:" "$T/out"
		# What is shown is what was done.
		rm "$T/loaded"
		(cd "$T" && PATH=$T/bin:$PATH bash -c "$(grep '^docker save' "$T/out")")
		crossed_are three
	done
}

@test "layers: where all of them are there only the image's words cross" {
	layered directories one two
	there_is one two three
	"$DOCKERUTILS" transfer-image x:1 there
	crossed_are
	[ "$(wc -c <"$T/archive")" -lt "$(($(wc -c <"$T/image") - 20000))" ]
}

@test "layers: where the host lacks everything the pipeline is that of ever" {
	layered directories one two
	there_is two one
	"$DOCKERUTILS" transfer-image -z none x:1 there >"$T/out" 2>"$T/err"
	cmp "$T/image" "$T/archive"
	[ ! -s "$T/err" ]
	grep -x "docker save x:1 | ssh -- there 'docker load'" "$T/out"
}

@test "layers: an image without any, and one whose layers are not said" {
	local words
	layered directories one
	there_is one
	for words in null '[]' '' '[1]' 'sha256:1' '["sha256:;touch x"]'; do
		echo "$words" >"$T/diffs"
		rm -f "$T/calls"
		"$DOCKERUTILS" transfer-image -z none x:1 there >"$T/out"
		cmp "$T/image" "$T/archive"
		no_such 'image ls' "$T/calls"
		no_such rest "$T/out"
	done
}

@test "layers: the whole image is sent where the host does not take it without them" {
	layered directories one two three
	there_is one two
	# They are gone by the time of the load.
	: >"$T/has"
	"$DOCKERUTILS" transfer-image -z none x:1 there >"$T/out" 2>"$T/err"
	crossed_are one three two
	[ "$(wc -l <"$T/loads")" = 2 ]
	cmp "$T/image" "$T/archive"
	[ "$(grep -c 'transfer' "$T/err")" = 2 ]
	grep 'there does not take it without the layers that it has (.*docker load: exit 1); sending the whole image$' "$T/err"
}

@test "layers: a whole image that fails, too, is a failure, after two" {
	layered directories one two
	there_is one
	sed -i 's/^load)/load) cat >\/dev\/null; echo >>"$T\/loads"; exit 9;/' "$T/do-docker"
	run -9 "$DOCKERUTILS" transfer-image x:1 there
	[ "$(wc -l <"$T/loads")" = 2 ]
	[[ $output == *"the transfer failed at 'docker load'"* ]]
}

@test "layers: a connection that breaks, or a save that fails, is no reason to begin again" {
	layered directories one two
	there_is one
	sed -i 's/^load)/load) cat >\/dev\/null; echo >>"$T\/loads"; exit 255;/' "$T/do-docker"
	run -255 "$DOCKERUTILS" transfer-image x:1 there
	[ "$(wc -l <"$T/loads")" = 1 ]
	layered directories one two
	rm "$T/loads"
	sed -i 's/^save\*)/save*) head -c 2000 "$T\/image"; exit 3;/' "$T/do-docker"
	run -3 "$DOCKERUTILS" transfer-image x:1 there
	[[ $output == *"the transfer failed at 'docker save'"* ]]
	[ ! -e "$T/loaded" ]
	[ ! -e "$T/loads" ] || [ "$(wc -l <"$T/loads")" = 1 ]
}

@test "layers: a stage of its own has its status told" {
	layered directories one two
	there_is one
	head -c 5000 /dev/urandom >"$T/image"
	"$DOCKERUTILS" transfer-image x:1 there >"$T/out" 2>"$T/err" || :
	grep 'dexec-archive: exit 2.*sending the whole image' "$T/err"
}

@test "layers: what a host says that makes no sense shares nothing" {
	layered directories one two
	"$saved" diffs one >"$T/has"
	{
		printf 'layers [%s\n' '"sha256:1"'
		printf 'layers %s\n' '{"a":[]}' '[[[[[[' null '[]' '"' "$(tr -d ']' <"$T/diffs")" "$(tr a-f A-F <"$T/diffs")"
		head -c 100000 /dev/urandom | tr -d '\0'
		printf '\nlayers [%s,%s' "$(tr -d '[]' <"$T/has")" '"$(touch hacked)"]'
	} >"$T/says"
	"$DOCKERUTILS" transfer-image -z none x:1 there >"$T/out" 2>"$T/err"
	cmp "$T/image" "$T/archive"
	no_such rest "$T/out"
	[ ! -e hacked ]
	# And in the middle of that what does make sense counts.
	printf '\nlayers %s\n' "$(<"$T/has")" >>"$T/says"
	"$DOCKERUTILS" transfer-image -z none x:1 there
	crossed_are two
}

@test "layers: a host that says it has what it has not gets all of it" {
	layered blobs one two
	there_is one two
	: >"$T/has"
	"$DOCKERUTILS" transfer-image x:1 there
	crossed_are one two
}

@test "layers: progress on a terminal, and a compressor that fails is none of the host's" {
	layered directories one two
	there_is one
	mkfifo "$T/more"
	sed -i 's/cat "$T\/image"/cat "$T\/image"; read -r _ <"$T\/more"/' "$T/do-docker"
	TERM=xterm script -qefc "'$DOCKERUTILS' transfer-image x:1 there" "$T/typed" </dev/null >/dev/null 3>&- &
	local limit=$((SECONDS + 20))
	until grep -q 'x:1 to there: 0 MiB' "$T/typed"; do
		[ $SECONDS -lt $limit ] || return 1
		sleep 0.05
	done
	echo >"$T/more"
	wait $!
	crossed_are two
	layered directories one two
	rm "$T/loads"
	standin zstd
	echo '[ "$1" != -qcT0 ] || { cat >/dev/null; exit 7; }; [ "$1" != -dcq ] || cat' >"$T/do-zstd"
	run -7 "$DOCKERUTILS" transfer-image -z zstd x:1 there
	[[ $output == *"the transfer failed at 'zstd' ("* ]]
}

@test "layers: an engine that keeps images in containerd is sent the whole image" {
	layered blobs one two
	there_is one
	echo 'overlayfs [[driver-type io.containerd.snapshotter.v1]]' >"$T/info"
	"$DOCKERUTILS" transfer-image -z none x:1 there
	cmp "$T/image" "$T/archive"
	touch "$T/no-info"
	rm "$T/info" "$T/archive"
	"$DOCKERUTILS" transfer-image -z none x:1 there
	cmp "$T/image" "$T/archive"
}

@test "layers: --force sends all of them, --print asks nobody, and no helper leaves none out" {
	layered directories one two
	there_is one
	"$DOCKERUTILS" transfer-image --force -z none x:1 there
	cmp "$T/image" "$T/archive"
	rm "$T"/{calls,archive}
	run -0 "$DOCKERUTILS" transfer-image --print x:1 there
	[ "$output" = "docker save x:1 | zstd -qcT0 | ssh -- there 'zstd -dcq | docker load'" ]
	[ ! -e "$T/calls" ]
	DEXEC_LIBEXEC_DIR=$T/none "$DOCKERUTILS" transfer-image -z none x:1 there
	cmp "$T/image" "$T/archive"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A container's files, mounted by sshfs over dexec-sftp, and ordinary tools upon them: on a directory of this machine,
# and in containers, where it is process 1 as well. What a tool does on the mount must be found in the directory itself.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load ../engine/fixture

SFTP=$(realpath "${DEXEC_SFTP:-${DEXEC_LIBEXEC_DIR:-.}/dexec-sftp}")
MOUNT=$(realpath "${BATS_TEST_FILENAME%/*}/mount.py")

setup() {
	scratch
	[ -w /dev/fuse ] || skip "no /dev/fuse that we may use"
	D=$T/served M=$T/mounted
	mkdir "$D" "$M"
}

teardown() {
	[ -z "${M-}" ] || ! is_mounted || fusermount3 -u -z "$M"
	end_started
	[ -z "${C-}" ] || docker rm --force "$C" >/dev/null
}

is_mounted() {
	grep -qF " $M fuse.sshfs " /proc/self/mounts
}

# mount_at DIRECTORY SERVER [ARGS...]
mount_at() {
	start mount "$MOUNT" "$1" "$M" "${@:2}"
	until_true "the mount" mounted_or_over
	is_mounted || { finish mount && fail "not mounted"; }
}

mounted_or_over() {
	is_mounted || [ -e "$T/mount.status" ]
}

# When it is unmounted, the server ends well, and nobody had anything to say.
unmount() {
	fusermount3 -u "$M"
	finish mount
	ends "exit 0"
	silent_stderr
}

here() {
	mount_at "$D" "$SFTP"
}

# same DIRECTORY DIRECTORY: names, kinds, modes, sizes, times, links and contents.
same() {
	diff <(listing "$1") <(listing "$2") && diff -r --no-dereference "$1" "$2"
}

listing() {
	(cd "$1" && find . -mindepth 1 \( -type d -printf '%P %y %m %U:%G %T@\n' \
		-o -printf '%P %y %m %U:%G %T@ %s %l\n' \) | sort)
}

# A tree with a bit of everything that sshfs can carry.
make_tree() {
	mkdir -p "$1/a b/deep/er" "$1/empty" "$1"/$'new\nline'
	echo text >"$1/a b/file"
	head -c 100000 /dev/urandom >"$1/a b/deep/bytes"
	printf x >"$1"/$'\xff\xfe'
	: >"$1/none"
	ln -s ../none "$1/a b/link"
	ln -s /nowhere/at/all "$1/dangling"
	chmod 750 "$1/a b"
	chmod 4711 "$1/a b/file"
	touch -h -d '2002-03-04 05:06:07' "$1/a b/link" "$1/dangling"
	[ "$(id -u)" != 0 ] || chown -h 12:34 "$1/dangling" "$1/none"
	find "$1" -depth ! -type l -exec touch -d '2001-02-03 04:05:06' {} +
}

@test "mounted: cp -a brings a tree there, and back" {
	here
	make_tree "$T/tree"
	cp -a "$T/tree" "$M/"
	same "$T/tree" "$D/tree"
	cp -a "$M/tree" "$T/back"
	same "$T/tree" "$T/back"
	rm -r "$M/tree"
	[ -z "$(ls -A "$D")" ]
	unmount
}

@test "mounted: a tree that is there is found as it is" {
	make_tree "$D/tree"
	here
	same "$D/tree" "$M/tree"
	run -0 find "$M" -name 'bytes' -size +90k
	[ "$output" = "$M/tree/a b/deep/bytes" ]
	[ "$(find "$M/tree" | wc -l)" = "$(find "$D/tree" | wc -l)" ]
	unmount
}

@test "mounted: mv over a file that is there, and into directories" {
	here
	echo old >"$M/old"
	echo new >"$M/new"
	mv "$M/new" "$M/old"
	[ "$(<"$D/old")" = new ]
	[ ! -e "$D/new" ]
	mkdir -p "$M/one/two"
	mv "$M/old" "$M/one/two/"
	mv "$M/one" "$M/three"
	[ "$(<"$D/three/two/old")" = new ]
	run -1 rmdir "$M/three"
	[ -d "$D/three" ]
	unmount
}

@test "mounted: an editor puts its new file in the old one's place" {
	echo first >"$D/text"
	chmod 640 "$D/text"
	here
	[ "$(<"$M/text")" = first ]
	exec 7<"$D/text"
	sed -i 's/first/second/' "$M/text"
	[ "$(<"$D/text")" = second ]
	[ "$(cat <&7)" = first ] # it was another file
	exec 7<&-
	[ "$(stat -c %a "$D/text")" = 640 ]
	[ "$(ls "$D")" = text ]
	unmount
}

@test "mounted: links" {
	here
	echo text >"$M/file"
	ln -s file "$M/link"
	[ "$(readlink "$D/link")" = file ]
	[ "$(<"$M/link")" = text ]
	ln -s /nowhere/at/all "$M/dangling"
	[ "$(readlink "$M/dangling")" = /nowhere/at/all ]
	[ ! -e "$M/dangling" ]
	ln "$M/file" "$M/hard"
	[ "$D/file" -ef "$D/hard" ]
	rm "$M/link" "$M/file"
	[ "$(<"$D/hard")" = text ]
	unmount
}

@test "mounted: chmod, chown, touch -d, truncate and append" {
	here
	printf 12345 >"$M/file"
	chmod 2751 "$M/file"
	[ "$(stat -c %a "$D/file")" = 2751 ]
	touch -d '2001-02-03 04:05:06' "$M/file"
	[ "$(stat -c %.Y "$D/file")" = "$(date -d '2001-02-03 04:05:06' +%s.000000000)" ]
	truncate -s 3 "$M/file"
	[ "$(<"$D/file")" = 123 ]
	echo ++ >>"$M/file"
	[ "$(<"$D/file")" = 123++ ]
	truncate -s 10M "$M/file"
	[ "$(stat -c %s "$D/file")" = $((10 << 20)) ]
	: >"$M/file"
	[ ! -s "$D/file" ]
	if [ "$(id -u)" = 0 ]; then
		chown 12:34 "$M/file"
		[ "$(stat -c %u:%g "$D/file")" = 12:34 ]
	fi
	unmount
}

@test "mounted: 64 MiB are the same, there and back" {
	head -c $((64 << 20)) /dev/urandom >"$T/bulk"
	here
	cp "$T/bulk" "$M/bulk"
	cmp "$T/bulk" "$D/bulk"
	cp "$T/bulk" "$D/other"
	cmp "$T/bulk" "$M/other"
	dd if="$M/other" bs=1000 skip=12345 count=777 status=none |
		cmp - <(dd if="$T/bulk" bs=1000 skip=12345 count=777 status=none)
	unmount
}

@test "mounted: df says what is there" {
	here
	[ "$(df --output=size -k "$M" | tail -n 1)" = "$(df --output=size -k "$D" | tail -n 1)" ]
	unmount
}

@test "mounted: what cannot be written is an error for whoever writes it" {
	mount_at "$D" sh -c 'ulimit -f 512 && exec "$0"' "$SFTP"
	run ! dd if=/dev/zero of="$M/file" bs=64k count=64 conv=fsync
	[ "$(stat -c %s "$D/file")" -le $((512 << 10)) ]
	unmount
}

@test "mounted: 3,000 files in a directory, written, listed and removed" {
	here
	mkdir "$M/many"
	(cd "$M/many" && for ((i = 0; i < 3000; i++)); do : >"$i"; done)
	[ "$(find "$D/many" -type f | wc -l)" = 3000 ]
	[ "$(ls "$M/many")" = "$(ls "$D/many")" ]
	rm -r "$M/many"
	[ ! -e "$D/many" ]
	unmount
}

@test "mounted: git works" {
	here
	git -C "$M" init -q
	echo text >"$M/file"
	git -C "$M" add file
	git -C "$M" -c user.name=x -c user.email=x@localhost commit -qm one
	git -C "$M" fsck --strict
	[ -z "$(git -C "$M" status --porcelain)" ]
	unmount
}

# ---- in containers

# A container of IMAGE in which there is nothing else to run.
waiting_container() {
	C=dexec-test-sftp-$$-$RANDOM$RANDOM
	docker create --pull never --name "$C" --entrypoint /.dexec-sftp "$1" --wait >/dev/null 3>&-
	docker cp "$SFTP" "$C:/.dexec-sftp"
	docker start "$C" >/dev/null
}

# stopped: by TERM, which it has to take as process 1, and not by the KILL that comes ten seconds later.
stopped() {
	docker stop "$C" >/dev/null
	[ "$(docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$C")" = "exited 0" ]
}

@test "container: an image with nothing in it, mounted, changed, unmounted and stopped" {
	waiting_container dexec-scratch:1
	mount_at / docker exec -i "$C" /.dexec-sftp
	cmp "$SFTP" "$M/.dexec-sftp"
	mkdir "$M/tmp/new"
	head -c 1000000 /dev/urandom >"$T/bytes"
	cp "$T/bytes" "$M/tmp/new/bytes"
	unmount
	docker cp "$C:/tmp/new/bytes" "$T/again"
	cmp "$T/bytes" "$T/again"
	stopped
}

@test "container: when it stops the mount is gone, and nobody hangs" {
	waiting_container dexec-scratch:1
	mount_at / docker exec -i "$C" /.dexec-sftp
	: >"$M/tmp/file"
	stopped
	until_true "the mount to go" gone
	finish mount
}

gone() {
	! is_mounted || ! timeout 5 ls "$M" >/dev/null 2>&1
}

@test "container: orphans are waited for" {
	waiting_container dexec-busybox:1
	docker exec "$C" sh -c '(sleep 0.2 &) ; (sleep 0.1 &)'
	until_true "neither to be left" no_sleeper
	stopped
}

# Seen from inside: the engine does not tell of those that are dead and not waited for.
no_sleeper() {
	! docker exec "$C" sh -c 'cat /proc/[0-9]*/stat 2>/dev/null' | grep -qF ' (sleep) '
}

@test "container: all others are asked to end, and may take a moment" {
	waiting_container dexec-busybox:1
	docker exec -d "$C" sh -c 'trap "sleep 0.3; echo good >/bye; exit" TERM; echo up >/up; while :; do sleep 0.05; done'
	until_true "it to be up" docker cp "$C:/up" "$T/up"
	stopped
	docker cp "$C:/bye" "$T/bye"
	[ "$(<"$T/bye")" = good ]
}

@test "container: one that does not want to end is not waited for" {
	waiting_container dexec-busybox:1
	docker exec -d "$C" sh -c 'trap "" TERM; echo up >/up; while :; do sleep 1; done'
	until_true "it to be up" docker cp "$C:/up" "$T/up"
	stopped
}

@test "container: INT ends it as TERM does" {
	waiting_container dexec-scratch:1
	docker kill --signal INT "$C" >/dev/null
	[ "$(docker wait "$C")" = 0 ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# file and ls on a real engine: with the image's own cat and ls, and without them, in an image that has neither and in a
# container that does not run. The same files are in each, and the same is to come out.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2012,SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	make_files "$BATS_FILE_TMPDIR/root"
	container BB dexec-busybox:1 -w /data
	container SCR dexec-scratch:1 -w /data
	container STOPPED dexec-busybox:1 -w /data
	container BARE dexec-scratch:1 # stopped, and no working directory
	for name in "$BB" "$SCR" "$STOPPED" "$BARE"; do
		tar -C "$BATS_FILE_TMPDIR/root" --owner=0 --group=0 -cf - . | docker cp - "$name:/"
	done
	docker kill "$STOPPED" "$BARE" >/dev/null
}

make_files() {
	local d=$1/data
	mkdir -p "$d/dir/sub" "$d/empty-dir"
	echo plain >"$d/plain"
	echo other >"$d/other"
	: >"$d/empty"
	printf 'no newline' >"$d/open-end"
	echo blank >"$d/a blank"
	echo newline >"$d/"$'new\nline'
	echo dash >"$d/-dash"
	echo colon >"$d/a:b"
	echo bytes >"$d/"$'caf\xe9'
	echo quotes >"$d/it's \"quoted\" \$HOME *"
	echo umlaut >"$d/ä€"
	ln -s plain "$d/link"
	ln -s nowhere "$d/dangling"
	echo inside >"$d/dir/inside"
	head -c 20000000 /dev/urandom >"$d/binary"
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	data=$BATS_FILE_TMPDIR/root/data
}

teardown() {
	end_started
}

# in_each FUNCTION: called with the name of a container, for each of them
in_each() {
	local name
	for name in "$BB" "$SCR" "$STOPPED"; do
		"$@" "$name"
	done
}

# ---- file

file_plain() {
	go dexec "$1" file /data/plain
	ends "exit 0"
	cmp "$out" "$data/plain"
	silent_stderr
}

@test "file: a file" {
	in_each file_plain
	file_plain "$BARE"
}

file_several() {
	go dexec "$1" file /data/plain /data/open-end /data/empty /data/other /data/plain
	ends "exit 0"
	(cd "$data" && cat plain open-end empty other plain) | cmp - "$out"
	silent_stderr
}

@test "file: several, one after the other" {
	in_each file_several
}

file_binary() {
	go dexec "$1" file /data/binary
	ends "exit 0"
	cmp "$out" "$data/binary"
	go dexec --disable_stream "$1" file /data/binary
	ends "exit 0"
	cmp "$out" "$data/binary"
}

@test "file: 20 MB of anything" {
	in_each file_binary
}

file_hostile() {
	local file
	for file in 'a blank' $'new\nline' 'a:b' 'ä€' "it's \"quoted\" \$HOME *"; do
		go dexec "$1" file "/data/$file"
		ends "exit 0"
		cmp "$out" "$data/$file"
		silent_stderr
	done
}

@test "file: names with blanks, newlines, quotes, colons" {
	in_each file_hostile
}

file_dash() {
	go dexec "$1" file -dash
	ends "exit 0"
	cmp "$out" "$data/-dash"
}

@test "file: names with leading dashes are files all the same" {
	in_each file_dash
}

file_relative() {
	go dexec "$1" file plain dir/inside
	ends "exit 0"
	cat "$data/plain" "$data/dir/inside" | cmp - "$out"
	go dexec -w /data/dir "$1" file inside ../plain ./inside
	ends "exit 0"
	cat "$data/dir/inside" "$data/plain" "$data/dir/inside" | cmp - "$out"
}

@test "file: relative paths begin in the working directory, the container's or that of -w" {
	in_each file_relative
	go dexec "$BARE" file data/plain
	ends "exit 0"
	cmp "$out" "$data/plain"
}

file_link() {
	go dexec "$1" file /data/link
	ends "exit 0"
	cmp "$out" "$data/plain"
	go dexec "$1" file /data/dangling
	ends "exit 1"
	silent_stdout
	[ "$(wc -l <"$err")" = 1 ]
}

@test "file: links are followed, one that leads nowhere is missing" {
	in_each file_link
}

file_missing() {
	go dexec "$1" file /data/plain /data/missing /data/other
	ends "exit 1"
	cat "$data/plain" "$data/other" | cmp - "$out"
	[ "$(wc -l <"$err")" = 1 ]
	grep -q '/data/missing.*No such file' "$err"
	go dexec "$1" file /missing/also
	ends "exit 1"
	silent_stdout
	[ "$(wc -l <"$err")" = 1 ]
}

@test "file: a missing path: 1, one line about it, and the others are printed" {
	in_each file_missing
}

file_directory() {
	go dexec "$1" file /data/plain /data/dir /data/other
	ends "exit 1"
	cat "$data/plain" "$data/other" | cmp - "$out"
	[ "$(wc -l <"$err")" = 1 ]
	grep -qi 'directory' "$err" # that of busybox does not say which
}

@test "file: a directory: 1, one line about it, and the others are printed" {
	in_each file_directory
}

@test "file: a missing path of a hostile name: one line, fit for a terminal" {
	for name in "$SCR" "$STOPPED"; do
		go dexec "$name" file $'/data/\e]0;title\a\nline'
		ends "exit 1"
		silent_stdout
		complains
	done
}

@test "file: no such container, or one that is paused: 125, and nothing is read from outside" {
	go dexec "${BB}x" file /data/plain
	refuses 125 "no such container"
	docker pause "$BB" >/dev/null
	go dexec "$BB" file /data/plain
	docker unpause "$BB" >/dev/null
	refuses 125 paused
}

@test "file: no path: 125, and says what is missing" {
	go dexec "$BB" file
	ends "exit 125"
	silent_stdout
	head -n 1 "$err" | grep -q 'no path'
}

@test "file: a full disk: 125, with the image's cat and without" {
	for name in "$BB" "$SCR" "$STOPPED"; do
		go bash -c '"$1" "$2" file /data/binary >/dev/full' bash "$DEXEC" "$name"
		ends "exit 125"
		grep -q 'No space left' "$err"
	done
}

@test "file: a reader that goes away" {
	for name in "$BB" "$SCR" "$STOPPED"; do
		go bash -c '"$1" "$2" file /data/binary | head -c 1 >/dev/null; exit "${PIPESTATUS[0]}"' bash "$DEXEC" "$name"
		ends "exit 141"
		silent_stderr
	done
}

@test "file: INT while it reads from outside: we die by it, and nothing is left running here" {
	mkfifo stalled
	start read bash -c 'exec "$1" "$2" file /data/binary >"$3"' bash "$DEXEC" "$STOPPED" "$T/stalled"
	exec 8<stalled
	head -c 1 <&8 >/dev/null
	mapfile -t ours < <(children "$pid")
	kill -INT "$pid"
	finish read
	ends "signal 2"
	exec 8<&-
	for process in "${ours[@]}"; do
		[ ! -e "/proc/$process" ]
	done
}

@test "file: invalid UTF-8 in a name, read from outside" {
	for name in "$SCR" "$STOPPED"; do
		go dexec "$name" file $'/data/caf\xe9'
		# Docker itself may not be able to say such a name: then one line tells that it cannot be read.
		if docker cp "$name:"$'/data/caf\xe9' - 2>/dev/null | tar -t 2>/dev/null | grep -q .; then
			ends "exit 0"
			cmp "$out" "$data/"$'caf\xe9'
		else
			refuses 1 '/data/caf'
		fi
	done
}

# ---- ls

# The image's own ls is the measure: both sort by bytes and put one name on a line when no terminal reads.
ls_directory() {
	go dexec "$1" ls "${@:2}"
	ends "exit 0"
	silent_stderr
	LC_ALL=C ls "$data/dir" | cmp - "$out"
}

@test "ls: a directory, with and without a slash at its end" {
	for name in "$BB" "$SCR" "$STOPPED" "$BARE"; do
		ls_directory "$name" /data/dir
		ls_directory "$name" /data/dir/
	done
}

ls_relative() {
	go dexec -w /data/dir "$1" ls
	ends "exit 0"
	LC_ALL=C ls "$data/dir" | cmp - "$out"
	go dexec "$1" ls dir
	ends "exit 0"
	LC_ALL=C ls "$data/dir" | cmp - "$out"
	go dexec "$1" ls -A
	ends "exit 0"
	grep -qx -e -dash "$out"
}

@test "ls: without a path, and with a relative one, from the working directory" {
	in_each ls_relative
}

ls_root() {
	go dexec "$1" ls /
	ends "exit 0"
	grep -qx data "$out"
	grep -qx tmp "$out"
}

@test "ls: the root directory" {
	in_each ls_root
	ls_root "$BARE"
}

ls_long() {
	go dexec "$1" ls -l /data/plain
	ends "exit 0"
	grep -Eq '^-rw-r--r-- +1 (root|0) +(root|0) +6 .* /data/plain$' "$out"
	go dexec "$1" ls -la /data/dir
	ends "exit 0"
	grep -Eq '^drwxr-xr-x .* sub$' "$out"
	grep -Eq '^d.* \.$' "$out"
	grep -Eq '^-rw-r--r-- .* 7 .* inside$' "$out"
}

@test "ls -l: type, owner, size and name" {
	in_each ls_long
}

ls_file() {
	go dexec "$1" ls /data/plain
	ends "exit 0"
	says /data/plain
	go dexec "$1" ls -1 -- /data/-dash
	ends "exit 0"
	says /data/-dash
	go dexec -w /data "$1" ls -- -dash
	ends "exit 0"
	says -dash
}

@test "ls: a file, and one whose name begins with a dash" {
	in_each ls_file
}

ls_several() {
	go dexec "$1" ls /data/dir /data/empty-dir
	ends "exit 0"
	grep -qx '/data/dir:' "$out"
	grep -qx '/data/empty-dir:' "$out"
	grep -qx inside "$out"
}

@test "ls: several directories, each under its name" {
	in_each ls_several
}

# GNU ls has 2 for that, that of busybox 1; from outside it is 2.
ls_missing() {
	go dexec "$1" ls /data/missing /data/plain
	case $1 in "$BB") ends "exit 1" ;; *) ends "exit 2" ;; esac
	says /data/plain
	[ "$(wc -l <"$err")" = 1 ]
	grep -q '/data/missing.*No such file' "$err"
}

@test "ls: a missing path: its status, one line about it, and the others are listed" {
	in_each ls_missing
}

@test "ls: names that would write to the terminal do not, from outside" {
	for name in "$SCR" "$STOPPED"; do
		go dexec "$name" ls /data
		ends "exit 0"
		grep -qxF 'a blank' "$out"
	done
	/usr/bin/python3 - "$DEXEC" "$SCR" <<-'END'
	import os, pty, sys
	child, terminal = pty.fork()
	if child == 0:
	    os.execv(sys.argv[1], [sys.argv[1], sys.argv[2], 'ls', '/data'])
	shown = b''
	try:
	    while part := os.read(terminal, 4096):
	        shown += part
	except OSError:
	    pass
	assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
	assert b'new\nline' not in shown.replace(b'\r', b'') and b'plain' in shown, shown
	END
}

@test "ls: no such container: 125" {
	go dexec "${BB}x" ls /
	refuses 125 "no such container"
}

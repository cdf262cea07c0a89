#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# dockerdo run --record: what is changed in the files, and what can be made of it.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC1090

load fixture

setup_file() {
	engine_tests || return 0
	DOCKERDO=$(realpath "${DOCKERDO:-./dockerdo}")
	export DOCKERDO
	mkdir "$BATS_FILE_TMPDIR/bin"
	ln -s "$DOCKERDO" "$BATS_FILE_TMPDIR/bin/dockerdo"
	ln -s "$DOCKERDO" "$BATS_FILE_TMPDIR/bin/dodo"
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	[ -w /dev/fuse ] || skip "no /dev/fuse"
	command -v sshfs >/dev/null || skip "no sshfs"
	export PATH=$BATS_FILE_TMPDIR/bin:$PATH
	mkdir "$T/desk"
	cd "$T/desk" || return
	C=dexec-test-dodo-$$-$RANDOM$RANDOM
	echo "$C" >>"$BATS_FILE_TMPDIR/containers"
	. "$(dockerdo init --image dexec-busybox:1 --container "$C" 2>/dev/null)"
	FILES=$T/desk/container
	RECORD=$DOCKERDO_SESSION_DIR/modified_files
}

teardown() {
	cd / || return
	end_started
	! grep -qF " ${FILES-} " /proc/self/mountinfo || fusermount3 -uz "$FILES"
}

# recording [RUN-OPTION...]: a recorder, which watches from now on.
recording() {
	start recorder dockerdo run --record "$@"
	until_text "$T/recorder.err" recording
}

recorded() {
	grep -qxF -e "$1" "$RECORD"
}


@test "weak spot 60: new directories, files in the root, renames into place, deletions, modes" {
	recording
	mkdir -p "$FILES/new/deep/er"
	echo x >"$FILES/new/deep/er/file"
	echo x >"$FILES/in-root"
	echo x >"$FILES/tmp/.atomic" && mv "$FILES/tmp/.atomic" "$FILES/tmp/final"
	rm "$FILES/etc/group"
	chmod 600 "$FILES/etc/passwd"
	ln -s nowhere "$FILES/tmp/link"
	until_true "all of them" eval 'for path in /new/deep/er/file /in-root /tmp/final /etc/group /etc/passwd /tmp/link; do
		recorded "$path" || exit; done'
	# A directory that comes with all that is in it.
	mkdir -p "$FILES/tmp/a/b" && echo x >"$FILES/tmp/a/b/c"
	until_true "the file" recorded /tmp/a/b/c
	mv "$FILES/tmp/a" "$FILES/moved"
	until_true "the directory's new name" recorded /moved/b/c
	echo y >"$FILES/moved/b/later"
	until_true "a file in it" recorded /moved/b/later
	[ -z "$(sort "$RECORD" | uniq -d)" ]
	[ "$(stat -c %a "$RECORD")" = 600 ]
	dockerdo stop 2>/dev/null
	finish recorder
	ends "exit 0"
}

@test "weak spot 62: names of any kind, and a list of earlier times goes on" {
	printf '/etc/old\n/tmp/known\n' >"$RECORD"
	recording
	echo x >"$FILES/tmp/known"
	echo x >"$FILES/tmp/ with blanks "
	echo x >"$FILES/tmp/"$'two\nlines'
	echo x >"$FILES/tmp/last"
	until_true "the last" recorded /tmp/last
	diff "$RECORD" - <<-'END'
		/etc/old
		/tmp/known
		/tmp/ with blanks 
		"/tmp/two\nlines"
		/tmp/last
	END
	go dockerdo history
	grep -qx '/etc/old' "$out"
	grep -qx 'lines' "$out"
	kill "$pid"
	finish recorder
	ends "signal 15"
	mountpoint -q "$FILES"
}

@test "weak spot 59: 20,000 files, each once, and little time for it" {
	recording --tmpfs /many
	until_true "its directory" test -d "$FILES/many"
	python3 - "$FILES/tmp" <<-'END'
		import os, sys
		for n in range(20000):
		    os.close(os.open("%s/f%d" % (sys.argv[1], n), os.O_CREAT | os.O_WRONLY))
	END
	echo x >"$FILES/tmp/last"
	until_true "the last" recorded /tmp/last
	until_true "all" eval '[ "$(wc -l <"$RECORD")" -ge 20001 ]'
	[ "$(sort -u "$RECORD" | wc -l)" = 20001 ]
	[ "$(wc -l <"$RECORD")" = 20001 ]
	# User and system time, in hundredths of a second.
	[ -n "$SLOW" ] || [ "$(awk '{ print $14 + $15 }' "/proc/$pid/stat")" -lt 200 ]
	dockerdo stop 2>/dev/null
	finish recorder
	ends "exit 0"
}

@test "history: what has been changed in the container is listed as well" {
	recording
	echo x >"$FILES/tmp/here"
	until_true "the file" recorded /tmp/here
	dodo sh -c 'mkdir /there; echo y >/there/file; rm /etc/group'
	go dockerdo history
	for path in /tmp/here /there/file /etc/group; do
		grep -qx "$path" "$out"
	done
	run ! grep -qxE '/there|/etc|/tmp|/\.dexec-.*' "$out"
	grep -qF 'sh -c' "$out"
}

@test "history --dockerfile: it builds, and what comes of it is the same" {
	recording
	echo 'in a file' >"$FILES/tmp/a b\$x[1]"
	mkdir "$FILES/tmp/gone" && echo x >"$FILES/tmp/gone/file" && rm -r "$FILES/tmp/gone"
	until_true "the file" recorded '/tmp/a b$x[1]'
	dockerdo export "A=it's \"\$HOME\" \\" 2>/dev/null
	dodo -w /tmp sh -c 'cat a*; printf "%s" "$A" >/var' sh >/dev/null || :
	dodo -w /home 'echo "$A" | tr a-z A-Z >line'
	dodo -w /tmp cp 'a b$x[1]' copy
	go dockerdo history --dockerfile
	ends "exit 0"
	cp "$out" "$T/desk/Dockerfile"
	cd "$T/desk"
	builder=docker
	[ ! -x /usr/bin/docker ] || builder=/usr/bin/docker
	! grep -q '^# A' Dockerfile || fail "$(<Dockerfile)"
	DOCKER_BUILDKIT=1 $builder build -q -t "$C" . >"$T/build" 2>&1 3>&- ||
		! grep -q 'BuildKit is enabled but' "$T/build" || skip "no BuildKit"
	run -0 docker run --rm --entrypoint sh "$C" -c 'cat "/tmp/a b\$x[1]" /tmp/copy /home/line; echo "$A"'
	docker rmi -f "$C" >/dev/null 2>&1
	[ "$output" = "in a file
in a file
IT'S \"\$HOME\" \\
it's \"\$HOME\" \\" ]
}

@test "record: kept in the session, and start does it again" {
	go dockerdo run
	ends "exit 0"
	dockerdo stop 2>/dev/null
	start recorder dockerdo start --record
	until_text "$T/recorder.err" recording
	grep -qx 'record_inotify: true' "$DOCKERDO_SESSION_DIR/session.yaml"
	dockerdo rm -f 2>/dev/null
	finish recorder
	ends "exit 0"
}

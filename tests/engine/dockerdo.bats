#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# dockerdo and dodo on a real engine, with sshfs: a session of the file's own for what is run in it, and sessions of the
# tests' own for how containers and mounts come and go.
#
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2154,SC1090

load fixture

setup_file() {
	engine_tests || return 0
	dodo_ready || return 0
	DOCKERDO=$(realpath "${DOCKERDO:-./dockerdo}")
	export DOCKERDO
	mkdir -p "$BATS_FILE_TMPDIR"/{bin,home,desk,runtime} && chmod 700 "$BATS_FILE_TMPDIR/runtime"
	ln -s "$DOCKERDO" "$BATS_FILE_TMPDIR/bin/dockerdo"
	ln -s "$DOCKERDO" "$BATS_FILE_TMPDIR/bin/dodo"
	cd "$BATS_FILE_TMPDIR/desk" || return
	(
		PATH=$BATS_FILE_TMPDIR/bin:$PATH
		export HOME=$BATS_FILE_TMPDIR/home XDG_RUNTIME_DIR=$BATS_FILE_TMPDIR/runtime
		session --image dexec-debian:1 file
		dockerdo run 2>"$BATS_FILE_TMPDIR/err" >&2 3>&- || cat "$BATS_FILE_TMPDIR/err" >&2
		echo "$DOCKERDO_SESSION_DIR" >"$BATS_FILE_TMPDIR/session"
		key container_name >"$BATS_FILE_TMPDIR/name"
	)
}

teardown_file() {
	unmount_below "$BATS_FILE_TMPDIR"
	remove_containers
}

setup() {
	scratch
	dodo_ready || skip "no sshfs or no /dev/fuse"
	export PATH=$BATS_FILE_TMPDIR/bin:$PATH
	DOCKERDO_SESSION_DIR=$(<"$BATS_FILE_TMPDIR/session")
	export DOCKERDO_SESSION_DIR
	C=$(<"$BATS_FILE_TMPDIR/name")
	FILES=$BATS_FILE_TMPDIR/desk/container
	mkdir -p "$T/desk"
	cd "$FILES" || return
}

teardown() {
	cd / || return
	end_started
	[ -z "${T-}" ] || unmount_below "$T"
}

dodo_ready() {
	[ -w /dev/fuse ] && command -v sshfs >/dev/null
}

# unmount_below DIRECTORY: whatever a test has left mounted there.
unmount_below() {
	local point
	while read -r _ _ _ _ point _; do
		case $point in "$1"/*) fusermount3 -uz "$(printf '%b' "${point//\\0/\\00}")" ;; esac
	done </proc/self/mountinfo
}

# session [INIT-ARGS...]: a new one, active, in the current directory. Its container goes when the file is done.
session() {
	local file
	file=$(dockerdo init --container "dexec-test-dodo-$$-$RANDOM$RANDOM" "$@" 2>/dev/null)
	. "$file"
	key container_name >>"$BATS_FILE_TMPDIR/containers"
}

# key KEY: of the active session.
key() {
	sed -n "s/^$1: //p" "$DOCKERDO_SESSION_DIR/session.yaml"
}

# own [INIT-ARGS...]: a session of the test's own, in its work directory.
own() {
	cd "$T/desk" || return
	session --image dexec-busybox:1 "$@"
	FILES=$PWD/container C=$(key container_name)
}

runs() {
	[ "$(docker inspect --format '{{.State.Running}}' "$C" 2>/dev/null)" = true ]
}

exists() {
	docker inspect "$C" >/dev/null 2>&1
}

gone() {
	! exists
}

not_running() {
	! runs
}

mounted() {
	grep -qF " $FILES " /proc/self/mountinfo
}

not_mounted() {
	! mounted
}

# sshfs_of: the process that serves $FILES.
sshfs_of() {
	local file
	for file in /proc/[0-9]*/cmdline; do
		tr '\0' '\n' 2>/dev/null <"$file" | grep -qxF "$FILES" && [ "$(head -zn1 "$file" | tr -d '\0')" = sshfs ] &&
			echo "${file//[^0-9]/}"
	done
}

# everything DIRECTORY...: all files below, with their content, time and mode.
everything() {
	find "$@" -printf '%p %y %m %T@ %l\n' | sort
	find "$@" -type f -exec cat {} +
}

# none_with REGEX FILE...: a list of processes has its own line, too.
none_with() {
	local found
	found=$(grep -ls -e "$@") || return 0
	fail "$1 is in $found"
}

# says_that REGEX: stderr has a line of ours that matches.
says_that() {
	grep '^dockerdo: ' "$err" | grep -Eq -e "$1" || fail "stderr should match: $1"
}

# ---- what is run

@test "weak spot 1: the status is the command's own" {
	local n
	for n in 0 1 2 125 126 127 255; do
		go dodo sh -c "exit $n"
		ends "exit $n"
	done
	go dodo nosuchprogram
	ends "exit 127"
	says_that nosuchprogram
	go dodo /etc
	ends "exit 126"
}

@test "weak spot 14: options are dockerdo's before the command only" {
	go dodo printf '<%s>' -n -v -i -t --help --dry-run -- -w x
	ends "exit 0"
	[ "$(<"$out")" = '<-n><-v><-i><-t><--help><--dry-run><--><-w><x>' ]
	go dodo -- printf '<%s>' -- x
	[ "$(<"$out")" = '<--><x>' ]
	go dodo -i -w /usr -- pwd
	says /usr
	go dodo --nonsense true
	ends "exit 125"
	go "$DOCKERDO" exec -w /usr pwd
	says /usr
}

@test "weak spot 13: words reach the command byte for byte" {
	local words=('' ' ' 'a b' "it's" '"' '\' '$(touch pwn)' '`id`' ';' '*' $'new\nline' $'\t' '-n' é '~' '!' '#' "'\\''")
	# No other bytes than UTF-8: docker itself makes that of words.
	go dodo printf '%s\0' "${words[@]}"
	ends "exit 0"
	printf '%s\0' "${words[@]}" | cmp - "$out"
	# The same through docker itself.
	DEXEC_WARM=0 go dodo printf '%s\0' "${words[@]}"
	printf '%s\0' "${words[@]}" | cmp - "$out"
}

@test "weak spot 13: one word that is a line for a shell is run by one" {
	go dodo 'echo a | tr a b'
	says b
	go dodo 'ls -d /etc'
	says /etc
	go dodo ls /etc/passwd
	says /etc/passwd
	go dodo 'exit 3'
	ends "exit 3"
}

@test "weak spots 16, 31: variables have any value, and none is in a list of processes" {
	local value number=0
	own
	# The file's container, by a session whose variables are the test's.
	sed -i "s/^container_name: .*/container_name: $(<"$BATS_FILE_TMPDIR/name")/" "$DOCKERDO_SESSION_DIR/session.yaml"
	for value in '1;touch pwn' '$(touch pwn)' 'a b' $'two\nlines' 'a=b' "it's" '"' '\' $'\x01' é ' x '; do
		number=$((number + 1))
		dockerdo export "V$number=$value" 2>/dev/null
		printf 'V%s=%s\0' $number "$value"
	done >"$T/want"
	dockerdo export PATH='/odd path:/usr/bin:/bin' 2>/dev/null
	dockerdo export DOCKER_HOST='tcp://nowhere:1' 2>/dev/null
	printf '%s\0' 'PATH=/odd path:/usr/bin:/bin' 'DOCKER_HOST=tcp://nowhere:1' >>"$T/want"
	for DEXEC_WARM in 0 1 1; do
		DEXEC_WARM=$DEXEC_WARM go dodo env -0
		ends "exit 0"
		sort -z "$T/want" | cmp - <(grep -zE '^(V[0-9]+|PATH|DOCKER_HOST)=' "$out" | sort -z)
	done
	dockerdo export SECRET - <<<'hush-hush' 2>/dev/null
	dockerdo export GOSECRET=hush-hush 2>/dev/null
	DEXEC_WARM=0 start it dodo -v sh -c 'echo ready; exec sleep 1000'
	until_text "$T/it.out" ready
	none_with '[h]ush-hush' /proc/[0-9]*/cmdline "$T/it.err"
	kill "$pid"
	finish it
}

@test "exec: in the directory that the current one is, whatever its name" {
	local odd
	go dodo pwd
	says /
	for odd in 'a b' "it's" ';touch pwn' -rf $'new\nline' '$(touch pwn)' é; do
		mkdir -p "tmp/odd/$odd"
		cd "tmp/odd/$odd"
		go dodo pwd
		ends "exit 0"
		says "/tmp/odd/$odd"
		cd "$FILES"
	done
	[ ! -e tmp/odd/pwn ]
	[ ! -e pwn ]
	ln -s "$FILES/usr/share" "$T/link"
	cd "$T/link"
	go dodo pwd
	says /usr/share
	cd "$FILES"
	go dodo rm -r /tmp/odd
	ends "exit 0"
}

@test "weak spot 46: a part of it that is mounted elsewhere" {
	mkdir "$T/elsewhere"
	mount --bind "$FILES/usr" "$T/elsewhere"
	cd "$T/elsewhere/share"
	go dodo pwd
	says /usr/share
	cd "$T"
	umount "$T/elsewhere"
}

@test "weak spot 43: elsewhere it runs in /, or where -w says" {
	cd "$T"
	go dodo pwd
	says /
	says_that 'runs in /'
	go dodo -w /usr/share pwd
	says /usr/share
	silent_stderr
}

@test "exec: with no command it is a shell" {
	cd "$FILES/etc"
	go dodo <<<'pwd; exit 5'
	ends "exit 5"
	says /etc
}

@test "weak spot 35: a terminal where there is one, and standard input always" {
	go dodo cat <<<text
	says text
	go dodo sh -c 'test -t 0 || echo none'
	says none
	go script -qec "dodo sh -c 'test -t 0 && test -t 1 && echo terminal'" /dev/null
	grep -q terminal "$out"
	go script -qec "dodo sh -c 'test -t 0 || test -t 1 || echo none' | cat" /dev/null
	grep -q none "$out"
	printf 'a\nb\n' >"$T/lines"
	while read -r line; do dodo --no-stdin echo "$line"; done <"$T/lines" >"$T/seen"
	cmp "$T/lines" "$T/seen"
}

@test "weak spot 36: an interrupted command ends in the container, too" {
	census "$C"
	start it dodo sh -c 'sleep 1000 & echo ready; wait'
	until_text "$T/it.out" ready
	kill -INT "$pid"
	finish it
	ends "signal 2"
	nothing_left "$C"
}

@test "exec: dodo yes | head -1 ends at once and leaves nothing" {
	census "$C"
	go timeout "$LIMIT" bash -c 'dodo yes | head -1'
	says y
	ends "exit 0"
	nothing_left "$C"
}

@test "exec: 64 MiB through dodo cat, both ways, and through the mount" {
	head -c 67108864 /dev/urandom >"$T/random"
	go dodo cat <"$T/random"
	ends "exit 0"
	cmp "$T/random" "$out"
	cp "$T/random" "$FILES/tmp/random"
	go dodo cat /tmp/random
	cmp "$T/random" "$out"
	cmp "$T/random" "$FILES/tmp/random"
	go dodo rm /tmp/random
	ends "exit 0"
}

@test "exec: the second command goes through a warm connection" {
	local before
	dodo true
	until_true "a connection" eval '[ "$("$DEXEC" "$C" warm status 2>/dev/null | wc -l)" -gt 1 ]'
	before=$(served "$C")
	go dodo true
	ends "exit 0"
	[ "$(served "$C")" -gt "$before" ]
}

@test "history: commands that have gone well, where they did, as words" {
	own
	sed -i "s/^container_name: .*/container_name: $(<"$BATS_FILE_TMPDIR/name")/" "$DOCKERDO_SESSION_DIR/session.yaml"
	dodo -w /etc printf '%s\n' 'a b' -n >/dev/null
	dodo -w /etc false || :
	dodo 'cd /; echo x | cat' >/dev/null
	go dockerdo history
	says "cd /etc
printf '%s\\n' 'a b' -n
cd /
cd /; echo x | cat"
	[ "$(head -1 "$DOCKERDO_SESSION_DIR/command_history.jsonl")" = \
		'{"cwd": "/etc", "command": "printf %s\\n a b -n", "argv": ["printf", "%s\\n", "a b", "-n"]}' ]
}

@test "weak spot 57: a hundred exports while a command runs are all there" {
	own
	sed -i "s/^container_name: .*/container_name: $(<"$BATS_FILE_TMPDIR/name")/" "$DOCKERDO_SESSION_DIR/session.yaml"
	start it dodo sh -c 'echo ready; read -r line; echo "$line"' < <(until_true exports test -e "$T/exported"; echo end)
	until_text "$T/it.out" ready
	for ((i = 0; i < 100; i++)); do
		dockerdo export "V$i=$i" 2>/dev/null 3>&- &
		echo $! >>"$T/pids"
	done
	while read -r number; do wait "$number"; done <"$T/pids"
	touch "$T/exported"
	finish it
	ends "exit 0"
	[ "$(grep -c '^  V[0-9]*: ' "$DOCKERDO_SESSION_DIR/session.yaml")" = 100 ]
	go dodo env
	[ "$(grep -c '^V[0-9]*=[0-9]*$' "$out")" = 100 ]
}

# ---- how containers and mounts come and go

@test "run: files are the same on both sides, and stop, start and rm leave nothing behind" {
	own
	go dockerdo run
	ends "exit 0"
	runs
	mounted
	[ "$(key container_state)" = running ]
	echo from here >"$FILES/tmp/a"
	go dodo cat /tmp/a
	says 'from here'
	go dodo sh -c 'echo from there >/tmp/b; chmod 755 /tmp/b; ln -s b /tmp/c'
	[ "$(<"$FILES/tmp/b")" = 'from there' ]
	[ -x "$FILES/tmp/b" ]
	[ "$(readlink "$FILES/tmp/c")" = b ]
	go dockerdo run
	ends "exit 1"
	says_that 'running already'
	go dockerdo start
	ends "exit 1"
	says_that 'running already'
	go dockerdo stop
	ends "exit 0"
	exists
	not_running
	not_mounted
	[ "$(key container_state)" = stopped ]
	go dockerdo run
	ends "exit 1"
	says_that 'dockerdo start'
	go dodo true
	ends "exit 125"
	go dockerdo start
	ends "exit 0"
	[ "$(<"$FILES/tmp/b")" = 'from there' ]
	go dockerdo rm
	[ "$ended" != "exit 0" ]
	runs
	mounted
	go dockerdo rm --force --delete
	ends "exit 0"
	gone
	not_mounted
	[ ! -e "$DOCKERDO_SESSION_DIR" ]
}

@test "run: what a command has done is to be seen at once, and links lead to the container's own files" {
	own
	dockerdo run >/dev/null 2>&1 3>&-
	ls -l "$FILES/etc" >/dev/null
	cat "$FILES/etc/passwd" >/dev/null
	for number in 1 2 3 4 5; do
		go dodo sh -c 'echo "more: $1" >>/etc/passwd; mv /etc/"name$(($1 - 1))" /etc/"name$1" || touch /etc/name1' sh $number
		[ "$(tail -1 "$FILES/etc/passwd")" = "more: $number" ]
		[ "$(cd "$FILES/etc" && echo name*)" = "name$number" ]
	done
	go dodo sh -c 'ln -s /etc/passwd /tmp/absolute; ln -s ../etc/passwd /tmp/up'
	cmp "$FILES/tmp/absolute" "$FILES/etc/passwd"
	cmp "$FILES/tmp/up" "$FILES/etc/passwd"
}

@test "run: an image with nothing in it, and one with a user and a command of its own" {
	own --image dexec-scratch:1
	go dockerdo run
	ends "exit 0"
	echo x >"$FILES/x"
	[ "$(<"$FILES/x")" = x ]
	dockerdo rm -f --delete 2>/dev/null
	own
	printf 'FROM dexec-busybox:1\nUSER user\nENV OF=image\nENTRYPOINT ["/bin/false"]\nCMD ["no"]\n' >"$T/Dockerfile"
	docker build -q -t "$C" -f "$T/Dockerfile" "$T" >/dev/null 2>&1
	sed -i "s/^base_image: .*/base_image: $C/" "$DOCKERDO_SESSION_DIR/session.yaml"
	go dockerdo run
	ends "exit 0"
	go dodo sh -c 'id -un; echo $OF'
	says user$'\n'image
	dockerdo rm -f 2>/dev/null
	docker rmi "$C" >/dev/null 2>&1
}

@test "weak spot 55: arguments of docker run, with blanks, from the session's directory" {
	own
	mkdir 'p q'
	echo here >'p q/file'
	sed -i "s|^docker_run_args: .*|docker_run_args: -e 'A=a b'|" "$DOCKERDO_SESSION_DIR/session.yaml"
	mkdir elsewhere
	cd elsewhere
	go dockerdo run -v './p q:/p' --hostname=odd -d
	ends "exit 0"
	go dodo sh -c 'cat /p/file; hostname; echo $A'
	says here$'\n'odd$'\n''a b'
	dockerdo rm -f 2>/dev/null
	cd "$T/desk"
	go dockerdo run --no-default-args
	ends "exit 0"
	go dodo sh -c 'echo "${A-none}"'
	says none
}

@test "weak spot 52: what run has made is removed again when a step fails" {
	local real=$DEXEC_LIBEXEC_DIR
	own
	# No image, no network, no server, no sshfs.
	sed -i "s/^base_image: .*/base_image: dexec-nosuch:1/" "$DOCKERDO_SESSION_DIR/session.yaml"
	go dockerdo run --pull never
	[[ $ended == "exit "[1-9]* ]]
	gone
	sed -i "s/^base_image: .*/base_image: dexec-busybox:1/" "$DOCKERDO_SESSION_DIR/session.yaml"
	go dockerdo run --network nosuch
	[[ $ended == "exit "[1-9]* ]]
	gone
	DEXEC_LIBEXEC_DIR=$T go dockerdo run
	ends "exit 1"
	says_that dexec-sftp
	gone
	mkdir "$T/bin"
	printf '#!/bin/sh\necho no fuse today >&2\nexit 1\n' >"$T/bin/sshfs"
	chmod +x "$T/bin/sshfs"
	PATH=$T/bin:$PATH go dockerdo run
	ends "exit 1"
	says_that 'no fuse today'
	gone
	[ ! -e "$FILES" ]
	[ "$(key container_state)" = nothing ]
	[ "$DEXEC_LIBEXEC_DIR" = "$real" ]
	go dockerdo run
	ends "exit 0"
}

@test "mount: symbolic links lead to the container's files, and to nobody else's" {
	go dodo -w / sh -c 'mkdir -p /tmp/links/pkg && cd /tmp/links && echo in >pkg/file && mkdir bin &&
		ln -s ../pkg/file bin/up && ln -s /tmp/links/pkg/file bin/whole &&
		ln -s ../../../../../../../../../../../../etc/hostname bin/out && cp /etc/hostname /tmp/links/name'
	ends "exit 0"
	[ "$(<"$FILES/tmp/links/bin/up")" = in ]
	[ "$(<"$FILES/tmp/links/bin/whole")" = in ]
	cmp "$FILES/tmp/links/bin/out" "$FILES/tmp/links/name"
	run ! cmp -s "$FILES/tmp/links/bin/out" /etc/hostname
	ln -s /tmp/links/pkg "$FILES/tmp/links/made"
	go dodo cat /tmp/links/made/file
	says in
}

@test "run: interrupted, it leaves nothing either" {
	own
	mkdir "$T/bin"
	printf '#!/bin/sh\n[ "$1" != --help ] || exit 0\necho >%q\nexec sleep 1000\n' "$T/waiting" >"$T/bin/sshfs"
	chmod +x "$T/bin/sshfs"
	PATH=$T/bin:$PATH start it dockerdo run
	until_true "sshfs to start" test -e "$T/waiting"
	kill -TERM "$pid"
	finish it
	ends "signal 15"
	gone
	[ ! -e "$FILES" ]
}

@test "weak spot 41: a directory that is not empty is not hidden" {
	own
	mkdir container
	echo mine >container/file
	go dockerdo run
	ends "exit 1"
	says_that 'not empty'
	gone
	[ "$(<container/file)" = mine ]
}

@test "weak spot 38: a dead mount is recognised, and start and stop deal with it" {
	own
	dockerdo run >/dev/null 2>&1 3>&-
	cd "$FILES/etc"
	kill -KILL "$(sshfs_of)"
	until_true "the mount to die" eval '! ls "$FILES" >/dev/null 2>&1'
	go dockerdo status
	ends "exit 0"
	grep -q 'container: dead$' "$out"
	go dockerdo status --json
	grep -q '"mount": "dead"' "$out"
	# Commands do not need it.
	go dodo pwd
	says /etc
	cd "$T/desk"
	go dockerdo start
	ends "exit 0"
	[ -e "$FILES/etc/passwd" ]
	kill -KILL "$(sshfs_of)"
	until_true "the mount to die" eval '! ls "$FILES" >/dev/null 2>&1'
	go dockerdo stop
	ends "exit 0"
	not_mounted
	not_running
	dockerdo start >/dev/null 2>&1 3>&-
	kill -KILL "$(sshfs_of)"
	go dockerdo rm -f
	ends "exit 0"
	not_mounted
	gone
}

@test "weak spot 4: files that are in use are not unmounted, and it is said by whom" {
	own
	dockerdo run >/dev/null 2>&1 3>&-
	start user bash -c 'cd "$1" && echo ready && exec -a user sleep 1000' bash "$FILES/etc"
	until_text "$T/user.out" ready
	go dockerdo stop
	ends "exit 1"
	says_that "in use by .*sleep \\($pid\\)"
	runs
	mounted
	go dockerdo stop --lazy
	ends "exit 0"
	not_mounted
	not_running
}

@test "run: the mount outlives the terminal, and goes with the container" {
	own
	go script -qec 'dockerdo run' /dev/null
	ends "exit 0"
	mounted
	[ -e "$FILES/etc/passwd" ]
	[ "$(ps -o sid= -p "$(sshfs_of)" | tr -d ' ')" = "$(sshfs_of)" ]
	docker kill "$C" >/dev/null
	until_true "the mount to go" not_mounted
	go dockerdo status
	grep -Eq '^state +stopped$' "$out"
	[ "$(key container_state)" = stopped ]
	go dockerdo start
	ends "exit 0"
	docker rm -f "$C" >/dev/null
	go dockerdo start
	ends "exit 1"
	says_that 'no container'
	until_true "the mount to go" not_mounted
}

@test "weak spot 47: a container whose name only begins alike is another one" {
	own
	container_named "${C}2" dexec-busybox:1
	go dockerdo status
	grep -Eq '^state +nothing$' "$out"
	go dockerdo stop
	[ "$ended" != "exit 0" ]
	docker inspect "${C}2" >/dev/null
}

@test "weak spot 58: -n shows, and neither runs nor writes" {
	own
	everything "$T/desk" "$DOCKERDO_SESSION_DIR" >"$T/before"
	go dockerdo run -n -v './p q:/p'
	ends "exit 0"
	silent_stdout
	grep -qF "+ docker create -v './p q:/p' --name $C --entrypoint /.dexec-sftp dexec-busybox:1 --wait" "$err"
	gone
	everything "$T/desk" "$DOCKERDO_SESSION_DIR" | cmp - "$T/before"
	dockerdo run >/dev/null 2>&1 3>&-
	everything "$DOCKERDO_SESSION_DIR" >"$T/before"
	for words in 'stop -n' 'rm -n -f --delete' 'exec -n touch /tmp/x' 'export -n A=1' 'status -n' 'history -n'; do
		# shellcheck disable=SC2086
		go dockerdo $words
		ends "exit 0"
	done
	runs
	mounted
	[ ! -e "$FILES/tmp/x" ]
	everything "$DOCKERDO_SESSION_DIR" | cmp - "$T/before"
	dockerdo stop 2>/dev/null
	go dockerdo start -n
	ends "exit 0"
	not_running
	not_mounted
}

@test "weak spot 65: rm --delete does nothing where there are other files" {
	own
	echo mine >"$DOCKERDO_SESSION_DIR/notes"
	go dockerdo rm --delete
	ends "exit 1"
	says "$DOCKERDO_SESSION_DIR/notes"
	[ -e "$DOCKERDO_SESSION_DIR/session.yaml" ]
	[ -e "$DOCKERDO_SESSION_DIR/activate" ]
	rm "$DOCKERDO_SESSION_DIR/notes"
	go dockerdo rm --delete
	ends "exit 0"
	[ ! -e "$DOCKERDO_SESSION_DIR" ]
}

@test "sessions in directories of any name" {
	local odd
	for odd in 'a b' "it's;touch pwn" $'new\nline'; do
		mkdir -p "$T/desk/$odd"
		cd "$T/desk/$odd"
		session --image dexec-busybox:1
		FILES=$PWD/container
		go dockerdo run
		ends "exit 0"
		cd "$FILES/etc"
		go dodo pwd
		says /etc
		cd "$T/desk"
		go dockerdo rm -f --delete
		ends "exit 0"
	done
	[ -z "$(find "$T/desk" -name pwn)" ]
}

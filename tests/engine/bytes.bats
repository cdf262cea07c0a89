#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Bytes are sacred, on a real engine: nothing lost, added or altered, whatever the size and whatever our descriptors are;
# back-pressure instead of memory; and what is not asked for is not read.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2094,SC2154

load fixture

MIB=1048576
STREAMED=4096 BUFFERED=8192 # KiB of memory that dexec may use

setup_file() {
	engine_tests || return 0
	container BB dexec-busybox:1
	container DEB dexec-debian:1
	container SCR dexec-scratch:1
	head -c $((64 * MIB)) /dev/urandom >"$BATS_FILE_TMPDIR/random"
	docker cp "$BATS_FILE_TMPDIR/random" "$BB:/tmp/random"
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	random=$BATS_FILE_TMPDIR/random
	census "$BB"
}

teardown() {
	end_started
}

# alphabet N: what the scratch image's program prints as N bytes.
alphabet() {
	/usr/bin/python3 -c 'import sys
block = bytes(ord("a") + i % 26 for i in range(26 * 1024))
n = int(sys.argv[1])
sys.stdout.buffer.write(block * (n // len(block)) + block[:n % len(block)])' "$1"
}

count_bytes() {
	od -A n -v -t x1 -w1 | sort | uniq -c
}

# watch_memory: the peak of $pid, as far as it can be seen, when it has ended.
watch_memory() {
	local now
	memory=0
	while now=$(peak "$pid") && [ -n "$now" ]; do
		memory=$now
	done
}

# ---- sizes

@test "64 MiB of anything out, streamed, within 4 MiB of memory: pipe and file" {
	start copy bash -c 'exec "$1" "$2" cat /tmp/random > >(cat >"$3")' bash "$DEXEC" "$BB" "$T/copy"
	watch_memory
	finish copy
	ends "exit 0"
	until_true "the last bytes" cmp -s copy "$random"
	at_most $STREAMED "$memory"
	start copy dexec "$BB" cat /tmp/random
	watch_memory
	finish copy
	ends "exit 0"
	cmp copy.out "$random"
	at_most $STREAMED "$memory"
}

@test "64 MiB of anything out, buffered, within 8 MiB of memory" {
	start copy dexec --disable_stream "$BB" cat /tmp/random
	watch_memory
	finish copy
	ends "exit 0"
	cmp copy.out "$random"
	at_most $BUFFERED "$memory"
}

@test "64 MiB of anything in by -i, from a file and from a pipe" {
	start sum bash -c 'exec "$1" "$2" exec -i sha256sum <"$3"' bash "$DEXEC" "$BB" "$random"
	watch_memory
	finish sum
	ends "exit 0"
	[ "$(cut -d ' ' -f 1 "$out")" = "$(sha256sum <"$random" | cut -d ' ' -f 1)" ]
	at_most $STREAMED "$memory"
	go dexec "$BB" exec -i cmp - /tmp/random < <(cat "$random")
	ends "exit 0"
}

@test "64 MiB in and out at once" {
	go dexec "$BB" exec -i cat <"$random"
	ends "exit 0"
	cmp "$out" "$random"
}

@test "both streams at once, 16 MiB each" {
	alphabet $((16 * MIB)) >expected
	go dexec "$SCR" /probe both $((16 * MIB))
	ends "exit 0"
	cmp "$out" expected
	cmp "$err" expected
	go dexec --disable_stream "$SCR" /probe both $((16 * MIB))
	ends "exit 0"
	cmp "$out" expected
	cmp "$err" expected
}

@test "both streams into one pipe: not a byte less, and each stream in its own order" {
	"$DEXEC" "$BB" sh -c 'seq 1 50000 & seq 100001 150000 >&2; wait' 2>&1 | cat >both
	[ "$(wc -l <both)" = 100000 ]
	# A line of one stream may be cut by the other; as bytes they are all there.
	{ seq 1 50000 && seq 100001 150000; } | count_bytes >expected
	count_bytes <both | cmp - expected
}

@test "sizes around those of pipes and buffers" {
	for size in 0 1 4095 4096 4097 65535 65536 65537 $((MIB - 1)) $MIB $((MIB + 1)); do
		head -c "$size" "$random" >part
		go dexec "$BB" exec -i cat <part
		ends "exit 0"
		cmp "$out" part
		go dexec --disable_stream "$BB" exec -i sh -c 'cat >&2' <part
		ends "exit 0"
		cmp "$err" part
	done
}

@test "all bytes there are, out of a shell" {
	/usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 3)' >all
	go dexec "$BB" exec -i sh -c 'cat; exit 9' <all
	ends "exit 9"
	cmp "$out" all
}

@test "writes of one byte" {
	head -c 20000 "$random" >part
	go dexec "$BB" dd if=/tmp/random bs=1 count=20000
	ends "exit 0"
	cmp "$out" part
}

@test "a fast end: the last bytes are there, a hundred times" {
	for i in {1..50}; do
		for container in "$BB" "$DEB"; do
			[ "$("$DEXEC" "$container" sh -c 'echo last; echo words >&2' 2>&1 | sort | tr '\n' ' ')" = "last words " ]
		done
	done
}

# ---- readers and writers

@test "a reader that stalls: the command waits, our memory does not grow, and then every byte comes" {
	mkfifo stalled
	start out bash -c 'exec "$1" "$2" cat /tmp/random >"$3"' bash "$DEXEC" "$BB" "$T/stalled"
	exec 8<stalled
	until_stalled "$pid"
	memory=$(peak "$pid")
	cmp - "$random" <&8
	exec 8<&-
	finish out
	ends "exit 0"
	at_most $STREAMED "$memory"
}

@test "a reader that stalls on one stream does not keep the other" {
	mkfifo stalled
	exec 8<>stalled
	head -c 65536 "$random" >&8 # all that it holds
	start both bash -c 'exec "$1" "$2" sh -c "echo word >&2; echo first" 2>"$3" 8>&-' bash "$DEXEC" "$BB" "$T/stalled"
	until_text both.out first
	head -c 65541 <&8 | cmp - <(head -c 65536 "$random"; echo word)
	exec 8<&-
	finish both
	ends "exit 0"
}

@test "a command that reads nothing: our memory does not grow" {
	docker exec "$BB" mkfifo /tmp/end
	start reader bash -c 'exec "$1" "$2" exec -i sh -c "read -r _ </tmp/end" </dev/zero' bash "$DEXEC" "$BB"
	until_stalled "$pid"
	memory=$(peak "$pid")
	docker exec "$BB" sh -c 'echo >/tmp/end'
	finish reader
	ends "exit 0"
	at_most $STREAMED "$memory"
}

@test "a writer that stalls: what has come is passed on at once" {
	mkfifo slow
	start talk bash -c 'exec "$1" "$2" exec -i cat <"$3"' bash "$DEXEC" "$BB" "$T/slow"
	exec 8>slow
	for word in one two three; do
		printf '%s' $word >&8
		until_text talk.out $word
	done
	exec 8>&-
	finish talk
	ends "exit 0"
	[ "$(<talk.out)" = onetwothree ]
}

# ---- descriptors as we find them

@test "non-blocking pipes, shared with others: every byte arrives, and the flags stay" {
	/usr/bin/python3 - "$DEXEC" "$BB" "$random" <<-'END'
	import fcntl, os, socket, subprocess, sys
	def check(read, write, reader):
	    before = fcntl.fcntl(write, fcntl.F_GETFL) | os.O_NONBLOCK
	    fcntl.fcntl(write, fcntl.F_SETFL, before)
	    child = subprocess.Popen([sys.argv[1], sys.argv[2], 'cat', '/tmp/random'], stdout=write)
	    with open(sys.argv[3], 'rb') as expected:
	        total = 0
	        while total < os.fstat(expected.fileno()).st_size:
	            part = reader(read)
	            assert part and part == expected.read(len(part)), total
	            total += len(part)
	            assert fcntl.fcntl(write, fcntl.F_GETFL) == before, 'flags while it runs'
	    assert child.wait(20) == 0
	    assert fcntl.fcntl(write, fcntl.F_GETFL) == before, 'flags afterwards'
	    os.set_blocking(read, False)
	    try:
	        assert reader(read) == b'', 'more than was sent'
	    except BlockingIOError:
	        pass
	check(*os.pipe(), lambda fd: os.read(fd, 70000))
	ours, theirs = socket.socketpair()
	check(ours.fileno(), theirs.fileno(), lambda fd: os.read(fd, 70000))
	END
}

@test "blocking pipes stay blocking, for whoever shares them" {
	/usr/bin/python3 - "$DEXEC" "$BB" <<-'END'
	import fcntl, os, subprocess, sys
	read, write = os.pipe()
	errors_read, errors = os.pipe()
	before = fcntl.fcntl(write, fcntl.F_GETFL)
	child = subprocess.Popen([sys.argv[1], sys.argv[2], 'sh', '-c', 'echo out; echo err >&2; cat /tmp/random'],
	                         stdout=write, stderr=errors)
	assert os.read(read, 4) == b'out\n' and os.read(errors_read, 4) == b'err\n'
	for fd in write, errors:
	    assert fcntl.fcntl(fd, fcntl.F_GETFL) == before, 'flags while it runs'
	os.close(read)
	child.wait(20)
	for fd in write, errors:
	    assert fcntl.fcntl(fd, fcntl.F_GETFL) == before, 'flags afterwards'
	END
}

@test "non-blocking standard input" {
	/usr/bin/python3 - "$DEXEC" "$BB" "$random" <<-'END'
	import fcntl, os, subprocess, sys, threading
	read, write = os.pipe()
	os.set_blocking(read, False)
	before = fcntl.fcntl(read, fcntl.F_GETFL)
	child = subprocess.Popen([sys.argv[1], sys.argv[2], 'exec', '-i', 'cmp', '-', '/tmp/random'], stdin=read,
	                         pass_fds=())
	with open(sys.argv[3], 'rb') as file:
	    while part := file.read(50000):
	        while part:
	            part = part[os.write(write, part):]
	os.close(write)
	assert child.wait(30) == 0
	assert fcntl.fcntl(read, fcntl.F_GETFL) == before
	END
}

@test "a file that others append to as well" {
	echo first >log
	"$DEXEC" "$BB" cat /tmp/random >>log
	echo last >>log
	{ echo first && cat "$random" && echo last; } | cmp - log
	"$DEXEC" --disable_stream "$BB" echo more >>log
	[ "$(tail -n 1 log)" = more ]
}

@test "a file that is written from its middle" {
	printf 'head:' >file
	{ "$DEXEC" "$BB" echo one && echo two && "$DEXEC" --disable_stream "$BB" echo three; } 1<>file >&1
	printf 'one\ntwo\nthree\n' | cmp - file
}

@test "stdout closed (>&-): an error when there is output, and none when there is none" {
	go bash -c '"$1" "$2" true >&-' bash "$DEXEC" "$BB"
	ends "exit 0"
	silent_stderr
	go bash -c '"$1" "$2" sh -c "echo out; sleep 1000000" >&-' bash "$DEXEC" "$BB"
	ends "exit 125"
	complains "standard output"
	nothing_left "$BB"
}

@test "stderr closed (2>&-): stdout and status are as always" {
	go bash -c '"$1" "$2" sh -c "echo out; echo err >&2; exit 3" 2>&-' bash "$DEXEC" "$BB"
	ends "exit 3"
	says out
	go bash -c '"$1" "$2" nosuch 2>&-' bash "$DEXEC" "$BB"
	ends "exit 127"
	silent_stdout
}

@test "stdin closed (<&-): as /dev/null, with -i and without" {
	go bash -c '"$1" "$2" sh -c "cat; echo done" <&-' bash "$DEXEC" "$BB"
	ends "exit 0"
	says "done"
	go bash -c '"$1" "$2" exec -i sh -c "cat; echo done" <&-' bash "$DEXEC" "$BB"
	ends "exit 0"
	says "done"
}

@test "all three closed: no descriptor of ours takes their place" {
	go bash -c '"$1" "$2" sh -c "exit 4" <&- >&- 2>&-' bash "$DEXEC" "$BB"
	ends "exit 4"
}

@test "/dev/full: 125, one line, and the tree is ended" {
	go bash -c '"$1" "$2" sh -c "echo out; sleep 1000000; :" >/dev/full' bash "$DEXEC" "$BB"
	ends "exit 125"
	complains "standard output.*No space left"
	nothing_left "$BB"
	go bash -c '"$1" "$2" sh -c "echo err >&2; sleep 1000000; :" 2>/dev/full' bash "$DEXEC" "$BB"
	ends "exit 125"
	nothing_left "$BB"
}

@test "/dev/full in buffered mode: 125, and one line" {
	go bash -c '"$1" --disable_stream "$2" echo out >/dev/full' bash "$DEXEC" "$BB"
	ends "exit 125"
	complains "No space left"
}

@test "a limit on file sizes: 125, and the tree is ended" {
	go bash -c 'trap "" XFSZ; ulimit -f 64; "$1" "$2" sh -c "cat /tmp/random; sleep 1000000" >"$3"' bash "$DEXEC" "$BB" "$T/file"
	ends "exit 125"
	complains "standard output.*File too large"
	head -c 65536 "$random" | cmp - file
	nothing_left "$BB"
}

# ---- standard input

@test "without -i our input is left to others: a loop that reads keeps all its lines" {
	printf 'a\nb\nc\n' | while read -r line; do
		"$DEXEC" "$BB" cat
		"$DEXEC" "$BB" exec true
		echo "$line"
	done >lines
	printf 'a\nb\nc\n' | cmp - lines
}

@test "without -i the command reads nothing, at once" {
	mkfifo open
	exec 8<>open
	go dexec "$BB" sh -c 'cat; echo done' <&8
	ends "exit 0"
	says "done"
	within 5000
}

@test "half-close: our end of input is the command's, and its output goes on" {
	go dexec "$BB" exec -i sh -c 'cat; sleep 0.1; echo done' <<<input
	ends "exit 0"
	says $'input\ndone'
}

@test "half-close: the command closes its output and goes on reading" {
	go dexec "$BB" exec -i sh -c 'echo first; exec >&- 2>&-; cat >/tmp/got; exit 6' <"$random"
	ends "exit 6"
	says first
	docker exec "$BB" cmp /tmp/got /tmp/random
}

@test "half-close: the command stops reading, we have more" {
	start head bash -c 'yes | "$1" "$2" exec -i head -n 2' bash "$DEXEC" "$BB"
	finish head
	ends "exit 0"
	says $'y\ny'
}

@test "the command ends while our input stays open: we end at once" {
	mkfifo open
	exec 8<>open
	go dexec "$BB" exec -i true <&8
	ends "exit 0"
	within 5000
	go dexec "$BB" exec -i sh -c 'read -r line; echo "$line"; exit 3' <&8 &
	echo hello >&8
	wait $! || :
	[ "$(<out)" = hello ]
	[ "$(<go.status)" = "exit 3" ]
}

@test "input that begins late" {
	mkfifo slow
	start late bash -c 'exec "$1" "$2" exec -i sh -c "echo ready; cat" <"$3"' bash "$DEXEC" "$BB" "$T/slow"
	exec 8>slow
	until_text late.out ready
	echo data >&8
	exec 8>&-
	finish late
	says $'ready\ndata'
}

# ---- buffered

@test "buffered: nothing before the end, then each byte on its stream" {
	docker exec "$BB" mkfifo /tmp/hold
	start held dexec --disable_stream "$BB" sh -c 'head -c 4000000 /tmp/random; echo err >&2; touch /tmp/printed; cat /tmp/hold'
	until_true "the command to have printed" docker exec "$BB" test -e /tmp/printed
	[ ! -s held.out ]
	[ ! -s held.err ]
	docker exec "$BB" sh -c ': >/tmp/hold'
	finish held
	ends "exit 0"
	head -c 4000000 "$random" | cmp - "$out"
	[ "$(<"$err")" = err ]
}

@test "buffered: in the order of arrival" {
	go bash -c '"$1" --disable-stream "$2" sh -c "for i in 1 2 3 4; do echo out \$i; sleep 0.1; echo err \$i >&2; sleep 0.1; done" 2>&1' \
		bash "$DEXEC" "$BB"
	ends "exit 0"
	says $'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nout 4\nerr 4'
}

@test "buffered: what came before a signal is printed, and we die by it" {
	start held dexec --disable_stream "$BB" sh -c 'echo out; echo err >&2; touch /tmp/said; sleep 1000000; :'
	until_true "the command to have printed" docker exec "$BB" test -e /tmp/said
	kill -INT "$pid"
	finish held
	ends "signal 2"
	says out
	[ "$(<"$err")" = err ]
	nothing_left "$BB"
}

@test "buffered: what came before a timeout is printed" {
	go dexec --disable_stream --timeout 1 "$BB" sh -c 'echo out; sleep 1000000; :'
	ends "exit 124"
	says out
	complains "timed out"
	nothing_left "$BB"
}

@test "buffered: the temporary directory is full: 125, one clear line, and the tree is ended" {
	local rights=()
	[ "$(id -u)" = 0 ] || rights=(--map-root-user)
	go unshare "${rights[@]}" --mount sh -c 'mount -t tmpfs -o size=64k tmpfs "$TMPDIR" && exec "$@"' sh \
		"$DEXEC" --disable_stream "$BB" sh -c 'cat /tmp/random; sleep 1000000'
	ends "exit 125"
	complains "temporary.*$TMPDIR.*No space left"
	nothing_left "$BB"
}

@test "buffered: no temporary directory: 125, one clear line, and nothing is run" {
	TMPDIR=$T/missing go dexec --disable_stream "$BB" touch /tmp/was-run
	refuses 125 "temporary.*$T/missing.*No such file"
	run ! docker exec "$BB" test -e /tmp/was-run
}

@test "no temporary file is left, not even a name for a moment" {
	go dexec --disable_stream "$BB" cat /tmp/random
	ends "exit 0"
	[ -z "$(ls -A "$TMPDIR")" ]
}

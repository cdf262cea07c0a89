#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Commands in many containers, on a real engine: what they are given, which are started, and what is told of them in the
# end. What they print is fanout-output.bats', and how they are ended fanout-ending.bats'.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154

load fixture

# GATE keeps the command until open_gate NUMBER.
GATE='until [ -e /tmp/gate ]; do sleep 0.05; done;'
# EXITS makes one of ten end with 3, and one with 7.
EXITS='case $DEXEC_INDEX in 3 | 7) exit $DEXEC_INDEX ;; esac'
# COUNT leaves a line in the container for each time that it was run.
COUNT='echo ran >>/tmp/runs;'

setup_file() {
	engine_tests || return 0
	fleet F 10 dexec-busybox:1
	container SCR dexec-scratch:1
	container OFF dexec-busybox:1
	docker kill "$OFF" >/dev/null
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	docker exec "${F}1" sh -c 'rm -f /tmp/gate /tmp/runs'
	docker exec "${F}2" sh -c 'rm -f /tmp/gate /tmp/runs'
}

teardown() {
	end_started
}

open_gate() {
	docker exec "$F$1" touch /tmp/gate
}

# runs CONTAINER N: so often COUNT was run there.
runs() {
	local n
	n=$(docker exec "$1" sh -c 'cat /tmp/runs 2>/dev/null | wc -l')
	[ "$n" = "$2" ] || fail "has run $n times in $1, should be $2"
}

# says_sorted TEXT: stdout is these lines, in any order.
says_sorted() {
	[ "$(sort -V "$out")" = "$1" ] || fail "stdout should be, in any order: $1"
}

# sums_up TEXT: the last line of stderr.
sums_up() {
	[ "$(tail -n 1 "$err")" = "dexec: $1" ] || fail "should be summed up as: $1"
}

# ---- what the command is given

@test "each is told its name, its number and how many there are" {
	go dexec --no-prefix "${F}[2-4],$OFF" sh -c 'echo "$DEXEC_NAME $DEXEC_INDEX $DEXEC_COUNT"'
	says_sorted "${F}2 1 4
${F}3 2 4
${F}4 3 4"
}

@test "a single plain target is told nothing of the kind" {
	go dexec "${F}1" sh -c 'env | grep "^DEXEC_[NC]"'
	ends "exit 1"
	silent_stdout
}

@test "exec's options hold for all" {
	go dexec --no-prefix -u 1000 -w /tmp -e "X=a b" "${F}[12]" exec -e Y= sh -c 'echo "$(id -u) $PWD $X ${Y-none}."'
	ends "exit 0"
	says "1000 /tmp a b .
1000 /tmp a b ."
}

@test "arguments come as they are" {
	go dexec --gather "${F}*" printf '<%s>' '' 'a  b' "'" '*' '\n' '$X' -- '{}'
	ends "exit 0"
	says "==== ${F}[1-10] (10) ====
<><a  b><'><*><\\n><\$X><--><{}>"
}

@test "without -i there is nothing to read" {
	go bash -c 'echo input | "$1" "$2" cat' bash "$DEXEC" "${F}[12]"
	silent_stdout
	sums_up "2 ok"
}

@test "-i: a file is given to all, whole" {
	head -c 3000000 /dev/urandom >random
	go bash -c '"$1" -i --gather "$2" md5sum <random' bash "$DEXEC" "${F}*"
	ends "exit 0"
	says "==== ${F}[1-10] (10) ====
$(md5sum <random)"
}

@test "-i: a pipe is given to all, whole, however few run at a time" {
	head -c 3000000 /dev/urandom >random
	go bash -c 'cat random | "$1" -i -j 2 --gather "$2" md5sum' bash "$DEXEC" "${F}*"
	ends "exit 0"
	says "==== ${F}[1-10] (10) ====
$(md5sum <random)"
}

@test "-i: what comes is passed on at once, and its end as well" {
	mkfifo words
	start talk bash -c 'exec "$1" -i "$2" cat <"$3"' bash "$DEXEC" "${F}[12]" "$T/words"
	exec 8>words
	for word in one two; do
		echo $word >&8
		until_text talk.out "${F}1: $word"
		until_text talk.out "${F}2: $word"
	done
	exec 8>&-
	finish talk
	ends "exit 0"
}

@test "-i: one that stops reading early keeps nobody" {
	head -c 3000000 /dev/urandom >random
	go bash -c '"$1" -i "$2" sh -c "$3" <random' bash "$DEXEC" "${F}[123]" \
		'if [ $DEXEC_INDEX = 2 ]; then head -c 5 >/dev/null; echo early; else md5sum; fi'
	ends "exit 0"
	says_sorted "${F}1: $(md5sum <random)
${F}2: early
${F}3: $(md5sum <random)"
}

@test "-i: when none of them reads, it is not read to its end" {
	go bash -c '"$1" -i "$2" true </dev/zero' bash "$DEXEC" "${F}[12]"
	ends "exit 0"
}

@test "-t: goes on without, and says so" {
	go dexec -it "${F}[12]" sh -c 'test -t 1 || echo none'
	ends "exit 0"
	says_sorted "${F}1: none
${F}2: none"
	grep -qx 'dexec: several containers: going on without -t' "$err"
}

@test "-d: started in all, and left running" {
	census "${F}1"
	census "${F}2"
	go dexec -d "${F}[12]" sleep 1000777
	ends "exit 0"
	for i in 1 2; do
		more_than "$F$i" 1
		kill_inside "$F$i" 'sleep 1000777'
		nothing_left "$F$i"
	done
}

@test "--no-reap: commands bear no cookie" {
	go dexec --no-reap "${F}[12]" sh -c 'env | grep -c DEXEC_ID'
	says_sorted "${F}1: 0
${F}2: 0"
}

@test "--print: one docker command for each, and none is run" {
	go dexec --print -e 'X=a b' "${F}10,${F}9" touch '/tmp/a b'
	ends "exit 0"
	[ "$(wc -l <"$out")" = 2 ]
	docker exec "${F}9" rm -f '/tmp/a b'
	head -n 1 "$out" | grep -q "^docker exec .*$(docker inspect --format '{{.ID}}' "${F}9") touch '/tmp/a b'\$"
	run ! docker exec "${F}9" test -e '/tmp/a b'
	head -n 1 "$out" | sh
	docker exec "${F}9" rm '/tmp/a b'
}

# ---- file and ls

@test "file: from images with and without cat, and from what does not run" {
	go dexec --no-prefix "${F}1,$SCR" file /etc/hostname
	ends "exit 0"
	[ "$(wc -l <"$out")" = 2 ]
	go dexec --gather "${F}1,$OFF" file /etc/passwd
	ends "exit 0"
	grep -q '^==== .* (2) ====$' "$out"
	[ "$(tail -n +2 "$out")" = "$(docker exec "${F}1" cat /etc/passwd)" ]
}

@test "file: every byte, from wherever" {
	head -c 2000000 /dev/urandom >random
	for name in "${F}1" "$SCR" "$OFF"; do
		docker cp -q random "$name:/random"
	done
	go dexec --outdir made "${F}1,$SCR,$OFF" file /random
	ends "exit 0"
	for name in "${F}1" "$SCR" "$OFF"; do
		cmp random "made/$name.out"
	done
	docker exec "${F}1" rm /random
}

@test "file: one that is missing is missing in each" {
	go dexec "${F}1,$SCR" file /no/such/file
	ends "exit 1"
	grep -q "^${F}1: .*No such file" "$err"
	grep -q "^$SCR: .*[Nn]o such file" "$err"
	sums_up "2 failed: ${F}1,$SCR (1)"
}

@test "ls: from images with and without ls, and from what does not run" {
	go dexec "${F}1,$SCR,$OFF" ls -d /etc
	ends "exit 0"
	says_sorted "$(printf '%s: /etc\n' "${F}1" "$SCR" "$OFF" | sort -V)"
}

# ---- how it ends

@test "all are well: 0, and a line that says so" {
	go dexec "${F}*" true
	ends "exit 0"
	silent_stdout
	says=$(<"$err")
	[ "$says" = "dexec: 10 ok" ]
}

@test "-q: no such line" {
	go dexec -q "${F}[1-3]" sh -c "$EXITS"
	ends "exit 3"
	silent_stderr
}

@test "the worst by default, and who failed how" {
	go dexec "${F}*" sh -c "$EXITS"
	ends "exit 7"
	sums_up "8 ok, 2 failed: ${F}3 (3), ${F}7 (7)"
}

@test "--exit: worst, first, any, count" {
	go dexec -j 1 --exit worst "${F}*" sh -c "$EXITS"
	ends "exit 7"
	go dexec -j 1 --exit first "${F}*" sh -c "$EXITS"
	ends "exit 3"
	go dexec --exit any "${F}*" sh -c "$EXITS"
	ends "exit 0"
	go dexec --exit count "${F}*" sh -c "$EXITS"
	ends "exit 2"
}

@test "--exit any: none is well" {
	go dexec --exit any "${F}[12]" sh -c 'exit $DEXEC_INDEX'
	ends "exit 2"
}

@test "names with the same end are told together" {
	go dexec "${F}*" sh -c '[ $DEXEC_INDEX -gt 4 ] || [ $DEXEC_INDEX = 2 ] || exit 9'
	sums_up "7 ok, 3 failed: ${F}[1,3-4] (9)"
}

@test "a program that is missing in one: 127, and that one is named" {
	go dexec "${F}1,$SCR" sh -c 'echo there'
	ends "exit 127"
	says "${F}1: there"
	grep -q "^dexec: $SCR: " "$err"
	sums_up "1 ok, 1 failed: $SCR (no such program)"
}

@test "one that does not run: 125, it is named, and the others are done" {
	go dexec "${F}1,$OFF,${F}2" echo there
	ends "exit 125"
	says_sorted "${F}1: there
${F}2: there"
	grep -q "^dexec: container $OFF is not running" "$err"
	sums_up "2 ok, 1 failed: $OFF (not running)"
}

@test "a container that dies half way: 125, it is named, and the others are done" {
	container DYING dexec-busybox:1
	start dying dexec "${F}1,$DYING" sh -c "echo ready; $GATE echo over"
	until_text dying.out "${F}1: ready"
	until_text dying.out "$DYING: ready"
	docker kill "$DYING" >/dev/null
	until_text dying.err "$DYING"
	open_gate 1
	finish dying
	ends "exit 125"
	grep -qx "${F}1: over" "$out"
	grep -q "^dexec: container $DYING .* while the command ran" "$err"
	sums_up "1 ok, 1 failed: $DYING (lost)"
}

@test "--timeout: for each by itself, 124, and nothing is left" {
	census "${F}2"
	go dexec --timeout 5 "${F}[1-3]" sh -c '[ $DEXEC_INDEX != 2 ] || { sleep 1000001 & sleep 1000000; }; echo in time'
	ends "exit 124"
	says_sorted "${F}1: in time
${F}3: in time"
	grep -qx "dexec: ${F}2: timed out" "$err"
	sums_up "2 ok, 1 failed: ${F}2 (timed out)"
	nothing_left "${F}2"
}

# ---- which are started

@test "-j: so many at a time, and no more" {
	go dexec --joblog log -j 3 "${F}*" sh -c 'sleep 0.1'
	ends "exit 0"
	# Of any three the fourth has begun when one was over; the log's clock counts in ms.
	python3 - log <<-'END'
	import sys
	spans = []
	for line in open(sys.argv[1]).read().splitlines()[1:]:
	    f = line.split("\t")
	    spans.append((float(f[2]), float(f[2]) + float(f[3])))
	for begin, _ in spans:
	    at_once = sum(b <= begin and begin < e - 0.005 for b, e in spans)
	    assert at_once <= 3, (at_once, spans)
	END
}

@test "-j 1: one after the other, in order" {
	go dexec -j 1 "${F}*" sh -c 'echo a; echo b'
	[ "$(cut -d: -f1 "$out" | uniq | tr '\n' ' ')" = "$(printf "$F%s " 1 2 3 4 5 6 7 8 9 10)" ]
}

@test "--halt soon: no more are started, and those that run come to their end" {
	start soon dexec -j 2 --halt soon,fail=1 --joblog log "${F}*" sh -c \
		"case \$DEXEC_INDEX in 1) exit 4 ;; 2) $GATE echo over ;; *) echo started ;; esac"
	until_text soon.err '1 failed: starting no more'
	open_gate 2
	finish soon
	ends "exit 4"
	says "${F}2: over"
	sums_up "1 ok, 1 failed: ${F}1 (4), 8 not started"
	[ "$(cut -f 2 log | sort | tr '\n' ' ')" = "Host ${F}1 ${F}2 " ]
}

@test "--halt now: those that run are ended, and nothing is left" {
	census "${F}2"
	start now dexec -j 2 --halt now,fail=1 "${F}*" sh -c \
		"case \$DEXEC_INDEX in 1) $GATE exit 4 ;; 2) echo ready; sleep 1000001 & sleep 1000000 ;; *) echo started ;; esac"
	until_text now.out ready
	open_gate 1
	finish now
	says "${F}2: ready"
	grep -q 'ending what runs' "$err"
	grep -q '8 not started$' "$err"
	nothing_left "${F}2"
}

@test "--halt fail=N%: of all" {
	go dexec -j 1 --halt soon,fail=20% "${F}*" sh -c "$EXITS"
	sums_up "5 ok, 2 failed: ${F}3 (3), ${F}7 (7), 3 not started"
}

# ---- again

@test "--retries: what did not start is tried again, and what did is not" {
	container LATE dexec-busybox:1
	docker kill "$LATE" >/dev/null
	start late dexec -v --retries 1000 "${F}1,${F}2,$LATE" sh -c "$COUNT"' [ $DEXEC_INDEX != 2 ] || exit 125'
	until_true "a second attempt" several_attempts
	docker start "$LATE" >/dev/null
	finish late
	ends "exit 125"
	sums_up "2 ok, 1 failed: ${F}2 (125)"
	runs "${F}1" 1
	runs "${F}2" 1
	runs "$LATE" 1
}

several_attempts() {
	[ "$(grep -c "$(docker inspect --format '{{.ID}}' "$LATE")" late.err)" -ge 2 ]
}

@test "--retries: a container that dies while the command runs is not tried again" {
	container MORTAL dexec-busybox:1
	start mortal dexec --retries 5 "${F}1,$MORTAL" sh -c "$COUNT echo ready; [ \$DEXEC_INDEX = 1 ] || sleep 1000000"
	until_text mortal.out "$MORTAL: ready"
	docker restart --time 0 "$MORTAL" >/dev/null
	finish mortal
	ends "exit 125"
	runs "${F}1" 1
	runs "$MORTAL" 1
}

@test "--retries: so often, then it is given up" {
	go dexec -v --retries 2 "${F}1,$OFF" true
	ends "exit 125"
	[ "$(grep -c "docker exec .*$(docker inspect --format '{{.ID}}' "$OFF")" "$err")" = 3 ]
	sums_up "1 ok, 1 failed: $OFF (not running)"
}

@test "--joblog: GNU parallel's columns, a line for each" {
	go dexec --joblog log -j 1 "${F}[12],$OFF" sh -c 'exit $((DEXEC_INDEX - 1))'
	python3 - log "$F" "$OFF" <<-'END'
	import sys, time
	path, fleet, off = sys.argv[1:]
	head, *lines = open(path).read().splitlines()
	assert head == "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand", head
	fields = [line.split("\t") for line in lines]
	assert [f[0] for f in fields] == ["1", "2", "3"], fields
	hosts = dict((f[1], f) for f in fields)
	assert set(hosts) == {fleet + "1", fleet + "2", off}, hosts
	for f in fields:
	    assert len(f) == 9 and f[8] == "sh -c 'exit $((DEXEC_INDEX - 1))'", f
	    assert abs(time.time() - float(f[2])) < 300, f
	    assert 0 <= float(f[3]) < 300, f
	assert hosts[off][6:8] == ["125", "0"], hosts[off]
	END
}

@test "--joblog: GNU parallel goes on from it" {
	command -v parallel >/dev/null || skip "no GNU parallel"
	go dexec --joblog log "${F}[1-3]" sh -c '[ $DEXEC_INDEX != 2 ] || exit 1'
	[ "$(parallel --will-cite --joblog log --resume-failed echo ::: one two three 2>/dev/null)" = two ]
}

@test "--resume-failed: the rest, until all are well" {
	local script="$COUNT"' [ $DEXEC_NAME = '"${F}1"' ] || [ -e /tmp/gate ]'
	go dexec --joblog log "${F}[12]" sh -c "$script"
	sums_up "1 ok, 1 failed: ${F}2 (1)"
	open_gate 2
	go dexec --joblog log --resume-failed "${F}[12]" sh -c "$script"
	ends "exit 0"
	sums_up "1 ok"
	runs "${F}1" 1
	runs "${F}2" 2
	go dexec --joblog log --resume-failed "${F}[12]" sh -c "$script"
	ends "exit 0"
	runs "${F}1" 1
	runs "${F}2" 2
	[ "$(wc -l <log)" = 4 ]
}

@test "--resume-failed: another command has not been run yet, nor without a log" {
	go dexec --joblog log "${F}1,${F}2" true
	go dexec --joblog log --resume-failed "${F}1,${F}2" sh -c "$COUNT"
	sums_up "2 ok"
	runs "${F}1" 1
	go dexec --joblog none --resume-failed "${F}1,${F}2" sh -c "$COUNT"
	sums_up "2 ok"
	runs "${F}1" 2
}

@test "--joblog that cannot be written, --resume-failed that cannot be read: an error before anything runs" {
	go dexec --joblog no/such/log "${F}[12]" sh -c "$COUNT"
	refuses 125 'cannot write job log no/such/log: No such file or directory'
	go dexec --joblog /dev/full "${F}[12]" sh -c "$COUNT"
	refuses 125 'cannot write job log /dev/full: No space left on device'
	echo "not a log" >log
	go dexec --joblog log --resume-failed "${F}[12]" sh -c "$COUNT"
	refuses 125 'log:1: not a line of a job log'
	[ "$(<log)" = "not a log" ]
	runs "${F}1" 0
	runs "${F}2" 0
}

@test "nobody's option is wrong only once something has run" {
	go dexec --halt some "${F}[12]" sh -c "$COUNT"
	ends "exit 125"
	go dexec --group --json "${F}[12]" sh -c "$COUNT"
	ends "exit 125"
	go dexec --resume-failed "${F}[12]" sh -c "$COUNT"
	ends "exit 125"
	runs "${F}1" 0
}

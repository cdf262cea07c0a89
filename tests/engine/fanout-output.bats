#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What many containers print, on a real engine: every line whole and there, every byte the one it was, and each way to
# print them.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

# The same file is in all of them: lines with numbers and sums, most of them short, some longer than a pipe, the last
# without an end. They come cut anywhere, on stdout and on stderr at once.
FLOOD='dd if=/tmp/lines bs=777 2>/dev/null & dd if=/tmp/lines bs=1993 >&2 2>/dev/null; wait'
# GATE keeps the first of them until its file is there.
GATE='[ $DEXEC_INDEX != 1 ] || until [ -e /tmp/gate ]; do sleep 0.05; done;'

setup_file() {
	engine_tests || return 0
	local i
	fleet F 10 dexec-busybox:1
	make_lines >"$BATS_FILE_TMPDIR/lines"
	head -c 1500000 /dev/urandom >"$BATS_FILE_TMPDIR/random"
	for ((i = 1; i <= 10; i++)); do
		docker cp -q "$BATS_FILE_TMPDIR/lines" "$F$i:/tmp/lines"
		docker cp -q "$BATS_FILE_TMPDIR/random" "$F$i:/tmp/random"
		# Each is to have something of its own.
		docker exec "$F$i" sh -c 'echo $1 >>/tmp/random' sh "$i"
	done
}

make_lines() {
	python3 -c '
import hashlib, random
dice = random.Random(1)
for i in range(4000):
    size = dice.choice((0, 1, 30, 30, 80, 80, 80, 200, 1000, 4000 if i % 8 else 200000 if i == 2000 else 9000))
    text = "".join(dice.choice("abcdefgh: ") for _ in range(min(size, 50))) * (size // 50 + 1)
    line = f"{i} {text}"
    print(line, hashlib.md5(line.encode()).hexdigest(), end="\n" if i < 3999 else "")
'
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	flood=$BATS_FILE_TMPDIR/lines
}

teardown() {
	[ -z "${F-}" ] || docker exec "${F}1" rm -f /tmp/gate
	end_started
}

# open_gate: see GATE.
open_gate() {
	docker exec "${F}1" touch /tmp/gate
}

# whole FILE TIMES: behind each name stand exactly the lines, TIMES times in all, in their order; nothing else is there.
whole() {
	python3 - "$1" "$2" "$flood" "$F" <<-'END' || fail "lines are torn or lost in ${1##*/}"
	import collections, sys
	path, times, expected, fleet = sys.argv[1:]
	wanted = (open(expected, "rb").read() + b"\n").splitlines(True)
	at = collections.defaultdict(lambda: [0] * int(times))
	for line in open(path, "rb").read().splitlines(True):
	    if line.startswith(b"dexec: "):
	        continue
	    name, _, rest = line.partition(b": ")
	    for stream, next in enumerate(at[name]):
	        if next < len(wanted) and wanted[next] == rest:
	            at[name][stream] += 1
	            break
	    else:
	        sys.exit(f"{name} has at {at[name]}: {line[:100]}")
	names = {f"{fleet}{i}".encode() for i in range(1, 11)}
	assert set(at) == names, sorted(at)
	for name, ends in at.items():
	    assert ends == [len(wanted)] * int(times), (name, ends)
	END
}

# random_of N: what is in /tmp/random there.
random_of() {
	cat "$BATS_FILE_TMPDIR/random"
	echo "$1"
}

# ---- lines

@test "each line has its name in front: stdout on stdout, stderr on stderr" {
	go dexec "${F}[12]" sh -c 'echo out; echo err >&2; echo; printf "\303\244\n"'
	ends "exit 0"
	[ "$(sort "$out")" = "$(printf '%s\n' "${F}1: " "${F}1: out" "${F}1: ä" "${F}2: " "${F}2: out" "${F}2: ä" | sort)" ]
	[ "$(sort "$err")" = "$(printf '%s\n' "${F}1: err" "${F}2: err" "dexec: 2 ok" | sort)" ]
}

@test "an unfinished last line is completed, on each stream by itself" {
	go dexec "${F}[12]" sh -c 'printf "out $DEXEC_INDEX"; printf "err $DEXEC_INDEX" >&2'
	[ "$(sort "$out")" = "${F}1: out 1
${F}2: out 2" ]
	[ "$(sort "$err")" = "$(printf '%s\n' "${F}1: err 1" "${F}2: err 2" "dexec: 2 ok" | sort)" ]
	[ "$(tail -n 1 "$err")" = "dexec: 2 ok" ]
}

@test "lines come as they are printed, not at the end" {
	start live dexec "${F}[12]" sh -c "echo first; $GATE echo second"
	until_text live.out "${F}1: first"
	until_text live.out "${F}2: second"
	run ! grep -q "${F}1: second" live.out
	open_gate
	finish live
	ends "exit 0"
	grep -qx "${F}1: second" "$out"
}

@test "colour is for names only, and for terminals only" {
	go dexec --color always "${F}1,${F}2" echo there
	[ "$(sed 's/\x1b\[[0-9]*m//g' "$out" | sort)" = "${F}1: there
${F}2: there" ]
	[ "$(grep -c $'^\x1b\[[0-9]*m.*:\x1b\[m there$' "$out")" = 2 ]
	go dexec "${F}1,${F}2" echo there
	run ! grep -q $'\x1b' "$out"
}

@test "ten that print at once: no line is torn or lost, on either stream" {
	go dexec -j 10 "${F}*" sh -c "$FLOOD"
	ends "exit 0"
	whole "$out" 1
	whole "$err" 1
	[ "$(tail -n 1 "$err")" = "dexec: 10 ok" ]
}

@test "... where both streams are one pipe" {
	go bash -c '"$1" -j 10 "$2" sh -c "$3" 2>&1 | cat' bash "$DEXEC" "${F}*" "$FLOOD"
	whole "$out" 2
}

@test "... and where both are one file" {
	go bash -c '"$1" -j 10 "$2" sh -c "$3" >both 2>&1' bash "$DEXEC" "${F}*" "$FLOOD"
	whole both 2
}

@test "... where the reader stalls: the commands wait, our memory does not grow, and then every line comes" {
	mkfifo stalled
	start out bash -c 'exec "$1" -j 10 "$2" sh -c "$3" >"$4"' bash "$DEXEC" "${F}*" "$FLOOD" "$T/stalled"
	exec 8<stalled
	until_stalled "$pid"
	memory=$(peak "$pid")
	cat <&8 >taken
	exec 8<&-
	finish out
	ends "exit 0"
	whole taken 1
	whole "$err" 1
	at_most 16384 "$memory"
}

@test "... and where it reads a byte at a time" {
	docker exec "${F}1" sh -c 'head -n 300 /tmp/lines >/tmp/few'
	docker exec "${F}2" sh -c 'head -n 300 /tmp/lines >/tmp/few'
	go bash -c '"$1" "$2" cat /tmp/few | dd bs=1 2>/dev/null' bash "$DEXEC" "${F}[12]"
	for i in 1 2; do
		sed -n "s/^$F$i: //p" "$out" | cmp - <(head -n 300 "$flood")
	done
}

@test "where one stream is not read, the other is, of all that have nothing to say on the first" {
	mkfifo stalled
	start out bash -c 'exec "$1" "$2" sh -c "$3" >"$4"' bash "$DEXEC" "${F}[1-3]" \
		'if [ $DEXEC_INDEX = 1 ]; then cat /tmp/lines; else echo first >&2; fi' "$T/stalled"
	exec 8<stalled
	until_text out.err "${F}2: first"
	until_text out.err "${F}3: first"
	cat <&8 >taken
	exec 8<&-
	finish out
	ends "exit 0"
	sed "s/^${F}1: //" taken | cmp - <(cat "$flood" && echo)
}

# ---- bytes

@test "--no-prefix: lines as they are, none torn" {
	go dexec --no-prefix "${F}[12]" sh -c 'seq 1 20000'
	ends "exit 0"
	[ "$(sort -n "$out" | uniq -c | awk '$1 != 2' | wc -l)" = 0 ]
	[ "$(wc -l <"$out")" = 40000 ]
}

@test "--no-prefix -k: every byte, one after the other" {
	go dexec --no-prefix -k "${F}[123]" cat /tmp/random
	ends "exit 0"
	{ random_of 1; random_of 2; random_of 3; } | cmp - "$out"
}

@test "--no-prefix --group: every byte, of one after the other" {
	go dexec --no-prefix --group -j 1 "${F}[123]" sh -c 'cat /tmp/random >&2; cat /tmp/random'
	ends "exit 0"
	{ random_of 1; random_of 2; random_of 3; } | cmp - "$out"
	{ random_of 1; random_of 2; random_of 3; echo "dexec: 3 ok"; } | cmp - "$err"
}

@test "--no-prefix --group: a last line without an end stays as it is" {
	go dexec --no-prefix -k "${F}[12]" printf 'a\0b'
	printf 'a\0ba\0b' | cmp - "$out"
}

@test "--outdir: a file for each stream, every byte in it, and nothing on stdout" {
	go dexec --outdir "$T/made" "${F}[123]" sh -c 'cat /tmp/random; printf "err $DEXEC_INDEX" >&2'
	ends "exit 0"
	silent_stdout
	complains '3 ok'
	[ "$(find made -type f | wc -l)" = 6 ]
	for i in 1 2 3; do
		random_of $i | cmp - "made/$F$i.out"
		printf 'err %s' $i | cmp - "made/$F$i.err"
	done
}

@test "--outdir: older files are replaced, a directory that cannot be is an error before anything runs" {
	mkdir made
	head -c 100000 /dev/zero >"made/${F}1.out"
	go dexec --outdir made "${F}1" echo new
	printf 'new\n' | cmp - "made/${F}1.out"
	docker exec "${F}1" rm -f /tmp/ran
	go dexec --outdir made/none/none "${F}[12]" touch /tmp/ran
	refuses 125 'cannot make the directory made/none/none: No such file or directory'
	run ! docker exec "${F}1" test -e /tmp/ran
}

@test "--json: an object a line, every byte in it" {
	go dexec --json "${F}[123]" sh -c 'cat /tmp/random; printf "\303\244 \"\\\\ \t\001 $DEXEC_INDEX\n" >&2; exit $((DEXEC_INDEX - 1))'
	ends "exit 2"
	[ "$(wc -l <"$out")" = 3 ]
	for i in 1 2 3; do
		docker inspect --format '{{.ID}}' "$F$i"
	done >ids
	python3 - "$out" "$BATS_FILE_TMPDIR/random" "$F" <<-'END'
	import base64, datetime, json, sys
	out, random, fleet = sys.argv[1:]
	random = open(random, "rb").read()
	ids = open("ids").read().split()
	objects = [json.loads(line) for line in open(out, encoding="utf-8")]
	objects.sort(key=lambda o: o["name"])
	for i, o in enumerate(objects, 1):
	    assert list(o) == ["name", "id", "context", "start", "seconds", "status", "signal", "reason", "stdout",
	                       "stderr"], list(o)
	    assert o["name"] == f"{fleet}{i}"
	    assert o["id"] == ids[i - 1]
	    assert o["context"] is None and o["signal"] is None
	    assert o["status"] == i - 1
	    assert o["reason"] == (None if i == 1 else f"exited with status {i - 1}"), o["reason"]
	    start = datetime.datetime.fromisoformat(o["start"].replace("Z", "+00:00"))
	    age = datetime.datetime.now(datetime.timezone.utc) - start
	    assert 0 <= age.total_seconds() < 300
	    assert 0 < o["seconds"] < 300
	    assert base64.b64decode(o["stdout"]["base64"], validate=True) == random + b"%d\n" % i
	    assert o["stderr"] == f"\u00e4 \"\\ \t\x01 {i}\n", o["stderr"]
	END
}

@test "--json: what is wrong with one is in its object" {
	go dexec --json "${F}1,${F}2,${F}3" sh -c 'case $DEXEC_INDEX in 1) kill -KILL $$ ;; 2) exec nope ;; esac'
	ends "exit 137"
	python3 - "$out" <<-'END'
	import json, sys
	a, b, c = sorted((json.loads(line) for line in open(sys.argv[1])), key=lambda o: o["name"])
	assert (a["status"], a["reason"]) == (137, "exited with status 137"), a
	assert (b["status"], b["signal"]) == (127, None), b
	assert (c["status"], c["signal"], c["reason"]) == (0, None, None), c
	assert b["reason"] == "exited with status 127" and "nope" in b["stderr"], b
	END
}

# ---- whole outputs

@test "--group: the output of one stands together, the first to end first" {
	start group dexec --group "${F}[123]" sh -c "echo a; $GATE echo b; echo e >&2"
	until_text group.out "${F}2: b"
	until_text group.out "${F}3: b"
	run ! grep -q "^${F}1:" group.out group.err
	open_gate
	finish group
	ends "exit 0"
	[ "$(tail -n 2 "$out")" = "${F}1: a
${F}1: b" ]
	[ "$(uniq -w ${#F} -c "$out" | wc -l)" = 1 ]
	[ "$(sed 's/: .*//' "$out" | uniq | wc -l)" = 3 ]
}

@test "-k: in the order of names, whoever ends first" {
	start order dexec -k --joblog log "${F}[123]" sh -c "echo a; $GATE echo b"
	until_text log "${F}2"$'\t'
	until_text log "${F}3"$'\t'
	[ ! -s order.out ]
	open_gate
	finish order
	ends "exit 0"
	says "${F}1: a
${F}1: b
${F}2: a
${F}2: b
${F}3: a
${F}3: b"
}

@test "--disable_stream: as --group" {
	start group dexec --disable_stream --joblog log "${F}[12]" sh -c "echo a; $GATE echo b"
	until_text log "${F}2"$'\t'
	open_gate
	finish group
	says "${F}2: a
${F}2: b
${F}1: a
${F}1: b"
}

@test "--gather: equal results once, the most common first, with folded names" {
	go dexec --gather "${F}*" sh -c 'case $DEXEC_INDEX in
		4) echo odd; exit 3 ;;
		9 | 10) echo same; echo e >&2 ;;
		*) echo same ;; esac'
	ends "exit 3"
	says "==== ${F}[1-3,5-8] (7) ====
same
==== ${F}[9-10] (2) ====
same
==== ${F}4 (1) ====
exited with status 3
odd"
	[ "$(<"$err")" = "e
dexec: 9 ok, 1 failed: ${F}4 (3)" ]
}

@test "--gather: outputs that differ in their last byte only are not equal" {
	go dexec --gather "${F}*" sh -c 'head -c 1000000 /tmp/random; [ $DEXEC_INDEX != 5 ] || printf x; [ $DEXEC_INDEX = 5 ] || printf y'
	ends "exit 0"
	[ "$(grep -a '^==== ' "$out")" = "==== ${F}[1-4,6-10] (9) ====
==== ${F}5 (1) ====" ]
}

@test "--diff: the most common whole, of others what differs" {
	go dexec --diff "${F}*" sh -c 'echo one; [ $DEXEC_INDEX = 2 ] && echo TWO || echo two; echo three'
	ends "exit 0"
	says "==== ${F}[1,3-10] (9) ====
one
two
three
==== ${F}2 (1) ====
--- ${F}[1,3-10]
+++ ${F}2
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --warm as its user sees it, on a real engine: which calls go through a connection and which do not, the command that
# sees to connections, and what happens to them: accidents never make a command run twice, or in the wrong container, or
# end in silence, and leave nothing. That a command behaves the same is what check-warm tests.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154

load fixture

TREE='sleep 1000001 & setsid sleep 1000002 & (setsid sh -c "sleep 1000003 & sleep 1000004; :" &);'

setup_file() {
	engine_tests || return 0
	container BB dexec-busybox:1 --hostname bb
	container SCR dexec-scratch:1
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	unset OWN OTHER
}

# Each test has its connections to itself.
teardown() {
	end_started
	[ -n "${T-}" ] || return 0
	[ -z "${OWN-}" ] || docker rm --force "$OWN" >/dev/null 2>&1 || :
	[ -z "${OTHER-}" ] || docker rm --force "$OTHER" >/dev/null 2>&1 || :
	until_true "the keepers to end" all_stopped
}

# One that is about to serve hears of it then.
all_stopped() {
	"$DEXEC" "$BB,$SCR" warm stop
	no_keeper
}

# serves N CONTAINER: it has so many connections that serve.
serves() {
	[ "$(connections "$2")" = "$1" ]
}

connections() {
	timeout "$LIMIT" "$DEXEC" "$1" warm status 2>/dev/null 3>&- | awk 'END { print (NR > 0 ? NR - 1 : 0) }'
}

# keeper_of CONTAINER: the process of its only connection.
keeper_of() {
	timeout "$LIMIT" "$DEXEC" "$1" warm status 3>&- | awk 'NR == 2 { print $3 }'
}

# goes_cold REGEX DEXEC-ARGS...: with --warm -v it is docker that runs it, and the reason is told.
goes_cold() {
	local why=$1
	shift
	go dexec --warm -v "$@"
	grep -Eq -e "^dexec: .*no warm connection: $why" "$err" || fail "should say why it is cold: $why"
	grep -q '^dexec: docker exec ' "$err" || fail "docker should have run it"
}

# ---- which calls

@test "the first call is docker's, the second one goes through the connection that it has left" {
	goes_cold 'there is none yet' "$BB" echo one
	ends "exit 0"
	says one
	until_true "the connection" serves 1 "$BB"
	goes_warm 1 "$BB" --warm "$BB" echo two
	ends "exit 0"
	says two
	silent_stderr
}

@test "a warm call starts no docker" {
	logging_docker
	warm_start --docker "$logging" "$BB"
	calls=$(docker_calls)
	for status in 0 1 7; do
		go dexec --warm --docker "$logging" "$BB" sh -c "exit $status"
		ends "exit $status"
	done
	[ "$(docker_calls)" = "$calls" ]
	[ "$(served "$BB")" = 3 ]
}

@test "without --warm nothing is kept" {
	go dexec "$BB" true
	[ -z "$(ls -A "$XDG_RUNTIME_DIR")" ]
	no_keeper
}

@test "DEXEC_WARM=1 and warm = yes are --warm, and what is nearer counts" {
	warm_start "$BB"
	DEXEC_WARM=1 goes_warm 1 "$BB" "$BB" true
	DEXEC_WARM=0 goes_warm 0 "$BB" "$BB" true
	mkdir -p "$XDG_CONFIG_HOME/dexec"
	echo 'warm = yes' >"$XDG_CONFIG_HOME/dexec/config"
	goes_warm 1 "$BB" "$BB" true
	DEXEC_WARM=0 goes_warm 0 "$BB" "$BB" true
	DEXEC_WARM=0 goes_warm 1 "$BB" --warm "$BB" true
}

@test "file and ls go warm, and buffered output does" {
	warm_start "$BB"
	goes_warm 1 "$BB" --warm "$BB" file /etc/hostname
	says bb
	goes_warm 1 "$BB" --warm "$BB" ls -d /etc
	says /etc
	goes_warm 1 "$BB" --warm --disable_stream "$BB" echo held
	says held
}

@test "--print prints docker's words, as without --warm, and starts nothing" {
	"$DEXEC" --print "$BB" exec -e A=1 -w /tmp sh -c 'echo "$A"' | sed 's/DEXEC_ID=[0-9a-f]*/X/' >cold
	"$DEXEC" --warm --print "$BB" exec -e A=1 -w /tmp sh -c 'echo "$A"' | sed 's/DEXEC_ID=[0-9a-f]*/X/' >warm
	cmp cold warm
	no_keeper
}

@test "what a connection is not for is docker's, and -v says why" {
	warm_start "$BB"
	goes_cold 'a terminal is docker' "$BB" exec -t true
	goes_cold 'what is detached' "$BB" exec -d true
	goes_cold 'its processes shall not be marked' --no-reap "$BB" true
	docker exec "$BB" mkdir -p /sub
	goes_cold 'the directory is not absolute' "$BB" exec -w sub pwd
	printf 'A\rB=1\n' >odd
	goes_cold 'docker shall read odd' "$BB" exec --env-file odd true
	goes_cold 'docker shall read missing' "$BB" exec --env-file missing true
	ends "exit 125"
	[ "$(served "$BB")" = 0 ]
}

@test "options that a connection does itself: as docker does them" {
	printf '# a remark\n  A=in the file\nB=x=y\nMINE\nNOT_MINE\n\n' >variables
	export MINE="from here"
	unset NOT_MINE
	words=(exec -i -w /tmp -e "C=a b" -e MINE -e NOT_MINE -e PATH=/bin:/else --env-file variables)
	script='echo "$PWD $PATH"; cat; env | grep -E "^(A|B|C|MINE|NOT_MINE|HOME|HOSTNAME)=" | sort; id; ulimit -a; umask'
	docker "${words[@]}" "$BB" sh -c "$script" <<<input >expected
	warm_start "$BB"
	goes_warm 1 "$BB" --warm "$BB" "${words[@]}" sh -c "$script" <<<input
	ends "exit 0"
	cmp expected "$out"
}

@test "-u and --privileged have connections of their own" {
	script='id; grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; echo "$HOME"'
	warm_start "$BB"
	variants=("" "-u 1000" "-u user" "-u 0:1000")
	# An engine that has few rights itself cannot give them.
	! docker exec --privileged "$BB" true 2>/dev/null || variants+=("--privileged" "-u 1000 --privileged")
	for options in "${variants[@]}"; do
		# shellcheck disable=SC2086 # words
		{
			warm_start $options "$BB"
			docker exec $options "$BB" sh -c "$script" >expected
			goes_warm 1 "$BB" --warm $options "$BB" sh -c "$script"
		}
		cmp expected "$out"
	done
	serves ${#variants[@]} "$BB"
}

@test "--privileged where the engine cannot: warm start says so, and a call ends as without --warm" {
	! docker exec --privileged "$BB" true 2>/dev/null || return 0
	go dexec --privileged "$BB" warm start
	refuses 125 "no warm connection"
	go dexec --privileged "$BB" true
	cold="$ended $(<"$err")"
	go dexec --warm --privileged "$BB" true
	[ "$ended $(<"$err")" = "$cold" ]
}

@test "bytes that are no UTF-8 arrive as they are" {
	warm_start "$BB"
	goes_warm 1 "$BB" --warm "$BB" printf '%s.' $'\xff\xfe' $'caf\xe9'
	printf '\xff\xfe.caf\xe9.' | cmp - "$out"
}

@test "--wait: it waits first, and goes warm then" {
	container OWN dexec-busybox:1
	docker kill "$OWN" >/dev/null
	start waits dexec --warm --wait --timeout "$LIMIT" "$OWN" echo there
	docker start "$OWN" >/dev/null
	finish waits
	ends "exit 0"
	says there
	until_true "the connection" serves 1 "$OWN"
	goes_warm 1 "$OWN" --warm --wait "$OWN" echo again
	says again
}

@test "many: each by its own connection" {
	warm_start "$BB,$SCR"
	goes_warm 1 "$BB" --warm "$BB,$SCR" ls -d /etc
	ends "exit 0"
	goes_warm 1 "$BB" --warm --gather "$BB,$SCR" file /etc/hostname
	ends "exit 0"
}

@test "the fixture of check-warm makes calls warm" {
	export DEXEC_TEST_WARM=1 WARM_IDS=1
	warm_file
	scratch
	container OWN dexec-busybox:1
	goes_warm 1 "$OWN" "$OWN" true
	goes_warm 1 "$OWN" "$OWN,$OWN" true
	census "$OWN"
	[ "$(agents "$OWN")" = 2 ]
	run ! grep -q dexec- "$T/census.$OWN"
}

# ---- dexec TARGET warm

@test "warm start, status, stop" {
	go dexec "$BB" warm
	ends "exit 1"
	grep -q "^dexec: $BB: no warm connection$" "$err"
	go dexec "$BB" warm start
	ends "exit 0"
	silent_stdout
	silent_stderr
	keeper=$(keeper_of "$BB")
	go dexec "$BB" warm start
	ends "exit 0"
	[ "$(keeper_of "$BB")" = "$keeper" ]
	go dexec --warm "$BB" true
	go dexec "$BB" warm status
	ends "exit 0"
	way=shortcut
	sees_processes || way=docker
	head -n 1 "$out" | grep -Eq '^NAME +USER +KEEPER +AGE +SERVED +RUNNING +IDLE +WAY +VERSION$'
	grep -Eq "^$BB +- +$keeper +[0-9ms]+ +1 +0 +[0-9ms]+ +$way +[0-9]+\$" "$out"
	[ "$(agents "$BB")" = 1 ]
	go dexec "$BB" warm stop
	ends "exit 0"
	until_true "the keeper to end" no_keeper
	[ "$(agents "$BB")" = 0 ]
	go dexec "$BB" warm stop
	ends "exit 0"
	go dexec "$BB" warm status
	ends "exit 1"
}

@test "warm stop: one that is about to serve is waited for" {
	printf '#!/bin/sh\n[ "$1" = ps ] || { : >"%s"; read -r _ <"%s"; }\nexec docker "$@"\n' \
		"$T/asked" "$T/go" >docker
	chmod +x docker
	mkfifo go
	exec {held}<>go
	start starts dexec --docker ./docker "$BB" warm start
	until_true "a keeper" test -e asked
	start stops dexec "$BB" warm stop
	until_true "it to wait" waits_for_lock
	yes | head -n 100 >go
	finish stops
	ends "exit 0"
	no_keeper
}

# waits_for_lock: somebody waits for a lock that another has.
waits_for_lock() {
	grep -q -e '-> FLOCK' /proc/locks
}

@test "warm stop: what runs comes to its end, and calls from then on have another" {
	docker exec "$BB" sh -c 'rm -f /tmp/end && mkfifo /tmp/end'
	warm_start "$BB"
	start long dexec --warm "$BB" sh -c 'echo ready; read -r _ </tmp/end; echo over; exit 5'
	until_text long.out ready
	go dexec "$BB" warm stop
	ends "exit 0"
	goes_cold 'there is none yet' "$BB" echo cold
	says cold
	docker exec "$BB" sh -c 'echo >/tmp/end'
	finish long
	ends "exit 5"
	says $'ready\nover'
}

@test "warm: globs, lists, @all" {
	go dexec "${BB%??}*,$SCR" warm start
	ends "exit 0"
	serves 1 "$SCR"
	go dexec "$BB,$SCR" warm
	ends "exit 0"
	[ "$(wc -l <"$out")" = 3 ]
	go dexec @all warm status
	grep -q "^$BB " "$out"
	grep -q "^$SCR " "$out"
	go dexec "$BB,$SCR" warm stop
	ends "exit 0"
	until_true "the keepers to end" no_keeper
}

@test "warm: no such container, one that does not run, a wrong word" {
	for word in start status stop; do
		go dexec "${BB}x" warm $word
		refuses 125 "no such container"
	done
	container OWN dexec-busybox:1
	docker kill "$OWN" >/dev/null
	go dexec "$OWN" warm start
	refuses 125 "$OWN"
	for words in restart "start stop" status-; do
		# shellcheck disable=SC2086 # words
		go dexec "$BB" warm $words
		ends "exit 125"
		silent_stdout
		head -n 1 "$err" | grep -q '^dexec: warm: '
	done
	no_keeper
}

@test "warm-idle: a connection that nobody needs ends by itself" {
	DEXEC_WARM_IDLE=1 go dexec "$BB" warm start
	ends "exit 0"
	until_true "the keeper to end" no_keeper
	[ "$(agents "$BB")" = 0 ]
}

# ---- what the container shows of it

@test "docker diff has nothing of it, while it runs and afterwards" {
	container OWN dexec-busybox:1
	docker diff "$OWN" >before
	for options in "" "-u 1000"; do
		# shellcheck disable=SC2086 # words
		warm_start $options "$OWN"
		# shellcheck disable=SC2086 # words
		goes_warm 1 "$OWN" --warm $options "$OWN" true
		docker diff "$OWN" | cmp - before
	done
	go dexec "$OWN" warm stop
	until_true "the keepers to end" no_keeper
	docker diff "$OWN" | cmp - before
}

@test "an image without a shell" {
	warm_start "$SCR"
	goes_warm 1 "$SCR" --warm "$SCR" /probe exit 7
	ends "exit 7"
	goes_warm 1 "$SCR" --warm "$SCR" exec -u 1000 /probe args 'a b' || :
	go dexec --warm "$SCR" nosuch
	refuses 127 'nosuch.*not found'
}

@test "a root file system that may only be read" {
	container OWN dexec-busybox:1 --read-only
	warm_start "$OWN"
	goes_warm 1 "$OWN" --warm "$OWN" echo there
	says there
	[ -z "$(docker exec "$OWN" find /dev -name '.dexec*')" ]
}

@test "neither a shell nor a place to write: it stays cold, and -v and warm start say so" {
	container OWN dexec-scratch:1 --read-only
	go dexec "$OWN" warm start
	refuses 125 "no warm connection.*cannot be put there"
	goes_cold '.*cannot be put there' "$OWN" /probe exit 3
	ends "exit 3"
}

@test "what runs sees nothing of a connection: no descriptor, no variable" {
	warm_start "$BB"
	script='ls -l /proc/self/fd | awk "{ print \$9, \$11 }" | sed "s/\[.*//; s,/proc/.*,," ; env | cut -d= -f1 | sort; cat /proc/self/cgroup'
	"$DEXEC" "$BB" sh -c "$script" >cold
	goes_warm 1 "$BB" --warm "$BB" sh -c "$script"
	cmp cold "$out"
}

# ---- what becomes of the container

@test "a container made anew under the same name never gets a command of the old one" {
	name=dexec-test-anew-$$-$RANDOM$RANDOM
	for i in 1 2 3; do
		container_named "$name" dexec-busybox:1 --hostname "host$i"
		OWN=$name
		go dexec --warm "$name" hostname
		says "host$i"
		warm_start "$name"
		goes_warm 1 "$name" --warm "$name" hostname
		says "host$i"
		docker rm --force "$name" >/dev/null
	done
}

@test "names that change hands: a command goes to whoever has the name" {
	container OWN dexec-busybox:1 --hostname own
	container OTHER dexec-busybox:1 --hostname other
	warm_start "$OWN"
	for i in 1 2; do
		docker rename "$OWN" "$OWN-away"
		docker rename "$OTHER" "$OWN"
		go dexec --warm "$OWN" hostname
		says other
		docker rename "$OWN" "$OTHER"
		go dexec --warm "$OWN" hostname
		refuses 125 "no such container"
		docker rename "$OWN-away" "$OWN"
		go dexec --warm "$OWN" hostname
		says own
	done
}

@test "paused: 125, and says so; unpaused, it goes on" {
	container OWN dexec-busybox:1
	warm_start "$OWN"
	docker pause "$OWN" >/dev/null
	go dexec --warm "$OWN" true
	docker unpause "$OWN" >/dev/null
	refuses 125 "$OWN.*paused"
	go dexec --warm "$OWN" echo on
	ends "exit 0"
	says on
}

@test "restarted: the next calls work, cold first and warm then" {
	container OWN dexec-busybox:1
	for i in 1 2; do
		warm_start "$OWN"
		docker restart --time 0 "$OWN" >/dev/null
		go dexec --warm "$OWN" echo "$i"
		ends "exit 0"
		says "$i"
	done
	warm_start "$OWN"
	goes_warm 1 "$OWN" --warm "$OWN" echo warm
	[ "$(agents "$OWN")" = 1 ]
}

@test "stopped, removed: the keeper ends by itself" {
	container OWN dexec-busybox:1
	warm_start "$OWN"
	docker kill "$OWN" >/dev/null
	until_true "the keeper to end" no_keeper
	go dexec --warm "$OWN" true
	refuses 125 "$OWN.*not running"
	docker start "$OWN" >/dev/null
	warm_start "$OWN"
	docker rm --force "$OWN" >/dev/null
	until_true "the keeper to end" no_keeper
	go dexec --warm "$OWN" true
	refuses 125 "no such container"
}

# ---- accidents

# accident KILLER...: while a command runs; its status is 125, its tree is ended, and the next call works.
accident() {
	docker exec "$BB" rm -f /tmp/runs
	census "$BB"
	warm_start "$BB"
	start tree dexec --warm "$BB" sh -c "echo ran >>/tmp/runs; $TREE echo ready; wait"
	until_text tree.out ready
	"$@"
	finish tree
	ends "exit 125"
	says ready
	complains "$BB: lost the warm connection"
	nothing_left "$BB"
	until_true "the agent to end" no_agent "$BB"
	until_true "the keeper to end" no_keeper
	[ "$(docker exec "$BB" cat /tmp/runs)" = ran ]
	go dexec --warm "$BB" echo next
	ends "exit 0"
	says next
}

no_agent() {
	[ "$(agents "$1")" = 0 ]
}

kill_keeper() {
	kill -KILL "$(keeper_of "$BB")"
}

# The docker client that carries the connection, not the one that hears events.
kill_carrier() {
	local process
	for process in $(children "$(keeper_of "$BB")"); do
		! tr '\0' ' ' <"/proc/$process/cmdline" | grep -qF ' exec ' || kill -KILL "$process"
	done
}

@test "the keeper is killed while a command runs: 125, and nothing is left" {
	accident kill_keeper
}

@test "the agent is killed while a command runs: 125, and nothing is left" {
	accident kill_inside "$BB" /.dexec-
}

@test "the docker client of the connection is killed while a command runs: 125, and nothing is left" {
	accident kill_carrier
}

@test "the keeper is told to end (TERM) while a command runs: 125, and nothing is left" {
	kill_softly() {
		kill -TERM "$(keeper_of "$BB")"
	}
	accident kill_softly
}

@test "the docker client that hears events is killed: what runs goes on, and no call is lost" {
	docker exec "$BB" sh -c 'rm -f /tmp/end && mkfifo /tmp/end'
	warm_start "$BB"
	start long dexec --warm "$BB" sh -c 'echo ready; read -r _ </tmp/end; exit 5'
	until_text long.out ready
	for process in $(children "$(keeper_of "$BB")"); do
		! tr '\0' ' ' <"/proc/$process/cmdline" | grep -qF ' events ' || kill -KILL "$process"
	done
	until_true "the keeper to serve no more" serves 0 "$BB"
	go dexec --warm "$BB" echo cold
	says cold
	docker exec "$BB" sh -c 'echo >/tmp/end'
	finish long
	ends "exit 5"
}

@test "a keeper that is stopped (STOP): the call is docker's, and runs once" {
	docker exec "$BB" rm -f /tmp/runs
	warm_start "$BB"
	keeper=$(keeper_of "$BB")
	kill -STOP "$keeper"
	go dexec --warm "$BB" sh -c 'echo ran >>/tmp/runs; echo there'
	kill -CONT "$keeper"
	ends "exit 0"
	says there
	[ "$(docker exec "$BB" cat /tmp/runs)" = ran ]
	go dexec "$BB" warm stop
	until_true "the keeper to end" no_keeper
	[ "$(docker exec "$BB" cat /tmp/runs)" = ran ]
}

@test "dexec is killed outright: the keeper ends what it ran, and goes on" {
	census "$BB"
	warm_start "$BB"
	start tree dexec --warm "$BB" sh -c "$TREE echo ready; wait"
	until_text tree.out ready
	kill -KILL "$pid"
	finish tree
	nothing_left "$BB"
	goes_warm 1 "$BB" --warm "$BB" true
}

# another_version: ends the keeper of BB, and has one of a version that never was listen in its place.
another_version() {
	local command key
	command=$("$DEXEC" -v "$BB" warm start 2>&1 | grep -F 'dexec-keeper')
	key=$(grep -z '^DEXEC_WARM_KEY=' "/proc/$(keeper_of "$BB")/environ" | tr -d '\0'; echo .)
	key=${key#DEXEC_WARM_KEY=} key=${key%.}
	"$DEXEC" "$BB" warm stop
	DEXEC_WARM_KEY=${key/wire [0-9]/wire 0} eval "${command#dexec: }" >ready 3>&-
	until_text ready ready
}

@test "a keeper of another version: no call fails, and it is replaced" {
	another_version
	other=$(keeper_of "$BB")
	goes_cold 'another version has come' "$BB" echo one
	ends "exit 0"
	says one
	until_true "another keeper" serves_other "$BB" "$other"
	goes_warm 1 "$BB" --warm "$BB" echo two
	says two
}

serves_other() {
	local keeper
	keeper=$(keeper_of "$1")
	[ -n "$keeper" ] && [ "$keeper" != "$2" ]
}

@test "a directory that others may enter, or a link to one, is not used: the call is cold" {
	warm_start "$BB"
	chmod 755 "$XDG_RUNTIME_DIR/dexec"
	goes_cold '.*not a directory of ours alone' "$BB" echo there
	says there
	go dexec "$BB" warm status
	refuses 125 'not a directory of ours alone'
	chmod 700 "$XDG_RUNTIME_DIR/dexec"
	goes_warm 1 "$BB" --warm "$BB" true
	mv "$XDG_RUNTIME_DIR/dexec" "$XDG_RUNTIME_DIR/real"
	ln -s real "$XDG_RUNTIME_DIR/dexec"
	goes_cold '.*not a directory of ours alone' "$BB" echo there
	says there
	rm "$XDG_RUNTIME_DIR/dexec"
	mv "$XDG_RUNTIME_DIR/real" "$XDG_RUNTIME_DIR/dexec"
}

@test "without a runtime directory, or with one that others may enter: one in the cache" {
	chmod 755 "$XDG_RUNTIME_DIR"
	warm_start "$BB"
	[ -z "$(ls -A "$XDG_RUNTIME_DIR")" ]
	[ "$(stat -c %a "$HOME/.cache/dexec/warm")" = 700 ]
	goes_warm 1 "$BB" --warm "$BB" true
}

@test "a socket that nobody listens at: cold, and replaced" {
	warm_start "$BB"
	kill -KILL "$(keeper_of "$BB")"
	until_true "the keeper to end" no_keeper
	[ -S "$(ls "$XDG_RUNTIME_DIR"/dexec/*[0-9a-f])" ]
	goes_cold 'there is none yet' "$BB" echo there
	until_true "the connection" serves 1 "$BB"
}

@test "several first calls at a time: one keeper" {
	for i in 1 2 3 4 5 6; do
		"$DEXEC" --warm "$BB" true 3>&- &
	done
	wait
	until_true "the connection" serves 1 "$BB"
	[ "$(agents "$BB")" = 1 ]
}

# ---- never twice

# calls FROM TO: each leaves a line with its number in the container, and its status in a file here.
calls() {
	local i status
	for ((i = $1; i <= $2; i++)); do
		status=0
		timeout "$LIMIT" "$DEXEC" --warm "$BB" sh -c 'echo "$1" >>/tmp/runs; sleep 0.01; exit 0' sh "$i" \
			>>"$T/said" 2>&1 3>&- || status=$?
		echo "$i $status" >>"$T/statuses.$1"
	done
}

# faults: keepers, agents and their docker clients are killed, whichever, until there is a file.
faults() {
	local victims
	while [ ! -e "$T/over" ]; do
		case $((RANDOM % 2)) in
		0)
			mapfile -t victims < <(keepers)
			[ ${#victims[@]} = 0 ] || kill -KILL "${victims[RANDOM % ${#victims[@]}]}" 2>/dev/null || :
			;;
		1) kill_inside "$BB" /.dexec- ;;
		esac
		sleep "0.$((RANDOM % 5))" # not to wait for anything: faults come at any time
	done
}

@test "never twice: a hundred calls while keepers, agents and docker clients are killed at any moment" {
	docker exec "$BB" sh -c 'rm -f /tmp/runs; : >/tmp/runs'
	census "$BB"
	warm_start "$BB"
	faults 3>&- &
	faults=$!
	workers=()
	for from in 1 26 51 76; do
		calls $from $((from + 24)) &
		workers+=($!)
	done
	wait "${workers[@]}"
	touch over
	wait $faults
	docker exec "$BB" cat /tmp/runs >runs
	cat statuses.* >statuses
	python3 - <<-'END'
	import collections
	runs = collections.Counter(open("runs").read().split())
	statuses = dict(line.split() for line in open("statuses"))
	assert len(statuses) == 100, len(statuses)
	print(f"# {sum(s == '125' for s in statuses.values())} of 100 calls ended with 125")
	for call, status in statuses.items():
	    allowed = {"0": (1,), "125": (0, 1)}.get(status, ())
	    assert runs[call] in allowed, (call, status, runs[call])
	assert sum(runs.values()) <= 100
	END
	nothing_left "$BB"
	go dexec --warm "$BB" echo next
	ends "exit 0"
	says next
}

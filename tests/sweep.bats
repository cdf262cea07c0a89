#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The sweep by itself: the text that is run in a container, here in process
# namespaces of this machine, by every kind of shell.  A process enters the
# namespace as an exec enters a container: its parent is 0, it leads a session.
#
# Who is not root has no namespaces and sweeps the machine as it is: only what
# bears the test's own cookie is touched, which is the point.
#
# The harness gives $top_srcdir and $builddir.  Scripts in single quotes are
# for another shell:
# shellcheck disable=SC2016,SC2154

bats_require_minimum_version 1.5.0

setup_file() {
	export SWEEP APPLETS="$BATS_FILE_TMPDIR/applets"
	# What the program holds, not what the file says.
	cat >"$BATS_FILE_TMPDIR/print.c" <<-'END'
		#include <stdio.h>
		#include "sweep_script.h"
		int main(void) { return fputs(SWEEP_SCRIPT, stdout) < 0; }
	END
	cc -I"${builddir:?}/src" -o "$BATS_FILE_TMPDIR/print" \
		"$BATS_FILE_TMPDIR/print.c"
	SWEEP=$("$BATS_FILE_TMPDIR/print")
	mkdir "$APPLETS" "$BATS_FILE_TMPDIR/empty"
	busybox --install -s "$APPLETS"
}

setup() {
	cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	other=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	# A time to sleep that says whose process it is.
	ours=7$((RANDOM % 9000 + 1000))$((BASHPID % 1000))
	theirs=8$ours
	enter
}

teardown() {
	leave
}

# A namespace with a first process that does nothing, as in many a container.
enter() {
	[ "$(id -u)" = 0 ] || return 0
	unshare --pid --fork --kill-child --mount-proc sleep infinity \
		</dev/null >/dev/null 2>&1 3>&- &
	outside=$!
	until init=$(pgrep -P "$outside" -x sleep); do :; done
}

leave() {
	if [ "$(id -u)" = 0 ]; then
		kill -KILL "$init" 2>/dev/null || true
	else
		for pid in $(processes "$ours") $(processes "$theirs"); do
			kill -KILL "$pid" 2>/dev/null || true
		done
	fi
	wait 2>/dev/null
}

within() {
	if [ "$(id -u)" = 0 ]; then
		nsenter --target "$init" --pid --mount --root --wd "$@"
	else
		"$@"
	fi
}

# Start the words in the background as an exec would, with cookie $1.  Its
# parent waits for it outside, and does not stop when it does.
start_with() {
	local enter=()
	[ "$(id -u)" != 0 ] ||
		enter=(nsenter --no-fork --target "$init" --pid --mount --root --wd
			sh -c '"$@"; exit' sh)
	"${enter[@]}" setsid \
		env --default-signal=INT,QUIT DEXEC_ID="$1" "${@:2}" \
		</dev/null >/dev/null 2>&1 3>&- &
}

# Start script $1 with our cookie; $MARK is the time to sleep.
start() {
	MARK=$ours start_with "$cookie" sh -c "$1"
}

# The processes that sleep, or shall, for the time $1.
processes() {
	within sh -c 'grep -lzx -e "$1" /proc/[0-9]*/cmdline' sh \
		"[${1:0:1}]${1:1}" 2>/dev/null | tr -cd '0-9\n'
}

alive() {
	processes "$1" | wc -l
}

# Wait until as many as $2 sleep for $1.
await() {
	local deadline=$((SECONDS + 20))
	until [ "$(alive "$1")" = "$2" ]; do
		[ $SECONDS -lt $deadline ] || {
			echo "$(alive "$1") instead of $2"
			return 1
		}
	done
}

# PID.BIRTH of process $1.
word_of() {
	within sh -c 'sed "s/.*) //" "/proc/$1/stat"' sh "$1" |
		awk -v pid="$1" '{ print pid "." $20 }'
}

# Sweep by the shell $shell: SIGNAL MODE [WORD...]; the result is in $hit,
# $left, $main and $words.
sweep() {
	local path=$PATH words_of_shell
	read -ra words_of_shell <<<"$shell"
	[ "$shell" = "busybox sh" ] && path=$APPLETS
	[ -z "${only_path+set}" ] || path=$only_path
	words_of_shell[0]=$(type -P "${words_of_shell[0]}")
	run -0 within "${as[@]}" timeout 20 env PATH="$path" "${words_of_shell[@]}" \
		-c "$SWEEP" dexec-sweep "$cookie" "$@"
	echo "$shell: $output"
	[ "${#lines[@]}" = 1 ]
	[[ $output =~ ^swept\ [0-9]+\ [0-9]+\ [0-9]+\ [01](\ [+-][0-9]+\.[0-9]+)*$ ]]
	read -r _ _ hit left main words <<<"$output"
}

# Run the function $1 for each kind of shell, in a namespace of its own.
each_shell() {
	as=()
	for shell in dash 'busybox sh' bash; do
		"$1"
		leave
		enter
	done
}

@test "sweep: the text in the program is sh, and says what sweep.sh says" {
	for shell in dash 'busybox sh' bash; do
		$shell -n -c "$SWEEP"
		$shell -n "$top_srcdir/src/container/sweep.sh"
	done
	# The same but for comments, blank lines and indents.
	diff <(sed 's/^[ \t]*//; /^\(#.*\)\{0,1\}$/d' \
		"$top_srcdir/src/container/sweep.sh") <(printf '%s\n' "$SWEEP")
}

tree='
	setsid sleep $MARK &
	(sleep $MARK &)
	(setsid sleep $MARK &)
	nohup sleep $MARK &
	env -i sleep $MARK &
	env -i setsid sleep $MARK &
	setsid sh -c "env -i sleep $MARK & sleep $MARK & wait" x &
	sh -c "trap \"\" TERM INT; sleep $MARK & wait; sleep $MARK" x &
	sleep $MARK
	wait'

end_tree() {
	start "$tree"
	await "$ours" 10
	sweep TERM finish
	[ "$(alive "$ours")" = 0 ]
	[ "$left $main" = "0 0" ]
	[ "$hit" -ge 10 ]
}

@test "finish: setsid, double fork, nohup, env -i and deaf ones all end" {
	each_shell end_tree
}

end_tree_at_once() {
	start "$tree"
	await "$ours" 10
	sweep KILL signal
	[ "$(alive "$ours")" = 0 ]
	[ "$left" = 0 ]
}

@test "KILL: ends them all in one sweep" {
	each_shell end_tree_at_once
}

end_many() {
	start 'i=0; while [ $i -lt 200 ]; do sleep $MARK & i=$((i+1)); done; wait'
	await "$ours" 200
	local begun=$SECONDS
	sweep TERM finish
	[ "$(alive "$ours")" = 0 ]
	[ "$left" = 0 ]
	[ $((SECONDS - begun)) -lt 10 ]
}

@test "finish: 200 children end" {
	each_shell end_many
}

# Numbers of processes that, as names of files, come the other way round.
tell_parents_first() {
	local pid parent place=0 log="$BATS_TEST_TMPDIR/kills"
	local SWEEP="kill() { echo \"\$*\" >>'$log'; command kill \"\$@\"; }
		$SWEEP"
	local -a told
	local -A parents=() places=()
	within sh -c 'echo 96 >/proc/sys/kernel/ns_last_pid'
	start 'sleep $MARK & sh -c "sleep $MARK; :" &
		sh -c "sh -c \"sleep $MARK; :\"; :" & sleep $MARK; :'
	await "$ours" 4
	while read -r pid parent _; do
		parents[$pid]=$parent
	done < <(within sh -c 'sed "s/ (.*) [A-Z]//" /proc/[0-9]*/stat')
	rm -f "$log"
	sweep TERM signal
	[ "$hit" = 8 ]
	read -ra told < <(sed -n '1s/-s TERM//p' "$log")
	for pid in "${told[@]}"; do
		places[$pid]=$((place += 1))
	done
	[ "$place" = 8 ]
	for pid in "${!places[@]}"; do
		[ "${places[$pid]}" -gt "${places[${parents[$pid]}]-0}" ]
	done
}

@test "order: parents are told before their children" {
	[ "$(id -u)" = 0 ] || return 0
	each_shell tell_parents_first
}

# For some seconds at most, however this test goes.
storm='trap "" TERM; i=0
	while [ $i -lt 400 ]; do sleep $MARK & i=$((i+1)); done; wait'

end_storm() {
	start "$storm"
	until [ "$(alive "$ours")" -gt 20 ]; do :; done
	sweep TERM finish
	[ "$(alive "$ours")" = 0 ]
	[ "$left" = 0 ]
}

@test "finish: whoever keeps forking, and is deaf, ends with all it forked" {
	each_shell end_storm
}

# In an exec a process has no mark that could be seen, and it lacks the end of
# its environment.  Grep and cat that show that for some looks, $1 and $2.
end_exec() {
	local blind="$BATS_FILE_TMPDIR/blind" looks
	mkdir -p "$blind"
	printf '#!/bin/sh\necho >>%s/marks\n[ $(wc -l <%s/marks) -le "$MARKS" ] ||
		PATH=%s exec grep "$@"\n' "$blind" "$blind" "$PATH" >"$blind/grep"
	printf '#!/bin/sh\nPATH=%s\necho >>%s/stats\ncat "$@" |
		if [ $(wc -l <%s/stats) -le "$STATS" ]; then
			sed "s/\\(.*) \\([^ ]* \\)\\{48\\}\\)[0-9]*/\\10/"
		else
			cat
		fi\n' "$PATH" "$blind" "$blind" >"$blind/cat"
	chmod +x "$blind/grep" "$blind/cat"
	for looks in "1 0" "4 3"; do
		rm -f "$blind/marks" "$blind/stats"
		start '(setsid sleep $MARK &)'
		await "$ours" 1
		APPLETS="$blind:$APPLETS" PATH="$blind:$PATH" MARKS=${looks% *} \
			STATS=${looks#* } sweep TERM signal
		[ "$hit" = 1 ]
	done
}

@test "signal: those too that are in an exec" {
	each_shell end_exec
}

end_stopped() {
	start 'sleep $MARK & sleep $MARK & wait'
	await "$ours" 2
	for pid in $(processes "$ours"); do
		within sh -c 'kill -STOP "$1"' sh "$pid"
	done
	sweep TERM signal
	await "$ours" 0
}

@test "signal: a stopped process goes on to end" {
	each_shell end_stopped
}

names=('a b' ') S 1 1 1 (' '(' $'new\nline' $'Z) Z\n(' ') Z 1 1')

end_named() {
	local dir="$BATS_TEST_TMPDIR/$RANDOM"
	mkdir "$dir"
	for name in "${names[@]}"; do
		cp "$(type -P sleep)" "$dir/$name"
	done
	DIR=$dir start 'for f in "$DIR"/*; do "$f" $MARK & done
		env -i "$DIR/) Z 1 1" $MARK & wait'
	await "$ours" $((${#names[@]} + 1))
	# None of these is sensed as dead, nor as somebody else's.
	sweep TERM finish
	[ "$(alive "$ours")" = 0 ]
	[ "$left" = 0 ]
}

@test "finish: processes end whatever they are called" {
	each_shell end_named
}

spare_others() {
	start 'sleep $MARK & setsid sleep $MARK & wait'
	start_with "$other" sleep "$theirs"
	start_with "${cookie%?}" sleep "$theirs"
	start_with "" sh -c "sleep $theirs & sleep $theirs"
	start_with "" env X="$cookie" sleep "$theirs"
	await "$ours" 2
	await "$theirs" 5
	sweep TERM finish
	[ "$(alive "$ours")" = 0 ]
	[ "$(alive "$theirs")" = 5 ]
	sweep KILL finish
	[ "$hit $left" = "0 0" ]
	[ "$(alive "$theirs")" = 5 ]
	for pid in $(processes "$theirs"); do
		within sh -c 'kill -KILL "$1"' sh "$pid"
	done
}

@test "finish: what bears another cookie, or none, is left alone" {
	each_shell spare_others
}

# Every process of this machine but those above has to be one of these two.
@test "finish: where there is nothing of ours, nothing happens" {
	for shell in dash 'busybox sh' bash; do
		sweep TERM finish
		[ "$hit $left $main" = "0 0 0" ]
		sweep KILL signal
		[ "$hit $left $main" = "0 0 0" ]
	done
}

no_grep() {
	only_path="$BATS_FILE_TMPDIR/empty"
	start "$tree"
	await "$ours" 10
	sweep TERM finish
	unset only_path
	[ "$(alive "$ours")" = 0 ]
	[ "$left" = 0 ]
}

@test "finish: neither grep nor sleep nor any program is needed" {
	each_shell no_grep
}

# --- modes

main_script='sh -c "trap \"\" INT; sleep $MARK" x & sleep $MARK'

only_signal() {
	start "$main_script & trap '' INT; wait; sleep \$MARK"
	await "$ours" 2
	sweep INT signal
	[ "$left" -ge 2 ]
	[ "$main" = 1 ]
	[ "$(wc -w <<<"$words")" = "$left" ]
	sweep TERM signal
	await "$ours" 0
}

@test "signal: who does not mind the signal lives, and is counted" {
	each_shell only_signal
}

follow_main() {
	# The first ignores INT, the command itself ends by it.
	start 'sh -c "trap \"\" INT; setsid sleep $MARK & wait; sleep $MARK" x &
		exec sleep $MARK'
	await "$ours" 2
	sweep INT follow
	[ "$(alive "$ours")" = 0 ]
	[ "$left $main" = "0 0" ]
}

@test "follow: when the command ends by the signal, so does the rest" {
	each_shell follow_main
}

follow_nobody() {
	start 'trap "" INT; sleep $MARK & sleep $MARK'
	await "$ours" 2
	sweep INT follow
	[ "$(alive "$ours")" = 2 ]
	[ "$main" = 1 ]
	[ "$left" -ge 2 ]
	sweep KILL finish
	[ "$(alive "$ours")" = 0 ]
}

@test "follow: while the command itself lives, so does the rest" {
	each_shell follow_nobody
}

hang_up() {
	start 'sleep $MARK & nohup sleep $MARK & wait; wait'
	await "$ours" 2
	sweep HUP signal
	await "$ours" 1
	sweep PIPE signal
	await "$ours" 0
}

@test "signal: HUP and PIPE are sent as they are" {
	each_shell hang_up
}

# --- words of an earlier sweep

stale_words() {
	start_with "" sleep "$theirs"
	await "$theirs" 1
	pid=$(processes "$theirs")
	# The number has passed to another process since.
	sweep KILL finish "+$pid.1" "-$pid.1"
	[ "$hit $left" = "0 0" ]
	[ "$(alive "$theirs")" = 1 ]
	sweep TERM finish +1.0 -1.0 +999999.5 -999999.5
	[ "$hit $left" = "0 0" ]
	[ "$(alive "$theirs")" = 1 ]
	# It is the very process.
	sweep TERM finish "+$(word_of "$pid")"
	[ "$left" = 0 ]
	[ "$(alive "$theirs")" = 0 ]
}

@test "words: a process whose number passed on is not ours" {
	each_shell stale_words
}

told_already() {
	start_with "" sh -c "trap 'exit' TERM; sleep $ours & sleep $ours & wait"
	await "$ours" 2
	parent=$(within sh -c 'sed -n "s/^PPid:.//p" "/proc/$1/status"' sh \
		"$(processes "$ours" | head -1)")
	# It has had its signal; those that it started have not.
	sweep TERM signal "-$(word_of "$parent")"
	[ "$hit" = 2 ]
	await "$ours" 0
}

@test "words: who has had the signal gets no second one, his children do" {
	each_shell told_already
}

# What root is allowed in a container, when nobody says otherwise.
container_root=-all,+chown,+dac_override,+fowner,+kill,+setgid,+setuid

# Only root can be two users.
two_users() {
	[ "$(id -u)" = 0 ] || { echo "# not tried: it takes root" >&3; false; }
}

# A user's process with a child of root's, as from a setuid program.  Neither
# sees all: the user may not signal it, root may not read the user's mark.
another_user() {
	start 'sleep $MARK & exec setpriv --reuid=65534 --clear-groups sleep $MARK'
	await "$ours" 2
	as=(setpriv --reuid=65534 --clear-groups)
	sweep TERM finish
	as=()
	[ "$hit" -ge 1 ]
	[ "$left" = 1 ]
	[ "$(alive "$ours")" = 1 ]
	as=(setpriv --bounding-set="$container_root")
	read -ra left_over <<<"$words"
	sweep TERM finish "${left_over[@]}"
	as=()
	[ "$left" = 0 ]
	[ "$(alive "$ours")" = 0 ]
}

@test "words: what one user leaves, root ends" {
	two_users || return 0
	each_shell another_user
}

unseen_by_root() {
	start_with "$cookie" setpriv --reuid=65534 --clear-groups sleep "$ours"
	await "$ours" 1
	as=(setpriv --reuid=65533 --clear-groups)
	sweep KILL finish
	[ "$hit" = 0 ]
	as=(setpriv --bounding-set="$container_root")
	sweep KILL finish
	[ "$hit" = 0 ]
	as=(setpriv --reuid=65534 --clear-groups)
	sweep KILL finish
	as=()
	[ "$hit $left" = "1 0" ]
	[ "$(alive "$ours")" = 0 ]
}

@test "users: a mark is read by its own user only, which is why he sweeps" {
	two_users || return 0
	each_shell unseen_by_root
}

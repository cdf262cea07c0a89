# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# End the processes that dexec started: run inside the container as
#
#	sh -c SWEEP dexec-sweep COOKIE SIGNAL MODE [WORD ...]
#
# by any POSIX shell, with nothing but its builtins (grep, cat and sleep are
# used where they exist).  Ours are the processes whose environment has
# DEXEC_ID=COOKIE, their children, and whoever shares a session with them,
# until no more are found.  Each gets SIGNAL once.  What then depends on MODE:
#
#	signal	that was all
#	follow	if the command itself ends by that, end the rest as well
#	finish	end everything: what is left after a moment gets KILL
#
# WORDs tell what an earlier sweep by another user left: "+PID.BIRTH" is ours
# as well, "-PID.BIRTH" has had its signal.
#
# Prints one line: "swept UID HIT LEFT MAIN" and a WORD for each process left;
# MAIN is 1 while the command itself lives.

mark=DEXEC_ID=$1 signal=$2 mode=$3
shift 3

all=" " who="" sids=" " skip=" 1 $$ " hit=0 until='' pass=0 without_cat=''
newline='
'
command -v cat >/dev/null 2>&1 || without_cat=yes

# Read the file on standard input, which may lack a last newline, into $text.
slurp() {
	text=
	while IFS= read -r line || [ -n "$line" ]; do
		text=$text$line
		line=
	done
}

# Note a process in row_PID: "PASS PARENT SESSION BIRTH".  $1 is its stat, where
# the command name may hold anything, so the fields count from the last ")".
# Fails when that is not a whole stat; a dead one is not noted.
note() {
	pid=${1%%" ("*}
	# shellcheck disable=SC2086 # the fields, as words
	set -- ${1##*") "}
	[ $# -ge 20 ] || return
	case $pid$2$4${20} in
	*[!0-9]*) return 1 ;;
	esac
	case $1 in
	Z | X | x) return 0 ;;
	esac
	there="$there $pid"
	eval "row_$pid='$pass $2 $4 ${20}'"
	# The end of its environment, unless it is a thread of the kernel, or
	# exiting, or not for us to read.
	if [ "${49-1}" = 0 ] && [ $(($7 & 0x200004)) = 0 ] &&
		true 2>/dev/null <"/proc/$pid/environ"; then
		in_exec=yes
	fi
}

# Look at all processes: set $there to those that live, and $in_exec if one of
# them has no environment, which is so for a moment of each exec.  cat reads them all at
# once, a shell byte by byte.  A command name with a newline tears its line;
# since it has fifteen bytes at most, what it leaves is never a whole one.
look_around() {
	pass=$((pass + 1)) there='' in_exec='' torn=$without_cat
	if [ -z "$torn" ]; then
		text=$(cat /proc/[0-9]*/stat 2>/dev/null)
		[ -n "$text" ] || torn=yes
		set -f
		IFS=$newline
		# shellcheck disable=SC2086 # the lines, as words
		set -- $text
		unset IFS
		for line; do
			note "$line" || torn=yes
		done
		set +f
	fi
	[ -n "$torn" ] || return 0
	pass=$((pass + 1)) there=''
	for file in /proc/[0-9]*/stat; do
		text=
		slurp 2>/dev/null <"$file"
		note "$text"
	done
}

# Set parent, session and birth of process $1 as it was when we looked around;
# fails when it was gone or dead.
look() {
	case $1 in
	*[!0-9]*) return 1 ;;
	esac
	eval "set -- \${row_$1:-}"
	[ "${1:-}" = "$pass" ] || return
	parent=$2 session=$3 birth=$4
}

# The process of WORD $1 lives, and its number has not passed to another.
same() {
	look "${1%.*}" && [ "$birth" = "${1#*.}" ]
}

# The environments that have the mark.  The kernel lets us read those of our
# own user only, unless we have CAP_SYS_PTRACE.
marked() {
	if command -v grep >/dev/null 2>&1; then
		grep -l "$mark" /proc/[0-9]*/environ 2>/dev/null
		return
	fi
	for file in /proc/[0-9]*/environ; do
		slurp 2>/dev/null <"$file"
		case $text in
		*"$mark"*) echo "$file" ;;
		esac
	done
}

# Count process $1 as ours; fails when it is known, gone, or too young.
add() {
	case $all$skip in
	*" $1 "*) return 1 ;;
	esac
	look "$1" || return
	[ -z "$until" ] || [ "$birth" -lt "$until" ] || return
	all="$all$1 " new="$new $1" who="$who $1.$birth"
	[ "$session" -le 1 ] || sids="$sids$session "
}

# Parent $1 or session $2 is of ours.  The orphans of a container are all
# children of its process 1, and the programs we run are our own.
is_kin() {
	case $sids in
	*" $2 "*) return 0 ;;
	esac
	[ "$1" -gt 1 ] && [ "$1" != $$ ] || return
	case $all$skip in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# Set $new to the processes of ours that were not known yet, as one look shows.
look_for_new() {
	new=''
	bearers=$(marked)
	look_around
	for file in $bearers; do
		file=${file#/proc/}
		add "${file%/environ}"
	done
	more=yes
	while [ -n "$more" ]; do
		more=
		for pid in $there; do
			look "$pid"
			is_kin "$parent" "$session" && add "$pid" && more=yes
		done
	done
}

# The same, by two looks: whoever was in an exec had no mark to be seen in the
# first one.  Where that exec takes long, it shows, and does not count as a look.
find_new() {
	looks=0 clear=0
	while [ $clear -lt 2 ] && [ $looks -lt 6 ]; do
		look_for_new
		[ -z "$new" ] || return 0
		looks=$((looks + 1)) clear=$((clear + 1))
		[ -z "$in_exec" ] || clear=0
	done
}

# Process $1, just looked at, is the command itself: the engine started it, in
# a session of its own, from outside of the container or of our tree.
is_main() {
	[ "$parent" = 0 ] && return
	[ "$session" = "$1" ] && [ "$parent" != 1 ] || return
	case $all$skip in
	*" $parent "*) return 1 ;;
	esac
}

# Set $left to those of ours that live, as WORDs, $pids to their numbers, and
# $main to 1 if one of them is the command itself.
find_left() {
	left='' pids='' count=0 main=0
	look_around
	for word in $who; do
		same "$word" || continue
		is_main "${word%.*}" && main=1
		sign=+
		[ -O "/proc/${word%.*}" ] && [ "$uid" != 0 ] && sign=-
		left="$left $sign$word" pids="$pids ${word%.*}"
		count=$((count + 1))
	done
}

# Set $now to hundredths of a second since the system started, which is what
# births are counted in as well.
look_at_clock() {
	read -r now text </proc/uptime
	now=${now%.*}${now#*.}
}

# Wait until nothing is left (or the command itself is not: $1 is main), for
# three tenths of a second at the most.
wait_for() {
	look_at_clock
	limit=$((now + 30))
	find_left
	while [ "$now" -lt $limit ] && [ -n "$pids" ]; do
		[ "$1" = main ] && [ $main = 0 ] && return
		sleep 0.05 2>/dev/null || sleep 1 2>/dev/null
		find_left
		look_at_clock
	done
}

send() {
	# shellcheck disable=SC2086 # numbers, as words
	[ -z "$2" ] || kill -s "$1" $2 2>/dev/null
}

# Put parents before their children in $new.  A shell that is told after the
# command that it waits for may take the signal for that one's, and go on.
parents_first() {
	rest=' '
	for pid in $new; do
		rest="$rest$pid "
	done
	new=''
	while [ "$rest" != ' ' ]; do
		later=' '
		for pid in $rest; do
			look "$pid"
			case $rest in
			*" $parent "*) later="$later$pid " ;;
			*) new="$new $pid" ;;
			esac
		done
		[ "$later" != "$rest" ] || break
		rest=$later
	done
}

# Signal each process once, those too that were overlooked because they were
# being started; but not what a handler of the signal itself starts.  A stopped
# one must go on to notice that it shall end.
signal_all() {
	rounds=0
	find_new
	look_at_clock
	until=$now
	while [ -n "$new" ] && [ $rounds -lt 20 ]; do
		parents_first
		send "$signal" "$new"
		case $signal in
		TERM | HUP) send CONT "$new" ;;
		esac
		for pid in $new; do
			hit=$((hit + 1))
		done
		rounds=$((rounds + 1))
		find_new
	done
	until=''
}

# Stop everything, so that nothing is started any more, then kill it.
kill_all() {
	rounds=0
	find_left
	find_new
	while [ -n "$pids$new" ] && [ $rounds -lt 20 ]; do
		send STOP "$new"
		while [ -n "$new" ]; do
			for pid in $new; do
				hit=$((hit + 1))
			done
			find_new
			send STOP "$new"
		done
		find_left
		send KILL "$pids"
		rounds=$((rounds + 1))
		find_left
		find_new
	done
}

while read -r key uid text; do
	[ "$key" = Uid: ] && break
done <"/proc/$$/status"
[ $# = 0 ] || look_around
for word; do
	case $word in
	-*) same "${word#-}" || continue
		word=${word%.*}
		skip="$skip${word#-} " sids="$sids$session " ;;
	esac
done
new=''
for word; do
	case $word in
	+*) same "${word#+}" || continue
		word=${word%.*}
		add "${word#+}" ;;
	esac
done
if [ "$signal" != KILL ]; then
	send "$signal" "$new"
	signal_all
fi
if [ "$mode" = follow ]; then
	wait_for main
	if [ $main = 0 ] && [ $hit -gt 0 ]; then
		find_new
		find_left
		send TERM "$pids"
		send CONT "$pids"
		mode=finish
	fi
fi
[ "$mode" = finish ] && wait_for all
if [ "$mode" = finish ] || [ "$signal" = KILL ]; then
	kill_all
fi
find_left
echo "swept $uid $hit $count $main$left"

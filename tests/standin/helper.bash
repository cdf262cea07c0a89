# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# For the tests with the stand-in docker: each has a scratch directory of its
# own, with what the stand-in does (orders/), what it was asked (calls/), and
# dexec's output (out, err, ended).

bats_require_minimum_version 1.5.0
here=${BASH_SOURCE[0]%/*}
here=$(realpath "$here")

# What the runtime's messages begin with.
# shellcheck disable=SC2034 # for the tests
oci='OCI runtime exec failed: exec failed: unable to start container process: '
cookie='[0-9a-f]{32}'

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir calls orders home tmp config
	dexec=$(realpath "${DEXEC:-./dexec}")
	# Under valgrind dexec is a script, and takes that much longer.
	slow=1
	! under_valgrind || slow=10
	export STANDIN=$PWD HOME=$PWD/home XDG_CONFIG_HOME=$PWD/config
	export XDG_RUNTIME_DIR=$PWD/tmp TMPDIR=$PWD/tmp
	export DEXEC_DOCKER=$here/docker LC_ALL=C.UTF-8 TZ=UTC
	unset DOCKER_HOST DOCKER_CONTEXT CI NO_COLOR CLICOLOR CLICOLOR_FORCE
	unset "${!DEXEC_@}" TERM 2>/dev/null
	export DEXEC_DOCKER=$here/docker
}

# Whatever a test has left behind: its own processes, by their numbers.
teardown() {
	local about key pid
	for about in "$STANDIN"/calls/*/about; do
		[ -e "$about" ] || continue
		read -r key pid <"$about"
		[ "$key" = pid ] && is_standin "$pid" && kill -KILL "$pid"
	done
	if [ -e "$STANDIN/holder" ]; then
		read -r pid <"$STANDIN/holder"
		! is_standin "$pid" || kill -KILL "$pid"
	fi
}

under_valgrind() {
	[ "$(head -c 2 "$dexec")" = '#!' ]
}

is_standin() {
	tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qxF "$here/docker"
}

# orders KIND[.N] <STATEMENTS: what the stand-in shall do.
orders() {
	cat >"$STANDIN/orders/$1"
}

# dexec ARGS...: run to its end.  Descriptor 3 is bats' own.
dexec() {
	"$here/run" "$STANDIN/ended" "$dexec" "$@" >out 2>err 3>&-
}

# start ARGS...: the same beside us; $pid is dexec's number.
start() {
	rm -f ended ended.pid
	"$here/run" "$STANDIN/ended" "$dexec" "$@" >out 2>err 3>&- &
	await ended.pid
	read -r pid <ended.pid
}

# Wait for what start began.
finish() {
	wait $!
}

# await FILE: until it exists; await_text FILE: until there is something in it.
await() {
	until_true "no $1" [ -e "$1" ]
}

await_text() {
	until_true "nothing in $1" [ -s "$1" ]
}

# until_true COMPLAINT COMMAND...: until it succeeds, for at most 20 s.
until_true() {
	local limit=$((SECONDS + 20)) complaint=$1
	shift
	until "$@"; do
		[ $SECONDS -lt $limit ] || fail "$complaint after 20 s"
		sleep 0.005
	done
}

# await_call N-KIND: until that call has been made.
await_call() {
	await "calls/$1"
}

# fail MESSAGE: with all that is known.
fail() {
	echo "$1"
	[ ! -e ended ] || echo "ended: $(<ended)"
	echo "calls: $(calls)"
	[ ! -e out ] || echo "out: $(head -c 2000 out | cat -v)"
	[ ! -e err ] || echo "err: $(head -c 2000 err | cat -v)"
	exit 1
}

# ended_by "exit N" or "signal NAME"
ended_by() {
	[ "$(<ended)" = "$1" ] || fail "expected $1"
}

# within MS: it took no longer.
within() {
	[ "$(<ended.ms)" -le $(($1 * 5 * slow)) ] ||
		fail "took $(<ended.ms) ms, expected $1"
}

# file_is FILE BYTES, with printf's escapes
file_is() {
	printf '%b' "$2" | cmp -s - "$1" || fail "expected in $1: $2"
}

out_is() {
	file_is out "$1"
}

err_is() {
	file_is err "$1"
}

# err_has PATTERN: a line of stderr matches the extended expression.
err_has() {
	grep -qE -e "$1" err || fail "expected in err: $1"
}

# calls: the names of all docker calls, in their order.
calls() {
	find "$STANDIN/calls" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort -n | tr '\n' ' ' | sed 's/ $//'
}

calls_are() {
	[ "$(calls)" = "$1" ] || fail "expected calls: $1"
}

# words N-KIND: its argv, a line for each word, shown as bash would quote it.
words() {
	local word
	while IFS= read -r -d '' word; do
		printf '%q\n' "$word"
	done <"$STANDIN/calls/$1/argv"
}

# argv_is N-KIND WORD...: COOKIE stands for a cookie's digits.
argv_is() {
	local call=$1 got want
	shift
	got=$(words "$call" | sed -E "s/^DEXEC_ID=$cookie\$/DEXEC_ID=COOKIE/")
	want=$(printf '%q\n' "$@")
	[ "$got" = "$want" ] || fail "argv of $call: $(tr '\n' ' ' <<<"$got")"
}

# has_descriptors N-KIND COUNT: so many it has, but for those of valgrind.
has_descriptors() {
	local shown='^'
	! under_valgrind || shown='^[0125] '
	about "$1" fd | grep "$shown" >descriptors
	[ "$(wc -l <descriptors)" = "$2" ] || fail "$(<descriptors)"
}

# about N-KIND KEY: what the call has recorded of itself.
about() {
	sed -n "s/^$2 //p" "$STANDIN/calls/$1/about"
}

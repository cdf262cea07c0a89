# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# engines.bash: two engines of a file's own, node1 and node2, by docker's contexts. Loaded after fixture.bash, whose are
# $pid, $out and $err.
#
# shellcheck disable=SC2154

# start_engines: $ENGINES/node1 and node2, each with a host name of its own, and the image; both are said to be gone by
# $DOCKER_HOST, which stands for an engine that nobody means.
start_engines() {
	local name
	ENGINES=$(mktemp -d /var/tmp/dexec-two.XXXXXX)
	export ENGINES
	unset DOCKER_CONTEXT
	for name in node1 node2; do
		engine "$name" start >/dev/null
		DOCKER_HOST=$(socket "$name") bash "$HERE/../lib/engine.sh" images busybox
	done
	export DOCKER_HOST=unix://$ENGINES/none/docker.sock
}

stop_engines() {
	[ -n "${ENGINES-}" ] || return 0
	engine node1 stop
	engine node2 stop
	rmdir "$ENGINES"
}

# as_root COMMAND...
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# engine NAME VERB [ARGS...]: root's affair
engine() {
	as_root env ENGINE_NODE="$1" bash "$HERE/../lib/engine.sh" "$2" "$ENGINES/$1" "${@:3}" 3>&-
}

socket() {
	echo "unix://$ENGINES/$1/docker.sock"
}

# at NAME DOCKER-ARGS...: docker there, whatever the contexts are.
at() {
	docker --host "$(socket "$1")" "${@:2}" 3>&-
}

# contexts NAME=ENGINE...: these are the ones that docker has, in a configuration of the test's own.
contexts() {
	local pair
	export DOCKER_CONFIG=$T/docker
	for pair; do
		docker context create "${pair%=*}" --docker "host=$(socket "${pair#*=}")" >/dev/null 2>&1
	done
}

# hang NAME: its engine takes connections and says nothing; until resume_engines.
hang() {
	as_root kill -s STOP "$(<"$ENGINES/$1/pid")"
	touch "$T/hangs.$1"
}

resume_engines() {
	local file
	for file in "$T"/hangs.*; do
		[ ! -e "$file" ] || as_root kill -s CONT "$(<"$ENGINES/${file##*.}/pid")"
	done
}

# has_clients N: dexec has started that many docker clients that have not ended.
has_clients() {
	children "$pid" >"$T/clients"
	[ "$(wc -l <"$T/clients")" = "$1" ]
}

# no_client_left: of those.
no_client_left() {
	local client
	while read -r client; do
		! kill -0 "$client" 2>/dev/null || fail "docker client $client is still there"
	done <"$T/clients"
}

# told REGEX...: stderr has a line for each, in this order, and a summary, all of ours.
told() {
	local line=0 pattern
	[ "$(wc -l <"$err")" = $(($# + 1)) ] || fail "stderr should have $# lines and a summary"
	for pattern in "$@" '[0-9]+ (ok|failed)'; do
		line=$((line + 1))
		sed -n ${line}p "$err" | grep -Eq -e "^dexec: $pattern" || fail "line $line of stderr should match: $pattern"
	done
}

# says_sorted TEXT: stdout is these lines, in any order.
says_sorted() {
	sort -o "$out" "$out"
	says "$1"
}

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# For the tests of dockerdo without an engine: each test has a scratch directory, its HOME, and works in work/ of it.
# Programs that `standin` makes note how they were called in calls, a line for each, and then do what do-NAME says, a
# shell script.

bats_require_minimum_version 1.5.0

setup() {
	: "${DOCKERDO:=./dockerdo}"
	DOCKERDO=$(realpath "$DOCKERDO")
	export PYTHONDONTWRITEBYTECODE=1
	# bats has files of its own where a test begins.
	T=$BATS_TEST_TMPDIR/t
	mkdir "$T" && cd "$T" || return
	export T HOME=$T LC_ALL=C.UTF-8 TMPDIR=$T/tmp PATH=$T/bin:$PATH
	unset CI DOCKER_HOST DOCKER_CONTEXT DEXEC_DOCKER "${!DOCKERDO_@}" "${!XDG_@}"
	mkdir -p bin tmp work
	standin docker
	ln -s "$DOCKERDO" bin/dockerdo
	ln -s "$DOCKERDO" bin/dodo
	cd work || return
}

# standin NAME...: programs that note their words, quoted, and then run $T/do-NAME.
standin() {
	local name
	for name; do
		cat >"$T/bin/$name" <<-'END'
			#!/bin/bash
			printf -v line ' %q' "${0##*/}" "$@"
			printf '%s\n' "${line# }" >>"$T/calls"
			do=$T/do-${0##*/}
			[ ! -e "$do" ] || . "$do"
		END
		chmod +x "$T/bin/$name"
	done
}

# activate [INIT-ARGS...]: a new session, active in this shell.
activate() {
	local file
	file=$(dockerdo init "$@" 2>/dev/null) && [ -n "$file" ] || return
	# shellcheck disable=SC1090
	. "$file"
}

# set_key KEY VALUE: in session.yaml of the active session, as an editor would.
set_key() {
	sed -i "s|^$1: .*|$1: $2|" "$DOCKERDO_SESSION_DIR/session.yaml"
}

# key KEY [FILE]: what PyYAML finds there, as JSON.
key() {
	python3 -c 'import sys, yaml, json
print(json.dumps(yaml.safe_load(open(sys.argv[2], encoding="utf-8"))[sys.argv[1]]))' \
		"$1" "${2-$DOCKERDO_SESSION_DIR/session.yaml}"
}

# everything DIRECTORY...: all files below, with their content, time and mode.
everything() {
	find "$@" -printf '%p %y %m %T@ %l\n' | sort
	find "$@" -type f -exec cat {} +
}

fail() {
	echo "$*" >&2
	return 1
}

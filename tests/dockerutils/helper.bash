# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# For the tests of dockerutils with stand-ins: each test has a scratch directory, its HOME, with a project in proj/, and
# programs of the names that it asks for, which note how they were called in calls, a line for each, and then do what
# do-NAME says, a shell script.

bats_require_minimum_version 1.5.0

setup() {
	: "${DOCKERUTILS:=./dockerutils}" "${top_srcdir:=$(realpath "$BATS_TEST_DIRNAME/../..")}"
	DOCKERUTILS=$(realpath "$DOCKERUTILS")
	cd "$BATS_TEST_TMPDIR" || return
	T=$PWD
	export T HOME=$T LC_ALL=C.UTF-8 LOGNAME=ann USER=ann PATH=$T/bin:$PATH
	unset CI DOCKER_HOST DOCKER_CONTEXT DOCKER_IP DEXEC_DOCKER DOCK_USER SSH_KEY _DOCK_MONIKER "${!XDG_@}" "${!AWS_@}"
	export XDG_CONFIG_HOME=$T/config
	mkdir -p bin proj/docker/dev
	echo 'FROM scratch' >proj/docker/dev/Dockerfile
	standin docker
	cd proj || return
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

# command NAME ARGS...: the command under test.
command_named() {
	"$DOCKERUTILS" "$@"
}

calls_are() {
	diff <(cat "$T/calls" 2>/dev/null) - || {
		echo "calls, expected (>)"
		return 1
	}
}

# no_such TEXT FILE...: it stands in none of them.
no_such() {
	! grep -rF -e "$1" "${@:2}" || return 1
}

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# dock.bash: a dock called harbour, which is remote.bash's host quay: ssh reaches it, its docker is the tests' engine, and
# its loopback is the engine's own and not ours. Loaded behind remote.bash. And notebooks: a terminal, and who listens.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

# dock: for setup_file. Exports REMOTE, a directory of it, whose bin/ is first in $PATH, and SOMEBODY, our user's name.
dock() {
	DOCKERUTILS=$(realpath "${DOCKERUTILS:-./dockerutils}")
	REMOTE=$BATS_FILE_TMPDIR/remote
	# Where it copies directories to is the same on every dock.
	SOMEBODY=dexec-test-$$-$RANDOM
	export DOCKERUTILS REMOTE SOMEBODY
	remote_host quay "$REMOTE" "PATH=$REMOTE/there:/usr/local/bin:/usr/bin:/bin" "PLACE=$REMOTE/there"
	mkdir -p "$REMOTE/there"
	ssh_from_here
	programs
}

# no_dock: for teardown_file.
no_dock() {
	remove_containers
	end_remote_host "$REMOTE"
	# Of a test that has failed: our ssh, and what is played.
	grep -lsF -e "$REMOTE/" /proc/[0-9]*/cmdline | cut -d/ -f3 | xargs -r kill 2>/dev/null || :
	rm -rf "/data/workspaces/$SOMEBODY"
	# What was there before us is not empty.
	rmdir /data/workspaces /data 2>/dev/null || :
}

# What the ssh of remote.bash is run in, only its connection is made in here: ssh itself, and its tunnel, are ours.
ssh_from_here() {
	local network port
	network=$(engine_network)
	port=$(sed -n 's/.*Port //p' "$REMOTE/profile")
	[ -z "$network" ] || echo "	ProxyCommand $network busybox nc 127.0.0.1 $port" >>"$REMOTE/profile"
	# What ssh says to most users, they see here as well.
	sed -i '/LogLevel/d' "$REMOTE/profile"
	printf '#!/bin/sh\nexec /usr/bin/ssh -F "%s" "$@"\n' "$REMOTE/profile" >"$REMOTE/bin/ssh"
}

# As they are installed.
programs() {
	local name
	ln -s "$DEXEC" "$REMOTE/bin/dexec"
	for name in dockerutils {register,unregister,ls,ssh,nb}-dock run-notebook; do
		ln -s "$DOCKERUTILS" "$REMOTE/bin/$name"
	done
	cp "$HERE"/../../src/dockerutils/dock{,-sync} "$REMOTE/bin"
}

setup() {
	scratch
	has_sshd || skip "no sshd"
	export PATH=$REMOTE/bin:$PATH DOCK_USER=root LOGNAME=$SOMEBODY USER=$SOMEBODY TERM=dumb
	unset DOCKER_CONTEXT DOCKER_IP DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_CERT_PATH _DOCK_MONIKER PS1 JUPYTER_TOKEN
	unset "${!AWS_@}"
	export T ENGINE=$DOCKER_HOST
	PORT=$((20000 + RANDOM % 10000))
	register-dock quay harbour >"$T/registered"
}

teardown() {
	[ -z "${ENGINE-}" ] || DOCKER_HOST=$ENGINE
	end_started
	[ -z "${ENGINE-}" ] || docker ps -aq --filter "name=${SOMEBODY}_" | xargs -r docker rm -f >/dev/null
}

# ---- notebooks

# terminal NAME WORDS...: started, on a terminal; `key` types into it.
terminal() {
	local name=$1
	shift
	mkfifo "$T/keys"
	start "$name" sh -c 'exec script -qefc "$1" "$2" <"$3"' sh "$(printf '%q ' "$@")" "$T/shown" "$T/keys"
	exec 7>"$T/keys"
}

key() {
	printf '%b' "$1" >&7
}

# fetch PATH [PREFIX...]: into $T/page; its status.
fetch() {
	"${@:2}" curl -s -o "$T/page" -w '%{http_code}' "http://127.0.0.1:$PORT$1" || :
}

answers() {
	[ "$(fetch "$@")" = 200 ]
}

refuses_page() {
	[ "$(fetch "$@")" = 403 ]
}

# listening [PREFIX...]: addresses with this port, on which somebody listens.
listening() {
	"$@" cat /proc/net/tcp /proc/net/tcp6 | awk -v port="$(printf ':%04X' "$PORT")" \
		'$4 == "0A" && substr($2, length($2) - 4) == port { print $2 }'
}

is_listened_on() {
	[ -n "$(listening "$@")" ]
}

nobody_listens() {
	[ -z "$(listening "$@")" ]
}

no_notebook() {
	[ -z "$(docker -H "$ENGINE" ps -aq --filter "name=${SOMEBODY}_notebook")" ]
}

# The token is shown to who sits there.
token_shown() {
	sed -n 's/.*the notebook is .*?token=\([0-9a-f]*\).*/\1/p' "$T/shown" | grep .
}

# no_such_process WORD: it stands in nobody's list of processes.
no_such_process() {
	! grep -lsF -e "$1" /proc/[0-9]*/cmdline || return 1
}

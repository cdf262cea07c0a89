#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
#
# engine.sh: a private docker engine, and the images that the tests run on it.
#
#   tests/lib/engine.sh start DIR         start it below DIR, print its DOCKER_HOST
#   tests/lib/engine.sh keep DIR          the same, then stop it at the end of standard input
#   tests/lib/engine.sh stop DIR          end it and remove DIR
#   tests/lib/engine.sh halt DIR [SIGNAL] end its process only (default TERM), as an accident would
#   tests/lib/engine.sh restart DIR       end its process if it runs, and start it again with the same data
#   tests/lib/engine.sh status DIR        say whether it answers (exit 0) or not (exit 1)
#   tests/lib/engine.sh swarm DIR DIR...  join engines that run into a swarm, the first as its manager
#   tests/lib/engine.sh images [NAME...]  make the images on $DOCKER_HOST's engine
#   tests/lib/engine.sh run NAME IMAGE [DOCKER-RUN-OPTION...]
#
# To be sourced as well: the functions without a leading _ are for callers. They return 0, or 1 after one line on
# standard error; engine_start prints the DOCKER_HOST value and nothing else on standard output.
#
# Everything the engine has lies below DIR: data, sockets, pid files, log. It lives in a network namespace and a mount
# namespace of its own, so that the host's interfaces, firewall rules and mount table stay as they are; both are gone
# with its last process. Root is needed to start and stop it.
#
#   $DOCKER      the docker client (default: docker)
#   $ENGINE_NODE a host name for the engine, in a UTS namespace of its own: what a swarm calls its node
#   $ENGINE_NET  private (default), or host: the host's network with a bridge of its own and no firewall rules.
#                Containers then reach the outside by `--network host`, which a private engine cannot offer.
#   $SUDO_GID    the group that may use the socket (default: root's)

ENGINE_SH=$(realpath -- "${BASH_SOURCE[0]}")
ENGINE_START_LIMIT=30 # seconds; usually it takes less than one
ENGINE_STOP_LIMIT=15

# shellcheck source-path=SCRIPTDIR source=image.sh
. "${ENGINE_SH%/*}/image.sh"

# engine_host DIR: the DOCKER_HOST value of DIR's engine, running or not.
engine_host() {
	printf 'unix://%s/docker.sock\n' "$(realpath -m -- "$1")"
}

# engine_start DIR: prints DOCKER_HOST when the engine answers. One that runs already is used as it is; what a dead one
# left in DIR is removed first.
engine_start() {
	local dir
	dir=$(realpath -m -- "$1") || return
	if [ "$(id -u)" != 0 ]; then
		_engine_fail "a private docker engine needs root"
	elif _engine_answers "$dir"; then
		engine_host "$dir"
	else
		_engine_prepare "$dir" && _engine_launch "$dir" && _engine_await "$dir" && engine_host "$dir"
	fi
}

# engine_stop DIR: containers, engine and DIR are gone afterwards; without DIR, or called twice, it does nothing.
engine_stop() {
	local dir
	dir=$(realpath -m -- "$1") || return
	[ -e "$dir" ] || return 0
	[ -e "$dir/.dexec-engine" ] || {
		_engine_fail "$dir is no engine's directory, left alone"
		return
	}
	_engine_remove_containers "$dir" || :
	_engine_end_process "$dir" TERM || :
	_engine_reap "$dir" || :
	_engine_remove_traces "$dir"
}

# engine_halt DIR [SIGNAL]: images and stopped containers are still there after engine_restart.
engine_halt() {
	local dir
	dir=$(realpath -m -- "$1") || return
	_engine_end_process "$dir" "${2:-TERM}"
}

engine_restart() {
	local dir
	dir=$(realpath -m -- "$1") || return
	[ -e "$dir/.dexec-engine" ] || {
		_engine_fail "$dir is no engine's directory"
		return
	}
	engine_halt "$dir" || return
	_engine_reap "$dir"
	_engine_remove_bridge "$dir"
	rm -rf --one-file-system -- "$dir/docker.sock" "$dir/dockerd.pid" "$dir/exec"
	_engine_launch "$dir" && _engine_await "$dir" && engine_host "$dir"
}

# engine_keep DIR: an engine that lasts as long as our standard input. The caller holds the other end of the pipe and
# needs neither privileges nor a chance to clean up: even killed outright it leaves nothing behind.
engine_keep() {
	trap '' INT TERM HUP PIPE
	engine_start "$1" || {
		engine_stop "$1"
		return 1
	}
	cat >/dev/null
	engine_stop "$1"
}

engine_status() {
	local dir
	dir=$(realpath -m -- "$1") || return
	if _engine_answers "$dir"; then
		printf '%s answers, process %s\n' "$(engine_host "$dir")" "$(_engine_pid "$dir")"
	else
		printf '%s: no engine answers\n' "$dir"
		return 1
	fi
}

# engine_swarm DIR DIR...: each engine but the first gets a cable to a bridge in the first one's network namespace, with
# addresses out of a range for documentation (RFC 5737). One that is restarted has lost its cable, and is a node down.
engine_swarm() {
	local manager token dir n=1
	manager=$(realpath -m -- "$1")
	shift
	_engine_wire "$manager" ip link add swarm0 type bridge &&
		_engine_wire "$manager" ip addr add 198.51.100.1/24 dev swarm0 &&
		_engine_wire "$manager" ip link set swarm0 up &&
		_engine_docker "$manager" swarm init --advertise-addr 198.51.100.1 >/dev/null &&
		token=$(_engine_docker "$manager" swarm join-token --quiet worker) || return
	for dir; do
		n=$((n + 1)) dir=$(realpath -m -- "$dir")
		_engine_cable "$manager" "$dir" $n &&
			_engine_docker "$dir" swarm join --advertise-addr 198.51.100.$n --token "$token" \
				198.51.100.1:2377 >/dev/null || return
	done
}

# _engine_cable MANAGER DIR N: N is the last part of DIR's address.
_engine_cable() {
	local pid
	pid=$(_engine_pid "$2") &&
		_engine_wire "$1" ip link add "node$3" type veth peer name swarm0 netns "$pid" &&
		_engine_wire "$1" ip link set "node$3" master swarm0 up &&
		_engine_wire "$2" ip addr add "198.51.100.$3/24" dev swarm0 &&
		_engine_wire "$2" ip link set swarm0 up
}

# _engine_wire DIR COMMAND...: in the engine's network namespace.
_engine_wire() {
	local pid
	pid=$(_engine_pid "$1") || return
	shift
	PATH=$PATH:/usr/sbin:/sbin nsenter --net="/proc/$pid/ns/net" "$@"
}

_engine_fail() {
	printf 'engine.sh: %s\n' "$1" >&2
	return 1
}

# _engine_docker DIR ARGS...: docker, talking to DIR's engine whatever the environment says. An engine may hang.
_engine_docker() {
	local host
	host=$(engine_host "$1")
	shift
	env -u DOCKER_CONTEXT -u DOCKER_TLS_VERIFY -u DOCKER_CERT_PATH DOCKER_HOST="$host" \
		timeout --kill-after=1 "${ENGINE_CALL_LIMIT:-5}" "${DOCKER:-docker}" "$@"
}

# _engine_pid DIR: the process that is DIR's engine. A pid file can be stale and its number somebody else's by now.
_engine_pid() {
	local pid
	read -r pid 2>/dev/null <"$1/pid" || return
	tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "--data-root=$1/data" || return
	echo "$pid"
}

_engine_answers() {
	_engine_pid "$1" >/dev/null && _engine_docker "$1" version >/dev/null 2>&1
}

_engine_prepare() {
	local dir=$1 program
	for program in dockerd "${DOCKER:-docker}" ip unshare setsid; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || {
			_engine_fail "no program $program"
			return
		}
	done
	# sun_path is 108 bytes, and the engine makes longer socket names of its own below exec/.
	[ ${#dir} -le 60 ] || {
		_engine_fail "$dir: name too long for the engine's sockets"
		return
	}
	engine_stop "$dir" && mkdir -p -- "$dir" && touch -- "$dir/.dexec-engine"
}

# The engine starts in a session of its own, out of reach of the terminal's Ctrl-C, and with every signal at its
# default: a shell starts background jobs with INT ignored, and the containers would inherit that.
_engine_launch() {
	local dir=$1 own=(--net)
	[ "${ENGINE_NET:-private}" = private ] || own=()
	[ -z "${ENGINE_NODE-}" ] || own+=(--uts)
	[ -e /opt/containerd ] || touch -- "$dir/made-opt-containerd"
	(
		set +m # a job of its own would be a group leader, and setsid would fork: another pid
		env --default-signal setsid unshare --mount --propagation unchanged "${own[@]}" -- \
			bash "$ENGINE_SH" _enter "$dir" </dev/null >"$dir/log" 2>&1 &
		echo $! >"$dir/pid"
	)
}

# _engine_enter DIR: in the new mount namespace, makes / its root. Nothing to do there but in a chroot: in one, docker
# exec would enter the container's mount namespace at its real root and run the command outside, in the host's files.
# So we step out to that root, where descriptor 9 still leads to our own, and turn the namespace to it.
_engine_enter() {
	PATH=$PATH:/usr/sbin:/sbin
	# shellcheck disable=SC2016 # for the inner shell
	exec nsenter --mount=/proc/self/ns/mnt sh -c '
		mount --make-rslave / && root=$(readlink /proc/self/fd/9) && cd "$root" || exit
		if [ "$root" != / ]; then
			mount --rbind . . && cd "$root" && pivot_root . . && umount -l . || exit
		fi
		exec bash "$1" _exec "$2"' sh "$ENGINE_SH" "$1" 9</
}

# _engine_exec DIR: becomes the engine.
_engine_exec() {
	local dir=$1 fd options=()
	PATH=$PATH:/usr/sbin:/sbin
	for fd in "/proc/$$/fd/"*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || [ "$fd" = 255 ] || eval "exec $fd>&-"
	done
	[ -z "${ENGINE_NODE-}" ] || hostname "$ENGINE_NODE" || return
	# Hides the host's daemon.json and identity from this engine, in its own mount table.
	mkdir -p /etc/docker && mount -t tmpfs -o mode=755 tmpfs /etc/docker || return
	if [ "${ENGINE_NET:-private}" = private ]; then
		ip link set lo up || return
	else
		_engine_bridge "$dir" || return
		options=(--bridge="$(<"$dir/bridge")" --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false)
	fi
	exec dockerd --data-root="$dir/data" --exec-root="$dir/exec" --pidfile="$dir/dockerd.pid" \
		--host="unix://$dir/docker.sock" --group="${SUDO_GID:-0}" "${options[@]}"
}

# A bridge that no other engine knows, with an address out of a range that is set aside for documentation (RFC 5737).
# Never --bridge=none: that deletes the docker0 of any other engine on the host.
_engine_bridge() {
	local name=dexec$$
	ip link add "$name" type bridge || return
	echo "$name" >"$1/bridge"
	ip addr add 192.0.2.1/24 dev "$name" && ip link set "$name" up
}

_engine_remove_bridge() {
	[ ! -e "$1/bridge" ] || PATH=$PATH:/usr/sbin:/sbin ip link delete "$(<"$1/bridge")" 2>/dev/null || :
}

_engine_await() {
	local dir=$1 pid end=$((SECONDS + ENGINE_START_LIMIT))
	read -r pid <"$dir/pid"
	until _engine_answers "$dir"; do
		if ! _engine_alive "$pid"; then
			_engine_start_failed "$dir" "the docker engine ended at once"
			return
		elif [ $SECONDS -ge $end ]; then
			_engine_start_failed "$dir" "the docker engine does not answer after $ENGINE_START_LIMIT s"
			return
		fi
		sleep 0.02
	done
}

_engine_start_failed() {
	_engine_fail "$2; the end of its log:"
	tail -n 15 -- "$1/log" | sed 's/^/    /' >&2
	engine_stop "$1"
	return 1
}

# Removed by force before the engine is told to stop, which would otherwise wait for each container's process 1.
_engine_remove_containers() {
	local dir=$1 pid ids
	pid=$(_engine_pid "$dir") || return
	kill -CONT "$pid"
	mapfile -t ids < <(_engine_docker "$dir" ps -aq 2>/dev/null)
	[ ${#ids[@]} -gt 0 ] || return 0
	_engine_docker "$dir" unpause "${ids[@]}" >/dev/null 2>&1
	ENGINE_CALL_LIMIT=30 _engine_docker "$dir" rm -f "${ids[@]}" >/dev/null 2>&1
}

_engine_end_process() {
	local pid
	pid=$(_engine_pid "$1") || return 0
	kill -s "$2" "$pid"
	_engine_gone "$pid" "$ENGINE_STOP_LIMIT" || {
		kill -KILL "$pid"
		_engine_gone "$pid" 5
	}
}

# A zombie counts as dead.
_engine_alive() {
	[ -e "/proc/$1/status" ] && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null
}

# _engine_gone PID SECONDS: waits for the end of a process that need not be our child.
_engine_gone() {
	local end=$((SECONDS + $2))
	while _engine_alive "$1"; do
		[ $SECONDS -lt $end ] || return
		sleep 0.02
	done
}

# What outlives an engine that was killed outright: containerd and its shims, known by the directory in their
# arguments, and the containers' processes, known by the container's id in their cgroup.
_engine_reap() {
	local dir=$1 file container pids=()
	for file in /proc/[0-9]*/cmdline; do
		! { tr '\0' ' ' <"$file" | grep -qF -e " $dir/exec/"; } 2>/dev/null || pids+=("$(_engine_pid_of "$file")")
	done
	_engine_kill "${pids[@]}"
	for container in "$dir"/data/containers/*; do
		[ ! -d "$container" ] || _engine_reap_container "${container##*/}"
	done
}

# _engine_kill [PID...]
_engine_kill() {
	local pid
	[ $# = 0 ] || kill -KILL "$@" 2>/dev/null || :
	for pid; do
		_engine_gone "$pid" 5 || :
	done
}

_engine_reap_container() {
	local file pids=()
	while read -r file; do
		pids+=("$(_engine_pid_of "$file")")
	done < <(grep -lFs -e "$1" /proc/[0-9]*/cgroup)
	# The processes of a paused container die only when they are thawed (cgroup v1).
	file=/sys/fs/cgroup/freezer/docker/$1/freezer.state
	[ ! -e "$file" ] || echo THAWED >"$file"
	_engine_kill "${pids[@]}"
	find /sys/fs/cgroup -depth -type d -name "$1" -exec rmdir {} + 2>/dev/null || :
}

# _engine_pid_of /proc/N/FILE: N
_engine_pid_of() {
	local name=${1#/proc/}
	echo "${name%%/*}"
}

_engine_remove_traces() {
	local dir=$1
	_engine_remove_bridge "$dir"
	if [ -e "$dir/made-opt-containerd" ]; then
		rmdir /opt/containerd/bin /opt/containerd/lib /opt/containerd 2>/dev/null || :
	fi
	rm -rf --one-file-system -- "$dir" || _engine_fail "cannot remove $dir"
}

_engine_usage() {
	sed -n 's/^#   \(tests.*\)/\1/p' "$ENGINE_SH" >&2
	return 2
}

_engine_main() {
	local verb=${1-}
	[ $# = 0 ] || shift
	case $verb in
	start | keep | stop | halt | restart | status)
		[ $# -gt 0 ] || _engine_usage || return
		"engine_$verb" "$@"
		;;
	swarm)
		[ $# -gt 1 ] || _engine_usage || return
		engine_swarm "$@"
		;;
	images) images_make "$@" ;;
	run) container_run "$@" ;;
	_enter) _engine_enter "$@" ;;
	_exec) _engine_exec "$@" ;;
	*) _engine_usage ;;
	esac
}

[ "$0" != "${BASH_SOURCE[0]}" ] || _engine_main "$@"

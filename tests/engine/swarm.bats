#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# @swarm: a service with two tasks on each of two nodes, node1 being the manager, reached by contexts and by a template
# for hosts; or not reached. The last test breaks a node for good.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture
load engines

setup_file() {
	engine_tests || return 0
	start_engines
	engine node1 swarm "$ENGINES/node2"
	until_true "two nodes" two_nodes
	# As there is no room for them elsewhere, tasks come back to a node that was away.
	at node1 service create --detach --no-resolve-image --replicas 4 --replicas-max-per-node 2 \
		--name web --label tier=front --container-label tier=front dexec-busybox:1 >/dev/null
}

teardown_file() {
	stop_engines
}

two_nodes() {
	[ "$(at node1 node ls --format '{{.Status}}' | grep -cx Ready)" = 2 ]
}

# tasks: the names of the tasks' containers, with their nodes, in order.
tasks() {
	at node1 service ps --no-trunc --filter desired-state=running \
		--format '{{.Node}}/{{.Name}}.{{.ID}} {{.CurrentState}}' web >"$T/ps"
	sed -n 's/ Running .*//p' "$T/ps" | sort >"$T/tasks"
}

all_run() {
	tasks
	[ "$(grep -c '^node1/' "$T/tasks")" = 2 ] && [ "$(grep -c '^node2/' "$T/tasks")" = 2 ]
}

setup() {
	scratch
	LIMIT=60 until_true "the tasks" all_run
	contexts
	export DOCKER_HOST
	DOCKER_HOST=$(socket node1)
}

teardown() {
	resume_engines
	end_started
}

# reached NODE...: stdout has a line of each task there, by its container's name, and no other.
reached() {
	local node
	for node; do
		sed -n "s|^\($node/.*\)|\1: \1|p" "$T/tasks"
	done | sort >"$T/expected"
	sort "$out" | cmp -s - "$T/expected" || fail "stdout should be: $(<"$T/expected")"
}

# lost REASON: both tasks of node2 are, each in a line of its own, which go before a summary.
lost() {
	told "$(sed -n '/^node2/{p;q}' "$T/tasks"): cannot reach the node: $1" \
		"$(sed -n '/^node2/p' "$T/tasks" | sed -n 2p): cannot reach the node: $1"
	grep -q '2 ok, 2 failed: node2/' "$err"
}

@test "every task on every node, by the node's context" {
	contexts node2=node2
	go dexec @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	reached node1 node2
	told
	grep -q '4 ok' "$err"
}

@test "the command runs in the task's own container, and the status is the worst one" {
	contexts node2=node2
	while IFS=/ read -r node name; do
		echo "$node/$name: $(at "$node" inspect --format '{{.Config.Hostname}}' "$name")"
	done <"$T/tasks" >"$T/expected"
	go dexec @swarm:web sh -c 'hostname; exit $DEXEC_INDEX'
	ends "exit 4"
	sort "$out" | cmp - "$T/expected"
}

@test "swarm-host: a host by the node's name, from option, environment and configuration" {
	go dexec --swarm-host "unix://$ENGINES/%n/docker.sock" @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	reached node1 node2
	DEXEC_SWARM_HOST=unix://$ENGINES/%n/docker.sock go dexec @swarm:web sh -c 'echo $DEXEC_NAME'
	reached node1 node2
	mkdir -p "$XDG_CONFIG_HOME/dexec"
	echo "swarm-host = unix://$ENGINES/%n/docker.sock" >"$XDG_CONFIG_HOME/dexec/config"
	go dexec @swarm:web sh -c 'echo $DEXEC_NAME'
	reached node1 node2
}

@test "a node's context goes before swarm-host" {
	contexts node2=node2
	go dexec --swarm-host 'unix:///nosuch/%n' @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	reached node1 node2
}

@test "a node with no context, and no swarm-host: said of each task, the others are done" {
	go dexec @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 125"
	reached node1
	lost 'no docker context has the node.s name, and swarm-host is not set'
}

@test "what has the node's name leads elsewhere: the task is not looked for there" {
	contexts node2=node1
	go dexec @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 125"
	reached node1
	grep -q 'node2/.*the node has no container of it (Running ' "$err"
}

@test "the manager by a context: named, among others, or the only one" {
	contexts boss=node1 node2=node2
	DOCKER_HOST=unix://$ENGINES/none/docker.sock
	for target in "--context boss @swarm:web" "@context:boss/@swarm:web" \
		"--context node2,boss @swarm:web"; do
		# shellcheck disable=SC2086 # words
		go dexec $target sh -c 'echo $DEXEC_NAME'
		ends "exit 0"
		reached node1 node2
	done
}

@test "contexts with the nodes' names are those nodes" {
	contexts node1=node1 node2=node2
	DOCKER_HOST=unix://$ENGINES/none/docker.sock
	go dexec -v --context node1,node2 @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	reached node1 node2
	[ "$(grep -c '^dexec: docker .* ps --no-trunc --format ' "$err")" = 2 ] || fail "each is asked once"
}

@test "a task that other parts select too has the command once" {
	contexts node2=node2
	go dexec "@swarm:web,@context:node2/web.*,@swarm:web" sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	reached node1 node2
}

@test "-x leaves out tasks on any node, by name, label, context and service" {
	contexts node2=node2
	go dexec -x @context:node2/@all @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	reached node1
	name=$(sed -n 's|^node2/||p' "$T/tasks" | head -n 1)
	go dexec -x "$name" @swarm:web true
	ends "exit 0"
	grep -q '3 ok' "$err"
	go dexec -x @label:tier=front @swarm:web true
	refuses 125 'excluded'
	go dexec -x @swarm:web @swarm:web true
	refuses 125 'excluded'
}

@test "no command: the tasks are listed" {
	contexts node2=node2
	go dexec @swarm:web
	ends "exit 0"
	sed 1d "$out" | sed 's/ .*//' | sort | cmp - "$T/tasks"
}

@test "a task that is on no node is reported so, the others are done" {
	contexts node2=node2
	at node1 service create --detach --no-resolve-image --name nowhere --constraint node.hostname==node3 \
		dexec-busybox:1 >/dev/null
	until_true "a task" pending nowhere
	go dexec @swarm:web,@swarm:nowhere sh -c 'echo $DEXEC_NAME'
	at node1 service rm nowhere >/dev/null
	ends "exit 125"
	reached node1 node2
	told 'nowhere\.1\.[a-z0-9]+: it is on no node \(Pending '
	grep -q '4 ok, 1 failed: nowhere' "$err"
}

pending() {
	at node1 service ps --format '{{.CurrentState}}' "$1" | grep -q '^Pending'
}

@test "no such service: one line" {
	go dexec @swarm:nosuch true
	refuses 125 "'@swarm:nosuch': no such service"
	contexts a1=node1 a2=node1
	go dexec --context a1,a2 @swarm:nosuch true
	refuses 125 "'@swarm:nosuch': no such service"
}

@test "a worker is asked: it says that it is none, in one line" {
	DOCKER_HOST=$(socket node2)
	go dexec @swarm:web true
	refuses 125 "'@swarm:web': .*not a swarm manager"
}

@test "a node that hangs: its tasks are lost at the deadline, the others are done" {
	contexts node2=node2
	hang node2
	go dexec --engine-timeout 3 @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 125"
	reached node1
	lost 'no answer within 3 s'
	within 4000
}

@test "Ctrl-C while a node hangs: we end by it at once, and no docker client is left" {
	contexts node2=node2
	hang node2
	start hung dexec -v @swarm:web true
	until_text hung.err ' --context node2 ps '
	until_true "one client to be left" has_clients 1
	kill -s INT "$pid"
	finish hung
	ends "signal 2"
	silent_stdout
	no_client_left
}

@test "the manager hangs: one line at the deadline" {
	hang node1
	go dexec --engine-timeout 1 @swarm:web true
	refuses 125 'cannot reach the engine: no answer within 1 s'
}

@test "one of two engines to ask hangs: what the other knows is done" {
	contexts boss=node1 node2=node2 other=node2
	DOCKER_HOST=unix://$ENGINES/none/docker.sock
	hang node2
	go dexec --engine-timeout 3 --context boss,other @swarm:web sh -c 'echo $DEXEC_NAME'
	ends "exit 125"
	reached node1
	grep -q '^dexec: other: cannot reach the engine: no answer within 3 s' "$err"
	grep -q '2 ok, 3 failed' "$err"
}

@test "a node's engine is killed: its tasks are reported by name, the others are done" {
	contexts node2=node2
	engine node2 halt KILL
	go dexec @swarm:web sh -c 'echo $DEXEC_NAME; exit 3'
	ends "exit 125"
	reached node1
	told "$(sed -n '/^node2/{p;q}' "$T/tasks"): cannot reach the node: .*docker" \
		"$(sed -n '/^node2/p' "$T/tasks" | sed -n 2p): cannot reach the node: .*docker"
}

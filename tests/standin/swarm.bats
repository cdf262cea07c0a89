#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# @swarm with a docker that says what no manager does on demand: node names
# that are made to deceive, states of all kinds, garbage, and nothing.
#
# shellcheck disable=SC2154 # names of helper

load helper

id=5c39fdd998c468daa57214417a39b0f321d639eee502f28b2268d5c5c2a670e

# tasks LINE...: what a manager says of the service.
tasks() {
	printf 'out(r"""%s\n""")\n' "$@" | orders service
}

# runs NUMBER...: the containers of these tasks run, wherever it is asked.
runs() {
	local n
	for n; do
		printf 'out("%s%d web.%d.task%d img Up+2+hours' $id "$n" "$n" "$n"
		printf '      web web.%d.task%d task%d\\n")\n' "$n" "$n" "$n"
	done | orders ps
}

setup_swarm() {
	orders node <<<'out("boss\n")'
	orders context <<<'out("default\nnode2\nx@y\n")'
	orders exec <<<'out("done\n")'
}

# stderr_is LINE...: without the summary.
stderr_is() {
	printf 'dexec: %s\n' "$@" >wanted
	grep -v '^dexec: [0-9]* \(ok\|failed\)' err | cmp -s - wanted ||
		fail "expected in err: $(<wanted)"
}

@test "the questions: tasks, the own node's name, contexts; then each node" {
	setup_swarm
	tasks 'task1 web.1 boss Running' 'task2 web.2 node2 Running'
	runs 1 2
	dexec --no-reap @swarm:web true
	ended_by 'exit 0'
	[ "$(calls | tr ' ' '\n' | sed 's/.*-//' | sort | uniq -c | xargs)" = \
		'1 context 2 exec 1 node 2 ps 1 service' ] || fail calls
	sort out | cmp -s - <(printf '%s: done\n' boss/web.1.task1 \
		node2/web.2.task2) || fail 'expected both'
}

@test "a service called like an option is none" {
	setup_swarm
	orders service <<<'err("no such service: --help\n"); end(1)'
	dexec @swarm:--help true
	ended_by 'exit 125'
	argv_is "$(cd calls && echo ./*-service | sed 's|./||')" service ps \
		--no-trunc --filter desired-state=running --format \
		'{{urlquery .ID}} {{urlquery .Name}} {{urlquery .Node}} {{urlquery .CurrentState}}' \
		-- --help
}

@test "node names that are no host's: neither host nor context, and shown harmless" {
	setup_swarm
	tasks 'task1 web.1 boss Running' 'task2 web.2 x%40y Running' \
		'task3 web.3 -oProxyCommand%3Dx Running' \
		'task4 web.4 ..%2F..%2Fetc Running' 'task5 web.5 %1B%5B2J Running'
	runs 1 2 3 4 5
	dexec --no-reap --swarm-host 'ssh://%n' @swarm:web true
	ended_by 'exit 125'
	out_is 'boss/web.1.task1: done\n'
	stderr_is \
		'x@y/web.2.task2: cannot reach the node: that is no name for a host' \
		'-oProxyCommand=x/web.3.task3: cannot reach the node: that is no name for a host' \
		'../../etc/web.4.task4: cannot reach the node: that is no name for a host' \
		'\033[2J/web.5.task5: cannot reach the node: that is no name for a host'
	[ "$(calls | tr ' ' '\n' | grep -c ps)" = 1 ] || fail "one node only"
}

@test "states: what does not run is lost, by docker's words" {
	setup_swarm
	tasks 'task1 web.1 boss Running+2+hours+ago' \
		'task2 web.2 boss Preparing+1+second+ago' \
		'task3 web.3 boss Rejected+%1B%5B2J' \
		'task4 web.4  Pending+5+seconds+ago'
	runs 1
	dexec --no-reap @swarm:web true
	ended_by 'exit 125'
	stderr_is \
		'boss/web.2.task2: the node has no container of it (Preparing 1 second ago)' \
		'boss/web.3.task3: the node has no container of it (Rejected \033[2J)' \
		'web.4.task4: it is on no node (Pending 5 seconds ago)'
}

@test "a service with no tasks" {
	setup_swarm
	orders service <<<''
	dexec @swarm:web true
	ended_by 'exit 125'
	err_is "dexec: '@swarm:web': the service has no tasks\n"
}

@test "garbage instead of tasks, or of containers" {
	setup_swarm
	orders service <<<'out("\x1b[2J words\n")'
	dexec @swarm:web true
	ended_by 'exit 125'
	err_is "dexec: @swarm:web: cannot reach the engine: docker service ps has said what was not asked: '\\\\033[2J words'\n"
	tasks 'task1 web.1 boss Running'
	orders ps <<<'out("words\n")'
	dexec @swarm:web true
	ended_by 'exit 125'
	err_has '^dexec: boss/web.1.task1: cannot reach the node: docker ps has said what was not asked'
}

@test "neither contexts nor the own node's name are known: by swarm-host" {
	setup_swarm
	orders context <<<'err("no\n"); end(1)'
	orders node <<<'err("no\n"); end(1)'
	tasks 'task1 web.1 boss Running'
	runs 1
	dexec --no-reap --swarm-host tcp://%n @swarm:web true
	ended_by 'exit 0'
	argv_is "$(cd calls && echo ./*-exec | sed 's|./||')" --host tcp://boss \
		exec -e DEXEC_NAME=boss/web.1.task1 -e DEXEC_INDEX=1 \
		-e DEXEC_COUNT=1 ${id}1 true
}

@test "the own node is called as no host is: its tasks are lost" {
	setup_swarm
	orders node <<<'out("-x\n")'
	tasks 'task1 web.1 -x Running'
	runs 1
	dexec @swarm:web true
	ended_by 'exit 125'
	stderr_is '-x/web.1.task1: cannot reach the node: that is no name for a host'
}

@test "a node that says nothing, for a deadline; docker is ended" {
	setup_swarm
	tasks 'task1 web.1 boss Running' 'task2 web.2 node2 Running'
	runs 1
	orders ps.2 <<<'wait("never")'
	dexec --no-reap --engine-timeout 3 @swarm:web true
	ended_by 'exit 125'
	err_has 'web.*: cannot reach the node: no answer within 3 s'
	for call in calls/*-ps; do
		! is_standin "$(about "${call#calls/}" pid)" || fail "$call is there"
	done
}

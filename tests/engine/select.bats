#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What TARGET selects, on a real engine: every kind of selector, by `dexec TARGET`, which lists it, and with how many
# docker calls.
#
# Other containers are there as well, those of tests that run at the same time: only ours count where all are meant.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

# What a label may hold, and its key: separators of ours, of docker's lists, of Go's templates and of query strings.
HOSTILE_KEY='k"{{.ID}}%41+&`é\t'
HOSTILE=$'a=b \\ "c" \'d\' {{.Names}} %2C + & ü\n\ttwo'

setup_file() {
	engine_tests || return 0
	export F=dexec-test-select-$$-$RANDOM$RANDOM-
	export IMAGE=${F}image
	docker tag dexec-busybox:1 "$IMAGE:1"
	docker tag dexec-busybox:1 "registry.invalid:5000/$IMAGE:2"
	mkdir -p "$BATS_FILE_TMPDIR/project/deep/er"
	make web-1 --label "$F=web" --label "$F-empty="
	make web-2 --label "$F=web" --label "$F-list=a,b"
	make web-10 --label "$F=web" --label "$F-list=a" --label "$HOSTILE_KEY=$F"
	make db-1 --label "$F=db" --label "$F-hostile=$HOSTILE"
	make sick --health-cmd false --health-interval 0.2s --health-retries 1
	make well --health-cmd true --health-interval 0.2s
	container_named "${F}old" dexec-busybox:1 --label "$F=old"
	docker kill "${F}old" >/dev/null
	container_named "${F}tagged" "$IMAGE:1"
	container_named "${F}remote" "registry.invalid:5000/$IMAGE:2"
	compose api-1 api 1
	compose api-2 api 2
	compose cache-1 cache 1
	compose run-1 api 1 --label com.docker.compose.oneoff=True
	until_healthy well healthy
	until_healthy sick unhealthy
}

# make NAME [DOCKER-RUN-OPTION...]
make() {
	container_named "$F$1" dexec-busybox:1 "${@:2}"
}

# compose NAME SERVICE NUMBER [DOCKER-RUN-OPTION...]: as compose would have started it in project/.
compose() {
	make "$1" --label "com.docker.compose.project=${F}p" --label "com.docker.compose.service=$2" \
		--label "com.docker.compose.container-number=$3" --label com.docker.compose.oneoff=False \
		--label "com.docker.compose.project.working_dir=$BATS_FILE_TMPDIR/project" "${@:4}"
}

# until_healthy NAME WORD
until_healthy() {
	until_true "$1 to be $2" bash -c \
		'[ "$(docker inspect --format "{{.State.Health.Status}}" "$1")" = "$2" ]' bash "$F$1" "$2"
}

teardown_file() {
	remove_containers
	[ -z "${IMAGE-}" ] || docker rmi "$IMAGE:1" "registry.invalid:5000/$IMAGE:2" >/dev/null
}

setup() {
	scratch
}

teardown() {
	end_started
}

# ours: the names that are listed, without what all of ours begin with, in their order.
ours() {
	sed -n "s/^$F\([^ ]*\) .*/\1/p" "$out" | paste -sd ' '
}

# selects NAMES ARGS...: dexec ARGS lists these of ours, in this order.
selects() {
	go dexec "${@:2}"
	ends "exit 0"
	silent_stderr
	[ "$(ours)" = "$1" ] || fail "selects '$(ours)', should be '$1'"
}

# selects_only NAMES ARGS...: and nobody else's.
selects_only() {
	selects "$@"
	[ "$(tail -n +2 "$out" | wc -l)" = "$(wc -w <<<"$1")" ] || fail "others than ours are selected"
}

id_of() {
	docker inspect --format '{{.ID}}' "$F$1"
}

# ---- names

@test "a list of names: in natural order, each once" {
	selects_only "db-1 web-2 web-10" "${F}web-10,${F}web-2,${F}db-1,${F}web-2"
}

@test "blanks behind commas do not count" {
	selects_only "web-1 web-2" "${F}web-2, ${F}web-1"
}

@test "IDs, and beginnings of IDs" {
	selects_only "web-1 web-2 web-10" "$(id_of web-10),$(id_of web-1 | head -c 12),${F}web-2"
}

@test "a name and its ID are one container" {
	selects_only "web-1" "${F}web-1,$(id_of web-1)"
}

@test "a stopped container: by its name and by its ID, and by nothing else" {
	selects_only "old" "${F}old"
	selects_only "old" "$(id_of old),${F}old"
	selects_only "web-1 web-2 web-10" "${F}web-*"
	go dexec "${F}ol[d]"
	refuses 125 "no container matches '${F}ol\[d\]'"
	go dexec "@label:$F=old"
	refuses 125 "no container matches '@label:$F=old'"
}

@test "the list tells name, ID, image and status" {
	go dexec "${F}tagged,${F}old"
	ends "exit 0"
	[ "$(head -n 1 "$out" | xargs)" = "NAME ID IMAGE STATUS" ]
	grep -Eq "^${F}old +$(id_of old | head -c 12) +dexec-busybox:1 +Exited \(137\) " "$out"
	grep -Eq "^${F}tagged +$(id_of tagged | head -c 12) +$IMAGE:1 +Up " "$out"
}

@test "the list of a single name is the same" {
	selects_only "web-1" "${F}web-1"
}

@test "a list that cannot be written is an error" {
	go bash -c '"$1" "$2" >/dev/full' bash "$DEXEC" "${F}web-1"
	ends "exit 125"
	complains 'No space left'
}

# ---- patterns

@test "patterns: *, ?, [], and a comma within brackets" {
	selects_only "web-1 web-2 web-10" "${F}web-*"
	selects_only "web-1 web-2" "${F}web-?"
	selects_only "web-1 web-2" "${F}web-[1-2]"
	selects_only "web-1 web-2" "${F}web-[1,2]"
	selects_only "web-2 web-10" "${F}web-[!1],${F}web-1?"
}

@test "a pattern that matches nothing is named, be there others that do" {
	go dexec "${F}web-*,${F}none-*" true
	refuses 125 "no container matches '${F}none-\*'"
}

# ---- keywords

@test "@all: what runs, ours among others, in natural order" {
	selects "api-1 api-2 cache-1 db-1 remote run-1 sick tagged web-1 web-2 web-10 well" @all
}

@test "@label:KEY: whatever its value, also an empty one" {
	selects_only "db-1 web-1 web-2 web-10" "@label:$F"
	selects_only "web-1" "@label:$F-empty"
}

@test "@label:KEY=VALUE: that value and no other" {
	selects_only "web-1 web-2 web-10" "@label:$F=web"
	go dexec "@label:$F=we"
	refuses 125 "no container matches '@label:$F=we'"
	go dexec "@label:${F%?}"
	refuses 125 "no container matches"
}

@test "@label:KEY=: it is there and empty" {
	selects_only "web-1" "@label:$F-empty="
	go dexec "@label:$F="
	refuses 125 "no container matches '@label:$F='"
	go dexec "@label:$F-not-there="
	refuses 125 "no container matches"
}

@test "@label: a comma in the value, behind a backslash" {
	selects_only "web-2" "@label:$F-list=a\\,b"
	selects_only "web-10" "@label:$F-list=a"
}

@test "@label: hostile keys and values are words" {
	selects_only "db-1" "@label:$F-hostile=${HOSTILE/\\/\\\\}"
	selects_only "web-10" "@label:${HOSTILE_KEY/\\/\\\\}=$F"
	selects_only "web-10" "@label:${HOSTILE_KEY/\\/\\\\}"
}

@test "@image: with and without tag, and with a registry" {
	selects_only "tagged" "@image:$IMAGE:1"
	selects_only "remote" "@image:registry.invalid:5000/$IMAGE:2"
	go dexec "@image:$IMAGE:3"
	refuses 125 "no container matches '@image:$IMAGE:3'"
}

@test "@health: each word selects those that are so" {
	selects "well" @health:healthy
	selects "sick" @health:unhealthy
	selects "api-1 api-2 cache-1 db-1 remote run-1 tagged web-1 web-2 web-10" @health:none
}

# ---- @compose

@test "@compose: the project that COMPOSE_PROJECT_NAME names, and no one-offs" {
	export COMPOSE_PROJECT_NAME=${F}p
	selects_only "api-1 api-2 cache-1" @compose
	selects_only "api-1 api-2" @compose:api
	selects_only "api-2" "@compose:api#2"
	selects_only "api-1 cache-1" "@compose:api#1,@compose:cache"
}

@test "@compose: the project of the working directory" {
	cd "$BATS_FILE_TMPDIR/project"
	selects_only "api-1 api-2 cache-1" @compose
}

@test "@compose: the project of a directory above" {
	cd "$BATS_FILE_TMPDIR/project/deep/er"
	selects_only "cache-1" @compose:cache
}

@test "@compose: COMPOSE_PROJECT_NAME counts before the directory, unless it is empty" {
	cd "$BATS_FILE_TMPDIR/project"
	COMPOSE_PROJECT_NAME=${F}other go dexec @compose true
	refuses 125 "no container matches '@compose' \(project ${F}other\)"
	COMPOSE_PROJECT_NAME='' selects_only "api-1 api-2 cache-1" @compose
}

@test "@compose: no project here, no such service, no such replica" {
	cd "$T"
	go dexec @compose true
	refuses 125 "'@compose': nothing that runs was started by compose from here"
	export COMPOSE_PROJECT_NAME=${F}p
	go dexec @compose:nope true
	refuses 125 "no container matches '@compose:nope' \(project ${F}p\)"
	go dexec '@compose:api#3' true
	refuses 125 "no container matches '@compose:api#3'"
}

@test "@compose: two projects of one directory are not mixed" {
	compose rival-1 api 1 --label "com.docker.compose.project=${F}q"
	cd "$BATS_FILE_TMPDIR/project"
	go dexec @compose true
	docker rm --force "${F}rival-1" >/dev/null
	refuses 125 "projects ${F}[pq] and ${F}[pq] were both started here"
}

# ---- groups

# groups LINE...: what the configuration calls so.
groups() {
	mkdir -p "$XDG_CONFIG_HOME/dexec"
	printf '@%s\n' "$@" >"$XDG_CONFIG_HOME/dexec/config"
}

@test "@GROUP: what the configuration says, groups in groups included" {
	groups "front = ${F}web-1, ${F}web-2" "all-of-it = @front,${F}db-*" 'back = @label:'"$F=db"
	selects_only "web-1 web-2" @front
	selects_only "db-1 web-1 web-2" @all-of-it
	selects_only "db-1 web-1 web-2" @back,@front
}

@test "@GROUP: one that is not there, with the next best" {
	groups "front = ${F}web-1"
	go dexec @frnt true
	refuses 125 "unknown group '@frnt' \(did you mean '@front'\?\)"
	go dexec @something-else true
	refuses 125 "unknown group '@something-else'"
}

@test "@GROUP: one that holds itself" {
	groups 'one = @two' 'two = x,@three' 'three = @one'
	go dexec @one true
	refuses 125 "group '@one' holds itself"
}

@test "@GROUP: what matches nothing in it is named" {
	groups "front = ${F}web-1,${F}gone-*"
	go dexec @front true
	refuses 125 "no container matches '${F}gone-\*'"
}

# ---- leaving out, and picking

@test "-x: leaves out what it selects, once or more" {
	selects_only "web-1 web-10" -x "${F}web-2" "${F}web-*"
	selects_only "web-10" -x "${F}web-2" --exclude "${F}web-1,@label:$F=db" "@label:$F"
	selects "db-1 web-2" -x "${F}[!dw]*,${F}well" -x "${F}web-1*" @all
}

@test "-x: what selects nothing leaves nothing out" {
	selects_only "web-1 web-2 web-10" -x "${F}none-*" "${F}web-*"
}

@test "-x: with a plain name" {
	selects_only "web-1" -x "${F}db-*" "${F}web-1"
	go dexec -x "${F}web-1" "${F}web-1" true
	refuses 125 'excluded as well'
}

@test "--pick: so many of them, in order, and not always the same" {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		go dexec --pick 2 "${F}web-*"
		ends "exit 0"
		ours >>picked
	done
	run ! grep -Evx 'web-1 web-2|web-1 web-10|web-2 web-10' picked
	# The same pair 20 times in a row: once in 3^19.
	[ "$(sort -u picked | wc -l)" -gt 1 ]
}

@test "--pick: more than there are is all" {
	selects_only "web-1 web-2 web-10" --pick 9 "${F}web-*"
}

# ---- how docker is asked

@test "a plain name: one docker call, the exec" {
	logging_docker
	go dexec --docker "$logging" "${F}web-1" echo there
	ends "exit 0"
	says there
	[ "$(wc -l <"$logging.log")" = 1 ]
	grep -q '^exec ' "$logging.log"
}

@test "any selectors: one docker call more, the ps" {
	groups "front = ${F}web-1"
	export COMPOSE_PROJECT_NAME=${F}p
	logging_docker
	go dexec --docker "$logging" --no-prefix -x "${F}db-*" \
		"@front,@compose,@label:$F=web,@label:$F-empty,@image:$IMAGE:1,${F}web-?,$(id_of web-10)" echo there
	ends "exit 0"
	[ "$(grep -c '^ps ' "$logging.log")" = 1 ]
	[ "$(grep -c '^exec ' "$logging.log")" = 7 ]
	[ "$(docker_calls)" = 8 ]
}

@test "a list: the ps alone" {
	logging_docker
	go dexec --docker "$logging" "${F}web-*"
	[ "$(docker_calls)" = 1 ]
}

@test "what cannot be read as selectors: no docker call" {
	local target
	logging_docker
	for target in @label @label: @label:=x @nope @health:so-so @compose: '@compose:api#0' @image a,,b 'a[' @context:x; do
		go dexec --docker "$logging" "$target" true
		refuses 125
	done
	[ "$(docker_calls)" = 0 ]
}

@test "they run by ID: a container that is renamed meanwhile is the same" {
	start renamed dexec -j 1 "${F}web-[12]" sh -c \
		'[ $DEXEC_INDEX = 2 ] || { echo ready; until [ -e /tmp/go ]; do sleep 0.05; done; }; echo $DEXEC_NAME'
	until_text renamed.out ready
	docker rename "${F}web-2" "${F}other"
	docker exec "${F}web-1" touch /tmp/go
	finish renamed
	docker rename "${F}other" "${F}web-2"
	ends "exit 0"
	says "${F}web-1: ready
${F}web-1: ${F}web-1
${F}web-2: ${F}web-2"
}

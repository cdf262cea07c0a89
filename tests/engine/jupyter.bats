#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Notebooks with a real Jupyter, Debian's, whose image is made here where it is not there yet; for make check-jupyter.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load fixture
load remote
load dock

setup_file() {
	engine_tests || return 0
	has_sshd || return 0
	dock
	make_image
	jupyter_on_the_dock
}

teardown_file() {
	engine_tests || return 0
	has_sshd || return 0
	no_dock
	docker rmi -f "$SOMEBODY-jupyter:1" "$SOMEBODY-jupyter:idle" >/dev/null 2>&1 || :
}

# Debian has no Jupyter Lab. What nb-dock is about is the server that Lab is an extension of, under Lab's name.
make_image() {
	local dir=$BATS_FILE_TMPDIR/image
	"$HERE/../lib/engine.sh" images jupyter
	mkdir "$dir"
	printf '#!/bin/sh\nexec jupyter-server --allow-root "$@"\n' >"$dir/jupyter-lab"
	chmod +x "$dir/jupyter-lab"
	printf '%s\n' 'FROM dexec-jupyter:1' 'COPY jupyter-lab /usr/local/bin/' 'WORKDIR /home/jovyan/project' >"$dir/Dockerfile"
	docker build -q -t "$SOMEBODY-jupyter:1" "$dir" >/dev/null 2>&1
	echo 'CMD ["sleep", "2147483647"]' >>"$dir/Dockerfile"
	docker build -q -t "$SOMEBODY-jupyter:idle" "$dir" >/dev/null 2>&1
}

# The dock's jupyter is that of a container that shares its network.
jupyter_on_the_dock() {
	container JUPYTER "$SOMEBODY-jupyter:idle" --network host
	printf '#!/bin/sh\nexec "%s" -e JUPYTER_TOKEN "%s" jupyter "$@"\n' "$DEXEC" "$JUPYTER" >"$REMOTE/there/jupyter"
	chmod +x "$REMOTE/there/jupyter"
}

@test "run-notebook: a real Jupyter, on loopback, with a token; asked to by Ctrl-C, twice as Jupyter has it, it ends" {
	local network token
	read -ra network < <(engine_network) || network=()
	mkdir project
	cd project
	echo 'my work' >file
	export DOCKER_DS_DONT_PULL=1
	terminal notebook run-notebook -i "$SOMEBODY-jupyter:1" -p "$PORT"
	until_true "the token" token_shown
	token=$(token_shown)
	until_true "Jupyter" answers "/api/status?token=$token" "${network[@]}"
	# The address that is told leads to Jupyter's own page.
	"${network[@]}" curl -s -L -c "$T/cookies" -w '\n%{http_code}' "http://127.0.0.1:$PORT/?token=$token" | tail -n 1 | grep -x 200
	[ "$(fetch "/api/contents/file?token=$token" "${network[@]}")" = 200 ]
	grep -F 'my work' "$T/page"
	refuses_page /api/contents "${network[@]}"
	[ "$(listening "${network[@]}")" = "0100007F:$(printf %04X "$PORT")" ]
	no_such_process "$token"
	key '\003'
	until_text "$T/shown" 'Shut'
	key '\003'
	finish notebook
	ends "exit 0"
	until_true "the container to go" no_notebook
	nobody_listens "${network[@]}"
}

@test "nb-dock: a real Jupyter Server, through a tunnel; Ctrl-C leaves nothing here and there" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network token
	read -ra network < <(engine_network)
	terminal notebook nb-dock -p "$PORT" harbour
	until_true "the token" token_shown
	token=$(token_shown)
	answers "/api/status?token=$token"
	[ "$(fetch "/api/status?token=other")" = 403 ]
	[ "$(listening)" = "0100007F:$(printf %04X "$PORT")" ]
	[ "$(listening "${network[@]}")" = "0100007F:$(printf %04X "$PORT")" ]
	no_such_process "$token"
	key '\003'
	finish notebook
	ends "exit 130"
	nobody_listens
	until_true "Jupyter to end" nobody_listens "${network[@]}"
}

@test "nb-dock: a real Jupyter Server that is there already is not taken for ours; interrupted early nothing is left" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network
	read -ra network < <(engine_network)
	JUPYTER_TOKEN=other start other ssh quay "exec jupyter lab --no-browser --ip=127.0.0.1 --port=$PORT"
	until_true "the other one" is_listened_on "${network[@]}"
	run -1 nb-dock -p "$PORT" harbour
	[[ $output == *"there is a Jupyter server on port $PORT already"* ]]
	ssh-dock harbour jupyter server stop "$PORT"
	finish other
	until_true "the other one to end" nobody_listens "${network[@]}"
	start notebook nb-dock -p "$PORT" harbour
	until_true "Jupyter to begin" runs_there
	kill -s INT "$pid"
	finish notebook
	ends "signal 2"
	until_true "Jupyter to be up, and to end" runs_not_there
	nobody_listens "${network[@]}"
}

runs_there() {
	processes "$JUPYTER" | grep -q -e "--port=$PORT"
}

runs_not_there() {
	! runs_there
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Docks: a host behind ssh, by an sshd of our own whose docker is the tests' engine, as a user has it who docks there,
# runs things, and casts off. Its loopback is the engine's own and not ours, so that what is reached there has gone
# through ssh.
#
# What is in single quotes is for other shells, and a test's variables are its own:
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load fixture
load remote
load dock

setup_file() {
	engine_tests || return 0
	has_sshd || return 0
	dock
	container WEB dexec-busybox:1
	notebook_image
	played_jupyter
}

teardown_file() {
	engine_tests || return 0
	has_sshd || return 0
	no_dock
	docker rmi -f "$SOMEBODY-notebook:1" >/dev/null 2>&1 || :
}

# One that knows a token, and one file of the directory that it is run on.
notebook_image() {
	local dir=$BATS_FILE_TMPDIR/notebook
	mkdir "$dir"
	cat >"$dir/serve" <<-'END'
		#!/bin/sh
		read -r _ path _
		while read -r line && [ ${#line} -gt 1 ]; do :; done
		status='403 Forbidden' text=no
		if [ "$path" = "/?token=$JUPYTER_TOKEN" ]; then
			status='200 OK' text=$(cat /home/jovyan/project/file)
			echo served >>/home/jovyan/project/served
		fi
		printf 'HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n%s' "$status" ${#text} "$text"
	END
	chmod +x "$dir/serve"
	printf '%s\n' 'FROM dexec-busybox:1' 'COPY serve /' \
		'CMD ["sh", "-c", "while :; do nc -l -p 8888 -e /serve; done"]' >"$dir/Dockerfile"
	docker build -q -t "$SOMEBODY-notebook:1" "$dir" >/dev/null 2>&1
}

# What nb-dock asks of a Jupyter, on the dock.
played_jupyter() {
	mkdir -p "$REMOTE/there"
	cat >"$REMOTE/there/jupyter" <<-'END'
		#!/usr/bin/python3
		import glob, http.server, os, re, signal, sys

		place = os.environ["PLACE"] + "/jupyter."


		class Server(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        good = self.path == "/lab?token=" + os.environ["JUPYTER_TOKEN"]
		        self.send_response(200 if good else 403)
		        self.end_headers()
		        self.wfile.write(b"hello" if good else b"no")


		if sys.argv[1] == "lab":
		    words = dict(re.match("--([^=]*)=?(.*)", w).groups() for w in sys.argv[2:])
		    if os.path.exists(os.environ["PLACE"] + "/broken"):
		        sys.exit("no such extension")
		    print("begun", file=open(os.environ["PLACE"] + "/begun", "w"))
		    if os.path.exists(os.environ["PLACE"] + "/slow"):
		        open(os.environ["PLACE"] + "/slow").read()
		    server = http.server.HTTPServer((words["ip"], int(words["port"])), Server)
		    with open(place + "new", "w") as file:
		        print(os.getpid(), file=file)
		    os.rename(place + "new", place + words["port"])
		    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
		    try:
		        server.serve_forever()
		    finally:
		        os.unlink(place + words["port"])
		elif sys.argv[2] == "list":
		    for name in glob.glob(place + "*"):
		        print("http://127.0.0.1:%s/ :: /" % name.rsplit(".", 1)[1])
		elif sys.argv[2] == "stop":
		    print("Shutting down server on %s..." % sys.argv[3])
		    os.kill(int(open(place + sys.argv[3]).read()), signal.SIGTERM)
	END
	chmod +x "$REMOTE/there/jupyter"
}

# typed SHELL: standard input, typed into that shell on a terminal; what it shows is in $T/shown.
typed() {
	local shell
	case $1 in
	bash) shell='bash --norc --noprofile -i' ;;
	zsh) shell='zsh -f -i' ;;
	esac
	HISTFILE='' timeout $((3 * LIMIT)) script -qec "$shell" "$T/shown" >/dev/null 3>&-
}

# logins: how often somebody has come in by ssh.
logins() {
	grep -c 'Accepted publickey' "$REMOTE/log" || :
}

# docked_shell SHELL: everything that a user does in one, from docking to casting off.
docked_shell() {
	docker context create mine --docker "host=unix://$T/none.sock" >/dev/null
	unset DOCKER_HOST
	export DOCKER_CONTEXT=mine DOCKER_TLS_VERIFY=
	typed "$1" <<-'END'
		PS1='here> '
		functions() { typeset -f | grep -E '^[a-zA-Z_-]+ \(\)' | sort; }
		state() { export -p | grep -v ' _='; functions; docker context show; echo "$PS1"; }
		state >"$T/before"
		source dock harbour
		echo "$DOCKER_HOST|$DOCKER_IP|$DOCKER_CONTEXT|${DOCKER_TLS_VERIFY-unset}|$PS1" >"$T/docked"
		docker ps --format '{{.Names}}' >"$T/ps"
		docker run --rm --pull never dexec-busybox:1 echo run there >"$T/run"
		dexec "$WEB" echo plain there >"$T/plain"
		castoff
		state >"$T/after"
		exit
	END
	grep -F 'here> [dock:harbour] ' "$T/shown"
	grep -F 'Docking to root@quay [Moniker: harbour]' "$T/shown"
	grep -F 'Castoff complete' "$T/shown"
	[ "$(<"$T/docked")" = 'ssh://root@quay|quay|harbour|unset|here> [dock:harbour] ' ]
	grep -x "$WEB" "$T/ps"
	[ "$(<"$T/run")" = 'run there' ]
	[ "$(<"$T/plain")" = 'plain there' ]
	grep -x mine "$T/before"
	diff "$T/before" "$T/after"
}

@test "W-M8: register-dock, ls-dock: the host is known, by a docker context as well" {
	diff "$T/registered" - <<<$'DOCK_USER:root\nMONIKER:harbour\nHOSTNAME:quay'
	[ "$(ls-dock --no-state)" = "harbour ($XDG_CONFIG_HOME/dexec/docks/quay)" ]
	[ "$(docker context inspect -f '{{.Endpoints.docker.Host}}' harbour)" = ssh://root@quay ]
}

@test "source dock: in bash, docker is the dock's until castoff, and then all is as before" {
	docked_shell bash
}

@test "source dock: in zsh, docker is the dock's until castoff, and then all is as before" {
	docked_shell zsh
}

@test "source dock: a prompt that was exported, of a virtual environment as well, is so afterwards" {
	local shell
	for shell in bash zsh; do
		typed $shell <<-'END'
			export PS1='(venv) here> ' _OLD_VIRTUAL_PS1='here> '
			state() { export -p | grep -v ' _='; }
			state >"$T/before"
			source dock harbour
			echo "$PS1|$_OLD_VIRTUAL_PS1" >"$T/docked"
			castoff
			state >"$T/after"
			exit
		END
		[ "$(<"$T/docked")" = '(venv) here> [dock:harbour] |here> [dock:harbour] ' ]
		grep -F '(venv) here>' "$T/before"
		diff "$T/before" "$T/after"
	done
}

@test "dexec: a dock is a context, on the command line and in a target" {
	local before
	before=$(logins)
	export DOCKER_HOST=unix://$T/none.sock
	go dexec --context harbour "$WEB" sh -c 'echo "$0"; exit 4' option
	ends "exit 4"
	says option
	[ "$(logins)" -gt "$before" ]
	go dexec --no-prefix "@context:harbour/$WEB" echo target
	ends "exit 0"
	says target
	echo bytes | "$DEXEC" -i --context harbour "$WEB" cat >"$T/bytes" 3>&-
	[ "$(<"$T/bytes")" = bytes ]
}

@test "ssh-dock: a command with its words, status and streams" {
	run -7 ssh-dock harbour sh -c 'printf "<%s>" "$@"; exit 7' x 'a  b' "it's" '' '$(id)' '*' $'new\nline' -s --print
	[ "$output" = "<a  b><it's><><\$(id)><*><new
line><-s><--print>" ]
	[ "$(printf 'one\ntwo\n' | ssh-dock -s '-o LogLevel=ERROR' harbour wc -l)" = 2 ]
	[ "$(DOCKER_IP=quay ssh-dock -- '' 2>&1 || :)" != '' ]
	run -0 ssh-dock --print harbour ls -l 'a b'
	[ "$(sh -c "$(ssh-dock --print harbour printf '<%s>' 'a b' -l)")" = '<a b><-l>' ]
	run -127 ssh-dock harbour no-such-program
}

@test "ssh-dock: a shell, without a command" {
	echo 'echo "in $PLACE"; exit 3' >"$T/lines"
	run -3 ssh-dock harbour <"$T/lines"
	[[ $output == 'Opening ssh connection to quay'*"in $REMOTE/there" ]]
}

# odd_files: below the working directory.
odd_files() {
	local name
	mkdir -p 'dir with blank/-sub' build/keep
	for name in plain 'a  b' -dash "it's" 'qu"ote' $'new\nline' '$(touch pwned)' '*' '[x]' 'back\slash' 'co:lon' .hidden \
		'dir with blank/-sub/ü' 'build/dropped' 'build/keep/kept' '#hash' '~' ' '; do
		echo "of $name" >"./$name"
	done
	chmod 750 plain
	ln -s 'a  b' link
	printf 'build\n!build/keep\n' >.dockerignore
}

@test "sync-up, sync-down: names of all kinds, there and back" {
	local dir="$T/a proj's \$(touch pwned)" there
	there="/data/workspaces/$SOMEBODY/code/${dir##*/}"
	mkdir "$dir"
	cd "$dir"
	odd_files
	typed bash <<-'END'
		source dock harbour
		sync-up; echo $? >"$T/up"
		exit
	END
	[ "$(<"$T/up")" = 0 ]
	cp -a "$dir" "$T/expected"
	rm "$T/expected/build/dropped"
	diff -r --no-dereference "$T/expected" "$there"
	[ "$(stat -c %a "$there/plain")" = 750 ]
	[ -z "$(find "$T" "$there" -name pwned)" ]
	# Worked on there; one is worked on here meanwhile, later.
	echo new >"$there/"$'made\nthere'
	echo changed >"$there/it's"
	echo late >"./-dash"
	touch -d '1 hour ago' "$there/-dash"
	typed zsh <<-'END'
		source dock harbour
		sync-down; echo $? >"$T/down"
		exit
	END
	[ "$(<"$T/down")" = 0 ]
	[ "$(<$'made\nthere')" = new ]
	[ "$(<"it's")" = changed ]
	[ "$(<./-dash)" = late ]
	[ -e build/dropped ]
	[ -z "$(find "$T" "$there" -name pwned)" ]
}

@test "sync-up: a host that does not let us in is a failure, and says so" {
	register-dock nowhere.invalid gone >/dev/null 2>&1
	mkdir p
	cd p
	run -255 dockerutils sync-up gone
	[[ $output == *nowhere.invalid* ]]
}

@test "unregister-dock: no record and no context stay" {
	unregister-dock harbour
	[ -z "$(ls-dock --no-state)" ]
	[ "$(docker context ls -q)" = default ]
	[ -z "$(find "$XDG_CONFIG_HOME" -name 'connection*')" ]
	run -1 bash -c 'source dock harbour'
	[[ $output == *"can't find dock configuration for harbour"* ]]
}

# ---- notebooks; a small server is played as the notebook

@test "run-notebook: a server played as the notebook, on loopback, with a token, gone on Ctrl-C" {
	local network
	read -ra network < <(engine_network) || network=()
	mkdir project
	cd project
	echo 'my work' >file
	export DOCKER_DS_DONT_PULL=1
	terminal notebook run-notebook -i "$SOMEBODY-notebook:1" -p "$PORT"
	until_true "the token" token_shown
	until_true "the notebook" answers "/?token=$(token_shown)" "${network[@]}"
	grep -F "http://127.0.0.1:$PORT/?token=" "$T/shown"
	[ "$(<"$T/page")" = 'my work' ]
	until_true "one that has no token to be refused" refuses_page / "${network[@]}"
	[ "$(listening "${network[@]}")" = "0100007F:$(printf %04X "$PORT")" ]
	no_such_process "$(token_shown)"
	key '\003'
	finish notebook
	ends "exit 130"
	until_true "the container to go" no_notebook
	nobody_listens "${network[@]}"
}

@test "run-notebook: docked, a server played as the notebook, through a tunnel, and its files come back" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network
	read -ra network < <(engine_network)
	mkdir project
	cd project
	echo 'my work' >file
	export DOCKER_DS_DONT_PULL=1
	printf '%s\n' 'source dock harbour' "run-notebook -i $SOMEBODY-notebook:1 -p $PORT" 'echo "ended: $?"' >"$T/lines"
	terminal notebook bash --norc --noprofile "$T/lines"
	until_true "the token" token_shown
	# ssh would complain of connections that come too early: of ours, but no others.
	until_true "the container" is_listened_on "${network[@]}"
	until_true "the notebook" answers "/?token=$(token_shown)"
	[ "$(<"$T/page")" = 'my work' ]
	[ "$(listening)" = "0100007F:$(printf %04X "$PORT")" ]
	[ ! -e served ]
	key '\003'
	finish notebook
	ends "exit 0"
	[ -e served ]
	grep 'ended: ' "$T/shown"
	! grep 'open failed' "$T/shown" || fail "ssh complains of a notebook that is not there yet"
	until_true "the container to go" no_notebook
	nobody_listens
}

@test "nb-dock: a server played as Jupyter, with a token, through a tunnel; Ctrl-C leaves nothing here and there" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network
	read -ra network < <(engine_network)
	terminal notebook nb-dock -p "$PORT" harbour
	until_true "the token" token_shown
	answers "/lab?token=$(token_shown)"
	[ "$(<"$T/page")" = hello ]
	[ "$(fetch "/lab?token=other")" = 403 ]
	[ "$(listening)" = "0100007F:$(printf %04X "$PORT")" ]
	[ "$(listening "${network[@]}")" = "0100007F:$(printf %04X "$PORT")" ]
	no_such_process "$(token_shown)"
	key '\003'
	finish notebook
	ends "exit 130"
	nobody_listens
	until_true "Jupyter to end" nobody_listens "${network[@]}"
}

@test "nb-dock: a signal ends it and what it has started; the port is needed by one only" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network signal
	read -ra network < <(engine_network)
	for signal in TERM HUP; do
		JUPYTER_TOKEN=given start notebook nb-dock -p "$PORT" harbour
		until_text "$T/notebook.err" 'the notebook is'
		answers "/lab?token=given"
		run -1 nb-dock -p "$PORT" harbour
		[[ $output == *"port $PORT is in use here"* ]]
		kill -s $signal "$pid"
		finish notebook
		ends "signal $(kill -l $signal)"
		nobody_listens
		until_true "Jupyter to end" nobody_listens "${network[@]}"
		run -1 grep given "$T/notebook.err"
	done
}

@test "nb-dock: ended while Jupyter starts, or the tunnel: nothing is left" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network
	read -ra network < <(engine_network)
	rm -f "$REMOTE/there/begun"
	mkfifo "$REMOTE/there/slow"
	start notebook nb-dock -p "$PORT" harbour
	until_true "Jupyter to begin" test -s "$REMOTE/there/begun"
	# ssh's own status would be 255.
	kill -s INT "$pid"
	finish notebook
	ends "signal 2"
	echo >"$REMOTE/there/slow"
	until_true "Jupyter to be up, and to end" ended_again
	rm "$REMOTE/there/begun"
	terminal typed nb-dock -p "$PORT" harbour
	until_true "Jupyter to begin" test -s "$REMOTE/there/begun"
	key '\003'
	finish typed
	ends "exit 130"
	echo >"$REMOTE/there/slow"
	rm "$REMOTE/there/slow"
	until_true "Jupyter to be up, and to end" ended_again
	nobody_listens
	# An ssh that never opens a tunnel.
	printf '#!/bin/sh\ncase "$*" in *" -L "*) exec sleep 1000 ;; esac\nexec "%s/bin/ssh" "$@"\n' "$REMOTE" >"$T/ssh"
	chmod +x "$T/ssh"
	PATH=$T:$PATH start notebook nb-dock -p "$PORT" harbour
	until_text "$T/notebook.out" 'Jupyter is up'
	until_true "the tunnel to begin" opening
	kill -s TERM "$pid"
	finish notebook
	ends "signal 15"
	until_true "Jupyter to end" nobody_listens "${network[@]}"
	run -1 grep 'the notebook is' "$T/notebook.err"
}

# Started with an ssh that shares connections: one that is there already would keep the port.
@test "nb-dock: killed outright, its tunnel is gone; and a shared connection does not keep the port" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	local network shared=(-o ControlMaster=auto -o ControlPersist=yes -o "ControlPath=$T/master")
	read -ra network < <(engine_network)
	printf '#!/bin/sh\nexec "%s/bin/ssh" %s "$@"\n' "$REMOTE" "${shared[*]}" >"$T/ssh"
	chmod +x "$T/ssh"
	"$T/ssh" -fN quay 2>"$T/master.err" 3>&-
	PATH=$T:$PATH start notebook nb-dock -p "$PORT" harbour
	until_text "$T/notebook.err" 'the notebook is'
	is_listened_on
	kill -s KILL "$pid"
	finish notebook
	until_true "the tunnel to end" nobody_listens
	# What is worked on there is not lost for that.
	is_listened_on "${network[@]}"
	ssh-dock harbour jupyter server stop "$PORT" >/dev/null
	until_true "Jupyter to end" nobody_listens "${network[@]}"
	PATH=$T:$PATH start notebook nb-dock -p "$PORT" harbour
	until_text "$T/notebook.err" 'the notebook is'
	kill -s TERM "$pid"
	finish notebook
	nobody_listens
	"$T/ssh" -O exit quay 2>&1
}

# What it was is not there any more.
ended_again() {
	[ ! -e "$REMOTE/there/jupyter.$PORT" ] && ! pgrep -f "^[^ ]*python3 $REMOTE/there/jupyter lab .*--port=$PORT" >/dev/null
}

opening() {
	children "$pid" | xargs -rI{} cat /proc/{}/cmdline | grep -qa '^sleep'
}

@test "nb-dock: a server that is there already is not taken for ours, and one that fails says why" {
	[ -n "$(engine_network)" ] || skip "the dock's loopback is ours"
	JUPYTER_TOKEN=other start other ssh quay "exec jupyter lab --ip=127.0.0.1 --port=$PORT"
	until_true "the other one" test -e "$REMOTE/there/jupyter.$PORT"
	run -1 nb-dock -p "$PORT" harbour
	[[ $output == *"there is a Jupyter server on port $PORT already"* ]]
	nobody_listens
	ssh-dock harbour jupyter server stop "$PORT"
	finish other
	touch "$REMOTE/there/broken"
	run -1 nb-dock -p "$PORT" harbour
	rm "$REMOTE/there/broken"
	[[ $output == *'no such extension'* ]]
	nobody_listens
}

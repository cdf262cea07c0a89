#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The files of dockerdo: settings, sessions, variables, history. What it writes PyYAML reads, and the other way round.
#
# shellcheck disable=SC1003,SC2154,SC2016,SC2030,SC2031,SC1090

load helper

# ---- install

@test "install: defaults that PyYAML reads, by the keys that there have always been" {
	run -0 dockerdo install --no-bashrc
	run -0 python3 -c 'import yaml, os
d = yaml.safe_load(open(os.path.expanduser("~/.config/dockerdo/dockerdo.yaml")))
assert list(d) == sorted(d), d
key = d.pop("ssh_key_path")
assert key == os.path.expanduser("~/.ssh/id_rsa.pub"), key
assert d == {"always_interactive": False, "always_record_inotify": False, "default_distro": "ubuntu",
	"default_docker_registry": None, "default_docker_run_args": "", "default_image": "ubuntu:latest",
	"default_image_name_template": "dockerdo-{base_image}:{base_image_tag}-{session_name}",
	"default_remote_delay": 0.3, "default_remote_host": None, "default_transport": "docker"}, d'
	[ ! -e "$HOME/.bashrc" ]
}

@test "weak spot 64: install changes .bashrc once" {
	echo '# mine' >"$HOME/.bashrc"
	run -0 dockerdo install
	[ -z "$(dockerdo install 2>/dev/null)" ]
	[ "$(head -1 "$HOME/.bashrc")" = '# mine' ]
	[ "$(grep -c "alias dodo='dockerdo exec'" "$HOME/.bashrc")" = 1 ]
	bash -n "$HOME/.bashrc"
	bash -ec 'shopt -s expand_aliases; . ~/.bashrc; alias dodo'
}

@test "install: an alias of earlier times is enough, settings stay as they are" {
	printf "x\nalias dodo='dockerdo exec'\n" >"$HOME/.bashrc"
	mkdir -p "$HOME/.config/dockerdo"
	echo 'default_image: mine:1' >"$HOME/.config/dockerdo/dockerdo.yaml"
	run -0 dockerdo install
	[ "$(wc -l <"$HOME/.bashrc")" = 2 ]
	[ "$(<"$HOME/.config/dockerdo/dockerdo.yaml")" = 'default_image: mine:1' ]
}

@test "weak spot 58: install and init -n write nothing" {
	echo x >"$HOME/.bashrc"
	everything "$T" >"$BATS_TEST_TMPDIR/before"
	run -0 --separate-stderr dockerdo install -n
	[ -z "$output" ]
	[ -n "$stderr" ]
	run -0 --separate-stderr dockerdo init -n
	[ -z "$output" ]
	[ -n "$stderr" ]
	run -0 --separate-stderr dockerdo init -n name
	[ -z "$output" ]
	[ -n "$stderr" ]
	everything "$T" | cmp - "$BATS_TEST_TMPDIR/before"
	rm "$BATS_TEST_TMPDIR/before"
}

# ---- settings

@test "weak spot 2: settings that are empty, broken or no map" {
	mkdir -p "$HOME/.config/dockerdo"
	local file=$HOME/.config/dockerdo/dockerdo.yaml text
	: >"$file"
	run -0 dockerdo init -n
	for text in '[a' '- a' 'always_interactive: perhaps' 'default_remote_delay: soon' $'default_image:\n  a: b' \
		'default_transport: pigeon' 'default_image: null'; do
		printf '%s\n' "$text" >"$file"
		run -1 --separate-stderr dockerdo init
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "dockerdo: $file: "* ]]
	done
	[ ! -e "$HOME/.local/share/dockerdo" ]
}

@test "settings: unknown keys do not count, and the others are used" {
	mkdir -p "$HOME/.config/dockerdo"
	cat >"$HOME/.config/dockerdo/dockerdo.yaml" <<-'END'
		future: {a: [1, 2]}
		default_image: 'my:image'
		default_docker_registry: reg:5000
		default_remote_host: reykjavik
		default_docker_run_args: "-v './p q:/p' --cap-add X"
		always_record_inotify: yes
		modified_files:
		- /a
	END
	activate
	[ "$(key base_image)" = '"my:image"' ]
	[ "$(key docker_registry)" = '"reg:5000"' ]
	[ "$(key remote_host)" = '"reykjavik"' ]
	[ "$(key remote_delay)" = 0.3 ]
	[ "$(key docker_run_args)" = "\"-v './p q:/p' --cap-add X\"" ]
	[ "$(key record_inotify)" = true ]
	activate --local
	[ "$(key remote_host)" = null ]
	[ "$(key remote_delay)" = 0.0 ]
}

# ---- init

@test "init: the only line on stdout is the file to source" {
	run -0 --separate-stderr dockerdo init mine
	[ "$output" = "$HOME/.local/share/dockerdo/mine/activate" ]
	[ "$(stat -c %a "$HOME/.local/share/dockerdo/mine")" = 700 ]
	[ "$(stat -c %a "$HOME/.local/share/dockerdo/mine/session.yaml")" = 600 ]
	run -0 --separate-stderr dockerdo init
	[[ $output == "$TMPDIR"/dockerdo_????????/activate ]]
	[ "$(stat -c %a "${output%/*}")" = 700 ]
}

@test "init: activate works in every shell, and leaves nothing behind" {
	local shell file
	file=$(dockerdo init mine 2>/dev/null)
	for shell in sh bash zsh; do
		run -0 $shell -euc 'before=$(set | wc -l); x=$1; . "$x"; echo "$DOCKERDO_SESSION_NAME $DOCKERDO_SESSION_DIR"
			deactivate_dockerdo; echo "${DOCKERDO_SESSION_DIR-none} ${DOCKERDO_SESSION_NAME-none}"
			! type deactivate_dockerdo >/dev/null 2>&1
			case $- in *x*) exit 9 ;; esac' x "$file"
		[ "$output" = "mine $HOME/.local/share/dockerdo/mine"$'\n'"none none" ]
	done
}

@test "init: activate mounts the build directory of a remote host, where an sshd is used" {
	local file shell
	mkdir "$T/it's here"
	cd "$T/it's here"
	standin ssh sshfs fusermount mountpoint
	echo 'exit 1' >"$T/do-mountpoint"
	file=$(dockerdo init --transport ssh --remote reykjavik --build-dir '/b;touch pwn' mine 2>/dev/null)
	for shell in sh bash zsh; do
		rm -f "$T/calls"
		run -0 $shell -c '. "$1"; deactivate_dockerdo' x "$file"
		[ -d reykjavik ]
		diff "$T/calls" - <<-END
			mountpoint -q -- $(printf %q "$PWD/reykjavik")
			ssh -n -- reykjavik $(printf %q "mkdir -p -- '/b;touch pwn'")
			sshfs $(printf %q 'reykjavik:/b;touch pwn') $(printf %q "$PWD/reykjavik")
			fusermount -u -- $(printf %q "$PWD/reykjavik")
		END
	done
	[ -z "$(find "$T" -name pwn)" ]
}

@test "weak spot 67: a session's name is no path, and an existing one stays" {
	local name
	for name in ../evil a/b . .. -x '' 'a b' $'a\nb' 'a;b' 'a$(b)'; do
		run -1 --separate-stderr dockerdo init -- "$name"
		[ -z "$output" ]
	done
	run -0 dockerdo init mine
	echo x >"$HOME/.local/share/dockerdo/mine/x"
	run -1 --separate-stderr dockerdo init mine
	[ -z "$output" ]
	[[ $stderr == *"mine/activate"* ]]
	[ -e "$HOME/.local/share/dockerdo/mine/x" ]
}

@test "init: what cannot be a host, an image or a distribution" {
	local option
	for option in --remote=-oProxyCommand=x '--remote=a b' --remote=a/b --remote= --image=-x --image= --distro=minix \
		--remote-delay=soon --remote-delay=-1; do
		run dockerdo init "$option"
		[ "$status" = 1 ] || [ "$status" = 2 ]
	done
	[ -z "$(ls "$TMPDIR")" ]
}

@test "init: session.yaml has the keys of earlier versions, in their order" {
	activate --image alpine:3.14 --user ann --registry r --build-dir /b --container c1 mine
	run -0 python3 -c 'import yaml, os, sys
d = yaml.safe_load(open(os.environ["DOCKERDO_SESSION_DIR"] + "/session.yaml"))
assert list(d) == sorted(d), d
assert d == {"base_image": "alpine:3.14", "container_name": "c1", "container_state": "nothing",
	"container_username": "ann", "distro": "ubuntu", "docker_registry": "r", "docker_run_args": None, "env": {},
	"image_tag": None, "local_work_dir": os.getcwd(), "name": "mine", "record_inotify": False,
	"remote_delay": 0.3, "remote_host": None, "remote_host_build_dir": "/b",
	"session_dir": os.environ["DOCKERDO_SESSION_DIR"], "ssh_port_on_remote_host": None, "transport": "docker"}, d'
	grep -qx 'env: {}' "$DOCKERDO_SESSION_DIR/session.yaml"
}

@test "init: names of earlier times for options work" {
	activate --build_dir /b --remote_delay 1.5
	[ "$(key remote_host_build_dir)" = '"/b"' ]
	[ "$(key remote_delay)" = 1.5 ]
}

@test "weak spot 15: a working directory with any name" {
	local odd
	for odd in 'a b' "it's" 'a;touch pwn' $'new\nline' -rf 'é' $'\xff\xfe' '$(touch pwn)'; do
		mkdir -p "$T/$odd"
		cd -- "$T/$odd"
		activate
		run -0 dockerdo ls
		run -0 dockerdo export A=1
		[ "$(key env)" = '{"A": "1"}' ]
		run -0 python3 -c 'import yaml, os
d = yaml.safe_load(open(os.environ["DOCKERDO_SESSION_DIR"] + "/session.yaml"))["local_work_dir"]
assert os.fsencode(d) == os.getcwdb(), d'
	done
	[ ! -e pwn ]
}

# ---- session.yaml of others

# python_session NAME PYTHON: a session whose YAML PyYAML has written; PYTHON changes the map d.
python_session() {
	export DOCKERDO_SESSION_DIR=$HOME/.local/share/dockerdo/$1
	mkdir -p "$DOCKERDO_SESSION_DIR"
	python3 - "$DOCKERDO_SESSION_DIR" "$2" <<-'END'
		import os, sys, yaml
		d = {"base_image": "ubuntu:latest", "container_name": "c", "container_state": "running",
		    "container_username": "root", "distro": "ubuntu", "docker_registry": None, "docker_run_args": None,
		    "env": {}, "image_tag": None, "local_work_dir": os.getcwd(), "name": "n", "record_inotify": False,
		    "remote_delay": 0.5, "remote_host": None, "remote_host_build_dir": ".", "session_dir": sys.argv[1],
		    "ssh_port_on_remote_host": 2222}
		exec(sys.argv[2])
		yaml.dump(d, open(sys.argv[1] + "/session.yaml", "w"))
	END
}

@test "sessions: whatever PyYAML writes is read, and comes back as it was" {
	python_session odd 'd["modified_files"] = ["/a", "/b"]; d["image_tag"] = "t:1"
for i, v in enumerate(["64", "yes", "null", "~", "2020-01-01", "12:30", "on", "0x1f", "", " a ", "@x", "*a", "a: b",
    "a #b", "[x]", "{}", "-", "?", "a\tb", "a\nb\n", "\n\na", "\u00e9", "\U0001f600", "\x01\x1b", "\\", "\"", chr(39),
    "x " * 200, "word" * 100, "\u2028", "\x85", "a" * 200 + " b", "1_000", "=", "<<", "!x", "&y", "%z", "`"]):
    d["env"]["V%d" % i] = v
d["env"]["YES"] = "no"; d["env"]["K" * 200] = "long"
import json; json.dump(d["env"], open("env.json", "w"))'
	run -0 dockerdo export NEW='a=b=c'
	run -0 python3 -c 'import yaml, os, json
d = yaml.safe_load(open(os.environ["DOCKERDO_SESSION_DIR"] + "/session.yaml"))
env = json.load(open("env.json")); env["NEW"] = "a=b=c"
assert d["env"] == env, (d["env"], env)
assert d["container_state"] == "running" and d["image_tag"] == "t:1" and d["ssh_port_on_remote_host"] == 2222
assert d["transport"] == "ssh" and d["remote_delay"] == 0.5'
}

@test "weak spot 2: sessions that are gone, cut off, or lack a key" {
	unset DOCKERDO_SESSION_DIR
	run -1 dockerdo history
	[[ $output == *"no session is active"* ]]
	export DOCKERDO_SESSION_DIR=$T/nowhere
	run -1 dockerdo history
	[[ $output == "dockerdo: cannot read "*": No such file or directory" ]]
	python_session s 'del d["distro"]'
	run -1 dockerdo history
	[[ $output == *"distro is missing" ]]
	python_session s ''
	head -c 40 "$DOCKERDO_SESSION_DIR/session.yaml" >x && mv x "$DOCKERDO_SESSION_DIR/session.yaml"
	run -1 dockerdo history
	[ "${#lines[@]}" = 1 ]
}

# ---- export

@test "weak spot 16: a value may be anything, and is never run" {
	activate
	local value number=0
	for value in '1;touch pwn' '$(touch pwn)' '`touch pwn`' 'a b' $'two\nlines' 'a=b' "it's" '"' "'" '\' $'\x01\x7f' 'é' $'\xff' \
		'-n' ' x' 'yes' '' ; do
		number=$((number + 1))
		run -0 dockerdo export "V$number=x$value"
		printf 'x%s' "$value" >"$T/value"
		run -0 python3 -c 'import yaml, os, sys
v = yaml.safe_load(open(os.environ["DOCKERDO_SESSION_DIR"] + "/session.yaml"))["env"]["V" + sys.argv[1]]
v = v if isinstance(v, bytes) else v.encode()
assert v == open(sys.argv[2], "rb").read(), v' $number "$T/value"
	done
	[ ! -e pwn ]
	[ "$(stat -c %a "$DOCKERDO_SESSION_DIR"/{session.yaml,env.list} | sort -u)" = 600 ]
	# All of them are read back, and written again.
	run -0 dockerdo export LAST=1
	[ "$(key env | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))' 2>/dev/null || echo bytes)" != 0 ]
}

@test "export: names are names" {
	activate
	local word
	for word in 'A B=c' '1A=b' '=x' 'A-B=c' 'é=x' 'A;B=c' -- ; do
		run dockerdo export -- "$word"
		[ "$status" != 0 ]
	done
	[ "$(key env)" = '{}' ]
}

@test "export: an empty value, blanks and --unset take it away" {
	activate
	run -0 dockerdo export A=1
	run -0 dockerdo export B=2
	run -0 dockerdo export C=3
	run -0 dockerdo export A=
	run -0 dockerdo export 'B=  '
	[ "$(key env)" = '{"C": "3"}' ]
	[ "$(<"$DOCKERDO_SESSION_DIR/env.list")" = C=3 ]
	run -0 dockerdo export --unset C
	run -0 dockerdo export --unset NEVER
	[ "$(key env)" = '{}' ]
	[ ! -s "$DOCKERDO_SESSION_DIR/env.list" ]
}

@test "weak spot 31: a value by standard input, and none on the terminal" {
	activate
	run -0 dockerdo export KEY - <<<'secret value'
	[ "$(key env)" = '{"KEY": "secret value"}' ]
	[[ $output != *secret* ]]
	run -0 dockerdo export -v KEY=secret2
	[[ $output != *secret* ]]
	printf 'a\nb\n\n' | dockerdo export KEY -
	[ "$(key env)" = '{"KEY": "a\nb\n"}' ]
	run -1 dockerdo export KEY - < <(printf 'a\0b')
}

@test "weak spot 57: a hundred exports at once are all there, and readers see whole files" {
	activate
	for ((i = 0; i < 100; i++)); do
		dockerdo export "V$i=$i" 2>/dev/null &
	done
	while [ -n "$(jobs -rp)" ]; do
		python3 -c 'import sys, yaml; assert "name" in yaml.safe_load(open(sys.argv[1]))' \
			"$DOCKERDO_SESSION_DIR/session.yaml"
	done
	wait
	key env | python3 -c 'import json, sys
assert json.load(sys.stdin) == {"V%d" % i: str(i) for i in range(100)}'
	[ "$(wc -l <"$DOCKERDO_SESSION_DIR/env.list")" = 100 ]
	[ -z "$(find "$DOCKERDO_SESSION_DIR" -name '*.yaml.*')" ]
}

@test "weak spot 58: export -n writes nothing" {
	activate
	everything "$T" >"$BATS_TEST_TMPDIR/before"
	run -0 dockerdo export -n A=1
	everything "$T" | cmp - "$BATS_TEST_TMPDIR/before"
	rm "$BATS_TEST_TMPDIR/before"
}

# ---- history, ls

@test "history: lines of earlier times, and those with argv, as a shell runs them" {
	activate
	run -0 dockerdo export GREETING='hello world'
	cat >"$DOCKERDO_SESSION_DIR/command_history.jsonl" <<-'END'
		{"cwd": "/srv", "command": "ls -la"}
		{"cwd": "/srv", "command": "echo h\u00e9"}
		nonsense
		{"cwd": "/a b", "command": "printf %s x y", "argv": ["printf", "%s", "x y"]}
		{"cwd": 1}
		{"cwd": "/srv", "command": "true"}
	END
	run -0 --separate-stderr dockerdo history
	diff - <(printf '%s\n' "$output") <<-'END'
		GREETING=hello world
		cd /srv
		ls -la
		echo hé
		cd '/a b'
		printf %s 'x y'
		cd /srv
		true
	END
	[[ $stderr == *variables*commands* ]]
}

@test "ls: all sessions, the active one with a star" {
	run -0 dockerdo ls
	[ "${#lines[@]}" = 1 ]
	run -0 dockerdo init one
	activate two
	run -0 dockerdo init
	mkdir -p "$HOME/.local/share/dockerdo/broken"
	echo '[' >"$HOME/.local/share/dockerdo/broken/session.yaml"
	run -0 --separate-stderr dockerdo ls
	[ "${#lines[@]}" = 4 ]
	[[ $stderr == *broken/session.yaml* ]]
	[ "$(printf '%s\n' "$output" | grep -c '^\*  *two ')" = 1 ]
	run -0 --separate-stderr dockerdo ls --json
	printf '%s' "$output" | python3 -c 'import json, sys
d = json.load(sys.stdin)
assert sorted(s["name"] for s in d if s["active"]) == ["two"] and len(d) == 3, d'
}

# ---- the command line

@test "usage: status 2, one line and a hint; help and version on stdout" {
	local words
	activate
	for words in nonsense 'init --nonsense' 'init a b' 'history x' export 'export A' 'init --distro'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr dockerdo $words
		[ -z "$output" ]
		[[ $stderr == "dockerdo: "*"Try 'dockerdo --help'"* ]]
	done
	run -2 dockerdo
	for words in --help -h help 'init --help' 'help init' --version; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr dockerdo $words
		[ -n "$output" ]
		[ -z "$stderr" ]
	done
	run -1 bash -c 'dockerdo --help >/dev/full'
}

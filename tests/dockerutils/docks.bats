#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Docks: their records, and the commands about them, with an aws, an ssh, an rsync and a docker that note how they were
# called. The answers of aws are as it gives them.
#
# shellcheck disable=SC2154,SC2016,SC2030,SC2031,SC2012

load helper

# record DIRECTORY LINE...: a record as docker-utils has made them.
record() {
	mkdir -p "$HOME/.docker/$1"
	printf '%s\n' "${@:2}" >"$HOME/.docker/$1/connection_config.txt"
}

old_docks() {
	record 10.0.0.1 DOCK_USER=ubuntu DOCK_MONIKER=one DOCK_HOSTNAME=10.0.0.1 DOCK_IP=10.0.0.1
	record 10.0.0.2 DOCK_USER=eve DOCK_MONIKER=two DOCK_HOSTNAME=10.0.0.2 DOCK_IP=10.0.0.2
	printf 'DOCK_INSTANCE_ID=i-222' >>"$HOME/.docker/10.0.0.2/connection_config.txt"
	record build.example DOCK_USER=u DOCK_MONIKER=none DOCK_HOSTNAME=build.example DOCK_IP=build.example
}

# instances: an aws that answers for two of them.
instances() {
	standin aws
	cat >"$T/do-aws" <<-'END'
		answer() {
			printf '{"Reservations": [{"ReservationId": "r-1", "Instances": ['
			printf '{"InstanceId": "%s", "State": {"Code": 16, "Name": "%s"}, "Tags": [{"Key": "Name", "Value": "%s"}]}' "$@"
			printf ']}]}\n'
		}
		case "$*" in
		*describe-instances*10.0.0.1*) answer i-111 running box-one ;;
		*describe-instances*i-222*) answer i-222 stopped box-two ;;
		*describe-instances*) echo '{"Reservations": []}' ;;
		esac
	END
}

# ---- records

@test "records: those of docker-utils go on working" {
	old_docks
	run -0 "$DOCKERUTILS" ls-dock --no-state
	[ "$output" = "one ($HOME/.docker/10.0.0.1)
two ($HOME/.docker/10.0.0.2)
build.example ($HOME/.docker/build.example)" ]
}

@test "records: CR LF, comments, empty lines, unknown keys, no newline at the end" {
	mkdir -p "$HOME/.docker/h"
	printf '# DOCK_IP=no\r\n\r\nFOO=bar\r\nDOCK_IP=h\r\nDOCK_MONIKER=m' >"$HOME/.docker/h/connection_config.txt"
	run -0 "$DOCKERUTILS" ssh-dock --print m
	[ "$output" = 'ssh -- ubuntu@h' ]
}

@test "W-S7: docker is reached by ssh and never by TCP, and a host that has it on TCP is told of" {
	record 127.0.0.1 DOCK_USER=ubuntu DOCK_MONIKER=old DOCK_HOSTNAME=127.0.0.1 DOCK_IP=127.0.0.1 DOCK_PORT=2377
	run -0 "$DOCKERUTILS" dock-env old
	[ "$output" = $'old\nubuntu\n127.0.0.1' ]
	mkfifo "$T/up"
	# In a network of its own, where nobody else has that port.
	cat >"$T/inside" <<-'END'
		ip link set lo up
		"$DOCKERUTILS" ls-dock --no-state --exposed
		python3 -uc 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 2377)); s.listen(); print("up"); s.accept()' >"$T/up" &
		read -r _ <"$T/up"
		"$DOCKERUTILS" ls-dock --no-state --exposed
		wait
	END
	run -0 --separate-stderr unshare --user --map-root-user --net bash -e "$T/inside"
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *"old: docker may listen on port 2377 of 127.0.0.1, "* ]]
}

@test "W-S9: a home with blanks, and patterns in it" {
	HOME="$T/my home *"
	unset XDG_CONFIG_HOME
	mkdir -p "$HOME/.docker"
	touch "$HOME/.docker/config.json"
	standin docker ssh
	run -0 "$DOCKERUTILS" register-dock --no-context host.example moniker
	run -0 "$DOCKERUTILS" ls-dock --no-state
	[[ $output == "moniker ($HOME/.config/dexec/docks/"*")" ]]
	run -0 "$DOCKERUTILS" unregister-dock moniker
	run -0 "$DOCKERUTILS" ls-dock --no-state
	[ -z "$output" ]
	[ -e "$HOME/.docker/config.json" ]
}

@test "W-S3: a record is data and nothing in it is run" {
	old_docks
	printf 'x[$(touch %s/run)]=1\n\nDOCK_MONIKER=a$(touch %s/run)\nDOCK_IP=$(touch %s/run)\n' "$T" "$T" "$T" \
		>"$HOME/.docker/10.0.0.1/connection_config.txt"
	run -0 "$DOCKERUTILS" ls-dock --no-state
	[[ $output == *"cannot be a dock's host"* ]]
	run -1 bash -c 'PATH=$T/bin:$PATH; ln -s "$DOCKERUTILS" "$T/bin/dockerutils"; . "$top_srcdir/src/dockerutils/dock" one'
	[ ! -e "$T/run" ]
}

@test "W-S8: a host or moniker that could be something else is refused" {
	local host
	for host in ../x -oProxyCommand=x 'a b' 'a;b' '' . ..; do
		run "$DOCKERUTILS" register-dock -- "$host" m
		[ "$status" = 1 ] || [ "$status" = 2 ]
	done
	run -1 "$DOCKERUTILS" register-dock h 'm$(x)'
	run -1 env DOCK_USER=-x "$DOCKERUTILS" register-dock h m
	[ -z "$(find "$T" -name connection_config.txt)" ]
}

@test "register-dock: what it prints and records, for its user alone (W-S10)" {
	echo 'case $2 in inspect) exit 1 ;; esac' >"$T/do-docker"
	DOCK_USER=eve run -0 "$DOCKERUTILS" register-dock 10.0.0.9 nine
	[ "$output" = $'DOCK_USER:eve\nMONIKER:nine\nHOSTNAME:10.0.0.9' ]
	local dir=$XDG_CONFIG_HOME/dexec/docks/10.0.0.9
	diff "$dir/connection_config.txt" - <<-'END'
		DOCK_USER=eve
		DOCK_MONIKER=nine
		DOCK_HOSTNAME=10.0.0.9
		DOCK_IP=10.0.0.9
	END
	[ "$(stat -c %a "$dir" "$dir/connection_config.txt" | tr '\n' ' ')" = '700 600 ' ]
	grep -x 'docker context create nine --description a\\ dock --docker host=ssh://eve@10.0.0.9' "$T/calls"
}

@test "W-C26: without a moniker it is the host; two docks do not share one" {
	run -0 "$DOCKERUTILS" register-dock me@10.0.0.9
	[[ $output == *MONIKER:10.0.0.9* ]]
	run -0 "$DOCKERUTILS" register-dock 10.0.0.8 x
	run -1 "$DOCKERUTILS" register-dock 10.0.0.7 x
	[[ $output == *'x is the dock ubuntu@10.0.0.8 already'* ]]
	run -0 "$DOCKERUTILS" register-dock -f 10.0.0.7 x
	run -2 "$DOCKERUTILS" register-dock
}

@test "register-dock: a docker context of somebody else's stays" {
	echo 'case $2 in inspect) echo unix:///other ;; esac' >"$T/do-docker"
	run -0 "$DOCKERUTILS" register-dock 10.0.0.9 nine
	[[ $output == *'there is a docker context nine already'* ]]
	run -1 grep 'context create' "$T/calls"
	run -0 "$DOCKERUTILS" unregister-dock nine
	run -1 grep 'context rm' "$T/calls"
}

@test "unregister-dock: by moniker or host, what was there, and its context" {
	old_docks
	touch "$HOME/.docker/10.0.0.1/ca.pem" "$HOME/.docker/config.json"
	echo 'case $2 in inspect) echo ssh://ubuntu@10.0.0.1 ;; esac' >"$T/do-docker"
	run -0 "$DOCKERUTILS" unregister-dock one
	[[ $output == "Removing $HOME/.docker/10.0.0.1" ]]
	[ ! -e "$HOME/.docker/10.0.0.1" ]
	grep -x 'docker context rm --force one' "$T/calls"
	run -0 "$DOCKERUTILS" unregister-dock 10.0.0.2
	[ "$(ls "$HOME/.docker" | tr '\n' ' ')" = 'build.example config.json ' ]
}

@test "W-C21: unknown docks are failures" {
	old_docks
	local command
	for command in unregister-dock start-dock stop-dock ssh-dock nb-dock destroy-dock dock-env; do
		run -1 "$DOCKERUTILS" "$command" nope
		[[ $output == *"can't find dock configuration for nope"* ]]
	done
	run -2 "$DOCKERUTILS" ssh-dock
}

@test "W-C23: a record with an empty address removes nothing" {
	record x DOCK_MONIKER=x DOCK_IP= DOCK_PROVISIONED_PRODUCT=pp-1
	record y DOCK_MONIKER=y DOCK_IP=/etc DOCK_PROVISIONED_PRODUCT=pp-1
	touch "$HOME/.docker/config.json"
	run -1 "$DOCKERUTILS" destroy-dock -y x
	run -1 "$DOCKERUTILS" unregister-dock y
	[ -e "$HOME/.docker/config.json" ]
	[ -e "$HOME/.docker/x/connection_config.txt" ]
}

# ---- lists and states

@test "ls-dock: each state, by its own instance (W-C19)" {
	old_docks
	instances
	run -0 "$DOCKERUTILS" ls-dock
	[ "$output" = "one ($HOME/.docker/10.0.0.1): running
two ($HOME/.docker/10.0.0.2): stopped
build.example ($HOME/.docker/build.example): not on AWS" ]
	sort "$T/calls" | diff - <(printf '%s\n' \
		'aws ec2 describe-instances --filters Name=private-ip-address\,Values=10.0.0.1 --output json' \
		'aws ec2 describe-instances --instance-ids i-222 --output json')
}

@test "ls-dock --json: can be read by a program" {
	old_docks
	instances
	"$DOCKERUTILS" ls-dock --json | python3 -c '
import json, sys
docks = json.load(sys.stdin)
assert [d["moniker"] for d in docks] == ["one", "two", None]
assert docks[1]["user"] == "eve" and docks[1]["state"] == "stopped"
assert docks[0]["instance"] == "i-111" and docks[0]["instance_name"] == "box-one"'
	rm -r "$HOME/.docker"
	[ "$("$DOCKERUTILS" ls-dock --json)" = '[]' ]
}

@test "ls-dock: without aws the state is unknown" {
	old_docks
	standin aws
	echo 'echo "Unable to locate credentials" >&2; exit 253' >"$T/do-aws"
	run -0 "$DOCKERUTILS" ls-dock
	[[ $output == *'one: Unable to locate credentials'* ]]
	[[ $output == *'10.0.0.1): unknown'* ]]
}

@test "start-dock: starts the instance and waits" {
	old_docks
	instances
	run -0 "$DOCKERUTILS" start-dock two
	[ "$output" = $'Starting instance...\nWaiting for instance to start...' ]
	tail -n 2 "$T/calls" | diff - <(printf '%s\n' 'aws ec2 start-instances --instance-ids i-222 --output text' \
		'aws ec2 wait system-status-ok --instance-ids i-222 --output text')
	DOCKER_IP=10.0.0.1 run -0 "$DOCKERUTILS" start-dock
	grep -q 'start-instances --instance-ids i-111' "$T/calls"
}

@test "W-C20: several instances, or none, are not taken for one" {
	old_docks
	instances
	echo 'echo "{\"Reservations\": [{\"Instances\": [{\"InstanceId\": \"i-1\"}]}, {\"Instances\": [{\"InstanceId\": \"i-2\"}]}]}"' \
		>"$T/do-aws"
	run -1 "$DOCKERUTILS" stop-dock -y one
	[[ $output == *'2 instances have this address'* ]]
	run -1 "$DOCKERUTILS" start-dock build.example
	[[ $output == *'no address of an EC2 instance'* ]]
	echo 'echo "{\"Reservations\": []}"' >"$T/do-aws"
	run -1 "$DOCKERUTILS" start-dock one
	[[ $output == *'AWS knows of no such instance'* ]]
	run -1 grep -e start-instances -e stop-instances "$T/calls"
}

@test "W-C20: AWS is asked in the region, and of the account, that are recorded" {
	local command verb
	instances
	"$DOCKERUTILS" register-dock --no-context --region eu-north-1 --profile work --instance i-222 h.example far >/dev/null
	grep -x 'DOCK_REGION=eu-north-1' "$XDG_CONFIG_HOME/dexec/docks/h.example/connection_config.txt"
	export AWS_REGION=us-east-1 AWS_PROFILE=mine
	for command in start-dock:start-instances 'stop-dock -y:stop-instances' 'destroy-dock -y:terminate-instances'; do
		verb=${command#*:}
		# shellcheck disable=SC2086
		run -0 "$DOCKERUTILS" ${command%:*} far
		grep -x "aws ec2 $verb --instance-ids i-222 --output text --region eu-north-1 --profile work" "$T/calls"
	done
	"$DOCKERUTILS" register-dock --no-context --region eu-north-1 --instance i-222 h.example far >/dev/null
	"$DOCKERUTILS" ls-dock --json | grep '"region": "eu-north-1"'
	grep ^aws "$T/calls" >aws
	run -1 grep -v -e '--region eu-north-1' aws
	run -1 "$DOCKERUTILS" destroy-dock far <<<n
	[[ $output == *'(h.example, i-222: box-two, stopped)?'*Canceled* ]]
	run -1 "$DOCKERUTILS" register-dock --region $'x\nDOCK_IP=y' h2 m2
	run -1 "$DOCKERUTILS" register-dock --profile -x h2 m2
}

@test "stop-dock: says which one, and stops it on y only" {
	old_docks
	instances
	run -0 "$DOCKERUTILS" stop-dock one <<<y
	[[ $output == *'i-111 (box-one, running)'* ]]
	grep -q 'stop-instances --instance-ids i-111' "$T/calls"
	rm "$T/calls"
	run -0 "$DOCKERUTILS" stop-dock one <<<''
	[[ $output == *Canceled* ]]
	run -0 "$DOCKERUTILS" stop-dock one <<<h
	[[ $output == *'Usage: stop-dock'* ]]
	run -1 "$DOCKERUTILS" stop-dock one </dev/null
	run -1 grep stop-instances "$T/calls"
}

@test "W-C25: ssh-dock takes the record's user, by moniker, host or DOCKER_IP" {
	old_docks
	standin ssh
	run -0 "$DOCKERUTILS" ssh-dock two
	[ "$output" = 'Opening ssh connection to 10.0.0.2' ]
	DOCKER_IP=10.0.0.2 "$DOCKERUTILS" ssh-dock -s '-p 22 -v'
	calls_are <<-'END'
		ssh -- eve@10.0.0.2
		ssh -p 22 -v -- eve@10.0.0.2
	END
}

# ---- AWS Service Catalog

catalog() {
	standin aws
	cat >"$T/do-aws" <<-'END'
		case "$2" in
		search-products) echo '{"ProductViewSummaries": [{"Id": "prodview-1", "ProductId": "prod-1", "Name": "Basic EC2 Instance"}]}' ;;
		describe-product) echo '{"ProductViewSummary": {}, "ProvisioningArtifacts": [{"Id": "pa-0", "Name": "v1"}, {"Id": "pa-1", "Name": "latest"}]}' ;;
		list-launch-paths) echo '{"LaunchPathSummaries": [{"Id": "lpv2-1", "ConstraintSummaries": [{"Type": "LAUNCH"}], "Tags": [], "Name": "p"}]}' ;;
		describe-provisioning-parameters) echo '{"ProvisioningArtifactParameters": [
			{"ParameterKey": "InstanceName", "ParameterType": "String", "IsNoEcho": false},
			{"ParameterKey": "InstanceType", "DefaultValue": "t2.micro", "ParameterConstraints": {"AllowedValues": ["t2.micro", "c5.xlarge"]}},
			{"ParameterKey": "VolumeSize", "DefaultValue": "50", "ParameterConstraints": {"AllowedValues": []}}]}' ;;
		provision-product | terminate-provisioned-product) echo '{"RecordDetail": {"RecordId": "rec-1", "Status": "CREATED", "ProvisionedProductId": "pp-1"}}' ;;
		describe-record)
			echo >>"$T/polls"
			case $(wc -l <"$T/polls") in
			1 | 2) echo '{"RecordDetail": {"RecordId": "rec-1", "Status": "IN_PROGRESS", "RecordErrors": []}, "RecordOutputs": []}' ;;
			*) cat "$T/last" ;;
			esac ;;
		esac
	END
	echo '{"RecordDetail": {"Status": "SUCCEEDED", "RecordErrors": []}, "RecordOutputs": [
		{"OutputKey": "PrivateIP", "OutputValue": "10.1.1.1"}, {"OutputKey": "InstanceID", "OutputValue": "i-9"}]}' >"$T/last"
	echo 'case $2 in inspect) exit 1 ;; esac' >"$T/do-docker"
}

@test "W-C7: create-dock works, and keeps the instance's id (W-C22)" {
	catalog
	run -0 "$DOCKERUTILS" create-dock -h
	export AWS_PROFILE=work AWS_DEFAULT_REGION=eu-west-1
	run -0 "$DOCKERUTILS" create-dock --poll 1ms -i c5.xlarge -v 100 --tag product=x new
	[[ $output == $'waiting for launch to complete\n..'* ]]
	grep -q 'provision-product --product-id prod-1 --provisioning-artifact-id pa-1 --path-id lpv2-1 --provisioned-product-name new --provisioning-parameters Key=InstanceName\\,Value=new Key=InstanceType\\,Value=c5.xlarge Key=VolumeSize\\,Value=100 --tags Key=Name\\,Value=new .* Key=created_by\\,Value=ann Key=product\\,Value=x --provision-token ' "$T/calls"
	diff "$XDG_CONFIG_HOME/dexec/docks/10.1.1.1/connection_config.txt" - <<-'END'
		DOCK_USER=ubuntu
		DOCK_MONIKER=new
		DOCK_HOSTNAME=10.1.1.1
		DOCK_IP=10.1.1.1
		DOCK_PROVISIONED_PRODUCT=pp-1
		DOCK_INSTANCE_ID=i-9
		DOCK_REGION=eu-west-1
		DOCK_PROFILE=work
	END
}

@test "W-C22: what fails is a failure and comes to an end" {
	catalog
	run -1 "$DOCKERUTILS" create-dock -i t9.huge new
	[[ $output == *"InstanceType cannot be 't9.huge', only: t2.micro c5.xlarge"* ]]
	run -1 "$DOCKERUTILS" create-dock -s subnet-1 new
	[[ $output == *'no parameter SubnetID'* ]]
	run -1 "$DOCKERUTILS" create-dock -V v9 new
	[[ $output == *"no version 'v9'"* ]]
	run -1 grep provision-product "$T/calls"
	echo '{"RecordDetail": {"Status": "FAILED", "RecordErrors": [{"Code": "X", "Description": "no quota"}]}}' >"$T/last"
	run -1 "$DOCKERUTILS" create-dock --poll 1ms new
	[[ $output == *'the service catalog says FAILED: no quota'* ]]
	echo '{"RecordDetail": {"Status": "IN_PROGRESS"}}' >"$T/last"
	run -1 "$DOCKERUTILS" create-dock --poll 1ms --limit 50ms new
	[[ $output == *'not come to an end yet'* ]]
	[ ! -e "$XDG_CONFIG_HOME/dexec/docks" ]
}

@test "W-C24: destroy-dock asks, ends it, and forgets it only when it is gone" {
	catalog
	record 10.1.1.1 DOCK_MONIKER=new DOCK_IP=10.1.1.1 DOCK_PROVISIONED_PRODUCT=pp-1 DOCK_REGION=eu-west-1 DOCK_PROFILE=work
	run -1 "$DOCKERUTILS" destroy-dock new <<<n
	[[ $output == *Canceled* ]]
	[ ! -e "$T/calls" ]
	cp "$T/last" "$T/good"
	echo '{"RecordDetail": {"Status": "FAILED", "RecordErrors": [{"Description": "in use"}]}}' >"$T/last"
	run -1 "$DOCKERUTILS" destroy-dock --yes --poll 1ms new
	[[ $output == *'FAILED: in use'* ]]
	# In the region, and of the account, that it is in, each time.
	grep 'terminate-provisioned-product .*--region eu-west-1 --profile work$' "$T/calls"
	grep 'describe-record .*--region eu-west-1 --profile work$' "$T/calls"
	[ -e "$HOME/.docker/10.1.1.1/connection_config.txt" ]
	cp "$T/good" "$T/last"
	run -0 "$DOCKERUTILS" destroy-dock --poll 1ms new <<<y
	[ ! -e "$HOME/.docker/10.1.1.1" ]
	record 10.0.0.3 DOCK_MONIKER=plain DOCK_IP=10.0.0.3
	run -1 "$DOCKERUTILS" destroy-dock --yes plain
	[[ $output == *'unregister-dock forgets it'* ]]
}

# ---- source dock

# in_shell SHELL SCRIPT: with dock and dock-sync on its path.
in_shell() {
	[ -e "$T/bin/dockerutils" ] || ln -s "$DOCKERUTILS" "$T/bin/dockerutils"
	local shell=$1
	case $shell in
	bash) shell='bash --norc' ;;
	zsh) shell='zsh -f' ;;
	esac
	PATH=$T/bin:$top_srcdir/src/dockerutils:$PATH $shell -c "$2" 2>&1
}

@test "source dock and castoff: what is set, and what it was before (W-C28)" {
	old_docks
	local shell
	echo 'case $2 in inspect) echo ssh://eve@10.0.0.2 ;; esac' >"$T/do-docker"
	for shell in bash zsh; do
		run -0 in_shell $shell 'PS1="x> "; export DOCKER_HOST=tcp://mine:1 DOCKER_TLS_VERIFY=1; unset DOCKER_CONTEXT
			source dock two
			echo "$DOCKER_HOST|$DOCKER_IP|$DOCKER_CONTEXT|$PS1|${DOCKER_TLS_VERIFY-unset}|$_DOCK_MONIKER"
			source dock one
			castoff
			echo "$DOCKER_HOST|${DOCKER_IP-unset}|${DOCKER_CONTEXT-unset}|$PS1|$DOCKER_TLS_VERIFY|${_DOCK_MONIKER-unset}"
			type sync-up castoff 2>/dev/null || echo no functions'
		diff <(echo "$output" | grep -v 'not found') - <<-'END'
			Docking to eve@10.0.0.2 [Moniker: two]
			ssh://eve@10.0.0.2|10.0.0.2|two|x> [dock:two] |unset|[dock:two] 
			This shell is docked to [dock:two]  already; castoff first.
			Castoff complete
			tcp://mine:1|unset|unset|x> |1|unset
			no functions
		END
	done
}

@test "W-C27: source dock fails with a status and leaves nothing" {
	old_docks
	local shell
	for shell in bash zsh; do
		run -0 in_shell $shell 'source dock nope; echo "status $?"; set | grep -v "DOCKERUTILS\|DOCKERDO" | grep -i "^_\?dock\|^moniker\|^line=" ; echo end'
		[ "$output" = $'dock-env: can\'t find dock configuration for nope\nstatus 1\nend' ]
		run -0 in_shell $shell 'DOCKERUTILS_DISABLE_PROMPT=1; PS1=p; source dock one >/dev/null; echo "$PS1"; set | grep "^moniker=\|^host=\|^DOCK_"; castoff'
		[ "$output" = $'p\nCastoff complete' ]
	done
}

@test "dock-sync: sourced alone, for the dock of DOCKER_IP" {
	old_docks
	standin ssh rsync
	local shell
	for shell in bash zsh; do
		DOCKER_IP=10.0.0.2 run -0 in_shell $shell 'source dock-sync; sync-up && sync-down'
	done
	grep -c '^rsync .*eve@10.0.0.2:/data/workspaces/ann/code/proj/' "$T/calls" | grep -x 4
	run -2 in_shell bash 'source dock'
	[ "$output" = 'Usage: source dock NAME' ]
}

@test "sync-up: with the record's user, by docker's own patterns, and the version" {
	old_docks
	standin ssh rsync
	printf '# c\nnode_modules\n*.pyc\n/build/\n**/tmp\n!build/keep\n' >.dockerignore
	DOCKER_IP=10.0.0.2 run -0 "$DOCKERUTILS" sync-up
	calls_are <<-'END'
		ssh -- eve@10.0.0.2 mkdir\ -p\ /data/workspaces/ann/code/proj
		rsync -azqs --filter=+\ /build/keep --filter=+\ /build/keep/\*\* --filter=+\ /build/ --filter=-\ tmp --filter=-\ tmp/\*\* --filter=-\ /build --filter=-\ /build/\*\* --filter=-\ /\*.pyc --filter=-\ /\*.pyc/\*\* --filter=-\ /node_modules --filter=-\ /node_modules/\*\* -- ./ eve@10.0.0.2:/data/workspaces/ann/code/proj/
	END
	rm "$T/calls"
	mkdir pkg
	touch pkg/_version.py
	printf '[versioneer]\nVCS=git\nversionfile_source=pkg/_version.py\nparentdir_prefix=pro\n' >setup.cfg
	GIT_CEILING_DIRECTORIES=$T DOCKER_IP=10.0.0.2 run -0 "$DOCKERUTILS" sync-up
	[ "$(tail -n 1 "$T/calls")" = 'rsync -azqs -- _version.py.bld eve@10.0.0.2:/data/workspaces/ann/code/proj/pkg/_version.py' ]
}

@test "W-C30, W-C29: sync-down keeps what is newer here, takes the same directory, and its failure counts" {
	old_docks
	standin ssh rsync
	rm -f .dockerignore
	LOGNAME=ann DOCKER_IP=10.0.0.2 run -0 "$DOCKERUTILS" sync-down
	calls_are <<-'END'
		rsync -azqs --update -- eve@10.0.0.2:/data/workspaces/ann/code/proj/ ./
	END
	echo 'exit 23' >"$T/do-rsync"
	DOCKER_IP=10.0.0.2 run -23 "$DOCKERUTILS" sync-down
	DOCKER_IP=10.0.0.2 run -23 "$DOCKERUTILS" sync-up
}

@test "W-C30: .dockerignore means to rsync what it means to docker" {
	mkdir -p a/build/keep build/x build/keep deep/er
	touch a/f.pyc f.pyc build/x/1 build/keep/2 a/build/3 deep/er/tmp tmp keepme
	printf '*.pyc\nbuild\n!build/keep\n**/tmp\n' >.dockerignore
	standin ssh
	old_docks
	DOCKER_IP=10.0.0.1 "$DOCKERUTILS" sync-up --print | sed -n 's/ubuntu@10.0.0.1:[^ ]*/"$T\/there\/"/; /^rsync/p' >"$T/line"
	sh -c ". '$T/line'"
	(cd "$T/there" && find . -type f ! -path './docker/*' | sort) | diff - <(printf '%s\n' ./.dockerignore ./a/build/3 ./a/f.pyc \
		./build/keep/2 ./keepme)
}

# ---- notebooks

@test "W-S6: run-notebook listens on loopback, with a token that is in no argv" {
	echo 'env | grep ^JUPYTER_TOKEN= >"$T/token"' >"$T/do-docker"
	run -0 "$DOCKERUTILS" run-notebook
	grep -Eq -- '-e JUPYTER_TOKEN .*-p 127.0.0.1:8888:8888 resero/docker-ds:latest$' "$T/calls"
	[ "$(wc -c <"$T/token")" = 63 ]
	no_such "$(cut -d= -f2 "$T/token")" "$T/calls"
	[[ $output != *"$(cut -d= -f2 "$T/token")"* ]]
}

@test "run-notebook: what it has always passed on (W-C31)" {
	mkdir "$HOME/.aws"
	DOCKER_DS_DONT_PULL=no RESERO_JUPYTER_DIFFS=1 AWS_REGION=r run -0 "$DOCKERUTILS" run-notebook -g -b 0.0.0.0 -p 9999
	DOCKER_DS_DONT_PULL=no run -0 "$DOCKERUTILS" run-notebook
	[[ $output != *mkdir* ]]
	sed -n 1p "$T/calls" | sed -E 's/ann_notebook_[0-9_.]+/NAME/' | diff - <(echo "docker run --gpus all --init --name NAME -e DOCKER_DS_DIFFS=1 -e NOTEBOOK_MODE=lab -e JUPYTER_TOKEN -e AWS_REGION --rm -i --mount type=bind\\,source=$T/proj\\,target=/home/jovyan/project$([ ! -d /data ] || echo ' -v /data:/data') --mount type=bind\\,source=$T/.aws\\,target=/home/jovyan/.aws -p 0.0.0.0:9999:8888 resero/docker-ds:gpu")
	run -2 "$DOCKERUTILS" run-notebook -x
	echo 'exit 4' >"$T/do-docker"
	run -4 "$DOCKERUTILS" run-notebook
}

@test "W-M12: the notebook's image can be another one" {
	export DEXEC_NOTEBOOK_IMAGE=jupyter/base-notebook
	run -0 "$DOCKERUTILS" run-notebook
	run -0 "$DOCKERUTILS" run-notebook -g
	run -0 "$DOCKERUTILS" run-notebook -i localhost:5000/mine
	run -0 "$DOCKERUTILS" run-notebook -i localhost:5000/mine:2
	sed -E 's/docker run .* //' "$T/calls" | diff - <(printf '%s\n' \
		'docker pull jupyter/base-notebook:latest' jupyter/base-notebook:latest \
		'docker pull jupyter/base-notebook:gpu' jupyter/base-notebook:gpu \
		'docker pull localhost:5000/mine:latest' localhost:5000/mine:latest \
		'docker pull localhost:5000/mine:2' localhost:5000/mine:2)
	rm "$T/calls"
	# A configuration-only image, as the README of docker-utils has it.
	mkdir docker/notebook
	printf '[notebook]\nname=jupyter/scipy-notebook\nprefix=False\ntag=7\nports=-p 127.0.0.1:8888:8888\n' \
		>docker/dockerutils.cfg
	run -0 "$DOCKERUTILS" run-notebook
	sed -E 's/--name [^ ]*/NAME/' "$T/calls" | diff - \
		<(echo 'docker run --init NAME -e JUPYTER_TOKEN --rm -i -p 127.0.0.1:8888:8888 jupyter/scipy-notebook:7')
}

@test "W-S2: a directory's name is not run" {
	mkdir 'a;touch run;b $(touch run)'
	cd 'a;touch run;b $(touch run)'
	DOCKER_DS_DONT_PULL=no run -0 "$DOCKERUTILS" run-notebook
	[ -z "$(find "$T" -name run)" ]
}

@test "run-notebook: the project's own image" {
	mkdir docker/notebook
	echo 'FROM scratch' >docker/notebook/Dockerfile
	run -0 "$DOCKERUTILS" run-notebook
	grep -q '^docker build .*proj-notebook:ann' "$T/calls"
	grep -q '^docker run .*-e JUPYTER_TOKEN .*proj-notebook:ann' "$T/calls"
	echo '[ "$1" != build ] || exit 5' >"$T/do-docker"
	run -5 "$DOCKERUTILS" run-notebook
}

@test "W-S6, W-M13: nb-dock binds to loopback, sends the token by stdin, and waits for an answer" {
	old_docks
	standin ssh jupyter
	cat >"$T/do-ssh" <<-'END'
		case "$*" in
		*-N*) exec python3 -c 'import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); open(sys.argv[2]).read()' "$(cat "$T/port")" "$T/lost" ;;
		esac
		while [ "$1" != -- ]; do shift; done
		sh -c "$3"
	END
	cat >"$T/do-jupyter" <<-'END'
		case "$1" in
		lab) echo "$JUPYTER_TOKEN" >"$T/token"; touch "$T/up" ;;
		server) [ ! -e "$T/up" ] || echo "http://127.0.0.1:$(cat "$T/port")/ :: /x" ;;
		esac
	END
	mkfifo "$T/end" "$T/told" "$T/lost"
	sed -i 's/touch "$T\/up" ;;/touch "$T\/up"; read -r _ <"$T\/end" ;;/' "$T/do-jupyter"
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$T/port"
	"$DOCKERUTILS" nb-dock -p "$(<"$T/port")" two 2>"$T/told" 3>&- &
	read -r line <"$T/told"
	[[ $line == *"the notebook is http://127.0.0.1:$(<"$T/port")/lab"* ]]
	echo >"$T/lost"
	wait $!
	# Where the connection is lost, what is worked on there goes on.
	no_such 'server stop' "$T/calls"
	echo >"$T/end"
	grep -q "^jupyter lab --no-browser --ip=127.0.0.1 --port=$(<"$T/port") " "$T/calls"
	grep -q "ssh -N -S none -L 127.0.0.1:$(<"$T/port"):127.0.0.1:$(<"$T/port") -o ExitOnForwardFailure=yes -- eve@10.0.0.2" "$T/calls"
	[ "$(wc -c <"$T/token")" = 49 ]
	no_such "$(<"$T/token")" "$T/calls"
	no_such StrictHostKeyChecking "$T/calls"
}

@test "W-M10: nb-dock opens the notebook in the desktop's browser, with no token in its words" {
	old_docks
	standin ssh xdg-open
	cat >"$T/do-ssh" <<-'END'
		case "$*" in
		*-N*) exec python3 -c 'import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); open(sys.argv[2]).read()' "$(cat "$T/port")" "$T/lost" ;;
		esac
		cat >"$T/token"
	END
	printf 'stat -c "%%a" "$1" >"$T/mode"; cat "$1" >"$T/page"; echo >"$T/lost"\n' >"$T/do-xdg-open"
	mkfifo "$T/lost" "$T/told"
	mkdir "$T/tmp"
	export TMPDIR=$T/tmp
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$T/port"
	DISPLAY=:7 run -0 "$DOCKERUTILS" nb-dock -p "$(<"$T/port")" two
	[ "$(<"$T/mode")" = 600 ]
	grep -qF "url=http://127.0.0.1:$(<"$T/port")/lab?token=$(<"$T/token")" "$T/page"
	no_such "$(<"$T/token")" "$T/calls"
	[ -z "$(ls "$T/tmp")" ]
	DISPLAY='' WAYLAND_DISPLAY='' "$DOCKERUTILS" nb-dock -p "$(<"$T/port")" two 2>"$T/told" 3>&- &
	read -r _ <"$T/told"
	echo >"$T/lost"
	wait $!
	[ "$(grep -c xdg-open "$T/calls")" = 1 ]
}

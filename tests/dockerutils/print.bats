#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --print, of every command there is: what would be run is shown, and nothing is run but questions, and nothing is written.
#
# shellcheck disable=SC2154,SC2016

load helper

# A project and a dock of which each command has something to say, and programs that answer.
everything() {
	standin aws ssh rsync
	cat >"$T/do-aws" <<-'END'
		case "$*" in
		*get-caller-identity*) echo 123456789012 ;;
		*'configure get'*) echo us-east-1 ;;
		*describe-instances*) echo '{"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}]}' ;;
		*search-products*) echo '{"ProductViewSummaries": [{"ProductId": "prod-1", "Name": "Basic EC2 Instance"}]}' ;;
		*describe-product\ *) echo '{"ProvisioningArtifacts": [{"Id": "pa-1", "Name": "latest"}]}' ;;
		*list-launch-paths*) echo '{"LaunchPathSummaries": [{"Id": "lp-1", "ConstraintSummaries": [{"Type": "LAUNCH"}]}]}' ;;
		*describe-provisioning-parameters*) echo '{"ProvisioningArtifactParameters": []}' ;;
		esac
	END
	echo 'case "$*" in *inspect*one) echo ssh://eve@10.0.0.1 ;; *) exit 1 ;; esac' >"$T/do-docker"
	printf '[dev]\nimage_repo=aws\npublication_tag={account}.dkr.ecr.{region}.amazonaws.com/{image}:{tag}\n' \
		>docker/dockerutils.cfg
	printf '[versioneer]\nVCS=git\nversionfile_source=v.py\nparentdir_prefix=pro\n' >setup.cfg
	echo '[global]' >pip.conf.template
	mkdir -p "$XDG_CONFIG_HOME/dexec/docks/10.0.0.1"
	printf '%s\n' DOCK_USER=eve DOCK_MONIKER=one DOCK_HOSTNAME=10.0.0.1 DOCK_IP=10.0.0.1 DOCK_INSTANCE_ID=i-1 \
		DOCK_PROVISIONED_PRODUCT=pp-1 >"$XDG_CONFIG_HOME/dexec/docks/10.0.0.1/connection_config.txt"
}

# expected NAME: its words, and a part of what it shows. One that is not here makes the test fail.
expected() {
	case $1 in
	build-image) echo "dev|docker build --compress -t proj-dev:ann -f docker/dev/Dockerfile ." ;;
	run-image) echo "dev|docker run --init --name ann_dev_" ;;
	publish-image) echo "dev|docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/proj-dev:ann" ;;
	transfer-image) echo "x:1 one|docker save x:1 | zstd -qcT0 | ssh -- eve@10.0.0.1 " ;;
	run-notebook) echo "|docker pull resero/docker-ds:latest" ;;
	genversion) echo "|\"version\": \"j\"" ;;
	register-dock) echo "eve@10.0.0.2 two|docker context create two --description 'a dock' --docker host=ssh://eve@10.0.0.2" ;;
	unregister-dock) echo "one|docker context rm --force one" ;;
	create-dock) echo "new|aws servicecatalog provision-product --product-id prod-1 " ;;
	destroy-dock) echo "one|aws servicecatalog terminate-provisioned-product --provisioned-product-id pp-1 " ;;
	start-dock) echo "one|aws ec2 start-instances --instance-ids i-1 --output text" ;;
	stop-dock) echo "one|aws ec2 stop-instances --instance-ids i-1 --output text" ;;
	ls-dock) echo "|aws ec2 describe-instances --instance-ids i-1 --output json" ;;
	ssh-dock) echo "one ls -l|ssh -- eve@10.0.0.1 'ls -l'" ;;
	nb-dock) echo "one|ssh -N -S none -L 127.0.0.1:8888:127.0.0.1:8888 " ;;
	sync-up) echo "one|rsync -azqs " ;;
	sync-down) echo "one|eve@10.0.0.1:/data/workspaces/ann/code/proj/ ./" ;;
	*) return 1 ;;
	esac
}

state() {
	find "$T/proj" "$XDG_CONFIG_HOME" -type f -printf '%p %T@\n' | sort
}

@test "--print: every command shows what it would run, and runs nothing but questions" {
	local name words part
	everything
	state >"$T/before"
	for name in $("$DOCKERUTILS" --help | sed -n '/^Each COMMAND/,/^Options/ s/^  \([a-z][a-z-]*\) .*/\1/p') sync-up sync-down; do
		IFS='|' read -r words part <<<"$(expected "$name")"
		[ -n "$part" ]
		# shellcheck disable=SC2086
		run -0 "$DOCKERUTILS" "$name" --print $words </dev/null
		[[ $output == *"$part"* ]] || {
			echo "$name: no $part"
			return 1
		}
	done
	state | diff "$T/before" -
	run -1 grep -vE '^(aws .*(describe|list-launch|search|get-caller|configure get)|docker context inspect )' "$T/calls"
}

@test "--print: a docked notebook, with its tunnel and its copies" {
	everything
	DOCKER_HOST=ssh://eve@10.0.0.1 DOCKER_IP=10.0.0.1 run -0 "$DOCKERUTILS" run-notebook --print
	[ "$(grep -oE '^(ssh -- |ssh -N |rsync|docker [a-z]*)' <<<"$output" | tr '\n' ',')" = \
		'ssh -- ,rsync,ssh -N ,docker pull,docker run,rsync,' ]
	[ ! -e "$T/calls" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The commands about images, with a docker that notes how it was called.
#
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load helper

@test "names: each command is a program of its own name" {
	ln -s "$DOCKERUTILS" "$T/bin/run-image"
	run -0 run-image --print dev
	[[ $output == 'docker run --init --name ann_dev_'*' --rm -i proj-dev:ann' ]]
	ln -s "$DOCKERUTILS" "$T/bin/genversion"
	run -0 genversion --help
	[[ $output == 'Usage: genversion '* ]]
}

@test "image types: all directories, links to some and hidden ones too, and no files" {
	mkdir -p real/.hidden elsewhere
	mv docker/dev real
	rmdir docker
	ln -s real docker
	ln -s ../elsewhere real/link
	touch real/file
	run -2 "$DOCKERUTILS" run-image file
	[[ $output == *"(choose from .hidden, dev, link)"* ]]
	run -0 "$DOCKERUTILS" run-image --print link
	# A project is called as its directory is, by whatever way one has come.
	ln -s proj ../other
	cd ../other
	run -0 "$DOCKERUTILS" run-image --print -- dev
	[[ $output == *' proj-dev:ann' ]]
}

@test "help and version: also outside of a project" {
	cd /
	run -0 "$DOCKERUTILS" run-image -h
	[[ $output == *--use-gpu* ]]
	run -0 "$DOCKERUTILS" build-image --version
	run -0 "$DOCKERUTILS" help build-image
	[[ $output == *pull_FROM_on_force* ]]
	run -1 "$DOCKERUTILS" run-image dev
	[[ $output == *'unable to find docker directory'* ]]
	run -2 "$DOCKERUTILS"
	run -2 "$DOCKERUTILS" fly
}

@test "echo: the bytes around the command, before docker's own output" {
	echo 'echo from docker' >"$T/do-docker"
	"$DOCKERUTILS" build-image dev >"$T/out"
	{
		echo 'No pip.conf found, will not pull packages from custom package manager'
		printf '\n\n'
		printf '=%.0s' {1..76}
		printf '\ndocker build --compress -t proj-dev:ann -f docker/dev/Dockerfile .\n\n\n'
		echo 'from docker'
	} | diff - "$T/out"
}

@test "echo: what is shown can be pasted and gives the same argv (W-Q2)" {
	cat >docker/dockerutils.cfg <<-'END'
		[dev]
		volumes=-v "/a b/it's":/x -v '$HOME/*':/y
		cmd=sh -c "echo \"$$x\" 'y'; ls *"
	END
	"$DOCKERUTILS" run-image dev >"$T/out"
	grep '^docker run' "$T/out" | sh
	[ "$(wc -l <"$T/calls")" = 2 ]
	[ "$(sed -n 1p "$T/calls")" = "$(sed -n 2p "$T/calls")" ]
}

@test "status: docker's own, also for a program that is not there" {
	echo 'exit 42' >"$T/do-docker"
	run -42 "$DOCKERUTILS" run-image dev
	run -42 "$DOCKERUTILS" build-image dev
	[[ $output == *'docker build failed: 42'* ]]
	run -127 "$DOCKERUTILS" run-image --docker /nowhere/docker dev
	run -127 "$DOCKERUTILS" build-image --docker /nowhere/docker dev
}

@test "status: ended by a signal as docker was" {
	echo 'kill -TERM $$' >"$T/do-docker"
	run -143 "$DOCKERUTILS" run-image dev
	run -143 "$DOCKERUTILS" build-image dev
}

@test "signals: one that is sent to us alone reaches docker" {
	mkfifo "$T/ready"
	cat >"$T/do-docker" <<-'END'
		trap 'echo got >"$T/got"; exit 7' TERM
		echo $PPID >"$T/ready"
		while :; do read -r -t 1 <> <(:) || :; done
	END
	"$DOCKERUTILS" build-image dev >/dev/null 2>&1 3>&- &
	local us=$!
	read -r _ <"$T/ready"
	kill -TERM "$us"
	local status=0
	wait "$us" || status=$?
	[ "$status" = 7 ]
	[ -e "$T/got" ]
}

@test "secrets: values are in docker's environment, not in its argv (W-S4)" {
	echo 'env >"$T/env"' >"$T/do-docker"
	AWS_SECRET_ACCESS_KEY=s3cret1 run -0 "$DOCKERUTILS" run-image dev -e DB_PASSWORD=s3cret2
	no_such s3cret "$T/calls"
	[[ $output != *s3cret* ]]
	grep -x DB_PASSWORD=s3cret2 "$T/env"
	grep -x AWS_SECRET_ACCESS_KEY=s3cret1 "$T/env"
}

@test "W-C3: -k tells the container's name, and how to go on" {
	run -0 "$DOCKERUTILS" run-image -k dev
	[[ $output == *'the container is ann_dev_'*'docker logs'* ]]
	run -1 grep -e --rm "$T/calls"
}

@test "W-C18: two runs in one second have two names" {
	for _ in 1 2 3 4; do "$DOCKERUTILS" run-image dev >/dev/null; done
	[ "$(grep -o 'ann_dev_[^ ]*' "$T/calls" | sort -u | wc -l)" = 4 ]
}

@test "W-C37: without a terminal there is -i and no -t; --tty and --no-tty say otherwise" {
	"$DOCKERUTILS" run-image --tty dev >/dev/null
	"$DOCKERUTILS" run-image --no-tty dev >/dev/null
	script -qec "'$DOCKERUTILS' run-image dev" /dev/null </dev/null >/dev/null
	[ "$(sed 's/.*--rm \(-[it]*\) .*/\1/' "$T/calls" | tr '\n' ' ')" = '-it -i -it ' ]
}

@test "build-image: stops at the first failure" {
	mkdir docker/base
	echo 'FROM scratch' >docker/base/Dockerfile
	echo 'exit 3' >"$T/do-docker"
	run -3 "$DOCKERUTILS" build-image -f dev
	[ "$(wc -l <"$T/calls")" = 1 ]
}

@test "build-image: on a terminal it tells how far it is, and nowhere else" {
	mkdir docker/{base,empty}
	echo 'FROM scratch' >docker/base/Dockerfile
	script -qec "'$DOCKERUTILS' build-image all" "$T/shown" </dev/null >/dev/null
	[ "$(grep -c '^build-image: [0-9] of' "$T/shown")" = 2 ]
	tr -d '\r' <"$T/shown" | grep -x 'build-image: 1 of 2: proj-base:ann'
	tr -d '\r' <"$T/shown" | grep -x 'build-image: 2 of 2: proj-dev:ann'
	script -qec "'$DOCKERUTILS' build-image dev" "$T/shown" </dev/null >/dev/null
	run -1 grep ' of ' "$T/shown"
	run -0 "$DOCKERUTILS" build-image all
	[[ $output != *' of 2'* ]]
}

@test "scripts: before and after, with their status" {
	cat >docker/dockerutils.cfg <<-'END'
		[dev]
		pre_build_script=./pre 'a b'
		post_build_script=exit 9 && true
	END
	printf '#!/bin/sh\necho "pre $1" >>"$T/calls"\n' >pre
	chmod +x pre
	run -9 "$DOCKERUTILS" build-image dev
	[[ $output == *'Running pre-build-script: "./pre '"'a b'"'"'* ]]
	[[ $output == *'Running post-build-script: "exit 9 && true"'* ]]
	calls_are <<-'END'
		pre a b
		docker build --compress -t proj-dev:ann -f docker/dev/Dockerfile .
	END
	printf '#!/bin/sh\nexit 4\n' >pre
	rm "$T/calls"
	run -4 "$DOCKERUTILS" build-image dev
	[[ $output == *'pre-build-script failed: 4'* ]]
	[ ! -e "$T/calls" ]
	rm pre
	run -127 "$DOCKERUTILS" build-image dev
	[[ $output == *'docker/dockerutils.cfg:2: pre_build_script: cannot run ./pre'* ]]
}

@test "W-C4: clean removes what is there, and does not fail" {
	cat >"$T/do-docker" <<-'END'
		case $* in *inspect*builder*) exit 1 ;; rmi*) exit 1 ;; esac
	END
	printf 'FROM scratch AS builder\nFROM scratch\n' >docker/dev/Dockerfile
	run -0 "$DOCKERUTILS" build-image clean
	calls_are <<-'END'
		docker image inspect --format=\{\{.Id\}\} proj-dev:ann
		docker rmi proj-dev:ann
		docker image inspect --format=\{\{.Id\}\} proj-dev-builder:ann
	END
}

@test "W-C35: pip.conf is there for docker build only, however that ends" {
	echo '[global]' >pip.conf.template
	touch -d 2020-01-02 pip.conf.template
	chmod 640 pip.conf.template
	echo 'stat -c "%a %Y" pip.conf >"$T/stat"; exit 5' >"$T/do-docker"
	run -5 "$DOCKERUTILS" build-image dev
	[ "$(<"$T/stat")" = "640 $(stat -c %Y pip.conf.template)" ]
	[ "$(echo pip*)" = pip.conf.template ]
	run -0 "$DOCKERUTILS" build-image -h
	[ "$(echo pip*)" = pip.conf.template ]
	run -5 "$DOCKERUTILS" build-image dev
	[[ $output != *'No pip.conf'* ]]
}

@test "W-C35: one that a killed build has left is not taken for the user's" {
	echo '[global]' >pip.conf.template
	cp -p pip.conf.template pip.conf
	"$DOCKERUTILS" build-image dev >/dev/null
	[ ! -e pip.conf ]
	echo mine >pip.conf
	"$DOCKERUTILS" build-image dev >/dev/null
	[ "$(<pip.conf)" = mine ]
}

@test "W-M4: as a secret of the build pip.conf is not among the files, and not in the tree" {
	echo '[global]' >pip.conf.template
	printf '[dev]\npip_secret=True\n' >docker/dockerutils.cfg
	echo 'echo pip* >"$T/files"' >"$T/do-docker"
	run -0 "$DOCKERUTILS" build-image dev
	[ "$(<"$T/files")" = pip.conf.template ]
	calls_are <<<'docker build --compress -t proj-dev:ann -f docker/dev/Dockerfile --secret id=pip\,src=pip.conf.template .'
	rm "$T/calls"
	echo mine >pip.conf
	run -0 "$DOCKERUTILS" build-image dev
	grep -F 'src=pip.conf ' "$T/calls"
	rm pip.conf pip.conf.template "$T/calls"
	run -0 "$DOCKERUTILS" build-image dev
	[[ $output == *'No pip.conf found'* ]]
	run -1 grep secret "$T/calls"
	# One that is not so among several needs the file.
	mkdir docker/other
	echo 'FROM scratch' >docker/other/Dockerfile
	echo '[global]' >pip.conf.template
	run -0 "$DOCKERUTILS" build-image all
	[ "$(<"$T/files")" = 'pip.conf pip.conf.template' ]
	[ ! -e pip.conf ]
}

@test "W-C35: builds at the same time do not remove each other's" {
	echo '[global]' >pip.conf.template
	mkfifo "$T/go" "$T/here"
	cat >"$T/do-docker" <<-'END'
		case $* in *-i\ *) ;; *:slow*) echo >"$T/here"; read -r _ <"$T/go" ;; esac
		[ -e pip.conf ] || exit 8
	END
	"$DOCKERUTILS" build-image dev -t slow >/dev/null 2>&1 3>&- &
	read -r _ <"$T/here"
	"$DOCKERUTILS" build-image dev -t fast >/dev/null
	echo >"$T/go"
	wait $!
	[ ! -e pip.conf ]
}

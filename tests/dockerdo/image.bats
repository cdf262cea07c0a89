#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The images of sessions: overlay, build and push, with a docker and an ssh that note how they were called.
#
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load helper

calls_are() {
	diff <(cat "$T/calls" 2>/dev/null) -
}

public_key() {
	mkdir -p "$HOME/.ssh"
	echo "ssh-ed25519 AAAA ann's key" >"$HOME/.ssh/id_ed25519.pub"
}

@test "overlay: from the base image, and nothing else where no sshd is needed" {
	activate --image img:1
	run -0 dockerdo overlay
	diff Dockerfile.dockerdo - <<-'END'
		# Made by dockerdo overlay: img:1, transport docker
		FROM img:1 AS base
	END
	run -0 dockerdo overlay --image other --distro alpine
	grep -qx 'FROM other AS base' Dockerfile.dockerdo
	[ "$(key base_image)" = '"other"' ]
	[ "$(key distro)" = '"alpine"' ]
	run -1 dockerdo overlay --distro minix
	run -1 dockerdo overlay --image $'x\nRUN touch pwn'
	grep -qx 'FROM other AS base' Dockerfile.dockerdo
}

@test "weak spots 20, 53: an sshd that is the first process, with keys of its own" {
	activate --image img:1 --transport ssh --user ann
	run -0 dockerdo overlay
	grep -qx 'USER root' Dockerfile.dockerdo
	grep -qx 'ENTRYPOINT \[\]' Dockerfile.dockerdo
	grep -q '^CMD .*ssh-keygen -A && exec .*/sshd -D' Dockerfile.dockerdo
	grep -q 'rm -f /etc/ssh/ssh_host_' Dockerfile.dockerdo
	# What is run is shell.
	awk '/^RUN / { on = 1; sub(/^RUN /, "") } on { print } on && !/\\$/ { on = 0 }' Dockerfile.dockerdo >script
	[ -s script ]
	sh -n script
}

@test "build: the words for docker, and the tag that is kept" {
	activate --image reg:5000/org/img:1 mine
	run -0 dockerdo build
	[ "$(key image_tag)" = '"dockerdo-img:1-mine"' ]
	calls_are <<-END
		docker build -t dockerdo-img:1-mine -f $PWD/Dockerfile.dockerdo .
	END
	run -0 dockerdo build -t my/tag:2
	[ "$(key image_tag)" = '"my/tag:2"' ]
}

@test "weak spot 30: the public key, where the Dockerfile wants it" {
	activate --image img:1 --transport ssh mine
	run -1 dockerdo build
	[[ $output == *ssh_key_path* ]]
	[ ! -e "$T/calls" ]
	public_key
	run -0 dockerdo build
	grep -qF "$(printf '%q' "SSH_PUB_KEY=ssh-ed25519 AAAA ann's key")" "$T/calls"
	mkdir -p "$HOME/.config/dockerdo"
	echo 'ssh_key_path: ~/my key.pub' >"$HOME/.config/dockerdo/dockerdo.yaml"
	echo other-key >"$HOME/my key.pub"
	run -0 dockerdo build
	grep -qF SSH_PUB_KEY=other-key "$T/calls"
}

@test "build: a failure is docker's, and the tag stays as it was" {
	activate --image img:1 mine
	echo 'exit 7' >"$T/do-docker"
	run -7 dockerdo build
	[ "$(key image_tag)" = null ]
}

@test "weak spot 15: a directory with blanks" {
	mkdir "$T/a b"
	cd "$T/a b"
	activate --image img:1 mine
	run -0 dockerdo build
	calls_are <<-END
		docker build -t dockerdo-img:1-mine -f $(printf %q "$PWD/Dockerfile.dockerdo") .
	END
}

@test "weak spot 54: a Dockerfile for another image is not used, one of somebody's own is" {
	activate --image img:1 mine
	run -0 dockerdo overlay
	echo 'RUN mine' >>Dockerfile.dockerdo
	run -0 dockerdo build
	set_key base_image img:2
	run -1 dockerdo build
	[[ $output == *'dockerdo overlay makes it again'* ]]
	printf 'FROM mine\n' >Dockerfile.dockerdo
	run -0 dockerdo build
	[ "$(<Dockerfile.dockerdo)" = 'FROM mine' ]
}

@test "weak spot 2: an unknown word in the template, and --remote with no remote host" {
	mkdir -p "$HOME/.config/dockerdo"
	echo 'default_image_name_template: "{who}"' >"$HOME/.config/dockerdo/dockerdo.yaml"
	activate --image img:1 mine
	run -1 dockerdo build
	[[ $output == *default_image_name_template* ]]
	run -1 dockerdo build --remote
	[[ $output == *'no remote host'* ]]
}

@test "build --remote: in the directory there, with the Dockerfile by standard input" {
	activate --image img:1 --remote reykjavik --build-dir "it's here" mine
	standin ssh
	echo 'cat >"$T/sent"' >"$T/do-ssh"
	run -0 dockerdo build --remote
	cmp Dockerfile.dockerdo "$T/sent"
	calls_are <<-END
		ssh -- reykjavik $(printf %q "mkdir -p -- 'it'\\''s here' && cd -- 'it'\\''s here' && exec docker build -t dockerdo-img:1-mine -f - .")
	END
	[ "$(key image_tag)" = '"dockerdo-img:1-mine"' ]
}

@test "push: to the registry" {
	activate --image img:1 --registry reg:5000 mine
	run -1 dockerdo push
	[[ $output == *'dockerdo build'* ]]
	run -0 dockerdo build
	run -0 dockerdo push
	[ "$(tail -1 "$T/calls")" = 'docker push reg:5000/dockerdo-img:1-mine' ]
	echo 'exit 3' >"$T/do-docker"
	run -3 dockerdo push
}

@test "weak spots 6, 56: push to the remote host is a stream, and nowhere is an error" {
	activate --image img:1 --remote reykjavik --registry '' mine
	set_key image_tag my/tag:1
	standin ssh
	echo 'head -c 3000000 /dev/zero' >"$T/do-docker"
	echo 'gunzip | wc -c' >"$T/do-ssh"
	run -0 --separate-stderr dockerdo push
	[ "$output" = 3000000 ]
	sort "$T/calls" | diff - <(printf '%s\n' 'docker save my/tag:1' 'ssh -- reykjavik docker\ load')
	[ -z "$(find "$T" -name '*.tar*')" ]
	activate --image img:1
	set_key image_tag my/tag:1
	run -1 dockerdo push
	[[ $output == *'nowhere to push'* ]]
}

@test "weak spot 6: each stage of a push may fail" {
	activate --image img:1 --remote reykjavik mine
	set_key image_tag my/tag:1
	standin ssh
	echo 'echo part; exit 5' >"$T/do-docker"
	echo 'cat >/dev/null' >"$T/do-ssh"
	run -1 dockerdo push
	[[ $output == *'has not arrived: docker save: exit 5'* ]]
	echo 'echo all' >"$T/do-docker"
	echo 'cat >/dev/null; exit 6' >"$T/do-ssh"
	run -1 dockerdo push
	[[ $output == *'docker load: exit 6'* ]]
}

@test "weak spot 58: overlay, build and push -n write and run nothing" {
	activate --image img:1 --remote reykjavik mine
	standin ssh
	everything "$T" >"$BATS_TEST_TMPDIR/before"
	run -0 dockerdo overlay -n --image other
	run -0 dockerdo build -n
	run -0 dockerdo build -n --remote
	everything "$T" | cmp - "$BATS_TEST_TMPDIR/before"
	set_key image_tag my/tag:1
	run -0 dockerdo push -n
	[[ $output == '+ docker save my/tag:1 | gzip -1 | ssh -- reykjavik '* ]]
	[ ! -e "$T/calls" ]
}

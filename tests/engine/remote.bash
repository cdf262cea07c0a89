# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# remote.bash: a remote host that is this machine, by an sshd of our own, whose docker is the tests' engine. Loaded
# behind fixture.bash. All of it is in the engine's network, where a private engine has the ports that it publishes.

# engine_network: the words that lead into it.
engine_network() {
	local file=${DOCKER_HOST#unix://}
	file=${file%/*}/dockerd.pid
	[ ! -r "$file" ] || echo nsenter "--net=/proc/$(<"$file")/ns/net"
}

# remote_host NAME DIRECTORY [VARIABLE=VALUE...]: from then on `ssh NAME`, in $PATH first, leads to an sshd whose files are in DIRECTORY and
# whose commands have these variables. It ends with end_remote_host DIRECTORY.
remote_host() {
	local name=$1 dir=$2 port network
	read -ra network < <(engine_network) || network=()
	mkdir -p "$dir/bin" "$dir/home" /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
	cat >"$dir/profile" <<-END
		Host $name
			HostName 127.0.0.1
			User root
			IdentityFile "$dir/key"
			IdentitiesOnly yes
			UserKnownHostsFile "$dir/known_hosts"
			StrictHostKeyChecking yes
			LogLevel ERROR
	END
	for _ in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 20000))
		cat >"$dir/sshd_config" <<-END
			Port $port
			ListenAddress 127.0.0.1
			HostKey $dir/host
			AuthorizedKeysFile $dir/key.pub
			PidFile $dir/pid
			StrictModes no
			UsePAM no
			Subsystem sftp internal-sftp
			SetEnv DOCKER_HOST=$DOCKER_HOST ${*:3}
		END
		"${network[@]}" /usr/sbin/sshd -f "$dir/sshd_config" -E "$dir/log" 3>&- || continue
		until_true "sshd to listen" test -s "$dir/pid" && break
	done
	echo "	Port $port" >>"$dir/profile"
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$dir/host.pub")" >"$dir/known_hosts"
	printf '#!/bin/sh\nexec %s /usr/bin/ssh -F "%s" "$@"\n' "${network[*]}" "$dir/profile" >"$dir/bin/ssh"
	chmod +x "$dir/bin/ssh"
}

end_remote_host() {
	[ ! -s "$1/pid" ] || kill "$(<"$1/pid")"
}

has_sshd() {
	[ "$(id -u)" = 0 ] && [ -x /usr/sbin/sshd ] && [[ ${DOCKER_HOST-} == unix://* ]]
}

# sshd_image: dexec-sshd:1, Debian with an sshd, which is this machine's own; nothing is fetched for it.
sshd_image() {
	local tree=$BATS_FILE_TMPDIR/sshd/tree file
	! docker image inspect dexec-sshd:1 >/dev/null 2>&1 || return 0
	mkdir -p "$tree/etc/ssh"
	printf '%s\n' 'UsePAM no' 'Subsystem sftp /usr/lib/openssh/sftp-server' >"$tree/etc/ssh/sshd_config"
	for file in /usr/sbin/sshd /usr/bin/ssh-keygen /usr/lib/openssh/sftp-server; do
		copy_with_libraries "$(realpath "$file")" "$tree"
	done
	printf '%s\n' 'FROM dexec-debian:1' 'COPY tree /' 'RUN useradd -r -d /run/sshd -s /usr/sbin/nologin sshd' \
		'ENV OF=image' >"${tree%/*}/Dockerfile"
	docker build -q -t dexec-sshd:1 "${tree%/*}" >/dev/null 2>&1
}

# copy_with_libraries PROGRAM TREE
copy_with_libraries() {
	{ echo "$1" && ldd "$1" | grep -o '/[^ ]*'; } | while read -r file; do
		mkdir -p "$2/usr/lib" "$2/$(dirname "$(realpath "$file")")"
		cp -n "$(realpath "$file")" "$2/$(realpath "$file")"
		# The name that it is looked for by.
		[ "$(basename "$file")" = "$(basename "$(realpath "$file")")" ] ||
			ln -sf "$(basename "$(realpath "$file")")" "$2/$(dirname "$(realpath "$file")")/$(basename "$file")"
	done
}

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# remote.bash: a remote host that is this machine, by an sshd of our own, whose docker is the tests' engine. Loaded
# behind fixture.bash.

# remote_host NAME DIRECTORY: from then on `ssh NAME`, in $PATH first, leads to an sshd whose files are in DIRECTORY. It
# ends with end_remote_host DIRECTORY.
remote_host() {
	local name=$1 dir=$2 port
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
			SetEnv DOCKER_HOST=$DOCKER_HOST
		END
		/usr/sbin/sshd -f "$dir/sshd_config" -E "$dir/log" 3>&- || continue
		until_true "sshd to listen" test -s "$dir/pid" && break
	done
	echo "	Port $port" >>"$dir/profile"
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$dir/host.pub")" >"$dir/known_hosts"
	printf '#!/bin/sh\nexec /usr/bin/ssh -F "%s" "$@"\n' "$dir/profile" >"$dir/bin/ssh"
	chmod +x "$dir/bin/ssh"
}

end_remote_host() {
	[ ! -s "$1/pid" ] || kill "$(<"$1/pid")"
}

has_sshd() {
	[ "$(id -u)" = 0 ] && [ -x /usr/sbin/sshd ] && [[ ${DOCKER_HOST-} == unix://* ]]
}

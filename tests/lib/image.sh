# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# image.sh: the images that the tests run on, made by `docker import` without a registry; sourced by engine.sh.
# They are made on the engine that docker finds in the environment. An image that is there already is left as it is.

IMAGE_SOURCE=${BASH_SOURCE[0]%/*}
IMAGE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# images_make [NAME...]: NAME is busybox, debian, scratch, demo or jupyter; the three first ones if there is none.
images_make() {
	local name
	[ $# -gt 0 ] || set -- busybox debian scratch
	for name; do
		case $name in
		busybox | debian | scratch | demo | jupyter) "image_$name" || return ;;
		*) _image_fail "no image $name" || return ;;
		esac
	done
}

# container_run NAME IMAGE [DOCKER-RUN-OPTION...]: a container that does nothing until it is removed; prints its id.
# The image's own command keeps it alive. --init reaps what the execs leave, and ends at once when it is told to.
container_run() {
	local name=$1 image=$2
	shift 2
	_image_docker run --detach --init --pull never --name "$name" "$@" "$image"
}

# dexec-busybox:1: every applet of a static busybox, root and an ordinary user.
image_busybox() {
	_image_make dexec-busybox:1 _image_busybox_tree "sleep 2147483647"
}

# dexec-demo:1: the same, and a curl that can do https.
image_demo() {
	_image_make dexec-demo:1 _image_demo_tree "sleep 2147483647"
}

# dexec-scratch:1: one static program and nothing else, not even a shell; see image-probe.c.
image_scratch() {
	_image_make dexec-scratch:1 _image_scratch_tree "/probe sleep 2147483647"
}

# dexec-debian:1: Debian's smallest system with apt, of the same release as the host and from apt's own mirror. Making
# it takes half a minute, so the archive is kept in the cache; to renew it, delete it.
image_debian() {
	local archive
	! _image_exists dexec-debian:1 || return 0
	archive=$(_image_debian_archive) && _image_import dexec-debian:1 "sleep infinity" <"$archive"
}

# dexec-jupyter:1: the same with Debian's Jupyter, classic notebook and server. Half a GB, and twice as long.
image_jupyter() {
	local archive
	! _image_exists dexec-jupyter:1 || return 0
	archive=$(_image_debian_archive jupyter-notebook,jupyter-server) &&
		_image_import dexec-jupyter:1 "jupyter notebook --ip=0.0.0.0 --allow-root --no-browser" <"$archive"
}

_image_fail() {
	printf 'image.sh: %s\n' "$1" >&2
	return 1
}

_image_docker() {
	"${DOCKER:-docker}" "$@"
}

_image_exists() {
	_image_docker image inspect "$1" >/dev/null 2>&1
}

# _image_make TAG TREE-FUNCTION "COMMAND": the function fills the directory that it is given.
_image_make() {
	local root status
	! _image_exists "$1" || return 0
	root=$(mktemp -d) || return
	"$2" "$root" && _image_pack "$root" | _image_import "$1" "$3"
	status=$((PIPESTATUS[0] | PIPESTATUS[1]))
	rm -rf -- "$root"
	return $status
}

# Files belong to root in the image, whoever makes it.
_image_pack() {
	local owner=()
	[ "$(id -u)" = 0 ] || owner=(--owner=0 --group=0)
	tar -C "$1" "${owner[@]}" -cf - .
}

_image_import() {
	local tag=$1 command=$2
	_image_docker import --change "CMD [\"${command// /\", \"}\"]" --change "ENV PATH=$IMAGE_PATH" - "$tag" >/dev/null
}

_image_busybox_tree() {
	local root=$1 applet
	mkdir -p -- "$root"/{bin,dev,etc,home/user,proc,root,sys,usr,var} || return
	mkdir -m 1777 -- "$root/tmp"
	chmod 755 -- "$root" # mktemp made it 0700, and users other than root live here too
	chown 1000:1000 -- "$root/home/user" 2>/dev/null
	_image_add_program busybox "$root" bin/busybox || return
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet" || return
	done
	cat >"$root/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		user:x:1000:1000:user:/home/user:/bin/sh
	END
	cat >"$root/etc/group" <<-END
		root:x:0:
		user:x:1000:
	END
	cat >"$root/etc/udhcpd.conf" <<-END
		interface eth0
		start     192.0.2.20
		end       192.0.2.254
		option    subnet 255.255.255.0
		option    router 192.0.2.1
	END
}

_image_demo_tree() {
	local certificates=/etc/ssl/certs/ca-certificates.crt
	_image_busybox_tree "$1" && _image_add_program curl "$1" bin/curl || return
	[ ! -e "$certificates" ] || cp -L --parents -- "$certificates" "$1"
}

_image_scratch_tree() {
	mkdir -m 1777 -- "$1/tmp" && chmod 755 -- "$1" &&
		"${CC:-cc}" -static -O1 -s -o "$1/probe" "$IMAGE_SOURCE/image-probe.c"
}

# _image_add_program NAME ROOT PATH: the host's program NAME as ROOT/PATH, and the shared libraries it needs.
_image_add_program() {
	local program library
	program=$(command -v "$1") || {
		_image_fail "no program $1 to put into the image"
		return
	}
	install -D -m 755 -- "$program" "$2/$3" || return
	for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
		cp -L --parents -- "$library" "$2" || return
	done
}

# _image_debian_archive [PACKAGE,...]: prints the archive's name.
_image_debian_archive() {
	local release archive=${XDG_CACHE_HOME:-$HOME/.cache}/dexec
	release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	mkdir -p -- "$archive" || return
	archive+=/$release-$(dpkg --print-architecture)${1:+-${1%%,*}}.tar || return
	[ -s "$archive" ] || _image_debian_make "$release" "$archive" ${1:+"--include=$1"} || return
	echo "$archive"
}

# apt itself reads its sources, in whichever format they are, and says where it would fetch the release from.
_image_debian_mirrors() {
	apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\(.*\)/dists/$1/main/binary-.*|\1|p" | sort -u
}

# _image_debian_make RELEASE ARCHIVE [OPTION-OF-MMDEBSTRAP...]
_image_debian_make() {
	local release=$1 archive=$2 mirror log=$2.log option options=()
	while read -r option; do
		options+=(--aptopt="$option")
	done < <(apt-config dump Acquire | grep -E '^Acquire::(https?::Proxy|Check-(Date|Valid-Until)) ')
	for mirror in $(_image_debian_mirrors "$release"); do
		mmdebstrap --variant=minbase "${@:3}" "${options[@]}" --dpkgopt='path-exclude=/usr/share/doc/*' \
			--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
			"$release" "$archive.part.tar" "$mirror" >"$log" 2>&1 </dev/null &&
			mv -- "$archive.part.tar" "$archive" && rm -f -- "$log" && return
	done
	rm -f -- "$archive.part.tar"
	_image_fail "cannot make the Debian image, see $log: $(tail -n 1 -- "$log" 2>/dev/null)"
}

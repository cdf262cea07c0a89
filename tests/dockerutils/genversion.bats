#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# genversion, with the real git: the file, the order of sources, and every style of versioneer.
#
# shellcheck disable=SC2016,SC2030,SC2031

load helper

repository() {
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
	export GIT_AUTHOR_DATE='2019-09-23 11:06:08 -0600' GIT_COMMITTER_DATE='2019-09-23 11:06:08 -0600'
	git init -q -b master .
	setup_cfg pep440
	git add -A
	git commit -qm one
	H=$(git rev-parse --short=7 HEAD)
}

setup_cfg() {
	printf '[versioneer]\nVCS = git\nstyle = %s\nversionfile_source = pkg/_version.py\ntag_prefix = v\nparentdir_prefix = %s\n' \
		"$1" "${2-}" >setup.cfg
}

# version_is VERSION
version_is() {
	"$DOCKERUTILS" genversion
	local got
	got=$(sed -n 's/^    "version": "\(.*\)"$/\1/p' _version.py.bld)
	[ "$got" = "$1" ] || {
		echo "got $got, expected $1"
		return 1
	}
}

@test "genversion: the file, byte for byte but its comment" {
	repository
	git tag v1.2
	"$DOCKERUTILS" genversion
	diff <(grep -v '^#' _version.py.bld) - <<-END

		
		import json
		
		version_json = '''
		{
		    "date": "2019-09-23T11:06:08-0600",
		    "dirty": false,
		    "error": null,
		    "full-revisionid": "$(git rev-parse HEAD)",
		    "version": "1.2"
		}
		'''  # END VERSION_JSON
		
		
		def get_versions():
		    return json.loads(version_json)
		
	END
	run -0 python3 -c 'exec(open("_version.py.bld").read()); print(get_versions()["version"])'
	[ "$output" = 1.2 ]
}

# styles TITLE: what each style makes of the tree as it is, "STYLE VERSION" a line on standard input
styles() {
	local style want
	while read -r style want; do
		sed -i "s/^style.*/style = $style/" "$T/proj/setup.cfg"
		git update-index --assume-unchanged setup.cfg
		version_is "$want" || {
			echo "style $style"
			return 1
		}
	done
}

@test "genversion: every style, on a tag" {
	repository
	git tag v1.2
	styles <<-END
		pep440 1.2
		pep440-branch 1.2
		pep440-pre 1.2
		pep440-post 1.2
		pep440-post-branch 1.2
		pep440-old 1.2
		git-describe 1.2
		git-describe-long 1.2-0-g$H
	END
}

@test "genversion: every style, two commits behind a tag" {
	repository
	git tag v1.2
	git commit -q --allow-empty -m two
	git commit -q --allow-empty -m three
	H=$(git rev-parse --short=7 HEAD)
	styles <<-END
		pep440 1.2+2.g$H
		pep440-branch 1.2+2.g$H
		pep440-pre 1.2.post.dev2
		pep440-post 1.2.post2+g$H
		pep440-post-branch 1.2.post2+g$H
		pep440-old 1.2.post2
		git-describe 1.2-2-g$H
		git-describe-long 1.2-2-g$H
	END
}

@test "genversion: every style, changed since the tag, on a branch" {
	repository
	git tag v1.2+local
	git checkout -q -b topic
	echo change >>docker/dev/Dockerfile
	styles <<-END
		pep440 1.2+local.0.g$H.dirty
		pep440-branch 1.2+local.dev0.0.g$H.dirty
		pep440-pre 1.2+local
		pep440-post 1.2+local.post0.dev0.g$H
		pep440-post-branch 1.2+local.post0.dev0.g$H.dirty
		pep440-old 1.2+local.post0.dev0
		git-describe 1.2+local-dirty
		git-describe-long 1.2+local-0-g$H-dirty
	END
}

@test "genversion: every style, without a tag" {
	repository
	git tag other-1
	styles <<-END
		pep440 0+untagged.1.g$H
		pep440-branch 0+untagged.1.g$H
		pep440-pre 0.post.dev1
		pep440-post 0.post1+g$H
		pep440-post-branch 0.post1+g$H
		pep440-old 0.post1
		git-describe $H
		git-describe-long $H
	END
}

@test "genversion: a style that is none" {
	repository
	setup_cfg strange
	run -1 "$DOCKERUTILS" genversion
	[[ $output == *"no style 'strange'"* ]]
	[ ! -e _version.py.bld ]
}

@test "genversion: keywords of git archive come first" {
	repository
	mkdir pkg
	cat >pkg/_version.py <<-'END'
		    git_refnames = " (HEAD -> master, tag: v2.0, tag: v1.9, tag: x)"
		    git_full = "abc"
		    git_date = "2020-01-02 03:04:05 +0100"
	END
	version_is 1.9
	grep -q '"date": "2020-01-02T03:04:05+0100"' _version.py.bld
	sed -i 's/tag: v/tag: w/g' pkg/_version.py
	version_is 0+unknown
	grep -q '"error": "no suitable tags"' _version.py.bld
	sed -i 's/ (HEAD.*)/$Format:%d$/' pkg/_version.py
	version_is "0+untagged.1.g$H"
}

@test "genversion: a version that was written before comes next" {
	repository
	git tag v3
	"$DOCKERUTILS" genversion
	rm -rf .git
	mkdir pkg
	cp _version.py.bld pkg/_version.py
	version_is 3
}

@test "genversion: without git the directory's name, else it is unknown" {
	export GIT_CEILING_DIRECTORIES=$T
	setup_cfg pep440 pr
	version_is oj
	setup_cfg pep440 no
	version_is 0+unknown
	grep -q '"error": "unable to compute version"' _version.py.bld
}

@test "genversion: no versioneer, no file, no failure" {
	run -0 "$DOCKERUTILS" genversion
	echo '[metadata]' >setup.cfg
	run -0 "$DOCKERUTILS" genversion
	[ ! -e _version.py.bld ]
	echo 'nonsense' >>setup.cfg
	run -1 "$DOCKERUTILS" genversion
	[[ $output == *"setup.cfg:2: 'nonsense' is neither"* ]]
}

@test "W-M11: no Python of the project is run, nor any other" {
	repository
	echo 'raise SystemExit(9)' >versioneer.py
	standin python python2 python3
	"$DOCKERUTILS" genversion
	grep -F '"version": "' _version.py.bld
	[ ! -e "$T/calls" ]
	"$DOCKERUTILS" build-image dev >/dev/null
	[ -e _version.py.bld ]
}

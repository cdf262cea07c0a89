#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# publish-image, with an aws and a docker that note how they were called.
#
# shellcheck disable=SC2154,SC2016

load helper

publication() {
	standin aws
	cat >"$T/do-aws" <<-'END'
		case $* in
		*get-caller-identity*) echo 123456789012 ;;
		*get-login-password*) echo s3cret-password ;;
		*'configure get'*) echo us-east-1 ;;
		*describe-repositories*) [ ! -e "$T/new" ] || {
			echo >&2
			echo 'An error occurred (RepositoryNotFoundException) when calling DescribeRepositories: not there' >&2
			exit 254
		} ;;
		*create-repository*) [ ! -e "$T/denied" ] || { echo 'An error occurred (AccessDeniedException)' >&2; exit 254; } ;;
		esac
	END
	cat >"$T/do-docker" <<-'END'
		case $1 in login) cat >"$T/stdin" ;; esac
	END
	printf '[dev]\ntag=1\nimage_repo=%s\npublication_tag=%s\n' "$1" "$2" >docker/dockerutils.cfg
}

@test "W-M7: publish to AWS by get-login-password: account and region, login, tag, push" {
	publication aws '{account}.dkr.ecr.{region}.amazonaws.com/team/{image}:{tag}-{user}'
	AWS_DEFAULT_REGION=eu-west-1 run -0 "$DOCKERUTILS" publish-image dev
	sort "$T/calls" >"$T/sorted"
	diff "$T/sorted" - <<-'END'
		aws ecr describe-repositories --repository-names team/proj-dev --region eu-west-1
		aws ecr get-login-password --region eu-west-1
		aws sts get-caller-identity --query Account --output text
		docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com
		docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proj-dev:1-ann
		docker tag proj-dev:1 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proj-dev:1-ann
	END
	[ "$(tail -n 1 "$T/calls")" = "docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proj-dev:1-ann" ]
}

@test "W-S1: the password is in no argv and in no output" {
	publication aws '{account}.dkr.ecr.{region}.amazonaws.com/{image}:{tag}'
	run -0 "$DOCKERUTILS" publish-image dev
	[ "$(<"$T/stdin")" = s3cret-password ]
	no_such s3cret "$T/calls"
	[[ $output != *s3cret* ]]
	[[ $output == *'aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin '* ]]
}

@test "W-S1: a failed login ends it, whichever half failed" {
	publication aws '{account}.dkr.ecr.{region}.amazonaws.com/{image}:{tag}'
	sed -i 's/echo s3cret.*;;/echo no >\&2; exit 253 ;;/' "$T/do-aws"
	run -253 "$DOCKERUTILS" publish-image dev
	[[ $output == *'login failed: aws: exit 253'* ]]
	run -1 grep 'docker tag' "$T/calls"
}

@test "W-C36: the repository is that of publication_tag, and made where it is missing" {
	publication aws '{account}.dkr.ecr.{region}.amazonaws.com/team/other:{tag}'
	touch "$T/new"
	run -0 "$DOCKERUTILS" publish-image dev
	grep -x 'aws ecr create-repository --repository-name team/other --region us-east-1' "$T/calls"
	touch "$T/denied"
	rm "$T/calls"
	run -254 "$DOCKERUTILS" publish-image dev
	run -1 grep 'docker tag' "$T/calls"
}

@test "W-C36: the README's own example, with its stray quote" {
	publication aws '{account}.dkr.ecr.{region}.amazonaws.com/{image}:{tag}"'
	run -0 "$DOCKERUTILS" publish-image dev
	grep -x 'docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/proj-dev:1' "$T/calls"
}

@test "W-C36: what cannot be pushed is found before anybody logs in" {
	publication aws 'Not/Good:{tag}'
	run -1 "$DOCKERUTILS" publish-image dev
	[[ $output == *"docker/dockerutils.cfg:4: publication_tag: 'Not/Good' cannot be an image's name"* ]]
	publication aws '{account}/{nope}:1'
	run -1 "$DOCKERUTILS" publish-image dev
	[[ $output == *'docker/dockerutils.cfg:4: publication_tag: {nope} is no variable'* ]]
	publication aws ''
	run -1 "$DOCKERUTILS" publish-image dev
	run -1 grep login "$T/calls"
}

@test "W-C6: -i and -t say which image is published" {
	publication docker_hub 'me/{image}:{tag}'
	run -0 "$DOCKERUTILS" publish-image -i other -t 7 dev
	calls_are <<-'END'
		docker tag other:7 me/other:7
		docker push me/other:7
	END
}

@test "W-C8: no image_repo is Docker Hub; a registry's host is one, too" {
	publication docker_hub 'me/{image}:{tag}'
	sed -i /image_repo/d docker/dockerutils.cfg
	run -0 "$DOCKERUTILS" publish-image dev
	publication localhost:5000 ''
	run -0 "$DOCKERUTILS" publish-image dev
	calls_are <<-'END'
		docker tag proj-dev:1 me/proj-dev:1
		docker push me/proj-dev:1
		docker tag proj-dev:1 localhost:5000/proj-dev:1
		docker push localhost:5000/proj-dev:1
	END
}

@test "W-M5: Docker Hub is logged in to on request, and has no name" {
	publication docker_hub 'me/{image}:{tag}'
	run -0 "$DOCKERUTILS" publish-image --login dev
	[ "$(head -n 1 "$T/calls")" = 'docker login' ]
}

@test "publish: another image_repo is an error, with status 255" {
	publication elsewhere 'x/y:1'
	run -255 "$DOCKERUTILS" publish-image dev
	[[ $output == *'docker/dockerutils.cfg:3: image_repo: invalid publication target'* ]]
	[ ! -e "$T/calls" ]
}

@test "publish: ends at the first failure, with its status" {
	publication docker_hub 'me/{image}:{tag}'
	echo '[ "$1" != tag ] || exit 6' >"$T/do-docker"
	run -6 "$DOCKERUTILS" publish-image dev
	run -1 grep push "$T/calls"
}

@test "W-M14: the region is AWS_REGION, AWS_DEFAULT_REGION, or the profile's" {
	publication aws '{account}.dkr.ecr.{region}.amazonaws.com/{image}:{tag}'
	AWS_REGION=a1 AWS_DEFAULT_REGION=b1 run -0 "$DOCKERUTILS" publish-image --print dev
	[[ $output == *'.ecr.a1.amazonaws'* ]]
	run -0 "$DOCKERUTILS" publish-image --print dev
	[[ $output == *'.ecr.us-east-1.amazonaws'* ]]
	echo 'exit 1' >"$T/do-aws"
	run -1 "$DOCKERUTILS" publish-image dev
	[[ $output == *'no AWS region'* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Launch failures, which docker prints on stdout as if the command had said
# them: moved to stderr, cleaned, and turned into 126 and 127, in whatever
# pieces they come.  What only looks like one stays as it is.
#
# Dollars and backquotes are docker's, names are the helper's:
# shellcheck disable=SC2016,SC2154

load helper

not_found="${oci}exec: \"nosuch\": executable file not found in \$PATH: unknown"
not_found_said='exec: "nosuch": executable file not found in $PATH'

# fails_with TEXT STATUS: docker prints TEXT and ends with STATUS.
fails_with() {
	orders exec <<-EOF
	out('''$1\r\n'''); end($2)
	EOF
}

# became STATUS MESSAGE: our status, our line, and nothing on stdout.
became() {
	ended_by "exit $1"
	out_is ''
	printf 'dexec: box: %s\n' "$2" | cmp -s - err || fail "expected: $2"
}

@test "launch: no such program (engine 20) is 127" {
	fails_with "$not_found" 126
	dexec box nosuch a b
	became 127 "$not_found_said"
	calls_are '1-exec 2-check'
}

@test "launch: no such program (engine 28) is 127" {
	fails_with "$not_found" 127
	dexec box nosuch
	became 127 "$not_found_said"
}

@test "launch: no such program (an older runtime) is 127" {
	fails_with 'OCI runtime exec failed: exec failed: container_linux.go:380: starting container process caused: exec: "nosuch": executable file not found in $PATH: unknown' 126
	dexec box nosuch
	ended_by 'exit 127'
	out_is ''
	err_has 'executable file not found in \$PATH$'
}

@test "launch: no such path is 127" {
	fails_with "${oci}exec: \"/nope\": stat /nope: no such file or directory: unknown" 126
	dexec box /nope
	became 127 'exec: "/nope": stat /nope: no such file or directory'
}

@test "launch: not executable is 126" {
	fails_with "${oci}exec: \"/etc/passwd\": permission denied: unknown" 126
	dexec box /etc/passwd
	became 126 'exec: "/etc/passwd": permission denied'
}

@test "launch: bad working directory is 126 (engine 20), not 127 (engine 28)" {
	local status text='chdir to cwd ("/nope") set in config.json failed: no such file or directory'
	for status in 126 127; do
		fails_with "$oci$text: unknown" $status
		dexec -w /nope box true
		became 126 "$text"
	done
}

@test "launch: a runtime that fails otherwise (engine 28: 128) is 126" {
	fails_with "${oci}error executing setns process: exit status 1: unknown" 128
	dexec box true
	became 126 'error executing setns process: exit status 1'
}

@test "launch: unknown user, on stdout (engine 20), is 126" {
	fails_with 'unable to find user nobody: no matching entries in passwd file' 126
	dexec -u nobody box true
	became 126 'unable to find user nobody: no matching entries in passwd file'
}

@test "launch: unknown user, on stderr with status 1 (engine 28), is 126" {
	local text='unable to find user nobody: no matching entries in passwd file'
	orders exec <<<"err('Error response from daemon: $text\n'); end(1)"
	cp orders/exec orders/probe
	dexec -u nobody box true
	became 126 "$text"
	calls_are '1-exec 2-inspect 3-probe'
	argv_is 3-probe exec -u nobody box /dev/null
}

@test "launch: a detached start fails on stderr with status 1" {
	orders exec <<<"err('''Error response from daemon: $not_found\n'''); end(1)"
	dexec -d box nosuch
	became 127 "$not_found_said"
}

@test "launch: podman's own words and statuses are left alone" {
	local text='Error: crun: executable file `nosuch` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found'
	orders exec <<<"err('''$text\n'''); end(127)"
	dexec box nosuch
	ended_by 'exit 127'
	out_is ''
	printf '%s\n' "$text" | cmp - err
	calls_are 1-exec
}

@test "launch: a name that the runtime quotes is still recognised" {
	local q='"' name
	name="a${q}b"
	fails_with "${oci}exec: \"a\\\\\"b\": executable file not found in \$PATH: unknown" 126
	dexec box "$name"
	ended_by 'exit 127'
	out_is ''
}

@test "launch: control characters in the message are made printable" {
	fails_with "${oci}exec: \"nosuch\": \\x1b[31mred: unknown" 126
	dexec box nosuch
	ended_by 'exit 126'
	! grep -q $'\e' err || fail "an escape on stderr"
}

@test "launch: buffered, it is the same" {
	fails_with "$not_found" 126
	dexec --disable_stream box nosuch
	became 127 "$not_found_said"
}

@test "launch: recognised when it comes byte by byte" {
	orders exec <<<"piecewise(1, '''$not_found\r\n'''); end(126)"
	dexec box nosuch
	became 127 "$not_found_said"
}

@test "launch: recognised when it comes in two pieces, cut anywhere" {
	local n=$((${#not_found} + 2))
	for ((at = 1; at < n; at += slow > 3 ? slow : 3)); do
		orders exec <<-EOF
		text = '''$not_found\r\n'''
		out(text[:$at]); drain(); out(text[$at:]); end(126)
		EOF
		dexec box nosuch
		became 127 "$not_found_said"
	done
}

@test "launch: a message that breaks off anywhere is the command's output" {
	local n=$((${#not_found} + 2))
	for ((at = 1; at < n; at += slow > 3 ? slow : 3)); do
		orders exec <<<"out('''$not_found\r\n'''[:$at]); end(126)"
		dexec box nosuch
		ended_by 'exit 126'
		printf '%s\r\n' "$not_found" | head -c $at | cmp - out ||
			fail "cut at $at"
		err_is ''
	done
}

@test "launch: its beginning, and then other output, loses nothing" {
	local n=$((${#not_found} + 2))
	for ((at = 1; at < n; at += 3 * (slow > 3 ? slow : 3))); do
		orders exec <<-EOF
		out('''$not_found\r\n'''[:$at]); drain(); out('other\n')
		drain(); out('more'); end(126)
		EOF
		dexec box nosuch
		ended_by 'exit 126'
		{
			printf '%s\r\n' "$not_found" | head -c $at
			printf 'other\nmore'
		} | cmp - out || fail "cut at $at"
		err_is ''
	done
}

@test "launch: the container is asked in the command's own circumstances" {
	fails_with "$not_found" 126
	dexec -i -u 5 -w /tmp -e A=1 box nosuch arg </dev/null
	became 127 "$not_found_said"
	words 2-check >got
	[ "$(head -n 10 got | tr '\n' ' ')" = \
		'exec -u 5 -w /tmp -e A=1 box sh -c ' ] || fail "$(<got)"
	[ "$(tail -n 2 got)" = $'sh\nnosuch' ] || fail "$(<got)"
}

@test "launch: where the container cannot be asked, docker's word counts" {
	fails_with "$not_found" 126
	cp orders/exec orders/check
	dexec box nosuch
	became 127 "$not_found_said"
	orders check <<<"wait('never')"
	dexec box nosuch
	became 127 "$not_found_said"
	within 6000
}

# stays TEXT STATUS: it is all the command's, whatever it looks like.
stays() {
	dexec box nosuch
	ended_by "exit $2"
	printf '%b' "$1" | cmp - out || fail "stdout altered"
}

@test "same text: where the container can start the program, it is the command's" {
	fails_with "$not_found" 126
	orders check <<<'end(0)'
	stays "$not_found\r\n" 126
	err_is ''
}

@test "same text: with status 1 it is the command's" {
	fails_with "$not_found" 1
	stays "$not_found\r\n" 1
	err_is ''
}

@test "same text: with a plain newline it is the command's" {
	orders exec <<<"out('''$not_found\n'''); end(126)"
	stays "$not_found\n" 126
}

@test "same text: about another program it is the command's" {
	fails_with "${oci}exec: \"other\": executable file not found in \$PATH: unknown" 126
	stays "${oci}exec: \"other\": executable file not found in \$PATH: unknown\r\n" 126
}

@test "same text: with more lines behind it, it is the command's" {
	orders exec <<<"out('''$not_found\r\nmore\n'''); end(126)"
	stays "$not_found\r\nmore\n" 126
}

@test "same text: with words on stderr it is the command's" {
	orders exec <<<"err('e\n'); drain(); out('''$not_found\r\n'''); end(126)"
	stays "$not_found\r\n" 126
	err_is 'e\n'
}

@test "same text: an unknown user where no user was asked for" {
	fails_with 'unable to find user nobody: no matching entries in passwd file' 126
	stays 'unable to find user nobody: no matching entries in passwd file\r\n' 126
}

@test "same text: as the first line of a long output, held up for nobody" {
	orders exec <<-EOF
	out('''$not_found\n'''); mark('said'); wait('go'); end(0)
	EOF
	start box nosuch
	await_text out
	touch go
	finish
	stays "$not_found\n" 0
}

@test "held text: released after a second when docker does not end" {
	orders exec <<-EOF
	out('''$not_found\r\n'''); wait('go'); out('later\n'); end(0)
	EOF
	start box nosuch
	await_text out
	printf '%s\r\n' "$not_found" | cmp - out
	touch go
	finish
	ended_by 'exit 0'
	printf '%s\r\nlater\n' "$not_found" | cmp - out
}

@test "held text: half of it, a second, and the other half are all there" {
	orders exec <<-EOF
	text = '''$not_found\r\n'''
	out(text[:60]); wait('go'); out(text[60:]); end(126)
	EOF
	start box nosuch
	await_text out
	touch go
	finish
	ended_by 'exit 126'
	printf '%s\r\n' "$not_found" | cmp - out
}

@test "held text: one byte is held no longer than a second" {
	orders exec <<<"out('O'); wait('go'); end(0)"
	start box x
	await_text out
	out_is O
	touch go
	finish
	within 2500
}

# dying_words: what each layer below docker has been seen to say of a container
# that ends while a command is being started in it.
dying_words() {
	local id=0123456789abcdef
	id=$id$id$id$id
	printf '%s\n' 'ttrpc: closed: unknown' \
		'cannot exec in a stopped state: unknown' \
		"task $id not found: not found" \
		"container $id not found: not found" \
		'words that nobody has seen so far'
}

@test "launch: the container ends meanwhile, in whose words ever: 125" {
	local text status
	orders inspect <<<"out('exited 2020-01-01T00:00:00Z 137\n')"
	orders check <<<"err('Error response from daemon: Container x is not running\n'); end(1)"
	while read -r text; do
		for status in 126 128; do
			fails_with "$text" $status
			dexec box sleep 9
			ended_by 'exit 125'
			out_is ''
			err_has '^dexec: container box (stopped|is not running)'
		done
	done < <(dying_words)
}

@test "launch: words like these, but the container goes on: the command's own" {
	fails_with 'words that nobody has seen so far' 126
	dexec box true
	ended_by 'exit 126'
	out_is 'words that nobody has seen so far\r\n'
	err_is ''
}

@test "launch: the container was ending, and runs again: 125" {
	local words
	for words in 'cannot exec in a stopped state: unknown' \
		'OCI runtime exec failed: exec failed: cannot exec in a deleted state: unknown'; do
		fails_with "$words" 126
		dexec box true
		ended_by 'exit 125'
		out_is ''
		err_is 'dexec: container box was not running when the command was to start\n'
	done
}

@test "launch: the hijacked connection is refused for a dying container: 125" {
	orders inspect <<<"out('exited 2020-01-01T00:00:00Z 137\n')"
	orders exec <<<"err('unable to upgrade to tcp, received 500\n'); end(1)"
	dexec box true
	ended_by 'exit 125'
	out_is ''
	err_is 'dexec: container box is not running (exited with status 137)\n'
}

@test "launch: a first line that ends with CR and LF is not waited for" {
	orders exec <<-'EOF'
		out('220 ready\r\n')
		until(lambda: os.path.exists('seen'))
	EOF
	start box talk
	await_text out
	touch seen
	finish
	ended_by 'exit 0'
}

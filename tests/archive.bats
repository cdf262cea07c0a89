#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# dexec-archive: what it makes of tar streams.  GNU ls is the measure of ls.
# $DEXEC_ARCHIVE is the program (default: ./dexec-archive).
#
# The scripts in single quotes are for another shell to expand:
# shellcheck disable=SC2016,SC2154

bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C TZ=UTC
	archive=$(realpath "${DEXEC_ARCHIVE:-./dexec-archive}")
	export archive
	cd "$BATS_TEST_TMPDIR" || return
}

# A directory d with what needs no privilege to make.
make_directory() {
	mkdir -p d/sub/deep d/.hidden d/empty
	printf 'one' >d/a
	printf 'twenty bytes of text' >d/B
	truncate -s 123456 d/large
	printf 'x' >d/.dotted
	printf 'f' >d/sub/deep/f
	printf 'h' >d/.hidden/h
	ln -s a d/link
	ln -s 'no where' d/dangling
	mkfifo d/pipe
	: >'d/a blank'
	: >d/-dash
	: >$'d/new\nline'
	: >$'d/\e[31mred'
	chmod 4755 d/B
	chmod 1777 d/empty
	chmod 0 d/-dash
	touch -h -d '2001-02-03 04:05:06' d/a d/link
	touch -d '1 hour ago' d/large d/B
	touch -d '2 days' d/pipe
	touch -d '170 days ago' d/dangling.txt
	touch -d '190 days ago' d/older
	tar --format=posix -cf d.tar d
}

# one_entry TYPE NAME [FIELD=VALUE...]: a tar with one entry and no content.
one_entry() {
	/usr/bin/python3 - "$@" <<-'EOF'
	import sys, tarfile
	entry = tarfile.TarInfo(sys.argv[2])
	entry.type = sys.argv[1].encode()
	for word in sys.argv[3:]:
	    field, value = word.split('=', 1)
	    setattr(entry, field, int(value) if value.isdigit() else value)
	with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as tar:
	    tar.addfile(entry)
	EOF
}

# cat_says STATUS MESSAGE <TAR
cat_says() {
	local status=0
	"$archive" cat --name /the/path >out 2>err || status=$?
	[ "$status" -eq "$1" ]
	[ ! -s out ]
	[ "$(cat err)" = "$2" ]
}

# same_as_ls OPTIONS...: as GNU ls lists d
same_as_ls() {
	"$archive" ls --name d "$@" <d.tar >ours
	ls "$@" d >theirs
	diff ours theirs
}

# --- cat ----------------------------------------------------------------

@test "cat: content is the file's, byte for byte" {
	head -c 3000000 /dev/urandom >file
	tar -cf - file | "$archive" cat --name file >out
	cmp file out
}

@test "cat: sizes around a block" {
	for size in 0 1 511 512 513 65535 65536 65537; do
		head -c "$size" /dev/urandom >file
		tar -cf - file | "$archive" cat --name file >out
		cmp file out
	done
}

@test "input: the writer is read to its end, by cat and ls" {
	mkdir d
	printf hello >d/file
	tar -b 2000 -cf d.tar d
	tar -b 2000 -C d -cf file.tar file
	run -0 bash -c 'set -o pipefail
		cat file.tar | "$archive" cat --name file'
	[ "$output" = hello ]
	run -0 bash -c 'set -o pipefail
		cat d.tar | "$archive" ls --name d'
	[ "$output" = file ]
}

@test "cat: an input that arrives in small pieces" {
	head -c 3000 /dev/urandom >file
	tar -cf file.tar file
	/usr/bin/python3 - <<-'EOF' | "$archive" cat --name file >out
	import os
	data = open('file.tar', 'rb').read()
	for at in range(0, len(data), 7):
	    os.write(1, data[at:at + 7])
	EOF
	cmp file out
}

@test "cat: sparse files get their zeros" {
	truncate -s 300000 file
	printf middle | dd of=file bs=1 seek=150000 conv=notrunc status=none
	for format in gnu pax; do
		tar --format="$format" -S -cf sparse.tar file
		[ "$(stat -c %s sparse.tar)" -lt 100000 ]
		"$archive" cat --name file <sparse.tar >out
		cmp file out
	done
}

@test "cat: a hole alone, larger than any buffer" {
	truncate -s 5000000 file
	tar -S -cf - file | "$archive" cat --name file >out
	cmp file out
}

@test "cat: only the first entry counts" {
	printf first >a
	printf second >b
	run -0 bash -c 'tar -cf - a b | "$archive" cat --name a'
	[ "$output" = first ]
}

@test "cat: a directory is none, and is not read to its end" {
	mkdir d
	run -1 --separate-stderr bash -c '
		{ tar -cf - d | head -c 512; cat /dev/zero; } |
		timeout 20 "$archive" cat --name /etc'
	[ -z "$output" ]
	[ "$stderr" = 'dexec: /etc: Is a directory' ]
}

@test "cat: special files and dangling links are refused" {
	pipe='is a named pipe, which cannot be read from outside the container'
	device='is a device, which cannot be read from outside the container'
	none='No such file or directory'
	one_entry 6 p | cat_says 1 "dexec: /the/path: $pipe"
	one_entry 3 c | cat_says 1 "dexec: /the/path: $device"
	one_entry 4 b | cat_says 1 "dexec: /the/path: $device"
	one_entry 2 l linkname=t | cat_says 1 "dexec: /the/path: $none"
	one_entry 1 l linkname=t | cat_says 1 "dexec: /the/path: $none"
}

@test "cat: an archive with no entry is docker's for a socket" {
	socket='is a socket, which cannot be read from outside the container'
	head -c 1024 /dev/zero | cat_says 1 "dexec: /the/path: $socket"
}

@test "cat: an empty input is docker's failure: status 3, no message" {
	cat_says 3 '' </dev/null
}

@test "cat: what is no tar is a broken archive" {
	for text in x 'Error: no such thing' "$(head -c 600 /dev/zero | tr '\0' a)"; do
		run -2 --separate-stderr "$archive" cat --name /f <<<"$text"
		[ -z "$output" ]
		[[ $stderr = 'dexec: /f: cannot read the archive: '* ]]
	done
}

@test "cat: no other format and no compression" {
	printf hello >file
	tar -czf file.tar.gz file
	run -2 "$archive" cat --name file <file.tar.gz
	printf '!<arch>\n' >file.a
	run -2 "$archive" cat --name file <file.a
}

@test "cat: a truncated archive is an error wherever it ends" {
	head -c 2000 /dev/urandom >file
	tar -cf file.tar file
	for size in 1 511 512 513 1024 2000 2511; do
		run -2 --separate-stderr "$archive" cat --name file \
			< <(head -c "$size" file.tar)
		[[ $stderr = 'dexec: file: cannot read the archive: '* ]]
	done
}

@test "cat: a damaged header is an error" {
	printf hello >file
	tar -cf file.tar file
	printf zzz | dd of=file.tar bs=1 seek=150 conv=notrunc status=none
	run -2 "$archive" cat --name file <file.tar
}

@test "messages: a hostile name is made printable" {
	run -1 "$archive" cat --name $'a\e[31m\nb\xff' < <(one_entry 5 d)
	[ "$output" = 'dexec: a\033[31m\nb\377: Is a directory' ]
}

# --- output -------------------------------------------------------------

@test "output: a full disk is 125, for cat and ls" {
	head -c 200000 /dev/urandom >file
	tar -cf file.tar file
	message='dexec: cannot write standard output: No space left on device'
	run -125 bash -c '"$archive" cat --name file <file.tar >/dev/full'
	[ "$output" = "$message" ]
	run -125 bash -c '"$archive" ls --name file <file.tar >/dev/full'
	[ "$output" = "$message" ]
	: >file
	tar -cf file.tar file
	run -125 bash -c '"$archive" ls --name file <file.tar >/dev/full'
}

@test "output: closed at the start is 125" {
	printf hello >file
	tar -cf file.tar file
	run -125 bash -c '"$archive" cat --name file <file.tar >&-'
	run -125 bash -c '"$archive" ls --name file <file.tar >&-'
}

@test "output: a reader that went away ends it by SIGPIPE, ignored or not" {
	head -c 200000 /dev/urandom >file
	tar -cf file.tar file
	/usr/bin/python3 - <<-'EOF'
	import os, subprocess
	for command in 'cat', 'ls':
	    for restore in True, False:
	        ours, theirs = os.pipe()
	        os.close(ours)
	        p = subprocess.run([os.environ['archive'], command, '--name', 'f'],
	            stdin=open('file.tar'), stdout=theirs, stderr=subprocess.PIPE,
	            restore_signals=restore)
	        assert p.returncode == -13 and p.stderr == b'', p
	        os.close(theirs)
	EOF
}

@test "output: non-blocking descriptors lose nothing" {
	head -c 500000 /dev/urandom >file
	tar -cf file.tar file
	/usr/bin/python3 - <<-'EOF'
	import os, subprocess, threading
	def pipe():
	    ends = os.pipe()
	    for end in ends:
	        os.set_blocking(end, False)
	    return ends
	in_read, in_write = pipe()
	out_read, out_write = pipe()
	p = subprocess.Popen([os.environ['archive'], 'cat', '--name', 'f'],
	    stdin=in_read, stdout=out_write)
	os.close(in_read)
	os.close(out_write)
	os.set_blocking(in_write, True)
	os.set_blocking(out_read, True)
	def feed():
	    with open(in_write, 'wb', 0) as f:
	        data = open('file.tar', 'rb').read()
	        for at in range(0, len(data), 1000):
	            f.write(data[at:at + 1000])
	feeder = threading.Thread(target=feed)
	feeder.start()
	assert open(out_read, 'rb').read() == open('file', 'rb').read()
	feeder.join()
	assert p.wait() == 0
	EOF
}

@test "memory: 4 MiB are enough, whatever the archive holds" {
	# Sanitizers and valgrind do not run under such a limit.
	bash -c 'ulimit -d 4096; "$archive" cat --name x </dev/null' || [ $? -eq 3 ] || return 0
	truncate -s 100M file
	tar -cf - file | bash -c 'ulimit -d 4096; "$archive" cat --name x' |
		cmp - file
	run -0 bash -c '/usr/bin/python3 - <<-"EOF" |
	import sys, tarfile
	with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
	    entry = tarfile.TarInfo("d")
	    entry.type = tarfile.DIRTYPE
	    tar.addfile(entry)
	    for i in range(20000):
	        tar.addfile(tarfile.TarInfo("d/below/%0100d" % i))
	    tar.addfile(tarfile.TarInfo("d/child"))
	EOF
	{ ulimit -d 4096; "$archive" ls --name d; }'
	[ "$output" = child ]
}

# --- ls -----------------------------------------------------------------

@test "ls: the same list as GNU ls, option by option" {
	make_directory
	same_as_ls
	for options in -1 -A -a -r -ra -F -p -Fp -pF -q -qA -L -1F \
		-t -tr -tA --all --almost-all -R -RA -Ra -RFr -d -dF -Rd; do
		same_as_ls "$options"
	done
	same_as_ls -a -r -1 -F
	same_as_ls -R -A -p -r
}

@test "ls: the long form is GNU's, but for link counts, directories and total" {
	make_directory
	rm -r d/sub d/.hidden d/empty
	tar --format=posix -cf d.tar d
	same_as_ls -S
	same_as_ls -SrA
	for options in -l -lA -ln -n -lh -lS -lt -ltr -lq -lF -lp -l1 -1l -lAhF; do
		"$archive" ls --name d "$options" <d.tar >ours
		# shellcheck disable=SC2012
		ls "$options" d | tail -n +2 >theirs
		diff ours theirs
	done
}

@test "ls: a file is listed by the name that was asked for" {
	printf hello >other
	tar -cf file.tar other
	run -0 "$archive" ls --name /the/file --header <file.tar
	[ "$output" = /the/file ]
	run -0 "$archive" ls --name /the/file -ld <file.tar
	[[ $output = -rw*' 5 '*' /the/file' ]]
}

@test "ls: a symbolic link that was not followed" {
	run -0 "$archive" ls --name /l -l < <(one_entry 2 l linkname=/to mode=511)
	[[ $output = 'lrwxrwxrwx 1 0 0 3 '*' /l -> /to' ]] || {
		echo "$output"
		false
	}
	run -0 "$archive" ls --name /l -F < <(one_entry 2 l linkname=/to)
	[ "$output" = /l@ ]
}

@test "ls: roots as docker names them" {
	mkdir -p r/etc
	: >r/etc/hosts
	: >r/.dockerenv
	for root in etc/ ./ / .; do
		/usr/bin/python3 - "$root" >root.tar <<-'EOF'
		import io, sys, tarfile
		root = sys.argv[1]
		# tarfile cuts slashes; docker does not: header by header
		def header(name, kind):
		    block = bytearray(tarfile.TarInfo('').tobuf())
		    block[0:len(name)] = name.encode()
		    block[156:157] = kind
		    block[148:156] = b' ' * 8
		    block[148:156] = b'%06o\0 ' % sum(block)
		    return bytes(block)
		out = sys.stdout.buffer
		base = root if root.endswith('/') else root + '/'
		out.write(header(root, b'5'))
		for name, kind in ('.env', b'0'), ('bin/', b'5'), ('bin/sh', b'0'), ('x', b'0'):
		    out.write(header(base + name, kind))
		out.write(bytes(1024))
		EOF
		run -0 "$archive" ls --name "$root" <root.tar
		[ "$output" = $'bin\nx' ]
		run -0 "$archive" ls --name /p -RA <root.tar
		[ "$output" = $'/p:\n.env\nbin\nx\n\n/p/bin:\nsh' ]
	done
	run -0 "$archive" ls --name / -R <root.tar
	[ "$output" = $'/:\nbin\nx\n\n/bin:\nsh' ]
}

@test "ls: header and gap stand before a directory" {
	mkdir d
	: >d/f
	tar -cf d.tar d
	"$archive" ls --name '/a b' --header --gap <d.tar >out
	printf '\n/a b:\nf\n' | cmp - out
	run -0 "$archive" ls --name '/a b' --header -d <d.tar
	[ "$output" = '/a b' ]
}

@test "ls: devices show their numbers, owners their names or IDs" {
	/usr/bin/python3 - >dev.tar <<-'EOF'
	import sys, tarfile
	with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as tar:
	    for name, kind, numbers, who in (
	            ('dev', b'5', (0, 0), ('root', 'root')),
	            ('dev/null', b'3', (1, 3), ('root', 'root')),
	            ('dev/tty', b'3', (136, 120), ('somebody', 'tty')),
	            ('dev/sda', b'4', (8, 0), ('', ''))):
	        entry = tarfile.TarInfo(name)
	        entry.type = kind
	        entry.devmajor, entry.devminor = numbers
	        entry.uname, entry.gname = who
	        entry.uid, entry.gid = 1000, 50
	        entry.mtime = 981173106
	        tar.addfile(entry)
	EOF
	"$archive" ls --name /dev -l <dev.tar >out
	diff - out <<-'EOF'
	crw-r--r-- 1 root     root   1,   3 Feb  3  2001 null
	brw-r--r-- 1     1000   50   8,   0 Feb  3  2001 sda
	crw-r--r-- 1 somebody tty  136, 120 Feb  3  2001 tty
	EOF
	"$archive" ls --name /dev -n <dev.tar >out
	diff - out <<-'EOF'
	crw-r--r-- 1 1000 50   1,   3 Feb  3  2001 null
	brw-r--r-- 1 1000 50   8,   0 Feb  3  2001 sda
	crw-r--r-- 1 1000 50 136, 120 Feb  3  2001 tty
	EOF
}

@test "ls: hard links have the size of their file, or ?" {
	mkdir -p d/sub
	printf hello >d/.first
	ln d/.first d/second
	printf deep >d/sub/deep
	ln d/sub/deep d/third
	tar -cf d.tar d/.first d/second d/sub d/third
	tar --format=ustar --no-recursion -cf root.tar d
	head -c 512 root.tar | cat - d.tar >all.tar
	run -0 "$archive" ls --name d -ln <all.tar
	[[ ${lines[0]} = *' 5 '*' second' ]]
	[[ ${lines[2]} = -*' ? '*' third' ]]
	run -0 "$archive" ls --name d -lR <all.tar
	[[ ${lines[3]} = *' 4 '*' third' ]]
}

@test "ls: names that are not ASCII keep their bytes" {
	mkdir d
	composed=$'d/\xc3\xa9' decomposed=$'d/e\xcc\x81' invalid=$'d/\xe9'
	: >"$composed"
	: >"$decomposed"
	: >"$invalid"
	for format in gnu pax; do
		tar --format="$format" -cf d.tar d
		for locale in C C.UTF-8; do
			LC_ALL=$locale "$archive" ls --name d <d.tar >out
			printf 'e\xcc\x81\n\xc3\xa9\n\xe9\n' | cmp - out
			LC_ALL=$locale "$archive" ls --name d -q <d.tar >out
			LC_ALL=$locale ls -q1 d >theirs
			LC_ALL=C sort out | diff - <(LC_ALL=C sort theirs)
		done
	done
}

@test "ls: long names and long link targets" {
	mkdir d
	long=$(printf '%0250d' 7)
	: >"d/$long"
	ln -s "$long/$long" d/link
	for format in gnu pax; do
		tar --format="$format" -cf d.tar d
		run -0 "$archive" ls --name d -l <d.tar
		[[ ${lines[0]} = *" $long" ]]
		[[ ${lines[1]} = *" link -> $long/$long" ]]
	done
}

@test "ls: .. of a directory that is not the root is unknown" {
	mkdir d
	tar -cf d.tar d
	run -0 "$archive" ls --name d -la <d.tar
	[[ ${lines[0]} = drwx*' .' ]]
	[[ ${lines[1]} =~ ^'d????????? ? '.*' ? ..'$ ]]
}

@test "ls: on a terminal, columns as GNU ls fills them" {
	make_directory
	for i in $(seq 40); do : >"d/file$i"; done
	: >$'d/wide\xe3\x81\x82'
	tar -cf d.tar d
	for width in 20 60 80 200; do
		/usr/bin/python3 - "$width" >ours <<-'EOF'
		import fcntl, os, pty, struct, subprocess, sys, termios
		master, slave = pty.openpty()
		fcntl.ioctl(slave, termios.TIOCSWINSZ,
		    struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
		p = subprocess.Popen([os.environ['archive'], 'ls', '--name', 'd', '-F'],
		    stdin=open('d.tar'), stdout=slave,
		    env=dict(os.environ, LC_ALL='C.UTF-8'))
		os.close(slave)
		out = b''
		try:
		    while True:
		        piece = os.read(master, 4096)
		        if not piece:
		            break
		        out += piece
		except OSError:
		    pass
		assert p.wait() == 0
		sys.stdout.buffer.write(out.replace(b'\r\n', b'\n'))
		EOF
		LC_ALL='' LC_CTYPE=C.UTF-8 LC_COLLATE=C \
			ls -CFNq -T0 -w "$width" d >theirs
		diff ours theirs
	done
}

@test "ls: a file and -d are answered from the first entry" {
	mkdir d
	for options in -d -ld -dR; do
		run -0 bash -c '{ tar -cf - d | head -c 512; cat /dev/zero; } |
			timeout 20 "$archive" ls --name d '"$options"
		[[ $output = *d ]]
	done
	truncate -s 1T file
	run -0 bash -c 'tar -cf - file | timeout 20 "$archive" ls --name file -lh'
	[[ $output = *' 1.0T '* ]]
}

@test "ls: a broken or truncated archive lists nothing" {
	make_directory
	size=$(stat -c %s d.tar)
	run -2 "$archive" ls --name d </dev/urandom
	# where the last entry ends and the mark of the end begins
	end=$(/usr/bin/python3 -c 'import tarfile
t = tarfile.open("d.tar"); t.getmembers(); print(t.offset)')
	for at in 1 600 1024 1536 "$((end - 512))" "$end"; do
		[ "$at" -lt "$size" ]
		run -2 --separate-stderr "$archive" ls --name d < <(head -c "$at" d.tar)
		[ -z "$output" ]
		[[ $stderr = 'dexec: d: cannot read the archive: '* ]]
	done
	run -0 "$archive" ls --name d < <(head -c "$((end + 512))" d.tar)
}

@test "ls: an empty input is 3, a socket is 1" {
	run -3 "$archive" ls --name /x </dev/null
	[ -z "$output" ]
	run -1 "$archive" ls --name /x < <(head -c 1024 /dev/zero)
	[ "$output" = 'dexec: /x: is a socket, which cannot be listed from outside the container' ]
}

@test "ls: an option it does not have is named" {
	run -2 "$archive" ls --name d -lZ </dev/null
	[ "$output" = 'dexec: ls option -Z is not available where the image has no ls' ]
	run -2 "$archive" ls --name d --color=auto </dev/null
	[ "$output" = 'dexec: ls option --color=auto is not available where the image has no ls' ]
	run -2 "$archive" ls --name d $'-\e' </dev/null
	[ "$output" = 'dexec: ls option -\033 is not available where the image has no ls' ]
}

@test "ls: repeated entries count once, also nested" {
	/usr/bin/python3 - >twice.tar <<-'EOF'
	import sys, tarfile
	with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as tar:
	    for name in ['a' + '/a' * n for n in range(12)]:
	        for _ in range(2):
	            entry = tarfile.TarInfo(name)
	            entry.type = tarfile.DIRTYPE
	            tar.addfile(entry)
	EOF
	run -0 bash -c '"$archive" ls --name a -R <twice.tar | grep -c :'
	[ "$output" -eq 12 ]
}

@test "ls: directories nested very deep" {
	/usr/bin/python3 - >deep.tar <<-'EOF'
	import sys, tarfile
	with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as tar:
	    for n in range(2000):
	        entry = tarfile.TarInfo('a' + '/a' * n)
	        entry.type = tarfile.DIRTYPE
	        tar.addfile(entry)
	EOF
	run -0 "$archive" ls --name a <deep.tar
	[ "$output" = a ]
	run -0 bash -c 'ulimit -s 256; "$archive" ls --name a -R <deep.tar | grep -c :'
	[ "$output" -eq 2000 ]
}

@test "misuse: a command line of no sense is 125" {
	for words in '' cat ls 'cat --name' 'mv --name x' 'cat --name x y'; do
		# shellcheck disable=SC2086
		run -125 "$archive" $words </dev/null
		[[ $output = 'dexec: dexec-archive is for dexec to run' ]]
	done
}

# ---- rest

saved() {
	"${top_srcdir:?}/tests/lib/saved.py" "$@"
}

# rest_of COUNT KIND TEXT...: of an image with these layers, without the first COUNT; prints the layers that are left,
# having had them loaded by an engine that has those, in one line.
rest_of() {
	local count=$1 kind=$2
	shift 2
	saved diffs "${@:1:count}" >has
	mapfile -t ids < <(saved diffs "$@" | tr -d '[]"' | tr , '\n')
	saved save "$kind" "$@" | "$archive" rest "$count" "${ids[@]}" >rest.tar
	tar -tf rest.tar | grep -x manifest.json >/dev/null
	saved load has <rest.tar | xargs
}

@test "rest: the first layers are left out, of either kind of archive" {
	for kind in directories blobs; do
		[ "$(rest_of 0 "$kind" a b c | xargs -n1 | sort | xargs)" = 'a b c' ]
		[ "$(rest_of 1 "$kind" a b c | xargs -n1 | sort | xargs)" = 'b c' ]
		[ "$(rest_of 2 "$kind" a b c)" = c ]
		# The topmost as well, where only the image's own words differ.
		[ -z "$(rest_of 3 "$kind" a b c)" ]
		[ -z "$(rest_of 1 "$kind" a)" ]
	done
}

@test "rest: a layer that comes once more above is needed" {
	for kind in directories blobs; do
		[ "$(rest_of 1 "$kind" a b a)" != b ]
		[ "$(rest_of 2 "$kind" a b a)" = a ]
		[ "$(rest_of 3 "$kind" a b a c)" = c ]
		[ "$(rest_of 2 "$kind" a a b)" = b ]
	done
}

@test "rest: all else comes through as it was" {
	head -c 3000000 /dev/urandom >large
	long=$(printf 'n%.0s' {1..150})
	echo x >"$long"
	ln -s "$long" link
	mkdir -p folder
	touch -d '2001-02-03 04:05:06' large link folder "$long"
	tar --format=posix -cf all.tar folder large "$long" link
	"$archive" rest 0 <all.tar >rest.tar
	mkdir out
	tar -xpf rest.tar -C out
	diff <(tar -tvf all.tar) <(tar -tvf rest.tar)
	cmp large out/large
}

@test "rest: what is made otherwise is not taken for a layer" {
	mapfile -t ids < <(saved diffs a b c | tr -d '[]"' | tr , '\n')
	id=$(printf '0%.0s' {1..64})
	mkdir -p "$id"
	for text in '{"id":"0"}' '{' '{"a":{' '{"a":"' '{"a":[]]' '{"parent":"' '{"parent":0}' '{"a":1,}' 'null' ''; do
		echo layer >"$id/layer.tar"
		printf '%s' "$text" >"$id/json"
		tar -cf - "$id/json" "$id/layer.tar" | "$archive" rest 3 "${ids[@]}" | tar -tf - | grep -x "$id/layer.tar"
	done
}

@test "rest: a damaged archive is an error, and its beginning no whole one" {
	saved save directories a b c >whole.tar
	diff=$(saved diffs a | tr -d '[]"')
	# Where an entry ends, tar takes the end of the file for that of the archive.
	ends=$(python3 -c 'import tarfile; print(*(entry.offset for entry in tarfile.open("whole.tar")))')
	[ "$(wc -w <<<"$ends")" -gt 10 ]
	for size in $ends 100 3000 20480 30000; do
		head -c "$size" whole.tar >part.tar
		status=0
		"$archive" rest 1 "$diff" <part.tar >out.tar 2>err || status=$?
		[ "$status" = 2 ] || [ "$status.$size" = 3.0 ]
		run ! tar -tf out.tar
	done
	seq 100000 >large
	tar -cf whole.tar large large large
	head -c "$(python3 -c 'import tarfile; print(tarfile.open("whole.tar").getmembers()[2].offset)')" whole.tar >part.tar
	tar -tf part.tar
	run -2 bash -c '"$archive" rest 0 <part.tar >out.tar'
	run ! tar -tf out.tar
	run -125 bash -c '"$archive" rest 0 <whole.tar >/dev/full'
	[[ $output = 'dexec: '*'No space left on device' ]]
}

@test "rest: holes, of which docker makes none, are refused and not filled" {
	truncate -s 4T sparse
	tar -S --format=posix -cf sparse.tar sparse
	run -2 timeout 20 bash -c '"$archive" rest 0 <sparse.tar | wc -c >bytes; exit ${PIPESTATUS[0]}'
	[ "$(<bytes)" -lt 100000 ]
}

@test "rest: words that make no sense are refused" {
	run -125 "$archive" rest 1 </dev/null
	run -125 "$archive" rest x sha256:0 </dev/null
	run -125 "$archive" rest 1 sha256:0 </dev/null
	run -125 "$archive" rest -1 </dev/null
	run -125 "$archive" rest </dev/null
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The rules of the house that a compiler does not know: floors, rooms, sizes,
# state, and that a command is as easily added as the README says.
#
# The harness gives $top_srcdir and $builddir:
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

setup() {
	cd "${top_srcdir:?}" || return
	# Symbols and lines that only a sanitizer's build has.
	instrumented='asan|ubsan|tsan|msan|sancov|lsan'
}

# All C files of ours, but what is made.
c_files() {
	find src tests -name '*.[ch]' ! -name sweep_script.h | LC_ALL=C sort
}

# Print what is wrong, and fail if there was anything.
none() {
	[ -z "$1" ] || { printf '%s\n' "$1"; return 1; }
}

@test "floors: includes point downward only" {
	# A floor may include itself and those that stand behind it.
	# shellcheck disable=SC2016 # awk's own
	run xargs awk '
		BEGIN {
			below["wire"] = " wire "
			below["sweep"] = " sweep "
			below["agent"] = " agent sweep wire "
			below["sftp"] = " sftp "
			below["base"] = " base "
			below["run"] = " run base "
			below["container"] = " container run base sweep wire "
			below["keeper"] = " keeper container run base sweep wire "
			below["fanout"] = " fanout container run base sweep "
			below["dexec"] = " dexec fanout container run base "
			below["dockerutils"] = " dockerutils run base "
			below["dockerdo"] = " dockerdo container run base "
			below["render"] = " render dexec fanout container run base "
			below["archive"] = " archive run base "
		}
		/^#[ \t]*include "/ {
			split(FILENAME, path, "/")
			split($2, name, /["\/]/)
			if (!index($2, "/")) next
			if (!(path[2] in below))
				print FILENAME ": a floor that this test does not know"
			else if (!index(below[path[2]], " " name[2] " "))
				print FILENAME ":" FNR ": " $0
		}' < <(find src -name '*.[ch]')
	none "$output"
}

@test "floors: an include names its floor" {
	# What has none is made by configure or make.
	run grep -nE '^#[ \t]*include "[^/]*"' -r src
	none "$(printf '%s\n' "$output" |
		grep -vE '"(config|sweep_script)\.h"$')"
}

@test "rooms: every .c has its header, and the other way round" {
	bad=
	for file in src/{wire,sweep,agent,sftp,base,run,container,keeper,fanout,archive,dockerutils,dockerdo}/*.c; do
		case $file in
		*/main.c | src/docker*/cmd_*.c) continue ;;
		# exec_run(), which exec.h declares.
		src/container/run.c) continue ;;
		esac
		[ -e "${file%.c}.h" ] || bad="$bad $file"
	done
	for file in src/*/*.h; do
		[ -e "${file%.h}.c" ] || bad="$bad $file"
	done
	none "$bad"
}

@test "rooms: a header can be included alone, and first" {
	cd "$BATS_TEST_TMPDIR"
	for file in "$top_srcdir"/src/*/*.h; do
		line="#include \"${file#"$top_srcdir/src/"}\""
		printf '%s\n%s\nint main(void) { return 0; }\n' \
			"$line" "$line" >one.c
		cc -std=c11 -D_GNU_SOURCE -fsyntax-only -I"$top_srcdir/src" \
			-I"$builddir" -I"$builddir/src" one.c ||
			{ echo "$line"; return 1; }
	done
}

@test "rooms: nothing is called util, misc, common or helpers" {
	none "$(find src tests bench -regextype posix-extended -iregex \
		'.*/[^/]*(util|misc|common|helpers|stuff)[^/]*' \
		! -path '*/corpus/*' ! -name '*.pyc' ! -name 'dockerutils*')"
}

@test "sizes: no file of C is longer than 500 lines" {
	none "$(c_files | xargs wc -l | awk '$2 != "total" && $1 > 500')"
}

@test "sizes: no function is longer than 60 lines" {
	none "$(c_files | xargs awk '
		FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start - 1 > 60)
				print FILENAME ":" start ": " FNR - start - 1
			start = 0
		}')"
}

@test "sizes: main is at most 40 lines" {
	none "$(find src -name '*.c' -print0 | xargs -0 awk '
		/^main\(/ { inside = 1 }
		/^\{/ { start = FNR }
		/^\}/ && inside {
			if (FNR - start - 1 > 40)
				print FILENAME ": " FNR - start - 1
			inside = 0
		}')"
}

@test "state: nothing can be written at file scope but the signal flag" {
	none "$(find "$builddir/src" -name '*.o' | while read -r object; do
		objdump -t "$object" | awk -v o="${object#"$builddir"/}" '
			$4 ~ /^\.t?(data|bss)(\.|$)/ && $4 !~ /\.rel\.ro/ &&
			$NF != $4 || $4 == "*COM*" { print o ": " $NF }'
	done | grep -vE "$instrumented|loop\.o: (deaf|signal_pipe)$")"
}

@test "library: it neither prints nor exits" {
	none "$(nm -u "$builddir/libdexec.a" | awk '
		/:$/ { object = $1 }
		$1 == "U" { print object, $2 }' | sed 's/__\(.*\)_chk$/\1/' |
		grep -E ' (exit|v?(f|d)?printf|puts|fputs|putchar|putc|fputc|fwrite|perror|v?(err|warn)[cx]?|stdout|stderr|std(out|err)p|quick_exit)$')"
}

@test "library: only the guard ends a process by _exit" {
	none "$(nm -u -A "$builddir/libdexec.a" | grep -E ' U _(E|e)xit$' |
		grep -v ':guard\.o:')"
}

@test "library: SIGALRM, system(3), popen(3) and strcpy(3) are not used" {
	none "$(nm -u -A "$builddir/libdexec.a" | sed 's/__\(.*\)_chk$/\1/' |
		grep -E ' U (alarm|setitimer|system|popen|wordexp|strcpy|strcat|sprintf|gets|tmpnam|mktemp|_*(strcpy|strcat|sprintf))$')"
}

@test "dexec: it needs libc and libbsd, and nothing else" {
	# A static one would not tell.
	run -0 readelf -d "$builddir/shared/dexec"
	[[ $output == *NEEDED* ]]
	none "$(printf '%s\n' "$output" | grep NEEDED |
		grep -vE "\[(libc|libbsd)\.so|$instrumented")"
}

@test "licence: every source file says ISC" {
	none "$(find src tests bench .ci bootstrap configure.ac Makefile.am \
		docs.am m4 man completion -type f \
		! -path '*/corpus/*' ! -path '*/__pycache__/*' \
		! -path '*/golden/config/*' ! -path '*/golden/groups/*' ! -name sweep_script.h \
		! -name RESULTS.md ! -name '*.svg' ! -name '*.json' \
		-exec grep -L 'SPDX-License-Identifier: ISC' {} +)"
}

# The block of the README that is marked with the words $1.
block() {
	awk -v mark="\`\`\`$1" '
		$0 == mark { inside = 1; next }
		/^```/ { inside = 0 }
		inside' "$top_srcdir/README.md"
}

# Put each line of $2 into file $1, behind the last one that begins as it does
# up to the name $3.
insert_lines() {
	while IFS= read -r line; do
		LINE=$line START=${line%%"$3"*} awk '
			{ text[NR] = $0 }
			index($0, ENVIRON["START"]) == 1 { last = NR }
			END {
				for (i = 1; i <= NR; i++) {
					print text[i]
					if (i == last) print ENVIRON["LINE"]
				}
			}' "$1" >"$1.new"
		mv "$1.new" "$1"
	done <<<"$2"
}

# The value of variable $1 in the Makefile of the build.
make_variable() {
	sed -n "s/^$1 = //p" "$builddir/Makefile"
}

# The sources of dexec, as $1/Makefile.am lists them.
listed_sources() {
	echo src/dexec/main.c src/base/leave.c src/base/program.c
	awk '/^dexec_parts =/ { on = 1; next }
		on { for (i = 1; i <= NF; i++) if ($i ~ /\.c$/) print $i }
		on && !/\\$/ { exit }' "$1/Makefile.am"
}

# Compile what $PWD/Makefile.am lists, and link it with the library.
build_dexec() {
	flags="$(make_variable WARN_CFLAGS) $(make_variable BSD_CFLAGS)
		$(make_variable CFLAGS) -D_GNU_SOURCE -DLIBBSD_OPENBSD_VIS"
	# shellcheck disable=SC2046,SC2086 # flags and files, as words
	$(make_variable CC) $flags -Isrc -I"$builddir" -I"$builddir/src" \
		'-DLIBEXEC_DIR=""' -o "$1" $(listed_sources .) \
		$(make_variable HARDEN_LDFLAGS) "$builddir/libdexec.a" \
		$(make_variable BSD_LIBS)
}

@test "compilers: clang has no warning for any source either" {
	flags="$(make_variable WARN_CFLAGS) $(make_variable BSD_CFLAGS)
		-D_GNU_SOURCE -DLIBBSD_OPENBSD_VIS -Wno-unknown-warning-option"
	# shellcheck disable=SC2046,SC2086 # flags and files, as words
	clang -fsyntax-only -Werror $flags -Isrc -I"$builddir" \
		-I"$builddir/src" '-DLIBEXEC_DIR=""' \
		'-DCOMPLETION_FILE=""' $(find src -name '*.c')
}

@test "commands: one is added as the README says" {
	mkdir -p "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/bin"
	cp -R src Makefile.am "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	chmod -R u+w .

	file=$(sed -n 's/^```c \(src\/dexec\/cmd_.*\.c\)$/\1/p' \
		"$top_srcdir/README.md")
	name=$(basename "$file" .c)
	name=${name#cmd_}
	block "c $file" >"$file"
	[ -s "$file" ]
	insert_lines src/dexec/command.c \
		"$(block 'c src/dexec/command.c')" "$name"
	insert_lines Makefile.am "$(block 'make Makefile.am')" "$name"
	build_dexec "$PWD/dexec"

	printf '%s\n' '#!/bin/sh' 'printf "<%s>" "$@"' >../bin/docker
	chmod +x ../bin/docker
	export PATH="$PWD/../bin:$PATH" HOME="$PWD" XDG_CONFIG_HOME="$PWD"
	run -0 ./dexec --help
	[[ $output == *$'\n'"  $name "* ]]
	run -0 ./dexec --help "$name"
	[[ $output == "Usage: dexec [OPTIONS] TARGET $name "* ]]
	run -0 ./dexec --no-reap X "$name" /a '/b c'
	[[ $output == '<exec><X><'*'></a></b c>' ]]
}

# SPDX-License-Identifier: ISC
# Make a C string of a shell script: no comments, no blank lines, no indents.
BEGIN {
	print "/* Made from sweep.sh. */"
	print "#define SWEEP_SCRIPT \\"
}
/^[ \t]*(#|$)/ { next }
{
	sub(/^[ \t]+/, "")
	gsub(/[\\"]/, "\\\\&")
	printf "\t\"%s\\n\" \\\n", $0
}
END { print "\t\"\"" }

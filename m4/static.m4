dnl SPDX-License-Identifier: ISC

dnl Set STATIC_LDFLAGS and STATIC_LIBS where a program of this kind can be
dnl linked with no shared library; else leave them.
AC_DEFUN([DEXEC_STATIC], [
    AC_MSG_CHECKING([for -static-pie with libbsd])
    dexec_libs=`$PKG_CONFIG --static --libs libbsd-overlay 2>/dev/null`
    dexec_saved_CFLAGS=$CFLAGS dexec_saved_LIBS=$LIBS
    CFLAGS="$CFLAGS $BSD_CFLAGS $HARDEN_CFLAGS -static-pie"
    LIBS="$LIBS $dexec_libs"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdlib.h>
	    #include <string.h>]],
	[[const char *bad; char *program = strdup(getprogname());
	return (int)strtonum(program, 0, 1, &bad);]])],
	[STATIC_LDFLAGS=-static-pie STATIC_LIBS=$dexec_libs])
    CFLAGS=$dexec_saved_CFLAGS LIBS=$dexec_saved_LIBS
    AS_IF([test -n "$STATIC_LDFLAGS"],
	[AC_MSG_RESULT([yes])], [AC_MSG_RESULT([no])])
])

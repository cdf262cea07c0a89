dnl SPDX-License-Identifier: ISC

dnl DEXEC_TRY_FLAG(VARIABLE, FLAG, [LINK])
dnl Add FLAG to VARIABLE when the compiler takes it; with LINK, the linker too.
AC_DEFUN([DEXEC_TRY_FLAG], [
    AS_VAR_PUSHDEF([cache], [dexec_cv_flag_$2])
    AC_CACHE_CHECK([for $2], [cache], [
	dexec_saved=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	m4_ifval([$3],
	    [AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]],
		[[puts("");]])],
		[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])],
	    [AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]],
		[[puts("");]])],
		[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])])
	CFLAGS=$dexec_saved
    ])
    AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
    AS_VAR_POPDEF([cache])
])

dnl Set WARN_CFLAGS, HARDEN_CFLAGS and HARDEN_LDFLAGS.
AC_DEFUN([DEXEC_FLAGS], [
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-std=c11])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wall])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wextra])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wshadow])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wconversion])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wformat=2])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wmissing-prototypes])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wstrict-prototypes])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wold-style-definition])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wpointer-arith])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wundef])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wvla])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wwrite-strings])
    DEXEC_TRY_FLAG([WARN_CFLAGS], [-Wno-missing-field-initializers])
    DEXEC_TRY_FLAG([HARDEN_CFLAGS], [-fstack-protector-strong], [link])
    DEXEC_TRY_FLAG([HARDEN_CFLAGS], [-fstack-clash-protection], [link])
    DEXEC_TRY_FLAG([HARDEN_CFLAGS], [-fcf-protection], [link])
    DEXEC_TRY_FLAG([HARDEN_CFLAGS], [-fPIE])
    DEXEC_TRY_FLAG([HARDEN_CFLAGS], [-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2])
    DEXEC_TRY_FLAG([HARDEN_LDFLAGS], [-pie], [link])
    DEXEC_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,-z,relro], [link])
    DEXEC_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,-z,now], [link])
    DEXEC_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,-z,noexecstack], [link])
    DEXEC_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,--as-needed], [link])
    AC_SUBST([WARN_CFLAGS])
    AC_SUBST([HARDEN_CFLAGS])
    AC_SUBST([HARDEN_LDFLAGS])
])

dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl
dnl How our own sources are compiled: warnings, sanitizers, hardening, tests.

dnl NIN3A_TRY_FLAG(VARIABLE, FLAG, [LDFLAG])
dnl Adds FLAG to VARIABLE if compiler and linker take it without a word.
AC_DEFUN([NIN3A_TRY_FLAG], [
nin3a_cflags=$CFLAGS
nin3a_ldflags=$LDFLAGS
CFLAGS="$CFLAGS $2 -Werror"
LDFLAGS="$LDFLAGS $3"
AC_LINK_IFELSE([AC_LANG_SOURCE([[#include <string.h>
	int main(int argc, char *argv@<:@@:>@) { return (int)strlen(argv@<:@0@:>@) == argc; }]])],
	[$1="$$1 $2"])
CFLAGS=$nin3a_cflags
LDFLAGS=$nin3a_ldflags
])

dnl NIN3A_WARNINGS
dnl Off are those that strongSwan's own conventions set off: its printf hooks,
dnl partial INIT blocks, unused METHOD parameters, chars as bytes.
AC_DEFUN([NIN3A_WARNINGS], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
	[], [enable_werror=no])
WARN_CFLAGS="-Wall -Wextra -Wsign-compare -Wshadow -Wdeclaration-after-statement -Wvla -Wno-format -Wno-format-security -Wno-missing-field-initializers -Wno-unused-parameter -Wno-pointer-sign"
AS_IF([test "$enable_werror" != no], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
])

dnl NIN3A_SANITIZERS
AC_DEFUN([NIN3A_SANITIZERS], [
AC_ARG_ENABLE([asan],
	[AS_HELP_STRING([--enable-asan],
		[compile with address and undefined behaviour sanitizers])],
	[], [enable_asan=no])
AC_ARG_ENABLE([tsan],
	[AS_HELP_STRING([--enable-tsan], [compile with the thread sanitizer])],
	[], [enable_tsan=no])
AC_ARG_ENABLE([fuzzing],
	[AS_HELP_STRING([--enable-fuzzing],
		[build the fuzz targets with libFuzzer, and all with address and
		undefined behaviour sanitizers; needs CC=clang])],
	[], [enable_fuzzing=no])
SAN_CFLAGS=
FUZZ_LDFLAGS=
nin3a_sanitizers=no
if test "$enable_fuzzing" = yes; then
	enable_asan=yes
	FUZZ_LDFLAGS="-fsanitize=fuzzer"
fi
if test "$enable_asan$enable_tsan" = yesyes; then
	AC_MSG_ERROR([--enable-asan (or --enable-fuzzing) and --enable-tsan exclude each other: use two build directories.])
fi
if test "$enable_asan" = yes; then
	nin3a_sanitizers=address,undefined
	SAN_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
fi
if test "$enable_tsan" = yes; then
	nin3a_sanitizers=thread
	SAN_CFLAGS="-fsanitize=thread -fno-omit-frame-pointer"
fi
if test "$nin3a_sanitizers" != no; then
	nin3a_ok=
	NIN3A_TRY_FLAG([nin3a_ok], [$SAN_CFLAGS])
	if test -z "$nin3a_ok"; then
		AC_MSG_ERROR([the compiler cannot link with -fsanitize=$nin3a_sanitizers: install its sanitizer libraries (Debian: libgcc-12-dev has them).])
	fi
fi
if test "$enable_fuzzing" = yes; then
	nin3a_ok=
	NIN3A_TRY_FLAG([nin3a_ok], [-fsanitize=fuzzer-no-link])
	if test -z "$nin3a_ok"; then
		AC_MSG_ERROR([the compiler has no libFuzzer: pass CC=clang (Debian: clang and libclang-rt-14-dev).])
	fi
	SAN_CFLAGS="$SAN_CFLAGS -fsanitize=fuzzer-no-link"
fi
AC_SUBST([SAN_CFLAGS])
AC_SUBST([FUZZ_LDFLAGS])
AM_CONDITIONAL([FUZZING], [test "$enable_fuzzing" = yes])
AM_CONDITIONAL([ASAN], [test "$enable_asan" = yes])
AM_CONDITIONAL([TSAN], [test "$enable_tsan" = yes])
])

dnl NIN3A_HARDENING
AC_DEFUN([NIN3A_HARDENING], [
AC_ARG_ENABLE([hardening],
	[AS_HELP_STRING([--disable-hardening],
		[without stack protector, fortified libc calls, read-only relocations
		and immediate binding])],
	[], [enable_hardening=yes])
HARDEN_CFLAGS=
HARDEN_LDFLAGS=
if test "$enable_hardening" != no; then
	NIN3A_TRY_FLAG([HARDEN_CFLAGS], [-fstack-protector-strong])
	NIN3A_TRY_FLAG([HARDEN_CFLAGS], [-fstack-clash-protection])
	NIN3A_TRY_FLAG([HARDEN_CFLAGS], [-fcf-protection])
	if test "$nin3a_sanitizers" = no; then
		NIN3A_TRY_FLAG([HARDEN_CFLAGS], [-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2])
	fi
	NIN3A_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,-z,relro])
	NIN3A_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,-z,noexecstack])
	dnl the modules find charon's symbols in the process: now is fine for them
	NIN3A_TRY_FLAG([HARDEN_LDFLAGS], [-Wl,-z,now])
fi
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])

dnl NIN3A_COVERAGE
AC_DEFUN([NIN3A_COVERAGE], [
AC_ARG_ENABLE([coverage],
	[AS_HELP_STRING([--enable-coverage], [compile for gcov])],
	[], [enable_coverage=no])
COVERAGE_CFLAGS=
AS_IF([test "$enable_coverage" != no],
	[COVERAGE_CFLAGS="--coverage -fprofile-update=atomic -O0 -U_FORTIFY_SOURCE"])
AC_SUBST([COVERAGE_CFLAGS])
])

dnl NIN3A_TESTS
AC_DEFUN([NIN3A_TESTS], [
AC_ARG_ENABLE([tests],
	[AS_HELP_STRING([--disable-tests],
		[without the unit tests of 'make check', which need Check])],
	[], [enable_tests=yes])
CHECK_CFLAGS=
CHECK_LIBS=
if test "$enable_tests" != no; then
	AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])
	if test "$PKG_CONFIG" != no && $PKG_CONFIG --exists check; then
		CHECK_CFLAGS=`$PKG_CONFIG --cflags check`
		CHECK_LIBS=`$PKG_CONFIG --libs check`
	else
		CHECK_LIBS="-lcheck -lsubunit -lm -lrt"
	fi
	AC_MSG_CHECKING([for Check])
	nin3a_libs=$LIBS
	nin3a_cflags=$CFLAGS
	LIBS="$CHECK_LIBS -lpthread $LIBS"
	CFLAGS="$CFLAGS $CHECK_CFLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <check.h>]],
		[[return suite_create("x") == NULL;]])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR([the unit tests need Check: install it (Debian: apt-get install check pkg-config) or pass --disable-tests.])])
	LIBS=$nin3a_libs
	CFLAGS=$nin3a_cflags
	if test -z "$SS_VICI_LIBS"; then
		AC_MSG_ERROR([the unit tests compare with libvici.so.0, which is not beside libcharon.so.0: install it (Debian: strongswan-swanctl), or pass --disable-tests.])
	fi
	if test ! -d "$SS_TEST_PLUGINDIR"; then
		AC_MSG_ERROR([the unit tests use strongSwan's crypto plugins, but there is no '$SS_TEST_PLUGINDIR': install strongSwan $SS_VERSION, pass --with-charon=PATH of one, or pass --disable-tests.])
	fi
fi
AC_SUBST([CHECK_CFLAGS])
AC_SUBST([CHECK_LIBS])
AM_CONDITIONAL([TESTS_ENABLED], [test "$enable_tests" != no])
])

dnl NIN3A_EXPORTER: enum MHD_Result is there from 0.9.71 on
AC_DEFUN([NIN3A_EXPORTER], [
AC_ARG_ENABLE([exporter],
	[AS_HELP_STRING([--disable-exporter],
		[without kupf-exporter, which needs libmicrohttpd (default: if it is there)])],
	[], [enable_exporter=auto])
MICROHTTPD_CFLAGS=
MICROHTTPD_LIBS=
if test "$enable_exporter" != no; then
	nin3a_exporter=no
	AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])
	AC_MSG_CHECKING([for libmicrohttpd])
	if test "$PKG_CONFIG" != no &&
		$PKG_CONFIG --exists 'libmicrohttpd >= 0.9.71'; then
		MICROHTTPD_CFLAGS=`$PKG_CONFIG --cflags libmicrohttpd`
		MICROHTTPD_LIBS=`$PKG_CONFIG --libs libmicrohttpd`
		nin3a_exporter=yes
	fi
	AC_MSG_RESULT([$nin3a_exporter])
	if test "$enable_exporter$nin3a_exporter" = yesno; then
		AC_MSG_ERROR([kupf-exporter needs libmicrohttpd 0.9.71 or later: install it (Debian: apt-get install libmicrohttpd-dev pkg-config) or pass --disable-exporter.])
	fi
	enable_exporter=$nin3a_exporter
fi
AC_SUBST([MICROHTTPD_CFLAGS])
AC_SUBST([MICROHTTPD_LIBS])
AM_CONDITIONAL([EXPORTER], [test "$enable_exporter" != no])
])

dnl NIN3A_LIBCRYPTO: keys that come over N4 encrypted
AC_DEFUN([NIN3A_LIBCRYPTO], [
AC_ARG_ENABLE([wrapped-keys],
	[AS_HELP_STRING([--disable-wrapped-keys],
		[without encrypted keys on N4, which need libcrypto (default: if it is there)])],
	[], [enable_wrapped_keys=auto])
LIBCRYPTO_CFLAGS=
LIBCRYPTO_LIBS=
if test "$enable_wrapped_keys" != no; then
	nin3a_wrapped_keys=no
	AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])
	AC_MSG_CHECKING([for libcrypto])
	if test "$PKG_CONFIG" != no &&
		$PKG_CONFIG --exists 'libcrypto >= 1.1.1'; then
		LIBCRYPTO_CFLAGS="-DN4_LIBCRYPTO `$PKG_CONFIG --cflags libcrypto`"
		LIBCRYPTO_LIBS=`$PKG_CONFIG --libs libcrypto`
		nin3a_wrapped_keys=yes
	fi
	AC_MSG_RESULT([$nin3a_wrapped_keys])
	if test "$enable_wrapped_keys$nin3a_wrapped_keys" = yesno; then
		AC_MSG_ERROR([wrapped keys need libcrypto 1.1.1 or later: install it (Debian: apt-get install libssl-dev pkg-config) or pass --disable-wrapped-keys.])
	fi
	enable_wrapped_keys=$nin3a_wrapped_keys
fi
AC_SUBST([LIBCRYPTO_CFLAGS])
AC_SUBST([LIBCRYPTO_LIBS])
])

dnl NIN3A_SYNC
AC_DEFUN([NIN3A_SYNC], [
AC_ARG_ENABLE([sync],
	[AS_HELP_STRING([--disable-sync],
		[without kupf-sync, which needs hiredis and libcrypto (default: if they are there)])],
	[], [enable_sync=auto])
SYNC_CFLAGS=
SYNC_LIBS=
if test "$enable_sync" != no; then
	nin3a_sync=no
	AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])
	AC_MSG_CHECKING([for hiredis and libcrypto])
	if test "$PKG_CONFIG" != no &&
		$PKG_CONFIG --exists 'hiredis >= 0.14 libcrypto >= 1.1.1'; then
		SYNC_CFLAGS=`$PKG_CONFIG --cflags hiredis libcrypto`
		SYNC_LIBS=`$PKG_CONFIG --libs hiredis libcrypto`
		nin3a_sync=yes
	fi
	AC_MSG_RESULT([$nin3a_sync])
	if test "$enable_sync$nin3a_sync" = yesno; then
		AC_MSG_ERROR([kupf-sync needs hiredis 0.14 and libcrypto 1.1.1 or later: install them (Debian: apt-get install libhiredis-dev libssl-dev pkg-config) or pass --disable-sync.])
	fi
	enable_sync=$nin3a_sync
fi
AC_SUBST([SYNC_CFLAGS])
AC_SUBST([SYNC_LIBS])
AM_CONDITIONAL([SYNC], [test "$enable_sync" != no])
])

dnl NIN3A_TLS_LIBRARY(NAME, name, PREFIX, pkg-config, version, package): one of
dnl those that libkupf-psk has functions for
AC_DEFUN([NIN3A_TLS_LIBRARY], [
AC_ARG_ENABLE([$2],
	[AS_HELP_STRING([--disable-$2],
		[without libkupf-psk-$2, which needs $1 (default: if it is there)])],
	[], [enable_$2=auto])
$3[]_CFLAGS=
$3[]_LIBS=
if test "$enable_$2" != no; then
	nin3a_tls=no
	AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])
	AC_MSG_CHECKING([for $1])
	if test "$PKG_CONFIG" != no && $PKG_CONFIG --exists '$4 >= $5'; then
		$3[]_CFLAGS=`$PKG_CONFIG --cflags $4`
		$3[]_LIBS=`$PKG_CONFIG --libs $4`
		nin3a_tls=yes
	fi
	AC_MSG_RESULT([$nin3a_tls])
	if test "$enable_$2$nin3a_tls" = yesno; then
		AC_MSG_ERROR([libkupf-psk-$2 needs $1 $5 or later: install it (Debian: apt-get install $6 pkg-config) or pass --disable-$2.])
	fi
	enable_$2=$nin3a_tls
fi
AC_SUBST($3[]_CFLAGS)
AC_SUBST($3[]_LIBS)
AM_CONDITIONAL($3, [test "$enable_$2" != no])
])

dnl NIN3A_TLS: OpenSSL and GnuTLS, each if it is there
AC_DEFUN([NIN3A_TLS], [
NIN3A_TLS_LIBRARY([OpenSSL], [openssl], [OPENSSL], [openssl], [3.0.0], [libssl-dev])
NIN3A_TLS_LIBRARY([GnuTLS], [gnutls], [GNUTLS], [gnutls], [3.7.0], [libgnutls28-dev])
])

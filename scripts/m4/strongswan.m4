dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl
dnl What is taken from strongSwan: a source tree, where it was configured, and
dnl the daemon that will load the plugins.

dnl NIN3A_STRONGSWAN_TREE
dnl Sets SS_SRC, SS_BUILD (absolute), SS_VERSION and nin3a_me (yes or no).
AC_DEFUN([NIN3A_STRONGSWAN_TREE], [
AC_ARG_WITH([strongswan],
	[AS_HELP_STRING([--with-strongswan=SRC@<:@,BUILD@:>@],
		[source tree of strongSwan, and the directory it was configured in
		(default: SRC itself); see scripts/strongswan])],
	[], [with_strongswan=])
AC_MSG_CHECKING([for the strongSwan tree])
case $with_strongswan in
""|yes|no)
	AC_MSG_ERROR([no strongSwan tree given: run 'scripts/strongswan configure 5.9.8' and pass --with-strongswan=SRC,BUILD with what 'scripts/strongswan path src 5.9.8' and 'path configured' print.]) ;;
*,*)
	SS_SRC=${with_strongswan%%,*}
	SS_BUILD=${with_strongswan#*,} ;;
*)
	SS_SRC=$with_strongswan
	SS_BUILD=$with_strongswan ;;
esac
if test ! -f "$SS_SRC/src/libcharon/daemon.h"; then
	AC_MSG_ERROR(['$SS_SRC' is not a source tree of strongSwan (it has no src/libcharon/daemon.h): 'scripts/strongswan fetch' brings one.])
fi
if test ! -f "$SS_BUILD/config.h" || test ! -f "$SS_BUILD/config.status"; then
	AC_MSG_ERROR(['$SS_BUILD' is not a configured build directory of strongSwan (it has no config.h): run 'scripts/strongswan configure' and pass --with-strongswan=SRC,BUILD.])
fi
SS_SRC=`cd "$SS_SRC" && pwd`
SS_BUILD=`cd "$SS_BUILD" && pwd`
nin3a_src_version=`$SED -n "s/^PACKAGE_VERSION='\(.*\)'.*/\1/p" "$SS_SRC/configure" 2>/dev/null`
SS_VERSION=`$SED -n 's/^#define VERSION "\(.*\)".*/\1/p' "$SS_BUILD/config.h"`
if test -z "$SS_VERSION"; then
	AC_MSG_ERROR(['$SS_BUILD/config.h' has no VERSION: it is not strongSwan's.])
fi
if test -n "$nin3a_src_version" && test "$nin3a_src_version" != "$SS_VERSION"; then
	AC_MSG_ERROR(['$SS_SRC' is strongSwan $nin3a_src_version but '$SS_BUILD' was configured for $SS_VERSION: pass a pair of the same version.])
fi
nin3a_me=no
if grep '^#define ME\>' "$SS_BUILD/config.h" >/dev/null; then
	nin3a_me=yes
fi
AC_MSG_RESULT([$SS_VERSION, mediation: $nin3a_me])
AC_SUBST([SS_SRC])
AC_SUBST([SS_BUILD])
AC_SUBST([SS_VERSION])
])

dnl NIN3A_STRONGSWAN_DIRS
dnl Sets SS_IPSECDIR, SS_IPSECLIBDIR, SS_PIDDIR, SS_SBINDIR, SS_SYSCONFDIR as
dnl strongSwan has them, plugindir and confdir as we shall install to.
AC_DEFUN([NIN3A_STRONGSWAN_DIRS], [
nin3a_dirs=`$SED -n 's/^S."\(prefix\|exec_prefix\|@<:@a-z@:>@*dir\)".=\(".*"\)$/\1=\2/p' "$SS_BUILD/config.status"`
# they refer to each other in any order: a few rounds resolve them
nin3a_dir()
{
	(
		for nin3a_round in 1 2 3 4 5; do
			eval "$nin3a_dirs"
		done
		eval "echo \$$[]1"
	)
}
SS_IPSECDIR=`nin3a_dir ipsecdir`
SS_IPSECLIBDIR=`nin3a_dir ipseclibdir`
SS_PIDDIR=`nin3a_dir piddir`
SS_SBINDIR=`nin3a_dir sbindir`
SS_SYSCONFDIR=`nin3a_dir sysconfdir`
if test -z "$SS_IPSECDIR" || test -z "$SS_IPSECLIBDIR"; then
	AC_MSG_ERROR(['$SS_BUILD/config.status' has no ipsecdir: configure strongSwan there again.])
fi
AC_ARG_WITH([plugindir],
	[AS_HELP_STRING([--with-plugindir=DIR],
		[where to install the plugins (default: strongSwan's)])],
	[plugindir=$withval], [plugindir=`nin3a_dir plugindir`])
AC_ARG_WITH([confdir],
	[AS_HELP_STRING([--with-confdir=DIR],
		[strongswan.d directory to install the samples to (default: the one
		below strongSwan's sysconfdir)])],
	[confdir=$withval], [confdir=$SS_SYSCONFDIR/strongswan.d])
AC_SUBST([plugindir])
AC_SUBST([confdir])
AC_SUBST([SS_IPSECLIBDIR])
AC_SUBST([SS_PIDDIR])
])

dnl NIN3A_STRONGSWAN_CHARON
dnl Compares the tree with the charon that will load the plugins: before 6.1
dnl charon itself does not, and a plugin of another version crashes it.
dnl Sets nin3a_charon, and nin3a_root: what its paths have before strongSwan's
dnl (a DESTDIR; empty for an installed one).
AC_DEFUN([NIN3A_STRONGSWAN_CHARON], [
AC_ARG_WITH([charon],
	[AS_HELP_STRING([--with-charon=PATH],
		[charon that will load the plugins, to check version and options
		against (default: the installed one; no: do not check)])],
	[], [with_charon=yes])
nin3a_charon=$with_charon
nin3a_root=
if test "$with_charon" = yes; then
	nin3a_charon=no
	for nin3a_try in "$SS_IPSECDIR/charon" "$SS_SBINDIR/charon-systemd"; do
		if test -x "$nin3a_try"; then
			nin3a_charon=$nin3a_try
			break
		fi
	done
fi
if test "$nin3a_charon" != no; then
	AC_MSG_CHECKING([version of $nin3a_charon])
	if test ! -x "$nin3a_charon"; then
		AC_MSG_ERROR(['$nin3a_charon' is not a program: pass --with-charon=PATH of the charon that will load the plugins, or --with-charon=no.])
	fi
	case $nin3a_charon in
	*"$SS_IPSECDIR"/*) nin3a_root=${nin3a_charon%"$SS_IPSECDIR"/*} ;;
	*"$SS_SBINDIR"/*) nin3a_root=${nin3a_charon%"$SS_SBINDIR"/*} ;;
	esac
	nin3a_libdir=$nin3a_root$SS_IPSECLIBDIR
	dnl read, not run: charon-systemd knows no --version, it would just start
	nin3a_version=`tr '\000' '\012' <"$nin3a_charon" | LC_ALL=C grep -a -x -E \
		'@<:@0-9@:>@+(\.@<:@0-9@:>@+)+@<:@a-z0-9@:>@*' | $SED 1q`
	AC_MSG_RESULT([$nin3a_version])
	if test -z "$nin3a_version"; then
		AC_MSG_ERROR(['$nin3a_charon' holds no version of strongSwan: pass another --with-charon=PATH, or --with-charon=no to go without this check.])
	fi
	if test "$nin3a_version" != "$SS_VERSION"; then
		AC_MSG_ERROR([the tree is strongSwan $SS_VERSION but '$nin3a_charon' is $nin3a_version, and a plugin works only in the version it was built for: pass the tree of $nin3a_version ('scripts/strongswan configure $nin3a_version'), or --with-charon=no.])
	fi
	AC_MSG_CHECKING([for mediation in $nin3a_libdir/libcharon.so.0])
	if test ! -r "$nin3a_libdir/libcharon.so.0"; then
		AC_MSG_ERROR(['$nin3a_libdir/libcharon.so.0' is missing although '$nin3a_charon' is there: pass --with-charon=PATH of a complete installation.])
	fi
	nin3a_charon_me=no
	if LC_ALL=C grep mediation_manager_create "$nin3a_libdir/libcharon.so.0" >/dev/null; then
		nin3a_charon_me=yes
	fi
	AC_MSG_RESULT([$nin3a_charon_me])
	case $nin3a_charon_me$nin3a_me in
	yesno)
		AC_MSG_ERROR(['$nin3a_charon' was built with the mediation extension (ME), which moves members of its objects, but '$SS_BUILD' was not: configure the tree with --enable-mediation ('scripts/strongswan configure $SS_VERSION' does).]) ;;
	noyes)
		AC_MSG_ERROR(['$SS_BUILD' was configured with the mediation extension (ME), which moves members of charon's objects, but '$nin3a_charon' was built without: configure the tree with --disable-mediation.]) ;;
	esac
fi
SS_CHARON=$nin3a_charon
AC_SUBST([SS_CHARON])
])

dnl NIN3A_STRONGSWAN_LIBS
dnl Finds the libraries to link with, and libvici, which the tests compare with:
dnl beside the charon, else among the installed ones, else where the tree built
dnl them.
AC_DEFUN([NIN3A_STRONGSWAN_LIBS], [
SS_VICI_LIBS=
SS_LIBS="-l:libcharon.so.0 -l:libstrongswan.so.0"
SS_LIBDIRS=
SS_LDFLAGS=
for nin3a_lib in libvici:libcharon/plugins/vici libcharon:libcharon libstrongswan:libstrongswan; do
	nin3a_name=${nin3a_lib%%:*}.so.0
	AC_MSG_CHECKING([for $nin3a_name])
	nin3a_found=
	for nin3a_try in "$nin3a_root$SS_IPSECLIBDIR" "$SS_BUILD/src/${nin3a_lib#*:}/.libs"; do
		if test -r "$nin3a_try/$nin3a_name"; then
			nin3a_found=$nin3a_try
			break
		fi
	done
	AC_MSG_RESULT([${nin3a_found:-no}])
	if test "$nin3a_name" = libvici.so.0; then
		test -n "$nin3a_found" || continue
		SS_VICI_LIBS="-l:libvici.so.0"
	fi
	if test -z "$nin3a_found"; then
		AC_MSG_ERROR([$nin3a_name is not in $nin3a_root$SS_IPSECLIBDIR: install strongSwan $SS_VERSION (Debian: strongswan-charon), or run 'scripts/strongswan build $SS_VERSION' and pass its charon, below 'scripts/strongswan path root $SS_VERSION', as --with-charon=PATH.])
	fi
	case ":$SS_LIBDIRS:" in
	*":$nin3a_found:"*) ;;
	*)
		SS_LIBDIRS=${SS_LIBDIRS:+$SS_LIBDIRS:}$nin3a_found
		SS_LDFLAGS="$SS_LDFLAGS -L$nin3a_found -Wl,-rpath-link,$nin3a_found" ;;
	esac
done
SS_LDFLAGS="$SS_LDFLAGS -Wl,-rpath,$SS_IPSECLIBDIR"
SS_TEST_PLUGINDIR=$nin3a_root$SS_IPSECLIBDIR/plugins
AC_SUBST([SS_LIBS])
AC_SUBST([SS_VICI_LIBS])
AC_SUBST([SS_LIBDIRS])
AC_SUBST([SS_LDFLAGS])
AC_SUBST([SS_TEST_PLUGINDIR])
])

dnl NIN3A_STRONGSWAN_FEATURES
dnl Differences between versions that the preprocessor cannot see; what is made
dnl of them is in plugins/compat.h.
AC_DEFUN([NIN3A_STRONGSWAN_FEATURES], [
SS_CPPFLAGS="-include $SS_BUILD/config.h -isystem $SS_SRC/src/libstrongswan -isystem $SS_SRC/src/libcharon -isystem $SS_SRC/src/libcharon/plugins/vici"
nin3a_cppflags=$CPPFLAGS
nin3a_cflags=$CFLAGS
CPPFLAGS="$SS_CPPFLAGS $CPPFLAGS"
CFLAGS="$CFLAGS -w"
AC_MSG_CHECKING([whether charon's headers compile])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <daemon.h>]], [])],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	AC_MSG_ERROR([charon's headers in '$SS_SRC' do not compile with '$SS_BUILD/config.h' (see config.log): configure the tree anew with 'scripts/strongswan configure $SS_VERSION'.])])
AC_MSG_CHECKING([whether peer_cfg_t has options])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <daemon.h>]],
	[[peer_cfg_t *peer_cfg = 0;
	return peer_cfg->has_option(peer_cfg, OPT_PPK_REQUIRED);]])],
	[AC_MSG_RESULT([yes])
	SS_CPPFLAGS="$SS_CPPFLAGS -DPEER_CFG_HAS_OPTIONS"],
	[AC_MSG_RESULT([no])])
AC_MSG_CHECKING([whether ike_cfg_t logs its proposals])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <daemon.h>]],
	[[ike_cfg_t *ike_cfg = 0;
	return !ike_cfg->get_proposals(ike_cfg, FALSE);]])],
	[AC_MSG_RESULT([yes])
	SS_CPPFLAGS="$SS_CPPFLAGS -DIKE_CFG_LOGS_PROPOSALS"],
	[AC_MSG_RESULT([no])])
AC_MSG_CHECKING([whether charon has additional key exchanges])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <daemon.h>]],
	[[return IKE_FOLLOWUP_KE;]])],
	[AC_MSG_RESULT([yes])
	SS_CPPFLAGS="$SS_CPPFLAGS -DCHARON_HAS_ADDITIONAL_KE"],
	[AC_MSG_RESULT([no])])
AC_MSG_CHECKING([whether CHILD_SAs know what they were rekeyed into])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <daemon.h>]],
	[[child_sa_t *child_sa = 0;
	return !child_sa->get_rekey_sa(child_sa);]])],
	[AC_MSG_RESULT([yes])
	SS_CPPFLAGS="$SS_CPPFLAGS -DCHILD_SA_HAS_REKEY_SA"],
	[AC_MSG_RESULT([no])])
CPPFLAGS=$nin3a_cppflags
CFLAGS=$nin3a_cflags
AC_SUBST([SS_CPPFLAGS])
])

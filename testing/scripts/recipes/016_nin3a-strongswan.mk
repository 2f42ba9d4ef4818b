#!/usr/bin/make
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the NIN3A plugins and installs them into the guests of strongSwan's
# testing framework, after 013_strongswan.mk. For strongSwan's own
# testing/scripts/recipes; see testing/README.md of the plugins' repository.

PV  = $(SWANVERSION)
PKG = strongswan-$(PV)

# as in 013_strongswan.mk: sources in a directory, else unpacked from a tarball
ifneq ($(origin SRCDIR), undefined)
DIR = $(SRCDIR)
BUILDDIR ?= $(SRCDIR)
endif
DIR ?= $(CURDIR)/$(PKG)
BUILDDIR ?= $(DIR)

# the plugins' sources, in the directory that host and guests share
NIN3A ?= /root/shared/nin3a
NIN3A_BUILD ?= /root/shared/build-nin3a

NUM_CPUS := $(shell getconf _NPROCESSORS_ONLN)

# the directories are strongSwan's, which are in its config.status
CONFIG_OPTS = \
	--with-strongswan=$(DIR),$(BUILDDIR) \
	--sysconfdir=/etc \
	--disable-tests

INITIATOR = $(DESTDIR)/usr/local/lib/ikev2-initiator
DOCUMENTS = $(DESTDIR)/usr/share/nin3a-documents

all: install

$(NIN3A)/configure: $(NIN3A)/configure.ac
	cd $(NIN3A) && autoreconf -i

# strongSwan may be another one than last time
configure: $(NIN3A)/configure
	rm -rf $(NIN3A_BUILD)
	mkdir -p $(NIN3A_BUILD)
	cd $(NIN3A_BUILD) && $(NIN3A)/configure $(CONFIG_OPTS)

build: configure
	cd $(NIN3A_BUILD) && make -j $(NUM_CPUS)

install: build
	cd $(NIN3A_BUILD) && make install install-faults install-tls DESTDIR=$(DESTDIR)
	# what scenarios use: an IKEv2 initiator that breaks rules, and a script
	rm -rf $(INITIATOR)
	mkdir -p $(INITIATOR) $(DESTDIR)/usr/local/bin
	cp -R $(NIN3A)/testing/initiator/. $(INITIATOR)/
	ln -sf ../lib/ikev2-initiator/ikev2-initiator $(DESTDIR)/usr/local/bin/
	ln -sf ../lib/ikev2-initiator/ikev2-storm $(DESTDIR)/usr/local/bin/
	ln -sf ../lib/ikev2-initiator/ikev2-unprotected $(DESTDIR)/usr/local/bin/
	ln -sf ../lib/ikev2-initiator/ikev2-collide $(DESTDIR)/usr/local/bin/
	ln -sf ../lib/ikev2-initiator/ikev2-meanwhile $(DESTDIR)/usr/local/bin/
	ln -sf ../lib/ikev2-initiator/ikev2-fuzz $(DESTDIR)/usr/local/bin/
	cp $(NIN3A)/testing/hosts/expect-s* $(DESTDIR)/usr/local/bin/
	cp $(NIN3A)/testing/hosts/document-sample $(DESTDIR)/usr/local/bin/
	mkdir -p $(DOCUMENTS)
	cp $(NIN3A)/README.md $(NIN3A)/plugins/nin3a_ue/UE.md $(DOCUMENTS)/

.PHONY: all configure build install

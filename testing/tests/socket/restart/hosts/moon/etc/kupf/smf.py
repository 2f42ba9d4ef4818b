#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An SMF that has many sessions, and restores them after a restart of charon:
strongSwan's VICI client on plugin kupf's socket.

    smf.py boot             prints what version says of this start of charon
    smf.py sync             no session: charon starts for the first time
    smf.py sync STEP        every STEPth of 100,000 sessions
    smf.py sync STEP carol  and that of UE carol, too

Each session names the UPF address that its UE was told.
"""

import hashlib
import ipaddress
import socket
import sys
import time

import vici

SESSIONS = 100000
AT_ONCE = 1000
POOL = ipaddress.ip_network("10.128.0.0/15")


def connect():
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(60)
    sock.connect("/var/run/charon.kupf")
    return vici.Session(sock)


def session(number):
    """Content of a session, the same each time."""
    return {"ue-id": f"keyid:ue-{number}",
            "key": hashlib.sha256(b"%d" % number).digest(),
            "upf-address": str(POOL[1 + number]),
            "ue-addresses": ["10.%d.%d.%d" % (64 + (number >> 16),
                                              number >> 8 & 255, number & 255)]}


def carol():
    with open("/etc/kupf/carol.key") as file:
        key = bytes.fromhex(file.read().strip()[2:])
    return {"ue-id": "@#21a54bbb21d32b05dbb2077804610223", "key": key,
            "upf-address": "PH_IP_MOON", "ue-addresses": ["10.3.0.1"]}


def sync(step=None, *others):
    numbers = range(0, SESSIONS, int(step)) if step else ()
    sessions = {f"pdu-{i}": session(i) for i in numbers}
    if others:
        sessions["carol"] = carol()
    names = list(sessions)
    established = failed = 0
    start = time.monotonic()
    smf = connect()
    smf.request("sync-begin")
    for i in range(0, len(names), AT_ONCE):
        reply = smf.request("establish-sessions",
                            {name: sessions[name]
                             for name in names[i:i + AT_ONCE]})
        established += int(reply["established"])
        failed += int(reply["failed"])
    removed = int(smf.request("sync-end")["removed"])
    seconds = time.monotonic() - start
    print(f"established={established} failed={failed} removed={removed}")
    print(f"took {seconds:.2f} s")


def boot():
    print(connect().request("version")["boot"].decode())


{"boot": boot, "sync": sync}[sys.argv[1]](*sys.argv[2:])

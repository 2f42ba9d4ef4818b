#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An SMF that has many sessions, and restores them after a restart of charon:
strongSwan's VICI client on plugin kupf's socket.

    smf.py boot             prints what version says of this start of charon
    smf.py sync STEP        every STEPth of 50,000 sessions
    smf.py sync STEP carol  and that of UE carol, first of all
    smf.py restore STEP carol  the same in another order
    smf.py told             writes down the UPF addresses that UEs are told
    smf.py moved            counts the sessions that have another one since

No session names a UPF address: that is what UEs are told.
"""

import hashlib
import json
import socket
import sys
import time

import vici

SESSIONS = 50000
AT_ONCE = 1000
TOLD = "/tmp/told.json"


def connect():
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(60)
    sock.connect("/var/run/charon.kupf")
    return vici.Session(sock)


def session(number):
    """Content of a session, the same each time."""
    return {"ue-id": f"keyid:ue-{number}",
            "key": hashlib.sha256(b"%d" % number).digest(),
            "ue-addresses": ["10.%d.%d.%d" % (64 + (number >> 16),
                                              number >> 8 & 255, number & 255)]}


def carol():
    with open("/etc/kupf/carol.key") as file:
        key = bytes.fromhex(file.read().strip()[2:])
    return {"ue-id": "@#21a54bbb21d32b05dbb2077804610223", "key": key,
            "ue-addresses": ["10.3.0.1"]}


def sync(step, *others, backwards=False):
    sessions = {"carol": carol()} if others else {}
    sessions |= {f"pdu-{i}": session(i)
                 for i in range(0, SESSIONS, int(step))}
    names = list(sessions)
    if backwards:
        names.reverse()
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


def restore(*what):
    sync(*what, backwards=True)


def addresses():
    found = {}
    for event in connect().streamed_request("list-sessions", "list-session"):
        found[event["session"].decode()] = event["upf-address"].decode()
    return found


def told():
    with open(TOLD, "w") as file:
        json.dump(addresses(), file)


def moved():
    with open(TOLD) as file:
        before = json.load(file)
    now = addresses()
    print("told=%d moved=%d" % (len(before), sum(
        now.get(name) != address for name, address in before.items())))


def boot():
    print(connect().request("version")["boot"].decode())


{"boot": boot, "sync": sync, "restore": restore, "told": told,
 "moved": moved}[sys.argv[1]](*sys.argv[2:])

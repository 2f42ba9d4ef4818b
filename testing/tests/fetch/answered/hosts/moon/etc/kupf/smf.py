#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An SMF that is asked: it knows carol and nobody else."""

import socket

import vici

CAROL = "@#21a54bbb21d32b05dbb2077804610223"


def connect():
    sock = socket.socket(socket.AF_UNIX)
    sock.connect("/var/run/charon.kupf")
    return vici.Session(sock)


with open("/etc/kupf/carol.key") as file:
    key = bytes.fromhex(file.read().strip()[2:])
answers = connect()
for name, event in connect().listen(["key-request"]):
    fields = {k: v.decode() for k, v in event.items()}
    print("key-request", *sorted("%s=%s" % f for f in fields.items()),
          flush=True)
    if fields["ue-id"] == CAROL:
        print(answers.request("establish-session", {
            "session": "carol", "ue-id": CAROL, "key": key,
            "ue-addresses": ["10.3.0.1"]}), flush=True)
    else:
        print(answers.request("reject-key", {"ue-id": fields["ue-id"]}),
              flush=True)

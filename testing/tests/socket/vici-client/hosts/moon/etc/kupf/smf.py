#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An SMF in a few lines: strongSwan's VICI client on plugin kupf's socket."""

import socket
import sys
import time

import vici
from vici.exception import CommandException


def connect():
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(20)
    sock.connect("/var/run/charon.kupf")
    return vici.Session(sock)


def text(message):
    """Bytes to text, in all of a message."""
    if isinstance(message, bytes):
        return message.decode()
    if isinstance(message, list):
        return [text(item) for item in message]
    if isinstance(message, dict):
        return {key: text(value) for key, value in message.items()}
    return message


def show(name, message):
    print(name, " ".join(f"{k}={v}" for k, v in sorted(text(message).items())),
          flush=True)


def establish(ue_id, key_file, ue_address):
    with open(key_file) as file:
        key = bytes.fromhex(file.read().strip()[2:])
    show("establish-session", connect().request("establish-session", {
        "session": "carol", "ue-id": ue_id, "key": key,
        "ue-addresses": [ue_address]}))


def watch():
    for name, message in connect().listen(["tunnel-up", "tunnel-down"]):
        show(text(name), message)


def list_sessions():
    for message in connect().streamed_request("list-sessions",
                                              "list-session", {}):
        show("list-session", message)


def delete():
    show("delete-session",
         connect().request("delete-session", {"session": "carol"}))


def misspelt():
    try:
        connect().request("establish-session", {"sesion": "carol"})
    except CommandException as error:
        print("refused:", error)


{"establish": establish, "watch": watch, "list": list_sessions,
 "delete": delete, "misspelt": misspelt}[sys.argv[1]](*sys.argv[2:])

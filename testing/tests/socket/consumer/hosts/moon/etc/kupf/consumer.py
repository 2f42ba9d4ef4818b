#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A consumer of keys in a few lines: strongSwan's VICI client on its socket.

consumer.py SERVICE psk IDENTITY (hexadecimal digits) | watch | list |
                    serve IDENTITY NAME | request SESSION
serve tells of a connection, and that it is closed at each line of its input.
The service "smf" is the socket of the SMF side.
"""

import socket
import sys

import vici
from vici.exception import CommandException, SessionException


def connect(service):
    path = "/var/run/charon.kupf"
    if service != "smf":
        path += "-psk." + service
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(60)
    try:
        sock.connect(path)
    except PermissionError:
        sys.exit("not connected")
    return vici.Session(sock)


def text(name, value):
    """A value as text, a key as hexadecimal digits."""
    if isinstance(value, list):
        return ",".join(text(name, item) for item in value)
    return value.hex() if name == "psk" else value.decode()


def show(name, message):
    print(name, " ".join(f"{k}={text(k, v)}"
                         for k, v in sorted(message.items())), flush=True)


def ask(session, command, message):
    try:
        show(command, session.request(command, message))
    except CommandException as error:
        print("refused:", error)
    except SessionException:
        print("no such command")


def main():
    service, what, *more = sys.argv[1:]
    session = connect(service)
    if what == "psk":
        ask(session, "psk", {"identity": bytes.fromhex(more[0])})
    elif what == "request":
        ask(session, "psk-request", {"session": more[0]})
        ask(session, "psk-request", {"session": more[0]})
    elif what == "serve":
        for name in more[1:]:
            ask(session, "connection-up",
                {"identity": bytes.fromhex(more[0]), "connection": name,
                 "remote": "192.0.2.77[4433]"})
        for line in sys.stdin:
            ask(session, "connection-down", {"connection": line.strip()})
    elif what == "list":
        ask(session, "list-sessions", {})
    else:
        print("ready", flush=True)
        for name, message in session.listen(["psk-end", "psk-ready"]):
            show(name.decode(), message)


main()

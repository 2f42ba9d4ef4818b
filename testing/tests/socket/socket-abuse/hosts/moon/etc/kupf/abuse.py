#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Abuse the socket of plugin kupf in every way that its protocol forbids.

Prints a line for each attempt: "ok" if the answer is as the protocol says,
"BAD" if it is not, and at the end whether all were as they should be.
"""

import os
import resource
import socket
import struct
import sys

PATH = "/var/run/charon.kupf"
CMD_REQUEST, CMD_RESPONSE, CMD_UNKNOWN, EVENT_REGISTER = 0, 1, 2, 3
EVENT_UNKNOWN = 6
CLOSED = "closed"
KEY = bytes(range(1, 33))
CAROL = "@#21a54bbb21d32b05dbb2077804610223"

bad = 0


def judge(name, good, detail):
    global bad
    bad += not good
    print("ok " if good else "BAD", name, "-", detail, flush=True)


def connect():
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(10)
    sock.connect(PATH)
    return sock


def octets(value):
    return value.encode() if isinstance(value, str) else value


def key_value(name, value):
    name, value = octets(name), octets(value)
    return (struct.pack("!BB", 3, len(name)) + name +
            struct.pack("!H", len(value)) + value)


def items(name, values):
    name = octets(name)
    data = struct.pack("!BB", 4, len(name)) + name
    for value in map(octets, values):
        data += struct.pack("!BH", 5, len(value)) + value
    return data + b"\x06"


def section(name, content):
    name = octets(name)
    return struct.pack("!BB", 1, len(name)) + name + content + b"\x02"


def message(fields):
    """Encode (name, value) pairs; a value that is a list is a VICI list."""
    return b"".join(items(name, value) if isinstance(value, list) else
                    key_value(name, value) for name, value in fields)


def frame(data):
    return struct.pack("!I", len(data)) + data


def named(kind, name, content=b""):
    name = octets(name)
    return struct.pack("!BB", kind, len(name)) + name + content


def receive_exactly(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise ConnectionResetError
        data += part
    return data


def receive(sock):
    """The next packet, or CLOSED."""
    try:
        length, = struct.unpack("!I", receive_exactly(sock, 4))
        return receive_exactly(sock, length)
    except (ConnectionResetError, BrokenPipeError):
        return CLOSED
    except socket.timeout:
        return "no answer"


def decode(packet):
    """The key/value pairs of a reply."""
    fields, at = {}, 1
    while at < len(packet):
        kind, at = packet[at], at + 1
        if kind in (1, 3, 4):
            length, at = packet[at], at + 1
            name, at = packet[at:at + length].decode(), at + length
        if kind in (3, 5):
            length, = struct.unpack("!H", packet[at:at + 2])
            value = packet[at + 2:at + 2 + length].decode()
            at += 2 + length
            if kind == 3:
                fields[name] = value
    return fields


def request(fields, command="establish-session", raw=None):
    with connect() as sock:
        content = message(fields) if raw is None else raw
        sock.sendall(frame(named(CMD_REQUEST, command, content)))
        return receive(sock)


def expect_cause(name, cause, *args, **kwargs):
    answer = request(*args, **kwargs)
    if not isinstance(answer, bytes) or answer[0] != CMD_RESPONSE:
        judge(name, False, answer)
        return
    reply = decode(answer)
    judge(name, reply.get("success") == "no" and reply.get("cause") == cause
          and reply.get("errmsg"), f"{reply.get('cause')}: "
          f"{reply.get('errmsg')}" if reply.get("success") != "yes" else reply)


def expect_closed(name, data):
    with connect() as sock:
        try:
            sock.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            pass
        answer = receive(sock)
    judge(name, answer == CLOSED, answer)


def session(**changes):
    """Fields of a good request, some of them replaced or (None) left out."""
    fields = {"session": "abuse", "ue-id": "keyid:abuse", "key": KEY}
    for name, value in changes.items():
        fields[name.replace("_", "-")] = value
    return [(n, v) for n, v in fields.items() if v is not None]


def alive(name):
    answer = request([], "version")
    good = isinstance(answer, bytes) and answer[0] == CMD_RESPONSE
    reply = decode(answer) if good else {}
    judge(name, reply.get("sessions") == "1", reply or answer)


def wrong_requests():
    for field in "session", "key", "ue-id":
        fields = [(n, v) for n, v in session() if n != field]
        expect_cause(f"no {field}", "missing-field", fields)
    expect_cause("misspelt field", "unknown-field",
                 session() + [("ue-adress", "10.3.0.9")])
    expect_cause("unknown section", "unknown-field", [],
                 raw=message(session()) + section("more", b""))
    expect_cause("repeated field", "invalid-field",
                 session() + [("session", "abuse")])
    expect_cause("repeated key", "invalid-field", session() + [("key", KEY)])
    expect_cause("list for a value", "invalid-field", session(session=["a"]))
    expect_cause("value for a list", "invalid-field",
                 session(ue_addresses="10.3.0.9"))
    for name in "", "a" * 65, "with space", "tab\t", "nul\0", "\u00fc":
        expect_cause(f"session {name!r}", "invalid-field",
                     session(session=name))
    for ident in "", "carol", "keyid:", "@#0g", "%any", "fqdn:*.example":
        expect_cause(f"ue-id {ident!r}", "invalid-field", session(ue_id=ident))
    expect_cause("long ue-id", "invalid-field",
                 session(ue_id="keyid:" + "a" * 256))
    for length in 0, 1, 31, 33, 64, 65, 65535:
        expect_cause(f"key of {length} octets", "invalid-field",
                     session(key=b"k" * length))
    expect_cause("key of zeros", "invalid-field", session(key=bytes(32)))
    for text in "0x", "0x" + "ab" * 31, "0x" + "ab" * 65, "0x" + "zz" * 32, \
            "0x" + "00" * 32, "0s!", "0s" + "AAAA" * 11:
        expect_cause(f"key as text {text[:6]!r}... ({len(text)})",
                     "invalid-field", session(key=text))
    for address in "", "nonsense", "10.3.0.300", "10.3.0.0/24", "::g":
        expect_cause(f"inner address {address!r}", "invalid-field",
                     session(ue_addresses=[address]))
        expect_cause(f"UPF address {address!r}", "invalid-field",
                     session(upf_address=address))
    expect_cause("UPF address out of the pool", "invalid-field",
                 session(upf_address="172.16.0.1"))
    expect_cause("UPF address in use", "address-in-use",
                 session(upf_address="192.168.0.1"))
    for number in "", "0", "16", "-1", "1x", "99999999999999999999":
        expect_cause(f"pdu-session-id {number!r}", "invalid-field",
                     session(pdu_session_id=number))
    for number in "", "-1", "1x", "99999999999999999999":
        expect_cause(f"lifetime {number!r}", "invalid-field",
                     session(lifetime=number))
    expect_cause("unknown service", "invalid-field",
                 session(services=["tea"]))
    expect_cause("identity in use", "identity-in-use", session(ue_id=CAROL))
    expect_cause("session with other content", "session-exists",
                 session(session="carol", ue_id=CAROL))
    expect_cause("modify of none", "no-such-session", session(),
                 "modify-session")
    expect_cause("delete of none", "no-such-session", [("session", "abuse")],
                 "delete-session")
    answer = request([], "no-such-command")
    judge("unknown command", answer == bytes([CMD_UNKNOWN]), answer)
    with connect() as sock:
        sock.sendall(frame(named(EVENT_REGISTER, "no-such-event")))
        answer = receive(sock)
    judge("unknown event", answer == bytes([EVENT_UNKNOWN]), answer)


def wrong_frames():
    good = message(session())
    expect_closed("frame of 2^32-1 octets", b"\xff\xff\xff\xff" + b"a" * 4096)
    expect_closed("frame of 512 KiB and 1", struct.pack("!I", 512 * 1024 + 1))
    expect_closed("frame of 0 octets", frame(b""))
    expect_closed("unknown packet type", frame(named(9, "version")))
    expect_closed("packet type of the server", frame(named(7, "version")))
    expect_closed("no name", frame(b"\x00"))
    expect_closed("name beyond the end", frame(b"\x00\xffversion"))
    for name, content in {
            "trailing octet": good + b"\x00",
            "trailing garbage": good + b"\xff\xfe\xfd",
            "unknown element": good + b"\x63",
            "section not closed": good + b"\x01\x01a",
            "section closed twice": good + b"\x02",
            "list not closed": good + b"\x04\x01a",
            "item without a list": good + b"\x05\x00\x01a",
            "value in a list": good + b"\x04\x01a" + key_value("b", "c"),
            "item beyond the end": good + b"\x04\x01a\x05\x00\x10b",
            "value beyond the end": good + b"\x03\x01a\xff\xffb"}.items():
        expect_closed(name, frame(named(CMD_REQUEST, "establish-session",
                                        content)))
    expect_closed("trailing octet behind an event's name",
                  frame(named(EVENT_REGISTER, "tunnel-up", b"\x00")))


def rude_clients():
    data = frame(named(CMD_REQUEST, "establish-session", message(session())))
    for cut in 1, 3, 4, 5, len(data) // 2, len(data) - 1:
        sock = connect()
        sock.sendall(data[:cut])
        sock.close()
    alive("clients that vanish within a request")
    idle = connect()
    idle.sendall(data[:len(data) // 2])
    alive("a client with half a request")
    deaf = connect()
    deaf.setblocking(False)
    sent, more = 0, frame(named(CMD_REQUEST, "stats")) * 1000
    try:
        while sent < 64 << 20:
            sent += deaf.send(more)
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
        pass
    judge("a client that never reads", sent < 64 << 20,
          f"stopped after {sent} octets")
    alive("another client beside it")
    deaf.close()
    idle.close()


def forbidden_user():
    if os.fork() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            connect()
        except PermissionError:
            os._exit(0)
        os._exit(1)
    judge("a user without permission", os.wait()[1] == 0, "refused")


def many_connections(count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    socks, refused = [], 0
    for _ in range(count):
        try:
            socks.append(connect())
        except (BlockingIOError, ConnectionRefusedError, socket.timeout):
            refused += 1
    served = 0
    for sock in socks:
        try:
            sock.sendall(frame(named(CMD_REQUEST, "version")))
        except (BrokenPipeError, ConnectionResetError):
            continue
        served += receive(sock) not in (CLOSED, "no answer")
    judge(f"{count} connections", served > 0,
          f"{served} served, {count - served - refused} cut off, "
          f"{refused} refused")
    for sock in socks:
        sock.close()


for _ in range(3):
    alive("before")
    wrong_requests()
    wrong_frames()
    alive("after wrong requests and frames")
    rude_clients()
    forbidden_user()
    many_connections(1000)
    alive("after all")
print(f"{bad} of them BAD" if bad else "all as it should be")
sys.exit(bad != 0)

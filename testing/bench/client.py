# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of plugin kupf, for what need not be fast (see PROTOCOL.md)."""

import collections
import socket
import struct
import threading

from lab import Failure

CMD_REQUEST, CMD_RESPONSE = 0, 1
EVENT_REGISTER, EVENT_CONFIRM, EVENT = 3, 5, 7
SECTION_START, SECTION_END, KEY_VALUE, LIST_START, LIST_ITEM, LIST_END = \
    range(1, 7)


def encode(fields):
    """A message of single values."""
    out = b""
    for name, value in fields.items():
        value = str(value).encode()
        out += struct.pack(">BB", KEY_VALUE, len(name)) + name.encode() + \
            struct.pack(">H", len(value)) + value
    return out


def decode(data):
    """The single values of a message, outside of its sections and lists."""
    values = {}
    pos = depth = 0
    while pos < len(data):
        kind = data[pos]
        pos += 1
        name = None
        if kind in (SECTION_START, KEY_VALUE, LIST_START):
            name = data[pos + 1:pos + 1 + data[pos]].decode()
            pos += 1 + data[pos]
        if kind in (KEY_VALUE, LIST_ITEM):
            length = struct.unpack_from(">H", data, pos)[0]
            if kind == KEY_VALUE and not depth:
                values[name] = data[pos + 2:pos + 2 + length].decode()
            pos += 2 + length
        depth += (kind == SECTION_START) - (kind == SECTION_END)
    return values


class Client:
    """A connection."""

    def __init__(self, path):
        # pylint: disable=consider-using-with
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(120)
        self.sock.connect(path)
        self.file = self.sock.makefile("rb")

    def close(self):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.file.close()
        self.sock.close()

    def send(self, kind, name, message=b""):
        packet = struct.pack(">BB", kind, len(name)) + name.encode() + message
        self.sock.sendall(struct.pack(">I", len(packet)) + packet)

    def receive(self):
        """The next packet: (type, rest); None at the end."""
        head = self.file.read(4)
        if len(head) < 4:
            return None
        packet = self.file.read(struct.unpack(">I", head)[0])
        return packet[0], packet[1:]

    def request(self, command, **fields):
        self.send(CMD_REQUEST, command, encode(fields))
        packet = self.receive()
        if not packet or packet[0] != CMD_RESPONSE:
            raise Failure("no answer to %s" % command)
        return decode(packet[1])

    def stats(self):
        """All numbers that the daemon has."""
        return {name: int(value)
                for name, value in self.request("stats").items()
                if value.isdigit()}


class Watcher(threading.Thread):
    """Counts events: by name, and those of tunnel-down by reason, too."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.client = Client(path)
        self.client.sock.settimeout(None)
        self.counts = collections.Counter()
        self.cut = False
        for event in ("tunnel-up", "tunnel-down", "auth-failed",
                      "session-expired"):
            self.client.send(EVENT_REGISTER, event)
            if self.client.receive()[0] != EVENT_CONFIRM:
                raise Failure("there is no event %s" % event)
        self.start()

    def run(self):
        try:
            while True:
                packet = self.client.receive()
                if not packet:
                    break
                if packet[0] == EVENT:
                    length = packet[1][0]
                    name = packet[1][1:1 + length].decode()
                    self.counts[name] += 1
                    if name == "tunnel-down":
                        reason = decode(packet[1][1 + length:])["reason"]
                        self.counts["down:" + reason] += 1
        except (OSError, ValueError):
            pass
        self.cut = True

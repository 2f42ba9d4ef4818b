# SPDX-License-Identifier: GPL-2.0-or-later
"""Set-ups of tunnels, read from a capture (pcap of Ethernet, IPv4, UDP)."""

import struct

EXCHANGES = {34: "IKE_SA_INIT", 35: "IKE_AUTH", 36: "CREATE_CHILD_SA",
             37: "INFORMATIONAL"}
STEPS = ["IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA"]
MAGICS = {b"\xd4\xc3\xb2\xa1": ("<", 1e-6), b"\xa1\xb2\xc3\xd4": (">", 1e-6),
          b"\x4d\x3c\xb2\xa1": ("<", 1e-9), b"\xa1\xb2\x3c\x4d": (">", 1e-9)}


class Packet:
    """A packet of IKE, or of ESP (exchange "ESP", without what follows)."""

    def __init__(self, time, source, target, ports, size):
        self.time = time
        self.source, self.target = source, target
        self.ports = ports
        self.size = size
        self.exchange = "ESP"
        self.spi = b""
        self.response = False
        self.message = 0

    def asker(self):
        """Address of the end that asks in this exchange."""
        return self.target if self.response else self.source


def frames(octets):
    """(time, frame) of a capture; a last frame that is cut off is left out."""
    order, unit = MAGICS[octets[:4]]
    if struct.unpack(order + "I", octets[20:24])[0] != 1:
        raise ValueError("the capture is not of Ethernet")
    at = 24
    while at + 16 <= len(octets):
        seconds, part, length, _ = struct.unpack(order + "4I",
                                                 octets[at:at + 16])
        if at + 16 + length > len(octets):
            return
        yield seconds + part * unit, octets[at + 16:at + 16 + length]
        at += 16 + length


def parse(time, frame):
    """A packet of IKE or ESP, or None."""
    if frame[12:14] != b"\x08\x00" or len(frame) < 42 or frame[23] != 17:
        return None
    udp = 14 + (frame[14] & 15) * 4
    ports = struct.unpack("!HH", frame[udp:udp + 4])
    size = struct.unpack("!H", frame[udp + 4:udp + 6])[0] - 8
    data = frame[udp + 8:]
    packet = Packet(time, ".".join(map(str, frame[26:30])),
                    ".".join(map(str, frame[30:34])), ports, size)
    if 500 not in ports:
        if size < 4 or data[:4] != bytes(4):
            # one octet is a keepalive
            return packet if size > 4 else None
        data = data[4:]
    if len(data) < 28 or data[18] not in EXCHANGES:
        return None
    packet.spi = data[:8]
    packet.exchange = EXCHANGES[data[18]]
    packet.response = bool(data[19] & 0x20)
    packet.message = struct.unpack("!I", data[20:24])[0]
    return packet


def read(path):
    """All packets of IKE and ESP of a capture, in order."""
    with open(path, "rb") as file:
        octets = file.read()
    return [packet for packet in (parse(*frame) for frame in frames(octets))
            if packet]


class Setup:
    """The packets of one IKE_SA, from IKE_SA_INIT to its first CHILD_SA."""

    def __init__(self):
        self.packets = []
        self.again = 0

    def add(self, packet):
        same = [one for one in self.packets
                if (one.exchange, one.message, one.response, one.size) ==
                (packet.exchange, packet.message, packet.response,
                 packet.size)]
        self.again += bool(same)
        self.packets.append(packet)

    def step(self, exchange):
        """When it began and ended: (first request, last response), or None."""
        mine = [one for one in self.packets if one.exchange == exchange]
        if exchange == "CREATE_CHILD_SA" and mine:
            # later ones are rekeyings
            mine = [one for one in mine if one.message == mine[0].message and
                    one.asker() == mine[0].asker()]
        asked = [one.time for one in mine if not one.response]
        answered = [one.time for one in mine if one.response]
        return (asked[0], answered[-1]) if asked and answered else None

    def whole(self):
        """When all of it began and ended, or None if it has not."""
        first, last = self.step(STEPS[0]), self.step(STEPS[-1])
        return (first[0], last[1]) if first and last else None


def setups(packets):
    """All set-ups, in the order in which they began."""
    found = {}
    for packet in packets:
        if packet.spi:
            found.setdefault(packet.spi, Setup()).add(packet)
    return sorted((one for one in found.values() if one.step(STEPS[0])),
                  key=lambda one: one.packets[0].time)


def percentile(values, part):
    """By the nearest rank, of values that are there."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)]

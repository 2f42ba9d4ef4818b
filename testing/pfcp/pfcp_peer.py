# SPDX-License-Identifier: GPL-2.0-or-later
"""What an SMF and a UPF on scapy have in common: messages of PFCP, as text."""

import socket
import sys
import time

from scapy.contrib import pfcp
from scapy.packet import Raw

PORT = 8805
ENTERPRISE = 32473
KEY, ANSWER = 32769, 32770

# parts of our IE with the answer
CAUSES = {1: "accepted", 2: "pending", 64: "refused", 65: "malformed",
          66: "no-room", 67: "in-clear", 68: "locked"}

MESSAGES = {
    1: pfcp.PFCPHeartbeatRequest, 2: pfcp.PFCPHeartbeatResponse,
    5: pfcp.PFCPAssociationSetupRequest, 6: pfcp.PFCPAssociationSetupResponse,
    9: pfcp.PFCPAssociationReleaseRequest,
    10: pfcp.PFCPAssociationReleaseResponse,
    14: pfcp.PFCPSessionSetDeletionRequest,
    15: pfcp.PFCPSessionSetDeletionResponse,
    50: pfcp.PFCPSessionEstablishmentRequest,
    51: pfcp.PFCPSessionEstablishmentResponse,
    52: pfcp.PFCPSessionModificationRequest,
    53: pfcp.PFCPSessionModificationResponse,
    54: pfcp.PFCPSessionDeletionRequest,
    55: pfcp.PFCPSessionDeletionResponse,
}


def open_socket(address, port=PORT):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, port))
    return sock


def message(kind, sequence, ies, seid=None):
    """Octets of a message."""
    header = pfcp.PFCP(version=1, S=seid is not None, seq=sequence,
                       message_type=kind)
    if seid is not None:
        header.seid = seid
    return bytes(header / MESSAGES[kind](IE_list=ies))


def node_id(address):
    if ":" in address:
        return pfcp.IE_NodeId(id_type=1, ipv6=address)
    return pfcp.IE_NodeId(id_type=0, ipv4=address)


def f_seid(address, seid):
    if ":" in address:
        return pfcp.IE_FSEID(v6=1, seid=seid, ipv6=address)
    return pfcp.IE_FSEID(v4=1, seid=seid, ipv4=address)


def time_stamp():
    return int(time.time()) + 2208988800


def vendor(kind, data):
    """An IE of ours: scapy reads such, but does not write their type."""
    ie = pfcp.IE_EnterpriseSpecific(ietype=kind, enterprise_id=ENTERPRISE,
                                    data=data)
    return ie


def user_id(imsi):
    """IE User ID with an IMSI."""
    digits = imsi + "f" * (len(imsi) % 2)
    value = bytes([1, len(digits) // 2]) + bytes(
        int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))
    return Raw((141).to_bytes(2, "big") + len(value).to_bytes(2, "big") + value)


def part(kind, value):
    return bytes([kind]) + len(value).to_bytes(2, "big") + value


def find(received, kind):
    """The first IE of a type, or None."""
    for ie in getattr(received.payload, "IE_list", []):
        if ie.ietype == kind:
            return ie
    return None


def address_of(ie):
    """The address in a Node ID or F-SEID."""
    return getattr(ie, "ipv4", None) or getattr(ie, "ipv6", None)


def answer_text(ie):
    """Our IE with the answer as words."""
    words = []
    data = bytes(ie.data)
    while len(data) >= 3:
        kind, length = data[0], int.from_bytes(data[1:3], "big")
        value, data = data[3:3 + length], data[3 + length:]
        if kind == 1:
            words.append("key=%s" % CAUSES.get(value[0], value[0]))
        elif kind == 2:
            words.append("upf=" + socket.inet_ntop(socket.AF_INET, value))
        elif kind == 3:
            words.append("upf=" + socket.inet_ntop(socket.AF_INET6, value))
        elif kind == 4:
            words.append("id=" + value.hex())
        elif kind == 5:
            words.append("expires=%d" % int.from_bytes(value, "big"))
        elif kind == 6:
            words.append("because=" + value.decode())
    return " ".join(words)


def text(received):
    """A message in a line."""
    words = ["type=%d" % received.message_type, "seq=%d" % received.seq]
    if received.S:
        words.append("seid=%x" % received.seid)
    if isinstance(received.payload, Raw):
        return " ".join(words + ["unreadable"])
    for ie in getattr(received.payload, "IE_list", []):
        if ie.ietype == 19:
            words.append("cause=%d" % ie.cause)
        elif ie.ietype == 57:
            words.append("f-seid=%x@%s" % (ie.seid, address_of(ie)))
        elif ie.ietype == 60:
            words.append("node=%s" % address_of(ie))
        elif ie.ietype == ANSWER:
            words.append(answer_text(ie))
        else:
            words.append("ie%d" % ie.ietype)
    return " ".join(words)


def say(*words):
    print(*words, flush=True)


def die(reason):
    sys.exit("%s: %s" % (sys.argv[0], reason))

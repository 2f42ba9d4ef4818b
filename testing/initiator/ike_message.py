# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages and payloads of IKEv2 (RFC 7296, section 3), as an initiator has
them. A payload is a pair of its type and its body, without generic header; one
that is built may have the second octet of that as a third element.
"""

import ipaddress
import os
import struct

from ike_crypto import BLOCK_LEN, ICV_LEN, Aes, integrity

IKE_SA_INIT, IKE_AUTH, CREATE_CHILD_SA, INFORMATIONAL = 34, 35, 36, 37
IKE_FOLLOWUP_KE = 44
HEADER = struct.Struct("!8s8sBBBBII")
FLAG_INITIATOR, FLAG_RESPONSE = 0x08, 0x20

PAYLOADS = {
    33: "SA", 34: "KE", 35: "IDi", 36: "IDr", 37: "CERT", 38: "CERTREQ",
    39: "AUTH", 40: "No", 41: "N", 42: "D", 43: "V", 44: "TSi", 45: "TSr",
    46: "SK", 47: "CP", 48: "EAP", 53: "SKF",
}
SA, KE, ID_I, ID_R, CERT = 33, 34, 35, 36, 37
AUTH, NONCE, NOTIFY, DELETE, TS_I, TS_R = 39, 40, 41, 42, 44, 45
ENCRYPTED, CONFIG, EAP = 46, 47, 48

# What is below is an error (RFC 7296, 3.10.1).
NOTIFY_STATUS = 16384
NOTIFIES = {
    "UNSUPPORTED_CRITICAL_PAYLOAD": 1, "INVALID_IKE_SPI": 4,
    "INVALID_MAJOR_VERSION": 5, "INVALID_SYNTAX": 7, "INVALID_MESSAGE_ID": 9,
    "NO_PROPOSAL_CHOSEN": 14, "INVALID_KE_PAYLOAD": 17,
    "AUTHENTICATION_FAILED": 24, "NO_ADDITIONAL_SAS": 35,
    "INTERNAL_ADDRESS_FAILURE": 36, "FAILED_CP_REQUIRED": 37,
    "TS_UNACCEPTABLE": 38,
    "TEMPORARY_FAILURE": 43, "INITIAL_CONTACT": 16384,
    "NAT_DETECTION_SOURCE_IP": 16388, "NAT_DETECTION_DESTINATION_IP": 16389,
    "COOKIE": 16390, "MOBIKE_SUPPORTED": 16396, "AUTH_LIFETIME": 16403,
    "MULTIPLE_AUTH_SUPPORTED": 16404, "ANOTHER_AUTH_FOLLOWS": 16405,
    "EAP_ONLY_AUTHENTICATION": 16417, "CHILDLESS_IKEV2_SUPPORTED": 16418,
    "SIGNATURE_HASH_ALGORITHMS": 16431, "USE_PPK": 16435,
    "PPK_IDENTITY": 16436, "NO_PPK_AUTH": 16437,
}
NOTIFY_NAMES = {number: name for name, number in NOTIFIES.items()}

ID_TYPES = {"ipv4": 1, "fqdn": 2, "email": 3, "ipv6": 5, "keyid": 11}


class MessageError(Exception):
    """What came is no message that we can read."""


def parse_chain(kind, data):
    """Take a chain of payloads apart."""
    payloads = []
    while kind:
        if len(data) < 4:
            raise MessageError("payload header cut off")
        following, _, length = struct.unpack("!BBH", data[:4])
        if not 4 <= length <= len(data):
            raise MessageError("wrong length of payload %d" % kind)
        payloads.append((kind, data[4:length]))
        if kind == ENCRYPTED:
            return payloads, following
        kind, data = following, data[length:]
    return payloads, 0


def build_chain(payloads, last=0):
    """Put a chain of payloads together."""
    kinds = [kind for kind, *_ in payloads] + [last]
    data = b"".join(struct.pack("!BBH", kinds[i + 1], sum(flags),
                                len(body) + 4) + body
                    for i, (_, body, *flags) in enumerate(payloads))
    return kinds[0], data


def find(payloads, kind):
    """The body of the first payload of a type, or None."""
    return next((body for k, body in payloads if k == kind), None)


def notifies(payloads):
    """Type and data of all notify payloads."""
    result = []
    for kind, body in payloads:
        if kind == NOTIFY:
            if len(body) < 4 or len(body) < 4 + body[1]:
                raise MessageError("notify cut off")
            result.append((int.from_bytes(body[2:4], "big"),
                           body[4 + body[1]:]))
    return result


def notify_name(kind):
    return "%s(%d)" % (NOTIFY_NAMES.get(kind, "NOTIFY"), kind)


def identity(text):
    """The body of an ID payload: TYPE:VALUE, @#HEX or NUMBER:HEX."""
    if text.startswith("@#"):
        text = "keyid:" + text[2:]
    kind, _, value = text.partition(":")
    number = ID_TYPES.get(kind)
    if number in (1, 5):
        data = ipaddress.ip_address(value).packed
    elif number in (2, 3):
        data = value.encode()
    else:
        number = number or int(kind)
        data = bytes.fromhex(value)
    return bytes([number, 0, 0, 0]) + data


def notify(kind, data=b""):
    return NOTIFY, struct.pack("!BBH", 0, 0, kind) + data


def auth(method, data):
    return AUTH, bytes([method, 0, 0, 0]) + data


def _transform(last, kind, number, key_bits=0):
    attribute = struct.pack("!HH", 0x800e, key_bits) if key_bits else b""
    return struct.pack("!BBHBBH", 0 if last else 3, 0, 8 + len(attribute),
                       kind, 0, number) + attribute


def _proposal(protocol, spi, transforms):
    data = b"".join(_transform(i == len(transforms) - 1, *transform)
                    for i, transform in enumerate(transforms))
    return SA, struct.pack("!BBHBBBB", 0, 0, 8 + len(spi) + len(data), 1,
                           protocol, len(spi), len(transforms)) + spi + data


def _groups(group, additional):
    """Key exchanges of a proposal: one and an additional one (RFC 9370), or 0."""
    return [(kind, number) for kind, number in ((4, group), (6, additional))
            if number]


def ike_proposal(key_bits, group, additional=0):
    """AES-CBC, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128 and groups."""
    return _proposal(1, b"", [(1, 12, key_bits), (2, 5), (3, 12)] +
                     _groups(group, additional))


def esp_proposal(group=0, additional=0, key_bits=256):
    """AES-GCM with an ICV of 16 octets, no ESN, maybe groups."""
    return _proposal(3, os.urandom(4), [(1, 20, key_bits)] +
                     _groups(group, additional) + [(5, 0)])


def selector(kind):
    """All of IPv4."""
    return kind, struct.pack("!B3xBBHHH4s4s", 1, 7, 0, 16, 0, 65535,
                             bytes(4), bytes([255] * 4))


def config_request():
    """Ask for an inner IPv4 address."""
    return CONFIG, struct.pack("!B3xHH", 1, 1, 0)


def inner_address(payloads):
    """The inner IPv4 address of a configuration reply, or None."""
    body = find(payloads, CONFIG) or b""
    data = body[4:]
    while len(data) >= 4:
        kind, length = struct.unpack("!HH", data[:4])
        if kind == 1 and length == 4 and len(data) >= 8:
            return str(ipaddress.IPv4Address(data[4:8]))
        data = data[4 + length:]
    return None


def delete_ike_sa():
    return DELETE, struct.pack("!BBH", 1, 0, 0)


def build_plain(spis, exchange, payloads, major=2, message_id=0,
                flags=FLAG_INITIATOR):
    """A message that is not encrypted, by default the first request."""
    first, data = build_chain(payloads)
    return HEADER.pack(*spis, first, major << 4, exchange, flags, message_id,
                       HEADER.size + len(data)) + data


class Cipher:
    """Encryption and integrity of messages after IKE_SA_INIT."""

    def __init__(self, out_keys, in_keys):
        self.out_integrity, out_key = out_keys
        self.in_integrity, in_key = in_keys
        self.out_aes, self.in_aes = Aes(out_key), Aes(in_key)

    def seal(self, spis, exchange, message_id, payloads, flags=FLAG_INITIATOR):
        """Build an encrypted message, by default a request."""
        first, plain = build_chain(payloads)
        return self.seal_octets(spis, exchange, message_id, first, plain,
                                flags)

    def seal_octets(self, spis, exchange, message_id, first, plain,
                    flags=FLAG_INITIATOR, padding=None):
        """Encrypt whatever octets, with the type of what they begin with, and
        say that so many octets of them are padding.
        """
        fill = -(len(plain) + 1) % BLOCK_LEN
        plain += bytes(fill) + bytes([fill if padding is None else padding])
        iv = os.urandom(BLOCK_LEN)
        length = 4 + BLOCK_LEN + len(plain) + ICV_LEN
        data = HEADER.pack(*spis, ENCRYPTED, 2 << 4, exchange, flags,
                           message_id, HEADER.size + length)
        data += struct.pack("!BBH", first, 0, length) + iv
        data += self.out_aes.encrypt(iv, plain)
        return data + integrity(self.out_integrity, data)

    def open(self, data, first, body):
        """Verify message data, decrypt the body of its SK payload."""
        if len(body) < 2 * BLOCK_LEN + ICV_LEN or \
                (len(body) - ICV_LEN) % BLOCK_LEN:
            raise MessageError("wrong length of SK payload")
        if integrity(self.in_integrity, data[:-ICV_LEN]) != data[-ICV_LEN:]:
            raise MessageError("wrong integrity check value")
        plain = self.in_aes.decrypt(body[:BLOCK_LEN], body[BLOCK_LEN:-ICV_LEN])
        plain = plain[:len(plain) - 1 - plain[-1]]
        return parse_chain(first, plain)[0]


class Message:
    """A message that was received."""

    def __init__(self, data):
        if len(data) < HEADER.size:
            raise MessageError("header cut off")
        (self.spi_i, self.spi_r, first, self.version, self.exchange,
         self.flags, self.message_id, length) = HEADER.unpack(
             data[:HEADER.size])
        if length != len(data):
            raise MessageError("wrong length")
        self.data = data
        self.encrypted = False
        if self.version >> 4 == 2:
            self.payloads, self.inner = parse_chain(first, data[HEADER.size:])
        else:
            self.payloads, self.inner = [], 0

    def decrypt(self, cipher):
        """Replace the SK payload, if there is one, by what is in it."""
        if self.payloads and self.payloads[-1][0] == ENCRYPTED:
            body = self.payloads.pop()[1]
            self.payloads += cipher.open(self.data, self.inner, body)
            self.encrypted = True

    def shape(self):
        """All that can be seen of the message but SPIs and contents."""
        parts = ["exchange %d, version %#x, flags %#x, ID %d, %d octets, %s:" %
                 (self.exchange, self.version, self.flags, self.message_id,
                  len(self.data), "encrypted" if self.encrypted else "clear")]
        for kind, body in self.payloads:
            name = PAYLOADS.get(kind, str(kind))
            if kind == NOTIFY:
                name = notify_name(int.from_bytes(body[2:4], "big"))
            parts.append("%s/%d" % (name, len(body)))
        return " ".join(parts)

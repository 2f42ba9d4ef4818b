# SPDX-License-Identifier: GPL-2.0-or-later
"""All kinds of payloads and notifies, well-formed, whatever message they are put
into, and all exchange types.
"""

import os
import socket
import struct

import ike_message as ike
from ike_crypto import X25519

# All that IANA and strongSwan know (IKEv2 and mediation), and some of nobody's.
EXCHANGES = list(range(34, 46)) + [99, 239, 240, 241, 254]
CERTREQ, VENDOR_ID, ID_PEER, UNKNOWN = 38, 43, 128, 200

_ERRORS = [1, 4, 5, 7, 9, 11, 14, 17, 24, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
           44, 45, 46, 47, 48, 8192, 16383]
_STATUS = list(range(16384, 16450)) + list(range(40960, 40972)) + [65535]
NOTIFY_TYPES = _ERRORS + _STATUS

# Lengths of data that are right; all else gets some octets
_LENGTHS = {7: 0, 5: 0, 14: 0, 17: 2, 16387: 3, 16388: 20, 16389: 20, 16390: 32,
            16397: 4, 16398: 16, 16403: 4, 40963: 12, 40965: 8, 40966: 16,
            40967: 20}
_REDIRECTS = (16407, 16408)


def gateway(text, nonce=b""):
    """Data of a REDIRECT notify to an address or a name (RFC 5685)."""
    try:
        kind, value = 1, socket.inet_pton(socket.AF_INET, text)
    except OSError:
        kind, value = 3, text.encode()
    return struct.pack("!BB", kind, len(value)) + value + nonce


def notify(kind, redirect_to):
    """A notify payload with data of the right form."""
    if kind in _REDIRECTS:
        return ike.notify(kind, gateway(redirect_to))
    if kind == 40963:   # ME_ENDPOINT: priority, family, type, port, address
        return ike.notify(kind, struct.pack("!IBBH4s", 1, 1, 1, 500,
                                            bytes([192, 0, 2, 9])))
    return ike.notify(kind, os.urandom(_LENGTHS.get(kind, 4)))


def rekey_notify(spi):
    """REKEY_SA for an ESP SA."""
    return ike.NOTIFY, struct.pack("!BBH", 3, 4, 16393) + spi


def delete_esp(*spis):
    return ike.DELETE, struct.pack("!BBH", 3, 4, len(spis)) + b"".join(spis)


def key_exchange():
    return ike.KE, struct.pack("!HH", 31, 0) + X25519().public()


def nonce():
    return ike.NONCE, os.urandom(32)


def rekey_ike(additional=0):
    """The SA payload of a rekeyed IKE_SA, with another SPI."""
    kind, body = ike.ike_proposal(256, 31, additional)
    return kind, struct.pack("!BBHBBBB", 0, 0, len(body) + 8, 1, 1, 8,
                             body[7]) + os.urandom(8) + body[8:]


def single_payloads():
    """Name and payload of each kind but notifies."""
    key_id = struct.pack("!B3x", 11) + b"somebody"
    return [
        ("SA-ESP", ike.esp_proposal()), ("SA-IKE", rekey_ike()),
        ("KE", key_exchange()), ("IDi", (ike.ID_I, key_id)),
        ("IDr", (ike.ID_R, key_id)), ("CERT", (ike.CERT, b"\x04nothing")),
        ("CERTREQ", (CERTREQ, b"\x04" + os.urandom(20))),
        ("AUTH", ike.auth(2, os.urandom(32))), ("NONCE", nonce()),
        ("D-IKE", ike.delete_ike_sa()), ("D-ESP", delete_esp(os.urandom(4))),
        ("V", (VENDOR_ID, os.urandom(16))), ("TSi", ike.selector(ike.TS_I)),
        ("TSr", ike.selector(ike.TS_R)), ("CP", ike.config_request()),
        ("EAP", (ike.EAP, struct.pack("!BBH", 2, 1, 5) + b"\x01")),
        ("ID_PEER", (ID_PEER, key_id)), ("unknown", (UNKNOWN, b"data")),
    ]


def contents(redirect_to):
    """Name and payloads of all contents: each payload and each notify alone,
    and what some exchanges are made of.
    """
    selectors = [ike.selector(ike.TS_I), ike.selector(ike.TS_R)]
    mediation = [notify(kind, redirect_to) for kind in range(40962, 40969)]
    id_peer = single_payloads()[-2][1]
    result = [("nothing", [])]
    result += [(name, [payload]) for name, payload in single_payloads()]
    result += [(ike.notify_name(kind), [notify(kind, redirect_to)])
               for kind in NOTIFY_TYPES]
    result += [
        ("child", [ike.esp_proposal(), nonce()] + selectors),
        ("child-pfs", [ike.esp_proposal(), nonce(), key_exchange()] + selectors),
        ("child-half", [ike.esp_proposal(), nonce(), selectors[0]]),
        ("child-rekey", [rekey_notify(os.urandom(4)), ike.esp_proposal(),
                         nonce()] + selectors),
        ("child-error", [ike.notify(14), ike.esp_proposal(), nonce()] +
         selectors),
        ("ike-rekey", [rekey_ike(), nonce(), key_exchange()]),
        ("ike-half", [rekey_ike(), nonce()]),
        ("mediation", [id_peer] + mediation),
        ("mediation-answer", [id_peer] + mediation[:1] + mediation[3:]),
    ]
    return result

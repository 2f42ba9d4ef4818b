# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that are malformed or contradict themselves: all have a name, and are
made of the payloads of a right one.
"""

import os
import struct
import time

import ike_contents
import ike_message as ike

# The second octet of a payload's header (RFC 7296, 3.2).
CRITICAL = 0x80
SKF = 53


def without(payloads, *kinds):
    return [payload for payload in payloads if payload[0] not in kinds]


def twice(payloads, kind):
    """Have the payload of a type twice."""
    return payloads + [payload for payload in payloads if payload[0] == kind]


def replace(payloads, kind, body):
    """Give the payload of a type another body."""
    return [(k, body, *rest) if k == kind else (k, b, *rest)
            for k, b, *rest in payloads]


def unknown(payloads):
    """Add an unknown payload that is critical."""
    return payloads + [(ike_contents.UNKNOWN, b"data", CRITICAL)]


def want(payloads, identity):
    """Ask for an identity of the responder."""
    return payloads[:1] + [(ike.ID_R, ike.identity(identity))] + payloads[1:]


def with_group_14(payloads):
    """A public value of another group than the proposal's."""
    return replace(payloads, ike.KE, struct.pack("!HH", 14, 0) +
                   os.urandom(256))


# --- IKE_SA_INIT: makes other payloads of the right ones ---------------------

INIT = {
    "init-right": lambda right: right,
    "init-proposal": lambda right: [ike.ike_proposal(192, 31)] + right[1:],
    "init-group": with_group_14,
    "init-two-sa": lambda right: twice(right, ike.SA),
    "init-no-nonce": lambda right: without(right, ike.NONCE),
    "init-short-nonce": lambda right: replace(right, ike.NONCE, b"short"),
    "init-broken-sa": lambda right: replace(right, ike.SA, os.urandom(7)),
    "init-nothing": lambda right: [],
    "init-critical": unknown,
    "init-auth": lambda right: right + [ike.auth(2, os.urandom(32))],
    "init-encrypted": lambda right: right + [(ike.ENCRYPTED, os.urandom(64))],
    "init-zero-ke": lambda right: replace(right, ike.KE,
                                          struct.pack("!HH", 31, 0) +
                                          bytes(32)),
}


# --- IKE_AUTH: makes other payloads of the right ones ------------------------

AUTH = {
    "right": lambda right: right,
    "two-auth": lambda right: twice(right, ike.AUTH),
    "two-idi": lambda right: twice(right, ike.ID_I),
    "two-idr": lambda right: twice(want(right, "fqdn:moon.strongswan.org"),
                                   ike.ID_R),
    "two-sa": lambda right: twice(right, ike.SA),
    "two-tsi": lambda right: twice(right, ike.TS_I),
    "two-cp": lambda right: twice(right, ike.CONFIG),
    "no-idi": lambda right: without(right, ike.ID_I),
    "nothing": lambda right: [],
    "critical": unknown,
    "critical-known": lambda right: [(*p, CRITICAL) for p in right],
    "wrong-idr": lambda right: want(right, "fqdn:sun.strongswan.org"),
    "wildcard-idr": lambda right: want(right, "fqdn:*.strongswan.org"),
    "star-idr": lambda right: want(right, "fqdn:*"),
    "any-idr": lambda right: want(right, "0:"),
    "any-idi": lambda right: replace(right, ike.ID_I, bytes(4)),
    "short-idi": lambda right: replace(right, ike.ID_I, bytes(2)),
    "empty-auth": lambda right: replace(right, ike.AUTH, b""),
    "broken-sa": lambda right: replace(right, ike.SA, os.urandom(7)),
    "broken-ts": lambda right: replace(right, ike.TS_I, b"\xff" * 8),
    "broken-notify": lambda right: right + [
        (ike.NOTIFY, struct.pack("!BBH", 3, 200, 16384) + b"x")],
}


# --- IKE_AUTH: sends what no list of payloads is -----------------------------

def bad_icv(sa, right):
    data = sa.cipher.seal(sa.spis, ike.IKE_AUTH, 1, right)
    sa.send(data[:-1] + bytes([data[-1] ^ 1]))


def bad_icv_then(sa, right):
    """As if somebody else had sent the first one, a moment before: charon ignores
    a message with the ID of one that it is just looking at."""
    bad_icv(sa, right)
    time.sleep(0.5)
    sa.send(sa.cipher.seal(sa.spis, ike.IKE_AUTH, 1, right))


def critical_then(sa, right):
    """The first one is answered, and uses up its message ID."""
    sa.send(sa.cipher.seal(sa.spis, ike.IKE_AUTH, 1, unknown(right)))
    sa.send(sa.cipher.seal(sa.spis, ike.IKE_AUTH, 2, right))


def garbage(sa, right):
    sa.send(sa.cipher.seal_octets(sa.spis, ike.IKE_AUTH, 1, ike.ID_I,
                                  b"\xff" + os.urandom(62)))


def bad_padding(sa, right):
    sa.send(sa.cipher.seal_octets(sa.spis, ike.IKE_AUTH, 1, ike.ID_I,
                                  os.urandom(15), padding=255))


def cut_off(sa, right):
    """Half of the payloads' octets."""
    first, plain = ike.build_chain(right)
    sa.send(sa.cipher.seal_octets(sa.spis, ike.IKE_AUTH, 1, first,
                                  plain[:len(plain) // 2]))


def short(sa, right):
    """An SK payload that has no room for what it must have."""
    sa.send(ike.build_plain(sa.spis, ike.IKE_AUTH, [(ike.ENCRYPTED, b"short")],
                            message_id=1))


def in_clear(sa, right):
    sa.send(ike.build_plain(sa.spis, ike.IKE_AUTH, right, message_id=1))


def other_message_id(sa, right):
    sa.send(sa.cipher.seal(sa.spis, ike.IKE_AUTH, 7, right))


def informational(sa, right):
    sa.send(sa.cipher.seal(sa.spis, ike.INFORMATIONAL, 1, []))


def silence(sa, right):
    """Nothing after IKE_SA_INIT."""


OCTETS = {
    "bad-icv": bad_icv,
    "bad-icv-then-right": bad_icv_then,
    "critical-then-right": critical_then,
    "garbage": garbage,
    "bad-padding": bad_padding,
    "cut-off": cut_off,
    "short": short,
    "in-clear": in_clear,
    "other-message-id": other_message_id,
    "informational": informational,
    "silence": silence,
}

NAMES = [*INIT, *AUTH, *OCTETS]

# What charon answers where an initiator listens, after IKE_SA_INIT.
ANSWERED = ("right", "critical-known", "wrong-idr", "wildcard-idr", "star-idr",
            "any-idr", "any-idi", "bad-icv-then-right", "critical-then-right")


# --- by chance ---------------------------------------------------------------

def _cut(generator, payloads, i):
    kind, body, *rest = payloads[i]
    payloads[i] = (kind, body[:generator.randrange(len(body) + 1)], *rest)


def _flip(generator, payloads, i):
    kind, body, *rest = payloads[i]
    body = bytearray(body)
    if body:
        body[generator.randrange(len(body))] ^= 1 << generator.randrange(8)
    payloads[i] = (kind, bytes(body), *rest)


def _drop(generator, payloads, i):
    del payloads[i]


def _double(generator, payloads, i):
    payloads.insert(generator.randrange(len(payloads) + 1), payloads[i])


def _swap(generator, payloads, i):
    j = generator.randrange(len(payloads))
    payloads[i], payloads[j] = payloads[j], payloads[i]


def _insert(generator, payloads, i):
    kind, body = generator.choice(ike_contents.single_payloads())[1]
    payloads.insert(i, (kind, body, generator.choice([0, CRITICAL])))


def by_chance(generator, right):
    """One to three things done to the payloads of a right request."""
    payloads = list(right)
    for _ in range(generator.randrange(1, 4)):
        if payloads:
            generator.choice([_cut, _flip, _drop, _double, _swap, _insert])(
                generator, payloads, generator.randrange(len(payloads)))
    return payloads

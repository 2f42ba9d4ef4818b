# SPDX-License-Identifier: GPL-2.0-or-later
"""An IKE_SA that is established, as an end of it that may do anything next:
requests of its own, answers to those of the peer, the IKE_SA that follows it
when it is rekeyed (RFC 7296, sections 1.3 and 2.18).
"""

import os
import struct

import ike_contents
import ike_message as ike
from ike_crypto import HASH_LEN, X25519, prf, prf_plus
from ike_sa import Refused

KEY_BITS = 256
REKEY_SA = 16393
NO_ADDITIONAL_SAS, CHILD_SA_NOT_FOUND = 35, 44
ADDITIONAL_KEY_EXCHANGE = 16441
# Refusals of a request to create or rekey something.
REFUSALS = [14, 17, NO_ADDITIONAL_SAS, 38, 43, CHILD_SA_NOT_FOUND, 7, 24]


def derive(sk_d, secret, nonces, spis):
    """SK_d, and the keys of both directions, of the initiator first."""
    sizes = [HASH_LEN] * 3 + [KEY_BITS // 8] * 2 + [HASH_LEN] * 2
    stream = prf_plus(prf(sk_d, secret + nonces), nonces + b"".join(spis),
                      sum(sizes))
    keys = []
    for size in sizes:
        keys.append(stream[:size])
        stream = stream[size:]
    sk_d, ai, ar, ei, er = keys[:5]
    return sk_d, (ai, ei), (ar, er)


def spi_of(payloads):
    """The SPI of the first proposal of an SA payload, b"" if there is none."""
    body = ike.find(payloads, ike.SA) or b""
    return body[8:8 + body[6]] if len(body) > 8 else b""


class Child:
    """A CHILD_SA: the SPI that is ours, and that of the peer."""

    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs


class Pair:
    """An end of an established IKE_SA."""

    def __init__(self, spis, initiator, sk_d, keys_i, keys_r):
        self.spis = spis
        self.sk_d = sk_d
        self.initiator = initiator
        self.cipher = ike.Cipher(*((keys_i, keys_r) if initiator else
                                   (keys_r, keys_i)))
        self.message_id = 0
        self.children = []
        # what was asked last: payloads and what is known of it, or None
        self.pending = None

    # --- messages ---

    def _flags(self, response):
        return (ike.FLAG_INITIATOR if self.initiator else 0) | \
            (ike.FLAG_RESPONSE if response else 0)

    def request(self, exchange, payloads, context=None):
        """The next request, which the caller sends."""
        data = self.cipher.seal(self.spis, exchange, self.message_id, payloads,
                                self._flags(False))
        self.pending = (self.message_id, context)
        self.message_id += 1
        return data

    def response(self, message, payloads):
        return self.cipher.seal(self.spis, message.exchange,
                                message.message_id, payloads,
                                self._flags(True))

    def take_response(self, message):
        """What was known of the request that this one answers, or None."""
        if not self.pending or self.pending[0] != message.message_id:
            return None
        context, self.pending = self.pending[1], None
        return context

    # --- CHILD_SAs ---

    def create_child(self, rekeyed=None, pfs=True, additional=0):
        """Payloads that ask for a CHILD_SA, and what is to be remembered."""
        sa = ike.esp_proposal(31 if pfs else 0, additional)
        payloads = [sa, ike_contents.nonce(), ike.selector(ike.TS_I),
                    ike.selector(ike.TS_R)]
        if pfs:
            payloads.insert(2, ike_contents.key_exchange())
        if rekeyed:
            payloads.insert(0, ike_contents.rekey_notify(rekeyed))
        return payloads, ("child", spi_of([sa]), rekeyed)

    def child_created(self, context, payloads):
        theirs = spi_of(payloads)
        if len(theirs) == 4:
            self.children.append(Child(context[1], theirs))

    def answer_child(self, message):
        """Payloads that accept what a request proposes, with our SPI."""
        sa = ike.find(message.payloads, ike.SA)
        ours = os.urandom(4)
        payloads = [(ike.SA, sa[:8] + ours + sa[12:]), ike_contents.nonce()]
        if ike.find(message.payloads, ike.KE):
            payloads.append(ike_contents.key_exchange())
        for kind in (ike.TS_I, ike.TS_R):
            payloads.append((kind, ike.find(message.payloads, kind)))
        self.children.append(Child(ours, spi_of(message.payloads)))
        return payloads

    # --- the IKE_SA that follows ---

    def rekey(self, additional=0):
        """Payloads that ask for another IKE_SA, and what is to be remembered."""
        dh, nonce = X25519(), os.urandom(HASH_LEN)
        sa = ike_contents.rekey_ike(additional)
        payloads = [sa, (ike.NONCE, nonce),
                    (ike.KE, struct.pack("!HH", 31, 0) + dh.public())]
        return payloads, ("ike", spi_of([sa]), nonce, dh)

    def _next(self, initiator, secret, nonces, spis):
        pair = Pair(spis, initiator, *derive(self.sk_d, secret, nonces, spis))
        # RFC 7296, 2.18: they are of the new one
        pair.children, self.children = self.children, []
        return pair

    def rekeyed(self, context, payloads):
        """The IKE_SA of our request and its answer, or None."""
        _, ours, nonce, dh = context
        theirs, ke = spi_of(payloads), ike.find(payloads, ike.KE)
        if len(theirs) != 8 or not ke:
            return None
        return self._next(True, dh.shared(ke[4:]),
                          nonce + ike.find(payloads, ike.NONCE),
                          (ours, theirs))

    def answer_rekey(self, message):
        """Payloads that accept another IKE_SA, and this one."""
        sa, ke = ike.find(message.payloads, ike.SA), ike.find(message.payloads,
                                                              ike.KE)
        dh, nonce, ours = X25519(), os.urandom(HASH_LEN), os.urandom(8)
        payloads = [(ike.SA, sa[:8] + ours + sa[16:]), (ike.NONCE, nonce),
                    (ike.KE, struct.pack("!HH", 31, 0) + dh.public())]
        pair = self._next(False, dh.shared(ke[4:]),
                          ike.find(message.payloads, ike.NONCE) + nonce,
                          (spi_of(message.payloads), ours))
        return payloads, pair


def establish(sa, key, identity):
    """Authenticate as the initiator, with a first CHILD_SA; our end of the
    IKE_SA.
    """
    sa.init("aes256-x25519")
    esp = ike.esp_proposal()
    payloads = [(ike.ID_I, identity), ike.auth(2, sa.auth_data(key, identity)),
                ike.config_request(), esp, ike.selector(ike.TS_I),
                ike.selector(ike.TS_R)]
    response = sa.request(ike.IKE_AUTH, payloads)
    if not sa.is_responder_right(key, response.payloads):
        raise Refused("IKE_AUTH")
    pair = Pair(sa.spis, True, sa.sk_d, *sa.keys)
    pair.message_id = 2
    pair.child_created((None, spi_of([esp])), response.payloads)
    return pair

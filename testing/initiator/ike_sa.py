# SPDX-License-Identifier: GPL-2.0-or-later
"""An IKE_SA of an initiator: IKE_SA_INIT, IKE_AUTH as right or as wrong as
wanted, and its end (RFC 7296, sections 1 and 2).
"""

import os
import socket
import time

import ike_message as ike
from ike_crypto import HASH_LEN, X25519, Modp2048, prf, prf_plus, sha1

GROUPS = {"x25519": X25519, "modp2048": Modp2048}
KEY_PAD = b"Key Pad for IKEv2"
NON_ESP_MARKER = bytes(4)
IKE_PORT, NAT_T_PORT = 500, 4500
# a request is sent again after so many seconds, and then again
RETRANSMIT_AFTER = 1.0


class NoAnswer(Exception):
    """No response to a request, in spite of repeating it."""


class Refused(Exception):
    """IKE_SA_INIT was not accepted."""


def psk_mac(key, octets):
    """The data of an AUTH payload with a shared key (RFC 7296, 2.15)."""
    return prf(prf(key, KEY_PAD), octets)


def nat_hash(spis, address, port):
    """The data of a notify for NAT detection (RFC 7296, 2.23)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return sha1(b"".join(spis) + socket.inet_pton(family, address) +
                port.to_bytes(2, "big"))


class IkeSa:
    """One IKE_SA, with a socket of its own."""

    def __init__(self, address, port, timeout, local_port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.peer = (address, port)
        if local_port:
            self.socket.bind(("", local_port))
        # tells which of our addresses is used
        self.socket.connect(self.peer)
        self.local = self.socket.getsockname()[:2]
        self.timeout = timeout
        self.spis = os.urandom(8), bytes(8)
        self.message_id = 0
        self.cipher = None
        self.last_request = b""
        self.last_response = b""

    def close(self):
        self.socket.close()

    # --- exchanges ---

    def send(self, data):
        marker = NON_ESP_MARKER if self.peer[1] == NAT_T_PORT else b""
        try:
            self.socket.send(marker + data)
        except ConnectionError:
            pass    # nobody listens, as the last one has shown

    def receive(self, until):
        """The next message, of whatever IKE_SA, or None if none comes in time."""
        while True:
            left = until - time.monotonic()
            if left < 0:
                return None
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except (socket.timeout, BlockingIOError, ConnectionError):
                continue
            if self.peer[1] == NAT_T_PORT:
                if not data.startswith(NON_ESP_MARKER):
                    continue
                data = data[len(NON_ESP_MARKER):]
            return ike.Message(data)

    def _receive(self, until, exchange, message_id):
        """The response with a message ID, or to any exchange if that is None;
        None if there is none in time.
        """
        while True:
            message = self.receive(until)
            if not message:
                return None
            if message.spi_i == self.spis[0] and \
                    message.flags & ike.FLAG_RESPONSE and \
                    (exchange is None or
                     message.exchange == exchange and
                     message.message_id == message_id):
                return message

    def _exchange(self, request, exchange, message_id, timeout=None):
        """Send a request until there is a response, which is decrypted."""
        self.last_request = request
        end = time.monotonic() + (timeout or self.timeout)
        pause = RETRANSMIT_AFTER
        response = None
        while not response:
            if time.monotonic() >= end:
                raise NoAnswer()
            self.send(request)
            response = self._receive(min(end, time.monotonic() + pause),
                                     exchange, message_id)
            pause *= 2
        self.last_response = response.data
        response.decrypt(self.cipher)
        return response

    def request(self, exchange, payloads, timeout=None):
        """An encrypted exchange; its message ID is used up by a response."""
        message_id = self.message_id + 1
        data = self.cipher.seal(self.spis, exchange, message_id, payloads)
        response = self._exchange(data, exchange, message_id, timeout)
        self.message_id = message_id
        return response

    def crowd(self, exchange, payloads, count):
        """Sends requests with other message IDs than the next one, and does
        not wait for anything."""
        first = self.message_id + 2
        for message_id in range(first, first + count):
            self.send(self.cipher.seal(self.spis, exchange, message_id,
                                        payloads))

    def poke(self, exchange, payloads, flags, encrypted):
        """Send a message that need not be due once, with the message ID that
        is. Returns whether there is an answer to an earlier one already.
        """
        message_id = self.message_id + 1
        if flags & ike.FLAG_RESPONSE:
            message_id = 0      # to a first request that there never was
        if encrypted:
            data = self.cipher.seal(self.spis, exchange, message_id, payloads,
                                    flags)
        else:
            data = ike.build_plain(self.spis, exchange, payloads,
                                   message_id=message_id, flags=flags)
        self.send(data)
        return self.drain(0)

    def drain(self, patience):
        """Take the answers that come in time; whether there were any."""
        answered = False
        end = time.monotonic() + patience
        while True:
            message = self._receive(end, None, None)
            if not message:
                return answered
            # what is in clear, e.g. a cookie, comes without an IKE_SA
            if message.message_id > self.message_id and message.payloads and \
                    message.payloads[-1][0] == ike.ENCRYPTED:
                self.message_id = message.message_id
                answered = True

    def alive(self, patience=0.2, attempts=3):
        """Whether an exchange works, with whatever message ID is due."""
        for _ in range(attempts):
            due = self.message_id + 1
            self.send(self.cipher.seal(self.spis, ike.INFORMATIONAL, due, []))
            end = time.monotonic() + patience
            while self.message_id < due:
                message = self._receive(end, None, None)
                if not message:
                    break
                if message.message_id == due:
                    self.message_id = due
                    if self._is_end(message):
                        return False
                    if message.exchange == ike.INFORMATIONAL:
                        return True
                    # an earlier request has used it up
        return False

    def _is_end(self, message):
        """Whether an answer ends the IKE_SA (RFC 7296, 2.21.3)."""
        message.decrypt(self.cipher)
        return any(kind == ike.NOTIFIES["INVALID_SYNTAX"]
                   for kind, _ in ike.notifies(message.payloads))

    def repeat(self, timeout):
        """Send the last request again: "same", "other" or "no" response."""
        before, message = self.last_response, ike.Message(self.last_request)
        try:
            self._exchange(message.data, message.exchange, message.message_id,
                           timeout)
        except NoAnswer:
            return "no"
        return "same" if self.last_response == before else "other"

    # --- IKE_SA_INIT ---

    def _detect_nat(self, found):
        """Go on with port 4500 if either side is behind a NAT."""
        expected = ((ike.NOTIFIES["NAT_DETECTION_SOURCE_IP"], self.peer),
                    (ike.NOTIFIES["NAT_DETECTION_DESTINATION_IP"], self.local))
        for kind, end in expected:
            hashes = [data for k, data in found if k == kind]
            if hashes and nat_hash(self.spis, *end) not in hashes and \
                    self.peer[1] == IKE_PORT:
                self.peer = self.peer[0], NAT_T_PORT
                self.socket.connect(self.peer)

    def _derive(self, ni, nr, secret, key_bits):
        """Keys of the IKE_SA (RFC 7296, 2.14)."""
        sizes = [HASH_LEN] * 3 + [key_bits // 8] * 2 + [HASH_LEN] * 2
        stream = prf_plus(prf(ni + nr, secret), ni + nr + b"".join(self.spis),
                          sum(sizes))
        keys = []
        for size in sizes:
            keys.append(stream[:size])
            stream = stream[size:]
        self.sk_d, ai, ar, ei, er, self.pi, self.pr = keys
        self.keys = (ai, ei), (ar, er)
        self.cipher = ike.Cipher(*self.keys)

    def init(self, proposal, notifies=(), major=2, change=None):
        """IKE_SA_INIT, again with a cookie if the responder asks for one.

        :param proposal:    e.g. "aes256-x25519"
        :param notifies:    type and data of additional notifies
        :param major:       version of IKE that the header says
        :param change:      makes other payloads of those that are right
        """
        cipher, group = proposal.split("-")
        key_bits, dh = int(cipher[3:]), GROUPS[group]()
        ni = os.urandom(HASH_LEN)
        payloads = [
            ike.ike_proposal(key_bits, dh.group),
            (ike.KE, dh.group.to_bytes(2, "big") + bytes(2) + dh.public()),
            (ike.NONCE, ni),
            ike.notify(ike.NOTIFIES["NAT_DETECTION_SOURCE_IP"],
                       nat_hash(self.spis, *self.local)),
            ike.notify(ike.NOTIFIES["NAT_DETECTION_DESTINATION_IP"],
                       nat_hash(self.spis, *self.peer)),
        ] + [ike.notify(*each) for each in notifies]
        if change:
            payloads = change(payloads)
        while True:
            sent = ike.build_plain(self.spis, ike.IKE_SA_INIT, payloads, major)
            response = self._exchange(sent, ike.IKE_SA_INIT, 0)
            found = ike.notifies(response.payloads)
            if response.version >> 4 != 2:
                raise Refused("answer of IKE version %d" %
                              (response.version >> 4))
            cookie = dict(found).get(ike.NOTIFIES["COOKIE"])
            if cookie is None or payloads[0][0] == ike.NOTIFY:
                break
            payloads.insert(0, ike.notify(ike.NOTIFIES["COOKIE"], cookie))
        errors = [kind for kind, _ in found if kind < ike.NOTIFY_STATUS]
        if errors or ike.find(response.payloads, ike.KE) is None:
            raise Refused(", ".join(map(ike.notify_name, errors)))
        self.spis = self.spis[0], response.spi_r
        nr = ike.find(response.payloads, ike.NONCE)
        self._detect_nat(found)
        self._derive(ni, nr, dh.shared(
            ike.find(response.payloads, ike.KE)[4:]), key_bits)
        self.signed_i = sent + nr
        self.signed_r = response.data + ni

    # --- IKE_AUTH ---

    def auth_data(self, key, id_i):
        """What the AUTH payload must have, with the body of IDi."""
        return psk_mac(key, self.signed_i + prf(self.pi, id_i))

    def is_responder_right(self, key, payloads):
        """Whether the responder has the key, and proves it with method 2."""
        id_r = ike.find(payloads, ike.ID_R)
        data = ike.find(payloads, ike.AUTH)
        return bool(id_r and data and data[0] == 2 and data[4:] ==
                    psk_mac(key, self.signed_r + prf(self.pr, id_r)))

    # --- end ---

    def delete(self):
        """Close the IKE_SA; whether the responder has answered."""
        try:
            self.request(ike.INFORMATIONAL, [ike.delete_ike_sa()])
        except NoAnswer:
            return False
        return True

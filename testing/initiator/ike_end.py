# SPDX-License-Identifier: GPL-2.0-or-later
"""An end of an IKE_SA and of those that follow it, with one peer: what it is
asked and has asked, and answers that are right.
"""

import ike_contents
import ike_message as ike
from ike_pair import ADDITIONAL_KEY_EXCHANGE, establish
from ike_sa import IkeSa


class End:
    """One IKE_SA, and those that it was rekeyed into."""

    def __init__(self, options, count, identity=None):
        """
        :param count:       called with the name of what has happened
        :param identity:    body of IDi, if it is not that of the options
        """
        self.options = options
        self.identity = identity or options.id
        self.count = count
        self.sa = None
        self.pairs = []
        # requests of the peer that are not answered yet
        self.waiting = []

    def open(self):
        options = self.options
        self.sa = IkeSa(options.address, 4500, options.timeout)
        self.waiting = []
        self.pairs = [establish(self.sa, options.key, self.identity)]

    def close(self):
        if self.sa:
            self.sa.close()

    def send(self, data):
        self.sa.send(data)

    def right(self, pair, message):
        """Payloads of the answer that is due to a request."""
        if message.exchange != ike.CREATE_CHILD_SA:
            deleted = ike.find(message.payloads, ike.DELETE) or b""
            if deleted[:1] != b"\x03":
                return []
            theirs = [deleted[i:i + 4] for i in range(4, len(deleted), 4)]
            ours = [child.ours for child in pair.children
                    if child.theirs in theirs]
            pair.children = [child for child in pair.children
                             if child.ours not in ours]
            return [ike_contents.delete_esp(*ours)] if ours else []
        if ike.find(message.payloads, ike.TS_I):
            self.count("rekeyings of CHILD_SAs by the responder")
            return pair.answer_child(message)
        payloads, following = pair.answer_rekey(message)
        self.count("rekeyings of IKE_SAs by the responder")
        self.pairs.append(following)
        return payloads

    def answered(self, pair, message):
        """Take a response, and what was made by it."""
        context = pair.take_response(message)
        self.count("answered")
        if not context:
            return
        kinds = [kind for kind, _ in ike.notifies(message.payloads)]
        if ADDITIONAL_KEY_EXCHANGE in kinds or \
                any(kind < ike.NOTIFY_STATUS for kind in kinds):
            return
        if context[0] == "child":
            pair.child_created(context, message.payloads)
            if context[2]:
                self.count("rekeyings of CHILD_SAs by us")
        elif context[0] == "delete":
            pair.children = [child for child in pair.children
                             if child.ours not in context[1]]
        else:
            following = pair.rekeyed(context, message.payloads)
            if following:
                self.count("rekeyings of IKE_SAs by us")
                self.pairs.append(following)

    def receive(self, until):
        """Take a message, if there is one until then: a request waits.

        :return:    its IKE_SA and the response, if it is one, or None
        """
        message = self.sa.receive(until)
        if not message:
            return None
        pair = next((pair for pair in self.pairs if pair.spis ==
                     (message.spi_i, message.spi_r)), None)
        if not pair or not message.payloads:
            return None
        try:
            message.decrypt(pair.cipher)
        except ike.MessageError:
            return None
        if message.flags & ike.FLAG_RESPONSE:
            self.answered(pair, message)
            return pair, message
        if not any(other is pair and known.message_id == message.message_id
                   for other, known in self.waiting):
            self.count("requests of the responder")
            self.waiting.append((pair, message))
        return None

# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon on a socket that has the numbers a test wants, and its exporter."""

import os
import re
import socket
import struct
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

EXPORTER = os.environ.get("KUPF_EXPORTER", "./kupf-exporter")
VERSION = {"success": "yes", "daemon": "charon", "version": "5.9.8",
           "plugin": "0.1.0", "role": "upf", "enforcer": "nin3a",
           "uptime": "1000"}


def message(fields):
    """Fields in the encoding of the socket."""
    return b"".join(b"\3" + bytes([len(name)]) + name.encode() +
                    struct.pack("!H", len(value)) + value.encode()
                    for name, value in fields.items())


def read(connection, length):
    """So many octets, or None at the end."""
    octets = b""
    while len(octets) < length:
        more = connection.recv(length - len(octets))
        if not more:
            return None
        octets += more
    return octets


class Daemon:
    """Answers version and stats, until it is told something else.

    answers is called with the name of a command, and returns the fields of the
    reply, or None to keep silent.
    """

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        self.dir = tempfile.TemporaryDirectory(prefix="test_exporter.")
        self.path = os.path.join(self.dir.name, "sock")
        self.uri = "unix://" + self.path
        self.socket = None

    def start(self):
        """Begin to listen."""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen()
        threading.Thread(target=self._accept, args=(self.socket,),
                         daemon=True).start()

    def stop(self):
        """Be away."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        os.unlink(self.path)

    def _accept(self, listening):
        while True:
            try:
                connection = listening.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,),
                             daemon=True).start()

    def _serve(self, connection):
        with connection:
            while True:
                head = read(connection, 4)
                if head is None:
                    return
                packet = read(connection, struct.unpack("!I", head)[0])
                assert packet[0] == 0, "a client that only asks"
                command = packet[2:2 + packet[1]].decode()
                self.asked.append(command)
                fields = self.answers(command)
                if fields is not None:
                    reply = b"\1" + message(fields)
                    connection.sendall(struct.pack("!I", len(reply)) + reply)


class Exporter:
    """kupf-exporter for a socket, on a port that is free."""

    def __init__(self, uri, *options):
        self.process = subprocess.Popen(
            [EXPORTER, "--socket", uri, "--listen", "127.0.0.1:0", *options],
            stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(re.search(r"on port ([0-9]+) ", line).group(1))

    def ask(self, method="GET", path="/metrics", body=None):
        """Status, headers and text of the answer."""
        request = urllib.request.Request(
            "http://127.0.0.1:%d%s" % (self.port, path), body, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def end(self):
        """End it; exit status, and what it has said."""
        self.process.terminate()
        said = self.process.communicate()[1]
        return self.process.returncode, said

# SPDX-License-Identifier: GPL-2.0-or-later
"""What charon's own settings gain when there are many UEs (see TUNING.md).

Each setting is varied alone, against the one of the tuned sample; runs of both
are taken in turn.
"""

import time

import series
from lab import Failure

# Sessions, set-ups before measuring starts, and set-ups in all.
SESSIONS, WARM, TARGET = 20000, 500, 4500

# Seconds that a variant gets which may never come to its end.
LIMIT = 15


class Variant:
    """Settings that differ from the tuned ones."""

    def __init__(self, name, charon=None, plugins=None, env=None,
                 in_flight=150, log=None, buffer=0, target=TARGET):
        self.name = name
        self.charon = charon or {}
        self.plugins = plugins or {}
        self.env = env
        self.in_flight = in_flight
        self.target = target
        if log is not None:
            self.charon["filelog"] = {"file": log}
        if buffer:
            self.plugins["bench"] = {"receive_buffer": buffer}


def tables(rows, segments):
    return {"ikesa_table_size": rows, "ikesa_table_segments": segments}


def crypto(*names):
    """strongSwan's own algorithms instead of OpenSSL's."""
    return {name: {"load": 5} for name in names}


def protection(**thresholds):
    """With protection, by default or as it is told."""
    return dict({"dos_protection": "yes", "cookie_threshold": None,
                 "block_threshold": None}, **thresholds)


def log(**levels):
    return dict({"default": 0, "flush_line": "yes"}, **levels)


VARIANTS = {
    "tables": [Variant("1 row, 1 segment (default)", tables(1, 1)),
               Variant("4096 rows, 1 segment", tables(4096, 1)),
               Variant("4096 rows, 64 segments", tables(4096, 64))],
    # charon itself keeps four busy
    "threads": [Variant("6 threads", {"threads": 6}),
                Variant("8 threads", {"threads": 8}),
                Variant("32 threads", {"threads": 32}),
                Variant("64 threads", {"threads": 64})],
    "nat": [Variant("dos_protection (default)", protection(), target=1000),
            Variant("block_threshold 0", protection(block_threshold=0),
                    target=1000),
            Variant("cookie_threshold_ip 10000, block_threshold 20000",
                    protection(cookie_threshold_ip=10000,
                               block_threshold=20000)),
            Variant("the same, cookie_threshold 10000",
                    protection(cookie_threshold_ip=10000,
                               block_threshold=20000,
                               cookie_threshold=10000))],
    "buffer": [Variant("1000 at once, the kernel's default", in_flight=1000),
               Variant("1000 at once, 4 MiB", in_flight=1000,
                       buffer=4 << 20)],
    "log": [Variant("level 1, each line flushed",
                    log=log(default=1, ike=1)),
            Variant("level 1, not flushed",
                    log=log(default=1, flush_line="no")),
            Variant("level 2, each line flushed", log=log(default=2)),
            Variant("nothing (-1)", log=log(default=-1))],
    "memory": [Variant("MALLOC_ARENA_MAX=1", env={"MALLOC_ARENA_MAX": "1"}),
               Variant("MALLOC_ARENA_MAX=4", env={"MALLOC_ARENA_MAX": "4"})],
    "crypto": [Variant("plugins hmac and sha2 before openssl",
                       plugins=crypto("hmac", "sha2")),
               Variant("hmac, sha2, aes, gcm before openssl",
                       plugins=crypto("hmac", "sha2", "aes", "gcm")),
               Variant("curve25519 before openssl",
                       plugins=crypto("curve25519"))],
}


def measure(lab, rows, group, variant, run):
    daemon = lab.responder("kupf", charon=variant.charon,
                           plugins=variant.plugins, env=variant.env)
    initiator = None
    try:
        lab.feed(daemon.kupf, "batch", 1, SESSIONS)
        before = daemon.counts()["resident"]
        daemon.ask("measure %d %d" % (min(WARM, variant.target // 10),
                                      variant.target))
        start = time.monotonic()
        initiator = lab.initiator("kupf", variant.target,
                                  in_flight=variant.in_flight,
                                  receive_buffer=8 << 20)
        while not daemon.ask("result")["wall"] and \
                time.monotonic() < start + LIMIT:
            time.sleep(0.2)
        result = daemon.ask("result")
        done = result["up"]
        name = "%s: %s" % (group, variant.name)
        if result["wall"]:
            count = variant.target - min(WARM, variant.target // 10)
            rows.add(name, SESSIONS, "setup_cpu_us",
                     result["cpu"] / count * 1e6, run)
            rows.add(name, SESSIONS, "setup_rate", count / result["wall"], run)
            rows.add(name, SESSIONS, "tunnel_octets",
                     (daemon.counts()["resident"] - before) / done, run)
        else:
            rows.add(name, SESSIONS, "setup_rate", done / LIMIT, run)
            rows.add(name, SESSIONS, "not_complete", done, run)
    finally:
        if initiator:
            lab.stop(initiator)
        lab.stop(daemon)


def run(lab, rows, only, runs=3):
    """All groups of variants, or those asked for."""
    wanted = only or list(VARIANTS)
    for group in wanted:
        if group not in VARIANTS:
            raise Failure("there is no part %s of: %s" % (
                group, ", ".join(VARIANTS)))
        for number in range(runs):
            measure(lab, rows, group, Variant("as tuned"), number)
            for variant in VARIANTS[group]:
                measure(lab, rows, group, variant, number)


series.METRICS["not_complete"] = (
    "set-ups within %d seconds of those that could not be completed" % LIMIT)

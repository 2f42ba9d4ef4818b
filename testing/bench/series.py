# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured against the number of UEs, for each kind of responder.

Every figure is a row (series, n, metric, run, value); what a metric is and its
unit are in METRICS.  Times of the daemon are CPU times unless they are called
otherwise.
"""

import os
import sqlite3
import threading

from lab import Failure, wait_for

METRICS = {
    "setup_cpu_us": "CPU time of the responder for an IKE_SA with CHILD_SA, us",
    "setup_rate": "IKE_SAs with CHILD_SA a second, as seen (the initiator is "
                  "the limit for the fast ones)",
    "setup_ratio": "CPU time for an IKE_SA with CHILD_SA, of that of one "
                   "static PSK at the same time on the same processor",
    "lookup_p50_us": "a key by identity, us: the median",
    "lookup_p99_us": "99 % of the lookups take no longer, us",
    "lookup_p999_us": "99.9 % of the lookups take no longer, us",
    "first_p50_us": "the first key that charon tries on an AUTH payload, us",
    "single_rate": "sessions or keys handed over a second, each after the "
                   "answer to the one before",
    "pipelined_rate": "the same, without waiting for answers",
    "batched_rate": "the same, 250 in a request (SQLite: in one transaction)",
    "single_cpu_us": "CPU time of the daemon for each of these, us",
    "pipelined_cpu_us": "the same",
    "batched_cpu_us": "the same",
    "client_cpu_us": "CPU time of the client for each when batched, us",
    "session_octets": "resident memory (SQLite: file) for each of them",
    "profiled_cpu_us": "the same while perf takes samples of it",
    "own_share_percent": "our part of the CPU time for a set-up, by perf",
    "tunnel_octets": "resident memory for each tunnel",
}

# Kinds of responders by series.
KINDS = {"static_psk": "static", "kupf": "kupf", "vici": "vici", "sql": "sql"}


class Rows(list):
    """All rows; prints each one as it comes."""

    def add(self, series, count, metric, value, run=0):
        self.append((series, count, metric, run, value))
        print("  %-12s %9d  %-18s %14.3f" % (series, count, metric, value),
              flush=True)


class Plan:
    """How many set-ups are measured, and how long the rest takes."""

    def __init__(self, quick):
        self.quick = quick
        self.runs = 3
        # of the size that the target is for
        self.runs_most = 3 if quick else 5
        self.lookup_seconds = 1 if quick else 3
        self.extra = 20000 if quick else 100000

    def setups(self, series, count):
        """Set-ups to begin with, set-ups in all, and how many at a time."""
        if series in ("vici", "sql"):
            slow = series == "sql" or count > 10000
            most = {1000: 1000, 10000: 600}.get(count, 120)
            if not self.quick and count <= 10000:
                most = min(2 * most, count)
            return most // 10, most, 10 if count > 10000 else 50 if slow else 100
        most = min(count, 3000 if self.quick else 10500)
        return most // 20 if count > 1000 else most // 10, most, 150


def measure_setups(lab, responder, kind, setups, timeout=300, **options):
    """Set-ups measured once: (CPU us, rate)."""
    warm, target, in_flight = setups
    responder.ask("measure %d %d" % (warm, target))
    initiator = lab.initiator(kind, target, in_flight=in_flight, **options)
    try:
        wait_for("%d set-ups" % target,
                 lambda: responder.ask("result")["wall"], timeout, 0.25)
    except Failure as error:
        raise Failure("%s, but %s; %s" % (error, responder.ask("result"),
                                          responder.counts())) from error
    finally:
        lab.stop(initiator)
    result = responder.ask("result")
    return (result["cpu"] / (target - warm) * 1e6,
            (target - warm) / result["wall"])


def measure_lookup(rows, responder, series, count, seconds, run=0):
    kinds = ["store"] if series == "kupf" else ["shared", "first"]
    for kind in kinds:
        found = responder.ask("lookup %s 1 %d %g" % (kind, count, seconds))
        if found["found"] != found["count"]:
            raise Failure("%s: %d of %d keys not found" % (
                series, found["count"] - found["found"], found["count"]))
        if kind == "first":
            rows.add(series, count, "first_p50_us", found["p50"], run)
            continue
        for name in ("p50", "p99", "p999"):
            rows.add(series, count, "lookup_%s_us" % name, found[name], run)


def timed_feed(lab, daemon, path, what, first, count, **options):
    """Feed, and the daemon's CPU time for it: (answer, us for each)."""
    before = daemon.counts()["cpu"]
    answer = lab.feed(path, what, first, count, **options)
    return answer, (daemon.counts()["cpu"] - before) / count * 1e6


def load_kupf(lab, rows, daemon, count, run=0, **options):
    """All sessions, batched, and what they take."""
    daemon.ask("trim")
    before = daemon.counts()["resident"]
    answer, cpu = timed_feed(lab, daemon, daemon.kupf, "batch", 1, count,
                             **options)
    daemon.ask("trim")
    if count >= 1000:
        rows.add("kupf", count, "batched_rate", count / answer["wall"], run)
        rows.add("kupf", count, "batched_cpu_us", cpu, run)
        rows.add("kupf", count, "client_cpu_us",
                 answer["cpu"] / count * 1e6, run)
        rows.add("kupf", count, "session_octets",
                 (daemon.counts()["resident"] - before) / count, run)


def measure_extra(lab, rows, daemon, count, extra, run):
    """More sessions one by one, and they go again."""
    for name, what, many, options in (
            ("pipelined", "establish", min(extra, max(count, 1000)), {}),
            ("single", "establish", 2000, {"window": 1})):
        answer, cpu = timed_feed(lab, daemon, daemon.kupf, what, count + 1,
                                 many, **options)
        rows.add("kupf", count, name + "_rate", many / answer["wall"], run)
        rows.add("kupf", count, name + "_cpu_us", cpu, run)
        lab.feed(daemon.kupf, "delete", count + 1, many)


def measure_ratio(lab, rows, count, setups, run):
    """Ours and a static PSK's responder, both busy on the same processor.

    Whatever else the machine does meets both.
    """
    warm, target, in_flight = setups
    kinds = ("static", "kupf")
    responders, initiators = [], []
    for site, kind in enumerate(kinds):
        if site == len(lab.sites):
            lab.add_site()
        responders.append(lab.responder(kind, site=site,
                                        name="responder-" + kind))
    try:
        lab.feed(responders[1].kupf, "batch", 1, count)
        for responder in responders:
            responder.ask("measure %d %d" % (warm, target))
        for site, kind in enumerate(kinds):
            initiators.append(lab.initiator(
                kind, target, in_flight=in_flight, site=site,
                name="initiator-" + kind))
        wait_for("%d set-ups of both" % target, lambda: all(
            responder.ask("result")["wall"] for responder in responders),
                 300, 0.25)
        static, ours = (responder.ask("result")["cpu"]
                        for responder in responders)
        rows.add("kupf", count, "setup_ratio", ours / static, run)
    finally:
        for daemon in initiators + responders:
            lab.stop(daemon)


def static_once(lab, setups, **options):
    responder = lab.responder("static", **options)
    try:
        return measure_setups(lab, responder, "static", setups)
    finally:
        lab.stop(responder)


def run_kupf(lab, rows, plan, count, setups=True, runs=None):
    """Ours with so many sessions; set-ups in turn with a static PSK's."""
    for run in range(runs or plan.runs):
        static = None
        if setups:
            size = plan.setups("kupf", count)
            static = static_once(lab, size)
            rows.add("static_psk", count, "setup_cpu_us", static[0], run)
            rows.add("static_psk", count, "setup_rate", static[1], run)
        daemon = lab.responder("kupf")
        try:
            load_kupf(lab, rows, daemon, count, run)
            measure_lookup(rows, daemon, "kupf", count, plan.lookup_seconds,
                           run)
            measure_extra(lab, rows, daemon, count, plan.extra, run)
            if setups:
                cpu, rate = measure_setups(lab, daemon, "kupf", size)
                rows.add("kupf", count, "setup_cpu_us", cpu, run)
                rows.add("kupf", count, "setup_rate", rate, run)
        finally:
            lab.stop(daemon)
        if setups:
            measure_ratio(lab, rows, count, size, run)


def run_static(lab, rows, plan):
    """What a lookup takes if there is one key."""
    responder = lab.responder("static")
    try:
        measure_lookup(rows, responder, "static_psk", 1, plan.lookup_seconds)
    finally:
        lab.stop(responder)


def run_vici(lab, rows, plan, count):
    """Keys loaded by vici's load-shared, one after the other as it has to be.

    """
    responder = lab.responder("vici")
    try:
        answer, cpu = timed_feed(lab, responder, responder.vici, "load-shared",
                                 1, count, window=1)
        rows.add("vici", count, "single_rate", count / answer["wall"])
        rows.add("vici", count, "single_cpu_us", cpu)
        rows.add("vici", count, "session_octets",
                 (responder.counts()["resident"] - responder.memory) / count)
        measure_lookup(rows, responder, "vici", count, plan.lookup_seconds)
        cpu, rate = measure_setups(lab, responder, "vici",
                                   plan.setups("vici", count))
        rows.add("vici", count, "setup_cpu_us", cpu)
        rows.add("vici", count, "setup_rate", rate)
    finally:
        lab.stop(responder)


def mix(number):
    """SplitMix64, as in bench.h."""
    mask = (1 << 64) - 1
    number = (number + 0x9e3779b97f4a7c15) & mask
    number = ((number ^ (number >> 30)) * 0xbf58476d1ce4e5b9) & mask
    number = ((number ^ (number >> 27)) * 0x94d049bb133111eb) & mask
    return number ^ (number >> 31)


def key_of(identity, generation=1):
    """The key of a UE, as in bench.h (on a little-endian machine)."""
    number = mix(int.from_bytes(identity[8:], "little") ^ generation)
    key = b""
    while len(key) < 32:
        number = mix(number)
        key += number.to_bytes(8, "little")
    return key


def make_database(path, schema, count):
    """strongSwan's tables with the keys of all UEs; returns wall seconds."""
    import random
    import time

    order = list(range(1, count + 1))
    random.Random(1).shuffle(order)
    ids = [bytes.fromhex("%032d" % number) for number in order]
    keys = [key_of(identity) for identity in ids]
    if os.path.exists(path):
        os.unlink(path)
    database = sqlite3.connect(path)
    with open(schema, encoding="ascii") as file:
        database.executescript(file.read())
    database.execute("INSERT INTO identities VALUES (1, 2, ?)", (b"gw",))
    start = time.monotonic()
    with database:
        database.executemany(
            "INSERT INTO identities VALUES (?, 11, ?)",
            ((number + 2, identity) for number, identity in enumerate(ids)))
        database.executemany(
            "INSERT INTO shared_secrets VALUES (?, 1, ?)",
            ((number + 2, key) for number, key in enumerate(keys)))
        database.executemany(
            "INSERT INTO shared_secret_identity VALUES (?, ?)",
            ((number + 2, owner) for number in range(count)
             for owner in (1, number + 2)))
    seconds = time.monotonic() - start
    database.close()
    return seconds


def run_sql(lab, rows, plan, count, schema):
    """Plugin sql with SQLite."""
    path = os.path.join(lab.work, "psk.db")
    seconds = make_database(path, schema, count)
    rows.add("sql", count, "batched_rate", count / seconds)
    rows.add("sql", count, "session_octets", os.path.getsize(path) / count)
    responder = lab.responder("sql", database=path)
    try:
        measure_lookup(rows, responder, "sql", count, plan.lookup_seconds)
        cpu, rate = measure_setups(lab, responder, "sql",
                                   plan.setups("sql", count))
        rows.add("sql", count, "setup_cpu_us", cpu)
        rows.add("sql", count, "setup_rate", rate)
    finally:
        lab.stop(responder)


def run_wire(lab, rows, seconds):
    """What the socket alone could do."""
    text = lab.program("wire", seconds, *lab.cpus)
    for line in text.splitlines():
        name, rate = line.split()
        rows.add("unix_socket", 1, name + "_rate", float(rate))


def lookups_beside(rows, daemon, count, metric, work):
    """Look up while something else goes on: the worst second counts."""
    failure = []

    def run():
        try:
            work()
        except Exception as error:      # pylint: disable=broad-except
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    worst = {"p50": 0, "p999": 0, "max": 0}
    while thread.is_alive():
        found = daemon.ask("lookup store 1 %d 0.5" % count)
        if found["found"] != found["count"]:
            raise Failure("sessions are not found during %s" % metric)
        worst = {name: max(worst[name], found[name]) for name in worst}
    thread.join()
    if failure:
        raise failure[0]
    for name in ("p50", "p999", "max"):
        rows.add("kupf", count, "%s_%s_us" % (metric, name), worst[name])


for _what in ("load", "sweep", "expiry"):
    for _name, _text in (("p50", "the median"), ("p999", "99.9 %"),
                         ("max", "the longest")):
        METRICS["%s_%s_us" % (_what, _name)] = (
            "lookups while as many sessions come or go (%s), us: %s, of the "
            "worst half second" % (_what, _text))


def run_beside(lab, rows, count):
    """Lookups during a load, a sweep and a mass expiry of as many sessions."""
    cpus, lab.cpus = lab.cpus, (None, lab.cpus[1])
    daemon = lab.responder("kupf")
    lab.cpus = cpus
    try:
        lab.feed(daemon.kupf, "batch", 1, count)
        lookups_beside(rows, daemon, count, "load", lambda: lab.feed(
            daemon.kupf, "batch", count + 1, count))
        lookups_beside(rows, daemon, count, "sweep", lambda: lab.feed(
            daemon.kupf, "batch", 1, count, sync=1))
        lab.feed(daemon.kupf, "batch", count + 1, count, lifetime=5)
        before = daemon.counts()["allocated"]
        wait_for("expiry", lambda: daemon.counts()["allocated"] <
                 before - count, 120)
        lookups_beside(rows, daemon, count, "expiry", lambda: wait_for(
            "end of expiry", lambda: daemon.counts()["allocated"] <
            before - 150 * count, 300, 0.5))
    finally:
        lab.stop(daemon)

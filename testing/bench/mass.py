# SPDX-License-Identifier: GPL-2.0-or-later
"""Mass operations with tunnels up: everything is counted, before and after.

Each part starts a responder and as many UEs as asked for, lets them set their
tunnels up, does something to all sessions at once, and waits until charon has
come to rest.  Then what is left is compared with what should be, and the
memory with what it was before the first UE came.
"""

import os
import subprocess
import time

import series
from client import Client, Watcher
from lab import Failure, wait_for


class Part:
    """A responder with sessions and tunnels, and what was found wrong."""

    def __init__(self, lab, rows, count, forget, name):
        self.lab, self.rows, self.count = lab, rows, count
        self.forget, self.name = forget, name
        self.wrong = []
        size = 32768
        while size < count:
            size *= 2
        tables = {"ikesa_table_size": size, "ikesa_table_segments": 1024,
                  "half_open_timeout": 30, "retransmit_timeout": 4}
        print("%s: %d tunnels%s" % (name, count, ", UEs that forget theirs"
                                    if forget else ""), flush=True)
        self.daemon = lab.responder("kupf", charon=tables)
        self.client = Client(self.daemon.kupf)
        self.watcher = Watcher(self.daemon.kupf)
        lab.feed(self.daemon.kupf, "batch", 1, count)
        self.daemon.ask("trim")
        self.before = self.daemon.counts()
        self.daemon.ask("measure %d %d" % (min(500, count // 10), count))
        self.tables = tables
        start = time.monotonic()
        self.establish()
        self.add("establish_s", time.monotonic() - start)
        counts = self.daemon.counts()
        self.add("tunnel_octets",
                 (counts["resident"] - self.before["resident"]) / count)
        self.add("resident_mib", counts["resident"] / 2 ** 20)
        self.check("events tunnel-up", lambda: self.watcher.counts[
            "tunnel-up"], count, 30)
        self.check("SAs in the kernel", lambda: self.daemon.counts()["sas"],
                   2 * count)

    def establish(self):
        """Let all UEs come."""
        self.initiator = self.lab.initiator(
            "kupf", self.count, forget=self.forget, charon=self.tables,
            receive_buffer=64 << 20)
        wait_for("%d tunnels" % self.count,
                 lambda: self.stat("nin3a-tunnels-up") >= self.count,
                 max(300, self.count / 250), 1)

    def add(self, metric, value):
        self.rows.add(self.name, self.count, metric, value)

    def stat(self, name):
        return self.client.stats().get(name, 0)

    def check(self, what, get, expected, seconds=5):
        """Something has to become what is expected; or it is wrong."""
        end = time.monotonic() + seconds
        value = get()
        while value != expected and time.monotonic() < end:
            time.sleep(0.25)
            value = get()
        if value != expected:
            self.wrong.append("%s: %s, not %s" % (what, value, expected))
            print("  WRONG: " + self.wrong[-1], flush=True)

    def settle(self, tunnels, start, metric):
        """Wait until only so many tunnels are left, and for nothing else."""
        wait_for("end of %s (%s)" % (self.name, self.daemon.counts()), lambda:
                 self.daemon.counts()["ike-sas"] <= tunnels,
                 max(300, self.count / 100), 0.5)
        self.add(metric, time.monotonic() - start)

    def check_left(self, sessions, tunnels):
        """Nothing is lost, and nothing is left behind."""
        self.check("sessions", lambda: self.stat("sessions"), sessions)
        self.check("tunnels up", lambda: self.stat("nin3a-tunnels-up"),
                   tunnels)
        self.check("IKE_SAs of nin3a", lambda: self.stat("nin3a-ike-sas"),
                   tunnels)
        self.check("IKE_SAs of charon",
                   lambda: self.daemon.counts()["ike-sas"], tunnels)
        self.check("half-open", lambda: self.daemon.counts()["half-open"], 0)
        self.check("pins", lambda: self.stat("pins"), 0)
        self.check("SAs in the kernel", lambda: self.daemon.counts()["sas"],
                   2 * tunnels)
        policies = self.daemon.counts()["policies"]
        if not tunnels:
            self.check("policies in the kernel", lambda: policies, 0)
        self.check("events tunnel-down", lambda: self.watcher.counts[
            "tunnel-down"], self.count - tunnels, 30)
        if self.watcher.cut:
            self.wrong.append("the watching client was cut off")

    def check_reason(self, reason, count):
        self.check("events with reason " + reason,
                   lambda: self.watcher.counts["down:" + reason], count, 30)

    def check_memory(self, most, prefix=""):
        """No more memory is allocated than at first, but for so much.

        Jobs of charon's that wait for half-open IKE_SAs and retransmissions
        go some time after these.
        """
        start = time.monotonic()
        while True:
            self.daemon.ask("trim")
            counts = self.daemon.counts()
            left = counts["allocated"] - self.before["allocated"]
            if left <= most or time.monotonic() > start + 60:
                break
            time.sleep(2)
        self.add(prefix + "left_octets", left)
        self.add(prefix + "left_resident", counts["resident"] -
                 self.before["resident"])
        if left > most:
            self.wrong.append("%d octets more than before" % left)
            print("  WRONG: " + self.wrong[-1], flush=True)
        return left

    def kept(self):
        """What tables may keep that grow with the tunnels and never shrink.

        Seven hash tables of libstrongswan: two for charon's reqids, three for
        its CHILD_SAs, two of nin3a's.  Such a table has a power of two of
        slots, at least 1.5 for each entry, of 20 octets in the mean.  What the
        threads' caches of freed memory keep, and the list of jobs, comes on
        top.
        """
        slots = 1
        while slots < 1.5 * self.count:
            slots *= 2
        return 7 * 20 * slots + (12 << 20) + 16 * self.count

    def check_ues(self, tunnels):
        if not self.forget:
            self.check("IKE_SAs of the UEs", lambda: self.initiator.counts()[
                "ike-sas"], tunnels, 60)

    def end(self):
        self.add("wrong", len(self.wrong))
        for daemon in (self.initiator, self.daemon):
            if daemon in self.lab.daemons:
                self.lab.stop(daemon)


def kill_in_the_middle(part):
    """A client that synchronises dies: nothing must be removed for it."""
    command = [os.path.join(part.lab.build, "testing/bench/feed"),
               part.daemon.kupf, "establish", "1", str(part.count), "sync=1",
               "window=4"]
    # pylint: disable=consider-using-with
    feeder = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    requests = part.stat("requests")
    wait_for("half of the requests", lambda: part.stat("requests") >
             requests + part.count / 2, 300, 0.01)
    if feeder.poll() is not None:
        raise Failure("the client was too fast to be killed")
    feeder.kill()
    feeder.wait()
    time.sleep(1)


def run_delete(lab, rows, count, forget):
    """Synchronise, die in the middle of it, remove a half, delete the rest.

    """
    part = Part(lab, rows, count, forget, "delete")
    start = time.monotonic()
    answer = lab.feed(part.daemon.kupf, "batch", 1, count, sync=1)
    part.add("resync_s", time.monotonic() - start)
    part.check("removed by the same again", lambda: answer["removed"], 0)
    part.check_left(count, count)
    kill_in_the_middle(part)
    part.check_left(count, count)
    half = count // 2
    start = time.monotonic()
    answer = lab.feed(part.daemon.kupf, "batch", 1, half, sync=1)
    part.check("removed by a half", lambda: answer["removed"], count - half)
    part.add("resync_half_s", time.monotonic() - start)
    part.settle(half, start, "resync_half_down_s")
    part.check_left(half, half)
    start = time.monotonic()
    lab.feed(part.daemon.kupf, "delete", 1, half)
    part.add("delete_s", time.monotonic() - start)
    part.settle(0, start, "delete_down_s")
    part.check_left(0, 0)
    part.check_reason("deleted", count)
    part.check_ues(0)
    part.check_memory(part.kept())
    part.end()


def run_expire(lab, rows, count, forget):
    """All sessions expire within a few seconds."""
    part = Part(lab, rows, count, forget, "expire")
    lab.feed(part.daemon.kupf, "modify", 1, count, lifetime=5)
    start = time.monotonic()
    part.settle(0, start, "expire_down_s")
    part.check_left(0, 0)
    part.check_reason("expired", count)
    part.check_ues(0)
    part.check_memory(part.kept())
    part.end()


def run_rekey(lab, rows, count, forget):
    """All sessions get another key, and no UE comes back with it."""
    part = Part(lab, rows, count, forget, "rekey")
    start = time.monotonic()
    lab.feed(part.daemon.kupf, "modify", 1, count, generation=2, grace=1)
    part.add("rekey_s", time.monotonic() - start)
    part.settle(0, start, "rekey_down_s")
    part.check_left(count, 0)
    part.check_reason("rekeyed", count)
    part.check_ues(0)
    left = part.check_memory(part.kept())
    # once more: what stays is there once, and does not become more
    part.lab.stop(part.initiator)
    lab.feed(part.daemon.kupf, "modify", 1, count, grace=1)
    part.establish()
    lab.feed(part.daemon.kupf, "modify", 1, count, generation=2, grace=1)
    part.settle(0, time.monotonic(), "again_down_s")
    part.check_memory(left + (1 << 20) + 16 * count, "again_")
    part.end()


def run_restart(lab, rows, count, forget):
    """charon ends as an operator ends it, and starts again."""
    part = Part(lab, rows, count, forget, "restart")
    boot = part.client.request("version")["boot"]
    part.add("stop_s", lab.stop(part.daemon, force=False,
                                timeout=max(120, count / 500)))
    part.check("end of charon", lambda: part.daemon.process.returncode, 0)
    part.check_reason("shutdown", count)
    lab.stop(part.initiator)
    daemon = lab.responder("kupf")
    version = Client(daemon.kupf).request("version")
    part.check("sessions after the restart", lambda: version["sessions"], "0")
    part.check("another boot", lambda: version["boot"] != boot, True)
    start = time.monotonic()
    lab.feed(daemon.kupf, "batch", 1, count, sync=1)
    part.add("load_s", time.monotonic() - start)
    lab.stop(daemon)
    part.end()


series.METRICS.update({
    "establish_s": "until all tunnels are up, s",
    "resident_mib": "resident memory then, MiB",
    "resync_s": "the same sessions again, s",
    "resync_half_s": "synchronise with a half: requests, s",
    "resync_half_down_s": "until the others' tunnels are gone, s",
    "delete_s": "delete all: requests, s",
    "delete_down_s": "until all tunnels are gone, s",
    "expire_down_s": "expire all: until all are gone, s",
    "rekey_s": "another key for all: requests, s",
    "rekey_down_s": "until all tunnels are gone, s",
    "stop_s": "end of charon with all up, s",
    "load_s": "load all again, s",
    "again_down_s": "once more: until all tunnels are gone, s",
    "again_left_octets": "allocated more than at first then, octets",
    "again_left_resident": "resident more than at first then, octets",
    "left_octets": "allocated more than at first, octets",
    "left_resident": "resident more than at first, octets",
    "wrong": "counts that were wrong",
})

PARTS = {"delete": run_delete, "expire": run_expire, "rekey": run_rekey,
         "restart": run_restart}


def run(lab, rows, count, forget, only):
    for name in only or PARTS:
        PARTS[name](lab, rows, count, forget)
    wrong = sum(row[4] for row in rows if row[2] == "wrong")
    if wrong:
        raise Failure("%d counts are wrong, see above" % wrong)

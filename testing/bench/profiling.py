# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the responder's time goes, by sampling with perf.

What is ours is found in the stack of each sample: the outermost function of
plugins kupf and nin3a is what charon (or the thread of the socket) called, and
all that happens below it is on our account, in whichever library.
"""

import collections
import os
import re
import shutil
import subprocess
import time

from lab import Failure, wait_for

OURS = re.compile(r"libstrongswan-(kupf|nin3a)\.so")
FRAME = re.compile(r"^\s+[0-9a-f]+ (.*?)(?:\+0x[0-9a-f]+)? \((.*)\)$")

# Stands in the place of a function of charon's that does the same: what charon
# logs passes through it.
PASSED_ON = {"filter"}

# Samples a second, and octets of the stack that each takes: libc and libcrypto
# have no frame pointers, and a third of the stacks would break off there.
FREQUENCY = 997
STACK = 16384


class Profile:
    """The samples of one recording."""

    def __init__(self, path):
        self.samples = 0
        self.ours = 0
        self.passed = 0
        self.entries = collections.Counter()
        self.within = collections.Counter()
        self.leaves = collections.Counter()
        self.inclusive = collections.Counter()
        self.libraries = collections.Counter()
        self.functions = collections.Counter()
        done = subprocess.run(
            ["perf", "script", "-i", path, "-F", "ip,sym,dso", "--no-inline"],
            check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            errors="replace")
        stack = []
        for line in done.stdout.split("\n"):
            match = FRAME.match(line)
            if match:
                stack.append((match.group(1) or "?",
                              os.path.basename(match.group(2))))
            elif stack:
                self._add(stack)
                stack = []
        if stack:
            self._add(stack)
        if not self.samples:
            raise Failure("perf has no samples: may it be used here?")

    def _add(self, stack):
        self.samples += 1
        name, library = stack[0]
        if not library.startswith("lib") and library != "charon":
            library = "kernel"
            name = "(kernel)"
        self.leaves["%s (%s)" % (name, library)] += 1
        self.libraries[library] += 1
        for name in {name for name, _ in stack}:
            self.inclusive[name] += 1
        mine = [name for name, library in stack if OURS.search(library)]
        if mine and PASSED_ON.issuperset(mine):
            self.passed += 1
        elif mine:
            self.ours += 1
            self.entries[mine[-1]] += 1
            self.within[mine[0]] += 1
            for name in set(mine):
                self.functions[name] += 1

    def share(self, count):
        return 100.0 * count / self.samples

    def table(self, title, counter, most=30):
        lines = ["", title]
        for name, count in counter.most_common(most):
            lines.append("  %6.2f %%  %s" % (self.share(count), name))
        return lines

    def text(self, title, cost=None):
        share = self.share(self.ours)
        lines = [title, "", "samples   %d" % self.samples,
                 "ours      %.2f %%%s" % (
                     share, "" if cost is None else
                     ", %.2f us of %.2f us" % (share * cost / 100, cost)),
                 "passed on %.2f %%, what charon logs" %
                 self.share(self.passed)]
        lines += self.table("Ours, by the function that was called",
                            self.entries)
        lines += self.table("Ours, by the innermost function of ours",
                            self.within)
        lines += self.table("Ours, with all that is below it, more than once",
                            self.functions)
        lines += self.table("All, by library", self.libraries)
        lines += self.table("All, by function", self.leaves)
        lines += self.table("All, with all that is below it, more than once",
                            self.inclusive, 60)
        return "\n".join(lines) + "\n"


def available():
    return shutil.which("perf") is not None


def start_perf(daemon, path):
    """Begin to record; ended by stop_perf()."""
    if not available():
        raise Failure("perf is missing: apt-get install linux-perf")
    # pylint: disable=consider-using-with
    return subprocess.Popen(
        ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY),
         "--call-graph", "dwarf,%d" % STACK, "-o", path,
         "-p", str(daemon.process.pid)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stop_perf(perf):
    perf.send_signal(2)
    perf.wait(60)


def finish(path, output, name, title, cost=None):
    profile = Profile(path)
    text = profile.text(title, cost)
    with open(os.path.join(output, name), "w", encoding="utf-8") as file:
        file.write(text)
    print(text)
    return profile


def run_setups(lab, rows, count, output):
    """The responder's time while UEs come, with count sessions."""
    path = os.path.join(lab.work, "perf.data")
    daemon = lab.responder("kupf")
    try:
        lab.feed(daemon.kupf, "batch", 1, count)
        total = min(count, 20000)
        warm = total // 10
        daemon.ask("measure %d %d" % (warm, total - 200))
        initiator = lab.initiator("kupf", total)
        wait_for("first set-ups", lambda: daemon.ask("result")["up"] >= warm,
                 120)
        perf = start_perf(daemon, path)
        wait_for("set-ups", lambda: daemon.ask("result")["wall"], 600, 0.25)
        stop_perf(perf)
        lab.stop(initiator)
        cost = daemon.ask("result")["cpu"] / (total - 200 - warm) * 1e6
    finally:
        lab.stop(daemon)
    profile = finish(path, output, "profile-setups.txt",
                     "The responder while UEs come, %d sessions" % count, cost)
    rows.add("kupf", count, "profiled_cpu_us", cost)
    rows.add("kupf", count, "own_share_percent", profile.share(profile.ours))


def run_feed(lab, count, output):
    """The daemon's time while count sessions are loaded, batched."""
    path = os.path.join(lab.work, "perf.data")
    daemon = lab.responder("kupf")
    try:
        perf = start_perf(daemon, path)
        time.sleep(1)
        before = daemon.counts()["cpu"]
        lab.feed(daemon.kupf, "batch", 1, count)
        cost = (daemon.counts()["cpu"] - before) / count * 1e6
        stop_perf(perf)
    finally:
        lab.stop(daemon)
    finish(path, output, "profile-feed.txt",
           "The daemon while %d sessions are loaded, batched" % count, cost)

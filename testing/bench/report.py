# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what was measured: report.csv, report.txt and report.svg."""

import csv
import os
import platform
import statistics
import subprocess
import time

import plot
import series as what

# Targets: what, metric, series, number, the limit, and whether it is a least.
TARGETS = (
    ("set-up CPU of a static PSK's", "setup_ratio", "kupf", 1000000, 1.03,
     False),
    ("our share of a set-up, %", "own_share_percent", "kupf", 1000000, 1,
     False),
    ("lookup p50, us", "lookup_p50_us", "kupf", 1000000, 0.5, False),
    ("lookup p99, us", "lookup_p99_us", "kupf", 1000000, 2, False),
    ("lookup p50 of that at 1M", "lookup_p50_us", "kupf", 10000000, 2, False),
    ("lookup p99 of that at 1M", "lookup_p99_us", "kupf", 10000000, 2, False),
    ("sessions a second, batched", "batched_rate", "kupf", 1000000, 500000,
     True),
    ("sessions a second, pipelined", "pipelined_rate", "kupf", 1000000,
     200000, True),
    ("batched CPU, slowest size of fastest, 1k to 10M", "batched_cpu_us",
     "kupf", 0, 1.2, False),
    ("octets for a session", "session_octets", "kupf", 1000000, 256, False),
    ("lookups during a load p99.9, us", "load_p999_us", "kupf", 1000000, 100,
     False),
    ("lookups during a sweep p99.9, us", "sweep_p999_us", "kupf", 1000000,
     100, False),
    ("lookups during an expiry p99.9, us", "expiry_p999_us", "kupf", 1000000,
     100, False),
)

NAMES = {"static_psk": "one static PSK", "kupf": "ours",
         "vici": "vici load-shared", "sql": "sql with SQLite",
         "unix_socket": "the socket alone"}


def medians(rows):
    """{(series, n, metric): median}"""
    values = {}
    for name, count, metric, _, value in rows:
        values.setdefault((name, count, metric), []).append(value)
    return {key: statistics.median(list_) for key, list_ in values.items()}


def spread(rows, key):
    values = [row[4] for row in rows if tuple(row[:3]) == key]
    if len(values) < 2:
        return ""
    return "(%s-%s)" % (number(min(values)), number(max(values)))


def number(value):
    if value == 0 or abs(value) >= 1000:
        return "%.0f" % value
    return "%.4g" % value if 1 <= value < 2 else "%.3g" % value


def read_first(path, prefix):
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith(prefix):
                    return line.split(":", 1)[-1].split("=", 1)[-1].strip(
                        ' "\n')
    except OSError:
        pass
    return "unknown"


def describe_machine(top):
    """The machine, as far as it matters for the figures."""
    def run(*words):
        try:
            return subprocess.run(words, capture_output=True, text=True,
                                  check=False, cwd=top).stdout.strip()
        except OSError:
            return ""

    return [
        "processor   %d x %s" % (os.cpu_count(), read_first("/proc/cpuinfo",
                                                            "model name")),
        "memory      %s" % read_first("/proc/meminfo", "MemTotal"),
        "system      %s, kernel %s" % (
            read_first("/etc/os-release", "PRETTY_NAME"), platform.release()),
        "compiler    %s" % run("gcc", "--version").split("\n")[0],
        "OpenSSL     %s" % run("openssl", "version"),
        "plugins     %s" % (run("git", "describe", "--always", "--dirty")
                            or "not from a git tree"),
        "load        %s (1, 5 and 15 minutes, at the end)" % " ".join(
            "%.1f" % load for load in os.getloadavg()),
    ]


def metric_table(rows, middle, metric):
    """A table of one metric: a line for each number, a column per series."""
    keys = [key for key in middle if key[2] == metric]
    names = sorted({key[0] for key in keys},
                   key=lambda name: (list(NAMES) + [name]).index(name))
    lines = ["", "%s: %s" % (metric, what.METRICS.get(metric, "")),
             "%12s" % "N" + "".join("%28s" % NAMES.get(name, name)
                                    for name in names)]
    for count in sorted({key[1] for key in keys}):
        line = "%12d" % count
        for name in names:
            key = (name, count, metric)
            cell = ""
            if key in middle:
                cell = "%s %s" % (number(middle[key]), spread(rows, key))
            line += "%28s" % cell.strip()
        lines.append(line)
    return lines


def grid(title, metrics, middle, names, count):
    """A table with a line for each metric and a column for each series."""
    lines = ["", "%s, %d UEs" % (title, count),
             "%-44s" % "" + "".join("%14s" % name for name in names)]
    for metric in metrics:
        cells = [number(middle[key]) if key in middle else "" for key in (
            (name, count, metric) for name in names)]
        text = what.METRICS.get(metric, "").split(";")[0]
        lines.append("%-44s" % (text or metric)
                     + "".join("%14s" % cell for cell in cells))
    return lines


def variants(rows, middle):
    """What settings gain: a line for each variant (see tuning.py)."""
    names = sorted({row[0] for row in rows if ": " in row[0]},
                   key=[row[0] for row in rows].index)
    lines = ["", "%-58s%16s%12s%16s" % (
        "setting", "CPU us, ratio", "set-ups/s", "octets/tunnel")]
    for name in names:
        counts = [row[1] for row in rows if row[0] == name]
        cells = [middle.get((name, counts[0], metric)) for metric in (
            "setup_cpu_us", "setup_rate", "tunnel_octets")]
        tuned = middle.get((name.split(": ")[0] + ": as tuned", counts[0],
                            "setup_cpu_us"))
        ratio = " x%.2f" % (cells[0] / tuned) if cells[0] and tuned else ""
        cells = ["-" if cell is None else number(cell) for cell in cells]
        lines.append("%-58s%16s%12s%16s%s" % (
            name, cells[0] + ratio, cells[1], cells[2], "   not complete" if
            (name, counts[0], "not_complete") in middle else ""))
    return lines


def target_value(middle, metric, name, count):
    """What is to be compared with a target, or None."""
    if metric == "batched_cpu_us":
        values = [value for key, value in middle.items()
                  if key[0] == name and key[2] == metric and key[1] >= 1000]
        return max(values) / min(values) if len(values) > 1 else None
    value = middle.get((name, count, metric))
    if value is not None and count == 10000000:
        before = middle.get((name, 1000000, metric))
        return value / before if before else None
    return value


def target_table(middle):
    lines = []
    for text, metric, name, count, limit, least in TARGETS:
        value = target_value(middle, metric, name, count)
        if value is None:
            continue
        met = value >= limit if least else value <= limit
        lines.append("  %-48s %12s   %s %-8s %s" % (
            text, number(value), ">=" if least else "<=", number(limit),
            "met" if met else "MISSED"))
    return ["", "Targets, at 1000000 sessions unless it says otherwise"
            ] + lines if lines else []


def joined(lines):
    return "".join(line.rstrip() + "\n" for line in lines)


def text_of(rows, head):
    middle = medians(rows)
    order = list(what.METRICS)
    metrics = sorted({key[2] for key in middle}, key=lambda metric: (
        order.index(metric) if metric in order else len(order), metric))
    if any(": " in row[0] for row in rows):
        return joined(list(head) + variants(rows, middle))
    if any(row[2] == "wrong" for row in rows):
        names = sorted({row[0] for row in rows}, key=[
            row[0] for row in rows].index)
        metrics = sorted(metrics, key=[row[2] for row in rows].index)
        return joined(list(head) + grid(
            "Mass operations", metrics, middle, names, rows[0][1]))
    lines = list(head) + target_table(middle)
    if metrics:
        lines += ["", "Medians (and the least and the most, if measured more "
                  "than once)"]
    for metric in metrics:
        lines += metric_table(rows, middle, metric)
    return joined(lines)


def picture_of(rows):
    middle = medians(rows)

    def curve(label, name, metric, dashed=False):
        line = sorted((key[1], value) for key, value in middle.items()
                      if key[0] == name and key[2] == metric and value > 0)
        return (label, line, dashed)

    def flat(label, name, metric, counts):
        values = [value for key, value in middle.items()
                  if key[0] == name and key[2] == metric]
        line = [(count, statistics.median(values)) for count in counts
                ] if values else []
        return (label, line, True)

    counts = sorted({key[1] for key in middle if key[0] == "kupf"})
    ends = [counts[0], counts[-1]] if counts else []
    panels = [
        ("CPU time of the responder for a set-up", "us", [
            curve("one static PSK", "static_psk", "setup_cpu_us", True),
            curve("ours", "kupf", "setup_cpu_us"),
            curve("vici load-shared", "vici", "setup_cpu_us"),
            curve("sql with SQLite", "sql", "setup_cpu_us")]),
        ("Lookup of a key", "us", [
            flat("one static PSK, p50", "static_psk", "lookup_p50_us", ends),
            curve("ours, p50", "kupf", "lookup_p50_us"),
            curve("vici, p50", "vici", "lookup_p50_us"),
            curve("sql, p50", "sql", "lookup_p50_us"),
            curve("ours, p99", "kupf", "lookup_p99_us"),
            curve("ours, p99.9", "kupf", "lookup_p999_us")]),
        ("Sessions or keys handed over", "a second", [
            flat("socket, batched", "unix_socket", "batched_rate", ends),
            curve("ours, batched", "kupf", "batched_rate"),
            curve("vici", "vici", "single_rate"),
            curve("SQLite, 1 transaction", "sql", "batched_rate"),
            curve("ours, pipelined", "kupf", "pipelined_rate"),
            curve("ours, one by one", "kupf", "single_rate"),
            flat("socket, one by one", "unix_socket", "single_rate", ends)]),
        ("Memory of a session or key", "octets", [
            ("target", [(count, 256) for count in ends], True),
            curve("ours", "kupf", "session_octets"),
            curve("vici", "vici", "session_octets"),
            curve("SQLite (file)", "sql", "session_octets")]),
    ]
    return plot.draw("Keys of many UEs in charon", [
        (title, unit, [one for one in curves if one[1]])
        for title, unit, curves in panels])


def write_files(output, rows, head):
    with open(os.path.join(output, "report.csv"), "w", newline="",
              encoding="ascii") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("series", "n", "metric", "run", "value"))
        for name, count, metric, run, value in rows:
            writer.writerow((name, count, metric, run, "%.6g" % value))
    with open(os.path.join(output, "report.txt"), "w",
              encoding="utf-8") as file:
        file.write(text_of(rows, head))
    if any(row[2] == "batched_rate" and row[0] == "kupf" for row in rows):
        with open(os.path.join(output, "report.svg"), "w",
                  encoding="utf-8") as file:
            file.write(picture_of(rows))


def write(output, rows, top, seconds, command, failed):
    """Write all of the report, and print the text."""
    head = ["Bench of the NIN3A plugins, %s" % time.strftime("%Y-%m-%d"), "",
            "command     %s" % command,
            "took        %d s" % seconds] + describe_machine(top)
    if failed:
        head += ["", "NOT COMPLETE: " + failed]
    write_files(output, rows, head)
    print("\n" + text_of(rows, head))
    print("report: %s" % output)


def rewrite(path, output):
    """Make text and picture anew from a CSV file."""
    with open(path, newline="", encoding="ascii") as file:
        rows = [(row["series"], int(row["n"]), row["metric"],
                 int(row["run"]), float(row["value"]))
                for row in csv.DictReader(file)]
    before = os.path.join(os.path.dirname(path), "report.txt")
    head = []
    if os.path.exists(before):
        with open(before, encoding="utf-8") as file:
            head = file.read().split("\n\nTargets")[0].split("\n")
    write_files(output, rows, head)

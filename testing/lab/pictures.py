# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of a run, as SVG that stands by itself or in a page."""

from xml.sax.saxutils import escape

from packets import STEPS

COLOURS = {"IKE_SA_INIT": "#2b6cb0", "IKE_AUTH": "#c05621",
           "CREATE_CHILD_SA": "#2f855a", "all": "#4a5568", "ESP": "#6b46c1",
           "up": "#6b46c1", "down": "#b7791f"}
NAMES = {"IKE_SA_INIT": "IKE_SA_INIT", "IKE_AUTH": "IKE_AUTH",
         "CREATE_CHILD_SA": "CREATE_CHILD_SA", "all": "whole set-up",
         "up": "ESP from UEs", "down": "ESP to UEs"}
INK, SOFT, LINE = "#1a202c", "#718096", "#e2e8f0"
FONT = "system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif"

# The thirteen steps of TR 33.754 as this project has them, with where they are
# seen: on the wire, on the socket of plugin kupf, or outside of the lab.
PROCEDURE = [
    ("1-4", "registration, PDU session request with ATSSS-Lite", "outside"),
    ("5", "SMF hands K_UPF to the UPF (here K_AMF, RAND)", "socket"),
    ("6", "UPF answers with its address for IPsec", "socket"),
    ("7", "the address reaches the UE (here over its socket)", "socket"),
    ("8", "UE derives K_UPF", "socket"),
    ("9", "layer 2 of the other access is up", "outside"),
    ("10", "IKE_SA_INIT to the UPF's address", "IKE_SA_INIT"),
    ("11", "IKE_AUTH request: method 2, MAC1 with K_UPF", "IKE_AUTH"),
    ("12", "UPF checks MAC1, answers MAC2; UE checks it", "IKE_AUTH"),
    ("13", "CREATE_CHILD_SA: the IPsec tunnel", "CREATE_CHILD_SA"),
]
NUMBERS = {("IKE_SA_INIT", False): "10", ("IKE_SA_INIT", True): "10",
           ("IKE_AUTH", False): "11", ("IKE_AUTH", True): "12",
           ("CREATE_CHILD_SA", False): "13", ("CREATE_CHILD_SA", True): "13"}


def text(x, y, words, size=13, anchor="start", fill=INK, more=""):
    return ('<text x="%.1f" y="%.1f" font-size="%d" text-anchor="%s" '
            'fill="%s"%s>%s</text>' % (x, y, size, anchor, fill, more,
                                       escape(words)))


def badge(x, y, number, colour):
    width = 24 if len(number) < 3 else 32
    return ('<rect x="%.1f" y="%.1f" width="%d" height="20" rx="10" '
            'fill="%s"/>' % (x - width / 2, y - 14, width, colour) +
            text(x, y, number, 12, "middle", "#fff", ' font-weight="600"'))


def svg(width, height, title, parts):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
            'width="%d" font-family="%s" role="img"><title>%s</title>'
            '<rect width="100%%" height="100%%" rx="8" fill="#fff"/>%s</svg>\n'
            % (width, height, width, FONT, escape(title), "\n".join(parts)))


def ms(seconds):
    value = seconds * 1000
    return "%.2f ms" % value if value < 10 else "%.1f ms" % value \
        if value < 100 else "%.0f ms" % value


def since(seconds):
    return "%+.2f s" % seconds if abs(seconds) >= 10 else \
        "%+.1f ms" % (seconds * 1000)


# --- the sequence ----------------------------------------------------------

def arrow(x1, x2, y, colour, dashed=False):
    way = 1 if x2 > x1 else -1
    return ('<path d="M%d %.1f H%.1f" stroke="%s" stroke-width="2"%s/>'
            '<path d="M%d %.1f l%d -5 v10 z" fill="%s"/>' % (
                x1, y, x2 - way * 8, colour,
                ' stroke-dasharray="5 4"' if dashed else "", x2, y,
                -way * 9, colour))


def steps_column(seen):
    """The thirteen steps; those that were seen are in colour."""
    parts = [text(28, 40, "TR 33.754, steps", 15, more=' font-weight="600"')]
    y = 84
    for number, words, where in PROCEDURE:
        here = number in seen
        colour = (COLOURS.get(where, "#4a5568") if here else "#cbd5e0")
        parts += [badge(48, y, number, colour),
                  text(74, y, words, 13, fill=INK if here else SOFT)]
        y += 36
    parts += [text(28, y + 14, "In colour: seen in this run, on the wire or on",
                   12, fill=SOFT),
              text(28, y + 31, "the socket of plugin kupf; grey: outside.", 12,
                   fill=SOFT)]
    return parts


def sequence(rows, title):
    """rows are (time, from, to, number, words, note, colour, dashed); from and
    to are UE, UPF or SMF."""
    places = {"UE": 560, "UPF": 890, "SMF": 1090}
    top, gap = 78, 46
    height = max(top + gap * len(rows) + 40, 500)
    parts = steps_column({row[3] for row in rows} | {"8"})
    parts.append('<path d="M430 24 V%d" stroke="%s"/>' % (height - 24, LINE))
    for name, x in places.items():
        words = {"UE": "UE", "UPF": "UPF", "SMF": "SMF, NAS"}[name]
        parts += ['<path d="M%d 56 V%d" stroke="#a0aec0" stroke-width="1.5"/>'
                  % (x, height - 26),
                  '<rect x="%d" y="24" width="96" height="32" rx="6" '
                  'fill="#edf2f7" stroke="#a0aec0"/>' % (x - 48),
                  text(x, 45, words, 14, "middle", more=' font-weight="600"')]
    start = next(row[0] for row in rows if row[3] == "10")
    for i, (time, source, target, number, words, note, colour,
            dashed) in enumerate(rows):
        y = top + gap * (i + 0.6)
        x1, x2 = places[source], places[target]
        middle = (x1 + x2) / 2 if {source, target} != {"UE", "SMF"} else 725
        parts += [arrow(x1, x2, y, colour, dashed),
                  text(middle, y - 7, words, 12, "middle", colour,
                       ' font-weight="600" paint-order="stroke" '
                       'stroke="#fff" stroke-width="4"'),
                  text(middle, y + 15, note, 11, "middle", SOFT),
                  text(505, y + 4, since(time - start), 11, "end", SOFT)]
        if number:
            parts.append(badge(x1 + (18 if x2 > x1 else -18), y - 8, number,
                               colour))
    return svg(1180, height, title, parts)


# --- all set-ups -----------------------------------------------------------

def ticks(most, count=6):
    """Round steps from 0 to what is most."""
    step = 1e-6
    while most / step > count:
        for factor in (2, 2.5, 2):
            step *= factor
            if most / step <= count:
                break
    return [i * step for i in range(int(most / step) + 1)]


def legend(y, names, x=70):
    parts = []
    for name in names:
        parts += ['<rect x="%d" y="%d" width="14" height="14" rx="3" '
                  'fill="%s"/>' % (x, y - 12, COLOURS[name]),
                  text(x + 20, y, NAMES[name], 13)]
        x += 60 + 9 * len(NAMES[name])
    return parts


def timeline(setups, title):
    """A bar for each set-up, with its steps."""
    done = [one for one in setups if one.whole()]
    if not done:
        return svg(1180, 80, title, [text(70, 45, "no set-up was completed")])
    begin = min(one.whole()[0] for one in done)
    most = max(one.whole()[1] for one in done) - begin
    bar = max(0.6, min(20, 520 / len(done)))
    bottom = 70 + bar * len(done)

    def at(time):
        return 70 + (time - begin) / most * 1070
    parts = legend(40, STEPS)
    for tick in ticks(most, 10):
        parts += ['<path d="M%.1f 60 V%.1f" stroke="%s"/>' % (
            at(begin + tick), bottom + 6, LINE),
            text(at(begin + tick), bottom + 22, "%g ms" % round(tick * 1e3, 3),
                 11, "middle", SOFT)]
    for i, one in enumerate(done):
        y = 66 + bar * i
        first, last = one.whole()
        parts.append('<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" '
                     'fill="#e2e8f0"/>' % (at(first), y + bar * .3,
                                           at(last) - at(first), bar * .4))
        for step in STEPS:
            when = one.step(step)
            if when:
                parts.append('<rect x="%.2f" y="%.2f" width="%.2f" height='
                             '"%.2f" fill="%s"/>' % (
                                 at(when[0]), y, max(1, at(when[1]) -
                                                     at(when[0])),
                                 bar * .8, COLOURS[step]))
    parts.append(text(605, bottom + 42, "time since the first IKE_SA_INIT; a "
                      "row for each set-up, grey while the UE works", 12,
                      "middle", SOFT))
    return svg(1180, bottom + 60, title, parts)


def distribution(values, title):
    """How many of the set-ups had done each step after how long."""
    curves = {name: sorted(times) for name, times in values.items() if times}
    if not curves:
        return svg(1180, 80, title, [text(70, 45, "nothing was measured")])
    most = max(times[-1] for times in curves.values()) * 1.02
    low, high = 340, 60

    def at(time):
        return 70 + time / most * 1070
    parts = legend(40, curves)
    for tick in ticks(most, 10):
        parts += ['<path d="M%.1f %d V%d" stroke="%s"/>' % (at(tick), high, low,
                                                          LINE),
                  text(at(tick), low + 18, "%g ms" % round(tick * 1e3, 3), 11,
                       "middle", SOFT)]
    for part in (0, 25, 50, 75, 90, 100):
        y = low - (low - high) * part / 100
        parts += ['<path d="M70 %.1f H1140" stroke="%s"/>' % (y, LINE),
                  text(62, y + 4, "%d %%" % part, 11, "end", SOFT)]
    for name, times in curves.items():
        points = "M%.1f %d" % (at(times[0]), low)
        for i, time in enumerate(times):
            points += " H%.1f V%.1f" % (
                at(time), low - (low - high) * (i + 1) / len(times))
        parts.append('<path d="%s H1140" fill="none" stroke="%s" '
                     'stroke-width="2.5"/>' % (points, COLOURS[name]))
    parts.append(text(605, low + 40, "part of the set-ups that had done it "
                      "after so long", 12, "middle", SOFT))
    return svg(1180, low + 58, title, parts)


# --- throughput ------------------------------------------------------------

# Most parts that the time is cut into, and the shortest one, s.
PARTS_MAX, PART_MIN = 200, 0.01


def rate(value):
    """Bits in a second, in words."""
    for unit in ("bit/s", "kbit/s", "Mbit/s"):
        if value < 1000:
            return "%.3g %s" % (value, unit)
        value /= 1000
    return "%.3g Gbit/s" % value


def throughput_of(packets, upf):
    """How long a part of the time is since the first ESP, and what there was
    in each part, octets, from and to UEs. None without ESP."""
    esp = [packet for packet in packets if packet.exchange == "ESP"]
    if not esp:
        return None
    begin = esp[0].time
    part = max(PART_MIN, (esp[-1].time - begin) / PARTS_MAX)
    count = int((esp[-1].time - begin) / part) + 1
    octets = {"up": [0] * count, "down": [0] * count}
    for packet in esp:
        at = min(int((packet.time - begin) / part), count - 1)
        octets["down" if packet.source == upf else "up"][at] += packet.size
    return part, octets


def throughput(packets, upf, title):
    """What ESP has carried, from and to UEs, over time."""
    found = throughput_of(packets, upf)
    if not found:
        return svg(1180, 80, title, [text(70, 45, "no ESP was seen")])
    part, octets = found
    count = len(octets["up"])
    most = max(max(values) for values in octets.values()) * 8 / part * 1.05
    low, high = 340, 60

    def at(i):
        return 130 + i / count * 1010
    parts = legend(40, octets, 130)
    for tick in ticks(part * count, 10):
        x = at(tick / part)
        parts += ['<path d="M%.1f %d V%d" stroke="%s"/>' % (x, high, low, LINE),
                  text(x, low + 18, "%g s" % round(tick, 3), 11, "middle",
                       SOFT)]
    for tick in ticks(most, 5):
        y = low - (low - high) * tick / most
        parts += ['<path d="M130 %.1f H1140" stroke="%s"/>' % (y, LINE),
                  text(122, y + 4, rate(tick), 11, "end", SOFT)]
    for name, values in octets.items():
        points = "M%.1f %d" % (at(0), low)
        for i, value in enumerate(values):
            points += " V%.1f H%.1f" % (
                low - (low - high) * value * 8 / part / most, at(i + 1))
        parts.append('<path d="%s V%d" fill="none" stroke="%s" '
                     'stroke-width="2"/>' % (points, low, COLOURS[name]))
    parts.append(text(605, low + 40, "ESP with its own octets, without UDP and "
                      "IP, in parts of %s; time since the first of it" %
                      ms(part), 12, "middle", SOFT))
    return svg(1180, low + 58, title, parts)

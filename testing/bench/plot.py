# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws figures against numbers of UEs, both axes logarithmic, as SVG."""

import math
from xml.sax.saxutils import escape

COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e5aa8", "#d68910", "#555555",
           "#17a2a2", "#a0522d")
PANEL_WIDTH, PANEL_HEIGHT = 520, 360
LEFT, RIGHT, ABOVE, BELOW = 70, 20, 40, 110


def short(value):
    """A number as an axis has it."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return "%g%s" % (value / limit, unit)
    return "%g" % value


class Axis:
    """A logarithmic axis over whole decades."""

    def __init__(self, values, start, end):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9),
                        self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        step = 1 if self.high - self.low < 9 else 2
        return [10.0 ** power
                for power in range(self.low, self.high + 1, step)]


def text(x, y, words, anchor="middle", size=12, more=""):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d"%s>%s'
            '</text>' % (x, y, anchor, size, more, escape(words)))


def panel(title, unit, curves, dx, dy):
    """One picture: curves are (name, [(n, value)], dashed)."""
    points = [point for _, line, _ in curves for point in line]
    out = ['<g transform="translate(%d,%d)">' % (dx, dy),
           text(PANEL_WIDTH / 2, 22, title, size=15,
                more=' font-weight="bold"')]
    if not points:
        return out + [text(PANEL_WIDTH / 2, 150, "not measured"), "</g>"]
    across = Axis([n for n, _ in points], LEFT, PANEL_WIDTH - RIGHT)
    bottom = PANEL_HEIGHT - BELOW
    upwards = Axis([value for _, value in points], bottom, ABOVE)
    for tick in across.ticks():
        x = across.at(tick)
        out += ['<path d="M%.1f %d V%d" stroke="#ddd"/>' % (x, ABOVE, bottom),
                text(x, bottom + 16, short(tick))]
    for tick in upwards.ticks():
        y = upwards.at(tick)
        out += ['<path d="M%d %.1f H%d" stroke="#ddd"/>' % (
            LEFT, y, PANEL_WIDTH - RIGHT),
            text(LEFT - 6, y + 4, short(tick), "end")]
    out += ['<rect x="%d" y="%d" width="%d" height="%d" fill="none" '
            'stroke="#888"/>' % (LEFT, ABOVE, PANEL_WIDTH - RIGHT - LEFT,
                                 bottom - ABOVE),
            text((LEFT + PANEL_WIDTH - RIGHT) / 2, bottom + 34,
                 "sessions or keys held"),
            '<g transform="translate(16,%d) rotate(-90)">%s</g>' % (
                (ABOVE + bottom) / 2, text(0, 0, unit))]
    for i, (name, line, dashed) in enumerate(curves):
        colour = COLOURS[i % len(COLOURS)]
        places = [(across.at(n), upwards.at(value)) for n, value in line]
        out.append('<polyline points="%s" fill="none" stroke="%s" '
                   'stroke-width="2"%s/>' % (
                       " ".join("%.1f,%.1f" % place for place in places),
                       colour, ' stroke-dasharray="5 4"' if dashed else ""))
        out += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (
            x, y, colour) for x, y in places]
        x = LEFT + (i % 3) * 150
        y = bottom + 54 + (i // 3) * 17
        out += ['<path d="M%d %d h18" stroke="%s" stroke-width="2"%s/>' % (
            x, y - 4, colour, ' stroke-dasharray="5 4"' if dashed else ""),
            text(x + 23, y, name, "start", 11)]
    return out + ["</g>"]


def draw(title, panels):
    """All panels in one picture, two in a row."""
    height = 44 + (len(panels) + 1) // 2 * PANEL_HEIGHT
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
           'font-family="sans-serif">' % (2 * PANEL_WIDTH, height),
           '<rect width="100%" height="100%" fill="white"/>',
           text(PANEL_WIDTH, 28, title, size=17, more=' font-weight="bold"')]
    for i, (name, unit, curves) in enumerate(panels):
        out += panel(name, unit, curves, i % 2 * PANEL_WIDTH,
                     44 + i // 2 * PANEL_HEIGHT)
    return "\n".join(out + ["</svg>"]) + "\n"

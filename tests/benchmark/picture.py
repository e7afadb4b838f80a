# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time against N as SVG: one panel a verb, both axes logarithmic."""

from __future__ import annotations

from math import ceil, floor, log10

Curves = dict[str, list[tuple[int, float]]]

COLOURS = ("#00695c", "#ef6c00", "#6a1b9a", "#455a64")
DASHES = ("", "7 3", "2 3", "8 3 2 3")
PANEL, PLOT, LEFT, TOP, LEGEND = 330, 250, 50, 40, 230


class Scale:
    """Powers of ten on an axis from ``start`` to ``end`` in pixels."""

    def __init__(self, values: list[float], start: float, end: float):
        self.low = floor(log10(min(values)))
        self.high = max(ceil(log10(max(values))), self.low + 1)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def text(x: float, y: float, content: str, anchor: str = "middle", **style) -> str:
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{extra}>{content}</text>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1} {y1}L{x2} {y2}" stroke="#ddd"/>'


def axes(across: Scale, up: Scale, title: str) -> list[str]:
    drawn = [text((across.start + across.end) / 2, TOP - 14, title, font_weight="bold")]
    for count in across.ticks():
        drawn += [
            line(across(count), up.start, across(count), up.end),
            text(across(count), up.start + 16, f"{count:,.0f}"),
        ]
    for seconds in up.ticks():
        drawn += [
            line(across.start, up(seconds), across.end, up(seconds)),
            text(across.start - 6, up(seconds) + 4, f"{seconds:g} s", "end"),
        ]
    return drawn


def curve(points: list[tuple[int, float]], across: Scale, up: Scale, number: int) -> list[str]:
    places = [(across(count), up(seconds)) for count, seconds in points]
    path = "M" + "L".join(f"{x} {y}" for x, y in places)
    colour = COLOURS[number]
    return [
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{DASHES[number]}"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places),
    ]


def legend(titles: list[str], y: float) -> list[str]:
    drawn = []
    for number, title in enumerate(titles):
        x = LEFT + number * LEGEND
        drawn += curve([(0, 0), (1, 0)], lambda end, x=x: x + 30 * end, lambda height: y - 4, number)
        drawn.append(text(x + 40, y, title.replace("`", ""), "start"))
    return drawn


def draw(panels: dict[str, Curves]) -> str:
    """An SVG document.

    :arg panels: for each verb, for each way, points of (N, seconds)
    """
    points = [point for curves in panels.values() for values in curves.values() for point in values]
    titles = list(dict.fromkeys(title for curves in panels.values() for title in curves))
    up = Scale([seconds for count, seconds in points], TOP + PLOT, TOP)
    drawn = legend(titles, TOP + PLOT + 56)
    for number, (verb, curves) in enumerate(panels.items()):
        left = number * PANEL + LEFT
        across = Scale([count for count, seconds in points], left, left + PANEL - LEFT - 20)
        drawn += axes(across, up, f"{verb} N in one task")
        for title, values in curves.items():
            drawn += curve(values, across, up, titles.index(title))
    width, height = PANEL * len(panels), TOP + PLOT + 76
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="11" fill="#222">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )

"""Rough outlines of our own for the demo: a county and three township areas. Not official."""

import math
import random

from shapely.geometry import LineString, Point, Polygon
from shapely.ops import split

from .ground import coverage, join, place
from .sites import CAODIAN, SEED, WANHE, WUSHAN

COUNTY = "示例县（示意轮廓，虚构）"
_CORNERS = [
    (112.985, 31.86),
    (113.06, 31.805),
    (113.17, 31.83),
    (113.26, 31.815),
    (113.345, 31.88),
    (113.36, 31.98),
    (113.405, 32.06),
    (113.375, 32.15),
    (113.335, 32.225),
    (113.24, 32.255),
    (113.15, 32.225),
    (113.085, 32.16),
    (113.04, 32.07),
    (112.995, 31.97),
]
# Each line runs right through the county, so it cuts it in two.
_CUTS = [
    [
        (112.95, 32.045),
        (113.075, 32.012),
        (113.125, 31.996),
        (113.163, 31.988),
        (113.19, 31.975),
        (113.25, 31.93),
        (113.4, 31.9),
    ],
    [(113.0, 32.17), (113.11, 32.115), (113.19, 32.093), (113.24, 32.083), (113.3, 32.055), (113.45, 32.03)],
]


def _wander(points, rng, times=4, size=0.11):
    """A line with the small bends of a ridge or stream."""
    for _ in range(times):
        bent = []
        for a, b in zip(points, points[1:]):
            push = rng.uniform(-size, size) * math.dist(a, b)
            length = math.dist(a, b) or 1
            nx, ny = -(b[1] - a[1]) / length, (b[0] - a[0]) / length
            bent += [a, ((a[0] + b[0]) / 2 + nx * push, (a[1] + b[1]) / 2 + ny * push)]
        points = bent + [points[-1]]
    return points


def outlines():
    """(county, {township: area}) in lon/lat; the townships share borders and fill the county."""
    rng = random.Random(f"{SEED}/county")
    ring = [place(*p) for p in _CORNERS]
    whole = Polygon(_wander(ring + [ring[0]], rng))
    parts = [whole]
    for cut in _CUTS:
        line = LineString(_wander([place(*p) for p in cut], rng))
        parts = [piece for part in parts for piece in split(part, line).geoms if piece.area > 1e6]
    pieces = coverage(parts)
    marks = {WANHE: (113.12, 31.93), WUSHAN: (113.19, 32.03), CAODIAN: (113.25, 32.13)}
    return join(pieces), {name: next(p for p in pieces if p.contains(Point(at))) for name, at in marks.items()}

"""Writes validity.json: small multipolygons on an integer grid and whether GEOS calls them valid.

A coarse grid makes touching, shared edges and collinear points common, where checks go wrong.
Run: python3 tests/oracle/geometry_validity.py   (needs shapely 2)
"""
import json
import math
import pathlib
import random

import shapely
from shapely.geometry import MultiPolygon, Polygon

random.seed(20221231)


def tangle(low, high, count):
    return [[random.randint(low, high), random.randint(low, high)] for _ in range(count)]


def star(cx, cy, reach, count):
    turns = sorted(random.random() * math.tau for _ in range(count))
    return [[round(cx + random.uniform(0.3, 1) * reach * math.cos(t)),
             round(cy + random.uniform(0.3, 1) * reach * math.sin(t))] for t in turns]


def box(low, high):
    xs, ys = sorted(random.sample(range(low, high), 2)), sorted(random.sample(range(low, high), 2))
    return [[xs[0], ys[0]], [xs[1], ys[0]], [xs[1], ys[1]], [xs[0], ys[1]]]


def ring(low, high):
    kind = random.random()
    if kind < 0.25:
        points = tangle(low, high, random.randint(3, 6))
    elif kind < 0.65:
        middle = (low + high) / 2
        points = star(middle + random.randint(-2, 2), middle + random.randint(-2, 2),
                      (high - low) / 2, random.randint(3, 9))
    else:
        points = box(low, high)
    if random.random() < 0.5:
        points.reverse()
    return points + points[:1]


def shape():
    def polygon(low, high):
        shell = ring(low, high)
        inner = (low + 2, high - 2) if random.random() < 0.8 else (low, high)
        return [shell] + [ring(*inner) for _ in range(random.choice([0, 0, 1, 1, 2]))]
    if random.random() < 0.6:
        return [polygon(0, 12)]
    return [polygon(0, 12), polygon(random.choice([3, 6, 10, 12]), 20)]


def judged(rings):
    parts = [Polygon(polygon[0], polygon[1:]) for polygon in rings]
    return bool(MultiPolygon(parts).is_valid)


cases, wanted, seen = [], {True: 400, False: 400}, set()
while any(wanted.values()):
    rings = shape()
    key = json.dumps(rings)
    if key in seen:
        continue
    seen.add(key)
    valid = judged(rings)
    if wanted[valid]:
        wanted[valid] -= 1
        cases.append({"valid": valid, "polygons": rings})
out = {"made_by": f"shapely {shapely.__version__}, GEOS {shapely.geos_version_string}", "cases": cases}
path = pathlib.Path(__file__).with_name("validity.json")
path.write_text(json.dumps(out, separators=(",", ":")).replace('},{"valid"', '},\n{"valid"') + "\n")

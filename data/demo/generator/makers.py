"""What a site's ground is made of: pits, crescents, fans of waste, the park, roadsides, ponds."""

import math
from dataclasses import dataclass

from shapely.geometry import LineString, Polygon
from shapely.ops import unary_union

from . import shapes
from .ground import areal


@dataclass
class Piece:
    """A piece of a site's ground; without a place type it is a dead corner under no parcel."""

    place_type: str
    unit: str
    plane: object
    ground: object = None
    parcel_no: str = ""


def pit(rng, centre, floor, widths, sectors, dump=None, forest=False, ramp=True):
    """An open pit: floor, rings of slope and bench cut in sectors, a ramp, a tipped dump."""
    grid = shapes.pit_grid(rng, centre, floor, widths)
    count, top = grid.stations, len(widths)
    pieces = []
    ramp_at = rng.randrange(count)
    if ramp:
        pieces.append(Piece("other", "ramp", grid.block(0, top, ramp_at, ramp_at + 2)))
    pieces.append(Piece("pit_floor", "floor", grid.inside()))
    first = ramp_at + (2 if ramp else 0)
    span = count - (2 if ramp else 0)
    cuts = [first + round(span * i / sectors) for i in range(sectors + 1)]
    for s in range(sectors):
        for level in range(top):
            kind = "slope" if level % 2 == 0 else "bench"
            half = "low" if level < top / 2 else "high"
            pieces.append(Piece(kind, f"{chr(65 + s)}-{half}", grid.block(level, level + 1, cuts[s], cuts[s + 1])))
    body = unary_union([p.plane for p in pieces])
    if forest:
        j = cuts[1]
        outer = [
            (x + (x - centre[0]) * 0.16, y + (y - centre[1]) * 0.16)
            for x, y in (grid.point(top, k) for k in range(j, j + count // 5 + 1))
        ]
        inner = [grid.point(top, k) for k in range(j, j + count // 5 + 1)]
        pieces.append(Piece("forest_land", "forest", Polygon(inner + outer[::-1])))
    if dump:
        pieces += fan_pieces(rng, centre, body, *dump)
    return pieces


def crescent(rng, centre, radius, widths, facing, spread, sectors, dump=None, yard=True, forest=False):
    """A hillside quarry open to one side: floor in front, terraces behind, a yard and a dump."""
    facing, spread = math.radians(facing), math.radians(spread)
    grid = shapes.crescent_grid(rng, centre, radius, widths, facing, spread)
    pieces = [Piece("pit_floor", "floor", shapes.crescent_floor(rng, grid, centre, facing, radius * 0.25))]
    last, top = grid.stations - 1, len(widths)
    cuts = [round(last * i / sectors) for i in range(sectors + 1)]
    for s in range(sectors):
        for level in range(top):
            kind = "slope" if level % 2 == 0 else "bench"
            half = "low" if level < top / 2 else "high"
            pieces.append(Piece(kind, f"{chr(65 + s)}-{half}", grid.block(level, level + 1, cuts[s], cuts[s + 1])))
    if yard:
        x, y = centre[0] + radius * 1.02 * math.cos(facing), centre[1] + radius * 1.02 * math.sin(facing)
        plan = shapes.yard_grid(rng, (x, y), facing - 0.25, [55, 48], [42, 50])
        pieces += [Piece("yard", "yard", plan.block(k, k + 1, j, j + 1)) for k in range(2) for j in range(2)]
    if forest:
        j0, j1 = last // 3, last // 3 + max(4, last // 4)
        inner = [grid.point(top, k) for k in range(j0, j1 + 1)]
        outer = [(x + (x - centre[0]) * 0.14, y + (y - centre[1]) * 0.14) for x, y in inner]
        pieces.append(Piece("forest_land", "forest", Polygon(inner + outer[::-1])))
    if dump:
        body = unary_union([p.plane for p in pieces])
        pieces += fan_pieces(rng, centre, body, *dump)
    return pieces


def fan_pieces(rng, centre, body, direction, spread, reach, parts=3):
    """A dump tipped outward from the edge of `body` in a direction (degrees), cut in parts."""
    heading = math.radians(direction)
    ray = [centre[0] + 2000 * math.cos(heading), centre[1] + 2000 * math.sin(heading)]
    edge = max(math.dist(centre, p) for p in _crossings(body, centre, ray))
    # The tipping edge lies a little inside the rim, so the fan grows out of the quarry's ground.
    start = edge - 0.27 * reach
    apex = (centre[0] + start * math.cos(heading), centre[1] + start * math.sin(heading))
    grid = shapes.fan_grid(rng, apex, heading, math.radians(spread), reach)
    last = grid.stations - 1
    cuts = [round(last * i / parts) for i in range(parts + 1)]
    return [
        Piece("dump", f"dump-{i + 1}", grid.block(k, k + 1, cuts[i], cuts[i + 1]))
        for i in range(parts)
        for k in range(len(grid.levels) - 1)
    ]


def _crossings(body, a, b):
    hit = LineString([a, b]).intersection(body.boundary)
    return [(p.x, p.y) for p in getattr(hit, "geoms", [hit]) if p.geom_type == "Point"]


def park(rng, centre):
    """The stone park: rows of yards between roads, waste-stone heaps behind, a pond, road edges."""
    heading = math.radians(14)
    plan = shapes.yard_grid(rng, centre, heading, [72, 66, 14, 78, 70, 60, 14, 80, 64], [70, 62, 16, 66, 74, 58])
    pieces = []
    for k in range(6):
        for j in range(9):
            road = k == 2 or j in (2, 6)
            if k == 5 and j >= 4 and not road:
                kind, unit = "dump", "waste-north"
            elif k == 0 and j in (7, 8):
                kind, unit = "dump", "waste-south"
            elif k == 4 and j == 8:
                kind, unit = None, ""
            elif road:
                kind, unit = "other", "road"
            else:
                kind, unit = "yard", f"yard-{k // 3 + 1}{'abc'[(j > 2) + (j > 6)]}"
            pieces.append(Piece(kind, unit, plan.block(k, k + 1, j, j + 1)))
    merged = unary_union([p.plane for p in pieces if p.unit == "road"])
    pieces = [p for p in pieces if p.unit != "road"] + [Piece("other", "road", merged)]
    top = [plan.point(6, j) for j in range(0, 5)]
    outer = [
        (x - 30 * math.sin(heading) - 12 * math.sin(i), y + 42 * math.cos(heading) + 9 * math.cos(i * 1.7))
        for i, (x, y) in enumerate(top)
    ]
    pieces.append(Piece("forest_land", "forest", Polygon(top + outer[::-1])))
    south = [plan.point(0, j) for j in range(0, 10)]
    verge = [
        (x + 22 * math.sin(heading), y - 22 * math.cos(heading) + 4 * math.sin(i * 2.1))
        for i, (x, y) in enumerate(south)
    ]
    pieces.append(Piece("roadside", "verge", Polygon(south + verge[::-1])))
    mid = plan.point(6, 6)
    pieces.append(Piece("pond", "pond", shapes.blob(rng, (mid[0] + 10, mid[1] + 52), 40)))
    return pieces


def processing_yard(rng, corner):
    plan = shapes.yard_grid(rng, corner, math.radians(-21), [60, 58, 66, 50], [52, 48, 56])
    pieces = []
    for k in range(3):
        for j in range(4):
            kind, unit = (
                ("dump", "waste")
                if (k, j) in ((2, 3), (1, 3))
                else (None, "") if (k, j) == (0, 0) else ("yard", f"yard-{k + 1}")
            )
            pieces.append(Piece(kind, unit, plan.block(k, k + 1, j, j + 1)))
    return pieces


def waste_heap(rng, apex):
    """A shared waste-stone dump: a wide fan down a valley with a small pond at its toe."""
    grid = shapes.fan_grid(rng, apex, math.radians(-62), math.radians(112), 330, cuts=(0.12, 0.45, 0.58, 0.82, 1.0))
    last = grid.stations - 1
    cuts = [0, last // 4, last // 2, 3 * last // 4, last]
    pieces = [
        Piece("dump", f"dump-{i + 1}", grid.block(k, k + 1, cuts[i], cuts[i + 1])) for i in range(4) for k in range(4)
    ]
    toe = grid.point(4, last // 3)
    pieces.append(Piece("pond", "pond", shapes.blob(rng, (toe[0] - 10, toe[1] - 24), 36)))
    return pieces


def roadsides(rng, start, end):
    """Both edges of a haul road where blocks and rubble were dropped; the road itself is not ours."""
    line = shapes.curve(rng, start, end, 32, 170)
    phase = rng.uniform(0, 6)
    left = shapes.strip_grid(line, [lambda j: 6.0, lambda j: 20 + 7 * math.sin(j * 0.6 + phase)])
    right = shapes.strip_grid(line, [lambda j: -18 - 6 * math.sin(j * 0.5), lambda j: -6.0])
    last = len(line) - 1
    pieces = []
    for side, grid in (("L", left), ("R", right)):
        count = 7
        for i in range(count):
            a, b = round(last * i / count), round(last * (i + 1) / count)
            if (side, i) in (("L", 4), ("R", 1)):
                continue
            pieces.append(Piece("roadside", f"{side}{i // 2 + 1}", grid.block(0, 1, a, b)))
    return pieces


def pond_site(rng, centre):
    water = shapes.blob(rng, centre, 58, count=36)
    bank = shapes.blob(rng, (centre[0] + 62, centre[1] + 18), 34)
    shore = areal(
        water.buffer(14).intersection(
            Polygon(
                [
                    (centre[0] - 200, centre[1] + 10),
                    (centre[0] + 200, centre[1] - 30),
                    (centre[0] + 200, centre[1] - 300),
                    (centre[0] - 200, centre[1] - 300),
                ]
            )
        )
    )
    return [Piece("pond", "water", water), Piece("dump", "bank", bank), Piece("roadside", "shore", shore)]

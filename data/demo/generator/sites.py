"""The sites of the demo county: where they lie and what ground they are made of."""

import math
import random
from dataclasses import dataclass, field

from shapely.geometry import LineString, Polygon
from shapely.ops import unary_union

from . import shapes
from .ground import areal, coverage, join, place, polygons, to_lonlat

SEED = 421321
WUSHAN, WANHE, CAODIAN = "吴山镇", "万和镇", "草店镇"


@dataclass
class Piece:
    """A piece of a site's ground; without a place type it is a dead corner under no parcel."""
    place_type: str
    unit: str
    plane: object
    ground: object = None
    parcel_no: str = ""


@dataclass
class Site:
    code: str
    name: str
    kind: str
    category: str
    township: str
    liable: str
    licence_no: str
    pieces: list = field(default_factory=list)

    def units(self):
        """Names of the working units, in the order of work."""
        return list(dict.fromkeys(p.unit for p in self.pieces if p.place_type and p.unit))

    def unit(self, name, *place_types):
        """The ground of a unit, or of its parcels of the given types."""
        found = [p.ground for p in self.pieces if p.unit == name and (not place_types or p.place_type in place_types)]
        return join(found) if found else None

    def corners(self):
        return [p.ground for p in self.pieces if not p.place_type]

    def footprint(self):
        return join(p.ground for p in self.pieces)


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
        outer = [(x + (x - centre[0]) * 0.16, y + (y - centre[1]) * 0.16) for x, y in (grid.point(top, k) for k in range(j, j + count // 5 + 1))]
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
    return [Piece("dump", f"dump-{i + 1}", grid.block(k, k + 1, cuts[i], cuts[i + 1]))
            for i in range(parts) for k in range(len(grid.levels) - 1)]


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
    outer = [(x - 30 * math.sin(heading) - 12 * math.sin(i), y + 42 * math.cos(heading) + 9 * math.cos(i * 1.7)) for i, (x, y) in enumerate(top)]
    pieces.append(Piece("forest_land", "forest", Polygon(top + outer[::-1])))
    south = [plan.point(0, j) for j in range(0, 10)]
    verge = [(x + 22 * math.sin(heading), y - 22 * math.cos(heading) + 4 * math.sin(i * 2.1)) for i, (x, y) in enumerate(south)]
    pieces.append(Piece("roadside", "verge", Polygon(south + verge[::-1])))
    mid = plan.point(6, 6)
    pieces.append(Piece("pond", "pond", shapes.blob(rng, (mid[0] + 10, mid[1] + 52), 40)))
    return pieces


def processing_yard(rng, corner):
    plan = shapes.yard_grid(rng, corner, math.radians(-21), [60, 58, 66, 50], [52, 48, 56])
    pieces = []
    for k in range(3):
        for j in range(4):
            kind, unit = ("dump", "waste") if (k, j) in ((2, 3), (1, 3)) else (None, "") if (k, j) == (0, 0) else ("yard", f"yard-{k + 1}")
            pieces.append(Piece(kind, unit, plan.block(k, k + 1, j, j + 1)))
    return pieces


def waste_heap(rng, apex):
    """A shared waste-stone dump: a wide fan down a valley with a small pond at its toe."""
    grid = shapes.fan_grid(rng, apex, math.radians(-62), math.radians(112), 330, cuts=(0.12, 0.45, 0.58, 0.82, 1.0))
    last = grid.stations - 1
    cuts = [0, last // 4, last // 2, 3 * last // 4, last]
    pieces = [Piece("dump", f"dump-{i + 1}", grid.block(k, k + 1, cuts[i], cuts[i + 1])) for i in range(4) for k in range(4)]
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
    shore = areal(water.buffer(14).intersection(Polygon([(centre[0] - 200, centre[1] + 10), (centre[0] + 200, centre[1] - 30),
                                                        (centre[0] + 200, centre[1] - 300), (centre[0] - 200, centre[1] - 300)])))
    return [Piece("pond", "water", water), Piece("dump", "bank", bank), Piece("roadside", "shore", shore)]


TABLE = [
    # code, no., kind, category, township, liable, maker
    ("CD-01", "quarry", "closed_enterprise", CAODIAN, "示例石材甲公司（虚构）", lambda r: pit(r, place(113.247, 32.121), 66, [14, 30, 13, 28, 12, 26], 3, (205, 62, 230), forest=True)),
    ("CD-02", "quarry", "legacy_government", CAODIAN, "草店镇人民政府（示例）", lambda r: crescent(r, place(113.262, 32.138), 92, [13, 27, 12, 25, 12, 22], 250, 205, 3, (215, 66, 150))),
    ("CD-03", "quarry", "legacy_government", CAODIAN, "草店镇人民政府（示例）", lambda r: crescent(r, place(113.231, 32.151), 78, [12, 24, 11, 22], 130, 190, 2, (95, 58, 130), yard=False)),
    ("CD-04", "quarry", "new_build", CAODIAN, "示例石材乙公司（虚构）", lambda r: pit(r, place(113.274, 32.109), 48, [12, 26, 12, 24], 3, (20, 55, 150))),
    ("CD-05", "quarry", "closed_enterprise", CAODIAN, "示例石材丙公司（虚构）", lambda r: crescent(r, place(113.255, 32.172), 64, [11, 22, 10, 20], 190, 200, 2, None, yard=False)),
    ("MS-01", "industrial_park", None, WUSHAN, "县石材办（示例）", lambda r: park(r, place(113.1835, 32.0035))),
    ("MS-02", "processing_yard", None, WUSHAN, "示例石材加工厂（虚构）", lambda r: processing_yard(r, place(113.1965, 31.9975))),
    ("MS-03", "dump", None, WUSHAN, "县石材办（示例）", lambda r: waste_heap(r, place(113.1625, 32.0135))),
    ("MS-04", "roadside", None, WANHE, "县石材办（示例）", lambda r: roadsides(r, place(113.153, 31.984), place(113.1815, 31.9985))),
    ("MS-05", "pond", None, WUSHAN, "吴山镇人民政府（示例）", lambda r: pond_site(r, place(113.1925, 32.0135))),
    ("WH-01", "quarry", "closed_enterprise", WANHE, "示例石材丁公司（虚构）", lambda r: pit(r, place(113.117, 31.9385), 82, [15, 32, 14, 30, 13, 27], 4, (330, 70, 260), forest=True)),
    ("WH-02", "quarry", "legacy_government", WANHE, "万和镇人民政府（示例）", lambda r: crescent(r, place(113.133, 31.924), 96, [13, 28, 12, 26, 11, 22], 300, 215, 3, (265, 60, 165))),
    ("WH-03", "quarry", "active", WANHE, "示例石材戊公司（虚构）", lambda r: pit(r, place(113.1465, 31.9475), 74, [14, 30, 13, 29, 12, 26], 4, (140, 60, 230))),
    ("WH-04", "quarry", "expired_uncancelled", WANHE, "示例石材己公司（虚构）", lambda r: crescent(r, place(113.122, 31.963), 84, [12, 26, 12, 24], 20, 200, 3, (60, 58, 150))),
    ("WH-05", "quarry", "granted", WANHE, "示例石材庚公司（虚构）", lambda r: pit(r, place(113.1585, 31.9705), 56, [13, 27, 12, 25], 3, (250, 56, 170))),
    ("WH-06", "quarry", "active", WANHE, "示例石材辛公司（虚构）", lambda r: crescent(r, place(113.1085, 31.9115), 88, [13, 27, 12, 25], 75, 195, 3, (35, 56, 160), forest=True)),
    ("WS-01", "quarry", "closed_enterprise", WUSHAN, "示例石材壬公司（虚构）", lambda r: pit(r, place(113.1735, 32.0335), 90, [15, 33, 14, 31, 13, 29, 12, 26], 4, (115, 68, 270), forest=True)),
    ("WS-02", "quarry", "closed_enterprise", WUSHAN, "示例石材癸公司（虚构）", lambda r: crescent(r, place(113.1895, 32.0425), 102, [14, 30, 13, 28, 12, 24], 225, 220, 4, (185, 64, 180))),
    ("WS-03", "quarry", "legacy_government", WUSHAN, "吴山镇人民政府（示例）", lambda r: pit(r, place(113.1923, 32.0441), 54, [12, 26, 11, 24], 3, (345, 58, 160))),
    ("WS-04", "quarry", "active", WUSHAN, "示例石材子公司（虚构）", lambda r: pit(r, place(113.2065, 32.0195), 86, [15, 32, 14, 30, 13, 27], 4, (290, 66, 250))),
    ("WS-05", "quarry", "expired_uncancelled", WUSHAN, "示例石材丑公司（虚构）", lambda r: crescent(r, place(113.2235, 32.0345), 86, [13, 27, 12, 24], 320, 205, 3, (300, 60, 150))),
    ("WS-06", "quarry", "granted", WUSHAN, "示例石材寅公司（虚构）", lambda r: pit(r, place(113.1655, 32.0565), 58, [13, 28, 12, 26], 3, (60, 58, 170))),
]

KIND_ZH = {"quarry": "矿", "industrial_park": "石材产业园", "processing_yard": "加工场", "dump": "堆渣场", "roadside": "道路两侧", "pond": "水塘"}


def gaps(body):
    """The concave corners of a site's ground, which nobody drew a parcel for."""
    closed = body.buffer(26).buffer(-26)
    # Opened by a metre so that no hair-thin tail runs along the parcels, then grown to meet them.
    raw = polygons(closed.difference(body).buffer(-1).buffer(1.8, join_style="mitre").simplify(0.4))
    whole = unary_union([body, *[gap for gap in raw if gap.area > 150]])
    filled = unary_union([Polygon(part.exterior) for part in polygons(whole)])
    return [gap for gap in polygons(filled.difference(body)) if gap.area > 100]


def build(code, kind, category, township, liable, maker):
    """One site with its ground noded in lon/lat; concave gaps become dead corners of no parcel."""
    rng = random.Random(f"{SEED}/{code}")
    number = int(code[3:])
    name = f"示例{township[:2]}{number}号矿（虚构）" if kind == "quarry" else f"示例闽商{KIND_ZH[kind]}（虚构）"
    licence = f"C4213000000000000{code[:2].encode().hex()}{number:02d}" if category not in (None, "legacy_government") else None
    site = Site(code, name, kind, category, township, liable, licence, maker(rng))
    body = unary_union([p.plane for p in site.pieces])
    if kind in ("quarry", "pond"):
        site.pieces += [Piece(None, "", gap) for gap in gaps(body)]
    for piece, ground in zip(site.pieces, coverage([p.plane for p in site.pieces])):
        piece.ground = ground
    site.pieces = [p for p in site.pieces if not p.ground.is_empty]
    serial = 0
    for piece in site.pieces:
        if piece.place_type:
            serial += 1
            piece.parcel_no = f"{code}-{serial:03d}"
    return site


def all_sites():
    return {row[0]: build(*row) for row in TABLE}


def unsurveyed_permit():
    """The permit of a mine that nobody has mapped yet: a survey rectangle, no footprint."""
    x, y = place(113.2365, 32.0605)
    return to_lonlat(Polygon([(x - 150, y - 110), (x + 140, y - 125), (x + 165, y + 120), (x - 135, y + 130)]))

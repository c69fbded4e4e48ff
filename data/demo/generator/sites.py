"""The sites of the demo county: where they lie and who answers for them."""

import random
from dataclasses import dataclass, field

from shapely.geometry import Polygon
from shapely.ops import unary_union

from .ground import coverage, join, place, polygons, to_lonlat
from .makers import Piece, crescent, park, pit, pond_site, processing_yard, roadsides, waste_heap

SEED = 421321
WUSHAN, WANHE, CAODIAN = "吴山镇", "万和镇", "草店镇"


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


TABLE = [
    # code, no., kind, category, township, liable, maker
    (
        "CD-01",
        "quarry",
        "closed_enterprise",
        CAODIAN,
        "示例石材甲公司（虚构）",
        lambda r: pit(r, place(113.247, 32.121), 66, [14, 30, 13, 28, 12, 26], 3, (205, 62, 230), forest=True),
    ),
    (
        "CD-02",
        "quarry",
        "legacy_government",
        CAODIAN,
        "草店镇人民政府（示例）",
        lambda r: crescent(r, place(113.262, 32.138), 92, [13, 27, 12, 25, 12, 22], 250, 205, 3, (215, 66, 150)),
    ),
    (
        "CD-03",
        "quarry",
        "legacy_government",
        CAODIAN,
        "草店镇人民政府（示例）",
        lambda r: crescent(r, place(113.231, 32.151), 78, [12, 24, 11, 22], 130, 190, 2, (95, 58, 130), yard=False),
    ),
    (
        "CD-04",
        "quarry",
        "new_build",
        CAODIAN,
        "示例石材乙公司（虚构）",
        lambda r: pit(r, place(113.274, 32.109), 48, [12, 26, 12, 24], 3, (20, 55, 150)),
    ),
    (
        "CD-05",
        "quarry",
        "closed_enterprise",
        CAODIAN,
        "示例石材丙公司（虚构）",
        lambda r: crescent(r, place(113.255, 32.172), 64, [11, 22, 10, 20], 190, 200, 2, None, yard=False),
    ),
    ("MS-01", "industrial_park", None, WUSHAN, "县石材办（示例）", lambda r: park(r, place(113.1835, 32.0035))),
    (
        "MS-02",
        "processing_yard",
        None,
        WUSHAN,
        "示例石材加工厂（虚构）",
        lambda r: processing_yard(r, place(113.1965, 31.9975)),
    ),
    ("MS-03", "dump", None, WUSHAN, "县石材办（示例）", lambda r: waste_heap(r, place(113.1625, 32.0135))),
    (
        "MS-04",
        "roadside",
        None,
        WANHE,
        "县石材办（示例）",
        lambda r: roadsides(r, place(113.153, 31.984), place(113.1815, 31.9985)),
    ),
    ("MS-05", "pond", None, WUSHAN, "吴山镇人民政府（示例）", lambda r: pond_site(r, place(113.1925, 32.0135))),
    (
        "WH-01",
        "quarry",
        "closed_enterprise",
        WANHE,
        "示例石材丁公司（虚构）",
        lambda r: pit(r, place(113.117, 31.9385), 82, [15, 32, 14, 30, 13, 27], 4, (330, 70, 260), forest=True),
    ),
    (
        "WH-02",
        "quarry",
        "legacy_government",
        WANHE,
        "万和镇人民政府（示例）",
        lambda r: crescent(r, place(113.133, 31.924), 96, [13, 28, 12, 26, 11, 22], 300, 215, 3, (265, 60, 165)),
    ),
    (
        "WH-03",
        "quarry",
        "active",
        WANHE,
        "示例石材戊公司（虚构）",
        lambda r: pit(r, place(113.1465, 31.9475), 74, [14, 30, 13, 29, 12, 26], 4, (140, 60, 230)),
    ),
    (
        "WH-04",
        "quarry",
        "expired_uncancelled",
        WANHE,
        "示例石材己公司（虚构）",
        lambda r: crescent(r, place(113.122, 31.963), 84, [12, 26, 12, 24], 20, 200, 3, (60, 58, 150)),
    ),
    (
        "WH-05",
        "quarry",
        "granted",
        WANHE,
        "示例石材庚公司（虚构）",
        lambda r: pit(r, place(113.1585, 31.9705), 56, [13, 27, 12, 25], 3, (250, 56, 170)),
    ),
    (
        "WH-06",
        "quarry",
        "active",
        WANHE,
        "示例石材辛公司（虚构）",
        lambda r: crescent(r, place(113.1085, 31.9115), 88, [13, 27, 12, 25], 75, 195, 3, (35, 56, 160), forest=True),
    ),
    (
        "WS-01",
        "quarry",
        "closed_enterprise",
        WUSHAN,
        "示例石材壬公司（虚构）",
        lambda r: pit(
            r, place(113.1735, 32.0335), 90, [15, 33, 14, 31, 13, 29, 12, 26], 4, (115, 68, 270), forest=True
        ),
    ),
    (
        "WS-02",
        "quarry",
        "closed_enterprise",
        WUSHAN,
        "示例石材癸公司（虚构）",
        lambda r: crescent(r, place(113.1895, 32.0425), 102, [14, 30, 13, 28, 12, 24], 225, 220, 4, (185, 64, 180)),
    ),
    (
        "WS-03",
        "quarry",
        "legacy_government",
        WUSHAN,
        "吴山镇人民政府（示例）",
        lambda r: pit(r, place(113.1923, 32.0441), 54, [12, 26, 11, 24], 3, (345, 58, 160)),
    ),
    (
        "WS-04",
        "quarry",
        "active",
        WUSHAN,
        "示例石材子公司（虚构）",
        lambda r: pit(r, place(113.2065, 32.0195), 86, [15, 32, 14, 30, 13, 27], 4, (290, 66, 250)),
    ),
    (
        "WS-05",
        "quarry",
        "expired_uncancelled",
        WUSHAN,
        "示例石材丑公司（虚构）",
        lambda r: crescent(r, place(113.2235, 32.0345), 86, [13, 27, 12, 24], 320, 205, 3, (300, 60, 150)),
    ),
    (
        "WS-06",
        "quarry",
        "granted",
        WUSHAN,
        "示例石材寅公司（虚构）",
        lambda r: pit(r, place(113.1655, 32.0565), 58, [13, 28, 12, 26], 3, (60, 58, 170)),
    ),
]

KIND_ZH = {
    "quarry": "矿",
    "industrial_park": "石材产业园",
    "processing_yard": "加工场",
    "dump": "堆渣场",
    "roadside": "道路两侧",
    "pond": "水塘",
}


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
    licence = (
        f"C4213000000000000{code[:2].encode().hex()}{number:02d}"
        if category not in (None, "legacy_government")
        else None
    )
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

"""Writes the worked example of docs/ACCOUNTING.md as import files in plane metres (EPSG:4547).

Usage: python3 tests/worked_example/make.py      (no packages needed)
"""

import json
from pathlib import Path

EAST, NORTH = 416_400, 3_534_000
HERE = Path(__file__).parent


def box(x0, x1, y0, y1):
    ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    return {"type": "Polygon", "coordinates": [[[EAST + x, NORTH + y] for x, y in ring]]}


def write(name, rows):
    head = {
        "type": "FeatureCollection",
        "name": name,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}},
    }
    lines = [json.dumps({"type": "Feature", "properties": p, "geometry": g}, ensure_ascii=False) for p, g in rows]
    text = json.dumps(head)[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / f"{name}.geojson").write_text(text, encoding="utf-8")


def claim(stage, valid_on, *ground):
    return {"site_code": "EX-01", "stage": stage, "valid_on": valid_on, "grade": 4}, box(*ground)


SITE = {
    "site_code": "EX-01",
    "name": "算例矿（虚构）",
    "kind": "quarry",
    "category": "closed_enterprise",
    "township": "示例镇",
    "valid_on": "2022-01-01",
}

write("sites", [(SITE, box(0, 400, 0, 300))])
write("boundaries", [({"site_code": "EX-01", "role": "permit", "valid_on": "2020-01-01"}, box(0, 380, 0, 300))])
write(
    "exemptions",
    [({"site_code": "EX-01", "reason": "retained_road", "valid_on": "2022-01-01"}, box(300, 400, 250, 300))],
)
write(
    "claims",
    [
        claim("clear", "2022-03-01", 0, 300, 0, 300),
        claim("shape", "2022-04-01", 0, 240, 0, 300),
        claim("cover_soil", "2022-05-01", 0, 200, 0, 200),
        claim("regreen", "2022-08-20", 0, 120, 0, 150),
        claim("regreen", "2022-08-28", 100, 200, 0, 150),
        claim("regreen", "2022-09-05", -30, 100, 150, 200),
    ],
)
write(
    "disturbances",
    [
        (
            {"site_code": "EX-01", "valid_on": "2022-10-15", "to_stage": 0, "reason": "re_disturbance"},
            box(150, 200, 50, 150),
        )
    ],
)

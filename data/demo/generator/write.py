"""Writes the demo county's files with the standard import columns of docs/IMPORT.md."""

from datetime import date

import shapely
import shapely.geometry

from . import sites as places
from .ground import GRID_DEG, areal, to_plane, write_collection, write_json
from .story import grown


def _days(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {k: _days(v) for k, v in value.items()}
    return [_days(v) for v in value] if isinstance(value, list) else value


def _site_row(site, day):
    return {
        "site_code": site.code,
        "name": site.name,
        "kind": site.kind,
        "category": site.category,
        "township": site.township,
        "liable": site.liable,
        "licence_no": site.licence_no,
        "role": "footprint",
        "valid_on": "2022-01-01",
        "recorded_on": day,
        "source": "2022年摸底测量（示例）",
    }


def write_sites(folder, sites):
    rows = []
    for n, site in enumerate(sites.values()):
        rows.append((_site_row(site, f"2022-01-{3 + n % 7:02d}"), site.footprint()))
    unknown = {
        "site_code": "WS-07",
        "name": "示例吴山7号矿（未摸底，虚构）",
        "kind": "quarry",
        "category": "legacy_government",
        "township": places.WUSHAN,
        "liable": "吴山镇人民政府（示例）",
        "licence_no": None,
        "role": "permit",
        "valid_on": None,
        "recorded_on": "2022-01-09",
        "source": "旧采矿权登记（示例）",
    }
    rows.append((unknown, places.unsurveyed_permit()))
    rows.sort(key=lambda r: r[0]["site_code"])
    write_collection(folder / "sites.geojson", "demo_sites", rows)


def boundaries(sites):
    """Permits, the park's line and later surveys of footprints."""
    rows = []
    for code in ("CD-01", "CD-04", "WH-01", "WH-03", "WH-05", "WH-06", "WS-01", "WS-04", "WS-06"):
        hull = to_plane(sites[code].unit("floor")).buffer(95).envelope.buffer(18, join_style="mitre")
        rows.append(
            (
                {
                    "site_code": code,
                    "role": "permit",
                    "valid_on": "2018-01-01",
                    "valid_to": "2023-06-30" if code == "WH-03" else None,
                    "recorded_on": "2022-01-14",
                    "source": "采矿许可证（示例）",
                },
                places.to_lonlat(hull),
            )
        )
    park = to_plane(sites["MS-01"].footprint()).convex_hull.buffer(30, join_style="mitre").simplify(8)
    rows.append(
        (
            {
                "site_code": "MS-01",
                "role": "park",
                "valid_on": "2019-01-01",
                "valid_to": None,
                "recorded_on": "2022-01-14",
                "source": "园区规划范围（示例）",
            },
            places.to_lonlat(park),
        )
    )
    wider = shapely.union(sites["WH-02"].footprint(), grown(sites["WH-02"].unit("C-high"), 21.0), grid_size=GRID_DEG)
    resurvey = areal(shapely.difference(wider, sites["WH-02"].unit("dump-3"), grid_size=GRID_DEG))
    # A survey has points of its own, to the millimetre, and none closer than a step.
    resurvey = places.to_lonlat(shapely.set_precision(areal(to_plane(resurvey).simplify(0.5)), 0.001))
    rows.append(
        (
            {
                "site_code": "WH-02",
                "role": "footprint",
                "valid_on": "2023-03-01",
                "valid_to": None,
                "recorded_on": "2023-03-20",
                "source": "2023年复测（示例）",
            },
            resurvey,
        )
    )
    corner = sites["WS-02"].corners()[-1]
    trimmed = areal(shapely.difference(sites["WS-02"].footprint(), corner, grid_size=GRID_DEG))
    rows.append(
        (
            {
                "site_code": "WS-02",
                "role": "footprint",
                "valid_on": "2024-01-01",
                "valid_to": None,
                "recorded_on": "2024-02-18",
                "source": "2024年复测（示例）",
            },
            trimmed,
        )
    )
    return rows


def write_survey_text(path, code, ground):
    """A footprint as 报盘 txt in GBK: EPSG:4526 (zone 38), X north and Y east, to the millimetre."""
    plane = areal(to_plane(ground))
    ring = list(shapely.geometry.polygon.orient(plane, -1).exterior.coords)
    lines = [
        "[属性描述]",
        "格式版本号=",
        "数据产生单位=示例测绘队（虚构）",
        "数据产生日期=2023-03-18",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        "带号=38",
        "精度=0.001",
        "转换参数=,,,,,,",
        "[地块坐标]",
    ]
    lines.append(
        f"{len(ring)},{shapely.geometry.Polygon(ring).area / 10_000:.4f},{code},示例万和2号矿复测（虚构）,面,,复绿,0602,@"
    )
    for n, (x, y) in enumerate(ring):
        lines.append(f"J{n % (len(ring) - 1) + 1},1,{y:.3f},{x + 38_000_000:.3f}")
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("gb18030"))


def write_parcels(folder, sites):
    rows = []
    for site in sites.values():
        for piece in site.pieces:
            if piece.place_type:
                rows.append(
                    (
                        {
                            "site_code": site.code,
                            "parcel_no": piece.parcel_no,
                            "place_type": piece.place_type,
                            "valid_on": "2022-01-01",
                            "recorded_on": "2022-01-20",
                        },
                        piece.ground,
                    )
                )
    write_collection(folder / "parcels.geojson", "demo_parcels", rows)


def write_events(folder, story):
    rows = []
    for c in story.claims:
        rows.append(
            (
                {
                    "ref": c["ref"],
                    "site_code": c["site_code"],
                    "stage": c["stage"],
                    "valid_on": _days(c["valid_on"]),
                    "grade": max(g["grade"] for g in c["grades"]),
                    "recorded_on": _days(c["recorded_on"]),
                    "grades": _days(c["grades"]),
                    **c["facts"],
                },
                c["ground"],
            )
        )
    write_collection(folder / "claims.geojson", "demo_claims", rows)
    rows = [
        (
            {
                "ref": d["ref"],
                "site_code": d["site_code"],
                "valid_on": _days(d["valid_on"]),
                "to_stage": d["to_stage"],
                "reason": d["reason"],
                "recorded_on": _days(d["recorded_on"]),
            },
            d["ground"],
        )
        for d in story.disturbances
    ]
    write_collection(folder / "disturbances.geojson", "demo_disturbances", rows)
    rows = [
        (
            {
                "ref": e["ref"],
                "site_code": e["site_code"],
                "reason": e["reason"],
                "valid_on": _days(e["valid_on"]),
                "valid_to": _days(e["valid_to"]),
                "recorded_on": _days(e["recorded_on"]),
            },
            e["ground"],
        )
        for e in story.exemptions
    ]
    write_collection(folder / "exemptions.geojson", "demo_exemptions", rows)


def corrections(story):
    """Later records that end or change earlier ones; `ref` names a record of the other files."""
    claim = {c["tag"]: c["ref"] for c in story.claims if c["tag"]}
    road = next(e["ref"] for e in story.exemptions if e["tag"] == "WH-04 road")
    return [
        {
            "kind": "revoke",
            "record": "claim",
            "ref": claim["regreen WS-05 A-high"],
            "recorded_on": "2023-06-15",
            "by": "示例县级核查员",
            "reason": "核查发现以遮阳网充绿（示例） / shade net in place of plants (demo)",
        },
        {
            "kind": "revoke",
            "record": "claim",
            "ref": claim["regreen CD-02 B-high"],
            "recorded_on": "2024-05-09",
            "by": "示例县级核查员",
            "reason": "成活率不足，申报有误（示例） / survival too low, claimed in error (demo)",
        },
        {
            "kind": "revoke",
            "record": "exemption",
            "ref": road,
            "recorded_on": "2023-11-02",
            "by": "示例县级核查员",
            "reason": "道路未保留（示例） / the road was not kept (demo)",
        },
        {
            "kind": "site_change",
            "site_code": "WH-03",
            "valid_on": "2023-07-01",
            "set": {"category": "closed_enterprise"},
            "recorded_on": "2023-07-06",
            "by": "示例县局登记员",
            "reason": "采矿权到期关闭（示例） / closed when its right expired (demo)",
        },
        {
            "kind": "site_change",
            "site_code": "CD-02",
            "valid_on": "2024-01-01",
            "set": {"liable": "草店镇生态修复项目部（示例）"},
            "recorded_on": "2024-01-08",
            "by": "示例县局登记员",
            "reason": "责任单位调整（示例） / responsible party changed (demo)",
        },
        {
            "kind": "parcel_change",
            "parcel_no": "WH-02-001",
            "valid_on": "2024-07-01",
            "set": {"place_type": "pond"},
            "recorded_on": "2024-07-11",
            "by": "示例县局登记员",
            "reason": "采坑底蓄水成塘（示例） / the pit floor filled with water (demo)",
        },
    ]


def obligations():
    """Rows of the county's own annual plan (10(三)), so that the demo shows every status."""

    def row(key, zh, en, stage, due, sites):
        return {
            "key": key,
            "item_no": 10,
            "measure_no": 3,
            "title_zh": zh,
            "title_en": en,
            "required_stage": stage,
            "due_on": due,
            "scope": {"sites": sites, "kinds": [], "categories": [], "townships": [], "liable": [], "place_types": []},
            "source_zh": "年度计划表（示例，虚构）",
            "source_en": "annual plan table (demo, fictitious)",
            "synthetic": True,
        }

    return [
        row(
            "demo-2022-a",
            "2022年度计划：草店5号矿复绿（示例）",
            "Annual plan 2022: regreen Caodian 5 (demo)",
            "regreen",
            "2022-11-30",
            ["CD-05"],
        ),
        row(
            "demo-2024-a",
            "2024年度计划：草店3号矿覆土（示例）",
            "Annual plan 2024: soil on Caodian 3 (demo)",
            "cover_soil",
            "2024-12-31",
            ["CD-03"],
        ),
        row(
            "demo-2025-a",
            "2025年度计划：吴山7号矿复绿（未摸底，示例）",
            "Annual plan 2025: regreen Wushan 7, not yet surveyed (demo)",
            "regreen",
            "2025-12-31",
            ["WS-07"],
        ),
        row(
            "demo-2025-b",
            "2025年度计划：万和3号矿整形（示例）",
            "Annual plan 2025: shape Wanhe 3 (demo)",
            "shape",
            "2025-06-30",
            ["WH-03"],
        ),
    ]


def write_all(folder, sites, story, county):
    outline, townships = county.outlines()
    write_collection(
        folder / "county.geojson", "demo_county", [({"name": county.COUNTY, "recorded_on": "2022-01-03"}, outline)]
    )
    write_collection(
        folder / "townships.geojson",
        "demo_townships",
        [
            ({"name": name, "label": f"{name}（示意，虚构）", "recorded_on": "2022-01-03"}, area)
            for name, area in townships.items()
        ],
    )
    write_sites(folder, sites)
    rows = boundaries(sites)
    write_collection(folder / "boundaries.geojson", "demo_boundaries", rows)
    survey = next(ground for row, ground in rows if row["site_code"] == "WH-02" and row["role"] == "footprint")
    write_survey_text(folder / "survey_wh02_2023_gbk.txt", "WH-02", survey)
    write_parcels(folder, sites)
    write_events(folder, story)
    write_json(folder / "corrections.json", corrections(story))
    write_json(folder / "obligations.json", obligations())

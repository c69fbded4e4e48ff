"""Reads the committed inputs: data/demo and seeds. Needs no program at all."""

import json


from . import ledger as L


def _features(path):
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        yield feature["properties"], L.ground(json.dumps(feature["geometry"]))


def obligation(row):
    scope = row["scope"]
    return L.Obligation(
        row["key"],
        L.STAGES.index(row["required_stage"]),
        L.day(row["due_on"]),
        **{name: tuple(scope[name]) for name in ("sites", "kinds", "categories", "townships", "liable", "place_types")},
    )


def read(demo, seeds):
    book = L.Ledger()
    for p, shape in _features(demo / "sites.geojson"):
        book.sites[p["site_code"]] = [
            L.SiteVersion(L.ALWAYS, p["kind"], p["category"], p["township"], p["liable"], L.instant(p["recorded_on"]))
        ]
        book.boundaries.append(
            L.Boundary(
                f"site {p['site_code']}",
                p["site_code"],
                shape,
                L.instant(p["recorded_on"]),
                L.day(p["valid_on"], L.ALWAYS),
                role=p["role"],
            )
        )
    for n, (p, shape) in enumerate(_features(demo / "boundaries.geojson")):
        book.boundaries.append(
            L.Boundary(
                n,
                p["site_code"],
                shape,
                L.instant(p["recorded_on"]),
                L.day(p["valid_on"], L.ALWAYS),
                L.day(p["valid_to"]),
                role=p["role"],
            )
        )
    for p, shape in _features(demo / "parcels.geojson"):
        book.parcels.append(
            L.Parcel(
                p["parcel_no"],
                p["site_code"],
                shape,
                L.instant(p["recorded_on"]),
                L.day(p["valid_on"], L.ALWAYS),
                place_type=p["place_type"],
                parcel_no=p["parcel_no"],
            )
        )
    for p, shape in _features(demo / "claims.geojson"):
        book.claims.append(
            L.Claim(
                p["ref"],
                p["site_code"],
                shape,
                L.instant(p["recorded_on"]),
                L.day(p["valid_on"]),
                stage=p["stage"],
                grades=[(g["grade"], L.instant(g["recorded_on"])) for g in p["grades"]],
            )
        )
    for p, shape in _features(demo / "disturbances.geojson"):
        book.disturbances.append(
            L.Disturbance(
                p["ref"],
                p["site_code"],
                shape,
                L.instant(p["recorded_on"]),
                L.day(p["valid_on"]),
                to_stage=p["to_stage"],
            )
        )
    for p, shape in _features(demo / "exemptions.geojson"):
        book.exemptions.append(
            L.Exemption(
                p["ref"],
                p["site_code"],
                shape,
                L.instant(p["recorded_on"]),
                L.day(p["valid_on"], L.ALWAYS),
                L.day(p["valid_to"]),
                reason=p["reason"],
            )
        )
    for row in json.loads((demo / "corrections.json").read_text(encoding="utf-8")):
        _correct(book, row)
    rows = json.loads((seeds / "obligations.json").read_text(encoding="utf-8"))["obligations"]
    rows += json.loads((demo / "obligations.json").read_text(encoding="utf-8"))
    book.obligations = [obligation(row) for row in rows]
    return book


def _correct(book, row):
    at = L.instant(row["recorded_on"])
    if row["kind"] == "revoke":
        records = {"claim": book.claims, "exemption": book.exemptions}[row["record"]]
        target = next(r for r in records if r.id == row["ref"])
        target.ended, target.ended_because = at, "revoked"
    elif row["kind"] == "site_change":
        versions = book.sites[row["site_code"]]
        last = versions[-1]
        facts = {"kind": last.kind, "category": last.category, "township": last.township, "liable": last.liable} | row[
            "set"
        ]
        versions.append(L.SiteVersion(L.day(row["valid_on"]), **facts, recorded=at))
    elif row["kind"] == "parcel_change":
        old = next(p for p in book.parcels if p.parcel_no == row["parcel_no"])
        begins = L.day(row["valid_on"])
        book.parcels.append(
            L.Parcel(
                old.parcel_no + "'",
                old.site,
                old.ground,
                at,
                begins,
                place_type=row["set"]["place_type"],
                parcel_no=old.parcel_no,
            )
        )
    else:
        raise ValueError(f"unknown correction {row['kind']}")

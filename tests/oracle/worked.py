"""The oracle on the worked example of docs/ACCOUNTING.md, before it judges anything else."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer

from . import ledger as L
from .accounts import Accounts

HERE = Path(__file__).parent.parent / "worked_example"
MU_M2 = 10_000 / 15
_TO_LONLAT = Transformer.from_crs("EPSG:4547", "EPSG:4490", always_xy=True)


def _features(name):
    for feature in json.loads((HERE / f"{name}.geojson").read_text(encoding="utf-8"))["features"]:
        plane = shapely.from_geojson(json.dumps(feature["geometry"]))
        yield feature["properties"], L.ground(
            shapely.transform(plane, lambda c: np.column_stack(_TO_LONLAT.transform(c[:, 0], c[:, 1])))
        )


def book(expected):
    seen = L.instant("2022-01-01")
    example = L.Ledger(sites={"EX-01": [L.SiteVersion(L.ALWAYS, "quarry", None, None, None, seen)]})
    example.boundaries = [
        L.Boundary(n, "EX-01", g, seen, role=p.get("role", "footprint"))
        for n, (p, g) in enumerate([*_features("sites"), *_features("boundaries")])
    ]
    example.claims = [
        L.Claim(
            n, "EX-01", g, seen, L.day(p["valid_on"]), stage=L.STAGES.index(p["stage"]), grades=[(p["grade"], seen)]
        )
        for n, (p, g) in enumerate(_features("claims"))
    ]
    example.disturbances = [
        L.Disturbance(n, "EX-01", g, seen, L.day(p["valid_on"]), to_stage=p["to_stage"])
        for n, (p, g) in enumerate(_features("disturbances"))
    ]
    example.exemptions = [
        L.Exemption(n, "EX-01", g, seen, L.day(p["valid_on"])) for n, (p, g) in enumerate(_features("exemptions"))
    ]
    example.obligations = [
        L.Obligation(r["required_stage"], L.STAGES.index(r["required_stage"]), L.day(expected["due_on"]))
        for r in expected["rows"]
    ]
    return example


def differences():
    """(figure, got m², expected m², allowed m²) for each figure of the example."""
    expected = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    allowed = expected["tolerance"] * expected["obligation_mu"] * MU_M2
    accounts = Accounts(book(expected), date.fromisoformat(expected["as_of"]))
    for want, row in zip(expected["rows"], accounts.rows("obligation", expected["grade"]), strict=True):
        f = row.figures
        pairs = [
            ("obligation", f["obligation_m2"], expected["obligation_mu"]),
            ("done", f["done_m2"], want["done_mu"]),
            ("remaining", f["remaining_m2"], want["remaining_mu"]),
        ]
        pairs += [
            (f"bucket {s}", area, mu)
            for s, (area, mu) in enumerate(zip(f["by_stage_m2"], expected["by_stage_mu"], strict=True))
        ]
        pairs += [
            (n, f[f"{n}_m2"], expected[f"{n}_mu"])
            for n in ("double_claimed", "outside", "redisturbed", "skipped", "unclassified")
        ]
        for name, got, mu in pairs:
            yield f"{row.key} {name}", got, mu * MU_M2 * expected["ellipsoid_factor"], allowed

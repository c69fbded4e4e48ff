"""Reads the records from a copy of the program's database (a GeoPackage), with Python's sqlite3."""

import json
import sqlite3
import struct

import shapely

from . import ledger as L

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
SCOPE_LISTS = ("sites", "kinds", "categories", "townships", "liable", "place_types")


def snapshot(source, target):
    """Copies a live database, write-ahead log included, without opening it for writing."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as live, sqlite3.connect(target) as copy:
        live.backup(copy)


def blob_ground(blob):
    """The ground of a GeoPackage geometry: its header, then plain WKB."""
    flags = blob[3]
    little = "<" if flags & 1 else ">"
    srs = struct.unpack_from(f"{little}i", blob, 4)[0]
    if blob[:2] != b"GP" or srs != 4490:
        raise ValueError(f"not a CGCS2000 GeoPackage geometry (srs {srs})")
    return L.ground(shapely.from_wkb(bytes(blob[8 + _ENVELOPE_BYTES[flags >> 1 & 7] :])))


class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.row_factory = sqlite3.Row
        self.ends = {
            (r["kind"], r["record_id"]): (L.instant(r["recorded_at"]), r["why"])
            for r in self.db.execute("select kind, record_id, why, recorded_at from record_end")
        }

    def rows(self, table, order="id"):
        return self.db.execute(f"select * from {table} order by {order}")

    def life(self, kind, row):
        ended, why = self.ends.get((kind, row["id"]), (None, None))
        return {"recorded": L.instant(row["recorded_at"]), "ended": ended, "ended_because": why}

    def record(self, kind, row, **more):
        return {
            "id": row["id"],
            "site": row["site_code"],
            "ground": blob_ground(row["geom"]),
            **self.life(kind, row),
            **more,
        }


def _days(row):
    return {"valid_on": L.day(row["valid_from"], L.ALWAYS), "valid_to": L.day(row["valid_to"])}


def read(path):
    store, book = Store(path), L.Ledger()
    sites = {r["id"]: r for r in store.rows("site")}
    book.sites = {r["code"]: [] for r in sites.values()}
    for r in store.rows("site_terms"):
        site = sites[r["site_id"]]
        life = store.life("site_terms", r)
        book.sites[site["code"]].append(
            L.SiteVersion(
                L.day(r["valid_from"], L.ALWAYS),
                site["kind"],
                r["category"],
                r["township"],
                r["liable"],
                life["recorded"],
                life["ended"],
                L.day(r["valid_to"]),
            )
        )
    book.boundaries = [
        L.Boundary(**store.record("boundary", r, role=r["role"], **_days(r))) for r in store.rows("boundary")
    ]
    book.parcels = [
        L.Parcel(**store.record("parcel", r, place_type=r["place_type"], parcel_no=r["parcel_no"], **_days(r)))
        for r in store.rows("parcel")
    ]
    grades = {}
    for r in store.rows("claim_grade"):
        grades.setdefault(r["claim_id"], []).append((r["grade"], L.instant(r["recorded_at"])))
    book.claims = [
        L.Claim(
            **store.record("claim", r, valid_on=L.day(r["valid_on"]), stage=r["stage"], grades=grades.get(r["id"], []))
        )
        for r in store.rows("claim")
    ]
    book.disturbances = [
        L.Disturbance(**store.record("disturbance", r, valid_on=L.day(r["valid_on"]), to_stage=r["to_stage"]))
        for r in store.rows("disturbance")
    ]
    book.exemptions = [
        L.Exemption(**store.record("exemption", r, reason=r["reason"], **_days(r))) for r in store.rows("exemption")
    ]
    book.obligations = _obligations(store)
    return book


def _obligations(store):
    heads, found = {r["id"]: r for r in store.rows("obligation")}, []
    for r in store.rows("obligation_terms", "obligation_id, id"):
        head, scope = heads[r["obligation_id"]], json.loads(r["scope"])
        found.append(
            L.Obligation(
                head["key"],
                head["required_stage"],
                L.day(r["due_on"]),
                *(tuple(scope[name]) for name in SCOPE_LISTS),
                scope=blob_ground(r["scope_geom"]) if r["scope_geom"] else None,
                id=r["id"],
                **_days(r),
                **store.life("obligation_terms", r),
            )
        )
    return found

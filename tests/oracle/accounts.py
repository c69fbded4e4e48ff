"""The figures of docs/ACCOUNTING.md by polygon overlay: buckets, union, difference.

Where the text leaves a choice, the one made here (and meant to be the program's):
(a) Ground in two sites belongs to the site with the lowest code whose F(t) holds it, in every row.
(b) A disturbance with to_stage > 0 (die-back) does not join the footprint.
(c) outside: the union of a site's claims of grade >= g, outside that site's F(t), summed over sites.
(d) skipped: within D, the union over claims of grade >= g (stage s) of ground that was below s - 1
    in the grade-1 fold just before the claim; never reset.
(e) re-disturbed: within D, ground whose stage is below the highest it held in the grade-g fold.
(f) double claimed, per stage s >= required: the sum of area(G and D) less their union, begun anew
    where a disturbance fell (a die-back to k: for stages above k). In rows that join obligations,
    `required` is at each place the lowest of the obligations whose ground it is.
(g) unclassified: within D, under no parcel in force. Parcels count for the site they name.
(h) rows that join obligations: D is the union of the D(o), remaining the union of D(o) - done(o).
stale: D of sites with no claim or disturbance valid in (as_of - 90, as_of].
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import shapely

from .area import area_m2
from .ledger import in_force, known, latest

NOTHING = shapely.Polygon()
GRADES = (1, 2, 3, 4)


def union(shapes):
    shapes = [s for s in shapes if not s.is_empty]
    return shapely.union_all(shapes) if shapes else NOTHING


def minus(a, b):
    return a if a.is_empty or b.is_empty else shapely.difference(a, b)


def meet(a, b):
    if a.is_empty or b.is_empty:
        return NOTHING
    both = shapely.intersection(a, b)
    return (
        both
        if both.geom_type in ("Polygon", "MultiPolygon")
        else union([p for p in shapely.get_parts(both) if p.geom_type.endswith("Polygon")])
    )


def join(a, b):
    return union([a, b])


class SiteBooks:
    """One site on one day: its ground and, for each grade, the fold of its events."""

    def __init__(self, ledger, code, as_of, known_at, lower_footprints):
        self.code, self.as_of, self.known_at = code, as_of, known_at
        self.version = ledger.version(code, as_of, known_at)
        mine = lambda records: [r for r in records if r.site == code and known(r, known_at)]
        self.claims = [c for c in mine(ledger.claims) if c.valid_on <= as_of]
        self.disturbances = [d for d in mine(ledger.disturbances) if d.valid_on <= as_of]
        version = latest([b for b in mine(ledger.boundaries) if b.role == "footprint"], as_of)
        base = version.ground if version else NOTHING
        self.footprint = union([base] + [d.ground for d in self.disturbances if d.to_stage == 0])
        self.owned = minus(self.footprint, lower_footprints)
        self.exempt = union([e.ground for e in mine(ledger.exemptions) if in_force(e, as_of)])
        numbers = {}
        for p in mine(ledger.parcels):
            numbers.setdefault(p.parcel_no, []).append(p)
        self.parcels = [p for p in (latest(versions, as_of) for versions in numbers.values()) if p]
        self.mapped = union([p.ground for p in self.parcels])
        self._folds = {}

    @cached_property
    def owing(self):
        return minus(self.owned, self.exempt)

    def ground_of(self, obligation):
        """D(o, t) on this site."""
        if self.version is None or not obligation.picks(self.code, self.version):
            return NOTHING
        scope = self.owing
        if obligation.place_types:
            wanted = union([p.ground for p in self.parcels if p.place_type in obligation.place_types])
            scope = join(meet(scope, wanted), minus(scope, self.mapped))
        return scope if obligation.scope is None else meet(scope, obligation.scope)

    def fold(self, grade):
        if grade not in self._folds:
            self._folds[grade] = Fold(self, grade)
        return self._folds[grade]

    def quiet(self, days=90):
        since = self.as_of - timedelta(days=days)
        return not any(since < r.valid_on for r in self.claims + self.disturbances)


class Fold:
    """Seven disjoint buckets of a site's footprint, and what the side figures need on the way."""

    def __init__(self, site, grade):
        self.buckets = [site.footprint] + [NOTHING] * 6
        self.held = [NOTHING] * 7  # ever at this stage or above
        self.skips = []  # ground claimed over a missing stage
        self.covers = [NOTHING] * 7  # claimed at this stage since the last disturbance
        self.repeats = [[] for _ in range(7)]
        self.outside = NOTHING
        events = [(d.valid_on, 0, 0, d) for d in site.disturbances] + [(c.valid_on, 1, c.stage, c) for c in site.claims]
        events.sort(key=lambda e: (*e[:3], str(e[3].id)))
        every = [site.footprint] + [NOTHING] * 6  # the grade-1 fold, for skipped stages
        for _, is_claim, _, event in events:
            if not is_claim:
                self._fall(self.buckets, event)
                self._fall(every, event)
                for s in range(event.to_stage + 1, 7):
                    self.covers[s] = minus(self.covers[s], event.ground)
                continue
            if event.grade(site.known_at) >= grade:
                self._count(event, site, every)
                self._rise(self.buckets, event, site.footprint)
            self._rise(every, event, site.footprint)

    def _count(self, claim, site, every):
        s = claim.stage
        on_site = meet(claim.ground, site.footprint)
        for k in range(1, s + 1):
            self.held[k] = join(self.held[k], on_site)
        self.skips.append(meet(claim.ground, union(every[: max(0, s - 1)])))
        self.repeats[s].append(meet(on_site, self.covers[s]))
        self.covers[s] = join(self.covers[s], on_site)
        self.outside = join(self.outside, minus(claim.ground, site.footprint))

    @staticmethod
    def _rise(buckets, claim, footprint):
        moved = meet(claim.ground, union(buckets[: claim.stage]))
        for k in range(claim.stage):
            buckets[k] = minus(buckets[k], claim.ground)
        buckets[claim.stage] = join(buckets[claim.stage], moved)

    @staticmethod
    def _fall(buckets, event):
        lower = event.to_stage
        fallen = meet(event.ground, union(buckets[lower + 1 :]))
        for k in range(lower + 1, 7):
            buckets[k] = minus(buckets[k], event.ground)
        buckets[lower] = join(buckets[lower], fallen)

    def at_least(self, stage):
        return union(self.buckets[stage:])

    @cached_property
    def set_back(self):
        return union([minus(self.held[k], self.at_least(k)) for k in range(1, 7)])


@dataclass
class Row:
    key: str
    figures: dict
    sites: list
    remaining: list  # polygons left, for the status


class Accounts:
    """All rows of one day."""

    def __init__(self, ledger, as_of, known_at=None):
        self.as_of, self.obligations = as_of, ledger.obligations_on(as_of, known_at)
        self.sites, lower = [], NOTHING
        for code in sorted(ledger.sites, key=lambda c: c.encode()):
            books = SiteBooks(ledger, code, as_of, known_at, lower)
            self.sites.append(books)
            lower = join(lower, books.footprint)
        self.grounds = {o.key: {s.code: s.ground_of(o) for s in self.sites} for o in self.obligations}

    def obligation_row(self, obligation, grade):
        parts = [
            (s, [(self.grounds[obligation.key][s.code], obligation.required)])
            for s in self.sites
            if s.version and obligation.picks(s.code, s.version)
        ]
        return self._row(obligation.key, parts, grade)

    def union_row(self, key, grade, picks=lambda site: True):
        parts = []
        for s in self.sites:
            if s.version is not None and picks(s):
                duties = [(self.grounds[o.key][s.code], o.required) for o in self.obligations]
                parts.append((s, [(d, r) for d, r in duties if not d.is_empty]))
        return self._row(key, parts, grade)

    def rows(self, by, grade):
        if by == "obligation":
            return [self.obligation_row(o, grade) for o in self.obligations]
        value = {
            "site": lambda s: s.code,
            "township": lambda s: s.version.township,
            "liable": lambda s: s.version.liable,
        }[by]
        keys = sorted({value(s) for s in self.sites if s.version and value(s) is not None}, key=lambda k: k.encode())
        return [self.union_row(k, grade, lambda s, k=k: value(s) == k) for k in keys]

    def _row(self, key, parts, grade):
        names = (
            "obligation_m2",
            "done_m2",
            "remaining_m2",
            "double_claimed_m2",
            "outside_m2",
            "skipped_m2",
            "redisturbed_m2",
            "unclassified_m2",
            "stale_m2",
        )
        f = {name: 0.0 for name in names} | {
            "by_stage_m2": [0.0] * 7,
            "by_grade": {g: {"done_m2": 0.0, "remaining_m2": 0.0} for g in GRADES},
        }
        left = []
        for site, duties in parts:
            fold = site.fold(grade)
            d = union([ground for ground, _ in duties])
            f["outside_m2"] += area_m2(fold.outside)
            if d.is_empty:
                continue
            whole = area_m2(d)
            f["obligation_m2"] += whole
            for g in GRADES:
                owed = union([minus(ground, site.fold(g).at_least(required)) for ground, required in duties])
                remaining = area_m2(owed)
                f["by_grade"][g]["remaining_m2"] += remaining
                f["by_grade"][g]["done_m2"] += area_m2(minus(d, owed))
                if g == grade:
                    left.append(owed)
            for s in range(7):
                f["by_stage_m2"][s] += area_m2(meet(fold.buckets[s], d))
            f["double_claimed_m2"] += self._double(fold, duties)
            f["skipped_m2"] += area_m2(meet(union(fold.skips), d))
            f["redisturbed_m2"] += area_m2(meet(fold.set_back, d))
            f["unclassified_m2"] += area_m2(minus(d, site.mapped))
            f["stale_m2"] += whole if site.quiet() else 0.0
        f["done_m2"], f["remaining_m2"] = f["by_grade"][grade]["done_m2"], f["by_grade"][grade]["remaining_m2"]
        return Row(key, f, [s for s, _ in parts], left)

    @staticmethod
    def _double(fold, duties):
        total, taken = 0.0, NOTHING
        for required in sorted({r for _, r in duties}):
            ground = minus(union([d for d, r in duties if r == required]), taken)
            taken = join(taken, ground)
            for s in range(max(required, 1), 7):
                total += sum(area_m2(meet(again, ground)) for again in fold.repeats[s])
        return total


def is_zero(row):
    """The status rule: every part under 1 m² and together under max(1 m², 1e-6 of the ground)."""
    parts = [area_m2(p) for p in shapely.get_parts(union(row.remaining))]
    return all(a < 1 for a in parts) and sum(parts) < max(1.0, 1e-6 * row.figures["obligation_m2"])


def status_of(accounts, row, grade, ratio):
    """Status of an obligation's row; the pace ratio is taken as given."""
    obligation = next(o for o in accounts.obligations if o.key == row.key)
    if row.figures["obligation_m2"] <= 0:
        return "no_ground"
    if is_zero(row):
        return "done" if grade == 4 or is_zero(accounts.obligation_row(obligation, 4)) else "awaiting_acceptance"
    if accounts.as_of > obligation.due:
        return "overdue"
    if all(site.quiet() for site in row.sites):
        return "no_data"
    if ratio is not None and ratio < 1:
        return "behind"
    return "near_due" if obligation.due - accounts.as_of <= timedelta(days=30) else "on_track"

"""Three and a half years of events on the demo county's ground, 2022-01 to 2025-10."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import shapely

from .ground import GRID_DEG, areal, join, to_lonlat, to_plane
from .programmes import PROGRAMMES
from .sites import SEED

LAST_DAY = date(2025, 10, 31)
CLAIMANT, CHECKER, ACCEPTOR = "示例乡镇填报员", "示例县级核查员", "示例市级验收组"


@dataclass
class Story:
    """Everything recorded about the county; each record keeps the day on which it came in."""

    sites: dict
    claims: list = field(default_factory=list)
    disturbances: list = field(default_factory=list)
    exemptions: list = field(default_factory=list)
    corrections: list = field(default_factory=list)

    def claim(self, code, stage, valid_on, ground, target, rng, tag=None, delay=None):
        """One claim and the grades it rose to, each on its own later day."""
        recorded = valid_on + timedelta(days=delay if delay is not None else rng.randint(2, 12))
        if recorded > LAST_DAY:
            return
        first = 4 if stage == 6 else 1
        grades = [{"grade": first, "recorded_on": recorded, "by": ACCEPTOR if first == 4 else CLAIMANT}]
        day = recorded
        for grade, low, high, person in ((2, 6, 20, CLAIMANT), (3, 20, 50, CHECKER), (4, 30, 90, ACCEPTOR)):
            day += timedelta(days=rng.randint(low, high))
            if first < grade <= target and day <= LAST_DAY:
                grades.append({"grade": grade, "recorded_on": day, "by": person})
        facts = {}
        if stage == 3:
            facts["soil_cm"] = rng.choice((30, 35, 40, 50, 60, 80))
        if stage in (4, 5):
            facts |= {"trees": rng.random() < 0.7, "shrubs": rng.random() < 0.8, "grass": True}
            facts |= {"survival_pct": rng.randint(78, 96), "cover_pct": rng.randint(55, 92)}
        self.claims.append(
            {
                "site_code": code,
                "stage": stage,
                "valid_on": valid_on,
                "grades": grades,
                "recorded_on": recorded,
                "facts": facts,
                "ground": ground,
                "tag": tag,
            }
        )

    def disturb(self, code, kind, valid_on, ground, to_stage=0, delay=5):
        self.disturbances.append(
            {
                "site_code": code,
                "reason": kind,
                "valid_on": date.fromisoformat(valid_on),
                "to_stage": to_stage,
                "recorded_on": date.fromisoformat(valid_on) + timedelta(days=delay),
                "ground": ground,
            }
        )

    def exempt(self, code, reason, valid_on, ground, valid_to=None, delay=9, tag=None):
        day = date.fromisoformat(valid_on)
        self.exemptions.append(
            {
                "site_code": code,
                "reason": reason,
                "valid_on": day,
                "recorded_on": day + timedelta(days=delay),
                "tag": tag,
                "valid_to": date.fromisoformat(valid_to) if valid_to else None,
                "ground": ground,
            }
        )


def in_season(day):
    """Whether trees are planted on a day: February to 10 April, mid October to 20 December."""
    return (
        day.month in (2, 3, 11)
        or (day.month == 4 and day.day <= 10)
        or (day.month == 10 and day.day >= 15)
        or (day.month == 12 and day.day <= 20)
    )


def planting_day(day, rng=None):
    """The day itself if in season, else some day in the first weeks of the next season."""
    if in_season(day):
        return day
    while not in_season(day):
        day += timedelta(days=1)
    return day + timedelta(days=rng.randint(0, 40) if rng else 9)


def grown(ground, metres, within=None):
    """Ground surveyed `metres` too wide, as a hand-held walk round a patch gives."""
    wide = to_lonlat(areal(to_plane(ground).buffer(metres, join_style="mitre", mitre_limit=1.5).simplify(0.4), 1.0))
    return wide if within is None else areal(shapely.intersection(wide, within, grid_size=GRID_DEG))


def common(a, b):
    return areal(shapely.intersection(a, b, grid_size=GRID_DEG))


def calendar(begun, rng):
    """The day of each stage of a unit begun on a day; greening waits for a planting season."""
    days = {1: begun, 2: begun + timedelta(days=rng.randint(18, 40))}
    days[3] = days[2] + timedelta(days=rng.randint(16, 40))
    days[4] = planting_day(days[3] + timedelta(days=rng.randint(10, 25)), rng)
    days[5] = days[4] + timedelta(days=rng.randint(330, 400))
    days[6] = days[4] + timedelta(days=rng.randint(740, 790))
    return days


def run_programme(story, site, plan):
    """Claims of one quarry, unit by unit: cleared by sector, then shaped, covered, greened, kept."""
    rng = random.Random(f"{SEED}/work/{site.code}")
    names = [u for u in site.units() if u != "ramp"]
    names.sort(key=lambda u: (u.startswith("dump"), u == "floor", u == "yard", "low" in u))
    start, until, cleared = date.fromisoformat(plan.start), date.fromisoformat(plan.until), set()
    for i, name in enumerate(names):
        reach, target = int(plan.reach[i % len(plan.reach)]), int(plan.grade[i % len(plan.grade)])
        days = calendar(start + timedelta(days=plan.every * i + rng.randint(0, 6)), rng)
        ground = site.unit(name)
        if plan.corners and name == "dump-1":
            ground = join([ground, *site.corners()])
        sector = name[:2] if name[1:2] == "-" else name
        if sector not in cleared and days[1] <= until:
            cleared.add(sector)
            parts = [site.unit(u) for u in names if u == name or (u[:2] == sector and name[1:2] == "-")]
            story.claim(site.code, 1, days[1], join(parts) if name != "dump-1" else ground, max(target, 3), rng)
        for stage in range(2, reach + 1):
            if days[stage] <= until and not (stage == 3 and name in plan.skip.split()):
                claim_unit(story, site, plan, name, stage, days[stage], ground, target, rng)
        if plan.again and (reach < 4 or name.upper() in plan.lag.upper().split()) and i % 5 != 3:
            later = calendar(date.fromisoformat(plan.again) + timedelta(days=plan.every // 2 * i), rng)
            patch = ground if reach < 4 else site.unit(name, "slope")
            for stage in range(max(reach if reach < 4 else 3, 2), 5):
                story.claim(site.code, stage, later[stage], patch, (4, 4, 3, 4, 2)[i % 5], rng)
        if plan.release and reach == 5 and i % 4 != 1:
            story.claim(site.code, 6, days[4] + timedelta(days=rng.randint(1020, 1100)), ground, 4, rng)


def claim_unit(story, site, plan, name, stage, on, ground, target, rng):
    """One stage of one unit, with the habits of its programme: slopes later, patches too wide."""
    patch, until = ground, date.fromisoformat(plan.until)
    if stage >= 4 and name.upper() in plan.lag.upper().split():
        patch = site.unit(name, "bench")
        later = planting_day(on + timedelta(days=200), rng)
        if stage == 4 and name in plan.lag.split() and later <= until:
            story.claim(site.code, 4, later, site.unit(name, "slope"), min(target, 3), rng)
    if stage in (3, 4) and name in plan.fat.split():
        patch = grown(ground, 7.0, site.footprint())
    if stage in (3, 4) and name in plan.poke.split():
        patch = grown(ground, 6.0)
    story.claim(site.code, stage, on, patch, target, rng, f"regreen {site.code} {name}" if stage == 4 else None)


def park_and_heaps(story, sites):
    """The stone park, its heaps, roads and ponds: cleared in the 2022 campaign, greened later."""
    rng = random.Random(f"{SEED}/park")

    def work(code, unit, days, targets, ground=None):
        shape = ground if ground is not None else sites[code].unit(unit)
        for (stage, day), target in zip(days.items(), targets):
            story.claim(code, stage, date.fromisoformat(day), shape, target, rng, f"{code} {unit} {stage}")

    park = sites["MS-01"]
    work(
        "MS-01",
        "waste-south",
        {1: "2022-04-12", 2: "2022-05-20", 3: "2022-06-22", 4: "2022-11-08", 5: "2023-11-20"},
        (4, 4, 4, 4, 4),
    )
    work("MS-01", "waste-north", {1: "2022-06-28", 2: "2022-08-10", 3: "2022-09-15", 4: "2023-02-26"}, (4, 3, 3, 3))
    work(
        "MS-01",
        "verge",
        {1: "2022-05-18", 2: "2022-07-28", 3: "2022-09-02", 4: "2022-11-20", 5: "2023-12-01"},
        (4, 4, 4, 4, 4),
    )
    work(
        "MS-01",
        "forest",
        {1: "2022-07-05", 2: "2022-08-01", 3: "2022-10-03", 4: "2022-12-05", 5: "2023-12-18"},
        (4, 4, 4, 4, 3),
    )
    work("MS-01", "pond", {1: "2022-07-18", 4: "2022-12-20"}, (4, 4))
    work("MS-01", "corner", {1: "2022-07-26"}, (4,), join(park.corners()))
    for unit, day in (
        ("yard-1a", "2022-06-02"),
        ("yard-1b", "2022-06-30"),
        ("yard-1c", "2022-08-19"),
        ("yard-2a", "2022-10-11"),
        ("yard-2b", "2023-03-14"),
    ):
        work("MS-01", unit, {1: day}, (rng.choice((2, 3, 4)),))
    work("MS-02", "waste", {1: "2022-06-08", 2: "2022-10-01", 3: "2022-12-10", 4: "2023-03-05"}, (4, 4, 4, 2))
    work("MS-02", "corner", {1: "2022-07-29"}, (4,), join(sites["MS-02"].corners()))
    work("MS-02", "yard-1", {1: "2022-09-06"}, (3,))
    heap = sites["MS-03"]
    for n, day in ((1, "2022-03-28"), (2, "2022-05-06"), (3, "2022-06-12"), (4, "2022-07-20")):
        first = date.fromisoformat(day)
        days = {
            1: first,
            2: first + timedelta(days=60),
            3: first + timedelta(days=120),
            4: planting_day(first + timedelta(days=150)),
            5: planting_day(first + timedelta(days=150)) + timedelta(days=380),
        }
        work(
            "MS-03",
            f"dump-{n}",
            {s: d.isoformat() for s, d in days.items()},
            (4, 4, 4, (4, 4, 3, 4)[n - 1], (4, 4, 1, 2)[n - 1]),
        )
    work("MS-03", "pond", {1: "2022-07-24", 4: "2022-12-12"}, (4, 4))
    for unit, day, target in (
        ("L1", "2022-04-02", 4),
        ("L2", "2022-05-11", 4),
        ("L3", "2022-06-17", 4),
        ("L4", "2022-07-08", 4),
        ("R1", "2022-05-27", 4),
        ("R2", "2022-06-21", 4),
        ("R3", "2022-07-27", 4),
        ("R4", "2022-08-24", 4),
    ):
        first = date.fromisoformat(day)
        work(
            "MS-04",
            unit,
            {
                1: day,
                2: (first + timedelta(days=50)).isoformat(),
                3: (first + timedelta(days=95)).isoformat(),
                4: planting_day(first + timedelta(days=130)).isoformat(),
            },
            (target, target, target, target - (unit in ("R3", "R4"))),
        )
    work("MS-05", "water", {1: "2022-07-14", 2: "2022-09-20", 4: "2022-12-26", 5: "2024-01-10"}, (4, 4, 4, 3))
    work("MS-05", "bank", {1: "2022-07-02", 2: "2022-09-20", 3: "2022-11-01", 4: "2023-03-08"}, (4, 4, 4, 4))
    work("MS-05", "shore", {1: "2022-09-30", 4: "2023-03-10"}, (4, 2))
    # New tipping at the toe of the common heap, cleared again half a year later: a rebound.
    toe = grown(heap.unit("dump-3"), 24.0)
    tipped = areal(shapely.difference(toe, heap.footprint(), grid_size=GRID_DEG))
    story.disturb("MS-03", "waste_pile", "2023-03-12", tipped)
    story.claim("MS-03", 1, date(2023, 9, 18), tipped, 3, rng)
    story.claim("MS-03", 4, date(2024, 3, 2), tipped, 3, rng)
    story.exempt("MS-01", "retained_road", "2022-01-01", park.unit("road"), delay=60)


def half(ground, part, vertical=True):
    """The western (or southern) part of some ground, cut straight."""
    west, south, east, north = ground.bounds
    box = (
        shapely.box(west, south, west + (east - west) * part, north)
        if vertical
        else shapely.box(west, south, east, south + (north - south) * part)
    )
    return common(ground, shapely.set_precision(box, GRID_DEG))


def set_backs(story, sites):
    """Ground broken again, die-back after the dry summer of 2022, growing active faces, neglect."""
    s = sites
    story.disturb("WS-01", "re_disturbance", "2023-05-20", half(s["WS-01"].unit("B-low"), 0.55))
    story.disturb(
        "WS-02",
        "re_disturbance",
        "2024-06-11",
        half(join([s["WS-02"].unit("B-high"), s["WS-02"].unit("C-high")]), 0.4, vertical=False),
    )
    story.disturb("CD-02", "re_disturbance", "2024-09-03", half(s["CD-02"].unit("A-high"), 0.5))
    story.disturb("WH-02", "re_disturbance", "2025-04-16", half(s["WH-02"].unit("floor"), 0.35))
    story.disturb("WH-01", "die_back", "2022-09-01", s["WH-01"].unit("A-high"), to_stage=3)
    story.disturb("WS-02", "die_back", "2022-09-05", s["WS-02"].unit("A-high", "bench"), to_stage=3)
    story.disturb("CD-01", "die_back", "2023-08-22", half(s["CD-01"].unit("B-high"), 0.6), to_stage=3)
    story.disturb("WH-04", "die_back", "2024-08-19", s["WH-04"].unit("A-high"), to_stage=3)
    story.disturb("MS-05", "waste_pile", "2022-10-05", half(s["MS-05"].unit("water"), 0.3))
    story.disturb("CD-01", "forest_occupation", "2022-08-15", half(s["CD-01"].unit("forest"), 0.5, vertical=False))
    for code, unit, day, metres in (
        ("WS-04", "A-high", "2022-09-10", 28),
        ("WS-04", "B-high", "2024-04-15", 34),
        ("WH-03", "C-high", "2022-10-20", 26),
        ("WH-06", "B-high", "2022-04-08", 30),
        ("WH-05", "A-high", "2023-05-04", 22),
        ("CD-04", "B-high", "2024-02-27", 24),
    ):
        story.disturb(code, "extraction", day, grown(s[code].unit(unit, "bench"), metres))
    rng = random.Random(f"{SEED}/again")
    again = [
        ("WS-01", 3, "2023-09-12", half(s["WS-01"].unit("B-low"), 0.55), 4),
        ("WS-01", 4, "2023-11-15", half(s["WS-01"].unit("B-low"), 0.4), 4),
        ("WH-01", 4, "2023-02-20", s["WH-01"].unit("A-high"), 4),
        ("WS-02", 4, "2023-03-01", s["WS-02"].unit("A-high", "bench"), 4),
        ("CD-01", 4, "2024-02-25", half(s["CD-01"].unit("B-high"), 0.45), 4),
        ("CD-02", 1, "2025-02-11", half(s["CD-02"].unit("A-high"), 0.5), 3),
        ("MS-05", 1, "2023-01-12", half(s["MS-05"].unit("water"), 0.3), 4),
        ("MS-05", 4, "2023-04-02", half(s["MS-05"].unit("water"), 0.3), 4),
        ("CD-01", 1, "2022-09-20", s["CD-01"].unit("forest"), 4),
        ("CD-01", 4, "2022-12-02", s["CD-01"].unit("forest"), 4),
        ("WH-06", 1, "2024-03-15", s["WH-06"].unit("A-high"), 2),
        ("WH-06", 2, "2024-04-20", s["WH-06"].unit("A-high"), 1),
        # Walked twice by two parties: the same ground claimed again under another patch.
        ("WH-01", 4, "2023-03-10", grown(s["WH-01"].unit("B-low"), 9.0, s["WH-01"].footprint()), 3),
        ("WS-01", 4, "2022-12-18", join([s["WS-01"].unit("A-high"), s["WS-01"].unit("A-low", "bench")]), 2),
    ]
    for code, stage, day, ground, target in again:
        story.claim(code, stage, date.fromisoformat(day), ground, target, rng)


def exemptions(story, sites):
    """Ground that owes nothing: active faces (two of them ended), ramps, natural recovery, fields."""
    s = sites
    face = join([s["WS-04"].unit("C-high"), s["WS-04"].unit("C-low")])
    story.exempt("WS-04", "active_face", "2022-01-01", face, valid_to="2024-06-30", delay=30)
    story.exempt("WS-04", "active_face", "2024-07-01", half(face, 0.5), delay=3)
    story.exempt(
        "WH-03",
        "active_face",
        "2022-01-01",
        join([s["WH-03"].unit("A-high"), s["WH-03"].unit("A-low"), s["WH-03"].unit("floor")]),
        valid_to="2023-06-30",
        delay=30,
    )
    story.exempt("WH-06", "active_face", "2022-03-01", s["WH-06"].unit("C-high"), delay=12)
    story.exempt("CD-04", "active_face", "2023-03-01", s["CD-04"].unit("C-low"), delay=6)
    for code in ("CD-01", "WH-01", "WH-03", "WS-01", "WS-03", "WS-06"):
        story.exempt(code, "retained_road", "2022-03-15", s[code].unit("ramp"), delay=20)
    story.exempt("WS-05", "natural_recovery", "2022-06-01", s["WS-05"].unit("B-high", "slope"))
    story.exempt("CD-03", "natural_recovery", "2022-07-15", s["CD-03"].unit("A-high"))
    story.exempt("WH-02", "farmland", "2023-10-01", half(s["WH-02"].unit("yard"), 0.6))
    story.exempt("CD-02", "farmland", "2024-04-01", s["CD-02"].unit("yard"), delay=25)
    story.exempt("WH-04", "retained_road", "2023-02-01", half(s["WH-04"].unit("floor"), 0.15), tag="WH-04 road")


def tell(sites):
    """The whole story, every list in the order in which the records came in."""
    story = Story(sites)
    for code, plan in PROGRAMMES.items():
        run_programme(story, sites[code], plan)
    park_and_heaps(story, sites)
    set_backs(story, sites)
    exemptions(story, sites)
    for prefix, records in (("C", story.claims), ("D", story.disturbances), ("E", story.exemptions)):
        records.sort(key=lambda r: (r["recorded_on"], r["site_code"], r["valid_on"], r.get("stage", 0)))
        for n, record in enumerate(records, 1):
            record["ref"] = f"{prefix}-{n:04d}"
    return story

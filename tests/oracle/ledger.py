"""The records the accounting reads, free of where they came from."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

import shapely

from .area import LAT0, LON0

ALWAYS = date.min
STAGES = ["untreated", "clear", "shape", "cover_soil", "regreen", "maintain", "released"]
CHINA = timezone(timedelta(hours=8))


def instant(text):
    """When something was recorded; a bare day is its noon in Asia/Shanghai."""
    if text is None:
        return None
    if len(text) == 10:
        text += "T12:00:00+08:00"
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def day(text, absent=None):
    return date.fromisoformat(text[:10]) if text else absent


def ground(geojson_or_shape):
    """A geometry moved next to the origin, see `area.LON0`."""
    shape = shapely.from_geojson(geojson_or_shape) if isinstance(geojson_or_shape, str) else geojson_or_shape
    return shapely.transform(shape, lambda c: c - [LON0, LAT0])


@dataclass
class SiteVersion:
    valid_from: date
    kind: str
    category: str | None
    township: str | None
    liable: str | None
    recorded: datetime
    ended: datetime | None = None
    valid_to: date | None = None


@dataclass
class Record:
    """Something with ground, of one site; `ended` is when it was revoked or superseded."""

    id: object
    site: str
    ground: object
    recorded: datetime
    valid_on: date = ALWAYS
    valid_to: date | None = None
    ended: datetime | None = None
    ended_because: str | None = None


@dataclass
class Boundary(Record):
    role: str = "footprint"


@dataclass
class Parcel(Record):
    place_type: str = "other"
    parcel_no: str = ""


@dataclass
class Claim(Record):
    stage: int = 0
    grades: list = field(default_factory=list)  # (grade, recorded)

    def grade(self, known_at):
        return max((g for g, at in self.grades if known_at is None or at <= known_at), default=1)


@dataclass
class Disturbance(Record):
    to_stage: int = 0


@dataclass
class Exemption(Record):
    reason: str = ""


@dataclass
class Obligation:
    key: str
    required: int
    due: date
    sites: tuple = ()
    kinds: tuple = ()
    categories: tuple = ()
    townships: tuple = ()
    liable: tuple = ()
    place_types: tuple = ()
    scope: object = None
    id: object = None
    valid_on: date = ALWAYS
    valid_to: date | None = None
    recorded: datetime | None = None
    ended: datetime | None = None
    ended_because: str | None = None

    def picks(self, code, version):
        tests = (
            (self.sites, code),
            (self.kinds, version.kind),
            (self.categories, version.category),
            (self.townships, version.township),
            (self.liable, version.liable),
        )
        return all(not wanted or value in wanted for wanted, value in tests)


@dataclass
class Ledger:
    sites: dict = field(default_factory=dict)  # code -> [SiteVersion], oldest first
    boundaries: list = field(default_factory=list)
    parcels: list = field(default_factory=list)
    claims: list = field(default_factory=list)
    disturbances: list = field(default_factory=list)
    exemptions: list = field(default_factory=list)
    obligations: list = field(default_factory=list)

    def version(self, code, as_of, known_at):
        """The site's facts in force on a day."""
        return latest([v for v in self.sites[code] if known(v, known_at)], as_of, "valid_from")

    def obligations_on(self, as_of, known_at):
        """Each obligation with the due date and scope in force on a day."""
        keys = dict.fromkeys(o.key for o in self.obligations)
        versions = [latest([o for o in self.obligations if o.key == key and known(o, known_at)], as_of) for key in keys]
        return [o for o in versions if o is not None]


def latest(versions, as_of, begins="valid_on"):
    """The version in force: one ends the day before the next begins, so the last begun decides."""
    begun = [v for v in versions if getattr(v, begins) <= as_of]
    last = max(begun, key=lambda v: (getattr(v, begins), v.recorded), default=None)
    return last if last and (last.valid_to is None or as_of <= last.valid_to) else None


def known(record, known_at):
    if known_at is None:
        return record.ended is None
    return (record.recorded is None or record.recorded <= known_at) and (
        record.ended is None or record.ended > known_at
    )


def in_force(record, as_of):
    return record.valid_on <= as_of and (record.valid_to is None or as_of <= record.valid_to)

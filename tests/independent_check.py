"""Checks the program's figures on the demo county against a second implementation.

Usage: python3 tests/independent_check.py --binary target/debug/qingshan [--data-dir DIR] [--files] [--all-rows]

Without --data-dir a fresh demo county is made in a temporary directory. The records are read from a
copy of its database; with --files from data/demo and seeds instead, which also checks that the demo
was loaded as written. Every figure of every obligation and of the county total is compared at four
grades on five dates, within the larger of 1e-6 of the row's ground and 0.01 m²; with --all-rows the
rows by site, township and responsible party too. Two dates are also asked as they were known then. How the normative text is read where it leaves a
choice stands in tests/oracle/accounts.py. Ends with "N passed, N failed"; exit code 1 on any excess.
Needs tests/oracle/requirements.txt (shapely, pyproj); nothing of the program's code is used.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

from oracle import demo_files, store_file, worked
from oracle.accounts import GRADES, Accounts, status_of
from oracle.area import area_m2, karney_m2

ROOT = Path(__file__).parent.parent
DATES = ("2022-07-31", "2022-12-31", "2023-10-15", "2024-12-31", "2025-12-31")
# As known on the evening of the day itself: what a frozen report of that day would have said.
KNOWN_THEN = ("2022-12-31", "2024-06-30")
GRADE_CODES = ("reported", "evidenced", "verified", "accepted")
FIGURES = (
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
PART_OF_GROUND, LEAST_M2 = 1e-6, 0.01


class Comparison:
    def __init__(self):
        self.passed, self.differences = 0, []
        self.worst = {}

    def number(self, place, name, ours, theirs, ground_m2):
        allowed = max(PART_OF_GROUND * ground_m2, LEAST_M2)
        difference = abs(ours - theirs) if isinstance(theirs, (int, float)) else float("inf")
        kind = name.split("[")[0].split(".")[-1]
        if difference / allowed >= self.worst.get(kind, (-1.0,))[0]:
            self.worst[kind] = (difference / allowed, difference, place, name, ours, theirs)
        self._count(
            difference <= allowed,
            f"{place} {name}: oracle {ours:.4f}, program {theirs}, differ by {difference:.4f} m² (allowed {allowed:.4f})",
        )

    def within(self, place, got, want, allowed):
        self._count(abs(got - want) <= allowed, f"{place}: oracle {got:.4f}, expected {want:.4f} ± {allowed:.4f}")

    def equal(self, place, name, ours, theirs):
        self._count(ours == theirs, f"{place} {name}: oracle {ours}, program {theirs}")

    def _count(self, good, line):
        if good:
            self.passed += 1
        else:
            self.differences.append(line)

    def row(self, place, ours, theirs):
        f = ours.figures
        ground = f["obligation_m2"]
        for name in FIGURES:
            self.number(place, name, f[name], theirs.get(name), ground)
        for stage, area in enumerate(f["by_stage_m2"]):
            self.number(place, f"by_stage_m2[{stage}]", area, theirs["by_stage_m2"][stage], ground)
        for grade, code in zip(GRADES, GRADE_CODES, strict=True):
            for name in ("done_m2", "remaining_m2"):
                self.number(
                    place, f"by_grade.{code}.{name}", f["by_grade"][grade][name], theirs["by_grade"][code][name], ground
                )


def ask(binary, data_dir, *args):
    done = subprocess.run([binary, *args, "--data-dir", data_dir], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"qingshan {' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def database(data_dir):
    found = sorted(Path(data_dir).rglob("*.gpkg"))
    if not found:
        sys.exit(f"{data_dir}: no database (*.gpkg) found")
    return found[0]


def check_area(book, comparison):
    """The oracle's own ruler first: its areas against Karney's on edges densified to about 2 m."""
    for record in book.boundaries + book.claims:
        mine, karney = area_m2(record.ground), karney_m2(record.ground)
        comparison.number(f"area of {type(record).__name__} {record.id}", "karney", mine, karney, mine)


def compare_date(book, binary, data_dir, day, bys, comparison, known_at=None):
    accounts = Accounts(book, date.fromisoformat(day), known_at and datetime.fromisoformat(known_at))
    then = ["--known-at", known_at] if known_at else []
    for grade in GRADES:
        place = f"{day}{' as known then' if known_at else ''} g{grade}"
        for by in bys:
            words = ["--as-of", day, "--grade", str(grade), "--by", by, *then]
            report = json.loads(ask(binary, data_dir, "remaining", *words, "--format", "json"))
            theirs = {row["key"]: row for row in report["rows"]}
            ours = accounts.rows(by, grade)
            comparison.equal(f"{place} by {by}", "keys", sorted(r.key for r in ours), sorted(theirs))
            comparison.row(f"{place} total", accounts.union_row("total", grade), report["total"])
            for row in ours:
                if row.key in theirs:
                    comparison.row(f"{place} {row.key}", row, theirs[row.key])
                    if by == "obligation":
                        compare_status(accounts, row, theirs[row.key], grade, place, comparison)


def compare_status(accounts, ours, theirs, grade, place, comparison):
    ratio = (theirs.get("pace") or {}).get("ratio")
    comparison.equal(f"{place} {ours.key}", "status", status_of(accounts, ours, grade, ratio), theirs["status"])


def show(comparison, started):
    print(f"{'figure':<18} {'of allowed':>10} {'difference m²':>14}  where (oracle, program)")
    for kind, (part, difference, place, name, ours, theirs) in sorted(
        comparison.worst.items(), key=lambda item: -item[1][0]
    ):
        print(f"{kind:<18} {part:>10.2e} {difference:>14.6f}  {place} {name} ({ours:.4f}, {theirs})")
    for line in comparison.differences[:60]:
        print("FAILED", line)
    if len(comparison.differences) > 60:
        print(f"… and {len(comparison.differences) - 60} more")
    print(f"in {(datetime.now() - started).total_seconds():.0f} s")
    print(f"{comparison.passed} passed, {len(comparison.differences)} failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data-dir")
    parser.add_argument("--files", action="store_true", help="read data/demo and seeds, not the database")
    parser.add_argument("--all-rows", action="store_true", help="also rows by site, township and liable")
    parser.add_argument("--dates", nargs="*", default=DATES)
    parser.add_argument("--known-then", nargs="*", default=KNOWN_THEN, help="dates asked as they were known on the day")
    args = parser.parse_args()
    started, comparison = datetime.now(), Comparison()
    for name, got, want, allowed in worked.differences():
        comparison.within(f"worked example, {name}", got, want, allowed)
    with tempfile.TemporaryDirectory() as scratch:
        data_dir = args.data_dir or f"{scratch}/data"
        if args.data_dir is None:
            ask(args.binary, data_dir, "demo")
        if args.files:
            book = demo_files.read(ROOT / "data/demo", ROOT / "seeds")
        else:
            store_file.snapshot(database(data_dir), f"{scratch}/copy.gpkg")
            book = store_file.read(f"{scratch}/copy.gpkg")
        check_area(book, comparison)
        bys = ("obligation", "site", "township", "liable") if args.all_rows else ("obligation",)
        for day in args.dates:
            compare_date(book, args.binary, data_dir, day, bys, comparison)
        for day in args.known_then:
            compare_date(book, args.binary, data_dir, day, bys, comparison, f"{day}T23:59:59+08:00")
    show(comparison, started)
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())

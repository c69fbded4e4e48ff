"""Runs the worked example of docs/ACCOUNTING.md on the command line and checks every figure.

Usage: python3 tests/worked_example.py --binary target/debug/qingshan
Needs no packages. Ends with "N passed, N failed"; exit code 1 when anything failed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "worked_example"
MU_M2 = 10_000 / 15
STAGES = ["untreated", "clear", "shape", "cover_soil", "regreen", "maintain", "released"]


def run(binary, data_dir, *args):
    done = subprocess.run([binary, *args, "--data-dir", data_dir], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"qingshan {' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Checks:
    def __init__(self, expected):
        self.expected, self.passed, self.failed = expected, 0, 0

    def area(self, what, got_m2, plane_mu):
        """The plane figure brought to the ellipsoid, within the example's share of the whole ground."""
        want = plane_mu * MU_M2 * self.expected["ellipsoid_factor"]
        # Edges that share a line in the plane part by up to 2 mm in lon/lat, whatever the figure's size.
        allowed = self.expected["tolerance"] * self.expected["obligation_mu"] * MU_M2
        self.tell(abs(got_m2 - want) <= allowed, f"{what}: {got_m2:.3f} m², expected {want:.3f} ± {allowed:.3f}")

    def same(self, what, got, want):
        self.tell(got == want, f"{what}: {got}, expected {want}")

    def near(self, what, got, want, part):
        self.tell(got is not None and abs(got - want) <= part * abs(want), f"{what}: {got}, expected {want}")

    def tell(self, good, line):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print("ok    " if good else "FAILED", line)


def check_row(checks, row, want, expected):
    stage = want["required_stage"]
    checks.area(f"{stage} obligation", row["obligation_m2"], expected["obligation_mu"])
    checks.area(f"{stage} done", row["done_m2"], want["done_mu"])
    checks.area(f"{stage} remaining", row["remaining_m2"], want["remaining_mu"])
    for number, (got, mu) in enumerate(zip(row["by_stage_m2"], expected["by_stage_mu"], strict=True)):
        checks.area(f"{stage} bucket {number}", got, mu)
    for name in ("double_claimed", "outside", "redisturbed", "skipped", "unclassified"):
        checks.area(f"{stage} {name}", row[f"{name}_m2"], expected[f"{name}_mu"])


def check_pace(checks, row, want):
    pace = row["pace"]
    for name in ("slow", "central", "fast", "required"):
        checks.near(
            f"pace {name}",
            pace[f"{name}_m2_per_day"],
            want[f"{name}_mu_per_day"] * MU_M2 * checks.expected["ellipsoid_factor"],
            2e-5,
        )
    checks.near("pace ratio", pace["ratio"], want["ratio"], 2e-5)
    checks.same("forecast", pace["forecast_on"]["central"], want["forecast_on_central"])
    checks.area("shortfall at due", pace["shortfall_at_due_m2"], want["shortfall_at_due_mu"])
    checks.same("status", row["status"], want["status"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    args = parser.parse_args()
    expected = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    checks = Checks(expected)
    with tempfile.TemporaryDirectory() as data_dir:
        for what in ("sites", "boundaries", "exemptions", "claims", "disturbances"):
            run(
                args.binary,
                data_dir,
                "import",
                str(HERE / f"{what}.geojson"),
                "--as",
                what,
                "--crs",
                "EPSG:4547",
                "--commit",
            )
        for row in expected["rows"]:
            run(
                args.binary,
                data_dir,
                "obligation",
                "add",
                "--title",
                f"算例 {row['required_stage']}",
                "--required",
                row["required_stage"],
                "--due",
                expected["due_on"],
            )
        report = json.loads(
            run(
                args.binary,
                data_dir,
                "remaining",
                "--as-of",
                expected["as_of"],
                "--grade",
                str(expected["grade"]),
                "--format",
                "json",
            )
        )
    rows = {
        row["required_stage"] if isinstance(row["required_stage"], str) else STAGES[row["required_stage"]]: row
        for row in report["rows"]
        if row["title"].startswith("算例")
    }
    for want in expected["rows"]:
        check_row(checks, rows[want["required_stage"]], want, expected)
    check_pace(checks, rows["regreen"], expected["pace_of_regreen"])
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())

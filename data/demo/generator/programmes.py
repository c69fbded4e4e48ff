"""How each quarry is worked."""

from dataclasses import dataclass


@dataclass
class Programme:
    """How fast and how far a site is worked: one digit of `reach` and `grade` per unit, in turn."""

    start: str
    every: int
    reach: str
    grade: str
    lag: str = ""  # units whose slopes are greened a season later, or (written B-HIGH) not then
    fat: str = ""  # units whose regreen patch laps over its neighbours
    poke: str = ""  # units whose patch was drawn over the footprint's edge
    skip: str = ""  # units claimed regreened with no soil cover on record
    until: str = "2025-10-20"
    corners: bool = False
    again: str = ""  # when a second campaign takes up the units that had stalled
    release: bool = False


PROGRAMMES = {
    "CD-01": Programme(
        "2022-02-20",
        22,
        "555545",
        "444443",
        again="2024-03-01",
        release=True,
        lag="B-high",
        fat="B-high",
        poke="A-high",
        corners=True,
    ),
    "CD-02": Programme("2022-04-15", 30, "445454", "444324", again="2024-10-10", fat="B-low", skip="C-low"),
    "CD-03": Programme("2022-06-10", 40, "4443", "4341", poke="dump-2", until="2023-04-20"),
    "CD-04": Programme("2023-03-01", 60, "4324", "4232", again="2025-01-15", lag="A-HIGH"),
    "CD-05": Programme("2022-01-10", 6, "6", "4"),
    "WH-01": Programme(
        "2022-02-01",
        17,
        "5555554",
        "4444443",
        again="2023-12-01",
        release=True,
        lag="C-high",
        fat="B-high C-low",
        poke="D-high",
        corners=True,
    ),
    "WH-02": Programme("2022-03-10", 32, "544554", "444342", again="2023-05-10", fat="B-high", poke="C-high"),
    "WH-03": Programme("2023-07-15", 24, "444454", "443424", again="2024-12-01", lag="B-high D-HIGH", skip="dump-2"),
    "WH-04": Programme("2022-05-20", 46, "44344", "43424", again="2024-10-20", poke="A-high"),
    "WH-05": Programme("2022-04-10", 80, "4434", "3424", again="2024-05-05"),
    "WH-06": Programme("2022-03-20", 40, "32", "21", until="2022-07-30"),
    "WS-01": Programme(
        "2022-01-20",
        18,
        "5555545",
        "4444344",
        again="2023-06-20",
        release=True,
        lag="B-low C-low",
        fat="A-high C-high",
        poke="D-high",
        corners=True,
    ),
    "WS-02": Programme(
        "2022-02-15", 24, "554555", "443444", again="2024-08-20", release=True, lag="D-HIGH", fat="B-high C-low"
    ),
    "WS-03": Programme("2022-03-01", 44, "445443", "434241", again="2023-09-20", skip="B-low"),
    "WS-04": Programme("2022-05-10", 60, "443424", "434241", again="2024-09-01", lag="A-high"),
    "WS-05": Programme("2022-04-01", 38, "4434", "4321", again="2024-06-01", fat="A-low", skip="C-high"),
    "WS-06": Programme("2022-06-01", 70, "3424", "3241", again="2024-03-12"),
}

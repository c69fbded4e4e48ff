import { describe, expect, test } from "vitest";
import type { GradeFigures, GradeName, RemainingRow, Status } from "../src/api/types";
import {
  byDeadline,
  claimedNotAccepted_m2,
  dueText,
  isUnsurveyed,
  largestStage,
  progressOf,
  STATUS_LOOK,
  STATUS_ORDER,
  splitByGrade,
  standingAt,
} from "../src/board/figures";
import { paceLine, sideFigures } from "../src/board/pace";

const MU = 10_000 / 15;

function grades(done: Record<GradeName, number>, ground: number): Record<GradeName, GradeFigures> {
  const of = (name: GradeName) => ({
    done_m2: done[name] * MU,
    remaining_m2: (ground - done[name]) * MU,
  });
  return {
    reported: of("reported"),
    evidenced: of("evidenced"),
    verified: of("verified"),
    accepted: of("accepted"),
  };
}

describe("the split by grade", () => {
  // 172.50 mu owed (worked example); done at each grade and better: 45, 40, 25, 10.
  const by_grade = grades({ reported: 45, evidenced: 40, verified: 25, accepted: 10 }, 172.5);

  test("takes cumulative grades apart, best proof first", () => {
    const parts = splitByGrade({ by_grade }).map(({ part, area_m2 }) => [
      part,
      Number((area_m2 / MU).toFixed(6)),
    ]);
    expect(parts).toEqual([
      ["accepted", 10],
      ["verified", 15],
      ["evidenced", 15],
      ["reported", 5],
      ["remaining", 127.5],
    ]);
  });

  test("adds up to the ground owed", () => {
    const sum = splitByGrade({ by_grade }).reduce((total, { area_m2 }) => total + area_m2, 0);
    expect(sum / MU).toBeCloseTo(172.5, 9);
  });

  test("answers 'is it real?' with Rem4 - Rem1", () => {
    expect(claimedNotAccepted_m2({ by_grade }) / MU).toBeCloseTo(35, 9);
  });

  test("never shows a negative part for rounding noise", () => {
    const noisy = grades({ reported: 10 - 1e-13, evidenced: 10, verified: 10, accepted: 10 }, 10);
    expect(splitByGrade({ by_grade: noisy }).every(({ area_m2 }) => area_m2 >= 0)).toBe(true);
  });
});

describe("days to a deadline", () => {
  const due = (status: Status, asOf: string) => dueText({ due_on: "2022-12-31", status }, asOf);

  test("the due day itself is in time", () => {
    expect(due("behind", "2022-12-30")).toEqual({ kind: "left", days: 1 });
    expect(due("near_due", "2022-12-31")).toEqual({ kind: "today" });
    expect(due("overdue", "2023-01-01")).toEqual({ kind: "overdue", days: 1 });
  });

  test("2023-06-30 is 181 days after 2022-12-31", () => {
    expect(due("overdue", "2023-06-30")).toEqual({ kind: "overdue", days: 181 });
  });

  test("what is done or was never surveyed is past its day but not overdue", () => {
    expect(due("done", "2023-01-10")).toEqual({ kind: "past_done", days: 10 });
    expect(due("no_ground", "2023-01-10")).toEqual({ kind: "past_done", days: 10 });
  });

  test("a row without a deadline says nothing", () => {
    expect(dueText({ due_on: null, status: null }, "2023-01-01")).toEqual({ kind: "none" });
  });
});

describe("statuses", () => {
  test("each has an icon of its own, so that none is told by colour alone", () => {
    const icons = STATUS_ORDER.map((status) => STATUS_LOOK[status].icon);
    expect(new Set(icons).size).toBe(8);
    expect(Object.keys(STATUS_LOOK).sort()).toEqual([...STATUS_ORDER].sort());
  });

  test("ground never surveyed is unsurveyed, whatever its zero says", () => {
    expect(isUnsurveyed({ status: "no_ground", obligation_m2: 0 })).toBe(true);
    expect(isUnsurveyed({ status: null, obligation_m2: 0 })).toBe(true);
    expect(isUnsurveyed({ status: "done", obligation_m2: 10 })).toBe(false);
  });
});

describe("how far the county's ground has come", () => {
  // Eleven units of ground: 1 untreated, 2 with soil, 3 regreened, 4 maintained, 1 released.
  const areas = [1, 0, 0, 2, 3, 4, 1];
  const row = (required_stage: number | null, obligation_m2 = 10) => ({
    required_stage,
    obligation_m2,
  });

  test("stands apart from a release that is still awaited", () => {
    expect(progressOf(areas, [row(1), row(4), row(6)])).toEqual({
      milestone: 4,
      reached_m2: 8,
      released_m2: 1,
      untilReleased: true,
    });
  });

  test("is told by the highest stage that the obligations ask for", () => {
    expect(progressOf(areas, [row(1), row(3)])).toMatchObject({
      milestone: 3,
      reached_m2: 10,
      untilReleased: false,
    });
    expect(progressOf(areas, [row(5), row(4)])).toMatchObject({ milestone: 5, reached_m2: 5 });
  });

  test("is told by regreen where nothing but release, a baseline or nothing is asked", () => {
    for (const rows of [[], [row(6)], [row(0), row(null)]]) {
      expect(progressOf(areas, rows).milestone).toBe(4);
    }
  });

  test("is asked at the milestone whether it is real, release being always accepted", () => {
    // Regreen or better of 11 units: 10 reported, 10 evidenced, 9 verified, 8 accepted.
    const row = standingAt(4, {
      reported: [1, 0, 0, 0, 5, 4, 1],
      evidenced: [1, 0, 0, 0, 6, 3, 1],
      verified: [1, 0, 1, 0, 4, 4, 1],
      accepted: areas,
    });
    expect(row.obligation_m2).toBe(11);
    expect(claimedNotAccepted_m2(row)).toBe(2);
    expect(splitByGrade(row).map(({ area_m2 }) => area_m2)).toEqual([8, 1, 1, 0, 1]);
  });

  test("does not wait for an obligation without ground", () => {
    expect(progressOf(areas, [row(4), row(6, 0)]).untilReleased).toBe(false);
    expect(progressOf(areas, [row(3), row(5, 0)]).milestone).toBe(3);
  });
});

describe("order and pick", () => {
  test("nearest deadline first, rows without one last", () => {
    const rows = [
      { key: "c", due_on: null },
      { key: "b", due_on: "2023-12-31" },
      { key: "a", due_on: "2023-12-31" },
      { key: "d", due_on: "2022-07-31" },
    ];
    expect(byDeadline(rows).map((row) => row.key)).toEqual(["d", "a", "b", "c"]);
  });

  test("the largest stage of nothing is none", () => {
    expect(largestStage([0, 0, 0, 0, 0, 0, 0])).toBeNull();
    expect(largestStage([5, 9, 9, 0, 0, 0, 0])).toBe(1);
  });
});

describe("the pace line", () => {
  // 2022-11-01, due 2022-12-31, 127.50 mu left, 0.50 mu a day (worked example).
  const pace: RemainingRow["pace"] = {
    slow_m2_per_day: 0,
    central_m2_per_day: 0.5 * MU,
    fast_m2_per_day: 1.5 * MU,
    required_m2_per_day: 2.125 * MU,
    ratio: 0.235,
    forecast_on: { slow: null, central: "2023-07-14", fast: "2023-01-25" },
    shortfall_at_due_m2: 97.5 * MU,
  };

  test("names pace, need, forecast and shortfall before the due day", () => {
    expect(paceLine({ pace, status: "behind" })).toMatchObject({
      forecast: "2023-07-14",
      slow: null,
      shortfall_m2: 97.5 * MU,
    });
  });

  test("does not repeat the remaining area as a shortfall after the due day", () => {
    const after = { ...pace, required_m2_per_day: null, ratio: null };
    expect(paceLine({ pace: after, status: "overdue" })?.shortfall_m2).toBeNull();
  });

  test("is silent when all is done, unsurveyed or unknown", () => {
    expect(paceLine({ pace, status: "done" })).toBeNull();
    expect(paceLine({ pace, status: "no_ground" })).toBeNull();
    expect(paceLine({ pace: null, status: "behind" })).toBeNull();
  });

  test("side figures below a square metre are noise", () => {
    const none = {
      double_claimed_m2: 0,
      outside_m2: 0.99,
      skipped_m2: 0,
      redisturbed_m2: 5000,
      unclassified_m2: 0,
      stale_m2: 0,
      overlap_m2: 1,
      sliver_m2: 0,
    };
    expect(sideFigures(none).map(({ key }) => key)).toEqual(["redisturbed_m2", "overlap_m2"]);
  });
});

import { describe, expect, test } from "vitest";
import type { TimelinePoint } from "../src/api/types";
import {
  axisOf,
  dayAt,
  fractionOf,
  lastNotAfter,
  nearestStop,
  pointAt,
  stopFrom,
  stopsOf,
} from "../src/timeline/axis";
import { bandPath, ceilingOf, linePath, tickPath } from "../src/timeline/curve";
import { flagsOf, lanesOf } from "../src/timeline/flags";
import { sliderSteps } from "../src/timeline/keys";

const AXIS = { from: "2022-01-01", to: "2022-12-31" };
const STOPS = ["2022-01-01", "2022-03-01", "2022-07-31", "2022-12-31"];

function point(as_of: string, accepted: number, reported: number): TimelinePoint {
  const remaining_m2 = { accepted, verified: accepted, evidenced: reported, reported };
  return { as_of, obligation_m2: 100, remaining_m2, by_stage_m2: [accepted, 0, 0, 0, 0, 0, 0] };
}

const SERIES = [point("2022-01-01", 100, 100), point("2022-07-02", 50, 20)];

describe("the axis", () => {
  test("reaches from the first event to the last deadline when that is still ahead", () => {
    const status = { today: "2023-06-30", first_on: "2022-02-01" };
    expect(axisOf(status, ["2022-02-01"], ["2025-12-31"])).toEqual({
      from: "2022-02-01",
      to: "2025-12-31",
    });
    expect(axisOf(status, ["2022-02-01"], ["2022-12-31"])).toEqual({
      from: "2022-02-01",
      to: "2023-06-30",
    });
  });

  test("does not begin in the year 1 because a boundary holds 'from the beginning'", () => {
    const status = { today: "2023-06-30", first_on: "0001-01-01" };
    expect(axisOf(status, ["0001-01-01", "2022-02-01"], [])).toEqual({
      from: "2022-02-01",
      to: "2023-06-30",
    });
  });

  test("has a length even when nothing was ever recorded", () => {
    const { from, to } = axisOf({ today: "2023-06-30", first_on: null }, [], []);
    expect(from < to).toBe(true);
  });

  test("maps days to places and back", () => {
    expect(fractionOf(AXIS, "2022-07-02")).toBe(0.5);
    expect(dayAt(AXIS, 0.5)).toBe("2022-07-02");
    expect(fractionOf(AXIS, "2030-01-01")).toBe(1);
    expect(dayAt(AXIS, -3)).toBe("2022-01-01");
  });
});

describe("the stops", () => {
  test("are the days of change, the deadlines and today, once each and inside the axis", () => {
    const stops = stopsOf(
      AXIS,
      ["0001-01-01", "2022-03-01", "2022-07-31"],
      ["2022-07-31", "2022-12-31"],
      "2022-03-05",
    );
    expect(stops).toEqual(["2022-03-01", "2022-03-05", "2022-07-31", "2022-12-31"]);
  });

  test("a place on the rail snaps to the nearer one", () => {
    expect(nearestStop(STOPS, "2022-01-20")).toBe("2022-01-01");
    expect(nearestStop(STOPS, "2022-02-20")).toBe("2022-03-01");
    expect(nearestStop(STOPS, "2021-01-01")).toBe("2022-01-01");
    expect(nearestStop([], "2022-02-20")).toBe("2022-02-20");
  });

  test("a step goes to the neighbour, also from a day between two, and is held at the ends", () => {
    expect(stopFrom(STOPS, "2022-03-01", 1)).toBe("2022-07-31");
    expect(stopFrom(STOPS, "2022-03-01", -1)).toBe("2022-01-01");
    expect(stopFrom(STOPS, "2022-05-05", -1)).toBe("2022-03-01");
    expect(stopFrom(STOPS, "2022-05-05", 1)).toBe("2022-07-31");
    expect(stopFrom(STOPS, "2022-05-05", Number.POSITIVE_INFINITY)).toBe("2022-12-31");
    expect(stopFrom(STOPS, "2022-05-05", Number.NEGATIVE_INFINITY)).toBe("2022-01-01");
  });

  test("the slider answers to the keys of a slider and to no other", () => {
    expect(["ArrowLeft", "ArrowRight", "PageUp", "PageDown"].map(sliderSteps)).toEqual([
      -1, 1, 10, -10,
    ]);
    expect(sliderSteps("a")).toBeNull();
  });

  test("the figures of a day are those of the last change not after it", () => {
    expect(lastNotAfter(STOPS, "2021-12-31")).toBe(-1);
    expect(pointAt(SERIES, "2021-12-31")).toBeNull();
    expect(pointAt(SERIES, "2022-07-01")?.remaining_m2.accepted).toBe(100);
    expect(pointAt(SERIES, "2022-07-02")?.remaining_m2.accepted).toBe(50);
  });
});

describe("the curve", () => {
  const box = { width: 100, height: 10 };
  const accepted = (at: TimelinePoint) => at.remaining_m2.accepted;
  const reported = (at: TimelinePoint) => at.remaining_m2.reported;

  test("steps down on the day of the event and runs on to the end", () => {
    expect(linePath(SERIES, accepted, AXIS, box, 100)).toBe("M0.0 0.0L50.0 0.0L50.0 5.0L100.0 5.0");
  });

  test("the band between two curves closes on itself", () => {
    expect(bandPath(SERIES, accepted, reported, AXIS, box, 100)).toBe(
      "M0.0 0.0L50.0 0.0L50.0 5.0L100.0 5.0L100.0 8.0L50.0 8.0L50.0 0.0L0.0 0.0Z",
    );
  });

  test("of nothing is nothing, and its ceiling can still divide", () => {
    expect(linePath([], accepted, AXIS, box, 100)).toBe("");
    expect(bandPath([], accepted, null, AXIS, box, 100)).toBe("");
    expect(ceilingOf([], [accepted])).toBe(1);
    expect(ceilingOf(SERIES, [accepted, reported])).toBe(100);
  });

  test("each stop has its mark on the floor", () => {
    expect(tickPath(["2022-01-01", "2022-12-31"], AXIS, box, 4)).toBe("M0.0 6v4M100.0 6v4");
  });
});

describe("the flags", () => {
  test("obligations of one day share a flag, which is late when one of them is", () => {
    const flags = flagsOf([
      { due_on: "2022-12-31", status: "done", title: "a" },
      { due_on: null, status: null, title: "milestone" },
      { due_on: "2022-07-31", status: "on_track", title: "b" },
      { due_on: "2022-12-31", status: "overdue", title: "c" },
    ]);
    expect(flags).toEqual([
      { due: "2022-07-31", isLate: false, titles: ["b"] },
      { due: "2022-12-31", isLate: true, titles: ["a", "c"] },
    ]);
  });

  test("labels that would cover each other take the next lane, then none", () => {
    expect(lanesOf([0, 10, 20, 90], 80, 2)).toEqual([0, 1, null, 0]);
  });
});

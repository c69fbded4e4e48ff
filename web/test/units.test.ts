import { describe, expect, test } from "vitest";
import { formatArea, formatRawM2, formatShare, inUnit, isUnit, nextUnit } from "../src/units/area";
import {
  dayNumber,
  dayOf,
  daysBetween,
  formatInstant,
  isDay,
  yearStarts,
} from "../src/units/dates";

describe("areas on screen", () => {
  test("15 mu are one hectare and 10,000 square metres", () => {
    expect(inUnit(10_000, "mu")).toBeCloseTo(15, 12);
    expect(inUnit(10_000, "ha")).toBe(1);
    expect(inUnit(10_000, "m2")).toBe(10_000);
  });

  test("mu have two decimals, hectares four, square metres none", () => {
    // 127.50 mu, the regreen row of the worked example (product book §4).
    expect(formatArea(85_000, "mu")).toBe("127.50");
    expect(formatArea(85_000, "ha")).toBe("8.5000");
    expect(formatArea(85_000, "m2")).toBe("85,000");
  });

  test("ground too small to show is not shown as none", () => {
    expect(formatArea(1, "mu")).toBe("<0.01");
    expect(formatArea(0.3, "m2")).toBe("<1");
    expect(formatArea(0.4, "ha")).toBe("<0.0001");
    expect(formatArea(0, "mu")).toBe("0.00");
  });

  test("rounding noise below zero is shown without a sign, a real negative with one", () => {
    expect(formatArea(-1e-9, "mu")).toBe("0.00");
    expect(formatArea(-1000, "mu")).toBe("-1.50");
  });

  test("the tooltip keeps square metres to two decimals", () => {
    expect(formatRawM2(1234567.891)).toBe("1,234,567.89 m²");
  });

  test("a share is never rounded up to all of it", () => {
    expect(formatShare(9_999, 10_000)).toBe("99%");
    expect(formatShare(10_000, 10_000)).toBe("100%");
    expect(formatShare(1, 10_000)).toBe("<1%");
    expect(formatShare(0, 10_000)).toBe("0%");
    expect(formatShare(0, 0)).toBe("–");
  });

  test("the unit key goes round all three", () => {
    expect(nextUnit("mu")).toBe("ha");
    expect(nextUnit(nextUnit(nextUnit("mu")))).toBe("mu");
    expect(isUnit("acre")).toBe(false);
  });
});

describe("days", () => {
  test("are checked against the calendar", () => {
    expect(isDay("2024-02-29")).toBe(true);
    expect(isDay("2023-02-29")).toBe(false);
    expect(isDay("2023-6-1")).toBe(false);
    expect(isDay(undefined)).toBe(false);
  });

  test("count forwards and backwards over a leap day", () => {
    expect(daysBetween("2024-02-28", "2024-03-01")).toBe(2);
    expect(daysBetween("2024-03-01", "2024-02-28")).toBe(-2);
    expect(dayOf(dayNumber("2022-12-31"))).toBe("2022-12-31");
  });

  test("years begin inside the span only", () => {
    expect(yearStarts("2022-06-30", "2024-01-01")).toEqual(["2023-01-01", "2024-01-01"]);
  });

  test("an instant is read on a clock in Asia/Shanghai", () => {
    expect(formatInstant("2022-12-31T17:05:09Z")).toBe("2023-01-01 01:05");
    expect(formatInstant("not an instant")).toBe("not an instant");
  });
});

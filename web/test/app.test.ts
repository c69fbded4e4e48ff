import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError, readRemaining, readSite, readSites, urlOf } from "../src/api/client";
import { shouldRetry } from "../src/api/queries";
import type { Site, SiteEvent } from "../src/api/types";
import { commandOf, nextGrade } from "../src/app/keyboard";
import { queryOf, viewOf } from "../src/app/view";
import { listSites, matches, neighbour, reorder } from "../src/board/siteOrder";
import { areaRows, formatDifference, unowed_m2 } from "../src/site/areas";
import { isAfter, visibleEvents } from "../src/site/events";
import { codeText } from "../src/site/words";

describe("the view in the address", () => {
  test("comes back as it was written", () => {
    const view = { asOf: "2023-06-30", grade: 2, unit: "ha", lang: "en" } as const;
    expect(viewOf(queryOf(view))).toEqual(view);
  });

  test("leaves today's date out, so that a link to now stays now", () => {
    expect(queryOf(viewOf({}))).not.toHaveProperty("as_of");
  });

  test("ignores what it cannot read", () => {
    expect(viewOf({ as_of: "2023-02-30", grade: "9", unit: "acre", lang: "fr" })).toEqual({
      asOf: null,
      grade: 4,
      unit: "mu",
      lang: "zh",
    });
  });

  test("wins over what was remembered, which wins over the browser", () => {
    const remembered = { unit: "m2", lang: "en", browserLang: "zh-CN" };
    expect(viewOf({ unit: "ha", lang: "zh" }, remembered)).toMatchObject({
      unit: "ha",
      lang: "zh",
    });
    expect(viewOf({}, remembered)).toMatchObject({ unit: "m2", lang: "en" });
    expect(viewOf({}, { browserLang: "de-DE" }).lang).toBe("en");
  });
});

describe("single keys", () => {
  const stroke = { key: "u", ctrlKey: false, metaKey: false, altKey: false, isTyping: false };

  test("are letters while somebody types, but Escape still leaves", () => {
    expect(commandOf(stroke)).toBe("unit");
    expect(commandOf({ ...stroke, isTyping: true })).toBeNull();
    expect(commandOf({ ...stroke, key: "Escape", isTyping: true })).toBe("leave");
  });

  test("leave the browser's own shortcuts alone", () => {
    expect(commandOf({ ...stroke, key: "p", ctrlKey: true })).toBeNull();
    expect(commandOf({ ...stroke, key: "n", metaKey: true })).toBeNull();
  });

  test("the grade key goes round all four", () => {
    expect([4, 3, 2, 1].map((grade) => nextGrade(grade as 1 | 2 | 3 | 4))).toEqual([3, 2, 1, 4]);
  });
});

const site = (code: string, name: string, remaining_m2: number, more: Partial<Site> = {}) =>
  ({
    code,
    name,
    remaining_m2,
    obligation_m2: 0,
    township: null,
    liable: null,
    status: null,
    ...more,
  }) as Site;

describe("the list of sites", () => {
  const sites = [
    site("B-2", "万和2号", 5, { township: "万和镇" }),
    site("B-10", "万和10号", 5, { status: "done" }),
    site("A-1", "吴山1号", 9, { status: "overdue" }),
  ];
  const codes = (list: Site[]) => list.map((one) => one.code);

  test("sorts by area, and equal areas by code read as numbers", () => {
    expect(codes(listSites(sites, "", { column: "remaining", descending: true }))).toEqual([
      "A-1",
      "B-2",
      "B-10",
    ]);
  });

  test("sorts the worst status first", () => {
    expect(codes(listSites(sites, "", { column: "status", descending: false }))).toEqual([
      "A-1",
      "B-10",
      "B-2",
    ]);
  });

  test("filters by every word, in name, code, township and liable party", () => {
    expect(matches(sites[0] as Site, "万和镇 b-2")).toBe(true);
    expect(matches(sites[0] as Site, "万和镇 吴山")).toBe(false);
    expect(codes(listSites(sites, " ", { column: "name", descending: false }))).toHaveLength(3);
  });

  test("a second click on a head turns the order, a first one starts areas at the top", () => {
    expect(reorder({ column: "name", descending: false }, "remaining")).toEqual({
      column: "remaining",
      descending: true,
    });
    expect(reorder({ column: "name", descending: false }, "name")).toEqual({
      column: "name",
      descending: true,
    });
  });

  test("N and P walk it and stop at its ends", () => {
    expect(neighbour(sites, null, 1)).toBe("B-2");
    expect(neighbour(sites, "B-2", 1)).toBe("B-10");
    expect(neighbour(sites, "A-1", 1)).toBeNull();
    expect(neighbour([], null, 1)).toBeNull();
  });
});

describe("one site", () => {
  test("Gauss-Krüger stands beside the canonical area with its distortion named", () => {
    // +171 ppm at E 416400 of EPSG:4547 (product book §3).
    expect(formatDifference(120_020.52, 120_000)).toBe("+20.52 m² (+171.0 ppm)");
    expect(formatDifference(119_999, 120_000)).toBe("−1.00 m² (−8.3 ppm)");
  });

  test("footprint that owes nothing is named, rounding noise is not", () => {
    // Demo site: 183,709 m² of footprint, 178,962 m² owed.
    expect(unowed_m2({ footprint_m2: 183_709, obligation_m2: 178_962 })).toBe(4747);
    expect(unowed_m2({ footprint_m2: 1000.9, obligation_m2: 1000 })).toBeNull();
    expect(unowed_m2({ footprint_m2: 1000, obligation_m2: 1000.0001 })).toBeNull();
  });

  test("the canonical area has no difference from itself", () => {
    const rows = areaRows({
      canonical_m2: 1,
      national_series_m2: 1,
      karney_m2: 1,
      gauss_kruger_m2: 1,
    });
    expect(rows.map((row) => [row.method, row.difference === null])).toEqual([
      ["canonical", true],
      ["national", false],
      ["karney", false],
      ["gauss", false],
    ]);
  });

  const event = (id: number, valid_on: string | null, ended_at: string | null = null) =>
    ({ id, valid_on, ended_at, recorded_at: "2022-01-01T00:00:00Z" }) as SiteEvent;

  test("records stand newest first, undated ones last, ended ones on demand", () => {
    const events = [
      event(1, null),
      event(2, "2022-05-01"),
      event(3, "2023-05-01"),
      event(4, "2022-06-01", "2022-07-01T00:00:00Z"),
    ];
    expect(visibleEvents(events, false).map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(visibleEvents(events, true).map(({ id }) => id)).toEqual([3, 4, 2, 1]);
  });

  test("a record of the as-of day counts, one of the next day does not", () => {
    expect(isAfter(event(1, "2022-05-01"), "2022-05-01")).toBe(false);
    expect(isAfter(event(1, "2022-05-02"), "2022-05-01")).toBe(true);
    expect(isAfter(event(1, null), "2022-05-01")).toBe(false);
  });

  test("a code that the catalogue does not know is shown as it is", () => {
    const known = (key: string) => key === "kind.quarry";
    expect(codeText(known, () => "采石场", "kind", "quarry")).toBe("采石场");
    expect(codeText(known, () => "采石场", "kind", "sand_pit")).toBe("sand_pit");
    expect(codeText(known, () => "采石场", "kind", null)).toBeNull();
  });
});

describe("requests", () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
  const asked = { lang: "en" };

  test("leave out what was not asked", () => {
    expect(urlOf("/sites", { as_of: null, grade: 4, after: undefined })).toBe(
      "/api/v1/sites?grade=4",
    );
  });

  test("ask in the language of the page and name the code safely", async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) =>
      answer({ site: { code: "万和/1" } }),
    );
    vi.stubGlobal("fetch", fetch);
    await readSite("万和/1", { asOf: "2023-06-30", grade: 1 }, asked);
    expect(fetch.mock.calls[0]?.[0]).toBe(
      "/api/v1/sites/%E4%B8%87%E5%92%8C%2F1?as_of=2023-06-30&grade=1",
    );
    expect(fetch.mock.calls[0]?.[1].headers).toMatchObject({ "accept-language": "en" });
  });

  test("read every page of the sites", async () => {
    const pages = [
      { sites: [{ code: "a" }], meta: { next: "a" } },
      { sites: [{ code: "b" }], meta: { next: null } },
    ];
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => answer(pages.shift())),
    );
    const sites = await readSites({ asOf: null, grade: 4 }, asked);
    expect(sites.map(({ code }) => code)).toEqual(["a", "b"]);
  });

  test("a refusal carries the server's words and code", async () => {
    vi.stubGlobal("fetch", async () =>
      answer(
        { title: "no", detail: "grade 9 is no grade", status: 422, code: "grade.unknown" },
        422,
      ),
    );
    const refused = await readRemaining({ asOf: null, grade: 4 }, asked).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      status: 422,
      code: "grade.unknown",
      message: "grade 9 is no grade",
      isUnreachable: false,
    });
    expect(shouldRetry(0, refused as Error)).toBe(false);
  });

  test("a server out of reach is told apart from a refusal, and asked again", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed to fetch");
    });
    const lost = await readRemaining({ asOf: null, grade: 4 }, asked).catch(
      (error: unknown) => error,
    );
    expect(lost).toBeInstanceOf(ApiError);
    expect(lost).toMatchObject({ status: 0, isUnreachable: true });
    expect(shouldRetry(0, lost as Error)).toBe(true);
    expect(shouldRetry(2, lost as Error)).toBe(false);
  });
});

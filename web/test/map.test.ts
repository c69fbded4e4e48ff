import { describe, expect, test } from "vitest";
import type { ReferenceAreas, Site } from "../src/api/types";
import { faceChanges, stageOn } from "../src/map/faces";
import { graticule, stepFor } from "../src/map/graticule";
import { labelPoints } from "../src/map/labels";
import { LAYERS, PICK_LAYERS, patternLayerId } from "../src/map/layers";
import { hasInk, patternPixels, TILE_PX } from "../src/map/patterns";
import { extentOf, pointStates } from "../src/map/points";
import { STAGE_LOOKS } from "../src/map/stages";

describe("a face's stage on a day", () => {
  const steps: [string, number][] = [
    ["2022-01-01", 0],
    ["2022-06-01", 3],
    ["2022-09-01", -2],
    ["2023-01-01", 0],
  ];

  test("is none before its first step, then that of the last step not after the day", () => {
    expect(stageOn(steps, "2021-12-31")).toBe(-1);
    expect(stageOn(steps, "2022-01-01")).toBe(0);
    expect(stageOn(steps, "2022-08-31")).toBe(3);
    expect(stageOn(steps, "2022-09-01")).toBe(-2);
    expect(stageOn(steps, "2030-01-01")).toBe(0);
  });

  test("only faces that differ from what is shown are recoloured", () => {
    const faces = { "7": steps, "8": [["2022-01-01", 1]] as [string, number][] };
    const first = faceChanges(faces, "2022-01-01", new Map());
    expect(first.changes).toEqual([
      { id: 7, stage: 0 },
      { id: 8, stage: 1 },
    ]);
    const second = faceChanges(faces, "2022-06-01", first.shown);
    expect(second.changes).toEqual([{ id: 7, stage: 3 }]);
  });

  test("a face that the next grade does not know is cleared", () => {
    const { changes } = faceChanges({}, "2022-01-01", new Map([[7, 4]]));
    expect(changes).toEqual([{ id: 7, stage: -1 }]);
  });
});

/** WCAG relative luminance of #rrggbb. */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

describe("the table of stages", () => {
  test("has the seven stages in order", () => {
    expect(STAGE_LOOKS.map((look) => look.stage)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("lightens from clear to maintain, so that a grey print keeps the order", () => {
    const worked = STAGE_LOOKS.filter((look) => look.stage >= 1 && look.stage <= 5).map((look) =>
      luminance(look.fill),
    );
    expect(worked).toEqual([...worked].sort((a, b) => a - b));
  });

  test("text on each opaque fill has a contrast of 4.5 or more", () => {
    for (const { key, fill, ink, opacity } of STAGE_LOOKS) {
      if (opacity < 1) continue;
      const [light, dark] = [luminance(fill), luminance(ink)].sort((a, b) => b - a) as [
        number,
        number,
      ];
      expect((light + 0.05) / (dark + 0.05), key).toBeGreaterThanOrEqual(4.5);
    }
  });

  test("neighbours in the ramp differ in their hatching too", () => {
    const patterns = STAGE_LOOKS.filter((look) => look.stage >= 1 && look.stage <= 5).map(
      (look) => look.pattern,
    );
    expect(new Set(patterns).size).toBe(5);
  });

  test("every hatched stage has its layer, above the fill", () => {
    const ids = LAYERS.map((layer) => layer.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { stage, pattern } of STAGE_LOOKS) {
      const at = ids.indexOf(patternLayerId(stage));
      if (pattern === "plain") expect(at).toBe(-1);
      else expect(at).toBeGreaterThan(ids.indexOf("stages-fill"));
    }
    for (const id of PICK_LAYERS) expect(ids).toContain(id);
  });
});

describe("hatching", () => {
  test("repeats without a seam", () => {
    for (const pattern of ["cross", "diagonal", "horizontal", "dots"] as const) {
      for (let at = 0; at < TILE_PX; at += 1) {
        expect(hasInk(pattern, at, TILE_PX), pattern).toBe(hasInk(pattern, at, 0));
        expect(hasInk(pattern, TILE_PX, at), pattern).toBe(hasInk(pattern, 0, at));
      }
    }
  });

  test("leaves the stage's colour to be seen", () => {
    for (const { stage, pattern } of STAGE_LOOKS) {
      const pixels = patternPixels(stage);
      const inked = Array.from({ length: TILE_PX * TILE_PX }, (_, at) => pixels[at * 4 + 3]).filter(
        Boolean,
      ).length;
      if (pattern === "plain") expect(inked).toBe(0);
      else expect(inked / TILE_PX ** 2).toBeGreaterThan(0.1);
      expect(inked / TILE_PX ** 2).toBeLessThan(0.6);
    }
  });
});

describe("site points", () => {
  const site = (id: number, obligation_m2: number, remaining_m2: number) =>
    ({
      id,
      obligation_m2,
      remaining_m2,
      by_stage_m2: [0, remaining_m2, 0, 0, 0, 0, 0],
    }) as unknown as Site;

  test("have areas in proportion to what remains, the largest obligation being the measure", () => {
    const [whole, quarter, none] = pointStates([
      site(1, 100, 100),
      site(2, 50, 25),
      site(3, 50, 0),
    ]);
    expect(whole?.radius_px).toBe(22);
    expect(quarter?.radius_px).toBe(13);
    expect(none?.radius_px).toBe(4);
  });

  test("of a county without ground have a size", () => {
    expect(pointStates([site(1, 0, 0)])[0]?.radius_px).toBe(4);
  });
});

describe("the extent of all sites", () => {
  test("holds every one that has ground, and is none without any", () => {
    const extent = extentOf([
      { bbox: [113.1, 31.9, 113.2, 32.0] },
      { bbox: null },
      { bbox: [113.0, 31.95, 113.15, 32.2] },
    ]);
    expect(extent).toEqual([113.0, 31.9, 113.2, 32.2]);
    expect(extentOf([{ bbox: null }])).toBeNull();
  });
});

describe("the graticule", () => {
  test("has a step that suits the extent", () => {
    expect(stepFor([113.1, 31.9, 113.3, 32.2])).toBe(0.05);
    expect(stepFor([112.7, 31.3, 113.8, 32.4])).toBe(0.2);
    expect(stepFor([0, 0, 90, 90])).toBe(1);
  });

  test("names its lines in degrees and keeps longitude first", () => {
    const lines = graticule([113.1, 31.9, 113.3, 32.2], 0.1);
    const meridian = lines.find((line) => line.properties.label === "113.2°E");
    expect(meridian?.geometry.coordinates.every(([lon]) => lon === 113.2)).toBe(true);
    expect(lines.some((line) => line.properties.label === "32.0°N")).toBe(true);
  });
});

describe("names of areas", () => {
  test("stand once, in the middle of the largest part", () => {
    const square = (west: number, south: number, side: number): [number, number][] => [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ];
    const areas: ReferenceAreas = {
      type: "FeatureCollection",
      features: [
        {
          type: "Feature",
          id: 1,
          properties: { kind: "township", name: "吴山镇", synthetic: true },
          geometry: {
            type: "MultiPolygon",
            coordinates: [[square(110, 30, 0.1)], [square(113, 31, 1)]],
          },
        },
      ],
    };
    const [label] = labelPoints(areas);
    expect(label?.geometry.coordinates[0]).toBeCloseTo(113.5, 9);
    expect(label?.geometry.coordinates[1]).toBeCloseTo(31.5, 9);
  });
});

import type { MeasuredArea, Site } from "../api/types";
import { formatRawM2 } from "../units/area";

export type Method = "canonical" | "national" | "karney" | "gauss";

export interface AreaRow {
  method: Method;
  area_m2: number;
  /** Against the canonical area, in m² and relative to it; null for the canonical one itself. */
  difference: string | null;
}

/** Signed, in parts per million, where these differences live (product book §3). */
export function formatDifference(area_m2: number, canonical_m2: number): string {
  const difference_m2 = area_m2 - canonical_m2;
  const sign = difference_m2 < 0 ? "−" : "+";
  const relative = canonical_m2 > 0 ? (Math.abs(difference_m2) / canonical_m2) * 1e6 : 0;
  return `${sign}${formatRawM2(Math.abs(difference_m2))} (${sign}${relative.toFixed(1)} ppm)`;
}

/** Slivers below this are digitising noise (product book §3). */
const NOTEWORTHY_M2 = 1;

/** Footprint that owes nothing here: exempt, out of scope or counted in another site; or null. */
export function unowed_m2(site: Pick<Site, "footprint_m2" | "obligation_m2">): number | null {
  const difference_m2 = site.footprint_m2 - site.obligation_m2;
  return difference_m2 >= NOTEWORTHY_M2 ? difference_m2 : null;
}

export function areaRows(areas: MeasuredArea): AreaRow[] {
  const { canonical_m2, national_series_m2, karney_m2, gauss_kruger_m2 } = areas;
  const beside = (method: Method, area_m2: number): AreaRow => ({
    method,
    area_m2,
    difference: formatDifference(area_m2, canonical_m2),
  });
  return [
    { method: "canonical", area_m2: canonical_m2, difference: null },
    beside("national", national_series_m2),
    beside("karney", karney_m2),
    beside("gauss", gauss_kruger_m2),
  ];
}

import type { RemainingRow } from "../api/types";

/** The pace of an obligation as its card says it; areas are per day, m². */
export interface PaceLine {
  central_m2: number;
  required_m2: number | null;
  forecast: string | null;
  fast: string | null;
  slow: string | null;
  /** Only a positive shortfall is worth a word. */
  shortfall_m2: number | null;
}

/** Null when nothing is left to do, or nothing is known of the pace. */
export function paceLine(row: Pick<RemainingRow, "pace" | "status">): PaceLine | null {
  const { pace, status } = row;
  if (pace === null || status === "done" || status === "no_ground") return null;
  const shortfall_m2 = pace.shortfall_at_due_m2 ?? 0;
  return {
    central_m2: pace.central_m2_per_day,
    required_m2: pace.required_m2_per_day,
    forecast: pace.forecast_on.central,
    fast: pace.forecast_on.fast,
    slow: pace.forecast_on.slow,
    // After the due day the shortfall is the remaining area itself, which the card shows already.
    shortfall_m2: shortfall_m2 > 0 && pace.required_m2_per_day !== null ? shortfall_m2 : null,
  };
}

export type SideKey =
  | "double_claimed_m2"
  | "outside_m2"
  | "skipped_m2"
  | "redisturbed_m2"
  | "unclassified_m2"
  | "stale_m2"
  | "overlap_m2"
  | "sliver_m2";

const SIDE_KEYS: readonly SideKey[] = [
  "redisturbed_m2",
  "double_claimed_m2",
  "outside_m2",
  "skipped_m2",
  "unclassified_m2",
  "overlap_m2",
  "stale_m2",
  "sliver_m2",
];

/** Under this a side figure is digitising noise (product book §3: slivers are below 1 m²). */
const NOTEWORTHY_M2 = 1;

/** The side figures that somebody should look at. */
export function sideFigures(row: Pick<RemainingRow, SideKey>): { key: SideKey; area_m2: number }[] {
  return SIDE_KEYS.map((key) => ({ key, area_m2: row[key] })).filter(
    ({ area_m2 }) => area_m2 >= NOTEWORTHY_M2,
  );
}

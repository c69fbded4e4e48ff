/**
 * What the server's `/api/v1` sends. Field names are the wire's (snake_case); `_m2` is square
 * metres on the CGCS2000 ellipsoid, dates are days in Asia/Shanghai. Written by hand until the
 * committed OpenAPI document generates it; everything else imports these names only.
 */

export type GradeName = "reported" | "evidenced" | "verified" | "accepted";
/** 1 reported, 2 evidenced, 3 verified, 4 accepted. */
export type GradeNumber = 1 | 2 | 3 | 4;
/** Area per stage 0 (untreated) to 6 (released). */
export type StageAreas = [number, number, number, number, number, number, number];
export type Bbox = [west: number, south: number, east: number, north: number];

export type Status =
  | "no_ground"
  | "done"
  | "awaiting_acceptance"
  | "overdue"
  | "no_data"
  | "behind"
  | "near_due"
  | "on_track";

export interface ServerStatus {
  version: string;
  revision: number;
  today: string;
  county_name: string | null;
  bbox: Bbox | null;
  site_count: number;
  synthetic: boolean;
  first_on: string | null;
  last_on: string | null;
}

export interface Site {
  id: number;
  code: string;
  name: string;
  kind: string | null;
  category: string | null;
  township: string | null;
  liable: string | null;
  licence_no: string | null;
  bbox: Bbox | null;
  label_point: [lon: number, lat: number] | null;
  footprint_m2: number;
  obligation_m2: number;
  done_m2: number;
  remaining_m2: number;
  by_stage_m2: StageAreas;
  status: Status | null;
  last_event_on: string | null;
  synthetic: boolean;
}

export interface SiteVersion {
  name: string;
  category: string | null;
  township: string | null;
  liable: string | null;
  valid_from: string | null;
  valid_to: string | null;
}

/** One ground measured by four methods. */
export interface MeasuredArea {
  canonical_m2: number;
  national_series_m2: number;
  karney_m2: number;
  gauss_kruger_m2: number;
}

export interface SiteDetail extends Site {
  versions: SiteVersion[];
  areas: { footprint: MeasuredArea };
  by_grade: Record<GradeName, { by_stage_m2: StageAreas }>;
  rows: RemainingRow[];
}

export interface GradeFigures {
  done_m2: number;
  remaining_m2: number;
}

export interface Pace {
  slow_m2_per_day: number;
  central_m2_per_day: number;
  fast_m2_per_day: number;
  required_m2_per_day: number | null;
  ratio: number | null;
  forecast_on: { slow: string | null; central: string | null; fast: string | null };
  shortfall_at_due_m2: number | null;
}

export interface RemainingRow {
  key: string;
  title: string;
  item_no: number | null;
  measure_no: number | null;
  required_stage: number | null;
  due_on: string | null;
  status: Status | null;
  obligation_m2: number;
  done_m2: number;
  remaining_m2: number;
  by_grade: Record<GradeName, GradeFigures>;
  by_stage_m2: StageAreas;
  double_claimed_m2: number;
  outside_m2: number;
  skipped_m2: number;
  redisturbed_m2: number;
  unclassified_m2: number;
  sliver_m2: number;
  stale_m2: number;
  overlap_m2: number;
  pace: Pace | null;
}

export interface Remaining {
  as_of: string;
  known_at: string;
  grade: GradeNumber;
  unit: "m2";
  rows: RemainingRow[];
  total: RemainingRow;
}

export interface TimelinePoint {
  as_of: string;
  obligation_m2: number;
  remaining_m2: Record<GradeName, number>;
  by_stage_m2: StageAreas;
}

export interface Timeline {
  /** Every date on which anything changes, ascending. */
  dates: string[];
  series: TimelinePoint[];
}

/** Stage on and after a date: 0–6, -1 no footprint (any more), -2 exempt. */
export type FaceSteps = [on: string, stage: number][];
export type Faces = Record<string, FaceSteps>;

export type EventKind = "claim" | "disturbance" | "exemption" | "boundary";

export interface SiteEvent {
  id: number;
  kind: EventKind;
  site_code: string;
  valid_on: string | null;
  valid_to: string | null;
  stage: number | null;
  grade: GradeNumber | null;
  to_stage: number | null;
  role: string | null;
  reason: string | null;
  recorded_at: string;
  ended_at: string | null;
  ended_because: "revoked" | "superseded" | null;
  area_m2: number;
  attributes: Record<string, unknown>;
}

/** The parts of GeoJSON that the page draws. */
export interface ReferenceAreas {
  type: "FeatureCollection";
  features: {
    type: "Feature";
    properties: { kind: "county" | "township"; name: string; synthetic: boolean };
    geometry:
      | { type: "Polygon"; coordinates: [number, number][][] }
      | { type: "MultiPolygon"; coordinates: [number, number][][][] };
  }[];
}

/** An RFC 9457 problem, the body of every refused request. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code?: string;
  request_id?: string;
}

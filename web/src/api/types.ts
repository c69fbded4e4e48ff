/**
 * What the server's `/api/v1` sends, under the names the page uses. Everything is derived from
 * `schema.ts`, which `npm run api` generates from the committed OpenAPI document; here is only what
 * that document does not say. Field names are the wire's (snake_case); `_m2` is square metres on
 * the CGCS2000 ellipsoid, dates are days in Asia/Shanghai.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** The document marks what may be null as optional too; the server sends every field. */
type Sent<T> = { [K in keyof T]-?: unknown extends T[K] ? T[K] : Sent<T[K]> };

/** `T` with some fields known more exactly; refused for a field that `T` has not or has otherwise. */
type Exactly<T, F extends { [K in keyof F]: K extends keyof T ? T[K] : never }> = Omit<T, keyof F> &
  F;

export type GradeName = keyof Schemas["ByGradeDoc"];
/** 1 reported, 2 evidenced, 3 verified, 4 accepted. */
export type GradeNumber = 1 | 2 | 3 | 4;
/** Area per stage 0 (untreated) to 6 (released). */
export type StageAreas = [number, number, number, number, number, number, number];
export type Bbox = [west: number, south: number, east: number, north: number];

export type Status = Schemas["Status"];
export type ServerStatus = Exactly<Sent<Schemas["ServerStatus"]>, { bbox: Bbox | null }>;

interface SiteExactly {
  bbox: Bbox | null;
  label_point: [lon: number, lat: number] | null;
  by_stage_m2: StageAreas;
}

export type Site = Exactly<Sent<Schemas["Site"]>, SiteExactly>;
export type SiteVersion = Sent<Schemas["SiteVersion"]>;
/** One ground measured by four methods. */
export type MeasuredArea = Sent<Schemas["MeasuredArea"]>;

export type SiteDetail = Exactly<
  Sent<Schemas["SiteDetail"]>,
  SiteExactly & {
    by_grade: Record<GradeName, { by_stage_m2: StageAreas }>;
    rows: RemainingRow[];
  }
>;

export type GradeFigures = Sent<Schemas["DoneDoc"]>;
export type Pace = Sent<Schemas["PaceDoc"]>;
export type RemainingRow = Exactly<
  Sent<Schemas["RowDoc"]>,
  { status: Status | null; by_stage_m2: StageAreas }
>;
export type Remaining = Exactly<
  Sent<Schemas["RemainingDoc"]>,
  { grade: GradeNumber; rows: RemainingRow[]; total: RemainingRow }
>;

export type TimelinePoint = Exactly<Sent<Schemas["TimelinePoint"]>, { by_stage_m2: StageAreas }>;
export type Timeline = Exactly<Sent<Schemas["Timeline"]>, { series: TimelinePoint[] }>;

/** Stage on and after a date: 0–6, -1 no footprint (any more), -2 exempt. */
export type Faces = Sent<Schemas["FacesAnswer"]>["faces"];
export type FaceSteps = Faces[string];

export type EventKind = Schemas["EventKind"];
export type SiteEvent = Exactly<
  Sent<Schemas["SiteEvent"]>,
  { grade: GradeNumber | null; ended_because: "revoked" | "superseded" | null }
>;

/** The parts of GeoJSON that the page draws. */
export type ReferenceAreas = Exactly<
  Sent<Schemas["ReferenceAreas"]>,
  {
    type: "FeatureCollection";
    features: Exactly<
      Sent<Schemas["AreaFeature"]>,
      {
        type: "Feature";
        geometry: { type: "MultiPolygon"; coordinates: [number, number][][][] };
      }
    >[];
  }
>;

/** An RFC 9457 problem, the body of every refused request; a proxy's own may say less. */
export type Problem = Pick<Schemas["Problem"], "title" | "status"> & Partial<Schemas["Problem"]>;

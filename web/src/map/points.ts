import type { Bbox, Site } from "../api/types";
import { largestStage } from "../board/figures";

export interface PointState {
  id: number;
  radius_px: number;
  stage: number;
}

const SMALLEST_PX = 4;
const LARGEST_PX = 22;

/**
 * A point per site, its area in proportion to what remains. The scale is the largest obligation
 * of the county, which time does not change, so that points shrink as ground is restored.
 */
export function pointStates(sites: readonly Site[]): PointState[] {
  const largest_m2 = Math.max(1, ...sites.map((site) => site.obligation_m2));
  return sites.map((site) => ({
    id: site.id,
    radius_px:
      SMALLEST_PX +
      (LARGEST_PX - SMALLEST_PX) *
        Math.sqrt(Math.min(1, Math.max(0, site.remaining_m2) / largest_m2)),
    stage: largestStage(site.by_stage_m2) ?? 0,
  }));
}

/** What holds every site; null while there is none with ground. */
export function extentOf(sites: readonly Pick<Site, "bbox">[]): Bbox | null {
  return sites.reduce<Bbox | null>((whole, { bbox }) => {
    if (bbox === null || whole === null) return whole ?? bbox;
    return [
      Math.min(whole[0], bbox[0]),
      Math.min(whole[1], bbox[1]),
      Math.max(whole[2], bbox[2]),
      Math.max(whole[3], bbox[3]),
    ];
  }, null);
}

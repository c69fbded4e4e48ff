import type { Bbox } from "../api/types";

export interface GraticuleLine {
  type: "Feature";
  properties: { label: string };
  geometry: { type: "LineString"; coordinates: [number, number][] };
}

/** A step in degrees that leaves some five to ten lines across a bbox. */
export function stepFor(bbox: Bbox): number {
  const span_deg = Math.max(bbox[2] - bbox[0], bbox[3] - bbox[1]);
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((step) => span_deg / step <= 8) ?? 1;
}

/** Meridians and parallels every `step_deg` around a bbox, each named in degrees. */
export function graticule(bbox: Bbox, step_deg = stepFor(bbox)): GraticuleLine[] {
  const [west, south, east, north] = bbox;
  // Beyond the first view, so that a pan or a zoom out does not run off the net.
  const margin_deg = 10 * step_deg;
  const low = (degrees: number) => Math.floor((degrees - margin_deg) / step_deg);
  const high = (degrees: number) => Math.ceil((degrees + margin_deg) / step_deg);
  const at = (index: number) => Number((index * step_deg).toFixed(6));
  const decimals = Math.max(0, Math.ceil(-Math.log10(step_deg)));
  const name = (degrees: number, plus: string, minus: string) =>
    `${Math.abs(degrees).toFixed(decimals)}°${degrees < 0 ? minus : plus}`;
  const line = (label: string, coordinates: [number, number][]): GraticuleLine => ({
    type: "Feature",
    properties: { label },
    geometry: { type: "LineString", coordinates },
  });

  const lines: GraticuleLine[] = [];
  const [left, right] = [at(low(west)), at(high(east))];
  const [bottom, top] = [Math.max(-85, at(low(south))), Math.min(85, at(high(north)))];
  for (let index = low(west); index <= high(east); index += 1) {
    const lon = at(index);
    lines.push(
      line(name(lon, "E", "W"), [
        [lon, bottom],
        [lon, top],
      ]),
    );
  }
  for (let index = low(south); index <= high(north); index += 1) {
    const lat = at(index);
    if (lat >= bottom && lat <= top)
      lines.push(
        line(name(lat, "N", "S"), [
          [left, lat],
          [right, lat],
        ]),
      );
  }
  return lines;
}

import type { Bbox } from "../api/types";

export interface GraticuleLine {
  type: "Feature";
  properties: { label: string };
  geometry: { type: "LineString"; coordinates: [number, number][] };
}

/** Meridians and parallels every `step_deg` around a bbox, each named in degrees. */
export function graticule(bbox: Bbox, step_deg = 0.1, margin_deg = 0.6): GraticuleLine[] {
  const [west, south, east, north] = bbox;
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

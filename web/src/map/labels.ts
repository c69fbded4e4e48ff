import type { ReferenceAreas } from "../api/types";

type Ring = readonly (readonly [number, number])[];

export interface LabelPoint {
  type: "Feature";
  properties: ReferenceAreas["features"][number]["properties"];
  geometry: { type: "Point"; coordinates: [number, number] };
}

/** Signed area and centroid of a ring in degrees: only to place a name, never a figure. */
function balance(ring: Ring): { size: number; at: [number, number] } {
  let size = 0;
  let lon = 0;
  let lat = 0;
  ring.forEach(([x1, y1], index) => {
    const [x2, y2] = ring[(index + 1) % ring.length] ?? [x1, y1];
    const cross = x1 * y2 - x2 * y1;
    size += cross / 2;
    lon += ((x1 + x2) * cross) / 6;
    lat += ((y1 + y2) * cross) / 6;
  });
  const [first] = ring;
  if (size === 0) return { size: 0, at: first ? [first[0], first[1]] : [0, 0] };
  return { size: Math.abs(size), at: [lon / size, lat / size] };
}

/** One point per area, in the middle of its largest part, so that a name is written once. */
export function labelPoints(areas: ReferenceAreas): LabelPoint[] {
  return areas.features.flatMap(({ properties, geometry }) => {
    const outer = geometry.coordinates.flatMap(([ring]) =>
      ring === undefined ? [] : [balance(ring)],
    );
    const [largest] = outer.sort((a, b) => b.size - a.size);
    if (!largest) return [];
    return [{ type: "Feature", properties, geometry: { type: "Point", coordinates: largest.at } }];
  });
}

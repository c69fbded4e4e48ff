import type { ExpressionSpecification } from "maplibre-gl";

/** Sources by id; the first three are the server's tile layers. */
export const SOURCE = {
  sites: "sites",
  parcels: "parcels",
  stages: "stages",
  reference: "reference",
  names: "names",
  graticule: "graticule",
} as const;

/** Layers inside the vector tiles. */
export const TILE_LAYER = {
  sites: "sites",
  points: "site_points",
  parcels: "parcels",
  stages: "stages",
} as const;

export const stageTiles = { source: SOURCE.stages, "source-layer": TILE_LAYER.stages } as const;
export const siteTiles = { source: SOURCE.sites, "source-layer": TILE_LAYER.sites } as const;
export const pointTiles = { source: SOURCE.sites, "source-layer": TILE_LAYER.points } as const;
export const parcelTiles = { source: SOURCE.parcels, "source-layer": TILE_LAYER.parcels } as const;

export type Expression = ExpressionSpecification;

/** The stage that a face or point was last told; -1 before it was told any. */
export const stage: Expression = ["coalesce", ["feature-state", "stage"], -1];

/** Opaque where a face is in this very stage, clear elsewhere. */
export const onlyIn = (index: number): Expression => ["case", ["==", stage, index], 1, 0];

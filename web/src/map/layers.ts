import type { LayerSpecification } from "maplibre-gl";
import { LABEL_LAYERS } from "./labelLayers";
import {
  type Expression,
  onlyIn,
  parcelTiles,
  pointTiles,
  SOURCE,
  siteTiles,
  stage,
  stageTiles,
} from "./sources";
import { COLOUR, EXEMPT, EXEMPT_FILL, STAGE_LOOKS } from "./stages";

/** Zoom from which ground is drawn as faces; below it a site is a point. */
const FACES_FROM = 10.5;
/** Zoom at which points have given way to ground. */
const POINTS_UNTIL = 12.5;

const fillColour = [
  "match",
  stage,
  ...STAGE_LOOKS.flatMap((look) => [look.stage, look.fill]),
  EXEMPT,
  EXEMPT_FILL,
  COLOUR.paper,
] as unknown as Expression;

const fillOpacity = [
  "match",
  stage,
  ...STAGE_LOOKS.flatMap((look) => [look.stage, look.opacity]),
  EXEMPT,
  0.45,
  0,
] as unknown as Expression;

/**
 * A point whose ground is mostly untreated is hollow, as untreated ground is on the map; a released
 * one is the pale tint that a quarter of its fill makes on paper.
 */
const pointColour: Expression = ["match", stage, 0, COLOUR.paper, 6, "#e4f0e9", fillColour];
const pointStroke: Expression = ["case", ["==", stage, 0], COLOUR.untreated, COLOUR.outline];

const isSelected: Expression = ["boolean", ["feature-state", "selected"], false];

/** Widths grow with the zoom: at county scale a 4 px halo would hide the ground it surrounds. */
const growing = (far: number, near: number): Expression => [
  "interpolate",
  ["linear"],
  ["zoom"],
  FACES_FROM,
  far,
  13,
  near,
];

export const patternId = (index: number) => `stage-${index}`;
export const patternLayerId = (index: number) => `stages-pattern-${index}`;

const ground: LayerSpecification[] = [
  { id: "paper", type: "background", paint: { "background-color": COLOUR.paper } },
  {
    id: "graticule",
    type: "line",
    source: SOURCE.graticule,
    paint: { "line-color": COLOUR.graticule, "line-width": 1 },
  },
  {
    id: "township-line",
    type: "line",
    source: SOURCE.reference,
    filter: ["==", ["get", "kind"], "township"],
    paint: { "line-color": COLOUR.township, "line-width": 1.2, "line-dasharray": [4, 2] },
  },
  {
    id: "county-line",
    type: "line",
    source: SOURCE.reference,
    filter: ["==", ["get", "kind"], "county"],
    paint: { "line-color": COLOUR.county, "line-width": 2 },
  },
];

/** `fill-pattern` takes no feature-state, its opacity does: one layer for each hatched stage. */
const patterns: LayerSpecification[] = STAGE_LOOKS.filter((look) => look.pattern !== "plain").map(
  (look) => ({
    id: patternLayerId(look.stage),
    type: "fill",
    ...stageTiles,
    minzoom: FACES_FROM,
    layout: { visibility: "none" },
    paint: {
      "fill-pattern": patternId(look.stage),
      "fill-opacity": onlyIn(look.stage),
    },
  }),
);

const faces: LayerSpecification[] = [
  {
    id: "stages-fill",
    type: "fill",
    ...stageTiles,
    minzoom: FACES_FROM,
    paint: { "fill-color": fillColour, "fill-opacity": fillOpacity, "fill-antialias": false },
  },
  ...patterns,
  {
    id: "stages-untreated-line",
    type: "line",
    ...stageTiles,
    minzoom: 11,
    paint: {
      "line-color": COLOUR.untreated,
      "line-width": 1.2,
      "line-dasharray": [3, 2],
      "line-opacity": onlyIn(0),
    },
  },
];

const outlines: LayerSpecification[] = [
  {
    id: "parcels-line",
    type: "line",
    ...parcelTiles,
    minzoom: 13,
    paint: { "line-color": COLOUR.outline, "line-width": 0.7, "line-opacity": 0.55 },
  },
  {
    id: "sites-halo",
    type: "line",
    ...siteTiles,
    minzoom: FACES_FROM,
    paint: { "line-color": COLOUR.halo, "line-width": growing(1.5, 5), "line-opacity": 0.9 },
  },
  {
    id: "sites-line",
    type: "line",
    ...siteTiles,
    minzoom: FACES_FROM,
    paint: {
      "line-color": ["case", isSelected, COLOUR.selected, COLOUR.outline],
      "line-width": growing(0.6, 1.8),
    },
  },
  {
    id: "sites-selected",
    type: "line",
    ...siteTiles,
    minzoom: FACES_FROM,
    paint: {
      "line-color": COLOUR.selected,
      "line-width": 3.5,
      "line-opacity": ["case", isSelected, 1, 0],
    },
  },
  {
    // Invisible, but it makes the whole footprint answer to the pointer.
    id: "sites-hit",
    type: "fill",
    ...siteTiles,
    minzoom: FACES_FROM,
    paint: { "fill-color": COLOUR.paper, "fill-opacity": 0 },
  },
];

const points: LayerSpecification[] = [
  {
    id: "points",
    type: "circle",
    ...pointTiles,
    maxzoom: POINTS_UNTIL,
    paint: {
      "circle-radius": ["coalesce", ["feature-state", "radius_px"], 4],
      "circle-color": pointColour,
      "circle-opacity": ["interpolate", ["linear"], ["zoom"], 11, 0.85, POINTS_UNTIL, 0],
      "circle-stroke-color": ["case", isSelected, COLOUR.selected, pointStroke],
      "circle-stroke-width": ["case", isSelected, 3, 1.5],
      "circle-stroke-opacity": ["interpolate", ["linear"], ["zoom"], 11, 1, POINTS_UNTIL, 0],
    },
  },
];

/** Bottom to top. */
export const LAYERS: readonly LayerSpecification[] = [
  ...ground,
  ...faces,
  ...outlines,
  ...points,
  ...LABEL_LAYERS,
];

/** The layers that a pointer can pick a site from, best first. */
export const PICK_LAYERS = ["points", "sites-hit"] as const;

import type { LayerSpecification } from "maplibre-gl";
import { onlyIn, parcelTiles, pointTiles, SOURCE, stageTiles } from "./sources";
import { COLOUR } from "./stages";

const halo = { "text-halo-color": COLOUR.paper, "text-halo-width": 1.6 } as const;

/** Names, above everything; drawn from local fonts. */
export const LABEL_LAYERS: LayerSpecification[] = [
  {
    id: "graticule-label",
    type: "symbol",
    source: SOURCE.graticule,
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 700,
      "text-field": ["get", "label"],
      "text-size": 10,
    },
    paint: { "text-color": COLOUR.labelMuted, "text-opacity": 0.8, ...halo },
  },
  {
    id: "released-tick",
    type: "symbol",
    ...stageTiles,
    minzoom: 12,
    // The ticks of other stages are drawn clear: they must not push a real label away.
    layout: {
      "text-field": "✓",
      "text-size": 13,
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": COLOUR.outline, "text-opacity": onlyIn(6) },
  },
  {
    id: "parcel-label",
    type: "symbol",
    ...parcelTiles,
    minzoom: 16,
    layout: { "text-field": ["get", "parcel_no"], "text-size": 11 },
    paint: { "text-color": COLOUR.label, ...halo },
  },
  {
    id: "township-label",
    type: "symbol",
    source: SOURCE.names,
    maxzoom: 13,
    filter: ["==", ["get", "kind"], "township"],
    layout: { "text-field": ["get", "name"], "text-size": 13, "text-letter-spacing": 0.2 },
    paint: { "text-color": COLOUR.labelMuted, ...halo },
  },
  {
    id: "site-label",
    type: "symbol",
    ...pointTiles,
    minzoom: 10.5,
    // Nearer than this the ground itself is what is looked at; its page names it.
    maxzoom: 14.5,
    layout: {
      "text-field": ["get", "name"],
      "text-size": 12,
      "text-variable-anchor": ["top", "bottom", "left", "right"],
      "text-radial-offset": 1.3,
      "text-justify": "auto",
      "text-max-width": 14,
    },
    paint: { "text-color": COLOUR.label, ...halo },
  },
];

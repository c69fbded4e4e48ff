import {
  type GeoJSONSource,
  type MapGeoJSONFeature,
  Map as MapLibre,
  type MapMouseEvent,
  NavigationControl,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Bbox, Faces, ReferenceAreas, Site } from "../api/types";
import { faceChanges } from "./faces";
import { graticule } from "./graticule";
import { labelPoints } from "./labels";
import { LAYERS, PICK_LAYERS, patternId, patternLayerId } from "./layers";
import { patternPixels, TILE_PX } from "./patterns";
import { pointStates } from "./points";
import { SOURCE, TILE_LAYER } from "./sources";
import { STAGE_LOOKS } from "./stages";

setWorkerUrl(workerUrl);

/** Local fonts only: without a `glyphs` address MapLibre draws every letter from these. */
const FONTS = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif";

const EMPTY: ReferenceAreas = { type: "FeatureCollection", features: [] };

/** Where the pointer is and what it is over; null when it is over no site. */
export type Hover = { siteId: number; stage: number | null; x: number; y: number } | null;

export interface SessionOptions {
  container: HTMLElement;
  bbox: Bbox;
  locale: Record<string, string>;
  onHover: (hover: Hover) => void;
  onPick: (siteId: number) => void;
}

function styleOf({ bbox }: SessionOptions): StyleSpecification {
  const tiles = (layer: string) => ({
    type: "vector" as const,
    url: new URL(`/tiles/${layer}`, location.href).href,
  });
  return {
    version: 8,
    sources: {
      [SOURCE.sites]: tiles("sites"),
      [SOURCE.parcels]: tiles("parcels"),
      [SOURCE.stages]: tiles("stages"),
      [SOURCE.reference]: { type: "geojson", data: EMPTY },
      [SOURCE.names]: { type: "geojson", data: EMPTY },
      [SOURCE.graticule]: {
        type: "geojson",
        data: { type: "FeatureCollection", features: graticule(bbox) },
      },
    },
    layers: [...LAYERS],
  };
}

/**
 * Owns the one MapLibre map of the page: gives it what it shows and says what was picked.
 * Throws MapLibre's `GPUInitializationError` when the browser has no WebGL2.
 */
export class MapSession {
  readonly map: MapLibre;
  readonly #ready: Promise<void>;
  #faces: Faces = {};
  #day = "";
  #shown: Map<number, number> = new Map();
  #selected: number | null = null;

  constructor(options: SessionOptions) {
    const origin = location.origin;
    this.map = new MapLibre({
      container: options.container,
      style: styleOf(options),
      bounds: options.bbox,
      fitBoundsOptions: { padding: 36, maxZoom: 14 },
      attributionControl: false,
      localIdeographFontFamily: FONTS,
      fadeDuration: 0,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      maxZoom: 19,
      locale: options.locale,
      // A tile address may come as a path; a worker can only ask for a whole one.
      transformRequest: (url) => ({ url: new URL(url, origin).href }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({ maxWidth: 90, unit: "metric" }), "bottom-left");
    this.#ready = new Promise((resolve) => this.map.once("load", () => resolve()));
    void this.#ready.then(() => this.#addPatterns());
    this.#listen(options);
  }

  #addPatterns(): void {
    for (const { stage, pattern } of STAGE_LOOKS) {
      if (pattern === "plain") continue;
      const image = { width: TILE_PX, height: TILE_PX, data: new Uint8Array(patternPixels(stage)) };
      this.map.addImage(patternId(stage), image, { pixelRatio: 2 });
    }
  }

  #listen({ onHover, onPick }: SessionOptions): void {
    const siteAt = (event: MapMouseEvent) => {
      const hits = this.map.queryRenderedFeatures(event.point, { layers: [...PICK_LAYERS] });
      return hits[0] === undefined ? null : Number(hits[0].id);
    };
    this.map.on("mousemove", (event) => {
      const siteId = siteAt(event);
      this.map.getCanvas().style.cursor = siteId === null ? "" : "pointer";
      const { x, y } = event.point;
      onHover(siteId === null ? null : { siteId, stage: this.#stageAt(event), x, y });
    });
    this.map.on("mouseout", () => onHover(null));
    this.map.on("click", (event) => {
      const siteId = siteAt(event);
      if (siteId !== null) onPick(siteId);
    });
  }

  #stageAt(event: MapMouseEvent): number | null {
    const layers = ["stages-fill"];
    const [face]: MapGeoJSONFeature[] = this.map.queryRenderedFeatures(event.point, { layers });
    return face === undefined ? null : (this.#shown.get(Number(face.id)) ?? null);
  }

  /** Resolves at the first moment when everything asked for is drawn. */
  async idle(): Promise<void> {
    await this.#ready;
    if (this.map.areTilesLoaded() && !this.map.isMoving()) {
      this.map.triggerRepaint();
    }
    await new Promise<void>((resolve) => this.map.once("idle", () => resolve()));
  }

  async showReference(areas: ReferenceAreas): Promise<void> {
    await this.#ready;
    this.map.getSource<GeoJSONSource>(SOURCE.reference)?.setData(areas);
    const names = { type: "FeatureCollection" as const, features: labelPoints(areas) };
    this.map.getSource<GeoJSONSource>(SOURCE.names)?.setData(names);
  }

  async showFaces(faces: Faces): Promise<void> {
    this.#faces = faces;
    await this.#recolour();
  }

  /** Recolours the ground to its stages on a day; nothing is loaded again. */
  async showDay(day: string): Promise<void> {
    this.#day = day;
    await this.#recolour();
  }

  async #recolour(): Promise<void> {
    await this.#ready;
    const { changes, shown } = faceChanges(this.#faces, this.#day, this.#shown);
    this.#shown = shown;
    for (const { id, stage } of changes) {
      const face = { source: SOURCE.stages, sourceLayer: TILE_LAYER.stages, id };
      this.map.setFeatureState(face, { stage });
    }
  }

  async showSites(sites: readonly Site[]): Promise<void> {
    await this.#ready;
    for (const { id, radius_px, stage } of pointStates(sites)) {
      const point = { source: SOURCE.sites, sourceLayer: TILE_LAYER.points, id };
      this.map.setFeatureState(point, { radius_px, stage });
    }
  }

  async select(siteId: number | null): Promise<void> {
    await this.#ready;
    for (const sourceLayer of [TILE_LAYER.sites, TILE_LAYER.points]) {
      const mark = (id: number | null, selected: boolean) =>
        id !== null &&
        this.map.setFeatureState({ source: SOURCE.sites, sourceLayer, id }, { selected });
      mark(this.#selected, false);
      mark(siteId, true);
    }
    this.#selected = siteId;
  }

  async showPatterns(shown: boolean): Promise<void> {
    await this.#ready;
    for (const { stage, pattern } of STAGE_LOOKS) {
      if (pattern === "plain") continue;
      this.map.setLayoutProperty(patternLayerId(stage), "visibility", shown ? "visible" : "none");
    }
  }

  async fit(bbox: Bbox, pace: "at once" | "gliding" = "gliding"): Promise<void> {
    await this.#ready;
    const still = pace === "at once" || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(bbox, { padding: 36, maxZoom: 17, duration: still ? 0 : 150 });
  }

  destroy(): void {
    this.map.remove();
  }
}

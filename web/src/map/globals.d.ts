import type { Map as MapLibre } from "maplibre-gl";

declare global {
  interface Window {
    /** True from the first moment that the map has drawn everything asked for. */
    __mapIdle?: boolean;
    /** The map itself, for the end-to-end walk and the console. */
    __map?: MapLibre;
  }
}

/** The one table of stages: what the map, its legend and every stage bar are coloured from. */

export type Pattern = "cross" | "diagonal" | "horizontal" | "dots" | "plain";

export interface StageLook {
  stage: number;
  /** Key in the message catalogue, `stage.<key>`. */
  key: "untreated" | "clear" | "shape" | "cover_soil" | "regreen" | "maintain" | "released";
  fill: string;
  /** Opacity of the fill: 0 untreated is an outline, 6 released a tint with a tick. */
  opacity: number;
  /** Text and hatching on the fill; contrast ≥ 4.5 (ux §7). */
  ink: string;
  pattern: Pattern;
}

/** Dark is work left, pale is done; lightness falls in one direction so that grey print keeps it. */
export const STAGE_LOOKS: readonly StageLook[] = [
  { stage: 0, key: "untreated", fill: "#6b2fa0", opacity: 0.12, ink: "#4a1f72", pattern: "plain" },
  { stage: 1, key: "clear", fill: "#4f1d1a", opacity: 1, ink: "#ffffff", pattern: "cross" },
  { stage: 2, key: "shape", fill: "#9c3f16", opacity: 1, ink: "#ffffff", pattern: "diagonal" },
  {
    stage: 3,
    key: "cover_soil",
    fill: "#bc7c0c",
    opacity: 1,
    ink: "#1c2420",
    pattern: "horizontal",
  },
  { stage: 4, key: "regreen", fill: "#a9cc7a", opacity: 1, ink: "#1c2420", pattern: "dots" },
  { stage: 5, key: "maintain", fill: "#b4efe6", opacity: 1, ink: "#1c2420", pattern: "plain" },
  { stage: 6, key: "released", fill: "#b4efe6", opacity: 0.25, ink: "#1c2420", pattern: "plain" },
];

/** What a face can be besides a stage (API: /timeline/faces). */
export const NO_FOOTPRINT = -1;
export const EXEMPT = -2;

export const EXEMPT_FILL = "#9aa39d";

export const COLOUR = {
  paper: "#f4f1ea",
  outline: "#0b3d36",
  halo: "#ffffff",
  untreated: "#6b2fa0",
  selected: "#0b5cad",
  county: "#75817a",
  township: "#a9b0a6",
  graticule: "#dcd7ca",
  label: "#1c2420",
  labelMuted: "#56625b",
} as const;

export function lookOf(stage: number): StageLook | undefined {
  return STAGE_LOOKS.find((look) => look.stage === stage);
}

import type { FaceSteps, Faces } from "../api/types";
import { NO_FOOTPRINT } from "./stages";

/** The stage of a face on a day: that of its last step not after it; before the first, none. */
export function stageOn(steps: FaceSteps, day: string): number {
  let stage = NO_FOOTPRINT;
  for (const [on, next] of steps) {
    if (on > day) break;
    stage = next;
  }
  return stage;
}

export interface FaceChange {
  id: number;
  stage: number;
}

/**
 * The faces whose stage differs from what is shown, and the shown stages after it. Recolouring
 * only these keeps a drag of the slider within a frame or two for thousands of faces.
 */
export function faceChanges(
  faces: Faces,
  day: string,
  shown: ReadonlyMap<number, number>,
): { changes: FaceChange[]; shown: Map<number, number> } {
  const changes: FaceChange[] = [];
  const next = new Map<number, number>();
  for (const [key, steps] of Object.entries(faces)) {
    const id = Number(key);
    const stage = stageOn(steps, day);
    next.set(id, stage);
    if (shown.get(id) !== stage) changes.push({ id, stage });
  }
  for (const id of shown.keys()) {
    if (!next.has(id)) changes.push({ id, stage: NO_FOOTPRINT });
  }
  return { changes, shown: next };
}

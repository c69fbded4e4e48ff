import type { RemainingRow } from "../api/types";

/** A deadline on the rail, with the obligations that fall due on it. */
export interface Flag {
  due: string;
  isLate: boolean;
  titles: string[];
}

export function flagsOf(
  rows: readonly Pick<RemainingRow, "due_on" | "status" | "title">[],
): Flag[] {
  const flags = new Map<string, Flag>();
  for (const { due_on, status, title } of rows) {
    if (due_on === null) continue;
    const flag = flags.get(due_on) ?? { due: due_on, isLate: false, titles: [] };
    flag.titles.push(title);
    flag.isLate ||= status === "overdue";
    flags.set(due_on, flag);
  }
  return [...flags.values()].sort((a, b) => a.due.localeCompare(b.due));
}

/**
 * The lane of each label so that none covers another; null when every lane is taken, and the
 * flag then stands without its date. Positions are where labels start; all lengths in CSS pixels.
 */
export function lanesOf(
  positions: readonly number[],
  label_px: number,
  lanes: number,
): (number | null)[] {
  const freeFrom: number[] = Array.from({ length: lanes }, () => Number.NEGATIVE_INFINITY);
  return positions.map((position) => {
    const lane = freeFrom.findIndex((free) => position >= free);
    if (lane < 0) return null;
    freeFrom[lane] = position + label_px;
    return lane;
  });
}

import type { GradeName, RemainingRow, Status } from "../api/types";
import { daysBetween } from "../units/dates";

/** Best first: the order in which a split bar is read. */
export const GRADES: readonly GradeName[] = ["accepted", "verified", "evidenced", "reported"];

export type SplitPart = GradeName | "remaining";

export interface SplitSegment {
  part: SplitPart;
  area_m2: number;
}

/**
 * The obligation's ground split by the best proof there is of its being done. `by_grade` is
 * cumulative (grade ≥ g), so each segment is a difference; rounding noise never goes below zero.
 */
export function splitByGrade(row: Pick<RemainingRow, "by_grade">): SplitSegment[] {
  const { accepted, verified, evidenced, reported } = row.by_grade;
  const positive = (area_m2: number) => Math.max(0, area_m2);
  return [
    { part: "accepted", area_m2: positive(accepted.done_m2) },
    { part: "verified", area_m2: positive(verified.done_m2 - accepted.done_m2) },
    { part: "evidenced", area_m2: positive(evidenced.done_m2 - verified.done_m2) },
    { part: "reported", area_m2: positive(reported.done_m2 - evidenced.done_m2) },
    { part: "remaining", area_m2: positive(reported.remaining_m2) },
  ];
}

/** Rem₄ − Rem₁: ground that somebody says is done and nobody has accepted. */
export function claimedNotAccepted_m2(row: Pick<RemainingRow, "by_grade">): number {
  const { accepted, reported } = row.by_grade;
  return Math.max(0, accepted.remaining_m2 - reported.remaining_m2);
}

export type StatusTone = "bad" | "warn" | "good" | "done" | "none";

export interface StatusLook {
  icon: string;
  tone: StatusTone;
}

/** Icon and tone of each status; the word comes from the message catalogue. */
export const STATUS_LOOK: Record<Status, StatusLook> = {
  overdue: { icon: "▲", tone: "bad" },
  behind: { icon: "▼", tone: "bad" },
  near_due: { icon: "◆", tone: "warn" },
  no_data: { icon: "?", tone: "warn" },
  awaiting_acceptance: { icon: "◐", tone: "warn" },
  on_track: { icon: "●", tone: "good" },
  done: { icon: "✓", tone: "done" },
  no_ground: { icon: "○", tone: "none" },
};

/** Worst first: how a list sorted by status is read. */
export const STATUS_ORDER: readonly Status[] = [
  "overdue",
  "no_data",
  "behind",
  "near_due",
  "awaiting_acceptance",
  "on_track",
  "no_ground",
  "done",
];

export type DueText =
  | { kind: "left" | "overdue" | "past_done"; days: number }
  | { kind: "today" }
  | { kind: "none" };

/** Days to or past the due day as of a date; the due day itself is still in time. */
export function dueText(row: Pick<RemainingRow, "due_on" | "status">, asOf: string): DueText {
  if (row.due_on === null) return { kind: "none" };
  const days = daysBetween(asOf, row.due_on);
  if (days > 0) return { kind: "left", days };
  if (days === 0) return { kind: "today" };
  const settled = row.status === "done" || row.status === "no_ground";
  return { kind: settled ? "past_done" : "overdue", days: -days };
}

/** Nothing was surveyed: its zero is not a success and is never shown as one. */
export function isUnsurveyed(row: Pick<RemainingRow, "status" | "obligation_m2">): boolean {
  return row.status === "no_ground" || !(row.obligation_m2 > 0);
}

export function stageSum_m2(areas: readonly number[]): number {
  return areas.reduce((sum, area_m2) => sum + area_m2, 0);
}

/** Regreen is what "restored" means when no obligation says more (product book §4). */
const RESTORED = 4;
const RELEASED = 6;

/** How far the county's ground has come, apart from the last stage that its total waits for. */
export interface Progress {
  /** The highest stage that an obligation with ground asks for short of release. */
  milestone: number;
  /** Ground at the milestone or beyond. */
  reached_m2: number;
  /** The part of it that is released. */
  released_m2: number;
  /** Whether an obligation with ground counts it as remaining until it is released. */
  untilReleased: boolean;
}

/**
 * The total counts ground as remaining until it reached the highest stage asked of it. Where that
 * is release, nearly everything remains to the end, so the milestone before it is told apart.
 */
export function progressOf(
  areas: readonly number[],
  rows: readonly Pick<RemainingRow, "required_stage" | "obligation_m2">[],
): Progress {
  const required = rows
    .filter((row) => row.obligation_m2 > 0)
    .flatMap((row) => row.required_stage ?? []);
  const milestone = Math.max(0, ...required.filter((stage) => stage < RELEASED)) || RESTORED;
  return {
    milestone,
    reached_m2: stageSum_m2(areas.slice(milestone)),
    released_m2: areas[RELEASED] ?? 0,
    untilReleased: required.includes(RELEASED),
  };
}

/** What a split by grade is drawn from. */
export type Standing = Pick<RemainingRow, "by_grade" | "obligation_m2">;

/**
 * How much ground stands at the milestone or beyond at each grade. Release counts only when it is
 * accepted, so where the total waits for it Rem₄ − Rem₁ is zero and "is it real?" is asked here.
 */
export function standingAt(
  milestone: number,
  areas: Record<GradeName, readonly number[]>,
): Standing {
  const split = (stages: readonly number[]) => ({
    done_m2: stageSum_m2(stages.slice(milestone)),
    remaining_m2: stageSum_m2(stages.slice(0, milestone)),
  });
  return {
    obligation_m2: stageSum_m2(areas.accepted),
    by_grade: {
      accepted: split(areas.accepted),
      verified: split(areas.verified),
      evidenced: split(areas.evidenced),
      reported: split(areas.reported),
    },
  };
}

/** The stage that most of the ground is in; the earlier one when two hold the same. */
export function largestStage(areas: readonly number[]): number | null {
  let best: number | null = null;
  areas.forEach((area_m2, stage) => {
    if (area_m2 > 0 && (best === null || area_m2 > (areas[best] ?? 0))) best = stage;
  });
  return best;
}

/** Nearest deadline first; those without one, and then the key, last. */
export function byDeadline<T extends Pick<RemainingRow, "due_on" | "key">>(
  rows: readonly T[],
): T[] {
  return [...rows].sort((a, b) => {
    const due = (a.due_on ?? "9999").localeCompare(b.due_on ?? "9999");
    return due === 0 ? a.key.localeCompare(b.key) : due;
  });
}

import type { ServerStatus, TimelinePoint } from "../api/types";
import { dayNumber, dayOf } from "../units/dates";

/** The days a time rail spans; both ends belong to it. */
export interface Axis {
  from: string;
  to: string;
}

/** Event dates before this are "from the beginning", not a day worth an axis of a century. */
const EARLIEST = "1990-01-01";

/**
 * From the first event to today or the last deadline, whichever is later, so that a deadline that
 * is still ahead is seen ahead.
 */
export function axisOf(
  status: Pick<ServerStatus, "today" | "first_on">,
  dates: readonly string[],
  dues: readonly string[],
): Axis {
  const known = [...dates, ...dues].filter((day) => day >= EARLIEST).sort();
  const first =
    status.first_on !== null && status.first_on >= EARLIEST ? status.first_on : known[0];
  const to = [status.today, known.at(-1) ?? status.today].sort().at(-1) ?? status.today;
  const from = first ?? dayOf(dayNumber(to) - 365);
  return from < to ? { from, to } : { from: dayOf(dayNumber(to) - 30), to };
}

/** Where a day lies on the axis, 0 to 1; days outside are held to its ends. */
export function fractionOf(axis: Axis, day: string): number {
  const from = dayNumber(axis.from);
  const span = dayNumber(axis.to) - from;
  return Math.min(1, Math.max(0, (dayNumber(day) - from) / span));
}

export function dayAt(axis: Axis, fraction: number): string {
  const from = dayNumber(axis.from);
  const span = dayNumber(axis.to) - from;
  return dayOf(Math.round(from + Math.min(1, Math.max(0, fraction)) * span));
}

/** The days the slider stops at: every change, every deadline and today, never an empty month. */
export function stopsOf(
  axis: Axis,
  dates: readonly string[],
  dues: readonly string[],
  today: string,
): string[] {
  const within = [...dates, ...dues, today].filter((day) => day >= axis.from && day <= axis.to);
  return [...new Set(within)].sort();
}

/** Index of the last of the ascending days that is not after `day`; -1 when all are. */
export function lastNotAfter(days: readonly string[], day: string): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? "") <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function nearestStop(stops: readonly string[], day: string): string {
  const before = stops[lastNotAfter(stops, day)];
  const after = stops[lastNotAfter(stops, day) + 1];
  if (before === undefined) return after ?? day;
  if (after === undefined) return before;
  const wanted = dayNumber(day);
  return wanted - dayNumber(before) <= dayNumber(after) - wanted ? before : after;
}

/** The stop `steps` further on (or back); held at both ends. */
export function stopFrom(stops: readonly string[], day: string, steps: number): string {
  const at = lastNotAfter(stops, day);
  const onStop = stops[at] === day;
  const wanted = steps < 0 && !onStop ? at + steps + 1 : at + steps;
  return stops[Math.min(stops.length - 1, Math.max(0, wanted))] ?? day;
}

/** The figures in force on a day: those of the last change not after it. */
export function pointAt(series: readonly TimelinePoint[], day: string): TimelinePoint | null {
  const days = series.map((point) => point.as_of);
  return series[lastNotAfter(days, day)] ?? null;
}

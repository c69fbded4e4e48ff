import type { SiteEvent } from "../api/types";

/** Newest first by the day it happened, then by when it was recorded; undated ones are oldest. */
export function orderEvents(events: readonly SiteEvent[]): SiteEvent[] {
  return [...events].sort(
    (a, b) =>
      (b.valid_on ?? "").localeCompare(a.valid_on ?? "") ||
      b.recorded_at.localeCompare(a.recorded_at) ||
      b.id - a.id,
  );
}

/** What counts today; revoked and superseded records stay readable on demand. */
export function visibleEvents(events: readonly SiteEvent[], withEnded: boolean): SiteEvent[] {
  return orderEvents(events).filter((event) => withEnded || event.ended_at === null);
}

/** Whether an event lies after the date that the figures are of. */
export function isAfter(event: SiteEvent, asOf: string): boolean {
  return event.valid_on !== null && event.valid_on > asOf;
}

import type { Site, Status } from "../api/types";
import { STATUS_ORDER } from "./figures";

export type SiteColumn = "name" | "township" | "status" | "obligation" | "remaining";

export interface SiteOrder {
  column: SiteColumn;
  descending: boolean;
}

const collator = new Intl.Collator("zh-Hans-CN", { numeric: true });

/** The words of a filter must all occur in a site's name, code, township or liable party. */
export function matches(site: Site, filter: string): boolean {
  const words = filter.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = [site.name, site.code, site.township, site.liable]
    .filter((part) => part !== null)
    .join(" ")
    .toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function rank(status: Status | null): number {
  return status === null ? STATUS_ORDER.length : STATUS_ORDER.indexOf(status);
}

function compare(a: Site, b: Site, column: SiteColumn): number {
  switch (column) {
    case "name":
      return collator.compare(a.name, b.name);
    case "township":
      return collator.compare(a.township ?? "", b.township ?? "");
    case "status":
      return rank(a.status) - rank(b.status);
    case "obligation":
      return a.obligation_m2 - b.obligation_m2;
    case "remaining":
      return a.remaining_m2 - b.remaining_m2;
  }
}

/** The sites that match, in order; equal ones by code, so that the list never jumps. */
export function listSites(sites: readonly Site[], filter: string, order: SiteOrder): Site[] {
  const sign = order.descending ? -1 : 1;
  return sites
    .filter((site) => matches(site, filter))
    .sort((a, b) => sign * compare(a, b, order.column) || collator.compare(a.code, b.code));
}

/** A click on a column's head: areas start with the greatest, words with the first. */
export function reorder(order: SiteOrder, column: SiteColumn): SiteOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column === "remaining" || column === "obligation" };
}

/** The neighbour in the list, for `N` and `P`; the first one when nothing is selected. */
export function neighbour(
  sites: readonly Site[],
  code: string | null,
  step: 1 | -1,
): string | null {
  const at = sites.findIndex((site) => site.code === code);
  if (at < 0) return (step === 1 ? sites[0] : sites.at(-1))?.code ?? null;
  return sites[at + step]?.code ?? null;
}

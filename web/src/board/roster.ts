import { computed, type InjectionKey, inject, ref } from "vue";
import type { Board } from "../app/board";
import { listSites, neighbour, reorder, type SiteColumn, type SiteOrder } from "./siteOrder";

/** The list of sites as filtered and ordered: what the table shows and `N`/`P` walk along. */
export function useRoster(board: Board) {
  const filter = ref("");
  const order = ref<SiteOrder>({ column: "remaining", descending: true });
  const all = computed(() => board.sites.data.value ?? []);
  const shown = computed(() => listSites(all.value, filter.value, order.value));

  function orderBy(column: SiteColumn): void {
    order.value = reorder(order.value, column);
  }

  const beside = (step: 1 | -1) => neighbour(shown.value, board.siteCode.value, step);

  /** Opens the neighbour in the list; false at its end. */
  function step(by: 1 | -1): boolean {
    const code = beside(by);
    if (code === null) return false;
    board.open(`/site/${encodeURIComponent(code)}`);
    return true;
  }

  return { filter, order, all, shown, orderBy, beside, step };
}

export type Roster = ReturnType<typeof useRoster>;

export const ROSTER: InjectionKey<Roster> = Symbol("roster");

export function useSharedRoster(): Roster {
  const roster = inject(ROSTER);
  if (!roster) throw new Error("the roster is provided by App");
  return roster;
}

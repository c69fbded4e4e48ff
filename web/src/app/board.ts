import { type ComputedRef, computed, type InjectionKey, inject } from "vue";
import { useRoute } from "vue-router";
import type { Question } from "../api/client";
import {
  useFaces,
  useReferenceAreas,
  useRemaining,
  useSites,
  useStatus,
  useTimeline,
} from "../api/queries";
import { axisOf, stopsOf } from "../timeline/axis";
import { formatArea, formatRawM2 } from "../units/area";
import { useView } from "./useView";
import type { View } from "./view";

/** Every request of the screen, made once and shared by the panels, the rail and the map. */
function useAnswers(view: ComputedRef<View>) {
  const lang = () => view.value.lang;
  const grade = () => view.value.grade;
  const question = computed<Question>(() => ({ asOf: view.value.asOf, grade: view.value.grade }));
  return {
    question,
    status: useStatus(lang),
    remaining: useRemaining(question, lang),
    sites: useSites(question, lang),
    timeline: useTimeline(grade, lang),
    faces: useFaces(grade, lang),
    reference: useReferenceAreas(lang),
  };
}

/** The answers and the days they are about. */
export function useBoard() {
  const control = useView();
  const { view, liveAsOf } = control;
  const route = useRoute();
  const answers = useAnswers(view);
  const { status, remaining, sites, timeline } = answers;

  const today = computed(() => status.data.value?.today ?? "");
  /** The date that the figures are of. */
  const asOf = computed(() => view.value.asOf ?? today.value);
  /** The date that the slider is on. */
  const liveDay = computed(() => liveAsOf.value ?? today.value);
  const rows = computed(() => remaining.data.value?.rows ?? []);
  const dues = computed(() => [...new Set(rows.value.flatMap((row) => row.due_on ?? []))].sort());
  const dates = computed(() => timeline.data.value?.dates ?? []);
  const axis = computed(() =>
    status.data.value ? axisOf(status.data.value, dates.value, dues.value) : null,
  );
  const stops = computed(() =>
    axis.value === null ? [] : stopsOf(axis.value, dates.value, dues.value, today.value),
  );
  const siteCode = computed(() => {
    const { code } = route.params;
    return typeof code === "string" && code !== "" ? code : null;
  });
  const isUpdating = computed(
    () =>
      liveDay.value !== asOf.value ||
      remaining.isPlaceholderData.value ||
      sites.isPlaceholderData.value,
  );
  const goToDay = (day: string) => control.moveTo(day === today.value ? null : day);
  const area = (area_m2: number) => formatArea(area_m2, view.value.unit);
  const days = { today, asOf, liveDay, dues, axis, stops };

  return {
    ...control,
    ...answers,
    ...days,
    siteCode,
    isUpdating,
    goToDay,
    area,
    rawArea: formatRawM2,
  };
}

export type Board = ReturnType<typeof useBoard>;

export const BOARD: InjectionKey<Board> = Symbol("board");

/** The board of the page; the shell provides it before anything else is set up. */
export function useSharedBoard(): Board {
  const board = inject(BOARD);
  if (!board) throw new Error("the board is provided by App");
  return board;
}

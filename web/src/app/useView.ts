import { computed, ref, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { switchLanguage } from "../i18n";
import { queryOf, type View, viewOf } from "./view";

const REMEMBERED = { unit: "qingshan.unit", lang: "qingshan.lang" } as const;

/** Storage may be switched off; then nothing is remembered and nothing breaks. */
function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing depends on it.
  }
}

export function preferredView(query: Record<string, unknown>): View {
  return viewOf(query, {
    unit: recall(REMEMBERED.unit),
    lang: recall(REMEMBERED.lang),
    browserLang: navigator.language,
  });
}

/** How long the slider rests before the figures are asked for and the address is written. */
const SETTLE_MS = 120;

/** The view in the address bar, and the date under the slider a moment before it gets there. */
export function useView() {
  const route = useRoute();
  const router = useRouter();
  const view = computed<View>(() => preferredView(route.query));
  const liveAsOf = ref<string | null>(view.value.asOf);
  let settling: ReturnType<typeof setTimeout> | undefined;

  function change(part: Partial<View>): void {
    const next = { ...view.value, ...part };
    if (part.unit) remember(REMEMBERED.unit, part.unit);
    if (part.lang) remember(REMEMBERED.lang, part.lang);
    void router.replace({ path: route.path, query: queryOf(next) });
  }

  /** The map follows at once, the figures as soon as the date rests. */
  function moveTo(asOf: string | null): void {
    liveAsOf.value = asOf;
    clearTimeout(settling);
    settling = setTimeout(() => change({ asOf: liveAsOf.value }), SETTLE_MS);
  }

  watch(
    () => view.value.asOf,
    (asOf) => {
      clearTimeout(settling);
      liveAsOf.value = asOf;
    },
  );
  watch(
    () => view.value.lang,
    (lang) => void switchLanguage(lang),
    { immediate: true },
  );

  /** Goes to another page with the same date, grade, unit and language. */
  function open(path: string): void {
    void router.push({ path, query: queryOf(view.value) });
  }

  const linkTo = (path: string) => ({ path, query: queryOf(view.value) });

  return { view, liveAsOf, change, moveTo, open, linkTo };
}

export type ViewControl = ReturnType<typeof useView>;

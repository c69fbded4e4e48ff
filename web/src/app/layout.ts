import { computed, type InjectionKey, inject, ref } from "vue";
import { useMedia } from "./useMedia";

/** Where the list of sites stands: beside the map, under the obligations, or for the map. */
export type ListPlace = "side" | "panel" | "map";

export function useLayout() {
  const isPhone = useMedia("(max-width: 1023.98px)");
  const isWide = useMedia("(min-width: 1600px)");
  /** Set by the map when the browser has no WebGL2. */
  const mapIsUnsupported = ref(false);
  const filterField = ref<HTMLInputElement | null>(null);
  const listPlace = computed<ListPlace>(() => {
    if (mapIsUnsupported.value) return "map";
    return isWide.value ? "side" : "panel";
  });
  return { isPhone, isWide, mapIsUnsupported, filterField, listPlace };
}

export type Layout = ReturnType<typeof useLayout>;

export const LAYOUT: InjectionKey<Layout> = Symbol("layout");

export function useSharedLayout(): Layout {
  const layout = inject(LAYOUT);
  if (!layout) throw new Error("the layout is provided by App");
  return layout;
}

import { onScopeDispose, type Ref, ref, watch } from "vue";

/** The width of an element in CSS pixels, as it changes. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Ref<number> {
  const width = ref(0);
  const observer = new ResizeObserver(([entry]) => {
    width.value = entry?.contentRect.width ?? 0;
  });
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
    },
    { immediate: true, flush: "post" },
  );
  onScopeDispose(() => observer.disconnect());
  return width;
}

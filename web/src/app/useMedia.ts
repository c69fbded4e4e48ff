import { onScopeDispose, type Ref, ref } from "vue";

/** Whether a media query holds, as it changes. */
export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const holds = ref(list.matches);
  const update = () => {
    holds.value = list.matches;
  };
  list.addEventListener("change", update);
  onScopeDispose(() => list.removeEventListener("change", update));
  return holds;
}

/** Many steps at once, as a slider's PageUp and PageDown. */
const PAGE = 10;

/** How many stops a key moves the slider; null when the key is not the slider's. */
export function sliderSteps(key: string): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return 1;
    case "ArrowLeft":
    case "ArrowDown":
      return -1;
    case "PageUp":
      return PAGE;
    case "PageDown":
      return -PAGE;
    case "Home":
      return Number.NEGATIVE_INFINITY;
    case "End":
      return Number.POSITIVE_INFINITY;
    default:
      return null;
  }
}

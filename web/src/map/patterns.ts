import { lookOf, type Pattern } from "./stages";

/** Side of a hatch tile in device pixels; divides by the periods below, so tiles join seamlessly. */
export const TILE_PX = 16;

/** Whether a hatch has ink at a pixel. Pure, so that map and legend cannot differ. */
export function hasInk(pattern: Pattern, x: number, y: number): boolean {
  switch (pattern) {
    case "cross":
      return (x + y) % 8 < 2 || (x - y + TILE_PX) % 8 < 2;
    case "diagonal":
      return (x + y) % 8 < 2;
    case "horizontal":
      return y % 8 < 2;
    case "dots":
      return x % 8 < 3 && y % 8 < 3;
    case "plain":
      return false;
  }
}

function channels(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Ink alone on a clear ground: the stage's colour shows through. */
export function patternPixels(stage: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(TILE_PX * TILE_PX * 4);
  const look = lookOf(stage);
  if (!look) return pixels;
  const [red, green, blue] = channels(look.ink);
  for (let y = 0; y < TILE_PX; y += 1) {
    for (let x = 0; x < TILE_PX; x += 1) {
      if (!hasInk(look.pattern, x, y)) continue;
      pixels.set([red, green, blue, 190], (y * TILE_PX + x) * 4);
    }
  }
  return pixels;
}

/** The same tile as a CSS image, for swatches and bars outside the map. */
export function patternUrl(stage: number): string | null {
  const look = lookOf(stage);
  if (!look || look.pattern === "plain") return null;
  const canvas = document.createElement("canvas");
  canvas.width = TILE_PX;
  canvas.height = TILE_PX;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.putImageData(new ImageData(patternPixels(stage), TILE_PX, TILE_PX), 0, 0);
  return canvas.toDataURL();
}

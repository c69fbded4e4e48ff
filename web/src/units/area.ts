/** Display units of area. Everything is kept in m²; a unit exists only where text is shown. */
export type Unit = "mu" | "ha" | "m2";

export const UNITS: readonly Unit[] = ["mu", "ha", "m2"];

/** 1 亩 = 10000/15 m² (product book §2); 1 hm² = 10000 m². */
const M2_PER_UNIT: Record<Unit, number> = { mu: 10000 / 15, ha: 10000, m2: 1 };

/** Decimals on screen: 亩 2, hm² 4, m² 0 (ux rule 20). */
const DECIMALS: Record<Unit, number> = { mu: 2, ha: 4, m2: 0 };

const formatters = new Map<number, Intl.NumberFormat>();

/** Groups thousands alike in both languages, so that a figure reads the same on both pages. */
function formatter(decimals: number): Intl.NumberFormat {
  let known = formatters.get(decimals);
  if (!known) {
    known = new Intl.NumberFormat("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    formatters.set(decimals, known);
  }
  return known;
}

export function isUnit(text: unknown): text is Unit {
  return typeof text === "string" && (UNITS as readonly string[]).includes(text);
}

/** The unit after this one, round and round: what the `U` key asks for. */
export function nextUnit(unit: Unit): Unit {
  return UNITS[(UNITS.indexOf(unit) + 1) % UNITS.length] ?? "mu";
}

export function inUnit(area_m2: number, unit: Unit): number {
  return area_m2 / M2_PER_UNIT[unit];
}

/**
 * The number as shown, without its unit. A positive area that would round to zero is shown as
 * "<0.01": ground that is left must never read as none.
 */
export function formatArea(area_m2: number, unit: Unit): string {
  const decimals = DECIMALS[unit];
  const value = inUnit(area_m2, unit);
  const smallest = 10 ** -decimals;
  if (value > 0 && value < smallest / 2) return `<${formatter(decimals).format(smallest)}`;
  const text = formatter(decimals).format(value);
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}

/** Square metres for the tooltip: two decimals, as the product book keeps them. */
export function formatRawM2(area_m2: number): string {
  return `${formatter(2).format(area_m2)} m²`;
}

/** Share of `whole` in percent, floored below 100 so that "100%" means all of it. */
export function formatShare(part_m2: number, whole_m2: number): string {
  if (!(whole_m2 > 0)) return "–";
  const percent = (part_m2 / whole_m2) * 100;
  if (percent <= 0) return "0%";
  if (percent < 1) return "<1%";
  return `${Math.min(100, Math.floor(percent + 1e-9))}%`;
}

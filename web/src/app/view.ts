import type { GradeNumber } from "../api/types";
import { isUnit, type Unit } from "../units/area";
import { isDay } from "../units/dates";

export type Lang = "zh" | "en";

/** What the address bar holds: two people with one link see the same page. */
export interface View {
  /** null: the server's today. */
  asOf: string | null;
  grade: GradeNumber;
  unit: Unit;
  lang: Lang;
}

export type Query = Record<string, unknown>;

/** Remembered between visits; the address wins over it. */
export interface Preferences {
  unit?: string | null;
  lang?: string | null;
  browserLang?: string;
}

export function isLang(text: unknown): text is Lang {
  return text === "zh" || text === "en";
}

function gradeOf(text: unknown): GradeNumber {
  return text === "1" || text === "2" || text === "3" ? (Number(text) as GradeNumber) : 4;
}

function langOf(query: unknown, preferences: Preferences): Lang {
  if (isLang(query)) return query;
  if (isLang(preferences.lang)) return preferences.lang;
  const browser = preferences.browserLang?.toLowerCase() ?? "zh";
  return browser.startsWith("zh") ? "zh" : "en";
}

export function viewOf(query: Query, preferences: Preferences = {}): View {
  const unit = query.unit ?? preferences.unit;
  return {
    asOf: isDay(query.as_of) ? query.as_of : null,
    grade: gradeOf(query.grade),
    unit: isUnit(unit) ? unit : "mu",
    lang: langOf(query.lang, preferences),
  };
}

/** The query of a view; today's date is left out, so that a link to "now" stays "now". */
export function queryOf(view: View): Record<string, string> {
  return {
    ...(view.asOf === null ? {} : { as_of: view.asOf }),
    grade: String(view.grade),
    unit: view.unit,
    lang: view.lang,
  };
}

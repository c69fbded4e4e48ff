import { createI18n } from "vue-i18n";
import type { Lang } from "../app/view";
import type { Messages } from "./zh";

export const HTML_LANG: Record<Lang, string> = { zh: "zh-CN", en: "en" };

/** One language is loaded with the page, the other when it is asked for. */
const catalogues: Record<Lang, () => Promise<Messages>> = {
  zh: async () => (await import("./zh")).zh,
  en: async () => (await import("./en")).en,
};

export const i18n = createI18n({
  legacy: false,
  locale: "zh",
  fallbackLocale: "zh",
  messages: {} as Record<Lang, Messages>,
  // A language is only switched to once it is there, so nothing falls back.
  missingWarn: false,
  fallbackWarn: false,
});

/** The language asked for last: a slow catalogue must not overtake a later choice. */
let wanted: Lang | null = null;

export async function switchLanguage(lang: Lang): Promise<void> {
  wanted = lang;
  if (!i18n.global.availableLocales.includes(lang)) {
    i18n.global.setLocaleMessage(lang, await catalogues[lang]());
  }
  if (wanted !== lang) return;
  i18n.global.locale.value = lang;
  document.documentElement.lang = HTML_LANG[lang];
}

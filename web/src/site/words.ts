type Exists = (key: string) => boolean;
type Translate = (key: string) => string;

/**
 * A code of the server in the page's language. The lists are open (a county adds its own), so a
 * code without a word is shown as it is.
 */
export function codeText(
  te: Exists,
  t: Translate,
  group: string,
  code: string | null,
): string | null {
  if (code === null) return null;
  const key = `${group}.${code}`;
  return te(key) ? t(key) : code;
}

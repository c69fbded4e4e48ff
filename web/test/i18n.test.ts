import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";

interface Tree {
  [key: string]: string | Tree;
}

function leaves(tree: Tree, prefix = ""): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[`${prefix}${key}`, value] as [string, string]]
      : leaves(value, `${prefix}${key}.`),
  );
}

function sources(folder: URL): [name: string, text: string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(new URL(`${entry.name}/`, folder));
    return [[entry.name, readFileSync(new URL(entry.name, folder), "utf8")] as [string, string]];
  });
}

const chinese = new Map(leaves(zh));
const english = new Map(leaves(en));
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe("the two catalogues", () => {
  test("have the same keys", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  test("use the same placeholders under every key", () => {
    for (const [key, text] of chinese) {
      expect(placeholders(english.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });

  test("have no empty message, and none with a character that the message format reads", () => {
    for (const [key, text] of [...chinese, ...english]) {
      expect(text.trim(), key).not.toBe("");
      expect(text, key).not.toMatch(/@/);
    }
  });
});

describe("the sources", () => {
  const files = sources(new URL("../src/", import.meta.url));

  test("ask only for keys that exist", () => {
    for (const [name, text] of files) {
      for (const [, key] of text.matchAll(/\bt\(\s*["']([\w.]+)["']/g)) {
        expect(chinese.has(key ?? ""), `${name}: ${key}`).toBe(true);
      }
    }
  });

  test("hold no Chinese text outside the catalogues but the languages' own names", () => {
    for (const [name, text] of files) {
      if (name === "zh.ts") continue;
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, "");
      expect(code.replaceAll('"中文"', ""), name).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });
});

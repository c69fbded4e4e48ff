// Fails when a built asset outgrows its limit in budgets.json (bytes after gzip -9).
// "entry" is what index.html loads before anything else: the page without its map.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const limits = JSON.parse(readFileSync(new URL("../budgets.json", import.meta.url), "utf8"));
const sizeOf = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length;

const html = readFileSync(new URL("index.html", dist), "utf8");
if (/<script(?![^>]*\bsrc=)/.test(html))
  throw new Error("index.html has an inline script: the CSP refuses it");
const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(
  (match) => match[1],
);
const assets = readdirSync(new URL("assets/", dist)).map((name) => `assets/${name}`);
const total = (paths) => paths.reduce((sum, path) => sum + sizeOf(path), 0);
const named = (pattern) => assets.filter((path) => new RegExp(pattern).test(path));

// Before its first figures a page needs the entry, one language and the shared chunks of both.
const language = Math.max(...named("assets/(zh|en)-.*\\.js$").map(sizeOf));
const sizes = {
  first_load_js: total(scripts) + language,
  map_js: total(named("assets/(MapPane|maplibre-gl(?!-worker))[^/]*\\.js$")),
  map_worker_js: total(named("maplibre-gl-worker.*js$")),
  css: total(named("\\.css$")),
};

let over = 0;
for (const [key, limit] of Object.entries(limits)) {
  const size = sizes[key];
  const ok = size !== undefined && size > 0 && size <= limit;
  if (!ok) over += 1;
  console.log(`${ok ? "ok  " : "OVER"} ${key.padEnd(16)} ${size} of ${limit} bytes gz`);
}
if (over > 0) process.exit(1);

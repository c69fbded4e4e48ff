// What every step of the walk needs: browsers, the API's own answers, axe, and a count.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const web = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = web("playwright-core");
const axeSource = readFileSync(web.resolve("axe-core/axe.min.js"), "utf8");

const GPU = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"];
const NO_GPU = ["--disable-gpu", "--disable-3d-apis"];
const DRAWN_MS = 45_000;
const STEP_MS = 150_000;

export async function api(base, path, lang = "zh") {
  const response = await fetch(`${base}/api/v1${path}`, { headers: { "accept-language": lang } });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
  return response.json();
}

const PER_UNIT = { mu: 10000 / 15, ha: 10000, m2: 1 };
const DECIMALS = { mu: 2, ha: 4, m2: 0 };

/** The product book's rounding, written a second time on purpose. */
export function areaText(area_m2, unit) {
  const value = area_m2 / PER_UNIT[unit];
  const smallest = 10 ** -DECIMALS[unit];
  if (value > 0 && value < smallest / 2) return `<${smallest.toFixed(DECIMALS[unit])}`;
  const [whole, decimals] = Math.abs(value).toFixed(DECIMALS[unit]).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

export function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: page has ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

function within(limit_ms, running) {
  let timer;
  const limit = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not done after ${limit_ms / 1000} s`)), limit_ms);
  });
  return Promise.race([running, limit]).finally(() => clearTimeout(timer));
}

export class Walk {
  passed = 0;
  failed = 0;
  #browsers = new Map();
  #faults = [];
  #pages = new Set();

  constructor(base) {
    this.base = base;
    this.origin = new URL(base).origin;
  }

  /** One claim about the page; the walk goes on after a failure. */
  async step(claim, run) {
    if (process.env.STEPS && !new RegExp(process.env.STEPS).test(claim)) return;
    const before = this.#faults.length;
    try {
      await within(STEP_MS, run());
      const faults = this.#faults.slice(before);
      if (faults.length > 0) throw new Error(faults.join("\n       "));
      this.passed += 1;
      console.log(`ok     ${claim}`);
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED ${claim}\n       ${error.message}`);
    }
    for (const page of this.#pages) await page.context().close();
    this.#pages.clear();
  }

  async #browser(args) {
    const key = args.join(" ");
    if (!this.#browsers.has(key)) {
      const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
      const fixed = ["--font-render-hinting=none", "--hide-scrollbars"];
      this.#browsers.set(key, await chromium.launch({ executablePath, args: [...args, ...fixed] }));
    }
    return this.#browsers.get(key);
  }

  /**
   * Opens a page that is watched: a console error or a request to another origin fails the step.
   * `expected` is a pattern of console errors that the step itself provokes.
   */
  async open(path, { width = 1280, height = 800, webgl = true, expected = null, touch = false } = {}) {
    const browser = await this.#browser(webgl ? GPU : NO_GPU);
    const context = await browser.newContext({
      viewport: { width, height },
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
      hasTouch: touch,
    });
    const page = await context.newPage();
    this.#pages.add(page);
    const fault = (text) => {
      if (expected === null || !expected.test(text)) this.#faults.push(text);
    };
    page.on("console", (message) => message.type() === "error" && fault(`console: ${message.text()}`));
    page.on("pageerror", (error) => fault(`page error: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (/^https?:/.test(url.protocol) && url.origin !== this.origin) fault(`request left the origin: ${url}`);
    });
    await page.goto(`${this.base}${path}`);
    return page;
  }

  async openDrawn(path, options) {
    const page = await this.open(path, options);
    await this.drawn(page);
    return page;
  }

  async drawn(page) {
    await page.waitForFunction(() => window.__mapIdle === true, null, { timeout: DRAWN_MS });
  }

  /** Waits until the first match of a selector reads exactly so. */
  async reads(page, selector, expected, what) {
    try {
      await page.waitForFunction(
        ([css, text]) => document.querySelector(css)?.textContent?.trim() === text,
        [selector, expected],
        { timeout: 10_000 },
      );
    } catch {
      const actual = await page.evaluate((css) => document.querySelector(css)?.textContent?.trim() ?? null, selector);
      equal(actual, expected, what);
    }
  }

  /** No finding of axe under WCAG 2.2 A and AA. */
  async accessible(page) {
    // Through the debugger, not a script element: the page's CSP refuses inline scripts.
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() =>
      window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
    );
    const texts = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).slice(0, 4).join("; ")}`);
    check(violations.length === 0, `axe: ${texts.join("\n       ")}`);
  }

  async shot(page, name) {
    if (!process.env.SHOTS) return;
    mkdirSync(process.env.SHOTS, { recursive: true });
    await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
  }

  async end() {
    for (const browser of this.#browsers.values()) await browser.close();
  }
}

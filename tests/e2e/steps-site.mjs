// One site, opened from the list, the map and the keyboard.
import { api, areaText, check, equal } from "./walk-kit.mjs";

const REMAINING = '[data-testid="site-remaining"] [data-figure]';

async function largest(walk, day) {
  const { sites } = await api(walk.base, `/sites?as_of=${day}&limit=5000`);
  return sites.toSorted((a, b) => b.remaining_m2 - a.remaining_m2)[0];
}

async function opens(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const zoom = await page.evaluate(() => window.__map.getZoom());
  const { code } = await largest(walk, day);
  await page.locator(`tr[data-site="${code}"] th a`).click();
  await page.waitForURL(`**/site/${encodeURIComponent(code)}?**`);
  const { site } = await api(walk.base, `/sites/${encodeURIComponent(code)}?as_of=${day}`);
  await walk.reads(page, "#site-name", site.name, "name");
  await walk.reads(page, REMAINING, areaText(site.remaining_m2, "mu"), "remaining of the site");
  await page.waitForFunction((before) => window.__map.getZoom() > before + 0.5 && !window.__map.isMoving(), zoom);
  const [west, south, east, north] = site.bbox;
  const inView = await page.evaluate(
    ([lon, lat]) => window.__map.getBounds().contains([lon, lat]),
    [(west + east) / 2, (south + north) / 2],
  );
  check(inView, "the map did not go to the site");
  for (const grade of ["accepted", "verified", "evidenced", "reported"]) {
    const sum = site.by_grade[grade].by_stage_m2.reduce((total, area) => total + area, 0);
    check(Math.abs(sum - site.obligation_m2) <= Math.max(1, site.obligation_m2 * 1e-9), `buckets at ${grade} do not add up to the obligation ground`);
  }
  const cells = await page.locator('[aria-labelledby="stages-heading"] tbody tr').first().locator("td [data-figure]").allTextContents();
  equal(cells[0], areaText(site.by_grade.accepted.by_stage_m2[0], "mu"), "untreated at grade 4");
  await walk.shot(page, "site-zh-1280");
}

async function unsurveyed(walk, { day }) {
  const { sites } = await api(walk.base, `/sites?as_of=${day}&limit=5000`);
  const bare = sites.find((site) => site.footprint_m2 === 0);
  check(bare !== undefined, "the demo has no site without a footprint");
  const page = await walk.openDrawn(`/site/${encodeURIComponent(bare.code)}?as_of=${day}&lang=zh`);
  await walk.reads(page, '[data-testid="site-remaining"]', "未摸底", "a site without a footprint");
  await walk.reads(page, `tr[data-site="${bare.code}"] td.number`, "未摸底", "its row in the list");
}

async function measures(walk, { day }) {
  const { code } = await largest(walk, day);
  const page = await walk.openDrawn(`/site/${encodeURIComponent(code)}?as_of=${day}&lang=en`);
  const { site } = await api(walk.base, `/sites/${encodeURIComponent(code)}?as_of=${day}`);
  const { canonical_m2, national_series_m2, karney_m2, gauss_kruger_m2 } = site.areas.footprint;
  const methods = [["canonical", canonical_m2], ["national", national_series_m2], ["karney", karney_m2], ["gauss", gauss_kruger_m2]];
  for (const [method, area_m2] of methods) {
    const shown = await page.locator(`.methods .${method} .values b`).allTextContents();
    equal(shown.join(" | "), ["mu", "ha", "m2"].map((unit) => areaText(area_m2, unit)).join(" | "), method);
  }
  const { events } = await api(walk.base, `/events?site=${encodeURIComponent(code)}&limit=500`);
  const standing = events.filter((event) => event.ended_at === null).length;
  check(standing > 0, "the site has no record");
  await page.locator(".events li").first().waitFor();
  equal(await page.locator(".events li").count(), standing, "records shown");
  await walk.shot(page, "site-en-1280");
}

async function picks(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const { code, label_point } = await largest(walk, day);
  await page.evaluate(
    (centre) =>
      new Promise((done) => {
        window.__map.once("idle", () => done());
        window.__map.jumpTo({ center: centre, zoom: 11 });
      }),
    label_point,
  );
  const at = await page.evaluate((centre) => {
    const { x, y } = window.__map.project(centre);
    const box = window.__map.getContainer().getBoundingClientRect();
    return [box.x + x, box.y + y];
  }, label_point);
  await page.mouse.click(...at);
  await page.waitForURL("**/site/**");
  check(new URL(page.url()).pathname.startsWith("/site/"), `a click on ${code} opened nothing`);
}

async function keyboard(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const { code, name } = await largest(walk, day);
  await page.keyboard.press("/");
  check(await page.evaluate(() => document.activeElement?.getAttribute("type") === "search"), "/ does not reach the filter");
  await page.keyboard.type(code);
  await page.waitForFunction(() => document.querySelectorAll("tr[data-site]").length === 1);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelectorAll("tr[data-site]").length > 1);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("n");
  await walk.reads(page, "#site-name", name, "N opens the first site of the list");
  await page.keyboard.press("n");
  await page.waitForFunction((first) => document.querySelector("#site-name")?.textContent !== first, name);
  await page.keyboard.press("p");
  await walk.reads(page, "#site-name", name, "P goes back");
  await page.keyboard.press("u");
  await page.waitForFunction(() => new URL(location.href).searchParams.get("unit") === "ha");
  await page.keyboard.press("?");
  check(await page.locator("dialog[open]").isVisible(), "? does not open the help");
  await walk.accessible(page);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("dialog[open]") === null);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => location.pathname === "/");
}

async function focusOrder(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  await page.keyboard.press("Tab");
  equal(await page.evaluate(() => document.activeElement?.className), "skip", "first stop of the Tab key");
  const seen = [];
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press("Tab");
    seen.push(await page.evaluate(() => document.activeElement?.getAttribute("role") ?? document.activeElement?.tagName.toLowerCase()));
  }
  check(seen.includes("slider"), "the slider cannot be reached by Tab");
  check(seen.includes("select"), "the grade cannot be reached by Tab");
  check(seen.includes("canvas") || seen.includes("region"), "the map cannot be reached by Tab");
}

export async function siteSteps(walk, county) {
  await walk.step("a site opens from the list, with its buckets, and the map goes there", () => opens(walk, county));
  await walk.step("a site shows its footprint by four named methods in three units, and its records", () => measures(walk, county));
  await walk.step("a site that nobody surveyed says so and shows no zero", () => unsurveyed(walk, county));
  await walk.step("a click on the map opens the site", () => picks(walk, county));
  await walk.step("the keyboard filters, walks the list, changes the unit and opens the help", () => keyboard(walk, county));
  await walk.step("Tab reaches the skip link, the grade, the slider and the map", () => focusOrder(walk, county));
}

// The board: figures, the slider that moves map and figures together, units, languages, grades.
import { api, areaText, check, equal } from "./walk-kit.mjs";

const TOTAL = '[data-testid="total-remaining"] [data-figure]';
const SLIDER = '.rail [role="slider"]';

const dayOf = (number) => new Date(Number(number) * 86_400_000).toISOString().slice(0, 10);
const stageOn = (steps, day) => steps.reduce((stage, [on, next]) => (on <= day ? next : stage), -1);
const shownStage = (page, id) =>
  page.evaluate((face) => window.__map.getFeatureState({ source: "stages", sourceLayer: "stages", id: face }).stage, id);

async function figures(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}&lang=zh&unit=mu`);
  const { rows, total } = await api(walk.base, `/remaining?as_of=${day}&by=obligation`);
  await walk.reads(page, TOTAL, areaText(total.remaining_m2, "mu"), "county total");
  check(rows.length > 0, "the demo county has no obligation");
  for (const row of rows) {
    const card = `article[data-key="${row.key}"]`;
    check((await page.locator(card).count()) === 1, `no card for ${row.key}`);
    if (row.status) check((await page.locator(`${card} [data-status="${row.status}"]`).count()) === 1, `${row.key} does not show ${row.status}`);
    if (row.status === "no_ground") {
      check((await page.locator(`${card} [data-figure]`).count()) === 0, `${row.key} has no ground and shows a figure`);
      continue;
    }
    await walk.reads(page, `${card} [data-testid="row-remaining"] [data-figure]`, areaText(row.remaining_m2, "mu"), row.key);
  }
  await walk.shot(page, "county-zh-1280");
}

async function list(walk, { day, status }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const { sites } = await api(walk.base, `/sites?as_of=${day}&limit=5000`);
  equal(await page.locator("tr[data-site]").count(), Math.min(200, status.site_count), "sites listed");
  const most = sites.toSorted((a, b) => b.remaining_m2 - a.remaining_m2)[0];
  const first = page.locator("tr[data-site]").first();
  equal(await first.locator("[data-figure]").textContent(), areaText(most.remaining_m2, "mu"), "greatest remaining first");
  await page.getByRole("button", { name: /名称/ }).click();
  const names = await page.locator("tr[data-site] th a").allTextContents();
  const sorted = names.toSorted(new Intl.Collator("zh-Hans-CN", { numeric: true }).compare);
  equal(names.join(), sorted.join(), "sorted by name");
}

async function slider(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const { faces } = await api(walk.base, "/timeline/faces?grade=4");
  const firstDay = dayOf(await page.locator(SLIDER).getAttribute("aria-valuemin"));
  const moving = Object.entries(faces).find(([, steps]) => stageOn(steps, firstDay) !== stageOn(steps, day));
  check(moving !== undefined, "no face of the demo changes between the two days");
  const [id, steps] = [Number(moving[0]), moving[1]];
  equal(await shownStage(page, id), stageOn(steps, day), `face ${id} on ${day}`);

  const tiles = [];
  page.on("request", (request) => request.url().includes("/tiles/") && tiles.push(request.url()));
  await page.evaluate(() => {
    window.__notReloaded = true;
  });
  await page.locator(SLIDER).focus();
  await page.keyboard.press("Home");
  const then = await api(walk.base, `/remaining?as_of=${firstDay}`);
  await walk.reads(page, TOTAL, then.total.status === "no_ground" ? null : areaText(then.total.remaining_m2, "mu"), `total on ${firstDay}`);
  equal(await shownStage(page, id), stageOn(steps, firstDay), `face ${id} on ${firstDay}`);
  equal(new URL(page.url()).searchParams.get("as_of"), firstDay, "date in the address");
  check(await page.evaluate(() => window.__notReloaded === true), "the page was loaded again");
  equal(tiles.length, 0, "tiles asked for while sliding");
}

async function pointer(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const rail = await page.locator(".rail").boundingBox();
  await page.mouse.move(rail.x + rail.width * 0.25, rail.y + rail.height * 0.6);
  await page.mouse.down();
  await page.mouse.move(rail.x + rail.width * 0.5, rail.y + rail.height * 0.6, { steps: 6 });
  await page.mouse.up();
  const asOf = dayOf(await page.locator(SLIDER).getAttribute("aria-valuenow"));
  check(asOf !== day, "dragging did not move the slider");
  await page.waitForFunction((now) => new URL(location.href).searchParams.get("as_of") === now, asOf);
  const { total } = await api(walk.base, `/remaining?as_of=${asOf}`);
  await walk.reads(page, TOTAL, areaText(total.remaining_m2, "mu"), `total on ${asOf}`);
}

async function units(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const { total } = await api(walk.base, `/remaining?as_of=${day}`);
  for (const unit of ["ha", "m2", "mu", "ha"]) {
    await page.locator(`input[name="unit"][value="${unit}"]`).check({ force: true });
    await walk.reads(page, TOTAL, areaText(total.remaining_m2, unit), unit);
    equal(new URL(page.url()).searchParams.get("unit"), unit, "unit in the address");
  }
  const raw = await page.locator('[data-testid="total-remaining"] [title]').getAttribute("title");
  check(/^[\d,]+\.\d\d m²$/.test(raw), `the tooltip keeps the square metres, has ${raw}`);
  await page.goto(`${walk.base}/?as_of=${day}`);
  await walk.reads(page, TOTAL, areaText(total.remaining_m2, "ha"), "unit remembered");
}

async function english(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}&lang=zh`);
  const title = await page.locator("h1").textContent();
  await page.locator('input[name="lang"][value="en"]').check({ force: true });
  await page.waitForFunction(() => document.documentElement.lang === "en");
  check((await page.locator("h1").textContent()) !== title, "the title did not change its language");
  const { rows } = await api(walk.base, `/remaining?as_of=${day}`, "en");
  await walk.reads(page, `article[data-key="${rows[0].key}"] h3`, rows[0].title, "title of an obligation");
  const words = await page.locator(".total, .bar .controls label:not(:lang(zh)) span, thead, .legend").allInnerTexts();
  check(!/[\u4e00-\u9fff]/.test(words.join(" ").replaceAll("中文", "")), `Chinese left on the English page: ${words.join(" ").match(/\S*[\u4e00-\u9fff]\S*/)}`);
  await walk.shot(page, "county-en-1280");
}

async function grades(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  for (const grade of [1, 2, 3, 4]) {
    await page.locator(".controls select").selectOption(String(grade));
    const { total } = await api(walk.base, `/remaining?as_of=${day}&grade=${grade}`);
    await walk.reads(page, TOTAL, areaText(total.remaining_m2, "mu"), `grade ${grade}`);
  }
}

async function patterns(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`);
  const visibility = () => page.evaluate(() => window.__map.getLayoutProperty("stages-pattern-1", "visibility"));
  equal(await visibility(), "none", "hatching at first");
  await page.locator(".pattern input").check();
  equal(await visibility(), "visible", "hatching after the switch");
}

async function wide(walk, { day }) {
  const page = await walk.openDrawn(`/?as_of=${day}`, { width: 1920, height: 1080 });
  check(await page.locator(".side-column tr[data-site]").first().isVisible(), "no list beside the map at 1920 px");
  await walk.shot(page, "county-zh-1920");
}

export async function openingSteps(walk, county) {
  await walk.step("every card shows the figure and status that the API gives", () => figures(walk, county));
  await walk.step("every site is listed, greatest remaining first, and sorts by name", () => list(walk, county));
  await walk.step("the slider recolours a face and changes the figures without loading anything again", () => slider(walk, county));
  await walk.step("dragging the rail lands on a date and its figures", () => pointer(walk, county));
  await walk.step("the unit switch changes every figure, is in the address and is remembered", () => units(walk, county));
  await walk.step("the page turns English, titles of obligations included", () => english(walk, county));
  await walk.step("the grade switch counts claims of that grade and better", () => grades(walk, county));
  await walk.step("hatching can be switched on", () => patterns(walk, county));
  await walk.step("at 1920 px list, map and obligations stand side by side", () => wide(walk, county));
}

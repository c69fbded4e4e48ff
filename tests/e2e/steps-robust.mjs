// Small screens, no WebGL, no server, wrong addresses, and WCAG 2.2 AA on each.
import { api, areaText, check } from "./walk-kit.mjs";

const TOTAL = '[data-testid="total-remaining"] [data-figure]';

async function noSidewaysScroll(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(over <= 0, `${where} is ${over} px wider than the screen`);
}

async function phone(walk, { day }) {
  for (const lang of ["zh", "en"]) {
    const page = await walk.open(`/?as_of=${day}&lang=${lang}`, { width: 360, height: 740, touch: true });
    const { total } = await api(walk.base, `/remaining?as_of=${day}`);
    await walk.reads(page, TOTAL, areaText(total.remaining_m2, "mu"), "county total");
    await page.locator("tr[data-site]").first().waitFor();
    await noSidewaysScroll(page, `the board (${lang})`);
    check((await page.locator("canvas").count()) === 0, "a phone loads the map before it is asked for");
    await walk.accessible(page);
    await page.locator(".toggle").click();
    await walk.drawn(page);
    await noSidewaysScroll(page, `the map (${lang})`);
    await walk.accessible(page);
    await walk.shot(page, `phone-${lang}`);
    await page.locator("tr[data-site] th a").first().click();
    await page.locator("#site-name").waitFor();
    await page.locator(".events li").first().waitFor();
    await noSidewaysScroll(page, `a site (${lang})`);
    await walk.accessible(page);
    await walk.shot(page, `phone-site-${lang}`);
  }
}

async function widths(walk, { day }) {
  for (const [width, height] of [[768, 1024], [1024, 768], [1280, 800], [1920, 1080]]) {
    const open = width < 1024 ? walk.open : walk.openDrawn;
    const page = await open.call(walk, `/?as_of=${day}&lang=en&unit=m2`, { width, height });
    await page.locator("tr[data-site]").first().waitFor();
    await noSidewaysScroll(page, `${width} px`);
  }
}

async function accessibility(walk, { day }) {
  for (const path of ["/?lang=zh", "/?lang=en&grade=1", `/?as_of=${day}&lang=zh`]) {
    const page = await walk.openDrawn(path);
    await page.locator("tr[data-site]").first().waitFor();
    await walk.accessible(page);
  }
  const page = await walk.openDrawn(`/?as_of=${day}&lang=zh`, { width: 1920, height: 1080 });
  await page.locator("tr[data-site] th a").first().click();
  await page.locator(".events li").first().waitFor();
  await walk.accessible(page);
}

async function withoutWebgl(walk, { day, status }) {
  const page = await walk.open(`/?as_of=${day}`, { webgl: false });
  await page.locator(".instead tr[data-site]").first().waitFor({ timeout: 20_000 });
  const rows = await page.locator("tr[data-site]").count();
  check(rows === Math.min(200, status.site_count), `${rows} sites in place of the map`);
  check((await page.locator(".instead").innerText()).includes("WebGL2"), "the page does not say why there is no map");
  await walk.accessible(page);
  await page.locator("tr[data-site] th a").first().click();
  await page.locator("#site-name").waitFor();
  await walk.shot(page, "no-webgl");
}

async function unknownSite(walk) {
  const page = await walk.openDrawn("/site/%E6%B2%A1%E6%9C%89", { expected: /404/ });
  await page.locator('[role="alert"]').waitFor();
  check((await page.locator('[role="alert"]').innerText()).includes("没有编号为“没有”的矿山"), "an unknown code is not named");
}

async function withoutServer(walk, { day }) {
  const page = await walk.open(`/?as_of=${day}`, { expected: /Failed to load resource|ERR_/ });
  await page.locator(TOTAL).waitFor();
  await page.route("**/api/**", (route) => route.abort());
  await page.reload();
  await page.locator('[role="alert"]').first().waitFor({ timeout: 20_000 });
  check((await page.locator('[role="alert"]').first().innerText()).includes("qingshan serve"), "no next step is named");
  await page.unroute("**/api/**");
  await page.locator(TOTAL).waitFor({ timeout: 30_000 });
}

async function policy(walk) {
  const response = await fetch(`${walk.base}/`);
  const csp = response.headers.get("content-security-policy") ?? "";
  check(csp.includes("default-src 'self'"), `the page has no strict content security policy: ${csp}`);
  check(!/script-src[^;]*unsafe/.test(csp), `the policy lets unsafe scripts in: ${csp}`);
}

export async function robustSteps(walk, county) {
  await walk.step("at 360 px everything fits, the map waits behind a button, in both languages", () => phone(walk, county));
  await walk.step("nothing is wider than the screen from 768 to 1920 px in the longest unit", () => widths(walk, county));
  await walk.step("axe finds nothing under WCAG 2.2 AA on the board and on a site", () => accessibility(walk, county));
  await walk.step("without WebGL the list stands in for the map and says so", () => withoutWebgl(walk, county));
  await walk.step("an unknown site is named as such", () => unknownSite(walk));
  await walk.step("without the server the page says what to do and recovers by itself", () => withoutServer(walk, county));
  await walk.step("the page is served under a strict content security policy", () => policy(walk));
}

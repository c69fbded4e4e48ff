// A leader's and an inspector's look at the board, in a real Chromium against the real binary.
//   QINGSHAN_URL  where it listens (default http://127.0.0.1:8080); it serves the demo county
//   CHROMIUM      the browser (default /usr/bin/chromium)
//   STEPS         walk only the steps whose claim matches this pattern (default: all)
//   SHOTS         a folder to leave screenshots in (default: none are taken)
// No figure is written down here: what the page shows is held against what the API says.
import { api, areaText, Walk } from "./walk-kit.mjs";
import { openingSteps } from "./steps-county.mjs";
import { siteSteps } from "./steps-site.mjs";
import { robustSteps } from "./steps-robust.mjs";

const base = (process.env.QINGSHAN_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const walk = new Walk(base);
try {
  const { status } = await api(base, "/status");
  const { timeline } = await api(base, "/timeline");
  // A day in the middle of the events: something is done and something is left.
  const day = timeline.dates[Math.floor(timeline.dates.length * 0.6)] ?? status.today;
  const county = { status, timeline, day, areaText };
  await openingSteps(walk, county);
  await siteSteps(walk, county);
  await robustSteps(walk, county);
} finally {
  await walk.end();
}
console.log(`${walk.passed} passed, ${walk.failed} failed`);
process.exit(walk.failed === 0 ? 0 : 1);

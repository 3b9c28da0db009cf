/* Looks at pages as browsers and people do. For every page of pages/*.mjs, at
   1280 and 360 px:
     - answers with the status that the table says, 200 by default
     - axe-core finds no violation of WCAG 2.1 A and AA
     - no CSP violation, no error in the console, no request elsewhere, none failed
     - one h1, a title, a language; nothing scrolls sideways
     - every element that takes the keyboard's focus shows it
     - with JavaScript off the same words are there (unless `script: true`)
     - printed on A4 in black: main is there, the navigation is not
   A table file says:
     export const login = "skoleleder";            // omitted: nobody is signed in
     export const pages = [
       {path: "/support", name: "support"},          // name of the picture
       {path: "/x", status: 404},
       {path: "/log-ind", async before(page) {…}},   // what a person does first, e.g. fills in a form;
     ];                                              // the checks then look at what is shown
   Prints a line per page and width; ends with "N passed, N failed". */
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const base = process.env.BASE;
const password = process.env.DEMO_PASSWORD || "tre-ord-til-demo";
const here = path.dirname(new URL(import.meta.url).pathname);
const out = path.join(here, "out");
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1280, 360];
const AXE = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }, resultTypes: ["violations"] };
let passed = 0, failed = 0;

function tell(what, faults) {
  if (faults.length === 0) passed++;
  else failed++;
  console.log(`${faults.length ? "FAIL" : "ok  "} ${what}`);
  for (const fault of faults) console.log(`       ${fault}`);
}

/* Everything the page complains about while it lives. */
function listen(page, wanted) {
  const heard = [];
  page.on("console", (m) => {
    if (m.type() !== "error") return;
    /* Chromium tells a page's own 4xx status as an error, too. */
    if (/Failed to load resource/.test(m.text()) && m.location().url.split("#")[0] === wanted.url) return;
    heard.push(`console: ${m.text()}`);
  });
  page.on("pageerror", (e) => heard.push(`script: ${e.message}`));
  page.on("requestfailed", (r) => heard.push(`request failed: ${r.url()} ${r.failure()?.errorText}`));
  page.on("request", (r) => {
    if (!r.url().startsWith(base) && !/^(data|blob|about):/.test(r.url())) heard.push(`request elsewhere: ${r.url()}`);
  });
  page.on("response", (r) => {
    if (r.status() >= 400 && r.url() !== wanted.url) heard.push(`${r.status()} ${r.url()}`);
  });
  return heard;
}

async function signIn(context, login) {
  const page = await context.newPage();
  await page.goto(`${base}/log-ind`);
  await page.fill('input[name="login"]', login);
  await page.fill('input[name="password"]', password);
  await page.click('main button[type="submit"]');
  const landed = new URL(page.url()).pathname;
  await page.close();
  if (landed === "/log-ind") throw new Error(`${login} cannot sign in`);
}

/* Inside the page: shape and words. */
function shape() {
  const faults = [];
  const h1 = document.querySelectorAll("h1").length;
  if (h1 !== 1) faults.push(`${h1} elements h1; one is wanted`);
  if (!document.title.trim()) faults.push("no title");
  if (!document.documentElement.lang) faults.push("no language");
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) {
    const wide = [...document.querySelectorAll("body *")].find((e) => e.getBoundingClientRect().right > innerWidth + 1);
    faults.push(`scrolls ${over} px sideways: ${wide ? wide.outerHTML.slice(0, 120) : "?"}`);
  }
  if (document.querySelector("[style]:not(svg *)")) faults.push("inline style");
  if (document.querySelector("script:not([src])")) faults.push("inline script");
  return faults;
}

/* Tab through the page: each stop must look focused. */
async function focusFaults(page) {
  const faults = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body || e === document.documentElement) return null;
      /* A control drawn by its neighbour (radio, checkbox) shows its focus there. */
      const looks = [e, e.nextElementSibling, e.parentElement].filter(Boolean).flatMap((x) =>
        [getComputedStyle(x), getComputedStyle(x, "::before")]);
      const shown = looks.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
      const box = e.getBoundingClientRect();
      const first = e.dataset.tabbed === "1";
      e.dataset.tabbed = "1";
      return { shown, first, visible: box.width > 0 && box.height > 0, html: e.outerHTML.slice(0, 100) };
    });
    if (!stop || stop.first) break;
    if (!stop.shown || !stop.visible) faults.push(`focus is not to be seen: ${stop.html}`);
  }
  return faults;
}

async function look(context, row, width, name) {
  const page = await context.newPage();
  const wanted = { url: base + row.path };
  const heard = listen(page, wanted);
  const faults = [];
  try {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
    });
    const answer = await page.goto(wanted.url, { waitUntil: "load" });
    if (row.before) await row.before(page);
    else if (answer.status() !== (row.status || 200)) faults.push(`status ${answer.status()}, ${row.status || 200} expected`);
    await page.evaluate(() => document.fonts.ready);
    faults.push(...(await page.evaluate(shape)));
    await page.screenshot({ path: path.join(out, `${name}-${width}.png`), fullPage: true });
    /* The checker is given to the page by the debugger, past its CSP. */
    await page.evaluate(axeSource);
    const found = await page.evaluate((options) => axe.run(document, options), AXE);
    for (const v of found.violations) faults.push(`axe ${v.id}: ${v.help} ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
    faults.push(...(await focusFaults(page)));
    if (width === WIDTHS[0]) {
      await page.emulateMedia({ media: "print" });
      const printed = await page.evaluate(() => {
        const seen = (e) => e && e.getClientRects().length > 0;
        return { main: seen(document.querySelector("main")), nav: seen(document.querySelector(".rt-thread")) };
      });
      if (!printed.main) faults.push("print: main is missing");
      if (printed.nav) faults.push("print: the navigation is printed");
    }
  } catch (e) {
    faults.push(String(e.message).split("\n")[0]);
  }
  await page.close();
  tell(`${width} ${name}`, [...faults, ...heard]);
}

async function words(context, row) {
  const page = await context.newPage();
  await page.goto(base + row.path, { waitUntil: "load" });
  const text = await page.evaluate(() => document.querySelector("main")?.innerText.replace(/\s+/g, " ").trim() || "");
  await page.close();
  return text;
}

/* The same words with and without scripts, for who is signed in both ways. */
async function withoutScript(plain, scripted, row, name) {
  const faults = [];
  try {
    const [a, b] = [await words(plain, row), await words(scripted, row)];
    if (!a) faults.push("empty without JavaScript");
    else if (!row.script && a !== b) faults.push(`without: “${a.slice(0, 160)}” with: “${b.slice(0, 160)}”`);
  } catch (e) {
    faults.push(String(e.message).split("\n")[0]);
  }
  tell(`no JavaScript ${name}`, faults);
}

async function table(browser, name, { login, pages }) {
  const options = { locale: "da-DK", timezoneId: "Europe/Copenhagen", reducedMotion: "reduce" };
  const plain = await browser.newContext({ ...options, javaScriptEnabled: false });
  /* Signing in works without JavaScript; then both share the session. */
  if (login) await signIn(plain, login);
  const scripted = await browser.newContext({ ...options, storageState: await plain.storageState() });
  for (const row of pages) {
    const shown = `${name}-${row.name || row.path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "front"}`;
    for (const width of WIDTHS) await look(scripted, row, width, shown);
    if (!row.before) await withoutScript(plain, scripted, row, shown);
  }
  await scripted.close();
  await plain.close();
}

fs.mkdirSync(out, { recursive: true });
const wantedTables = process.argv.slice(2);
const files = fs.readdirSync(path.join(here, "pages")).filter((f) => f.endsWith(".mjs")).sort();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  /* Only pages of our own are shown, and containers often lack what the sandbox needs. */
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
});
for (const file of files) {
  const name = path.basename(file, ".mjs");
  if (wantedTables.length && !wantedTables.includes(name)) continue;
  try {
    await table(browser, name, await import(pathToFileURL(path.join(here, "pages", file))));
  } catch (e) {
    tell(`table ${name}`, [e.stack]);
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);

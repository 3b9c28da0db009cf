/* Looks at pages as browsers and people do. For every page of pages/*.mjs, at
   1280 and 360 px:
     - answers with the status that the table says, 200 by default
     - axe-core finds no violation of WCAG 2.1 A and AA
     - no CSP violation, no error in the console, no request elsewhere, none failed
     - one h1, a title, a language; nothing scrolls sideways
   and of pages that are not refused, at 1280 px, once:
     - every element that takes the keyboard's focus shows it (the head that all
       pages share on a table's first page, main on all of them)
     - printed on A4 in black: main is there, the navigation is not
     - with JavaScript off the same words are there (unless `script: true`)
   A table file says:
     export const login = "skoleleder";            // omitted: nobody is signed in
     export const pages = [
       {path: "/support", name: "support"},          // name of the picture
       {path: "/x", status: 404},
       {path: "/y", narrow: [320]},                  // at these widths, too
       {path: "/log-ind", async before(page) {…}},   // what a person does first, e.g. fills in a form;
     ];                                              // the checks then look at what is shown
   A file of ways/*.mjs is a story of several people, told once:
     export const limit_s = 60;
     export async function walk({as, base, check}) {…}   // as(login, width): a page signed in
   Tables run two at a time, ways after them. Every step has an end (limits.mjs).
   Prints a line per page and width; ends with "N passed, N failed". */
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { NotDone, letGo, limited, watch } from "./limits.mjs";

const require = createRequire(import.meta.url);
const base = process.env.BASE;
const password = process.env.DEMO_PASSWORD || "tre-ord-til-demo";
const here = path.dirname(new URL(import.meta.url).pathname);
const out = path.join(here, "out");
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1280, 360];
const LANES = 2;
const RUN_S = Number(process.env.BROWSER_LIMIT_S || 420);
const STEP_MS = 20000; // one answer of the browser; a slow server with sanitizers takes a tenth
const ROW_MS = 90000;  // one page with all its checks
const PICTURES = process.env.PICTURES !== "0";
const AXE = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }, resultTypes: ["violations"] };
/* What a narrow window changes: which elements are there, and how they are laid out. Colours stay. */
const AXE_NARROW = { ...AXE, rules: { "color-contrast": { enabled: false } } };
let passed = 0, failed = 0;
const underWay = new Map(); // lane -> what it looks at

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
    if (/Failed to load resource.* 422 /.test(m.text()) && !/\/a\//.test(m.location().url)) return;
    heard.push(`console: ${m.text()}`);
  });
  page.on("pageerror", (e) => heard.push(`script: ${e.message}`));
  page.on("requestfailed", (r) => {
    const why = r.failure()?.errorText;
    if (why === "net::ERR_ABORTED" && r.isNavigationRequest()) return; // it became a file
    /* The tab's own mark is asked for apart from the page, and given up where the page is left first. */
    if (why === "net::ERR_ABORTED" && /\/(favicon\.ico|mark\.svg)$/.test(r.url())) return;
    heard.push(`request failed: ${r.url()} ${why}`);
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(base) && !/^(data|blob|about):/.test(r.url())) heard.push(`request elsewhere: ${r.url()}`);
  });
  page.on("response", (r) => {
    if (r.status() === 422 && r.request().isNavigationRequest()) return; // a form that was sent with faults in it
    if (r.status() >= 400 && r.url() !== wanted.url) heard.push(`${r.status()} ${r.url()}`);
  });
  return heard;
}

async function signIn(context, login) {
  const page = await limited(context.newPage(), STEP_MS, "a new page");
  await page.goto(`${base}/log-ind`);
  await page.fill('input[name="login"]', login);
  await page.fill('input[name="password"]', password);
  await page.click('main button[type="submit"]');
  await page.waitForLoadState("load");
  const landed = new URL(page.url()).pathname;
  await letGo(page.close(), "closing a page");
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
  return faults;
}

/* Inside the page: what its security policy would stop. Asked before axe, which writes styles of its own. */
function inline() {
  return [...(document.querySelector("[style]:not(svg *)") ? ["inline style"] : []),
    ...(document.querySelector("script:not([src])") ? ["inline script"] : [])];
}

/* Inside the page: notes of every stop of the keyboard whether it can be seen.
   Starts at main if `skip`; answers how many stops there may be. */
function watchFocus(skip) {
  window.stops = [];
  addEventListener("focusin", ({ target: e }) => {
    /* A control drawn by its neighbour (radio, checkbox) shows its focus there. */
    const looks = [e, e.nextElementSibling, e.parentElement].filter(Boolean).flatMap((x) =>
      [getComputedStyle(x), getComputedStyle(x, "::before")]);
    const box = e.getBoundingClientRect();
    const seen = box.width > 0 && box.height > 0 && looks.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
    window.stops.push(seen ? "" : e.outerHTML.slice(0, 100));
  });
  document.activeElement?.blur();
  const main = skip && document.querySelector("main");
  if (main) {
    main.tabIndex = -1;
    main.focus();
    main.removeAttribute("tabindex");
    window.stops = [];
  }
  return (main || document).querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']").length;
}

/* Tab through the page: each stop must look focused. The head and the
   navigation are the same on all pages of a table: walked with its first only. */
async function focusFaults(page, skip) {
  const stops = Math.min(await page.evaluate(watchFocus, skip), 40);
  for (let i = 0; i < stops; i++) await page.keyboard.press("Tab");
  const seen = await page.evaluate(() => window.stops);
  if (stops > 0 && seen.length === 0) return ["the keyboard reaches nothing"];
  return [...new Set(seen.filter(Boolean))].map((html) => `focus is not to be seen: ${html}`);
}

async function printFaults(page) {
  await page.emulateMedia({ media: "print" });
  const printed = await page.evaluate(() => {
    const seen = (e) => e && e.getClientRects().length > 0;
    return { main: seen(document.querySelector("main")), nav: seen(document.querySelector(".rt-thread")) };
  });
  await page.emulateMedia({ media: null });
  return [...(printed.main ? [] : ["print: main is missing"]), ...(printed.nav ? ["print: the navigation is printed"] : [])];
}

async function atWidth(page, width, name, isFirst) {
  const faults = [];
  await limited(page.setViewportSize({ width, height: 900 }), STEP_MS, "the width");
  await limited(page.evaluate(() => document.fonts.ready.then(() => 0)), STEP_MS, "the fonts");
  faults.push(...(await limited(page.evaluate(shape), STEP_MS, "the shape")));
  if (PICTURES) await limited(page.screenshot({ path: path.join(out, `${name}-${width}.png`), fullPage: true }), STEP_MS, "the picture");
  const options = isFirst || width === WIDTHS[0] ? AXE : AXE_NARROW;
  const found = await limited(page.evaluate((o) => axe.run(document, o), options), 2 * STEP_MS, "axe");
  for (const v of found.violations) faults.push(`axe ${v.id}: ${v.help} ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  return faults;
}

/* Inside the page: its words, whatever the space between them. */
function words() {
  return document.querySelector("main")?.innerText.replace(/\s+/g, " ").trim() || "";
}

/* One page, loaded once, at both widths. `ret` is given its words. */
async function look(page, heard, wanted, row, name, isFirst, ret) {
  await page.setViewportSize({ width: WIDTHS[0], height: 900 });
  const answer = await page.goto(wanted.url, { waitUntil: "load" });
  const first = [];
  if (row.before) await limited(row.before(page), 2 * STEP_MS, "what a person does first");
  else if (answer.status() !== (row.status || 200)) first.push(`status ${answer.status()}, ${row.status || 200} expected`);
  first.push(...(await limited(page.evaluate(inline), STEP_MS, "the source")));
  ret.words = await limited(page.evaluate(words), STEP_MS, "the words");
  /* The checker is given to the page by the debugger, past its CSP. */
  await limited(page.evaluate(`${axeSource};0`), STEP_MS, "giving axe");
  for (const width of [...WIDTHS, ...(row.narrow || [])]) {
    const faults = [...first.splice(0), ...(await atWidth(page, width, name, isFirst))];
    if (width === WIDTHS[0] && !row.status) {
      faults.push(...(await limited(printFaults(page), STEP_MS, "printing")));
      faults.push(...(await limited(focusFaults(page, !isFirst), 2 * STEP_MS, "the focus")));
    }
    tell(`${width} ${name}`, [...faults, ...heard.splice(0)]);
  }
}

/* The same words with and without scripts, for who is signed in both ways. Where they
   differ, the page is read with scripts once more: somebody in the other lane may have
   done something that it tells of. */
async function withoutScript(page, row, name, scripted, again) {
  const faults = [];
  await page.goto(base + row.path, { waitUntil: "load" });
  const plain = await limited(page.evaluate(words), STEP_MS, "the words without JavaScript");
  if (!plain) faults.push("empty without JavaScript");
  if (plain && !row.script && plain !== scripted) {
    await again.goto(base + row.path, { waitUntil: "load" });
    const now = await limited(again.evaluate(words), STEP_MS, "the words once more");
    const at = [...now].findIndex((letter, i) => letter !== plain[i]);
    if (plain !== now) faults.push(`without: “${plain.slice(at - 60, at + 80)}” with: “${now.slice(at - 60, at + 80)}”`);
  }
  tell(`no JavaScript ${name}`, faults);
}

async function newPage(context, wanted) {
  const page = await limited(context.newPage(), STEP_MS, "a new page");
  page.setDefaultTimeout(STEP_MS);
  page.setDefaultNavigationTimeout(STEP_MS);
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
  });
  return { page, heard: listen(page, wanted) };
}

/* A table has two pages, one of them without scripts, and what a row leaves
   behind in a window (drafts) is forgotten before the next. A row that fails
   by not ending leaves a page that may never answer: the next gets a new one,
   and the row is looked at once more, since Chromium itself stands still at
   times. That is told, and a page that hangs is found by its second time. */
async function eachRow(lane, plain, scripted, name, rows) {
  const again = new Set();
  const wanted = { url: "" }, { page: bare } = await newPage(plain, { url: "" });
  let tab = null;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const shown = `${name}-${row.name || row.path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "front"}`;
    underWay.set(lane, `${shown} (${row.path})`);
    const ret = { words: "" };
    wanted.url = base + row.path;
    tab ||= await newPage(scripted, wanted);
    try {
      await limited(look(tab.page, tab.heard, wanted, row, shown, i === 0, ret), ROW_MS, shown);
      if (!row.before && !row.status) await limited(withoutScript(bare, row, shown, ret.words, tab.page), ROW_MS, `${shown} without JavaScript`);
      await limited(tab.page.evaluate(() => sessionStorage.clear()), STEP_MS, "forgetting");
    } catch (e) {
      const once = e instanceof NotDone && !again.has(row);
      if (once) console.log(`again ${e.message}`);
      else tell(shown, [String(e.message).split("\n")[0], ...tab.heard]);
      await letGo(tab.page.close(), `closing ${shown}`);
      tab = null;
      if (once) i--;
      again.add(row);
    }
  }
}

const CONTEXT = { locale: "da-DK", timezoneId: "Europe/Copenhagen", reducedMotion: "reduce" };

async function table(browser, lane, name, { login, pages }) {
  const plain = await limited(browser.newContext({ ...CONTEXT, javaScriptEnabled: false }), STEP_MS, "a new window");
  plain.setDefaultTimeout(STEP_MS);
  /* Signing in works without JavaScript; then both share the session. */
  if (login) await limited(signIn(plain, login), 2 * STEP_MS, `signing in as ${login}`);
  const state = await limited(plain.storageState(), STEP_MS, "the session");
  const scripted = await limited(browser.newContext({ ...CONTEXT, storageState: state }), STEP_MS, "a new window");
  await eachRow(lane, plain, scripted, name, pages);
  await letGo(Promise.all([scripted.close(), plain.close()]), `closing ${name}`);
}

async function lane(browser, number, queue) {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const name = path.basename(next, ".mjs");
    underWay.set(number, name);
    try {
      await table(browser, number, name, await import(pathToFileURL(path.join(here, "pages", next))));
    } catch (e) {
      tell(`table ${name}`, [e.stack]);
    }
  }
  underWay.delete(number);
}

/* What a way walks with: pages of people, and a claim that must hold. */
function company(browser, name, faults, contexts) {
  return {
    base,
    out,
    check(holds, claim) {
      if (!holds) faults.push(claim);
    },
    step(what) {
      underWay.set(0, `${name}: ${what}`);
    },
    async as(login, width = 1280) {
      const context = await limited(browser.newContext({ ...CONTEXT, acceptDownloads: true, viewport: { width, height: 900 } }), STEP_MS, "a window");
      contexts.push(context);
      context.setDefaultTimeout(STEP_MS);
      if (login) await limited(signIn(context, login), 2 * STEP_MS, `signing in as ${login}`);
      const { page, heard } = await newPage(context, { url: "" });
      page.heard = heard;
      return page;
    },
  };
}

async function way(browser, file) {
  const name = path.basename(file, ".mjs"), faults = [], contexts = [];
  const begun = Date.now();
  try {
    const { walk, limit_s } = await import(pathToFileURL(path.join(here, "ways", file)));
    await limited(walk(company(browser, name, faults, contexts)), limit_s * 1000, `the way ${name}, at “${underWay.get(0)}”`);
  } catch (e) {
    faults.push(`${underWay.get(0) || name}: ${String(e.message).split("\n").slice(0, 3).join(" ")}`);
  }
  for (const context of contexts) for (const page of context.pages()) faults.push(...(page.heard || []));
  await letGo(Promise.all(contexts.map((context) => context.close())), `closing ${name}`);
  underWay.delete(0);
  tell(`way ${name}, ${Math.round((Date.now() - begun) / 1000)} s`, faults);
}

function files(folder, wanted) {
  return fs.readdirSync(path.join(here, folder)).filter((f) => f.endsWith(".mjs") && (!wanted.length || wanted.includes(path.basename(f, ".mjs"))))
    .sort();
}

fs.mkdirSync(out, { recursive: true });
const names = process.argv.slice(2);
const unwatch = watch(RUN_S, (what) => {
  tell(what, [...underWay.values()].map((w) => `under way: ${w}`));
  console.log(`${passed} passed, ${failed} failed`);
});
const browser = await limited(chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  timeout: 60000,
  /* Only pages of our own are shown, and containers often lack what the sandbox needs. */
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
}), 90000, "starting the browser");
const queue = files("pages", names);
await Promise.all(Array.from({ length: LANES }, (_, i) => lane(browser, i + 1, queue)));
for (const file of files("ways", names)) await way(browser, file);
await letGo(browser.close(), "closing the browser"); // it ends with us at the latest
unwatch();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);

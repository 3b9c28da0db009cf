/* The main job as people do it: a consultant makes a questionnaire of the one that is there, a measurement, its
   codes and letters; twelve people answer by the shared code; the reports are released; the
   head teacher reads hers on a computer and on a phone; the officer for data protection finds it all in the log. */
import fs from "node:fs";
import path from "node:path";
import { dated } from "../acts.mjs";

export const limit_s = 100;

const NAME = "Pauser, prøve";

/* Clicks, and waits for the page that comes. */
async function click(page, selector) {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);
}

async function questionnaire(page, base, out) {
  await page.goto(`${base}/sporgeskemaer/PERS`);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click('main a[href$="/hent"]')]);
  const q = JSON.parse(fs.readFileSync(await file.path(), "utf8"));
  const kept = path.join(out, "pauser.json");
  q.code = "PAUSER";
  q.title.da = "Pauser";
  fs.writeFileSync(kept, JSON.stringify(q));
  await page.goto(`${base}/sporgeskemaer`);
  await page.setInputFiles('input[name="fil"]', kept);
  await click(page, 'main form[action="/sporgeskemaer"] button');
}

async function draft(page, base) {
  await page.goto(`${base}/maalinger/ny`);
  await page.check('input[name="questionnaire"][value="PAUSER"]', { force: true });
  await page.fill('input[name="name"]', NAME);
  await page.fill('input[name="open"]', dated(0));
  await page.fill('input[name="close"]', dated(3));
  await page.check('input[name="role"][value="personale"]', { force: true });
  await page.check('input[name="depth"][value="skole"]', { force: true });
  await click(page, 'main form[method="post"] button[type="submit"]');
}

async function invited(page) {
  await click(page, 'main a[href$="/inviterede"]');
  const lines = await page.inputValue("textarea");
  await page.fill("textarea", lines.replace(/^S12;personale;;/m, "S12;personale;30;"));
  await click(page, 'main form[method="post"] button[type="submit"]');
  await click(page, '.crumb a[href^="/maaling/"]');
}

async function step(page, name) {
  await click(page, `.button-row a:has-text("${name}")`);
  await click(page, 'main form[method="post"] button[type="submit"]');
}

/* Makes the shared code and fetches two letters; gives the shared code. */
async function codes(page, check) {
  await click(page, 'main a:has-text("Koder til Strandmarkskolen")');
  await click(page, 'main button:has-text("Lav de fælles koder")');
  const code = (await page.textContent(".panel .codes")).trim();
  await page.check('input[name="role"][value="personale"]', { force: true });
  await page.fill('input[name="single"]', "2");
  await page.check('input[name="paper"][value="breve"]', { force: true });
  const [letters] = await Promise.all([page.waitForEvent("download"), page.click('main form[action$="/pdf"] button')]);
  check(fs.readFileSync(await letters.path()).subarray(0, 5).toString() === "%PDF-", "the letters are a PDF");
  return code;
}

/* Answers every question that is shown with its nth choice, part by part, and sends. */
async function answer(page, base, code, n) {
  await page.goto(`${base}/s`);
  await page.fill('input[type="text"], input:not([type])', code);
  await click(page, "main button");
  for (let part = 0; part < 20; part++) {
    await page.evaluate((at) => {
      const seen = (e) => !e.closest("[hidden]");
      const names = new Set([...document.querySelectorAll("main input[type=radio]")].filter(seen).map((e) => e.name));
      for (const name of names) {
        const all = document.getElementsByName(name);
        all[at % Math.max(1, all.length - 1)].click();
      }
    }, n);
    const send = page.locator('main button[value="send"]:visible');
    if (await send.count()) {
      await Promise.all([page.waitForNavigation({ waitUntil: "load" }), send.first().click()]);
      break;
    }
    await page.locator('main .resp-nav button:visible').last().click();
  }
  return page.textContent("main");
}

export async function walk({ as, base, out, check, step: at }) {
  at("a questionnaire of the one that is there");
  const office = await as("konsulent");
  await questionnaire(office, base, out);
  check(/PAUSER/.test(office.url()), `the questionnaire was taken in: ${office.url()}`);
  check(/Ingen fejl/.test(await office.textContent("main")), "the questionnaire is checked, and has no faults");
  at("a measurement");
  await draft(office, base);
  await invited(office);
  const wave = office.url();
  await step(office, "Åbn målingen");
  check(/Der kan svares/.test(await office.textContent(".lead")), "the measurement takes answers");
  at("codes and letters");
  const code = await codes(office, check);
  at("answers by code");
  const people = await as(null, 360);
  for (let i = 0; i < 12; i++) {
    const thanks = await answer(people, base, code, i);
    check(/Tak/.test(thanks), `answer ${i + 1} is received: ${thanks.replace(/\s+/g, " ").slice(0, 200)}`);
    await people.context().clearCookies();
  }
  at("closing, looking through, releasing");
  await office.goto(wave);
  check(/mindst 10 af 30/.test(await office.textContent("table")), "the answers are told in steps of five");
  await step(office, "Luk målingen nu");
  await step(office, "Gennemgå svarene");
  await click(office, '.button-row a:has-text("Frigiv")');
  await click(office, 'main form[method="post"] button[type="submit"]');
  await office.waitForSelector('main a[href="/rapporter"]', { timeout: 30000 });
  at("the head teacher reads");
  for (const width of [1280, 360]) {
    const head = await as("skoleleder", width);
    check((await head.goto(`${base}/`)).ok() && (await head.textContent("main")).includes(NAME), "the new report is a loose end of the head teacher");
    await click(head, `.loose:has-text("${NAME}") .button`);
    check(/Strandmarkskolen/.test(await head.textContent("h1")), "the report is her school's");
    const over = await head.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(over === 0, `the report does not scroll sideways at ${width}: ${over}`);
    await head.screenshot({ path: path.join(out, `way-report-${width}.png`) });
  }
  at("the log");
  const officer = await as("dpo");
  await officer.goto(`${base}/log`);
  const told = await officer.textContent("main");
  for (const words of ["Frigav en målings rapporter", "Hentede koder til en måling", "Line Ågård"]) check(told.includes(words), `the log has: ${words}`);
}

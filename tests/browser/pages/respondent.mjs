/* What somebody sees who answers with a code (codes.json, from respondent.sh). */
import fs from "node:fs";

const codes = JSON.parse(fs.readFileSync(new URL("../codes.json", import.meta.url), "utf8"));
const narrow = [320];
/* script: without one, conditions are told in words and what hangs on them is there at once. */

async function press(page, name) {
  await page.click(`[data-part]:not([hidden]) .resp-nav >> text=${name}`);
}

function must(holds, what) {
  if (!holds) throw new Error(what);
}

/* A browser with a voice for Danish: Chromium's own on such a machine has none. */
function giveVoice() {
  window.said = [];
  const voice = { lang: "da-DK", localService: true, name: "Prøve" };
  Object.defineProperty(window, "speechSynthesis", {
    value: { speaking: false, getVoices: () => [voice], speak: (u) => window.said.push(u.text), cancel() {}, addEventListener() {} },
  });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
}

export const pages = [
  { path: "/s", name: "code", narrow },
  { path: "/s?kode=FINDES-IKKE", name: "code-unknown", status: 404, narrow },
  { path: `/s/${codes.open}`, name: "first-part", narrow, script: true },
  {
    path: `/s/${codes.open}`,
    name: "filled-in",
    narrow,
    async before(page) {
      await page.check('input[name="Q1"][value="2"]', { force: true });
      must(await page.isVisible('legend:has-text("Hvad gør det svært")'), "the question that hangs on an answer does not come");
      await page.check('input[name="X1"][value="4"]', { force: true });
      await page.check('input[name="X2"][value="9"]', { force: true });
      await page.click("[data-part]:not([hidden]) details summary");
    },
  },
  {
    path: `/s/${codes.open}`,
    name: "last-part",
    narrow,
    async before(page) {
      await press(page, "Næste del");
      await page.waitForSelector('[data-part="2"]:not([hidden])');
      must(await page.evaluate(() => document.activeElement.matches(".part-title")), "the new part does not take the focus");
      await page.reload();
      await page.check('input[name="X3"][value="5"]', { force: true });
      await press(page, "Næste del");
      await page.check('input[name="M"][value="1"]', { force: true });
      await page.fill('input[name="N"]', "7,5");
    },
  },
  {
    path: `/s/${codes.open}`,
    name: "wrong",
    narrow,
    async before(page) {
      await press(page, "Næste del");
      await page.fill('input[name="N"]', "mange");
      await press(page, "Send svaret");
      await page.waitForSelector('[aria-invalid="true"]');
      must(await page.evaluate(() => document.activeElement.id === "problems"), "the list of problems does not take the focus");
    },
  },
  {
    path: `/s/${codes.open}`,
    name: "nothing-answered",
    async before(page) {
      await press(page, "Næste del");
      await press(page, "Send svaret");
      await page.waitForSelector("#problems");
    },
  },
  {
    path: `/s/${codes.single}`,
    name: "thanks",
    narrow,
    async before(page) {
      await page.check('input[name="Q1"][value="4"]', { force: true });
      await press(page, "Næste del");
      await page.fill('textarea[name="T"]', "Mere ro i timerne.");
      await press(page, "Send svaret");
      await page.waitForSelector('[data-page="tak"]');
      must(await page.evaluate(() => sessionStorage.length === 0), "the draft is kept after it was sent");
    },
  },
  {
    path: `/s/${codes.single2}`,
    name: "sent-twice",
    async before(page) {
      const way = page.url();
      await page.request.post(way, { form: { Q1: "3" } });
      await page.check('input[name="Q1"][value="4"]', { force: true });
      await press(page, "Næste del");
      await press(page, "Send svaret");
      await page.waitForSelector('[data-page="brugt"]');
    },
  },
  { path: `/s/${codes.single}`, name: "used", status: 410, narrow },
  { path: `/s/${codes.open}?sprog=ar`, name: "arabic", narrow, script: true },
  {
    path: `/s/${codes.open}?sprog=ar`,
    name: "arabic-wrong",
    narrow,
    async before(page) {
      await page.click('[data-part="1"] .button-primary');
      await page.fill('input[name="N"]', "x");
      await page.click('[data-part="2"] .button-primary');
      await page.waitForSelector('[aria-invalid="true"]');
      must(await page.evaluate(() => getComputedStyle(document.querySelector("textarea")).direction === "rtl"), "Arabic is not written from the right");
    },
  },
  { path: `/s/${codes.open}?sprog=en`, name: "english", script: true },
  { path: `/s/${codes.open}/persondata`, name: "personal-data", narrow },
  {
    path: `/s/${codes.pupil}`,
    name: "pupil",
    narrow,
    async before(page) {
      must(!(await page.isVisible("button[data-read]")), "a read-aloud button without a voice");
    },
  },
  { path: `/s/${codes.pupil}`, name: "pupil-plain" },
  {
    path: `/s/${codes.pupil}`,
    name: "pupil-voice",
    narrow,
    async before(page) {
      await page.addInitScript(giveVoice);
      await page.reload();
      await page.click("[data-part]:not([hidden]) button[data-read]");
      const said = await page.evaluate(() => window.said.join("|"));
      must(said.includes("Jeg lærer noget nyt") && said.includes("Helt enig"), `what is read aloud: ${said}`);
    },
  },
  { path: `/s/${codes.closed}`, name: "closed", status: 410, narrow },
  { path: `/s/${codes.later}`, name: "not-yet", status: 410 },
];

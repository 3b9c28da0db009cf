/* A consultant of the administration, who runs measurements: a new one in each of its states. */
import { dated, follow, wrongly } from "../acts.mjs";

export const login = "konsulent";

/* Draft → open → closed → looked through, made on the way: each row goes one step further. */
async function make(page) {
  await page.check('input[name="questionnaire"][value="PERS"]', { force: true });
  await page.fill('input[name="name"]', "Kort måling om pauser");
  await page.fill('input[name="open"]', dated(0));
  await page.fill('input[name="close"]', dated(5));
  await page.check('input[name="role"][value="personale"]', { force: true });
  await page.check('input[name="depth"][value="skole"]', { force: true });
  await page.click('main form[method="post"] button[type="submit"]');
  await page.waitForSelector(".states");
}
const wave = ['main table a:has-text("pauser")'];
const edit = [...wave, 'main a[href$="/ret"]'];
const step = (name) => [...wave, `.button-row a:has-text("${name}")`, 'main form[method="post"] button[type="submit"]'];

export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/organisation/S12/ret", name: "unit-edit" },
  { path: "/maalinger", name: "waves" },
  { path: "/maalinger/ny", name: "wave-new" },
  { path: "/maalinger/ny", name: "wave-new-wrong", before: wrongly },
  { path: "/maalinger/ny", name: "wave-draft", before: make },
  { path: "/", name: "front-draft" },
  { path: "/maalinger", name: "wave-edit", before: follow(...edit) },
  { path: "/maalinger", name: "wave-edit-wrong", before: async (page) => {
    await follow(...edit)(page);
    await page.fill('input[name="close"]', dated(-1));
    await wrongly(page);
  } },
  { path: "/maalinger", name: "wave-edited", before: async (page) => {
    await follow(...edit)(page);
    await page.fill('input[name="name"]', "Kort måling om pauser, rettet");
    await follow('main form[method="post"] button[type="submit"]')(page);
    await page.waitForSelector('h1:has-text("rettet")');
  } },
  { path: "/maalinger", name: "invited", before: follow(...wave, 'main a[href$="/inviterede"]') },
  { path: "/maalinger", name: "invited-wrong", before: async (page) => {
    await follow(...wave, 'main a[href$="/inviterede"]')(page);
    await page.fill("textarea", "S12;personale;mange");
    await wrongly(page);
  } },
  { path: "/maalinger", name: "open-ask", before: follow(...wave, '.button-row a:has-text("Åbn")') },
  { path: "/maalinger", name: "wave-open", before: follow(...step("Åbn")) },
  { path: "/", name: "front-open" },
  { path: "/maalinger", name: "codes", before: follow(...wave, 'main a[href*="/koder/"]') },
  { path: "/maalinger", name: "codes-made", before: follow(...wave, 'main a[href*="/koder/"]', 'main form[method="post"] button.button-primary') },
  { path: "/maalinger", name: "letters-wrong", before: async (page) => {
    await follow(...wave, 'main a[href*="/koder/"]')(page);
    await page.click('main form[action$="/pdf"] button');
    await page.waitForSelector('[aria-invalid="true"]');
  } },
  { path: "/maalinger", name: "close-ask", before: follow(...wave, '.button-row a:has-text("Luk")') },
  { path: "/maalinger", name: "wave-closed", before: follow(...step("Luk")) },
  { path: "/maalinger", name: "check-ask", before: follow(...wave, '.button-row a:has-text("Gennemgå svarene")') },
  { path: "/maalinger", name: "wave-checked", before: follow(...step("Gennemgå svarene")) },
  { path: "/maalinger", name: "release-ask", before: follow(...wave, '.button-row a:has-text("Frigiv")') },
  { path: "/maalinger", name: "wave-archived", before: follow(...step("Arkivér")) },
  { path: "/maalinger", name: "wave-released", before: follow('main table a:has-text("forår 2026")') },
  { path: "/maaling/00000000000000000000000000000000", name: "wave-none", status: 404 },
  { path: "/sporgeskemaer", name: "questionnaires" },
  { path: "/sporgeskemaer", name: "questionnaire-new-wrong", before: async (page) => {
    await page.click('main form[action="/sporgeskemaer/nyt"] button');
    await page.waitForSelector('[aria-invalid="true"]');
  } },
  { path: "/sporgeskemaer/PERS", name: "questionnaire" },
  { path: "/sporgeskemaer/ELEV?sprog=en", name: "questionnaire-english" },
  { path: "/sporgeskemaer/FINDES-IKKE", name: "questionnaire-none", status: 404 },
  { path: "/rapporter", name: "reports" },
  { path: "/rapporter", name: "municipal-report", before: follow('main a[href*="/kommune/"]') },
];

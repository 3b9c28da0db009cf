/* The leader of a programme across municipalities: the region's waves and questionnaires. */
import { follow } from "../acts.mjs";

export const login = "programleder";

/* A draft of one's own has addresses and letters, and the demonstration's waves stay as they are. */
async function openMail(page) {
  await page.goto(new URL("/maalinger/ny", page.url()).href);
  await page.fill('[name="name"]', `Trivsel ${Math.floor(Math.random() * 1e9)}`);
  await page.locator('[name="questionnaire"]').first().check().catch(() => page.selectOption('[name="questionnaire"]', { index: 1 }));
  await page.fill('[name="open"]', "01-01-2020");
  await page.fill('[name="close"]', "31-12-2199");
  await page.check('[name="role"][value="personale"]');
  await page.check('[name="depth"][value="skole"]');
  await page.click('main form[method="post"] button[type="submit"]');
  await page.click('main a[href$="/mail"]');
  await page.waitForSelector("h1");
}

async function openAddresses(page) {
  await openMail(page);
  await page.click('main a[href$="/mail/adresser"]');
  await page.waitForSelector('[name="liste"]');
}

async function openLetter(page) {
  await openMail(page);
  await page.click('main a[href*="slags=invite"]');
  await page.waitForSelector('[name="body"]');
}

export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/maalinger", name: "wave", before: follow("table.data tbody a") },
  { path: "/sporgeskemaer/PERS", name: "questionnaire" },
  { path: "/sporgeskemaer/PERS", name: "section-edit", before: follow('main a[href*="/afsnit/"]') },
  { path: "/sporgeskemaer/PERS", name: "item-edit", before: follow('main a[href*="/sporgsmaal/"]') },
  { path: "/sporgeskemaer/PERS", name: "item-new", before: follow('main a[href*="/nyt-sporgsmaal/"]') },
  { path: "/sporgeskemaer/PERS/nyt-afsnit", name: "section-new" },
  { path: "/sporgeskemaer/PERS/nyt-afsnit", name: "section-new-wrong", before: async (page) => {
    await page.click('main form[method="post"] button.button-primary');
    await page.waitForSelector('[aria-invalid="true"]');
  } },
  { path: "/rapporter", name: "reports" },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
  { path: "/maalinger", name: "wave-mail", before: openMail },
  { path: "/maalinger", name: "wave-mail-addresses", before: openAddresses },
  { path: "/maalinger", name: "wave-mail-letter", before: openLetter },
];

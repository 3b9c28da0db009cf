/* The leader of a programme across municipalities: the region's waves and questionnaires. */
import { follow } from "../acts.mjs";

export const login = "programleder";
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
];

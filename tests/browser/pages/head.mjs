/* A head teacher's rounds. */
export const login = "skoleleder";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/organisation?navn=skole", name: "organisation-found" },
  { path: "/organisation?navn=findesikke", name: "organisation-none" },
  { path: "/organisation/S12", name: "unit" },
  { path: "/organisation/S12/ret", name: "refused", status: 403 },
  { path: "/personer", name: "people" },
  { path: "/maalinger", name: "waves" },
  { path: "/sporgeskemaer", name: "questionnaires" },
  { path: "/min-konto", name: "account" },
  { path: "/mine-log-ind", name: "sessions" },
  { path: "/hvem-har-set", name: "seen" },
  { path: "/rapporter", name: "reports" },
  {
    path: "/rapporter",
    name: "report",
    async before(page) {
      await page.click("main table a");
      await page.waitForSelector("#metode");
    },
  },
  { path: "/support", name: "support" },
  {
    path: "/support",
    name: "support-wrong",
    async before(page) {
      await page.click('main form[action="/support"] button[type="submit"]');
      await page.waitForSelector('[aria-invalid="true"]');
    },
  },
  { path: "/findes-ikke", name: "not-found", status: 404 },
];

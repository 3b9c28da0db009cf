/* The municipality's administrator: organisation, people, roles and the support desk. */
export const login = "sysadm";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  {
    path: "/organisation",
    name: "organisation-unfolded",
    async before(page) {
      await page.click(".unit-tree details summary");
    },
  },
  { path: "/organisation?dag=31-02-2026", name: "organisation-wrong-day" },
  { path: "/organisation/K1", name: "municipality" },
  { path: "/organisation/S12", name: "school" },
  { path: "/organisation/S12/ret", name: "unit-edit" },
  { path: "/organisation/S12/ny", name: "unit-new" },
  {
    path: "/organisation/S12/ny",
    name: "unit-new-wrong",
    async before(page) {
      await page.click('main form[method="post"] button[type="submit"]');
      await page.waitForSelector('[aria-invalid="true"]');
    },
  },
  { path: "/organisation/S12/afslut", name: "unit-end" },
  { path: "/organisation/S12/sammenlaeg", name: "unit-merge" },
  { path: "/organisation/S12/del", name: "unit-split" },
  { path: "/organisation/S12/opryk", name: "rollover" },
  { path: "/personer", name: "people" },
  { path: "/personer?navn=ingen", name: "people-none" },
  { path: "/personer/ny", name: "person-new" },
  {
    path: "/personer/ny",
    name: "person-new-wrong",
    async before(page) {
      await page.click('main form[method="post"] button[type="submit"]');
      await page.waitForSelector('[aria-invalid="true"]');
    },
  },
  {
    path: "/personer",
    name: "person",
    async before(page) {
      await page.click("table.data tbody a");
      await page.waitForSelector("h1");
    },
  },
  { path: "/roller", name: "roles" },
  { path: "/support/indbakke", name: "desk" },
  { path: "/support/indbakke?vis=besvarede", name: "desk-answered" },
  { path: "/log", name: "refused", status: 403 },
];

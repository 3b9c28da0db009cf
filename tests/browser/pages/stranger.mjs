/* What somebody sees who is not signed in. */
export const pages = [
  { path: "/log-ind", name: "log-in" },
  {
    path: "/log-ind",
    name: "log-in-wrong",
    async before(page) {
      await page.click('main button[type="submit"]');
      await page.waitForSelector('[aria-invalid="true"]');
    },
  },
  { path: "/glemt-adgangskode", name: "forgot" },
  { path: "/s", name: "code" },
  { path: "/findes-ikke", name: "not-found", status: 404 },
];

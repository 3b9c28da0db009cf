/* The head of schools: questionnaires and waves of all the schools. */
export const login = "skolechef";
export const pages = [
  { path: "/", name: "front" },
  { path: "/maalinger", name: "waves" },
  {
    path: "/maalinger",
    name: "wave",
    async before(page) {
      await page.click('table.data tbody a:has-text("pulsmåling")');
      await page.waitForSelector("h1");
    },
  },
  { path: "/sporgeskemaer", name: "questionnaires" },
  { path: "/sporgeskemaer/PERS", name: "questionnaire" },
];

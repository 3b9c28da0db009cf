/* What somebody sees who is not signed in. */
import { wrongly } from "../acts.mjs";

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
  { path: "/glemt-adgangskode", name: "forgot-wrong", before: wrongly },
  { path: "/glemt-adgangskode?bedt=1", name: "forgot-asked" },
  { path: "/s", name: "code" },
  { path: "/vejledning", name: "guides" },
  { path: "/vejledning/skoleleder", name: "guide-head" },
  { path: "/vejledning/administration", name: "guide-administration" },
  { path: "/vejledning/svar", name: "guide-answer" },
  { path: "/vejledning?sprog=en", name: "guides-en" },
  { path: "/vejledning/skoleleder?sprog=en", name: "guide-head-en" },
  { path: "/persondata", name: "privacy" },
  { path: "/was", name: "accessibility" },
  { path: "/tilgaengelighed?sprog=en", name: "accessibility-en" },
  { path: "/om", name: "about" },
  { path: "/findes-ikke", name: "not-found", status: 404 },
];

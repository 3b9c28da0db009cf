/* A head teacher's rounds. */
import { follow, wrongly } from "../acts.mjs";

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
  { path: "/maalinger", name: "wave", before: follow('table.data tbody a:has-text("forår 2026")') },
  { path: "/maalinger", name: "wave-under-way", before: follow('table.data tbody a:has-text("Elever, pulsmåling")') },
  { path: "/maalinger", name: "wave-code", before: follow('table.data tbody a:has-text("Personale, pulsmåling")', 'main a[href*="/koder/"]') },
  { path: "/maalinger/ny", name: "wave-new-refused", status: 403 },
  { path: "/sporgeskemaer", name: "questionnaires" },
  { path: "/sporgeskemaer/PERS", name: "questionnaire" },
  { path: "/min-konto", name: "account" },
  { path: "/min-konto", name: "password-wrong", before: wrongly },
  { path: "/mine-log-ind", name: "sessions" },
  { path: "/hvem-har-set", name: "seen" },
  { path: "/rapporter", name: "reports" },
  { path: "/rapporter", name: "report", before: follow('main a[href*="/skole/"]') },
  { path: "/rapporter", name: "report-show", before: follow('main a[href*="/skole/"]', 'main a[href$="/vis"]') },
  { path: "/rapporter", name: "focus", before: follow('main a[href*="/skole/"]', 'main a[href*="/fokus/"]') },
  { path: "/rapporter", name: "report-open", before: follow('section:has-text("ledere, forår 2025") a[href*="/skole/"]', 'main a[href$="/aabn"]') },
  { path: "/support", name: "support" },
  { path: "/support", name: "support-wrong", before: wrongly },
  { path: "/findes-ikke", name: "not-found", status: 404 },
];

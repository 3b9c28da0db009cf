/* The municipality's administrator: organisation, people, roles and the support desk. */
import { follow, wrongly } from "../acts.mjs";

export const login = "sysadm";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/organisation", name: "organisation-unfolded", before: (page) => page.click(".unit-tree details summary") },
  { path: "/organisation?dag=31-02-2026", name: "organisation-wrong-day" },
  { path: "/organisation/K1", name: "municipality" },
  { path: "/organisation/S12", name: "school" },
  { path: "/organisation/S12?sluttet=1", name: "school-with-ended" },
  { path: "/organisation/S12/ret", name: "unit-edit" },
  { path: "/organisation/S12/ny", name: "unit-new" },
  { path: "/organisation/S12/ny", name: "unit-new-wrong", before: wrongly },
  { path: "/organisation/S12/afslut", name: "unit-end" },
  { path: "/organisation/S12/sammenlaeg", name: "unit-merge" },
  { path: "/organisation/S12/sammenlaeg", name: "unit-merge-wrong", before: wrongly },
  { path: "/organisation/S12/del", name: "unit-split" },
  { path: "/organisation/S12/opryk", name: "rollover" },
  { path: "/organisation/FINDES-IKKE", name: "unit-none", status: 404 },
  { path: "/personer", name: "people" },
  { path: "/personer?navn=ingen", name: "people-none" },
  { path: "/personer/ny", name: "person-new" },
  { path: "/personer/ny", name: "person-new-wrong", before: wrongly },
  { path: "/personer", name: "person", before: follow("table.data tbody a") },
  { path: "/roller", name: "roles" },
  { path: "/support/indbakke", name: "desk" },
  { path: "/kontakt", name: "contact" },
  { path: "/persondata", name: "privacy-own" },
  { path: "/support/indbakke?vis=besvarede", name: "desk-answered" },
  { path: "/min-konto", name: "account" },
  { path: "/min-konto/kode", name: "second-factor", script: true }, // a new secret with each look
  { path: "/min-konto/kode", name: "second-factor-wrong", before: wrongly },
  { path: "/log", name: "refused", status: 403 },
  { path: "/maalinger", name: "waves-refused", status: 403 },
  { path: "/rapporter", name: "reports-refused", status: 403 },
];

/* The head of a department of a school with four. */
import { follow } from "../acts.mjs";

export const login = "afdelingsleder";
export const pages = [
  { path: "/", name: "front" },
  { path: "/rapporter", name: "reports" },
  { path: "/rapporter", name: "report", before: follow('main a[href*="/skole/"]') },
  { path: "/maalinger", name: "wave", before: follow("table.data tbody a") },
  { path: "/sporgeskemaer/ELEV", name: "questionnaire" },
  { path: "/organisation", name: "organisation" },
];

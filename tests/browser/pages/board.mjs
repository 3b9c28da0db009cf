/* A member of the council: what has been opened to the council, and no more. */
import { follow } from "../acts.mjs";

export const login = "politiker";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "refused", status: 403 },
  { path: "/maalinger", name: "waves-refused", status: 403 },
  { path: "/rapporter", name: "reports" },
  { path: "/rapporter", name: "report", before: follow('main a[href*="/kommune/"]') },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
];

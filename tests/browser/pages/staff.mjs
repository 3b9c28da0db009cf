/* A member of a team. */
export const login = "medarbejder";
export const pages = [
  { path: "/", name: "front" },
  { path: "/rapporter", name: "reports" },
  { path: "/organisation", name: "organisation" },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
  { path: "/maalinger", name: "waves-refused", status: 403 },
  { path: "/personer", name: "people-refused", status: 403 },
];

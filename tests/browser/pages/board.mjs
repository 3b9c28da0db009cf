/* A member of the council. */
export const login = "politiker";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "refused", status: 403 },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
];

/* A consultant of the administration. */
export const login = "konsulent";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
];

/* A member of a team. */
export const login = "medarbejder";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
];

/* The leader of a programme across municipalities. */
export const login = "programleder";
export const pages = [
  { path: "/", name: "front" },
  { path: "/organisation", name: "organisation" },
  { path: "/min-konto", name: "account" },
  { path: "/support", name: "support" },
];

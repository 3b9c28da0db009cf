/* A head teacher's rounds. */
export const login = "skoleleder";
export const pages = [
  { path: "/", name: "front" },
  { path: "/mine-log-ind", name: "sessions" },
  { path: "/support", name: "support" },
  { path: "/findes-ikke", name: "not-found", status: 404 },
];

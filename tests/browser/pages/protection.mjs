/* The data protection officer: the log. */
export const login = "dpo";
export const pages = [
  { path: "/", name: "front" },
  { path: "/log", name: "log" },
  { path: "/log?om=findes-ikke", name: "log-none" },
  { path: "/log?fra=ikke-en-dag", name: "log-wrong-day" },
  { path: "/personer", name: "people" },
  { path: "/hvem-har-set", name: "seen" },
];

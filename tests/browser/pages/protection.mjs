/* The data protection officer: the log. Each look adds a line to it, so that its words are never the same twice (script: true). */
export const login = "dpo";
export const pages = [
  { path: "/", name: "front" },
  { path: "/log", name: "log", script: true },
  { path: "/log?hvem=skoleleder", name: "log-person", script: true },
  { path: "/log?om=findes-ikke", name: "log-none", script: true },
  { path: "/log?fra=ikke-en-dag", name: "log-wrong-day", script: true },
  { path: "/personer", name: "people" },
  { path: "/maalinger", name: "waves" },
  { path: "/sporgeskemaer/PERS", name: "questionnaire" },
  { path: "/hvem-har-set", name: "seen" },
  { path: "/rapporter", name: "reports", status: 403 },
];

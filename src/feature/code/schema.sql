-- A code to answer with. 'single' works once, 'open' for a whole class. Never changed by answering:
-- which ones are used is told by spent marks under a key that lies elsewhere (DESIGN, Anonymity).
CREATE TABLE wave_code (
  id         INTEGER PRIMARY KEY,
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  role       TEXT    NOT NULL CHECK (role IN ('personale', 'leder', 'elev', 'foraelder')),
  kind       TEXT    NOT NULL CHECK (kind IN ('single', 'open')),
  code_hash  TEXT    NOT NULL UNIQUE CHECK (length(code_hash) = 64),
  sealed     TEXT,                                 -- under the wave's key, to show, print or send again; none after closing
  lang       TEXT    NOT NULL DEFAULT 'da'
) STRICT;
CREATE INDEX wave_code_by_unit ON wave_code (wave_id, unit_id, role, kind, id);

-- For those who mail codes; whom a code is for stands with them, under the wave's key.
CREATE VIEW v_code AS SELECT id, wave_id, unit_id, role, kind, code_hash, sealed, lang FROM wave_code;

-- What was released: every figure and every hidden mark, stored once and never recomputed.
CREATE TABLE publication (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  number     INTEGER NOT NULL CHECK (number >= 1), -- the report's version
  released_on INTEGER NOT NULL,
  report     TEXT    NOT NULL,                     -- FORMATS §4 JSON, to the byte as it is given out
  frame      TEXT    NOT NULL,                     -- JSON: titles, options, colours: what pages need beside the figures
  UNIQUE (wave_id, unit_id, number)
) STRICT;

-- n of every cell of a publication and whether it was hidden: what the next version must not give
-- away. n is the true one, also where hidden; it is for the next release alone and never leaves.
CREATE TABLE publication_cell ( -- big
  publication_id INTEGER NOT NULL REFERENCES publication (id),
  item_id    INTEGER NOT NULL,                     -- 0: answered
  group_id   INTEGER NOT NULL,                     -- 0: everybody
  state      INTEGER NOT NULL CHECK (state IN (0, 1, 2)),  -- 0 shown, 1 hidden (few), 2 hidden for others' sake
  n          INTEGER NOT NULL CHECK (n >= 0),
  excluded   INTEGER NOT NULL CHECK (excluded >= 0),
  PRIMARY KEY (publication_id, item_id, group_id)
) STRICT, WITHOUT ROWID;

-- Who may read it: released per unit and audience.
CREATE TABLE publication_audience (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  audience   TEXT    NOT NULL CHECK (audience IN ('ledelse', 'medarbejdere', 'forvaltning', 'offentlig')),
  since      INTEGER NOT NULL,                     -- first day
  by_person  INTEGER REFERENCES person (id),       -- none: by the wave's date or the command line
  PRIMARY KEY (wave_id, unit_id, audience)
) STRICT;

-- What people write into a report: forward focus, per section. The figures stay as they are.
CREATE TABLE report_focus (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  version    INTEGER NOT NULL DEFAULT 1,
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  section    TEXT    NOT NULL,
  body       TEXT    NOT NULL CHECK (length(body) <= 4000),
  written_by INTEGER NOT NULL REFERENCES person (id),
  written_at INTEGER NOT NULL,
  UNIQUE (wave_id, unit_id, section)
) STRICT;

CREATE VIEW v_report_publication AS SELECT id, owner_id, wave_id, unit_id, number, released_on FROM publication;
CREATE VIEW v_report_audience AS SELECT wave_id, unit_id, audience, since FROM publication_audience;

-- One release: all that was published together was protected together.
CREATE TABLE release_round (
  id         INTEGER PRIMARY KEY,
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  number     INTEGER NOT NULL CHECK (number >= 1),
  released_on INTEGER NOT NULL,
  counts     TEXT    NOT NULL CHECK (length(counts) = 64), -- hash of all n: two rounds alike are one to a reader
  UNIQUE (wave_id, number)
) STRICT;

-- What was released: every figure and every hidden mark, stored once and never recomputed.
CREATE TABLE publication (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  number     INTEGER NOT NULL CHECK (number >= 1), -- the report's version
  round_id   INTEGER NOT NULL REFERENCES release_round (id),
  released_on INTEGER NOT NULL,
  report     TEXT    NOT NULL,                     -- FORMATS §4 JSON, to the byte as it is given out
  frame      TEXT    NOT NULL,                     -- JSON: titles, options, names: what pages need beside the figures
  UNIQUE (wave_id, unit_id, number)
) STRICT;

-- n of every cell at a release, also of units that kept their version then: what the next release
-- must not give away. n is the true one, also where hidden; it never leaves.
CREATE TABLE release_cell ( -- big
  round_id   INTEGER NOT NULL REFERENCES release_round (id),
  item_id    INTEGER NOT NULL,                     -- an item or score; 0: answered, -1: invited
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  group_id   INTEGER NOT NULL,                     -- 0: everybody; -1, -2: participants and not
  state      INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3, 4)), -- shown, hidden (few), hidden for others' sake,
                                                   -- not released then, nobody there
  n          INTEGER NOT NULL CHECK (n >= 0),
  excluded   INTEGER NOT NULL CHECK (excluded >= 0),
  PRIMARY KEY (round_id, item_id, unit_id, group_id)
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

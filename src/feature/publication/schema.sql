-- One release: all that was published together was protected together.
CREATE TABLE publication_round (
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
  round_id   INTEGER NOT NULL REFERENCES publication_round (id),
  released_on INTEGER NOT NULL,
  report     TEXT    NOT NULL,                     -- FORMATS §4 JSON, to the byte as it is given out
  frame      TEXT    NOT NULL,                     -- JSON: titles, options, names: what pages need beside the figures
  UNIQUE (wave_id, unit_id, number)
) STRICT;

-- Who may read it: released per unit and audience.
CREATE TABLE publication_audience (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  audience   TEXT    NOT NULL CHECK (audience IN ('ledelse', 'medarbejdere', 'forvaltning', 'offentlig')),
  since      INTEGER NOT NULL,                     -- first day
  by_person  INTEGER REFERENCES person (id),       -- none: by the wave's date or the command line
  PRIMARY KEY (wave_id, unit_id, audience)
) STRICT;

CREATE VIEW v_publication_round AS SELECT id, wave_id, number, counts FROM publication_round;
CREATE VIEW v_publication AS SELECT id, owner_id, wave_id, unit_id, number, round_id, released_on FROM publication;
CREATE VIEW v_publication_audience AS SELECT wave_id, unit_id, audience, since FROM publication_audience;

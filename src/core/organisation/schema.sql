-- What kinds of unit there are: rows, not an enum, so that a municipality can add its own.
CREATE TABLE unit_kind (
  code       TEXT    PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 32),
  name       TEXT    NOT NULL,                     -- Danish, as pages write it
  is_owner   INTEGER NOT NULL CHECK (is_owner IN (0, 1)),  -- answers for rows in law
  sort       INTEGER NOT NULL
) STRICT;

-- A place in the organisation: region, municipality, school, class, team …
-- The row says what holds now; unit_past says what held before.
CREATE TABLE unit (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id) DEFERRABLE INITIALLY DEFERRED,  -- nearest owning unit at or above
  version    INTEGER NOT NULL DEFAULT 1,
  code       TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32),
  kind       TEXT    NOT NULL REFERENCES unit_kind (code),
  parent_id  INTEGER REFERENCES unit (id),
  name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_sort  TEXT    NOT NULL,
  name_fold  TEXT    NOT NULL,
  note       TEXT    NOT NULL DEFAULT '',          -- the source's own type, as text
  valid_from INTEGER NOT NULL,                     -- days since 1970-01-01
  valid_to   INTEGER,                              -- last day; none: still there
  CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CHECK (parent_id IS NULL OR parent_id <> id)
) STRICT;
CREATE INDEX unit_by_parent ON unit (parent_id, name_sort, id);
CREATE INDEX unit_by_owner ON unit (owner_id, kind, name_sort, id);

-- Name and parent of a unit before a change: history rows are never updated.
CREATE TABLE unit_past (
  id         INTEGER PRIMARY KEY,
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  until      INTEGER NOT NULL,                     -- held up to and including this day
  parent_id  INTEGER REFERENCES unit (id),
  name       TEXT    NOT NULL,
  kind       TEXT    NOT NULL REFERENCES unit_kind (code),
  UNIQUE (unit_id, until)
) STRICT;
CREATE INDEX unit_past_by_parent ON unit_past (parent_id, unit_id);

-- Lineage: mergers, splits, and the yearly rollover of classes.
CREATE TABLE unit_succession (
  unit_id    INTEGER NOT NULL REFERENCES unit (id),  -- the newer one
  succeeds_id INTEGER NOT NULL REFERENCES unit (id), -- the older one
  PRIMARY KEY (unit_id, succeeds_id),
  CHECK (unit_id <> succeeds_id)
) STRICT;
CREATE INDEX unit_succession_back ON unit_succession (succeeds_id, unit_id);

-- Every unit with every unit at or above it: the tree as pages and rights ask for it.
-- Rewritten whole when the tree changes.
CREATE TABLE unit_reach ( -- big
  above_id   INTEGER NOT NULL REFERENCES unit (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  depth      INTEGER NOT NULL CHECK (depth >= 0),  -- 0: the unit itself
  PRIMARY KEY (above_id, unit_id)
) STRICT;
CREATE INDEX unit_reach_up ON unit_reach (unit_id, depth, above_id);

CREATE VIEW v_organisation_unit AS
  SELECT id, owner_id, version, code, kind, parent_id, name, name_sort, name_fold, note, valid_from, valid_to FROM unit;
CREATE VIEW v_organisation_past AS SELECT unit_id, until, parent_id, name, kind FROM unit_past;
CREATE VIEW v_organisation_reach AS SELECT above_id, unit_id, depth FROM unit_reach;
CREATE VIEW v_organisation_succession AS SELECT unit_id, succeeds_id FROM unit_succession;
CREATE VIEW v_organisation_kind AS SELECT code, name, is_owner, sort FROM unit_kind;

INSERT INTO unit_kind (code, name, is_owner, sort) VALUES
  ('region', 'region', 1, 1), ('kommune', 'kommune', 1, 2), ('distrikt', 'distrikt', 0, 3), ('skole', 'skole', 0, 4),
  ('specialskole', 'specialskole', 0, 5), ('afdeling', 'afdeling', 0, 6), ('aargang', 'årgang', 0, 7),
  ('klasse', 'klasse', 0, 8), ('team', 'team', 0, 9), ('sfo', 'SFO', 0, 10), ('klub', 'klub', 0, 11),
  ('dagtilbud', 'dagtilbud', 0, 12), ('ppr', 'PPR', 0, 13), ('ressourcecenter', 'ressourcecenter', 0, 14),
  ('udvalg', 'udvalg', 0, 15), ('virtuel', 'andet', 0, 16);

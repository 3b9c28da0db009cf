-- What a person did or looked at. Rows are never changed; whole sealed months expire.
CREATE TABLE audit ( -- big
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  at         INTEGER NOT NULL,                     -- UTC milliseconds
  person_id  INTEGER,                              -- none: the program itself
  verb       TEXT    NOT NULL CHECK (length(verb) BETWEEN 1 AND 40),    -- 'look', 'support.close' …
  object     TEXT    NOT NULL CHECK (length(object) BETWEEN 1 AND 40),
  object_id  INTEGER NOT NULL DEFAULT 0,
  unit_id    INTEGER NOT NULL DEFAULT 0,
  detail     TEXT    NOT NULL DEFAULT '' CHECK (length(detail) <= 500)  -- codes and numbers, never names or free text
) STRICT;
CREATE INDEX audit_by_owner ON audit (owner_id, id);
CREATE INDEX audit_by_time ON audit (owner_id, at, id);
CREATE INDEX audit_by_person ON audit (owner_id, person_id, at, id);
CREATE INDEX audit_by_object ON audit (owner_id, object, object_id, at, id);
CREATE INDEX audit_by_verb ON audit (owner_id, verb, at, id);

-- One chain of seals per owner and month: each covers the rows up to last_id that were not yet
-- covered, and the seal before it, so that a row taken out or changed shows.
CREATE TABLE audit_seal (
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  month      INTEGER NOT NULL,                     -- year × 12 + month − 1, UTC
  seq        INTEGER NOT NULL,                     -- from 1
  first_id   INTEGER NOT NULL,
  last_id    INTEGER NOT NULL,
  row_count  INTEGER NOT NULL CHECK (row_count > 0),
  sealed_at  INTEGER NOT NULL,
  hash       TEXT    NOT NULL CHECK (length(hash) = 64),  -- BLAKE2b-256 of the seal before and the rows
  PRIMARY KEY (owner_id, month, seq),
  CHECK (last_id >= first_id)
) STRICT;
CREATE INDEX audit_seal_by_end ON audit_seal (owner_id, last_id);

CREATE VIEW v_audit AS SELECT id, owner_id, at, person_id, verb, object, object_id, unit_id, detail FROM audit;

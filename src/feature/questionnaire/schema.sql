-- A questionnaire keeps its code through all its versions.
CREATE TABLE questionnaire (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER REFERENCES unit (id),         -- none: brought in before there was an organisation
  version    INTEGER NOT NULL DEFAULT 1,
  code       TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32)
) STRICT;

-- What was asked, word for word. Rows are never changed: a changed questionnaire is a new one.
CREATE TABLE questionnaire_version (
  id         INTEGER PRIMARY KEY,
  questionnaire_id INTEGER NOT NULL REFERENCES questionnaire (id),
  number     INTEGER NOT NULL CHECK (number >= 1),
  made_at    INTEGER NOT NULL,
  title      TEXT    NOT NULL DEFAULT '',          -- in Danish, else in the first language; for lists
  document   TEXT    NOT NULL,                     -- FORMATS §2, canonical: sorted keys, no spaces
  UNIQUE (questionnaire_id, number)
) STRICT;

-- The items and scores of a version, as tallies and reports name them.
CREATE TABLE item (
  id         INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES questionnaire_version (id),
  position   INTEGER NOT NULL,                     -- in the order asked; scores after the items
  code       TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  section    TEXT    NOT NULL,                     -- code; empty for scores
  theme      TEXT    NOT NULL,
  kind       TEXT    NOT NULL CHECK (kind IN ('single', 'multiple', 'matrix', 'number', 'text', 'score')),
  is_core    INTEGER NOT NULL CHECK (is_core IN (0, 1)),
  wording    TEXT    NOT NULL CHECK (length(wording) = 64),  -- hash of texts, options and sets: same hash, same wording
  same_as    TEXT    NOT NULL DEFAULT '',          -- 'QUESTIONNAIRE/ITEM' of an earlier wave, when tied by hand
  UNIQUE (version_id, code),
  UNIQUE (version_id, position)
) STRICT;

CREATE VIEW v_questionnaire AS SELECT id, owner_id, version, code FROM questionnaire;
CREATE VIEW v_questionnaire_version AS SELECT id, questionnaire_id, number, made_at, title, document FROM questionnaire_version;
CREATE VIEW v_questionnaire_item AS
  SELECT id, version_id, position, code, section, theme, kind, is_core, wording, same_as FROM item;

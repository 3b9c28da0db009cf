-- One round of asking (måling): a questionnaire version, a tree of units, dates, a promise.
CREATE TABLE wave (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  version    INTEGER NOT NULL DEFAULT 1,
  uid        TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  questionnaire_version_id INTEGER NOT NULL REFERENCES questionnaire_version (id),
  previous_id INTEGER REFERENCES wave (id),        -- the wave it is compared with
  made_on    INTEGER NOT NULL,
  opens_on   INTEGER,                              -- none: takes imports only (FORMATS §4, Versions)
  closes_on  INTEGER,                              -- last day of answering
  releases_on INTEGER,                             -- the administration sees the school reports from this day
  reach_id   INTEGER REFERENCES unit (id),         -- its tree is this unit's; none: the whole organisation's
  skips      TEXT    NOT NULL DEFAULT '' CHECK (length(skips) <= 200), -- kinds left out of the tree with all below, spaces between
  roles      TEXT    NOT NULL CHECK (length(roles) BETWEEN 1 AND 40),  -- who is asked, spaces between
  state      TEXT    NOT NULL CHECK (state IN ('kladde', 'aaben', 'lukket', 'kontrolleret', 'frigivet_skole',
    'frigivet_kommune', 'offentlig', 'arkiveret')),
  is_shared_device INTEGER NOT NULL DEFAULT 0 CHECK (is_shared_device IN (0, 1)), -- class devices: no drafts kept
  has_single_pages INTEGER NOT NULL DEFAULT 0 CHECK (has_single_pages IN (0, 1)), -- pupils: one question at a time
  has_lost_key INTEGER NOT NULL DEFAULT 0 CHECK (has_lost_key IN (0, 1)), -- closed, its key destroyed and its marks gone
  CHECK ((opens_on IS NULL) = (closes_on IS NULL)),
  CHECK (closes_on IS NULL OR closes_on >= opens_on),
  CHECK (previous_id IS NULL OR previous_id <> id),
  UNIQUE (owner_id, name)
) STRICT;
CREATE INDEX wave_by_owner ON wave (owner_id, made_on, id);

-- The tree of the wave's day, a copy: what becomes of the organisation later changes nothing here.
CREATE TABLE wave_unit (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  parent_id  INTEGER REFERENCES unit (id),
  code       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  name_sort  TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  depth      INTEGER NOT NULL CHECK (depth >= 0),
  is_lowest  INTEGER NOT NULL CHECK (is_lowest IN (0, 1)),
  is_participant INTEGER CHECK (is_participant IN (0, 1)),  -- in a programme; none: not known
  PRIMARY KEY (wave_id, unit_id)
) STRICT;

CREATE INDEX wave_unit_by_parent ON wave_unit (wave_id, parent_id);

-- How many are invited, per lowest unit and role ('': not split by role).
CREATE TABLE wave_invited (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  role       TEXT    NOT NULL CHECK (role IN ('', 'personale', 'leder', 'elev', 'foraelder')),
  n          INTEGER NOT NULL CHECK (n BETWEEN 0 AND 1000000),
  PRIMARY KEY (wave_id, unit_id, role)
) STRICT;

-- Groups that answers are split by (rolle, koen …). 'uoplyst' where the answer has no value.
CREATE TABLE wave_group (
  id         INTEGER PRIMARY KEY,
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  dimension  TEXT    NOT NULL CHECK (length(dimension) BETWEEN 1 AND 32),
  code       TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 32),
  position   INTEGER NOT NULL,
  UNIQUE (wave_id, dimension, code)
) STRICT;

-- Keyed marks of used codes, sent forms and imported rows. No time, no order, nothing to join by
-- without the wave's key, which is a file that is destroyed when the wave closes.
CREATE TABLE spent ( -- big
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  mac        TEXT    NOT NULL CHECK (length(mac) = 64),
  PRIMARY KEY (wave_id, mac)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_survey_wave AS SELECT id, owner_id, version, uid, name, questionnaire_version_id, previous_id, made_on, opens_on,
  closes_on, releases_on, reach_id, roles, state FROM wave;
CREATE VIEW v_survey_unit AS SELECT wave_id, unit_id, parent_id, code, name, name_sort, kind, depth, is_lowest, is_participant FROM wave_unit;
CREATE VIEW v_survey_invited AS SELECT wave_id, unit_id, role, n FROM wave_invited;
CREATE VIEW v_survey_group AS SELECT id, wave_id, dimension, code, position FROM wave_group;

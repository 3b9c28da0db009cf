-- Long work, done in steps (core/feature.h JobKind). Kept 30 days after its end.
CREATE TABLE job (
  id          INTEGER PRIMARY KEY,
  owner_id    INTEGER NOT NULL REFERENCES unit (id),
  version     INTEGER NOT NULL DEFAULT 1,
  uid         TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  kind        TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  args        TEXT    NOT NULL CHECK (length(args) <= 1000),  -- JSON of ids and codes, never names or free text
  lang        TEXT    NOT NULL CHECK (lang IN ('da', 'en')),  -- of what it makes and says
  state       TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  broken_off  INTEGER NOT NULL DEFAULT 0 CHECK (broken_off IN (0, 1)), -- the next step has begun before
  bookmark    TEXT    NOT NULL DEFAULT '' CHECK (length(bookmark) <= 200),
  done_n      INTEGER NOT NULL DEFAULT 0 CHECK (done_n >= 0),
  of_n        INTEGER NOT NULL DEFAULT 0 CHECK (of_n >= 0),   -- 0: not known yet
  message     TEXT    NOT NULL DEFAULT '' CHECK (length(message) <= 500), -- why the last step failed, for the page
  made_by     INTEGER REFERENCES person (id),                 -- none: the program itself
  made_at     INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,                               -- the next step not before
  tries       INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),  -- failures of this step in a row
  ended_at    INTEGER,
  CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL))
) STRICT;
CREATE INDEX job_by_turn ON job (state, next_at, id);
CREATE INDEX job_by_end ON job (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX job_by_kind ON job (owner_id, kind, state);
CREATE INDEX job_by_maker ON job (made_by, made_at, id) WHERE made_by IS NOT NULL;

-- What a job made, to be fetched by who ordered it once the job is done.
CREATE TABLE job_file (
  id          INTEGER PRIMARY KEY,
  owner_id    INTEGER NOT NULL REFERENCES unit (id),
  job_id      INTEGER NOT NULL REFERENCES job (id),
  name        TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  type        TEXT    NOT NULL CHECK (length(type) BETWEEN 3 AND 100),
  size        INTEGER NOT NULL CHECK (size >= 0),             -- bytes
  content     BLOB    NOT NULL,
  expires_at  INTEGER NOT NULL,
  UNIQUE (job_id, name),
  CHECK (size = length(content))
) STRICT;
CREATE INDEX job_file_by_end ON job_file (expires_at, id);

-- For those who count on an open row of upkeep (job_wake).
CREATE VIEW v_job AS SELECT id, owner_id, kind, state FROM job;

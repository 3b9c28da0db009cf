-- Files of a knowledge pack in the making (job report.pack); the pack itself is the job's file.
CREATE TABLE report_pack_part (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  job_id     INTEGER NOT NULL,                     -- no reference: jobs expire by themselves
  name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  content    BLOB    NOT NULL,
  UNIQUE (job_id, name)
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

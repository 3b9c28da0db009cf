-- A question to the municipality's support, and its answer.
CREATE TABLE support_question (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  version    INTEGER NOT NULL DEFAULT 1,
  uid        TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  author_id  INTEGER NOT NULL REFERENCES person (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id), -- where the author works; the municipality if unsaid
  asked_at   INTEGER NOT NULL,
  subject    TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 120),
  body       TEXT    NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  state      TEXT    NOT NULL CHECK (state IN ('open', 'answered')),
  answer     TEXT    NOT NULL DEFAULT '' CHECK (length(answer) <= 4000),
  answered_at INTEGER,
  answered_by INTEGER REFERENCES person (id),
  CHECK ((state = 'answered') = (answered_at IS NOT NULL)),
  CHECK ((state = 'answered') = (answered_by IS NOT NULL))
) STRICT;
CREATE INDEX support_by_owner ON support_question (owner_id, state, asked_at, id);
CREATE INDEX support_by_author ON support_question (author_id, asked_at, id);

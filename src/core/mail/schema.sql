-- Ordinary mails that wait to be sent (invitations of accounts, resets). Deleted when sent.
-- Survey invitations and reminders never stand here: who gets one is not stored (DESIGN, Anonymity).
CREATE TABLE mail (
  id          INTEGER PRIMARY KEY,
  owner_id    INTEGER NOT NULL REFERENCES unit (id),
  uid         TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32), -- also of its Message-ID, so a second copy can be known
  sealed      BLOB    NOT NULL,                    -- address, subject and text under a key outside the database; empty once refused
  state       TEXT    NOT NULL CHECK (state IN ('waiting', 'refused')),
  made_at     INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  tries       INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  CHECK ((state = 'refused') = (length(sealed) = 0))
) STRICT;
CREATE INDEX mail_by_turn ON mail (owner_id, state, next_at, id);
CREATE INDEX mail_by_age ON mail (made_at, id);

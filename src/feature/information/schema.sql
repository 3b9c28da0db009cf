-- Whom to ask about personal data and accessibility: one row a municipality or region.
CREATE TABLE information_contact (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL UNIQUE REFERENCES unit (id),
  version    INTEGER NOT NULL DEFAULT 1,
  office     TEXT    NOT NULL CHECK (length(office) BETWEEN 1 AND 120),   -- who answers, never a person's name
  email      TEXT    NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  phone      TEXT    NOT NULL CHECK (length(phone) BETWEEN 1 AND 40),     -- the law wants writing and telephone
  dpo_email  TEXT    NOT NULL CHECK (length(dpo_email) BETWEEN 3 AND 254),
  statement  TEXT    NOT NULL DEFAULT '' CHECK (length(statement) <= 300) -- address of the statement in the WAS tool
) STRICT;

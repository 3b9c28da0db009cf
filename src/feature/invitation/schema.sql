-- One address that a wave is mailed to, and the code that goes there. The address is sealed under the wave's key: a
-- copy of the store tells nobody who was asked, and once the key is destroyed neither do older backups.
-- Nothing here changes when the code is used; who gets a reminder is never stored. Deleted when the wave closes.
-- A removed address is forgotten, its mark is not: laid in again it gets the code it had, used or not, and never a second.
CREATE TABLE invitation ( -- big
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  code_id    INTEGER NOT NULL UNIQUE REFERENCES wave_code (id),
  address_mac TEXT   NOT NULL CHECK (length(address_mac) = 64), -- under the wave's key: each address once
  sealed     TEXT    NOT NULL,                     -- hexadecimal; empty: removed
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unsure', 'refused', 'returned', 'declined', 'removed')),
  tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),     -- refused for now so often
  next_at    INTEGER NOT NULL,
  UNIQUE (wave_id, address_mac),
  CHECK (length(sealed) > 0 OR state IN ('removed', 'declined')),
  CHECK (state <> 'removed' OR length(sealed) = 0)
) STRICT;
CREATE INDEX invitation_by_turn ON invitation (wave_id, state, next_at, id);
CREATE INDEX invitation_by_wave ON invitation (wave_id, id);

-- Marks of addresses that were mended into another one: on a list that is laid in again they are known, for their code
-- went along to the new address.
CREATE TABLE invitation_mended (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  address_mac TEXT   NOT NULL CHECK (length(address_mac) = 64),
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  PRIMARY KEY (wave_id, address_mac)
) STRICT;

-- One mailing to a wave's addresses: invitations to those who have none yet, or reminders to those whose code is unused.
CREATE TABLE mailing (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  kind       TEXT    NOT NULL CHECK (kind IN ('invite', 'remind')),
  on_day     INTEGER NOT NULL,                     -- not before
  state      TEXT    NOT NULL CHECK (state IN ('planned', 'sending', 'done', 'stopped')),
  job_uid    TEXT    NOT NULL DEFAULT '',
  sent_n     INTEGER NOT NULL DEFAULT 0 CHECK (sent_n >= 0),    -- of reminders all three are rounded down to fives
  refused_n  INTEGER NOT NULL DEFAULT 0 CHECK (refused_n >= 0),
  unsure_n   INTEGER NOT NULL DEFAULT 0 CHECK (unsure_n >= 0),
  progress   TEXT,                                 -- of reminders under way, sealed under the wave's key, always as long
  CHECK (progress IS NULL OR (kind = 'remind' AND state = 'sending'))
) STRICT;
CREATE INDEX mailing_by_wave ON mailing (wave_id, on_day, id);
CREATE INDEX mailing_by_day ON mailing (state, on_day, id);
CREATE UNIQUE INDEX mailing_planned_once ON mailing (wave_id, kind, on_day) WHERE state = 'planned';
CREATE UNIQUE INDEX mailing_one_at_once ON mailing (wave_id) WHERE state = 'sending';

-- The wave's own words; the program's where there are none, or where they were chosen again. A row stays, so that its
-- version never comes twice: who saw it before cannot write over what another has written since.
CREATE TABLE invitation_letter (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  kind       TEXT    NOT NULL CHECK (kind IN ('invite', 'remind')),
  lang       TEXT    NOT NULL CHECK (length(lang) BETWEEN 2 AND 8),
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  version    INTEGER NOT NULL DEFAULT 2 CHECK (version >= 2),  -- 1: nobody has written yet
  is_standard INTEGER NOT NULL DEFAULT 0 CHECK (is_standard IN (0, 1)),
  subject    TEXT    NOT NULL CHECK (length(subject) <= 120),
  body       TEXT    NOT NULL CHECK (length(body) <= 4000),
  PRIMARY KEY (wave_id, kind, lang),
  CHECK (is_standard = CASE WHEN subject = '' THEN 1 ELSE 0 END),
  CHECK (is_standard = CASE WHEN body = '' THEN 1 ELSE 0 END)
) STRICT;

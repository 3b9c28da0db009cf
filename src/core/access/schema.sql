-- A way to sign in. One a person.
CREATE TABLE account (
  id            INTEGER PRIMARY KEY,
  owner_id      INTEGER NOT NULL REFERENCES unit (id),
  version       INTEGER NOT NULL DEFAULT 1,
  person_id     INTEGER NOT NULL UNIQUE REFERENCES person (id),
  login         TEXT    NOT NULL UNIQUE CHECK (length(login) BETWEEN 3 AND 254),  -- folded: what is looked for
  login_shown   TEXT    NOT NULL CHECK (length(login_shown) BETWEEN 3 AND 254),   -- as it was written: what people are told
  password_hash TEXT    NOT NULL DEFAULT '',       -- Argon2id; empty: cannot sign in by password
  totp_secret   BLOB,                              -- sealed under a key that lies outside
  totp_used     INTEGER NOT NULL DEFAULT 0,        -- newest time step used: a code counts once
  lang          TEXT    NOT NULL DEFAULT 'da' CHECK (lang IN ('da', 'en')),
  reset_asked_at INTEGER NOT NULL DEFAULT 0,       -- UTC milliseconds; an administrator is asked for a new link; 0: answered
  closed_on     INTEGER                            -- first day without any access
) STRICT;
CREATE INDEX account_by_request ON account (owner_id, reset_asked_at) WHERE reset_asked_at > 0;

-- Codes on paper for the day the phone is lost: 120 random bits each, kept as a keyed hash, each good once.
CREATE TABLE recovery_code (
  account_id INTEGER NOT NULL REFERENCES account (id),
  code_mac   TEXT    NOT NULL CHECK (length(code_mac) = 64),
  used_at    INTEGER,
  PRIMARY KEY (account_id, code_mac)
) STRICT;

-- Open sessions; the cookie's token is stored as its hash only.
CREATE TABLE session (
  token_hash   TEXT    PRIMARY KEY CHECK (length(token_hash) = 64),
  uid          TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  account_id   INTEGER NOT NULL REFERENCES account (id),
  began_at     INTEGER NOT NULL,                   -- UTC milliseconds
  seen_at      INTEGER NOT NULL,                   -- to a tenth of the time one may be idle
  ends_at      INTEGER NOT NULL,
  strong_until INTEGER NOT NULL DEFAULT 0,         -- a second sign-in counts until then
  device       TEXT    NOT NULL CHECK (length(device) <= 60)  -- "Firefox, Windows": never the whole header
) STRICT;
CREATE INDEX session_by_account ON session (account_id, ends_at);
CREATE INDEX session_by_end ON session (ends_at);

-- Invitation or reset: a link that works once.
CREATE TABLE account_link (
  token_hash TEXT    PRIMARY KEY CHECK (length(token_hash) = 64),
  account_id INTEGER NOT NULL REFERENCES account (id),
  kind       TEXT    NOT NULL CHECK (kind IN ('invitation', 'reset')),
  ends_at    INTEGER NOT NULL,
  used_at    INTEGER
) STRICT;
CREATE INDEX account_link_by_account ON account_link (account_id, kind, ends_at);

-- What somebody wrote who has forgotten a password, until the program has looked a second later (link.h): the answer
-- must take the same work whether or not there is such an account. Sealed, for people write passwords into wrong fields.
CREATE TABLE reset_request (
  id         INTEGER PRIMARY KEY,
  sealed     BLOB    NOT NULL,
  asked_at   INTEGER NOT NULL                      -- UTC milliseconds
) STRICT;

-- What one administrator has asked for and a second must agree to (consent.h); kept for a week.
CREATE TABLE account_consent (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),  -- the person's
  uid        TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  person_id  INTEGER NOT NULL REFERENCES person (id),
  kind       TEXT    NOT NULL CHECK (kind IN ('invitation', 'reset', 'email', 'second', 'open', 'leaves')),
  email      TEXT    NOT NULL DEFAULT '' CHECK (length(email) <= 254),
  leaves_on  INTEGER,                              -- of 'leaves': first day without access; none: stays
  asked_by   INTEGER NOT NULL REFERENCES person (id),
  asked_at   INTEGER NOT NULL,                     -- UTC milliseconds
  answered_at INTEGER,                             -- yes or no; none: it waits
  UNIQUE (person_id, kind)
) STRICT;
CREATE INDEX account_consent_by_owner ON account_consent (owner_id, asked_at);

-- Failed attempts, per account and per address (a keyed hash of it).
CREATE TABLE throttle (
  subject    TEXT    PRIMARY KEY CHECK (length(subject) BETWEEN 3 AND 80),
  failures   INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  free_at    INTEGER NOT NULL                      -- no attempt before this instant
) STRICT;
CREATE INDEX throttle_by_end ON throttle (free_at);

-- Nonces of forms that were sent, and where that led; kept for three days.
CREATE TABLE form_nonce (
  nonce      TEXT    PRIMARY KEY CHECK (length(nonce) = 64),
  used_at    INTEGER NOT NULL,
  location   TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX form_nonce_by_time ON form_nonce (used_at);

-- doc/access.csv, rewritten at start, so that lists can ask the same table as the routes do.
CREATE TABLE access_rule (
  object     TEXT NOT NULL,
  role       TEXT NOT NULL,                        -- '*': anybody signed in
  relation   TEXT NOT NULL,
  need       TEXT NOT NULL,                        -- R, W, D or A
  PRIMARY KEY (object, need, role, relation)
) STRICT;

-- Which units a person may see the objects of, by membership; the reader adds object, need and day.
-- Relations that hang on the object itself (own, assigned, shared, released, any) are the reader's.
-- A unit may come twice: ask by IN or EXISTS, never join. UNION would take out the doubles, but SQLite then
-- works out everybody's rights before it looks for the viewer (5,000 units, 2,000 people: 1.8 s instead of 0.4 ms).
CREATE VIEW v_access_unit AS
  SELECT a.object, a.need, m.person_id AS viewer_id, r.unit_id, m.valid_from, m.valid_to
    FROM access_rule a
    JOIN v_people_membership m ON m.role = a.role
    JOIN v_organisation_reach r ON r.above_id = m.unit_id
    JOIN v_organisation_unit u ON u.id = r.unit_id
   WHERE a.relation = 'reach' OR (a.relation = 'unit' AND u.owner_id = m.owner_id)
  UNION ALL
  SELECT a.object, a.need, m.person_id, r.above_id, m.valid_from, m.valid_to
    FROM access_rule a
    JOIN v_people_membership m ON m.role = a.role
    JOIN v_organisation_reach r ON r.unit_id = m.unit_id
   WHERE a.relation = 'inside'
  UNION ALL
  SELECT a.object, a.need, m.person_id, u.id, m.valid_from, m.valid_to
    FROM access_rule a
    JOIN v_people_membership m ON m.role = a.role
    JOIN v_organisation_unit u ON u.owner_id = m.owner_id
   WHERE a.relation = 'owner';
CREATE VIEW v_access_account AS
  SELECT id, owner_id, version, person_id, login, login_shown, lang, reset_asked_at, closed_on,
         CASE WHEN password_hash = '' THEN 0 ELSE 1 END AS has_password,
         CASE WHEN totp_secret IS NULL THEN 0 ELSE 1 END AS has_second
    FROM account;

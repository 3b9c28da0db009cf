-- A person who works with the system or is asked by it by name (never a respondent's answers).
CREATE TABLE person ( -- big
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  version    INTEGER NOT NULL DEFAULT 1,
  uid        TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_sort  TEXT    NOT NULL,
  name_fold  TEXT    NOT NULL,
  email      TEXT    NOT NULL DEFAULT '' CHECK (length(email) <= 254),
  email_fold TEXT    NOT NULL DEFAULT '',          -- in small letters, to be found by
  leaves_on  INTEGER                               -- first day without any access
) STRICT;
CREATE INDEX person_by_email ON person (email_fold) WHERE email_fold <> '';
CREATE INDEX person_by_name ON person (owner_id, name_sort, id);

-- What a person is, where, for which purpose, and when. A sensitive role counts
-- only once a second person has confirmed it.
CREATE TABLE membership ( -- big
  id           INTEGER PRIMARY KEY,
  owner_id     INTEGER NOT NULL REFERENCES unit (id),
  version      INTEGER NOT NULL DEFAULT 1,
  uid          TEXT    NOT NULL UNIQUE CHECK (length(uid) = 32),
  person_id    INTEGER NOT NULL REFERENCES person (id),
  unit_id      INTEGER NOT NULL REFERENCES unit (id),
  role         TEXT    NOT NULL CHECK (role IN ('skolechef', 'laeringschef', 'konsulent', 'skoleleder', 'afdelingsleder',
    'team', 'ressourceperson', 'kvalitetsteam', 'ppr', 'visitationsmedlem', 'visitationssekretaer', 'oekonomi', 'politiker',
    'skolebestyrelse', 'med', 'org', 'foraelder', 'elev', 'programleder', 'tovholder', 'dpo', 'sysadm')),
  purpose      TEXT    NOT NULL DEFAULT '' CHECK (length(purpose) <= 200),
  valid_from   INTEGER NOT NULL,
  valid_to     INTEGER,                            -- last day; none: until further notice
  granted_by   INTEGER REFERENCES person (id),     -- none: from the command line
  needs_second INTEGER NOT NULL CHECK (needs_second IN (0, 1)),
  confirmed_by INTEGER REFERENCES person (id),
  revoked      INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),  -- ended or declined before it counted a day
  CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CHECK (confirmed_by IS NULL OR granted_by IS NULL OR confirmed_by <> granted_by),
  CHECK (confirmed_by IS NULL OR confirmed_by <> person_id),
  CHECK (granted_by IS NULL OR granted_by <> person_id)
) STRICT;
CREATE INDEX membership_by_waiting ON membership (unit_id, id) WHERE needs_second = 1 AND confirmed_by IS NULL AND revoked = 0;
CREATE INDEX membership_by_person ON membership (person_id, role, unit_id);
CREATE INDEX membership_by_unit ON membership (unit_id, role, person_id);

-- Which side of the table a role sits on is the municipality's own choice (DOMAIN §0.5).
CREATE TABLE role_side (
  owner_id   INTEGER NOT NULL REFERENCES unit (id),
  role       TEXT    NOT NULL,
  side       TEXT    NOT NULL CHECK (side IN ('forvaltning', 'skole', 'udenfor')),
  title      TEXT    NOT NULL DEFAULT '' CHECK (length(title) <= 60),  -- the local name, e.g. centerchef
  version    INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (owner_id, role)
) STRICT;

CREATE VIEW v_people_person AS SELECT id, owner_id, version, uid, name, name_sort, name_fold, email, email_fold, leaves_on FROM person;
-- Only memberships that count; the reader adds the day.
CREATE VIEW v_people_membership AS
  SELECT m.id, m.owner_id, m.person_id, m.unit_id, m.role, m.purpose, m.valid_from, m.valid_to
    FROM membership m WHERE m.revoked = 0 AND (m.needs_second = 0 OR m.confirmed_by IS NOT NULL);
-- Also those that wait, have ended or were declined.
CREATE VIEW v_people_every_membership AS SELECT m.id, m.owner_id, m.person_id, m.unit_id, m.role FROM membership m;
CREATE VIEW v_people_role_side AS SELECT owner_id, role, side, title FROM role_side;

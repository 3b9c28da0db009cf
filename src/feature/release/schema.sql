-- n of every cell at a release, also of units that kept their version then: what the next release
-- must not give away. n is the true one, also where hidden; it never leaves.
CREATE TABLE release_cell ( -- big
  round_id   INTEGER NOT NULL REFERENCES publication_round (id),
  item_id    INTEGER NOT NULL,                     -- an item or score; 0: answered, -1: invited
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  group_id   INTEGER NOT NULL,                     -- 0: everybody; -1, -2: participants and not
  state      INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3, 4)), -- shown, hidden (few), hidden for others' sake,
                                                   -- not released then, nobody there
  n          INTEGER NOT NULL CHECK (n >= 0),
  excluded   INTEGER NOT NULL CHECK (excluded >= 0),
  PRIMARY KEY (round_id, item_id, unit_id, group_id)
) STRICT, WITHOUT ROWID;

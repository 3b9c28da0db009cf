-- One respondent's answers. The id is random; there is no time, session, address or device, and
-- nothing that leads to an invitation. What people wrote is not among them, nor that they wrote.
-- Kept in the order they are read in, by the random id within a unit: a key of its own for the id would write a
-- second page for every answer.
CREATE TABLE answer ( -- big
  id         TEXT    NOT NULL CHECK (length(id) = 32),
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  groups     TEXT    NOT NULL,                     -- JSON array of wave_group ids, ascending
  answers    TEXT    NOT NULL,                     -- JSON array of [item id, value] and [item id, [values]]; the first is
                                                   -- [0, 1] or [0, 0]: whether it counts as answered; [] is a row without answers
  PRIMARY KEY (wave_id, unit_id, id)
) STRICT, WITHOUT ROWID;

-- What people wrote, apart from the rest of what they answered.
CREATE TABLE answer_text ( -- big
  id         TEXT    PRIMARY KEY CHECK (length(id) = 32),  -- random, and not the answer's
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  item_id    INTEGER NOT NULL REFERENCES item (id),
  body       TEXT    NOT NULL CHECK (length(body) BETWEEN 1 AND 4000)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_text_by_item ON answer_text (wave_id, unit_id, item_id, id);

-- While a wave is open: unit, groups and texts of one respondent, sealed under the wave's key and
-- padded to one size; one for every respondent of a questionnaire that has text questions, whether they wrote or
-- not, so that the write-ahead log, which stores it beside the answer row, gives nothing away. They
-- are opened, mixed and counted when the wave closes (answer_texts_settle).
CREATE TABLE answer_sealed (
  id         TEXT    PRIMARY KEY CHECK (length(id) = 32),
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  sealed     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_sealed_by_wave ON answer_sealed (wave_id, id);

-- Answers counted in the transaction that stores them; `traad check` recounts. Rows, numbers and texts stand
-- here, choices and scores on tally_sheet.
-- item_id 0: rows. value 1 = counts as answered (half of the core items), 0 = has any answer.
-- group_id 0: everybody. multiple: value = option, −1,000,001 = chose any, −1,000,002 = chose nothing but "don't
-- know". number: value = number × 1,000,000.
-- score: value = sum of its (reversed) answers, which may be negative, × 4,096 + how many were answered, of
-- rows that answered enough of its items. text: value 1, from the wave's closing on.
CREATE TABLE tally (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  item_id    INTEGER NOT NULL,
  group_id   INTEGER NOT NULL,
  value      INTEGER NOT NULL,
  n          INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (wave_id, unit_id, item_id, group_id, value)
) STRICT, WITHOUT ROWID;

-- The tally of all choices and scores of one unit and group, as text: "ITEM:VALUE=N,VALUE=N;ITEM:…", ascending,
-- N > 0 (answer_sheet.c says why they are not rows). To be read through answer_tallies_each.
CREATE TABLE tally_sheet (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  group_id   INTEGER NOT NULL,
  counts     TEXT    NOT NULL,
  PRIMARY KEY (wave_id, unit_id, group_id)
) STRICT;

-- Without what stands on sheets: who answered at all is what others look up here.
CREATE VIEW v_answer_tally AS SELECT wave_id, unit_id, item_id, group_id, value, n FROM tally;

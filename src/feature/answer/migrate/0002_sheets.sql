-- Choices and scores are counted on sheets from here on. What was counted before stays in tally: readers add the two up.
CREATE TABLE tally_sheet (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  unit_id    INTEGER NOT NULL REFERENCES unit (id),
  group_id   INTEGER NOT NULL,
  counts     TEXT    NOT NULL,
  PRIMARY KEY (wave_id, unit_id, group_id)
) STRICT;

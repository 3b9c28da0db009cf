-- A publication is of a round of its own wave.
SELECT p.id FROM publication p JOIN publication_round r ON r.id = p.round_id WHERE r.wave_id <> p.wave_id;
-- Versions have no gaps.
SELECT p.id FROM publication p WHERE p.number > 1
  AND NOT EXISTS (SELECT 1 FROM publication q WHERE q.wave_id = p.wave_id AND q.unit_id = p.unit_id AND q.number = p.number - 1);
-- What is open to somebody has been released.
SELECT a.unit_id FROM publication_audience a
  WHERE NOT EXISTS (SELECT 1 FROM publication p WHERE p.wave_id = a.wave_id AND p.unit_id = a.unit_id);

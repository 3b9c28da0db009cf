-- A release has its cells.
SELECT r.id FROM release_round r WHERE NOT EXISTS (SELECT 1 FROM release_cell k WHERE k.round_id = r.id);
-- A publication is of a round of its own wave.
SELECT p.id FROM publication p JOIN release_round r ON r.id = p.round_id WHERE r.wave_id <> p.wave_id;
-- A published n below five is hidden.
SELECT k.round_id FROM release_cell k WHERE k.state = 0 AND k.n < 5;
-- Versions have no gaps.
SELECT p.id FROM publication p WHERE p.number > 1
  AND NOT EXISTS (SELECT 1 FROM publication q WHERE q.wave_id = p.wave_id AND q.unit_id = p.unit_id AND q.number = p.number - 1);

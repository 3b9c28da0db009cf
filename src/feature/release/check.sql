-- A release of answers has its cells.
SELECT p.round_id FROM v_publication p WHERE NOT EXISTS (SELECT 1 FROM release_cell k WHERE k.round_id = p.round_id)
   AND EXISTS (SELECT 1 FROM v_answer_tally t WHERE t.wave_id = p.wave_id);
-- A published n below five is hidden.
SELECT k.round_id FROM release_cell k WHERE k.state = 0 AND k.n < 5;

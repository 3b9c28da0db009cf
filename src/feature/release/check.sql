-- A release has its cells.
SELECT p.round_id FROM v_publication p WHERE NOT EXISTS (SELECT 1 FROM release_cell k WHERE k.round_id = p.round_id);
-- A published n below five is hidden.
SELECT k.round_id FROM release_cell k WHERE k.state = 0 AND k.n < 5;

-- Nobody counts as answered without having answered anything.
SELECT a.unit_id FROM tally a WHERE a.item_id = 0 AND a.value = 1 AND a.n > 0
   AND NOT EXISTS (SELECT 1 FROM tally b WHERE b.wave_id = a.wave_id AND b.unit_id = a.unit_id AND b.item_id = 0
                    AND b.group_id = a.group_id AND b.value = 0 AND b.n >= a.n);
-- Nothing lies sealed once the wave's key is gone: nobody could open it.
SELECT w.id FROM v_survey_wave w WHERE w.state NOT IN ('kladde', 'aaben') AND EXISTS (SELECT 1 FROM answer_sealed s WHERE s.wave_id = w.id);
-- Answers are counted in units of the wave's tree.
SELECT t.unit_id FROM tally t WHERE NOT EXISTS (SELECT 1 FROM v_survey_unit u WHERE u.wave_id = t.wave_id AND u.unit_id = t.unit_id);

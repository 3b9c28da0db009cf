-- A code's unit is in its wave's tree.
SELECT k.id FROM wave_code k WHERE NOT EXISTS (SELECT 1 FROM v_survey_unit u WHERE u.wave_id = k.wave_id AND u.unit_id = k.unit_id);
-- Once a wave is closed its codes can be shown no more; once it is archived it has none.
SELECT k.id FROM wave_code k JOIN v_survey_wave w ON w.id = k.wave_id
 WHERE w.state = 'arkiveret' OR (k.sealed IS NOT NULL AND w.state NOT IN ('kladde', 'aaben'));

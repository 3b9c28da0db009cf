-- Nobody writes into a report that was never released.
SELECT f.id FROM report_focus f
  WHERE NOT EXISTS (SELECT 1 FROM v_publication p WHERE p.wave_id = f.wave_id AND p.unit_id = f.unit_id);

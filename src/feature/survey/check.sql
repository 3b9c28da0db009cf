-- The parent of a wave's unit is in the same wave's tree.
SELECT w.unit_id FROM wave_unit w WHERE w.parent_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM wave_unit p WHERE p.wave_id = w.wave_id AND p.unit_id = w.parent_id);
-- A lowest unit has nothing below it.
SELECT w.unit_id FROM wave_unit w WHERE w.is_lowest = 1
   AND EXISTS (SELECT 1 FROM wave_unit k WHERE k.wave_id = w.wave_id AND k.parent_id = w.unit_id);

-- The parent of a wave's unit is in the same wave's tree.
SELECT w.unit_id FROM wave_unit w WHERE w.parent_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM wave_unit p WHERE p.wave_id = w.wave_id AND p.unit_id = w.parent_id);
-- A lowest unit has nothing below it.
SELECT w.unit_id FROM wave_unit w WHERE w.is_lowest = 1
   AND EXISTS (SELECT 1 FROM wave_unit k WHERE k.wave_id = w.wave_id AND k.parent_id = w.unit_id);
-- A unit without anything below it is a lowest one.
SELECT w.unit_id FROM wave_unit w WHERE w.is_lowest = 0
   AND NOT EXISTS (SELECT 1 FROM wave_unit k WHERE k.wave_id = w.wave_id AND k.parent_id = w.unit_id);
-- Depths count from the top, so that parents come before their children.
SELECT w.unit_id FROM wave_unit w LEFT JOIN wave_unit p ON p.wave_id = w.wave_id AND p.unit_id = w.parent_id
 WHERE w.depth <> coalesce(p.depth + 1, 0);
-- Only units of the tree are invited.
SELECT i.unit_id FROM wave_invited i WHERE NOT EXISTS (SELECT 1 FROM wave_unit u WHERE u.wave_id = i.wave_id AND u.unit_id = i.unit_id);
-- Marks that mean nothing any more are gone.
SELECT w.id FROM wave w WHERE w.has_lost_key = 1 AND EXISTS (SELECT 1 FROM spent s WHERE s.wave_id = w.id);

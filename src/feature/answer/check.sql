-- Nobody counts as answered without having answered anything.
SELECT a.unit_id FROM tally a WHERE a.item_id = 0 AND a.value = 1 AND a.n > 0
   AND NOT EXISTS (SELECT 1 FROM tally b WHERE b.wave_id = a.wave_id AND b.unit_id = a.unit_id AND b.item_id = 0
                    AND b.group_id = a.group_id AND b.value = 0 AND b.n >= a.n);

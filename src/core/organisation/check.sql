-- An owner is of an owning kind, or the root of its tree.
SELECT u.id FROM unit u JOIN unit o ON o.id = u.owner_id JOIN unit_kind k ON k.code = o.kind
 WHERE k.is_owner = 0 AND o.parent_id IS NOT NULL;
-- A child has its parent's owner unless it owns itself.
SELECT u.id FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.owner_id <> p.owner_id AND u.owner_id <> u.id;
-- Everybody reaches itself, and the reach of a child holds its parent's.
SELECT u.id FROM unit u WHERE NOT EXISTS (SELECT 1 FROM unit_reach r WHERE r.above_id = u.id AND r.unit_id = u.id AND r.depth = 0);
SELECT u.id FROM unit u JOIN unit_reach r ON r.unit_id = u.parent_id
 WHERE NOT EXISTS (SELECT 1 FROM unit_reach x WHERE x.unit_id = u.id AND x.above_id = r.above_id AND x.depth = r.depth + 1);
SELECT r.unit_id FROM unit_reach r JOIN unit u ON u.id = r.unit_id
 WHERE r.depth > 0 AND NOT EXISTS (SELECT 1 FROM unit_reach x WHERE x.unit_id = u.parent_id AND x.above_id = r.above_id AND x.depth = r.depth - 1);

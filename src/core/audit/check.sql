-- Seals of a chain do not overlap and leave no number out.
SELECT a.owner_id FROM audit_seal a WHERE a.seq > 1
   AND NOT EXISTS (SELECT 1 FROM audit_seal b WHERE b.owner_id = a.owner_id AND b.month = a.month AND b.seq = a.seq - 1 AND b.last_id < a.first_id);

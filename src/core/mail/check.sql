-- What waits to be sent has an open job that will send it.
SELECT m.id FROM mail m WHERE m.state = 'waiting'
   AND NOT EXISTS (SELECT 1 FROM v_job j WHERE j.owner_id = m.owner_id AND j.kind = 'mail' AND j.state IN ('waiting', 'running'));

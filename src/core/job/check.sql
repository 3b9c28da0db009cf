-- A job is not further than it goes.
SELECT id FROM job WHERE of_n > 0 AND done_n > of_n;
-- What a failed job made halfway is gone.
SELECT f.id FROM job_file f JOIN job j ON j.id = f.job_id WHERE j.state = 'failed';
-- A file has the owner of its job.
SELECT f.id FROM job_file f JOIN job j ON j.id = f.job_id WHERE f.owner_id <> j.owner_id;

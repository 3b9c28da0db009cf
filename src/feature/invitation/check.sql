-- A code that an address belongs to works once, and is of the same wave.
SELECT i.id FROM invitation i JOIN v_code k ON k.id = i.code_id WHERE k.kind <> 'single' OR k.wave_id <> i.wave_id;
-- Addresses go when the wave closes.
SELECT i.id FROM invitation i JOIN v_survey_wave w ON w.id = i.wave_id WHERE w.state NOT IN ('kladde', 'aaben');
SELECT i.wave_id FROM invitation_mended i JOIN v_survey_wave w ON w.id = i.wave_id WHERE w.state NOT IN ('kladde', 'aaben');
-- What is told of reminders is rounded.
SELECT m.id FROM mailing m WHERE m.kind = 'remind' AND (m.sent_n % 5 <> 0 OR m.refused_n % 5 <> 0 OR m.unsure_n % 5 <> 0);
-- Nothing is planned or sent for a wave that is over.
SELECT m.id FROM mailing m JOIN v_survey_wave w ON w.id = m.wave_id
 WHERE m.state IN ('planned', 'sending') AND w.state NOT IN ('kladde', 'aaben');

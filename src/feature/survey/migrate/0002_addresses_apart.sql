-- Addresses stand with feature/invitation, under the wave's key; the column was never used.
ALTER TABLE wave_code DROP COLUMN email;
CREATE VIEW v_survey_code AS SELECT id, wave_id, unit_id, role, kind, code_hash, sealed, lang FROM wave_code;

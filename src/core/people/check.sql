-- A membership lies with the owner of its unit.
SELECT m.id FROM membership m JOIN v_organisation_unit u ON u.id = m.unit_id WHERE u.owner_id <> m.owner_id;
-- Who has a mail address can be found by it.
SELECT p.id FROM person p WHERE CASE WHEN p.email = '' THEN 1 ELSE 0 END <> CASE WHEN p.email_fold = '' THEN 1 ELSE 0 END;

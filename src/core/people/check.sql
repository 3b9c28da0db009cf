-- A membership lies with the owner of its unit.
SELECT m.id FROM membership m JOIN v_organisation_unit u ON u.id = m.unit_id WHERE u.owner_id <> m.owner_id;

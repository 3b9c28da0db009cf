-- Only a municipality or a region answers in law.
SELECT c.id FROM information_contact c JOIN v_organisation_unit u ON u.id = c.owner_id WHERE u.id <> u.owner_id;

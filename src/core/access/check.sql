-- An account belongs where its person belongs.
SELECT a.id FROM account a JOIN v_people_person p ON p.id = a.person_id WHERE p.owner_id <> a.owner_id;

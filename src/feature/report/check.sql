-- A publication has cells.
SELECT p.id FROM publication p WHERE NOT EXISTS (SELECT 1 FROM publication_cell k WHERE k.publication_id = p.id);

-- Images name their profiles. Those that named none meant the default one of their project, or of the default project where theirs has none of its own.

INSERT INTO images_profiles (image_id, profile_id)
SELECT i.id, IFNULL((SELECT p.id FROM profiles p WHERE p.project_id = i.project_id AND p.name = 'default'), (SELECT p.id FROM profiles p JOIN projects j ON j.id = p.project_id WHERE j.name = 'default' AND p.name = 'default'))
FROM images i
WHERE NOT EXISTS (SELECT 1 FROM images_profiles ip WHERE ip.image_id = i.id);

-- Versions are numbered from 1 without gaps.
SELECT v.id FROM questionnaire_version v WHERE v.number > 1
   AND NOT EXISTS (SELECT 1 FROM questionnaire_version w WHERE w.questionnaire_id = v.questionnaire_id AND w.number = v.number - 1);

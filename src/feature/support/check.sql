-- An answered question has an answer.
SELECT id FROM support_question WHERE state = 'answered' AND answer = '';

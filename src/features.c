/* Every capability of the house, once. Order: what others refer to comes first
   (foreign keys point up the list). */
#include "core/access/access_web.h"
#include "core/account/account_web.h"
#include "core/audit/audit_web.h"
#include "core/backup/backup.h"
#include "core/job/job_web.h"
#include "core/mail/mail_web.h"
#include "core/organisation/organisation_web.h"
#include "core/people/people_web.h"
#include "core/shell/shell_web.h"
#include "feature/answer/answer.h"
#include "feature/answer/answer_web.h"
#include "feature/answer_file/answer_file.h"
#include "feature/code/code.h"
#include "feature/code/code_web.h"
#include "feature/information/information_web.h"
#include "feature/invitation/invitation.h"
#include "feature/invitation/invitation_web.h"
#include "feature/limesurvey/limesurvey.h"
#include "feature/publication/publication_feature.h"
#include "feature/questionnaire/questionnaire.h"
#include "feature/questionnaire/questionnaire_feature.h"
#include "feature/questionnaire_edit/questionnaire_edit_web.h"
#include "feature/release/release_command.h"
#include "feature/report/report_web.h"
#include "feature/statfile/statfile.h"
#include "feature/support/support_web.h"
#include "feature/survey/survey_web.h"
#include "feature/unit/unit_web.h"

const Feature *const features[] = {
    &organisation_feature, &people_feature, &access_feature, &audit_feature, &account_feature,
    &job_feature, &mail_feature, &backup_feature, &shell_feature, &support_feature, &information_feature,
    &unit_feature, &statfile_feature, &questionnaire_feature, &questionnaire_edit_feature, &limesurvey_feature, &survey_feature,
    &code_feature, &invitation_feature, &answer_feature, &answer_file_feature, &publication_feature, &release_feature, &report_feature,
};
const int feature_count = sizeof features / sizeof *features;

/* Before a wave's key is destroyed. */
SurveyClosing *const survey_closings[] = {invitation_settle, answer_texts_settle, code_forget};
const int survey_closing_count = sizeof survey_closings / sizeof *survey_closings;
/* When it is archived. */
SurveyClosing *const survey_archivings[] = {code_remove};
const int survey_archiving_count = sizeof survey_archivings / sizeof *survey_archivings;

/* Files of other programs that are questionnaires, too. */
const QuestionnaireReader questionnaire_readers[] = {{S_INIT(".lss"), limesurvey_questionnaire}};
const int questionnaire_reader_count = sizeof questionnaire_readers / sizeof *questionnaire_readers;

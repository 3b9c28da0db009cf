/* No page of its own: what the house must know of mail. */
#include "core/mail/mail_web.h"

#include "core/mail/mail.h"

extern const Schema mail_schema;

static const Retention retention[] = {
    {"mail", "Mails that wait to be sent: deleted when sent. Refused ones: their content at once, the row after 30 days.", mail_expire},
    {0},
};

const Feature mail_feature = {.name = "mail", .schema = &mail_schema, .jobs = mail_jobs, .retention = retention};

/* Mailed invitations and reminders of a wave (måling): its addresses, when they
   are written to, and with which words. A single code goes to each address;
   who has used it is told by marks under the wave's key alone, so that reminders
   can be sent without storing who gets one (DESIGN, Anonymity). */
#ifndef FEATURE_INVITATION_INVITATION_H
#define FEATURE_INVITATION_INVITATION_H

#include "feature/survey/survey.h"

/* A SurveyClosing: deletes the wave's addresses, stops what is planned or sent.
   How many were written to stays. */
MUST Err invitation_settle(Ctx *c, const Wave *wave);

/* Inside a write: whoever holds the code wants no more mail of its wave. The same
   answer whether or not it was mailed; E_NOT_FOUND without a sentence when there
   is no such code. */
MUST Err invitation_decline(Ctx *c, Str code);

#endif

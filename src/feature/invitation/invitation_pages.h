#ifndef FEATURE_INVITATION_INVITATION_PAGES_H
#define FEATURE_INVITATION_INVITATION_PAGES_H

#include "feature/invitation/invitation_inside.h"
#include "render/form.h"
#include "render/out.h"

typedef struct CountRow {
    Msg name, why;
    Count n;
} CountRow;
typedef struct CountRows {
    CountRow *v;
    ptrdiff_t n;
} CountRows;

typedef struct MailingRow {
    Msg what, state;
    Date on_day;
    Msg sent, refused, unsure; /* "312", or "mindst 25" */
    Plain id;
    bool can_drop;
} MailingRow;
typedef struct MailingRows {
    MailingRow *v;
    ptrdiff_t n;
    bool more;
} MailingRows;

typedef struct LetterLink {
    Href href;
    Msg name;
} LetterLink;
typedef struct LetterLinks {
    LetterLink *v;
    ptrdiff_t n;
} LetterLinks;

typedef struct InvitationPage {
    Wave wave;
    Msg why_not;         /* empty: mails may be sent */
    Msg saved;           /* empty: nothing was done just now */
    bool may_write, is_over, has_reminders;
    CountRows counts;
    MailingRows mailings;
    LetterLinks letters;
    FormValues *plan;
    Str nonce;
    Href to_plan, to_drop, to_addresses, to_troubles; /* to_troubles empty: nothing needs a person */
} InvitationPage;

typedef struct RefusedRow {
    Plain line;
    Str what;
    Msg why;
} RefusedRow;
typedef struct RefusedRows {
    RefusedRow *v;
    ptrdiff_t n;
    bool more;
} RefusedRows;

typedef struct AddressPage {
    Wave wave;
    FormValues *list, *returned;
    RefusedRows refused;
    Msg refused_head;
    Str nonce;
    Href back, to_list, to_people, to_returned;
    bool is_list_wrong, is_returned_wrong; /* whose problems are told */
    bool asks_staff;     /* the organisation knows those who are asked */
} AddressPage;

typedef struct TroubleRow {
    Plain id;
    Str address, unit, field;
    Msg role, state;
    bool is_wrong;
} TroubleRow;
typedef struct TroubleRows {
    TroubleRow *v;
    ptrdiff_t n;
    bool more;
} TroubleRows;
typedef struct TroublePage {
    Wave wave;
    TroubleRows rows;
    Msg problem;         /* empty: none */
    Str nonce;
    Href back, action, next; /* next empty: the last page */
} TroublePage;

typedef struct LetterPage {
    Wave wave;
    Msg title, language;
    Msg note;            /* empty, or whose words are shown */
    Msg conflict;        /* empty, or what happened meanwhile: the mail is as stored, the form as it was written */
    Str kind, lang, nonce, subject;
    Version version;
    FormValues *values;
    Strs text;           /* paragraphs of the mail as it is */
    Href back, action;
    bool may_write, may_reset, was_saved;
} LetterPage;

typedef struct DeclinePage {
    Str ui_lang;
    Href style, action;  /* action empty: told, nothing to press */
    Msg title, lead;
} DeclinePage;

#endif

/* What the files of this folder share. */
#ifndef FEATURE_INVITATION_INVITATION_INSIDE_H
#define FEATURE_INVITATION_INVITATION_INSIDE_H

#include "core/feature.h"
#include "core/mail/mail.h"
#include "feature/code/code.h"
#include "feature/invitation/invitation.h"

/* ---- mailings (invitation.c) --------------------------------------------------- */

typedef enum MailingKind { MAILING_INVITE = 1, MAILING_REMIND } MailingKind;
typedef enum MailingState { MAILING_PLANNED = 1, MAILING_SENDING, MAILING_DONE, MAILING_STOPPED } MailingState;
/* "invite", "remind", as stored and in forms. */
Str mailing_kind_code(MailingKind kind);
/* False: no such kind. */
bool mailing_kind_parse(Str code, MailingKind *ret);

typedef struct Mailing {
    int64_t id, owner_id;
    WaveId wave;
    MailingKind kind;
    MailingState state;
    Date on_day;
    Str job_uid;
    int64_t sent, refused, unsure; /* of reminders rounded down to fives */
    Str progress;                  /* sealed; empty: none */
} Mailing;
typedef struct Mailings {
    Mailing *v;
    ptrdiff_t n;
    bool more;
} Mailings;
enum { MAILINGS_PAGE = 40, MAILINGS_PLANNED_MAX = 20 };
/* E_NOT_FOUND without a sentence. */
MUST Err mailing_by_id(Ctx *c, int64_t id, Mailing *ret);
/* The newest first. */
MUST Err mailing_list(Ctx *c, WaveId wave, Mailings *ret);

typedef struct AddressCounts {
    int64_t all, waiting, sent, unsure, refused, returned, declined; /* waiting: also those being sent */
} AddressCounts;
MUST Err address_counts(Ctx *c, WaveId wave, AddressCounts *ret);

/* OK when the wave may be mailed at all: a server and a public address are set,
   and the wave is not over. E_CONFLICT with the sentence why not. */
MUST Err mailing_possible(Ctx *c, const Wave *wave);
/* Inside a write. `day` from today to the wave's last day; today's begins at once
   where the wave takes answers. E_INVALID at "day"; E_CONFLICT where nothing can
   be sent, that day has one already, or too many are planned. */
MUST Err mailing_plan(Ctx *c, const Wave *wave, MailingKind kind, Date day);
/* Inside a write. E_CONFLICT once it has begun. */
MUST Err mailing_drop(Ctx *c, const Wave *wave, int64_t id);
/* Inside a write, about every second: begins what is due (from seven in the
   morning), and ends what a failed job left behind. */
MUST Err mailing_tick(Ctx *c, bool *ret_more);
/* Inside a write, at the end of a mailing; the counts are added to. */
MUST Err mailing_add(Ctx *c, int64_t id, MailingState state, const int64_t counts[3]);
MUST Err mailing_progress(Ctx *c, int64_t id, Str sealed);
/* For Retention: addresses of waves that are over, should any be left. */
MUST Err invitation_expire(Ctx *c, int64_t *ret_rows);

/* ---- addresses (invitation_list.c) ------------------------------------------------ */

enum { LIST_BYTES = 1 << 20, LIST_ROWS = 5000, REFUSALS_SHOWN = 100, ADDRESSES_MAX = 100000 };

typedef struct Invitee {
    Str mac, sealed;
    MailCode code;
} Invitee;
typedef struct Refusal {
    int64_t line;
    Str what;
    Msg why;
} Refusal;
typedef struct AddressList {
    Invitee *v;
    ptrdiff_t n;
    Refusal refused[REFUSALS_SHOWN];
    ptrdiff_t refused_n;  /* all; the first REFUSALS_SHOWN are kept */
    ptrdiff_t repeated;   /* the same address again in the list, the same unit and role */
    ptrdiff_t without;    /* of the organisation: people without an address */
} AddressList;
/* In prepare. Rows of "e-mail,enhed,rolle,sprog" in any order with a head, in this
   one without; unit and role where a row has none. E_INVALID at "liste" where the
   text cannot be read as a table, or has more than LIST_ROWS rows. Rows that
   cannot be used are told in ret->refused. */
MUST Err address_list_read(Ctx *c, const Wave *wave, Str text, Str unit, Str role, AddressList *ret);
/* In prepare: staff and leaders of the wave's lowest units, as the organisation
   has them today; one who is at two places is asked for one, as leader first. */
MUST Err address_list_people(Ctx *c, const Wave *wave, AddressList *ret);
/* Inside a write: makes a code for each address that the wave has never had. One that
   was removed gets the code it had, at the place that the list says now; one that was
   mended into another is known by that one. Neither looks whether a code is used.
   sets_invited: the numbers of invited become those of the whole list. */
MUST Err address_list_store(Ctx *c, const Wave *wave, AddressList *list, bool sets_invited, int64_t *ret_new);

typedef struct AddressRow {
    int64_t id;
    Str address, state, unit;
    Msg role;
} AddressRow;
typedef struct AddressRows {
    AddressRow *v;
    ptrdiff_t n;
    bool more;
} AddressRows;
enum { ADDRESS_PAGE = 50 };
/* Those that need a person: refused, returned, unsure; by id behind `after`. */
MUST Err address_troubles(Ctx *c, const Wave *wave, int64_t after, AddressRows *ret);
/* Inside a write, all three. */
/* A new address for the same code, or the same one once more: it waits for the
   next invitations. E_INVALID at "til"; E_CONFLICT when it is in no trouble any more. */
MUST Err address_mend(Ctx *c, const Wave *wave, int64_t id, Str address);
/* Forgets the address, and keeps its mark and code until closing, so that nobody gets
   a second code. E_CONFLICT when it is in no trouble any more. */
MUST Err address_remove(Ctx *c, const Wave *wave, int64_t id);
/* Addresses of mails that came back, one a line; how many of them are the wave's. */
MUST Err address_returned(Ctx *c, const Wave *wave, Str lines, int64_t *ret_n);

/* The sealed address, and its mark, of a wave. */
MUST Err address_seal(Ctx *c, const Wave *wave, Str address, Str *ret_mac, Str *ret_sealed);
MUST Err address_unseal(Ctx *c, const Wave *wave, Str sealed, Str *ret);

/* ---- letters (invitation_letter.c) -------------------------------------------------- */

enum { LETTER_SUBJECT_MAX = 120, LETTER_BODY_MAX = 4000, LETTER_UNWRITTEN = 1 };
typedef struct Letter {
    Str subject, body;
    Version version; /* LETTER_UNWRITTEN: nobody has written anything yet */
    bool is_standard; /* the program's own words */
    Str lang;        /* whose words it is in: as asked, else Danish */
} Letter;
/* In `lang`; where the wave has no words of its own: the program's, Danish or English. */
MUST Err letter_get(Ctx *c, WaveId wave, MailingKind kind, Str lang, Letter *ret);
/* Inside a write. E_INVALID at "subject" or "body": an unknown placeholder, no
   [link], too long. seen: as letter_get told it. E_CONFLICT when changed since. */
MUST Err letter_set(Ctx *c, const Wave *wave, MailingKind kind, Str lang, Version seen, Str subject, Str body);
/* Inside a write: the program's words again, under a version of their own.
   E_CONFLICT when changed since, or when they are the program's already. */
MUST Err letter_reset(Ctx *c, const Wave *wave, MailingKind kind, Str lang, Version seen);

typedef struct LetterFacts {
    const Wave *wave;
    Promise promise;
    Str owner;       /* name of who answers for the wave */
    Str unit;        /* name */
    Str code;
} LetterFacts;
/* Filled in, with what cannot be left out below it: why this mail came, and how
   to get no more. Everything but `to`. */
Mail letter_mail(Ctx *c, const Letter *letter, MailingKind kind, const LetterFacts *facts);

/* ---- sending (invitation_send.c, invitation_remind.c) --------------------------------- */

enum { BATCH = 10 }; /* so many stand in doubt when the program dies while sending */

typedef enum Fate { UNTOUCHED, SENT, LATER, REFUSED, UNSURE, FATES } Fate;
typedef struct Recipient {
    int64_t id, tries;
    Str sealed;       /* address */
    Str code_sealed, lang, unit;
    Fate fate;
} Recipient;

typedef struct Post Post;
/* What every mail of this mailing has; reads in the open snapshot. */
MUST Err post_open(Ctx *c, const Wave *wave, MailingKind kind, Post **ret);
/* Sends to each in turn until all have a fate, the server is away or the program
   stops; those not reached stay UNTOUCHED. E_BUSY: nothing at all was sent. */
MUST Err post_send(Ctx *c, Post *post, Recipient *v, ptrdiff_t n);
/* The mailing of a job's step. */
MUST Err mailing_of_step(Ctx *c, const JobStep *step, Mailing *ret);
/* When to try again what was refused for now `tries` times; past the last: never. */
bool post_pause(int64_t tries, int64_t *ret_ms);

MUST Err invite_prepare(Ctx *c, JobStep *step);
MUST Err invite_write(Ctx *c, JobStep *step);
MUST Err remind_prepare(Ctx *c, JobStep *step);
MUST Err remind_write(Ctx *c, JobStep *step);
/* survey.invite and survey.remind, by MailingKind - 1; ended by a row without name. */
extern const JobKind invitation_jobs[];

#endif

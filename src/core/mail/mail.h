/* E-mail out: sending one now, and the queue of ordinary ones. */
#ifndef CORE_MAIL_MAIL_H
#define CORE_MAIL_MAIL_H

#include "core/feature.h"

typedef struct Mail {
    Str to;      /* one address, ASCII, at most 254 bytes */
    Str subject; /* 1–200 characters, one line */
    Str text;    /* lines ended by \n, an empty one between paragraphs; at most MAIL_TEXT_MAX bytes */
    Lang lang;
    Str language; /* what the text is in where it is neither: "tr"; empty: lang. ASCII letters and hyphens */
    Str uid;     /* of its Message-ID; empty: a new one */
} Mail;

enum { MAIL_TEXT_MAX = 1 << 16, MAIL_SUBJECT_CHARS = 200, MAIL_DAYS = 3, MAIL_REFUSED_DAYS = 30 };

/* Whether a server is set at all: without one, offer another way (a letter). */
bool mail_is_on(const Ctx *c);
/* Could be delivered to as it is written: exactly one '@', no spaces, no control
   or special characters, a plain domain. */
bool mail_is_address(Str s);

/* ---- now ----------------------------------------------------------------- */

/* A line to the server of c->app->settings, used for one mail after another;
   closed with the Ctx. Network: only in a job's prepare or a command. */
typedef struct Mailer Mailer;
/* E_BUSY when settings lack server or sender, or the password's file cannot be read. */
MUST Err mail_open(Ctx *c, Mailer **ret);
/* OK once the server has taken it. E_INVALID: refused for good (5xx), or not a
   mail that may be sent; E_BUSY: try later. No sentence names the address. */
MUST Err mail_send(Ctx *c, Mailer *mailer, const Mail *mail);
/* After E_BUSY: the server itself is out of reach or takes nothing, so that the
   next mail need not be tried now. */
bool mail_is_down(const Mailer *mailer);
/* After E_BUSY: the line broke after the whole mail was given and before the
   server's word, so that it may have been taken. Whoever must not write to anybody
   twice does not try again. */
bool mail_is_doubtful(const Mailer *mailer);

/* The whole message as it goes out, CRLF, but for dots doubled. from is
   "address" or "Name <address>". E_INVALID as mail_send. */
MUST Err mail_compose(Ctx *c, Str from, const Mail *mail, Str *ret);

/* ---- later --------------------------------------------------------------- */

/* Inside a write: stores it sealed and wakes the job. E_CONFLICT without a
   server, E_INVALID for what could not be sent. Sent within seconds of the commit. */
MUST Err mail_queue(Ctx *c, int64_t owner_id, const Mail *mail, Str *ret_uid);
/* What became of it: waiting, refused (kept MAIL_REFUSED_DAYS), or sent (also: unknown). */
typedef enum MailState { MAIL_SENT = 1, MAIL_WAITING, MAIL_REFUSED } MailState;
MUST Err mail_state(Ctx *c, Str uid, MailState *ret);
/* Inside a write. */
MUST Err mail_expire(Ctx *c, int64_t *ret_rows);

/* The job kind "mail"; ended by a row without name. */
extern const JobKind mail_jobs[];

#endif

/* The queue of ordinary mails, and the job that empties it: one open row a
   municipality, which is there exactly while mails wait. */
#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/job/job.h"
#include "core/job/runner.h"
#include "core/mail/mail.h"

enum { BATCH = 20 };
static const int64_t day_ms = 86400000;
static const int64_t pauses_s[] = {60, 300, 900, 3600, 10800, 21600}; /* greylisting passes in minutes, a full mailbox in hours */

/* ---- sealing: "to \n lang \n subject \n text" ------------------------------------ */

static Bytes seal(Ctx *c, const Mail *mail)
{
    Str plain = STR_CAT(c->arena, mail->to, S("\n"), mail->lang == LANG_EN ? S("en") : S("da"), S("\n"), mail->subject, S("\n"), mail->text);
    return secret_seal(c, c->app->secrets, PURPOSE_MAIL, plain);
}

static Err unseal(Ctx *c, Bytes sealed, Mail *mail)
{
    Str plain = {0}, lang = {0};
    TRY(secret_unseal(c, c->app->secrets, PURPOSE_MAIL, sealed, &plain));
    (void)str_split(&plain, '\n', &mail->to);
    (void)str_split(&plain, '\n', &lang);
    (void)str_split(&plain, '\n', &mail->subject);
    mail->text = plain;
    mail->lang = str_eq(lang, S("en")) ? LANG_EN : LANG_DA;
    return OK;
}

/* ---- adding and asking ------------------------------------------------------------- */

SQL(ADD, "INSERT INTO mail (owner_id, uid, sealed, state, made_at, next_at) VALUES ($1, $2, $3, 'waiting', $4, $4)");

Err mail_queue(Ctx *c, int64_t owner_id, const Mail *mail, Str *ret_uid)
{
    if (!mail_is_on(c)) return fail(c, E_CONFLICT, T("Serveren er ikke sat op til at sende mail. Spørg kommunens support."));
    Str whole = {0}, uid = ctx_uid(c);
    TRY(mail_compose(c, c->app->settings->mail_from, mail, &whole)); /* so that what is queued can be sent */
    TRY(db_exec(c, ADD, NULL, owner_id, uid, seal(c, mail), c->now.ms));
    TRY(job_wake(c, &mail_jobs[0], owner_id));
    *ret_uid = uid;
    return OK;
}

SQL(STATE, "SELECT CASE WHEN state = 'waiting' THEN 1 ELSE 0 END FROM mail WHERE uid = $1");

Err mail_state(Ctx *c, Str uid, MailState *ret)
{
    int64_t waits = 0;
    Err err = db_one_i64(c, STATE, &waits, uid);
    if (err != OK && err != E_NOT_FOUND) return err;
    *ret = err == E_NOT_FOUND ? MAIL_SENT : waits ? MAIL_WAITING : MAIL_REFUSED;
    return OK;
}

SQL(EXPIRE, "DELETE FROM mail WHERE state = 'refused' AND made_at <= $1");

Err mail_expire(Ctx *c, int64_t *ret_rows)
{
    int rows = 0;
    TRY(db_exec(c, EXPIRE, &rows, c->now.ms - MAIL_REFUSED_DAYS * day_ms));
    *ret_rows = rows;
    return OK;
}

/* ---- the job -------------------------------------------------------------------------- */

typedef enum Fate { UNTOUCHED, SENT, LATER, REFUSED, FATES } Fate;

typedef struct Waiting {
    int64_t id, tries;
    Instant made_at;
    Bytes sealed;
    Str uid;
    Fate fate;
} Waiting;
typedef struct Batch {
    Waiting v[BATCH];
    ptrdiff_t n;
} Batch;

SQL(DUE, "SELECT id, uid, sealed, made_at, tries FROM mail WHERE owner_id = $1 AND state = 'waiting' AND next_at <= $2"
         " ORDER BY next_at, id LIMIT $3");

static Err read_due(Ctx *c, int64_t owner_id, Batch *batch)
{
    TRY(db_read_begin(c, c->app->store));
    Rows r = db_query(c, DUE, owner_id, c->now.ms, (int)BATCH);
    while (db_next(&r))
        batch->v[batch->n++] = (Waiting){
            .id = db_i64(&r, 0), .uid = db_str(&r, 1), .sealed = db_bytes(&r, 2), .made_at = {db_i64(&r, 3)}, .tries = db_i64(&r, 4)};
    TRY(db_done(&r));
    db_read_end(c);
    return OK;
}

/* Too old, or sealed under a key that is gone: it can never be sent. */
static Err send_one(Ctx *c, Mailer *mailer, Waiting *w)
{
    Mail mail = {.uid = w->uid};
    if (c->now.ms - w->made_at.ms >= MAIL_DAYS * day_ms) return E_INVALID;
    if (unseal(c, w->sealed, &mail) != OK) return E_INVALID;
    return mail_send(c, mailer, &mail);
}

static Err send_all(Ctx *c, Mailer *mailer, Batch *batch)
{
    for (ptrdiff_t i = 0; i < batch->n && !job_is_stopping(c); i++) {
        CtxMark mark = ctx_mark(c);
        Err err = send_one(c, mailer, &batch->v[i]);
        if (err == E_BUSY && mail_is_down(mailer)) return i == 0 ? err : OK; /* the rest waits for the next step */
        if (err != OK && err != E_BUSY && err != E_INVALID) return err;
        batch->v[i].fate = err == OK ? SENT : err == E_BUSY ? LATER : REFUSED;
        ctx_rewind(c, mark);
    }
    return OK;
}

static Err prepare(Ctx *c, JobStep *step)
{
    Batch *batch = NEW(c->arena, Batch, 1);
    Mailer *mailer = NULL;
    step->work = batch;
    TRY(read_due(c, step->owner_id, batch));
    if (batch->n == 0) return OK;
    TRY(mail_open(c, &mailer));
    return send_all(c, mailer, batch);
}

SQL(FORGET, "DELETE FROM mail WHERE id = $1");
SQL(PUT_OFF, "UPDATE mail SET next_at = $2, tries = tries + 1 WHERE id = $1");
SQL(REFUSE, "UPDATE mail SET state = 'refused', sealed = $2 WHERE id = $1");

static Err store_fate(Ctx *c, const Waiting *w)
{
    int64_t pause_s = pauses_s[i64_min(w->tries, COUNT_OF(pauses_s) - 1)];
    switch (w->fate) {
    case UNTOUCHED: return OK;
    case SENT: return db_exec(c, FORGET, NULL, w->id);
    case LATER: return db_exec(c, PUT_OFF, NULL, w->id, c->now.ms + 1000 * pause_s);
    case REFUSED: return db_exec(c, REFUSE, NULL, w->id, ((Bytes){"", 0}));
    case FATES: break;
    }
    return fail(c, E_BROKEN, msg_verbatim(S("a mail without a fate")));
}

SQL(NEXT, "SELECT next_at FROM mail WHERE owner_id = $1 AND state = 'waiting' ORDER BY next_at LIMIT 1");

/* In one transaction with what mail_queue's job_wake looks at: either it sees
   this job open, or this sees its mail. */
static Err write(Ctx *c, JobStep *step)
{
    const Batch *batch = step->work;
    int64_t counts[FATES] = {0};
    for (ptrdiff_t i = 0; i < batch->n; i++) {
        TRY(store_fate(c, &batch->v[i]));
        counts[batch->v[i].fate]++;
    }
    step->done_n += counts[SENT];
    Err err = db_one_i64(c, NEXT, &step->next_at.ms, step->owner_id);
    if (err != OK && err != E_NOT_FOUND) return err;
    step->is_done = err == E_NOT_FOUND;
    if (batch->n == 0) return OK;
    step->figures[0] = (JobFigure){"sent", counts[SENT]};
    step->figures[1] = (JobFigure){"later", counts[LATER]};
    step->figures[2] = (JobFigure){"refused", counts[REFUSED]};
    return OK;
}

enum { FOR_EVER = 1 << 30 }; /* each mail has its own end; a server may be away for a week-end */

const JobKind mail_jobs[] = {
    {.name = "mail", .title = T_INIT("Mail, der skal sendes"), .prepare = prepare, .write = write, .tries_max = FOR_EVER},
    {0},
};

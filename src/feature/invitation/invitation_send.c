/* The job survey.invite, and what both jobs send with.

   A step's write says which addresses the next step writes to ('sending'), before
   anything is sent; then they are sent to, and the next write stores what became of
   them. So a program that dies in between leaves at most BATCH addresses, known by
   name, of which nobody can tell whether they were reached: they are 'unsure',
   never tried again by the program, and shown to a person. */
#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/job/job.h"
#include "core/job/runner.h"
#include "feature/invitation/invitation_inside.h"

/* Greylisting passes in minutes, a full mailbox in hours; two and a half days in all. */
static const int64_t pauses_s[] = {60, 300, 900, 3600, 10800, 21600, 21600, 21600, 21600, 21600, 21600, 21600, 21600, 21600};

bool post_pause(int64_t tries, int64_t *ret_ms)
{
    if (tries >= COUNT_OF(pauses_s)) return false;
    *ret_ms = pauses_s[tries] * 1000;
    return true;
}

Err mailing_of_step(Ctx *c, const JobStep *step, Mailing *ret)
{
    int64_t id = 0;
    ptrdiff_t colon = str_find_char(step->args, ':', 0);
    if (colon < 0 || !str_i64(str_sub(step->args, colon + 1, step->args.n - 1), &id)) return fail(c, E_BROKEN, T("En udsendelse har ukendte ord."));
    return mailing_by_id(c, id, ret);
}

/* ---- the post office ------------------------------------------------------------------ */

struct Post {
    MailingKind kind;
    Wave wave;
    LetterFacts facts;
    struct {
        Str lang;
        Letter letter;
    } letters[QUESTIONNAIRE_LANGUAGES + 1];
    int letters_n;
};

static Err add_letter(Ctx *c, Post *p, Str lang)
{
    p->letters[p->letters_n].lang = lang;
    TRY(letter_get(c, p->wave.id, p->kind, lang, &p->letters[p->letters_n].letter));
    p->letters_n++;
    return OK;
}

Err post_open(Ctx *c, const Wave *wave, MailingKind kind, Post **ret)
{
    Post *p = NEW(c->arena, Post, 1);
    Questionnaire q = {0};
    Unit owner = {0};
    *p = (Post){.kind = kind, .wave = *wave};
    TRY(survey_promise(c, wave, &p->facts.promise));
    TRY(organisation_by_id(c, wave->owner, &owner));
    TRY(questionnaire_load(c, wave->questionnaire, &q));
    p->facts.wave = &p->wave;
    p->facts.owner = owner.name;
    TRY(add_letter(c, p, S("da")));
    for (ptrdiff_t i = 0; i < q.languages.n; i++)
        if (!str_eq(q.languages.v[i], S("da"))) TRY(add_letter(c, p, q.languages.v[i]));
    *ret = p;
    return OK;
}

static const Letter *letter_for(const Post *p, Str lang)
{
    for (int i = 0; i < p->letters_n; i++)
        if (str_eq(p->letters[i].lang, lang)) return &p->letters[i].letter;
    return &p->letters[0].letter;
}

static Err send_one(Ctx *c, Post *p, Mailer *mailer, const Recipient *to)
{
    Str address = {0};
    TRY(code_unseal(c, &p->wave, to->code_sealed, &p->facts.code));
    TRY(address_unseal(c, &p->wave, to->sealed, &address));
    p->facts.unit = to->unit;
    Mail mail = letter_mail(c, letter_for(p, to->lang), p->kind, &p->facts);
    mail.to = address;
    return mail_send(c, mailer, &mail);
}

static Fate fate_of(Err err, const Mailer *mailer)
{
    if (err == OK) return SENT;
    if (err == E_INVALID) return REFUSED;
    if (mail_is_doubtful(mailer)) return UNSURE;
    return mail_is_down(mailer) ? UNTOUCHED : LATER;
}

Err post_send(Ctx *c, Post *p, Recipient *v, ptrdiff_t n)
{
    Mailer *mailer = NULL;
    if (n == 0) return OK;
    TRY(mail_open(c, &mailer));
    for (ptrdiff_t i = 0; i < n && !job_is_stopping(c); i++) {
        CtxMark mark = ctx_mark(c);
        Err err = send_one(c, p, mailer, &v[i]);
        if (err != OK && err != E_BUSY && err != E_INVALID) return i == 0 ? err : OK; /* the key went: the wave is closed */
        v[i].fate = fate_of(err, mailer);
        if (v[i].fate == UNTOUCHED && i == 0) return err;
        ctx_rewind(c, mark);
        if (err == E_BUSY && v[i].fate != LATER) return OK; /* the line is gone: the rest at the next step */
    }
    return OK;
}

/* ---- a step of invitations ------------------------------------------------------------------ */

typedef struct Sending {
    Recipient v[BATCH];
    ptrdiff_t n;
} Sending;

SQL(SENDING, "SELECT v.id, v.sealed, v.tries, k.sealed, k.lang, u.name FROM invitation v JOIN v_code k ON k.id = v.code_id"
             " JOIN v_survey_unit u ON u.wave_id = v.wave_id AND u.unit_id = k.unit_id"
             " WHERE v.wave_id = $1 AND v.state = 'sending' ORDER BY v.id LIMIT $2");

static Err read_sending(Ctx *c, WaveId wave, Sending *s)
{
    Rows r = db_query(c, SENDING, wave, (int)BATCH);
    while (db_next(&r))
        s->v[s->n++] = (Recipient){.id = db_i64(&r, 0), .sealed = db_str(&r, 1), .tries = db_i64(&r, 2), .code_sealed = db_str(&r, 3),
                                   .lang = db_str(&r, 4), .unit = db_str(&r, 5)};
    return db_done(&r);
}

/* Nothing to send for: not 'sending' any more, or the wave has closed a moment ago. */
static Err read_step(Ctx *c, const JobStep *step, Sending *s, Post **ret)
{
    Mailing m = {0};
    Wave wave = {0};
    Err err = mailing_of_step(c, step, &m);
    if (err == E_NOT_FOUND || (err == OK && m.state != MAILING_SENDING)) return OK;
    TRY(err);
    TRY(survey_by_id(c, m.wave, &wave));
    if (survey_takes_answers(c, &wave) != OK) {
        ctx_forgive(c);
        return OK;
    }
    TRY(read_sending(c, wave.id, s));
    return post_open(c, &wave, MAILING_INVITE, ret);
}

Err invite_prepare(Ctx *c, JobStep *step)
{
    Sending *s = NEW(c->arena, Sending, 1);
    Post *post = NULL;
    TRY(db_read_begin(c, c->app->store));
    TRY(read_step(c, step, s, &post));
    db_read_end(c);
    step->work = s;
    return post_send(c, post, s->v, s->n);
}

SQL(STORE_FATE, "UPDATE invitation SET state = $2 WHERE id = $1 AND state = 'sending'");
SQL(PUT_OFF, "UPDATE invitation SET state = 'waiting', tries = tries + $3, next_at = $2 WHERE id = $1 AND state = 'sending'");

static Err store_fate(Ctx *c, Recipient *to)
{
    int64_t pause_ms = 0;
    if (to->fate == LATER && !post_pause(to->tries, &pause_ms)) to->fate = REFUSED;
    switch (to->fate) {
    case UNTOUCHED: return db_exec(c, PUT_OFF, NULL, to->id, c->now.ms, 0);
    case SENT: return db_exec(c, STORE_FATE, NULL, to->id, S("sent"));
    case LATER: return db_exec(c, PUT_OFF, NULL, to->id, c->now.ms + pause_ms, 1);
    case REFUSED: return db_exec(c, STORE_FATE, NULL, to->id, S("refused"));
    case UNSURE: return db_exec(c, STORE_FATE, NULL, to->id, S("unsure"));
    case FATES: break;
    }
    return fail(c, E_BROKEN, T("En mail er hverken sendt eller afvist."));
}

SQL(DOUBT, "UPDATE invitation SET state = 'unsure' WHERE wave_id = $1 AND state = 'sending'");
SQL(ANNOUNCE, "UPDATE invitation SET state = 'sending' WHERE id IN (SELECT v.id FROM invitation v WHERE v.wave_id = $1"
              " AND v.state = 'waiting' AND v.next_at <= $2 ORDER BY v.next_at, v.id LIMIT $3)");
SQL(NEXT, "SELECT next_at FROM invitation WHERE wave_id = $1 AND state = 'waiting' ORDER BY next_at LIMIT 1");

/* What became of the last batch. */
static Err store_batch(Ctx *c, const Mailing *m, Sending *s, int64_t counts[FATES])
{
    int doubts = 0;
    for (ptrdiff_t i = 0; s && i < s->n; i++) {
        TRY(store_fate(c, &s->v[i]));
        counts[s->v[i].fate]++;
    }
    if (s) return OK;
    TRY(db_exec(c, DOUBT, &doubts, m->wave)); /* the program died while it sent */
    counts[UNSURE] += doubts;
    return OK;
}

static Err announce_next(Ctx *c, const Mailing *m, JobStep *step)
{
    int announced = 0;
    Wave wave = {0};
    TRY(survey_by_id(c, m->wave, &wave));
    step->is_done = survey_takes_answers(c, &wave) != OK; /* the last day is over: it closes in a second */
    ctx_forgive(c);
    if (step->is_done) return OK;
    TRY(db_exec(c, ANNOUNCE, &announced, m->wave, c->now.ms, (int)BATCH));
    if (announced) return OK;
    Err err = db_one_i64(c, NEXT, &step->next_at.ms, m->wave);
    step->is_done = err == E_NOT_FOUND;
    return err == E_NOT_FOUND ? OK : err;
}

Err invite_write(Ctx *c, JobStep *step)
{
    int64_t counts[FATES] = {0};
    Mailing m = {0};
    Err err = mailing_of_step(c, step, &m);
    step->is_done = err == E_NOT_FOUND || (err == OK && m.state != MAILING_SENDING);
    if (step->is_done) return OK;
    TRY(err);
    TRY(store_batch(c, &m, step->work, counts));
    TRY(announce_next(c, &m, step));
    TRY(mailing_add(c, m.id, step->is_done ? MAILING_DONE : MAILING_SENDING, (int64_t[3]){counts[SENT], counts[REFUSED], counts[UNSURE]}));
    step->done_n += counts[SENT];
    step->figures[0] = (JobFigure){"sent", counts[SENT]};
    step->figures[1] = (JobFigure){"later", counts[LATER] + counts[UNTOUCHED]};
    step->figures[2] = (JobFigure){"refused", counts[REFUSED]};
    step->figures[3] = (JobFigure){"unsure", counts[UNSURE]};
    return OK;
}
